"""The READMEs tell the truth: their commands run and print what is shown, their pictures and folders exist."""

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
PICTURES = ROOT / "templates" / "yiyang-2024" / "pictures"
STATUS = {
    "samples/组织部_2024_报送稿.xlsx": 1,
    "samples/机关工委_2024_报送稿.xlsx": 1,
    "tests/recompute/books/空与零.xlsx": 1,
}
LEFT_OUT = "…"


def blocks(path: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL)


def commands() -> list[tuple[str, str, str]]:
    """Return every command: README, line, and the output that is shown under it."""
    return [
        (path.name, *(said.split("\n", 1)))
        for path in READMES
        for block in blocks(path, "console")
        for said in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
    ]


def run(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[int, str]:
    arguments = shlex.split(line)
    assert arguments.pop(0) == "xlperf"
    if "-o" in arguments:
        out = arguments.index("-o") + 1
        arguments[out] = str(tmp_path / arguments[out])
    monkeypatch.chdir(ROOT)
    result = CliRunner().invoke(main, arguments)
    return result.exit_code, result.output


def test_there_are_commands() -> None:
    assert len(commands()) >= 14
    shown = {line.split()[1] for _, line, _ in commands()}
    assert shown == {"check", "fix", "rule", "fields", "new", "fill", "recalc", "template"}


@pytest.mark.parametrize(("readme", "line", "shown"), commands(), ids=range(len(commands())))
def test_every_command_runs(
    readme: str, line: str, shown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, printed = run(line, tmp_path, monkeypatch)
    judges = line.split()[1] != "fix"  # which is done, whatever is still wrong with the copy
    due = max((code for name, code in STATUS.items() if name in line and judges), default=0)
    assert status == due, (readme, printed[-500:])
    first, *others = (part.strip("\n") for part in re.split(rf"^{LEFT_OUT}$", shown, flags=re.MULTILINE))
    assert printed.startswith(first), (readme, printed[:500])
    rest = printed[len(first) :]
    for part in filter(None, others):
        _, found, rest = rest.partition(f"\n{part}\n")
        assert found, (readme, part)
    assert shown.endswith(f"{LEFT_OUT}\n") or not rest.strip(), (readme, rest)


@pytest.mark.parametrize("path", READMES, ids=lambda p: p.name)
def test_the_first_set_up_command_runs_the_main_job(path: Path) -> None:
    [first, *_] = blocks(path, "sh")
    assert re.fullmatch(
        r"python3 -m venv \.venv && \.venv/bin/pip install -q -e \. && \.venv/bin/xlperf check (\S+)\n", first
    )
    sample = first.split()[-1]
    assert (ROOT / sample).is_file()
    on_windows = blocks(path, "bat")[0]
    assert on_windows.startswith('cmd /c "py -m venv'), "also for Windows PowerShell 5, which has no &&"
    assert sample.replace("/", "\\") in on_windows


def test_the_second_passes_the_tests_and_is_what_the_gate_runs() -> None:
    second = blocks(READMES[0], "sh")[1]
    assert '-e ".[dev]"' in second
    command = second.rpartition("&& .venv/bin/")[2].strip()
    assert command in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "dev" in project["project"]["optional-dependencies"]
    assert project["project"]["scripts"] == {"xlperf": "xlperf.cli.start:entry"}


@pytest.mark.parametrize("path", READMES, ids=lambda p: p.name)
def test_links_and_files_exist(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)]+)\)", text):
        assert (ROOT / target).exists(), target
    for named in re.findall(r"`((?:xlperf|templates|tests|samples)/[\w./一-鿿-]+)`", text):
        assert (ROOT / named).exists(), named
    assert not re.search(r"1[3-9]\d{9}|0\d{2,3}-\d{7,8}", text)


def test_every_picture_is_shown_and_small() -> None:
    text = READMES[1].read_text(encoding="utf-8")
    for picture in PICTURES.iterdir():
        assert picture.relative_to(ROOT).as_posix() in text
        assert picture.stat().st_size < 150_000
