from __future__ import annotations

import json
import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from edits import where
from excel_like import Book

from xlperf.cli.main import main
from xlperf.workbook.read import read_file

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
REPORTED = SAMPLES / "机关工委_2024_报送稿.xlsx"
CLEAN = SAMPLES / "机关工委_2024_更正稿.xlsx"


def run(*args: object) -> Result:
    return CliRunner().invoke(main, ["fix", *map(str, args)], prog_name="xlperf")


@pytest.fixture
def spoiled(tmp_path: Path, base: bytes) -> Path:
    book = Book(base)
    for target, value in (
        ("公务接待费_本年决算", "　2.06"),
        ("三公经费_本年决算", 9.06),
        ("附件2_政府性基金", "\u00a0"),
        ("出国经费_上年决算", "123元"),
    ):
        book.put(*where(book, target), value)
    book.recalculate()
    path = tmp_path / "附件.xlsx"
    path.write_bytes(book.bytes())
    return path


def test_old_and_new_are_told(spoiled: Path) -> None:
    out = spoiled.with_name("副本.xlsx")
    result = run(spoiled, "-o", out)
    assert result.exit_code == 0, result.stderr
    said = result.stdout
    assert said.startswith("已清理 3 格：")
    for words in (
        "“〔全角空格〕2.06” → 2.06",
        "“〔不间断空格〕” → 空白",
        "原填 9.06，公式算得 14.26，请核对",
        "未改 1 格",
        "现填 “123元”",
        f"已写入 {out}",
        "审核副本：",
        f"xlperf check {out}",
    ):
        assert words in said, said
    width = sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in max(said.split("\n"), key=len))
    assert width <= 80 or str(out.parent) in said
    assert read_file(out).sheet("附件1") is not None


def test_the_copy_stands_beside_the_file_where_no_place_is_given(spoiled: Path) -> None:
    assert run(spoiled).exit_code == 0
    assert (spoiled.parent / "附件_已清理.xlsx").is_file()
    again = run(spoiled)
    assert again.exit_code == 2
    assert "已经存在" in again.stderr
    assert run(spoiled, "--force").exit_code == 0


def test_a_trial_writes_nothing(spoiled: Path) -> None:
    result = run(spoiled, "--dry-run")
    assert result.exit_code == 0
    assert result.stdout.startswith("将清理 3 格：")
    assert "已写入" not in result.stdout
    assert [path.name for path in spoiled.parent.iterdir()] == ["附件.xlsx"]


def test_nothing_to_do_writes_nothing(tmp_path: Path) -> None:
    result = run(CLEAN, "-o", tmp_path / "副本.xlsx")
    assert (result.exit_code, result.stdout) == (0, f"没有能断定的改动，不生成副本（{CLEAN.name}）\n")
    assert not list(tmp_path.iterdir())


def test_the_document_for_programs(spoiled: Path) -> None:
    out = spoiled.with_name("副本.xlsx")
    told = json.loads(run(spoiled, "-o", out, "--format", "json").stdout)
    assert list(told) == ["schema", "source", "digest", "output", "changes", "kept", "refreshed", "check"]
    assert (told["schema"], told["source"], told["output"]) == ("xlperf.fix/1", "附件.xlsx", str(out))
    total = next(c for c in told["changes"] if c["rule"] == "S04")
    assert total == {
        "sheet": "附件1", "cell": "L6", "label": "三公经费·本年决算", "old": 9.06, "new": 14.26,
        "why": "公式被数字或文字覆盖，恢复模板的公式", "rule": "S04",
        "formula": '=IF(COUNT(L7,L10,L11)=0,"",SUM(L7,L10,L11))', "old_formula": None,
    }  # fmt: skip
    assert told["changes"][1]["old"] == "　2.06"
    assert [item["value"] for item in told["kept"]] == ["123元"]
    assert told["check"]["exit_code"] == 1
    dry = json.loads(run(spoiled, "--dry-run", "--format", "json").stdout)
    assert dry == told | {"output": None}


@pytest.mark.parametrize(
    ("file", "out", "words"),
    [
        ("没有.xlsx", "副本.xlsx", "文件不存在"),
        ("附件.xlsx", "附件.xlsx", "要清理的文件本身"),
        ("附件.xlsx", "副本.xls", "扩展名不对"),
        ("附件.xlsx", "没有/副本.xlsx", "不存在"),
    ],
)
def test_what_cannot_be_done(spoiled: Path, file: str, out: str, words: str) -> None:
    before = spoiled.read_bytes()
    result = run(spoiled.with_name(file), "-o", spoiled.parent / out, "--force")
    assert result.exit_code == 2
    assert words in result.stderr
    assert result.stderr.count("\n") == 1
    assert spoiled.read_bytes() == before
    assert [path.name for path in spoiled.parent.iterdir()] == ["附件.xlsx"]


def test_a_limit_is_told_with_how_to_raise_it(spoiled: Path) -> None:
    result = run(spoiled, "--dry-run", "--limit", "cells=10")
    assert result.exit_code == 2
    assert "xlperf limits" in result.stderr


def test_nothing_is_left_behind(spoiled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise PermissionError(13, "denied")

    monkeypatch.setattr(os, "replace", broken)
    result = run(spoiled, "-o", spoiled.with_name("副本.xlsx"))
    assert result.exit_code == 2
    assert "没有写入权限" in result.stderr
    assert [path.name for path in spoiled.parent.iterdir()] == ["附件.xlsx"]


def test_the_real_report(tmp_path: Path) -> None:
    result = run(REPORTED, "-o", tmp_path / "副本.xlsx")
    assert result.exit_code == 0
    assert "“[bookmark: _GoBack]万元” → “万元”" in result.stdout


def test_check_does_not_load_it() -> None:
    code = (
        "import sys, xlperf.cli.check, xlperf.check\n"
        "own = 'xlperf.fix', 'xlperf.rules.cleaning', 'xlperf.workbook.patch'\n"
        "print([name for name in sys.modules if name.startswith(own)])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout.strip() == b"[]"
