# ruff: noqa: E501
"""What Excel does to a workbook while a person works in it, done on the XML of the .xlsx.

Rows are inserted and deleted as Excel does it: a range grows when the row comes inside it, not when it comes above its first
row or below its last; what refers to a deleted cell becomes ``#REF!``. Nothing of xlperf takes part except in
:meth:`Book.recalculate`, which stores results as Excel does on saving.
"""

from __future__ import annotations

import copy
import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator
from functools import lru_cache

from lxml import etree

from xlperf.address import CellRef, column_letters, column_number
from xlperf.recompute import FormulaBook, Plan, compile_plan
from xlperf.values import ExcelError, Scalar
from xlperf.workbook.read import read_bytes

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_FORMULAS = ("f", "formula", "formula1", "formula2")

#: (top, bottom) → (top, bottom), or None where nothing is left.
Span = tuple[int, int]
MoveRows = Callable[[Span], "Span | None"]

_BARE = r"[^\s!'\"()*+\-/&,;:<>=^%{}\[\]#]+"
_TOKEN = re.compile(
    rf"""
    (?P<text>"(?:[^"]|"")*")
  | (?P<error>\#REF!(?:\$?[A-Z]+\$?\d+(?::\$?[A-Z]+\$?\d+)?)?|\#[A-Z/0]+[!?]?)
  | (?P<sheet>'(?:[^']|'')+'!|{_BARE}(?::{_BARE})?!)?
    (?P<ref>\$?[A-Z]{{1,3}}\$?[1-9]\d*(?::\$?[A-Z]{{1,3}}\$?[1-9]\d*)?|\$?[1-9]\d*:\$?[1-9]\d*|\#REF!)(?![\w.(!])
  | (?P<word>[^\W\d][\w.]*)
    """,
    re.VERBOSE,
)
_CORNER = re.compile(r"(\$?)([A-Z]{0,3})(\$?)(\d+)")


def q(tag: str) -> str:
    return f"{{{MAIN}}}{tag}"


def quoted(name: str) -> str:
    """Return a sheet name (or ``first:last``) as a formula writes it."""
    plain = re.fullmatch(r"[^\W\d][\w.]*(?::[^\W\d][\w.]*)?", name)
    return name if plain else "'" + name.replace("'", "''") + "'"


def bare(prefix: str) -> str:
    text = prefix[:-1]
    return text[1:-1].replace("''", "'") if text.startswith("'") else text


def each_reference(formula: str, change: Callable[[str, str], str]) -> str:
    """Return the formula with ``change(sheet prefix, reference)`` in place of every reference."""

    def replace(match: re.Match[str]) -> str:
        if match["ref"] is None or match["ref"] == "#REF!":
            return match[0]
        return change(match["sheet"] or "", match["ref"])

    return _TOKEN.sub(replace, formula)


def moved_rows(ref: str, move: MoveRows) -> str:
    """Return a reference with its rows moved, ``#REF!`` where nothing of it is left."""
    corners = [_CORNER.fullmatch(part) for part in ref.split(":")]
    first, last = corners[0], corners[-1]
    assert first
    assert last
    span = move((int(first[4]), int(last[4])))
    if span is None:
        return "#REF!"
    text = f"{first[1]}{first[2]}{first[3]}{span[0]}"
    return text if len(corners) == 1 else f"{text}:{last[1]}{last[2]}{last[3]}{span[1]}"


def translated(formula: str, rows: int) -> str:
    """Return the formula as it reads when its cell is copied that many rows down."""

    def change(sheet: str, ref: str) -> str:
        parts = []
        for part in ref.split(":"):
            corner = _CORNER.fullmatch(part)
            assert corner
            row = int(corner[4]) + (0 if corner[3] else rows)
            if row < 1:
                return sheet + "#REF!"
            parts.append(f"{corner[1]}{corner[2]}{corner[3]}{row}")
        return sheet + ":".join(parts)

    return each_reference(formula, change)


def split(address: str) -> tuple[int, int]:
    match = re.fullmatch(r"\$?([A-Z]+)\$?(\d+)", address)
    assert match, address
    return int(match[2]), column_number(match[1])


