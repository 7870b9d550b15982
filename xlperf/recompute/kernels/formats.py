"""TEXT: the commonest formats at once; what all others need is imported when one is met."""

from __future__ import annotations

import re

from xlperf.errors import FormulaUnsupported
from xlperf.recompute.kernels.core import Fault, Value, capped, num, parse_number, text
from xlperf.recompute.kernels.decimals import decimal_text
from xlperf.values import ExcelError

_SIMPLE = re.compile(r"(#,##)?0(?:\.(0+))?(%)?\Z")


def text_format(value: Value, layout: Value) -> str:
    """TEXT."""
    if isinstance(value, ExcelError):
        raise Fault(value)
    pattern = text(layout)
    if value is True or value is False:
        return text(value)
    if isinstance(value, str):
        if "@" not in pattern:
            try:
                return text_format(parse_number(value), pattern)
            except Fault as fault:
                if fault.error is not ExcelError.VALUE:
                    raise
        if _SIMPLE.match(pattern):
            return value
        from xlperf.recompute.kernels.format_sections import show_text

        return show_text(value, pattern)
    number = num(value)
    if pattern == "":
        return ""
    if value is None and "@" in pattern:
        raise FormulaUnsupported("TEXT 以 @ 显示空单元格，不复算")
    simple = _SIMPLE.match(pattern)
    if simple:
        return decimal_text(number, bool(simple[1]), len(simple[2] or ""), 2 if simple[3] else 0)
    from xlperf.recompute.kernels.format_sections import show_number

    return capped(show_number(number, pattern))
