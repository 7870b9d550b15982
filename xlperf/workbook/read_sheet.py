"""One sheet's XML to its snapshot: cells, formulas, merges, validations, protection."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from lxml import etree

from xlperf.address import MAX_COLUMN, MAX_ROW, column_letters, parse_a1, parse_area
from xlperf.errors import FileRefused
from xlperf.values import Scalar
from xlperf.workbook.limits import Limits
from xlperf.workbook.package import Package
from xlperf.workbook.read_refuse import damaged, display_name, exceeded
from xlperf.workbook.read_text import is_true, rich_text, stored_value, unescape
from xlperf.workbook.shared import SharedFormula
from xlperf.workbook.snapshot import Cell, SheetSnapshot, Validation

_X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
_XM = "http://schemas.microsoft.com/office/excel/2006/main"

_CELL_TAG = re.compile(rb"<(?:[^\s<>/:]+:)?c[\s/>]")
_FORMULA_TAG = re.compile(rb"<(?:[^\s<>/:]+:)?f[\s/>]")
_BLANK_CELL = re.compile(rb'<c r="[A-Z]+[0-9]+"[^<>]*(?:/>|(?<!/)></c>)')
_BLANK_ROW = re.compile(rb'<row r="[0-9]+"(?![^<>]*hidden)[^<>]*(?:/>|(?<!/)>\s*</row>)')


_PENDING = "…"
_UNFILLED = Cell(cached=False)


@dataclass(slots=True)
class Budget:
    """What of the workbook's limits is used up so far, and what all its sheets share."""

    package: Package
    strings: tuple[str, ...] = ()
    styles: int = 1
    date1904: bool = False
    cells: int = 0
    formulas: int = 0
    formula_chars: int = 0

    @property
    def limits(self) -> Limits:
        """The limits of this reading."""
        return self.package.limits

    def admit_formula(self, text: str) -> str:
        """Count one formula cell. Raises LimitExceeded."""
        source, limits = self.package.source, self.limits
        if len(text) > limits.formula_length:
            raise exceeded(source, f"有公式超过 {limits.formula_length} 个字符", "请把该公式拆短后再试")
        self.formulas += 1
        self.formula_chars += len(text)
        if self.formulas > limits.formulas or self.formula_chars > limits.formula_chars:
            raise exceeded(source, f"公式过多（多于 {limits.formulas} 个或总长过大）")
        return text


def read_sheet(part: str, name: str, state: str, budget: Budget) -> SheetSnapshot:
    """Return the snapshot of a sheet. Raises FileRefused where it is unsound or too large."""
    data = drop_blanks(budget.package.xml_bytes(part))
    _count_before_parsing(data, budget)
    return _SheetReader(name, budget).read(budget.package.parse_bytes(data), state)


def drop_blanks(data: bytes) -> bytes:
    """Return a sheet's XML without cells and rows that carry a format only; most of the cost of real files.

    Left as it is where that could move or change something: cells without an address, comments, CDATA.
    """
    cells = data.count(b"<c ") + data.count(b"<c>") + data.count(b"<c/")
    if b"<!" in data or data.count(b'<c r="') != cells:
        return data
    data = _BLANK_CELL.sub(b"", data)
    rows = data.count(b"<row") - data.count(b"<rowBreaks")
    return _BLANK_ROW.sub(b"", data) if data.count(b'<row r="') == rows else data


def _count_before_parsing(data: bytes, budget: Budget) -> None:
    limits, source = budget.limits, budget.package.source
    for plain, prefixed, exact, used, allowed, what in (
        (b"<c", b":c", _CELL_TAG, budget.cells, limits.cells, "有内容的单元格"),
        (b"<f", b":f", _FORMULA_TAG, budget.formulas, limits.formulas, "公式"),
    ):
        left = allowed - used
        if data.count(plain) + data.count(prefixed) > left and sum(1 for _ in exact.finditer(data)) > left:
            raise exceeded(source, f"{what}多于 {allowed} 个")


