"""TEXT and the number formats it takes; what is not known here is refused."""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import NamedTuple

from xlperf.errors import FormulaUnsupported
from xlperf.recompute.kernels.core import Fault, Value, capped, general, num, parse_number, text
from xlperf.recompute.kernels.dates import civil
from xlperf.values import ExcelError

_PIECE = re.compile(
    r'(?P<quoted>"[^"]*")|\\(?P<escaped>.)|_(?P<space>.)|(?P<colour>\[(?:red|blue|green|black|white|yellow|cyan|magenta|'
    r"红色|蓝色|绿色|黑色|白色|黄色|青色|洋红|color ?\d+|颜色 ?\d+)\])|(?P<general>general|g/通用格式)|"
    r"(?P<clock>am/pm|a/p|上午/下午)|(?P<exp>e[+-])(?=[0#])|(?P<date>y+|m+|d+|h+|s+|a{3,4})|(?P<digit>[0#?])|"
    r"(?P<sign>[.,%@])|(?P<plain>[-+/():$￥¥ !^&'~{}<>=]|[^\x00-\x7f])",
    re.IGNORECASE | re.DOTALL,
)
_SIMPLE = re.compile(r"(#,##)?0(?:\.(0+))?(%)?\Z")
_WEEK = "日一二三四五六"
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]


class _Piece(NamedTuple):
    kind: str
    text: str


@lru_cache(maxsize=1024)
def _sections(layout: str) -> tuple[tuple[_Piece, ...], ...]:
    if len(layout) > 255:
        raise Fault(ExcelError.VALUE)
    sections: list[list[_Piece]] = [[]]
    position = 0
    while position < len(layout):
        if layout[position] == ";":
            sections.append([])
            position += 1
            continue
        match = _PIECE.match(layout, position)
        if match is None:
            raise FormulaUnsupported(f"TEXT 的格式“{layout[:40]}”不复算")
        kind, found = str(match.lastgroup), match[0]
        if kind == "quoted":
            found = found[1:-1]
        elif kind == "escaped":
            found = match["escaped"]
        elif kind == "space":
            found = " "
        if kind != "colour":
            literal = kind in ("quoted", "escaped", "space", "plain")
            sections[-1].append(_Piece("literal" if literal else kind, found))
        position = match.end()
    if len(sections) > 4:
        raise FormulaUnsupported("TEXT 的格式超过四段，不复算")
    return tuple(map(tuple, sections))


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
            except Fault:
                pass
        return _show_text(value, pattern)
    number = num(value)
    if pattern == "":
        return ""
    simple = _SIMPLE.match(pattern)
    if simple:
        return _simple(number, bool(simple[1]), len(simple[2] or ""), 2 if simple[3] else 0)
    return capped(_show(number, _sections(pattern)))


def _simple(number: float, grouped: bool, places: int, shift: int) -> str:
    """Return what the commonest formats give, such as 0.00 and #,##0.00 and 0.0%."""
    exact = Decimal(format(number, ".15g")).scaleb(shift)
    shown = exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    body = format(abs(shown), ",f" if grouped else "f")
    return ("-" if shown < 0 else "") + body + ("%" if shift else "")


def _show_text(value: str, pattern: str) -> str:
    sections = _sections(pattern)
    section = sections[3] if len(sections) == 4 else sections[0]
    if len(sections) < 4 and not any(piece.kind == "sign" and piece.text == "@" for piece in section):
        return value
    return capped(
        "".join(value if piece.text == "@" and piece.kind == "sign" else piece.text for piece in section)
    )


def _show(number: float, sections: tuple[tuple[_Piece, ...], ...]) -> str:
    count = min(len(sections), 3)
    if number < 0 and count > 1:
        return _section(-number, sections[1], False, number)
    if number == 0 and count > 2:
        return _section(0.0, sections[2], False, number)
    return _section(abs(number), sections[0], number < 0, number)


