"""The READMEs tell the truth: their commands run, their pictures and folders exist."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from xlperf.cli.main import main

ROOT = Path(__file__).resolve().parents[2]
READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]
STATUS = {"samples/组织部_2024_报送稿.xlsx": 1}


def blocks(path: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL)


def commands() -> list[tuple[str, str]]:
    return [
        (path.name, line.removeprefix("$ "))
        for path in READMES
        for block in blocks(path, "console")
        for line in block.splitlines()
        if line.startswith("$ xlperf ")
    ]


def test_there_are_commands() -> None:
    assert len(commands()) >= 10


@pytest.mark.parametrize(("readme", "line"), commands())
def test_every_command_runs(readme: str, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = shlex.split(line)[1:]
    arguments = [str(tmp_path / a) if a.endswith(".xlsx") and "/" not in a else a for a in arguments]
    monkeypatch.chdir(ROOT)
    result = CliRunner().invoke(main, arguments)
    wanted = max((code for name, code in STATUS.items() if name in arguments), default=0)
    assert result.exit_code == wanted, (readme, line, result.output[-500:])


@pytest.mark.parametrize("path", READMES, ids=lambda p: p.name)
def test_the_first_set_up_command_runs_the_main_job(path: Path) -> None:
    [first, *_] = blocks(path, "sh")
    assert re.fullmatch(
        r"python3 -m venv \.venv && \.venv/bin/pip install -q -e \. && \.venv/bin/xlperf check (\S+)\n", first
    )
    sample = first.split()[-1]
    assert (ROOT / sample).is_file()
    assert len(blocks(path, "bat")) >= 1


def test_the_second_passes_the_tests_and_is_what_the_gate_runs() -> None:
    second = blocks(READMES[0], "sh")[1]
    assert '-e ".[dev]"' in second
    command = second.rpartition("&& .venv/bin/")[2].strip()
    assert command in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "dev" in project["project"]["optional-dependencies"]


@pytest.mark.parametrize("path", READMES, ids=lambda p: p.name)
def test_links_and_pictures_exist(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)]+)\)", text):
        assert (ROOT / target).exists(), target
    assert not re.search(r"1[3-9]\d{9}", text)


def test_the_sample_of_the_report_is_what_check_prints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    printed = CliRunner().invoke(main, ["check", "samples/组织部_2024_报送稿.xlsx"]).output
    [shown] = blocks(READMES[1], "text")
    for line in shown.strip().splitlines():
        assert line in printed, line
