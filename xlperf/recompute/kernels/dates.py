"""Dates of the 1900 system, with the 29 February 1900 that Excel believes in."""

from __future__ import annotations

import math

from xlperf.errors import FormulaUnsupported
from xlperf.recompute.kernels.core import (
    Fault,
    Value,
    certain_calendar,
    days_from_civil,
    num,
    parse_date,
    parse_time,
    whole,
)
from xlperf.values import ExcelError


def civil(serial: float) -> tuple[int, int, int]:
    """Return year, month, day of a serial number. Raises Fault outside the calendar."""
    certain_calendar()
    day = math.floor(serial)
    if not 0 <= day <= 2958465:
        raise Fault(ExcelError.NUM)
    if day == 60:
        return 1900, 2, 29
    if day == 0:
        return 1900, 1, 0
    from datetime import date as calendar_date  # needed only where a date stands

    date = calendar_date.fromordinal(day + 693594 + (day < 60))
    return date.year, date.month, date.day


def year(value: Value) -> float:
    """YEAR."""
    return float(civil(num(value))[0])


def month(value: Value) -> float:
    """MONTH."""
    return float(civil(num(value))[1])


def day(value: Value) -> float:
    """DAY."""
    return float(civil(num(value))[2])


def date(year_: Value, month_: Value, day_: Value) -> float:
    """DATE; years below 1900 count from 1900."""
    parts = [num(part) for part in (year_, month_, day_)]
    if any(not part.is_integer() and (part < 0 or abs(part - round(part)) < 1e-9) for part in parts):
        raise FormulaUnsupported("DATE 的参数是小数，取整没有把握")
    y, m, d = map(math.floor, parts)
    if y < 0 or abs(y) > 1_000_000:
        raise Fault(ExcelError.NUM)
    if max(abs(m), abs(d)) > 32767:
        raise FormulaUnsupported("DATE 的月或日过大，不复算")
    return float(days_from_civil(y + 1900 if y < 1900 else y, m, d))


def datevalue(value: Value) -> float:
    """DATEVALUE, of full dates in writing."""
    if isinstance(value, ExcelError):
        raise Fault(value)
    if not isinstance(value, str):
        raise Fault(ExcelError.VALUE)
    found = parse_date(value.strip(" "))
    if found is None:
        if any(character.isdigit() for character in value):
            raise FormulaUnsupported(f"文字“{value[:20]}”是否算日期没有把握")
        raise Fault(ExcelError.VALUE)
    return float(found)


def _moved(value: Value, months: Value) -> tuple[int, int, int]:
    if isinstance(value, bool) or isinstance(months, bool):
        raise FormulaUnsupported("日期函数用于逻辑值，不复算")
    serial = num(value)
    if serial < 61:
        raise FormulaUnsupported("1900 年 3 月以前的日期，不复算") if serial >= 0 else Fault(ExcelError.NUM)
    y, m, d = civil(serial)
    total = y * 12 + m - 1 + whole(months)
    y, m = total // 12, total % 12 + 1
    if not 1900 <= y <= 9999:
        raise Fault(ExcelError.NUM)
    return y, m, d


def _days_of_month(year: int, month: int) -> int:
    from calendar import monthrange  # with locale, slow to import, and seldom needed

    return monthrange(year, month)[1]


def edate(value: Value, months: Value) -> float:
    """EDATE."""
    y, m, d = _moved(value, months)
    return float(days_from_civil(y, m, min(d, _days_of_month(y, m))))


def eomonth(value: Value, months: Value) -> float:
    """EOMONTH."""
    y, m, _ = _moved(value, months)
    return float(days_from_civil(y, m, _days_of_month(y, m)))


def days(end: Value, start: Value) -> float:
    """DAYS."""
    last, first = num(end), num(start)
    return float(math.floor(last) - math.floor(first))


def datedif(start: Value, end: Value, unit: Value) -> float:
    """DATEDIF in whole years, months, days; the other units are known to be wrong in Excel itself."""
    first, last = math.floor(num(start)), math.floor(num(end))
    kind = str(unit).lower()
    if first > last or kind not in ("y", "m", "d", "ym", "yd", "md"):
        raise Fault(ExcelError.NUM)
    if kind == "d":
        return float(last - first)
    (y1, m1, d1), (y2, m2, d2) = civil(first), civil(last)
    months = (y2 - y1) * 12 + m2 - m1 - (d2 < d1)
    if kind == "md" and d2 >= d1:
        return float(d2 - d1)
    if kind in ("yd", "md"):
        raise FormulaUnsupported(f"DATEDIF 的单位“{kind}”，不复算")
    return float({"y": months // 12, "m": months, "ym": months % 12}[kind])


def weekday(value: Value, kind: Value = 1.0) -> float:
    """WEEKDAY."""
    certain_calendar()
    serial, way = math.floor(num(value)), whole(kind)
    if serial < 0 or way not in (1, 2, 3, *range(11, 18)):
        raise Fault(ExcelError.NUM)
    sunday_first = (serial - 1) % 7
    if way == 1:
        return sunday_first + 1.0
    if way == 3:
        return (sunday_first - 1) % 7 + 0.0
    first = 1 if way == 2 else way - 10
    return (sunday_first - first) % 7 + 1.0


#: Seconds by which a time may miss a whole second: what is left over from adding a date.
_SPLIT = 1e-6


def _seconds(value: Value, share: int) -> int:
    """Return the second of the day, refused where rounding it would change the unit of ``share`` seconds."""
    serial = num(value)
    if serial < 0:
        raise Fault(ExcelError.NUM)
    exact = (serial - math.floor(serial)) * 86400
    near = math.floor(exact + 0.5)
    if abs(exact - near) > _SPLIT and (share == 1 or exact // share != near // share):
        raise FormulaUnsupported("时间不是整秒，不复算")
    return near % 86400 if abs(exact - near) <= _SPLIT else math.floor(exact)


def hour(value: Value) -> float:
    """HOUR."""
    return float(_seconds(value, 3600) // 3600)


def minute(value: Value) -> float:
    """MINUTE."""
    return float(_seconds(value, 60) // 60 % 60)


def second(value: Value) -> float:
    """SECOND."""
    return float(_seconds(value, 1) % 60)


def time(hours: Value, minutes: Value, seconds: Value) -> float:
    """TIME: a part of a day; beyond a day it starts again."""
    parts = [whole(part) for part in (hours, minutes, seconds)]
    if max(parts) > 32767 or min(parts) < -32767:
        raise Fault(ExcelError.NUM)
    total = parts[0] * 3600 + parts[1] * 60 + parts[2]
    if total < 0:
        raise Fault(ExcelError.NUM)
    return total % 86400 / 86400


def timevalue(value: Value) -> float:
    """TIMEVALUE, of a time in writing."""
    if isinstance(value, ExcelError):
        raise Fault(value)
    if not isinstance(value, str):
        raise Fault(ExcelError.VALUE)
    found = parse_time(value.strip(" "))
    if found is None:
        if any(map(str.isdigit, value)):
            raise FormulaUnsupported(f"文字“{value[:20]}”是否算时间没有把握")
        raise Fault(ExcelError.VALUE)
    return found
