"""Working days, numbers of weeks, years of 360 days."""

from __future__ import annotations

import datetime
import math

from xlperf.errors import FormulaUnsupported
from xlperf.recompute.kernels.aggregate import cells_of, written
from xlperf.recompute.kernels.core import Fault, Total, Value, days_from_civil, num, truth, whole
from xlperf.recompute.kernels.dates import civil
from xlperf.values import ExcelError


def days360(start: Value, end: Value, european: Value = False) -> float:
    """DAYS360; refuses the ends of February, where Excel does not do as documented."""
    (y1, m1, d1), (y2, m2, d2) = civil(num(start)), civil(num(end))
    if truth(european):
        d1, d2 = min(d1, 30), min(d2, 30)
    else:
        if any(m == 2 and d > 27 for m, d in ((m1, d1), (m2, d2))):
            raise FormulaUnsupported("DAYS360 用于二月底，不复算")
        if d2 == 31:
            d2 = 30 if d1 >= 30 else 31
        d1 = min(d1, 30)
    return float((y2 - y1) * 360 + (m2 - m1) * 30 + d2 - d1)


def weeknum(value: Value, kind: Value = 1.0) -> float:
    """WEEKNUM: the week with 1 January is the first; 21 counts as ISO does."""
    way = whole(kind)
    firsts = {1: 0, 2: 1, 17: 0, **{code: code - 10 for code in range(11, 17)}}
    if way == 21:
        return isoweeknum(value)
    if way not in firsts:
        raise Fault(ExcelError.NUM)
    serial = _modern(value)
    first = days_from_civil(civil(serial)[0], 1, 1)
    return float((serial - first + ((first - 1) % 7 - firsts[way]) % 7) // 7 + 1)


def isoweeknum(value: Value) -> float:
    """ISOWEEKNUM."""
    return float(datetime.date(*civil(_modern(value))).isocalendar()[1])


def _modern(value: Value) -> int:
    if isinstance(value, bool):
        raise FormulaUnsupported("日期函数用于逻辑值，不复算")
    serial = num(value)
    if serial < 0:
        raise Fault(ExcelError.NUM)
    if serial < 367:
        raise FormulaUnsupported("1901 年以前的日期，不复算")
    civil(serial)
    return math.floor(serial)


def _holidays(argument: Total | None) -> set[int]:
    """Return the days off that are listed; text is refused, empty cells are none."""
    if argument is None:
        return set()
    cells = cells_of(argument)
    values = [written(argument)] if cells is None else cells
    found = set()
    for value in values:
        if isinstance(value, ExcelError):
            raise Fault(value)
        if isinstance(value, str | bool):
            raise FormulaUnsupported("假日表中有文字，不复算")
        if value is not None:
            found.add(math.floor(num(value)))
    return found


#: Days off by number, Monday first; 1 to 7 are pairs, 11 to 17 single days.
_WEEKENDS = {
    **{code: {(code + 4) % 7, (code + 5) % 7} for code in range(1, 8)},
    **{code: {(code - 12) % 7} for code in range(11, 18)},
}


def _weekend(code: Value) -> set[int]:
    """Return the days off of a week, 0 for Monday: by number, or seven signs of which 1 is a day off."""
    if isinstance(code, str):
        if len(code) != 7 or code.strip("01"):
            raise Fault(ExcelError.VALUE)
        return {day for day, sign in enumerate(code) if sign == "1"}
    if whole(code) not in _WEEKENDS:
        raise Fault(ExcelError.NUM)
    return _WEEKENDS[whole(code)]


def networkdays(start: Value, end: Value, holidays: Total | None = None) -> float:
    """NETWORKDAYS: Monday to Friday, both ends counted; negative where the end comes first."""
    return networkdays_intl(start, end, 1.0, holidays)


def networkdays_intl(
    start: Value, end: Value, weekend: Value = 1.0, holidays: Total | None = None
) -> float:
    """NETWORKDAYS.INTL."""
    first, last, off, free = _modern(start), _modern(end), _holidays(holidays), _weekend(weekend)
    low, high = min(first, last), max(first, last)
    if high - low > 400_000:
        raise FormulaUnsupported("NETWORKDAYS 的期间过长，不复算")
    found = sum((day - 2) % 7 not in free and day not in off for day in range(low, high + 1))
    return float(found if first <= last else -found)


def workday(start: Value, count: Value, holidays: Total | None = None) -> float:
    """WORKDAY: so many working days on or back."""
    return workday_intl(start, count, 1.0, holidays)


def workday_intl(start: Value, count: Value, weekend: Value = 1.0, holidays: Total | None = None) -> float:
    """WORKDAY.INTL."""
    day, left, off, free = _modern(start), whole(count), _holidays(holidays), _weekend(weekend)
    if len(free) == 7:
        raise Fault(ExcelError.VALUE)
    if abs(left) > 400_000:
        raise FormulaUnsupported("WORKDAY 的天数过多，不复算")
    step = 1 if left > 0 else -1
    while left:
        day += step
        if day < 367 or day > 2958465:
            raise FormulaUnsupported("WORKDAY 的结果超出日历，不复算")
        if (day - 2) % 7 not in free and day not in off:
            left -= step
    return float(day)
