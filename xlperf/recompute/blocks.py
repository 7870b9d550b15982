"""Array formulas over several cells: computed once, by the first of them, and spread over all."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from xlperf.address import CellRef, RangeRef
from xlperf.errors import FormulaUnsupported
from xlperf.recompute.book import FormulaBook
from xlperf.recompute.form import Form
from xlperf.recompute.kernels.core import Area, Value
from xlperf.values import ExcelError, Scalar

#: Cells of all array formulas of a workbook.
MAX_CELLS = 200_000


class Blocks:
    """The array formulas of a workbook: ``areas`` by first cell, ``members`` the other cells with their first."""

    def __init__(self, book: FormulaBook) -> None:
        self._dynamic = book.dynamic
        self.areas: dict[CellRef, RangeRef] = {}
        self.members: dict[CellRef, CellRef] = {}
        self._wrong: dict[CellRef, str] = {}
        room = MAX_CELLS
        for first, area in book.arrays.items():
            self.areas[first] = RangeRef(*first, *first[1:])  # all there is of one that is too large
            room -= (area.bottom - area.top + 1) * (area.right - area.left + 1)
            if room < 0:
                self._wrong[first] = "数组公式的区域过大，不复算"
                continue
            self.areas[first] = area
            for cell in area.cells():
                if cell != first:
                    self._admit(cell, first, book)

    def _admit(self, cell: CellRef, first: CellRef, book: FormulaBook) -> None:
        if cell in self.members or cell in book.arrays:
            self._wrong[first] = self._wrong[self.members.get(cell, cell)] = "数组公式的区域重叠，不复算"
        else:
            self.members[cell] = first

    def __bool__(self) -> bool:
        return bool(self.areas)

    def vouched(self, cell: CellRef, form: Form) -> Form:
        """Return the form of an array formula. Raises FormulaUnsupported where its area is unsound."""
        if cell in self._wrong:
            raise FormulaUnsupported(self._wrong[cell])
        if form.needs_place and not self._single(cell):
            raise FormulaUnsupported("多单元格数组公式用了不带参数的 ROW 或 COLUMN，不复算")
        return form

    def _single(self, first: CellRef) -> bool:
        return self.areas[first][1:3] == self.areas[first][3:]

    def cells(self, first: CellRef) -> Iterable[CellRef]:
        """Return all cells a formula cell stands for."""
        if first not in self.areas or self._single(first):
            return (first,)
        members = self.members
        return (first, *(cell for cell in self.areas[first].cells() if members.get(cell) == first))

    def spread(self, reasons: Mapping[CellRef, str]) -> dict[CellRef, str]:
        """Return reasons for all cells that the given ones stand for."""
        return {cell: reason for first, reason in reasons.items() for cell in self.cells(first)}

    def with_members(self, cells: Iterable[CellRef]) -> tuple[CellRef, ...]:
        """Return cells, those of array formulas followed by their other cells."""
        return tuple(cells) if not self.areas else tuple(each for cell in cells for each in self.cells(cell))

    def idle(self, kept: Collection[CellRef]) -> Collection[CellRef]:
        """Return the formula cells that need not be computed, all they stand for being kept."""
        if not self.areas:
            return kept
        firsts = {self.members.get(cell, cell) for cell in kept}
        return frozenset(first for first in firsts if all(cell in kept for cell in self.cells(first)))

    def results(self, first: CellRef, value: Value) -> dict[CellRef, Scalar]:
        """Return the value of each cell of an array formula. Raises FormulaUnsupported where it would spill elsewhere.

        A single row, column or cell fills the area; where the result is smaller, what is left is #N/A.
        """
        area = self.areas[first]
        height, width = area.bottom - area.top + 1, area.right - area.left + 1
        size = (value.height, value.width) if isinstance(value, Area) else (1, 1)
        if first in self._dynamic and size != (height, width):
            raise FormulaUnsupported("动态数组的大小与文件中的区域不同，不复算")
        return {cell: _element(value, cell.row - area.top, cell.column - area.left) for cell in area.cells()}


def _element(value: Value, row: int, column: int) -> Scalar:
    if isinstance(value, Area):
        row, column = (0 if value.height == 1 else row), (0 if value.width == 1 else column)
        value = value.at(row, column) if row < value.height and column < value.width else ExcelError.NA
    return 0.0 if value is None else value
