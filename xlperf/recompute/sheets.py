"""The values a run reads from, as compiled formulas need them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from time import perf_counter
from typing import Any

from xlperf.address import CellRef
from xlperf.errors import FormulaUnsupported
from xlperf.recompute.book import Grids
from xlperf.recompute.code import Compiled
from xlperf.recompute.form import Form
from xlperf.recompute.kernels.core import Area, Fault, Value
from xlperf.recompute.subtotals import Subtotals
from xlperf.values import Scalar

Cells = Mapping[tuple[int, int], Scalar]
#: An area of more cells than this is cut to the used range.
_LARGE = 4096
#: Cells of large areas that one run may read.
BUDGET = 50_000_000
#: An area of more cells than this is worth a look at the clock.
_NOTED = 256
#: Seconds after which a run computes nothing more. A run of 50 000 ordinary formulas takes less than one.
MOST_SECONDS = 3.0
TOO_SLOW = "复算用时过长，不再复算"
_BROKEN = (
    ArithmeticError,
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    NameError,
    RecursionError,
    MemoryError,
    AssertionError,
)


class Step:
    """One formula cell of a plan, with all that is needed to compute it once it has been."""

    __slots__ = ("cell", "cells", "form", "function", "parts")

    def __init__(self, cell: CellRef, form: Form) -> None:
        self.cell, self.form = cell, form
        self.function: Compiled | None = None
        self.cells: tuple[tuple[str, tuple[int, int]], ...] = ()
        self.parts: tuple[Any, ...] = ()

    def prepare(self) -> None:
        """Make the function, and what it gets. Raises FormulaUnsupported."""
        self.cells, self.parts = self.form.cells(self.cell), self.form.parts(self.cell)
        self.function = self.form.function


class Changed:
    """Cells that have changed, to tell which formulas are to be computed anew."""

    def __init__(self) -> None:
        self._cells: set[tuple[str, tuple[int, int]]] = set()
        self._on: dict[str, list[tuple[int, int]]] = {}

    def add(self, cell: CellRef) -> None:
        """Count a cell as changed."""
        at = (cell.row, cell.column)
        self._cells.add((cell.sheet, at))
        self._on.setdefault(cell.sheet, []).append(at)

    def reach(self, step: Step) -> bool:
        """Tell whether a formula reads a changed cell."""
        if step.function is None or step.form.hulls or step.form.subtotals:
            return any(self._within(area) for area in step.form.areas(step.cell))
        if not self._cells.isdisjoint(step.cells):
            return True
        on = self._on
        for part in step.parts:  # noqa: SIM110  (of every formula: a generator costs as much again)
            if part.__class__ is tuple and part[0] in on and self._within(part):
                return True
        return False

    def _within(self, area: tuple[str, int, int, int, int]) -> bool:
        sheet, top, left, bottom, right = area
        return any(top <= row <= bottom and left <= column <= right for row, column in self._on.get(sheet, ()))


class Sheets:
    """Computes formulas over the values as they stand.

    ``ends`` are the last row and column with a formula, by sheet; ``strict`` makes every area count, which costs
    time and is needed only where there are very many of them.
    """

    def __init__(
        self,
        grids: Grids,
        sheets: Iterable[str],
        subtotals: Subtotals,
        ends: Mapping[str, tuple[int, int]],
        strict: bool,
    ) -> None:
        self._grids, self._subtotals, self._ends, self._strict = grids, subtotals, ends, strict
        empty: Cells = {}
        self._get = {sheet: grids.get(sheet, empty).get for sheet in (*sheets, *grids)}
        self._areas: dict[str, Callable[..., Area]] = {}
        self._last: dict[str, tuple[int, int]] = {}
        self._spent = 0
        self.deadline = perf_counter() + MOST_SECONDS

    def compute(self, step: Step) -> Scalar:
        """Return the value of a formula at a cell. Raises FormulaUnsupported."""
        value = self._called(step) if not (self._strict or step.form.weight) else self._charged(step)
        if value is None:
            return 0.0
        if isinstance(value, Area):
            raise FormulaUnsupported("公式返回多个单元格，不复算")
        return value

    def compute_array(self, step: Step) -> Value:
        """Return the value or the array of an array formula. Raises FormulaUnsupported."""
        return self._charged(step)

    def _charged(self, step: Step) -> Value:
        self._charge(step.cell, step.form)
        return self._called(step)

    def _called(self, step: Step) -> Value:
        sheet, row, column = step.cell
        area = self._areas.get(sheet) or self._area_maker(sheet)
        try:
            if step.function is None:
                step.prepare()
            get = self._get
            values = [get[home](at) for home, at in step.cells]
            return step.function(area, row, column, step.parts, *values)  # type: ignore[misc,no-any-return]  # prepared
        except Fault as fault:
            return fault.error
        except FormulaUnsupported:
            raise
        except _BROKEN as error:
            raise FormulaUnsupported(f"复算时出错（{type(error).__name__}）") from error

    def _charge(self, cell: CellRef, form: Form) -> None:
        """Count what a formula may go through, before it does."""
        for sheet, top, left, bottom, right in form.areas(cell):
            last = self._extent(sheet)
            height, width = min(bottom, last[0]) - top + 1, min(right, last[1]) - left + 1
            self._spend(max(height, 0) * max(width, 0) * (form.weight or 1))

    def _spend(self, cells: int) -> None:
        self._spent += cells
        if self._spent > BUDGET:
            raise FormulaUnsupported("公式涉及的单元格总数过多，不复算")

    def _area_maker(self, own: str) -> Callable[..., Area]:
        get = self._get

        def area(sheet: str | None, top: int, left: int, bottom: int, right: int) -> Area:
            name = own if sheet is None else sheet
            size = (bottom - top + 1) * (right - left + 1)
            if size > _NOTED and perf_counter() > self.deadline:
                raise FormulaUnsupported(TOO_SLOW)
            if size <= _LARGE:
                return Area(get[name], top, left, bottom, right, (bottom, right))
            found = Area(get[name], top, left, bottom, right, self._extent(name))
            self._spend(found.used[0] * found.used[1])
            return found

        def subtotal(code: Scalar, *areas: tuple[str | None, int, int, int, int]) -> float:
            return self._subtotals.compute(
                code, [((own if area[0] is None else area[0]), area[1:], get, self._extent) for area in areas]
            )

        area.__dict__["subtotal"] = subtotal
        self._areas[own] = area
        return area

    def _extent(self, sheet: str) -> tuple[int, int]:
        """Return the last used row and column; formula cells count from the start, computed or not."""
        if sheet not in self._last:
            cells = self._grids.get(sheet, {})
            row, column = self._ends.get(sheet, (0, 0))
            self._last[sheet] = (
                max(row, max((at for at, _ in cells), default=0)),
                max(column, max((at for _, at in cells), default=0)),
            )
        return self._last[sheet]


def cells_in(area: tuple[str, int, int, int, int]) -> int:
    """Return how many cells of an area count where it is small; a large one is cut, and counts when it is read."""
    _, top, left, bottom, right = area
    cells = (bottom - top + 1) * (right - left + 1)
    return cells if cells <= _LARGE else 0
