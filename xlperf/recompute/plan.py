"""A workbook's formulas in the order in which they compute, ready to run over any set of inputs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import lru_cache
from time import perf_counter

from xlperf.address import CellRef, RangeRef
from xlperf.errors import FormulaUnsupported
from xlperf.recompute.book import FormulaBook, Grids, Recalculated
from xlperf.recompute.cache import FormCache, default_cache
from xlperf.recompute.forms import Form, form_of
from xlperf.recompute.graph import Graph
from xlperf.recompute.kernels.core import Area, Fault
from xlperf.recompute.lexer import sketch_of
from xlperf.recompute.normal import Resolver
from xlperf.values import Scalar

Cells = Mapping[tuple[int, int], Scalar]
_CIRCULAR = "循环引用"
_ENTANGLED = "工作簿的公式互相引用过多，不复算"
_TOO_SLOW = "复算用时过长，不再复算"
#: An area of more cells than this is cut to the used range.
_LARGE = 4096
#: An area of more cells than this is worth a look at the clock.
_NOTED = 256
#: Cells of large areas that one run may read.
_BUDGET = 50_000_000
_MOST_KNOWN = 100_000
#: Different forms of one workbook, and characters of these together, at most; each has to be parsed once.
MOST_FORMS = 4_000
MOST_FORM_CHARS = 400_000
#: Seconds after which a run computes nothing more. A run of 50 000 ordinary formulas takes less than one.
MOST_SECONDS = 3.0
_BROKEN = (
    ArithmeticError,
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    NameError,
    RecursionError,
    MemoryError,
    AssertionError,
)


@lru_cache(maxsize=16)
def _resolver(names: frozenset[tuple[tuple[str | None, str], str]], sheets: tuple[str, ...]) -> Resolver:
    return Resolver(dict(names), sheets)


def compile_plan(book: FormulaBook, cache: FormCache | None = None) -> Plan:
    """Return the plan of a workbook; ``cache`` None is the one this process shares.

    Never raises for a formula: what is not vouched for is listed in :attr:`Plan.unsupported`.
    """
    store = cache if cache is not None else default_cache()
    resolver = _resolver(frozenset(book.names.items()), tuple(book.sheets))
    forms: dict[CellRef, Form] = {}
    refused: dict[CellRef, str] = {}
    kinds = _Kinds()
    for cell, text in book.formulas.items():
        try:
            forms[cell] = _form(resolver, cell, text, store, kinds)
        except FormulaUnsupported as error:
            refused[cell] = str(error)
    store.save()
    return Plan(book, resolver, forms, refused)


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


def _form(resolver: Resolver, cell: CellRef, text: str, store: FormCache, kinds: _Kinds) -> Form:
    form = resolver.forms.get((text, cell))
    if isinstance(form, Form):
        kinds.admit(form.key)
    else:
        form = _known_or_new(resolver, cell, text, store, kinds)
        if len(resolver.forms) < _MOST_KNOWN:
            resolver.forms[text, cell] = form
    return form


def _known_or_new(resolver: Resolver, cell: CellRef, text: str, store: FormCache, kinds: _Kinds) -> Form:
    sketch = sketch_of(text, cell.row, cell.column)
    key = (sketch.text, "" if sketch.free else cell.sheet) if sketch is not None else None
    known = resolver.forms.get(key) if key is not None else None
    if isinstance(known, Form):
        kinds.admit(known.key)
        return known
    kinds.see_room()
    resolved = resolver.resolve(text, cell)
    written = resolved.form()
    kinds.admit(written)
    form = form_of(resolved, written, store)
    form.source  # noqa: B018 - raises where the form is refused
    if key is not None and len(resolver.forms) < _MOST_KNOWN:
        resolver.forms[key] = form
    return form


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
    ) -> None:
        self._book, self._resolver, self._forms = book, resolver, forms
        self._graph = Graph({cell: form.areas(cell) for cell, form in forms.items()}, unsupported)
        self.unsupported = {**unsupported, **dict.fromkeys(self._graph.refused, _ENTANGLED)}
        self.order, self.circular = self._graph.sort(())
        self._steps: list[tuple[CellRef, Form]] = [(cell, forms[cell]) for cell in self.order]
        self._last: dict[str, tuple[int, int]] = {}
        for sheet, row, column in book.formulas:
            bottom, right = self._last.get(sheet, (0, 0))
            self._last[sheet] = max(row, bottom), max(column, right)

    def precedents(self, cell: CellRef) -> tuple[RangeRef, ...]:
        """Return what the formula of a cell reads, names resolved, sheet by sheet; nothing where that is
        unknown.
        """
        form, text = self._forms.get(cell), self._book.formulas.get(cell)
        if form is not None:
            return tuple(map(RangeRef._make, form.areas(cell)))
        if text is None:
            return ()
        try:
            return tuple(self._resolver.resolve(text, cell).ranges())
        except FormulaUnsupported:
            return ()

    def evaluate(self, cell: CellRef, values: Grids) -> Scalar:
        """Return what one formula gives over the values as they stand. Raises FormulaUnsupported."""
        form = self._forms.get(cell)
        if form is None:
            raise FormulaUnsupported(self.unsupported.get(cell, "单元格没有公式"))
        return _Sheets(values, self._book.sheets, self._last).compute(cell, form)

    def run(self, values: Grids, keep: Collection[CellRef] = ()) -> Recalculated:
        """Compute all formulas from the given inputs; the cells in ``keep`` stay at the value given for
        them.
        """
        grids: dict[str, dict[tuple[int, int], Scalar]] = {sheet: {} for sheet in self._book.sheets}
        for sheet, cells in values.items():
            grids[sheet] = dict(cells)
        kept = frozenset(keep)
        steps, circular = self._steps, self.circular
        if kept & circular:
            order, circular = self._graph.sort(kept)
            steps = [(cell, self._forms[cell]) for cell in order]
        unchecked = {cell: reason for cell, reason in self.unsupported.items() if cell not in kept}
        unchecked.update((cell, _CIRCULAR) for cell in circular if cell not in kept)
        sheets = _Sheets(grids, self._book.sheets, self._last)
        compute, reads = sheets.compute, self._graph.reads
        for cell, form in steps:
            if kept and cell in kept:
                continue
            if perf_counter() > sheets.deadline:
                unchecked[cell] = _TOO_SLOW
                continue
            if unchecked:
                cause = next((other for other in reads[cell] if other in unchecked), None)
                if cause is not None:
                    unchecked[cell] = f"依赖未能复算的单元格 {cause}"
                    continue
            try:
                grids[cell.sheet][cell.row, cell.column] = compute(cell, form)
            except FormulaUnsupported as error:
                unchecked[cell] = str(error)
        for cell in self._graph.behind(circular - kept, unchecked):
            cause = next(other for other in reads[cell] if other in unchecked)
            unchecked[cell] = f"依赖未能复算的单元格 {cause}"
        return Recalculated(grids, unchecked)


class _Sheets:
    """The values a run reads from, as compiled formulas need them."""

    def __init__(self, grids: Grids, sheets: Iterable[str], last: Mapping[str, tuple[int, int]]) -> None:
        self._grids, self._formulas_end = grids, last
        empty: Cells = {}
        self._get = {sheet: grids.get(sheet, empty).get for sheet in (*sheets, *grids)}
        self._areas: dict[str, Callable[..., Area]] = {}
        self._last: dict[str, tuple[int, int]] = {}
        self._spent = 0
        self.deadline = perf_counter() + MOST_SECONDS

    def compute(self, cell: CellRef, form: Form) -> Scalar:
        """Return the value of a formula at a cell. Raises FormulaUnsupported."""
        sheet, row, column = cell
        area = self._areas.get(sheet) or self._area_maker(sheet)
        try:
            value = form.function(self._get, area, self._get[sheet], row, column)
        except Fault as fault:
            return fault.error
        except FormulaUnsupported:
            raise
        except _BROKEN as error:
            raise FormulaUnsupported(f"复算时出错（{type(error).__name__}）") from error
        if value is None:
            return 0.0
        if isinstance(value, Area):
            raise FormulaUnsupported("公式返回多个单元格，不复算")
        return value  # type: ignore[no-any-return]

    def _area_maker(self, own: str) -> Callable[..., Area]:
        get = self._get

        def area(sheet: str | None, top: int, left: int, bottom: int, right: int) -> Area:
            name = own if sheet is None else sheet
            size = (bottom - top + 1) * (right - left + 1)
            if size > _NOTED and perf_counter() > self.deadline:
                raise FormulaUnsupported(_TOO_SLOW)
            if size <= _LARGE:
                return Area(get[name], top, left, bottom, right, (bottom, right))
            found = Area(get[name], top, left, bottom, right, self._extent(name))
            self._spent += found.used[0] * found.used[1]
            if self._spent > _BUDGET:
                raise FormulaUnsupported("公式涉及的单元格总数过多，不复算")
            return found

        self._areas[own] = area
        return area

    def _extent(self, sheet: str) -> tuple[int, int]:
        """Return the last used row and column; formula cells count from the start, computed or not."""
        if sheet not in self._last:
            cells = self._grids.get(sheet, {})
            bottom, right = self._formulas_end.get(sheet, (0, 0))
            self._last[sheet] = (
                max(bottom, max((row for row, _ in cells), default=0)),
                max(right, max((column for _, column in cells), default=0)),
            )
        return self._last[sheet]
