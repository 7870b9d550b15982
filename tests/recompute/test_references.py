# ruff: noqa: E501
"""References: sheets of any name, names of any kind, whole columns, joins, implicit intersection, 3-D."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from xlperf.address import CellRef, RangeRef
from xlperf.recompute import FormulaBook, Resolver, ShapeCache, compile_plan
from xlperf.values import ExcelError

Make = Callable[..., Any]
CELLS = {
    "A1": 1, "A2": 2, "A3": "x", "A4": -3, "A5": 5, "B1": 10, "B2": 20, "B3": 30, "B4": 40, "C1": "甲", "C2": "乙",
    "C3": "甲", "C4": "丙", "C5": "乙",
}  # fmt: skip


@pytest.mark.parametrize(
    ("sheet", "written"),
    [
        ("表（一）", "表（一）"), ("表（一）", "'表（一）'"), ("附件①", "附件①"), ("【车】表", "【车】表"), ("附件1、2", "附件1、2"), ("it's", "'it''s'"),
        ("''", "''''''"), ("TRUE", "'TRUE'"), ("A1", "'A1'"), ("R1C1", "'R1C1'"), ("2024年", "2024年"), ("2024年", "'2024年'"),
        ("2024", "'2024'"), ("附件3-1", "'附件3-1'"), ("1.5版", "'1.5版'"), ("附件１", "附件１"), ("附件１（２）", "附件１（２）"), ("📊", "📊"),
        ("📊 图", "'📊 图'"), ("表 ", "'表 '"), (" 表", "' 表'"), ("a+b", "'a+b'"), ("总$表", "'总$表'"), ("B2:", "'B2:'"), ("#表", "'#表'"), ("SUM", "SUM"),
        ("sheet1", "SHEET1"), ("附件1：表", "附件1：表"), ("《办法》", "《办法》"), ("一，二", "一，二"), ("C", "'C'"), ("RC", "'RC'"), ("_x", "_x"), ("表!", "'表!'"),
        ('说"明', "'说\"明'"), ("=1", "'=1'"), ("{表}", "'{表}'"),
    ],
)  # fmt: skip
def test_a_sheet_of_any_name(make: Make, sheet: str, written: str) -> None:
    book = make({"末": {"A1": f"={written}!B2*2", "A2": f"=SUM({written}!B2:B3,{written}!$B$2)"}, sheet: {"B2": 4, "B3": 5}})
    assert [book["A1"], book["A2"]] == [8, 13]
    assert book.plan.precedents(CellRef("末", 1, 1)) == (RangeRef(sheet, 2, 2, 2, 2),)


@pytest.mark.parametrize("written", ["[1]表", "'[1]表'", "'C:\\x\\[b.xlsx]表'", "'x[1'"])
def test_other_workbooks_are_refused(make: Make, written: str) -> None:
    assert str(make({"表": {"A1": f"={written}!B2"}})["A1"]).startswith("?公式引用了外部工作簿")


ACROSS = {"表1": {"A1": 1, "A2": 2}, "表2": {"A1": 10}, "表（三）": {"A1": "x", "A2": True}, "it's": {"A1": -5}, "末": {}}


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("=SUM('表1:表（三）'!A1)", 11), ("=SUM(表1:表（三）!A1)", 11), ("=SUM('表（三）:表1'!$A$1)", 11), ("=SUM('表1:it''s'!A1:A2)", 8), ("=COUNT('表1:it''s'!A1:A2)", 4),
        ("=COUNTA('表1:it''s'!A1:A2)", 6), ("=AVERAGE('表1:表2'!A1)", 5.5), ("=MAX('表1:it''s'!A:A)", 10), ("=MIN('表1:it''s'!A1)", -5), ("=PRODUCT('表1:表2'!A1:A2)", 20),
        ("=MEDIAN('表1:表2'!A1:A2)", 2), ("=SUM('表1:表1'!A1)", 1), ("=SUM('表1:表2'!A1,'表2:it''s'!A1)", 16),
        ("='表1:表2'!A1", None), ("=SUMIF('表1:表2'!A1,1)", None), ("=ROWS('表1:表2'!A1)", None), ("=SUM('表1:没有'!A1)", None), ("=CONCAT('表1:表2'!A1)", None),
        ("=SUMPRODUCT('表1:表2'!A1)", None), ("='表1:表2'!额", None),
    ],
)  # fmt: skip
def test_several_sheets(make: Make, formula: str, value: object) -> None:
    found = make({**ACROSS, "末": {"A9": formula}}, {(None, "额"): "表1!$A$1"})["末!A9"]
    assert str(found).startswith("?") if value is None else found == value


def test_several_sheets_are_those_between_in_the_order_of_the_workbook(make: Make) -> None:
    """A chart sheet or an empty one between the two holds nothing; a sheet that is moved out counts no more."""
    inside = make({"一": {"A1": 1}, "图": {}, "二": {"A1": 2}, "三": {"A1": 4, "B1": "=SUM(一:二!A1)"}})
    moved = make({"一": {"A1": 1}, "三": {"A1": 4, "B1": "=SUM(二:一!A1)"}, "二": {"A1": 2}})
    assert inside["三!B1"] == 3
    assert moved["三!B1"] == "?循环引用" or moved["三!B1"] == 7


NAMES = {
    (None, "区"): "表!$A$1:$A$5", (None, "断"): "#REF!", (None, "断二"): "#REF!$A$1", (None, "断三"): "表!#REF!", (None, "并"): "表!$A$1,表!$B$1:$B$2",
    (None, "负"): "-1", (None, "文"): '"a""b"', (None, "率"): "5%", (None, "跨"): "'表:乙'!$A$1", (None, "sum"): "7", (None, "true名"): "5",
    (None, "_xlnm.Print_Area"): "表!$A$1:$B$2", (None, "左二"): "表!XFC1", (None, "上"): "表!A1048576", (None, "右下"): "表!$B2", (None, "累"): "SUM(表!$A$1:$A1)",
    (None, "式"): "表!$A$1:$A$5*2", (None, "本"): "表!$A$1", ("表", "本"): "表!$B$4", ("乙", "本"): "乙!$A$1", (None, "双"): "本*2", (None, "隐"): "区", (None, "交"): "表!$A$1:$B$2 表!$B$2:$C$3",
    (None, "R"): "1", (None, "没写表"): "$A$1", (None, "真"): "TRUE", (None, "数组"): "{1,2,3}", (None, "大写Name"): "表!$A$2",
}  # fmt: skip


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("=SUM(区)", 5), ("=断", ExcelError.REF), ("=断二+1", ExcelError.REF), ("=断三", ExcelError.REF), ("=ISERROR(断)", True), ("=SUM(并)", 31), ("=2^负", 0.5),
        ("=负^2", 1), ("=文", 'a"b'), ("=率*100", 5), ("=SUM(跨)", 101), ("=SUM+1", 8), ("=true名", 5), ("=COUNT(_xlnm.Print_Area)", 4), ("=SUM(表!_xlnm.print_area)", 33),
        ("=乙!本", 100), ("=本", 40), ("=COUNT(隐)", 4), ("=SUM(交)", 20), ("=IF(真,1,2)", 1), ("=SUM(数组)", 6), ("=大写name", 2), ("=SUM(区 A2:C2)", 2),
        ("=SUM(区:B1)", 105), ("=双", None), ("=没写表", None), ("=没有", None), ("=SUM(式)", None), ("=名(1)", None), ("=R", 1),
    ],
)  # fmt: skip
def test_names(make: Make, formula: str, value: object) -> None:
    found = make({"表": {**CELLS, "H7": formula}, "乙": {"A1": 100}}, NAMES)["H7"]
    assert str(found).startswith("?") if value is None else found == value


@pytest.mark.parametrize(
    ("at", "formula", "value"),
    [
        ("C3", "=左二", "x"), ("D2", "=左二", 20), ("A5", "=上", -3), ("B4", "=上+1", 31), ("H1", "=右下", 20), ("H3", "=右下", 40),
        ("H1", "=累", 1), ("H2", "=累", 3), ("H5", "=累", 5), ("A1", "=左二", 0), ("D1", "=SUM(上)", 0),
    ],
)  # fmt: skip
def test_relative_names_move_with_the_cell(make: Make, at: str, formula: str, value: object) -> None:
    """Excel writes them as if for A1 and goes on at the first column or row beyond the last."""
    assert make({"表": {**CELLS, at: formula}, "乙": {}}, NAMES)[at] == value


def test_relative_names_near_the_border_do_not_take_the_form_of_other_cells(make: Make) -> None:
    book = make({"表": {"D4": 9, "D5": "=上", "D1": "=上", "D1048576": 7}}, {(None, "上"): "表!A1048576"})
    assert [book["D5"], book["D1"]] == [9, 7]


def test_a_name_defined_twice_and_used_by_a_name_is_refused(make: Make) -> None:
    assert "没有把握" in str(make({"表": {**CELLS, "H7": "=双"}, "乙": {}}, NAMES)["H7"])


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("=SUM(A:A)", 5), ("=SUM($A:$B)", 105), ("=SUM(1:1)", 11), ("=COUNTBLANK(A:A)", 1048571), ('=COUNTIF(A:A,"")', 1048571), ('=SUMPRODUCT((A:A="x")*1)', 1),
        ("=SUMPRODUCT((A:A>1)*B:B)", 50), ('=SUMPRODUCT((C:C="甲")*(B:B>10)*B:B)', 30), ('=SUMPRODUCT(--(A:A="x"))', 1), ('=SUMPRODUCT((A:A<>"")*1)', 5), ("=SUMPRODUCT(A:A,B:B)", -70),
        ('=SUMPRODUCT((A:A="")*1)', None), ("=MATCH(5,A:A,0)", 5), ("=VLOOKUP(2,A:B,2,FALSE)", 20), ("=INDEX(A:A,5)", 5), ("=INDEX(A:B,2,2)", 20), ("=ROWS(A:A)", 1048576),
        ("=COLUMNS(1:1)", 16384), ("=SUM(A5:A1)", 5), ("=SUM(B2:A1)", 33), ("=SUM($A1:A$2)", 3), ("=SUM(A1:A1)", 1), ("=SUM((A1,B1:B2))", 31), ("=SUM((A1,B1),B2)", 31),
        ("=SUM(A1:B3 B2:C5)", 50), ("=SUM(A1:A2 B1:B2)", ExcelError.NULL), ("=A1:C1 B1:B9", 10), ("=SUM(A1:B2 A:A)", 3), ("=SUM(A1:A5 A2:B4 A:A)", -1), ("=SUM(A1:A2,B1:B4 A2:C3)", 53),
        ("=SUM(表!A1:A2 A1:B1)", 1), ("=SUM(A1:A2 乙!A1)", None), ("=SUM(A1:A2 (B1))", None), ("=SUM(A1:A2 2)", None), ("=SUM(SUM (A1))", None),
        ("=SUM(A1:INDEX(A1:A5,2))", 3), ("=SUM(INDEX(B1:B4,2):INDEX(B1:B4,3))", 50), ("=SUM(A1:INDEX(A:A,MATCH(2,A:A,0)))", 3), ("=SUM(INDEX(A:A,2):A1)", 3), ("=COUNT(A1:INDEX(A:B,3,2))", 5),
        ("=SUM(表!A1:表!B2)", 33), ("=SUM(A1:A2:B3)", 63), ("=AVERAGE(表!B1:INDEX(表!B:B,4))", 25), ("=COUNTIF(A1:INDEX(A:A,5),\">1\")", 2), ("=VLOOKUP(2,A1:INDEX(B:B,4),2,FALSE)", 20),
        ("=SUM(A1:INDEX(乙!A:A,2))", None), ("=SUM(A1:INDEX(A1:A5,9))", ExcelError.REF), ("=A1:INDEX(A1:A5,2)", None), ("=SUM(A1:OFFSET(A1,2,0))", None), ("=SUM(1:INDEX(A:A,2))", None),
        ("=SUM(CHOOSE(2,A1:A2,B1:B4))", 100), ("=SUM(IF(A1>0,B1:B4,A1:A2))", 100), ("=AVERAGE(CHOOSE(1,B1:B2,5))", 15), ("=SUM(CHOOSE(3,A1,B1))", ExcelError.VALUE), ("=COUNT(CHOOSE(2,1,A1:A5))", 4),
        ("=OFFSET(A1,1,0)", None), ('=SUM(INDIRECT("A1:A2"))', None), ("=SUM(#REF!A1)", ExcelError.REF), ("=ISERROR(#REF!$A$1:$B$2)", True), ("=SUM(A1,#REF!)", ExcelError.REF),
        ("=SUMPRODUCT(ROW(A1:A10)*1)", 55), ("=SUMPRODUCT((MOD(ROW(A1:A4),2)=1)*B1:B4)", 40), ("=SUMPRODUCT(COLUMN(A1:C1)*{1,1,1})", 6), ("=SUMPRODUCT((COLUMN(A1:B1)=2)*A1:B1)", 10),
        ("=SUMPRODUCT(LEN(C1:C5))", 5), ('=SUMPRODUCT(COUNTIF(C1:C5,{"甲","丙"}))', 3), ('=SUM(COUNTIF(C:C,{"甲","丙"}))', 3), ('=SUM(SUMIF(C1:C5,{"甲","乙"},B1:B5))', 60),
        ("=SUMPRODUCT(SUMIF(C1:C5,C1:C2,B1:B5))", 60), ("=SUMPRODUCT(1/COUNTIF(C1:C5,C1:C5))", 3), ('=SUMPRODUCT(ISNUMBER(FIND("甲",C1:C5))*B1:B5)', 40), ("=SUMPRODUCT(ROUND(B1:B4/3,1))", 33.3),
        ('=LOOKUP(1,0/(C1:C5="乙"),B1:B5)', 0), ('=LOOKUP(1,0/((C:C="甲")*(B:B<25)),B:B)', 10), ('=LOOKUP(2,1/(C1:C5="甲"),A1:A5)', "x"), ('=LOOKUP(1,0/(C1:C5="丁"),B1:B5)', ExcelError.NA),
        ('=LOOKUP(0,0/(C1:C5="乙"),B1:B5)', None), ('=LOOKUP(1,0/(C1:C5="乙"),B1:B4)', None), ('=LOOKUP(1,1*(C:C="乙"),B:B)', None), ('=LOOKUP("x",0/(C1:C5="乙"),B1:B5)', None), ('=LOOKUP(1,0/(A1:B1=10),A1:B1)', 10),
        ("=SUMPRODUCT(MOD(B1:B4,20))", 20), ("=SUMPRODUCT((A1:A5=2)*ROW(A1:A5))", 2),
    ],
)  # fmt: skip
def test_areas(make: Make, formula: str, value: object) -> None:
    found = make({"表": {**CELLS, "H7": formula}, "乙": {"A1": 100}})["H7"]
    if value is None:
        assert str(found).startswith("?")
    else:
        assert found == pytest.approx(value) if isinstance(value, float) else found == value


@pytest.mark.parametrize(
    ("at", "formula", "value"),
    [
        ("H2", "=A1:A5*2", 4), ("H2", "=A1:A5", 2), ("H9", "=A1:A5", ExcelError.VALUE), ("H2", "=A:A&B:B", "220"), ("B9", "=A1:C1", 10), ("H1", "=A1:C1", ExcelError.VALUE), ("H2", "=A1:B5+1", ExcelError.VALUE),
        ("H2", '=IF(A1:A5>1,"y","n")', "y"), ("H2", "=VLOOKUP(A:A,A1:B5,2,FALSE)", 20), ("H2", "=COUNTIF(A1:A5,A1:A5)", 1), ("H2", "=LEN(C:C)", 1), ("H2", "=区+1", 3), ("H2", "=SUM(A1:A5*B1:B5)", 40),
        ("H2", "=IFERROR(A1:A5/0,7)", 7), ("H3", "=ISTEXT(A1:A5)", True), ("H3", "=ROUND(B:B/7,1)", 4.3), ("H2", '=SUMIF(C:C,C:C,B:B)', 20), ("H1", "=INDEX(A1:A5,A1:A5)", None),
        ("H2", "=式*1", None), ("H2", "=SUM(式)", None), ("H2", "=SUM(A1:A5*{1;2;3;4;5})", None), ("H2", "=IFS(A1:A5>1,1)", None), ("H2", "=EOMONTH(A1:A5,0)", None), ("H2", "='表:乙'!A1+1", None),
        ("H2", "=SUMPRODUCT(A1:A5,B1:B5*IF(A1:A5>0,1,0))", None),
    ],
)  # fmt: skip
def test_implicit_intersection_where_the_book_is_a_file(make: Make, at: str, formula: str, value: object) -> None:
    sheets = {"表": {**CELLS, at: formula}, "乙": {}}
    found = make(sheets, NAMES, intersects=True)[at]
    assert str(found).startswith("?") if value is None else found == value
    assert str(make(sheets, NAMES)[at]).startswith("?")


def test_meeting_forms_are_not_shared_with_ordinary_books(make: Make) -> None:
    cache = ShapeCache("")
    sheets = {"表": {**CELLS, "H2": "=A1:A5*2"}}
    assert [make(sheets, cache=cache, intersects=flag)["H2"] for flag in (True, False, True)] == [
        4, "?公式在单个值的位置用了区域，不复算", 4,
    ]  # fmt: skip


def test_the_used_range_counts_formulas_that_are_not_computed_yet(make: Make) -> None:
    """D10 is computed after the end of the sheet was first asked for; SUM(D:D) once missed it."""
    book = make({"表": {"B1": "=SUM(C:C)", "C1": 1, "D1": 1, "D10": "=B1+5", "A1": "=SUM(D:D)", "A2": "=COUNTBLANK(D:D)"}})
    assert [book["A1"], book["A2"]] == [7, 1048574]


@pytest.mark.parametrize("formula", ["=SUMPRODUCT(AVERAGE(IF(A1:A5>0,B1:B5)))", "=SUMPRODUCT(SUM(IF(A1:A5>0,1)))", "=SUMPRODUCT(SUM(CHOOSE(A1:A2,B1,B2)))"])
def test_an_aggregate_within_sumproduct_is_not_taken_cell_by_cell(make: Make, formula: str) -> None:
    """IF within AVERAGE within SUMPRODUCT once was evaluated for each cell of the condition, silently."""
    assert str(make({"表": {**CELLS, "H7": formula}})["H7"]).startswith("?")


def test_what_an_area_up_to_index_reads_is_all_between(make: Make) -> None:
    book = make({"表": {"A1": "=SUM(C1:INDEX(E1:E9,2))", "D2": "=F1*2", "F1": 4, "E2": 1}})
    assert book["A1"] == 9
    assert RangeRef("表", 1, 3, 9, 5) in book.plan.precedents(CellRef("表", 1, 1))


def test_areas_that_depend_on_the_place_do_not_take_the_form_of_other_cells(make: Make) -> None:
    book = make({"表": {**CELLS, **{f"H{row}": f"=SUM($A$2:$A$4 A{row}:B{row})" for row in range(1, 6)}}})
    assert [book[f"H{row}"] for row in range(1, 6)] == [ExcelError.NULL, 2, 0, -3, ExcelError.NULL]


def test_equal_meaning_gives_equal_canonical_text() -> None:
    names = {(scope, name.casefold()): text for (scope, name), text in NAMES.items()}
    resolver, home = Resolver(names, ("表", "乙")), CellRef("表", 3, 4)
    for one, other in [("SUM(左二)", "SUM(B3)"), ("SUM(A1:B2 B2:C3)", "SUM(表!$B$2)"), ("交", "(B2)"), ("A1:A2:B1", "A1:B2"), ("断二", "#REF!"), ("SUM(A1:INDEX(B:B,2))", "SUM($A1:index(B:B, 2))")]:
        assert resolver.canonical(one, home) == resolver.canonical(other, home)
    assert resolver.canonical("A1:INDEX(B:B,2)", home) != resolver.canonical("A1:INDEX(B:B,3)", home)


def test_circles_are_listed_exactly(make: Make) -> None:
    """A5 lies between two circles and on none; B1 reads one through an area; C1 none."""
    book = make({"表": {
        "A1": "=A2", "A2": "=A1+1", "A5": "=A2+1", "A6": "=A7+A5", "A7": "=A6", "A8": "=A8", "B1": "=SUM(A1:A8)", "B2": "=B1", "C1": "=1+1",
    }})  # fmt: skip
    rows = {CellRef("表", row, 1) for row in (1, 2, 6, 7, 8)}
    assert book.plan.circular == rows
    unchecked = book.run().unchecked
    assert {cell for cell, reason in unchecked.items() if reason == "循环引用"} == rows
    assert unchecked[CellRef("表", 5, 1)] == "依赖未能复算的单元格 表!A2"
    assert unchecked[CellRef("表", 1, 2)] == "依赖未能复算的单元格 表!A1"
    assert unchecked[CellRef("表", 2, 2)] == "依赖未能复算的单元格 表!B1"
    assert book["C1"] == 2


@pytest.mark.parametrize("kind", ["ring", "running sum of itself", "two rings"])
def test_large_circles(kind: str) -> None:
    size = 12_000
    cells = {
        "ring": {row: f"A{row - 1 or size}+1" for row in range(1, size + 1)},
        "running sum of itself": dict.fromkeys(range(1, size + 1), f"SUM(A$1:A${size})"),
        "two rings": {row: f"A{row - 1 or 5000}+1" if row <= 5000 else f"A{row - 1 if row > 5001 else size}+A$5" for row in range(1, size + 1)},
    }[kind]  # fmt: skip
    plan = compile_plan(FormulaBook(("表",), {}, {CellRef("表", row, 1): text for row, text in cells.items()}), ShapeCache(""))
    assert len(plan.circular) == size
    assert len(plan.run({}).unchecked) == size


def test_links_grow_slowly_with_running_sums() -> None:
    """20 000 sums over ever longer columns of formulas: a link for each cell they read would be 200 million."""
    size = 20_000
    formulas = {CellRef("表", row, 1): f"SUM(B$1:B{row})" for row in range(1, size + 1)}
    formulas |= {CellRef("表", row, 2): f"C{row}+1" for row in range(1, size + 1)}
    plan = compile_plan(FormulaBook(("表",), {}, formulas), ShapeCache(""))
    assert len(plan.order) == 2 * size
    assert plan._graph._links < 25 * size
    places = {cell: place for place, cell in enumerate(plan.order)}
    assert all(places[CellRef("表", row, 1)] > places[CellRef("表", row, 2)] for row in range(1, size + 1, 97))
    assert places[CellRef("表", size, 1)] > max(places[CellRef("表", row, 2)] for row in range(1, size + 1))


def test_too_many_links_are_refused(monkeypatch: pytest.MonkeyPatch, make: Make) -> None:
    from xlperf.recompute import graph

    monkeypatch.setattr(graph, "MAX_LINKS", 20)
    book = make({"表": {"C1": "=A8", **{f"B{row}": "=1+1" for row in range(1, 16)}, **{f"A{row}": f"=SUM(B1:B{row + 5})" for row in range(1, 9)}}})
    out = book.run().unchecked
    assert book["A1"] == 12
    assert out[CellRef("表", 8, 1)] == "公式之间的引用过多，不复算"
    assert out[CellRef("表", 1, 3)] == "依赖未能复算的单元格 表!A8"


def test_long_chain_and_wide_fan() -> None:
    size = 10_000
    formulas = {CellRef("表", row, 1): f"A{row - 1}+1" for row in range(2, size + 1)}
    formulas |= {CellRef("表", row, 2): "A$1*2" for row in range(1, size + 1)} | {CellRef("表", 1, 3): f"SUM(B1:B{size})"}
    out = compile_plan(FormulaBook(("表",), {}, formulas), ShapeCache("")).run({"表": {(1, 1): 1}})
    assert not out.unchecked
    assert (out.values["表"][size, 1], out.values["表"][1, 3]) == (size, 2 * size)


def test_many_small_areas_and_lifted_ones_count_too(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    from xlperf.recompute import plan, sheets

    monkeypatch.setattr(sheets, "BUDGET", 900)
    monkeypatch.setattr(plan, "BUDGET", 900)
    many = make({"表": {"B100": 1, **{f"A{row}": "=SUM(B1:B100)" for row in range(1, 12)}}})
    assert sum(reason == "公式涉及的单元格总数过多，不复算" for reason in many.run().unchecked.values()) == 2
    lifted = make({"表": {"B100": 1, **{f"A{row}": "=SUMPRODUCT((B1:B100=1)*1)" for row in range(1, 5)}}})
    assert len(lifted.run().unchecked) == 2
