"""The computed values of a workbook that is being made, so that every program shows them without recalculating."""

from __future__ import annotations

from collections.abc import Collection

from xlperf.address import CellRef
from xlperf.errors import TemplateError
from xlperf.recompute import FormulaBook, Grids, Plan, compile_plan
from xlperf.values import Scalar
from xlperf.workbook.snapshot import Snapshot


def computed_values(snapshot: Snapshot) -> dict[str, dict[tuple[int, int], Scalar]]:
    """Return the value of every cell of a workbook. Raises TemplateError for a formula that is not vouched for."""
    formulas = {
        CellRef(sheet.name, row, column): cell.formula
        for sheet in snapshot.sheets
        for (row, column), cell in sheet.cells.items()
        if cell.formula is not None
    }
    names = {(name.scope, name.name.casefold()): name.text for name in snapshot.names}
    book = FormulaBook(tuple(sheet.name for sheet in snapshot.sheets), names, formulas)
    inputs = {
        sheet.name: {key: cell.value for key, cell in sheet.cells.items() if cell.formula is None}
        for sheet in snapshot.sheets
    }
    return compute(compile_plan(book), inputs)


def compute(plan: Plan, inputs: Grids, keep: Collection[CellRef] = ()) -> dict[str, dict[tuple[int, int], Scalar]]:
    """Return the value of every cell, given the inputs. Raises TemplateError for a formula that is not vouched for."""
    done = plan.run(inputs, keep)
    if done.unchecked:
        cell, reason = next(iter(done.unchecked.items()))
        raise TemplateError(f"模板公式不能复算：{cell}（{reason}）。请改用通用函数。")
    return done.values
