"""Formula text with its references moved, everything else left as written."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import NamedTuple, TypeAlias

from xlperf.address import column_letters, column_number

#: (sheet text before the reference or None, (top, left, bottom, right)) → the corners to write instead.
Corners: TypeAlias = tuple[int, int, int, int]
MoveReference: TypeAlias = Callable[[str | None, Corners], Corners]

_WORD = r"[^\W\d][\w.]*"
_TOKEN = rf"""
    (?P<text>"(?:[^"]|"")*")
  | (?P<sheet>'(?:[^']|'')+'!|[^\s!'"()*+\-/&,;:<>=^%{{}}\[\]]+(?::[^\s!'"()*+\-/&,;:<>=^%{{}}\[\]]+)?!)?
    (?P<ref>\$?[A-Za-z]{{1,3}}\$?[1-9]\d*(?::\$?[A-Za-z]{{1,3}}\$?[1-9]\d*)?)(?![\w.(])
  | (?P<word>{_WORD})
    """
_CORNER = re.compile(r"(\$?)([A-Za-z]{1,3})(\$?)(\d+)")


@cache
def _token() -> re.Pattern[str]:
    """Return the expression, made when the first instance of a shape is; a known shape needs none."""
    return re.compile(_TOKEN, re.VERBOSE)


class _Reference(NamedTuple):
    """A cell or area of a formula: the sheet before it as written and as a bare name, ``$`` flags and corners."""

    prefix: str
    sheet: str | None
    dollars: tuple[str, ...]
    corners: Corners
    single: bool


class _Word(NamedTuple):
    """A name or a function of a formula."""

    text: str


@lru_cache(maxsize=32768)
def _split(text: str) -> tuple[str | _Reference | _Word, ...]:
    """Take a formula apart once; a template's formulas are moved again and again."""
    pieces: list[str | _Reference | _Word] = []
    end = 0
    for match in _token().finditer(text):
        piece: str | _Reference | _Word | None = None
        if match["word"]:
            piece = _Word(match[0])
        elif match["ref"]:
            piece = _reference(match["sheet"] or "", match["ref"])
        if piece is not None:
            pieces += [text[end : match.start()], piece]
            end = match.end()
    pieces.append(text[end:])
    return tuple(pieces)


def _reference(prefix: str, text: str) -> _Reference | None:
    corners = [_CORNER.fullmatch(part) for part in text.split(":")]
    first, last = corners[0], corners[-1]
    assert first
    assert last
    left, right = (_column(match[2]) for match in (first, last))
    if left is None or right is None:
        return None
    sheet = prefix[:-1].strip("'").replace("''", "'") if prefix else None
    area = (int(first[4]), left, int(last[4]), right)
    return _Reference(prefix, sheet, (first[1], first[3], last[1], last[3]), area, len(corners) == 1)


def _column(letters: str) -> int | None:
    try:
        return column_number(letters)
    except ValueError:
        return None


def rewrite(text: str, move: MoveReference, rename: Callable[[str], str] = lambda name: name) -> str:
    """Return the formula with every cell reference moved and every defined name renamed."""
    out: list[str] = []
    for piece in _split(text):
        if isinstance(piece, str):
            out.append(piece)
        elif isinstance(piece, _Word):
            out.append(rename(piece.text))
        else:
            top, left, bottom, right = move(piece.sheet, piece.corners)
            first, second, third, fourth = piece.dollars
            out.append(f"{piece.prefix}{first}{column_letters(left)}{second}{top}")
            if not piece.single:
                out.append(f":{third}{column_letters(right)}{fourth}{bottom}")
    return "".join(out)
