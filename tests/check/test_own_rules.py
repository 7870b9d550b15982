"""A bureau adds rules of its own with nothing but Excel; reports tell them with their text and how to mend."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bureau import HOSPITALITY, ID, RECORDS, with_two_rules
from click.testing import CliRunner, Result

from xlperf.check import check_snapshot
from xlperf.cli.main import main
from xlperf.findings import Level, Report, Status
from xlperf.publish.fill import fill, load_data
from xlperf.reporters import text
from xlperf.template import library
from xlperf.template.library import Template
from xlperf.workbook.read import read_bytes

DATA = Path(__file__).resolve().parents[2] / "samples" / "data" / "组织部_2024_更正稿.toml"
Checked = Callable[[dict[str, Any]], Report]


@pytest.fixture(scope="module")
def own(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Template:
    """The bureau's template, in a folder of registered templates of its own."""
    folder = tmp_path_factory.mktemp("templates") / ID
    return with_two_rules(template).save(folder / f"{ID}.xlsx")


@pytest.fixture
def registered(own: Template, monkeypatch: pytest.MonkeyPatch) -> Template:
    monkeypatch.setattr(library, "root", lambda: own.path.parent.parent)
    return library.find(ID)


@pytest.fixture
def checked(registered: Template) -> Checked:
    def make(fields: dict[str, Any]) -> Report:
        data = copy.deepcopy(load_data(DATA))
        data["字段"].update(fields)
        return check_snapshot(read_bytes(fill(registered, data), "单位.xlsx"))

    return make


def test_a_submission_that_keeps_the_bureaus_rules_passes(checked: Checked) -> None:
    report = checked({})
    assert report.template == ID
    assert report.acceptable
    assert [o.status for o in report.outcomes if o.rule == "Z01"] == [Status.PASSED]


def test_a_breach_is_told_with_the_rows_text_and_the_bureaus_advice(checked: Checked) -> None:
    report = checked({"公务接待费_本年决算": 3.06, "公务接待费_上年决算": 2.99})
    (finding,) = [f for f in report.findings if f.rule == "Z01"]
    assert finding.level is Level.BLOCKING
    assert finding.message.startswith(HOSPITALITY["text"])
    assert finding.todo == RECORDS["Z01"][1]
    assert finding.places[0].cell.sheet == "附件1"
    assert (finding.left and finding.left.value, finding.right and finding.right.value) == (3.06, 2.99)
    page = text.render(report)
    assert "[强制] Z01" in page
    assert RECORDS["Z01"][1][:12] in page


def test_the_state_on_the_hidden_sheet_counts(checked: Checked) -> None:
    """Z02 is on trial: what it finds is recorded and keeps nobody back."""
    report = checked({"办公费_上年决算": 1})
    assert "Z02" not in {f.rule for f in report.findings}
    assert [f.rule for f in report.trial] == ["Z02"]
    assert report.trial[0].todo == RECORDS["Z02"][1]


def run(*args: str) -> Result:
    return CliRunner().invoke(main, list(args), prog_name="xlperf")


@pytest.mark.usefixtures("registered")
def test_the_rule_command_knows_the_rules_of_registered_templates() -> None:
    page = run("rule", "z01")
    assert page.exit_code == 0
    assert page.stdout.startswith("Z01  强制  公务接待费本年决算不超过上年决算。")
    assert RECORDS["Z01"][1] in "".join(page.stdout.split())
    assert "市财政局办公会纪要" in page.stdout
    assert run("rule").stdout.splitlines()[-1].startswith("Z02  核实  审核  [观察] 办公费决算")
    (record,) = json.loads(run("rule", "Z02", "--format", "json").stdout)["rules"]
    assert (record["state"], record["fails"]["text"]) == ("观察", RECORDS["Z02"][3])


@pytest.mark.usefixtures("registered")
def test_a_check_may_be_of_the_bureaus_rule_only(registered: Template, tmp_path: Path) -> None:
    out = tmp_path / "单位.xlsx"
    data = copy.deepcopy(load_data(DATA))
    data["字段"].update({"公务接待费_本年决算": 3.06, "公务接待费_上年决算": 2.99})
    out.write_bytes(fill(registered, data))
    result = run("check", str(out), "--select", "Z01")
    assert result.exit_code == 1
    assert result.stdout.startswith("未全部审核：只审核了 Z01，其中有 1 条强制不符")


@pytest.mark.usefixtures("registered")
def test_the_template_is_linted_by_its_id() -> None:
    result = run("template", "lint", ID)
    assert result.exit_code == 0, result.stdout
    assert result.stdout == f"{ID}.xlsx：合乎约定。\n"
