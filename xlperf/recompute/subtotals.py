"""SUBTOTAL: totals that leave out other subtotals and hidden rows (support.microsoft.com, "SUBTOTAL function")."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from xlperf.address import CellRef
from xlperf.errors import FormulaUnsupported
from xlperf.recompute.book import FormulaBook
from xlperf.recompute.form import Form
from xlperf.recompute.kernels import aggregate
from xlperf.recompute.kernels.core import Array, Fault, Getter, Value, fin, num
from xlperf.values import ExcelError, Scalar

#: Sheet, corners, readers by sheet, last used row and column of a sheet.
Place = tuple[str, tuple[int, int, int, int], Mapping[str, Getter], Callable[[str], tuple[int, int]]]


def _spread(found: list[float], less: int) -> float:
    """Return the variance of numbers, divided by their count ``less`` 1 or 0."""
    if len(found) <= less:
        raise Fault(ExcelError.DIV0)
    mean = math.fsum(found) / len(found)
    return fin(math.fsum((number - mean) ** 2 for number in found) / (len(found) - less))


def _variance(less: int, root: bool) -> Callable[[tuple[Scalar, ...]], float]:
    def compute(values: tuple[Scalar, ...]) -> float:
        result = _spread(list(aggregate.numbers([_Cells(values)])), less)
        return math.sqrt(result) if root else result

    return compute


class _Cells(Array):
    """Values of cells as an argument of an aggregate."""

    __slots__ = ("_values",)

    def __init__(self, values: Sequence[Scalar]) -> None:
        size = (max(1, len(values)), 1)
        super().__init__(self._cell, 1, 1, *size, size)
        self._values = values

    def _cell(self, place: tuple[int, int]) -> Scalar:
        return self._values[place[0] - 1] if place[0] <= len(self._values) else None

    def values(self) -> list[Scalar]:
        """Return the values."""
        return list(self._values)


def _over(kernel: Callable[..., float]) -> Callable[[tuple[Scalar, ...]], float]:
    return lambda values: kernel(_Cells(values))


_FUNCTIONS: dict[int, Callable[[tuple[Scalar, ...]], float]] = {
    1: _over(aggregate.average),
    2: _over(aggregate.count),
    3: _over(aggregate.counta),
    4: _over(aggregate.largest),
    5: _over(aggregate.smallest),
    6: _over(aggregate.times),
    7: _variance(1, True),
    8: _variance(0, True),
    9: _over(aggregate.total),
    10: _variance(1, False),
    11: _variance(0, False),
}


class Subtotals:
    """What SUBTOTAL must know of a workbook: hidden rows, filters, and the cells that are subtotals themselves."""

    def __init__(self, book: FormulaBook, forms: Mapping[CellRef, Form]) -> None:
        self._hidden, self._filtered = book.hidden_rows, book.filtered
        self._kinds: dict[str, dict[tuple[int, int], int]] = {}
        for cell, form in forms.items():
            if form.subtotals:
                self._kinds.setdefault(cell.sheet, {})[cell.row, cell.column] = form.subtotals

    def compute(self, code: Value, places: Sequence[Place]) -> float:
        """Return SUBTOTAL over areas. Raises FormulaUnsupported where it is not known what counts."""
        number = int(num(code))
        kind = number - 100 if number > 100 else number
        if kind not in _FUNCTIONS:
            raise Fault(ExcelError.VALUE)
        values: list[Scalar] = []
        for sheet, corners, get, last in places:
            values += self._counted(sheet, corners, get[sheet], last(sheet), number > 100)
        return _FUNCTIONS[kind](tuple(values))

    def _counted(
        self, sheet: str, corners: tuple[int, int, int, int], get: Getter, last: tuple[int, int], visible: bool
    ) -> list[Scalar]:
        top, left, bottom, right = corners[0], corners[1], min(corners[2], last[0]), min(corners[3], last[1])
        hidden = self._hidden_in(sheet, top, bottom, visible)
        kinds = self._kinds.get(sheet, {})
        values: list[Scalar] = []
        for row in range(top, bottom + 1):
            if row in hidden:
                continue
            for column in range(left, right + 1):
                kind = kinds.get((row, column), 0)
                if kind == 2:
                    raise FormulaUnsupported("SUBTOTAL 的区域里有算式含 SUBTOTAL 的单元格，算不算没有把握")
                if not kind:
                    values.append(get((row, column)))
        return values

    def _hidden_in(self, sheet: str, top: int, bottom: int, visible: bool) -> frozenset[int]:
        if self._hidden is None:
            raise FormulaUnsupported("哪些行隐藏没有读到，SUBTOTAL 不复算")
        hidden = self._hidden.get(sheet, frozenset())
        if visible or not hidden:
            return hidden
        if sheet in self._filtered and any(top <= row <= bottom for row in hidden):
            raise FormulaUnsupported("隐藏行是筛选还是手工隐藏没有把握，SUBTOTAL 不复算")
        return frozenset()
