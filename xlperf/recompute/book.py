"""What goes into a recalculation and what comes out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from xlperf.address import CellRef
from xlperf.values import Scalar

#: Sheet name → (row, column) → value; a cell that is absent is empty.
Grids: TypeAlias = Mapping[str, Mapping[tuple[int, int], Scalar]]

#: (sheet the name belongs to, or None for the workbook; ``name.casefold()``) → text without ``=``.
Names: TypeAlias = Mapping[tuple[str | None, str], str]


@dataclass(frozen=True)
class FormulaBook:
    """The formulas of a workbook, with all that is needed to understand them.

    ``sheets`` stands in workbook order, which a reference across sheets depends on; formulas are without
    ``=``.
    """

    sheets: tuple[str, ...]
    names: Names
    formulas: Mapping[CellRef, str]


@dataclass(frozen=True)
class Recalculated:
    """The outcome of a run.

    ``values`` holds every cell, given and computed. ``unchecked`` holds the formula cells that were not
    computed, with the reason in Chinese; such a cell keeps the value that was given for it.
    """

    values: dict[str, dict[tuple[int, int], Scalar]]
    unchecked: dict[CellRef, str]
