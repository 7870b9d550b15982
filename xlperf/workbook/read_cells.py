"""The cells of one sheet as they are gathered, whichever way its XML is read."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from xlperf.address import MAX_COLUMN, MAX_ROW, column_letters, parse_area
from xlperf.errors import FileRefused
from xlperf.values import Scalar
from xlperf.workbook.limits import Limits
from xlperf.workbook.package import Package
from xlperf.workbook.read_refuse import damaged, display_name, exceeded
from xlperf.workbook.read_text import is_true, number, stored_value, unescape
from xlperf.workbook.shared import SharedFormula
from xlperf.workbook.snapshot import Cell

_PENDING = "…"
_UNFILLED = Cell(cached=False)


class Budget:
    """What of the workbook's limits is used up so far, and what all its sheets share."""

    __slots__ = ("areas", "cells", "date1904", "formula_chars", "formulas", "package", "skim", "strings", "styles")

    def __init__(
        self,
        package: Package,
        strings: Mapping[str, str] = MappingProxyType({}),
        styles: int = 1,
        date1904: bool = False,
        skim: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        self.package, self.strings, self.styles, self.date1904, self.skim = package, strings, styles, date1904, skim
        self.cells = self.formulas = self.formula_chars = self.areas = 0

    @property
    def limits(self) -> Limits:
        """The limits of this reading."""
        return self.package.limits

    def admit_formula(self, text: str) -> str:
        """Count one formula cell. Raises LimitExceeded."""
        if len(text) > self.limits.formula_length:
            longest = self.limits.formula_length
            raise exceeded(self.package.source, f"有公式超过 {longest} 个字符", "请把该公式拆短后再试")
        self.admit_formulas(1, len(text))
        return text

    def admit_formulas(self, count: int, characters: int) -> None:
        """Count formula cells and the characters in them. Raises LimitExceeded."""
        self.formulas += count
        self.formula_chars += characters
        if self.formulas > self.limits.formulas or self.formula_chars > self.limits.formula_chars:
            raise exceeded(self.package.source, f"公式过多（多于 {self.limits.formulas} 个或总长过大）")

    def admit_areas(self, count: int) -> None:
        """Count merged and validated areas. Raises LimitExceeded."""
        self.areas += count
        if self.areas > self.limits.areas:
            raise exceeded(self.package.source, f"合并区域和数据验证多于 {self.limits.areas} 个")


class SheetCells:
    """The cells of a sheet, its formulas with the shared and array ones spread out, its hidden rows."""

    def __init__(self, name: str, budget: Budget, dropped: bool = False) -> None:
        self.name, self.budget, self.dropped = name, budget, dropped
        self.cells: dict[tuple[int, int], Cell] = {}
        self.hidden_rows: set[int] = set()
        self.arrays: list[tuple[tuple[int, int, int, int], str]] = []
        self.blocks: list[tuple[int, int, int, int]] = []
        self.dynamic: set[tuple[int, int]] = set()
        self.shared: dict[str, SharedFormula] = {}
        self.pending: list[tuple[tuple[int, int], str]] = []
        self.styles: dict[str | None, int] = {}

    def formula(
        self, at: tuple[int, int], text: str, attributes: Mapping[str, str], dynamic: bool = False
    ) -> str | None:
        """Return the formula of a cell, or ``_PENDING`` where the master of a shared one is yet to come.

        ``dynamic`` tells that the area of an array formula follows its result.
        """
        if text and (text[0] in " \t\r\n=" or text[-1] in " \t\r\n" or "_x" in text):
            text = unescape(text.strip(" \t\r\n").removeprefix("="))
        kind = attributes.get("t") if attributes else None
        if kind == "shared":
            return self._shared_formula(at, attributes.get("si", ""), text)
        if kind == "dataTable":
            text = f"TABLE({attributes.get('r1', '')},{attributes.get('r2', '')})"
        if not text:
            return None
        if kind in ("array", "dataTable"):
            self._array_formula(at, text, attributes, dynamic)
        return self.budget.admit_formula(text)

    def _array_formula(self, at: tuple[int, int], text: str, attributes: Mapping[str, str], dynamic: bool) -> None:
        """Note the area of an array formula; one that gives no area stands in its cell alone."""
        ref = attributes.get("ref", "")
        area = self.area(ref) if ":" in ref else (*at, *at)
        if ":" in ref:
            self.arrays.append((area, text))
        if attributes.get("t") == "array":
            self.blocks.append(area)
            if dynamic:
                self.dynamic.add(at)

    def value(self, at: tuple[int, int], kind: str | None, text: str) -> Scalar:
        """Return what a ``v`` holds. Raises FileRefused."""
        try:
            if kind == "s":
                return self.budget.strings[text]
            if not kind or kind == "n":
                return number(text)
            value = stored_value(kind, text, self.budget.date1904)
        except (ValueError, LookupError, OverflowError) as error:
            raise damaged(self.budget.package.source, f"{self.place(at)}的内容无法识别") from error
        return self.string(at, value) if isinstance(value, str) else value

    def string(self, at: tuple[int, int], text: str) -> str:
        """Return a text that stands in a cell. Raises LimitExceeded."""
        if len(text) > self.budget.limits.string_length:
            longest = self.budget.limits.string_length
            raise exceeded(self.budget.package.source, f"{self.place(at)}的文字超过 {longest} 个字符")
        return text

    def style(self, text: str | None) -> int:
        """Return a cell's style index; 0 for one that is not in the style table."""
        index = int(text) if text and text.isdecimal() and len(text) < 7 else 0
        self.styles[text] = index if index < self.budget.styles else 0
        return self.styles[text]

    def row(self, text: str, hidden: str | None) -> int:
        """Return the number of a row, and note it where it is hidden. Raises FileRefused."""
        row = int(text) if text.isascii() and text.isdigit() and len(text) <= 7 else 0
        if not 1 <= row <= MAX_ROW:
            raise damaged(self.budget.package.source, "有一行的行号无法识别")
        if is_true(hidden):
            self.hidden_rows.add(row)
        return row

    def next_after(self, previous: int) -> int:
        """Return where a row or cell without address stands; none can be left where blanks were dropped."""
        if self.dropped:
            raise damaged(self.budget.package.source, "有单元格没有地址")
        return previous + 1

    def admit(self, at: tuple[int, int]) -> None:
        """See that a cell stands where no other does, within bounds. Raises FileRefused."""
        limits = self.budget.limits
        if at in self.cells:
            raise damaged(self.budget.package.source, f"{self.place(at)}出现了两次")
        if at[0] > limits.max_row or at[1] > limits.max_column:
            raise self._outside(at)

    def finish(self) -> None:
        """Count the cells, and give shared and array formulas their texts. Raises FileRefused."""
        budget = self.budget
        budget.cells += len(self.cells)
        if budget.cells > budget.limits.cells:
            raise exceeded(budget.package.source, f"有内容的单元格多于 {budget.limits.cells} 个")
        for at, index in self.pending:
            master = self.shared.get(index)
            if master is None:
                raise damaged(budget.package.source, f"{self.place(at)}的共享公式没有来源")
            self.cells[at] = self.cells[at]._replace(formula=budget.admit_formula(master.at(*at)))
        for area, text in self.arrays:
            self._spread(area, text)

    def _shared_formula(self, at: tuple[int, int], index: str, text: str) -> str:
        if text:
            self.shared[index] = SharedFormula(self.budget.admit_formula(text), *at)
            return text
        master = self.shared.get(index)
        if master is None:
            self.pending.append((at, index))
            return _PENDING
        return self.budget.admit_formula(master.at(*at))

    def _spread(self, area: tuple[int, int, int, int], text: str) -> None:
        top, left, bottom, right = area
        if bottom > self.budget.limits.max_row or right > self.budget.limits.max_column:
            raise self._outside((bottom, right))
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                cell = self.cells.get((row, column), _UNFILLED)
                self.budget.admit_formula(text)
                if cell.formula is None:
                    self.cells[row, column] = cell._replace(formula=text)

    def area(self, text: str) -> tuple[int, int, int, int]:
        """Return the corners of an area. Raises FileRefused."""
        try:
            return parse_area(text)
        except ValueError as error:
            raise damaged(self.budget.package.source, "有合并区域或数组公式的地址无法识别") from error

    def place(self, at: tuple[int, int]) -> str:
        """Return a cell as a sentence names it."""
        column = column_letters(at[1]) if 1 <= at[1] <= MAX_COLUMN else str(at[1])
        return f"工作表“{display_name(self.name)}”的 {column}{at[0]} 单元格"

    def _outside(self, at: tuple[int, int]) -> FileRefused:
        limits = self.budget.limits
        return exceeded(
            self.budget.package.source,
            f"{self.place(at)}有内容，超出了允许的范围（{limits.max_row} 行、{limits.max_column} 列）",
            "请删去该处的内容后再试",
        )
