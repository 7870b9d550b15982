"""What a cell can hold, and how numbers are compared and shown.

A value is ``None`` (empty), a ``bool``, an ``int`` or ``float``, a ``str``, or an :class:`ExcelError`. Differences and
tolerances are taken in decimal, never in binary: 200.05 − 185.76 − 14.29 is 0 here.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from typing import TypeAlias


class ExcelError(Enum):
    """An error value of Excel; ``.value`` is how a cell shows it."""

    NULL = "#NULL!"
    DIV0 = "#DIV/0!"
    VALUE = "#VALUE!"
    REF = "#REF!"
    NAME = "#NAME?"
    NUM = "#NUM!"
    NA = "#N/A"

    def __str__(self) -> str:
        return self.value


Scalar: TypeAlias = "None | bool | int | float | str | ExcelError"

#: What a unit writes where something does not apply to it (不适用); neither blank nor 0.
NOT_APPLICABLE = "—"


def is_number(value: object) -> bool:
    """Tell whether a cell value is a number; TRUE and FALSE are not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_blank(value: object) -> bool:
    """Tell whether a cell is not filled in: empty, or a formula that shows nothing."""
    return value is None or value == ""


def as_decimal(value: int | float) -> Decimal:
    """Return a number as a person reads it: 15 significant digits, as Excel shows it, in decimal."""
    return Decimal(value) if isinstance(value, int) else Decimal(format(value, ".15g"))


def difference(left: int | float, right: int | float) -> Decimal:
    """Return left − right in decimal; 0 where Excel would call them equal (15 digits)."""
    return as_decimal(left) - as_decimal(right)


def same_value(left: Scalar, right: Scalar) -> bool:
    """Tell whether two cell values are the same to Excel: blank equals "", numbers to 15 digits, text exactly."""
    if is_blank(left) or is_blank(right):
        return is_blank(left) and is_blank(right)
    if is_number(left) and is_number(right):
        assert isinstance(left, int | float)
        assert isinstance(right, int | float)
        if left == right:
            return True
        scale = max(abs(left), abs(right))
        return abs(left - right) <= scale * 1e-14
    return type(left) is type(right) and left == right


def show_number(value: int | float | Decimal, places: int | None = None) -> str:
    """Return a number as a person writes it: rounded half up to ``places``, or with the digits it has."""
    number = value if isinstance(value, Decimal) else as_decimal(value)
    if places is not None:
        if number.adjusted() > 20:  # no amount of money; decimal would refuse the digits
            return f"{number:.6E}"
        number = number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
        return f"{number:f}"
    text = f"{number:f}" if number.adjusted() <= 20 else f"{number:.6E}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def show_value(value: Scalar) -> str:
    """Return any cell value as text for a sentence; an empty cell is 未填."""
    if is_blank(value):
        return "未填"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return show_number(value)
    return str(value)
