"""Array formulas as Python source: every piece gives a value or an area, errors are values.

What an ordinary formula refuses, an area in the place of a value, is here gone through cell by cell.
"""

from __future__ import annotations

from xlperf.errors import FormulaUnsupported
from xlperf.recompute.calls import CHOOSERS, Compiler
from xlperf.recompute.expressions import coordinate, single, strip
from xlperf.recompute.functions import COMPARE, FUNCTIONS
from xlperf.recompute.joins import SPAN
from xlperf.recompute.tree import Node

_ARITHMETIC = {"+": "add", "-": "sub", "*": "mul", "/": "quotient", "^": "raised"}
#: Aggregates that look at numbers alone; those to which another 0 makes no difference.
_NUMERIC = frozenset(("SUM", "COUNT", "AVERAGE", "MIN", "MAX", "PRODUCT", "MEDIAN", "SUMPRODUCT", "LARGE", "SMALL"))
_ADDING = frozenset(("SUM", "SUMPRODUCT"))
#: Functions that take no array in the place of a value, or do something else with one.
_WHOLE = frozenset(
    ("MROUND", "ISEVEN", "ISODD", "EDATE", "EOMONTH", "N", "T", "HLOOKUP", "LOOKUP", "INDEX", "TEXTJOIN")
)


class ArrayCompiler(Compiler):
    """Writes the source of one array formula."""

    def top(self, tree: Node) -> str:
        """Return the source of a whole formula."""
        if tree[0] == "c" and tree[-1][0] in ("+", "-"):
            return f"certain({self._code(tree)},{self._code(tree[-1][1])})"
        return self._code(tree)

    def _code(self, node: Node) -> str:
        kind = node[0]
        if kind in "nsbem":
            return self._value(node).code
        if kind == "r":
            return self._value(node).code if single(node) else self._area(node)
        if kind == "a":
            return self._array_constant(node)
        if kind == "p":
            if len(node) != 2:
                raise FormulaUnsupported("数组公式在单个值的位置用了几个区域的合并，不复算")
            return self._code(node[1])
        if kind == "u":
            inner = self._code(node[2])
            return inner if node[1] == "+" else f"each({ {'-': 'neg', '--': 'num', '%': 'percent'}[node[1]]},{inner})"
        return self._links(node) if kind == "c" else self._call(node)

    def _links(self, node: Node) -> str:
        first, links = node[1], node[2:]
        sign = links[0][0]
        if sign == "&":
            return f"each(concat,{','.join(self._known(part) for part in (first, *(link[1] for link in links)))})"
        if sign in COMPARE:
            return f"each({COMPARE[sign]},{self._known(first)},{self._known(links[0][1])})"
        code = self._code(first)
        for sign, operand in links:
            code = f"each({_ARITHMETIC[sign]},{code},{self._code(operand)})"
        return code

    def _known(self, node: Node) -> str:
        """Return a piece of which it must be known whether its cells are empty."""
        return f"full({self._code(node)})" if self._chooses(node) else self._code(node)

    @staticmethod
    def _chooses(node: Node) -> bool:
        bare = strip(node)
        return bool(bare[0] == "f" and (bare[1] in CHOOSERS or bare[1] in ("TRANSPOSE", "INDEX")))

    def _call(self, node: Node) -> str:
        name, arguments = node[1], node[2:]
        written = {
            "IF": self._when, "CHOOSE": self._pick, "ROW": self._place, "COLUMN": self._place, "ROWS": self._size,
            "COLUMNS": self._size, "TRANSPOSE": self._reshape, "MMULT": self._reshape, "INDEX": self._part,
            "XLOOKUP": self._found, SPAN: self._span,
        }.get(name)  # fmt: skip
        if written is not None:
            return written(name, arguments)
        if name in ("TRUE", "FALSE", "SUBTOTAL"):
            return f"catch(lambda:{self._function(node).code})"
        spec = FUNCTIONS.get(name)
        if spec is None:
            raise FormulaUnsupported(f"函数 {str(name)[:40]} 在数组公式里不复算")
        if name in ("N", "T") and any(strip(argument)[0] == "r" for argument in arguments):
            if not all(single(strip(argument)) for argument in arguments):
                raise FormulaUnsupported(f"数组公式中函数 {name} 的参数是区域，不复算")
            return f"catch(lambda:{self._function(node).code})"
        takes = self._takes(name, spec, len(arguments))
        codes: list[str] = []
        letters = ""
        for letter, argument in zip(takes, arguments, strict=True):
            code, count = self._given(name, letter, argument)
            codes.append(code)
            letters += letter * count
        kernel = f"f_{name.replace('.', '_')}"
        return f"look({kernel},{codes[0]})" if takes == "t" else f"call({kernel},{letters!r},{','.join(codes)})"

    def _given(self, name: str, letter: str, node: Node) -> tuple[str, int]:
        """Return an argument and how many it is: areas on several sheets, or united, are one each."""
        if letter == "g":
            return self._aggregated(name, node)
        if letter == "r":
            return f"catch(lambda:{self._reference(node, 'r')})", 1
        if letter == "a":
            return f"catch(lambda:{self._whole(name, node)})", 1
        if letter == "l":
            return ("0.0" if node[0] == "m" else self._code(node)), 1
        code = self._known(node)
        return (f"alone({code})" if name in _WHOLE else code), 1

    def _whole(self, name: str, node: Node) -> str:
        bare = strip(node)
        if bare[0] in ("r", "a"):
            return self._reference(bare, "a")
        code = self._known(node)
        return f"as_area(numeric({code},False))" if name in _NUMERIC else f"table({code})"

    def _aggregated(self, name: str, node: Node) -> tuple[str, int]:
        bare = strip(node)
        if bare[0] in ("r", "p", "a"):
            code = self._total(name, node, False).code
            return code, self._count(bare)
        chooses = self._chooses(bare)
        code = f"zero({self._code(node)})" if name in _ADDING else self._known(node)
        if name in _NUMERIC:
            code = f"numeric({code},{name in _ADDING})"
        return (f"sure({code})" if chooses else code), 1

    def _count(self, node: Node) -> int:
        if node[0] == "r":
            return max(1, len(node[1]))
        return sum(self._count(strip(part)) for part in node[1:]) if node[0] == "p" else 1

    def _when(self, _: str, arguments: list[Node]) -> str:
        if len(arguments) not in (2, 3):
            raise FormulaUnsupported("函数 IF 的参数个数不对")
        yes, *rest = (f"lambda:{'0.0' if node[0] == 'm' else self._code(node)}" for node in arguments[1:])
        return f"when({self._known(arguments[0])},{yes},{rest[0] if rest else 'lambda:False'})"

    def _pick(self, _: str, arguments: list[Node]) -> str:
        if not 2 <= len(arguments) <= 60:
            raise FormulaUnsupported("函数 CHOOSE 的参数个数不对")
        branches = ",".join(f"lambda:{'0.0' if node[0] == 'm' else self._code(node)}" for node in arguments[1:])
        return f"pick({self._known(arguments[0])},{branches})"

    def _place(self, name: str, arguments: list[Node]) -> str:
        node = strip(arguments[0]) if len(arguments) == 1 else ["m"]
        if node[0] == "r" and len(node[1]) <= 1 and not single(node):
            corners = [coordinate(corner, "rcrc"[i]) for i, corner in enumerate(node[2:6])]
            down = name == "ROW"
            return f"places({corners[0 if down else 1]},{corners[2 if down else 3]},{down})"
        return self._position(name, arguments).code

    def _size(self, name: str, arguments: list[Node]) -> str:
        if len(arguments) != 1:
            raise FormulaUnsupported(f"函数 {name} 的参数个数不对")
        if strip(arguments[0])[0] == "r":
            return self._position(name, arguments).code
        side = "height" if name == "ROWS" else "width"
        return f"catch(lambda:float(table({self._code(arguments[0])}).{side}))"

    def _reshape(self, name: str, arguments: list[Node]) -> str:
        if len(arguments) != (1 if name == "TRANSPOSE" else 2):
            raise FormulaUnsupported(f"函数 {name} 的参数个数不对")
        return f"catch(lambda:{name.lower()}({','.join(self._code(node) for node in arguments)}))"

    def _part(self, name: str, arguments: list[Node]) -> str:
        self._takes(name, FUNCTIONS[name], len(arguments))
        numbers = "".join(f",chk(alone({self._code(node)}))" for node in arguments[1:])
        return f"catch(lambda:unit(index_area({self._whole(name, arguments[0])}{numbers})))"

    def _found(self, name: str, arguments: list[Node]) -> str:
        """Return XLOOKUP of one value: Excel with dynamic arrays may write it as an array formula."""
        if not 3 <= len(arguments) <= 6 or arguments[-1][0] == "m":
            raise FormulaUnsupported(f"函数 {name} 的这种用法不复算")
        areas = ",".join(self._whole(name, node) for node in arguments[1:3])
        given = len(arguments) > 3 and arguments[3][0] != "m"
        otherwise = f"lambda:alone({self._known(arguments[3])})" if given else "None"
        modes = "".join(f",chk(alone({self._code(node)}))" for node in arguments[4:])
        return f"catch(lambda:xlookup(chk(alone({self._known(arguments[0])})),{areas},{otherwise}{modes}))"

    def _span(self, name: str, arguments: list[Node]) -> str:
        return f"catch(lambda:unit({self._reference(['f', name, *arguments], 'r')}))"
