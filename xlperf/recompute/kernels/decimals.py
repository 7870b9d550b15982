"""Numbers written with a fixed number of decimals."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from xlperf.errors import FormulaUnsupported

NEGATIVE_ZERO = "负数按格式显示为 0，是否带负号没有把握"


def rounded(exact: Decimal, places: int) -> Decimal:
    """Return a number at so many places, halves away from zero."""
    if exact.adjusted() + places > 26:
        raise FormulaUnsupported("TEXT 的数字过大，不复算")
    return exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def decimal_text(number: float, grouped: bool, places: int, shift: int) -> str:
    """Return what the commonest formats give, such as 0.00 and #,##0.00 and 0.0%."""
    exact = Decimal(format(number, ".15g")).scaleb(shift)
    shown = rounded(exact, places)
    if number < 0 and not shown:
        raise FormulaUnsupported(NEGATIVE_ZERO)
    body = format(abs(shown), ",f" if grouped else "f")
    return ("-" if shown < 0 else "") + body + ("%" if shift else "")
