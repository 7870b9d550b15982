# ruff: noqa: E501
"""What a text plainly means, and what can be read in two ways: a figure is never guessed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlperf.rules.cleaning import dated, without_residue
from xlperf.rules.entries import bare, cleaned, glued, is_residue


@pytest.mark.parametrize(
    ("text", "unit", "operator", "number"),
    [
        ("　2.06", "", "", "2.06"),
        ("\u00a02.06\u00a0", "", "", "2.06"),
        ("2.06\r\x07", "", "", "2.06"),
        ("\ufeff2.06\u200b", "", "", "2.06"),
        ("\u202d2.06\u202c", "", "", "2.06"),
        ("2.06\u3164", "", "", "2.06"),
        ("１２３．５", "", "", "123.5"),
        ("1,234.50", "", "", "1234.5"),
        ("１，２３４", "", "", "1234"),
        ("1\u00a0234.5", "", "", "1234.5"),
        ("-3.2", "", "", "-3.2"),
        ("－ 3.2", "", "", "-3.2"),
        ("−3.2", "", "", "-3.2"),
        ("+5", "", "", "5"),
        (".5", "", "", "0.5"),
        ("12.3万元", "万元", "", "12.3"),
        ("12.3 万", "万元", "", "12.3"),
        ("65人", "人", "", "65"),
        ("65名", "人", "", "65"),
        ("100m²", "㎡", "", "100"),
        ("95%", "%", "", "95"),
        ("９５％", "%", "", "95"),
        ("6次", "次", "", "6"),
        ("≥6", "", "≥", "6"),
        (">=6次", "次", "≥", "6"),
        ("＞ 6", "", "＞", "6"),
        ("=6", "", "＝", "6"),
    ],
)
def test_a_number_in_disguise(text: str, unit: str, operator: str, number: str) -> None:
    assert cleaned(text, unit, operator) == Decimal(number)


@pytest.mark.parametrize(
    ("text", "unit", "operator"),
    [
        ("", "", ""),
        ("　", "", ""),
        ("—", "", ""),
        ("123000元", "万元", ""),
        ("12.3万元", "元", ""),
        ("12.3万万元", "万元", ""),
        ("12.3亿元", "万元", ""),
        ("¥12.30", "万元", ""),
        ("约12.3", "万元", ""),
        ("95%", "", ""),
        ("95%", "次", ""),
        ("95%%", "%", ""),
        ("≥6", "", "≤"),
        ("≥6", "", ""),
        ("≥≥6", "", "≥"),
        ("1.234,5", "", ""),
        ("12,34", "", ""),
        ("1234,567", "", ""),
        ("12 34", "", ""),
        ("1 234", "", ""),
        ("12\n34", "", ""),
        ("12\u00a034", "", ""),
        ("2 .06", "", ""),
        ("(5)", "", ""),
        ("（5）", "", ""),
        ("△5", "", ""),
        ("5-", "", ""),
        ("10²", "", ""),
        ("①", "", ""),
        ("½", "", ""),
        ("٣", "", ""),
        ("007", "", ""),
        ("1e5", "", ""),
        ("0x1F", "", ""),
        ("1_000", "", ""),
        ("2。06", "", ""),
        ("\u202e123", "", ""),
        ("1\u202e23", "", ""),
        ("12345678901234567", "", ""),
        ("0.1234567890123456789", "", ""),
        ("9" * 32767, "", ""),
        ("\u3000" * 32767, "", ""),
        ("人均≤2000元", "元", "≤"),
        ("一致好评", "", ""),
        ("inf", "", ""),
        ("nan", "", ""),
    ],
)
def test_what_can_be_read_in_two_ways_is_no_number(text: str, unit: str, operator: str) -> None:
    assert cleaned(text, unit, operator) is None


_FULL = {ord(char): ord(char) + 0xFEE0 for char in "0123456789.,-"}
_EDGE = st.text(st.sampled_from(" \t\r\n\u3000\u00a0\u2003\u200b\ufeff\u2060\x07"), max_size=4)


@given(
    st.decimals(-(10**9), 10**9, places=2),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["", "万元", "%", "人", "次"]),
    _EDGE,
    _EDGE,
    st.booleans(),
)
def test_a_number_dressed_up_is_given_back_exactly(
    number: Decimal, commas: bool, full: bool, unit: str, before: str, after: str, glue: bool
) -> None:
    text = f"{number:,}" if commas else f"{number}"
    if full:
        text = text.translate(_FULL)
    sign = "≥" if glue else ""
    assert cleaned(f"{before}{sign}{text}{unit}{after}", unit, sign) == number


@given(st.text(max_size=20))
def test_any_text_is_read_without_complaint(text: str) -> None:
    number = cleaned(text, "万元", "≥")
    if number is not None:
        digits = [char for char in text.translate({v: k for k, v in _FULL.items()}) if char in "0123456789"]
        assert digits, "no figure comes from nowhere"
    assert glued(text)[0] in ("", "≥", "≤", "＞", "＜", "＝")
    rest = without_residue(text)
    assert rest is None or len(rest) <= len(text)


@pytest.mark.parametrize("text", ["　", "\u00a0", " \t\n", "\u200b", "\ufeff", "\u2800", "\u3164", "\u115f", "\ufe0f", "\u202e"])
def test_what_looks_blank_is_blank(text: str) -> None:
    assert not bare(text)


@pytest.mark.parametrize("text", ["0", "—", "　0", ".", "\ue000"])
def test_what_shows_anything_is_not(text: str) -> None:
    assert bare(text)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("[bookmark: _GoBack]万元", "万元"),
        ("万元[bookmark: _GoBack]", "万元"),
        ("年初[Bookmark:OLE_LINK1]预算", "年初预算"),
        ("共 3 项 [bookmark: a] 完成", "共 3 项  完成"),
        ("[bookmark: _GoBack]", ""),
        ("[bookmark: a]　[bookmark: b]", ""),
        ("2.06&nbsp;", "2.06"),
        ("12[bookmark: a]34", None),
        ("[bookmark: 没有完", None),
        ("[bookmark: a]待填", None),
        ("#REF!", None),
        ("XX", None),
        ("……", None),
        ("_GoBack", None),
        ("错误!未找到引用源。", None),
    ],
)
def test_residue(text: str, rest: str | None) -> None:
    assert is_residue(text)
    assert without_residue(text) == rest


@pytest.mark.parametrize("text", ["等待补贴发放", "期待填补空白", "待补贴人员 3 人", "全年……共 5 期", "目标[见附件]"])
def test_what_is_none(text: str) -> None:
    assert not is_residue(text)


@pytest.mark.parametrize("text", ["2025-4-15", "2025年4月15日", " 2025.04.15", "２０２５／４／１５", "2025年4月15"])
def test_a_day(text: str) -> None:
    assert dated(text) == 45762


@pytest.mark.parametrize("text", ["2025-13-1", "2025-2-30", "4/15/2025", "25-4-15", "2025-4", "2025年4-15", "2025-4月15", "20250415"])
def test_what_names_no_day(text: str) -> None:
    assert dated(text) is None
