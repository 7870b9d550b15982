"""Resolved formulas to trees: the shape of a formula with its operands in their places. A tree is plain lists:

``["n", 0.5]`` ``["s", "x"]`` ``["b", true]`` ``["e", "#N/A"]`` ``["m"]`` (left out) · ``["a", [[…], …]]``
(array constant) · ``["r", [sheets], top, left, bottom, right]`` with ``[fixed, number]`` as corner
coordinates · ``["f", name, …]`` · ``["p", …]`` (parentheses; a union where they hold several) · ``["u",
sign, x]`` with sign ``-``, ``--``, ``+`` or ``%`` · ``["c", x, [op, y], …]`` (a chain of one precedence).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, TypeAlias

from xlperf.errors import FormulaUnsupported
from xlperf.recompute.lexer import MAX_DEPTH
from xlperf.recompute.normal import Item, Resolved
from xlperf.recompute.shape import REFUSED, Shape, shape_of

Node: TypeAlias = list[Any]


class Shapes(Protocol):
    """Shapes by expression."""

    def get(self, expression: str) -> Shape | None:
        """Return a shape that is kept, or None."""

    def put(self, expression: str, shape: Shape) -> None:
        """Keep a shape."""



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


def build(resolved: Resolved, shapes: Shapes) -> tuple[str, Node]:
    """Return the expression of a formula's shape, and its tree, references relative to its home.

    Raises FormulaUnsupported.
    """
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
    expression = "=" + "".join(pieces)
    tree = _tree(expression, operands, shapes)
    if _depth(tree) > 2 * MAX_DEPTH:
        raise FormulaUnsupported(f"公式嵌套超过 {MAX_DEPTH} 层，不复算")
    return expression, tree


def _tree(expression: str, operands: Sequence[Node], shapes: Shapes) -> Node:
    """Return the tree of an expression; a kept shape that does not fit is as if it were not there."""
    kept = shapes.get(expression)
    if kept is not None:
        try:
            return _of_shape(kept, operands)
        except (TypeError, ValueError, IndexError, RecursionError):
            pass
    shape = shape_of(expression)
    shapes.put(expression, shape)
    return _of_shape(shape, operands)


def _of_shape(shape: Shape, operands: Sequence[Node]) -> Node:
    if shape[0] == REFUSED:
        raise FormulaUnsupported(str(shape[1]))
    return _filled(shape, operands)


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


def _filled(shape: Shape, operands: Sequence[Node]) -> Node:
    """Return a shape with its operands in their places."""
    kind = shape[0]
    if kind == "o":
        return operands[shape[1]]
    if kind == "call":
        return [*operands[shape[1]], *(_filled(argument, operands) for argument in shape[2:])]
    if kind == "u":
        return ["u", shape[1], _filled(shape[2], operands)]
    if kind == "c":
        return ["c", _filled(shape[1], operands), *([sign, _filled(other, operands)] for sign, other in shape[2:])]
    if kind == "p":
        return ["p", *(_filled(part, operands) for part in shape[1:])]
    if kind != "m":
        raise ValueError(f"no such shape: {kind}")
    return ["m"]
