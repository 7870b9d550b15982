from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from xlperf.address import parse_range
from xlperf.check import check_file
from xlperf.cli.main import main
from xlperf.template.library import Template
from xlperf.workbook.read import read_file


def run(*args: object) -> Result:
    return CliRunner().invoke(main, ["new", *map(str, args)], prog_name="xlperf")


def rows(path: Path) -> dict[str, int]:
    areas = {
        name.name: parse_range(name.text)
        for name in read_file(path).names
        if name.scope is None
    }
    return {name: area.bottom - area.top + 1 for name, area in areas.items()}


def test_one_project_is_the_default(tmp_path: Path) -> None:
    out = tmp_path / "空白.xlsx"
    result = run("-o", out)
    assert (result.exit_code, result.stdout) == (
        0, f"已生成 {out}：模板 yiyang-2024 第 1.0.0 版，项目表 1 张。\n"
    )  # fmt: skip
    frame = [finding for finding in check_file(out).findings if finding.rule.startswith("S")]
    assert frame == []


def test_no_project(tmp_path: Path) -> None:
    result = run("-o", tmp_path / "空白.xlsx", "--projects", 0)
    assert "没有项目表" in result.stdout
    assert read_file(tmp_path / "空白.xlsx").sheet("附件3-1") is None


def test_projects_and_rows(tmp_path: Path) -> None:
    out = tmp_path / "空白.xlsx"
    wanted = "附件2_数量指标=6", "质量指标=3", "项目2_数量指标=5"
    result = run("-o", out, "--projects", 2, *(word for text in wanted for word in ("--rows", text)))
    assert result.exit_code == 0
    assert result.stdout.splitlines()[1:] == [
        "  附件2_数量指标 6 行", "  质量指标 3 行", "  项目2_数量指标 5 行"
    ]  # fmt: skip
    made = rows(out)
    assert made["附件2_数量指标"] == 6
    assert (made["项目1_质量指标"], made["项目2_质量指标"]) == (3, 3)
    assert (made["项目1_数量指标"], made["项目2_数量指标"]) == (3, 5)
    assert not [finding for finding in check_file(out).findings if finding.rule.startswith("S")]


@pytest.mark.parametrize("number", ["201", "-1", "1.5", "三", "99999999999"])
def test_a_wrong_number_of_projects(tmp_path: Path, number: str) -> None:
    result = run("-o", tmp_path / "空白.xlsx", f"--projects={number}")
    assert result.exit_code == 2
    assert f"--projects 的值不对（要 0 到 200 的整数，现为“{number}”）" in result.stderr


@pytest.mark.parametrize("text", ["数量指标", "=3", "数量指标=0", "数量指标=501", "数量指标=三", "数量指标=-1"])
def test_rows_that_are_written_wrong(tmp_path: Path, text: str) -> None:
    result = run("-o", tmp_path / "空白.xlsx", "--rows", text)
    assert result.exit_code == 2
    assert result.stderr == f"错误：--rows 要写成 块=行数，行数 1 到 500，现为“{text}”。\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("附件2_数量指票=3", "是不是“附件2_数量指标”"),
        ("项目2_数量指标=3", "前缀编号不超过 --projects"),
        ("无此=3", "没有叫“无此”的块；"),
    ],
)
def test_a_block_that_is_not_there(tmp_path: Path, text: str, words: str) -> None:
    result = run("-o", tmp_path / "空白.xlsx", "--rows", text)
    assert result.exit_code == 2
    assert words in result.stderr
    assert not (tmp_path / "空白.xlsx").exists()


def test_what_could_not_be_checked_later_is_not_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, template: Template
) -> None:
    from xlperf.workbook import limits

    monkeypatch.setattr(limits, "Limits", partial(limits.Limits, formulas=1000))
    result = run("-o", tmp_path / "空白.xlsx", "--projects", 3)
    assert result.exit_code == 2
    assert "这样的工作簿太大" in result.stderr


def test_an_existing_file_stays_unless_forced(tmp_path: Path) -> None:
    out = tmp_path / "已有.xlsx"
    out.write_bytes(b"mine")
    assert "已经存在" in run("-o", out).stderr
    assert out.read_bytes() == b"mine"
    assert run("-o", out, "--force").exit_code == 0


def test_the_output_must_be_named() -> None:
    result = run()
    assert result.exit_code == 2
    assert result.stderr.startswith("命令写法有误：缺少 --output。")
