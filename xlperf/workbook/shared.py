"""Shared formulas: a master's text, moved to another cell as Excel moves it when it is filled.

Relative references move; ``$`` ones, string literals, sheet names, structured references, functions and
names stay.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from xlperf.address import MAX_COLUMN, MAX_ROW, column_letters

# A letter of a name, sheet or function. Beyond ASCII everything counts but the ideographic and no-break
# blanks: Excel writes sheet names with full-width punctuation, such as 表（一）, without quotes.
# Said by what is left out, which compiles fifty times faster than by what is in.
_WORD = r"[^\x00-\x2d/:-\x3e@\[\]^`{-\x7f\xa0\u3000]"

_CELL = r"\$?[A-Za-z]{1,3}\$?[1-9][0-9]{0,6}"

_TOKEN = rf"""
      (?P<keep> "(?:[^"]|"")*+"?                                       # a string
              | '(?:[^']|'')*+'?                                       # a quoted sheet
              | \#(?:REF!|NULL!|DIV/0!|VALUE!|NAME\?|NUM!|N/A)         # an error
              | \[(?:[^\[\]']|'(?s:.)|\[(?:[^\[\]']|'(?s:.))*+\])*+\]? # a workbook or structured reference
              | {_WORD}++(?::{_WORD}++)?!                              # a sheet, or the sheets of a 3-D one
      )
    | (?P<columns> \$?[A-Za-z]{{1,3}}:\$?[A-Za-z]{{1,3}} (?!{_WORD}|[(\[!:]) )
    | (?P<rows>    \$?[0-9]{{1,7}}:\$?[0-9]{{1,7}} (?!{_WORD}|[(\[!:]) )
    | (?P<range>   {_CELL}:{_CELL} (?!{_WORD}|[(\[!]) )
    | (?P<cell>    {_CELL} (?!{_WORD}|[(\[!]) )
    | {_WORD}++
    """
_AXES = re.compile(r"(\$?)([A-Za-z]*)(\$?)([0-9]*)")


@cache
def _token() -> re.Pattern[str]:
    """Return the expression, made when a file has the first shared formula; most have none."""
    return re.compile(_TOKEN, re.VERBOSE)


class _Axis(NamedTuple):
    """One end of a reference: its row or its column, and whether ``$`` holds it."""

    number: int
    fixed: bool
    is_row: bool

    def moved(self, rows: int, columns: int) -> str | None:
        number = self.number if self.fixed else self.number + (rows if self.is_row else columns)
        if not 1 <= number <= (MAX_ROW if self.is_row else MAX_COLUMN):
            return None
        dollar = "$" if self.fixed else ""
        return dollar + (str(number) if self.is_row else column_letters(number))


class SharedFormula:
    """The formula of a master cell, taken apart once and put together for every cell that shares it."""

    def __init__(self, text: str, row: int, column: int) -> None:
        self.text, self.row, self.column = text, row, column
        self._pieces: list[str | tuple[_Axis, ...]] = []
        end = 0
        for match in _token().finditer(text):
            if match.lastgroup in (None, "keep"):
                continue
            reference = _reference(match[0])
            if reference is not None:
                self._pieces += [text[end : match.start()], reference]
                end = match.end()
            elif match.lastgroup == "range":  # one end is a name that looks like a cell
                first, _, last = match[0].partition(":")
                self._pieces += [text[end : match.start()], _reference(first) or first, ":", _reference(last) or last]
                end = match.end()
        self._pieces.append(text[end:])
        self._references = {piece for piece in self._pieces if not isinstance(piece, str)}

    def at(self, row: int, column: int) -> str:
        """Return the text for a cell; a reference that leaves the sheet becomes ``#REF!``."""
        rows, columns = row - self.row, column - self.column
        if not rows and not columns:
            return self.text
        moved = {axes: _moved(axes, rows, columns) for axes in self._references}
        return "".join(piece if isinstance(piece, str) else moved[piece] for piece in self._pieces)


def _reference(text: str) -> tuple[_Axis, ...] | None:
    """Return the axes of ``$A1``, ``A:B`` or ``1:$3``; None for a name that looks like one (``ZZZ1``)."""
    axes: list[_Axis] = []
    for end in text.split(":"):
        match = _AXES.fullmatch(end)
        assert match
        first, letters, second, digits = match.groups()  # the dollar of a bare ``$3`` is the first group
        if letters:
            axes.append(_Axis(_column(letters), bool(first), False))
        if digits:
            axes.append(_Axis(int(digits), bool(second if letters else first), True))
    if any(not 1 <= axis.number <= (MAX_ROW if axis.is_row else MAX_COLUMN) for axis in axes):
        return None
    return tuple(axes)


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def _moved(axes: tuple[_Axis, ...], rows: int, columns: int) -> str:
    ends = [axis.moved(rows, columns) for axis in axes]
    if None in ends:
        return "#REF!"
    joined = [end for end in ends if end is not None]
    if len(joined) == 4:
        return "{}{}:{}{}".format(*joined)
    return "".join(joined) if axes[0].is_row != axes[-1].is_row else ":".join(joined)
