"""MATCH and what looks things up by it; approximate matching only where the order is beyond doubt."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

from xlperf.address import MAX_COLUMN, MAX_ROW, column_letters
from xlperf.errors import FormulaUnsupported
from xlperf.recompute.kernels.core import Area, Fault, Value, is_numeric, num, text, truth, whole
from xlperf.recompute.kernels.criteria import Test, text_test
from xlperf.recompute.kernels.operators import same_number
from xlperf.values import ExcelError, Scalar

#: A sheet's name that surely stands without quotes and is no cell.
_PLAIN_NAME = re.compile(r"[A-Za-z]{4,20}\d{0,3}\Z")


def _exact(value: Value, wild: bool) -> Test:
    if isinstance(value, ExcelError):
        raise Fault(value)
    if isinstance(value, Area):
        raise FormulaUnsupported("查找值是一个区域，不复算")
    if isinstance(value, str):
        if wild:
            return text_test(value)
        low = value.lower()
        return lambda cell: isinstance(cell, str) and cell.lower() == low
    if isinstance(value, bool):
        return lambda cell: cell is value
    number = float(value or 0)

    def equal(cell: Scalar) -> bool:
        if not is_numeric(cell):
            return False
        if cell == number:
            return True
        if same_number(cell, number):
            raise FormulaUnsupported("查找值与单元格只差在浮点尾数上，是否相等没有把握")
        return False

    return equal


def _find(value: Value, cells: list[Scalar], wild: bool = True) -> int:
    test = _exact(value, wild)
    for position, cell in enumerate(cells):
        if test(cell):
            return position
    raise Fault(ExcelError.NA)


def _nearest(value: Value, cells: list[Scalar], descending: bool = False) -> int:
    """Return the last place whose number is not beyond ``value``, in cells that are in order.

    Where ``value`` is above all numbers that is the last of them, in whatever order they stand and whatever
    errors are between: ``LOOKUP(1,0/(条件),…)``, ``LOOKUP(9E+307,…)``.
    """
    if isinstance(value, ExcelError):
        raise Fault(value)
    if isinstance(value, str | bool | Area):
        raise FormulaUnsupported("按近似方式查找文字，取决于系统语言，不复算")
    number, sign = num(value), -1.0 if descending else 1.0
    places = [(place, float(cell)) for place, cell in enumerate(cells) if is_numeric(cell)]
    if not places:
        raise Fault(ExcelError.NA)
    if not descending and all(cell < number and not same_number(cell, number) for _, cell in places):
        return places[-1][0]
    if any(isinstance(cell, ExcelError) for cell in cells):
        raise FormulaUnsupported("近似查找的区域含错误值，不复算")
    if any(a[1] * sign > b[1] * sign for a, b in pairwise(places)):
        raise FormulaUnsupported("近似查找的区域没有按顺序排列，不复算")
    if any(cell != number and same_number(cell, number) for _, cell in places):
        raise FormulaUnsupported("查找值与单元格只差在浮点尾数上，是否相等没有把握")
    fitting = [place for place, cell in places if cell * sign <= number * sign]
    if not fitting:
        raise Fault(ExcelError.NA)
    if descending and sum(cell == cells[fitting[-1]] for _, cell in places) > 1:
        raise FormulaUnsupported("近似查找的数有重复，不复算")
    return fitting[-1]


def _line(area: Area) -> list[Scalar]:
    if area.height > 1 and area.width > 1:
        raise Fault(ExcelError.NA)
    return area.values()


def match(value: Value, area: Area, kind: Value = 1.0) -> float:
    """MATCH."""
    way = num(kind)
    if way == 0:
        return 1.0 + _find(value, _line(area))
    return 1.0 + _nearest(value, _line(area), way < 0)


def _table(value: Value, area: Area, index: Value, approximate: Value, by_row: bool) -> Scalar:
    place = whole(index)
    if place < 1:
        raise Fault(ExcelError.VALUE)
    if place > (area.width if by_row else area.height):
        raise Fault(ExcelError.REF)
    height, width = area.used
    keys = area.window(height, 1) if by_row else area.window(1, width)
    found = _nearest(value, keys) if truth(approximate) else _find(value, keys)
    return area.at(found, place - 1) if by_row else area.at(place - 1, found)


def vlookup(value: Value, area: Area, index: Value, approximate: Value = True) -> Scalar:
    """VLOOKUP."""
    return _table(value, area, index, approximate, True)


def hlookup(value: Value, area: Area, index: Value, approximate: Value = True) -> Scalar:
    """HLOOKUP."""
    return _table(value, area, index, approximate, False)


def lookup(value: Value, area: Area, results: Area | None = None) -> Scalar:
    """LOOKUP with a vector, or with a vector of results, or in an array: first line against last line."""
    if area.height > 1 and area.width > 1:
        if results is not None:
            raise FormulaUnsupported("LOOKUP 的查找区域不是一行或一列，不复算")
        height, width = area.height, area.width
        wide = width > height
        results = area.part(height - 1, 0, 1, width) if wide else area.part(0, width - 1, height, 1)
        area = area.part(0, 0, 1, width) if wide else area.part(0, 0, height, 1)
    found = _nearest(value, area.values())
    target = area if results is None else results
    if target.height > 1 and target.width > 1:
        raise FormulaUnsupported("LOOKUP 的结果区域不是一行或一列，不复算")
    if found >= target.height * target.width:
        raise FormulaUnsupported("LOOKUP 的结果区域比查找区域小，不复算")
    return target.at(found, 0) if target.height > 1 else target.at(0, found)


def _wanted(value: Value, area: Area, mode: Value, direction: Value) -> int:
    """Return the place XLOOKUP and XMATCH find: exact, next smaller, next larger, wildcards; first or last."""
    way, step = whole(mode), whole(direction)
    if way not in (0, -1, 1, 2) or step not in (1, -1, 2, -2):
        raise Fault(ExcelError.VALUE)
    if value is None or step in (2, -2):
        raise FormulaUnsupported("查找空单元格或按二分法查找，不复算")
    cells = _line(area)
    places = range(len(cells)) if step == 1 else range(len(cells) - 1, -1, -1)
    test = _exact(value, way == 2)
    found = next((place for place in places if test(cells[place])), None)
    if found is None and way in (-1, 1):
        found = _next_to(value, cells, places, way)
    if found is None:
        raise Fault(ExcelError.NA)
    return found


def _next_to(value: Value, cells: list[Scalar], places: range, way: int) -> int | None:
    """Return the first place of the nearest number below (-1) or above (1), None where there is none."""
    if not is_numeric(value):
        raise FormulaUnsupported("按近似方式查找文字，取决于系统语言，不复算")
    best: tuple[float, int] | None = None
    for place in places:
        cell = cells[place]
        if is_numeric(cell) and (cell - value) * way > 0 and (best is None or (cell - best[0]) * way < 0):
            best = float(cell), place
    return best[1] if best else None


def xmatch(value: Value, area: Area, mode: Value = 0.0, direction: Value = 1.0) -> float:
    """XMATCH."""
    if area.height > 1 and area.width > 1:
        raise Fault(ExcelError.VALUE)
    return 1.0 + _wanted(value, area, mode, direction)


def xlookup(
    value: Value,
    area: Area,
    results: Area,
    otherwise: Callable[[], Value] | None,
    mode: Value = 0.0,
    direction: Value = 1.0,
) -> Value:
    """XLOOKUP of one cell."""
    if (area.height, area.width) != (results.height, results.width):
        raise FormulaUnsupported("XLOOKUP 返回多个单元格，不复算")
    if area.height > 1 and area.width > 1:
        raise Fault(ExcelError.VALUE)
    try:
        found = _wanted(value, area, mode, direction)
    except Fault as fault:
        if otherwise is None or fault.error is not ExcelError.NA or value is ExcelError.NA:
            raise
        return otherwise()
    return results.at(found, 0) if area.height > 1 else results.at(0, found)


def index_area(area: Area, row: Value, column: Value | None = None) -> Area:
    """INDEX as a reference: one cell, or a whole row or column where the other number is 0."""
    r, c = whole(row), whole(column)
    if column is None:
        if area.height == 1:
            r, c = (1, r) if area.width > 1 else (r, 1)
        elif area.width == 1:
            c = 1
        else:
            raise FormulaUnsupported("INDEX 缺列号，不复算")
    if r < 0 or c < 0:
        raise Fault(ExcelError.VALUE)
    if r > area.height or c > area.width:
        raise Fault(ExcelError.REF)
    return area.part(max(r - 1, 0), max(c - 1, 0), 1 if r else area.height, 1 if c else area.width)


def index(area: Area, row: Value, column: Value | None = None) -> Scalar:
    """INDEX as a value."""
    part = index_area(area, row, column)
    if part.height > 1 or part.width > 1:
        raise FormulaUnsupported("INDEX 返回多个单元格，不复算")
    return part.at(0, 0)


def address(
    row: Value, column: Value, kind: Value = 1.0, a1: Value = True, sheet: Value | None = None
) -> str:
    """ADDRESS; refuses a sheet's name that may need quotes."""
    r, c, way = whole(row), whole(column), whole(kind)
    if not 1 <= r <= MAX_ROW or not 1 <= c <= MAX_COLUMN or not 1 <= way <= 4:
        raise Fault(ExcelError.VALUE)
    fixed_row, fixed_column = way in (1, 2), way in (1, 3)
    if truth(a1):
        shown = f"{'$' * fixed_column}{column_letters(c)}{'$' * fixed_row}{r}"
    else:
        shown = f"R{r if fixed_row else f'[{r}]'}C{c if fixed_column else f'[{c}]'}"
    if sheet is None:
        return shown
    name = text(sheet)
    chinese = 1 <= len(name) <= 30 and all("\u4e00" <= char <= "\u9fa5" for char in name)
    if not chinese and not _PLAIN_NAME.match(name):
        raise FormulaUnsupported("ADDRESS 的工作表名是否带引号没有把握")
    return f"{name}!{shown}"
