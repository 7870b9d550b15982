"""Implicit intersection: ordinary formulas with an area in the place of a value, as Excel reads them in a file.

Excel takes the cell of the area in the formula's own row or column. Excel with dynamic arrays shows an ``@`` there
and writes formulas for which it does otherwise as arrays (``cm``), so that an ordinary formula in a file always
means this.
"""

from __future__ import annotations

from xlperf.errors import FormulaUnsupported
from xlperf.recompute.calls import Compiler
from xlperf.recompute.expressions import Piece, single
from xlperf.recompute.tree import Node

#: Functions of Excel 2007 and before that take single values; of later ones, and of those of the former Analysis
#: ToolPak, it is not known well enough what they do with an area.
_MEETS = frozenset(
    (
        "IF", "IFERROR", "AND", "OR", "NOT", "SUM", "COUNT", "COUNTA", "AVERAGE", "MIN", "MAX", "PRODUCT", "COUNTIF",
        "SUMIF", "COUNTIFS", "SUMIFS", "AVERAGEIF", "AVERAGEIFS", "ROUND", "ROUNDUP", "ROUNDDOWN", "TRUNC", "ABS",
        "INT", "SIGN", "SQRT", "MOD", "POWER", "ISNUMBER", "ISTEXT", "ISLOGICAL", "ISBLANK", "ISERROR", "ISERR",
        "ISNA", "LEN", "TRIM", "LEFT", "RIGHT", "MID", "FIND", "SEARCH", "SUBSTITUTE", "REPLACE", "UPPER", "LOWER",
        "EXACT", "REPT", "VALUE", "CONCATENATE", "TEXT", "VLOOKUP", "HLOOKUP", "MATCH", "YEAR", "MONTH", "DAY",
        "DATE", "ROW", "COLUMN", "ROWS", "COLUMNS", "PI", "TRUE", "FALSE", "NA",
    )
)  # fmt: skip


class MeetingCompiler(Compiler):
    """Writes the source of one ordinary formula with areas in the place of values."""

    def top(self, tree: Node) -> str:
        """Return the source of a whole formula."""
        self._vouch(tree)
        return super().top(tree)

    def _vouch(self, tree: Node) -> None:
        stack = [tree]
        while stack:
            node = stack.pop()
            if node[0] == "a" or (node[0] == "f" and node[1] not in _MEETS):
                raise FormulaUnsupported("公式在单个值的位置用了区域，不复算")
            if node[0] == "c":
                stack += [node[1], *(operand for _, operand in node[2:])]
            elif node[0] != "r":
                stack += [child for child in node if isinstance(child, list)]

    def _cell(self, node: Node) -> Piece:
        if single(node):
            return super()._cell(node)
        return Piece(f"meet({self._area(node)},r,c)", "v")
