"""A last section with @ is for text, also as the second or third: ``yyyy-mm-dd;@`` as Excel itself writes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ('=TEXT(45366,"yyyy-mm-dd;@")', "2024-03-15"), ('=TEXT("无","yyyy-mm-dd;@")', "无"),
        ('=TEXT(45366,"yyyy\\-mm\\-dd;@")', "2024-03-15"), ('=TEXT(5,"0.00;@")', "5.00"),
        ('=TEXT(0,"0.0;-0.0;@")', "0.0"),
        ('=TEXT("x","0;-0;@")', "x"), ('=TEXT(-5,"0.00;@")', None), ('=TEXT(5,"@;0")', None),
        ('=TEXT("a","@;0")', None),
    ],
)  # fmt: skip
def test_the_last_section_with_at_is_for_text(make: Callable[..., Any], formula: str, value: str | None) -> None:
    found = make({"表": {"A1": formula}})["A1"]
    assert str(found).startswith("?") if value is None else found == value
