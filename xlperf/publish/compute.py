"""The computed values of a workbook that is being made, so that every program shows them without recalculating."""

from __future__ import annotations

from collections.abc import Collection

from xlperf.address import CellRef
from xlperf.errors import TemplateError
from xlperf.recompute import Grids, Plan, compile_plan, formula_book, given_values
from xlperf.values import Scalar
from xlperf.workbook.snapshot import Snapshot


def computed_values(snapshot: Snapshot) -> dict[str, dict[tuple[int, int], Scalar]]:
    """Return the value of every cell of a workbook. Raises TemplateError for a formula that is not vouched for."""
    return compute(compile_plan(formula_book(snapshot)), given_values(snapshot))


def compute(plan: Plan, inputs: Grids, keep: Collection[CellRef] = ()) -> dict[str, dict[tuple[int, int], Scalar]]:
    """Return the value of every cell, given the inputs. Raises TemplateError for a formula that is not vouched for."""
    done = plan.run(inputs, keep)
    if done.unchecked:
        cell, reason = next(iter(done.unchecked.items()))
        raise TemplateError(f"模板公式不能复算：{cell}（{reason}）。请改用通用函数。")
    return done.values
