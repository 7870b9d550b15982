"""What is known of a submission once it is located and recomputed: the facts that every rule reads.

Addresses are those of the instance (the official workbook of the submission's shape); :meth:`Facts.place` gives the
address in the submission. Three sets of values are kept apart:

- *given*: what the file holds, cached results included;
- *as it stands*: every intact formula recomputed, every overwritten one left at the constant: what Excel shows;
- *mended*: overwritten formulas restored too, wherever they give a result.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property

from xlperf.address import CellRef, RangeRef
from xlperf.findings import Place
from xlperf.recompute import Plan, Resolver
from xlperf.template.dictionary import SHEET, Block, BlockColumn, Kind
from xlperf.template.instantiate import Instance, absolute
from xlperf.template.locate import Located, SheetMatch
from xlperf.values import Scalar, as_decimal, is_blank, is_number, show_number
from xlperf.workbook.snapshot import Cell, Snapshot

Grid = dict[str, dict[tuple[int, int], Scalar]]


class Change(Enum):
    """What became of a formula of the template."""

    OVERWRITTEN = "被数字或文字覆盖"
    ALTERED = "被改动"
    MISSING = "被删除"


@dataclass(frozen=True, slots=True)
class Input:
    """A cell that the unit fills in. ``row_cells`` are the inputs of the same row of a block, none for a field."""

    cell: CellRef
    kind: Kind
    key: str
    block: str = ""


@dataclass
class Facts:
    """The facts of one submission."""

    snapshot: Snapshot
    located: Located
    told: bool
    year: Scalar
    changes: Mapping[CellRef, Change]
    labels_changed: tuple[CellRef, ...]
    given: Mapping[CellRef, Cell]
    plan: Plan
    stands: Grid
    mended: Grid
    unchecked: Mapping[CellRef, str]
    unmendable: frozenset[CellRef] = field(default=frozenset())

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

    @cached_property
    def inputs(self) -> tuple[Input, ...]:
        """Every cell that the unit fills in, sheet by sheet."""
        found: list[Input] = []
        for name, where, kind in self._fields():
            if kind.is_input:
                found.append(Input(where, kind, name))
        for block, area in self.block_areas():
            for row in range(area.top, area.bottom + 1):
                found += [
                    Input(CellRef(area.sheet, row, column.column), column.kind, column.key, block.name)
                    for column in block.columns
                    if column.kind.is_input
                ]
        return tuple(found)

    def _fields(self) -> Iterator[tuple[str, CellRef, Kind]]:
        dictionary = self.instance.template.dictionary
        for name, item in dictionary.fields.items():
            numbers = range(1, len(self.instance.shape.projects) + 1) if item.sheet == dictionary.prototype else (0,)
            for number in numbers:
                real = name if not number else dictionary.project_prefix(number) + name[len(dictionary.prefix) :]
                area = self.instance.names[real]
                yield real, CellRef(area.sheet, area.top, area.left), item.kind

    def block_areas(self) -> Iterator[tuple[Block, RangeRef]]:
        """Yield every block of the instance with its area; blocks of project sheets once for each project."""
        dictionary = self.instance.template.dictionary
        for name, block in dictionary.blocks.items():
            numbers = range(1, len(self.instance.shape.projects) + 1) if block.sheet == dictionary.prototype else (0,)
            for number in numbers:
                real = name if not number else dictionary.project_prefix(number) + name[len(dictionary.prefix) :]
                yield block, self.instance.names[real]

    def is_there(self, cell: CellRef) -> bool:
        """Whether the row of a cell stands in the submission."""
        match = self.located.matches.get(cell.sheet)
        return match is not None and cell.row in match.rows

    @cached_property
    def kinds(self) -> Mapping[CellRef, Kind]:
        """What may stand in each named or block cell."""
        kinds = {cell: kind for _, cell, kind in self._fields()}
        for block, area in self.block_areas():
            for row in range(area.top, area.bottom + 1):
                for column in block.columns:
                    kinds[CellRef(area.sheet, row, column.column)] = column.kind
        return kinds

    # -- words -------------------------------------------------------------------------------

    @cached_property
    def _block_rows(self) -> Mapping[tuple[str, int], tuple[Block, RangeRef]]:
        return {
            (area.sheet, row): (block, area)
            for block, area in self.block_areas()
            for row in range(area.top, area.bottom + 1)
        }

    @cached_property
    def _named_cells(self) -> Mapping[CellRef, str]:
        blocks = self.instance.template.dictionary.blocks
        return {
            CellRef(area.sheet, area.top, area.left): name
            for name, area in self.instance.names.items()
            if name not in blocks
        }

    def block_of(self, cell: CellRef) -> Block | None:
        """Return the block whose row a cell stands in."""
        found = self._block_rows.get((cell.sheet, cell.row))
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
            area = self._block_rows[cell.sheet, cell.row][1]
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
        name = self._named_cells.get(cell)
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
        formats = self.instance.template.snapshot.number_formats
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

    def given_address(self, match: SheetMatch, row: int, column: int) -> CellRef | None:
        """Return the address in the instance of a cell of the submission, None where it belongs to nothing."""
        here, across = match.back_row(row), match.back_column(column)
        return CellRef(match.expected, here, across) if here and across else None


def percent(value: int | float) -> str:
    """Return a ratio in percent with two decimals: 1.0625 is 106.25%."""
    return f"{show_number(as_decimal(value) * 100, 2)}%"


def gather(snapshot: Snapshot, located: Located, told: bool, year: Scalar) -> Facts:
    """Compare, recompute, and put the facts together."""
    instance = located.instance
    given = _given(located)
    changes, labels = _compare(snapshot, located, given)
    plan = instance.plan
    grid = instance.constants()
    facts_inputs = _unlocked(instance)
    for cell in facts_inputs:
        there = given.get(cell)
        if there is not None and there.value is not None:
            grid[cell.sheet][cell.row, cell.column] = there.value
    keep = frozenset(changes)
    for cell in keep:
        there = given.get(cell)
        grid[cell.sheet][cell.row, cell.column] = there.value if there is not None else None
    stands = plan.run(grid, keep)
    mended, unmendable = stands.values, frozenset[CellRef]()
    if keep:
        first = plan.run(grid).values
        unmendable = frozenset(c for c in keep if not _gives(first.get(c.sheet, {}).get((c.row, c.column))))
        mended = plan.run(grid, unmendable).values if unmendable else first
    return Facts(
        snapshot, located, told, year, changes, labels, given, plan, stands.values, mended, stands.unchecked, unmendable
    )  # fmt: skip


def _gives(value: Scalar) -> bool:
    return not is_blank(value) and not isinstance(value, Enum)


def _given(located: Located) -> dict[CellRef, Cell]:
    """Return the cells of the submission at their addresses in the instance."""
    given: dict[CellRef, Cell] = {}
    for match in located.matches.values():
        for (row, column), cell in match.sheet.cells.items():
            here, across = match.back_row(row), match.back_column(column)
            if here is not None and across is not None:
                given[CellRef(match.expected, here, across)] = cell
    return given


def _unlocked(instance: Instance) -> list[CellRef]:
    """Return every cell that is not locked in the template: what the unit may write."""
    dictionary = instance.template.dictionary
    found: list[CellRef] = []
    for name, item in dictionary.fields.items():
        if item.kind.is_input:
            numbers = range(1, len(instance.shape.projects) + 1) if item.sheet == dictionary.prototype else (0,)
            for number in numbers:
                real = name if not number else dictionary.project_prefix(number) + name[len(dictionary.prefix) :]
                area = instance.names[real]
                found.append(CellRef(area.sheet, area.top, area.left))
    for name, block in dictionary.blocks.items():
        numbers = range(1, len(instance.shape.projects) + 1) if block.sheet == dictionary.prototype else (0,)
        for number in numbers:
            real = name if not number else dictionary.project_prefix(number) + name[len(dictionary.prefix) :]
            area = instance.names[real]
            found += [
                CellRef(area.sheet, row, column.column)
                for row in range(area.top, area.bottom + 1)
                for column in block.columns
                if column.kind.is_input
            ]
    found += [row.cell("explanation") for row in instance.reviews if row.level == "核实"]
    return found


def _compare(
    snapshot: Snapshot, located: Located, given: Mapping[CellRef, Cell]
) -> tuple[dict[CellRef, Change], tuple[CellRef, ...]]:
    """Compare every formula and preset of the instance with what stands in the submission."""
    instance = located.instance
    expected = Resolver(instance.book.names, instance.book.sheets)
    comparer = _Comparer(snapshot, located, expected)
    inputs = set(_unlocked(instance))
    changes: dict[CellRef, Change] = {}
    labels: list[CellRef] = []
    for sheet in instance.sheets:
        match = located.matches.get(sheet.name)
        if match is None or sheet.name == "_xlperf":
            continue
        gone = set(match.missing)
        for (row, column), cell in sheet.cells.items():
            ref = CellRef(sheet.name, row, column)
            if row in gone or ref in inputs:
                continue
            there = given.get(ref)
            if cell.formula is not None:
                change = comparer.change(ref, cell.formula, there, match)
                if change:
                    changes[ref] = change
            elif cell.value is not None and not _same_preset(cell.value, there.value if there else None):
                numbered = sheet.number and cell.value == sheet.name
                if not (numbered and there and _is_project_name(instance, there.value)):
                    labels.append(ref)
    _forgive_empty_rows(instance, located, given, changes, labels)
    return changes, tuple(labels)


def _is_project_name(instance: Instance, text: Scalar) -> bool:
    """Whether a text is the name of some project sheet: a copied sheet still prints the number of the original."""
    first, _, last = instance.template.dictionary.identity["项目表式样"].partition("{n}")
    return isinstance(text, str) and re.fullmatch(rf"{re.escape(first)}\d+{re.escape(last)}", text.strip()) is not None


def _same_preset(official: Scalar, there: Scalar) -> bool:
    if isinstance(official, str):
        return isinstance(there, str) and "".join(official.split()) == "".join(there.split())
    return official == there


def _forgive_empty_rows(
    instance: Instance,
    located: Located,
    given: Mapping[CellRef, Cell],
    changes: dict[CellRef, Change],
    labels: list[CellRef],
) -> None:
    """Say nothing of formulas and presets missing in wholly empty rows of a block: inserted and not yet used."""
    blocks = instance.template.dictionary.blocks
    for name, area in instance.names.items():
        base = name if name in blocks else _prototype_name(instance, name)
        if base not in blocks or area.sheet not in located.matches:
            continue
        columns = [column.column for column in blocks[base].columns if column.kind.is_input]
        for row in range(area.top, area.bottom + 1):
            cells = [CellRef(area.sheet, row, column) for column in columns]
            if any(not is_blank(given[c].value) for c in cells if c in given):
                continue
            missing = [c for c in changes if c.sheet == area.sheet and c.row == row and changes[c] is Change.MISSING]
            for cell in missing:
                del changes[cell]
            labels[:] = [
                cell
                for cell in labels
                if (cell.sheet, cell.row) != (area.sheet, row)
                or not area.left <= cell.column <= area.right
                or cell in given
            ]


def _prototype_name(instance: Instance, name: str) -> str:
    dictionary = instance.template.dictionary
    for number in range(len(instance.shape.projects), 0, -1):
        prefix = dictionary.project_prefix(number)
        if name.startswith(prefix):
            return dictionary.prefix + name[len(prefix) :]
    return name


def names_lost(snapshot: Snapshot, instance: Instance) -> bool:
    """Whether a program that does not know defined names has dropped them all."""
    return not any(name.name in instance.names for name in snapshot.names if name.scope is None)


class _Comparer:
    """Compares a submitted formula with the official one by what both mean."""

    def __init__(self, snapshot: Snapshot, located: Located, expected: Resolver) -> None:
        self.located = located
        self.expected = expected
        self.by_sheet = {match.sheet.name.casefold(): match for match in located.matches.values()}
        self.names = {(name.scope, name.name.casefold()): name.text.removeprefix("=") for name in snapshot.names}
        if names_lost(snapshot, located.instance):
            placed = ((name, self._placed(area)) for name, area in located.instance.names.items())
            self.names |= {(None, name.casefold()): absolute(area) for name, area in placed if area is not None}
        # sheets in the order of the instance, so that a moved sheet is told as such and not as altered formulas
        order = [located.matches[s.name].sheet.name for s in located.instance.sheets if s.name in located.matches]
        order += [sheet.name for sheet in snapshot.sheets if sheet.name == SHEET]
        self.submitted = Resolver(self.names, order)
        self.in_place = {
            match.expected: all(here == there for here, there in match.rows.items())
            and match.sheet.name == match.expected
            for match in located.matches.values()
        }

    def change(self, ref: CellRef, official: str, there: Cell | None, match: SheetMatch) -> Change | None:
        """Return what became of a formula, None where it is intact."""
        if there is None or (there.formula is None and there.value is None):
            return Change.MISSING
        if there.formula is None:
            return Change.OVERWRITTEN
        if there.formula == official and all(self.in_place.values()):
            return None
        home = CellRef(match.sheet.name, match.rows.get(ref.row, ref.row), match.columns.get(ref.column, ref.column))
        if self.submitted.canonical(there.formula, home, self._moved) == self.expected.canonical(official, ref):
            return None
        return Change.ALTERED

    def _placed(self, area: RangeRef) -> RangeRef | None:
        """Return where a range of the instance stands in the submission."""
        match = self.located.matches.get(area.sheet)
        if match is None:
            return area if area.sheet == SHEET else None
        top, bottom = match.rows.get(area.top), match.rows.get(area.bottom)
        left, right = match.columns.get(area.left, area.left), match.columns.get(area.right, area.right)
        return RangeRef(match.sheet.name, top, left, bottom, right) if top and bottom else None

    def _moved(self, area: RangeRef) -> RangeRef | None:
        """Return where a range of the submission stands in the instance."""
        if area.sheet == SHEET:
            return area
        match = self.by_sheet.get(area.sheet.casefold())
        if match is None:
            return None
        top, bottom = match.back_row(area.top), match.back_row(area.bottom)
        left, right = match.back_column(area.left), match.back_column(area.right)
        if top is None or bottom is None or left is None or right is None:
            return None
        return RangeRef(match.expected, top, left, bottom, right)
