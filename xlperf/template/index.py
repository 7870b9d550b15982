"""What an instance holds, looked up by cell: made once for each shape, however many submissions have it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from xlperf.address import CellRef, RangeRef, within
from xlperf.template.dictionary import SHEET, Block, Kind
from xlperf.template.review import ReviewRow
from xlperf.values import Scalar

if TYPE_CHECKING:  # the instance makes its index
    from xlperf.template.instantiate import Instance

#: Flags named by what they ask, because one column serves several rules.
_LOOSE = {"决算不超预算": ("A09", "A10"), "有决算必有预算": ("A12",)}


class Input(NamedTuple):
    """A cell that the unit fills in; ``block`` is the block whose row it stands in, empty for a field."""

    cell: CellRef
    kind: Kind
    key: str
    block: str = ""


class Official(NamedTuple):
    """The locked cells of one sheet, row and column: each formula, and each preset value."""

    formulas: list[tuple[tuple[int, int], str]]
    presets: list[tuple[tuple[int, int], Scalar]]


class Index:
    """The look-ups of one instance."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._flags: dict[tuple[str, int], tuple[CellRef, ...]] = {}

    @cached_property
    def inputs(self) -> tuple[Input, ...]:
        """Every cell that the unit fills in, sheet by sheet."""
        found = [Input(where, kind, name) for name, where, kind in self._instance.named_fields() if kind.is_input]
        for block, area in self._instance.block_areas():
            for row in range(area.top, area.bottom + 1):
                found += [
                    Input(CellRef(area.sheet, row, column.column), column.kind, column.key, block.name)
                    for column in block.columns
                    if column.kind.is_input
                ]
        return tuple(found)

    @cached_property
    def unlocked(self) -> frozenset[CellRef]:
        """Every cell that is not locked: the inputs, and the explanations (审核说明) of 核实 checks."""
        explanations = (row.cell("explanation") for row in self._instance.reviews if row.level == "核实")
        return frozenset((*(item.cell for item in self.inputs), *explanations))

    @cached_property
    def unlocked_on(self) -> Mapping[str, frozenset[tuple[int, int]]]:
        """The cells that are not locked, by sheet."""
        found: dict[str, set[tuple[int, int]]] = {}
        for cell in self.unlocked:
            found.setdefault(cell.sheet, set()).add((cell.row, cell.column))
        return {sheet: frozenset(cells) for sheet, cells in found.items()}

    @cached_property
    def official(self) -> Mapping[str, Official]:
        """The locked cells by sheet, without the hidden one."""
        found: dict[str, Official] = {}
        for sheet in self._instance.sheets:
            if sheet.name == SHEET:
                continue
            unlocked = self.unlocked_on.get(sheet.name, frozenset())
            locked = [(key, cell) for key, cell in sheet.cells.items() if key not in unlocked]
            found[sheet.name] = Official(
                [(key, cell.formula) for key, cell in locked if cell.formula is not None],
                [(key, cell.value) for key, cell in locked if cell.formula is None and cell.value is not None],
            )
        return found

    @cached_property
    def kinds(self) -> Mapping[CellRef, Kind]:
        """What may stand in each named or block cell."""
        kinds = {cell: kind for _, cell, kind in self._instance.named_fields()}
        for block, area in self._instance.block_areas():
            for row in range(area.top, area.bottom + 1):
                for column in block.columns:
                    kinds[CellRef(area.sheet, row, column.column)] = column.kind
        return kinds

    @cached_property
    def listed(self) -> tuple[tuple[CellRef, Kind], ...]:
        """The computed cells that can only show one of a list of values."""
        return tuple((cell, kind) for cell, kind in self.kinds.items() if kind.values and not kind.is_input)

    @cached_property
    def block_rows(self) -> Mapping[tuple[str, int], tuple[Block, RangeRef]]:
        """The block that a row of a sheet belongs to, with its area."""
        return {
            (area.sheet, row): (block, area)
            for block, area in self._instance.block_areas()
            for row in range(area.top, area.bottom + 1)
        }

    @cached_property
    def named_cells(self) -> Mapping[CellRef, str]:
        """The defined name of each named cell; blocks have none of their own."""
        blocks = self._instance.template.dictionary.blocks
        return {
            CellRef(area.sheet, area.top, area.left): name
            for name, area in self._instance.names.items()
            if name not in blocks
        }

    def flags_of(self, row: ReviewRow) -> tuple[CellRef, ...]:
        """Return the flag cells that the left side of a check counts; none where it compares two sides."""
        key = row.sheet, row.row
        if key not in self._flags:
            self._flags[key] = tuple(self._counted(row))
        return self._flags[key]

    def _counted(self, row: ReviewRow) -> Iterator[CellRef]:
        flags = self._instance.template.dictionary.flags
        for area in self._instance.plan.precedents(row.cell("left")):
            origin = self._instance.sheet(area.sheet).origin
            for column in range(area.left, area.right + 1):
                rules = flags.get((origin, column), "")
                if row.rule in rules.split() or row.rule in _LOOSE.get(rules, ()):
                    for line in range(area.top, area.bottom + 1):
                        yield CellRef(area.sheet, line, column)

    @cached_property
    def guarded(self) -> Mapping[str, tuple[CellRef, ...]]:
        """The inputs that have a data validation, by sheet."""
        found: dict[str, tuple[CellRef, ...]] = {}
        outline = self._instance.template.outline
        for sheet in self._instance.sheets:
            sources = {
                (sheet.sources[item.cell.row - 1], item.cell.column)
                for item in self.inputs
                if item.cell.sheet == sheet.name
            }
            guarded = within(sources, outline.sheet(sheet.origin).validated)
            found[sheet.name] = tuple(
                item.cell
                for item in self.inputs
                if item.cell.sheet == sheet.name
                and (sheet.sources[item.cell.row - 1], item.cell.column) in guarded
            )
        return found

