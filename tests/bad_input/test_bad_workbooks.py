"""What is no sound filled form ends in one Chinese sentence and status 2, and never stops the others."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from spoiled import SPOILED

from xlperf.cli.main import main
from xlperf.reporters.layout import columns

#: Latin words that users know; anything else in a sentence would be a library speaking.
KNOWN = {"xlsx", "xlsm", "xls", "csv", "txt", "html", "dtd", "excel", "wps", "word", "yiyang", "mb", "xlperf"}


def check(*args: object) -> Result:
    return CliRunner().invoke(main, ["check", *map(str, args)], prog_name="xlperf")


def sentence(result: Result, source: str = "送来.xlsx") -> str:
    """Return the sentence of a JSON report of one file, having looked at it."""
    assert result.exit_code == 2
    assert result.exception is None or isinstance(result.exception, SystemExit)
    document = json.loads(result.stdout_bytes.decode())
    (entry,) = document["files"]
    assert (document["exit_code"], entry["exit_code"]) == (2, 2)
    text = str(entry["error"])
    assert text.endswith("。")
    assert "Traceback" not in text
    words = re.findall(r"[a-z]{2,}", text.replace(source, "").lower())
    assert set(words) <= KNOWN, text
    assert not any(unicodedata.category(char).startswith("C") for char in text)
    assert len(text) < 200
    return text


@pytest.mark.parametrize("case", SPOILED)
def test_one_sentence_says_what_it_is(case: str, base: bytes, tmp_path: Path) -> None:
    spoil, words = SPOILED[case]
    path = tmp_path / "送来.xlsx"
    path.write_bytes(spoil(base))
    assert words in sentence(check("--format", "json", path))
    shown = check(path)
    assert (shown.exit_code, shown.stdout) == (2, "")
    lines = shown.stderr.splitlines()
    assert lines[0].startswith("未能审核")
    assert words.replace(" ", "") in "".join(shown.stderr.split())
    assert all(columns(line) <= 80 for line in lines)


@pytest.mark.parametrize("name", ["没有.xlsx", "文件夹.xlsx", "没有/没有.xlsx", "长" * 300 + ".xlsx"])
def test_what_is_no_file(name: str, tmp_path: Path) -> None:
    (tmp_path / "文件夹.xlsx").mkdir()
    text = sentence(check("--format", "json", tmp_path / name))
    assert str(tmp_path) not in text


def test_a_file_without_permission(base: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "送来.xlsx"
    path.write_bytes(base)
    path.chmod(0)
    if os.access(path, os.R_OK):  # root reads everything

        def deny(*_: object, **__: object) -> None:
            raise PermissionError(13, "Permission denied", str(path))

        monkeypatch.setattr(Path, "open", deny)
    assert "没有读取权限" in sentence(check("--format", "json", path))
    assert "没有读取权限" in check(path).stderr.replace("\n", "")


def test_click_does_not_look_at_permissions_first(
    base: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a user who is not root: click itself asks the system, and would stop the whole batch."""
    path = tmp_path / "送来.xlsx"
    path.write_bytes(base)
    monkeypatch.setattr(os, "access", lambda *_, **__: False)
    assert "命令写法有误" not in check(path).stderr


@pytest.mark.parametrize(
    "name", ["a\nb.xlsx", "\x1b[2J\x1b]0;x\x07.xlsx", "\u202exslx.exe.xlsx", "a\tb\r.xlsx", "-rf.xlsx", "'\"$(x).xlsx"]
)
@pytest.mark.parametrize("case", ["empty", "macros", "wrong version", "other workbook", "external links"])
def test_a_name_writes_nothing_to_the_terminal(name: str, case: str, base: bytes, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(SPOILED[case][0](base))
    shown = check(path)
    assert shown.exit_code == 2
    assert not any(
        unicodedata.category(char).startswith("C") and char != "\n" for char in shown.stderr + shown.stdout
    )
    document = json.loads(check("--format", "json", path).stdout_bytes.decode())
    assert document["files"][0]["exit_code"] == 2


def test_a_sound_file_with_an_odd_name_is_checked(base: bytes, tmp_path: Path) -> None:
    path = tmp_path / "附件\x1b[31m\n组织部.xlsx"
    path.write_bytes(base)
    result = check(path)
    assert result.exit_code == 0
    assert "\x1b" not in result.stdout


def test_in_a_batch_the_others_are_checked(base: bytes, tmp_path: Path) -> None:
    paths: list[Path] = []
    for number, (spoil, _) in enumerate(SPOILED.values()):
        paths.append(tmp_path / f"{number}.xlsx")
        paths[-1].write_bytes(spoil(base))
    good = tmp_path / "好.xlsx"
    good.write_bytes(base)
    middle = len(paths) // 2
    result = check("--format", "json", *paths[:middle], good, *paths[middle:], tmp_path / "没有.xlsx")
    assert result.exit_code == 2
    files = json.loads(result.stdout_bytes.decode())["files"]
    assert len(files) == len(paths) + 2
    assert [entry["exit_code"] for entry in files].count(0) == 1
    assert files[middle]["acceptable"]
    shown = check(*paths[:2], good)
    assert shown.exit_code == 2
    assert "可以报送" in shown.stdout


@pytest.mark.parametrize("case", ["noise", "truncated", "macros", "bomb"])
def test_the_real_program_says_the_same(case: str, base: bytes, tmp_path: Path) -> None:
    spoil, words = SPOILED[case]
    path = tmp_path / "送来.xlsx"
    path.write_bytes(spoil(base))
    done = subprocess.run(
        [sys.executable, "-c", "from xlperf.cli.start import entry; entry()", "check", str(path)],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    assert (done.returncode, done.stdout) == (2, b"")
    text = done.stderr.decode()
    assert words.replace(" ", "") in "".join(text.split())
    assert "Traceback" not in text


@pytest.mark.parametrize("case", SPOILED)
def test_the_lint_refuses_them_too_or_says_what_is_wrong(case: str, base: bytes, tmp_path: Path) -> None:
    path = tmp_path / "送来.xlsx"
    path.write_bytes(SPOILED[case][0](base))
    result = CliRunner().invoke(main, ["template", "lint", str(path)], prog_name="xlperf")
    assert result.exit_code in (1, 2)
    assert isinstance(result.exception, SystemExit)
    assert "Traceback" not in result.output
