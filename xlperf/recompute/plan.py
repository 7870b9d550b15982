"""A workbook's formulas in the order in which they compute, ready to run over any set of inputs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from itertools import chain
from time import perf_counter
from typing import TYPE_CHECKING

from xlperf.address import CellRef, RangeRef
from xlperf.errors import FormulaUnsupported
from xlperf.recompute.blocks import Blocks
from xlperf.recompute.book import FormulaBook, Grids, Recalculated
from xlperf.recompute.form import Form
from xlperf.recompute.graph import Doubts, Graph
from xlperf.recompute.sheets import BUDGET, TOO_SLOW, Changed, Sheets, Step, cells_in
from xlperf.recompute.subtotals import Subtotals
from xlperf.values import Scalar

if TYPE_CHECKING:  # a known plan needs no resolver
    from xlperf.recompute.normal import Resolver

_CIRCULAR = "循环引用"
class Plan:
    """The compiled formulas of one workbook. Holds no values; may be run any number of times."""

    #: Formula cells that can be computed, each after those it reads.
    order: tuple[CellRef, ...]
    #: Formula cells that are not vouched for, with the reason in Chinese.
    unsupported: Mapping[CellRef, str]
    #: Formula cells that read themselves, directly or through others.
    circular: frozenset[CellRef]

    def __init__(
        self,
        book: FormulaBook,
        forms: Mapping[CellRef, Form],
        unsupported: Mapping[CellRef, str],
        blocks: Blocks,
        resolver: Resolver | None = None,
        order: Iterable[CellRef] | None = None,
    ) -> None:
        """Put a plan together; ``order``, where it is known, is that of all formulas, none of which are circular."""
        self._book, self._resolver, self.forms, self.blocks = book, resolver, forms, blocks
        self.circular = frozenset()
        self.unsupported = {**unsupported}
        if order is None:
            self.unsupported |= blocks.spread(self._graph.refused)
            sorted_, circular = self._graph.sort(())
            order = tuple(cell for cell in sorted_ if cell not in self._graph.refused)
            self.circular = frozenset(blocks.with_members(circular))
        firsts = tuple(order)
        self.order = blocks.with_members(firsts)
        self._steps: list[Step] = [Step(cell, forms[cell]) for cell in firsts]
        self._subtotals = Subtotals(book, forms)
        self._ends = _ends((*book.formulas, *blocks.members))

    @cached_property
    def _areas(self) -> dict[CellRef, list[tuple[str, int, int, int, int]]]:
        return {cell: form.areas(cell) for cell, form in self.forms.items()}

    @cached_property
    def _graph(self) -> Graph:
        return Graph(self._areas, self.blocks.members)

    @cached_property
    def strict(self) -> bool:
        """Whether the formulas read so much that every area counts against the budget of a run."""
        return sum(map(cells_in, chain.from_iterable(self._areas.values()))) > BUDGET

    def precedents(self, cell: CellRef) -> tuple[RangeRef, ...]:
        """Return what the formula of a cell reads, names resolved, sheet by sheet; nothing where that is
        unknown.
        """
        first = self.blocks.members.get(cell, cell)
        form, text = self.forms.get(first), self._book.formulas.get(first)
        if form is not None:
            return tuple(map(RangeRef._make, form.areas(first)))
        if text is None or self._resolver is None:
            return ()
        try:
            return tuple(self._resolver.resolve(text, first).ranges())
        except FormulaUnsupported:
            return ()

    def evaluate(self, cell: CellRef, values: Grids) -> Scalar:
        """Return what one formula gives over the values as they stand. Raises FormulaUnsupported."""
        first = self.blocks.members.get(cell, cell)
        form = self.forms.get(first)
        if form is None:
            raise FormulaUnsupported(self.unsupported.get(cell, "单元格没有公式"))
        sheets = Sheets(values, self._book.sheets, self._subtotals, self._ends, self.strict)
        step = Step(first, form)
        if not form.is_array:
            return sheets.compute(step)
        return self.blocks.results(first, sheets.compute_array(step))[cell]

    def run(self, values: Grids, keep: Collection[CellRef] = ()) -> Recalculated:
        """Compute all formulas from the given inputs; the cells in ``keep`` stay at the value given for
        them.
        """
        grids: dict[str, dict[tuple[int, int], Scalar]] = {sheet: {} for sheet in self._book.sheets}
        for sheet, cells in values.items():
            grids[sheet] = dict(cells)
        kept = frozenset(keep)
        idle = self.blocks.idle(kept)
        steps, circular = self._steps, self.circular
        if kept & circular:
            order, circles = self._graph.sort(idle)
            circular = frozenset(self.blocks.with_members(circles))
            steps = [Step(cell, self.forms[cell]) for cell in order if cell not in self._graph.refused]
        unchecked = {cell: reason for cell, reason in self.unsupported.items() if cell not in kept}
        unchecked.update((cell, _CIRCULAR) for cell in circular if cell not in kept)
        doubts = Doubts(unchecked)
        run = _Run(grids, kept, unchecked, doubts, self.blocks)
        sheets = Sheets(grids, self._book.sheets, self._subtotals, self._ends, self.strict)
        compute = sheets.compute
        for step in steps:
            cell = step.cell
            if idle and cell in idle:
                continue
            if perf_counter() > sheets.deadline:
                run.doubt(cell, TOO_SLOW)
                continue
            if unchecked:
                if cell in unchecked:
                    continue
                cause = doubts.first(step.form.areas(cell))
                if cause is not None:
                    run.doubt(cell, f"依赖未能复算的单元格 {cause}")
                    continue
            try:
                if step.form.is_array:
                    run.store(self.blocks.results(cell, sheets.compute_array(step)))
                else:
                    grids[cell.sheet][cell.row, cell.column] = compute(step)
            except FormulaUnsupported as error:
                run.doubt(cell, str(error))
        for cell in self._graph.behind(circular - kept, unchecked) if circular else ():
            run.doubt(cell, f"依赖未能复算的单元格 {doubts.first(self.forms[cell].areas(cell))}")
        return Recalculated(grids, unchecked)

    def rerun(
        self,
        done: Recalculated,
        put: Mapping[CellRef, Scalar],
        free: Collection[CellRef] = (),
        keep: Collection[CellRef] = (),
    ) -> Recalculated:
        """Compute anew what changes when some cells change, from an earlier run.

        The cells of ``put`` get the values given for them, formula cells too; those of ``free``, which were kept in the
        earlier run, are computed, those of ``keep`` stay kept. What results is what :meth:`run` would give, at the cost
        of the formulas that depend on the changes.
        """
        if self.unsupported or self.circular or self.blocks.members or done.unchecked:
            values = {sheet: dict(cells) for sheet, cells in done.values.items()}
            for cell, value in put.items():
                values.setdefault(cell.sheet, {})[cell.row, cell.column] = value
            return self.run(values, {*keep, *(cell for cell in put if cell in self.forms)})
        grids = {sheet: dict(cells) for sheet, cells in done.values.items()}
        changed = Changed()
        for cell, value in put.items():
            grids.setdefault(cell.sheet, {})[cell.row, cell.column] = value
            changed.add(cell)
        still = {*keep, *put}
        fresh = frozenset(free)
        unchecked: dict[CellRef, str] = {}
        doubts = Doubts(unchecked)
        sheets = Sheets(grids, self._book.sheets, self._subtotals, self._ends, self.strict)
        for step in self._steps:
            cell = step.cell
            if cell in still or not (cell in fresh or changed.reach(step)):
                continue
            cause = doubts.first(step.form.areas(cell)) if unchecked else None
            try:
                if cause is not None or perf_counter() > sheets.deadline:
                    raise FormulaUnsupported(f"依赖未能复算的单元格 {cause}" if cause else TOO_SLOW)
                before, now = grids[cell.sheet].get((cell.row, cell.column)), sheets.compute(step)
            except FormulaUnsupported as error:
                unchecked[cell] = str(error)
                grids[cell.sheet].pop((cell.row, cell.column), None)
                doubts.add(cell)
                changed.add(cell)
                continue
            if now.__class__ is not before.__class__ or now != before:
                grids[cell.sheet][cell.row, cell.column] = now
                changed.add(cell)
        return Recalculated(grids, unchecked)


class _Run:
    """What a run has found so far."""

    def __init__(
        self,
        grids: dict[str, dict[tuple[int, int], Scalar]],
        kept: frozenset[CellRef],
        unchecked: dict[CellRef, str],
        doubts: Doubts,
        blocks: Blocks,
    ) -> None:
        self._grids, self._kept, self._unchecked, self._doubts, self.blocks = grids, kept, unchecked, doubts, blocks

    def doubt(self, cell: CellRef, reason: str) -> None:
        """Leave a cell unchecked; of an array formula, all its cells."""
        for each in self.blocks.cells(cell):
            if each not in self._kept and each not in self._unchecked:
                self._unchecked[each] = reason
                self._doubts.add(each)

    def store(self, results: Mapping[CellRef, Scalar]) -> None:
        """Keep the cells of an array formula."""
        for cell, value in results.items():
            if cell not in self._kept:
                self._grids[cell.sheet][cell.row, cell.column] = value


def _ends(cells: Iterable[CellRef]) -> dict[str, tuple[int, int]]:
    """Return the last row and column of cells, sheet by sheet."""
    ends: dict[str, tuple[int, int]] = {}
    for sheet, row, column in cells:
        last = ends.get(sheet, (0, 0))
        if row > last[0] or column > last[1]:
            ends[sheet] = max(row, last[0]), max(column, last[1])
    return ends
