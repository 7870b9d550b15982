"""One sheet's XML to its snapshot: cells, formulas, merges, validations, protection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from lxml import etree

from xlperf.address import MAX_COLUMN, MAX_ROW, column_letters, parse_a1, parse_area
from xlperf.errors import FileRefused
from xlperf.values import Scalar
from xlperf.workbook.limits import Limits
from xlperf.workbook.package import Package
from xlperf.workbook.read_refuse import damaged, display_name, exceeded
from xlperf.workbook.read_text import is_true, number, rich_text, stored_value, unescape
from xlperf.workbook.read_trim import drop_blanks, too_many_cells, too_many_formulas
from xlperf.workbook.read_validations import X14, read_validations
from xlperf.workbook.shared import SharedFormula
from xlperf.workbook.snapshot import Cell, SheetSnapshot, Validation

_PENDING = "…"
_UNFILLED = Cell(cached=False)


@dataclass(slots=True)
class Budget:
    """What of the workbook's limits is used up so far, and what all its sheets share."""

    package: Package
    strings: Mapping[str, str] = field(default_factory=dict)
    styles: int = 1
    date1904: bool = False
    cells: int = 0
    formulas: int = 0
    formula_chars: int = 0
    areas: int = 0

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

    def admit_areas(self, count: int) -> None:
        """Count merged and validated areas. Raises LimitExceeded."""
        self.areas += count
        if self.areas > self.limits.areas:
            raise exceeded(self.package.source, f"合并区域和数据验证多于 {self.limits.areas} 个")


def read_sheet(part: str, name: str, state: str, budget: Budget) -> SheetSnapshot:
    """Return the snapshot of a sheet. Raises FileRefused where it is unsound or too large."""
    whole = budget.package.xml_bytes(part)
    data = drop_blanks(whole)
    if too_many_cells(data, budget.limits.cells - budget.cells):
        raise exceeded(budget.package.source, f"有内容的单元格多于 {budget.limits.cells} 个")
    if too_many_formulas(data, budget.limits.formulas - budget.formulas):
        raise exceeded(budget.package.source, f"公式多于 {budget.limits.formulas} 个")
    reader = _SheetReader(name, budget, dropped=len(data) < len(whole))
    return reader.read(budget.package.parse_bytes(data), state)


