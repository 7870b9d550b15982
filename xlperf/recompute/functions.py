"""The functions xlperf vouches for: which kernel, and what each argument is.

Letters of ``takes``, one for each argument, the group in parentheses repeating: ``v`` a value · ``t`` a
value that may be an error · ``l`` evaluated only when needed · ``g`` for totals: areas, arrays or values ·
``a`` area or array · ``r`` area · ``p`` only the position of a reference. ``gives`` is ``n`` number, ``b``
truth, ``s`` text, ``v`` any.
"""

from __future__ import annotations

from typing import NamedTuple


class Spec(NamedTuple):
    """A function: its kernel (``module.name`` under ``kernels``), arguments, how many it needs, what it gives.

    The arguments are ``takes``, then ``more`` repeated.
    ``each`` tells whether it works cell by cell where SUMPRODUCT hands it an area in place of a value.
    """

    kernel: str
    takes: str
    more: str
    least: int
    gives: str
    each: bool


def _spec(kernel: str, takes: str, gives: str, least: int | None = None, each: bool = True) -> Spec:
    fixed, _, more = takes.partition("(")
    needed = least if least is not None else len(fixed) + (0 if fixed else len(more.rstrip(")")))
    return Spec(kernel, fixed, more.rstrip(")"), needed, gives, each)


