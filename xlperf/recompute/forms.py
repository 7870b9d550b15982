"""The process's memory of forms: each normal form is parsed and compiled once, ever."""

from __future__ import annotations

from functools import cached_property

from xlperf.address import CellRef, RangeRef
from xlperf.errors import FormulaUnsupported
from xlperf.recompute.cache import FormCache
from xlperf.recompute.compile import Compiled, compile_tree, reads
from xlperf.recompute.normal import Resolved
from xlperf.recompute.tree import Node, build

_MEMORY: dict[str, Form] = {}
_MOST = 50_000


class Form:
    """A formula in relative form: its tree, what it reads, and, once needed, its function."""

    def __init__(self, tree: Node) -> None:
        self.tree = tree

    @cached_property
    def function(self) -> Compiled:
        """The compiled formula. Raises FormulaUnsupported."""
        return compile_tree(self.tree)

    @cached_property
    def _reads(self) -> list[Node]:
        return reads(self.tree)

    def ranges(self, home: CellRef) -> tuple[RangeRef, ...]:
        """Return the ranges the formula reads when it stands at ``home``."""
        return tuple(
            RangeRef(
                sheet,
                *(
                    number if fixed else number + base
                    for (fixed, number), base in zip(node[2:6], (home.row, home.column) * 2, strict=True)
                ),
            )
            for node in self._reads
            for sheet in node[1] or (home.sheet,)
        )


def form_of(resolved: Resolved, key: str, cache: FormCache) -> Form:
    """Return the form of a formula: remembered, from the disk cache, or parsed. Raises FormulaUnsupported."""
    form = _MEMORY.get(key)
    if form is None:
        form = _load(key, cache) or _parse(resolved, key, cache)
        if len(_MEMORY) >= _MOST:
            _MEMORY.clear()
        _MEMORY[key] = form
    return form


def _load(key: str, cache: FormCache) -> Form | None:
    tree = cache.get(key)
    if tree is None:
        return None
    try:
        form = Form(tree)
        form.ranges(CellRef("", 1, 1))
    except (FormulaUnsupported, TypeError, ValueError, IndexError, KeyError, RecursionError):
        return None
    return form


def _parse(resolved: Resolved, key: str, cache: FormCache) -> Form:
    form = Form(build(resolved))
    cache.put(key, form.tree)
    return form
