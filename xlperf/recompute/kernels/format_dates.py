"""Dates and times in the formats of TEXT."""

from __future__ import annotations

import math

from xlperf.errors import FormulaUnsupported
from xlperf.recompute.kernels.chinese import spelled, spelled_digits
from xlperf.recompute.kernels.core import Fault
from xlperf.recompute.kernels.dates import civil
from xlperf.recompute.kernels.layouts import Mark, Section
from xlperf.values import ExcelError

#: Kinds of marks that make a section one of dates.
DATES = frozenset(("date", "clock", "elapsed"))
_NUMBERS = frozenset(("digit", "exp", "general"))
_WEEK = "日一二三四五六"
_MONTHS = [
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
]
_DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]


def show_date(serial: float, section: Section) -> str:
    """Return a serial number in a section with date or time marks."""
    if serial < 0:
        raise Fault(ExcelError.VALUE)
    if section.kinds & _NUMBERS:
        raise FormulaUnsupported("TEXT 的日期格式含数字位，不复算")
    if serial >= 2958466:
        raise FormulaUnsupported("日期超出 9999 年，不复算")
    kinds = [mark for mark in section.marks if mark.kind in DATES]
    timed = any(mark.text.strip("[")[0] in "hHsS" or mark.kind != "date" for mark in kinds)
    day, seconds = math.floor(serial), math.floor((serial - math.floor(serial)) * 86400 + 0.5)
    if timed and seconds >= 86400:
        raise FormulaUnsupported("时间进位后是午夜，TEXT 显示 24 时还是次日 0 时没有把握")
    return "".join(_shown(section, day, seconds % 86400))


def _shown(section: Section, day: int, seconds: int) -> list[str]:
    twelve = "clock" in section.kinds
    shown, previous = [], ""
    for index, mark in enumerate(section.marks):
        code = mark.text.lower()
        if mark.kind == "clock":
            shown.append(_half(mark, seconds))
        elif mark.kind == "elapsed":
            shown.append(_elapsed(code, day * 86400 + seconds))
        elif mark.kind == "date":
            minutes = code in ("m", "mm") and (previous[:1] == "h" or _next(section, index)[:1] == "s")
            if minutes or code[0] in "hs":
                shown.append(_clock(code, seconds, twelve, section))
            else:
                shown.append(_calendar(code, day, section))
        elif mark.kind == "sign" and mark.text not in ".,":
            raise FormulaUnsupported("TEXT 的日期格式，不复算")
        else:
            shown.append(mark.text)
        previous = code.strip("[]") if mark.kind in ("date", "elapsed") else previous
    return shown


def _next(section: Section, index: int) -> str:
    return next((mark.text.lower() for mark in section.marks[index + 1 :] if mark.kind in ("date", "elapsed")), "")


def _half(mark: Mark, seconds: int) -> str:
    if mark.text.lower() == "am/pm":
        return "AM" if seconds < 43200 else "PM"
    return "上午" if seconds < 43200 else "下午"


def _elapsed(code: str, seconds: int) -> str:
    number = seconds // {"h": 3600, "m": 60, "s": 1}[code[1]]
    return f"{number:0{len(code) - 2}d}"


def _clock(code: str, seconds: int, twelve: bool, section: Section) -> str:
    hour = seconds // 3600
    number = {"h": (hour % 12 or 12) if twelve else hour, "m": seconds // 60 % 60, "s": seconds % 60}[code[0]]
    if len(code) > 2 or section.numerals:
        raise FormulaUnsupported("TEXT 的时间格式，不复算")
    return f"{number:0{len(code)}d}"


def _calendar(code: str, serial: int, section: Section) -> str:
    year, month, day = civil(serial)
    size, weekday = len(code), (serial - 1) % 7
    if code[0] == "y":
        shown = f"{year % 100:02d}" if size <= 2 else f"{year:04d}"
        return spelled_digits(shown, section.numerals) if section.numerals else shown
    if code[0] == "a":
        if section.locale == "en":
            raise FormulaUnsupported("TEXT 的英文星期格式，不复算")
        return ("星期" if size == 4 else "") + _WEEK[weekday]
    if size <= 2:
        return _number(month if code[0] == "m" else day, size, section.numerals)
    if size > 5 or (size == 5 and code[0] == "d"):
        raise FormulaUnsupported("TEXT 的日期格式，不复算")
    if section.locale == "zh":
        if code != "dddd":
            raise FormulaUnsupported("TEXT 的中文月份或星期格式，不复算")
        return "星期" + _WEEK[weekday]
    name = _MONTHS[month - 1] if code[0] == "m" else _DAYS[weekday]
    return {3: name[:3], 4: name, 5: name[:1]}[size]


def _number(number: int, size: int, numerals: int) -> str:
    """Return a month or day; Chinese says 十五 in a date, not 一十五."""
    if not numerals:
        return f"{number:0{size}d}"
    if size == 2 and number < 10:
        raise FormulaUnsupported("TEXT 的中文日期格式补零，不复算")
    shown = spelled(str(number), numerals)
    if 10 <= number < 20:
        if numerals == 2:
            raise FormulaUnsupported("TEXT 的大写日期中的十没有把握")
        return shown[1:]
    return shown
