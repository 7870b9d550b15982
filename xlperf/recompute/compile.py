"""Trees to Python functions.

The source that is generated holds names of kernels, whole numbers, and constants as ``repr`` prints them;
nothing else. A compiled formula is called with ``(get, area, g, r, c)``: ``get[sheet]`` reads cells of
another sheet, ``area(sheet, …)`` makes a rectangle (sheet None: the own one), ``g`` reads cells of the own
sheet, ``r`` and ``c`` are the cell.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from xlperf.errors import FormulaUnsupported
from xlperf.recompute.array_calls import ArrayCompiler
from xlperf.recompute.calls import Compiler
from xlperf.recompute.expressions import COMPARE, strip
from xlperf.recompute.functions import FUNCTIONS
from xlperf.recompute.joins import SPAN
from xlperf.recompute.kernels import aggregate, arrays, core, logic, lookup, operators, shapes
from xlperf.recompute.meeting import MeetingCompiler
from xlperf.recompute.tree import Node
from xlperf.values import ExcelError

_CONSTANT = frozenset(("a", "n", "s", "b", "e", "m"))
_LOCATES = frozenset(("ROW", "COLUMN", "ROWS", "COLUMNS"))
Compiled = Callable[..., Any]

#: Marks the tree of a form that is not vouched for; the reason follows.
REFUSED = "x"
#: Marks the tree of an array formula, and that of an ordinary one with areas in the place of values; the tree follows.
ARRAY, MEETING = "z", "i"
_COMPILERS = {ARRAY: ArrayCompiler, MEETING: MeetingCompiler}
_ARRAYS = (
    "each", "look", "call", "alone", "when", "pick", "zero", "full", "numeric", "as_area", "certain", "add", "sub",
    "mul", "quotient", "raised", "neg", "percent", "table",
)  # fmt: skip
_SHAPES = ("unit", "places", "transpose", "mmult", "span", "meet", "lift_all", "lookup_last")

_NAMESPACE: dict[str, Any] = {
    "__builtins__": {},
    **{name: getattr(operators, name) for name in ("div", "power", "settle", "concat", "eqs", "nes")},
    **{name: getattr(arrays, name) for name in _ARRAYS},
    "lift": shapes.lift_cut,
    **{name: getattr(shapes, name) for name in _SHAPES},
    **{name: getattr(operators, name) for name in COMPARE.values()},
    **{name: getattr(core, name) for name in ("num", "fin", "truth", "text", "chk", "catch", "array")},
    **{"f_" + name.replace(".", "_"): spec.kernel for name, spec in FUNCTIONS.items()},
    **{"e_" + error.name: error for error in ExcelError},
    "choice": aggregate.choice,
    "sure": logic.sure,
    "index_area": lookup.index_area,
    "xlookup": lookup.xlookup,
    "float": float,
}


def source_of(tree: Node) -> str:
    """Return the source of a tree. Raises FormulaUnsupported for what is not vouched for."""
    if tree[0] == REFUSED:
        raise FormulaUnsupported(str(tree[1]))
    try:
        if tree[0] in _COMPILERS:
            return "lambda get,area,g,r,c:" + _COMPILERS[tree[0]]().top(tree[1])
        return "lambda get,area,g,r,c:" + Compiler().top(tree)
    except RecursionError:
        raise FormulaUnsupported("公式过于复杂，不复算") from None
    except (IndexError, KeyError, TypeError, ValueError, AssertionError):
        raise FormulaUnsupported("公式不完整") from None


def function_of(source: str) -> Compiled:
    """Return the Python function of a source. Raises FormulaUnsupported where it is too deep."""
    try:
        function: Compiled = eval(compile(source, "<formula>", "eval"), _NAMESPACE)
    except (RecursionError, MemoryError, SyntaxError):
        raise FormulaUnsupported("公式过于复杂，不复算") from None
    return function


def reads(tree: Node) -> list[Node]:
    """Return the reference nodes a tree reads from; those of ROW, COLUMN, ROWS, COLUMNS are only located.

    Of an area that ends where the formula finds out, ``["h", one, other]``: all from one reference to the other.
    """
    found: list[Node] = []
    stack = [tree]
    while stack:
        node = stack.pop()
        if not node or not isinstance(node[0], str):
            stack.extend(child for child in reversed(node) if isinstance(child, list))
        elif node[0] == "r":
            found.append(node)
        elif node[0] not in _CONSTANT and not (node[0] == "f" and node[1] in _LOCATES and _plain(node)):
            if node[0] == "f" and node[1] == SPAN:
                found.append(["h", _base(node[2]), _base(node[3])])
            stack.extend(child for child in reversed(node) if isinstance(child, list))
    return found


def _plain(node: Node) -> bool:
    """Tell whether ROW and its like are asked of a reference, which they do not read."""
    return all(strip(argument)[0] == "r" for argument in node[2:])


def _base(node: Node) -> Node:
    """Return the reference within which INDEX finds its cell; a reference is its own."""
    node = strip(node)
    while node[0] == "f" and node[1] in ("INDEX", SPAN):
        node = strip(node[2])
    if node[0] != "r":
        raise FormulaUnsupported("公式用冒号连接的不是单元格区域，不复算")
    return node


def calls(tree: Node, name: str) -> list[Node]:
    """Return the calls of a function in a tree."""
    found: list[Node] = []
    stack = [tree]
    while stack:
        node = stack.pop()
        if node and isinstance(node[0], str):
            if node[0] == "r" or node[0] in _CONSTANT:
                continue
            if node[0] == "f" and node[1] == name:
                found.append(node)
        stack.extend(child for child in node if isinstance(child, list))
    return found
