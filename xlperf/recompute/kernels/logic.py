"""Functions that look at errors and kinds of values, and those that choose."""

from __future__ import annotations

from collections.abc import Callable

from xlperf.errors import FormulaUnsupported
from xlperf.recompute.kernels.core import Area, Fault, Value, catch, is_numeric, truth
from xlperf.recompute.kernels.operators import eq
from xlperf.values import ExcelError

Thunk = Callable[[], Value]


def iferror(value: Thunk, otherwise: Thunk) -> Value:
    """IFERROR."""
    result = catch(value)
    return otherwise() if isinstance(result, ExcelError) else result


def ifna(value: Thunk, otherwise: Thunk) -> Value:
    """IFNA."""
    result = catch(value)
    return otherwise() if result is ExcelError.NA else result


def ifs(*pairs: Thunk) -> Value:
    """IFS."""
    for position in range(0, len(pairs), 2):
        if truth(pairs[position]()):
            return pairs[position + 1]()
    raise Fault(ExcelError.NA)


def switch(value: Value, *pairs: Thunk) -> Value:
    """SWITCH; an odd last argument is the default."""
    if isinstance(value, ExcelError):
        raise Fault(value)
    for position in range(0, len(pairs) - 1, 2):
        candidate = pairs[position]()
        if type(candidate) is type(value) or (is_numeric(candidate) and is_numeric(value)):
            if eq(value, candidate):
                return pairs[position + 1]()
        elif isinstance(candidate, ExcelError):
            raise Fault(candidate)
        elif candidate is None or value is None:
            raise FormulaUnsupported("SWITCH 比较空单元格，不复算")
    if len(pairs) % 2:
        return pairs[-1]()
    raise Fault(ExcelError.NA)


def na() -> float:
    """NA."""
    raise Fault(ExcelError.NA)


def not_(value: Value) -> bool:
    """NOT."""
    return not truth(value)


def isnumber(value: Value) -> bool:
    """ISNUMBER."""
    return is_numeric(value)


def istext(value: Value) -> bool:
    """ISTEXT."""
    return isinstance(value, str)


def islogical(value: Value) -> bool:
    """ISLOGICAL."""
    return value is True or value is False


def isblank(value: Value) -> bool:
    """ISBLANK: a cell with ``=""`` is not blank."""
    return value is None


def iserror(value: Value) -> bool:
    """ISERROR."""
    return isinstance(value, ExcelError)


def iserr(value: Value) -> bool:
    """ISERR: any error but #N/A."""
    return isinstance(value, ExcelError) and value is not ExcelError.NA


def isna(value: Value) -> bool:
    """ISNA."""
    return value is ExcelError.NA


def sure(value: Value) -> Value:
    """Return a number that a choosing function hands to an aggregate; refuses what could be a cell or a
    value.
    """
    if is_numeric(value) or isinstance(value, ExcelError | Area):
        return value
    raise FormulaUnsupported("汇总函数的参数是另一个函数选出的非数字，不复算")


def isnontext(value: Value) -> bool:
    """ISNONTEXT: TRUE for an empty cell."""
    return not isinstance(value, str)


_ERROR_NUMBERS = {
    error: float(place)
    for place, error in enumerate(
        (
            ExcelError.NULL,
            ExcelError.DIV0,
            ExcelError.VALUE,
            ExcelError.REF,
            ExcelError.NAME,
            ExcelError.NUM,
            ExcelError.NA,
        ),
        1,
    )
}


def error_type(value: Value) -> float:
    """ERROR.TYPE: #N/A for what is no error."""
    if isinstance(value, ExcelError):
        return _ERROR_NUMBERS[value]
    raise Fault(ExcelError.NA)


def type_(value: Value) -> float:
    """TYPE: 1 number or empty, 2 text, 4 truth, 16 error."""
    if isinstance(value, str):
        return 2.0
    if isinstance(value, bool):
        return 4.0
    return 16.0 if isinstance(value, ExcelError) else 1.0


def hyperlink(address: Value, shown: Value | None = None) -> Value:
    """HYPERLINK: what the cell shows, the link or its friendly name."""
    return address if shown is None else shown
