"""Which formula cell reads which, and the order that follows."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping
from typing import TypeAlias

from xlperf.address import CellRef

#: Sheet, top, left, bottom, right.
Rectangle: TypeAlias = tuple[str, int, int, int, int]


class Graph:
    """The formula cells of a workbook and what they read of each other."""

    def __init__(self, ranges: Mapping[CellRef, Iterable[Rectangle]], others: Iterable[CellRef]) -> None:
        self._by_sheet: dict[str, dict[tuple[int, int], CellRef]] = {}
        for cell in (*ranges, *others):
            self._by_sheet.setdefault(cell.sheet, {})[cell.row, cell.column] = cell
        #: Formula cells that a formula cell reads.
        self.reads: dict[CellRef, tuple[CellRef, ...]] = {
            cell: tuple(self._formulas_in(areas)) for cell, areas in ranges.items()
        }
        self._read_by: dict[CellRef, list[CellRef]] = {}
        for cell, read in self.reads.items():
            for other in read:
                self._read_by.setdefault(other, []).append(cell)

    def _formulas_in(self, areas: Iterable[Rectangle]) -> dict[CellRef, None]:
        found: dict[CellRef, None] = {}
        for sheet, top, left, bottom, right in areas:
            cells = self._by_sheet.get(sheet)
            if not cells:
                continue
            if top == bottom and left == right:
                cell = cells.get((top, left))
                if cell is not None:
                    found[cell] = None
            elif (bottom - top + 1) * (right - left + 1) <= len(cells):
                for row in range(top, bottom + 1):
                    for column in range(left, right + 1):
                        cell = cells.get((row, column))
                        if cell is not None:
                            found[cell] = None
            else:
                found.update(
                    (cell, None)
                    for (row, column), cell in cells.items()
                    if top <= row <= bottom and left <= column <= right
                )
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
