"""A formula relative to its cell, ready to run: plain data, and a function that is made when it is first needed."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

from xlperf.address import CellRef
from xlperf.recompute.code import Compiled, function_of
from xlperf.recompute.skeleton import Skeleton, cells_at, parts_at

#: Sheets (none: the own one), and the corners; of each coordinate, whether it moves with the cell, and the rest.
Read: TypeAlias = tuple[tuple[str, ...], tuple[int, ...]]


class Form(NamedTuple):
    """A formula in relative form; ``shape`` is the expression of its shape.

    ``reads`` is what it reads, ``hulls`` pairs of references of which it may read all that lies between. ``weight`` is
    what each cell that is read costs, for formulas that go through areas cell by cell or find out what they read; 0 for
    those whose areas count as they are read. ``subtotals`` is 0 without SUBTOTAL, 1 where the formula is one, 2 where
    one is part of it; ``needs_place`` tells that it asks for its own row or column.
    """

    key: str
    shape: str
    skeleton: Skeleton
    reads: tuple[Read, ...]
    hulls: tuple[tuple[Read, Read], ...] = ()
    is_array: bool = False
    weight: int = 0
    subtotals: int = 0
    needs_place: bool = False

    @property
    def function(self) -> Compiled:
        """The compiled formula, see :mod:`xlperf.recompute.code`. Raises FormulaUnsupported."""
        return function_of(self.skeleton.source)

    def cells(self, home: CellRef) -> tuple[tuple[str, tuple[int, int]], ...]:
        """Return the cells whose values the function takes at ``home``."""
        return cells_at(self.skeleton.cells, home)

    def parts(self, home: CellRef) -> tuple[Any, ...]:
        """Return what the function gets as ``p`` at ``home``."""
        return parts_at(self.skeleton.parts, home)

    def areas(self, home: CellRef) -> list[tuple[str, int, int, int, int]]:
        """Return the areas the formula reads when it stands at ``home``: sheet, top, left, bottom, right."""
        own, row, column = home
        found = [
            (sheet, a * row + top, b * column + left, d * row + bottom, e * column + right)
            for sheets, (a, top, b, left, d, bottom, e, right) in self.reads
            for sheet in sheets or (own,)
        ]
        if self.hulls:
            found += [_between(pair, home) for pair in self.hulls]
        return found


def _between(pair: tuple[Read, Read], home: CellRef) -> tuple[str, int, int, int, int]:
    own, row, column = home
    ends = [
        (sheets or (own,), a * row + top, b * column + left, d * row + bottom, e * column + right)
        for sheets, (a, top, b, left, d, bottom, e, right) in pair
    ]
    return (
        ends[0][0][0],
        min(end[1] for end in ends),
        min(end[2] for end in ends),
        max(end[3] for end in ends),
        max(end[4] for end in ends),
    )
