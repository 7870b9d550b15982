"""Text functions. Characters beyond the basic plane, which Excel counts as two, are refused."""

from __future__ import annotations

import re
from functools import lru_cache

from xlperf.errors import FormulaUnsupported
from xlperf.recompute.kernels.core import Area, Fault, Value, capped, num, text, whole
from xlperf.recompute.kernels.criteria import wildcard
from xlperf.values import ExcelError

_SPACES = re.compile(" +")
#: Full-width blanks that TRIM would drop if it took them for blanks.
_WIDE = re.compile("^ *\u3000|\u3000 *$|[ \u3000]\u3000|\u3000 ")


def _plain(value: Value) -> str:
    result = text(value)
    if not result.isascii() and _has_long(result):
        raise FormulaUnsupported("文字含生僻字（四字节字符），字数没有把握")
    return result


@lru_cache(maxsize=4096)
def _has_long(text: str) -> bool:
    """Tell whether a text has a character that Excel counts as two; the same texts are asked for again and again."""
    return max(text) > "\uffff"


def _count(value: Value) -> int:
    number = whole(value)
    if number < 0:
        raise Fault(ExcelError.VALUE)
    return number


def length(value: Value) -> float:
    """LEN."""
    return float(len(_plain(value)))


def length_bytes(value: Value) -> float:
    """LENB as on a Chinese system: two for each Chinese character."""
    try:
        return float(len(text(value).encode("gbk")))
    except UnicodeEncodeError:
        raise FormulaUnsupported("文字含 GBK 以外的字符，LENB 没有把握") from None


def trim(value: Value) -> str:
    """TRIM of ASCII blanks; Excel for East Asian languages is reported to drop full-width ones too: refused."""
    given = text(value)
    if "\u3000" in given and _WIDE.search(given):
        raise FormulaUnsupported("文字中有多余的全角空格，TRIM 是否去除没有把握")
    return _SPACES.sub(" ", given).strip(" ")


def clean(value: Value) -> str:
    """CLEAN: drops the control characters 0–31."""
    return "".join(character for character in text(value) if ord(character) > 31)


def left(value: Value, count: Value = 1.0) -> str:
    """LEFT."""
    return _plain(value)[: _count(count)]


def right(value: Value, count: Value = 1.0) -> str:
    """RIGHT."""
    whole_text, size = _plain(value), _count(count)
    return whole_text[-size:] if size else ""


def mid(value: Value, start: Value, count: Value) -> str:
    """MID."""
    piece, first, size = _plain(value), whole(start), _count(count)
    if first < 1:
        raise Fault(ExcelError.VALUE)
    return piece[first - 1 : first - 1 + size]


def _start(within: str, start: Value) -> int:
    first = whole(start)
    if first < 1 or first > len(within) + 1:
        raise Fault(ExcelError.VALUE)
    return first - 1


def find(what: Value, within: Value, start: Value = 1.0) -> float:
    """FIND: exact case, no wildcards."""
    needle, hay = text(what), _plain(within)
    place = hay.find(needle, _start(hay, start))
    if place < 0:
        raise Fault(ExcelError.VALUE)
    return place + 1.0


def search(what: Value, within: Value, start: Value = 1.0) -> float:
    """SEARCH: any case, wildcards."""
    needle, hay = text(what).lower(), _plain(within).lower()
    first = _start(hay, start)
    expression = wildcard(needle)
    place = hay.find(needle, first) if expression is None else expression.find(hay, first)
    if place < 0:
        raise Fault(ExcelError.VALUE)
    return place + 1.0


def substitute(value: Value, old: Value, new: Value, which: Value | None = None) -> str:
    """SUBSTITUTE."""
    piece, before, after = text(value), text(old), text(new)
    if not before:
        return piece
    if which is None:
        if piece.count(before) * max(0, len(after) - len(before)) > 10_000_000:
            raise Fault(ExcelError.VALUE)
        return capped(piece.replace(before, after))
    wanted = whole(which)
    if wanted < 1:
        raise Fault(ExcelError.VALUE)
    if len(re.findall(f"(?={re.escape(before)})", piece)) != piece.count(before):
        raise FormulaUnsupported("SUBSTITUTE 要替换的文字前后重叠，不复算")
    place = -len(before)
    for _ in range(wanted):
        place = piece.find(before, place + len(before))
        if place < 0:
            return piece
    return capped(piece[:place] + after + piece[place + len(before) :])


def replace(value: Value, start: Value, count: Value, new: Value) -> str:
    """REPLACE."""
    piece, first, size = _plain(value), whole(start), _count(count)
    if first < 1:
        raise Fault(ExcelError.VALUE)
    return capped(piece[: first - 1] + text(new) + piece[first - 1 + size :])


def upper(value: Value) -> str:
    """UPPER."""
    return _cased(text(value).upper(), value)


def lower(value: Value) -> str:
    """LOWER."""
    return _cased(text(value).lower(), value)


def _cased(result: str, value: Value) -> str:
    if len(result) != len(text(value)):
        raise FormulaUnsupported("大小写转换没有把握的字符")
    return result


def proper(value: Value) -> str:
    """PROPER, for ASCII text."""
    piece = text(value)
    if not piece.isascii():
        raise FormulaUnsupported("PROPER 用于非英文文字，不复算")
    return re.sub("[A-Za-z]+", lambda found: found[0].capitalize(), piece)


def exact(one: Value, other: Value) -> bool:
    """EXACT."""
    return text(one) == text(other)


def rept(value: Value, count: Value) -> str:
    """REPT."""
    piece, size = text(value), _count(count)
    if len(piece) * size > 32767:
        raise Fault(ExcelError.VALUE)
    return piece * size


def char(code: Value) -> str:
    """CHAR, for ASCII; beyond it depends on the system: a Chinese Excel takes codes of two bytes."""
    number = whole(code)
    if number < 1:
        raise Fault(ExcelError.VALUE)
    if number > 127:
        raise FormulaUnsupported("CHAR 大于 127 的代码取决于系统，不复算")
    return chr(number)


def unichar(code: Value) -> str:
    """UNICHAR, in the basic plane."""
    number = whole(code)
    if number < 1 or 0xD800 <= number <= 0xDFFF:
        raise Fault(ExcelError.VALUE)
    if number > 0xFFFD:
        raise FormulaUnsupported("UNICHAR 的代码不在基本平面，不复算")
    return chr(number)


def code(value: Value) -> float:
    """CODE, for ASCII."""
    piece = text(value)
    if not piece:
        raise Fault(ExcelError.VALUE)
    if not piece[0].isascii():
        raise FormulaUnsupported("CODE 用于非英文文字，取决于系统，不复算")
    return float(ord(piece[0]))


def value_(value: Value) -> float:
    """VALUE."""
    if value is True or value is False:
        raise Fault(ExcelError.VALUE)
    return num(value)


def t(value: Value) -> str:
    """T: the text of an argument, nothing for others."""
    value = _first(value)
    if isinstance(value, ExcelError):
        raise Fault(value)
    return value if isinstance(value, str) else ""


def n(value: Value) -> float:
    """N: the number of an argument, 0 for text."""
    value = _first(value)
    if isinstance(value, ExcelError):
        raise Fault(value)
    return float(value) if isinstance(value, bool | int | float) else 0.0


def _first(value: Value) -> Value:
    return value.at(0, 0) if isinstance(value, Area) else value
