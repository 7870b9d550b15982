"""Digits of a number in the places a format has for them."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from xlperf.errors import FormulaUnsupported
from xlperf.recompute.kernels.chinese import spelled_digits
from xlperf.recompute.kernels.decimals import rounded
from xlperf.recompute.kernels.layouts import Mark, Section

_POINT, _COMMA = Mark("sign", "."), Mark("sign", ",")
_PLACED = frozenset(("digit", "sign", "literal"))


class _Places(NamedTuple):
    """Where the digits of a section stand."""

    before: list[int]
    after: list[int]
    #: Place of the point, where there is one.
    point: int | None
    grouped: bool
    #: Power of ten the number is multiplied with.
    shift: int
    #: What stands in each place where no digit does.
    fixed: list[str]


@lru_cache(maxsize=1024)
def _places(section: Section) -> _Places:
    marks = section.marks
    digits = [index for index, mark in enumerate(marks) if mark.kind == "digit"]
    points = [index for index, mark in enumerate(marks) if mark == _POINT]
    if len(points) > 1 or ("literal", "/") in marks[digits[0] : digits[-1]] or not section.kinds <= _PLACED:
        raise FormulaUnsupported("TEXT 的格式，不复算")
    point = points[0] if points else digits[-1] + 1
    before = [index for index in digits if index < point]
    after = [index for index in digits if index > point]
    grouped, thousands = _commas(marks, before, digits[-1], point)
    if section.numerals and (grouped or ("digit", "?") in marks):
        raise FormulaUnsupported("TEXT 的中文数字格式，不复算")
    shift = 2 * marks.count(Mark("sign", "%")) - 3 * thousands
    fixed = ["" if mark.kind == "digit" or mark == _COMMA else mark.text for mark in marks]
    return _Places(before, after, points[0] if points else None, grouped, shift, fixed)


def placed(number: float, section: Section) -> tuple[str, bool]:
    """Return a number that is not negative as a section shows it, and whether anything but 0 is left of it."""
    places, marks = _places(section), section.marks
    shown = rounded(Decimal(format(number, ".15g")).scaleb(places.shift), len(places.after))
    whole, _, fraction = f"{shown:f}".partition(".")
    fills = _whole(whole.lstrip("0"), marks, places.before, places.grouped)
    fills.update(_fraction(fraction, marks, places.after))
    if section.numerals:
        fills = {index: spelled_digits(fill, section.numerals) for index, fill in fills.items()}
    pieces = places.fixed.copy()
    for index, fill in fills.items():
        pieces[index] = fill
    if places.point is not None and not places.before:
        pieces[places.point] = whole.lstrip("0") + "."
    return "".join(pieces), bool(shown)


def _commas(marks: tuple[Mark, ...], before: list[int], last: int, point: int) -> tuple[bool, int]:
    """Return whether thousands are grouped, and how often the number is divided by a thousand."""
    grouped, thousands = False, 0
    for index, mark in enumerate(marks):
        if mark != _COMMA:
            continue
        if before and before[0] < index < before[-1]:
            grouped = True
        elif marks[index - 1] in (_COMMA, ("digit", marks[index - 1].text)) and (
            index > last or (before and before[-1] < index < point)
        ):
            thousands += 1
        else:
            raise FormulaUnsupported("TEXT 的格式中逗号的位置，不复算")
    return grouped, thousands


def _whole(digits: str, marks: tuple[Mark, ...], before: list[int], grouped: bool) -> dict[int, str]:
    """Return what stands in the places before the point: the last digit in the last, the rest in the first."""
    signs = "".join(marks[index].text for index in before)
    least = len(signs) - signs.index("0") if "0" in signs else 0
    digits = digits.rjust(least, "0")
    if grouped:
        if "?" in signs or any(marks[index].kind == "literal" for index in range(before[0], before[-1])):
            raise FormulaUnsupported("TEXT 的格式在千分位中夹有文字，不复算")
        return {before[0]: _grouped(digits)}
    fills: dict[int, str] = {}
    for place, index in enumerate(reversed(before)):
        end = len(digits) - place
        if place == len(before) - 1:
            fills[index] = digits[: max(0, end)] or (" " if marks[index].text == "?" else "")
        else:
            fills[index] = digits[end - 1 : end] if end > 0 else " " if marks[index].text == "?" else ""
    return fills


def _grouped(digits: str) -> str:
    first = len(digits) % 3
    groups = [digits[start : start + 3] for start in range(first, len(digits), 3)]
    return ",".join([digits[:first], *groups] if first else groups)


def _fraction(digits: str, marks: tuple[Mark, ...], after: list[int]) -> dict[int, str]:
    kept = len(digits.rstrip("0"))
    if after and any(marks[index].kind == "literal" for index in range(after[0], after[-1])):
        raise FormulaUnsupported("TEXT 的格式在小数位之间夹有文字，不复算")
    signs = "".join(marks[index].text for index in after)
    kept = max(kept, signs.rfind("0") + 1)
    fills = {}
    for place, index in enumerate(after):
        fills[index] = digits[place] if place < kept else " " if marks[index].text == "?" else ""
    return fills
