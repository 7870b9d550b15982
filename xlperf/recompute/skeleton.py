"""Formulas as Python without what they refer to, so that those that differ only in that share one function.

A source such as ``lambda get,area,g,r,c:concat(num(g((r,c-1))),'人')`` becomes ``lambda area,r,c,p,v0:concat(num(v0),
p[0])``, the cells ``[[1, 0, 1, -1]]`` whose values ``v0``, ``v1``, … are, and the parts ``["人"]`` from which ``p`` is
made: areas and texts. For each formula cell the addresses are made once. All is plain data, fit for the private cache;
what comes from there is taken only where it consists of nothing but the words of the engine.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple, TypeAlias

from xlperf.address import CellRef

#: A cell: ``[sheet, a, row, b, column]``, at ``a * r + row``, ``b * c + column``; sheet None: the own one.
Place: TypeAlias = list[Any]
#: A text, or an area: ``[sheet, a, top, b, left, d, bottom, e, right]``, sheet None: the own.
Part: TypeAlias = str | list[Any]

_HEAD, _NEW_HEAD, _TEXT = "lambda get,area,g,r,c:", "lambda area,r,c,p", r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\""
_ROW, _COLUMN = r"(?:r(?:[+-][0-9]+)?|[0-9]+)", r"(?:c(?:[+-][0-9]+)?|[0-9]+)"

@cache
def _place() -> re.Pattern[str]:
    return re.compile(
        rf"(?<![\w.])(?:get\[(?P<sheet>{_TEXT})\]|g)\(\((?P<row>{_ROW}),(?P<column>{_COLUMN})\)\)"
        rf"|(?<![\w.])area\((?P<home>None|{_TEXT}),(?P<top>{_ROW}),(?P<left>{_COLUMN}),(?P<bottom>{_ROW}),(?P<right>{_COLUMN})\)"
        rf"|(?P<text>{_TEXT})"
    )


class Skeleton(NamedTuple):
    """The source of a function of ``(area, r, c, p, v0, …)``; the cells of which v0, … are the values; what p is of."""

    source: str
    cells: list[Place]
    parts: list[Part]


def skeleton_of(source: str) -> Skeleton:
    """Return the skeleton of the source that the compiler has written."""
    cells: list[Place] = []
    parts: list[Part] = []
    words: dict[str, str] = {}

    def replaced(found: re.Match[str]) -> str:
        whole = found[0]
        if whole in ("''", '""'):  # most formulas have it
            return whole
        if whole not in words:
            if found["text"] is None and found["home"] is None:
                words[whole] = f"v{len(cells)}"
                cells.append(_cell(found))
            else:
                words[whole] = f"p[{len(parts)}]" if found["home"] is None else f"area(*p[{len(parts)}])"
                parts.append(_literal(whole) if found["home"] is None else _area(found))
        return words[whole]

    body = _place().sub(replaced, source.removeprefix(_HEAD))
    values = "".join(f",v{number}" for number in range(len(cells)))
    return Skeleton(f"{_NEW_HEAD}{values}:{body}", cells, parts)


def _area(found: re.Match[str]) -> list[Any]:
    home = None if found["home"] == "None" else _literal(found["home"])
    return [home, *_axis(found["top"]), *_axis(found["left"]), *_axis(found["bottom"]), *_axis(found["right"])]


def _cell(found: re.Match[str]) -> Place:
    sheet = None if found["sheet"] is None else _literal(found["sheet"])
    return [sheet, *_axis(found["row"]), *_axis(found["column"])]


def _axis(text: str) -> tuple[int, int]:
    """Return whether a coordinate moves with the cell, and the rest of it."""
    if text[0] in "rc":
        return 1, int(text[1:] or 0)
    return 0, int(text)


def _literal(text: str) -> str:
    value = eval(text, {"__builtins__": {}})  # a text literal, by the expression that found it
    assert isinstance(value, str)
    return value


def cells_at(cells: Sequence[Place], home: CellRef) -> tuple[tuple[str, tuple[int, int]], ...]:
    """Return the cells of a skeleton for a formula at ``home``: sheet, then row and column."""
    own, r, c = home
    return tuple([(sheet or own, (a * r + row, b * c + column)) for sheet, a, row, b, column in cells])


def parts_at(parts: Sequence[Part], home: CellRef) -> tuple[Any, ...]:
    """Return what a function gets as ``p`` at ``home``."""
    own, r, c = home
    made: list[Any] = []
    for part in parts:
        if isinstance(part, str):
            made.append(part)
        else:
            sheet, a, top, b, left, d, bottom, e, right = part
            made.append((sheet or own, a * r + top, b * c + left, d * r + bottom, e * c + right))
    return tuple(made)


_WORDS = frozenset(("lambda", "area", "r", "c", "p", "y", "if", "else", "and", "or", "not", "None", "True", "False"))


#: The signs of a source; whatever stands between them is a word or a number.
_SIGNS = str.maketrans(dict.fromkeys("+-*/(),:<>=[]", " "))


@cache
def _allowed() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what a token beside the engine's words may be, a number or a value, and the sign of a number's power."""
    return re.compile(r"[0-9]+(?:\.[0-9]+)?|v[0-9]+|x[0-9]+_[0-9]+"), re.compile(r"(?<=[0-9])e[+-]?(?=[0-9])")


def all_sound(sources: Iterable[str], known: frozenset[str]) -> bool:
    """Tell whether sources consist of the engine's words only: no attribute, no other name, no text, no statement."""
    heads = tuple(f"{_NEW_HEAD}{sign}" for sign in ",:")
    if not all(isinstance(source, str) and source.startswith(heads) and "\n" not in source for source in sources):
        return False
    allowed, power = _allowed()
    tokens = set(power.sub("", "\n".join(sources)).replace("''", " ' ").translate(_SIGNS).split())
    tokens.discard("'")
    return all(token in known or token in _WORDS or allowed.fullmatch(token) for token in tokens)
