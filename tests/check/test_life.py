"""The life of a rule, and checks of some rules only: on trial it is recorded, off it is not checked, left out it has
not passed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from conftest import SAMPLES, ZZB
from edits import apply

from xlperf.check import check_snapshot
from xlperf.cli.main import main
from xlperf.findings import ALL_RULES, Choice, Report, Status
from xlperf.reporters import json_report, text
from xlperf.rules.catalogue import by_id
from xlperf.rules.life import SWITCHED_OFF
from xlperf.rules.record import Example, Rule, State
from xlperf.workbook.read import read_bytes

REPORTED = SAMPLES / "组织部_2024_报送稿.xlsx"
#: An overwritten sum, and a figure that is text: one rule of the workbook and one of the program.
TWO = Example("", {"三公经费_本年决算": 15.26, "公车运行维护费_全年预算": "　14"})
Living = Callable[[str, State], None]


@pytest.fixture(scope="module")
def broken(base: bytes) -> bytes:
    return apply(base, TWO)


@pytest.fixture
def living(monkeypatch: pytest.MonkeyPatch) -> Living:
    """Give a rule another state."""

    def change(rule_id: str, state: State) -> None:
        before = by_id(rule_id)
        assert before is not None
        record: Rule = before._replace(state=state)
        monkeypatch.setattr("xlperf.rules.life.APART", frozenset({rule_id}))
        monkeypatch.setattr("xlperf.rules.life.by_id", lambda other: record if other == rule_id else by_id(other))

    return change


def check(data: bytes, choice: Choice = ALL_RULES) -> Report:
    return check_snapshot(read_bytes(data, "例.xlsx"), choice)


def rules_of(report: Report) -> set[str]:
    return {f.rule for finding in report.findings for f in (finding, *finding.consequences)}


@pytest.mark.parametrize("rule", ["A01", "T01"])
def test_what_a_rule_on_trial_finds_is_recorded_and_not_shown(broken: bytes, living: Living, rule: str) -> None:
    assert rule in rules_of(check(broken))
    living(rule, State.TRIAL)
    report = check(broken)
    assert rule not in rules_of(report)
    assert {finding.rule for finding in report.trial} == {rule}
    assert not [item for item in (*report.outcomes, *report.unchecked) if item.rule == rule]
    assert f"{rule}  " not in text.render(report, verbose=True)
    document = json.loads(json_report.render([report]))["files"][0]
    assert [finding["id"] for finding in document["trial"]] == [rule]
    assert rule not in {finding["id"] for finding in document["findings"]}


def test_a_rule_on_trial_does_not_keep_a_workbook_back(base: bytes, living: Living) -> None:
    data = apply(base, by_id("I01").fails)
    assert check(data).exit_code == 1
    living("I01", State.TRIAL)
    report = check(data)
    assert (report.acceptable, report.exit_code) == (True, 0)
    assert text.render(report).startswith("通过")
    assert len(report.trial) == 1


@pytest.mark.parametrize("rule", ["A01", "T01"])
def test_a_rule_that_is_off_is_not_checked_and_says_so(broken: bytes, living: Living, rule: str) -> None:
    living(rule, State.OFF)
    report = check(broken)
    assert rule not in rules_of(report)
    assert not report.trial
    assert {outcome.status for outcome in report.outcomes if outcome.rule == rule} == {Status.NOT_CHECKED}
    assert {item.reason for item in report.unchecked if item.rule == rule} == {SWITCHED_OFF}
    assert f"{SWITCHED_OFF}：{rule}" in text.render(report)


def test_a_hidden_rule_does_not_hide_what_it_would_have_explained(base: bytes, living: Living) -> None:
    data = apply(base, by_id("C02").fails)
    assert "X04" not in {finding.rule for finding in check(data).findings}
    living("C02", State.TRIAL)
    assert "X04" in {finding.rule for finding in check(data).findings}


# -- some rules only ---------------------------------------------------------------------------------


def run(*args: str | Path) -> Result:
    return CliRunner().invoke(main, ["check", *map(str, args)], prog_name="xlperf")


def test_select_shows_only_these(broken: bytes) -> None:
    report = check(broken, Choice(select=("A01", "K02")))
    assert rules_of(report) == {"A01"}
    assert {item.rule for item in (*report.outcomes, *report.unchecked)} <= {"A01", "K02"}
    assert report.exit_code == 1
    assert not report.acceptable


def test_ignore_leaves_out(broken: bytes) -> None:
    whole, part = check(broken), check(broken, Choice(ignore=("A01",)))
    assert "A01" in rules_of(whole)
    assert "A01" not in rules_of(part)
    assert "T01" in rules_of(part)


def test_what_is_not_wholly_checked_has_never_passed(base: bytes) -> None:
    for choice, head in (
        (Choice(select=("K02",)), "未全部审核：只审核了 K02，其中没有需要改正或说明的问题"),
        (Choice(ignore=("I01", "K02")), "未全部审核：没有审核 I01、K02，其余没有需要改正或说明的问题"),
        (Choice(("K02", "A01"), ("A01",)), "未全部审核：只审核了 K02，其中没有需要改正或说明的问题"),
    ):
        report = check(base, choice)
        assert text.render(report).startswith(head)
        assert "可以报送" not in text.render(report)
        assert (report.clean, report.acceptable, report.exit_code) == (True, False, 2)
        document = json.loads(json_report.render([report]))
        assert document["exit_code"] == 2
        (file,) = document["files"]
        assert not file["acceptable"]
        assert file["verdict"].startswith("未全部审核")
        assert (file["select"], file["ignore"]) == (list(choice.select), list(choice.ignore))


def test_a_whole_check_says_that_nothing_was_left_out(base: bytes) -> None:
    (file,) = json.loads(json_report.render([check(base)]))["files"]
    assert (file["select"], file["ignore"], file["trial"]) == ([], [], [])


def test_folded_consequences_are_found_where_they_are_asked_for(base: bytes) -> None:
    data = apply(base, by_id("C02").fails)
    report = check(data, Choice(select=("X04",)))
    assert rules_of(report) == {"X04"}
    assert not [f for finding in report.findings for f in finding.consequences if f.rule != "X04"]


@pytest.mark.parametrize("ids", [["k02,ａ０１"], ["K02、A01"], ["K02", "A01"], [" K02 A01 "]])
def test_ids_may_be_written_carelessly(ids: list[str]) -> None:
    given = [part for rule in ids for part in ("--select", rule)]
    result = run(REPORTED, *given)
    assert result.exit_code == 2
    assert result.stdout.startswith("未全部审核：只审核了 K02、A01")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--select", "A99"], "没有编号为“A99”的规则，相近的有 A09"),
        (["--ignore", "s07"], "规则 S07 已取消"),
        (["--select", "A04-2"], "请写规则的编号 A04"),
        (["--select", "K02", "--ignore", "K02"], "没有可审核的"),
    ],
)
def test_ids_that_will_not_do(arguments: list[str], words: str) -> None:
    result = run(REPORTED, *arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert words in result.stderr
    assert result.stderr.count("\n") == 1


def test_of_many_files_each_is_checked_in_part(tmp_path: Path) -> None:
    for name in (f"{ZZB}.xlsx", REPORTED.name):
        (tmp_path / name).write_bytes((SAMPLES / name).read_bytes())
    result = run(tmp_path, "--ignore", "I01", "--jobs", "1")
    assert result.exit_code == 2
    assert "未审全    " in result.stdout
    assert "可报送    " not in result.stdout
    assert result.stdout.splitlines()[-1] == "共 2 份：可报送 0，需修改 1，未能审核 0，未全部审核 1"
