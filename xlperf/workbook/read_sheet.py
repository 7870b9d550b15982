"""One sheet's XML to its snapshot: cells, formulas, merges, validations, protection."""

from __future__ import annotations

from collections.abc import Iterator

from xlperf.address import parse_a1
from xlperf.values import Scalar
from xlperf.workbook.elements import Element, local, namespace_of
from xlperf.workbook.read_cells import Budget, SheetCells
from xlperf.workbook.read_refuse import damaged, exceeded
from xlperf.workbook.read_scan import scan_cells
from xlperf.workbook.read_text import is_true, rich_text
from xlperf.workbook.read_trim import drop_blanks, too_many_cells, too_many_formulas
from xlperf.workbook.read_validations import X14, read_validations
from xlperf.workbook.snapshot import Cell, SheetSnapshot, Validation


def read_sheet(part: str, name: str, state: str, budget: Budget) -> SheetSnapshot:
    """Return the snapshot of a sheet. Raises FileRefused where it is unsound or too large."""
    whole = budget.package.xml_bytes(part)
    scanned = scan_cells(whole, name, budget)
    if scanned is not None:
        cells, rest = scanned
        return _Sheet(cells).read(budget.package.elements_of(rest), state)
    data = drop_blanks(whole)
    if too_many_cells(data, budget.limits.cells - budget.cells):
        raise exceeded(budget.package.source, f"有内容的单元格多于 {budget.limits.cells} 个")
    if too_many_formulas(data, budget.limits.formulas - budget.formulas):
        raise exceeded(budget.package.source, f"公式多于 {budget.limits.formulas} 个")
    cells = SheetCells(name, budget, dropped=len(data) < len(whole))
    return _Sheet(cells, _Walk(cells)).read(budget.package.elements_of(data), state)


class _Sheet:
    """Puts a sheet together; its cells are walked to here where they are not scanned already."""

    def __init__(self, cells: SheetCells, walk: _Walk | None = None) -> None:
        self.cells, self.walk = cells, walk
        self.budget = cells.budget

    def read(self, root: Element, state: str) -> SheetSnapshot:
        if local(root) not in ("worksheet", "macrosheet"):
            raise damaged(self.budget.package.source, "有一张工作表的内容无法识别")
        merges: list[tuple[int, int, int, int]] = []
        validations: list[Validation] = []
        protected = seen = filtered = False
        for child in root:
            namespace = namespace_of(child)
            match local(child):
                case "sheetData":
                    if seen:
                        raise damaged(self.budget.package.source)
                    seen = True
                    if self.walk is not None:
                        self.walk.walk(child, namespace)
                case "mergeCells":
                    self.budget.admit_areas(len(child))
                    merges += [
                        self.cells.area(node.get("ref", "")) for node in child.findall(f"{{{namespace}}}mergeCell")
                    ]
                case "dataValidations":
                    validations += self._validations(child, namespace)
                case "sheetProtection":
                    protected = is_true(child.get("sheet"))
                case "autoFilter":
                    filtered = True
                case "sheetPr":
                    filtered = filtered or is_true(child.get("filterMode"))
                case "extLst":
                    for node in child.iter(f"{{{X14}}}dataValidations"):
                        validations += self._validations(node, X14)
        self.cells.finish()
        return SheetSnapshot(
            name=self.cells.name,
            cells=self.cells.cells,
            merges=tuple(merges),
            validations=tuple(validations),
            state=state,
            hidden_rows=frozenset(self.cells.hidden_rows),
            protected=protected,
            arrays=tuple(self.cells.blocks),
            dynamic=frozenset(self.cells.dynamic),
            filtered=filtered,
        )

    def _validations(self, parent: Element, namespace: str) -> Iterator[Validation]:
        for validation in read_validations(parent, namespace, self.budget.limits.areas):
            self.budget.admit_areas(1 + len(validation.areas))
            yield validation


class _Walk:
    """The walk over the rows of a sheet in any lawful form."""

    def __init__(self, cells: SheetCells) -> None:
        self.into = cells
        self.tag_v = self.tag_f = self.tag_is = ""

    def walk(self, sheet_data: Element, namespace: str) -> None:
        """Gather the cells of a ``sheetData``. Raises FileRefused."""
        into, cells, read_cell, parse = self.into, self.into.cells, self._cell, parse_a1
        self.tag_v, self.tag_f, self.tag_is = (f"{{{namespace}}}{tag}" for tag in ("v", "f", "is"))
        row = 0
        for row_node in sheet_data:
            row = into.row(row_node.get("r") or str(into.next_after(row)), row_node.get("hidden"))
            at = row, 0
            for node in row_node:
                address = node.get("r")
                try:
                    at = parse(address) if address else (row, into.next_after(at[1]))
                except ValueError as error:
                    raise damaged(into.budget.package.source, "有单元格的地址无法识别") from error
                cell = read_cell(at, node)
                if cell is not None:
                    into.admit(at)
                    cells[at] = cell

    def _cell(self, at: tuple[int, int], node: Element) -> Cell | None:
        """Return the cell of a ``c``; None where it holds nothing."""
        if not len(node):
            return None
        formula: str | None = None
        text: str | None = None
        inline: str | None = None
        for child in node:
            if child.tag == self.tag_v:
                text = child.text or ""
            elif child.tag == self.tag_f:
                marks = {str(name): str(value) for name, value in child.attrib.items()}
                formula = self.into.formula(at, child.text or "", marks, bool(node.get("cm")))
            elif child.tag == self.tag_is:
                inline = rich_text(child, self.tag_is[1:-3])
        kind = node.get("t")
        value: Scalar = None
        if text or (text is not None and kind == "str" and len(node) > 1):
            value = self.into.value(at, kind, text)
        elif inline is not None:
            value = self.into.string(at, inline)
        elif formula is None:
            return None
        style = node.get("s")
        index = self.into.styles.get(style)
        return Cell(value, formula, self.into.style(style) if index is None else index, value is not None)
