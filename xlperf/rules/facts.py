"""What is known of a submission once it is located and recomputed: the facts that every rule reads.

Addresses are those of the instance (the official workbook of the submission's shape); :meth:`Facts.place` gives the
address in the submission. Three sets of values are kept apart:

- *given*: what the file holds, cached results included;
- *as it stands*: every intact formula recomputed, every overwritten one left at the constant: what Excel shows;
- *mended*: overwritten formulas restored too, wherever they give a result.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

from xlperf.address import CellRef
from xlperf.findings import Place
from xlperf.recompute import Plan
from xlperf.template.dictionary import Block, BlockColumn, Kind
from xlperf.template.index import Input
from xlperf.template.instantiate import Instance
from xlperf.template.locate import Located
from xlperf.values import Scalar, as_decimal, is_blank, is_number, show_number
from xlperf.workbook.snapshot import Cell, Snapshot

Grid = dict[str, dict[tuple[int, int], Scalar]]


class Change(Enum):
    """What became of a formula of the template."""

    OVERWRITTEN = "被数字或文字覆盖"
    ALTERED = "被改动"
    MISSING = "被删除"


class Given:
    """The cells of the submission by their addresses in the instance; looked up, as most are never asked for."""

    def __init__(self, located: Located) -> None:
        self._matches = located.matches

    def get(self, cell: CellRef) -> Cell | None:
        """Return the cell of the submission that stands for one of the instance, None where nothing does."""
        match = self._matches.get(cell.sheet)
        if match is None:
            return None
        row, column = match.rows.get(cell.row), match.forth_column(cell.column)
        return match.sheet.cells.get((row, column)) if row is not None and column is not None else None

    def __getitem__(self, cell: CellRef) -> Cell:
        found = self.get(cell)
        if found is None:
            raise KeyError(cell)
        return found

    def __contains__(self, cell: object) -> bool:
        return isinstance(cell, CellRef) and self.get(cell) is not None


class Facts(NamedTuple):
    """The facts of one submission."""

    snapshot: Snapshot
    located: Located
    told: bool
    year: Scalar
    changes: Mapping[CellRef, Change]
    labels_changed: tuple[CellRef, ...]
    given: Given
    plan: Plan
    stands: Grid
    mended: Grid
    unchecked: Mapping[CellRef, str]
    unmendable: frozenset[CellRef] = frozenset()

    @property
    def instance(self) -> Instance:
        """The official workbook of the submission's shape."""
        return self.located.instance

    # -- values ------------------------------------------------------------------------------

    def value(self, cell: CellRef) -> Scalar:
        """Return what stands in a cell, recomputed where its formula is intact."""
        return self.stands.get(cell.sheet, {}).get((cell.row, cell.column))

    def mended_value(self, cell: CellRef) -> Scalar:
        """Return what would stand in a cell if the overwritten formulas were restored."""
        return self.mended.get(cell.sheet, {}).get((cell.row, cell.column))

    def named(self, name: str) -> CellRef | None:
        """Return the cell of a defined name of the instance."""
        area = self.instance.names.get(name)
        return CellRef(area.sheet, area.top, area.left) if area else None

    def named_value(self, name: str) -> Scalar:
        """Return the value under a defined name, None where there is none."""
        cell = self.named(name)
        return self.value(cell) if cell else None

    # -- inputs ------------------------------------------------------------------------------

    @property
    def inputs(self) -> tuple[Input, ...]:
        """Every cell that the unit fills in, sheet by sheet."""
        return self.instance.index.inputs

    def given_formula(self, cell: CellRef) -> str | None:
        """Return the formula that the submission has in a cell."""
        there = self.given.get(cell)
        return there.formula if there else None

    def is_there(self, cell: CellRef) -> bool:
        """Whether the row of a cell stands in the submission."""
        match = self.located.matches.get(cell.sheet)
        return match is not None and cell.row in match.rows

    @property
    def kinds(self) -> Mapping[CellRef, Kind]:
        """What may stand in each named or block cell."""
        return self.instance.index.kinds

    # -- words -------------------------------------------------------------------------------

    def block_of(self, cell: CellRef) -> Block | None:
        """Return the block whose row a cell stands in."""
        found = self.instance.index.block_rows.get((cell.sheet, cell.row))
        return found[0] if found else None

    def block_cell(self, cell: CellRef, key: str) -> CellRef | None:
        """Return the cell of another column in the same row of a block."""
        block = self.block_of(cell)
        column: BlockColumn | None = block.column(key) if block else None
        return CellRef(cell.sheet, cell.row, column.column) if column else None

    def row_title(self, cell: CellRef) -> str:
        """Return what a person calls the row: the name entered in a row of a block, or the printed label."""
        block = self.block_of(cell)
        if block:
            first = block.columns[0]
            name = self.value(CellRef(cell.sheet, cell.row, first.column))
            area = self.instance.index.block_rows[cell.sheet, cell.row][1]
            if isinstance(name, str) and name.strip() and first.kind.type == "文字":
                return name.strip()
            plain = block.name.removeprefix("附件2_").removeprefix("附表_")
            plain = plain.removeprefix(self.instance.template.dictionary.prefix).partition("_")[0]
            return f"{plain}第{cell.row - area.top + 1}行"
        for column in range(1, 4):
            text = self.value(CellRef(cell.sheet, cell.row, column))
            if isinstance(text, str) and text.strip():
                return " ".join(text.split())
        return ""

    def label(self, cell: CellRef) -> str:
        """Return what a person calls a cell."""
        name = self.instance.index.named_cells.get(cell)
        if name is not None:
            prefix = self._prefix(cell.sheet)
            return "·".join(name.removeprefix(prefix).removeprefix("附件2_").removeprefix("附表_").split("_"))
        block = self.block_of(cell)
        if block is not None:
            column = next((c for c in block.columns if c.column == cell.column), None)
            title = self.row_title(cell)
            return f"{title}·{column.key}" if column else title
        return self.row_title(cell)

    def _prefix(self, sheet: str) -> str:
        number = self.instance.sheet(sheet).number
        return self.instance.template.dictionary.project_prefix(number) if number else ""

    def shown(self, cell: CellRef, value: Scalar) -> str:
        """Return a value as the cell's format shows it, where that says more than the number."""
        if not is_number(value):
            return ""
        assert isinstance(value, int | float)
        made = self.instance.sheet(cell.sheet).cells.get((cell.row, cell.column))
        style = made.style if made else 0
        formats = self.instance.template.outline.number_formats
        if style < len(formats) and "%" in formats[style]:
            return percent(value)
        return ""

    def place(self, cell: CellRef) -> Place:
        """Return a cell of the instance as a place in the submission."""
        match = self.located.matches.get(cell.sheet)
        value = self.value(cell)
        there = cell
        if match is not None:
            row = match.rows.get(cell.row, cell.row)
            there = CellRef(match.sheet.name, row, match.columns.get(cell.column, cell.column))
        return Place(there, self.label(cell), None if is_blank(value) else value, self.shown(cell, value))


def percent(value: int | float) -> str:
    """Return a ratio in percent with two decimals: 1.0625 is 106.25%."""
    return f"{show_number(as_decimal(value) * 100, 2)}%"
