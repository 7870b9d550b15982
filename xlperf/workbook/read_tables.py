"""The tables (ListObjects) of a sheet: parts of their own, reached by the sheet's relationships."""

from __future__ import annotations

import posixpath

from xlperf.address import RangeRef, parse_area
from xlperf.workbook.elements import Element
from xlperf.workbook.package import Package
from xlperf.workbook.read_cells import Budget
from xlperf.workbook.read_refuse import damaged
from xlperf.workbook.read_text import unescape
from xlperf.workbook.snapshot import SheetSnapshot, Table


def with_tables(sheet: SheetSnapshot, part: str, budget: Budget) -> SheetSnapshot:
    """Return the sheet with its tables. Raises FileRefused where one is unsound or there are too many."""
    package = budget.package
    folder, name = posixpath.split(part)
    rels = posixpath.join(folder, "_rels", name + ".rels")
    # most sheets have none, and a file of relationships need not be parsed to see that
    if rels not in package.parts or b"/table" not in package.xml_bytes(rels):
        return sheet
    parts = [link.target for link in package.relationships(part).values() if link.kind == "table" and not link.external]
    tables = tuple(_table(sheet.name, target, budget) for target in parts if target in package.parts)
    if not tables:
        return sheet
    return sheet._replace(tables=tables, filtered=sheet.filtered or any(table.filtered for table in tables))


def _table(sheet: str, part: str, budget: Budget) -> Table:
    package = budget.package
    root = package.elements(part)
    nodes = root.findall("{*}tableColumns/{*}tableColumn")
    budget.admit_areas(1 + len(nodes))
    name = unescape(root.get("displayName") or root.get("name") or "")
    try:
        area = RangeRef(sheet, *parse_area(root.get("ref", "")))
    except ValueError as error:
        raise damaged(package.source, "有表格的区域无法识别") from error
    header, totals = _count(package, root, "headerRowCount", 1), _count(package, root, "totalsRowCount", 0)
    columns = tuple(unescape(node.get("name", "")) for node in nodes)
    if len(columns) != area.right - area.left + 1 or header + totals > area.bottom - area.top + 1 or not name:
        raise damaged(package.source, "有表格的行列与它的区域不符")
    return Table(name, area, columns, header, totals, root.find("{*}autoFilter") is not None)


def _count(package: Package, root: Element, attribute: str, default: int) -> int:
    text = root.get(attribute)
    if text is None:
        return default
    if text not in ("0", "1"):
        raise damaged(package.source, "有表格的标题行或汇总行无法识别")
    return int(text)
