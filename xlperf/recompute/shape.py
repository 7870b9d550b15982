"""The shape of a formula: what it is without its operands, by the parser of ``formulas``.

The only module that imports it, and only for a shape that is not known. The parser gets no text of the file: every
operand and function stands for itself under a number, in the order of appearance, so that formulas that differ in
their operands have one shape. A shape is plain lists, fit for JSON: ``["o", n]`` operand n · ``["call", n, …]``
function n · ``["m"]`` (left out) · ``["p", …]`` (parentheses) · ``["u", sign, x]`` · ``["c", x, [op, y], …]``; see
:mod:`xlperf.recompute.tree` · ``["x", reason]`` where there is none.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from xlperf.errors import FormulaUnsupported

Shape: TypeAlias = list[Any]

#: Marks a form that is not vouched for; the reason follows.
REFUSED = "x"
#: Terms in one chain such as ``A1+A2+…``, at most.
MAX_CHAIN = 255
_LEVEL = {"^": 5, "*": 4, "/": 4, "+": 3, "-": 3, "&": 2, "=": 1, "<>": 1, "<": 1, "<=": 1, ">": 1, ">=": 1}


def shape_of(expression: str) -> Shape:
    """Return the shape of an expression such as ``=_f0(_o1,_o2+_o3)``."""
    from formulas.errors import BaseError
    from formulas.parser import Parser

    class Bound(Parser):  # type: ignore[misc]  # formulas has no types
        @staticmethod
        def ast_builder(match: object = None) -> _Builder:
            return _Builder()

    try:
        _, builder = Bound().ast(expression)
    except FormulaUnsupported as error:
        return [REFUSED, str(error)]
    except (BaseError, ValueError, KeyError, IndexError, AttributeError, RecursionError):
        return [REFUSED, "公式不能解析"]
    return builder.shape if isinstance(builder, _Builder) else [REFUSED, "公式不能解析"]


class _Builder:
    """Stands in for the graph builder of ``formulas``: collects a tree instead."""

    def __init__(self) -> None:
        self._stack: list[tuple[Any, Shape]] = []

    def __len__(self) -> int:
        return len(self._stack)

    def __getitem__(self, index: int) -> Any:
        return self._stack[index][0]

    def pop(self) -> Any:
        return self._stack.pop()[0]

    def finish(self) -> None:
        """Nothing is left to do; the parser calls it."""

    @property
    def shape(self) -> Shape:
        return self._stack[-1][1]

    def append(self, token: Any) -> None:
        kind = {base.__name__ for base in type(token).__mro__}
        if "Operator" in kind or "Function" in kind:
            count = token.get_n_args
            if len(self._stack) < count:
                raise FormulaUnsupported("公式不完整")
            nodes = [node for _, node in self._stack[len(self._stack) - count :]] if count else []
            del self._stack[len(self._stack) - count :]
            self._stack.append(
                (token, _function(token, nodes) if "Function" in kind else _operator(token, nodes))
            )
        elif "Empty" in kind:
            self._stack.append((token, ["m"]))
        else:
            self._stack.append((token, ["o", int(token.attr["ref"][2:])]))


def _function(token: Any, nodes: list[Shape]) -> Shape:
    index = token.attr["name"][2:]
    return ["p", *nodes] if index == "p" else ["call", int(index), *nodes]


def _operator(token: Any, nodes: list[Shape]) -> Shape:
    name = token.attr["name"]
    if len(nodes) == 1:
        if name == "%":
            return ["u", "%", nodes[0]]
        minus = token.attr.get("sum_minus", "-").count("-")
        return ["u", "-" if minus % 2 else "--" if minus else "+", nodes[0]]
    left, right = nodes
    level = _LEVEL.get(name)
    if level is None:
        raise FormulaUnsupported(f"公式含运算符“{name}”，不复算")
    if left[0] == "c" and _LEVEL[left[2][0]] == level and level > 1:
        if len(left) > MAX_CHAIN:
            raise FormulaUnsupported(f"一个算式超过 {MAX_CHAIN} 项，不复算")
        return [*left, [name, right]]
    return ["c", left, [name, right]]
