"""Computing anew only what changes gives what computing everything gives."""

from __future__ import annotations

import random

import pytest

from xlperf.address import CellRef
from xlperf.recompute import FormulaBook, Plan, Recalculated, compile_plan
from xlperf.template.instantiate import default_shape, instantiate
from xlperf.template.library import find
from xlperf.values import Scalar

Grid = dict[str, dict[tuple[int, int], Scalar]]


@pytest.fixture(scope="module")
def official() -> tuple[Plan, Grid, list[CellRef]]:
    """The official workbook of two projects with a number in every input."""
    template = find("yiyang-2024")
    instance = instantiate(template, default_shape(template, 2))
    grid = instance.constants()
    inputs = sorted(item.cell for item in instance.index.inputs)
    for number, cell in enumerate(inputs):
        grid[cell.sheet][cell.row, cell.column] = float(number % 97) / 4
    return instance.plan, grid, inputs


def values_of(plan: Plan, done: Recalculated) -> dict[CellRef, Scalar]:
    return {cell: done.values[cell.sheet].get((cell.row, cell.column)) for cell in plan.order}


@pytest.mark.parametrize("seed", range(25))
def test_as_if_all_were_computed(official: tuple[Plan, Grid, list[CellRef]], seed: int) -> None:
    plan, grid, inputs = official
    chance = random.Random(seed)
    done = plan.run(grid)
    formulas = chance.sample(plan.order, chance.randint(0, 3))
    put: dict[CellRef, Scalar] = {
        cell: chance.choice((None, 0.0, 12.5, "文字", "—", True))
        for cell in (*chance.sample(inputs, chance.randint(0, 6)), *formulas)
    }
    changed = {sheet: dict(cells) for sheet, cells in grid.items()}
    for cell, value in put.items():
        changed[cell.sheet][cell.row, cell.column] = value
    whole, part = plan.run(changed, formulas), plan.rerun(done, put)
    assert part.unchecked == whole.unchecked
    assert values_of(plan, part) == values_of(plan, whole)
    free = formulas[:2]
    for cell in free:
        del changed[cell.sheet][cell.row, cell.column]
    back = plan.rerun(part, {}, free=free, keep=formulas[2:])
    assert values_of(plan, back) == values_of(plan, plan.run(changed, formulas[2:]))
    assert values_of(plan, done) == values_of(plan, plan.run(grid))


@pytest.mark.parametrize(
    "text", ["A1+C9", "SUBTOTAL(9,A1:A3)+A1", "SUM(A1:INDEX(A1:A3,2))", "INDIRECT(A1)+1", "A1&A2/0"]
)
def test_with_formulas_of_every_kind(text: str) -> None:
    cells = {CellRef("表", 9, 3): text, CellRef("表", 9, 4): "C9*2", CellRef("表", 9, 5): "A2+1"}
    plan = compile_plan(FormulaBook(("表",), {}, cells))
    grid: Grid = {"表": {(1, 1): 1.0, (2, 1): 2.0, (3, 1): 5.0}}
    changed: Grid = {"表": {(1, 1): 7.0, (2, 1): 2.0, (3, 1): 5.0}}
    part, whole = plan.rerun(plan.run(grid), {CellRef("表", 1, 1): 7.0}), plan.run(changed)
    assert part.unchecked == whole.unchecked
    assert values_of(plan, part) == values_of(plan, whole)
