"""The process's memory of forms: each normal form is made once, of the shape of the formula and its operands."""

from __future__ import annotations

from xlperf.errors import FormulaUnsupported
from xlperf.recompute.compile import ARRAY, MEETING, calls, reads, source_of
from xlperf.recompute.form import Form, Read
from xlperf.recompute.functions import VOUCHED, why_not
from xlperf.recompute.joins import SPAN
from xlperf.recompute.normal import Resolved
from xlperf.recompute.skeleton import skeleton_of
from xlperf.recompute.tree import Node, Shapes, build

__all__ = ["ARRAY", "MEETING", "form_of"]

_KNOWN = VOUCHED | {SPAN}
#: Cells that SUMPRODUCT((A1:A9=1)*…) goes through cost this many times those that SUM reads.
_LIFTED = 4
#: Forms by key; for one that is not vouched for, the reason.
_MEMORY: dict[str, Form | str] = {}
_MOST = 50_000


def form_of(resolved: Resolved, key: str, shapes: Shapes, kind: str = "") -> Form:
    """Return the form of a formula. Raises FormulaUnsupported where it is not vouched for.

    ``kind`` is ARRAY for an array formula, MEETING for areas in the place of values.
    """
    key = f"{kind}:{key}" if kind else key
    form = _MEMORY.get(key)
    if form is None:
        try:
            form = _make(resolved, key, shapes, kind)
        except FormulaUnsupported as error:
            form = str(error)
        if len(_MEMORY) >= _MOST:
            _MEMORY.clear()
        _MEMORY[key] = form
    if isinstance(form, str):
        raise FormulaUnsupported(form)
    return form


def _make(resolved: Resolved, key: str, shapes: Shapes, kind: str) -> Form:
    called = (item.value for item in resolved.items if item.kind == "func")
    unknown = next((name for name in called if name not in _KNOWN), None)
    if unknown is not None:
        raise FormulaUnsupported(why_not(str(unknown)))
    expression, tree = build(resolved, shapes)
    tree = [kind, tree] if kind else tree
    source = source_of(tree)
    read = reads(tree)
    hulls = tuple((_corners(node[1]), _corners(node[2])) for node in read if node[0] == "h")
    subtotals = calls(tree, "SUBTOTAL")
    form = Form(
        key=key,
        shape=expression,
        skeleton=skeleton_of(source),
        reads=tuple(dict.fromkeys(_corners(node) for node in read if node[0] == "r")),
        hulls=hulls,
        is_array=kind == ARRAY,
        weight=_weight(tree, source, bool(hulls)),
        subtotals=0 if not subtotals else 1 if subtotals[0] is tree else 2,
        needs_place=any(len(node) == 2 for name in ("ROW", "COLUMN") for node in calls(tree, name)),
    )
    form.areas(resolved.home)
    return form


def _weight(tree: Node, source: str, spans: bool) -> int:
    if tree[0] == ARRAY:
        return 1 + sum(map(_size, tree[1:]))
    return _LIFTED if "lift(" in source else 1 if spans else 0


def _size(node: Node) -> int:
    return 1 + sum(_size(child) for child in node if isinstance(child, list)) if node and node[0] != "r" else 1


def _corners(node: Node) -> Read:
    corners = tuple(part for fixed, number in node[2:6] for part in (0 if fixed else 1, number))
    return tuple(node[1]), corners