FUNCTIONS: dict[str, Spec] = {
    "IFERROR": _spec("logic.iferror", "ll", "v", each=False),
    "IFNA": _spec("logic.ifna", "ll", "v", each=False),
    "IFS": _spec("logic.ifs", "(ll)", "v", each=False),
    "SWITCH": _spec("logic.switch", "vll(l)", "v", each=False),
    "AND": _spec("aggregate.all_", "(g)", "b"),
    "OR": _spec("aggregate.any_", "(g)", "b"),
    "XOR": _spec("aggregate.odd_", "(g)", "b"),
    "NA": _spec("logic.na", "", "n"),
    "NOT": _spec("logic.not_", "v", "b"),
    "SUM": _spec("aggregate.total", "(g)", "n"),
    "COUNT": _spec("aggregate.count", "(g)", "n"),
    "COUNTA": _spec("aggregate.counta", "(g)", "n"),
    "COUNTBLANK": _spec("aggregate.countblank", "r", "n"),
    "AVERAGE": _spec("aggregate.average", "(g)", "n"),
    "MIN": _spec("aggregate.smallest", "(g)", "n"),
    "MAX": _spec("aggregate.largest", "(g)", "n"),
    "PRODUCT": _spec("aggregate.times", "(g)", "n"),
    "MEDIAN": _spec("aggregate.median", "(g)", "n"),
    "LARGE": _spec("aggregate.large", "av", "n"),
    "SMALL": _spec("aggregate.small", "av", "n"),
    "RANK": _spec("aggregate.rank", "vrv", "n", 2),
    "RANK.EQ": _spec("aggregate.rank", "vrv", "n", 2),
    "RANK.AVG": _spec("aggregate.rank_average", "vrv", "n", 2),
    "AVERAGEA": _spec("statistics.average_all", "(g)", "n"),
    "MAXA": _spec("statistics.largest_all", "(g)", "n"),
    "MINA": _spec("statistics.smallest_all", "(g)", "n"),
    "STDEV": _spec("statistics.deviation_sample", "(g)", "n"),
    "STDEV.S": _spec("statistics.deviation_sample", "(g)", "n"),
    "STDEVP": _spec("statistics.deviation_whole", "(g)", "n"),
    "STDEV.P": _spec("statistics.deviation_whole", "(g)", "n"),
    "VAR": _spec("statistics.variance_sample", "(g)", "n"),
    "VAR.S": _spec("statistics.variance_sample", "(g)", "n"),
    "VARP": _spec("statistics.variance_whole", "(g)", "n"),
    "VAR.P": _spec("statistics.variance_whole", "(g)", "n"),
    "SUMSQ": _spec("statistics.squares", "(g)", "n"),
    "SUMX2MY2": _spec("statistics.squares_minus", "aa", "n"),
    "SUMX2PY2": _spec("statistics.squares_plus", "aa", "n"),
    "SUMXMY2": _spec("statistics.squares_between", "aa", "n"),
    "AGGREGATE": _spec("statistics.aggregate", "vvg(g)", "n", 3),
    "PERCENTILE": _spec("statistics.percentile", "av", "n"),
    "PERCENTILE.INC": _spec("statistics.percentile", "av", "n"),
    "QUARTILE": _spec("statistics.quartile", "av", "n"),
    "QUARTILE.INC": _spec("statistics.quartile", "av", "n"),
    "SUMPRODUCT": _spec("aggregate.sumproduct", "(g)", "n"),
    "CONCAT": _spec("aggregate.concat_all", "(g)", "s"),
    "TEXTJOIN": _spec("aggregate.textjoin", "vvg(g)", "s", 3),
    "COUNTIF": _spec("criteria.countif", "rv", "n"),
    "COUNTIFS": _spec("criteria.countifs", "(rv)", "n"),
    "SUMIF": _spec("criteria.sumif", "rvr", "n", 2),
    "SUMIFS": _spec("criteria.sumifs", "rrv(rv)", "n", 3),
    "AVERAGEIF": _spec("criteria.averageif", "rvr", "n", 2),
    "AVERAGEIFS": _spec("criteria.averageifs", "rrv(rv)", "n", 3),
    "MAXIFS": _spec("criteria.maxifs", "rrv(rv)", "n", 3),
    "MINIFS": _spec("criteria.minifs", "rrv(rv)", "n", 3),
    "ROUND": _spec("numbers.round_", "vv", "n"),
    "ROUNDUP": _spec("numbers.roundup", "vv", "n"),
    "ROUNDDOWN": _spec("numbers.rounddown", "vv", "n"),
    "TRUNC": _spec("numbers.trunc", "vv", "n", 1),
    "ABS": _spec("numbers.absolute", "v", "n"),
    "INT": _spec("numbers.integer", "v", "n"),
    "SIGN": _spec("numbers.sign", "v", "n"),
    "SQRT": _spec("numbers.sqrt", "v", "n"),
    "PI": _spec("numbers.pi", "", "n"),
    "MOD": _spec("numbers.mod", "vv", "n"),
    "POWER": _spec("operators.power", "vv", "n"),
    "CEILING": _spec("numbers.ceiling", "vv", "n"),
    "FLOOR": _spec("numbers.floor", "vv", "n"),
    "MROUND": _spec("numbers.mround", "vv", "n", each=False),
    "CEILING.MATH": _spec("numbers.ceiling_math", "vvv", "n", 1),
    "FLOOR.MATH": _spec("numbers.floor_math", "vvv", "n", 1),
    "QUOTIENT": _spec("numbers.quotient", "vv", "n", each=False),
    "EVEN": _spec("numbers.even", "v", "n"),
    "ODD": _spec("numbers.odd", "v", "n"),
    "EXP": _spec("numbers.exponential", "v", "n"),
    "LN": _spec("numbers.ln", "v", "n"),
    "LOG10": _spec("numbers.log10", "v", "n"),
    "LOG": _spec("numbers.log", "vv", "n", 1),
    "ISEVEN": _spec("numbers.is_even", "v", "b", each=False),
    "ISODD": _spec("numbers.is_odd", "v", "b", each=False),
    "ISNUMBER": _spec("logic.isnumber", "t", "b"),
    "ISTEXT": _spec("logic.istext", "t", "b"),
    "ISLOGICAL": _spec("logic.islogical", "t", "b"),
    "ISBLANK": _spec("logic.isblank", "t", "b"),
    "ISERROR": _spec("logic.iserror", "t", "b"),
    "ISERR": _spec("logic.iserr", "t", "b"),
    "ISNA": _spec("logic.isna", "t", "b"),
    "ISNONTEXT": _spec("logic.isnontext", "t", "b"),
    "ERROR.TYPE": _spec("logic.error_type", "t", "n", each=False),
    "TYPE": _spec("logic.type_", "t", "n", each=False),
    "HYPERLINK": _spec("logic.hyperlink", "vv", "v", 1, each=False),
    "N": _spec("textual.n", "v", "n", each=False),
    "T": _spec("textual.t", "v", "s", each=False),
    "LEN": _spec("textual.length", "v", "n"),
    "LENB": _spec("textual.length_bytes", "v", "n"),
    "TRIM": _spec("textual.trim", "v", "s"),
    "CLEAN": _spec("textual.clean", "v", "s"),
    "LEFT": _spec("textual.left", "vv", "s", 1),
    "RIGHT": _spec("textual.right", "vv", "s", 1),
    "MID": _spec("textual.mid", "vvv", "s"),
    "FIND": _spec("textual.find", "vvv", "n", 2),
    "SEARCH": _spec("textual.search", "vvv", "n", 2),
    "SUBSTITUTE": _spec("textual.substitute", "vvvv", "s", 3),
    "REPLACE": _spec("textual.replace", "vvvv", "s"),
    "UPPER": _spec("textual.upper", "v", "s"),
    "LOWER": _spec("textual.lower", "v", "s"),
    "PROPER": _spec("textual.proper", "v", "s"),
    "EXACT": _spec("textual.exact", "vv", "b"),
    "REPT": _spec("textual.rept", "vv", "s"),
    "CHAR": _spec("textual.char", "v", "s"),
    "UNICHAR": _spec("textual.unichar", "v", "s"),
    "CODE": _spec("textual.code", "v", "n"),
    "VALUE": _spec("textual.value_", "v", "n"),
    "UNICODE": _spec("conversions.unicode", "v", "n"),
    "LEFTB": _spec("conversions.left_bytes", "vv", "s", 1),
    "RIGHTB": _spec("conversions.right_bytes", "vv", "s", 1),
    "MIDB": _spec("conversions.mid_bytes", "vvv", "s"),
    "ASC": _spec("conversions.narrow", "v", "s"),
    "FIXED": _spec("conversions.fixed", "vvv", "s", 1),
    "NUMBERVALUE": _spec("conversions.numbervalue", "v", "n"),
    "NUMBERSTRING": _spec("chinese.numberstring", "vv", "s"),
    "CONCATENATE": _spec("operators.concat", "(v)", "s"),
    "TEXT": _spec("formats.text_format", "vv", "s"),
    "ADDRESS": _spec("lookup.address", "vvvvv", "s", 2, each=False),
    "XMATCH": _spec("lookup.xmatch", "vavv", "n", 2),
    "MATCH": _spec("lookup.match", "vav", "n", 2),
    "VLOOKUP": _spec("lookup.vlookup", "vavv", "v", 3, each=False),
    "HLOOKUP": _spec("lookup.hlookup", "vavv", "v", 3, each=False),
    "LOOKUP": _spec("lookup.lookup", "vaa", "v", 2, each=False),
    "INDEX": _spec("lookup.index", "avv", "v", 2, each=False),
    "YEAR": _spec("dates.year", "v", "n"),
    "MONTH": _spec("dates.month", "v", "n"),
    "DAY": _spec("dates.day", "v", "n"),
    "DATE": _spec("dates.date", "vvv", "n"),
    "DATEVALUE": _spec("dates.datevalue", "v", "n"),
    "EDATE": _spec("dates.edate", "vv", "n", each=False),
    "EOMONTH": _spec("dates.eomonth", "vv", "n", each=False),
    "DAYS": _spec("dates.days", "vv", "n"),
    "DATEDIF": _spec("dates.datedif", "vvv", "n"),
    "WEEKDAY": _spec("dates.weekday", "vv", "n", 1),
    "HOUR": _spec("dates.hour", "v", "n"),
    "MINUTE": _spec("dates.minute", "v", "n"),
    "SECOND": _spec("dates.second", "v", "n"),
    "TIME": _spec("dates.time", "vvv", "n"),
    "TIMEVALUE": _spec("dates.timevalue", "v", "n"),
    "DAYS360": _spec("workdays.days360", "vvv", "n", 2),
    "WEEKNUM": _spec("workdays.weeknum", "vv", "n", 1, each=False),
    "ISOWEEKNUM": _spec("workdays.isoweeknum", "v", "n"),
    "NETWORKDAYS": _spec("workdays.networkdays", "vvg", "n", 2, each=False),
    "NETWORKDAYS.INTL": _spec("workdays.networkdays_intl", "vvvg", "n", 2, each=False),
    "WORKDAY.INTL": _spec("workdays.workday_intl", "vvvg", "n", 2, each=False),
    "WORKDAY": _spec("workdays.workday", "vvg", "n", 2, each=False),
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
