"""Functions of a tree, as Python source."""

from __future__ import annotations

from xlperf.errors import FormulaUnsupported
from xlperf.recompute.expressions import Expressions, Piece, coordinate, single, strip
from xlperf.recompute.functions import FUNCTIONS, SPECIAL, Spec, why_not
from xlperf.recompute.joins import SPAN
from xlperf.recompute.tree import Node

_ACROSS = frozenset(("SUM", "COUNT", "COUNTA", "AVERAGE", "MIN", "MAX", "PRODUCT", "MEDIAN"))
#: Aggregates that SUMPRODUCT makes go through an array, as in ``SUMPRODUCT(MAX((A1:A9="x")*B1:B9))``.
_WITHIN = frozenset(("SUM", "MIN", "MAX"))
#: Functions that hand on one of their arguments, or a cell.
CHOOSERS = frozenset(
    ("IF", "IFERROR", "IFNA", "IFS", "SWITCH", "CHOOSE", "XLOOKUP", "VLOOKUP", "HLOOKUP", "LOOKUP", "HYPERLINK")
)


class Compiler(Expressions):
    """Writes the source of one formula."""

    def _function(self, node: Node) -> Piece:
        name, arguments = node[1], node[2:]
        if name in SPECIAL:
            return self._special(name, arguments)
        if name == SPAN:
            raise FormulaUnsupported("公式在单个值的位置用了区域，不复算")
        spec = FUNCTIONS.get(name)
        if spec is None:
            raise FormulaUnsupported(why_not(str(name)))
        takes = self._takes(name, spec, len(arguments))
        if name == "LOOKUP" and len(arguments) == 3 and strip(arguments[1])[0] == "c":
            return self._lookup_last(arguments)
        if name == "SWITCH" and len(arguments) < 3:
            raise FormulaUnsupported("函数 SWITCH 的参数个数不对")
        codes = self._arguments(name, spec, takes, arguments)
        return Piece(f"f_{name.replace('.', '_')}({codes})", spec.gives)

    def _lookup_last(self, arguments: list[Node]) -> Piece:
        """Return ``LOOKUP(1,0/(…),…)``: LOOKUP goes through its second argument cell by cell by itself."""
        code, _ = self._lifted(arguments[1], "all")
        if not code.startswith("lift("):
            raise FormulaUnsupported("LOOKUP 的查找区域不是区域，不复算")
        outer, self._array = self._array, ""
        try:
            value, results = self._checked(arguments[0]), self._reference(arguments[2], "r")
        finally:
            self._array = outer
        return Piece(f"lookup_last({value},lift_all({code.removeprefix('lift(')},{results})", "v")

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
        pieces: list[Piece] = []
        try:
            for letter, node in zip(takes, arguments, strict=True):
                late = any(piece.gives in "av" for piece in pieces)
                pieces.append(self._argument(name, letter, node, late))
        finally:
            self._array = outer
        return self._ordered(pieces)

    def _argument(self, name: str, letter: str, node: Node, late: bool) -> Piece:
        if name == "LOOKUP" and strip(node)[0] in "cu":
            return Piece(self._computed_array(name, node), "a", True)
        if letter in "ar":
            return Piece(self._reference(node, letter), "a", True)
        if letter == "g":
            return self._total(name, node, late)
        if letter == "l":
            return Piece(self._lazy(node), "l", False)
        if name in ("N", "T") and strip(node)[0] == "r":
            return Piece(self._area(strip(node)), "a", True)
        if letter == "t":
            piece = self._value(node)
            return Piece(self._trap(node, piece), "t", False)
        return self._value(node)

    def _computed_array(self, name: str, node: Node) -> str:
        """Return an array that a function computes, as LOOKUP in ``LOOKUP(1,0/(A1:A9="x"),B1:B9)``."""
        code, gives = self._lifted(node, "all")
        if gives != "a":
            raise FormulaUnsupported(f"{name} 的参数不是区域，不复算")
        return code

    def _lazy(self, node: Node) -> str:
        return "lambda:0.0" if node[0] == "m" else f"lambda:{self._checked(node)}"

    def _trap(self, node: Node, piece: Piece) -> str:
        code = f"fin({piece.code})" if piece.gives == "N" else piece.code
        return f"catch(lambda:{code})" if piece.raises else code

    def _reference(self, node: Node, letter: str) -> str:
        node = strip(node)
        if node[0] == "r":
            return self._area(node)
        if node[0] == "a" and letter == "a":
            return self._array_constant(node)
        if node[0] == "f" and node[1] == "INDEX":
            return self._index_area(node)
        if node[0] == "f" and node[1] == SPAN:
            return f"span({self._reference(node[2], 'r')},{self._reference(node[3], 'r')})"
        raise FormulaUnsupported("函数需要区域的位置不是区域，不复算")

    def _indexed(self, node: Node) -> str:
        """Return what INDEX looks in; it computes an array by itself in ``INDEX((A1:A9="x")*(B1:B9="y"),0)``."""
        whole = any(number == ["n", 0.0] or number[0] == "m" for number in node[3:])
        computed = whole and strip(node[2])[0] == "c"
        return self._computed_array("INDEX", node[2]) if computed else self._reference(node[2], "r")

    def _index_area(self, node: Node) -> str:
        self._takes("INDEX", FUNCTIONS["INDEX"], len(node) - 2)
        outer, self._array = self._array, ""
        try:
            pieces = [Piece(self._indexed(node), "a"), *(self._value(value) for value in node[3:])]
        finally:
            self._array = outer
        return f"index_area({self._ordered(pieces)})"

    def _total(self, name: str, node: Node, late: bool) -> Piece:
        """Return an argument of SUM and its like, in which an area is not the same as its values.

        ``late`` tells that an error in an earlier argument shows only inside the function.
        """
        bare = strip(node)
        if bare[0] == "r":
            if len(bare[1]) > 1:
                if name not in _ACROSS:
                    raise FormulaUnsupported(f"函数 {name} 跨工作表引用，不复算")
                return Piece(",".join(self._rectangle(bare, str(sheet)) for sheet in bare[1]), "a", True)
            return Piece(f"({self._cell(bare).code},)" if single(bare) else self._area(bare), "a", True)
        if bare[0] == "p":
            if name not in _ACROSS or any(strip(part)[0] != "r" for part in bare[1:]):
                raise FormulaUnsupported(f"函数 {name} 的参数是几个区域的合并，不复算")
            return Piece(",".join(self._total(name, part, False).code for part in bare[1:]), "a", True)
        if bare[0] == "a":
            return Piece(self._array_constant(bare), "a", True)
        if bare[0] == "f" and bare[1] in ("INDEX", SPAN):
            return Piece(self._trapped(name, self._reference(bare, "r"), late), "a", True)
        if name != "SUMPRODUCT" and bare[0] == "f" and self._chooses_area(bare):
            # an aggregate takes its areas whole, also where it stands within an array
            outer, self._array = self._array, ""
            try:
                return (self._total_if if bare[1] == "IF" else self._total_choose)(name, bare, late)
            finally:
                self._array = outer
        within = bare[0] == "f" and bare[1] in _WITHIN and len(bare) == 3 and strip(bare[2])[0] == "c"
        if name == "SUMPRODUCT" and within:
            code, gives = self._lifted(bare[2], "all")
            if gives == "a":
                return Piece(self._trapped(name, f"f_{bare[1]}({code})", late), "n", True)
        code, gives = self._lifted(node, "all" if name == "SUMPRODUCT" else "constants")
        if (bare[0] == "f" and bare[1] in CHOOSERS) or bare[:2] == ["u", "+"]:
            code = f"sure({code})"
        # COUNT and COUNTA overlook an error: it must not be raised before a later argument
        return Piece(self._trapped(name, code, late), "a" if name in ("COUNT", "COUNTA") else gives, True)

    @staticmethod
    def _chooses_area(node: Node) -> bool:
        """Tell whether a call may choose an area: IF, CHOOSE with the right number of arguments."""
        return len(node) in (4, 5) if node[1] == "IF" else node[1] == "CHOOSE" and 4 <= len(node) <= 62

    @staticmethod
    def _trapped(name: str, code: str, late: bool) -> str:
        """Keep an error for its turn: an earlier argument's error comes first, and COUNT overlooks it."""
        return f"catch(lambda:{code})" if "(" in code and (late or name in ("COUNT", "COUNTA")) else code

    def _total_if(self, name: str, node: Node, late: bool) -> Piece:
        """Return IF inside SUM and its like: what it chooses may be an area."""
        if any(strip(part)[0] == "p" or (part[0] == "r" and len(part[1]) > 1) for part in node[3:]):
            raise FormulaUnsupported("条件选出多个区域，不复算")
        condition = self._condition(node[2])
        yes = self._total(name, node[3], False).code
        no = self._total(name, node[4], False).code if len(node) == 5 else "False"
        return Piece(self._trapped(name, f"(({yes}) if {condition} else ({no}))", late), "a", True)

    def _total_choose(self, name: str, node: Node, late: bool) -> Piece:
        """Return CHOOSE inside SUM and its like: what it chooses may be an area."""
        if any(strip(part)[0] == "p" or (part[0] == "r" and len(part[1]) > 1) for part in node[3:]):
            raise FormulaUnsupported("CHOOSE 选出多个区域，不复算")
        branches = ",".join(f"lambda:{self._total(name, part, False).code}" for part in node[3:])
        code = f"({branches},)[choice({self._checked(node[2])},{len(node) - 3})-1]()"
        return Piece(self._trapped(name, code, late), "a", True)

    def _lifted(self, node: Node, mode: str) -> tuple[str, str]:
        """Return a piece that works cell by cell over the areas it has in the place of values, if any."""
        outer = self._array, self._leaves, self._lifts
        self._array, self._leaves, self._lifts = mode, [], self._lifts + 1
        try:
            piece = self._value(node)
            code = f"fin({piece.code})" if piece.gives == "N" else piece.code
            if not self._leaves:
                return code, "n" if piece.gives == "N" else piece.gives
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
        if name == "SUBTOTAL":
            return self._subtotal(arguments)
        outer, self._array = self._array, ""
        try:
            if name == "IF" and len(arguments) in (2, 3):
                return self._if(arguments)
            if name == "CHOOSE" and 2 <= len(arguments) <= 60:
                branches = ",".join(self._lazy(node) for node in arguments[1:])
                index = self._checked(arguments[0])
                return Piece(f"({branches},)[choice({index},{len(arguments) - 1})-1]()", "v")
            if name == "XLOOKUP" and 3 <= len(arguments) <= 6:
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
        if len(arguments) == 6 and arguments[5][0] == "m":
            raise FormulaUnsupported("函数 XLOOKUP 的最后一个参数为空，不复算")
        areas = ",".join(self._reference(node, "a") for node in arguments[1:3])
        given = len(arguments) > 3 and arguments[3][0] != "m"
        otherwise = self._lazy(arguments[3]) if given else "None"
        modes = "".join("," + self._checked(node) for node in arguments[4:])
        return Piece(f"xlookup({self._checked(arguments[0])},{areas},{otherwise}{modes})", "v")

    def _position(self, name: str, arguments: list[Node]) -> Piece:
        if not arguments and name in ("ROW", "COLUMN"):
            return Piece("float(r)" if name == "ROW" else "float(c)", "n", False)
        node = strip(arguments[0]) if len(arguments) == 1 else ["m"]
        if node[0] != "r" or len(node[1]) > 1:
            raise FormulaUnsupported(f"函数 {name} 的参数不是区域，不复算")
        top, left, bottom, right = (coordinate(corner, "rcrc"[i]) for i, corner in enumerate(node[2:6]))
        if name in ("ROWS", "COLUMNS"):
            last, first = (bottom, top) if name == "ROWS" else (right, left)
            return Piece(f"float({last}-({first})+1)", "n", False)
        if not single(node) and self._array == "all":
            down = name == "ROW"
            return self._leaf(f"places({top if down else left},{bottom if down else right},{down})", True, "区域")
        if not single(node):
            axis = (bottom, top) if name == "ROW" else (right, left)
            if top != bottom and left != right:
                raise FormulaUnsupported(f"函数 {name} 的区域不是一行或一列，不复算")
            if axis[0] != axis[1]:
                raise FormulaUnsupported(f"函数 {name} 的区域含多行或多列，不复算")
        return Piece(f"float({top if name == 'ROW' else left})", "n", False)

    def _subtotal(self, arguments: list[Node]) -> Piece:
        areas = [strip(node) for node in arguments[1:]]
        if not areas or any(node[0] != "r" or len(node[1]) > 1 for node in areas):
            raise FormulaUnsupported("函数 SUBTOTAL 的参数不是区域，不复算")
        codes = ",".join(f"({(str(node[1][0]) if node[1] else None)!r},{self._corners(node)})" for node in areas)
        return Piece(f"area.subtotal({self._checked(arguments[0])},{codes})", "n")
