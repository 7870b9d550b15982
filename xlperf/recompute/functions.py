"""The functions xlperf vouches for: which kernel, and what each argument is.

Letters of ``takes``, one for each argument, the group in parentheses repeating: ``v`` a value · ``t`` a
value that may be an error · ``l`` evaluated only when needed · ``g`` for totals: areas, arrays or values ·
``a`` area or array · ``r`` area · ``p`` only the position of a reference. ``gives`` is ``n`` number, ``b``
truth, ``s`` text, ``v`` any.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from xlperf.recompute.kernels import (
    aggregate,
    chinese,
    conversions,
    criteria,
    dates,
    formats,
    logic,
    lookup,
    numbers,
    statistics,
    textual,
    workdays,
)
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
_S, _V, _W = statistics, conversions, workdays

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
    "RANK.AVG": _spec(_A.rank_average, "vrv", "n", 2),
    "AVERAGEA": _spec(_S.average_all, "(g)", "n"),
    "MAXA": _spec(_S.largest_all, "(g)", "n"),
    "MINA": _spec(_S.smallest_all, "(g)", "n"),
    "STDEV": _spec(_S.deviation_sample, "(g)", "n"),
    "STDEV.S": _spec(_S.deviation_sample, "(g)", "n"),
    "STDEVP": _spec(_S.deviation_whole, "(g)", "n"),
    "STDEV.P": _spec(_S.deviation_whole, "(g)", "n"),
    "VAR": _spec(_S.variance_sample, "(g)", "n"),
    "VAR.S": _spec(_S.variance_sample, "(g)", "n"),
    "VARP": _spec(_S.variance_whole, "(g)", "n"),
    "VAR.P": _spec(_S.variance_whole, "(g)", "n"),
    "SUMSQ": _spec(_S.squares, "(g)", "n"),
    "SUMX2MY2": _spec(_S.squares_minus, "aa", "n"),
    "SUMX2PY2": _spec(_S.squares_plus, "aa", "n"),
    "SUMXMY2": _spec(_S.squares_between, "aa", "n"),
    "AGGREGATE": _spec(_S.aggregate, "vvg(g)", "n", 3),
    "PERCENTILE": _spec(_S.percentile, "av", "n"),
    "PERCENTILE.INC": _spec(_S.percentile, "av", "n"),
    "QUARTILE": _spec(_S.quartile, "av", "n"),
    "QUARTILE.INC": _spec(_S.quartile, "av", "n"),
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
    "CEILING.MATH": _spec(_N.ceiling_math, "vvv", "n", 1),
    "FLOOR.MATH": _spec(_N.floor_math, "vvv", "n", 1),
    "QUOTIENT": _spec(_N.quotient, "vv", "n", each=False),
    "EVEN": _spec(_N.even, "v", "n"),
    "ODD": _spec(_N.odd, "v", "n"),
    "EXP": _spec(_N.exponential, "v", "n"),
    "LN": _spec(_N.ln, "v", "n"),
    "LOG10": _spec(_N.log10, "v", "n"),
    "LOG": _spec(_N.log, "vv", "n", 1),
    "ISEVEN": _spec(_N.is_even, "v", "b", each=False),
    "ISODD": _spec(_N.is_odd, "v", "b", each=False),
    "ISNUMBER": _spec(_G.isnumber, "t", "b"),
    "ISTEXT": _spec(_G.istext, "t", "b"),
    "ISLOGICAL": _spec(_G.islogical, "t", "b"),
    "ISBLANK": _spec(_G.isblank, "t", "b"),
    "ISERROR": _spec(_G.iserror, "t", "b"),
    "ISERR": _spec(_G.iserr, "t", "b"),
    "ISNA": _spec(_G.isna, "t", "b"),
    "ISNONTEXT": _spec(_G.isnontext, "t", "b"),
    "ERROR.TYPE": _spec(_G.error_type, "t", "n", each=False),
    "TYPE": _spec(_G.type_, "t", "n", each=False),
    "HYPERLINK": _spec(_G.hyperlink, "vv", "v", 1, each=False),
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
    "UNICODE": _spec(_V.unicode, "v", "n"),
    "LEFTB": _spec(_V.left_bytes, "vv", "s", 1),
    "RIGHTB": _spec(_V.right_bytes, "vv", "s", 1),
    "MIDB": _spec(_V.mid_bytes, "vvv", "s"),
    "ASC": _spec(_V.narrow, "v", "s"),
    "FIXED": _spec(_V.fixed, "vvv", "s", 1),
    "NUMBERVALUE": _spec(_V.numbervalue, "v", "n"),
    "NUMBERSTRING": _spec(chinese.numberstring, "vv", "s"),
    "CONCATENATE": _spec(concat, "(v)", "s"),
    "TEXT": _spec(formats.text_format, "vv", "s"),
    "ADDRESS": _spec(_L.address, "vvvvv", "s", 2, each=False),
    "XMATCH": _spec(_L.xmatch, "vavv", "n", 2),
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
    "HOUR": _spec(_D.hour, "v", "n"),
    "MINUTE": _spec(_D.minute, "v", "n"),
    "SECOND": _spec(_D.second, "v", "n"),
    "TIME": _spec(_D.time, "vvv", "n"),
    "TIMEVALUE": _spec(_D.timevalue, "v", "n"),
    "DAYS360": _spec(_W.days360, "vvv", "n", 2),
    "WEEKNUM": _spec(_W.weeknum, "vv", "n", 1, each=False),
    "ISOWEEKNUM": _spec(_W.isoweeknum, "v", "n"),
    "NETWORKDAYS": _spec(_W.networkdays, "vvg", "n", 2, each=False),
    "NETWORKDAYS.INTL": _spec(_W.networkdays_intl, "vvvg", "n", 2, each=False),
    "WORKDAY.INTL": _spec(_W.workday_intl, "vvvg", "n", 2, each=False),
    "WORKDAY": _spec(_W.workday, "vvg", "n", 2, each=False),
}

#: Operators of comparison and their kernels.
COMPARE = {"=": "eq", "<>": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}

#: Written out by the compiler itself.
SPECIAL = frozenset(
    (
        "IF", "CHOOSE", "ROW", "COLUMN", "ROWS", "COLUMNS", "XLOOKUP", "TRUE", "FALSE", "SUBTOTAL", "TRANSPOSE",
        "MMULT",
    )
)  # fmt: skip

#: Everything a formula may call.
VOUCHED = frozenset(FUNCTIONS) | SPECIAL

_WHY_NOT = {
    **dict.fromkeys(("TODAY", "NOW"), "的结果随打开的日期变化"),
    **dict.fromkeys(("RAND", "RANDBETWEEN", "RANDARRAY"), "的结果是随机数"),
    **dict.fromkeys(("DOLLAR", "RMB", "BAHTTEXT"), "的货币写法取决于系统设置"),
    **dict.fromkeys(("CELL", "INFO"), "的结果取决于打开文件的程序"),
    **dict.fromkeys(("WEBSERVICE", "FILTERXML", "RTD", "CALL"), "会取用文件以外的内容"),
}


def why_not(name: str) -> str:
    """Return why a function is not vouched for, in Chinese."""
    shown = name[:40]
    return f"函数 {shown} {_WHY_NOT[name]}，不复算" if name in _WHY_NOT else f"函数 {shown} 不在可复算之列"
