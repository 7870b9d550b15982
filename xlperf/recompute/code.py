"""Skeletons to Python functions, and the words they consist of.

A compiled formula is called with ``(area, r, c, p, v0, …)``: ``area(sheet, …)`` makes a rectangle (sheet None: the own
one), ``r`` and ``c`` are its cell, ``p`` its areas and texts, the rest the values of the cells it refers to (see
:mod:`xlperf.recompute.skeleton`).
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from types import CodeType
from typing import Any

from xlperf.errors import FormulaUnsupported
from xlperf.recompute.functions import COMPARE, FUNCTIONS
from xlperf.values import ExcelError

Compiled = Callable[..., Any]
_MOST = 20_000
_FUNCTIONS: dict[str, Compiled] = {}

_ARRAYS = (
    "each", "look", "call", "alone", "when", "pick", "zero", "full", "numeric", "as_area", "certain", "add", "sub",
    "mul", "quotient", "raised", "neg", "percent", "table",
)  # fmt: skip
_SHAPES = ("unit", "places", "transpose", "mmult", "span", "meet", "lift_all", "lookup_last")

#: Where each word lives, ``module.name`` under ``kernels``: a module is imported when a formula first needs it.
_HOMES = {
    **{name: f"operators.{name}" for name in ("div", "power", "settle", "unsure", "concat", "eqs", "nes")},
    **{name: f"arrays.{name}" for name in _ARRAYS},
    **{name: f"shapes.{name}" for name in _SHAPES},
    **{name: f"operators.{name}" for name in COMPARE.values()},
    **{name: f"core.{name}" for name in ("num", "fin", "truth", "text", "chk", "catch", "array")},
    **{"f_" + name.replace(".", "_"): spec.kernel for name, spec in FUNCTIONS.items()},
    "lift": "shapes.lift_cut",
    "choice": "aggregate.choice",
    "last_sum": "aggregate.last_sum",
    "sure": "logic.sure",
    "index_area": "lookup.index_area",
    "xlookup": "lookup.xlookup",
}
#: What compiled formulas see: no built-ins, and of the kernels those that were needed so far.
_NAMESPACE: dict[str, Any] = {
    "__builtins__": {},
    **{"e_" + error.name: error for error in ExcelError},
    "float": float,
}
#: Every name a skeleton may hold beside its own.
WORDS = frozenset((*_HOMES, *_NAMESPACE)) - {"__builtins__"}


def function_of(source: str) -> Compiled:
    """Return the Python function of a skeleton. Raises FormulaUnsupported where it is too deep."""
    function = _FUNCTIONS.get(source)
    if function is None:
        try:
            code = compile(source, "<formula>", "eval")
            _provide(code)
            function = eval(code, _NAMESPACE)
        except (RecursionError, MemoryError, SyntaxError):
            raise FormulaUnsupported("公式过于复杂，不复算") from None
        if len(_FUNCTIONS) >= _MOST:
            _FUNCTIONS.clear()
        _FUNCTIONS[source] = function
    return function


def _provide(code: CodeType) -> None:
    """Put the kernels that a piece of code names into the namespace."""
    for word in code.co_names:
        if word not in _NAMESPACE and word in _HOMES:
            module, _, name = _HOMES[word].partition(".")
            _NAMESPACE[word] = getattr(import_module(f"xlperf.recompute.kernels.{module}"), name)
    for inner in code.co_consts:
        if inner.__class__ is CodeType:
            _provide(inner)
