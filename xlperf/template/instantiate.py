"""``instantiate(template, shape)``: what the official workbook of a given shape contains, cell by cell.

Making a workbook and checking one use this same function, so an inserted row of a block is silent and a sum that is one
row short is loud. Rows are inserted and removed as Excel does it: references, names, merges and validations that
span a block grow and shrink with it; every row of a block carries the same formulas in relative form.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from typing import NamedTuple

from xlperf.address import CellRef, RangeRef, quote_sheet
from xlperf.recompute import FormulaBook, Plan
from xlperf.template import stored
from xlperf.template.dictionary import SHEET, Block, Kind
from xlperf.template.index import Index
from xlperf.template.library import Template
from xlperf.template.review import ReviewRow, find_review_rows
from xlperf.template.rewrite import Corners, rewrite
from xlperf.values import Scalar
from xlperf.workbook.snapshot import Cell, SheetSnapshot


class Shape(NamedTuple):
    """Rows of each block of the fixed sheets, and of each project's blocks (by the prototype's names)."""

    blocks: tuple[tuple[str, int], ...] = ()
    projects: tuple[tuple[tuple[str, int], ...], ...] = ()

    @staticmethod
    def of(blocks: Mapping[str, int], projects: list[Mapping[str, int]]) -> Shape:
        """Make a shape from mappings of block name to number of rows."""
        return Shape(tuple(sorted(blocks.items())), tuple(tuple(sorted(project.items())) for project in projects))


class RowMap:
    """How the rows of one template sheet lie in an instance. ``blocks`` is (top, bottom, rows) in template rows."""

    def __init__(self, blocks: tuple[tuple[int, int, int], ...]) -> None:
        self.blocks = blocks

    @cached_property
    def _tables(self) -> tuple[list[int], list[int], list[int], int]:
        """For each template row down to the last block: start, end, number of its block (-1: none); then the shift."""
        starts, ends, owners, shift = [0], [0], [-1], 0
        row = 1
        for number, (top, bottom, rows) in enumerate(self.blocks):
            for fixed in range(row, top):
                starts.append(fixed + shift)
                ends.append(fixed + shift)
                owners.append(-1)
            for inside in range(top, bottom + 1):
                starts.append(top + shift + min(inside - top, rows - 1))
                ends.append(top + shift + rows - 1 - min(bottom - inside, rows - 1))
                owners.append(number)
            shift += rows - (bottom - top + 1)
            row = bottom + 1
        return starts, ends, owners, shift

    def _block(self, row: int) -> tuple[int, int, int] | None:
        owners = self._tables[2]
        return self.blocks[owners[row]] if row < len(owners) and owners[row] >= 0 else None

    def start(self, row: int) -> int:
        """Where a range that begins at a template row begins."""
        starts, _, _, shift = self._tables
        return starts[row] if row < len(starts) else row + shift

    def end(self, row: int) -> int:
        """Where a range that ends at a template row ends."""
        _, ends, _, shift = self._tables
        return ends[row] if row < len(ends) else row + shift

    def single(self, row: int) -> int:
        """Where one template row lies, as a reference from outside its block sees it."""
        block = self._block(row)
        return self.end(row) if block and row == block[1] != block[0] else self.start(row)

    def same_block(self, row: int, other: int) -> bool:
        """Whether two template rows belong to the same block."""
        owners = self._tables[2]
        return max(row, other) < len(owners) and owners[row] == owners[other] >= 0

    def sources(self, last: int) -> list[int]:
        """Return for each row of the instance, from the first, the template row it is made from."""
        rows: list[int] = []
        row = 1
        while row <= last:
            block = self._block(row)
            if block is None:
                rows.append(row)
                row += 1
                continue
            top, bottom, count = block
            middle = [min(top + 1, bottom)] * (count - 2)
            if count == bottom - top + 1:
                rows += range(top, bottom + 1)
            else:
                rows += [top] if count == 1 else [top, *middle, bottom]
            row = bottom + 1
        return rows

    def areas(self, area: Corners, sources: list[int]) -> list[Corners]:
        """Return where an area (a merge, a validation) lies; one inside a single row of a block repeats with it."""
        top, left, bottom, right = area
        if top == bottom and self._block(top):
            return [(row, left, row, right) for row, source in enumerate(sources, 1) if source == top]
        return [(self.start(top), left, self.end(bottom), right)]


class InstanceSheet(NamedTuple):
    """One sheet of an instance; ``number`` is the project's, 0 for the others; ``sources`` as of :class:`RowMap`."""

    name: str
    origin: str
    number: int
    rows: RowMap
    sources: tuple[int, ...]
    cells: Mapping[tuple[int, int], Cell]
    merges: tuple[Corners, ...]

    @property
    def read(self) -> Mapping[tuple[int, int], Cell]:
        """The cells without those of a kept hidden sheet that no formula is or reads."""
        return self.cells.read if isinstance(self.cells, LateCells) else self.cells


