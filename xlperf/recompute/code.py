"""Skeletons to Python functions, and the words they consist of.

A compiled formula is called with ``(get, area, g, r, c, p)``: ``get[sheet]`` reads cells of another sheet,
``area(sheet, …)`` makes a rectangle (sheet None: the own one), ``g`` reads cells of the own sheet, ``r`` and ``c`` are
the cell, ``p`` its places (see :mod:`xlperf.recompute.skeleton`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from xlperf.errors import FormulaUnsupported
from xlperf.recompute.functions import COMPARE, FUNCTIONS
from xlperf.recompute.kernels import aggregate, arrays, core, logic, lookup, operators, shapes
from xlperf.values import ExcelError

Compiled = Callable[..., Any]
_MOST = 20_000
_FUNCTIONS: dict[str, Compiled] = {}

_ARRAYS = (
    "each", "look", "call", "alone", "when", "pick", "zero", "full", "numeric", "as_area", "certain", "add", "sub",
    "mul", "quotient", "raised", "neg", "percent", "table",
)  # fmt: skip
_SHAPES = ("unit", "places", "transpose", "mmult", "span", "meet", "lift_all", "lookup_last")

_NAMESPACE: dict[str, Any] = {
    "__builtins__": {},
    **{name: getattr(operators, name) for name in ("div", "power", "settle", "unsure", "concat", "eqs", "nes")},
    **{name: getattr(arrays, name) for name in _ARRAYS},
    "lift": shapes.lift_cut,
    **{name: getattr(shapes, name) for name in _SHAPES},
    **{name: getattr(operators, name) for name in COMPARE.values()},
    **{name: getattr(core, name) for name in ("num", "fin", "truth", "text", "chk", "catch", "array")},
    **{"f_" + name.replace(".", "_"): spec.kernel for name, spec in FUNCTIONS.items()},
    **{"e_" + error.name: error for error in ExcelError},
    "choice": aggregate.choice,
    "last_sum": aggregate.last_sum,
    "sure": logic.sure,
    "index_area": lookup.index_area,
    "xlookup": lookup.xlookup,
    "float": float,
}
#: Every name a skeleton may hold beside its own.
WORDS = frozenset(_NAMESPACE) - {"__builtins__"}


def function_of(source: str) -> Compiled:
    """Return the Python function of a skeleton. Raises FormulaUnsupported where it is too deep."""
    function = _FUNCTIONS.get(source)
    if function is None:
        try:
            function = eval(compile(source, "<formula>", "eval"), _NAMESPACE)
        except (RecursionError, MemoryError, SyntaxError):
            raise FormulaUnsupported("公式过于复杂，不复算") from None
        if len(_FUNCTIONS) >= _MOST:
            _FUNCTIONS.clear()
        _FUNCTIONS[source] = function
    return function