def corners(area: str) -> tuple[int, int, int, int]:
    first, _, last = area.partition(":")
    (top, left), (bottom, right) = split(first), split(last or first)
    return top, left, bottom, right


def area_text(top: int, left: int, bottom: int, right: int) -> str:
    first, last = f"{column_letters(left)}{top}", f"{column_letters(right)}{bottom}"
    return first if first == last else f"{first}:{last}"


class Sheet:
    """One sheet: its name, its part in the package, its XML."""

    def __init__(self, name: str, part: str, root: etree._Element, node: etree._Element) -> None:
        self.name, self.part, self.root, self.node = name, part, root, node

    @property
    def data(self) -> etree._Element:
        data = self.root.find(q("sheetData"))
        assert data is not None
        return data

    def row(self, number: int) -> etree._Element | None:
        return next((row for row in self.data if int(row.get("r", "0")) == number), None)

    def cells(self) -> Iterator[etree._Element]:
        for row in self.data:
            yield from row

    def cell(self, address: str) -> etree._Element:
        """Return the element of a cell, made where it is missing."""
        number, column = split(address)
        row = self.row(number)
        if row is None:
            row = etree.Element(q("row"), r=str(number))
            later = next((i for i, other in enumerate(self.data) if int(other.get("r", "0")) > number), len(self.data))
            self.data.insert(later, row)
        for index, cell in enumerate(row):
            at = split(str(cell.get("r")))[1]
            if at == column:
                return cell
            if at > column:
                made = etree.Element(q("c"), r=address)
                row.insert(index, made)
                return made
        return etree.SubElement(row, q("c"), r=address)

    def formula(self, address: str) -> str | None:
        node = self.cell(address).find(q("f"))
        return node.text if node is not None else None


