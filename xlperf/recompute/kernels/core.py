"""Errors, areas, and how Excel turns one kind of value into another."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable
from contextvars import ContextVar
from functools import cache
from itertools import product
from typing import TypeAlias, TypeGuard

from xlperf.errors import FormulaUnsupported
from xlperf.values import ExcelError, Scalar

#: Excel's limit for the text in a cell.
MAX_TEXT = 32767
#: Cells one formula may touch.
MAX_CELLS = 2_000_000

Getter: TypeAlias = Callable[[tuple[int, int]], Scalar]


class Fault(Exception):
    """An Excel error on its way out of a calculation."""

    def __init__(self, error: ExcelError) -> None:
        super().__init__(error)
        self.error = error


class Area:
    """A rectangle of a sheet or an array; ``height`` × ``width``, of which cells outside the used range are
    empty.
    """

    __slots__ = ("_bottom", "_get", "_right", "height", "left", "top", "width")

    def __init__(
        self, get: Getter, top: int, left: int, bottom: int, right: int, last: tuple[int, int]
    ) -> None:
        self._get = get
        self.top, self.left = top, left
        self.height, self.width = bottom - top + 1, right - left + 1
        self._bottom, self._right = min(bottom, last[0]), min(right, last[1])
        if (self._bottom - top + 1) * (self._right - left + 1) > MAX_CELLS:
            raise FormulaUnsupported("公式涉及的单元格过多，不复算")

    def values(self) -> list[Scalar]:
        """Return the values row by row, without what lies beyond the used range."""
        return list(
            map(self._get, product(range(self.top, self._bottom + 1), range(self.left, self._right + 1)))
        )

    def all_values(self) -> list[Scalar]:
        """Return the values row by row, all of them."""
        if self.height * self.width > MAX_CELLS:
            raise FormulaUnsupported("公式涉及的单元格过多，不复算")
        rows = range(self.top, self.top + self.height)
        return list(map(self._get, product(rows, range(self.left, self.left + self.width))))

    @property
    def beyond(self) -> int:
        """How many cells lie beyond the used range; all are empty."""
        used = max(0, self._bottom - self.top + 1) * max(0, self._right - self.left + 1)
        return self.height * self.width - used

    def at(self, row: int, column: int) -> Scalar:
        """Return the value at an offset from the top left corner."""
        return self._get((self.top + row, self.left + column))

    @property
    def used(self) -> tuple[int, int]:
        """Height and width of what lies within the used range."""
        return max(0, self._bottom - self.top + 1), max(0, self._right - self.left + 1)

    def window(self, height: int, width: int) -> list[Scalar]:
        """Return the values of the part of this size at the top left corner, row by row."""
        rows = range(self.top, self.top + height)
        return list(map(self._get, product(rows, range(self.left, self.left + width))))

    def part(self, row: int, column: int, height: int, width: int) -> Area:
        """Return a part by offset and size."""
        top, left = self.top + row, self.left + column
        return Area(self._get, top, left, top + height - 1, left + width - 1, (self._bottom, self._right))


def array(rows: list[list[Scalar]]) -> Area:
    """Return an array as an area of its own."""
    cells = {(r, c): value for r, row in enumerate(rows, 1) for c, value in enumerate(row, 1)}
    size = (len(rows), len(rows[0]))
    return Array(cells.get, 1, 1, *size, size)


class Array(Area):
    """An array that is not on any sheet."""

    __slots__ = ()


#: What a formula's argument can be once evaluated; for totals a single cell comes as a tuple of its value.
Value: TypeAlias = "Scalar | Area"
Total: TypeAlias = "Scalar | Area | tuple[Scalar, ...]"

_PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[Ee][+-]?\d+)?\Z", re.ASCII)
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?\Z", re.ASCII)
_DATE = re.compile(r"(\d{4})([-/])(\d{1,2})\2(\d{1,2})\Z|(\d{4})年(\d{1,2})月(\d{1,2})日\Z", re.ASCII)
_TIME = re.compile(r"(\d{1,2}):([0-5]\d)(?::([0-5]\d))?\Z", re.ASCII)
_DIGITS = re.compile(r"\d")
_LONG_WHOLE = re.compile(r"([+-]?)0*(\d{15})(\d+)\Z", re.ASCII)
_SIGNS = frozenset("-+.,:/%()$¥￥€£ 年月日时分秒Ee")


@cache
def _with_words() -> re.Pattern[str]:
    month = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    return re.compile(rf".*\d.*(?:am|pm|上午|下午|{month})|{month}.*\d", re.IGNORECASE)


def _may_be_number(text: str) -> bool:
    """Tell whether a text looks as if some edition of Excel could take it for a number, a date or a time."""
    if all(char in _SIGNS or char.isdecimal() for char in text):
        return text != ""
    return _DIGITS.search(text) is not None and _with_words().match(text) is not None


#: Whether the workbook at hand counts its days from 1904; nothing is then claimed about a date.
FROM_1904: ContextVar[bool] = ContextVar("FROM_1904", default=False)


def certain_calendar() -> None:
    """Refuse to turn a number into a date, or back, where days are counted from 1904."""
    if FROM_1904.get():
        raise FormulaUnsupported("结果与日期起点有关，而工作簿用的是 1904 日期系统，不复算")


def days_from_civil(year: int, month: int, day: int) -> int:
    """Return Excel's serial number of a date of the 1900 system; the month may lie outside 1…12, the day
    anywhere.
    """
    import datetime

    certain_calendar()
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    if not 1900 <= year <= 9999:
        raise Fault(ExcelError.NUM)
    serial = datetime.date(year, month, 1).toordinal() - 693594
    serial = serial - 1 if serial < 61 else serial
    last = serial + day - 1
    if not 0 <= last <= 2958465:
        raise Fault(ExcelError.NUM)
    return last


def parse_date(text: str) -> int | None:
    """Return the serial number of a full date in writing (2024-03-15, 2024/3/15, 2024年3月15日), or None."""
    import datetime

    match = _DATE.match(text)
    if not match:
        return None
    year, month, day = (int(part) for part in match.groups() if part and part not in "-/")
    try:
        datetime.date(year, month, day)
    except ValueError:
        raise FormulaUnsupported(f"文字“{text}”像日期而不成立，是否算数字没有把握") from None
    if year < 1900 or (year, month) < (1900, 3):
        raise FormulaUnsupported(f"文字“{text}”的日期过早")
    return days_from_civil(year, month, day)


def _fifteen(piece: str) -> float:
    """Return a number in writing; of a whole number of more than 15 digits Excel keeps the first 15."""
    if len(piece) > 15:
        long = _LONG_WHOLE.match(piece)
        if long:
            piece = long[1] + long[2] + "0" * len(long[3])
        elif len(_DIGITS.findall(piece.upper().partition("E")[0].strip("+-0.").lstrip("0."))) > 15:
            raise FormulaUnsupported("文字数字的有效位数超过 15 位，不复算")
    value = float(piece)
    if math.isinf(value):
        raise Fault(ExcelError.VALUE)
    return value


def parse_time(text: str) -> float | None:
    """Return the part of a day a time in writing stands for (12:30, 8:05:30), or None."""
    time = _TIME.match(text)
    if time is None or int(time[1]) > 23:
        return None
    return (int(time[1]) * 3600 + int(time[2]) * 60 + int(time[3] or 0)) / 86400


def _parse_moment(piece: str) -> float | None:
    time = parse_time(piece)
    if time is not None:
        return time
    day, blank, rest = piece.partition(" ")
    date = parse_date(day)
    if date is None:
        return None
    if not blank:
        return float(date)
    time = parse_time(rest)
    return None if time is None else date + time


def parse_number(text: str) -> float:
    """Return the number a text stands for in arithmetic.

    Raises Fault for what is certainly none, FormulaUnsupported for what depends on locale or program.
    """
    piece = text.strip(" ")
    if _PLAIN.match(piece):
        return _fifteen(piece)
    if piece.endswith("%") and (_PLAIN.match(piece[:-1]) or _GROUPED.match(piece[:-1])):
        return _fifteen(piece[:-1].replace(",", "")) / 100
    if _GROUPED.match(piece):
        return _fifteen(piece.replace(",", ""))
    moment = _parse_moment(piece)
    if moment is not None:
        return moment
    narrow = unicodedata.normalize("NFKC", piece).strip()
    if any(map(str.isdigit, narrow)) and (
        _may_be_number(narrow) or (not piece.isascii() and _may_be_number(piece))
    ):
        raise FormulaUnsupported(f"文字“{text[:20]}”在算式中是否算数字没有把握")
    raise Fault(ExcelError.VALUE)


def num(value: Value) -> float:
    """Return a value as a number, as arithmetic does: empty is 0, TRUE is 1, text is read."""
    if type(value) is float:
        return value
    if value is None:
        return 0.0
    if type(value) is str:
        return parse_number(value)
    if type(value) is int or type(value) is bool:
        try:
            return float(value)
        except OverflowError:
            raise Fault(ExcelError.NUM) from None
    if isinstance(value, ExcelError):
        raise Fault(value)
    raise FormulaUnsupported("公式在单个值的位置用了区域，不复算")


def fin(value: float) -> float:
    """Return a result of arithmetic; #NUM! where it is beyond what Excel can hold, 0 where it is too small."""
    if 2.2250738585072014e-308 <= value <= 1.7976931348623157e308:
        return value
    if -1.7976931348623157e308 <= value <= -2.2250738585072014e-308:
        return value
    if value - value != 0:
        raise Fault(ExcelError.NUM)
    return 0.0


