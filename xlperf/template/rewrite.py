"""Formula text with its references moved, everything else left as written."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from xlperf.address import MAX_COLUMN, column_letters, column_number

#: (sheet text before the reference or None, (top, left, bottom, right)) → the corners to write instead.
Corners: TypeAlias = tuple[int, int, int, int]
MoveReference: TypeAlias = Callable[[str | None, Corners], Corners]

_WORD = r"[^\W\d][\w.]*"
_TOKEN = re.compile(
    rf"""
    (?P<text>"(?:[^"]|"")*")
  | (?P<sheet>'(?:[^']|'')+'!|[^\s!'"()*+\-/&,;:<>=^%{{}}\[\]]+(?::[^\s!'"()*+\-/&,;:<>=^%{{}}\[\]]+)?!)?
    (?P<ref>\$?[A-Za-z]{{1,3}}\$?[1-9]\d*(?::\$?[A-Za-z]{{1,3}}\$?[1-9]\d*)?)(?![\w.(])
  | (?P<word>{_WORD})
    """,
    re.VERBOSE,
)
_CORNER = re.compile(r"(\$?)([A-Za-z]{1,3})(\$?)(\d+)")


def rewrite(text: str, move: MoveReference, rename: Callable[[str], str] = lambda name: name) -> str:
    """Return the formula with every cell reference moved and every defined name renamed."""

    def replace(match: re.Match[str]) -> str:
        if match["text"]:
            return match[0]
        if match["word"]:
            return rename(match[0])
        sheet = match["sheet"] or ""
        bare = sheet[:-1].strip("'").replace("''", "'") if sheet else None
        return sheet + _moved(match["ref"], bare, move)

    return _TOKEN.sub(replace, text)


def _moved(text: str, sheet: str | None, move: MoveReference) -> str:
    corners = [_CORNER.fullmatch(part) for part in text.split(":")]
    first, last = corners[0], corners[-1]
    assert first
    assert last
    left, right = column_number(first[2]), column_number(last[2])
    if max(left, right) > MAX_COLUMN:
        return text
    top, left, bottom, right = move(sheet, (int(first[4]), left, int(last[4]), right))
    new = f"{first[1]}{column_letters(left)}{first[3]}{top}"
    if len(corners) == 1:
        return new
    return f"{new}:{last[1]}{column_letters(right)}{last[3]}{bottom}"
