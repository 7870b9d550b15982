"""A workbook as read → its formulas and its inputs; the one place where the first becomes the second."""

from __future__ import annotations

from xlperf.address import CellRef, RangeRef
from xlperf.recompute.book import FormulaBook
from xlperf.values import Scalar
from xlperf.workbook.snapshot import Snapshot


def formula_book(snapshot: Snapshot, intersects: bool = False) -> FormulaBook:
    """Return all formulas of a workbook, in its order: sheet by sheet, row by row.

    ``intersects`` as in :class:`FormulaBook`: True for a file as it is, False where areas in the place of a
    value are to be refused (templates).
    """
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
        arrays={
            CellRef(sheet.name, *area[:2]): RangeRef(sheet.name, *area)
            for sheet in snapshot.sheets
            for area in sheet.arrays
        },
        dynamic=frozenset(CellRef(sheet.name, *at) for sheet in snapshot.sheets for at in sheet.dynamic),
        tables=tuple(table for sheet in snapshot.sheets for table in sheet.tables),
        hidden_rows={sheet.name: sheet.hidden_rows for sheet in snapshot.sheets},
        filtered=frozenset(sheet.name for sheet in snapshot.sheets if sheet.filtered),
        intersects=intersects,
    )


def given_values(snapshot: Snapshot) -> dict[str, dict[tuple[int, int], Scalar]]:
    """Return the value of every cell that holds no formula: what a recalculation starts from."""
    return {
        sheet.name: {at: cell.value for at, cell in sheet.cells.items() if cell.formula is None}
        for sheet in snapshot.sheets
    }
