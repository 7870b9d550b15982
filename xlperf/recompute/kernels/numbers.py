"""Rounding and other functions of single numbers."""

from __future__ import annotations

import math
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal

from xlperf.errors import FormulaUnsupported
from xlperf.recompute.kernels.core import Fault, Value, digits15, fin, num, whole
from xlperf.values import ExcelError

_STEPS = {places: Decimal(1).scaleb(-places) for places in range(-20, 21)}


def _quantize(value: float, places: int, rounding: str) -> float:
    if value == 0 or abs(places) > 20:
        return value if places > 0 else 0.0
    shown = format(value, ".15g")
    number = Decimal(shown)
    if number.adjusted() + places >= 14:
        return value  # more digits are asked for than Excel has
    return float(number.quantize(_STEPS[places], rounding=rounding)) + 0.0


def round_(value: Value, places: Value) -> float:
    """ROUND: half away from zero, on the decimal number of 15 digits."""
    return _quantize(num(value), whole(places), ROUND_HALF_UP)


def roundup(value: Value, places: Value) -> float:
    """ROUNDUP: away from zero, on the decimal number of 15 digits."""
    return _quantize(num(value), whole(places), ROUND_UP)


def rounddown(value: Value, places: Value) -> float:
    """ROUNDDOWN: towards zero, on the decimal number of 15 digits."""
    return _quantize(num(value), whole(places), ROUND_DOWN)


def trunc(value: Value, places: Value = 0.0) -> float:
    """TRUNC; refuses where the binary and the decimal number would be cut differently."""
    number, count = num(value), whole(places)
    result = _quantize(number, count, ROUND_DOWN)
    if count == 0 and math.trunc(number) != result:
        raise FormulaUnsupported("TRUNC 的结果取决于浮点尾数，不复算")
    return result


def absolute(value: Value) -> float:
    """ABS."""
    return abs(num(value))


def integer(value: Value) -> float:
    """INT: down to the next whole number, on the binary number as Excel does."""
    return float(math.floor(num(value)))


def sign(value: Value) -> float:
    """SIGN."""
    number = num(value)
    return float((number > 0) - (number < 0))


def sqrt(value: Value) -> float:
    """SQRT."""
    number = num(value)
    if number < 0:
        raise Fault(ExcelError.NUM)
    return math.sqrt(number)


def pi() -> float:
    """PI."""
    return math.pi


def mod(value: Value, divisor: Value) -> float:
    """MOD: with the sign of the divisor; refuses where the quotient is a whole number but for its last
    digits.
    """
    number, by = num(value), num(divisor)
    if by == 0:
        raise Fault(ExcelError.DIV0)
    quotient = number / by
    if abs(quotient) > 1e12:
        raise FormulaUnsupported("MOD 的商过大，不复算")
    near = round(quotient)
    if abs(quotient - near) <= 1e-13 * max(1.0, abs(quotient)) and not (
        number.is_integer() and by.is_integer()
    ):
        if near * by == number:
            return 0.0
        raise FormulaUnsupported("MOD 的结果取决于浮点尾数，不复算")
    return number - by * math.floor(quotient)


def _multiple(number: float, step: float, up: bool) -> float:
    quotient = number / step
    near = digits15(quotient)
    exact, decimal = (
        (math.ceil(quotient), math.ceil(near)) if up else (math.floor(quotient), math.floor(near))
    )
    if exact != decimal:
        raise FormulaUnsupported("取整倍数的结果取决于浮点尾数，不复算")
    return digits15(fin(exact * step))


def ceiling(value: Value, step: Value) -> float:
    """CEILING: to the next multiple away from zero for equal signs, towards zero for a negative number."""
    number, by = num(value), num(step)
    if by == 0 or number == 0:
        return 0.0
    if number > 0 > by:
        raise Fault(ExcelError.NUM)
    return _multiple(number, by, True)


def floor(value: Value, step: Value) -> float:
    """FLOOR: to the next multiple towards zero for equal signs, away from zero for a negative number."""
    number, by = num(value), num(step)
    if number == 0:
        return 0.0
    if by == 0:
        raise Fault(ExcelError.DIV0)
    if number > 0 > by:
        raise Fault(ExcelError.NUM)
    return _multiple(number, by, False)


def mround(value: Value, step: Value) -> float:
    """MROUND: to the nearest multiple; refuses halfway cases of decimal fractions, where Excel is not
    consistent.
    """
    number, by = num(value), num(step)
    if by == 0 or number == 0:
        return 0.0
    if (number > 0) != (by > 0):
        raise Fault(ExcelError.NUM)
    quotient = number / by
    if abs(abs(quotient - math.trunc(quotient)) - 0.5) < 1e-9 and not (
        number.is_integer() and by.is_integer()
    ):
        raise FormulaUnsupported("MROUND 正好在中间的小数，不复算")
    return digits15(math.floor(quotient + 0.5) * by)


def is_even(value: Value) -> bool:
    """ISEVEN."""
    if value is True or value is False:
        raise Fault(ExcelError.VALUE)
    if isinstance(value, str):
        raise FormulaUnsupported("ISEVEN、ISODD 用于文字，是否算数字没有把握")
    return whole(value) % 2 == 0


def is_odd(value: Value) -> bool:
    """ISODD."""
    return not is_even(value)
