"""Functions over many values: sums, counts, extremes, ranks, logical totals.

An area contributes its numbers only; a value written in the formula itself is converted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from xlperf.errors import FormulaUnsupported
from xlperf.recompute.kernels.core import (
    Area,
    Array,
    Fault,
    Total,
    Value,
    capped,
    fin,
    is_numeric,
    num,
    text,
    truth,
    whole,
)
from xlperf.recompute.kernels.operators import same_number
from xlperf.values import ExcelError, Scalar

#: Part of the largest number below which a sum is only what rounding left over.
_RESIDUE = 2.0**-45


def cells_of(argument: Total) -> Sequence[Scalar] | None:
    """Return the values of an area or of a single cell, None for a value that is written in the formula."""
    if type(argument) is tuple:
        return argument
    return argument.values() if isinstance(argument, Area) else None


def numbers(arguments: Iterable[Total]) -> Iterator[float]:
    """Yield the numbers of arguments in order. Raises Fault at the first error value."""
    for argument in arguments:
        cells = cells_of(argument)
        if cells is not None:
            for value in cells:
                if type(value) is float:
                    yield value
                elif value is not None:
                    if type(value) is int:
                        yield value
                    elif isinstance(value, ExcelError):
                        raise Fault(value)
        else:
            yield num(written(argument))


def written(argument: Total) -> Value:
    """Return an argument that is a value written in the formula."""
    assert not isinstance(argument, tuple)
    return argument


def total(*arguments: Total) -> float:
    """SUM."""
    result = 0.0
    for argument in arguments:
        cells = cells_of(argument)
        if cells is None:
            result += num(written(argument))
            continue
        for value in cells:
            if type(value) is float:
                result += value
            elif value is not None:
                if type(value) is int:
                    result += value
                elif isinstance(value, ExcelError):
                    raise Fault(value)
    return fin(result)


def last_sum(*arguments: Total) -> float:
    """SUM as a formula's own result: where the numbers cancel out but for their last digits, what is left depends
    on how a program adds, and nothing is claimed.
    """
    result = total(*arguments)
    if -1e-6 < result < 1e-6 and result != 0:
        largest_part = max(map(abs, numbers(arguments)))
        if abs(result) <= largest_part * _RESIDUE:
            raise FormulaUnsupported("合计只差在浮点尾数上，是否为 0 没有把握")
    return result


def sum_of(found: Iterable[float]) -> float:
    """Return the sum in the order given, as Excel adds; Python's own ``sum`` compensates from 3.12 on."""
    result = 0.0
    for number in found:
        result += number
    return fin(result)


def count(*arguments: Total) -> float:
    """COUNT: numbers in areas; written values that are or read as numbers."""
    result = 0
    for argument in arguments:
        cells = cells_of(argument)
        if cells is not None:
            for value in cells:
                kind = type(value)
                if kind is float or kind is int:
                    result += 1
        elif not isinstance(argument, ExcelError):
            try:
                num(written(argument))
            except Fault:
                continue
            result += 1
    return float(result)


def counta(*arguments: Total) -> float:
    """COUNTA: everything that is not empty; ``""`` counts."""
    result = 0
    for argument in arguments:
        cells = cells_of(argument)
        result += 1 if cells is None else len(cells) - cells.count(None)
    return float(result)


def countblank(area: Area) -> float:
    """COUNTBLANK: empty cells and cells that show nothing."""
    return float(sum(value is None or value == "" for value in area.values()) + area.beyond)


def average(*arguments: Total) -> float:
    """AVERAGE."""
    found = list(numbers(arguments))
    if not found:
        raise Fault(ExcelError.DIV0)
    return sum_of(found) / len(found)


def smallest(*arguments: Total) -> float:
    """MIN; 0 where there is no number."""
    return float(min(numbers(arguments), default=0.0))


def largest(*arguments: Total) -> float:
    """MAX; 0 where there is no number."""
    return float(max(numbers(arguments), default=0.0))


def times(*arguments: Total) -> float:
    """PRODUCT; 0 where there is no number."""
    found = list(numbers(arguments))
    result = 1.0 if found else 0.0
    for number in found:
        result *= number
    return fin(result)


def median(*arguments: Total) -> float:
    """MEDIAN."""
    found = sorted(numbers(arguments))
    if not found:
        raise Fault(ExcelError.NUM)
    middle = len(found) // 2
    return float(found[middle]) if len(found) % 2 else (found[middle - 1] + found[middle]) / 2


