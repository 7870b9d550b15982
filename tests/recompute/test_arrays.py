# ruff: noqa: E501
"""Array formulas: what one cell gives, what a block gives, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from xlperf.address import CellRef, RangeRef
from xlperf.errors import FormulaUnsupported
from xlperf.recompute import ShapeCache
from xlperf.values import ExcelError

Make = Callable[..., Any]
NA, VALUE = ExcelError.NA, ExcelError.VALUE
CELLS = {
    "A1": 1, "A2": 2, "A3": "x", "A4": -3, "A5": 5, "B1": 10, "B2": 20, "B3": 30, "B4": 40, "B5": 50, "C1": "甲", "C2": "乙", "C3": "甲", "C4": "丙",
    "C5": "乙", "D1": "=1/0", "D2": 3, "D3": True, "E1": 0.5,
}  # fmt: skip

#: Formula entered as an array in one cell → value; None: refused.
CASES: list[tuple[str, object]] = [
    ("=SUM(IF(A1:A5>0,B1:B5))", 110), ("=AVERAGE(IF(A1:A5>0,B1:B5))", 27.5), ('=SUM((C1:C5="甲")*B1:B5)', 40), ('=MAX(IF(C1:C5="乙",B1:B5))', 50), ("=SUM(A1:A2*B1:B2)", 50), ("=SUM(A1:A5*B1:B5)", VALUE),
    ("=SUM(1/COUNTIF(C1:C5,C1:C5))", 3), ('=INDEX(B1:B5,MATCH(1,(C1:C5="丙")*(B1:B5>5),0))', 40), ("=SUM(A1:A3)", 3), ("=A1:A5*2", 2), ("=SUM(TRANSPOSE(A1:A2)*B1:B2)", 90),
    ("=SUM(MMULT(A1:B2,A1:B2))", 693), ("=MMULT(A1:B2,A1:A3)", VALUE), ("=SUM(MMULT(A1:A3,{1,2}))", VALUE), ("=SUM(LEN(C1:C5))", 5), ("=SUM(ROW(A1:A10))", 55), ("=SUM(COLUMN(A1:C1))", 6), ("=COUNT(IF(A1:A5>0,B1:B5))", 4),
    ('=TEXTJOIN("、",TRUE,IF(C1:C5="甲",B1:B5,""))', "10、30"), ("=SUM(IF(A:A>1,B:B))", 100), ("=SUM(IFERROR(A1:A5*1,0))", 5), ("=SUM(SMALL(B1:B5,{1,2}))", 30), ("=SUM(LARGE(B1:B5,ROW(A1:A2)))", 90),
    ("=SUM(VLOOKUP({1,2},A1:B5,2,FALSE))", 30), ('=VLOOKUP("乙",IF({1,0},C1:C5,B1:B5),2,FALSE)', 20), ("=SUM(CHOOSE({1,2},A1:A2,B1:B2))", 33), ("=ROWS(A1:A5*1)", 5), ("=COLUMNS({1,2,3})", 3), ("=ROWS(A1*1)", None), ("=INDEX(A1*1,1)", None), ("=MATCH(1,A1*1,0)", None), ("=LARGE(A1*1,1)", 1), ("=COLUMNS(TRANSPOSE(A1:A5))", 5),
    ("=AND(B1:B5>0)", True), ("=OR(A1:A5=7)", False), ('=SUM(COUNTIF(C1:C5,{"甲","乙"}))', 4), ("=SUM(A1:INDEX(A1:A5,2))", 3), ("=SUM(IF(A1>0,A1:A2))", 3), ("=SUM(IF(A1<0,A1:A2,B1:B5))", 150), ("=COUNT(IF(A1>0,1,B1:B5))", 1),
    ("=SUMPRODUCT(IF(A1:A2>1,1,0),B1:B2)", 20), ("=A1+B1:B3", 11), ('=IF(A1:A5="",1,2)', 2), ("=SUM(IF(ISNUMBER(A1:A5),A1:A5))", 5), ("=SUM(ROUND(A1:A2/3,2))", 1), ("=MIN(IF(A1:A5>0,B1:B5))", 10),
    ("=SUM((A1:A2,B1:B2))", 33), ("=SUM(IF(ISERROR(A1:A5*1),1,0))", 1), ("=SUM(--(A1:A5=2))", 1), ("=SUM(-(B1:B2))", -30), ("=SUM(B1:B2%)", 0.3), ("=SUM(B1:B2^2)", 500), ("=SUM(A1:A5<>B1:B5)", 0), ("=SUM(1*(A1:A5<>B1:B5))", 5),
    ("=INDEX(A1:A5&C1:C5,2)", "2乙"), ('=MATCH("x甲",A1:A5&C1:C5,0)', 3), ("=SUM(IF(D1:D3=TRUE,1,0))", ExcelError.DIV0), ("=IFERROR(SUM(IF(D1:D3=TRUE,1,0)),-1)", -1), ("=SUM(D2:D3*1)", 4), ("=SUM(IF({TRUE;FALSE},D2:D3))", 3),
    ("=MEDIAN(IF(B1:B5>20,B1:B5))", 40), ('=COUNT(1/(C1:C5="甲"))', 2), ('=SUM(IF(MOD(ROW(B1:B5),2)=1,B1:B5))', 90), ("=SUM(N(A1:A5))", None), ("=SUM(N(A2),A1)", 3), ("=T(A3)", "x"), ("=MAX(LEN(C1:C5&A1:A5))", 3), ("=SUM(B1:B2+{1,2})", 66), ("=SUM(B1:B3+{1,2})", 129),
    ("=SUM(A1:A2+B1:B3)", NA), ("=PRODUCT(IF(B1:B5>30,B1:B5))", 2000), ('=SUM((C1:C5={"甲","乙"})*B1:B5)', 110), ("=SUM(SUMIF(C1:C5,C1:C3,B1:B5))", 150), ('=SUM(COUNTIFS(C1:C5,{"甲";"乙"},B1:B5,{">15",">5"}))', 7),
    ("=IF(A1>0,B1)", 10), ("=CHOOSE(2,A1,B1:B5)", 10), ("=CHOOSE(3,A1,B1)", VALUE), ("=ROW()", 7), ("=SUM(1,A1)", 2), ("=1+1", 2), ("={1,2;3,4}", 1), ("=E9", 0), ("=E8:E9", 0), ("=SUM(A1:A5 A2:B9)", 4),
    ("=SUM(TEXT(B1:B2,\"0\")*1)", 30), ("=SUM(FIND(\"甲\",C1:C5))", VALUE), ("=COUNT(FIND(\"甲\",C1:C5))", 2), ('=SUM(IF(C1:C5="甲",IF(B1:B5>15,B1:B5)))', 30), ("=SUM(IF(A1:A5>0,B1:B5,0)/2)", 55), ("=TRANSPOSE(C1:C2)", "甲"),
    ("=SUM(IFNA(MATCH(A1:A3,{2,9},0),0))", 1), ("=SUM(IF(B:B>20,1))", 3), ("=COUNT(IF(B:B>20,1))", 3), ("=COUNT(IF(B:B>20,1,0))", None), ("=SUM(IF(B:B>20,1,0))", 3), ('=SUM(IF(B:B="",1))', None), ("=SUM(ROW(A:A))", None),
    ("=SUM(IF(E1:E3<1,E1:E3))", 0.5), ("=AVERAGE(IF(E1:E3<1,E1:E3))", None), ('=TEXTJOIN("、",TRUE,IF({1;1;1},E1:E3))', None), ("=COUNTA(IF({1;1;1},E1:E3))", None), ('=SUM(1*(IF({1;1},E1:E2)=""))', None),
    ("=0.1*3-0.3", None), ("=SUM(0.1*3-0.3)", 0.1 * 3 - 0.3), ("=SUM(FREQ(A1:A3,1))", None), ("=SUM((A1,B1,A2*1))", None), ("=INDEX(B1:B5,ROW(A1:A2))", None), ("=IFERROR(1,A1:A3)", None), ("=SUM(EOMONTH(A1:A2,0))", None),
    ("='表:乙'!A1*2", None), ("=SUM('表:乙'!A1)", 101), ("=XLOOKUP(2,A1:A5,B1:B5)", 20), ("=SUM(乙!A1:A2*2)", 200), ("=SUM(TRANSPOSE(A:A))", None), ("=SUBTOTAL(9,A1:A2)*2", 6), ("=SUM(IF(A1:A5>0,INDIRECT(\"B1\")))", None),
    ("=SUM(IF(TRUE,1,A1:A2,3))", None), ("=SUM(区*2)", 22), ("=SUM(式)", 6), ("=MAX(式)", 4),
]  # fmt: skip


@pytest.mark.parametrize(("formula", "value"), CASES)
def test_one_cell(make: Make, formula: str, value: object) -> None:
    sheets = {"表": {**CELLS, "H7": formula}, "乙": {"A1": 100}}
    names = {(None, "区"): "表!$A$1:$B$1", (None, "式"): "表!$A$1:$A$2*2"}
    found = make(sheets, names, arrays=["H7"], hidden_rows={})["H7"]
    if value is None:
        assert str(found).startswith("?")
    else:
        assert found == pytest.approx(value, rel=1e-15) if isinstance(value, float) else found == value


@pytest.mark.parametrize(
    ("area", "formula", "rows"),
    [
        ("H1:H3", "=A1:A3*2", [[2], [4], [VALUE]]), ("H1:H6", "=B1:B5", [[10], [20], [30], [40], [50], [NA]]), ("H1:J2", "=B1:B2", [[10] * 3, [20] * 3]), ("H1:I3", "=A1:B1", [[1, 10]] * 3), ("H1:I2", "=A1+1", [[2, 2], [2, 2]]),
        ("H1:I2", "={1,2;3,4}", [[1, 2], [3, 4]]), ("H1:J1", "={1,2}", [[1, 2, NA]]), ("H1:J3", "={1,2;3,4}", [[1, 2, NA], [3, 4, NA], [NA, NA, NA]]), ("H1:L1", "=TRANSPOSE(C1:C5)", [["甲", "乙", "甲", "丙", "乙"]]),
        ("H1:I2", "=MMULT(A1:B2,{1,0;0,1})", [[1, 10], [2, 20]]), ("H2:H4", "=ROW(A1:A3)*10", [[10], [20], [30]]), ("H1:H2", "=E8:E9", [[0], [0]]), ("H1:H3", '=IF(A1:A3>1,"大","小")', [["小"], ["大"], ["大"]]),
        ("H1:H2", "=1/0", [[ExcelError.DIV0]] * 2), ("H1:H2", "=A1:B5", [[1], [2]]), ("H1:I2", "=A1:A2*B1:B2", [[10, 10], [40, 40]]), ("H1:I2", "=A1:A2*A1:B1", [[1, 10], [2, 20]]),
        ("H1:H2", "=ROW()", [[None]] * 2), ("H1:H2", "=INDIRECT(\"A1\")", [[None]] * 2), ("H1:H2", "=H3+1", [[1], [1]]),
    ],
)  # fmt: skip
def test_blocks(make: Make, area: str, formula: str, rows: list[list[object]]) -> None:
    first = area.partition(":")[0]
    book = make({"表": {**CELLS, first: formula}}, arrays=[area])
    cells = list(next(iter(book.book.arrays.values())).cells())
    expected = [value for row in rows for value in row]
    found = [book[f"表!{cell.a1}"] for cell in cells]
    assert [None if str(value).startswith("?") else value for value in found] == expected


def test_a_block_is_one_in_the_order_and_in_what_depends_on_it(make: Make) -> None:
    """G1 is read by the block, whose third cell is read by F1, and by SUM with all of it."""
    book = make({"表": {"G1": "=1+1", "H1": "=G1*{1;2;3}", "F1": "=H3+1", "F2": "=SUM(H1:H3)", "F3": "=H4"}}, arrays=["H1:H3"])
    assert [book[at] for at in ("H1", "H2", "H3", "F1", "F2")] == [2, 4, 6, 7, 12]
    order = book.plan.order
    assert [cell.a1 for cell in order if cell.column == 8] == ["H1", "H2", "H3"]
    assert order.index(CellRef("表", 1, 7)) < order.index(CellRef("表", 1, 8)) < order.index(CellRef("表", 1, 6))
    assert book.plan.precedents(CellRef("表", 3, 8)) == (RangeRef("表", 1, 7, 1, 7),)
    assert book.plan.evaluate(CellRef("表", 3, 8), {"表": {(1, 7): 5}}) == 15


def test_the_other_cells_of_a_block_may_carry_its_text_as_the_reader_gives_it(make: Make) -> None:
    cells = dict.fromkeys(("H1", "H2", "H3"), "=A1:A3*2")
    book = make({"表": {"A1": 1, "A2": 2, "A3": 3, **cells}}, arrays=["H1:H3"])
    assert [book[at] for at in cells] == [2, 4, 6]


def test_a_block_that_reads_itself_is_a_circle_with_all_its_cells(make: Make) -> None:
    book = make({"表": {"H1": "=H3:H5*2", "F1": "=H2", "A1": "=B1+1"}}, arrays=["H1:H3"])
    assert book.plan.circular == {CellRef("表", row, 8) for row in (1, 2, 3)}
    out = book.run()
    assert out.unchecked[CellRef("表", 2, 8)] == "循环引用"
    assert out.unchecked[CellRef("表", 1, 6)] == "依赖未能复算的单元格 表!H2"
    assert out.values["表"][1, 1] == 1


def test_a_block_that_is_not_computed_keeps_all_its_values(make: Make) -> None:
    book = make({"表": {"H1": "=INDIRECT(A1)*{1;2}", "F1": "=H2"}}, arrays=["H1:H2"])
    book.values["表"].update({(1, 8): 7, (2, 8): 8})
    out = book.run()
    assert out.unchecked[CellRef("表", 2, 8)] == out.unchecked[CellRef("表", 1, 8)] == "函数 INDIRECT 不在可复算之列"
    assert (out.values["表"][1, 8], out.values["表"][2, 8]) == (7, 8)
    assert out.unchecked[CellRef("表", 1, 6)] == "依赖未能复算的单元格 表!H2"


def test_keeping_cells_of_a_block(make: Make) -> None:
    book = make({"表": {"G1": 1, "H1": "=G1*{1;2}", "F1": "=H1+H2"}}, arrays=["H1:H2"])
    book.values["表"][2, 8] = 50
    part = book.run(keep=(CellRef("表", 2, 8),))
    assert part.values["表"][1, 6] == 51
    book.values["表"][1, 8] = 7
    assert book.run(keep=(CellRef("表", 1, 8), CellRef("表", 2, 8))).values["表"][1, 6] == 57


def test_a_kept_block_breaks_a_circle_only_as_a_whole(make: Make) -> None:
    book = make({"表": {"G1": "=H2", "H1": "=G1*{1;2}", "F1": "=G1"}}, arrays=["H1:H2"])
    book.values["表"].update({(1, 8): 3, (2, 8): 4})
    whole = book.run(keep=(CellRef("表", 1, 8), CellRef("表", 2, 8)))
    assert not whole.unchecked
    assert whole.values["表"][1, 6] == 4


def test_blocks_that_overlap_are_refused(make: Make) -> None:
    book = make({"表": {"H1": "={1;2;3}", "G2": "={1,2}", "F1": "={7;8}"}}, arrays=["H1:H3", "G2:H2", "F1:F2"])
    out = book.run()
    assert {cell.a1 for cell in out.unchecked} >= {"H1", "G2", "H3"}
    assert book["F2"] == 8


def test_a_dynamic_array_must_keep_its_size(make: Make) -> None:
    cells = {"A1": 1, "A2": 2, "A3": 3}
    for area, formula, expected in [
        ("H1:H3", "=A1:A3*2", 2), ("H1:H2", "=A1:A3*2", None), ("H1:H4", "=A1:A3*2", None), ("H1", "=A1:A3*2", None), ("H1", "=SUM(A1:A3*2)", 12),
    ]:  # fmt: skip
        found = make({"表": {**cells, "H1": formula}}, arrays=[area], dynamic=frozenset([CellRef("表", 1, 8)]))["H1"]
        assert str(found).startswith("?动态数组的大小") if expected is None else found == expected


def test_an_array_formula_and_an_ordinary_one_of_the_same_text_are_not_one(make: Make) -> None:
    cache = ShapeCache("")
    cells = {"A1": 1, "A2": 2, "B1": 3, "B2": 4, "H1": "=SUM(A1:A2*B1:B2)", "I1": "=SUM($A1:$A2*$B1:$B2)"}
    first = make({"表": cells}, cache=cache, arrays=["H1"])
    assert (first["H1"], first["I1"]) == (11, "?公式在单个值的位置用了区域，不复算")
    second = make({"表": cells}, cache=cache, arrays=["I1"])
    assert (second["H1"], second["I1"]) == ("?公式在单个值的位置用了区域，不复算", 11)


def test_evaluate_refuses_what_the_plan_refuses(make: Make) -> None:
    book = make({"表": {"H1": "=INDIRECT(A1)*{1;2}"}}, arrays=["H1:H2"])
    with pytest.raises(FormulaUnsupported):
        book.plan.evaluate(CellRef("表", 2, 8), {})


def test_array_formulas_count_against_the_budget(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    from xlperf.recompute import sheets

    monkeypatch.setattr(sheets, "BUDGET", 3_000)
    cells = {f"H{row}": "=SUM(IF(A$1:A$100>0,1))" for row in range(1, 9)}
    book = make({"表": {"A100": 1, **cells}}, arrays=list(cells))
    assert set(book.run().unchecked.values()) == {"公式涉及的单元格总数过多，不复算"}
    assert 0 < len(book.run().unchecked) < 8


def test_a_block_too_large_is_refused(make: Make) -> None:
    book = make({"表": {"A1": "=1+1"}}, arrays=["A1:XFD1048576"])
    assert book["A1"] == "?数组公式的区域过大，不复算"
