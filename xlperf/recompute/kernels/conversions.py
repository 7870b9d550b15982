"""Text functions that depend on bytes, widths and written numbers; of a Chinese system, as far as certain."""

from __future__ import annotations

import re

from xlperf.errors import FormulaUnsupported
from xlperf.recompute.kernels.core import Fault, Value, capped, num, text, truth, whole
from xlperf.recompute.kernels.decimals import decimal_text
from xlperf.recompute.kernels.numbers import round_
from xlperf.values import ExcelError

_NARROWED = {**{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}, 0x3000: 0x20}
_WIDE_SURE = re.compile(r"[\x20-\x7e\uff01-\uff5e\u3000\u4e00-\u9fff]*\Z")
_WRITTEN = re.compile(r"[+-]?(?:[\d,]+(?:\.\d*)?|\.\d+)(%*)\Z", re.ASCII)


def _cut(value: Value, start: int, count: int) -> str:
    """Return so many bytes of a text, refused where the cut would halve a character."""
    try:
        raw = text(value).encode("gbk")
        piece = raw[start : start + count].decode("gbk")
        raw[:start].decode("gbk")
    except UnicodeError:
        raise FormulaUnsupported("按字节截取的文字没有把握") from None
    return piece


def _bytes(value: Value) -> int:
    try:
        return len(text(value).encode("gbk"))
    except UnicodeError:
        raise FormulaUnsupported("文字含 GBK 以外的字符，字节数没有把握") from None


def _size(count: Value) -> int:
    size = whole(count)
    if size < 0:
        raise Fault(ExcelError.VALUE)
    return size


def left_bytes(value: Value, count: Value = 1.0) -> str:
    """LEFTB."""
    return _cut(value, 0, _size(count))


def right_bytes(value: Value, count: Value = 1.0) -> str:
    """RIGHTB."""
    length, size = _bytes(value), _size(count)
    return _cut(value, max(0, length - size), size)


def mid_bytes(value: Value, start: Value, count: Value) -> str:
    """MIDB."""
    first, size = whole(start), _size(count)
    if first < 1:
        raise Fault(ExcelError.VALUE)
    return _cut(value, first - 1, size)


def narrow(value: Value) -> str:
    """ASC: full-width letters, digits and signs become half-width."""
    piece = text(value)
    if not _WIDE_SURE.match(piece):
        raise FormulaUnsupported("ASC 用于全角字母数字以外的符号，不复算")
    return piece.translate(_NARROWED)


def unicode(value: Value) -> float:
    """UNICODE, in the basic plane."""
    piece = text(value)
    if not piece:
        raise Fault(ExcelError.VALUE)
    if ord(piece[0]) > 0xFFFF:
        raise FormulaUnsupported("文字含生僻字（四字节字符），不复算")
    return float(ord(piece[0]))


def fixed(value: Value, decimals: Value = 2.0, plain: Value = False) -> str:
    """FIXED: rounded, with thousands grouped unless ``plain``."""
    number, places = num(value), whole(decimals)
    if places > 127:
        raise Fault(ExcelError.VALUE)
    if places > 15 or places < -15:
        raise FormulaUnsupported("FIXED 的小数位数过多，不复算")
    rounded = round_(number, float(places))
    if number < 0 and rounded == 0:
        raise FormulaUnsupported("负数按位数显示为 0，是否带负号没有把握")
    return capped(decimal_text(rounded, not truth(plain), max(0, places), 0))


def numbervalue(value: Value) -> float:
    """NUMBERVALUE with the point and comma of the system."""
    piece = text(value).replace(" ", "")
    if not piece:
        return 0.0
    match = _WRITTEN.match(piece)
    if match is None or len(re.findall(r"\d", piece)) > 15:
        raise FormulaUnsupported(f"文字“{piece[:20]}”用于 NUMBERVALUE 没有把握")
    value = float(piece.rstrip("%").replace(",", ""))
    for _ in match[1]:
        value /= 100
    return value