def large(area: Area, place: Value) -> float:
    """LARGE."""
    return nth(sorted(numbers((area,)), reverse=True), place)


def small(area: Area, place: Value) -> float:
    """SMALL."""
    return nth(sorted(numbers((area,))), place)


def nth(found: list[float], place: Value) -> float:
    """Return the number at a place, counted from 1."""
    number = num(place)
    if not number.is_integer():
        raise FormulaUnsupported("第几大（小）不是整数，不复算")
    index = int(number)
    if not 1 <= index <= len(found):
        raise Fault(ExcelError.NUM)
    return float(found[index - 1])


def rank(value: Value, area: Area, ascending: Value = 0.0) -> float:
    """RANK: place of a number among the numbers of an area, the largest first."""
    number = num(value)
    found = list(numbers((area,)))
    if any(other != number and same_number(other, number) for other in found):
        raise FormulaUnsupported("RANK 的名次取决于浮点尾数，不复算")
    if number not in found:
        raise Fault(ExcelError.NA)
    up = num(ascending) != 0
    return 1.0 + sum(other < number if up else other > number for other in found)


def rank_average(value: Value, area: Area, ascending: Value = 0.0) -> float:
    """RANK.AVG: equal numbers share the middle of their places."""
    first = rank(value, area, ascending)
    number = num(value)
    return first + (sum(other == number for other in numbers((area,))) - 1) / 2


def sumproduct(*arguments: Total) -> float:
    """SUMPRODUCT: what is not a number counts as 0."""
    areas = [argument if isinstance(argument, Area) else _single(argument) for argument in arguments]
    height, width = areas[0].height, areas[0].width
    if any((area.height, area.width) != (height, width) for area in areas):
        raise Fault(ExcelError.VALUE)
    rows = max(area.used[0] for area in areas)
    columns = max(area.used[1] for area in areas)
    lists = [area.window(rows, columns) for area in areas]
    result = 0.0
    for values in zip(*lists, strict=True):
        term = 1.0
        for value in values:
            if type(value) is float or type(value) is int:
                term *= value
            elif isinstance(value, ExcelError):
                raise Fault(value)
            else:
                term = 0.0
        result += term
    return fin(result)


def _single(value: Total) -> Area:
    if isinstance(value, tuple):
        cell = value[0]
        return Array(lambda _: cell, 1, 1, 1, 1, (1, 1))
    if isinstance(value, ExcelError):
        raise Fault(value)
    if not is_numeric(value):
        raise FormulaUnsupported("SUMPRODUCT 的参数不是区域，不复算")
    number = value
    return Array(lambda _: number, 1, 1, 1, 1, (1, 1))


def _truths(arguments: tuple[Total, ...]) -> list[bool]:
    found: list[bool] = []
    for argument in arguments:
        if argument is True or argument is False:
            found.append(argument)
            continue
        cells = cells_of(argument)
        if cells is None:
            found.append(truth(written(argument)))
            continue
        for value in cells:
            if isinstance(value, ExcelError):
                raise Fault(value)
            if isinstance(value, bool | int | float):
                found.append(bool(value))
    if not found:
        raise Fault(ExcelError.VALUE)
    return found


def all_(*arguments: Total) -> bool:
    """AND: every argument is looked at, so an error anywhere is an error."""
    return all(_truths(arguments))


def any_(*arguments: Total) -> bool:
    """OR: every argument is looked at, so an error anywhere is an error."""
    return any(_truths(arguments))


def odd_(*arguments: Total) -> bool:
    """XOR: TRUE where an odd number of arguments is."""
    return sum(_truths(arguments)) % 2 == 1


def concat_all(*arguments: Total) -> str:
    """CONCAT."""
    return textjoin("", False, *arguments)


def textjoin(between: Value, skip: Value, *arguments: Total) -> str:
    """TEXTJOIN, with one separator."""
    separator, ignore = text(between), truth(skip)
    pieces: list[str] = []
    for argument in arguments:
        cells = argument.all_values() if isinstance(argument, Area) else cells_of(argument)
        pieces.extend(map(text, [written(argument)] if cells is None else cells))
    return capped(separator.join(piece for piece in pieces if piece or not ignore))


def choice(index: Value, count_: int) -> int:
    """Return which of ``count_`` values CHOOSE takes."""
    place = whole(index)
    if not 1 <= place <= count_:
        raise Fault(ExcelError.VALUE)
    return place