class Book:
    """An .xlsx open as in Excel. Change it, then take its :meth:`bytes`."""

    def __init__(self, data: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            self.parts = {name: archive.read(name) for name in archive.namelist()}
        self.workbook = etree.fromstring(self.parts["xl/workbook.xml"])
        self.relations = etree.fromstring(self.parts["xl/_rels/workbook.xml.rels"])
        targets = {str(r.get("Id")): posixpath.join("xl", str(r.get("Target"))) for r in self.relations}
        strings = self.parts.get("xl/sharedStrings.xml")
        self.strings = etree.fromstring(strings) if strings else None
        self.sheets: list[Sheet] = []
        for node in self._sheets_node:
            part = targets[str(node.get(f"{{{REL}}}id"))]
            root = etree.fromstring(self.parts[part])
            assert not root.xpath("//*[local-name()='f'][@t='shared' or @t='array']"), "shared formulas are not handled"
            self.sheets.append(Sheet(str(node.get("name")), part, root, node))

    @property
    def _sheets_node(self) -> etree._Element:
        node = self.workbook.find(q("sheets"))
        assert node is not None
        return node

    def sheet(self, name: str) -> Sheet:
        return next(sheet for sheet in self.sheets if sheet.name == name)

    def __getitem__(self, name: str) -> Sheet:
        return self.sheet(name)

    def bytes(self) -> bytes:
        """Return the file as saved."""
        parts = dict(self.parts)
        parts["xl/workbook.xml"] = _document(self.workbook)
        parts["xl/_rels/workbook.xml.rels"] = _document(self.relations)
        if self.strings is not None:
            parts["xl/sharedStrings.xml"] = _document(self.strings)
        for sheet in self.sheets:
            parts[sheet.part] = _document(sheet.root)
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for name, content in parts.items():
                archive.writestr(name, content)
        return out.getvalue()

    # -- names -------------------------------------------------------------------------------

    @property
    def _names(self) -> list[etree._Element]:
        node = self.workbook.find(q("definedNames"))
        return list(node) if node is not None else []

    def name(self, name: str, sheet: str | None = None) -> str | None:
        """Return what a name means: the sheet's own name where ``sheet`` has one, else the workbook's."""
        found: dict[int | None, str] = {}
        for node in self._names:
            if str(node.get("name")).casefold() == name.casefold():
                scope = node.get("localSheetId")
                found[int(scope) if scope is not None else None] = node.text or ""
        own = next((i for i, s in enumerate(self.sheets) if s.name == sheet), -1)
        return found.get(own, found.get(None))

    def drop_names(self, *, print_names: bool = False) -> None:
        """Remove every defined name, as programs do that do not know them (print areas kept unless told)."""
        for node in self._names:
            if print_names or not str(node.get("name")).startswith("_xlnm"):
                node.getparent().remove(node)

    def _reindex(self, before: list[Sheet]) -> None:
        """Give the sheets' own names the positions their sheets have now; names of a sheet that is gone go too."""
        for node in self._names:
            scope = node.get("localSheetId")
            if scope is None:
                continue
            home = before[int(scope)]
            if home in self.sheets:
                node.set("localSheetId", str(self.sheets.index(home)))
            else:
                node.getparent().remove(node)

    # -- every formula -----------------------------------------------------------------------

    def _formulas(self) -> Iterator[tuple[Sheet | None, etree._Element]]:
        """Yield every formula of the file with the sheet it stands on (None for a name)."""
        for sheet in self.sheets:
            for tag in _FORMULAS:
                for node in sheet.root.iter(q(tag)):
                    if node.text:
                        yield sheet, node
        for node in self._names:
            if node.text:
                yield None, node

    def _move(self, target: Sheet, move: MoveRows) -> None:
        for home, node in self._formulas():
            if home is not target and target.name.casefold() not in (node.text or "").casefold():
                continue

            def change(prefix: str, ref: str, home: Sheet | None = home) -> str:
                on = bare(prefix) if prefix else (home.name if home else "")
                if on.casefold() != target.name.casefold():
                    return prefix + ref
                return prefix + moved_rows(ref, move)

            node.text = each_reference(node.text or "", change)

    # -- rows --------------------------------------------------------------------------------

    def insert_row(self, sheet: str, at: int, copy_of: int | None = None) -> None:
        """Insert a row at ``at``: blank, in the look of the row above, or the copied cells of row ``copy_of``.

        Copied cells bring formulas in relative form, constants, merges and validations with them.
        """
        there = self.sheet(sheet)

        def move(span: Span) -> Span:
            top, bottom = span
            return top + (top >= at), bottom + (bottom >= at)

        self._move(there, move)
        for row in there.data:
            number = int(row.get("r", "0"))
            if number >= at:
                _renumber(row, number + 1)
        self._move_areas(there, move)
        source = copy_of if copy_of is not None else at - 1
        source += copy_of is not None and source >= at
        original = there.row(source)
        if original is not None:
            made = copy.deepcopy(original)
            _renumber(made, at)
            for cell in made:
                if copy_of is None:
                    _clear(cell)
                for formula in cell.iter(q("f")):
                    formula.text = translated(formula.text or "", at - source)
            later = next((i for i, other in enumerate(there.data) if int(other.get("r", "0")) > at), len(there.data))
            there.data.insert(later, made)
        if copy_of is not None:
            self._copy_areas(there, source, at)

    def delete_row(self, sheet: str, at: int) -> None:
        """Delete a row: what lay below moves up, ranges shrink, references to deleted cells become ``#REF!``."""
        there = self.sheet(sheet)

        def move(span: Span) -> Span | None:
            top, bottom = span
            if top == bottom == at:
                return None
            return top - (top > at), bottom - (bottom >= at)

        self._move(there, move)
        for row in list(there.data):
            number = int(row.get("r", "0"))
            if number == at:
                there.data.remove(row)
            elif number > at:
                _renumber(row, number - 1)
        self._move_areas(there, move)

    def _move_areas(self, sheet: Sheet, move: MoveRows) -> None:
        for node, key, areas in _area_nodes(sheet):
            kept = []
            for top, left, bottom, right in areas:
                span = move((top, bottom))
                if span is not None:
                    kept.append((span[0], left, span[1], right))
            if node.tag == q("mergeCell"):
                kept = [a for a in kept if a[:2] != a[2:]]
            _set_areas(node, key, kept)

    def _copy_areas(self, sheet: Sheet, source: int, at: int) -> None:
        for node, key, areas in _area_nodes(sheet):
            inside = [(at, left, at, right) for top, left, bottom, right in areas if top <= source <= bottom]
            covered = [a for a in areas if a[0] <= at <= a[2]]
            if node.tag == q("mergeCell"):
                top, left, bottom, right = areas[0]
                if top == bottom == source:
                    etree.SubElement(node.getparent(), q("mergeCell"), ref=area_text(at, left, at, right))
            elif node.tag == q("hyperlink"):
                if areas[0][0] == areas[0][2] == source:
                    made = copy.deepcopy(node)
                    made.set("ref", area_text(at, areas[0][1], at, areas[0][3]))
                    node.addnext(made)
            elif inside and not covered:
                _set_areas(node, key, [*areas, *inside])

    # -- cells -------------------------------------------------------------------------------

    def put(self, sheet: str, address: str, value: Scalar) -> None:
        """Type into a cell: a constant, a formula (text that begins with ``=``), or nothing (None: Delete)."""
        cell = self.sheet(sheet).cell(address)
        _clear(cell)
        if isinstance(value, str) and value.startswith("="):
            etree.SubElement(cell, q("f")).text = value[1:]
        elif isinstance(value, str) and self.strings is not None:
            item = etree.SubElement(self.strings, q("si"))
            text = etree.SubElement(item, q("t"))
            text.text = value
            text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            cell.set("t", "s")
            etree.SubElement(cell, q("v")).text = str(len(self.strings) - 1)
        elif value is not None:
            _store(cell, value)

    def store(self, sheet: str, address: str, value: Scalar) -> None:
        """Change the stored result of a formula, the formula kept."""
        cell = self.sheet(sheet).cell(address)
        assert cell.find(q("f")) is not None, f"{sheet}!{address} has no formula"
        _store(cell, value)

    def forget_results(self) -> None:
        """Remove the stored results of all formulas, so that the next program must recalculate."""
        for sheet in self.sheets:
            for cell in sheet.cells():
                if cell.find(q("f")) is not None:
                    for node in cell.findall(q("v")):
                        cell.remove(node)
                    cell.attrib.pop("t", None)

    def remove_validations(self, sheet: str) -> None:
        for node in self.sheet(sheet).root.findall(q("dataValidations")):
            self.sheet(sheet).root.remove(node)

    def remove_validation(self, sheet: str, address: str) -> None:
        """Take the validation from one cell, as pasting a cell from elsewhere does."""
        row, column = split(address)
        for node, key, areas in _area_nodes(self.sheet(sheet)):
            if node.tag != q("dataValidation"):
                continue
            kept: list[tuple[int, int, int, int]] = []
            for top, left, bottom, right in areas:
                if not (top <= row <= bottom and left <= column <= right):
                    kept.append((top, left, bottom, right))
                    continue
                pieces = [(top, left, row - 1, right), (row + 1, left, bottom, right),
                          (row, left, row, column - 1), (row, column + 1, row, right)]  # fmt: skip
                kept += [p for p in pieces if p[0] <= p[2] and p[1] <= p[3]]
            if kept != areas:
                _set_areas(node, key, kept)

    # -- sheets ------------------------------------------------------------------------------

    def copy_sheet(self, sheet: str, name: str | None = None, after: str | None = None) -> str:
        """Copy a sheet as 移动或复制→建立副本 does; names that point to it become the copy's own."""
        original, before = self.sheet(sheet), list(self.sheets)
        number = 2
        while name is None or (name is not None and any(s.name.casefold() == name.casefold() for s in self.sheets)):
            name = f"{sheet} ({number})"
            number += 1
        serial = max(int(s.node.get("sheetId", "0")) for s in self.sheets) + 1
        part = f"xl/worksheets/copy{serial}.xml"
        node = etree.SubElement(self._sheets_node, q("sheet"), name=name, sheetId=str(serial))
        node.set(f"{{{REL}}}id", f"rIdCopy{serial}")
        etree.SubElement(
            self.relations, f"{{{_PACKAGE}}}Relationship",
            Id=f"rIdCopy{serial}", Type=f"{REL}/worksheet", Target=part.removeprefix("xl/"),
        )  # fmt: skip
        types = etree.fromstring(self.parts["[Content_Types].xml"])
        etree.SubElement(types, f"{{{_TYPES}}}Override", PartName=f"/{part}", ContentType=_SHEET_TYPE)
        self.parts["[Content_Types].xml"] = _document(types)
        made = Sheet(name, part, copy.deepcopy(original.root), node)
        self.parts[part] = b""
        self.sheets.insert(self.sheets.index(self.sheet(after or sheet)) + 1, made)
        self._order()
        self._reindex(before)
        self._own_names(original, made)
        return name

    def _own_names(self, original: Sheet, made: Sheet) -> None:
        parent = self.workbook.find(q("definedNames"))
        index, home = str(self.sheets.index(made)), str(self.sheets.index(original))
        own = {str(n.get("name")) for n in self._names if n.get("localSheetId") == home}
        for node in self._names:
            scope = node.get("localSheetId")
            if scope not in (None, home) or (scope is None and node.get("name") in own):
                continue
            prefixes = {bare(m["sheet"]) for m in _TOKEN.finditer(node.text or "") if m["sheet"]}
            if prefixes != {original.name}:
                continue
            local = copy.deepcopy(node)
            local.set("localSheetId", index)
            local.text = each_reference(node.text or "", lambda _, ref: f"{quoted(made.name)}!{ref}")
            assert parent is not None
            parent.append(local)

    def delete_sheet(self, sheet: str) -> None:
        """Delete a sheet; references to it become ``#REF!``, a span of sheets ends at the neighbour."""
        gone, before = self.sheet(sheet), list(self.sheets)
        names = [s.name for s in before]
        at = names.index(sheet)
        self.sheets.remove(gone)
        self._sheets_node.remove(gone.node)
        del self.parts[gone.part]
        for relation in list(self.relations):
            if posixpath.join("xl", str(relation.get("Target"))) == gone.part:
                self.relations.remove(relation)
        types = etree.fromstring(self.parts["[Content_Types].xml"])
        for node in list(types):
            if node.get("PartName") == f"/{gone.part}":
                types.remove(node)
        self.parts["[Content_Types].xml"] = _document(types)
        self._reindex(before)

        def change(prefix: str, ref: str) -> str:
            first, span, last = bare(prefix).partition(":") if prefix else ("", "", "")
            if span and sheet in (first, last):
                first, last = (names[at + 1], last) if first == sheet else (first, names[at - 1])
                return f"{quoted(f'{first}:{last}')}!{ref}"
            return f"#REF!{ref}" if first == sheet and not span else prefix + ref

        for _, node in self._formulas():
            node.text = each_reference(node.text or "", change)

    def rename_sheet(self, sheet: str, name: str) -> None:
        """Rename a sheet; every formula and name follows, links do not."""
        there = self.sheet(sheet)
        there.name = name
        there.node.set("name", name)

        def change(prefix: str, ref: str) -> str:
            if not prefix:
                return ref
            parts = [name if part.casefold() == sheet.casefold() else part for part in bare(prefix).split(":")]
            return f"{quoted(':'.join(parts))}!{ref}"

        for _, node in self._formulas():
            node.text = each_reference(node.text or "", change)

    def move_sheet(self, sheet: str, position: int) -> None:
        """Drag a sheet's tab to a position, from 0."""
        there, before = self.sheet(sheet), list(self.sheets)
        self.sheets.remove(there)
        self.sheets.insert(position, there)
        self._order()
        self._reindex(before)

    def add_sheet(self, name: str, values: dict[str, Scalar]) -> None:
        """Add a sheet of the unit's own at the end."""
        copied = self.copy_sheet(self.sheets[-1].name, name, self.sheets[-1].name)
        sheet = self.sheet(copied)
        sheet.node.attrib.pop("state", None)
        for node in list(sheet.root):
            if node.tag != q("sheetData"):
                sheet.root.remove(node)
        for row in list(sheet.data):
            sheet.data.remove(row)
        index = str(len(self.sheets) - 1)
        for name_node in self._names:
            if name_node.get("localSheetId") == index:
                name_node.getparent().remove(name_node)
        for address, value in values.items():
            self.put(copied, address, value)

    def _order(self) -> None:
        for sheet in self.sheets:
            self._sheets_node.append(sheet.node)

    # -- results -----------------------------------------------------------------------------

    def recalculate(self) -> None:
        """Store the results of all formulas, as Excel does on saving; what rests on ``#REF!`` shows it."""
        snapshot = read_bytes(self.bytes(), "excel.xlsx")
        formulas = {
            CellRef(sheet.name, row, column): cell.formula
            for sheet in snapshot.sheets
            for (row, column), cell in sheet.cells.items()
            if cell.formula is not None
        }
        names = {(name.scope, name.name.casefold()): name.text.removeprefix("=") for name in snapshot.names}
        inputs = {
            sheet.name: {key: cell.value for key, cell in sheet.cells.items() if cell.formula is None}
            for sheet in snapshot.sheets
        }
        sheets = tuple(s.name for s in snapshot.sheets)
        done = _plan(sheets, frozenset(names.items()), frozenset(formulas.items())).run(inputs)
        for sheet in self.sheets:
            grid = done.values[sheet.name]
            for cell in sheet.cells():
                if cell.find(q("f")) is None:
                    continue
                row, column = split(str(cell.get("r")))
                value = grid.get((row, column))
                if CellRef(sheet.name, row, column) in done.unchecked:
                    value = ExcelError.REF
                _store(cell, "" if value is None else value)


@lru_cache(maxsize=8)
def _plan(
    sheets: tuple[str, ...], names: frozenset[tuple[tuple[str | None, str], str]], formulas: frozenset[tuple[CellRef, str]]
) -> Plan:
    return compile_plan(FormulaBook(sheets, dict(names), dict(formulas)))


def _document(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _renumber(row: etree._Element, number: int) -> None:
    row.set("r", str(number))
    for cell in row:
        cell.set("r", re.sub(r"\d+", str(number), str(cell.get("r"))))


def _clear(cell: etree._Element) -> None:
    for child in list(cell):
        cell.remove(child)
    cell.attrib.pop("t", None)


def _store(cell: etree._Element, value: Scalar) -> None:
    for node in cell.findall(q("v")):
        cell.remove(node)
    cell.attrib.pop("t", None)
    if value is None:
        return
    if isinstance(value, bool):
        kind, text = "b", str(int(value))
    elif isinstance(value, ExcelError):
        kind, text = "e", value.value
    elif isinstance(value, str):
        kind, text = "str", value
    else:
        kind, text = "", repr(value)
    if kind:
        cell.set("t", kind)
    etree.SubElement(cell, q("v")).text = text


def _area_nodes(sheet: Sheet) -> list[tuple[etree._Element, str, list[tuple[int, int, int, int]]]]:
    """Return everything that covers cells: merges, validations, conditional formats, links."""
    found = []
    for tag, key in (("mergeCell", "ref"), ("dataValidation", "sqref"), ("conditionalFormatting", "sqref"),
                     ("hyperlink", "ref")):  # fmt: skip
        for node in sheet.root.iter(q(tag)):
            found.append((node, key, [corners(area) for area in str(node.get(key)).split()]))
    return found


def _set_areas(node: etree._Element, key: str, areas: list[tuple[int, int, int, int]]) -> None:
    if areas:
        node.set(key, " ".join(area_text(*area) for area in areas))
        return
    parent = node.getparent()
    assert parent is not None
    parent.remove(node)
    if parent.tag != q("worksheet") and len(parent) == 0:
        grand = parent.getparent()
        assert grand is not None
        grand.remove(parent)
