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
from xlperf.recompute.kernels.operators import div, lift, power
from xlperf.values import ExcelError, Scalar

#: Cells of one array.
MAX_BLOCK = 200_000
_LARGE = 4096
_TOO_MANY = "数组运算涉及的单元格过多，不复算"


class Block(Array):
    """An array computed; beyond ``used`` every cell holds ``fill``."""

    __slots__ = ("_flat", "_wide", "fill")

    def __init__(
        self, size: tuple[int, int], flat: list[Scalar], used: tuple[int, int] | None = None, fill: Scalar = None
    ) -> None:
        self._flat, self.fill = flat, fill
        self._wide = (used or size)[1]
        super().__init__(self._cell, 1, 1, *size, used or size)

    def _cell(self, place: tuple[int, int]) -> Scalar:
        row, column = place
        if row > self._bottom or column > self._right:
            return self.fill if row <= self.height and column <= self.width else None
        return self._flat[(row - 1) * self._wide + column - 1]

    def values(self) -> list[Scalar]:
        """Return the values row by row; refuses where those beyond would be missed."""
        if self.beyond and self.fill is not None:
            raise FormulaUnsupported(_TOO_MANY)
        return self._flat

    def all_values(self) -> list[Scalar]:
        """Return the values row by row, all of them."""
        return self._flat if not self.beyond else super().all_values()


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
    if alike and height * width > _LARGE:
        large = [area for area in areas if (area.height, area.width) == size]
        used = max(area.used[0] for area in large), max(area.used[1] for area in large)
        if used != size:
            return _cut(element, arguments, size, used)
    if height * width > MAX_BLOCK:
        raise FormulaUnsupported(_TOO_MANY)
    columns = [_column(argument, height, width) for argument in arguments]
    return Block(size, [_plain(element(*row)) for row in zip(*columns, strict=True)])


def _cut(
    element: Callable[..., Value], arguments: Sequence[Value], size: tuple[int, int], used: tuple[int, int]
) -> Block:
    """Apply ``element`` within the used range, and once for all that lies beyond."""
    if used[0] * used[1] > MAX_BLOCK:
        raise FormulaUnsupported(_TOO_MANY)
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
    if type(value) is Block and None in value._flat:
        flat: list[Scalar] = [0.0 if cell is None else cell for cell in value._flat]
        return Block((value.height, value.width), flat, value.used, value.fill)
    return value


def full(value: Value) -> Value:
    """Return an array in which no chosen cell is empty: whether that would be 0 or "" is not known."""
    if type(value) is Block and (None in value._flat or (value.fill is None and value.beyond)):
        raise FormulaUnsupported("数组中选出了空单元格，作 0 还是作空没有把握")
    return value


def numeric(value: Value, adds: bool) -> Value:
    """Return an array for an aggregate of numbers, what lies beyond left out where it does not matter.

    ``adds`` tells that a 0 makes no difference either.
    """
    if type(value) is Block and value.beyond and value.fill is not None:
        if not isinstance(value.fill, bool | str) and not (adds and value.fill == 0):
            raise FormulaUnsupported(_TOO_MANY)
        return Block((value.height, value.width), value._flat, value.used)
    return value


def unit(area: Value) -> Value:
    """Return an area, or its value where it is one cell."""
    return area.at(0, 0) if isinstance(area, Area) and area.height == area.width == 1 else area


def places(first: int, last: int, down: bool) -> Area:
    """Return the row numbers (``down``) or column numbers of an area, as an array."""
    count = last - first + 1
    if count > MAX_BLOCK:
        raise FormulaUnsupported(_TOO_MANY)
    return Block((count, 1) if down else (1, count), [float(number) for number in range(first, last + 1)])


def transpose(value: Value) -> Value:
    """TRANSPOSE."""
    area = as_area(value)
    if area.height * area.width > MAX_BLOCK:
        raise FormulaUnsupported(_TOO_MANY)
    flat, width = area.all_values(), area.width
    return Block((width, area.height), [cell for column in range(width) for cell in flat[column::width]])


