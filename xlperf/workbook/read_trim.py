"""A sheet's bytes before they are parsed: blank cells dropped, what is left counted."""

from __future__ import annotations

import re

_CELL_TAG = re.compile(rb"<(?:[^\s<>/:]+:)?c[\s/>]")
_FORMULA_TAG = re.compile(rb"<(?:[^\s<>/:]+:)?f[\s/>]")
_CELL_WITHOUT_ADDRESS = re.compile(rb'<c(?! r=")[\s/>]')
_ROW_WITHOUT_ADDRESS = re.compile(rb'<row(?! r=")[\s/>]')
_BLANK_CELL = re.compile(rb'<c r="[A-Z]++[0-9]++"[^<>]*+>(?:(?<=/>)|(?<!/>)</c>)')
_BLANK_ROW = re.compile(rb'<row r="[0-9]++"(?![^<>]*hidden)[^<>]*+>(?:(?<=/>)|(?<!/>)\s*+</row>)')

_MANY_ROWS = 1 << 18  # bytes of a sheet from which on dropping rows pays
_SHORTEST_TAG = 4  # <c/>


def drop_blanks(data: bytes) -> bytes:
    """Return a sheet's XML without cells and rows that carry a format only; most of the cost of real files.

    Left as it is where that could move or change something: cells without an address, comments, CDATA.
    """
    if b"<!" in data or _CELL_WITHOUT_ADDRESS.search(data):
        return data
    data = _BLANK_CELL.sub(b"", data)
    if len(data) < _MANY_ROWS or _ROW_WITHOUT_ADDRESS.search(data):
        return data
    return _BLANK_ROW.sub(b"", data)


def too_many_cells(data: bytes, allowed: int) -> bool:
    """Tell whether there are more than ``allowed`` cells; exact, but counted only where there could be."""
    return _too_many(data, b"c", _CELL_TAG, allowed)


def too_many_formulas(data: bytes, allowed: int) -> bool:
    """Tell whether there are more than ``allowed`` formulas; exact, but counted only where there could be."""
    return _too_many(data, b"f", _FORMULA_TAG, allowed)


def _too_many(data: bytes, tag: bytes, exact: re.Pattern[bytes], allowed: int) -> bool:
    return (
        len(data) >= allowed * _SHORTEST_TAG
        and data.count(b"<" + tag) + data.count(b":" + tag) > allowed
        and sum(1 for _ in exact.finditer(data)) > allowed
    )