def whole(value: Value) -> int:
    """Return a value as a whole number, cut off; refuses where that hangs on the last bits or on the direction."""
    number = num(value)
    if number.is_integer() and abs(number) < 2**31:
        return int(number)
    if abs(number) >= 2**31:
        raise FormulaUnsupported("在整数的位置用了过大的数，不复算")
    if number < 0 or abs(number - round(number)) < 1e-9:
        raise FormulaUnsupported("在整数的位置用了小数，取整没有把握")
    return int(number)


def truth(value: Value) -> bool:
    """Return a value as a condition."""
    if value is True or value is False:
        return value
    if isinstance(value, float | int):
        return value != 0
    if value is None:
        return False
    if isinstance(value, str):
        upper = value.upper()
        if upper in ("TRUE", "FALSE"):
            return upper == "TRUE"
        raise Fault(ExcelError.VALUE)
    if isinstance(value, ExcelError):
        raise Fault(value)
    raise FormulaUnsupported("公式在单个值的位置用了区域，不复算")


def digits15(value: float) -> float:
    """Return a number at the 15 significant digits Excel shows and compares."""
    return float(format(value, ".15g"))


def general(value: float) -> str:
    """Return a number as ``&`` prints it: up to 15 significant digits, General format."""
    if value == int(value) if abs(value) < 1e15 else False:
        return str(int(value))
    mantissa, _, power = format(value, ".14e").partition("e")
    exponent = int(power)
    sign = "-" if mantissa[0] == "-" else ""
    digits = mantissa.lstrip("-").replace(".", "").rstrip("0") or "0"
    if digits == "0":
        return "0"
    if len(digits) == 15 and format(value, ".16e").partition("e")[0][-2:] in ("49", "50", "51"):
        raise FormulaUnsupported("数字的第 15 位有效数字是否进位没有把握")
    if 0 <= exponent <= 20:
        left = digits[: exponent + 1].ljust(exponent + 1, "0")
        right = digits[exponent + 1 :]
        return sign + left + ("." + right if right else "")
    if exponent < 0 and 1 - exponent + len(digits) <= 20:
        return sign + "0." + "0" * (-exponent - 1) + digits
    body = digits[0] + ("." + digits[1:] if len(digits) > 1 else "")
    return f"{sign}{body}E{'+' if exponent > 0 else '-'}{abs(exponent):02d}"


def text(value: Value) -> str:
    """Return a value as text, as ``&`` does."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if value is True or value is False:
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return general(value)
    if isinstance(value, ExcelError):
        raise Fault(value)
    raise FormulaUnsupported("公式在单个值的位置用了区域，不复算")


def capped(value: str) -> str:
    """Return a text result; #VALUE! where it is longer than a cell can hold."""
    if len(value) > MAX_TEXT:
        raise Fault(ExcelError.VALUE)
    return value


def chk(value: Value) -> Value:
    """Return a value, raising the error it may be."""
    if isinstance(value, ExcelError):
        raise Fault(value)
    return value


def catch(thunk: Callable[[], Value]) -> Value:
    """Return what a piece of a formula gives, an error as a value."""
    try:
        return thunk()
    except Fault as fault:
        return fault.error


def is_numeric(value: object) -> TypeGuard[float]:
    """Tell whether a value is a number proper; TRUE and FALSE are not."""
    kind = type(value)
    return kind is float or kind is int
