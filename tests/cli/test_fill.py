from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from xlperf.cli.main import main
from xlperf.workbook.read import read_file

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
DATA = {"模板": "yiyang-2024", "字段": {"单位全称": "某某局"}, "项目": [{"字段": {"项目名称": "甲"}}]}


def run(*args: object) -> Result:
    return CliRunner().invoke(main, ["fill", *map(str, args)], prog_name="xlperf")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "数据.json"
    path.write_text(json.dumps(DATA), encoding="utf-8")
    return path


def test_a_sample_is_made_again_byte_for_byte(tmp_path: Path) -> None:
    out = tmp_path / "组织部.xlsx"
    result = run(SAMPLES / "data" / "组织部_2024_更正稿.toml", "-o", out)
    assert result.exit_code == 0, result.stderr
    assert out.read_bytes() == (SAMPLES / "组织部_2024_更正稿.xlsx").read_bytes()
    first, second = result.stdout.splitlines()
    assert first == f"已生成 {out}：模板 yiyang-2024 第 1.0.0 版，项目表 4 张。"
    assert second == f"审核：xlperf check {out}"


def test_an_existing_file_stays_unless_forced(tmp_path: Path, data: Path) -> None:
    out = tmp_path / "已有.xlsx"
    out.write_bytes(b"mine")
    refused = run(data, "-o", out)
    assert refused.exit_code == 2
    assert refused.stderr == f"错误：“{out}”已经存在，要覆盖请加 --force，或换一个文件名。\n"
    assert out.read_bytes() == b"mine"
    assert run(data, "-o", out, "--force").exit_code == 0
    assert read_file(out).sheet("附件3-1") is not None


def test_nothing_is_left_behind(tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise PermissionError(13, "denied")

    monkeypatch.setattr(os, "replace", broken)
    out = tmp_path / "填好.xlsx"
    result = run(data, "-o", out)
    assert result.exit_code == 2
    assert result.stderr == (
        "错误：写不了“填好.xlsx”：没有写入权限，或文件正被 Excel 打开，请换一个位置或文件名。\n"
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == [data.name]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("填好.xls", "扩展名不对"),
        ("填好", "扩展名不对"),
        ("没有/填好.xlsx", "不存在"),
        ("长" * 300 + ".xlsx", "系统不接受"),
    ],
)
def test_where_nothing_can_be_written(tmp_path: Path, data: Path, name: str, words: str) -> None:
    result = run(data, "-o", tmp_path / name)
    assert result.exit_code == 2
    assert words in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_folder_is_not_overwritten(tmp_path: Path, data: Path) -> None:
    (tmp_path / "文件夹.xlsx").mkdir()
    result = run(data, "-o", tmp_path / "文件夹.xlsx", "--force")
    assert result.exit_code == 2
    assert "是文件夹" in result.stderr


def test_the_template_of_data_and_option(tmp_path: Path, data: Path) -> None:
    out = tmp_path / "填好.xlsx"
    assert run(data, "-o", out, "--template", "yiyang-2024").exit_code == 0
    other = run(data, "-o", out, "--force", "--template", "yiyang-2025")
    assert other.exit_code == 2
    assert "数据文件写的是模板“yiyang-2024”，--template 却是“yiyang-2025”" in other.stderr
    data.write_text('{"字段": {}}', encoding="utf-8")
    assert run(data, "-o", out, "--force").exit_code == 0
    assert "没有登记编号为“没有”的模板" in run(data, "-o", out, "--force", "--template", "没有").stderr


def test_loading_the_command_is_cheap() -> None:
    heavy = "formulas", "numpy", "openpyxl", "xlsxwriter", "lxml", "rich"
    modules = "xlperf.cli.fill, xlperf.cli.new, xlperf.cli.fields, xlperf.cli.template"
    code = f"import sys, {modules}\nprint([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout.strip() == b"[]"