@dataclass(slots=True)
class _SheetReader:
    """The walk over one sheet."""

    name: str
    budget: Budget
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    arrays: list[tuple[tuple[int, int, int, int], str]] = field(default_factory=list)
    shared: dict[str, SharedFormula] = field(default_factory=dict)
    pending: list[tuple[tuple[int, int], str]] = field(default_factory=list)

    def read(self, root: etree._Element, state: str) -> SheetSnapshot:
        namespace = etree.QName(root).namespace or ""
        merges: list[tuple[int, int, int, int]] = []
        validations: list[Validation] = []
        protected = seen = False
        for child in root:
            match etree.QName(child).localname:
                case "sheetData":
                    if seen:
                        raise damaged(self.budget.package.source)
                    seen = True
                    self._walk(child, namespace)
                case "mergeCells":
                    merges += [
                        self._area(node.get("ref", ""))
                        for node in child.iterchildren(f"{{{namespace}}}mergeCell")
                    ]
                case "dataValidations":
                    validations += _validations(child, namespace)
                case "sheetProtection":
                    protected = is_true(child.get("sheet"))
                case "extLst":
                    for node in child.iter(f"{{{_X14}}}dataValidations"):
                        validations += _validations(node, _X14)
        self._finish_formulas()
        return SheetSnapshot(
            name=self.name,
            cells=self.cells,
            merges=tuple(merges),
            validations=tuple(validations),
            state=state,
            hidden_rows=frozenset(self.hidden_rows),
            protected=protected,
        )

    def _walk(self, sheet_data: etree._Element, namespace: str) -> None:
        budget, limits, cells = self.budget, self.budget.limits, self.cells
        tag_v, tag_f, tag_is = (f"{{{namespace}}}{name}" for name in ("v", "f", "is"))
        row = 0
        for row_node in sheet_data:
            address = row_node.get("r")
            row = self._row(address) if address is not None else row + 1
            if is_true(row_node.get("hidden")):
                self.hidden_rows.add(row)
            column = 0
            for node in row_node:
                address = node.get("r")
                if address is None:
                    at = row, column = row, column + 1
                else:
                    at = _, column = self._address(address)
                if not len(node):
                    continue
                text = formula = inline = None
                for child in node:
                    tag = child.tag
                    if tag == tag_v:
                        text = child.text
                        if text is None:
                            text = ""
                    elif tag == tag_f:
                        formula = child
                    elif tag == tag_is:
                        inline = rich_text(child, namespace)
                cell = self._cell(at, node, text, formula, inline)
                if cell is None:
                    continue
                if at in cells:
                    raise damaged(budget.package.source, f"{self._place(at)} 出现了两次")
                if at[0] > limits.max_row or column > limits.max_column:
                    raise self._outside(at)
                cells[at] = cell
        budget.cells += len(cells)
        if budget.cells > limits.cells:
            raise exceeded(budget.package.source, f"有内容的单元格多于 {limits.cells} 个")

    def _cell(
        self,
        at: tuple[int, int],
        node: etree._Element,
        text: str | None,
        formula_node: etree._Element | None,
        inline: str | None,
    ) -> Cell | None:
        budget = self.budget
        kind = node.get("t", "n")
        formula = self._formula(at, formula_node) if formula_node is not None else None
        value: Scalar = None
        cached = True
        if inline is not None and kind == "inlineStr":
            value = inline
        elif text or (text is not None and kind == "str"):
            try:
                value = stored_value(kind, text, budget.strings, budget.date1904)
            except (ValueError, IndexError, OverflowError) as error:
                raise damaged(budget.package.source, f"{self._place(at)} 的内容无法识别") from error
        else:
            cached = False
        if formula is None and value is None:
            return None
        if isinstance(value, str) and len(value) > budget.limits.string_length:
            raise exceeded(
                budget.package.source, f"{self._place(at)} 的文字超过 {budget.limits.string_length} 个字符"
            )
        return Cell(value, formula, self._style(node), cached)

    def _style(self, node: etree._Element) -> int:
        style = node.get("s", "0")
        index = int(style) if style.isdecimal() and len(style) < 7 else 0
        return index if index < self.budget.styles else 0

    def _formula(self, at: tuple[int, int], node: etree._Element) -> str | None:
        """Return the formula of a cell, or ``_PENDING`` where the master of a shared one is yet to come."""
        text = unescape((node.text or "").strip(" \t\r\n").removeprefix("="))
        kind = node.get("t")
        if kind == "shared":
            return self._shared_formula(at, node.get("si", ""), text)
        if kind == "dataTable":
            text = f"TABLE({node.get('r1', '')},{node.get('r2', '')})"
        if not text:
            return None
        if kind in ("array", "dataTable") and ":" in node.get("ref", ""):
            self.arrays.append((self._area(node.get("ref", "")), text))
        return self.budget.admit_formula(text)

    def _shared_formula(self, at: tuple[int, int], index: str, text: str) -> str:
        if text:
            self.shared[index] = SharedFormula(self.budget.admit_formula(text), *at)
            return text
        master = self.shared.get(index)
        if master is None:
            self.pending.append((at, index))
            return _PENDING
        return self.budget.admit_formula(master.at(*at))

    def _finish_formulas(self) -> None:
        for at, index in self.pending:
            master = self.shared.get(index)
            if master is None:
                raise damaged(self.budget.package.source, f"{self._place(at)} 的共享公式没有来源")
            self.cells[at] = replace(self.cells[at], formula=self.budget.admit_formula(master.at(*at)))
        limits = self.budget.limits
        for (top, left, bottom, right), text in self.arrays:
            if bottom > limits.max_row or right > limits.max_column:
                raise self._outside((bottom, right))
            for row in range(top, bottom + 1):
                for column in range(left, right + 1):
                    cell = self.cells.get((row, column), _UNFILLED)
                    self.budget.admit_formula(text)
                    if cell.formula is None:
                        self.cells[row, column] = replace(cell, formula=text)

    def _row(self, text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) <= 7 and 1 <= int(text) <= MAX_ROW):
            raise damaged(self.budget.package.source, "有一行的行号无法识别")
        return int(text)

    def _address(self, text: str) -> tuple[int, int]:
        try:
            return parse_a1(text)
        except ValueError as error:
            raise damaged(self.budget.package.source, "有单元格的地址无法识别") from error

    def _area(self, text: str) -> tuple[int, int, int, int]:
        try:
            return parse_area(text)
        except ValueError as error:
            raise damaged(self.budget.package.source, "有合并区域或数组公式的地址无法识别") from error

    def _place(self, at: tuple[int, int]) -> str:
        column = column_letters(at[1]) if 1 <= at[1] <= MAX_COLUMN else str(at[1])
        return f"工作表“{display_name(self.name)}”的 {column}{at[0]} 单元格"

    def _outside(self, at: tuple[int, int]) -> FileRefused:
        limits = self.budget.limits
        return exceeded(
            self.budget.package.source,
            f"{self._place(at)} 有内容，超出了允许的范围（{limits.max_row} 行、{limits.max_column} 列）",
            "请删去该处的内容后再试",
        )


def _validations(parent: etree._Element, namespace: str) -> Iterator[Validation]:
    """Yield the data validations of a ``dataValidations``; in the x14 extension formulas are in ``xm:f``."""
    extension = namespace == _X14
    for node in parent.iterchildren(f"{{{namespace}}}dataValidation"):
        inner = f"/{{{_XM}}}f" if extension else ""
        formulas = [node.findtext(f"{{{namespace}}}{name}{inner}") for name in ("formula1", "formula2")]
        areas = node.findtext(f"{{{_XM}}}sqref") if extension else node.get("sqref")
        yield Validation(
            areas=tuple((areas or "").split()),
            kind=node.get("type", "none"),
            formula1=unescape(formulas[0]) if formulas[0] else None,
            formula2=unescape(formulas[1]) if formulas[1] else None,
            operator=node.get("operator", "between"),
            prompt=unescape(node.get("prompt", "")),
            error=unescape(node.get("error", "")),
        )
