"""Recomputing a workbook's formulas as Excel would, or saying that it cannot be vouched for.

Formulas are parsed by ``formulas``, brought into a relative normal form and compiled once for each form; functions are
kernels of our own, exact in what decides an audit (15 digits, rounding, blanks, numbers written as text). Anything
else is unsupported, with a reason, and never a guess.

What makes plans (:func:`compile_plan`, :class:`Resolver`, …) is imported when it is asked for: a new process with a
known template needs none of it.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from xlperf.recompute.book import FormulaBook, Grids, Names, Recalculated
from xlperf.recompute.known import plan_for, plan_from_plain, plan_to_plain
from xlperf.recompute.plan import Plan

if TYPE_CHECKING:
    from xlperf.recompute.cache import ShapeCache
    from xlperf.recompute.functions import VOUCHED
    from xlperf.recompute.normal import Move, Resolver, canonical
    from xlperf.recompute.of_snapshot import formula_book, given_values
    from xlperf.recompute.planning import compile_plan

_WHEN_ASKED = {
    "ShapeCache": "cache",
    "VOUCHED": "functions",
    "Move": "normal",
    "Resolver": "normal",
    "canonical": "normal",
    "formula_book": "of_snapshot",
    "given_values": "of_snapshot",
    "compile_plan": "planning",
}

__all__ = [
    "VOUCHED",
    "FormulaBook",
    "Grids",
    "Move",
    "Names",
    "Plan",
    "Recalculated",
    "Resolver",
    "ShapeCache",
    "canonical",
    "compile_plan",
    "formula_book",
    "given_values",
    "plan_for",
    "plan_from_plain",
    "plan_to_plain",
]


def __getattr__(name: str) -> object:
    if name not in _WHEN_ASKED:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WHEN_ASKED[name]}"), name)
