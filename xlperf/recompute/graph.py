"""Which formula cell reads which, and the order that follows."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Collection, Iterable, Mapping
from typing import TypeAlias

from xlperf.address import CellRef

#: Sheet, top, left, bottom, right.
Rectangle: TypeAlias = tuple[str, int, int, int, int]

#: What the formula cells of a workbook read of each other through areas, at most: pairs of cells.
MOST_READS = 3_000_000


class _Places:
    """The formula cells of one sheet, column by column."""

    def __init__(self) -> None:
        self.cells: dict[tuple[int, int], CellRef] = {}
        self._columns: dict[int, list[int]] = {}
        self._order: list[int] = []

    def add(self, cell: CellRef) -> None:
        self.cells[cell.row, cell.column] = cell
        self._columns.setdefault(cell.column, []).append(cell.row)

    def _sorted(self) -> list[int]:
        if len(self._order) != len(self._columns):
            self._order = sorted(self._columns)
            for rows in self._columns.values():
                rows.sort()
        return self._order

    def collect(self, top: int, left: int, bottom: int, right: int, found: dict[CellRef, None], most: int) -> int:
        """Add the cells of a rectangle and return the cost: a step for each and for each column; ``most`` ends it."""
        order, cells, cost = self._sorted(), self.cells, 0
        for column in order[bisect_left(order, left) : bisect_right(order, right)]:
            rows = self._columns[column]
            first, last = bisect_left(rows, top), bisect_right(rows, bottom)
            cost += 1 + last - first
            if cost >= most:
                break
            for row in rows[first:last]:
                found[cells[row, column]] = None
        return cost


class Graph:
    """The formula cells of a workbook and what they read of each other."""

    def __init__(self, ranges: Mapping[CellRef, Iterable[Rectangle]], others: Iterable[CellRef]) -> None:
        self._by_sheet: dict[str, _Places] = {}
        for cell in (*ranges, *others):
            self._by_sheet.setdefault(cell.sheet, _Places()).add(cell)
        #: Formula cells that a formula cell reads.
        self.reads: dict[CellRef, tuple[CellRef, ...]] = {}
        #: Formula cells that are left out, as what they read goes beyond :data:`MOST_READS`.
        self.refused: list[CellRef] = []
        self._left = MOST_READS
        for cell, areas in ranges.items():
            read = self._formulas_in(areas)
            if read is None:
                self.refused.append(cell)
            else:
                self.reads[cell] = tuple(read)
        self._read_by: dict[CellRef, list[CellRef]] = {}
        for cell, reads in self.reads.items():
            for other in reads:
                self._read_by.setdefault(other, []).append(cell)

    def _formulas_in(self, areas: Iterable[Rectangle]) -> dict[CellRef, None] | None:
        """Return the formula cells in areas; None where these are too many. Once that is so, no more areas are read."""
        found: dict[CellRef, None] = {}
        for sheet, top, left, bottom, right in areas:
            places = self._by_sheet.get(sheet)
            if places is None:
                continue
            if top == bottom and left == right:
                cell = places.cells.get((top, left))
                if cell is not None:
                    found[cell] = None
                continue
            if self._left > 0:
                self._left -= places.collect(top, left, bottom, right, found, self._left)
            if self._left <= 0:
                return None
        return found

    def sort(self, without: Collection[CellRef]) -> tuple[tuple[CellRef, ...], frozenset[CellRef]]:
        """Return the cells in an order in which they can be computed, and the cells of circles.

        The reads of cells in ``without`` are left out, as those cells are not computed.
        """
        waiting = {
            cell: 0 if cell in without else sum(other in self.reads for other in read)
            for cell, read in self.reads.items()
        }
        ready = deque(cell for cell, count in waiting.items() if not count)
        order: list[CellRef] = []
        while ready:
            cell = ready.popleft()
            order.append(cell)
            del waiting[cell]
            for reader in self._read_by.get(cell, ()):
                if reader in waiting and reader not in without:
                    waiting[reader] -= 1
                    if not waiting[reader]:
                        ready.append(reader)
        return tuple(order), self._circles(set(waiting))

    def _circles(self, left: set[CellRef]) -> frozenset[CellRef]:
        """Return those of ``left`` that lie on a circle or between two, without those that only read one."""
        readers = {cell: sum(reader in left for reader in self._read_by.get(cell, ())) for cell in left}
        idle = [cell for cell, count in readers.items() if not count]
        while idle:
            cell = idle.pop()
            left.discard(cell)
            for other in self.reads[cell]:
                if other in left:
                    readers[other] -= 1
                    if not readers[other]:
                        idle.append(other)
        return frozenset(left)

    def behind(self, circles: Iterable[CellRef], known: Collection[CellRef]) -> list[CellRef]:
        """Return the cells that read circles directly or through others and are not ``known``, nearest
        first.
        """
        found: dict[CellRef, None] = {}
        queue = deque(circles)
        while queue:
            for reader in self._read_by.get(queue.popleft(), ()):
                if reader not in found and reader not in known:
                    found[reader] = None
                    queue.append(reader)
        return list(found)