class LateCells(Mapping[tuple[int, int], Cell]):
    """The cells of the hidden sheet of a kept instance: made when more is asked for than what formulas ``read``."""

    def __init__(self, read: Mapping[tuple[int, int], Cell], template: Template, shape: Shape) -> None:
        self.read, self._template, self._shape = read, template, shape

    @cached_property
    def _all(self) -> Mapping[tuple[int, int], Cell]:
        return _Builder(self._template, self._shape).build().sheet(SHEET).cells

    def __getitem__(self, key: tuple[int, int]) -> Cell:
        return self.read.get(key) or self._all[key]

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)


class Instance:
    """The official workbook of a shape. ``names`` are the workbook-wide names of cells."""

    def __init__(
        self, template: Template, shape: Shape, sheets: tuple[InstanceSheet, ...], names: Mapping[str, RangeRef]
    ) -> None:
        self.template, self.shape, self.sheets, self.names = template, shape, sheets, names

    def sheet(self, name: str) -> InstanceSheet:
        """Return a sheet by name."""
        return next(sheet for sheet in self.sheets if sheet.name == name)

    @cached_property
    def formulas(self) -> Mapping[CellRef, str]:
        """Every formula of the instance."""
        return {
            CellRef(sheet.name, row, column): cell.formula
            for sheet in self.sheets
            for (row, column), cell in sheet.read.items()
            if cell.formula is not None
        }

    @cached_property
    def index(self) -> Index:
        """What the instance holds, looked up by cell."""
        return Index(self)

    @cached_property
    def name_texts(self) -> dict[tuple[str | None, str], str]:
        """The defined names as recompute wants them."""
        return {(None, name.casefold()): absolute(area) for name, area in self.names.items()}

    @cached_property
    def book(self) -> FormulaBook:
        """The instance as recompute wants it."""
        return FormulaBook(tuple(sheet.name for sheet in self.sheets), self.name_texts, self.formulas)

    @cached_property
    def plan(self) -> Plan:
        """The compiled formulas, made once for every shape."""
        from xlperf.recompute import compile_plan

        plan = compile_plan(self.book)
        stored.save_instance(self, plan)
        return plan

    @cached_property
    def reviews(self) -> tuple[ReviewRow, ...]:
        """Every check of every table of checks, sheet by sheet."""
        return tuple(row for sheet in self.sheets for row in find_review_rows(sheet.name, sheet.read))

    def _real_names(self, name: str, sheet: str) -> Iterator[str]:
        """Yield a name of the dictionary as the instance has it: once, or once for each project."""
        dictionary = self.template.dictionary
        if sheet != dictionary.prototype:
            yield name
            return
        for number in range(1, len(self.shape.projects) + 1):
            yield dictionary.project_prefix(number) + name[len(dictionary.prefix) :]

    def named_fields(self) -> Iterator[tuple[str, CellRef, Kind]]:
        """Yield every named cell with what may stand in it; those of the project sheets once for each project."""
        for name, field_ in self.template.dictionary.fields.items():
            for real in self._real_names(name, field_.sheet):
                area = self.names[real]
                yield real, CellRef(area.sheet, area.top, area.left), field_.kind

    def block_areas(self) -> Iterator[tuple[Block, RangeRef]]:
        """Yield every block with its area; those of the project sheets once for each project."""
        for name, block in self.template.dictionary.blocks.items():
            for real in self._real_names(name, block.sheet):
                yield block, self.names[real]

    def constants(self) -> dict[str, dict[tuple[int, int], Scalar]]:
        """The preset values (labels, policy, …) of all cells that are not formulas."""
        return {sheet.name: _presets(sheet.cells) for sheet in self.sheets}

    def read_constants(self) -> dict[str, dict[tuple[int, int], Scalar]]:
        """The preset values without those of the hidden sheet that no formula reads."""
        return {sheet.name: _presets(sheet.read) for sheet in self.sheets}


def _presets(cells: Mapping[tuple[int, int], Cell]) -> dict[tuple[int, int], Scalar]:
    return {key: cell.value for key, cell in cells.items() if cell.formula is None}


def absolute(area: RangeRef) -> str:
    """Return an area as a defined name writes it: ``附件1!$A$1:$B$2``."""
    first, _, last = area.a1.partition(":")
    text = _dollars(first) + (":" + _dollars(last) if last else "")
    return f"{quote_sheet(area.sheet)}!{text}"


def _dollars(a1: str) -> str:
    letters = a1.rstrip("0123456789")
    return f"${letters}${a1[len(letters) :]}"


def default_shape(template: Template, projects: int = 1) -> Shape:
    """Return the shape that the template itself has, with that many projects."""
    dictionary = template.dictionary
    rows = {name: template.areas[name].bottom - template.areas[name].top + 1 for name in dictionary.blocks}
    own = {name: count for name, count in rows.items() if dictionary.blocks[name].sheet == dictionary.prototype}
    fixed = {name: count for name, count in rows.items() if name not in own}
    return Shape.of(fixed, [own] * projects)


