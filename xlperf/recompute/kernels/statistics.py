"""Less common functions over many values: those that count text, spread, places between, squares."""

from __future__ import annotations

import math
from collections.abc import Iterable

from xlperf.errors import FormulaUnsupported
from xlperf.recompute.kernels.aggregate import (
    average,
    cells_of,
    count,
    counta,
    largest,
    median,
    nth,
    numbers,
    smallest,
    sum_of,
    times,
    total,
    written,
)
from xlperf.recompute.kernels.core import Area, Fault, Total, Value, fin, is_numeric, num, whole
from xlperf.values import ExcelError, Scalar


def _all_numbers(arguments: Iterable[Total]) -> list[float]:
    """Return the numbers of AVERAGEA and its like: in cells text is 0, TRUE is 1."""
    found: list[float] = []
    for argument in arguments:
        cells = cells_of(argument)
        for value in [written(argument)] if cells is None else cells:
            if isinstance(value, ExcelError):
                raise Fault(value)
            if cells is None:
                found.append(num(value))
            elif isinstance(value, str):
                found.append(0.0)
            elif value is not None:
                found.append(num(value))
    return found


def average_all(*arguments: Total) -> float:
    """AVERAGEA."""
    found = _all_numbers(arguments)
    if not found:
        raise Fault(ExcelError.DIV0)
    return sum_of(found) / len(found)


def largest_all(*arguments: Total) -> float:
    """MAXA."""
    return max(_all_numbers(arguments), default=0.0)


def smallest_all(*arguments: Total) -> float:
    """MINA."""
    return min(_all_numbers(arguments), default=0.0)


def _variance(arguments: Iterable[Total], fewer: int) -> float:
    found = list(numbers(arguments))
    if len(found) <= fewer:
        raise Fault(ExcelError.DIV0)
    try:
        mean = math.fsum(found) / len(found)
        return fin(math.fsum((number - mean) * (number - mean) for number in found) / (len(found) - fewer))
    except OverflowError:
        raise Fault(ExcelError.NUM) from None


def variance_sample(*arguments: Total) -> float:
    """VAR, VAR.S."""
    return _variance(arguments, 1)


def variance_whole(*arguments: Total) -> float:
    """VARP, VAR.P."""
    return _variance(arguments, 0)


def deviation_sample(*arguments: Total) -> float:
    """STDEV, STDEV.S."""
    return math.sqrt(_variance(arguments, 1))


def deviation_whole(*arguments: Total) -> float:
    """STDEVP, STDEV.P."""
    return math.sqrt(_variance(arguments, 0))


def squares(*arguments: Total) -> float:
    """SUMSQ."""
    return sum_of(number * number for number in numbers(arguments))


def percentile(area: Area, part: Value) -> float:
    """PERCENTILE, PERCENTILE.INC: between the two nearest places in proportion."""
    return _between(sorted(numbers((area,))), num(part))


def _between(found: list[float], share: float) -> float:
    if not found or not 0 <= share <= 1:
        raise Fault(ExcelError.NUM)
    place = share * (len(found) - 1)
    low = math.floor(place)
    high = min(low + 1, len(found) - 1)
    return fin(found[low] + (place - low) * (found[high] - found[low]))


def quartile(area: Area, which: Value) -> float:
    """QUARTILE, QUARTILE.INC."""
    return percentile(area, _quarter(num(which)))


def _quarter(which: float) -> float:
    place = whole(which)
    if not 0 <= place <= 4:
        raise Fault(ExcelError.NUM)
    return place / 4


def _pairs(one: Area, other: Area) -> list[tuple[float, float]]:
    if one.height * one.width != other.height * other.width:
        raise Fault(ExcelError.NA)
    if (one.height, one.width) != (other.height, other.width):
        raise FormulaUnsupported("两个区域的形状不同，不复算")
    found = []
    for left, right in zip(one.all_values(), other.all_values(), strict=True):
        for value in (left, right):
            if isinstance(value, ExcelError):
                raise Fault(value)
        if is_numeric(left) and is_numeric(right):
            found.append((float(left), float(right)))
    return found


def squares_minus(one: Area, other: Area) -> float:
    """SUMX2MY2."""
    return sum_of(x * x - y * y for x, y in _pairs(one, other))


def squares_plus(one: Area, other: Area) -> float:
    """SUMX2PY2."""
    return sum_of(x * x + y * y for x, y in _pairs(one, other))


def squares_between(one: Area, other: Area) -> float:
    """SUMXMY2."""
    return sum_of((x - y) * (x - y) for x, y in _pairs(one, other))


#: Functions of AGGREGATE by number, over the arguments left; MODE.SNGL (13) and the exclusive ones are not certain.
_AGGREGATES = {
    1: average, 2: count, 3: counta, 4: largest, 5: smallest, 6: times, 7: deviation_sample, 8: deviation_whole,
    9: total, 10: variance_sample, 11: variance_whole, 12: median,
}  # fmt: skip


def aggregate(function: Value, option: Value, *arguments: Total) -> float:
    """AGGREGATE with option 4 (ignore nothing) or 6 (ignore errors); the others depend on hidden rows or on which
    cells hold SUBTOTAL.
    """
    way, ignore = whole(function), whole(option)
    if ignore not in (4, 6):
        raise FormulaUnsupported("AGGREGATE 忽略隐藏行或分类汇总的选项，不复算")
    if way in _AGGREGATES:
        return _AGGREGATES[way](*[_without_errors(argument) if ignore == 6 else argument for argument in arguments])
    if way not in (14, 15, 16, 17) or len(arguments) != 2:
        raise FormulaUnsupported("AGGREGATE 的这种功能，不复算")
    area, place = arguments
    found = sorted(numbers((_without_errors(area) if ignore == 6 else area,)))
    number = num(place[0] if isinstance(place, tuple) else place)
    if way in (14, 15):
        return nth(found[::-1] if way == 14 else found, number)
    return _between(found, number if way == 16 else _quarter(number))


def _without_errors(argument: Total) -> tuple[Scalar, ...]:
    cells = cells_of(argument)
    if cells is None:
        raise FormulaUnsupported("AGGREGATE 的参数不是区域，不复算")
    return tuple(value for value in cells if not isinstance(value, ExcelError))
