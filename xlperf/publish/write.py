"""An instance to the bytes of a workbook: the template's own parts, with rows and sheets as the instance has them.

Styles, widths, page set-up and all that is not a cell come from the template's XML untouched; rows, merges,
validations, conditional formats, links and names are laid out by the instance. Every formula carries its computed
value.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from xlperf.address import RangeRef, column_letters, column_number, parse_area, quote_sheet
from xlperf.publish.values import Values
from xlperf.template.instantiate import Instance, InstanceSheet, RowMap, absolute, move
from xlperf.template.rewrite import Corners, rewrite
from xlperf.values import ExcelError, Scalar
from xlperf.workbook.package import Package

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE_REL = "http://schemas.openxmlformats.org/package/2006/relationships"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_SHEET_REL = _REL + "/worksheet"
_STRINGS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def write(instance: Instance, values: Values, heights: Mapping[tuple[str, int], float]) -> bytes:
    """Return the workbook of an instance.

    ``values`` holds what stands in every cell, inputs and computed ones; its overwritten cells are written as constants
    instead of formulas. ``heights`` raises rows (points) that hold long text.
    """
    return _Writer(instance, values, heights).build()


class _Writer:
    def __init__(self, instance: Instance, values: Values, heights: Mapping[tuple[str, int], float]) -> None:
        self.instance = instance
        self.values = values
        self.heights = heights
        self.package: Package = instance.template.package()
        self.strings: dict[str, int] = {}
        self.maps: dict[str, RowMap] = {s.origin: s.rows for s in instance.sheets if not s.number}

    def build(self) -> bytes:
        package = self.package
        relations = package.relationships(package.workbook_part)
        workbook = package.tree(package.workbook_part)
        parts_of = {
            node.get("name", ""): relations[node.get(f"{{{_REL}}}id", "")].target
            for node in workbook.iter(f"{{{MAIN}}}sheet")
        }
        made: dict[str, bytes] = {}
        for number, sheet in enumerate(self.instance.sheets, 1):
            made[f"xl/worksheets/sheet{number}.xml"] = self._sheet(sheet, parts_of[sheet.origin], number)
        made["xl/workbook.xml"] = self._workbook(workbook)
        made["xl/sharedStrings.xml"] = self._shared_strings()
        kept = {"xl/styles.xml": "styles", "xl/theme/theme1.xml": "theme"}
        for part, kind in kept.items():
            found = package.related(package.workbook_part, kind)
            if found:
                made[part] = package.parts[found]
        if "docProps/core.xml" in package.parts:
            made["docProps/core.xml"] = package.parts["docProps/core.xml"]
        made["xl/_rels/workbook.xml.rels"] = self._relationships(made)
        made["_rels/.rels"] = _root_relationships("docProps/core.xml" in made)
        made["[Content_Types].xml"] = _content_types(made)
        return _zip(made)

    # -- one sheet ---------------------------------------------------------------------------

    def _sheet(self, sheet: InstanceSheet, part: str, position: int) -> bytes:
        root = self.package.tree(part)
        maps = {**self.maps, sheet.origin: sheet.rows}
        data = root.find(f"{{{MAIN}}}sheetData")
        assert data is not None
        text = self._rows(sheet, data)
        for child in list(data):
            data.remove(child)
        self._merges(root, sheet)
        for tag in ("conditionalFormatting", "dataValidation"):
            for node in root.iter(f"{{{MAIN}}}{tag}"):
                self._area_node(node, sheet, maps)
        for node in root.iter(f"{{{MAIN}}}hyperlink"):
            self._link(node, sheet)
        dimension = root.find(f"{{{MAIN}}}dimension")
        if dimension is not None:
            root.remove(dimension)
        for view in root.iter(f"{{{MAIN}}}sheetView"):
            if position > 1:
                view.attrib.pop("tabSelected", "")
        xml = etree.tostring(root, encoding="unicode")
        filled = re.sub(r"<sheetData\s*/>|<sheetData>\s*</sheetData>", lambda _: f"<sheetData>{text}</sheetData>", xml)
        return _document(filled)

    def _rows(self, sheet: InstanceSheet, data: etree._Element) -> str:
        originals = {int(row.get("r", "0")): row for row in data.iterchildren(f"{{{MAIN}}}row")}
        out: list[str] = []
        for row, source in enumerate(sheet.sources, 1):
            original = originals.get(source)
            if original is None:
                continue
            attributes = {key: value for key, value in original.attrib.items() if key not in ("r", "spans")}
            height = self.heights.get((sheet.name, row))
            if height is not None and height > float(attributes.get("ht", 0)):
                attributes.update(ht=f"{height:g}", customHeight="1")
            head = " ".join(f"{key!s}={quoteattr(str(value))}" for key, value in attributes.items())
            cells = "".join(
                self._cell(sheet, row, column_number(re.sub(r"\d", "", str(cell.get("r")))), str(cell.get("s", "0")))
                for cell in original.iterchildren(f"{{{MAIN}}}c")
            )
            out.append(f'<row r="{row}" {head}>{cells}</row>')
        return "".join(out)

    def _cell(self, sheet: InstanceSheet, row: int, column: int, style: str) -> str:
        head = f'<c r="{column_letters(column)}{row}" s="{style}"'
        value = self.values.get(sheet.name, row, column)
        cell = sheet.cells.get((row, column))
        if cell is not None and cell.formula is not None and not self.values.overwritten(sheet.name, row, column):
            kind, text = _stored("" if value is None else value)
            return f"{head}{kind}><f>{escape(cell.formula)}</f>{text}</c>"
        if value is None:
            return head + "/>"
        if isinstance(value, str):
            return f'{head} t="s"><v>{self._string(value)}</v></c>'
        kind, text = _stored(value)
        return f"{head}{kind}>{text}</c>"

    def _string(self, text: str) -> int:
        return self.strings.setdefault(text, len(self.strings))

    def _merges(self, root: etree._Element, sheet: InstanceSheet) -> None:
        node = root.find(f"{{{MAIN}}}mergeCells")
        if node is None:
            return
        for child in list(node):
            node.remove(child)
        for top, left, bottom, right in sheet.merges:
            etree.SubElement(node, f"{{{MAIN}}}mergeCell", ref=RangeRef("", top, left, bottom, right).a1)
        node.set("count", str(len(sheet.merges)))

    def _area_node(self, node: etree._Element, sheet: InstanceSheet, maps: Mapping[str, RowMap]) -> None:
        """Move the area of a conditional format or a validation, and its formulas with the area's first cell."""
        areas = [parse_area(text) for text in str(node.get("sqref", "")).split()]
        if not areas:
            return
        source = areas[0][0]
        moved = [new for area in areas for new in sheet.rows.areas(area, list(sheet.sources))]
        row = moved[0][0] if moved else source
        node.set("sqref", " ".join(RangeRef("", *area).a1 for area in moved))
        for tag in ("formula", "formula1", "formula2"):
            for formula in node.iter(f"{{{MAIN}}}{tag}"):
                if formula.text:
                    formula.text = self._moved(formula.text, sheet, source, row, maps)

    def _moved(self, text: str, sheet: InstanceSheet, source: int, row: int, maps: Mapping[str, RowMap]) -> str:
        def place(target: str | None, corners: Corners) -> Corners:
            return move(maps, sheet.origin, source, row, target, corners)

        return rewrite(text, place, lambda word: self._rename(word, sheet.number))

    def _rename(self, name: str, number: int) -> str:
        dictionary = self.instance.template.dictionary
        if number and name.startswith(dictionary.prefix):
            return dictionary.project_prefix(number) + name[len(dictionary.prefix) :]
        return name

    def _link(self, node: etree._Element, sheet: InstanceSheet) -> None:
        top, left, bottom, right = parse_area(str(node.get("ref")))
        node.set("ref", RangeRef("", sheet.rows.start(top), left, sheet.rows.end(bottom), right).a1)
        location = self._rename(str(node.get("location", "")), sheet.number)
        node.set("location", location)

    # -- the parts around the sheets ---------------------------------------------------------

    def _workbook(self, root: etree._Element) -> bytes:
        sheets = root.find(f"{{{MAIN}}}sheets")
        assert sheets is not None
        states = {node.get("name", ""): node.get("state") for node in sheets}
        for node in list(sheets):
            sheets.remove(node)
        for number, sheet in enumerate(self.instance.sheets, 1):
            node = etree.SubElement(sheets, f"{{{MAIN}}}sheet", name=sheet.name, sheetId=str(number))
            state = states.get(sheet.origin)
            if state:
                node.set("state", state)
            node.set(f"{{{_REL}}}id", f"rId{number}")
        names = root.find(f"{{{MAIN}}}definedNames")
        if names is not None:
            for node in list(names):
                names.remove(node)
            for (name, scope), text in sorted(
                self._names().items(), key=lambda item: (item[0][0].casefold(), item[0][1])
            ):
                node = etree.SubElement(names, f"{{{MAIN}}}definedName", name=name)
                if scope >= 0:
                    node.set("localSheetId", str(scope))
                node.text = text
        return _document(etree.tostring(root, encoding="unicode"))

    def _names(self) -> dict[tuple[str, int], str]:
        names = {(name, -1): absolute(area) for name, area in self.instance.names.items()}
        for name in self.instance.template.snapshot.names:
            if name.scope is None:
                continue
            for index, sheet in enumerate(self.instance.sheets):
                if sheet.origin == name.scope:
                    names[name.name, index] = self._scoped(name.text.removeprefix("="), sheet)
        return names

    def _scoped(self, text: str, sheet: InstanceSheet) -> str:
        """Return a sheet's own name (print area, print titles) as the instance's sheet has it."""
        pieces: list[str] = []
        for piece in text.split(","):
            area = piece.rpartition("!")[2]
            rows = re.fullmatch(r"\$(\d+):\$(\d+)", area)
            if rows:
                moved = f"${sheet.rows.start(int(rows[1]))}:${sheet.rows.end(int(rows[2]))}"
            else:
                top, left, bottom, right = parse_area(area.replace("$", ""))
                moved = absolute(
                    RangeRef(sheet.name, sheet.rows.start(top), left, sheet.rows.end(bottom), right)
                ).rpartition("!")[2]
            pieces.append(f"{quote_sheet(sheet.name)}!{moved}")
        return ",".join(pieces)

    def _shared_strings(self) -> bytes:
        items = "".join(
            f'<si><t xml:space="preserve">{escape(_ILLEGAL.sub("", text))}</t></si>' for text in self.strings
        )
        return _document(f'<sst xmlns="{MAIN}" uniqueCount="{len(self.strings)}">{items}</sst>')

    def _relationships(self, made: Mapping[str, bytes]) -> bytes:
        lines = [
            f'<Relationship Id="rId{number}" Type="{_SHEET_REL}" Target="worksheets/sheet{number}.xml"/>'
            for number in range(1, len(self.instance.sheets) + 1)
        ]
        others = {"styles": "styles.xml", "theme": "theme/theme1.xml", "sharedStrings": "sharedStrings.xml"}
        for kind, target in others.items():
            if f"xl/{target}" in made:
                lines.append(f'<Relationship Id="rId{len(lines) + 1}" Type="{_REL}/{kind}" Target="{target}"/>')
        return _document(f'<Relationships xmlns="{_PACKAGE_REL}">{"".join(lines)}</Relationships>')


