"""What an examiner found who wrote formulas of accountants' workbooks from Excel's documentation alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from xlperf.values import ExcelError

Make = Callable[..., Any]
Value = Callable[..., object]

#: Sheet 表 of the books below.
_CELLS: dict[str, object] = {
    "A1": "组织部",
    "A2": "组织部",
    "A3": "宣传部",
    "A4": "宣传部",
    "A5": "统战部",
    "B1": 10,
    "B2": 20,
    "B3": 30,
    "B4": -5,
    "C1": 1,
    "C2": 2,
    "C3": 3,
    "C4": 4,
    "C5": 5,
}


def _refused(found: object) -> bool:
    return isinstance(found, str) and found.startswith("?")


@pytest.mark.parametrize("text", ["　组织部", "组织部　", " 　组织部", "张　　三", "张 　三", "张　 三", "组织部　 "])
def test_trim_does_not_claim_to_keep_superfluous_full_width_blanks(value: Value, text: str) -> None:
    assert _refused(value("=TRIM(A1)", A1=text))


@pytest.mark.parametrize(("text", "expected"), [("张　三", "张　三"), (" 张　三  ", "张　三"), ("  a   b ", "a b")])
def test_trim_keeps_a_full_width_blank_between_words(value: Value, text: str, expected: str) -> None:
    assert value("=TRIM(A1)", A1=text) == expected


@pytest.mark.parametrize(
    "formula", ['TEXT(0.999999,"h:mm:ss")', 'TEXT(45366.999999,"yyyy-m-d h:mm")', 'TEXT(45366.999999,"[h]:mm")']
)
def test_a_time_that_rounds_to_midnight_is_not_claimed(value: Value, formula: str) -> None:
    assert _refused(value(f"={formula}"))


def test_a_date_whose_time_rounds_to_midnight_is_still_shown_without_it(value: Value) -> None:
    assert value('=TEXT(45366.999999,"yyyy-m-d")') == "2024-3-15"
    assert value('=TEXT(45366.99998,"yyyy-m-d h:mm:ss")') == "2024-3-15 23:59:58"


def test_xlookup_does_not_claim_what_an_empty_last_argument_means(value: Value) -> None:
    assert _refused(value("=XLOOKUP(1,A1:A2,B1:B2,,0,)", A1=1, A2=1, B1=5, B2=6))


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ('SUMPRODUCT(MAX((A1:A5="组织部")*B1:B5))', 20),
        ("SUMPRODUCT(MIN(B1:B5*C1:C5))", -20),
        ("SUMPRODUCT(SUM(B1:B5*C1:C5))", 120),
        ("SUMPRODUCT(MAX(B1:B5/C1:C6))", ExcelError.NA),
        ('MAX(INDEX((A1:A5="组织部")*B1:B5,0))', 20),
        ('SUM(INDEX((A1:A5="组织部")*B1:B5,))', 30),
        ('MATCH(1,INDEX((A1:A5="宣传部")*(B1:B5<0),0),0)', 4),
        ('INDEX(C1:C5,MATCH(1,INDEX((A1:A5="宣传部")*(B1:B5>0),0,1),0))', 3),
    ],
)
def test_arrays_that_excel_computes_without_being_asked_are_computed(
    make: Make, formula: str, expected: object
) -> None:
    assert make({"表": {**_CELLS, "F1": f"={formula}"}})["F1"] == expected


def test_index_of_a_computed_array_is_vouched_for_with_a_whole_column_only(make: Make) -> None:
    whole, one = '=SUM(INDEX((A1:A5="组织部")*B1:B5,0))', '=SUM(INDEX((A1:A5="组织部")*B1:B5,2))'
    for formulas in ({"F1": whole, "F2": one}, {"F2": one, "F1": whole}):
        book = make({"表": {**_CELLS, **formulas}})
        assert book["F1"] == 30
        assert _refused(book["F2"]) or book["F2"] == 20


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ('XLOOKUP("宣传部",A1:A5,B1:B5)', 30),
        ('XLOOKUP("宣传部",A1:A5,C1:C5,,0,-1)', 4),
        ('XLOOKUP("无",A1:A5,B1:B5,"没有")', "没有"),
        ('XLOOKUP("无",A1:A5,B1:B5)', ExcelError.NA),
        ("XLOOKUP(NA(),A1:A5,B1:B5,0)", ExcelError.NA),
        ('XLOOKUP("统战部",A1:A5,B1:B5)', 0),
        ('XLOOKUP("统战部",A1:A5,B1:B5)&""', ""),
        ('XLOOKUP("*战*",A1:A5,C1:C5,,2)', 5),
        ("XLOOKUP(3.5,C1:C5,A1:A5,,-1)", "宣传部"),
        ('XLOOKUP(1,(A1:A5="宣传部")*(B1:B5<0),C1:C5)', 4),
    ],
)
def test_xlookup_is_computed_as_excel_with_dynamic_arrays_writes_it(make: Make, formula: str, expected: object) -> None:
    assert make({"表": {**_CELLS, "F1": f"={formula}"}}, arrays=["F1"])["F1"] == expected


@pytest.mark.parametrize(
    "formula", ["XLOOKUP(A1:A2,A1:A5,B1:B5)", "XLOOKUP(C1,C1:C5,A1:B5)", "XLOOKUP(1,C1:C5,B1:B5,,0,)"]
)
def test_xlookup_that_may_give_an_array_is_refused(make: Make, formula: str) -> None:
    assert _refused(make({"表": {**_CELLS, "F1": f"={formula}"}}, arrays=["F1"])["F1"])
