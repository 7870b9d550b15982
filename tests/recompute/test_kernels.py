"""Kernels by property: what holds for any number, format or text."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlperf.errors import FormulaUnsupported
from xlperf.recompute.functions import why_not
from xlperf.recompute.kernels.chinese import spelled
from xlperf.recompute.kernels.core import Fault, fin, parse_number
from xlperf.recompute.kernels.criteria import test_of as criterion_of
from xlperf.recompute.kernels.formats import text_format
from xlperf.recompute.kernels.numbers import _quantize, round_
from xlperf.values import ExcelError

PIECES = [
    *("0", "#", "?", ".", ",", "%", ";", "@", '"元"', "!", "\\", "_", "[>=1]", "[<0]", "[红色]"),
    *("万", " ", "-", "/", "x", "*"),
    *("[DBNum1]", "[DBNum2]", "[$-804]", "[$￥-804]", "E+", "General", "G/通用格式"),
    *("yyyy", "m", "mm", "d", "h", "ss", "[h]", "aaaa", "AM/PM", "上午/下午"),
]
formats = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)
values = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-(10**9), 10**9),
    st.text(max_size=8),
    st.booleans(),
    st.none(),
)


@given(values, formats)
def test_any_format_gives_text_or_an_error_or_a_reason(value: object, layout: str) -> None:
    try:
        shown: object = text_format(value, layout)  # type: ignore[arg-type] - any value
    except Fault as fault:
        shown = fault.error
    except FormulaUnsupported as reason:
        shown = str(reason)
    assert isinstance(shown, str) or shown in (ExcelError.VALUE, ExcelError.NUM)


@given(st.integers(1, 999_999_999_999))
def test_spelled_amounts_read_back(number: int) -> None:
    assert _read(spelled(str(number), 2)) == number


def _read(shown: str) -> int:
    """Read a formal Chinese number: groups of 亿 and 万, in each digits with their units."""
    for unit, size in (("亿", 10**8), ("万", 10**4)):
        if unit in shown:
            before, _, after = shown.partition(unit)
            return _read(before) * size + _read(after)
    total, digit = 0, 0
    for sign in shown:
        if sign in "拾佰仟":
            total, digit = total + digit * 10 ** ("拾佰仟".index(sign) + 1), 0
        else:
            digit = "零壹贰叁肆伍陆柒捌玖".index(sign)
    return total + digit


@given(st.floats(-1e9, 1e9), st.integers(0, 6))
def test_the_quick_way_of_round_is_the_decimal_way(number: float, places: int) -> None:
    assert round_(number, float(places)) == _quantize(number, places, ROUND_HALF_UP)


@given(st.integers(-(10**9), 10**9), st.integers(0, 4))
def test_halves_round_away_from_zero(number: int, places: int) -> None:
    half = float(f"{number}5e-{places + 1}")
    away = float(f"{number + (1 if number >= 0 else -1)}e-{places}")
    assert round_(half, float(places)) == away


@pytest.mark.parametrize(("number", "expected"), [(1e-310, 0.0), (-1e-310, 0.0), (-0.0, 0.0), (5e307, 5e307)])
def test_what_is_too_small_is_zero(number: float, expected: float) -> None:
    assert repr(fin(number)) == repr(expected)


@pytest.mark.parametrize("number", [float("inf"), float("-inf"), float("nan")])
def test_what_is_too_large_is_an_error(number: float) -> None:
    with pytest.raises(Fault):
        fin(number)


@given(st.text(max_size=12))
def test_any_text_is_a_number_or_none_or_doubtful(text: str) -> None:
    for call in (lambda: parse_number(text), lambda: criterion_of(text)(text)):
        try:
            call()
        except (Fault, FormulaUnsupported):
            continue


@pytest.mark.parametrize(
    ("name", "part"),
    [("TODAY", "日期"), ("RAND", "随机"), ("RMB", "货币"), ("CELL", "程序"), ("FOO", "不在可复算之列")],
)
def test_a_refused_function_says_why(name: str, part: str) -> None:
    assert part in why_not(name)


def test_the_reason_reaches_the_user(value: Callable[..., object]) -> None:
    assert value("=TODAY()-A1", A1=1) == "?函数 TODAY 的结果随打开的日期变化，不复算"
