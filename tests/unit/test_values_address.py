"""Addresses and values: parsing, printing, equality as Excel sees it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlperf.address import (
    MAX_COLUMN,
    CellRef,
    RangeRef,
    column_letters,
    column_number,
    parse_a1,
    parse_range,
    quote_sheet,
    split_sheet,
)
from xlperf.values import ExcelError, difference, is_blank, is_number, same_value, show_number, show_value


@given(st.integers(1, MAX_COLUMN))
def test_column_letters_and_numbers_are_inverse(column: int) -> None:
    assert column_number(column_letters(column)) == column


@pytest.mark.parametrize("text", ["", "7", "A0", "A1048577", "XFE1", "A1B", "附1"])
def test_what_is_no_cell_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_a1(text)


@pytest.mark.parametrize("name", ["附件1", "附件3-1", "it's", "表（一）", "A1", "TRUE", "R1C1", "_xlperf"])
def test_a_quoted_sheet_is_read_back(name: str) -> None:
    area = parse_range(f"{quote_sheet(name)}!$B$2:$C$3")
    assert area == RangeRef(name, 2, 2, 3, 3)
    assert split_sheet(str(CellRef(name, 1, 1)))[0] == name


def test_reversed_corners_are_put_in_order() -> None:
    assert parse_range("附件1!C3:B2") == RangeRef("附件1", 2, 2, 3, 3)
    assert RangeRef("附件1", 2, 2, 3, 3).a1 == "B2:C3"
    assert CellRef("附件1", 2, 3) in RangeRef("附件1", 2, 2, 3, 3)
    assert CellRef("附件2", 2, 3) not in RangeRef("附件1", 2, 2, 3, 3)


def test_a_difference_is_taken_in_decimal() -> None:
    assert difference(0.1 + 0.2, 0.3) == 0
    assert difference(200.05, 185.76 + 14.29) == 0
    assert difference(65.76, 82.76) == Decimal(-17)


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        (None, "", True), (None, 0, False), ("", 0, False), (0.1 + 0.2, 0.3, True), (1, 1.0, True), (True, 1, False),
        ("—", 0, False), ("a", "a", True), ("a", "A", False), (ExcelError.DIV0, ExcelError.DIV0, True),
        (ExcelError.DIV0, "#DIV/0!", False), (1e-20, 0, False), (100.0, 100.01, False),
    ],
)  # fmt: skip
def test_equality_is_that_of_excel(left: object, right: object, same: bool) -> None:
    assert same_value(left, right) is same
    assert same_value(right, left) is same


def test_blank_is_never_zero() -> None:
    assert is_blank(None)
    assert is_blank("")
    assert not is_blank(0)
    assert not is_number(True)
    assert show_value(None) == "未填"
    assert show_value(0) == "0"


def test_numbers_are_shown_as_written() -> None:
    assert show_number(0.1 + 0.2) == "0.3"
    assert show_number(9.655, 2) == "9.66"
    assert show_number(430.0) == "430"
    assert show_number(100000000.0) == "100000000"
