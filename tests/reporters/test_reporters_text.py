from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reports_by_hand import (
    BASE,
    GRADE,
    IDENTITY,
    OVERSPENT,
    PROJECTS,
    ROUNDED,
    STAFF,
    UNCHECKED,
    UNFILLED,
    full,
    place,
    report,
)
from rich.cells import cell_len

from xlperf.findings import Finding, Level, Side, Unchecked
from xlperf.reporters import Failure
from xlperf.reporters.layout import columns
from xlperf.reporters.text import render, render_failure
from xlperf.reporters.words import batch_summary, say_value, summary, verdict

GOLDEN = Path(__file__).parent / "golden" / "full.txt"
HOSTILE = "\x1b[31m办公费\r\n\x9b2J\u202e\x00" + "长" * 5000


def test_the_golden_report() -> None:
    assert render(full()) == GOLDEN.read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [40, 60, 80, 100])
@pytest.mark.parametrize("verbose", [False, True])
def test_no_line_is_wider_than_asked(width: int, verbose: bool) -> None:
    for line in render(full(), width=width, verbose=verbose).splitlines():
        assert cell_len(line) <= width


def test_a_report_can_be_shown_on_a_gbk_console() -> None:
    render(full(), verbose=True).encode("gbk")


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        (report(), "通过：没有需要改正或说明的问题，可以报送"),
        (report(IDENTITY), "通过：没有需要改正或说明的问题，可以报送（另有 1 条提示）"),
        (
            report(STAFF, unchecked=UNCHECKED[:1]),
            "通过：没有需要改正或说明的问题，可以报送（另有 1 条已说明、1 项未检）",
        ),
        (report(PROJECTS, OVERSPENT), "有 1 条强制不符、1 条待说明，暂不能报送"),
        (report(GRADE, PROJECTS, STAFF), "有 2 条强制不符，暂不能报送"),
        (report(OVERSPENT), "有 1 条待说明，暂不能报送"),
        (report(UNFILLED), "尚未填完：还有 9 格未填，暂不能报送"),
        (report(UNFILLED._replace(places=())), "尚未填完，暂不能报送"),
        (report(UNFILLED, GRADE), "尚未填完：还有 9 格未填；另有 1 条强制不符，暂不能报送"),
        (report(broken=1), "有 1 项审核出错，暂不能报送"),
    ],
)
def test_the_first_line_is_the_verdict(made, sentence: str) -> None:
    assert verdict(made) == sentence
    assert render(made, width=200).splitlines()[0] == f"{sentence}（机关工委_2024.xlsx）"


def test_cells_not_filled_in_are_counted_once_over_all_findings() -> None:
    again = UNFILLED._replace(places=UNFILLED.places[:2])
    assert "还有 9 格未填" in verdict(report(UNFILLED, again))


def test_the_summary_counts_every_outcome() -> None:
    assert summary(report(ROUNDED, UNFILLED, unchecked=UNCHECKED[:2])) == (
        "共审核 43 项：通过 39，不符 2，未检 2（其中 1 项差额可由四舍五入解释）"
    )
    assert summary(report(broken=2)) == "共审核 41 项：通过 39，不符 0，未检 0，出错 2"


def test_a_broken_check_is_named_and_not_blamed_on_the_unit() -> None:
    assert "A08 在审核中出错，不是填报的问题" in render(report(broken=2))


def test_the_worst_stands_first_within_a_sheet() -> None:
    notice = GRADE._replace(rule="I12", level=Level.NOTICE, places=PROJECTS.places)
    lines = render(report(STAFF, notice, OVERSPENT, PROJECTS)).splitlines()
    heads = [line.split()[0] for line in lines if line.startswith("  [")]
    assert heads == ["[强制]", "[核实]", "[提示]", "[核实·已说明]"]


