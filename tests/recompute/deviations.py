# ruff: noqa: E501  formulas and tables of cases stand on lines of their own
"""Where LibreOffice 7.4 is known to give something else than Excel documents; each entry as narrow as it can be told.

An entry looks at the smallest piece of a formula that differs (:class:`Difference`). Its example must differ, and must be
explained by it: an entry that LibreOffice has outgrown fails.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from grammar import CELLS

from xlperf.recalc import agrees
from xlperf.values import ExcelError, Scalar, is_number

_OWN_ERRORS = (ExcelError.NUM, ExcelError.REF, ExcelError.NA, ExcelError.DIV0)


@dataclass(frozen=True)
class Difference:
    """The smallest differing piece: its text, both values, ours by the parts of the text, ours with truths as numbers."""

    text: str
    ours: Scalar
    theirs: Scalar
    parts: tuple[Scalar, ...]
    with_numbers: Scalar

    @property
    def first(self) -> Scalar:
        """The value of the cell that is its first argument; "?" where that is something else."""
        match = re.match(r"[A-Z.]+\(([A-J]\d+),", self.text)
        return CELLS[match[1]] if match else "?"

    @property
    def name(self) -> str:
        """The function it calls outermost, or nothing."""
        match = re.match(r"[A-Z.]+(?=\()", self.text)
        return match[0] if match else ""


@dataclass(frozen=True)
class Deviation:
    """One way in which LibreOffice differs: the Excel documentation that says who is right, and an example."""

    reason: str
    source: str
    example: str
    applies: Callable[[Difference], bool]


def _digits(text: str) -> int | None:
    digits = re.sub(r"\D", "", text)
    return int(digits) if digits else None


def _both_errors(d: Difference) -> bool:
    return isinstance(d.ours, ExcelError) and isinstance(d.theirs, ExcelError)


def _truths_are_numbers(d: Difference) -> bool:
    if agrees(d.with_numbers, d.theirs) or (isinstance(d.theirs, bool) and d.with_numbers == d.theirs):
        return True
    if isinstance(d.ours, str) and isinstance(d.theirs, str) and re.sub("TRUE", "1", re.sub("FALSE", "0", d.ours)) == re.sub("TRUE", "1", re.sub("FALSE", "0", d.theirs)):
        return True
    return (isinstance(d.ours, bool) or isinstance(d.theirs, bool)) and d.ours in (0, 1) and d.ours == d.theirs


def _wild(d: Difference) -> bool:
    """Whether a criterion has wildcards, written or in a cell."""
    return re.search(r"\"[^\"]*[*?][^\"]*\"|B9|B10", d.text) is not None


def _early(d: Difference) -> bool:
    """Whether a date before March 1900, such as a blank cell or 0, is taken apart or shown."""
    if d.name not in ("YEAR", "MONTH", "DAY", "WEEKDAY", "DATEDIF", "TEXT") or (d.name == "TEXT" and not re.search('"[^)]*[ymdhs]', d.text)):
        return False
    values = (*d.parts, *(CELLS[address] for address in re.findall(r"(?<=[(,])[A-J]\d+(?=[,)])", d.text)))
    return any(value is None or (is_number(value) and value < 61) for value in values)


DEVIATIONS = [
    Deviation(
        "TRUE and FALSE are numbers to it: in sums and counts, in comparison, as text, and in what a formula gives",
        "Calculation operators and precedence in Excel: in a comparison FALSE and TRUE stand after text; SUM, COUNT, …: logical values in references are ignored",
        "E2&\"x\"", _truths_are_numbers,
    ),
    Deviation("TRUNC, ROUNDDOWN, ROUNDUP cut large numbers at 12 digits", "ROUNDDOWN: 15 significant digits", "TRUNC(959691836956.9,3)", lambda d: d.name in ("TRUNC", "ROUNDDOWN", "ROUNDUP") and is_number(d.ours) and abs(d.ours) > 1e7 and is_number(d.theirs) and abs(d.ours / d.theirs - 1) < 1e-11),
    Deviation(
        "MOD is rounded after it", "MOD(n, d) = n − d×INT(n/d), in binary", "MOD(SUMPRODUCT(J1:J12,J1:J12),0.5)",
        lambda d: (d.name == "MOD" and is_number(d.ours) and is_number(d.theirs) and abs(d.ours - d.theirs) < 1e-6) or (d.name in ("ROUNDDOWN", "TRUNC", "ROUNDUP") and "MOD(" in d.text),
    ),
    Deviation("VALUE of a truth", "VALUE: #VALUE! for what is no text that reads as a number", "VALUE(A1>0)", lambda d: d.name == "VALUE" and d.ours is ExcelError.VALUE and isinstance(d.theirs, bool)),
    Deviation(
        "an empty cell is found nowhere", "MATCH, VLOOKUP, LOOKUP: a reference to an empty cell is 0, in text \"\"", "LOOKUP(A4,F1:F12,I1:I12)",
        lambda d: d.name in ("MATCH", "VLOOKUP", "LOOKUP", "HLOOKUP") and (d.theirs is ExcelError.NA or d.ours is ExcelError.NA) and (d.first is None or d.parts[:1] in ((None,), (0.0,), ("",))),
    ),
    Deviation("numbers from 1E15 as text", "General as text: up to 20 digits", "1E6^3&\"x\"", lambda d: isinstance(d.ours, str) and isinstance(d.theirs, str) and re.search(r"E\+\d\d\d", d.theirs) is not None),
    Deviation("the 15th digit of a number as text", "& shows 15 digits, correctly rounded", "CONCATENATE(SQRT(A1),\"x\")", lambda d: isinstance(d.ours, str) and isinstance(d.theirs, str) and len(d.ours) == len(d.theirs) and re.search(r"\d\.\d{6}|0\.\d{14}", d.ours) is not None and sum(a != b for a, b in zip(d.ours, d.theirs, strict=False)) == 1),
    Deviation("<> a text leaves out empty cells", "COUNTIF: <> counts all cells that are not equal, empty ones too", "COUNTIFS(A4:A9,\"<>产出指标\",A6:A11,\">1E2\")", lambda d: re.search(r"IFS?\(", d.text) is not None and "<>" in d.text and not _wild(d)),
    Deviation(
        "it adds with a correction (Kahan), Excel one number after the other", "Floating-point arithmetic may give inaccurate results in Excel", "SUMPRODUCT(--(A1:A12<=100),A1:A12)&\"\"",
        lambda d: "SUM" in d.text and isinstance(d.ours, str) and isinstance(d.theirs, str) and re.search(r"\d{14}|\.\d{11}", d.ours) is not None,
    ),
    Deviation("ISLOGICAL inside OR and XOR", "ISLOGICAL: TRUE where the value is a logical value", "OR(I1=A5,ISLOGICAL(\"x\"))", lambda d: "ISLOGICAL" in d.text and ((d.name in ("OR", "XOR", "AND") and isinstance(d.ours, bool)) or (d.name == "TEXTJOIN" and isinstance(d.ours, str) and d.theirs == d.ours.replace("FALSE", "1")))),
    Deviation(
        "numbers below 0.0001 as text", "General: scientific where 15 digits do not fit, 8.1E-09", "(A5/123456789)&\"\"",
        lambda d: isinstance(d.ours, str) and isinstance(d.theirs, str) and re.search(r"E-\d\d", d.ours) is not None,
    ),
    Deviation("text that a function makes is no number to SUM and its like", "SUM: text written as argument is converted", "PRODUCT(2,CONCATENATE(A4,0.5))", lambda d: d.theirs is ExcelError.VALUE and d.name in ("PRODUCT", "SUM", "MAX", "MIN", "AVERAGE", "MEDIAN") and re.search(r"(?:CONCAT|CONCATENATE|TEXT|LEFT|RIGHT|MID|REPT|SUBSTITUTE|REPLACE|TRIM|TEXTJOIN|LOOKUP)\(", d.text) is not None
    ),
    Deviation("ISEVEN and ISODD of an empty cell, or of text that reads as a number", "ISEVEN, ISODD: an empty cell is 0", "ISEVEN(A9)", lambda d: d.name in ("ISEVEN", "ISODD") and d.theirs is ExcelError.VALUE),
    Deviation("LENB counts by another code page", "LENB: a double-byte character of the system counts as two", "LENB(UNICHAR(8805))", lambda d: "LENB" in d.text),
    Deviation(
        "its own error numbers (Err:502 and others) are saved as #VALUE!", "LARGE, SMALL, MEDIAN: #NUM!; INDEX, VLOOKUP, HLOOKUP: #REF!; RANK: #N/A; FLOOR, CEILING, DATE, DATEDIF: #NUM!",
        "LARGE(A1:A3,20)",
        lambda d: d.ours in _OWN_ERRORS and d.theirs is ExcelError.VALUE
        and d.name in ("LARGE", "SMALL", "MEDIAN", "RANK", "INDEX", "FLOOR", "CEILING", "DATE", "DATEDIF", "VLOOKUP", "HLOOKUP", "MATCH", "YEAR", "SQRT", "MOD", "MONTH", "DAY", "EDATE", "EOMONTH", "WEEKDAY", "TEXT", "POWER"),
    ),
    Deviation(
        "of several errors it takes another than the first", "Excel evaluates arguments from left to right and cells row by row",
        "SUM(E6:E12)", lambda d: _both_errors(d) and (d.theirs in d.parts or re.search(r"\bE\d+:E\d+", d.text) is not None or len(re.findall(r"E[79]\b|1/0|NA\(\)", d.text)) > 1),
    ),
    Deviation("DAYS does not cut off the time", "DAYS: both dates are days", "DAYS(D3,D7)", lambda d: d.name == "DAYS" and is_number(d.ours) and is_number(d.theirs) and abs(d.ours - d.theirs) < 1),
    Deviation(
        "its calendar begins on 30 December 1899", "DATE, DAY, TEXT: the first day of the 1900 system is 1 January 1900, and 29 February 1900 is a day of it",
        "DAY(D5)", _early,
    ),
    Deviation("AM/PM is a word of its locale", "TEXT: AM/PM", "TEXT(D1,\"h:mm AM/PM\")", lambda d: d.name == "TEXT" and "AM/PM" in d.text and isinstance(d.theirs, str) and "午" in d.theirs),
    Deviation("TEXT rounds the binary number", "TEXT: as ROUND, on 15 decimal digits", "TEXT(1.005,\"0%\")", lambda d: d.name == "TEXT" and isinstance(d.ours, str) and isinstance(d.theirs, str) and _digits(d.ours) is not None and _digits(d.theirs) is not None and abs(_digits(d.ours) - _digits(d.theirs)) == 1),
    Deviation(
        "its own error numbers, saved as #VALUE!, go through other functions, and ISERR, IFNA tell them apart", "ISERR, IFNA: #N/A", "ISERR(VLOOKUP(NA(),G1:J12,1,0))",
        lambda d: re.search(r"(?:LOOKUP|MATCH|ISODD|ISEVEN)\(", d.text) is not None and ((_both_errors(d) and d.theirs is ExcelError.VALUE) or d.name in ("ISERR", "IFNA")),
    ),
    Deviation("names of months and days are those of its locale", "TEXT: mmm, mmmm, ddd, dddd are names", "TEXT(D1,\"ddd\")", lambda d: d.name == "TEXT" and re.search("mmm|ddd", d.text) is not None),
    Deviation("RANK of a number that is not there", "RANK: #N/A", "RANK(F8,A5:A9)", lambda d: d.name == "RANK" and d.ours is ExcelError.NA),
    Deviation("MROUND with different signs", "MROUND: #NUM!", "MROUND(1,-3)", lambda d: d.name == "MROUND" and d.ours is ExcelError.NUM),
    Deviation("0^0 is 1, 0^-1 is #NUM!", "POWER: #NUM! and #DIV/0!", "POWER(0,0)", lambda d: ("^" in d.text or d.name == "POWER") and (d.ours, d.theirs) in ((ExcelError.NUM, 1), (ExcelError.DIV0, ExcelError.NUM))),
    Deviation(
        "wildcards match numbers, ? of ??? too", "COUNTIF: wildcard characters match text", "COUNTIF(A5:A9,\"1*\")",
        lambda d: re.search(r"IFS?\(", d.text) is not None and _wild(d),
    ),
    Deviation("the point of #.## is left out without decimals", "TEXT: the decimal point is always shown", "TEXT(7,\"#.##\")", lambda d: d.name == "TEXT" and re.search(r"\.#", d.text) is not None and isinstance(d.ours, str) and d.ours.replace(".", "") == d.theirs),
    Deviation("%% is 100 times, not 10000 times", "Number format codes: each % multiplies by 100", "TEXT(7,\"0%%\")", lambda d: d.name == "TEXT" and "%%" in d.text),
    Deviation("text written as argument is no number to SUM", "SUM: arguments that are text representations of numbers are counted", "SUM(\"12\",1)", lambda d: d.theirs is ExcelError.VALUE and re.match(r'SUM\("', d.text) is not None and is_number(d.ours)),
    Deviation(
        "it snaps every subtraction to 0, and cuts numbers a little below a whole one to that", "Floating-point arithmetic may give inaccurate results in Excel; INT rounds down", "SIGN(J1-J2-J3)",
        lambda d: "J1-J2-J3" in d.text or (re.search(r"A5\*1000|\d\*100|J3/J2|\bINT\(", d.text) is not None and is_number(d.ours) and is_number(d.theirs) and (abs(d.ours - d.theirs) <= 1)),
    ),
    Deviation("[红色] is no colour to it", "Number format codes: [红色] on a Chinese system", "TEXT(7,\"#,##0;[红色]-#,##0\")", lambda d: d.name == "TEXT" and "[红色]" in d.text and d.theirs is ExcelError.VALUE),
    Deviation(
        "COUNTIF with a number leaves out text that reads as it", "COUNTIF: text that reads as the number is counted too", "COUNTIF(H2:H12,\"=\"&I1)",
        lambda d: re.search(r"IFS?\(", d.text) is not None and "<>" not in d.text and re.search(r"[HC]\d+:[HC]\d+|F1:I4|A1:J12", d.text) is not None,
    ),
]  # fmt: skip


def explain(difference: Difference) -> Deviation | None:
    """Return the first entry that explains a difference, None where nothing does."""
    return next((deviation for deviation in DEVIATIONS if deviation.applies(difference)), None)
