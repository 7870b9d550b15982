import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from xlperf.cli.main import main
from xlperf.reporters.layout import columns
from xlperf.reporters.rules_page import render
from xlperf.rules.catalogue import RULES
from xlperf.rules.record import State


def run(*args: str) -> Result:
    return CliRunner().invoke(main, ["rule", *args], prog_name="xlperf")


def test_all_rules_are_listed_in_the_order_of_the_catalogue() -> None:
    result = run()
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert [line[:3] for line in lines if not line.startswith(" ")] == [rule.id for rule in RULES]
    assert lines[0] == "S01  强制  程序  模板编号、版本、年度与已登记的模板一致。"
    assert all(columns(line) <= 80 for line in lines)


def test_a_record_is_printed_under_its_headings() -> None:
    result = run("A01")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "A01  强制  三公经费等于公务用车、出国、公务接待三项之和。"
    headings = [line for line in lines[2:] if line and not line.startswith(" ")]
    assert headings == ["检查什么", "为什么", "怎样改", "前提", "允许误差", "涉及的格", "示例", "依据"]
    assert any(line.startswith("  不符：") for line in lines)
    assert any(line.startswith("  通过：") for line in lines)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_record_keeps_to_the_width(rule) -> None:
    page = run(rule.id).stdout
    assert all(columns(line) <= 80 for line in page.splitlines())
    assert "".join(rule.checks.split()) in "".join(page.split())


@pytest.mark.parametrize("name", ["a01", "Ａ０１", " A01", "A01-3"])
def test_an_id_may_be_written_carelessly(name: str) -> None:
    assert run(name).stdout == run("A01").stdout


def test_json_holds_the_whole_record() -> None:
    result = run("C01", "--format", "json")
    assert result.exit_code == 0
    document = json.loads(result.stdout_bytes.decode())
    assert document["schema"] == "xlperf.rule/2"
    (record,) = document["rules"]
    assert (record["id"], record["level"], record["home"]) == ("C01", "强制", "审核")
    assert record["fails"]["edits"] == {"会议培训费_年初预算": None}
    assert record["fails"]["actions"] == []
    assert list(record) == [
        "id", "level", "state", "statement", "checks", "why", "mend", "needs", "tolerance", "looks_at",
        "source", "home", "fails", "passes",
    ]  # fmt: skip
    assert record["state"] == "启用"


def test_json_of_all_rules() -> None:
    document = json.loads(run("--format", "json").stdout_bytes.decode())
    assert [record["id"] for record in document["rules"]] == [rule.id for rule in RULES]


def test_an_unknown_id_is_one_sentence_with_near_ids() -> None:
    result = run("A99")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("错误：没有编号为“A99”的规则，相近的有 A09")
    assert result.stderr.count("\n") == 1


def test_an_id_like_no_other_points_to_the_list() -> None:
    result = run("总分")
    assert result.exit_code == 2
    assert result.stderr == "错误：没有编号为“总分”的规则，用 xlperf rule 可列出全部规则。\n"


def test_a_retired_id_says_so() -> None:
    result = run("s07")
    assert result.exit_code == 2
    assert result.stderr == "错误：规则 S07 已取消（已并入其他规则），这个编号不再使用。\n"


def test_the_help_is_chinese() -> None:
    page = run("--help").stdout
    assert page.startswith("用法：xlperf rule [选项] [编号]\n")
    assert "不给编号时列出全部规则" in page


def test_a_rule_that_is_not_in_force_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for state, words in ((State.TRIAL, "正在观察"), (State.OFF, "已停用：不审核")):
        changed = tuple(rule._replace(state=state) if rule.id == "A01" else rule for rule in RULES)
        monkeypatch.setattr("xlperf.rules.catalogue.RULES", changed)
        monkeypatch.setattr("xlperf.rules.lookup.by_id", {rule.id: rule for rule in changed}.get)
        listed = next(line for line in run().stdout.splitlines() if line.startswith("A01"))
        assert listed.startswith(f"A01  强制  审核  [{state.value}] 三公")
        assert words in run("A01").stdout
        assert json.loads(run("A01", "--format", "json").stdout_bytes.decode())["rules"][0]["state"] == state.value


def test_the_page_of_all_rules_is_written_to_a_file(tmp_path: Path) -> None:
    out = tmp_path / "规则.md"
    assert run("--format", "markdown", "-o", str(out)).exit_code == 0
    assert out.read_text(encoding="utf-8") == render(RULES)
    assert run("--format", "markdown").stdout_bytes.decode() == render(RULES)


def test_the_page_is_of_all_rules() -> None:
    result = run("A01", "--format", "markdown")
    assert result.exit_code == 2
    assert "请不要再给编号" in result.stderr


def test_the_command_needs_no_third_party_but_click() -> None:
    heavy = "formulas", "numpy", "openpyxl", "xlsxwriter", "lxml", "rich"
    code = (
        "import sys, xlperf.cli.rule, xlperf.rules.catalogue\n"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout.strip() == b"[]"
