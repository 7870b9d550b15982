"""Less common functions over many values: those that count text, spread, places between, squares."""

from __future__ import annotations

import math
from collections.abc import Iterable

from xlperf.errors import FormulaUnsupported
from xlperf.recompute.kernels.aggregate import cells_of, numbers, sum_of, written
from xlperf.recompute.kernels.core import Area, Fault, Total, Value, fin, is_numeric, num, whole
from xlperf.values import ExcelError


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
    found, share = sorted(numbers((area,))), num(part)
    if not found or not 0 <= share <= 1:
        raise Fault(ExcelError.NUM)
    place = share * (len(found) - 1)
    low = math.floor(place)
    high = min(low + 1, len(found) - 1)
    return fin(found[low] + (place - low) * (found[high] - found[low]))


def quartile(area: Area, which: Value) -> float:
    """QUARTILE, QUARTILE.INC."""
    place = whole(which)
    if not 0 <= place <= 4:
        raise Fault(ExcelError.NUM)
    return percentile(area, place / 4)


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