def test_what_is_to_be_filled_in_is_listed_whole() -> None:
    many = UNFILLED._replace(places=tuple(place(BASE, f"B{row}") for row in range(2, 60, 2)))
    text = render(report(many))
    assert all(f"B{row}" in text for row in range(2, 60, 2))


def test_long_lists_are_cut_unless_everything_is_asked_for() -> None:
    many = UNFILLED._replace(rule="S12", places=tuple(place(BASE, f"B{row}") for row in range(2, 60, 2)))
    effects = tuple(GRADE._replace(rule=f"X{n:02}") for n in range(20))
    reasons = tuple(Unchecked("N01", f"原因{n}") for n in range(20))
    made = report(many, PROJECTS._replace(consequences=effects), unchecked=reasons)
    short, whole = render(made), render(made, verbose=True)
    assert "B16 等 29 格" in short
    assert "B58" in whole
    assert "…… 等 20 条" in short
    assert "X19" in whole
    assert "另有 12 种原因" in short
    assert "原因19" in whole


def test_checks_not_made_are_grouped_by_reason() -> None:
    lines = render(report(unchecked=UNCHECKED)).splitlines()
    assert "  3 项 所引的格未填：B01、B02" in lines
    assert "    X07：附件3-1!F6（执行率）" not in lines
    assert "    X07：附件3-1：F6（执行率）" in render(report(unchecked=UNCHECKED), verbose=True).splitlines()


def test_a_side_without_a_cell_and_value_is_only_named() -> None:
    blank = Side("附件2 社保栏", None, place(BASE, "D9"))
    finding = PROJECTS._replace(left=Side("第五章写“无”"), right=blank)
    page = render(report(finding))
    assert "左：第五章写“无”\n" in page
    assert "右：附件2 社保栏（D9） = 未填\n" in page


def test_text_values_are_quoted_and_numbers_are_not() -> None:
    assert (say_value("　5.00"), say_value(5.0), say_value(None)) == ("“　5.00”", "5", "未填")


def test_colour_only_where_asked() -> None:
    assert "\x1b" not in render(full())
    coloured = render(full(), color=True)
    assert coloured.startswith("\x1b[1;31m尚未填完")
    assert render(report(), color=True).startswith("\x1b[1;32m通过")


def hostile_report(text: str):
    where = place(text or "表", "B2", text, text)
    finding = Finding(
        text,
        Level.BLOCKING,
        text,
        places=(where, place(BASE, "C3", text)),
        left=Side(text, text, where),
        right=Side(text, text),
        difference=text,
        tolerance=text,
        todo=text,
        row=text,
        consequences=(Finding(text, Level.QUERY, text, (where,)),),
    )
    made = report(finding, finding._replace(explained=text), unchecked=(Unchecked(text, text, (where,)),))
    return made._replace(source=text, template=text, version=text, facts={text: text}, notes=(text,))


@pytest.mark.parametrize("verbose", [False, True])
def test_text_out_of_a_workbook_cannot_act_on_the_terminal(verbose: bool) -> None:
    page = render(hostile_report(HOSTILE), verbose=verbose)
    assert not set(page) & set("\x1b\x9b\r\x00\u202e")
    assert all(cell_len(line) <= 80 for line in page.splitlines())


@given(st.text(alphabet=st.characters(), max_size=60), st.booleans())
def test_any_text_can_be_rendered_within_the_width(text: str, verbose: bool) -> None:
    page = render(hostile_report(text), verbose=verbose)
    assert all(columns(line) <= 80 for line in page.split("\n"))


def test_a_file_that_could_not_be_checked() -> None:
    assert render_failure(Failure("甲.xlsx", "文件已加密，请去掉密码后再审。")) == (
        "未能审核（甲.xlsx）\n  文件已加密，请去掉密码后再审。\n"
    )


def test_the_line_on_a_batch() -> None:
    results = [report(), report(GRADE), Failure("甲.xlsx", "打不开")]
    assert batch_summary(results) == "共 3 份：可报送 1，需修改 1，未能审核 1"
