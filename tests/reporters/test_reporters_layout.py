import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from xlperf.reporters.layout import clean, clip, columns, wrap


@pytest.mark.parametrize(
    ("hostile", "harmless"),
    [
        ("办公费\x1b[2J\x07", "办公费 [2J "),
        ("第一行\r\n第二行\u2028第三行", "第一行  第二行 第三行"),
        ("c1 \x9b31m \x85", "c1  31m  "),
        ("a\u202egpj.exe\u2066\u200b\ufeff", "agpj.exe"),
        ("\ud800半个", "半个"),
        ("全角\u3000空格", "全角\u3000空格"),
    ],
)
def test_clean_leaves_nothing_that_acts_on_a_terminal(hostile: str, harmless: str) -> None:
    assert clean(hostile) == harmless


def test_columns_counts_chinese_as_two_and_marks_as_none() -> None:
    assert columns("A03 项目") == 8
    assert columns("e\u0301") == 1


def test_columns_is_cautious_with_ambiguous_widths() -> None:
    assert columns("“≥”") == 6


def test_clip_keeps_what_fits_and_marks_what_does_not() -> None:
    assert clip("办公费", 6) == "办公费"
    assert clip("办公费用", 6) == "办公…"


def test_wrap_never_begins_a_line_with_a_closing_mark_nor_ends_one_with_an_opening_mark() -> None:
    assert wrap("一二三四，五六", 8) == ["一二三", "四，五六"]
    assert wrap("一二三（四）", 8) == ["一二三", "（四）"]


def test_wrap_keeps_words_and_figures_whole() -> None:
    assert wrap("预算数为 1860.75 万元", 14) == ["预算数为", "1860.75 万元"]


def test_wrap_cuts_what_is_longer_than_a_line() -> None:
    assert wrap("a" * 10, 4) == ["aaaa", "aaaa", "aa"]
    assert wrap("，" * 5, 4) == ["，，", "，，", "，"]


def test_wrap_sets_following_lines_under_the_end_of_the_lead() -> None:
    assert wrap("一二三四", 8, "左：") == ["左：一二", "    三四"]


@given(st.text(max_size=300), st.integers(20, 100))
def test_wrap_keeps_to_the_width_and_loses_only_spaces(text: str, width: int) -> None:
    lines = wrap(text, width, "  ")
    assert all(columns(line) <= width for line in lines)
    assert all(cell_len(line) <= width for line in lines if line.isascii())
    assert "".join("".join(lines).split()) == "".join(clean(text).split())
