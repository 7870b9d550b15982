"""Array formulas: pieces of a formula applied cell by cell, results kept as blocks.

Errors travel as values here, since one cell of an array may hold one while the others do not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import product
from typing import Any

from xlperf.errors import FormulaUnsupported
from xlperf.recompute.kernels.core import Area, Array, Fault, Value, catch, fin, is_numeric, num, truth
from xlperf.recompute.kernels.operators import div, power
from xlperf.values import ExcelError, Scalar

#: Cells of one array.
MAX_BLOCK = 200_000
#: Areas of more cells than this are cut to the used range.
LARGE = 4096
TOO_MANY = "数组运算涉及的单元格过多，不复算"


class Block(Array):
    """An array computed; beyond ``used`` every cell holds ``fill``."""

    __slots__ = ("_wide", "fill", "flat")

    def __init__(
        self, size: tuple[int, int], flat: list[Scalar], used: tuple[int, int] | None = None, fill: Scalar = None
    ) -> None:
        self.flat, self.fill = flat, fill
        self._wide = (used or size)[1]
        super().__init__(self._cell, 1, 1, *size, used or size)

    def _cell(self, place: tuple[int, int]) -> Scalar:
        row, column = place
        if row > self._bottom or column > self._right:
            return self.fill if row <= self.height and column <= self.width else None
        return self.flat[(row - 1) * self._wide + column - 1]

    def values(self) -> list[Scalar]:
        """Return the values row by row; refuses where those beyond would be missed."""
        if self.beyond and self.fill is not None:
            raise FormulaUnsupported(TOO_MANY)
        return self.flat

    def all_values(self) -> list[Scalar]:
        """Return the values row by row, all of them."""
        return self.flat if not self.beyond else super().all_values()


def as_area(value: Value) -> Area:
    """Return a value as an area of one cell, unless it is one. Raises Fault for an error value."""
    if isinstance(value, Area):
        return value
    if isinstance(value, ExcelError):
        raise Fault(value)
    return Block((1, 1), [value])


def table(value: Value) -> Area:
    """Return an area; refuses a single value, in which not every program looks things up."""
    if not isinstance(value, Area | ExcelError):
        raise FormulaUnsupported("数组公式在需要数组的位置是单个值，不复算")
    return as_area(value)


def each(kernel: Callable[..., Value], *arguments: Value) -> Value:
    """Return ``kernel`` of the arguments, cell by cell where some are areas; the first error value goes through."""
    return _spread(lambda *values: _one(kernel, values), arguments)


def look(kernel: Callable[..., Value], *arguments: Value) -> Value:
    """Return the same for a kernel that takes error values."""
    return _spread(lambda *values: catch(lambda: kernel(*values)), arguments)


def _one(kernel: Callable[..., Value], values: Sequence[Value]) -> Value:
    for value in values:
        if isinstance(value, ExcelError):
            return value
    try:
        return kernel(*values)
    except Fault as fault:
        return fault.error


def _spread(element: Callable[..., Value], arguments: Sequence[Value]) -> Value:
    """Apply ``element`` over areas; a single row, column or cell repeats, elsewhere what is missing is #N/A."""
    areas = [argument for argument in arguments if isinstance(argument, Area)]
    if not areas:
        return element(*arguments)
    height, width = max(area.height for area in areas), max(area.width for area in areas)
    size = height, width
    alike = all((area.height, area.width) in (size, (1, 1)) for area in areas)
    if alike and height * width > LARGE:
        large = [area for area in areas if (area.height, area.width) == size]
        used = max(area.used[0] for area in large), max(area.used[1] for area in large)
        if used != size:
            return cut(element, arguments, size, used)
    if height * width > MAX_BLOCK:
        raise FormulaUnsupported(TOO_MANY)
    columns = [_column(argument, height, width) for argument in arguments]
    return Block(size, [_plain(element(*row)) for row in zip(*columns, strict=True)])


def cut(
    element: Callable[..., Value], arguments: Sequence[Value], size: tuple[int, int], used: tuple[int, int]
) -> Block:
    """Apply ``element`` within the used range, and once for all that lies beyond."""
    if used[0] * used[1] > MAX_BLOCK:
        raise FormulaUnsupported(TOO_MANY)
    columns = [
        argument.window(*used) if isinstance(argument, Area) and (argument.height, argument.width) == size
        else [_single(argument)] * (used[0] * used[1])
        for argument in arguments
    ]  # fmt: skip
    beyond = [
        getattr(argument, "fill", None)
        if isinstance(argument, Area) and (argument.height, argument.width) == size
        else _single(argument)
        for argument in arguments
    ]
    flat = [_plain(element(*row)) for row in zip(*columns, strict=True)]
    return Block(size, flat, used, _plain(element(*beyond)))


def _single(argument: Value) -> Scalar:
    return argument.at(0, 0) if isinstance(argument, Area) else argument


def _column(argument: Value, height: int, width: int) -> Sequence[Scalar]:
    """Return the values of an argument for every cell of the result, row by row."""
    if not isinstance(argument, Area):
        return [argument] * (height * width)
    values = argument.all_values()
    if (argument.height, argument.width) == (height, width):
        return values
    found: list[Scalar] = []
    for row, column in product(range(height), range(width)):
        at_row, at_column = (0 if argument.height == 1 else row), (0 if argument.width == 1 else column)
        inside = at_row < argument.height and at_column < argument.width
        found.append(values[at_row * argument.width + at_column] if inside else ExcelError.NA)
    return found


