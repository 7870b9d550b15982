"""The cells of a sheet straight from its text, where that is in the plain form that every common program writes.

Excel, WPS, LibreOffice, openpyxl and XlsxWriter write rows and cells without comments, prefixes or nested marks. That
form is read by one expression, three times as fast as a tree is built and walked. The expression admits nothing
but well-formed XML; a sheet with anything else in its rows is left to the walk, whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from xlperf.address import parse_a1
from xlperf.values import Scalar
from xlperf.workbook.read_cells import Budget, SheetCells
from xlperf.workbook.read_refuse import damaged
from xlperf.workbook.read_text import unescape
from xlperf.workbook.snapshot import Cell

_OPEN, _CLOSE = b"<sheetData>", b"</sheetData>"
_CHUNK = 1 << 17
_TRIMMED = " \t\r\n="  # what a formula may begin or end with and is read without
_SHORTEST = 7  # <f>1</f>
_UNITS = 8  # of markup, for each cell: its tags, and its attributes at one and a half

# Control characters, which XML forbids, and carriage returns, which a parser turns into line feeds.
_CONTROLS = bytes(range(9)) + b"\x0b\x0c\r" + bytes(range(14, 32))

_ANY = "[^<>]"
_IN_QUOTES = r'="[^"<>&\t\n]*+"'
_START = r'<c r="[A-Z]{1,3}[0-9]{1,7}"(?: s="[0-9]{1,6}")?+(?: t="[A-Za-z]{1,9}")?+'
_ROW_MARKS = (
    rf"(?: (?:spans|s|customFormat|ht|hidden|customHeight|outlineLevel|collapsed|thickTop|thickBot|ph|x14ac:dyDescent)"
    rf"{_IN_QUOTES})*+"
)
_FORMULA_MARKS = rf"(?: (?:t|ref|si|ca|aca|bx|xml:space){_IN_QUOTES})*+"
_SPACE = '(?: xml:space="preserve")?+'
_PIECE = re.compile(
    r'<c r="([A-Z]{1,3}[0-9]{1,7})"(?: s="([0-9]{1,6})")?+(?: t="([A-Za-z]{1,9})")?+>'
    rf"(?:<f({_FORMULA_MARKS})(?:/>|>({_ANY}*+)</f>))?+"
    rf"(?:<v{_SPACE}>({_ANY}*+)</v>|<v/>|<is><t({_SPACE}>{_ANY}*+)</t></is>|(?=(<)/c>))</c>"
    rf'|((?:<row r="[1-9][0-9]{{0,5}}"(?![^>]*hidden){_ROW_MARKS} ?/>)++)'
    rf'|<row r="([0-9]{{1,7}})"({_ROW_MARKS}) ?(/?)>'
    r"|(</row>)"
    rf"|((?:{_START}(?:/>|></c>))++)"
    r"|[ \t\n]++"
    r"|(.+)",  # anything else, to the end
    re.DOTALL,
)
_PLAIN_CELL = (
    rf"{_START}(?:/>|>(?:<f{_FORMULA_MARKS}(?:/>|>{_ANY}*+</f>))?+"
    rf"(?:<v{_SPACE}>{_ANY}*+</v>|<v/>|<is><t{_SPACE}>{_ANY}*+</t></is>)?+</c>)"
)
_PLAIN_ROWS = rf'(?:[ \t\n]++|<row r="[0-9]{{1,7}}"{_ROW_MARKS} ?(?:/>|>(?:{_PLAIN_CELL}|[ \t\n]++)*+</row>))*+'
_ATTRIBUTE = re.compile(r' ([A-Za-z0-9:]+)="([^"]*)"')
_OTHER_ENTITY = re.compile("&(?!(?:amp|lt|gt|quot|apos);)")
_NAMED = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&"))


class _NotPlainError(Exception):
    """The sheet is not in the plain form."""


def scan_cells(data: bytes, name: str, budget: Budget) -> tuple[SheetCells, bytes] | None:
    """Return a sheet's cells and the XML that is left without them; None where the form is not plain.

    Raises FileRefused for cells that no reading could make sense of.
    """
    start, end = data.find(_OPEN) + len(_OPEN), data.rfind(_CLOSE)
    if not len(_OPEN) < start <= end or not _is_plain(data, start, end, budget):
        return None
    spent = budget.formulas, budget.formula_chars
    cells = SheetCells(name, budget)
    needed = _end_of_rows(data, start, end, budget.skim[name]) if name in budget.skim else end
    try:
        for piece in _chunks(data, start, needed):
            _gather(piece, cells)
        for piece in _chunks(data, needed, end):
            if not _plain_rows().fullmatch(piece) or _OTHER_ENTITY.search(piece):
                raise _NotPlainError
    except _NotPlainError:
        budget.formulas, budget.formula_chars = spent
        return None
    budget.package.admit_units(len(cells.cells) * _UNITS + len(cells.hidden_rows) * _UNITS // 2)
    return cells, data[:start] + data[end:]


def _is_plain(data: bytes, start: int, end: int, budget: Budget) -> bool:
    """Tell whether nothing but the rows themselves could make a difference, and they are not too many to scan."""
    head, tail = data[: start - len(_OPEN)], data[end + len(_CLOSE) :]
    if any(sign in part for part in (head, tail) for sign in (b"sheetData", b"<!")) or b"<?" in head[1:] + tail:
        return False
    limits = budget.limits
    cells, formulas = limits.cells - budget.cells, limits.formulas - budget.formulas
    if end - start > min(cells, formulas) * _SHORTEST and (data.count(b"<c ") > cells or data.count(b"<f") > formulas):
        return False
    return b"xmlns:x14ac=" in head or data.find(b"x14ac:", start, end) < 0


def _end_of_rows(data: bytes, start: int, end: int, count: int) -> int:
    """Return where so many rows end, or the end of all."""
    for _ in range(count):
        found = data.find(b"</row>", start, end)
        if found < 0:
            return end
        start = found + len(b"</row>")
    return start


@cache
def _plain_rows() -> re.Pattern[str]:
    """Return the expression that tells plain rows from others without gathering them."""
    return re.compile(_PLAIN_ROWS)


def _chunks(data: bytes, start: int, end: int) -> Iterator[str]:
    """Yield the characters of the rows in pieces of whole rows, so that nothing stands in memory as a whole twice.

    Raises _NotPlainError where a character is none, is not allowed, or is not left as it is by a parser.
    """
    while start < end:
        stop = data.find(b"<row ", start + _CHUNK, end)
        piece = data[start : stop if stop >= 0 else end]
        start += len(piece)
        if len(piece.translate(None, _CONTROLS)) != len(piece):
            raise _NotPlainError
        try:
            characters = piece.decode("utf-8")
        except UnicodeDecodeError:
            raise _NotPlainError from None
        if "\ufffe" in characters or "\uffff" in characters:
            raise _NotPlainError
        yield characters


def _gather(rows: str, into: SheetCells) -> None:
    """Put the cells of some rows where they belong. Raises _NotPlainError, and FileRefused as the walk does."""
    if _OTHER_ENTITY.search(rows):
        raise _NotPlainError
    cells, styles, strings, parse, new = into.cells, into.styles, into.budget.strings, parse_a1, tuple.__new__
    limits = into.budget.limits
    max_row, max_column, longest = limits.max_row, limits.max_column, limits.formula_length
    inside, count, characters = False, 0, 0
    for (
        address, style, kind, marks, formula, text, inline, bare, empty, row, row_marks, shut, row_end, blank, other
    ) in _PIECE.findall(rows):  # fmt: skip
        if address:
            if not inside:
                raise _NotPlainError
            try:
                at = parse(address)
            except ValueError as error:
                raise damaged(into.budget.package.source, "有单元格的地址无法识别") from error
            value: Scalar = None
            if "&" in formula:
                formula = _entities(formula)
            if marks or (formula and (formula[0] in _TRIMMED or formula[-1] in _TRIMMED or "_x" in formula)):
                formula = into.formula(at, formula, _attributes(marks))
            elif formula and len(formula) <= longest:
                count += 1
                characters += len(formula)
            elif formula:
                into.budget.admit_formula(formula)
            if text:
                if kind == "s" and text in strings:
                    value = strings[text]
                elif "&" in text:
                    value = into.value(at, kind, _entities(text))
                else:
                    value = into.value(at, kind, text)
            elif inline:
                value = into.string(at, _inline(inline))
            elif not formula:
                continue
            elif kind == "str" and not bare:
                value = ""
            if at in cells or at[0] > max_row or at[1] > max_column:
                into.admit(at)
            index = styles.get(style)
            if index is None:
                index = into.style(style)
            cells[at] = new(Cell, (value, formula or None, index, value is not None))
        elif row_end:
            if not inside:
                raise _NotPlainError
            inside = False
        elif row:
            if inside:
                raise _NotPlainError
            into.row(row, _is_hidden(row_marks))
            inside = not shut
        elif other or (blank and not inside) or (empty and inside):
            raise _NotPlainError
    if inside:
        raise _NotPlainError
    into.budget.admit_formulas(count, characters)


@lru_cache(maxsize=1024)
def _is_hidden(marks: str) -> str | None:
    return _attributes(marks).get("hidden")


def _attributes(marks: str) -> dict[str, str]:
    """Return the attributes of a tag; one that stands twice is no XML."""
    found = _ATTRIBUTE.findall(marks)
    attributes = dict(found)
    if len(attributes) != len(found):
        raise _NotPlainError
    return attributes


def _inline(piece: str) -> str:
    """Return an inline string: what follows the ``>``, without outer blanks unless they are to be preserved."""
    marks, _, text = piece.partition(">")
    if not marks:
        text = text.strip(" \t\n")
    return unescape(_entities(text) if "&" in text else text)


def _entities(text: str) -> str:
    """Return a text with the named entities read; there are no others in it."""
    for entity, sign in _NAMED:
        if entity in text:
            text = text.replace(entity, sign)
    return text
