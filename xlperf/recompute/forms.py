"""The process's memory of forms: each normal form is compiled once."""

from __future__ import annotations

from functools import cached_property

from xlperf.address import CellRef
from xlperf.errors import FormulaUnsupported
from xlperf.recompute.cache import ShapeCache
from xlperf.recompute.compile import ARRAY, MEETING, Compiled, calls, function_of, reads, source_of
from xlperf.recompute.functions import VOUCHED, why_not
from xlperf.recompute.joins import SPAN
from xlperf.recompute.normal import Resolved
from xlperf.recompute.shape import REFUSED
from xlperf.recompute.tree import Node, build

__all__ = ["ARRAY", "MEETING", "Form", "form_of"]

_KNOWN = VOUCHED | {SPAN}
#: Cells that SUMPRODUCT((A1:A9=1)*…) goes through cost this many times those that SUM reads.
_LIFTED = 4
_MEMORY: dict[str, Form] = {}
_MOST = 50_000


class Form:
    """A formula in relative form: its tree, what it reads, and, once needed, its function."""

    def __init__(self, tree: Node, key: str = "") -> None:
        self.tree = tree
        #: The normal form.
        self.key = key

    @cached_property
    def source(self) -> str:
        """The formula as Python. Raises FormulaUnsupported."""
        return source_of(self.tree)

    @cached_property
    def function(self) -> Compiled:
        """The compiled formula. Raises FormulaUnsupported."""
        return function_of(self.source)

    @cached_property
    def is_array(self) -> bool:
        """Whether the formula is an array formula."""
        return bool(self.tree[0] == ARRAY)

    @cached_property
    def weight(self) -> int:
        """What each cell that is read costs, for formulas that go through areas cell by cell or find out what they
        read; 0 for those whose areas count as they are read.
        """
        if self.is_array:
            return 1 + sum(map(_size, self.tree[1:]))
        if "lift(" in self.source or "lift_all(" in self.source:
            return _LIFTED
        return 1 if self._hulls or self.subtotals else 0

    @cached_property
    def subtotals(self) -> int:
        """0 without SUBTOTAL, 1 where the formula is one, 2 where one is part of it."""
        found = calls(self.tree, "SUBTOTAL")
        return 0 if not found else 1 if found[0] is self.tree else 2

    @cached_property
    def needs_place(self) -> bool:
        """Whether the formula asks for its own row or column."""
        return any(len(node) == 2 for name in ("ROW", "COLUMN") for node in calls(self.tree, name))

    @cached_property
    def _reads(self) -> list[tuple[tuple[str, ...], tuple[int, ...]]]:
        """The sheets and corners of what the formula reads; of each corner, what of the home cell it moves
        with.
        """
        return list(dict.fromkeys(_corners(node) for node in reads(self.tree) if node[0] == "r"))

    @cached_property
    def _hulls(self) -> list[tuple[tuple[tuple[str, ...], tuple[int, ...]], ...]]:
        """Pairs of references of which the formula may read all that lies between."""
        return [(_corners(node[1]), _corners(node[2])) for node in reads(self.tree) if node[0] == "h"]

    def areas(self, home: CellRef) -> list[tuple[str, int, int, int, int]]:
        """Return the areas the formula reads when it stands at ``home``: sheet, top, left, bottom, right."""
        own, row, column = home
        found = [
            (sheet, a * row + top, b * column + left, d * row + bottom, e * column + right)
            for sheets, (a, top, b, left, d, bottom, e, right) in self._reads
            for sheet in sheets or (own,)
        ]
        if self._hulls:
            found += [area for pair in self._hulls for area in _between(pair, home)]
        return found


def _size(node: Node) -> int:
    return 1 + sum(_size(child) for child in node if isinstance(child, list)) if node and node[0] != "r" else 1


def _corners(node: Node) -> tuple[tuple[str, ...], tuple[int, ...]]:
    corners = tuple(part for fixed, number in node[2:6] for part in (0 if fixed else 1, number))
    return tuple(node[1]), corners


def _between(
    pair: tuple[tuple[tuple[str, ...], tuple[int, ...]], ...], home: CellRef
) -> list[tuple[str, int, int, int, int]]:
    own, row, column = home
    ends = [
        (sheets or (own,), a * row + top, b * column + left, d * row + bottom, e * column + right)
        for sheets, (a, top, b, left, d, bottom, e, right) in pair
    ]
    return [
        (
            ends[0][0][0],
            min(end[1] for end in ends),
            min(end[2] for end in ends),
            max(end[3] for end in ends),
            max(end[4] for end in ends),
        )
    ]


def form_of(resolved: Resolved, key: str, cache: ShapeCache, kind: str = "") -> Form:
    """Return the form of a formula: remembered, or made of the shape of the formula.

    ``kind`` is ARRAY for an array formula, MEETING for areas in the place of values.
    """
    key = f"{kind}:{key}" if kind else key
    form = _MEMORY.get(key)
    if form is None:
        form = _parse(resolved, key, cache, kind)
        if len(_MEMORY) >= _MOST:
            _MEMORY.clear()
        _MEMORY[key] = form
    return form


def _parse(resolved: Resolved, key: str, cache: ShapeCache, kind: str) -> Form:
    try:
        called = (item.value for item in resolved.items if item.kind == "func")
        unknown = next((name for name in called if name not in _KNOWN), None)
        if unknown is not None:
            raise FormulaUnsupported(why_not(str(unknown)))
        tree = build(resolved, cache)
        form = Form([kind, tree] if kind else tree, key)
        form.source  # noqa: B018 - written now, so that what is refused is known before anything runs
        form.areas(resolved.home)
    except FormulaUnsupported as error:
        form = Form([REFUSED, str(error)], key)
    return form
