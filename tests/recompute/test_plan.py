# ruff: noqa: E501
"""Plans: order, keeping, what is not checked, circles, names, sheets across, precedents, limits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlperf.address import CellRef, RangeRef
from xlperf.errors import FormulaUnsupported
from xlperf.recompute import VOUCHED, FormulaBook, ShapeCache, compile_plan
from xlperf.values import ExcelError

Make = Callable[..., Any]


def cell(row: int, column: int = 1, sheet: str = "表") -> CellRef:
    return CellRef(sheet, row, column)


def test_runs_in_order_of_dependence(make: Make) -> None:
    book = make({"表": {"A1": "=A2+1", "A2": "=A3*2", "A3": "=SUM(B1:B3)", "B1": 1, "B2": 2, "B3": 3}})
    assert book["A1"] == 13
    assert book.plan.order == (cell(3), cell(2), cell(1))


def test_values_hold_inputs_and_results_and_the_given_is_untouched(make: Make) -> None:
    book = make({"表": {"A1": "=B1+1", "B1": 4}})
    out = book.run()
    assert out.values["表"] == {(1, 2): 4, (1, 1): 5.0}
    assert book.values["表"] == {(1, 2): 4}


def test_keep_holds_a_formula_cell(make: Make) -> None:
    book = make({"表": {"A1": "=B1*2", "B1": "=C1+1", "C1": 1}})
    book.values["表"][1, 2] = 10
    assert book.run().values["表"][1, 1] == 4
    assert book.run(keep=(cell(1, 2),)).values["表"][1, 1] == 20


def test_unsupported_keeps_its_value_and_spreads(make: Make) -> None:
    book = make({"表": {"A1": "=INDIRECT(B1)", "A2": "=A1+1", "A3": "=A2&A2", "A4": "=B1"}})
    book.values["表"][1, 1] = 7
    out = book.run()
    assert out.values["表"][1, 1] == 7
    assert out.unchecked == {
        cell(1): "函数 INDIRECT 不在可复算之列",
        cell(2): "依赖未能复算的单元格 表!A1",
        cell(3): "依赖未能复算的单元格 表!A2",
    }
    kept = book.run(keep=(cell(1),))
    assert not kept.unchecked
    assert kept.values["表"][3, 1] == "88"


def test_refused_only_when_it_is_run(make: Make) -> None:
    book = make({"表": {"A1": "=B1+1", "A2": "=A1", "B1": "１６"}})
    assert book["A1"].startswith("?文字“１６”")
    assert book["A2"] == "?依赖未能复算的单元格 表!A1"
    book.values["表"][1, 2] = 16
    assert book["A2"] == 17


def test_circles_and_what_reads_them(make: Make) -> None:
    book = make({"表": {"A1": "=A2", "A2": "=A1+1", "A3": "=A3", "A4": "=A1+1", "A5": "=A4", "A6": "=1+1"}})
    assert book.plan.circular == {cell(1), cell(2), cell(3)}
    out = book.run()
    assert {ref.row: reason for ref, reason in out.unchecked.items()} == {
        1: "循环引用", 2: "循环引用", 3: "循环引用",
        4: "依赖未能复算的单元格 表!A1", 5: "依赖未能复算的单元格 表!A4",
    }  # fmt: skip
    assert out.values["表"][6, 1] == 2
    book.values["表"][1, 1] = 5
    held = book.run(keep=(cell(1),))
    assert held.values["表"][2, 1] == 6
    assert held.values["表"][5, 1] == 6
    assert set(held.unchecked) == {cell(3)}


def test_own_position_is_no_circle(make: Make) -> None:
    assert make({"表": {"B3": "=ROW(B3)+COLUMNS(A3:B3)+ROW()"}})["B3"] == 8


def test_names_by_scope(make: Make) -> None:
    sheets = {"甲": {"A1": 1, "B1": "=额", "B2": "=乙!额"}, "乙": {"A1": 2, "B1": "=额+率", "B2": "=总"}}
    names = {
        (None, "额"): "甲!$A$1",
        ("乙", "额"): "乙!$A$1",
        (None, "率"): "0.5",
        (None, "总"): "SUM(甲!$A$1:$A$9,率)*2",
    }
    book = make(sheets, names)
    assert [book[a] for a in ("甲!B1", "甲!B2", "乙!B1", "乙!B2")] == [1, 2, 2.5, 3]


def test_sheets_across(make: Make) -> None:
    sheets = {
        "一": {"A1": 1},
        "二 二": {"A1": 2},
        "三": {"A1": 4},
        "末": {"A1": "=SUM('一:三'!$A$1)", "A2": "=IF('一:三'!A1,1,2)"},
    }
    book = make(sheets)
    assert book["末!A1"] == 7
    assert book["末!A2"].startswith("?")
    assert book.plan.precedents(CellRef("末", 1, 1)) == tuple(
        RangeRef(s, 1, 1, 1, 1) for s in ("一", "二 二", "三")
    )


def test_precedents(make: Make) -> None:
    book = make(
        {"表": {"A1": "=SUM(B1:B3)+额+ROW(C9)+B1", "A2": "=INDIRECT(B5)", "A3": 1}}, {(None, "额"): "表!$D$4"}
    )
    assert set(book.plan.precedents(cell(1))) == {
        RangeRef("表", 1, 2, 3, 2), RangeRef("表", 4, 4, 4, 4), RangeRef("表", 1, 2, 1, 2),
    }  # fmt: skip
    assert book.plan.precedents(cell(2)) == (RangeRef("表", 5, 2, 5, 2),)
    assert book.plan.precedents(cell(3)) == ()


def test_evaluate_takes_values_as_they_stand(make: Make) -> None:
    book = make({"表": {"A1": "=A2*2", "A2": "=1+1", "A3": "=INDIRECT(A1)"}})
    assert book.plan.evaluate(cell(1), {"表": {(2, 1): 10}}) == 20
    assert book.plan.evaluate(cell(1), {}) == 0
    for unknown in (cell(3), cell(9)):
        with pytest.raises(FormulaUnsupported):
            book.plan.evaluate(unknown, {})


def test_whole_columns_are_cut_to_what_is_used(make: Make) -> None:
    cells = {"D1": 1, "D2": 3, "D4": "=1+3", "E1": "x", "E4": "x"}
    formulas = {
        "A1": ("=SUM(D:D)", 8), "A2": ("=COUNTBLANK(D:D)", 1048573), "A3": ('=COUNTIF(D:D,"")', 1048573),
        "A4": ('=SUMIF(E:E,"x",D:D)', 5), "A5": ('=COUNTIFS(E:E,"",D:D,"")', 1048573), "A6": ("=MATCH(3,D:D,0)", 2),
        "A7": ("=ROWS(D:D)", 1048576), "A8": ("=SUMPRODUCT(D:D,D:D)", 26), "A9": ("=VLOOKUP(3,D:E,1,FALSE)", 3),
        "A10": ("=SUM(10:10)", None),
    }  # fmt: skip
    book = make({"表": {**cells, **{at: formula for at, (formula, _) in formulas.items()}}})
    assert {at: book[at] for at in formulas if at != "A10"} == {
        at: v for at, (_, v) in formulas.items() if at != "A10"
    }
    assert book["A10"] == "?循环引用"


def test_many_sheets_share_forms(make: Make) -> None:
    from xlperf.recompute import forms

    before = len(forms._MEMORY)
    sheets = {
        f"附件3-{n}": {f"B{row}": f'=IF(A{row}="唯一",1,A{row}*{777})' for row in range(1, 50)}
        for n in range(1, 6)
    }
    make(sheets)
    assert len(forms._MEMORY) == before + 1


@pytest.mark.parametrize(
    "formula",
    [
        "__import__(\"os\")", "LET(x,1,x)", "LAMBDA(x,x)(1)", "CALL(\"a\")", "A1:A3", "A1:A3+1", "RAND()", "NOW()",
        "SUM(A1:A3*B1:B3)", "SUMPRODUCT(IF(A1:A3>1,1,0))", "IF(A1)", "ROUND(1)", "SUM()", "IF(1,2,3,4)", "COUNTIF(A1,1,2)",
        "SUMIFS(A1:A3,A1:A3)", "COUNTIF({1,2},1)", "MATCH(1,2,0)", "+".join(["A1"] * 300), "-" * 50 + "(" * 60 + "1",
        "SUMPRODUCT((A:A=\"\")*1)", "(A1,A2)", "INDEX(A1:B2,1)", "XLOOKUP(1,A1:A3,B1:B3,0,0,2)", "SUBTOTAL(9,A1:A3)",
    ],
)  # fmt: skip
def test_not_vouched(make: Make, formula: str) -> None:
    assert str(make({"表": {"Z9": "=" + formula}})["Z9"]).startswith("?")


def test_long_and_deep_formulas(make: Make) -> None:
    nested = "A1"
    for _ in range(60):
        nested = f"IF(B1=1,{nested},ROUND(A1,2))"
    book = make(
        {
            "表": {
                "A1": 2.345,
                "B1": 1,
                "C1": "=" + nested,
                "C2": "=" + "+".join(["A1"] * 200),
                "C3": "=" + "-(" * 60 + "A1" + ")" * 60,
            }
        }
    )
    assert book["C1"] == 2.345
    assert round(book["C2"], 9) == 469
    assert book["C3"] == 2.345


def test_growing_text_ends_in_an_error(make: Make) -> None:
    cells = {"A1": "x" * 1000, **{f"A{row}": f"=A{row - 1}&A{row - 1}" for row in range(2, 12)}}
    assert make({"表": cells})["A11"] is ExcelError.VALUE
    assert make({"表": {"A1": '=REPT("x",1E9)'}})["A1"] is ExcelError.VALUE


def test_budget_of_cells(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    from xlperf.recompute import sheets

    monkeypatch.setattr(sheets, "BUDGET", 25_000)
    book = make({"表": {"B9000": 1, **{f"A{row}": "=SUM(B1:B9000)" for row in range(1, 4)}}})
    assert [book[f"A{row}"] for row in range(1, 4)] == [1, 1, "?公式涉及的单元格总数过多，不复算"]


def test_unknown_sheet(make: Make) -> None:
    assert make({"表": {"A1": "=别表!A1"}})["A1"] == "?找不到工作表“别表”"


def test_long_chain(make: Make) -> None:
    cells = {"A1": 1, **{f"A{row}": f"=A{row - 1}+1" for row in range(2, 3001)}}
    assert make({"表": cells})["A3000"] == 3000


PIECES = [
    *"+-*/^&=<>%(),;{}@: !$#'.[]", "<>", ">=", '"a"', '""', '"', "A1", "$B$2", "A1:B3", "B3:A1", "C:C", "2:3", "表!A1", "'表'!A1", "1", "2.5",
    "1E3", "1e", "TRUE", "FALSE()", "#N/A", "#REF!", "名", "_xlfn.", "\n", "　", "６", *(f"{name}(" for name in sorted(VOUCHED)), "FOO(",
]  # fmt: skip
VALUES = st.sampled_from(
    [None, 0, 1, -2.5, 1e300, "", "x", "16", "１６", "2024-03-15", True, ExcelError.NA, 45366, "a*"]
)


@settings(max_examples=400, deadline=None)
@given(
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=14).map("".join),
    st.lists(VALUES, min_size=6, max_size=6),
)
def test_any_text_ends_in_a_value_or_a_reason(text: str, given_: list[Any]) -> None:
    book = FormulaBook(("表",), {(None, "名"): "表!$A$1:$A$2"}, {cell(9, 9): text})
    plan = compile_plan(book, ShapeCache(""))
    out = plan.run({"表": {(1 + i // 2, 1 + i % 2): value for i, value in enumerate(given_)}})
    plan.precedents(cell(9, 9))
    reason = out.unchecked.get(cell(9, 9), "")
    assert "出错" not in reason
    if not reason:
        assert isinstance(out.values["表"][9, 9], bool | int | float | str | ExcelError)


CALLS = st.recursive(
    st.sampled_from(
        [
            "A1",
            "A2",
            "B1",
            "B2",
            "A1:B2",
            "A1:A3",
            "1",
            "2",
            "0",
            '"x"',
            '"16"',
            "TRUE",
            "{1,2}",
            "",
            "-1.5",
            "B3",
            "名",
        ]
    ),
    lambda inner: (
        st.builds(
            lambda name, parts: f"{name}({','.join(parts)})",
            st.sampled_from(sorted(VOUCHED)),
            st.lists(inner, max_size=4),
        )
        | st.builds(lambda a, sign, b: f"{a or 0}{sign}{b or 0}", inner, st.sampled_from("+-*/^&=<>"), inner)
    ),
    max_leaves=6,
)


@settings(max_examples=1500, deadline=None)
@given(CALLS, st.lists(VALUES, min_size=6, max_size=6))
def test_any_call_ends_in_a_value_or_a_reason(text: str, given_: list[Any]) -> None:
    test_any_text_ends_in_a_value_or_a_reason.hypothesis.inner_test(text, given_)


@settings(max_examples=800, deadline=None)
@given(CALLS, st.lists(VALUES, min_size=6, max_size=6), st.booleans())
def test_any_call_as_array_or_in_a_file_ends_in_a_value_or_a_reason(
    text: str, given_: list[Any], array: bool
) -> None:
    where = cell(9, 9)
    book = FormulaBook(
        ("表",),
        {(None, "名"): "表!$A$1:$A$2"},
        {where: text},
        arrays={where: RangeRef("表", 9, 9, 10, 10)} if array else {},
        hidden_rows={},
        intersects=not array,
    )
    plan = compile_plan(book, ShapeCache(""))
    out = plan.run({"表": {(1 + i // 2, 1 + i % 2): value for i, value in enumerate(given_)}})
    for place in [where, cell(10, 10)] if array else [where]:
        reason = out.unchecked.get(place, "")
        assert "出错" not in reason, reason
        if not reason:
            assert isinstance(out.values["表"][place.row, place.column], bool | int | float | str | ExcelError)
