"""Rounding and other functions of single numbers."""

from __future__ import annotations

import math
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal

from xlperf.errors import FormulaUnsupported
from xlperf.recompute.kernels.core import Fault, Value, digits15, fin, num, whole
from xlperf.values import ExcelError

_STEPS = {places: Decimal(1).scaleb(-places) for places in range(-20, 21)}


#: 10 ** n, for the quick way of ROUND.
_TENS = (1.0, 10.0, 100.0, 1e3, 1e4, 1e5, 1e6)


def _quantize(value: float, places: int, rounding: str) -> float:
    if value == 0 or abs(places) > 20:
        return value if places > 0 else 0.0
    shown = format(value, ".15g")
    number = Decimal(shown)
    if number.adjusted() + places >= 14:
        return value  # more digits are asked for than Excel has
    return float(number.quantize(_STEPS[places], rounding=rounding)) + 0.0


def round_(value: Value, places: Value) -> float:
    """ROUND: half away from zero, on the decimal number of 15 digits.

    Far from the middle between two results Python's own rounding gives the same, and quicker.
    """
    number, count = num(value), whole(places)
    if 0 <= count <= 6:
        scaled = number * _TENS[count]
        if -1e10 < scaled < 1e10 and abs(scaled - math.floor(scaled) - 0.5) > 0.001:
            return round(number, count) + 0.0
    return _quantize(number, count, ROUND_HALF_UP)


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
    if abs(count) <= 20 and abs(number) < 1e15 and digits15(number) != number:
        binary = float(Decimal(number).quantize(_STEPS[count], rounding=ROUND_DOWN))
        if binary != result:
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
    if number.is_integer() and by.is_integer():
        return number % by + 0.0
    near = round(quotient)
    if abs(quotient - near) <= 1e-13 * max(1.0, abs(quotient)):
        if near * by == number:
            return 0.0
        raise FormulaUnsupported("MOD 的结果取决于浮点尾数，不复算")
    return number - by * math.floor(quotient)


def _multiple(number: float, step: float, up: bool) -> float:
    quotient = fin(number / step)
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
    """MROUND: to the nearest multiple; refuses what is halfway only in decimals, where Excel is not consistent."""
    number, by = _plain(value), _plain(step)
    if by == 0 or number == 0:
        return 0.0
    if (number > 0) != (by > 0):
        raise Fault(ExcelError.NUM)
    quotient = number / by
    if abs(quotient - math.floor(quotient) - 0.5) < 1e-9 and not _is_half(number, by):
        raise FormulaUnsupported("MROUND 正好在中间的小数，不复算")
    return digits15(math.floor(quotient + 0.5) * by)


def _is_half(number: float, by: float) -> bool:
    """Tell whether a number is exactly an odd multiple of half a step."""
    from fractions import Fraction  # slow to import, and hardly ever needed

    return (Fraction(number) / Fraction(by)).denominator == 2


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


def ceiling_math(value: Value, step: Value = 1.0, mode: Value = 0.0) -> float:
    """CEILING.MATH: up to a multiple, a negative number towards zero unless ``mode`` says otherwise."""
    number, by, away = num(value), abs(num(step)), num(mode) != 0
    if by == 0 or number == 0:
        return 0.0
    return _multiple(number, by, not (number < 0 and away))


def floor_math(value: Value, step: Value = 1.0, mode: Value = 0.0) -> float:
    """FLOOR.MATH: down to a multiple, a negative number away from zero unless ``mode`` says otherwise."""
    number, by, towards = num(value), abs(num(step)), num(mode) != 0
    if by == 0 or number == 0:
        return 0.0
    return _multiple(number, by, number < 0 and towards)


def _plain(value: Value) -> float:
    """Return a number for the functions that once were an add-in, which refuse TRUE and FALSE."""
    if value is True or value is False:
        raise FormulaUnsupported("此函数用于逻辑值，不复算")
    return num(value)


def quotient(value: Value, divisor: Value) -> float:
    """QUOTIENT: the whole part of a division."""
    number, by = _plain(value), _plain(divisor)
    if by == 0:
        raise Fault(ExcelError.DIV0)
    exact = number / by
    if math.trunc(exact) != math.trunc(digits15(exact)):
        raise FormulaUnsupported("QUOTIENT 的结果取决于浮点尾数，不复算")
    return float(math.trunc(exact))


def even(value: Value) -> float:
    """EVEN: away from zero to an even number."""
    return _away(num(value), 0.0)


def odd(value: Value) -> float:
    """ODD: away from zero to an odd number."""
    return _away(num(value), 1.0)


def _away(number: float, rest: float) -> float:
    size = abs(number)
    if size > 1e14 or math.ceil(size) != math.ceil(digits15(size)):
        raise FormulaUnsupported("取整的结果取决于浮点尾数，不复算")
    steps = float(math.ceil(size))
    steps += steps % 2 != rest
    return math.copysign(steps, number) + 0.0


def exponential(value: Value) -> float:
    """EXP."""
    try:
        return math.exp(num(value))
    except OverflowError:
        raise Fault(ExcelError.NUM) from None


def _positive(value: Value) -> float:
    number = num(value)
    if number <= 0:
        raise Fault(ExcelError.NUM)
    return number


def ln(value: Value) -> float:
    """LN."""
    return math.log(_positive(value))


def log10(value: Value) -> float:
    """LOG10."""
    return math.log10(_positive(value))


def log(value: Value, base: Value = 10.0) -> float:
    """LOG; refuses where a whole number is missed by the last digits."""
    number, root = _positive(value), _positive(base)
    if root == 1:
        raise Fault(ExcelError.DIV0)
    if root == 10:
        return math.log10(number)
    result = math.log(number) / math.log(root)
    if result != round(result) and abs(result - round(result)) < 1e-12:
        raise FormulaUnsupported("LOG 的结果取决于浮点尾数，不复算")
    return result
