"""Operators: arithmetic beyond what Python's own do, comparison at 15 digits, concatenation, arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from xlperf.errors import FormulaUnsupported
from xlperf.recompute.kernels.core import Area, Fault, Value, array, capped, catch, fin, is_numeric, num, text
from xlperf.values import ExcelError, Scalar

#: Cells of one array that is computed cell by cell.
MOST_LIFTED = 200_000
_RESIDUE_SURE = 2.0**-50
_RESIDUE_DOUBT = 2.0**-48


def div(left: float, right: float) -> float:
    """Return a quotient."""
    if right == 0:
        raise Fault(ExcelError.DIV0)
    return fin(left) / fin(right)


def power(base: Value, exponent: Value) -> float:
    """Return a power; 0^0 is #NUM! to Excel."""
    left, right = num(base), num(exponent)
    if left == 0 and right <= 0:
        raise Fault(ExcelError.NUM if right == 0 else ExcelError.DIV0)
    if left < 0 and right != int(right):
        raise FormulaUnsupported("负数的非整数次方，不复算")
    try:
        return fin(left**right)
    except OverflowError:
        raise Fault(ExcelError.NUM) from None


def settle(result: float, last: float) -> float:
    """Return the result of a formula whose last step added or subtracted ``last``, snapped to 0 as Excel
    does.

    Excel does this only to the last operation of a formula: ``=0.5-0.4-0.1`` is 0, ``=(0.5-0.4-0.1)`` is
    not, and ``=0=0.5-0.4-0.1`` is FALSE. Where the limit lies is not documented; in the doubtful band
    nothing is claimed.
    """
    if result == 0 or last == 0:
        return result
    ratio = abs(result / last)
    if ratio <= _RESIDUE_SURE:
        return 0.0
    if ratio <= _RESIDUE_DOUBT:
        raise FormulaUnsupported("结果只差在浮点尾数上，是否为 0 没有把握")
    return result


def unsure(result: float, last: float) -> float:
    """Return the result of a final + or − that IF or its like hands on; whether Excel snaps it to 0 there is
    not documented, so nothing is claimed where it would matter.
    """
    if result != 0 and last != 0 and abs(result / last) <= _RESIDUE_DOUBT:
        raise FormulaUnsupported("结果只差在浮点尾数上，是否为 0 没有把握")
    return result


def concat(*pieces: Value) -> str:
    """Return the pieces as one text."""
    return capped("".join(map(text, pieces)))


def _rank(value: Value) -> int:
    if isinstance(value, str):
        return 1
    if value is True or value is False:
        return 2
    if isinstance(value, ExcelError):
        raise Fault(value)
    if isinstance(value, Area):
        raise FormulaUnsupported("公式在单个值的位置用了区域，不复算")
    return 0


def same_number(left: float, right: float) -> bool:
    """Tell whether two numbers are equal to Excel, which looks at 15 significant digits."""
    if left == right:
        return True
    if abs(left - right) > 1e-14 * (abs(left) + abs(right)):
        return False
    return format(left, ".15g") == format(right, ".15g")


def _order_text(left: str, right: str) -> int:
    low, high = left.lower(), right.lower()
    if low == high:
        return 0
    if not low or not high:
        return -1 if not low else 1
    for a, b in zip(low, high, strict=False):
        if a != b:
            if (
                a.isascii()
                and b.isascii()
                and a.isalnum()
                and b.isalnum()
                and low.isalnum()
                and high.isalnum()
            ):
                return -1 if a < b else 1
            raise FormulaUnsupported("文字的先后次序取决于系统语言，不复算")
    return -1 if len(low) < len(high) else 1


def order(left: Value, right: Value) -> int:
    """Return -1, 0 or 1: numbers stand before text, text before TRUE and FALSE; empty is what the other
    side makes it.
    """
    rank, other = _rank(left), _rank(right)
    if left is None or right is None:
        if left is None and right is None:
            return 0
        if left is None:
            left, rank = ("", False)[other - 1] if other else 0, other
        else:
            right, other = ("", False)[rank - 1] if rank else 0, rank
    if rank != other:
        return -1 if rank < other else 1
    if isinstance(left, str) and isinstance(right, str):
        return _order_text(left, right)
    a, b = num(left), num(right)
    if same_number(a, b):
        return 0
    return -1 if a < b else 1


def eq(left: Value, right: Value) -> bool:
    """Tell whether two values are equal: text regardless of case, numbers at 15 digits."""
    if type(left) is float and type(right) is float:
        return left == right or same_number(left, right)
    if isinstance(left, str) and isinstance(right, str):
        return left == right or left.lower() == right.lower()
    if is_numeric(left) and is_numeric(right):
        return same_number(left, right)
    if _rank(left) != _rank(right) and left is not None and right is not None:
        return False
    return order(left, right) == 0


def ne(left: Value, right: Value) -> bool:
    """Tell whether two values differ."""
    return not eq(left, right)


def eqs(value: Value, lowered: str) -> bool:
    """Tell whether a value equals a text constant, given in lower case."""
    if value is None:
        return not lowered
    if type(value) is float:
        return False
    if isinstance(value, str):
        return value == lowered or (lowered != "" and value.lower() == lowered)
    if isinstance(value, ExcelError):
        raise Fault(value)
    return False


def nes(value: Value, lowered: str) -> bool:
    """Tell whether a value differs from a text constant, given in lower case."""
    return not eqs(value, lowered)


def lt(left: Value, right: Value) -> bool:
    """Tell whether left < right."""
    if is_numeric(left) and is_numeric(right):
        return left < right and not same_number(left, right)
    return order(left, right) < 0


def le(left: Value, right: Value) -> bool:
    """Tell whether left ≤ right."""
    if is_numeric(left) and is_numeric(right):
        return left <= right or same_number(left, right)
    return order(left, right) <= 0


def gt(left: Value, right: Value) -> bool:
    """Tell whether left > right."""
    if is_numeric(left) and is_numeric(right):
        return left > right and not same_number(left, right)
    return order(left, right) > 0


def ge(left: Value, right: Value) -> bool:
    """Tell whether left ≥ right."""
    if is_numeric(left) and is_numeric(right):
        return left >= right or same_number(left, right)
    return order(left, right) >= 0


def lift(element: Callable[..., Scalar], *areas: Area) -> Area:
    """Return the array of ``element`` over the cells of areas; single rows, columns and cells repeat."""
    height, width = max(area.height for area in areas), max(area.width for area in areas)
    same = all(area.height == height and area.width == width for area in areas)
    if height * width > MOST_LIFTED:
        raise FormulaUnsupported("数组运算涉及的单元格过多，不复算")
    if same:
        columns = [area.all_values() for area in areas]
        flat = [_guard(element, row) for row in zip(*columns, strict=True)]
    else:
        flat = [
            _guard(element, [_spread(area, row, column) for area in areas])
            for row in range(height)
            for column in range(width)
        ]
    return array([flat[row * width : (row + 1) * width] for row in range(height)])


def _spread(area: Area, row: int, column: int) -> Value:
    row = 0 if area.height == 1 else row
    column = 0 if area.width == 1 else column
    if row >= area.height or column >= area.width:
        return ExcelError.NA
    return area.at(row, column)


def _guard(element: Callable[..., Scalar], arguments: Sequence[Value]) -> Scalar:
    result = catch(lambda: element(*arguments))
    if isinstance(result, Area):
        raise FormulaUnsupported("数组中又含区域，不复算")
    return 0.0 if result is None else result
