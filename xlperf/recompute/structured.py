"""Structured references (``表1[[#This Row],[金额]]``) to areas.

The text is that of the file, which is English whatever the program's language (ECMA-376 part 1, 18.17.2.1):
``#All`` ``#Data`` ``#Headers`` ``#Totals`` ``#This Row``, columns by name, ``'`` before a character that has a
meaning of its own. ``@`` for this row, as people type it, is read too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from xlperf.address import CellRef
from xlperf.errors import FormulaUnsupported
from xlperf.recompute.lexer import Corners
from xlperf.workbook.snapshot import Table

_PIECE = re.compile(r"\[((?:[^\[\]']|'(?s:.))*+)\]|([,:])|\s+")
_ESCAPED = re.compile(r"'(.)", re.DOTALL)
_ITEMS = ("#all", "#data", "#headers", "#totals", "#this row")


class Wanted(NamedTuple):
    """What a structured reference names: its items (``#all`` …) and the first and last column, if any."""

    items: frozenset[str]
    columns: tuple[str, str] | None


def tables_by_name(tables: Sequence[Table]) -> Mapping[str, Table]:
    """Return the tables of a workbook under their names, letter case put aside."""
    return {table.name.casefold(): table for table in tables}


def area_of(text: str, tables: Mapping[str, Table], home: CellRef) -> tuple[str, Corners]:
    """Return the sheet and corners a structured reference means for a cell. Raises FormulaUnsupported."""
    name, _, rest = text.partition("[")
    table = tables.get(name.casefold())
    if table is None:
        raise FormulaUnsupported(f"找不到表格“{name}”")
    wanted = _wanted(rest[:-1])
    top, bottom, moves = _rows(table, wanted.items, home)
    left, right = table.area.left, table.area.right
    if wanted.columns is not None:
        places = sorted(_column(table, column) for column in wanted.columns)
        left, right = left + places[0], left + places[1]
    return table.area.sheet, Corners(top, left, bottom, right, not moves, True, not moves, True)


def _wanted(text: str) -> Wanted:
    """Take apart what stands within the outer brackets."""
    bare = text.strip()
    if not bare:
        return Wanted(frozenset(), None)
    if bare.startswith("@"):
        rest = bare[1:].strip()
        found = _wanted(rest) if rest else Wanted(frozenset(), None)
        if found.items:
            raise _unreadable(text)
        return Wanted(frozenset(("#this row",)), found.columns)
    if not bare.startswith("["):
        if bare.lower() in _ITEMS:
            return Wanted(frozenset((bare.lower(),)), None)
        return Wanted(frozenset(), (_plain(text), _plain(text)))
    return _listed(text)


def _listed(text: str) -> Wanted:
    """Take apart ``[#Headers],[甲]:[乙]``: items first, then one column or a run of columns."""
    items: list[str] = []
    columns: list[str] = []
    position, between = 0, ","
    while position < len(text):
        match = _PIECE.match(text, position)
        if match is None:
            raise _unreadable(text)
        position = match.end()
        if match[2]:
            if between:
                raise _unreadable(text)
            between = match[2]
        elif match[1] is not None:
            _take(text, match[1], between, items, columns)
            between = ""
    if between or len(columns) > 2 or not (items or columns):
        raise _unreadable(text)
    return Wanted(frozenset(items), (columns[0], columns[-1]) if columns else None)


def _take(text: str, piece: str, between: str, items: list[str], columns: list[str]) -> None:
    item = piece.strip().lower()
    if item in _ITEMS and between == "," and not columns:
        items.append(item)
    elif (between == "," and not columns) or (between == ":" and len(columns) == 1):
        columns.append(_plain(piece))
    else:
        raise _unreadable(text)


def _plain(piece: str) -> str:
    """Return a column name without the signs that protect its characters."""
    if re.search(r"(?<!')(?:'')*(?:#|@)", piece):
        raise _unreadable(piece)
    return _ESCAPED.sub(r"\1", piece)


def _rows(table: Table, items: frozenset[str], home: CellRef) -> tuple[int, int, bool]:
    """Return the first and last row that items mean, and whether these move with the cell."""
    area = table.area
    first, last = area.top + table.header_rows, area.bottom - table.totals_rows
    if items == {"#this row"}:
        if home.sheet.casefold() != area.sheet.casefold() or not first <= home.row <= last:
            raise FormulaUnsupported(f"公式引用表格“{table.name}”的本行，但不在表格的数据行里")
        return home.row, home.row, True
    spans = {
        "#all": (area.top, area.bottom),
        "#data": (first, last),
        "#headers": (area.top, first - 1),
        "#totals": (last + 1, area.bottom),
    }
    if items - set(spans) or items == {"#headers", "#totals"}:
        raise FormulaUnsupported(f"对表格“{table.name}”的引用不复算")
    chosen = [spans[item] for item in items or ("#data",)]
    if any(top > bottom for top, bottom in chosen):
        raise FormulaUnsupported(f"表格“{table.name}”没有公式所引用的标题行、数据行或汇总行")
    return min(top for top, _ in chosen), max(bottom for _, bottom in chosen), False


def _column(table: Table, name: str) -> int:
    wanted = name.casefold()
    found = next((i for i, column in enumerate(table.columns) if column.casefold() == wanted), None)
    if found is None:
        raise FormulaUnsupported(f"表格“{table.name}”没有“{name[:40]}”列")
    return found


def _unreadable(text: str) -> FormulaUnsupported:
    return FormulaUnsupported(f"对表格的引用“{text[:40]}”不能识别")
