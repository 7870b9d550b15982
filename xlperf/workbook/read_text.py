"""The small texts of the format: escapes, strings with runs, numbers, errors, booleans, dates."""

from __future__ import annotations

import re

from xlperf.values import ExcelError, Scalar
from xlperf.workbook.elements import Element

XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_SURROGATE = re.compile("[\ud800-\udfff]")
_TRUE = frozenset(("1", "true", "True", "TRUE", "on"))
_ERRORS = {error.value: error for error in ExcelError} | {"#GETTING_DATA": ExcelError.NA}


def is_true(text: str | None) -> bool:
    """Return an xsd:boolean attribute; a missing one is False."""
    return text in _TRUE


def unescape(text: str) -> str:
    r"""Decode ``_x000D_`` style escapes (ST_Xstring, ECMA-376 part 1, 22.9.2.19)."""
    if "_x" not in text:
        return text
    decoded = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    if _SURROGATE.search(decoded):
        return decoded.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return decoded


def plain_text(node: Element, preserved: bool = False) -> str:
    """Return the text of a ``t``; outer blanks count only under ``xml:space="preserve"``, as in Excel."""
    text = node.text or ""
    if not preserved and text and (text[0] <= " " or text[-1] <= " ") and node.get(XML_SPACE) != "preserve":
        text = text.strip(" \t\r\n")
    return unescape(text)


def rich_text(node: Element, namespace: str, preserved: bool = False) -> str:
    """Return the text of an ``si`` or ``is``: its runs joined, the phonetic guides left out."""
    tag_t, tag_r = f"{{{namespace}}}t", f"{{{namespace}}}r"
    if len(node) == 1 and node[0].tag == tag_t:
        return plain_text(node[0], preserved)
    pieces: list[str] = []
    for child in node:
        if child.tag == tag_t:
            pieces.append(plain_text(child, preserved))
        elif child.tag == tag_r:
            pieces.extend(plain_text(run, preserved) for run in child.findall(tag_t))
    return "".join(pieces)


def number(text: str) -> int | float:
    """Return a number as stored: int where it is written as one (to 16 digits). Raises ValueError."""
    if len(text) <= 16 and (text.isdigit() or (text[:1] == "-" and text[1:].isdigit())):
        return int(text)
    value = float(text)
    if value - value or "_" in text or not text.isascii():  # an infinite less itself is nan, which is true
        raise ValueError(f"not a number of Excel: {text[:40]}")
    return value


def error_value(text: str) -> ExcelError:
    """Return an error value; those newer than Excel 2007 (#SPILL!, #CALC!, …) all count as #VALUE!."""
    return _ERRORS.get(text.strip().upper(), ExcelError.VALUE)


def serial(text: str, date1904: bool) -> int | float:
    """Return an ISO 8601 date (``t="d"``) as the serial number a cell holds. Raises ValueError."""
    from datetime import datetime  # such cells are rare

    moment = datetime.fromisoformat(text.strip()).replace(tzinfo=None)
    days = (moment - datetime(1899, 12, 30)).total_seconds() / 86400
    if date1904:
        days -= 1462
    elif days < 61:  # Excel believes in 1900-02-29
        days -= 1
    return int(days) if days == int(days) else days


def stored_value(kind: str, text: str, date1904: bool) -> Scalar:
    """Return what a ``v`` of type ``kind`` holds, but for numbers and shared strings. Raises ValueError."""
    if kind == "b":
        return is_true(text.strip())
    if kind == "e":
        return error_value(text)
    if kind == "d":
        return serial(text, date1904)
    if kind in ("str", "inlineStr"):
        return unescape(text)
    raise ValueError(f"no such cell type: {kind[:40]}")
