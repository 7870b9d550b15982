"""What stands in the cells of a workbook that is being made."""

from __future__ import annotations

from collections.abc import Mapping

from xlperf.address import CellRef
from xlperf.values import Scalar


class Values:
    """Values by sheet and cell, and which formula cells are overwritten by a constant."""

    def __init__(
        self, grids: Mapping[str, Mapping[tuple[int, int], Scalar]], overwritten: frozenset[CellRef] = frozenset()
    ) -> None:
        self._grids = grids
        self._overwritten = overwritten

    def get(self, sheet: str, row: int, column: int) -> Scalar:
        """Return the value of a cell, None where it is empty."""
        return self._grids.get(sheet, {}).get((row, column))

    def overwritten(self, sheet: str, row: int, column: int) -> bool:
        """Whether a constant takes the place of the formula."""
        return bool(self._overwritten) and CellRef(sheet, row, column) in self._overwritten
