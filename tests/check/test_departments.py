"""What must be found in the two departments' annexes as reported, and what must not."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pytest
from generated import flat, told

from xlperf.check import check_file
from xlperf.findings import Finding, Level, Report

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
WORKS, ORGANISATION = "机关工委_2024_报送稿", "组织部_2024_报送稿"


@lru_cache
def report(name: str) -> Report:
    return check_file(SAMPLES / f"{name}.xlsx")


def find(name: str, rule: str, left: object = None, right: object = None, words: str = "") -> Finding:
    for finding in flat(report(name)):
        sides = (finding.left.value if finding.left else None, finding.right.value if finding.right else None)
        wanted = [(given, side) for given, side in zip((left, right), sides, strict=True) if given is not None]
        close = all(side == pytest.approx(given, abs=0.005) for given, side in wanted)
        if finding.rule == rule and close and words in finding.message:
            return finding
    raise AssertionError((rule, left, right, words, told(report(name))))


@pytest.mark.parametrize(
    ("name", "rule", "left", "right", "words"),
    [
        (WORKS, "N04", 65.76, 82.76, "基本支出合计"),
        (WORKS, "N04", 0, 3.0, "项目支出合计"),
        (WORKS, "K02", 4.9, 4.0, "基本支出"),
        (WORKS, "K02", 4.9, 4.25, "项目支出"),
        (WORKS, "B08", 99.8, 98.25, "总分"),
        (WORKS, "K06", None, None, "没有满意度数值"),
        (WORKS, "A07", 1.0625, 1, "控制率"),
        (WORKS, "S03", None, None, "2023"),
        (ORGANISATION, "B01", 0.9664, 0.9655, "执行率"),
        (ORGANISATION, "X04", 430.0, 430.59, "附件3"),
        (ORGANISATION, "X04", 416.96, 417.55, "附件3"),
        (ORGANISATION, "C02", None, None, "运行维护经费"),
        (ORGANISATION, "I01", None, None, "人员经费支出"),
        (ORGANISATION, "T10", None, None, "优秀"),
    ],
)
def test_it_is_found(name: str, rule: str, left: float | None, right: float | None, words: str) -> None:
    find(name, rule, left, right, words)


@pytest.mark.parametrize("percent", ["1288%", "200%", "188%", "163%", "150%"])
def test_attainment_without_a_reason(percent: str) -> None:
    assert find(ORGANISATION, "K05", words=percent).level is Level.QUERY


def test_three_projects_with_money_have_no_sheet() -> None:
    names = [f.message for f in report(WORKS).findings if f.rule == "C02"]
    assert len(names) == 3
    assert all("没有对应的附件3" in message for message in names)


def test_income_is_off_by_rounding_only() -> None:
    finding = find(WORKS, "B04", 432.24, 432.23)
    assert finding.level is Level.QUERY
    assert finding.rounded
    assert not finding.open


def test_pairs_that_only_look_wrong_are_left_alone() -> None:
    for finding in flat(report(ORGANISATION)):
        sides = {side.value for side in (finding.left, finding.right) if side}
        assert not {70, 64} & sides, finding
        assert not {1796.77, 1796.78} & sides, finding
    assert not any(f.rule == "B02" for f in flat(report(ORGANISATION)))


def test_the_score_of_the_project_stands() -> None:
    """9.66 is right although the rate beside it is not."""
    assert not any(
        finding.rule in ("B02", "B08") and any(place.cell.sheet == "附件3-1" for place in finding.places)
        for finding in flat(report(ORGANISATION))
    )
