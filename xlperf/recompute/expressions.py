"""Values, operators and references of a tree, as Python source."""

from __future__ import annotations

from typing import Any, NamedTuple

from xlperf.errors import FormulaUnsupported
from xlperf.recompute.functions import COMPARE
from xlperf.recompute.tails import TAIL, marked
from xlperf.recompute.tree import Node
from xlperf.values import ExcelError


class Piece(NamedTuple):
    """A piece of source, what it gives, whether it may raise.

    It gives ``n`` a number, ``N`` a number that may be beyond Excel's range, ``b`` a truth, ``s`` a text,
    ``v`` any value, ``a`` an argument of its own kind.
    """

    code: str
    gives: str
    raises: bool = True


def coordinate(corner: Any, axis: str) -> str:
    """Return a row or column as source, relative to ``axis`` unless fixed."""
    fixed, number = corner
    if type(number) is not int:
        raise ValueError("not a coordinate")
    return str(number) if fixed else f"{axis}{number:+d}" if number else axis


def single(node: Node) -> bool:
    """Tell whether a node is a reference to one cell."""
    return bool(node[0] == "r" and node[2:4] == node[4:6] and len(node[1]) <= 1)


def strip(node: Node) -> Node:
    """Return a node without the parentheses around it."""
    while node[0] == "p" and len(node) == 2:
        node = node[1]
    return node


class Expressions:
    """Writes the source of values, operators and references.

    Where an array is expected (``self._array``), areas in the place of values become parameters of a lifted
    function.
    """

    def __init__(self) -> None:
        self._array = ""  # "" none, "constants" array constants only, "all" areas too
        self._leaves: list[str] = []
        self._lifts = 0

    def top(self, tree: Node) -> str:
        """Return the source of a whole formula; a final + or − is snapped to 0 as Excel does."""
        if tree[0] == "c" and tree[-1][0] in ("+", "-"):
            return self._final("settle", tree)
        code = self._checked(marked(tree))
        return "last_sum" + code.removeprefix("f_SUM") if code.startswith("f_SUM(") and tree[0] == "f" else code

    def _final(self, kernel: str, chain: Node) -> str:
        before, (sign, last) = chain[:-1], chain[-1]
        first = self._number(before[1]) if len(before) == 2 else self._chain(before).code
        return f"{kernel}(fin({first}{sign}(y:={self._number(last)})),y)"

    def _checked(self, node: Node) -> str:
        piece = self._value(node)
        return f"fin({piece.code})" if piece.gives == "N" else piece.code

    def _number(self, node: Node) -> str:
        piece = self._value(node)
        return piece.code if piece.gives in "nN" else f"num({piece.code})"

    def _value(self, node: Node) -> Piece:
        kind = node[0]
        if kind == "n":
            return Piece(repr(float(node[1])), "n", False)
        if kind == "s":
            return Piece(repr(str(node[1])), "s", False)
        if kind == "b":
            return Piece(repr(bool(node[1])), "b", False)
        if kind == "e":
            return Piece("e_" + ExcelError(node[1]).name, "v", False)
        if kind == "m":
            return Piece("None", "v", False)
        if kind == "r":
            return self._cell(node)
        if kind == "a":
            return self._leaf(self._array_constant(node), bool(self._array), "数组常量")
        if kind == "p":
            if len(node) != 2:
                raise FormulaUnsupported("公式在单个值的位置用了多个区域，不复算")
            inner = self._value(node[1])
            return Piece(f"({inner.code})", inner.gives, inner.raises)
        if kind == TAIL:
            return Piece(self._final("unsure", node[1]), "n")
        if kind == "u":
            return self._unary(node[1], node[2])
        return self._chain(node) if kind == "c" else self._function(node)

    def _unary(self, sign: str, operand: Node) -> Piece:
        if sign == "+":
            return self._value(operand)
        number = self._number(operand)
        return Piece({"-": f"(-{number})", "--": number, "%": f"div({number},100.0)"}[sign], "N")

    def _cell(self, node: Node) -> Piece:
        if not single(node):
            return self._leaf(self._area(node), self._array == "all", "区域")
        at = f"({coordinate(node[2], 'r')},{coordinate(node[3], 'c')})"
        return Piece(f"get[{str(node[1][0])!r}]({at})" if node[1] else f"g({at})", "v", False)

    def _leaf(self, code: str, allowed: bool, what: str) -> Piece:
        if not allowed:
            raise FormulaUnsupported(f"公式在单个值的位置用了{what}，不复算")
        if code not in self._leaves:
            self._leaves.append(code)
        return Piece(f"x{self._lifts}_{self._leaves.index(code)}", "v", False)

    def _area(self, node: Node) -> str:
        if len(node[1]) > 1:
            raise FormulaUnsupported("公式在不能跨工作表的位置引用了多张工作表，不复算")
        return self._rectangle(node, str(node[1][0]) if node[1] else None)

    def _rectangle(self, node: Node, sheet: str | None) -> str:
        return f"area({sheet!r},{self._corners(node)})"

    @staticmethod
    def _corners(node: Node) -> str:
        return ",".join(coordinate(corner, "rcrc"[i]) for i, corner in enumerate(node[2:6]))

    def _array_constant(self, node: Node) -> str:
        rows = ",".join("[" + ",".join(self._value(value).code for value in row) + "]" for row in node[1])
        return f"array([{rows}])"

    def _chain(self, node: Node) -> Piece:
        first, links = node[1], node[2:]
        sign = links[0][0]
        if sign in COMPARE:
            return self._comparison(first, sign, links[0][1])
        if sign == "&":
            pieces = [self._value(first), *(self._value(operand) for _, operand in links)]
            return Piece("concat(" + self._ordered(pieces) + ")", "s")
        code = self._number(first)
        for sign, operand in links:
            number = self._number(operand)
            if sign == "/":
                code = f"div({code},{number})"
            elif sign == "^":
                code = f"power({code},{number})"
            elif sign in ("+", "-", "*"):
                code = f"{code}{sign}{number}"
            else:
                raise ValueError(sign)
        return Piece(f"({code})", "N")

    def _comparison(self, left: Node, sign: str, right: Node) -> Piece:
        one, other = self._value(left), self._value(right)
        if other.gives == "s" and not other.raises and sign in ("=", "<>"):
            name = "eqs" if sign == "=" else "nes"
            code = f"fin({one.code})" if one.gives == "N" else one.code
            return Piece(f"{name}({code},{str(strip(right)[1]).lower()!r})", "b")
        return Piece(f"{COMPARE[sign]}({self._ordered([one, other])})", "b")

    def _ordered(self, pieces: list[Piece]) -> str:
        """Return the arguments, a possible error value raised before a later argument could raise another."""
        codes = []
        for position, piece in enumerate(pieces):
            code = f"fin({piece.code})" if piece.gives == "N" else piece.code
            if piece.gives == "v" and any(later.raises for later in pieces[position + 1 :]):
                code = f"chk({code})"
            codes.append(code)
        return ",".join(codes)

    def _function(self, node: Node) -> Piece:
        raise NotImplementedError
