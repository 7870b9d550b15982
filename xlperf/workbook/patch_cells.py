"""Cells of one sheet's XML changed where they stand; no byte of another cell moves for it but to make room.

A cell keeps its style. New text stands in the cell itself (an inline string), so that the shared strings stay as they
are. Where the master of a shared formula goes, each cell that shared it gets the text that it has anyway.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple, TypeAlias

from xlperf.address import column_letters, parse_a1
from xlperf.values import ExcelError, Scalar
from xlperf.workbook.patch_xml import Tag, escaped, spliced, tags, with_attributes
from xlperf.workbook.snapshot import Cell

At: TypeAlias = tuple[int, int]

_ROWS = 1  # depth of sheetData; rows, cells and what is in a cell lie under it
_CONTENT = (b"f", b"v", b"is")


class Keep(Enum):
    """What becomes of the formula of a cell that is changed, where it is neither a text nor gone."""

    FORMULA = "the formula stays, only its stored result changes"


class Edit(NamedTuple):
    """What is to stand in a cell: a constant (None: nothing), a formula with its result, or only a new result.

    ``formula`` is a text without ``=``, None for a constant, :attr:`Keep.FORMULA` to leave the one that stands there. A
    formula whose ``value`` is None has no stored result.
    """

    value: Scalar
    formula: str | Keep | None = None


@dataclass
class _Element:
    """One cell (or row) of the XML: its tags, and the tags of what is directly in it."""

    at: At
    opening: Tag
    end: int = 0
    inner_end: int = 0
    children: list[tuple[Tag, int]] = field(default_factory=list)

    def child(self, name: bytes) -> Tag | None:
        return next((tag for tag, _ in self.children if tag.local == name), None)


def patch_cells(data: bytes, edits: Mapping[At, Edit], cells: Mapping[At, Cell], encoding: str) -> bytes:
    """Return the part of a sheet with the edits in it; ``cells`` is what the sheet was read as.

    Raises ValueError for an edit that would tear an array formula or keep a formula that is not there.
    """
    sheet = _Sheet(data, {row for row, _ in edits})
    changes: dict[tuple[int, int], bytes] = {}
    inserts: dict[int, list[tuple[At, bytes]]] = {}
    for at, edit in sorted(edits.items()):
        element = sheet.cells.get(at)
        if element is not None:
            old = element.child(b"f")
            if old is not None and edit.formula is not Keep.FORMULA and not old.closes and old.get(b"t") == "shared":
                sheet.orphans.add(old.get(b"si") or "")
            changes[element.opening.start, element.end] = _rewritten(data, element, edit, encoding)
        elif edit.value is not None or edit.formula is not None:
            if edit.formula is Keep.FORMULA:
                raise ValueError(f"no formula to keep in {at}")
            inserts.setdefault(at[0], []).append((at, _made(sheet.prefix, at, edit, encoding)))
    for at, tag, end in sheet.sharing:
        if tag.get(b"si") in sheet.orphans and at not in edits:
            text = cells[at].formula or ""
            changes[tag.start, end] = _formula(tag.prefix, text, encoding)
    for row, new in inserts.items():
        _insert(sheet, row, new, changes)
    return spliced(data, changes)


class _Sheet:
    """Where the rows lie, and the cells of those rows that matter."""

    def __init__(self, data: bytes, wanted: set[int]) -> None:
        self.rows: dict[int, _Element] = {}
        self.cells: dict[At, _Element] = {}
        self.by_row: dict[int, list[_Element]] = {}
        self.sharing: list[tuple[At, Tag, int]] = []
        self.orphans: set[str] = set()
        self.holder: _Element | None = None
        self._walk(data, wanted)

    @property
    def prefix(self) -> bytes:
        """The prefix that the sheet's own elements are written with."""
        assert self.holder is not None
        return self.holder.opening.prefix

    def _walk(self, data: bytes, wanted: set[int]) -> None:
        row, column = 0, 0
        stack: list[_Element] = []
        child: Tag | None = None
        for tag in tags(data):
            if self.holder is None:
                if tag.depth == _ROWS and tag.opens and tag.local == b"sheetData":
                    self.holder = _Element((0, 0), tag, tag.end)
                    if tag.closes:
                        return
                continue
            level = tag.depth - _ROWS
            if level == 0:  # the end of sheetData
                self.holder.inner_end, self.holder.end = tag.start, tag.end
                return
            if level > 3:
                continue
            if tag.opens and level == 1:
                row, column = int(tag.get(b"r") or row + 1), 0
                stack = [_Element((row, 0), tag)]
                self.rows[row] = stack[0]
            elif tag.opens and level == 2:
                at = parse_a1(tag.get(b"r") or f"{column_letters(column + 1)}{row}")
                column = at[1]
                stack = [*stack[:1], _Element(at, tag)]
                if row in wanted:
                    self.cells[at] = stack[1]
                    self.by_row.setdefault(row, []).append(stack[1])
            elif tag.opens:
                child = tag
            if tag.closes:
                if level == 3:
                    assert child is not None
                    stack[1].children.append((child, tag.end))
                    if child.local == b"f" and child.get(b"t") == "shared":
                        self.sharing.append((stack[1].at, child, tag.end))
                else:
                    stack[level - 1].inner_end, stack[level - 1].end = tag.start, tag.end
        raise ValueError("the sheet has no rows")


