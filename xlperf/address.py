"""Addresses as values: cells and ranges that parse, print, compare and sort.

Rows and columns count from 1, as a person reads them.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

MAX_ROW = 1_048_576
MAX_COLUMN = 16_384

_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9]\d{0,6})$")
_PLAIN_SHEET = re.compile(r"[^\W\d][\w.]*$")
_LOOKS_LIKE_CELL = re.compile(r"([A-Za-z]{1,3}\d+|[Rr]\d*[Cc]\d*)$")


@lru_cache(maxsize=4096)
def column_letters(column: int) -> str:
    """Return the letters of a column: 1 is ``A``, 28 is ``AB``. Raises ValueError outside 1…16384."""
    if not 1 <= column <= MAX_COLUMN:
        raise ValueError(f"no such column: {column}")
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@lru_cache(maxsize=4096)
def column_number(letters: str) -> int:
    """Return the number of a column: ``A`` is 1. Raises ValueError for what is not a column."""
    number = 0
    for letter in letters.upper():
        if not "A" <= letter <= "Z":
            raise ValueError(f"no such column: {letters}")
        number = number * 26 + ord(letter) - 64
    if not 1 <= number <= MAX_COLUMN:
        raise ValueError(f"no such column: {letters}")
    return number


def quote_sheet(name: str) -> str:
    """Return a sheet name as a formula needs it, quoted where Excel would quote it."""
    if _PLAIN_SHEET.match(name) and not _LOOKS_LIKE_CELL.match(name) and name.upper() not in ("TRUE", "FALSE"):
        return name
    return "'" + name.replace("'", "''") + "'"


class CellRef(NamedTuple):
    """One cell of one sheet; sorts by sheet, row, column."""

    sheet: str
    row: int
    column: int

    @property
    def a1(self) -> str:
        """The address without its sheet, such as ``B7``."""
        return f"{column_letters(self.column)}{self.row}"

    def __str__(self) -> str:
        return f"{quote_sheet(self.sheet)}!{self.a1}"


class RangeRef(NamedTuple):
    """A rectangle of one sheet, corners included; ``top <= bottom`` and ``left <= right``."""

    sheet: str
    top: int
    left: int
    bottom: int
    right: int

    @property
    def a1(self) -> str:
        """The address without its sheet: ``B7`` or ``B7:C9``."""
        first = f"{column_letters(self.left)}{self.top}"
        if (self.top, self.left) == (self.bottom, self.right):
            return first
        return f"{first}:{column_letters(self.right)}{self.bottom}"

    def cells(self) -> Iterator[CellRef]:
        """Yield every cell, row by row."""
        for row in range(self.top, self.bottom + 1):
            for column in range(self.left, self.right + 1):
                yield CellRef(self.sheet, row, column)

    def __contains__(self, cell: object) -> bool:
        return (
            isinstance(cell, CellRef)
            and cell.sheet == self.sheet
            and self.top <= cell.row <= self.bottom
            and self.left <= cell.column <= self.right
        )

    def __str__(self) -> str:
        return f"{quote_sheet(self.sheet)}!{self.a1}"


@lru_cache(maxsize=65536)
def parse_a1(text: str) -> tuple[int, int]:
    """Return ``(row, column)`` of an address such as ``B7`` or ``$B$7``. Raises ValueError."""
    match = _CELL.match(text)
    if not match or int(match[2]) > MAX_ROW:
        raise ValueError(f"no such cell: {text}")
    return int(match[2]), column_number(match[1])


def parse_area(text: str) -> tuple[int, int, int, int]:
    """Return ``(top, left, bottom, right)`` of ``B7`` or ``B7:C9``, corners put in order. Raises ValueError."""
    first, _, last = text.partition(":")
    row, column = parse_a1(first)
    row2, column2 = parse_a1(last) if last else (row, column)
    return min(row, row2), min(column, column2), max(row, row2), max(column, column2)


def within(cells: Iterable[tuple[int, int]], areas: Iterable[tuple[int, int, int, int]]) -> set[tuple[int, int]]:
    """Return those of the cells ``(row, column)`` that lie in one of the areas ``(top, left, bottom, right)``.

    The cost follows the number of cells and areas, not how large the areas are.
    """
    rows: dict[int, list[int]] = {}
    for row, column in sorted(cells):
        rows.setdefault(column, []).append(row)
    columns = sorted(rows)
    begun: dict[int, list[int]] = {column: [0] * (len(rows[column]) + 1) for column in columns}
    for top, left, bottom, right in set(areas):
        for column in columns[bisect_left(columns, left) : bisect_right(columns, right)]:
            begun[column][bisect_left(rows[column], top)] += 1
            begun[column][bisect_right(rows[column], bottom)] -= 1
    return {
        (row, column)
        for column in columns
        for row, open_areas in zip(rows[column], accumulate(begun[column]), strict=False)
        if open_areas
    }


def split_sheet(text: str) -> tuple[str | None, str]:
    """Split ``'表 1'!A1`` into the bare sheet name and the rest; the sheet is None where none is given."""
    if text.startswith("'"):
        end = 1
        while True:
            end = text.index("'", end)
            if text[end + 1 : end + 2] != "'":
                break
            end += 2
        return text[1:end].replace("''", "'"), text[end + 2 :]
    sheet, bang, rest = text.rpartition("!")
    return (sheet, rest) if bang else (None, text)


@lru_cache(maxsize=4096)
def parse_range(text: str, sheet: str | None = None) -> RangeRef:
    """Return the range of ``附件1!$A$1:$B$2``; ``sheet`` serves where the text names none. Raises ValueError."""
    named, area = split_sheet(text)
    home = named if named is not None else sheet
    if home is None:
        raise ValueError(f"no sheet in {text}")
    return RangeRef(home, *parse_area(area))
