# ruff: noqa: E501
"""Structured references: what they mean, how the file writes them, and where they are refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from xlperf.address import CellRef, RangeRef
from xlperf.errors import FormulaUnsupported
from xlperf.recompute import FormulaBook, Resolver, ShapeCache, compile_plan
from xlperf.workbook.snapshot import Table

Make = Callable[..., Any]
TABLE = Table("表1", RangeRef("数", 2, 2, 6, 5), ("项目", "金额", "备[注]'#1", "a b"), 1, 1)
BARE = Table("无标题", RangeRef("数", 10, 1, 12, 2), ("列1", "列2"), 0, 0)
CELLS = {
    "B2": "项目", "C2": "金额", "D2": "备[注]'#1", "E2": "a b", "B3": "甲", "C3": 10, "D3": 1, "E3": 100, "B4": "乙", "C4": 20, "D4": 2, "E4": 200,
    "B5": "丙", "C5": 30, "D5": 3, "E5": 300, "B6": "合计", "C6": 60, "A10": 1, "A11": 2, "A12": 3, "B10": 7, "B11": 8, "B12": 9,
}  # fmt: skip
SHEETS = ("数", "别")


@pytest.mark.parametrize(
    ("reference", "area"),
    [
        ("表1[金额]", "'数'!C3:C5"), ("表1[]", "'数'!B3:E5"), ("表1[#Data]", "'数'!B3:E5"), ("表1[#All]", "'数'!B2:E6"), ("表1[#Headers]", "'数'!B2:E2"), ("表1[#Totals]", "'数'!B6:E6"),
        ("表1[[#Totals],[金额]]", "'数'!C6"), ("表1[[#Headers],[金额]]", "'数'!C2"), ("表1[[#All],[项目]:[金额]]", "'数'!B2:C6"), ("表1[[#All],[金额]:[项目]]", "'数'!B2:C6"),
        ("表1[[项目]:[金额]]", "'数'!B3:C5"), ("表1[[#Headers],[#Data],[金额]]", "'数'!C2:C5"), ("表1[[#Data],[#Totals],[金额]]", "'数'!C3:C6"), ("表1[[金额]]", "'数'!C3:C5"),
        ("表1[备'[注']'''#1]", "'数'!D3:D5"), ("表1[[#Totals],[备'[注']'''#1]]", "'数'!D6"), ("表1[a b]", "'数'!E3:E5"), ("表1[[a b]]", "'数'!E3:E5"), ("表1[A B]", "'数'!E3:E5"),
        ("表1[[#this row],[金额]]", "'数'!C4"), ("表1[[#This Row],[项目]:[金额]]", "'数'!B4:C4"), ("表1[#This Row]", "'数'!B4:E4"), ("表1[@金额]", "'数'!C4"), ("表1[@[a b]]", "'数'!E4"),
        ("表1[@]", "'数'!B4:E4"), ("表1[ [#Totals], [金额] ]", "'数'!C6"), ("无标题[列2]", "'数'!B10:B12"), ("无标题[]", "'数'!A10:B12"), ("无标题[#All]", "'数'!A10:B12"), ("表1[[#totals],[金额]]", "'数'!C6"),
    ],
)  # fmt: skip
def test_resolves_to_an_area(reference: str, area: str) -> None:
    resolver, home = Resolver({}, SHEETS, (TABLE, BARE)), CellRef("数", 4, 8)
    assert resolver.canonical(reference, home) == area
    assert resolver.canonical(f"SUM({reference},1)", home) == resolver.canonical(f"sum({area}, 1)", home)


@pytest.mark.parametrize(
    "reference",
    [
        "表2[金额]", "表1[没有]", "表1[[#Nothing],[金额]]", "无标题[#Headers]", "无标题[#Totals]", "表1[[#Headers],[#Totals]]", "表1[[#This Row],[#Totals]]", "表1[[金额],[项目]]", "表1[[金额]:[没有]]",
        "表1[[金额]:[项目]:[a b]]", "表1[[金额]", "表1[金额", "[金额]", "[@金额]", "表1[[#Totals][金额]]", "表1[[#Totals],]", "表1[@[#Totals]]", "表1[金额]]", "别的.xlsx!表1[金额]", "表1[[#This Row]:[金额]]",
        "表1[#金额]", "@表1[金额]", "数!表1[金额]", "表1[[金额],[#Totals]]",
    ],
)  # fmt: skip
def test_refused(reference: str) -> None:
    with pytest.raises(FormulaUnsupported):
        Resolver({}, SHEETS, (TABLE, BARE)).resolve(f"SUM({reference})", CellRef("数", 4, 8))


@pytest.mark.parametrize("home", [CellRef("数", 2, 8), CellRef("数", 6, 8), CellRef("数", 9, 8), CellRef("别", 4, 1)])
def test_this_row_outside_the_rows_of_data_is_refused(home: CellRef) -> None:
    with pytest.raises(FormulaUnsupported, match="本行"):
        Resolver({}, SHEETS, (TABLE, BARE)).resolve("表1[[#This Row],[金额]]", home)


def test_computes(make: Make) -> None:
    formulas = {
        **{f"H{row}": "=表1[[#This Row],[金额]]/表1[[#Totals],[金额]]" for row in range(3, 6)}, "H7": "=SUM(表1[金额])", "H8": '=SUMIFS(表1[金额],表1[项目],"乙")', "H9": "=表1[[#Headers],[金额]]",
        "H10": "=SUMPRODUCT(表1[金额]*表1[a b])", "H11": "=VLOOKUP(\"丙\",表1[],2,FALSE)", "H12": "=COUNTA(表1[#All])", "H13": "=ROWS(表1[])", "H14": "=额", "H15": "=INDEX(表1[金额],2)", "H16": "=SUM(无标题[列1])",
        "H17": "=SUM(表1[金额]:表1[a b])", "H18": "=SUM(表1[金额] 4:4)",
    }  # fmt: skip
    book = make({"数": {**CELLS, **formulas}, "别": {"A1": "=SUM(表1[金额])"}}, {(None, "额"): "SUM(表1[金额])"}, tables=(TABLE, BARE))
    expected = [1 / 6, 1 / 3, 0.5, 60, 20, "金额", 14000, 30, 18, 3, 60, 20, 6, 666, 20]
    assert [book[at] for at in formulas] == expected
    assert book["别!A1"] == 60


def test_the_rows_of_a_table_share_one_form_and_none_with_the_sheet_below(make: Make) -> None:
    from xlperf.recompute import forms

    before = set(forms._MEMORY)
    make({"数": {**CELLS, **{f"H{row}": "=表1[[#This Row],[金额]]*8765" for row in range(3, 6)}}}, tables=(TABLE,))
    assert len(set(forms._MEMORY) - before) == 1
    book = make({"数": {**CELLS, **{f"H{row}": "=SUM(表1[[#This Row],[金额]])" for row in (5, 8)}}}, tables=(TABLE,))
    assert book["H5"] == 30
    assert str(book["H8"]).startswith("?")


def test_books_with_other_tables_do_not_share_what_they_remember() -> None:
    other = Table("表1", RangeRef("数", 2, 2, 4, 5), TABLE.columns, 1, 0)
    values = {"数": {(3, 3): 10, (4, 3): 20, (5, 3): 30}}
    for table, total in ((TABLE, 60), (other, 30), (TABLE, 60)):
        book = FormulaBook(SHEETS, {}, {CellRef("数", 9, 9): "SUM(表1[金额])"}, tables=(table,))
        assert compile_plan(book, ShapeCache("")).run(values).values["数"][9, 9] == total