@lru_cache(maxsize=16)
def instantiate(template: Template, shape: Shape) -> Instance:
    """Return the official workbook of a shape. Blocks that the shape does not name keep the template's rows."""
    kept = stored.load_instance(template, shape)
    if kept is not None:
        return kept
    return _Builder(template, shape).build()


class _Builder:
    def __init__(self, template: Template, shape: Shape) -> None:
        self.template = template
        self.shape = shape
        self.dictionary = template.dictionary
        self.fixed = self._row_maps(dict(shape.blocks))

    def _row_maps(self, rows: Mapping[str, int]) -> dict[str, RowMap]:
        blocks: dict[str, list[tuple[int, int, int]]] = {}
        for name, block in self.dictionary.blocks.items():
            area = self.template.areas[name]
            count = max(1, rows.get(name, area.bottom - area.top + 1))
            blocks.setdefault(block.sheet, []).append((area.top, area.bottom, count))
        return {
            sheet.name: RowMap(tuple(sorted(blocks.get(sheet.name, ())))) for sheet in self.template.snapshot.sheets
        }

    def build(self) -> Instance:
        sheets: list[InstanceSheet] = []
        names: dict[str, RangeRef] = {}
        for sheet in self.template.snapshot.sheets:
            if sheet.name != self.dictionary.prototype:
                sheets.append(self._sheet(sheet, sheet.name, 0, self.fixed))
                continue
            for number, rows in enumerate(self.shape.projects, 1):
                maps = {**self.fixed, sheet.name: self._row_maps(dict(rows))[sheet.name]}
                sheets.append(self._sheet(sheet, self.dictionary.project_sheet(number), number, maps))
        by_origin: dict[str, list[InstanceSheet]] = {}
        for made in sheets:
            by_origin.setdefault(made.origin, []).append(made)
        for name, area in self.template.areas.items():
            for made in by_origin.get(area.sheet, ()):
                top, bottom = made.rows.start(area.top), made.rows.end(area.bottom)
                names[self.rename(name, made.number)] = RangeRef(made.name, top, area.left, bottom, area.right)
        return Instance(self.template, self.shape, tuple(sheets), names)

    def rename(self, name: str, number: int) -> str:
        """Return a name of the prototype as the n-th project has it."""
        if number and name.startswith(self.dictionary.prefix):
            return self.dictionary.project_prefix(number) + name[len(self.dictionary.prefix) :]
        return name

    def _sheet(self, sheet: SheetSnapshot, name: str, number: int, maps: Mapping[str, RowMap]) -> InstanceSheet:
        rows = maps[sheet.name]
        last = max((row for row, _ in sheet.cells), default=1)
        sources = rows.sources(last)
        by_row: dict[int, list[tuple[int, Cell]]] = {}
        for (row, column), cell in sheet.cells.items():
            by_row.setdefault(row, []).append((column, cell))
        cells: dict[tuple[int, int], Cell] = {}
        same = number <= 1 and all(rows_ == bottom - top + 1 for m in maps.values() for top, bottom, rows_ in m.blocks)
        for row, source in enumerate(sources, 1):
            for column, cell in by_row.get(source, ()):
                if cell.formula is not None and not same:
                    text = self._formula(cell.formula, sheet.name, source, row, number, maps)
                    cell = Cell(cell.value, text, cell.style, cell.cached)
                elif number > 1 and cell.value == self.dictionary.prototype:
                    cell = Cell(name, None, cell.style)
                cells[row, column] = cell
        merges = tuple(
            area
            for merge in sheet.merges
            for area in rows.areas(merge, sources)
            if area[0] != area[2] or area[1] != area[3]
        )
        return InstanceSheet(name, sheet.name, number, rows, tuple(sources), cells, merges)

    def _formula(self, text: str, origin: str, source: int, row: int, number: int, maps: Mapping[str, RowMap]) -> str:
        return rewrite(
            text,
            lambda sheet, corners: move(maps, origin, source, row, sheet, corners),
            lambda word: self.rename(word, number),
        )


def move(
    maps: Mapping[str, RowMap], origin: str, source: int, row: int, sheet: str | None, corners: Corners
) -> Corners:
    """Return where a reference points in an instance, seen from template row ``source``, which became ``row``."""
    top, left, bottom, right = corners
    target = maps.get(sheet if sheet is not None else origin)
    if target is None:  # a reference across sheets: what it sums stands above every block
        return corners
    if (sheet is None or sheet == origin) and top == bottom and target.same_block(top, source):
        return row + top - source, left, row + bottom - source, right
    if top == bottom and left == right:
        return target.single(top), left, target.single(top), right
    return target.start(top), left, target.end(bottom), right
