"""Areas and arrays as a whole: positions, turning, products, ends found in computing, LOOKUP by the last hit."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

from xlperf.errors import FormulaUnsupported
from xlperf.recompute.kernels.arrays import LARGE, MAX_BLOCK, TOO_MANY, Block, as_area, cut
from xlperf.recompute.kernels.core import Area, Array, Fault, Value, catch, fin, is_numeric, num
from xlperf.recompute.kernels.operators import lift
from xlperf.values import ExcelError, Scalar


def unit(area: Value) -> Value:
    """Return an area, or its value where it is one cell."""
    return area.at(0, 0) if isinstance(area, Area) and area.height == area.width == 1 else area


def places(first: int, last: int, down: bool) -> Area:
    """Return the row numbers (``down``) or column numbers of an area, as an array."""
    count = last - first + 1
    if count > MAX_BLOCK:
        raise FormulaUnsupported(TOO_MANY)
    return Block((count, 1) if down else (1, count), [float(number) for number in range(first, last + 1)])


def transpose(value: Value) -> Value:
    """TRANSPOSE."""
    area = as_area(value)
    if area.height * area.width > MAX_BLOCK:
        raise FormulaUnsupported(TOO_MANY)
    flat, width = area.all_values(), area.width
    return Block((width, area.height), [cell for column in range(width) for cell in flat[column::width]])


def mmult(left: Value, right: Value) -> Value:
    """MMULT: every cell must be a number."""
    a, b = as_area(left), as_area(right)
    if a.height * a.width * b.width > 10 * MAX_BLOCK or max(a.height * a.width, b.height * b.width) > MAX_BLOCK:
        raise FormulaUnsupported(TOO_MANY)
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
    if size[0] * size[1] <= LARGE or any((area.height, area.width) != size for area in areas):
        return lift(element, *areas)
    used = max(area.used[0] for area in areas), max(area.used[1] for area in areas)
    return cut(lambda *values: catch(lambda: element(*values)), areas, size, used)


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
    if size[0] * size[1] <= LARGE or any((area.height, area.width) != size for area in areas):
        return lift(element, *areas)
    used = max(area.used[0] for area in areas), max(area.used[1] for area in areas)
    found = cut(lambda *values: catch(lambda: element(*values)), areas, size, used)
    if used != size and (isinstance(found.fill, str) or found.fill):
        raise FormulaUnsupported("数组运算用了整列或整行，空白部分也会计入，不复算")
    return found if used == size else Block(size, found.flat, used)
