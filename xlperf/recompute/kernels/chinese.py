"""Chinese numerals as [DBNum1], [DBNum2] and NUMBERSTRING write them.

The zero of the small numerals (〇, ○ or 零, by version of Excel) is not certain and refused.
"""

from __future__ import annotations

from xlperf.errors import FormulaUnsupported
from xlperf.recompute.kernels.core import Fault, Value, num, whole
from xlperf.values import ExcelError

_SMALL, _FORMAL = "?一二三四五六七八九", "零壹贰叁肆伍陆柒捌玖"
_UNITS = {1: ("", "十", "百", "千"), 2: ("", "拾", "佰", "仟")}
_GROUPS = ("", "万", "亿")


def spelled_digits(digits: str, numerals: int) -> str:
    """Return digits one by one in Chinese; what is no digit stays."""
    names = _FORMAL if numerals == 2 else _SMALL
    if numerals == 1 and "0" in digits:
        raise FormulaUnsupported("中文小写数字的零有几种写法，不复算")
    return "".join(names[int(digit)] if digit.isdecimal() else digit for digit in digits)


def spelled(shown: str, numerals: int) -> str:
    """Return a number without sign, such as ``1001`` or ``12.5``, as Chinese says it."""
    before, point, after = shown.partition(".")
    if not before.isdecimal() or len(before) > 12:
        raise FormulaUnsupported("数字过大，中文数字的写法没有把握")
    return _spelled_whole(before, numerals) + point + spelled_digits(after, numerals)


def _spelled_whole(digits: str, numerals: int) -> str:
    if not digits.strip("0"):
        return spelled_digits("0", numerals)
    groups = [digits[max(0, end - 4) : end].rjust(4, "0") for end in range(len(digits), 0, -4)]
    result, zero = "", False
    for place in reversed(range(len(groups))):
        group = groups[place]
        if group[0] != "0" and result and groups[place + 1] != "0000":
            zero = False  # 105000 is 壹拾万伍仟, 100001000 壹亿零壹仟
        for index, digit in enumerate(group):
            if digit == "0":
                zero = bool(result)
                continue
            result += spelled_digits("0" * zero + digit, numerals) + _UNITS[numerals][3 - index]
            zero = False
        if group != "0000":
            result += _GROUPS[place]
    return result


def numberstring(value: Value, kind: Value) -> str:
    """NUMBERSTRING: 1 一百二十三, 2 壹佰贰拾叁, 3 一二三."""
    number, way = num(value), whole(kind)
    if way not in (1, 2, 3):
        raise Fault(ExcelError.NUM)
    if number < 0 or not number.is_integer():
        raise FormulaUnsupported("NUMBERSTRING 用于负数或小数，不复算")
    digits = f"{number:.0f}"
    return spelled_digits(digits, 1) if way == 3 else spelled(digits, way)