def _rewritten(data: bytes, element: _Element, edit: Edit, encoding: str) -> bytes:
    """Return a cell that stands there with its new content."""
    opening, formula = element.opening, edit.formula
    old = element.child(b"f")
    if old is not None and formula is not Keep.FORMULA and old.get(b"t") in ("array", "dataTable"):
        first, _, last = (old.get(b"ref") or "").partition(":")
        if last and last != first:
            raise ValueError(f"an array formula stands in {element.at}")
    prefix = opening.prefix
    if formula is Keep.FORMULA:
        if old is None:
            raise ValueError(f"no formula to keep in {element.at}")
        text = next(data[tag.start : end] for tag, end in element.children if tag.local == b"f")
    else:
        text = b"" if formula is None else _formula(prefix, formula, encoding)
    kind, value = _value(prefix, edit.value, formula is not None, encoding)
    others = b"".join(data[tag.start : end] for tag, end in element.children if tag.local not in _CONTENT)
    inner = text + value + others
    changes = {b"t": kind}
    if formula is not Keep.FORMULA:
        changes |= {b"cm": None, b"vm": None}  # the metadata of what stood there
    head = with_attributes(opening, changes, empty=not inner)
    return head + inner + (b"</" + opening.name + b">" if inner else b"")


def _made(prefix: bytes, at: At, edit: Edit, encoding: str) -> bytes:
    """Return a cell that did not stand there."""
    formula = edit.formula if isinstance(edit.formula, str) else None
    kind, value = _value(prefix, edit.value, formula is not None, encoding)
    text = b"" if formula is None else _formula(prefix, formula, encoding)
    head = b"<" + prefix + b'c r="' + f"{column_letters(at[1])}{at[0]}".encode() + b'"'
    head += b' t="' + kind + b'"' if kind else b""
    return head + b">" + text + value + b"</" + prefix + b"c>"


def _formula(prefix: bytes, text: str, encoding: str) -> bytes:
    return b"<" + prefix + b"f>" + _bytes(text, encoding) + b"</" + prefix + b"f>"


def _value(prefix: bytes, value: Scalar, computed: bool, encoding: str) -> tuple[bytes | None, bytes]:
    """Return the type of a cell (None: number) and the element that holds its value."""
    if value is None:
        return None, b""
    kind: bytes | None = None
    if isinstance(value, bool):
        kind, text = b"b", str(int(value))
    elif isinstance(value, ExcelError):
        kind, text = b"e", value.value
    elif isinstance(value, str):
        kind, text = (b"str" if computed else b"inlineStr"), value
    else:
        text = str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
    space = b' xml:space="preserve"' if isinstance(value, str) and text != text.strip(" \t\r\n") else b""
    if kind == b"inlineStr":
        inner = b"<" + prefix + b"t" + space + b">" + _bytes(text, encoding) + b"</" + prefix + b"t>"
        return kind, b"<" + prefix + b"is>" + inner + b"</" + prefix + b"is>"
    return kind, b"<" + prefix + b"v" + space + b">" + _bytes(text, encoding) + b"</" + prefix + b"v>"


def _bytes(text: str, encoding: str) -> bytes:
    return escaped(text).encode(encoding, "xmlcharrefreplace")


def _insert(sheet: _Sheet, row: int, new: list[tuple[At, bytes]], changes: dict[tuple[int, int], bytes]) -> None:
    """Put cells that did not stand there into their row, or with a row of their own among the rows."""
    element = sheet.rows.get(row)
    joined = b"".join(content for _, content in new)
    if element is None:
        tag = b"<" + sheet.prefix + b"row"
        whole = tag + f' r="{row}">'.encode() + joined + b"</" + sheet.prefix + b"row>"
        _put(sheet.rows, row, whole, sheet.holder, changes)
        return
    opening = element.opening
    head = with_attributes(opening, {b"spans": None}, empty=False)  # a hint, which might no longer be true
    if opening.closes:
        changes[opening.start, opening.end] = head + joined + b"</" + opening.name + b">"
        return
    if opening.get(b"spans") is not None:
        changes[opening.start, opening.end] = head
    others = {other.at[1]: other for other in sheet.by_row.get(row, ())}
    for at, content in new:
        _put(others, at[1], content, element, changes)


def _put(
    others: Mapping[int, _Element], number: int, content: bytes, holder: _Element | None,
    changes: dict[tuple[int, int], bytes],
) -> None:  # fmt: skip
    """Note a row or cell for the place before the next one, or at the end of what holds them."""
    assert holder is not None
    following = [other for place, other in others.items() if place > number]
    if holder.opening.closes:  # <sheetData/>
        tag, closing = holder.opening, b"</" + holder.opening.name + b">"
        so_far = changes.get((tag.start, tag.end), with_attributes(tag, {}, empty=False) + closing)
        changes[tag.start, tag.end] = so_far.removesuffix(closing) + content + closing
        return
    at = min(following, key=lambda other: other.at).opening.start if following else holder.inner_end
    changes[at, at] = changes.get((at, at), b"") + content