def _section(number: float, pieces: tuple[_Piece, ...], minus: bool, signed: float) -> str:
    kinds = {piece.kind for piece in pieces}
    if any(piece.text == "@" and piece.kind == "sign" for piece in pieces):
        if "digit" in kinds or "date" in kinds:
            raise FormulaUnsupported("TEXT 的格式把 @ 与数字混用，不复算")
        return "".join(general(signed) if piece.kind == "sign" else piece.text for piece in pieces)
    if "date" in kinds or "clock" in kinds:
        return _date(signed, pieces)
    if "general" in kinds:
        body = "".join(_general11(number) if piece.kind == "general" else piece.text for piece in pieces)
        return ("-" if minus else "") + body
    if "digit" not in kinds:
        shown = "".join(piece.text for piece in pieces if piece.kind == "literal")
        if any(piece.kind == "sign" for piece in pieces):
            raise FormulaUnsupported("TEXT 的格式没有数字位，不复算")
        return ("-" if minus and shown else "") + shown
    body, nonzero = _exponent(number, pieces) if "exp" in kinds else _decimal(number, pieces)
    return ("-" if minus and nonzero else "") + body


def _general11(number: float) -> str:
    shown = general(number)
    if len(shown) > 11:
        raise FormulaUnsupported("TEXT 的常规格式显示不下，不复算")
    return shown


def _exponent(number: float, pieces: tuple[_Piece, ...]) -> tuple[str, bool]:
    pattern = "".join(piece.text for piece in pieces)
    match = re.fullmatch(r"0(?:\.(0*))?[eE]([+-])(0+)", pattern)
    if match is None:
        raise FormulaUnsupported("TEXT 的科学记数格式，不复算")
    exact = Decimal(format(number, ".15g"))
    power = exact.adjusted() if number else 0
    mantissa = exact.scaleb(-power).quantize(Decimal(1).scaleb(-len(match[1] or "")), rounding=ROUND_HALF_UP)
    if mantissa >= 10:
        mantissa, power = mantissa / 10, power + 1
        mantissa = mantissa.quantize(Decimal(1).scaleb(-len(match[1] or "")))
    sign = "-" if power < 0 else "+" if match[2] == "+" else ""
    return f"{mantissa}E{sign}{abs(power):0{len(match[3])}d}", bool(number)


def _decimal(number: float, pieces: tuple[_Piece, ...]) -> tuple[str, bool]:
    exact = Decimal(format(number, ".15g"))
    exact *= Decimal(100) ** sum(piece.kind == "sign" and piece.text == "%" for piece in pieces)
    places = [index for index, piece in enumerate(pieces) if piece.kind == "digit"]
    points = [index for index, piece in enumerate(pieces) if piece == ("sign", ".")]
    if len(points) > 1:
        raise FormulaUnsupported("TEXT 的格式有多个小数点，不复算")
    point = points[0] if points else places[-1] + 1
    commas = [index for index, piece in enumerate(pieces) if piece == ("sign", ",")]
    before = [index for index in places if index < point]
    after = [index for index in places if index > point]
    grouped = any(before and before[0] < index < before[-1] for index in commas)
    scaling = [index for index in commas if index > places[-1] or (before and before[-1] < index < point)]
    if len(scaling) + sum(bool(before) and before[0] < index < before[-1] for index in commas) != len(commas):
        raise FormulaUnsupported("TEXT 的格式中逗号的位置，不复算")
    exact = exact.scaleb(-3 * len(scaling)).quantize(Decimal(1).scaleb(-len(after)), rounding=ROUND_HALF_UP)
    digits, _, fraction = f"{exact:f}".partition(".")
    digits = "" if digits == "0" else digits
    whole_part = _whole(digits, [pieces[index].text for index in before], grouped)
    fraction_part = _fraction(fraction, [pieces[index].text for index in after])
    if before and any(pieces[index].kind == "literal" for index in range(before[0], before[-1])):
        raise FormulaUnsupported("TEXT 的格式在数字位之间夹有文字，不复算")
    shown: list[str] = []
    if not before and points:
        whole_part = digits
    for index, piece in enumerate(pieces):
        if piece.kind == "digit":
            if before and index == before[0]:
                shown.append(whole_part)
            elif after and index == after[0]:
                shown.append(fraction_part)
        elif piece == ("sign", "."):
            shown.append(("" if before else whole_part) + ".")
        elif piece != ("sign", ","):
            shown.append(piece.text)
    return "".join(shown), bool(exact)