def _plain(value: Value) -> Scalar:
    if isinstance(value, Area):
        raise FormulaUnsupported("数组中又含区域，不复算")
    return value


def call(kernel: Callable[..., Value], takes: str, *arguments: Any) -> Value:
    """Return a function of its arguments, cell by cell over areas in the place of values (letters ``v`` ``l``).

    The letters ``a`` ``r`` ``g`` stand for arguments that are taken whole.
    """
    whole = [letter in "arg" for letter in takes]
    if "l" in takes and not isinstance(arguments[0], Area) and any(isinstance(a, Area) for a in arguments):
        raise FormulaUnsupported("选择函数的条件不是数组而结果是数组，不复算")
    spread = [argument for argument, taken in zip(arguments, whole, strict=True) if not taken]

    def element(*values: Scalar) -> Value:
        rest = iter(values)
        given = [argument if taken else next(rest) for argument, taken in zip(arguments, whole, strict=True)]
        for letter, value in zip(takes, given, strict=True):
            if letter in "var" and isinstance(value, ExcelError):
                return value
        ready = [partial(_same, value) if letter == "l" else value for letter, value in zip(takes, given, strict=True)]
        return catch(lambda: kernel(*ready))

    return _spread(element, spread)


def _same(value: Value) -> Value:
    return value


def alone(value: Value) -> Value:
    """Return a value that must not be an array."""
    if isinstance(value, Area):
        raise FormulaUnsupported("函数不能对数组逐格计算，不复算")
    return value


def when(condition: Value, yes: Callable[[], Value], no: Callable[[], Value]) -> Value:
    """IF: a single condition chooses one side whole, an array of conditions cell by cell."""
    if not isinstance(condition, Area):
        try:
            return yes() if truth(condition) else no()
        except Fault as fault:
            return fault.error
    return _spread(_choose, (condition, yes(), no()))


def _choose(condition: Scalar, yes: Scalar, no: Scalar) -> Value:
    try:
        return yes if truth(condition) else no
    except Fault as fault:
        return fault.error


def pick(index: Value, *branches: Callable[[], Value]) -> Value:
    """CHOOSE: a single number chooses one branch whole, an array of numbers cell by cell."""
    if not isinstance(index, Area):
        try:
            return branches[_place(index, len(branches))]()
        except Fault as fault:
            return fault.error

    def element(at: Scalar, *values: Scalar) -> Value:
        try:
            return values[_place(at, len(values))]
        except Fault as fault:
            return fault.error

    return _spread(element, (index, *(branch() for branch in branches)))


def _place(index: Scalar, count: int) -> int:
    place = int(num(index))
    if not 1 <= place <= count:
        raise Fault(ExcelError.VALUE)
    return place - 1


def zero(value: Value) -> Value:
    """Return an array to be added up: an empty cell that was chosen is as good as 0."""
    if type(value) is Block and None in value.flat:
        flat: list[Scalar] = [0.0 if cell is None else cell for cell in value.flat]
        return Block((value.height, value.width), flat, value.used, value.fill)
    return value


def full(value: Value) -> Value:
    """Return an array in which no chosen cell is empty: whether that would be 0 or "" is not known."""
    if type(value) is Block and (None in value.flat or (value.fill is None and value.beyond)):
        raise FormulaUnsupported("数组中选出了空单元格，作 0 还是作空没有把握")
    return value


def numeric(value: Value, adds: bool) -> Value:
    """Return an array for an aggregate of numbers, what lies beyond left out where it does not matter.

    ``adds`` tells that a 0 makes no difference either.
    """
    if type(value) is Block and value.beyond and value.fill is not None:
        if not isinstance(value.fill, bool | str) and not (adds and value.fill == 0):
            raise FormulaUnsupported(TOO_MANY)
        return Block((value.height, value.width), value.flat, value.used)
    return value


def add(left: Value, right: Value) -> float:
    """Return a sum."""
    return fin(num(left) + num(right))


def sub(left: Value, right: Value) -> float:
    """Return a difference."""
    return fin(num(left) - num(right))


def mul(left: Value, right: Value) -> float:
    """Return a product."""
    return fin(num(left) * num(right))


def quotient(left: Value, right: Value) -> float:
    """Return a quotient."""
    return div(num(left), num(right))


def raised(left: Value, right: Value) -> float:
    """Return a power."""
    return fin(power(left, right))


def neg(value: Value) -> float:
    """Return a number with the other sign."""
    return -num(value)


def percent(value: Value) -> float:
    """Return a hundredth."""
    return num(value) / 100.0


def certain(result: Value, last: Value) -> Value:
    """Return a final sum; whether Excel snaps it to 0 in an array is not known."""

    def element(found: Scalar, term: Scalar) -> Scalar:
        if is_numeric(found) and found and num(term) and abs(found / num(term)) <= 2.0**-48:
            raise FormulaUnsupported("结果只差在浮点尾数上，是否为 0 没有把握")
        return found

    return _spread(lambda *values: catch(lambda: element(*values)), (result, last))
