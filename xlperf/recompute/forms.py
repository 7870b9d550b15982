"""The process's memory of forms: each normal form is parsed and compiled once, ever."""

from __future__ import annotations

from functools import cached_property

from xlperf.address import CellRef
from xlperf.errors import FormulaUnsupported
from xlperf.recompute.cache import FormCache
from xlperf.recompute.compile import REFUSED, Compiled, function_of, reads, source_of
from xlperf.recompute.functions import VOUCHED, why_not
from xlperf.recompute.normal import Resolved
from xlperf.recompute.tree import Node, build

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
    def _reads(self) -> list[tuple[tuple[str, ...], tuple[int, ...]]]:
        """The sheets and corners of what the formula reads; of each corner, what of the home cell it moves
        with.
        """
        found: dict[tuple[tuple[str, ...], tuple[int, ...]], None] = {}
        for node in reads(self.tree):
            corners = tuple(part for fixed, number in node[2:6] for part in (0 if fixed else 1, number))
            found[tuple(node[1]), corners] = None
        return list(found)

    def areas(self, home: CellRef) -> list[tuple[str, int, int, int, int]]:
        """Return the areas the formula reads when it stands at ``home``: sheet, top, left, bottom, right."""
        own, row, column = home
        return [
            (sheet, a * row + top, b * column + left, d * row + bottom, e * column + right)
            for sheets, (a, top, b, left, d, bottom, e, right) in self._reads
            for sheet in sheets or (own,)
        ]


def form_of(resolved: Resolved, key: str, cache: FormCache) -> Form:
    """Return the form of a formula: remembered, from the disk cache, or parsed."""
    form = _MEMORY.get(key)
    if form is None:
        form = _load(key, cache) or _parse(resolved, key, cache)
        if len(_MEMORY) >= _MOST:
            _MEMORY.clear()
        _MEMORY[key] = form
    return form


def _load(key: str, cache: FormCache) -> Form | None:
    """Return the form from the disk cache; None where there is none, or what is there is no tree of ours."""
    tree = cache.get(key)
    if tree is None:
        return None
    try:
        form = Form(tree, key)
        form.areas(CellRef("", 1, 1))
        if tree[0] != REFUSED:
            form.source  # noqa: B018 - written now, to see that it can be
    except (FormulaUnsupported, TypeError, ValueError, IndexError, KeyError, RecursionError):
        return None
    return form


def _parse(resolved: Resolved, key: str, cache: FormCache) -> Form:
    try:
        unknown = next(
            (item.value for item in resolved.items if item.kind == "func" and item.value not in VOUCHED), None
        )
        if unknown is not None:
            raise FormulaUnsupported(why_not(str(unknown)))
        form = Form(build(resolved), key)
        form.source  # noqa: B018 - written now, so that what is refused is known before anything runs
    except FormulaUnsupported as error:
        form = Form([REFUSED, str(error)], key)
    cache.put(key, form.tree)
    return form