def _whole(digits: str, marks: list[str], grouped: bool) -> str:
    least = len(marks) - next((i for i, mark in enumerate(marks) if mark == "0"), len(marks))
    if "?" in marks:
        raise FormulaUnsupported("TEXT 的格式用了 ? 占位，不复算")
    digits = digits.rjust(least, "0")
    return f"{digits[: len(digits) % 3]}{_groups(digits)}" if grouped else digits


def _groups(digits: str) -> str:
    first = len(digits) % 3
    groups = [digits[start : start + 3] for start in range(first, len(digits), 3)]
    return ("," if first and groups else "") + ",".join(groups)


def _fraction(digits: str, marks: list[str]) -> str:
    if "?" in marks:
        raise FormulaUnsupported("TEXT 的格式用了 ? 占位，不复算")
    least = max((i + 1 for i, mark in enumerate(marks) if mark == "0"), default=0)
    kept = digits.rstrip("0")
    return digits[: max(least, len(kept))]


def _date(serial: float, pieces: tuple[_Piece, ...]) -> str:
    if serial < 0:
        raise Fault(ExcelError.VALUE)
    kinds = [piece for piece in pieces if piece.kind in ("date", "clock")]
    if any(piece.kind in ("digit", "exp", "general") for piece in pieces):
        raise FormulaUnsupported("TEXT 的日期格式含数字位，不复算")
    timed = any(piece.text[0] in "hHsS" or piece.kind == "clock" for piece in kinds)
    seconds = math.floor((serial - math.floor(serial)) * 86400 + 0.5)
    whole_day = math.floor(serial) + (seconds >= 86400 if timed else 0)
    seconds %= 86400
    parts = civil(whole_day)
    twelve = any(piece.kind == "clock" for piece in pieces)
    shown, previous = [], ""
    for index, piece in enumerate(pieces):
        if piece.kind == "clock":
            if piece.text.lower() != "am/pm":
                raise FormulaUnsupported("TEXT 的上下午格式，不复算")
            shown.append("AM" if seconds < 43200 else "PM")
        elif piece.kind == "date":
            mark = piece.text.lower()
            following = next(
                (other.text.lower() for other in pieces[index + 1 :] if other.kind == "date"), ""
            )
            minutes = mark in ("m", "mm") and (previous.startswith("h") or following.startswith("s"))
            shown.append(
                _clock(mark, seconds, twelve)
                if minutes or mark[0] in "hs"
                else _calendar(mark, whole_day, parts)
            )
            previous = mark
        elif (piece.kind == "sign" and piece.text != ".") or piece.text == "@":
            raise FormulaUnsupported("TEXT 的日期格式，不复算")
        else:
            shown.append(piece.text)
    return "".join(shown)


def _clock(mark: str, seconds: int, twelve: bool) -> str:
    hour = seconds // 3600
    number = {"h": (hour % 12 or 12) if twelve else hour, "m": seconds // 60 % 60, "s": seconds % 60}[mark[0]]
    if len(mark) > 2:
        raise FormulaUnsupported("TEXT 的时间格式，不复算")
    return f"{number:0{len(mark)}d}"


def _calendar(mark: str, serial: int, parts: tuple[int, int, int]) -> str:
    year, month, day = parts
    weekday = (serial - 1) % 7
    size = len(mark)
    if mark[0] == "y":
        return f"{year % 100:02d}" if size <= 2 else f"{year:04d}"
    if mark[0] == "a":
        return ("星期" if size == 4 else "") + _WEEK[weekday]
    if size <= 2:
        return f"{month if mark[0] == 'm' else day:0{size}d}"
    if size > 5 or (size == 5 and mark[0] == "d"):
        raise FormulaUnsupported("TEXT 的日期格式，不复算")
    name = _MONTHS[month - 1] if mark[0] == "m" else _DAYS[weekday]
    return {3: name[:3], 4: name, 5: name[:1]}[size]