@dataclass(slots=True)
class _SheetReader:
    """The walk over one sheet."""

    name: str
    budget: Budget
    dropped: bool
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    arrays: list[tuple[tuple[int, int, int, int], str]] = field(default_factory=list)
    blocks: list[tuple[int, int, int, int]] = field(default_factory=list)
    dynamic: set[tuple[int, int]] = field(default_factory=set)
    shared: dict[str, SharedFormula] = field(default_factory=dict)
    pending: list[tuple[tuple[int, int], str]] = field(default_factory=list)
    styles: dict[str | None, int] = field(default_factory=dict)
    tag_v: str = ""
    tag_f: str = ""
    tag_is: str = ""

    def read(self, root: etree._Element, state: str) -> SheetSnapshot:
        if etree.QName(root).localname not in ("worksheet", "macrosheet"):
            raise damaged(self.budget.package.source, "有一张工作表的内容无法识别")
        merges: list[tuple[int, int, int, int]] = []
        validations: list[Validation] = []
        protected = seen = filtered = False
        for child in root:
            namespace = etree.QName(child).namespace or ""
            match etree.QName(child).localname:
                case "sheetData":
                    if seen:
                        raise damaged(self.budget.package.source)
                    seen = True
                    self._walk(child, namespace)
                case "mergeCells":
                    self.budget.admit_areas(len(child))
                    merges += [
                        self._area(node.get("ref", "")) for node in child.iterchildren(f"{{{namespace}}}mergeCell")
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
        self._finish_formulas()
        return SheetSnapshot(
            name=self.name,
            cells=self.cells,
            merges=tuple(merges),
            validations=tuple(validations),
            state=state,
            hidden_rows=frozenset(self.hidden_rows),
            protected=protected,
            arrays=tuple(self.blocks),
            dynamic=frozenset(self.dynamic),
            filtered=filtered,
        )

    def _validations(self, parent: etree._Element, namespace: str) -> Iterator[Validation]:
        for validation in read_validations(parent, namespace, self.budget.limits.areas):
            self.budget.admit_areas(1 + len(validation.areas))
            yield validation

    def _walk(self, sheet_data: etree._Element, namespace: str) -> None:
        budget, cells, read_cell, parse = self.budget, self.cells, self._cell, parse_a1
        max_row, max_column = budget.limits.max_row, budget.limits.max_column
        self.tag_v, self.tag_f, self.tag_is = (f"{{{namespace}}}{tag}" for tag in ("v", "f", "is"))
        row = 0
        for row_node in sheet_data:
            row = self._row(row_node, row)
            at = row, 0
            for node in row_node:
                address = node.get("r")
                try:
                    at = parse(address) if address else (row, self._next(at[1]))
                except ValueError as error:
                    raise damaged(budget.package.source, "有单元格的地址无法识别") from error
                cell = read_cell(at, node)
                if cell is not None:
                    if at in cells:
                        raise damaged(budget.package.source, f"{self._place(at)}出现了两次")
                    if at[0] > max_row or at[1] > max_column:
                        raise self._outside(at)
                    cells[at] = cell
        budget.cells += len(cells)
        if budget.cells > budget.limits.cells:
            raise exceeded(budget.package.source, f"有内容的单元格多于 {budget.limits.cells} 个")

    def _cell(self, at: tuple[int, int], node: etree._Element) -> Cell | None:
        """Return the cell of a ``c``; None where it holds nothing.

        Looking at the children by position first is twice as fast as a loop over them.
        """
        count = len(node)
        if not count:
            return None
        first, formula, inline = node[0], None, None
        tag = first.tag
        if count == 1 and tag == self.tag_v:
            text = first.text
        elif count == 2 and tag == self.tag_f and (second := node[1]).tag == self.tag_v:
            formula, text = self._formula(at, first), second.text or ""
        else:
            formula, text, inline = self._children(at, node)
        kind = node.get("t")
        value: Scalar = None
        if text or (text is not None and kind == "str"):
            value = self._value(at, kind, text)
        elif inline is not None:
            value = self._string(at, inline)
        elif formula is None:
            return None
        style = node.get("s")
        index = self.styles.get(style)
        return Cell(value, formula, self._style(style) if index is None else index, value is not None)

    def _children(self, at: tuple[int, int], node: etree._Element) -> tuple[str | None, str | None, str | None]:
        """Return formula, text of the value and inline string where the order is not the usual one."""
        formula: str | None = None
        text: str | None = None
        inline: str | None = None
        for child in node:
            if child.tag == self.tag_v:
                text = child.text or ""
            elif child.tag == self.tag_f:
                formula = self._formula(at, child)
            elif child.tag == self.tag_is:
                inline = rich_text(child, self.tag_is[1:-3])
        return formula, text, inline

    def _value(self, at: tuple[int, int], kind: str | None, text: str) -> Scalar:
        try:
            if kind == "s":
                return self.budget.strings[text]
            if kind is None or kind == "n":
                return number(text)
            value = stored_value(kind, text, self.budget.date1904)
        except (ValueError, LookupError, OverflowError) as error:
            raise damaged(self.budget.package.source, f"{self._place(at)}的内容无法识别") from error
        return self._string(at, value) if isinstance(value, str) else value

    def _string(self, at: tuple[int, int], text: str) -> str:
        if len(text) > self.budget.limits.string_length:
            longest = self.budget.limits.string_length
            raise exceeded(self.budget.package.source, f"{self._place(at)}的文字超过 {longest} 个字符")
        return text

    def _style(self, text: str | None) -> int:
        index = int(text) if text and text.isdecimal() and len(text) < 7 else 0
        self.styles[text] = index if index < self.budget.styles else 0
        return self.styles[text]

    def _formula(self, at: tuple[int, int], node: etree._Element) -> str | None:
        """Return the formula of a cell, or ``_PENDING`` where the master of a shared one is yet to come."""
        text = node.text or ""
        if text and (text[0] in " \t\r\n=" or text[-1] in " \t\r\n" or "_x" in text):
            text = unescape(text.strip(" \t\r\n").removeprefix("="))
        kind = node.get("t")
        if kind == "shared":
            return self._shared_formula(at, node.get("si", ""), text)
        if kind == "dataTable":
            text = f"TABLE({node.get('r1', '')},{node.get('r2', '')})"
        if not text:
            return None
        if kind in ("array", "dataTable"):
            self._array_formula(at, node, text)
        return self.budget.admit_formula(text)

    def _array_formula(self, at: tuple[int, int], node: etree._Element, text: str) -> None:
        """Note the area of an array formula; one that gives no area stands in its cell alone."""
        ref = node.get("ref", "")
        area = self._area(ref) if ":" in ref else (*at, *at)
        if ":" in ref:
            self.arrays.append((area, text))
        if node.get("t") == "array":
            self.blocks.append(area)
            parent = node.getparent()
            if parent is not None and parent.get("cm"):
                self.dynamic.add(at)

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
                raise damaged(self.budget.package.source, f"{self._place(at)}的共享公式没有来源")
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

    def _next(self, previous: int) -> int:
        """Return where a row or cell without address stands; none can be left where blanks were dropped."""
        if self.dropped:
            raise damaged(self.budget.package.source, "有单元格没有地址")
        return previous + 1

    def _row(self, node: etree._Element, previous: int) -> int:
        """Return the number of a row, and note it where it is hidden."""
        text = node.get("r")
        row = int(text) if text and text.isascii() and text.isdigit() and len(text) <= 7 else 0
        if text is None:
            row = self._next(previous)
        if not 1 <= row <= MAX_ROW:
            raise damaged(self.budget.package.source, "有一行的行号无法识别")
        if is_true(node.get("hidden")):
            self.hidden_rows.add(row)
        return row

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
            f"{self._place(at)}有内容，超出了允许的范围（{limits.max_row} 行、{limits.max_column} 列）",
            "请删去该处的内容后再试",
        )
