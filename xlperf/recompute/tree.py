"""Resolved formulas to trees, by the parser of ``formulas``; the only module that imports it, and only when
needed.

The parser gets no text of the file: every operand and function is handed to it under a number. A tree is
plain lists, fit for JSON:

``["n", 0.5]`` ``["s", "x"]`` ``["b", true]`` ``["e", "#N/A"]`` ``["m"]`` (left out) · ``["a", [[…], …]]``
(array constant) · ``["r", [sheets], top, left, bottom, right]`` with ``[fixed, number]`` as corner
coordinates · ``["f", name, …]`` · ``["p", …]`` (parentheses; a union where they hold several) · ``["u",
sign, x]`` with sign ``-``, ``--``, ``+`` or ``%`` · ``["c", x, [op, y], …]`` (a chain of one precedence).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from xlperf.errors import FormulaUnsupported
from xlperf.recompute.lexer import MAX_DEPTH
from xlperf.recompute.normal import Item, Resolved

Node: TypeAlias = list[Any]

#: Terms in one chain such as ``A1+A2+…``, at most.
MAX_CHAIN = 255
_LEVEL = {"^": 5, "*": 4, "/": 4, "+": 3, "-": 3, "&": 2, "=": 1, "<>": 1, "<": 1, "<=": 1, ">": 1, ">=": 1}


class _Builder:
    """Stands in for the graph builder of ``formulas``: collects a tree instead."""

    def __init__(self, operands: Sequence[Node]) -> None:
        self._operands = operands
        self._stack: list[tuple[Any, Node]] = []

    def __len__(self) -> int:
        return len(self._stack)

    def __getitem__(self, index: int) -> Any:
        return self._stack[index][0]

    def pop(self) -> Any:
        return self._stack.pop()[0]

    def finish(self) -> None:
        """Nothing is left to do; the parser calls it."""

    @property
    def tree(self) -> Node:
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
                (token, self._function(token, nodes) if "Function" in kind else _operator(token, nodes))
            )
        elif "Empty" in kind:
            self._stack.append((token, ["m"]))
        else:
            self._stack.append((token, self._operands[int(token.attr["ref"][2:])]))

    def _function(self, token: Any, nodes: list[Node]) -> Node:
        index = token.attr["name"][2:]
        return ["p", *nodes] if index == "p" else [*self._operands[int(index)], *nodes]


def _operator(token: Any, nodes: list[Node]) -> Node:
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


def _array(items: Sequence[Item], start: int) -> tuple[Node, int]:
    rows: list[list[Node]] = [[]]
    sign = 1.0
    for position in range(start, len(items)):
        item = items[position]
        if item.kind == "op" and item.value in ("-", "+"):
            sign = -sign if item.value == "-" else sign
        elif item.kind == "op" and item.value == ";":
            rows.append([])
        elif item.kind == "op" and item.value == "}":
            if not rows[0] or any(len(row) != len(rows[0]) for row in rows):
                break
            return ["a", rows], position
        elif item.kind in ("number", "text", "bool", "error"):
            node = _operand(item)
            rows[-1].append(["n", node[1] * sign] if item.kind == "number" else node)
            sign = 1.0
        elif item.value != ",":
            break
    raise FormulaUnsupported("数组常量不能识别")


def _operand(item: Item) -> Node:
    if item.kind == "ref":
        assert item.corners is not None
        return ["r", list(item.sheets), *item.corners]
    return [{"number": "n", "text": "s", "bool": "b", "error": "e"}[item.kind], item.value]


def build(resolved: Resolved) -> Node:
    """Return the tree of a formula, references relative to its home. Raises FormulaUnsupported."""
    operands: list[Node] = []
    pieces: list[str] = []
    position, items = 0, resolved.items
    while position < len(items):
        item = items[position]
        if item.kind == "func":
            pieces.append(f"_f{len(operands)}(")
            operands.append(["f", item.value])
        elif item.kind == "op" and item.value == "{":
            node, position = _array(items, position + 1)
            pieces.append(f"_o{len(operands)}")
            operands.append(node)
        elif item.kind == "op":
            if item.value in ("}", ";"):
                raise FormulaUnsupported("公式不完整")
            pieces.append("_fp(" if item.value == "(" else str(item.value))
        else:
            pieces.append(f"_o{len(operands)}")
            operands.append(_relative(_operand(item), resolved))
        position += 1
    tree = _parse("=" + "".join(pieces), operands)
    if _depth(tree) > 2 * MAX_DEPTH:
        raise FormulaUnsupported(f"公式嵌套超过 {MAX_DEPTH} 层，不复算")
    return tree


def _relative(node: Node, resolved: Resolved) -> Node:
    if node[0] != "r":
        return node
    row, column = resolved.home.row, resolved.home.column
    corner = [
        [1, value] if fixed else [0, value - home]
        for value, fixed, home in zip(node[2:6], node[6:10], (row, column, row, column), strict=True)
    ]
    return ["r", node[1], *corner]


def _depth(node: Node) -> int:
    return 1 + max((_depth(child) for child in node if isinstance(child, list)), default=0)


def _parse(expression: str, operands: Sequence[Node]) -> Node:
    from formulas.errors import BaseError
    from formulas.parser import Parser

    class Bound(Parser):  # type: ignore[misc]
        @staticmethod
        def ast_builder(match: object = None) -> _Builder:
            return _Builder(operands)

    try:
        _, builder = Bound().ast(expression)
    except (BaseError, ValueError, KeyError, IndexError, AttributeError, RecursionError):
        raise FormulaUnsupported("公式不能解析") from None
    if not isinstance(builder, _Builder):
        raise FormulaUnsupported("公式不能解析")
    return builder.tree
