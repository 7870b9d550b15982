"""Criteria of COUNTIF and its family: wildcards, comparison signs, numbers written as text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from xlperf.errors import FormulaUnsupported
from xlperf.recompute.kernels.core import Area, Fault, Value, fin, is_numeric, parse_number
from xlperf.recompute.kernels.operators import same_number
from xlperf.values import ExcelError, Scalar

Test = Callable[[Scalar], bool]

_SIGN = re.compile(r"(<=|>=|<>|<|>|=)?(.*)\Z", re.DOTALL)
_NUMERIC = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[Ee][+-]?\d+)?%?\Z", re.ASCII)


class Wildcard:
    """A text with ``*`` ``?`` ``~``, as the pieces between its stars.

    Each piece is taken where it first occurs and nothing is tried again, so that no pattern takes longer than its
    length times that of the text; a regular expression would go back over each star.
    """

    __slots__ = ("_first", "_rest", "_width")

    def __init__(self, pieces: list[str], width: int) -> None:
        self._first, *self._rest = [re.compile(piece, re.DOTALL) for piece in pieces]
        self._width = width  # of the last piece, in characters

    def matches(self, text: str) -> bool:
        """Tell whether the pattern is the whole text."""
        if not self._rest:
            return self._first.fullmatch(text) is not None
        found = self._first.match(text)
        for piece in self._rest[:-1]:
            if found is None:
                return False
            found = piece.search(text, found.end())
        last = len(text) - self._width
        return found is not None and last >= found.end() and self._rest[-1].match(text, last) is not None

    def find(self, text: str, start: int) -> int:
        """Return where the pattern first stands from ``start`` on, or -1."""
        found = first = self._first.search(text, start)
        for piece in self._rest:
            if found is None:
                return -1
            found = piece.search(text, found.end())
        return first.start() if first is not None and found is not None else -1


@lru_cache(maxsize=2048)
def wildcard(pattern: str) -> Wildcard | None:
    """Return what matches a text with ``*`` ``?`` ``~``, None where it has none of them."""
    if not any(sign in pattern for sign in "*?~"):
        return None
    if pattern.count("*") > 8:
        raise FormulaUnsupported("通配符过多，不复算")
    pieces: list[str] = [""]
    widths, position = [0], 0
    while position < len(pattern):
        here = pattern[position]
        if here == "~" and pattern[position + 1 : position + 2] not in ("*", "?", "~"):
            raise FormulaUnsupported("通配符 ~ 后面不是 * ? ~，不复算")
        if here == "*":
            pieces.append("")
            widths.append(-1)
        elif here == "~":
            position += 1
            pieces[-1] += re.escape(pattern[position])
        else:
            pieces[-1] += "." if here == "?" else re.escape(here)
        widths[-1] += 1
        position += 1
    return Wildcard(pieces, widths[-1])


def text_test(pattern: str) -> Test:
    """Return a test for texts that equal a pattern, regardless of case."""
    if len(pattern) > 255:
        raise Fault(ExcelError.VALUE)
    low = pattern.lower()
    expression = wildcard(low)
    if expression is None:
        return lambda value: isinstance(value, str) and value.lower() == low
    return lambda value: isinstance(value, str) and expression.matches(value.lower())


def _reads_as(value: str, number: float) -> bool:
    if _NUMERIC.match(value):
        try:
            return same_number(parse_number(value), number)
        except Fault:
            return False
    narrow = unicodedata.normalize("NFKC", value).strip()
    if any(map(str.isdigit, narrow)):
        try:
            alike = same_number(parse_number(narrow), number)
        except (Fault, FormulaUnsupported):
            return False
        if alike:
            raise FormulaUnsupported(f"文字“{value[:20]}”按条件统计时是否算数字没有把握")
    return False


def _sure_text(value: Scalar, test: Test) -> bool:
    """Return what a test says of a value; refuses a text that it holds for as a number or a truth."""
    found = test(value)
    if found and isinstance(value, str):
        raise FormulaUnsupported(f"文字“{value[:20]}”是否符合条件没有把握")
    return found


def _constant_test(constant: Scalar) -> Test:
    """Return the test for TRUE, FALSE or an error; a text that only looks like it is refused."""
    shown = constant.value if isinstance(constant, ExcelError) else str(constant).upper()

    def test(value: Scalar) -> bool:
        return value is constant or (isinstance(value, str) and value.upper() == shown)

    return lambda value: _sure_text(value, test)


def _number_test(sign: str, number: float) -> Test:
    def order(value: Scalar) -> int | None:
        """Return how a number stands to the criterion, None for what is no number."""
        if not is_numeric(value):
            return None
        if value == number:
            return 0
        if same_number(value, number):
            raise FormulaUnsupported("单元格与条件只差在浮点尾数上，是否相等没有把握")
        return -1 if value < number else 1

    def equal(value: Scalar) -> bool:
        return order(value) == 0 or (isinstance(value, str) and _reads_as(value, number))

    if sign in ("", "="):
        return equal
    if sign == "<>":
        return lambda value: not _sure_text(value, equal)
    wanted = {"<": (-1,), "<=": (-1, 0), ">": (1,), ">=": (1, 0)}[sign]
    return lambda value: order(value) in wanted


@lru_cache(maxsize=4096)
def _written(criterion: str) -> Test:
    match = _SIGN.match(criterion)
    assert match is not None
    sign, rest = match[1] or "", match[2]
    if rest == "":
        if sign == "":
            return lambda value: value is None or value == ""
        if sign == "=":
            return lambda value: value is None
        if sign == "<>":
            return lambda value: value is not None
        raise FormulaUnsupported(f"条件“{criterion}”没有比较的对象，不复算")
    constant: Scalar = {"TRUE": True, "FALSE": False}.get(rest.upper())
    if constant is None:
        constant = next((error for error in ExcelError if error.value == rest.upper()), None)
    if constant is not None:
        alike = _constant_test(constant)
        if sign in ("", "="):
            return alike
        if sign == "<>":
            return lambda value: not alike(value)
        raise FormulaUnsupported(f"条件“{criterion}”不复算")
    if rest != rest.strip() and any(map(str.isdigit, rest)):
        raise FormulaUnsupported(f"条件“{criterion}”前后有空格，不复算")
    try:
        return _number_test(sign, parse_number(rest))
    except Fault:
        pass
    same = text_test(rest)
    if sign in ("", "="):
        return same
    if sign == "<>":
        return lambda value: not same(value)
    raise FormulaUnsupported(f"条件“{criterion}”比较文字的先后，取决于系统语言，不复算")


def test_of(criterion: Value) -> Test:
    """Return the test a criterion stands for; an empty cell as criterion means 0."""
    if isinstance(criterion, str):
        return _written(criterion)
    if criterion is True or criterion is False or isinstance(criterion, ExcelError):
        return _constant_test(criterion)
    if isinstance(criterion, Area):
        raise FormulaUnsupported("条件是一个区域，不复算")
    return _number_test("=", float(criterion or 0))


def countif(area: Area, criterion: Value) -> float:
    """COUNTIF."""
    test = test_of(criterion)
    found = sum(map(test, area.values()))
    return float(found + (area.beyond if area.beyond and test(None) else 0))


def _chosen(target: Area, pairs: tuple[Value, ...]) -> tuple[list[Scalar], int]:
    """Return the values of ``target`` in the places that meet all criteria, and how many of them lie
    beyond.
    """
    areas, tests = [target], []
    for position in range(0, len(pairs), 2):
        area = pairs[position]
        if not isinstance(area, Area):
            raise FormulaUnsupported("条件区域不是区域，不复算")
        areas.append(area)
        tests.append(test_of(pairs[position + 1]))
    if any((area.height, area.width) != (target.height, target.width) for area in areas):
        raise Fault(ExcelError.VALUE)
    rows, columns = max(area.used[0] for area in areas), max(area.used[1] for area in areas)
    values = target.window(rows, columns)
    hits = [True] * len(values)
    for area, test in zip(areas[1:], tests, strict=True):
        hits = [hit and test(value) for hit, value in zip(hits, area.window(rows, columns), strict=True)]
    beyond = target.height * target.width - rows * columns
    if beyond and not all(test(None) for test in tests):
        beyond = 0
    return [value for value, hit in zip(values, hits, strict=True) if hit], beyond


def _numbers(values: list[Scalar]) -> list[float]:
    found: list[float] = []
    for value in values:
        if is_numeric(value):
            found.append(float(value))
        elif isinstance(value, ExcelError):
            raise Fault(value)
    return found


def _sum(found: list[float]) -> float:
    result = 0.0
    for number in found:
        result += number
    return fin(result)


def countifs(*pairs: Value) -> float:
    """COUNTIFS."""
    first = pairs[0]
    assert isinstance(first, Area)
    found, beyond = _chosen(first, pairs)
    return float(len(found) + beyond)


def sumifs(target: Area, *pairs: Value) -> float:
    """SUMIFS."""
    return _sum(_numbers(_chosen(target, pairs)[0]))


def _same_shape(area: Area, target: Area | None) -> Area:
    if target is None:
        return area
    if (area.height, area.width) != (target.height, target.width):
        raise FormulaUnsupported("条件区域与求和区域大小不一，不复算")
    return target


def sumif(area: Area, criterion: Value, target: Area | None = None) -> float:
    """SUMIF; refuses a sum range of another size, which Excel would stretch."""
    return sumifs(_same_shape(area, target), area, criterion)


def averageifs(target: Area, *pairs: Value) -> float:
    """AVERAGEIFS."""
    found = _numbers(_chosen(target, pairs)[0])
    if not found:
        raise Fault(ExcelError.DIV0)
    return _sum(found) / len(found)


def averageif(area: Area, criterion: Value, target: Area | None = None) -> float:
    """AVERAGEIF."""
    return averageifs(_same_shape(area, target), area, criterion)


def maxifs(target: Area, *pairs: Value) -> float:
    """MAXIFS; 0 where nothing meets the criteria."""
    return max(_numbers(_chosen(target, pairs)[0]), default=0.0)


def minifs(target: Area, *pairs: Value) -> float:
    """MINIFS; 0 where nothing meets the criteria."""
    return min(_numbers(_chosen(target, pairs)[0]), default=0.0)
