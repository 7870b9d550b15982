from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from xlperf.cli.main import main
from xlperf.reporters.layout import columns
from xlperf.template import library
from xlperf.template.library import Template


def run(*args: object) -> Result:
    return CliRunner().invoke(main, ["template", *map(str, args)], prog_name="xlperf")


@pytest.fixture
def source(tmp_path: Path, template: Template) -> Path:
    folder = tmp_path / "yiyang-2024"
    folder.mkdir()
    for path in template.path.parent.glob("*.toml"):
        shutil.copy(path, folder)
    return folder


def test_registered_templates_are_listed(template: Template) -> None:
    result = run("list")
    assert (result.exit_code, result.stdout.splitlines()) == (
        0,
        [
            f"yiyang-2024  第 {template.version} 版  2024 年度  2024年度部门整体支出绩效自评",
            f"  {template.path}",
        ],
    )


def test_no_template_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "root", lambda: tmp_path)
    result = run("list")
    assert result.exit_code == 2
    assert "没有登记的模板" in result.stderr


def test_the_registered_workbook_agrees_with_its_source() -> None:
    result = run("build", "yiyang-2024", "--check")
    assert (result.exit_code, result.stdout) == (0, "yiyang-2024.xlsx 逐字节相同。\n")


def test_building_beside_the_source(source: Path, template: Template) -> None:
    built = source / "yiyang-2024.xlsx"
    missing = run("build", source, "--check")
    assert (missing.exit_code, built.exists()) == (1, False)
    assert missing.stdout.startswith("yiyang-2024.xlsx 与文本源不一致，请运行 xlperf template build")
    updated = run("build", source)
    assert (updated.exit_code, updated.stdout) == (0, "yiyang-2024.xlsx 已更新。\n")
    assert built.read_bytes() == template.path.read_bytes()
    assert run("build", source).stdout == "yiyang-2024.xlsx 逐字节相同。\n"
    assert sorted(path.suffix for path in source.iterdir() if path.suffix != ".toml") == [".xlsx"]


def test_a_faulty_source(source: Path) -> None:
    (source / "附件1.toml").write_text("rows = [", encoding="utf-8")
    result = run("build", source)
    assert result.exit_code == 2
    assert result.stderr.startswith("错误：模板源文件 附件1.toml 写法有误")


def test_what_is_no_source(tmp_path: Path) -> None:
    result = run("build", tmp_path)
    assert result.exit_code == 2
    assert "不是模板的文件夹" in result.stderr


@pytest.mark.parametrize("by", ["id", "path"])
def test_the_registered_template_passes_the_lint(template: Template, by: str) -> None:
    result = run("lint", template.id if by == "id" else template.path)
    assert (result.exit_code, result.stdout) == (0, "yiyang-2024.xlsx：合乎约定。\n")


def test_breaches_are_told_with_what_to_do(source: Path) -> None:
    settings = source / "template.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("unlocked = true\n", ""), encoding="utf-8")
    assert run("build", source).exit_code == 0
    result = run("lint", source / "yiyang-2024.xlsx")
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert "填报格是锁定的" in lines[0]
    assert lines[1].startswith("  怎样改：")
    assert lines[-1] == "yiyang-2024.xlsx：1 类不合约定之处。"
    assert all(columns(line) <= 80 for line in lines)


def test_what_cannot_be_linted(tmp_path: Path) -> None:
    result = run("lint", "没有这个编号")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "不是文件，也不是已登记的模板编号" in result.stderr
    missing = run("lint", tmp_path / "没有.xlsx")
    assert missing.exit_code == 2
    assert "文件不存在" in missing.stderr


def test_the_group_speaks_chinese() -> None:
    unknown = run("lnt")
    assert unknown.exit_code == 2
    assert unknown.stderr.startswith("命令写法有误：没有“lnt”这个命令，可用的有 list、build、lint。")
    page = run("--help").stdout
    assert "  lint   检查工作簿是否合乎模板的约定" in page