def mmult(left: Value, right: Value) -> Value:
    """MMULT: every cell must be a number."""
    a, b = as_area(left), as_area(right)
    if a.height * a.width * b.width > 10 * MAX_BLOCK or max(a.height * a.width, b.height * b.width) > MAX_BLOCK:
        raise FormulaUnsupported(_TOO_MANY)
    if a.width != b.height:
        raise Fault(ExcelError.VALUE)
    one, other = a.all_values(), b.all_values()
    for value in (*one, *other):
        if isinstance(value, ExcelError):
            raise Fault(value)
        if not is_numeric(value):
            raise Fault(ExcelError.VALUE)
    flat: list[Scalar] = []
    for row, column in product(range(a.height), range(b.width)):
        pairs = zip(one[row * a.width : (row + 1) * a.width], other[column :: b.width], strict=True)
        flat.append(fin(sum(num(x) * num(y) for x, y in pairs)))
    return Block((a.height, b.width), flat)


def span(one: Area, other: Area) -> Area:
    """Return the area from one reference to another (``A1:INDEX(…)``)."""
    if isinstance(one, Array) or isinstance(other, Array) or one._get != other._get:
        raise FormulaUnsupported("公式用冒号连接的不是同一张工作表的区域，不复算")
    top, left = min(one.top, other.top), min(one.left, other.left)
    bottom = max(one.top + one.height, other.top + other.height) - 1
    right = max(one.left + one.width, other.left + other.width) - 1
    # beyond what either is cut to, the whole sheet is empty
    return Area(one._get, top, left, bottom, right, (max(one._bottom, other._bottom), max(one._right, other._right)))


def meet(area: Area, row: int, column: int) -> Scalar:
    """Return the cell of an area in the row or column of the formula (implicit intersection); else #VALUE!."""
    if area.height == area.width == 1:
        return area.at(0, 0)
    if area.width == 1 and 0 <= row - area.top < area.height:
        return area.at(row - area.top, 0)
    if area.height == 1 and 0 <= column - area.left < area.width:
        return area.at(0, column - area.left)
    raise Fault(ExcelError.VALUE)


def lift_all(element: Callable[..., Scalar], *areas: Area) -> Area:
    """Return the array of ``element`` over areas, large ones cut to what is used."""
    size = areas[0].height, areas[0].width
    if size[0] * size[1] <= _LARGE or any((area.height, area.width) != size for area in areas):
        return lift(element, *areas)
    used = max(area.used[0] for area in areas), max(area.used[1] for area in areas)
    return _cut(lambda *values: catch(lambda: element(*values)), areas, size, used)


def lookup_last(value: Value, area: Area, results: Area) -> Scalar:
    """LOOKUP for a number beyond all numbers of an array: its last number, errors passed over.

    Refuses any other, for which the order matters in which Excel halves the array.
    """
    if isinstance(value, ExcelError):
        raise Fault(value)
    if not is_numeric(value) or (area.height > 1 and area.width > 1):
        raise FormulaUnsupported("LOOKUP 的这种用法不复算")
    if (area.height, area.width) != (results.height, results.width):
        raise FormulaUnsupported("LOOKUP 的查找区域与结果区域大小不一，不复算")
    if area.beyond and not isinstance(getattr(area, "fill", None), ExcelError):
        raise FormulaUnsupported("数组运算用了整列或整行，空白部分也会计入，不复算")
    found = [(place, num(cell)) for place, cell in enumerate(area.window(*area.used)) if is_numeric(cell)]
    if any(number >= num(value) for _, number in found):
        raise FormulaUnsupported("LOOKUP 的查找值不大于全部数值，不复算")
    if not found:
        raise Fault(ExcelError.NA)
    place = found[-1][0]
    return results.at(place, 0) if area.height > 1 else results.at(0, place)


def lift_cut(element: Callable[..., Scalar], *areas: Area) -> Area:
    """Return the array of ``element`` over areas in SUMPRODUCT, large ones cut to what is used.

    Refuses where what lies beyond would count.
    """
    first = areas[0]
    size = first.height, first.width
    if size[0] * size[1] <= _LARGE or any((area.height, area.width) != size for area in areas):
        return lift(element, *areas)
    used = max(area.used[0] for area in areas), max(area.used[1] for area in areas)
    found = _cut(lambda *values: catch(lambda: element(*values)), areas, size, used)
    if used != size and (isinstance(found.fill, str) or found.fill):
        raise FormulaUnsupported("数组运算用了整列或整行，空白部分也会计入，不复算")
    return found if used == size else Block(size, found._flat, used)


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
