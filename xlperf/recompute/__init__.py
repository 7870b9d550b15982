"""Recomputing a workbook's formulas as Excel would, or saying that it cannot be vouched for.

Formulas are parsed by ``formulas``, brought into a relative normal form and compiled once for each form;
functions are kernels of our own, exact in what decides an audit (15 digits, rounding, blanks, numbers
written as text). Anything else is unsupported, with a reason, and never a guess.
"""

from xlperf.recompute.book import FormulaBook, Grids, Names, Recalculated
from xlperf.recompute.cache import ShapeCache
from xlperf.recompute.functions import VOUCHED
from xlperf.recompute.known import plan_from_plain, plan_to_plain
from xlperf.recompute.normal import Move, Resolver, canonical
from xlperf.recompute.of_snapshot import formula_book, given_values
from xlperf.recompute.plan import Plan
from xlperf.recompute.planning import compile_plan

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
    "plan_from_plain",
    "plan_to_plain",
]
