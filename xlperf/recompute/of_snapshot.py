"""A workbook as read → its formulas and its inputs; the one place where the first becomes the second."""

from __future__ import annotations

from xlperf.address import CellRef
from xlperf.recompute.book import FormulaBook
from xlperf.values import Scalar
from xlperf.workbook.snapshot import Snapshot


def formula_book(snapshot: Snapshot) -> FormulaBook:
    """Return all formulas of a workbook, in its order: sheet by sheet, row by row."""
    return FormulaBook(
        sheets=tuple(sheet.name for sheet in snapshot.sheets),
        names={(name.scope, name.name.casefold()): name.text for name in snapshot.names},
        formulas={
            CellRef(sheet.name, row, column): formula
            for sheet in snapshot.sheets
            for row, column, formula in sorted(
                (*at, cell.formula) for at, cell in sheet.cells.items() if cell.formula is not None
            )
        },
    )


def given_values(snapshot: Snapshot) -> dict[str, dict[tuple[int, int], Scalar]]:
    """Return the value of every cell that holds no formula: what a recalculation starts from."""
    return {
        sheet.name: {at: cell.value for at, cell in sheet.cells.items() if cell.formula is None}
        for sheet in snapshot.sheets
    }
