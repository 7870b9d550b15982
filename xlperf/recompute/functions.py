"""The functions xlperf vouches for: which kernel, and what each argument is.

Letters of ``takes``, one for each argument, the group in parentheses repeating: ``v`` a value · ``t`` a
value that may be an error · ``l`` evaluated only when needed · ``g`` for totals: areas, arrays or values ·
``a`` area or array · ``r`` area · ``p`` only the position of a reference. ``gives`` is ``n`` number, ``b``
truth, ``s`` text, ``v`` any.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from xlperf.recompute.kernels import aggregate, criteria, dates, formats, logic, lookup, numbers, textual
from xlperf.recompute.kernels.operators import concat, power


class Spec(NamedTuple):
    """A function: its kernel, its arguments (``takes`` then ``more`` repeated), how many it needs, what it
    gives.

    ``each`` tells whether it works cell by cell where SUMPRODUCT hands it an area in place of a value.
    """

    kernel: Callable[..., Any]
    takes: str
    more: str
    least: int
    gives: str
    each: bool


def _spec(
    kernel: Callable[..., Any], takes: str, gives: str, least: int | None = None, each: bool = True
) -> Spec:
    fixed, _, more = takes.partition("(")
    needed = least if least is not None else len(fixed) + (0 if fixed else len(more.rstrip(")")))
    return Spec(kernel, fixed, more.rstrip(")"), needed, gives, each)


_A, _C, _D, _G, _L, _N, _T = aggregate, criteria, dates, logic, lookup, numbers, textual

FUNCTIONS: dict[str, Spec] = {
    "IFERROR": _spec(_G.iferror, "ll", "v", each=False),
    "IFNA": _spec(_G.ifna, "ll", "v", each=False),
    "IFS": _spec(_G.ifs, "(ll)", "v", each=False),
    "SWITCH": _spec(_G.switch, "vll(l)", "v", each=False),
    "AND": _spec(_A.all_, "(g)", "b"),
    "OR": _spec(_A.any_, "(g)", "b"),
    "XOR": _spec(_A.odd_, "(g)", "b"),
    "NA": _spec(_G.na, "", "n"),
    "NOT": _spec(_G.not_, "v", "b"),
    "SUM": _spec(_A.total, "(g)", "n"),
    "COUNT": _spec(_A.count, "(g)", "n"),
    "COUNTA": _spec(_A.counta, "(g)", "n"),
    "COUNTBLANK": _spec(_A.countblank, "r", "n"),
    "AVERAGE": _spec(_A.average, "(g)", "n"),
    "MIN": _spec(_A.smallest, "(g)", "n"),
    "MAX": _spec(_A.largest, "(g)", "n"),
    "PRODUCT": _spec(_A.times, "(g)", "n"),
    "MEDIAN": _spec(_A.median, "(g)", "n"),
    "LARGE": _spec(_A.large, "av", "n"),
    "SMALL": _spec(_A.small, "av", "n"),
    "RANK": _spec(_A.rank, "vrv", "n", 2),
    "RANK.EQ": _spec(_A.rank, "vrv", "n", 2),
    "SUMPRODUCT": _spec(_A.sumproduct, "(g)", "n"),
    "CONCAT": _spec(_A.concat_all, "(g)", "s"),
    "TEXTJOIN": _spec(_A.textjoin, "vvg(g)", "s", 3),
    "COUNTIF": _spec(_C.countif, "rv", "n"),
    "COUNTIFS": _spec(_C.countifs, "(rv)", "n"),
    "SUMIF": _spec(_C.sumif, "rvr", "n", 2),
    "SUMIFS": _spec(_C.sumifs, "rrv(rv)", "n", 3),
    "AVERAGEIF": _spec(_C.averageif, "rvr", "n", 2),
    "AVERAGEIFS": _spec(_C.averageifs, "rrv(rv)", "n", 3),
    "MAXIFS": _spec(_C.maxifs, "rrv(rv)", "n", 3),
    "MINIFS": _spec(_C.minifs, "rrv(rv)", "n", 3),
    "ROUND": _spec(_N.round_, "vv", "n"),
    "ROUNDUP": _spec(_N.roundup, "vv", "n"),
    "ROUNDDOWN": _spec(_N.rounddown, "vv", "n"),
    "TRUNC": _spec(_N.trunc, "vv", "n", 1),
    "ABS": _spec(_N.absolute, "v", "n"),
    "INT": _spec(_N.integer, "v", "n"),
    "SIGN": _spec(_N.sign, "v", "n"),
    "SQRT": _spec(_N.sqrt, "v", "n"),
    "PI": _spec(_N.pi, "", "n"),
    "MOD": _spec(_N.mod, "vv", "n"),
    "POWER": _spec(power, "vv", "n"),
    "CEILING": _spec(_N.ceiling, "vv", "n"),
    "FLOOR": _spec(_N.floor, "vv", "n"),
    "MROUND": _spec(_N.mround, "vv", "n", each=False),
    "ISEVEN": _spec(_N.is_even, "v", "b", each=False),
    "ISODD": _spec(_N.is_odd, "v", "b", each=False),
    "ISNUMBER": _spec(_G.isnumber, "t", "b"),
    "ISTEXT": _spec(_G.istext, "t", "b"),
    "ISLOGICAL": _spec(_G.islogical, "t", "b"),
    "ISBLANK": _spec(_G.isblank, "t", "b"),
    "ISERROR": _spec(_G.iserror, "t", "b"),
    "ISERR": _spec(_G.iserr, "t", "b"),
    "ISNA": _spec(_G.isna, "t", "b"),
    "N": _spec(_T.n, "v", "n", each=False),
    "T": _spec(_T.t, "v", "s", each=False),
    "LEN": _spec(_T.length, "v", "n"),
    "LENB": _spec(_T.length_bytes, "v", "n"),
    "TRIM": _spec(_T.trim, "v", "s"),
    "CLEAN": _spec(_T.clean, "v", "s"),
    "LEFT": _spec(_T.left, "vv", "s", 1),
    "RIGHT": _spec(_T.right, "vv", "s", 1),
    "MID": _spec(_T.mid, "vvv", "s"),
    "FIND": _spec(_T.find, "vvv", "n", 2),
    "SEARCH": _spec(_T.search, "vvv", "n", 2),
    "SUBSTITUTE": _spec(_T.substitute, "vvvv", "s", 3),
    "REPLACE": _spec(_T.replace, "vvvv", "s"),
    "UPPER": _spec(_T.upper, "v", "s"),
    "LOWER": _spec(_T.lower, "v", "s"),
    "PROPER": _spec(_T.proper, "v", "s"),
    "EXACT": _spec(_T.exact, "vv", "b"),
    "REPT": _spec(_T.rept, "vv", "s"),
    "CHAR": _spec(_T.char, "v", "s"),
    "UNICHAR": _spec(_T.unichar, "v", "s"),
    "CODE": _spec(_T.code, "v", "n"),
    "VALUE": _spec(_T.value_, "v", "n"),
    "CONCATENATE": _spec(concat, "(v)", "s"),
    "TEXT": _spec(formats.text_format, "vv", "s"),
    "MATCH": _spec(_L.match, "vav", "n", 2),
    "VLOOKUP": _spec(_L.vlookup, "vavv", "v", 3, each=False),
    "HLOOKUP": _spec(_L.hlookup, "vavv", "v", 3, each=False),
    "LOOKUP": _spec(_L.lookup, "vaa", "v", 2, each=False),
    "INDEX": _spec(_L.index, "avv", "v", 2, each=False),
    "YEAR": _spec(_D.year, "v", "n"),
    "MONTH": _spec(_D.month, "v", "n"),
    "DAY": _spec(_D.day, "v", "n"),
    "DATE": _spec(_D.date, "vvv", "n"),
    "DATEVALUE": _spec(_D.datevalue, "v", "n"),
    "EDATE": _spec(_D.edate, "vv", "n", each=False),
    "EOMONTH": _spec(_D.eomonth, "vv", "n", each=False),
    "DAYS": _spec(_D.days, "vv", "n"),
    "DATEDIF": _spec(_D.datedif, "vvv", "n"),
    "WEEKDAY": _spec(_D.weekday, "vv", "n", 1),
}

#: Written out by the compiler itself.
SPECIAL = frozenset(
    (
        "IF", "CHOOSE", "ROW", "COLUMN", "ROWS", "COLUMNS", "XLOOKUP", "TRUE", "FALSE", "SUBTOTAL", "TRANSPOSE",
        "MMULT",
    )
)  # fmt: skip

#: Everything a formula may call.
VOUCHED = frozenset(FUNCTIONS) | SPECIAL
