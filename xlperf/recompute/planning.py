"""From the formulas of a workbook to its plan: each is resolved, and made or remembered as a form."""

from __future__ import annotations

from functools import lru_cache

from xlperf.address import CellRef
from xlperf.errors import FormulaUnsupported
from xlperf.recompute.blocks import Blocks
from xlperf.recompute.book import FormulaBook
from xlperf.recompute.cache import ShapeCache, default_cache
from xlperf.recompute.form import Form
from xlperf.recompute.forms import ARRAY, MEETING, form_of
from xlperf.recompute.lexer import sketch_of
from xlperf.recompute.normal import Resolver
from xlperf.recompute.plan import Plan
from xlperf.recompute.shape import Shape
from xlperf.workbook.snapshot import Table

_MOST_KNOWN = 100_000
#: Different forms of one workbook, and characters of these together, at most. Formulas down a list that refer to one
#: cell without saying that it stays ($) have a form each.
MOST_FORMS = 6_000
MOST_FORM_CHARS = 600_000
#: Different shapes of one workbook, at most; each has to be parsed once.
MOST_SHAPES = 1_500


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
    planning = _Planning(book, store)
    blocks = Blocks(book)
    forms: dict[CellRef, Form] = {}
    refused: dict[CellRef, str] = {}
    for cell, text in book.formulas.items():
        if blocks and cell in blocks.members:
            continue
        try:
            if blocks and cell in blocks.areas:
                forms[cell] = blocks.vouched(cell, planning.form(cell, text, ARRAY))
            else:
                forms[cell] = planning.ordinary(cell, text)
        except FormulaUnsupported as error:
            refused.update(dict.fromkeys(blocks.cells(cell), str(error)))
    store.save()
    return Plan(book, forms, refused, blocks, planning.resolver)


class _Planning:
    """The forms of one workbook on their way.

    Different ones are counted, known or not, so that the result does not depend on what was seen before.
    """

    def __init__(self, book: FormulaBook, store: ShapeCache) -> None:
        self.resolver = _resolver(frozenset(book.names.items()), tuple(book.sheets), book.tables)
        self._intersects, self._store = book.intersects, store
        self._keys: set[str] = set()
        self._shapes: set[str] = set()
        self._characters = 0

    def ordinary(self, cell: CellRef, text: str) -> Form:
        """Return the form of a formula that is no array formula. Raises FormulaUnsupported."""
        try:
            return self.form(cell, text, "")
        except FormulaUnsupported:
            if not self._intersects or self.resolver.resolve(text, cell).named:
                raise
            try:
                return self.form(cell, text, MEETING)
            except FormulaUnsupported:
                pass
            raise

    def form(self, cell: CellRef, text: str, kind: str) -> Form:
        """Return the form of a formula. Raises FormulaUnsupported."""
        known, forms = f"{kind}\n{text}" if kind else text, self.resolver.forms
        form = forms.get((known, cell))
        if isinstance(form, Form):
            self._admit(form.key)
            self._admit_shape(form.shape)
        else:
            form = self._known_or_new(cell, text, kind)
            if len(forms) < _MOST_KNOWN:
                forms[known, cell] = form
        return form

    def _known_or_new(self, cell: CellRef, text: str, kind: str) -> Form:
        forms = self.resolver.forms
        sketch = sketch_of(text, cell.row, cell.column)
        key = (kind + sketch.text, "" if sketch.free else cell.sheet) if sketch is not None else None
        known = forms.get(key) if key is not None else None
        if isinstance(known, Form):
            self._admit(known.key)
            self._admit_shape(known.shape)
            return known
        self._see_room()
        resolved = self.resolver.resolve(text, cell)
        written = resolved.form()
        self._admit(f"{kind}:{written}" if kind else written)
        form = form_of(resolved, written, self, kind)
        self._admit_shape(form.shape)
        if key is not None and not resolved.local and len(forms) < _MOST_KNOWN:
            forms[key] = form
        return form

    def _admit(self, key: str) -> None:
        """Count a form, before it is made. Raises FormulaUnsupported where there are too many."""
        if key in self._keys:
            return
        self._characters += len(key)
        self._see_room()
        self._keys.add(key)

    def _admit_shape(self, expression: str) -> None:
        if expression not in self._shapes:
            if len(self._shapes) >= MOST_SHAPES:
                raise FormulaUnsupported(f"工作簿的公式样式过多（多于 {MOST_SHAPES} 种），这一种不复算")
            self._shapes.add(expression)

    def get(self, expression: str) -> Shape | None:
        """Return a shape that is kept. Raises FormulaUnsupported where there are too many, before one is parsed."""
        self._admit_shape(expression)
        return self._store.get(expression)

    def put(self, expression: str, shape: Shape) -> None:
        """Keep a shape."""
        self._store.put(expression, shape)

    def _see_room(self) -> None:
        """Raise FormulaUnsupported where no more forms are admitted, so that none is even resolved."""
        if len(self._keys) >= MOST_FORMS or self._characters > MOST_FORM_CHARS:
            raise FormulaUnsupported(f"工作簿的公式种类过多（多于 {MOST_FORMS} 种或过长），这一种不复算")
