"""Dates of the 1900 system, with the 29 February 1900 that Excel believes in."""

from __future__ import annotations

import calendar
import datetime
import math

from xlperf.errors import FormulaUnsupported
from xlperf.recompute.kernels.core import Fault, Value, certain_calendar, days_from_civil, num, parse_date, whole
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
    date = datetime.date.fromordinal(day + 693594 + (day < 60))
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
    serial = num(value)
    if serial < 61:
        raise FormulaUnsupported("1900 年 3 月以前的日期，不复算") if serial >= 0 else Fault(ExcelError.NUM)
    y, m, d = civil(serial)
    total = y * 12 + m - 1 + whole(months)
    y, m = total // 12, total % 12 + 1
    if not 1900 <= y <= 9999:
        raise Fault(ExcelError.NUM)
    return y, m, d


def edate(value: Value, months: Value) -> float:
    """EDATE."""
    y, m, d = _moved(value, months)
    return float(days_from_civil(y, m, min(d, calendar.monthrange(y, m)[1])))


def eomonth(value: Value, months: Value) -> float:
    """EOMONTH."""
    y, m, _ = _moved(value, months)
    return float(days_from_civil(y, m, calendar.monthrange(y, m)[1]))


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
