"""A copy of a workbook that holds nothing but the values of a few areas: what may be published of it.

What may stay is listed, and everything else goes, so that a part nobody has thought of is never published: of the
package, workbook, sheets, styles, theme, strings and the plainest of the properties; of a sheet, its cells within the
area and how they look in print. The formulas become the values stored with them. What stays is not written anew: it
keeps its bytes, and so does every part in which nothing changes (``xl/styles.xml``, ``xl/theme/theme1.xml``).
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from xlperf.address import parse_a1, parse_area, parse_range
from xlperf.workbook.bundle import rebundled
from xlperf.workbook.markup import (
    Edit,
    Element,
    cut,
    elements,
    escaped,
    patched,
    prefix_of,
    tag_of,
    with_attributes,
)
from xlperf.workbook.package import Package
from xlperf.workbook.read_refuse import damaged, one_door
from xlperf.workbook.read_text import is_true, unescape

#: Parts that may stay, by the kind of relationship that leads to them.
PLAIN_KINDS = frozenset(
    ("officeDocument", "core-properties", "extended-properties", "worksheet", "styles", "theme", "sharedStrings")
)
_WORKBOOK = frozenset(("fileVersion", "workbookPr", "bookViews", "sheets", "definedNames", "calcPr"))
_SHEET = frozenset(
    (
        "sheetPr", "sheetViews", "sheetFormatPr", "cols", "sheetData", "mergeCells", "phoneticPr", "printOptions",
        "pageMargins", "pageSetup", "headerFooter", "rowBreaks", "colBreaks", "ignoredErrors",
    )
)  # fmt: skip
_CORE = frozenset(("title", "created", "modified"))
_APP = frozenset(("Application", "AppVersion", "DocSecurity", "ScaleCrop"))
#: A row or column that is no wider than this cannot be seen.
_NOTHING = 0.05

Corners = tuple[int, int, int, int]


class Kept(NamedTuple):
    """A sheet that stays: the area of it (top, left, bottom, right), and cells that get another text."""

    name: str
    area: Corners
    texts: Mapping[tuple[int, int], str] = {}


@dataclass
class Removed:
    """What was left out. Rows and columns are those that were hidden and held something, by sheet."""

    sheets: list[str] = field(default_factory=list)
    hidden_columns: dict[str, list[int]] = field(default_factory=dict)
    hidden_rows: dict[str, list[int]] = field(default_factory=dict)
    cells: int = 0
    formulas: int = 0
    names: int = 0
    parts: list[str] = field(default_factory=list)


def strip(package: Package, kept: Sequence[Kept]) -> tuple[bytes, Removed]:
    """Return the bytes of the copy, and what was left out. Raises FileRefused where the package is unsound."""
    with one_door(package.source):
        return _Strip(package, kept).run()


def unseen(node: Element) -> bool:
    """Tell whether a row or column cannot be seen: hidden, or of no height or width."""
    size = node.attributes.get("width" if node.name == "col" else "ht")
    try:
        return is_true(node.attributes.get("hidden")) or (size is not None and float(size) <= _NOTHING)
    except ValueError:
        return False


class _Strip:
    def __init__(self, package: Package, kept: Sequence[Kept]) -> None:
        self.package, self.kept = package, {sheet.name: sheet for sheet in kept}
        self.removed = Removed()
        self.changed: dict[str, bytes] = {}
        self.strings: set[int] = set()

    def run(self) -> tuple[bytes, Removed]:
        package, book = self.package, self.package.workbook_part
        parts = {book.casefold()}
        root_links, links = package.relationships(""), package.relationships(book)
        data = package.xml_bytes(book)
        nodes = elements(data)
        for node in _children(nodes, "sheets", "sheet"):
            link = links.get(_id(node))
            if link is None or link.target not in package.parts:
                raise damaged(package.source, "有一张工作表的内容缺失")
            name = unescape(node.attributes.get("name", ""))
            if name in self.kept:
                parts.add(link.target.casefold())
                self.changed[link.target] = self._sheet(self.kept[name], package.xml_bytes(link.target))
            else:
                self.removed.sheets.append(name)
        for link in (*root_links.values(), *links.values()):
            if link.kind in PLAIN_KINDS and link.kind != "worksheet" and not link.external:
                parts.add(link.target.casefold())
        self.changed[book] = self._workbook(data, nodes)
        for link in (*root_links.values(), *links.values()):
            if link.target.casefold() in parts and link.target in package.parts:
                self._plain_part(link.kind, link.target)
        parts |= {"[content_types].xml", "_rels/.rels", _rels(book).casefold()}
        self._links("", parts)
        self._links(book, parts)
        self._content_types(parts)
        dropped = [part for part in package.parts if part.casefold() not in parts]
        self.removed.parts = dropped
        real = {part.casefold(): part for part in package.parts}
        changed = {real[part.casefold()]: content for part, content in self.changed.items()}
        return rebundled(package.data, dropped, changed), self.removed

    # -- the workbook --------------------------------------------------------------------------------

    def _workbook(self, data: bytes, nodes: list[Element]) -> bytes:
        edits = [cut(node) for node in _top(nodes) if node.name not in _WORKBOOK]
        numbers: dict[str, str] = {}
        names: list[str] = []
        for old, node in enumerate(_children(nodes, "sheets", "sheet")):
            name = unescape(node.attributes.get("name", ""))
            if name in self.kept:
                numbers[str(old)] = str(len(names))
                names.append(name)
            else:
                edits.append(cut(node))
        for node in _children(nodes, "bookViews", "workbookView"):
            edits.append(_tag_edit(data, node, activeTab=None, firstSheet=None))
        standing = False
        all_names = _children(nodes, "definedNames", "definedName")
        for node in all_names:
            if self._stays(node, numbers, names):
                standing = True
                scope = node.attributes.get("localSheetId")
                number = numbers[scope] if scope is not None else None
                edits.append(_tag_edit(data, node, localSheetId=number, comment=None, description=None))
            else:
                self.removed.names += 1
                edits.append(cut(node))
        if not standing:
            edits += [cut(node) for node in _top(nodes) if node.name == "definedNames"]
        return patched(data, edits)

    def _stays(self, node: Element, numbers: Mapping[str, str], names: Sequence[str]) -> bool:
        """Tell whether a name means cells that stay; titles to be printed on each page are whole rows or columns."""
        scope = node.attributes.get("localSheetId")
        if is_true(node.attributes.get("hidden")) or (scope is not None and scope not in numbers):
            return False
        if node.attributes.get("name") == "_xlnm.Print_Titles" and scope is not None:
            mine = names[int(numbers[scope])]
            areas = node.text.strip().split(",")
            return all(area.rpartition("!")[0].strip("'").replace("''", "'") == mine for area in areas)
        try:
            area = parse_range(unescape(node.text.strip()))
        except ValueError:
            return False
        sheet = self.kept.get(area.sheet)
        return sheet is not None and _within((area.top, area.left, area.bottom, area.right), sheet.area)

    # -- a sheet -------------------------------------------------------------------------------------

    def _sheet(self, sheet: Kept, data: bytes) -> bytes:
        nodes = elements(data)
        edits = [cut(node) for node in _top(nodes) if node.name not in _SHEET]
        edits += [_tag_edit(data, node, tabSelected=None) for node in _children(nodes, "sheetViews", "sheetView")]
        edits += [_tag_edit(data, node, id=None) for node in _top(nodes) if node.name == "pageSetup"]
        edits += self._columns(sheet, data, nodes)
        edits += _merges(sheet.area, data, nodes)
        edits += self._rows(sheet, data, nodes, _hidden_columns(nodes))
        return patched(data, edits)

    def _columns(self, sheet: Kept, data: bytes, nodes: list[Element]) -> list[Edit]:
        _, left, _, right = sheet.area
        columns = _children(nodes, "cols", "col")
        edits: list[Edit] = []
        for node in columns:
            first, last = int(node.attributes.get("min", "1")), int(node.attributes.get("max", "1"))
            if first > right or last < left:
                edits.append(cut(node))
            elif last > right:
                edits.append(_tag_edit(data, node, max=str(right)))
        if columns and sum(not edit.new for edit in edits) == len(columns):
            return [cut(node) for node in _top(nodes) if node.name == "cols"]
        return edits

    def _rows(self, sheet: Kept, data: bytes, nodes: list[Element], hidden: set[int]) -> list[Edit]:
        inside = {index for index, node in enumerate(nodes) if node.name == "sheetData" and node.parent == 0}
        rows: dict[int, list[int]] = {}
        cells: dict[int, list[int]] = {}
        for index, node in enumerate(nodes):
            if node.parent in inside and node.name == "row":
                rows[index] = []
            elif node.parent in rows and node.name == "c":
                rows[node.parent].append(index)
                cells[index] = []
            elif node.parent in cells:
                cells[node.parent].append(index)
        edits: list[Edit] = []
        top, left, bottom, right = sheet.area
        row = 0
        for index, members in rows.items():
            row = int(nodes[index].attributes.get("r") or row + 1)
            outside = not top <= row <= bottom
            column = 0
            for member in members:
                address = nodes[member].attributes.get("r")
                column = parse_a1(address)[1] if address else column + 1
                inner = [nodes[child] for child in cells[member]]
                if outside or not left <= column <= right or column in hidden or unseen(nodes[index]):
                    self._note(sheet.name, row, column, inner, column in hidden, unseen(nodes[index]))
                    edits.append(cut(nodes[member]))
                    continue
                text = sheet.texts.get((row, column))
                edits += self._cell(data, nodes[member], inner, text, f"{address or ''}")
            if outside:
                edits.append(cut(nodes[index]))
        return edits

    def _note(self, sheet: str, row: int, column: int, inner: list[Element], column_hid: bool, row_hid: bool) -> None:
        """Count a cell that goes, where it held something."""
        if not any(node.text or node.end != node.inner for node in inner):
            return
        self.removed.cells += 1
        for number, hid, told in (
            (column, column_hid, self.removed.hidden_columns),
            (row, row_hid, self.removed.hidden_rows),
        ):
            if hid and number not in told.setdefault(sheet, []):
                told[sheet].append(number)

    def _cell(self, data: bytes, node: Element, inner: list[Element], text: str | None, address: str) -> list[Edit]:
        """Return the edits of a cell that stays: its formula goes, its value stays as it is written."""
        kind = node.attributes.get("t")
        if text is not None:
            return [Edit(node.start, node.end, _text_cell(data, node, text))]
        self.removed.formulas += any(child.name == "f" for child in inner)
        value = next((child for child in inner if child.name in ("v", "is")), None)
        if value is not None and kind == "s" and value.text.strip().isdecimal():
            self.strings.add(int(value.text))
        edits = [cut(child) for child in inner if child is not value]
        if edits and (value is None or (value.name == "v" and not value.text)):  # "" is nothing to be seen
            return [Edit(node.start, node.end, _blank(data, node))]
        if "cm" in node.attributes or "vm" in node.attributes:
            edits.append(_tag_edit(data, node, cm=None, vm=None))
        return edits

    # -- the other parts -----------------------------------------------------------------------------

    def _plain_part(self, kind: str, part: str) -> None:
        if kind not in ("sharedStrings", "core-properties", "extended-properties"):
            return
        data = self.package.xml_bytes(part)
        nodes = elements(data)
        if kind == "sharedStrings":
            blank = b"<" + prefix_of(data, nodes[0]) + b"t/>"
            items = [node for node in _top(nodes) if node.name == "si"]
            edits = [
                Edit(node.inner, node.inner_end, blank)
                for index, node in enumerate(items)
                if index not in self.strings and node.end != node.inner
            ]
            edits.append(_tag_edit(data, nodes[0], count=None))
        else:
            stay = _CORE if kind == "core-properties" else _APP
            edits = [cut(node) for node in _top(nodes) if node.name not in stay]
        self.changed[part] = patched(data, edits)

    def _links(self, part: str, parts: set[str]) -> None:
        rels = _rels(part)
        if rels not in self.package.parts:
            return
        data = self.package.xml_bytes(rels)
        links = self.package.relationships(part)
        gone = [
            node
            for node in _top(elements(data))
            if (link := links.get(node.attributes.get("Id", ""))) is None
            or link.external
            or link.kind not in PLAIN_KINDS
            or link.target.casefold() not in parts
        ]
        if gone:
            self.changed[rels] = patched(data, map(cut, gone))

    def _content_types(self, parts: set[str]) -> None:
        data = self.package.xml_bytes("[Content_Types].xml")
        gone = [
            node
            for node in _top(elements(data))
            if node.name == "Override" and node.attributes.get("PartName", "").lstrip("/").casefold() not in parts
        ]
        self.changed["[Content_Types].xml"] = patched(data, map(cut, gone))


def _top(nodes: list[Element]) -> list[Element]:
    """Return the children of the root."""
    return [node for node in nodes if node.parent == 0]


def _children(nodes: list[Element], parent: str, name: str) -> list[Element]:
    """Return the elements of a name in a child of the root."""
    inside = {index for index, node in enumerate(nodes) if node.name == parent and node.parent == 0}
    return [node for node in nodes if node.parent in inside and node.name == name]


def _id(node: Element) -> str:
    return next((value for key, value in node.attributes.items() if key.endswith(":id")), "")


def _rels(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", name + ".rels")


def _tag_edit(data: bytes, node: Element, **values: str | None) -> Edit:
    return Edit(node.start, node.inner, with_attributes(tag_of(data, node), **values))


def _within(area: Corners, outer: Corners) -> bool:
    return outer[0] <= area[0] and outer[1] <= area[1] and area[2] <= outer[2] and area[3] <= outer[3]


def _hidden_columns(nodes: list[Element]) -> set[int]:
    return {
        column
        for node in _children(nodes, "cols", "col")
        if unseen(node)
        for column in range(int(node.attributes.get("min", "1")), int(node.attributes.get("max", "1")) + 1)
    }


def _merges(area: Corners, data: bytes, nodes: list[Element]) -> list[Edit]:
    """Return the edits that take away the merged areas that do not lie within the area."""
    merges = _children(nodes, "mergeCells", "mergeCell")
    gone = [node for node in merges if not _within(parse_area(node.attributes.get("ref", "")), area)]
    whole = [node for node in _top(nodes) if node.name == "mergeCells"]
    if len(gone) == len(merges):
        return [cut(node) for node in whole]
    counted = [_tag_edit(data, node, count=str(len(merges) - len(gone))) for node in whole]
    return [*map(cut, gone), *counted]


def _blank(data: bytes, node: Element) -> bytes:
    tag = with_attributes(tag_of(data, node), t=None, cm=None, vm=None).rstrip(b"/>").rstrip()
    return tag + b"/>"


def _text_cell(data: bytes, node: Element, text: str) -> bytes:
    """Return a cell with a text of its own, at the place and in the style of the one that is there."""
    blank = _blank(data, node)
    if not text:
        return blank
    prefix = prefix_of(data, node)
    inner = b"<%bis><%bt xml:space=\"preserve\">%b</%bt></%bis>" % (prefix, prefix, escaped(text), prefix, prefix)
    return blank[:-2] + b' t="inlineStr">' + inner + b"</%bc>" % prefix
