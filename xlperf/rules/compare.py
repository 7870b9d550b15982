"""From a located submission to facts: formulas and presets compared, everything recomputed.

Formulas are compared by what they mean (names resolved, ranges moved to where they stand in the instance), so that rows
shifted by a legitimate insertion, or a program that writes formulas its own way, change nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING

from xlperf.address import CellRef, RangeRef
from xlperf.rules.facts import Change, Facts, Given
from xlperf.template.dictionary import SHEET
from xlperf.template.instantiate import Instance, absolute
from xlperf.template.locate import Located, SheetMatch
from xlperf.values import Scalar, is_blank
from xlperf.workbook.snapshot import Cell, Snapshot

if TYPE_CHECKING:
    from xlperf.recompute import Resolver


def gather(snapshot: Snapshot, located: Located, told: bool, year: Scalar) -> Facts:
    """Compare, recompute, and put the facts together."""
    instance = located.instance
    given = Given(located)
    changes, labels = _compare(snapshot, located, given)
    plan = instance.plan
    grid = instance.read_constants()
    for cell in instance.index.unlocked:
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
        first = plan.rerun(stands, {}, free=keep)
        values = first.values
        unmendable = frozenset(c for c in keep if not _gives(values.get(c.sheet, {}).get((c.row, c.column))))
        if unmendable:
            back = {c: grid[c.sheet].get((c.row, c.column)) for c in unmendable}
            values = plan.rerun(first, back).values
        mended = values
    return Facts(
        snapshot, located, told, year, changes, labels, given, plan, stands.values, mended, stands.unchecked, unmendable
    )


def _gives(value: Scalar) -> bool:
    return not is_blank(value) and not isinstance(value, Enum)


def _compare(
    snapshot: Snapshot, located: Located, given: Given
) -> tuple[dict[CellRef, Change], tuple[CellRef, ...]]:
    """Compare every formula and preset of the instance with what stands in the submission."""
    instance = located.instance
    comparer = _Comparer(snapshot, located)
    changes: dict[CellRef, Change] = {}
    labels: list[CellRef] = []
    for name, official in instance.index.official.items():
        match = located.matches.get(name)
        if match is None:
            continue
        gone = set(match.missing)
        cells, straight = match.sheet.cells, match.straight
        for key, text in official.formulas:
            there = cells.get(key) if straight and key[0] in match.rows else given.get(CellRef(name, *key))
            if there is not None and there.formula == text and comparer.untouched:
                continue
            if key[0] not in gone:
                ref = CellRef(name, *key)
                change = comparer.change(ref, text, there, match)
                if change:
                    changes[ref] = change
        for key, value in official.presets:
            there = cells.get(key) if straight and key[0] in match.rows else given.get(CellRef(name, *key))
            now = there.value if there is not None else None
            if now != value and key[0] not in gone and not _same_preset(value, now):
                labels.append(CellRef(name, *key))
    _forgive_empty_rows(instance, located, given, changes, labels)
    return changes, tuple(labels)


def _same_preset(official: Scalar, there: Scalar) -> bool:
    if isinstance(official, str):
        return isinstance(there, str) and "".join(official.split()) == "".join(there.split())
    return official == there


def _forgive_empty_rows(
    instance: Instance,
    located: Located,
    given: Given,
    changes: dict[CellRef, Change],
    labels: list[CellRef],
) -> None:
    """Say nothing of formulas and presets missing in wholly empty rows of a block: inserted and not yet used."""
    empty: dict[tuple[str, int], RangeRef] = {}
    for block, area in instance.block_areas():
        if area.sheet not in located.matches:
            continue
        columns = [column.column for column in block.columns if column.kind.is_input]
        for row in range(area.top, area.bottom + 1):
            cells = [CellRef(area.sheet, row, column) for column in columns]
            if all(is_blank(given[cell].value) for cell in cells if cell in given):
                empty[area.sheet, row] = area
    for cell in [cell for cell, change in changes.items() if change is Change.MISSING]:
        if (cell.sheet, cell.row) in empty:
            del changes[cell]

    def told(cell: CellRef) -> bool:
        area = empty.get((cell.sheet, cell.row))
        return area is None or not area.left <= cell.column <= area.right or cell in given

    labels[:] = [cell for cell in labels if told(cell)]


def names_lost(snapshot: Snapshot, instance: Instance) -> bool:
    """Whether a program that does not know defined names has dropped them all."""
    return not any(name.name in instance.names for name in snapshot.names if name.scope is None)


def restorable(snapshot: Snapshot, located: Located) -> Callable[[CellRef, str], bool]:
    """Return what tells whether a text, put where a formula of the instance stands, would be that formula."""
    comparer = _Comparer(snapshot, located)

    def fits(ref: CellRef, text: str) -> bool:
        official = located.instance.formulas[ref]
        return comparer.change(ref, official, Cell(None, text), located.matches[ref.sheet]) is None

    return fits


class _Comparer:
    """Compares a submitted formula with the official one by what both mean."""

    def __init__(self, snapshot: Snapshot, located: Located) -> None:
        self.snapshot, self.located = snapshot, located
        self.by_sheet = {match.sheet.name.casefold(): match for match in located.matches.values()}
        self.names = {(name.scope, name.name.casefold()): name.text.removeprefix("=") for name in snapshot.names}
        if names_lost(snapshot, located.instance):
            placed = ((name, self._placed(area)) for name, area in located.instance.names.items())
            self.names |= {(None, name.casefold()): absolute(area) for name, area in placed if area is not None}
        in_place = all(
            match.sheet.name == match.expected and all(here == there for here, there in match.rows.items())
            for match in located.matches.values()
        )
        #: Whether rows, sheets and names all lie as in the instance, so that equal texts mean the same.
        self.untouched = in_place and self._names_as_official()

    @cached_property
    def expected(self) -> Resolver:
        """Resolves the formulas of the instance."""
        from xlperf.recompute import Resolver  # needed only where a formula is not the official text

        book = self.located.instance.book
        return Resolver(book.names, book.sheets)

    @cached_property
    def submitted(self) -> Resolver:
        """Resolves the formulas of the submission.

        Its sheets stand in the order of the instance: a moved sheet is told as such and not as altered formulas.
        """
        from xlperf.recompute import Resolver

        located = self.located
        order = [located.matches[s.name].sheet.name for s in located.instance.sheets if s.name in located.matches]
        order += [sheet.name for sheet in self.snapshot.sheets if sheet.name == SHEET]
        return Resolver(self.names, order)

    def change(self, ref: CellRef, official: str, there: Cell | None, match: SheetMatch) -> Change | None:
        """Return what became of a formula, None where it is intact."""
        if there is None or (there.formula is None and there.value is None):
            return Change.MISSING
        if there.formula is None:
            return Change.OVERWRITTEN
        home = CellRef(match.sheet.name, match.rows.get(ref.row, ref.row), match.columns.get(ref.column, ref.column))
        if self.submitted.canonical(there.formula, home, self._moved) == self.expected.canonical(official, ref):
            return None
        return Change.ALTERED

    def _names_as_official(self) -> bool:
        official = self.located.instance.name_texts
        own = {key: text for key, text in self.names.items() if not key[1].startswith("_xlnm")}
        return all(scope is None for scope, _ in own) and all(own.get(key) == text for key, text in official.items())

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
