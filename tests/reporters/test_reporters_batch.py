"""What the terminal says of many files: aligned where it fits, never wider than the terminal, nothing raw."""

from __future__ import annotations

import pytest
from reports_by_hand import full, report

from xlperf.findings import Report
from xlperf.reporters import Failure
from xlperf.reporters.batch_text import NAME_COLUMNS, name_columns, render_ending, render_line
from xlperf.reporters.layout import columns
from xlperf.reporters.words import brief

FAILURE = Failure("收件/坏.xlsx", "无法读取“坏.xlsx”：文件已损坏。")


def line(result: Report | Failure, source: str, **options: int) -> str:
    return render_line(result._replace(source=source), **options)


def test_the_words_stand_under_each_other() -> None:
    names = ["a.xlsx", "部门.xlsx"]
    width = name_columns(names)
    lines = [line(FAILURE, name, names=width) for name in names]
    assert lines == ["未能审核  a.xlsx     原因见最后\n", "未能审核  部门.xlsx  原因见最后\n"]


def test_a_long_name_has_lines_of_its_own_and_does_not_widen_the_column() -> None:
    name = "很长" * 30 + ".xlsx"
    assert name_columns([name, "a.xlsx"]) == 6
    shown = line(FAILURE, name, names=6).splitlines()
    assert len(shown) == 3
    assert shown[-1] == " " * 12 + "原因见最后"
    assert "".join(part.strip() for part in shown[:2]).removeprefix("未能审核").strip() == name


@pytest.mark.parametrize("width", [40, 60, 80, 100])
def test_lines_keep_to_the_width(width: int) -> None:
    for result in (full(), report(), FAILURE):
        for name in ("a.xlsx", "部门整体支出绩效自评表.xlsx", "x" * 90, "名 " * 40):
            for names in (0, 6, NAME_COLUMNS):
                shown = line(result, name, width=width, names=names)
                assert all(columns(part) <= width for part in shown.splitlines()), shown
    ending = render_ending([FAILURE], [("名" * 60, "因" * 90)], ["注" * 60], width=width)
    assert all(columns(part) <= width for part in ending.splitlines())


def test_no_name_and_no_reason_can_act_on_the_terminal() -> None:
    evil = "a\x1b[2J\u202e\nb.xlsx"
    shown = line(FAILURE, evil, names=30) + render_ending([FAILURE], [(evil, evil)])
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert len(line(FAILURE, evil, names=30).splitlines()) == 1


def test_colour_is_for_the_verdict_alone() -> None:
    assert render_line(FAILURE, color=True, names=20).startswith("\x1b[1;31m未能审核\x1b[0m  收件")


def test_brief_counts_what_keeps_a_workbook_back_or_what_is_worth_knowing() -> None:
    for part in brief(full()).split("、"):
        what, number = part.split()
        assert what in ("未填", "强制", "待说明", "审核出错")
        assert int(number) > 0
    assert all(part.split()[0] in ("提示", "已说明", "未检") for part in brief(report()).split("、") if part)
