# ruff: noqa: E501
"""SUBTOTAL as support.microsoft.com describes it: nested subtotals, hidden rows, filtered rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from xlperf.address import CellRef
from xlperf.values import ExcelError

Make = Callable[..., Any]
COLUMN = {"A1": 1, "A2": 2, "A3": 4, "A4": "x", "A6": 8, "B1": 10, "B2": 20}


def total(make: Make, formula: str, hidden: frozenset[int] = frozenset(), filtered: bool = False, **cells: object) -> object:
    sheets = {"表": {**COLUMN, **cells, "H1": formula}}
    return make(sheets, hidden_rows={"表": hidden}, filtered=frozenset(["表"] if filtered else []))["H1"]


@pytest.mark.parametrize(
    ("code", "all_rows", "visible"),
    [
        (1, 3.75, 13 / 3), (2, 4, 3), (3, 5, 4), (4, 8, 8), (5, 1, 1), (6, 64, 32), (7, 3.095695936834452, 3.5118845842842465), (8, 2.680951323690902, 2.867441755680876), (9, 15, 13),
        (10, 9.583333333333334, 12.333333333333334), (11, 7.1875, 8.222222222222221),
    ],
)  # fmt: skip
def test_each_function_over_all_rows_and_over_those_that_show(make: Make, code: int, all_rows: float, visible: float) -> None:
    hidden = frozenset([2])
    assert total(make, f"=SUBTOTAL({code},A1:A9)", hidden) == pytest.approx(all_rows, rel=1e-15)
    assert total(make, f"=SUBTOTAL({code + 100},A1:A9)", hidden) == pytest.approx(visible, rel=1e-15)
    assert total(make, f"=SUBTOTAL({code + 100},A1:A9)") == pytest.approx(all_rows, rel=1e-15)


def test_rows_hidden_by_a_filter_or_by_hand_cannot_be_told_apart(make: Make) -> None:
    hidden = frozenset([2])
    assert str(total(make, "=SUBTOTAL(9,A1:A9)", hidden, True)).startswith("?隐藏行是筛选")
    assert total(make, "=SUBTOTAL(109,A1:A9)", hidden, True) == 13
    assert total(make, "=SUBTOTAL(9,A3:A9)", hidden, True) == 12
    assert total(make, "=SUBTOTAL(9,A1:A9)", frozenset(), True) == 15


def test_other_subtotals_are_left_out(make: Make) -> None:
    cells = {"A5": "=SUBTOTAL(9,A1:A3)", "A8": "=SUBTOTAL(9,A6:A7)"}
    assert total(make, "=SUBTOTAL(9,A1:A9)", **cells) == 15
    assert total(make, "=SUBTOTAL(2,A1:A9)", **cells) == 4
    assert total(make, "=SUM(A1:A9)", **cells) == 30
    assert total(make, "=SUBTOTAL(9,A1:A9)", A5="=SUM(A1:A3)") == 22


@pytest.mark.parametrize("part", ["=SUBTOTAL(9,A1:A3)*1", "=ROUND(SUBTOTAL(9,A1:A3),2)", "=IF(A1>5,SUBTOTAL(9,A1),0)"])
def test_a_cell_with_a_subtotal_within_is_in_doubt(make: Make, part: str) -> None:
    assert "没有把握" in str(total(make, "=SUBTOTAL(9,A1:A9)", A5=part))
    assert str(total(make, "=SUBTOTAL(9,A1:A9)", A5='=INDIRECT("B1")')).startswith("?依赖")


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("=SUBTOTAL(9,A1:A3,B1:B2)", 37), ("=SUBTOTAL(9,A:A)", 15), ("=SUBTOTAL(9,A1)", 1), ("=SUBTOTAL(9.9,A1:A3)", 7), ("=SUBTOTAL(0,A1:A3)", ExcelError.VALUE), ("=SUBTOTAL(12,A1:A3)", ExcelError.VALUE),
        ("=SUBTOTAL(100,A1:A3)", ExcelError.VALUE), ("=SUBTOTAL(112,A1:A3)", ExcelError.VALUE), ("=SUBTOTAL(1,D1:D3)", ExcelError.DIV0), ("=SUBTOTAL(4,D1:D3)", 0), ("=SUBTOTAL(7,A1)", ExcelError.DIV0),
        ("=ROUND(SUBTOTAL(9,A1:A3)/3,2)", 2.33), ("=SUBTOTAL(B2,A1:A3)", ExcelError.VALUE), ("=SUBTOTAL(A3,A1:A2)", 2), ('=SUBTOTAL("9",A1:A3)', 7), ("=IF(SUBTOTAL(9,A1:A3)=SUM(A1:A3),\"平\",\"不平\")", "平"),
        ("=SUBTOTAL(9,{1,2})", None), ("=SUBTOTAL(9)", None), ("=SUBTOTAL(9,A1:A3*2)", None), ("=SUBTOTAL(9,(A1,A2))", None), ("=SUBTOTAL(9,'表:表'!A1)", 1), ("=AGGREGATE(9,5,A1:A3)", None),
    ],
)  # fmt: skip
def test_arguments(make: Make, formula: str, value: object) -> None:
    found = total(make, formula)
    assert str(found).startswith("?") if value is None else found == value


def test_an_error_in_what_counts_is_the_result(make: Make) -> None:
    assert total(make, "=SUBTOTAL(9,A1:A9)", A5="=1/0") is ExcelError.DIV0
    assert total(make, "=SUBTOTAL(109,A1:A9)", frozenset([5]), A5="=1/0") == 15


def test_not_computed_where_hidden_rows_are_not_known(make: Make) -> None:
    book = make({"表": {"A1": "=SUBTOTAL(9,B1:B3)", "B1": 1}})
    assert book["A1"] == "?哪些行隐藏没有读到，SUBTOTAL 不复算"


def test_a_subtotal_of_itself_is_a_circle(make: Make) -> None:
    book = make({"表": {"A1": 1, "A2": "=SUBTOTAL(9,A1:A2)"}}, hidden_rows={})
    assert book.plan.circular == {CellRef("表", 2, 1)}


def test_another_sheet(make: Make) -> None:
    sheets = {"总": {"A1": "=SUBTOTAL(109,明细!A1:A3)"}, "明细": {"A1": 1, "A2": 2, "A3": "=SUBTOTAL(9,A1:A2)"}}
    assert make(sheets, hidden_rows={"总": frozenset([1, 2]), "明细": frozenset([2])})["A1"] == 1
