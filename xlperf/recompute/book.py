"""What goes into a recalculation and what comes out of it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from xlperf.address import CellRef, RangeRef
from xlperf.values import Scalar
from xlperf.workbook.snapshot import Table

#: Sheet name → (row, column) → value; a cell that is absent is empty.
Grids: TypeAlias = Mapping[str, Mapping[tuple[int, int], Scalar]]

#: (sheet the name belongs to, or None for the workbook; ``name.casefold()``) → text without ``=``.
Names: TypeAlias = Mapping[tuple[str | None, str], str]


class FormulaBook(NamedTuple):
    """The formulas of a workbook, with all that is needed to understand them.

    ``sheets`` stands in workbook order, which a reference across sheets depends on; formulas are without
    ``=``. ``arrays`` maps the first cell of each array formula to its area, of which the other cells need
    no formula; the area of one in ``dynamic`` follows its result. ``hidden_rows`` by sheet (None: not known)
    and the sheets that are ``filtered`` decide what SUBTOTAL counts. Where ``intersects`` is set, ordinary
    formulas take the cell of their own row or column from an area in the place of a value, as Excel does
    with formulas from a file; else these are refused.
    """

    sheets: tuple[str, ...]
    names: Names
    formulas: Mapping[CellRef, str]
    arrays: Mapping[CellRef, RangeRef] = MappingProxyType({})
    dynamic: frozenset[CellRef] = frozenset()
    tables: tuple[Table, ...] = ()
    hidden_rows: Mapping[str, frozenset[int]] | None = None
    filtered: frozenset[str] = frozenset()
    intersects: bool = False


class Recalculated(NamedTuple):
    """The outcome of a run.

    ``values`` holds every cell, given and computed. ``unchecked`` holds the formula cells that were not
    computed, with the reason in Chinese; such a cell keeps the value that was given for it.
    """

    values: dict[str, dict[tuple[int, int], Scalar]]
    unchecked: dict[CellRef, str]