def _stored(value: Scalar) -> tuple[str, str]:
    """Return the type attribute and the value element of a cell that holds no shared string."""
    if isinstance(value, bool):
        return ' t="b"', f"<v>{int(value)}</v>"
    if isinstance(value, ExcelError):
        return ' t="e"', f"<v>{value}</v>"
    if isinstance(value, int | float):
        return "", f"<v>{value!r}</v>"
    return ' t="str"', f"<v>{escape(_ILLEGAL.sub('', value or ''))}</v>"


def _document(xml: str) -> bytes:
    return ('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + xml).encode("utf-8")


def _root_relationships(core: bool) -> bytes:
    lines = f'<Relationship Id="rId1" Type="{_REL}/officeDocument" Target="xl/workbook.xml"/>'
    if core:
        kind = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
        lines += f'<Relationship Id="rId2" Type="{kind}" Target="docProps/core.xml"/>'
    return _document(f'<Relationships xmlns="{_PACKAGE_REL}">{lines}</Relationships>')


def _content_types(made: Mapping[str, bytes]) -> bytes:
    base = "application/vnd.openxmlformats-officedocument"
    types = {
        "xl/workbook.xml": f"{base}.spreadsheetml.sheet.main+xml",
        "xl/styles.xml": f"{base}.spreadsheetml.styles+xml",
        "xl/theme/theme1.xml": f"{base}.theme+xml",
        "xl/sharedStrings.xml": _STRINGS_TYPE,
        "docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
    }
    lines = "".join(
        f'<Override PartName="/{part}" ContentType="{types.get(part, _SHEET_TYPE)}"/>'
        for part in made
        if not part.endswith(".rels")
    )
    return _document(
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{lines}</Types>'
    )


def _zip(made: Mapping[str, bytes]) -> bytes:
    """Return the package, with fixed dates, content types first as Excel writes it."""
    out = io.BytesIO()
    first = ["[Content_Types].xml", "_rels/.rels"]
    with zipfile.ZipFile(out, "w") as archive:
        for name in [*first, *(part for part in made if part not in first)]:
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 0
            archive.writestr(info, made[name])
    return out.getvalue()
