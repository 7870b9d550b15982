"""Row heights for wrapped text: neither Excel nor WPS makes merged cells high enough by themselves."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping

from lxml import etree

from xlperf.address import MAX_COLUMN, parse_area
from xlperf.publish.values import Values
from xlperf.template.instantiate import Instance, InstanceSheet

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINE = 14.5
_MARGIN = 8.0
#: Excel's own limit for a row.
_MAX = 409.0


def row_heights(instance: Instance, values: Values) -> dict[tuple[str, int], float]:
    """Return for rows with long text the height in points that shows all of it."""
    package = instance.template.package()
    relations = package.relationships(package.workbook_part)
    workbook = package.tree(package.workbook_part)
    id_key = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
    widths = {
        node.get("name", ""): _widths(package.tree(relations[node.get(id_key, "")].target))
        for node in workbook.iter(_MAIN + "sheet")
    }
    heights: dict[tuple[str, int], float] = {}
    for sheet in instance.sheets:
        _sheet(instance, sheet, values, widths[sheet.origin], heights)
    return heights


def _printed_columns(instance: Instance, sheet: InstanceSheet) -> int:
    """Return the last column of the print area; all columns where the sheet has none."""
    for name in instance.template.snapshot.names:
        if name.name.casefold().endswith("print_area") and name.scope == sheet.origin:
            return parse_area(name.text.rpartition("!")[2].replace("$", ""))[3]
    return MAX_COLUMN


def _sheet(
    instance: Instance,
    sheet: InstanceSheet,
    values: Values,
    widths: Mapping[int, float],
    heights: dict[tuple[str, int], float],
) -> None:
    printed = _printed_columns(instance, sheet)
    spans = {(top, left): (bottom, right) for top, left, bottom, right in sheet.merges}
    for row in range(1, len(sheet.sources) + 1):
        for column in widths:
            text = values.get(sheet.name, row, column)
            if not isinstance(text, str) or len(text) < 4:
                continue
            if column > printed and (row, column) in sheet.cells:
                continue  # hints beside the form may run over, they are not printed; what the unit enters counts
            bottom, right = spans.get((row, column), (row, column))
            width = sum(widths.get(c, 8.43) for c in range(column, right + 1))
            if bottom == row and width > 0:
                need = min(_MAX, lines_needed(text, width) * _LINE + _MARGIN)
                if need > heights.get((sheet.name, row), 0) and need > _LINE + _MARGIN:
                    heights[sheet.name, row] = need


def lines_needed(text: str, width: float) -> int:
    """Return how many lines a text takes in a column of that width (in characters of the default font)."""
    usable = max(2.0, width - 1.5)
    return sum(max(1, math.ceil(_width(line) / usable)) for line in text.split("\n"))


def _width(line: str) -> float:
    return sum(1.95 if unicodedata.east_asian_width(char) in "WFA" else 1.0 for char in line)


def _widths(root: etree._Element) -> dict[int, float]:
    """Return the widths of the visible columns that the sheet sets."""
    widths: dict[int, float] = {}
    for node in root.iter(_MAIN + "col"):
        if node.get("hidden") in ("1", "true"):
            continue
        for column in range(int(node.get("min", "1")), min(int(node.get("max", "1")), 256) + 1):
            widths[column] = float(node.get("width", "8.43"))
    return widths
