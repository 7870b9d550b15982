"""What formulas at random found to be wrong, or claimed without being sure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ('COUNT(VLOOKUP("无",A1:B2,2,FALSE),A1:A2)', 2),
        ("COUNTA(CHOOSE(3,1,2),A1:A2)", 3),
        ("COUNTA(#N/A,A1)", 2),
        ("COUNT(#N/A,A1,1/0)", 1),
    ],
)
def test_count_overlooks_a_looked_up_error_before_other_arguments(
    value: Callable[..., object], formula: str, expected: float
) -> None:
    assert value(f"={formula}", A1=1, A2=2, B1="x") == expected


@pytest.mark.parametrize(
    "formula",
    [
        "DATE(1999,45366,8)",  # beyond what DATE is known to take
        "DATE(2024,-2.5,1)",  # cut towards zero or down
        "DATE(2024,1.15*100,1)",  # 114.99999999999999
        'REPT("a",4.35*100)',
        "EDATE(45366,-1.5)",
        'LEFT("abc",-0.05)',
        'MID("abc",1E10,1)',
        "ISODD(A3)",  # text that reads as a number
        "SUM(+A3,1)",  # a reference or its value
    ],
)
def test_what_is_not_sure_is_not_claimed(value: Callable[..., object], formula: str) -> None:
    found: Any = value(f"={formula}", A1=1, A2=2, A3="3")
    assert isinstance(found, str)
    assert found.startswith("?")


def test_a_whole_column_reaches_formulas_that_are_computed_later(make: Callable[..., Any]) -> None:
    book = make({"表": {"E1": "=SUM(D:D)", "A1": 1, "B1": "=SUM(A:A)", "D9": "=B1*2"}})
    assert book["E1"] == 2
