"""The commonest call goes its own short way and says what every other way says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from xlperf.cli import start

SAMPLES = Path(__file__).parents[2] / "samples"
FILES = [
    SAMPLES / "机关工委_2024_报送稿.xlsx",
    SAMPLES / "组织部_2024_更正稿.xlsx",
    SAMPLES / "data",
    SAMPLES / "没有这个文件.xlsx",
    Path(__file__),
]


def run(*arguments: object, **environment: str) -> tuple[int, bytes, bytes]:
    done = subprocess.run(
        [sys.executable, "-m", "xlperf", *map(str, arguments)],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment},
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_short_way_says_the_same(path: Path) -> None:
    assert run("check", path) == run("check", path, "--format", "text")


def test_a_limit_that_is_set_holds(tmp_path: Path) -> None:
    limits = tmp_path / "limits.toml"
    limits.write_text("cells = 10", encoding="utf-8")
    status, out, error = run("check", FILES[0], XLPERF_LIMITS=str(limits))
    assert (status, out) == (2, b"")
    assert b"10" in error


@pytest.mark.parametrize(
    "line",
    [
        ["check"], ["check", "--help"], ["check", "-"], ["check", "a", "b"], ["check", "*.xlsx"], ["check", "~/a.xlsx"],
        ["recalc", "a.xlsx"], ["--version"], [], ["check", "a.xlsx", "--verbose"], ["check", "%TEMP%"],
    ],
)  # fmt: skip
def test_every_other_call_is_for_the_library(line: list[str]) -> None:
    assert not start._is_plain_check(["xlperf", *line])


def test_the_short_way_imports_no_library_of_commands(tmp_path: Path) -> None:
    code = (
        "import sys, xlperf.cli.start as start\n"
        "try:\n    start.start()\nexcept SystemExit as end:\n"
        "    print(end.code, [name for name in ('click', 'lxml', 'rich', 'numpy') if name in sys.modules])"
    )
    script = tmp_path / "run.py"
    script.write_text(code, encoding="utf-8")
    for _ in range(2):  # the first may fill the cache
        done = subprocess.run(
            [sys.executable, str(script), "check", str(FILES[1])], capture_output=True, check=True, encoding="utf-8",
            env={**os.environ, "PYTHONIOENCODING": "utf-8", "XLPERF_CACHE_DIR": str(tmp_path / "cache")},
        )  # fmt: skip
    assert done.stdout.splitlines()[-1] == "0 []"


@pytest.mark.skipif(os.name == "nt", reason="there are no such signals")
def test_an_interrupt_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("xlperf.cli.checking.check_files", interrupted)
    assert start._check("a.xlsx") == 130
    assert capsys.readouterr().err == "\n已中断。\n"


def test_a_reader_that_leaves_is_no_error() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "xlperf", "check", str(FILES[0])], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
