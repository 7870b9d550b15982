"""Formulas as Python without their places, so that those that differ only in what they refer to share one function.

A source such as ``lambda get,area,g,r,c:num(g((r,c-1)))`` becomes ``lambda get,area,g,r,c,p:num(g(p[0]))`` and the
list of places ``[[1, 0, 1, -1]]``, from which ``p`` is made for each cell once. Both are plain data, fit for the
private cache; what comes from there is taken only where it consists of nothing but the words of the engine.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple, TypeAlias

from xlperf.address import CellRef

#: ``[a, row, b, column]`` a cell of the own sheet: at ``a * r + row``, ``b * c + column`` · ``[sheet, a, row, b,
#: column]`` one of another · ``[sheet, a, top, b, left, d, bottom, e, right]`` an area, sheet None: the own.
Place: TypeAlias = list[Any]

_HEAD, _TEXT = "lambda get,area,g,r,c:", r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\""
_ROW, _COLUMN = r"(?:r(?:[+-][0-9]+)?|[0-9]+)", r"(?:c(?:[+-][0-9]+)?|[0-9]+)"
_PLACE = re.compile(
    rf"(?<![\w.])(?:get\[(?P<sheet>{_TEXT})\]|g)\(\((?P<row>{_ROW}),(?P<column>{_COLUMN})\)\)"
    rf"|(?<![\w.])area\((?P<home>None|{_TEXT}),(?P<top>{_ROW}),(?P<left>{_COLUMN}),(?P<bottom>{_ROW}),(?P<right>{_COLUMN})\)"
    rf"|(?P<text>{_TEXT})"
)


class Skeleton(NamedTuple):
    """The source of a function of ``(get, area, g, r, c, p)``, and what ``p`` is made of."""

    source: str
    places: list[Place]


def skeleton_of(source: str) -> Skeleton:
    """Return the skeleton of the source that the compiler has written."""
    places: list[Place] = []
    numbers: dict[str, int] = {}

    def replaced(found: re.Match[str]) -> str:
        if found["text"] is not None:
            return found[0]
        number = numbers.setdefault(found[0], len(places))
        if number == len(places):
            places.append(_place(found))
        if found["home"] is not None:
            return f"area(*p[{number}])"
        return f"g(p[{number}])" if found["sheet"] is None else f"get[p[{number}][0]](p[{number}][1])"

    body = _PLACE.sub(replaced, source.removeprefix(_HEAD))
    return Skeleton(f"{_HEAD[:-1]},p:{body}", places)


def _place(found: re.Match[str]) -> Place:
    if found["home"] is not None:
        home = None if found["home"] == "None" else _literal(found["home"])
        return [home, *_axis(found["top"]), *_axis(found["left"]), *_axis(found["bottom"]), *_axis(found["right"])]
    at = [*_axis(found["row"]), *_axis(found["column"])]
    return at if found["sheet"] is None else [_literal(found["sheet"]), *at]


def _axis(text: str) -> tuple[int, int]:
    """Return whether a coordinate moves with the cell, and the rest of it."""
    if text[0] in "rc":
        return 1, int(text[1:] or 0)
    return 0, int(text)


def _literal(text: str) -> str:
    value = eval(text, {"__builtins__": {}})  # a text literal, by the expression that found it
    assert isinstance(value, str)
    return value


def places_at(places: Sequence[Place], cell: CellRef) -> tuple[Any, ...]:
    """Return what a function gets as ``p`` for a cell."""
    _, r, c = cell
    made: list[Any] = []
    for place in places:
        if len(place) == 4:
            a, row, b, column = place
            made.append((a * r + row, b * c + column))
        elif len(place) == 5:
            sheet, a, row, b, column = place
            made.append((sheet, (a * r + row, b * c + column)))
        else:
            sheet, a, top, b, left, d, bottom, e, right = place
            made.append((sheet, a * r + top, b * c + left, d * r + bottom, e * c + right))
    return tuple(made)


_WORDS = frozenset(("lambda", "get", "area", "g", "r", "c", "p", "y"))
_GRAMMAR = frozenset(("if", "else", "and", "or", "not", "None", "True", "False"))
_OWN_WORD = re.compile(r"x[0-9]+_[0-9]+")


@cache
def _token() -> re.Pattern[str]:
    number = r"[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?(?![\w.])"
    signs = r":=|[-+*/(),:<>=\[\] ]"
    return re.compile(rf"(?P<word>[A-Za-z_][A-Za-z0-9_]*)|{number}|{_TEXT}|{signs}|(?P<other>.)", re.DOTALL)


def is_sound(source: str, known: frozenset[str]) -> bool:
    """Tell whether a source consists of the engine's words only: no attribute, no other name, no statement."""
    words = known | _WORDS | _GRAMMAR
    for found in _token().finditer(source):
        word = found["word"]
        if found["other"] is not None:
            return False
        if word is not None and word not in words and not _OWN_WORD.fullmatch(word):
            return False
    return source.startswith(f"{_HEAD[:-1]},p:")
