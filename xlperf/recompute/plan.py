"""A workbook's formulas in the order in which they compute, ready to run over any set of inputs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from itertools import chain
from time import perf_counter

from xlperf.address import CellRef, RangeRef
from xlperf.errors import FormulaUnsupported
from xlperf.recompute.blocks import Blocks
from xlperf.recompute.book import FormulaBook, Grids, Recalculated
from xlperf.recompute.cache import ShapeCache, default_cache
from xlperf.recompute.forms import ARRAY, MEETING, Form, form_of
from xlperf.recompute.graph import Doubts, Graph
from xlperf.recompute.lexer import sketch_of
from xlperf.recompute.normal import Resolver
from xlperf.recompute.sheets import BUDGET, TOO_SLOW, Sheets, cells_in
from xlperf.recompute.subtotals import Subtotals
from xlperf.values import Scalar
from xlperf.workbook.snapshot import Table

_CIRCULAR = "循环引用"
_MOST_KNOWN = 100_000
#: Different forms of one workbook, and characters of these together, at most; each has to be parsed once.
MOST_FORMS = 4_000
MOST_FORM_CHARS = 400_000


@lru_cache(maxsize=16)
def _resolver(
    names: frozenset[tuple[tuple[str | None, str], str]], sheets: tuple[str, ...], tables: tuple[Table, ...]
) -> Resolver:
    return Resolver(dict(names), sheets, tables)


def compile_plan(book: FormulaBook, cache: ShapeCache | None = None) -> Plan:
    """Return the plan of a workbook; ``cache`` None is the one this process shares.

    Never raises for a formula: what is not vouched for is listed in :attr:`Plan.unsupported`.
    """
    store = cache if cache is not None else default_cache()
    resolver = _resolver(frozenset(book.names.items()), tuple(book.sheets), book.tables)
    blocks = Blocks(book)
    forms: dict[CellRef, Form] = {}
    refused: dict[CellRef, str] = {}
    kinds = _Kinds()
    for cell, text in book.formulas.items():
        if blocks and cell in blocks.members:
            continue
        try:
            if blocks and cell in blocks.areas:
                forms[cell] = blocks.vouched(cell, _form(resolver, cell, text, store, ARRAY, kinds))
            else:
                forms[cell] = _ordinary(resolver, cell, text, store, book.intersects, kinds)
        except FormulaUnsupported as error:
            refused.update(dict.fromkeys(blocks.cells(cell), str(error)))
    store.save()
    return Plan(book, resolver, forms, refused, blocks)


class _Kinds:
    """The different forms of one workbook: counted whether or not they are known, so that the result does not depend on
    what was seen before.
    """

    def __init__(self) -> None:
        self._keys: set[str] = set()
        self._characters = 0

    def admit(self, key: str) -> None:
        """Count a form, before it is parsed. Raises FormulaUnsupported where there are too many."""
        if key in self._keys:
            return
        self._characters += len(key)
        self.see_room()
        self._keys.add(key)

    def see_room(self) -> None:
        """Raise FormulaUnsupported where no more forms are admitted, so that none is even resolved."""
        if len(self._keys) >= MOST_FORMS or self._characters > MOST_FORM_CHARS:
            raise FormulaUnsupported(f"工作簿的公式种类过多（多于 {MOST_FORMS} 种或过长），这一种不复算")


def _ordinary(
    resolver: Resolver, cell: CellRef, text: str, store: ShapeCache, intersects: bool, kinds: _Kinds
) -> Form:
    try:
        return _form(resolver, cell, text, store, "", kinds)
    except FormulaUnsupported:
        if not intersects or resolver.resolve(text, cell).named:
            raise
        try:
            return _form(resolver, cell, text, store, MEETING, kinds)
        except FormulaUnsupported:
            pass
        raise


def _form(resolver: Resolver, cell: CellRef, text: str, store: ShapeCache, kind: str, kinds: _Kinds) -> Form:
    known = f"{kind}\n{text}" if kind else text
    form = resolver.forms.get((known, cell))
    if isinstance(form, Form):
        kinds.admit(form.key)
    else:
        form = _known_or_new(resolver, cell, text, store, kind, kinds)
        if len(resolver.forms) < _MOST_KNOWN:
            resolver.forms[known, cell] = form
    return form


def _known_or_new(resolver: Resolver, cell: CellRef, text: str, store: ShapeCache, kind: str, kinds: _Kinds) -> Form:
    sketch = sketch_of(text, cell.row, cell.column)
    key = (kind + sketch.text, "" if sketch.free else cell.sheet) if sketch is not None else None
    known = resolver.forms.get(key) if key is not None else None
    if isinstance(known, Form):
        kinds.admit(known.key)
        return known
    kinds.see_room()
    resolved = resolver.resolve(text, cell)
    written = resolved.form()
    kinds.admit(f"{kind}:{written}" if kind else written)
    form = form_of(resolved, written, store, kind)
    form.source  # noqa: B018 - raises where the form is refused
    if key is not None and not resolved.local and len(resolver.forms) < _MOST_KNOWN:
        resolver.forms[key] = form
    return form


def _ends(cells: Iterable[CellRef]) -> dict[str, tuple[int, int]]:
    """Return the last row and column of cells, sheet by sheet."""
    ends: dict[str, tuple[int, int]] = {}
    for sheet, row, column in cells:
        last = ends.get(sheet, (0, 0))
        if row > last[0] or column > last[1]:
            ends[sheet] = max(row, last[0]), max(column, last[1])
    return ends


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
        resolver: Resolver,
        forms: Mapping[CellRef, Form],
        unsupported: Mapping[CellRef, str],
        blocks: Blocks,
    ) -> None:
        self._book, self._resolver, self._forms, self._blocks = book, resolver, forms, blocks
        areas = {cell: form.areas(cell) for cell, form in forms.items()}
        self._graph = Graph(areas, blocks.members)
        self._strict = sum(map(cells_in, chain.from_iterable(areas.values()))) > BUDGET
        self.unsupported = {**unsupported, **blocks.spread(self._graph.refused)}
        order, circular = self._graph.sort(())
        order = tuple(cell for cell in order if cell not in self._graph.refused)
        self.order, self.circular = blocks.with_members(order), frozenset(blocks.with_members(circular))
        self._steps = [(cell, forms[cell]) for cell in order]
        self._subtotals = Subtotals(book, forms)
        self._ends = _ends((*book.formulas, *blocks.members))

    def precedents(self, cell: CellRef) -> tuple[RangeRef, ...]:
        """Return what the formula of a cell reads, names resolved, sheet by sheet; nothing where that is
        unknown.
        """
        first = self._blocks.members.get(cell, cell)
        form, text = self._forms.get(first), self._book.formulas.get(first)
        if form is not None:
            return tuple(map(RangeRef._make, form.areas(first)))
        if text is None:
            return ()
        try:
            return tuple(self._resolver.resolve(text, first).ranges())
        except FormulaUnsupported:
            return ()

    def evaluate(self, cell: CellRef, values: Grids) -> Scalar:
        """Return what one formula gives over the values as they stand. Raises FormulaUnsupported."""
        first = self._blocks.members.get(cell, cell)
        form = self._forms.get(first)
        if form is None:
            raise FormulaUnsupported(self.unsupported.get(cell, "单元格没有公式"))
        sheets = Sheets(values, self._book.sheets, self._subtotals, self._ends, self._strict)
        if not form.is_array:
            return sheets.compute(cell, form)
        return self._blocks.results(first, sheets.compute_array(first, form))[cell]

    def run(self, values: Grids, keep: Collection[CellRef] = ()) -> Recalculated:
        """Compute all formulas from the given inputs; the cells in ``keep`` stay at the value given for
        them.
        """
        grids: dict[str, dict[tuple[int, int], Scalar]] = {sheet: {} for sheet in self._book.sheets}
        for sheet, cells in values.items():
            grids[sheet] = dict(cells)
        kept = frozenset(keep)
        idle = self._blocks.idle(kept)
        steps, circular = self._steps, self.circular
        if kept & circular:
            order, circles = self._graph.sort(idle)
            circular = frozenset(self._blocks.with_members(circles))
            steps = [(cell, self._forms[cell]) for cell in order if cell not in self._graph.refused]
        unchecked = {cell: reason for cell, reason in self.unsupported.items() if cell not in kept}
        unchecked.update((cell, _CIRCULAR) for cell in circular if cell not in kept)
        doubts = Doubts(unchecked)
        run = _Run(grids, kept, unchecked, doubts, self._blocks)
        sheets = Sheets(grids, self._book.sheets, self._subtotals, self._ends, self._strict)
        compute = sheets.compute
        for cell, form in steps:
            if idle and cell in idle:
                continue
            if perf_counter() > sheets.deadline:
                run.doubt(cell, TOO_SLOW)
                continue
            if unchecked:
                if cell in unchecked:
                    continue
                cause = doubts.first(form.areas(cell))
                if cause is not None:
                    run.doubt(cell, f"依赖未能复算的单元格 {cause}")
                    continue
            try:
                if form.is_array:
                    run.store(self._blocks.results(cell, sheets.compute_array(cell, form)))
                else:
                    grids[cell.sheet][cell.row, cell.column] = compute(cell, form)
            except FormulaUnsupported as error:
                run.doubt(cell, str(error))
        for cell in self._graph.behind(circular - kept, unchecked):
            run.doubt(cell, f"依赖未能复算的单元格 {doubts.first(self._forms[cell].areas(cell))}")
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
        self._grids, self._kept, self._unchecked, self._doubts, self._blocks = grids, kept, unchecked, doubts, blocks

    def doubt(self, cell: CellRef, reason: str) -> None:
        """Leave a cell unchecked; of an array formula, all its cells."""
        for each in self._blocks.cells(cell):
            if each not in self._kept and each not in self._unchecked:
                self._unchecked[each] = reason
                self._doubts.add(each)

    def store(self, results: Mapping[CellRef, Scalar]) -> None:
        """Keep the cells of an array formula."""
        for cell, value in results.items():
            if cell not in self._kept:
                self._grids[cell.sheet][cell.row, cell.column] = value
