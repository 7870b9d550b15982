"""Helpers for the tests of ``recompute``: small workbooks in one call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from xlperf.address import CellRef, RangeRef, parse_a1, parse_range
from xlperf.recompute import FormulaBook, Plan, Recalculated, ShapeCache, compile_plan
from xlperf.values import Scalar

Sheets = Mapping[str, Mapping[str, Scalar]]


class Book:
    """Sheets as ``{"表": {"A1": 1, "B1": "=A1+1"}}`` with names, compiled.

    ``arrays`` are the areas of array formulas (``"A1:A3"`` of the first sheet or ``"表!A1"``); ``more`` is what else a
    FormulaBook takes.
    """

    def __init__(
        self,
        sheets: Sheets,
        names: Mapping[tuple[str | None, str], str],
        cache: ShapeCache,
        arrays: Sequence[str] = (),
        **more: Any,
    ) -> None:
        self.values: dict[str, dict[tuple[int, int], Scalar]] = {sheet: {} for sheet in sheets}
        formulas: dict[CellRef, str] = {}
        for sheet, cells in sheets.items():
            for address, value in cells.items():
                if isinstance(value, str) and value.startswith("="):
                    formulas[CellRef(sheet, *parse_a1(address))] = value[1:]
                else:
                    self.values[sheet][parse_a1(address)] = value
        folded = {(scope, name.casefold()): text for (scope, name), text in names.items()}
        areas = [parse_range(text, next(iter(sheets))) for text in arrays]
        blocks = {CellRef(*area[:3]): RangeRef(*area) for area in areas}
        self.book = FormulaBook(tuple(sheets), folded, formulas, arrays=blocks, **more)
        self.plan: Plan = compile_plan(self.book, cache)

    def run(self, keep: tuple[CellRef, ...] = ()) -> Recalculated:
        return self.plan.run(self.values, keep)

    def __getitem__(self, address: str) -> Scalar | str:
        """Return the value of a cell of the first sheet or of ``表!A1``; the reason as ``?…`` where unchecked."""
        sheet, _, cell = address.rpartition("!")
        ref = CellRef(sheet or self.book.sheets[0], *parse_a1(cell))
        result = self.run()
        return (
            "?" + result.unchecked[ref] if ref in result.unchecked else result.values[ref.sheet].get(ref[1:])
        )


@pytest.fixture
def make() -> Callable[..., Book]:
    def build(
        sheets: Sheets,
        names: Mapping[tuple[str | None, str], str] | None = None,
        cache: ShapeCache | None = None,
        **more: Any,
    ) -> Book:
        return Book(sheets, names or {}, cache or ShapeCache(""), **more)

    return build


@pytest.fixture
def value(make: Callable[..., Book]) -> Callable[..., object]:
    """Evaluate one formula, with cells of its sheet given by address."""

    def calculate(formula: str, **cells: Scalar) -> object:
        return make({"表": {**cells, "Z99": formula}})["Z99"]

    return calculate
