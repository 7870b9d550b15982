"""Which formula cell reads which, and the order that follows.

An area is not taken apart into its cells: over the formula cells of each column stands a binary tree, and an
area waits for the few nodes that make it up. So 50 000 sums over ever longer areas stay affordable.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import deque
from collections.abc import Collection, Iterable, Mapping
from itertools import chain
from typing import TypeAlias

from xlperf.address import CellRef
from xlperf.recompute.circles import circles_of

#: Sheet, top, left, bottom, right.
Rectangle: TypeAlias = tuple[str, int, int, int, int]

#: An area of up to this many cells, or formula cells in a column, is read cell by cell.
_FEW = 16
#: Links between formulas, at most; what comes after is refused.
MAX_LINKS = 2_000_000
_TOO_MANY = "公式之间的引用过多，不复算"


class _Column:
    """The formula cells of one column from top to bottom, and the tree over them."""

    __slots__ = ("base", "cells", "rows")

    def __init__(self, entries: list[tuple[int, int]]) -> None:
        entries.sort()
        self.rows = [row for row, _ in entries]
        self.cells = [cell for _, cell in entries]
        self.base = -1


class Graph:
    """The formula cells of a workbook and what they read of each other.

    ``members`` are the further cells of array formulas with the cell that computes them. ``refused`` holds
    cells that read too much to be followed, with the reason.
    """

    def __init__(
        self, areas: Mapping[CellRef, Iterable[Rectangle]], members: Mapping[CellRef, CellRef] | None = None
    ) -> None:
        self._cells = list(areas)
        self._count = len(self._cells)
        self._index = {cell: number for number, cell in enumerate(self._cells)}
        for member, first in (members or {}).items():
            if first in self._index:
                self._index.setdefault(member, self._index[first])
        self._columns = self._sorted_columns()
        self._readers: list[list[int]] = [[] for _ in self._cells]
        self._waits = [0] * self._count
        self._known: dict[Rectangle, list[int]] = {}
        self._links = 0
        self.refused: dict[CellRef, str] = {}
        for number, (cell, rectangles) in enumerate(areas.items()):
            for rectangle in rectangles:
                if self._links > MAX_LINKS:
                    self.refused[cell] = _TOO_MANY
                    break
                self._link(self._sources(rectangle), number)

    def _sorted_columns(self) -> dict[str, dict[int, _Column]]:
        entries: dict[str, dict[int, list[tuple[int, int]]]] = {}
        for (sheet, row, column), number in self._index.items():
            entries.setdefault(sheet, {}).setdefault(column, []).append((row, number))
        return {
            sheet: {column: _Column(found) for column, found in sorted(columns.items())}
            for sheet, columns in entries.items()
        }

    def _link(self, sources: list[int], reader: int) -> None:
        self._links += len(sources)
        self._waits[reader] += len(sources)
        readers = self._readers
        for source in sources:
            readers[source].append(reader)

    def _node(self, sources: list[int]) -> int:
        node = len(self._waits)
        self._waits.append(0)
        self._readers.append([])
        self._link(sources, node)
        return node

    def _sources(self, rectangle: Rectangle) -> list[int]:
        sheet, top, left, bottom, right = rectangle
        index = self._index
        if top == bottom and left == right:
            cell = index.get((sheet, top, left))  # type: ignore[call-overload]  # a CellRef is a tuple of these
            return [] if cell is None else [cell]
        columns = self._columns.get(sheet)
        if not columns:
            return []
        known = self._known.get(rectangle)
        if known is None:
            within = range(left, right + 1) if right - left < len(columns) else columns
            known = []
            for column in within:
                if left <= column <= right and column in columns:
                    known += self._in_column(columns[column], top, bottom)
            if len(known) > _FEW:
                known = [self._node(known)]
            self._known[rectangle] = known
        return known

    def _in_column(self, column: _Column, top: int, bottom: int) -> list[int]:
        low, high = bisect_left(column.rows, top), bisect_right(column.rows, bottom)
        if high - low <= _FEW:
            return column.cells[low:high]
        if column.base < 0:
            self._grow(column)
        found: list[int] = []
        size = len(column.cells)
        low, high = low + size, high + size
        while low < high:
            if low & 1:
                found.append(self._at(column, low))
                low += 1
            if high & 1:
                high -= 1
                found.append(self._at(column, high))
            low, high = low >> 1, high >> 1
        return found

    def _grow(self, column: _Column) -> None:
        """Put a tree over a column: node k stands for nodes 2k and 2k+1, the cells come last."""
        size = len(column.cells)
        column.base = len(self._waits)
        self._waits += [0] * size
        self._readers += [[] for _ in range(size)]
        for place in range(size - 1, 0, -1):
            self._link([self._at(column, 2 * place), self._at(column, 2 * place + 1)], column.base + place)

    @staticmethod
    def _at(column: _Column, place: int) -> int:
        size = len(column.cells)
        return column.cells[place - size] if place >= size else column.base + place

    def sort(self, without: Collection[CellRef]) -> tuple[tuple[CellRef, ...], frozenset[CellRef]]:
        """Return the cells in an order in which they can be computed, and the cells of circles.

        The reads of cells in ``without`` are left out, as those cells are not computed.
        """
        waits, free = self._waits.copy(), {self._index[cell] for cell in without if cell in self._index}
        for cell in free:
            waits[cell] = 0
        ready = deque(node for node, count in enumerate(waits) if not count)
        order: list[CellRef] = []
        while ready:
            node = ready.popleft()
            if node < self._count:
                order.append(self._cells[node])
            for reader in self._readers[node]:
                if reader not in free:
                    waits[reader] -= 1
                    if not waits[reader]:
                        ready.append(reader)
        left = {node for node, count in enumerate(waits) if count > 0}
        circles = circles_of(left, self._readers) if left else set()
        return tuple(order), frozenset(self._cells[node] for node in circles if node < self._count)

    def behind(self, circles: Iterable[CellRef], known: Collection[CellRef]) -> list[CellRef]:
        """Return the cells that read circles directly or through others and are not ``known``, nearest
        first.
        """
        found: list[CellRef] = []
        start = [self._index[cell] for cell in circles]
        seen, queue = set(start), deque(start)
        while queue:
            for reader in self._readers[queue.popleft()]:
                if reader in seen:
                    continue
                seen.add(reader)
                if reader >= self._count:
                    queue.append(reader)
                elif self._cells[reader] not in known:
                    found.append(self._cells[reader])
                    queue.append(reader)
        return found


class Doubts:
    """Cells that were not computed, and which of them an area meets first."""

    def __init__(self, cells: Iterable[CellRef]) -> None:
        self._columns: dict[str, dict[int, list[int]]] = {}
        for sheet, row, column in cells:
            self._columns.setdefault(sheet, {}).setdefault(column, []).append(row)
        for rows in chain.from_iterable(columns.values() for columns in self._columns.values()):
            rows.sort()

    def add(self, cell: CellRef) -> None:
        """Take in one more cell."""
        insort(self._columns.setdefault(cell.sheet, {}).setdefault(cell.column, []), cell.row)

    def first(self, areas: Iterable[Rectangle]) -> CellRef | None:
        """Return the first such cell of the first area that has one, row by row; None where none has."""
        for sheet, top, left, bottom, right in areas:
            columns = self._columns.get(sheet)
            if not columns:
                continue
            best: tuple[int, int] | None = None
            for column in range(left, right + 1) if right - left < len(columns) else list(columns):
                rows = columns.get(column) if left <= column <= right else None
                if not rows:
                    continue
                at = bisect_left(rows, top)
                if at < len(rows) and rows[at] <= bottom and (best is None or (rows[at], column) < best):
                    best = rows[at], column
            if best is not None:
                return CellRef(sheet, *best)
        return None
