"""Trees to Python functions.

The source that is generated holds names of kernels, whole numbers, and constants as ``repr`` prints them; nothing else.
A compiled formula is called with ``(get, area, g, r, c)``: ``get[sheet]`` reads cells of another sheet, ``area(sheet,
…)`` makes a rectangle (sheet None: the own one), ``g`` reads cells of the own sheet, ``r`` and ``c`` are the cell.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from xlperf.address import MAX_COLUMN, MAX_ROW
from xlperf.errors import FormulaUnsupported
from xlperf.recompute.functions import FUNCTIONS, SPECIAL, Spec
from xlperf.recompute.kernels import aggregate, core, logic, lookup, operators
from xlperf.recompute.tree import Node
from xlperf.values import ExcelError

Compiled = Callable[..., Any]

#: Marks the tree of a form that is not vouched for; the reason follows.
REFUSED = "x"

_COMPARE = {"=": "eq", "<>": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}
_NAMESPACE: dict[str, Any] = {
    "__builtins__": {},
    **{name: getattr(operators, name) for name in ("div", "power", "settle", "concat", "eqs", "nes", "lift")},
    **{name: getattr(operators, name) for name in _COMPARE.values()},
    **{name: getattr(core, name) for name in ("num", "fin", "truth", "text", "chk", "catch", "array")},
    **{"f_" + name.replace(".", "_"): spec.kernel for name, spec in FUNCTIONS.items()},
    **{"e_" + error.name: error for error in ExcelError},
    "choice": aggregate.choice,
    "sure": logic.sure,
    "index_area": lookup.index_area,
    "xlookup": lookup.xlookup,
    "float": float,
}


class Piece(NamedTuple):
    """A piece of source: what it gives (``n`` ``b`` ``s`` ``v``, ``N`` for arithmetic yet unchecked), may it raise."""

    code: str
    gives: str
    raises: bool = True


def source_of(tree: Node) -> str:
    """Return the source of a tree. Raises FormulaUnsupported for what is not vouched for."""
    if tree[0] == REFUSED:
        raise FormulaUnsupported(str(tree[1]))
    try:
        return "lambda get,area,g,r,c:" + _Compiler().top(tree)
    except RecursionError:
        raise FormulaUnsupported("公式过于复杂，不复算") from None
    except (IndexError, KeyError, TypeError, ValueError, AssertionError):
        raise FormulaUnsupported("公式不完整") from None


def function_of(source: str) -> Compiled:
    """Return the Python function of a source. Raises FormulaUnsupported where it nests too deep for Python."""
    try:
        function: Compiled = eval(compile(source, "<formula>", "eval"), _NAMESPACE)
    except (RecursionError, MemoryError, SyntaxError):
        raise FormulaUnsupported("公式过于复杂，不复算") from None
    return function


def reads(tree: Node) -> list[Node]:
    """Return the reference nodes a tree reads from; those of ROW, COLUMN, ROWS, COLUMNS are only located."""
    found: list[Node] = []
    stack = [tree]
    while stack:
        node = stack.pop()
        if not node or not isinstance(node[0], str):
            stack.extend(child for child in reversed(node) if isinstance(child, list))
        elif node[0] == "r":
            found.append(node)
        elif node[0] not in ("a", "n", "s", "b", "e", "m"):
            if node[0] != "f" or node[1] not in ("ROW", "COLUMN", "ROWS", "COLUMNS"):
                stack.extend(child for child in reversed(node) if isinstance(child, list))
    return found


def _coordinate(corner: Any, axis: str) -> str:
    fixed, number = corner
    if type(number) is not int:
        raise ValueError("not a coordinate")
    return str(number) if fixed else f"{axis}{number:+d}" if number else axis


def _single(node: Node) -> bool:
    return bool(node[0] == "r" and node[2:4] == node[4:6] and len(node[1]) <= 1)


def _endless(node: Node) -> bool:
    return node[2:6:2] == [[1, 1], [1, MAX_ROW]] or node[3:6:2] == [[1, 1], [1, MAX_COLUMN]]


def _strip(node: Node) -> Node:
    while node[0] == "p" and len(node) == 2:
        node = node[1]
    return node


class _Compiler:
    """Writes the source of one formula.

    Where an array is expected (``self._array``), areas in the place of values become parameters of a lifted function.
    """

    def __init__(self) -> None:
        self._array = ""  # "" none, "constants" array constants only, "all" areas too
        self._leaves: list[str] = []
        self._lifts = 0

    def top(self, tree: Node) -> str:
        """Return the source of a whole formula; a final + or − is snapped to 0 as Excel does."""
        if tree[0] == "c" and tree[-1][0] in ("+", "-"):
            before, (sign, last) = tree[:-1], tree[-1]
            first = self._number(before[1]) if len(before) == 2 else self._chain(before).code
            return f"settle(fin({first}{sign}(y:={self._number(last)})),y)"
        return self._checked(tree)

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
        if kind == "u":
            return self._unary(node[1], node[2])
        return self._chain(node) if kind == "c" else self._function(node)

    def _unary(self, sign: str, operand: Node) -> Piece:
        if sign == "+":
            return self._value(operand)
        number = self._number(operand)
        return Piece({"-": f"(-{number})", "--": number, "%": f"div({number},100.0)"}[sign], "N")

    def _cell(self, node: Node) -> Piece:
        if not _single(node):
            if _endless(node) and self._array == "all":
                raise FormulaUnsupported("数组运算用了整列或整行，不复算")
            return self._leaf(self._area(node), self._array == "all", "区域")
        at = f"({_coordinate(node[2], 'r')},{_coordinate(node[3], 'c')})"
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
        corners = ",".join(_coordinate(corner, "rcrc"[i]) for i, corner in enumerate(node[2:6]))
        return f"area({sheet!r},{corners})" if sheet is not None else f"area(None,{corners})"

    def _array_constant(self, node: Node) -> str:
        rows = ",".join("[" + ",".join(self._value(value).code for value in row) + "]" for row in node[1])
        return f"array([{rows}])"

    def _chain(self, node: Node) -> Piece:
        first, links = node[1], node[2:]
        sign = links[0][0]
        if sign in _COMPARE:
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
            return Piece(f"{name}({code},{str(_strip(right)[1]).lower()!r})", "b")
        return Piece(f"{_COMPARE[sign]}({self._ordered([one, other])})", "b")

    def _ordered(self, pieces: list[Piece]) -> str:
        """Return the arguments, a possible error value raised before a later argument could raise another."""
        codes = []
        for position, piece in enumerate(pieces):
            code = f"fin({piece.code})" if piece.gives == "N" else piece.code
            if piece.gives == "v" and any(later.raises for later in pieces[position + 1 :]):
                code = f"chk({code})"
            codes.append(code)
        return ",".join(codes)

    # Functions

    def _function(self, node: Node) -> Piece:
        name, arguments = node[1], node[2:]
        if name in SPECIAL:
            return self._special(name, arguments)
        spec = FUNCTIONS.get(name)
        if spec is None:
            raise FormulaUnsupported(f"函数 {str(name)[:40]} 不在可复算之列")
        takes = self._takes(name, spec, len(arguments))
        if name == "SWITCH" and len(arguments) < 3:
            raise FormulaUnsupported("函数 SWITCH 的参数个数不对")
        codes = self._arguments(name, spec, takes, arguments)
        return Piece(f"f_{name.replace('.', '_')}({codes})", spec.gives)

    @staticmethod
    def _takes(name: str, spec: Spec, count: int) -> str:
        takes = spec.takes
        while spec.more and len(takes) < count:
            takes += spec.more
        whole_groups = not spec.more or (len(takes) == count or count <= len(spec.takes))
        if not spec.least <= count <= len(takes) or not whole_groups:
            raise FormulaUnsupported(f"函数 {name} 的参数个数不对")
        return takes[:count]

    def _arguments(self, name: str, spec: Spec, takes: str, arguments: list[Node]) -> str:
        outer = self._array
        if not spec.each or "l" in takes:
            self._array = ""
        try:
            pieces = [
                self._argument(name, letter, node, len(arguments))
                for letter, node in zip(takes, arguments, strict=True)
            ]
        finally:
            self._array = outer
        return self._ordered(pieces)

    def _argument(self, name: str, letter: str, node: Node, count: int) -> Piece:
        if letter in "ar":
            return Piece(self._reference(node, letter), "a", True)
        if letter == "g":
            return self._total(name, node, count)
        if letter == "l":
            return Piece(self._lazy(node), "l", False)
        if name in ("N", "T") and _strip(node)[0] == "r":
            return Piece(self._area(_strip(node)), "a", True)
        if letter == "t":
            piece = self._value(node)
            return Piece(self._trap(node, piece), "t", False)
        return self._value(node)

    def _lazy(self, node: Node) -> str:
        return "lambda:0.0" if node[0] == "m" else f"lambda:{self._checked(node)}"

    def _trap(self, node: Node, piece: Piece) -> str:
        code = f"fin({piece.code})" if piece.gives == "N" else piece.code
        return f"catch(lambda:{code})" if piece.raises else code

    def _reference(self, node: Node, letter: str) -> str:
        node = _strip(node)
        if node[0] == "r":
            return self._area(node)
        if node[0] == "a" and letter == "a":
            return self._array_constant(node)
        if node[0] == "f" and node[1] == "INDEX":
            return self._index_area(node)
        raise FormulaUnsupported("函数需要区域的位置不是区域，不复算")

    def _index_area(self, node: Node) -> str:
        self._takes("INDEX", FUNCTIONS["INDEX"], len(node) - 2)
        outer, self._array = self._array, ""
        try:
            pieces = [Piece(self._reference(node[2], "r"), "a"), *(self._value(value) for value in node[3:])]
        finally:
            self._array = outer
        return f"index_area({self._ordered(pieces)})"

    def _total(self, name: str, node: Node, count: int) -> Piece:
        """Return an argument of SUM and its like, in which an area is not the same as its values."""
        bare = _strip(node)
        if bare[0] == "r":
            if len(bare[1]) > 1:
                if name not in _ACROSS:
                    raise FormulaUnsupported(f"函数 {name} 跨工作表引用，不复算")
                return Piece(",".join(self._rectangle(bare, str(sheet)) for sheet in bare[1]), "a", True)
            return Piece(f"({self._cell(bare).code},)" if _single(bare) else self._area(bare), "a", True)
        if bare[0] == "p":
            if name not in _ACROSS or any(_strip(part)[0] != "r" for part in bare[1:]):
                raise FormulaUnsupported(f"函数 {name} 的参数是几个区域的合并，不复算")
            return Piece(",".join(self._total(name, part, 2).code for part in bare[1:]), "a", True)
        if bare[0] == "a":
            return Piece(self._array_constant(bare), "a", True)
        if bare[0] == "f" and bare[1] == "INDEX":
            return Piece(self._trapped(name, self._index_area(bare), count), "a", True)
        if bare[0] == "f" and bare[1] == "IF" and len(bare) in (4, 5) and name != "SUMPRODUCT":
            return self._total_if(name, bare, count)
        code, gives = self._lifted(node, "all" if name == "SUMPRODUCT" else "constants")
        if bare[0] == "f" and bare[1] in _CHOOSERS:
            code = f"sure({code})"
        return Piece(self._trapped(name, code, count), "a", True)

    @staticmethod
    def _trapped(name: str, code: str, count: int) -> str:
        """Keep an error for its turn: an earlier argument's error comes first, and COUNT overlooks it."""
        return f"catch(lambda:{code})" if "(" in code and (count > 1 or name in ("COUNT", "COUNTA")) else code

    def _total_if(self, name: str, node: Node, count: int) -> Piece:
        """Return IF inside SUM and its like: what it chooses may be an area."""
        if any(_strip(part)[0] == "p" or (part[0] == "r" and len(part[1]) > 1) for part in node[3:]):
            raise FormulaUnsupported("条件选出多个区域，不复算")
        condition = self._condition(node[2])
        yes = self._total(name, node[3], 1).code
        no = self._total(name, node[4], 1).code if len(node) == 5 else "False"
        return Piece(self._trapped(name, f"(({yes}) if {condition} else ({no}))", count), "a", True)

    def _lifted(self, node: Node, mode: str) -> tuple[str, str]:
        outer = self._array, self._leaves, self._lifts
        self._array, self._leaves, self._lifts = mode, [], self._lifts + 1
        try:
            code = self._checked(node)
            if not self._leaves:
                return code, "v"
            names = ",".join(f"x{self._lifts}_{i}" for i in range(len(self._leaves)))
            return f"lift(lambda {names}:{code},{','.join(self._leaves)})", "a"
        finally:
            self._array, self._leaves, self._lifts = outer

    def _condition(self, node: Node) -> str:
        piece = self._value(node)
        return piece.code if piece.gives == "b" else f"truth({piece.code})"

    def _special(self, name: str, arguments: list[Node]) -> Piece:
        if name in ("TRUE", "FALSE") and not arguments:
            return Piece(name.capitalize(), "b", False)
        if name in ("ROW", "COLUMN", "ROWS", "COLUMNS"):
            return self._position(name, arguments)
        outer, self._array = self._array, ""
        try:
            if name == "IF" and len(arguments) in (2, 3):
                return self._if(arguments)
            if name == "CHOOSE" and 2 <= len(arguments) <= 60:
                branches = ",".join(self._lazy(node) for node in arguments[1:])
                index = self._checked(arguments[0])
                return Piece(f"({branches},)[choice({index},{len(arguments) - 1})-1]()", "v")
            if name == "XLOOKUP" and len(arguments) in (3, 4):
                return self._xlookup(arguments)
        finally:
            self._array = outer
        raise FormulaUnsupported(f"函数 {name} 的这种用法不复算")

    def _if(self, arguments: list[Node]) -> Piece:
        condition = self._condition(arguments[0])
        yes = self._value(arguments[1])
        no = self._value(arguments[2]) if len(arguments) > 2 else Piece("False", "b", False)
        gives = yes.gives if yes.gives == no.gives else "v"
        codes = [f"fin({piece.code})" if piece.gives == "N" else piece.code for piece in (yes, no)]
        codes = ["0.0" if code == "None" else code for code in codes]
        return Piece(f"({codes[0]} if {condition} else {codes[1]})", "n" if gives == "N" else gives)

    def _xlookup(self, arguments: list[Node]) -> Piece:
        areas = ",".join(self._reference(node, "a") for node in arguments[1:3])
        otherwise = self._lazy(arguments[3]) if len(arguments) == 4 else "None"
        return Piece(f"xlookup({self._checked(arguments[0])},{areas},{otherwise})", "v")

    def _position(self, name: str, arguments: list[Node]) -> Piece:
        if not arguments and name in ("ROW", "COLUMN"):
            return Piece("float(r)" if name == "ROW" else "float(c)", "n", False)
        node = _strip(arguments[0]) if len(arguments) == 1 else ["m"]
        if node[0] != "r" or len(node[1]) > 1:
            raise FormulaUnsupported(f"函数 {name} 的参数不是区域，不复算")
        top, left, bottom, right = (_coordinate(corner, "rcrc"[i]) for i, corner in enumerate(node[2:6]))
        if name in ("ROWS", "COLUMNS"):
            last, first = (bottom, top) if name == "ROWS" else (right, left)
            return Piece(f"float({last}-({first})+1)", "n", False)
        if not _single(node):
            axis = (bottom, top) if name == "ROW" else (right, left)
            if top != bottom and left != right:
                raise FormulaUnsupported(f"函数 {name} 的区域不是一行或一列，不复算")
            if axis[0] != axis[1]:
                raise FormulaUnsupported(f"函数 {name} 的区域含多行或多列，不复算")
        return Piece(f"float({top if name == 'ROW' else left})", "n", False)


_ACROSS = frozenset(("SUM", "COUNT", "COUNTA", "AVERAGE", "MIN", "MAX", "PRODUCT"))
_CHOOSERS = frozenset(
    ("IF", "IFERROR", "IFNA", "IFS", "SWITCH", "CHOOSE", "XLOOKUP", "VLOOKUP", "HLOOKUP", "LOOKUP")
)
