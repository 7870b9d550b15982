"""``xlperf check`` of many real files in real processes: the same as one by one, interrupts, pipes, terminals."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from xlperf.batch.examine import Check, View
from xlperf.batch.limits import Bounds
from xlperf.batch.run import is_small, run_all
from xlperf.check import check_file
from xlperf.reporters import json_report, text
from xlperf.workbook.limits import Limits

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
XLPERF = [sys.executable, "-m", "xlperf"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copies of the samples, one damaged, one of a kind that is refused."""
    root = tmp_path_factory.mktemp("收件")
    for number in range(2):
        for sample in SAMPLES.glob("*.xlsx"):
            shutil.copy(sample, root / f"{number}_{sample.name}")
    whole = (root / "0_组织部_2024_报送稿.xlsx").read_bytes()
    (root / "0_损坏.xlsx").write_bytes(whole[: len(whole) // 2])
    (root / "名册.csv").write_text("a,b\n", encoding="utf-8")
    return root


def xlperf(*args: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*XLPERF, *map(str, args)], cwd=cwd, capture_output=True, encoding="utf-8", check=False)


def test_two_workers_say_what_one_process_says_in_the_order_of_the_files(folder: Path) -> None:
    paths = sorted(folder.glob("*.xlsx"), reverse=True)
    outcomes = list(run_all(paths, Check(View("json"), Limits(), whole_path=False), 2, Bounds()))
    for path, outcome in zip(paths, outcomes, strict=True):
        if "损坏" in path.name:
            assert (outcome.exit_code, outcome.source) == (2, str(path))
        else:
            assert outcome.text == json_report.one_file(check_file(path))
    pages = run_all(paths, Check(View("page"), Limits(), whole_path=False), 2, Bounds())
    for path, outcome in zip(paths, pages, strict=True):
        if "损坏" not in path.name:
            assert outcome.text == text.render(check_file(path))


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_folder_from_the_command_line(folder: Path, jobs: str) -> None:
    done = xlperf("check", folder.name, "--jobs", jobs, cwd=folder.parent)
    assert done.stderr == ""
    heads = [line.split()[0] for line in done.stdout.splitlines() if line]
    pair = ["需修改", "可报送"]  # 报送稿, 更正稿; by pinyin 损坏 stands between 机关工委 and 组织部
    assert heads[:10] == [*pair, "未能审核", *pair * 3, "未能审核"]
    assert done.stdout.splitlines()[-1] == "共 10 份：可报送 4，需修改 4，未能审核 2"
    assert done.returncode == 2


def test_json_and_json_lines_of_a_folder(folder: Path) -> None:
    document = json.loads(xlperf("check", folder.name, "--format", "json", cwd=folder.parent).stdout)
    lines = xlperf("check", folder.name, "--format", "jsonl", cwd=folder.parent).stdout.splitlines()
    assert [json.loads(line) for line in lines] == document["files"]
    assert document["exit_code"] == 2
    assert all(file["source"].startswith(folder.name) for file in document["files"])


def children(pid: int) -> list[int]:
    """Return the processes under a process that are alive."""
    listed = subprocess.run(["ps", "-e", "-o", "pid=,ppid=,stat="], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in listed.splitlines()]
    return [int(child) for child, parent, state in rows if int(parent) == pid and not state.startswith("Z")]


def gone(pids: list[int]) -> bool:
    for _ in range(100):
        listed = subprocess.run(["ps", "-e", "-o", "pid=,stat="], capture_output=True, text=True, check=True).stdout
        alive = {int(p) for p, state in map(str.split, listed.splitlines()) if not state.startswith("Z")}
        if not alive & set(pids):
            return True
        time.sleep(0.1)
    return False


def long_batch(folder: Path, **options: object) -> subprocess.Popen[str]:
    many = [str(path) for path in folder.glob("*_*.xlsx")] * 60
    return subprocess.Popen(  # type: ignore[call-overload,no-any-return]  options of every kind
        [*XLPERF, "check", *many, "--jobs", "2"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", start_new_session=True, **options,
    )  # fmt: skip


@pytest.mark.skipif(os.name != "posix", reason="process groups and ps")
def test_ctrl_c_ends_with_130_without_a_trace_or_a_stray_process(folder: Path) -> None:
    with long_batch(folder) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()  # the workers are at work
        under = children(process.pid)
        assert len(under) >= 2
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to every process
        process.stdout.read()
        assert process.stderr.read().strip() == "已中断。"
        assert process.wait() == 130
        assert gone(under)


@pytest.mark.skipif(os.name != "posix", reason="process groups and ps")
def test_ctrl_c_while_workers_start_is_clean_too(folder: Path) -> None:
    for delay in (0.15, 0.3, 0.45):
        with long_batch(folder) as process:
            time.sleep(delay)
            os.killpg(process.pid, signal.SIGINT)
            _, said = process.communicate()
        # before the command runs, the interpreter's own trace is all there can be
        assert said.strip() == "已中断。" or "xlperf.batch" not in said
        assert "mp_main" not in said


@pytest.mark.skipif(os.name != "posix", reason="process groups and ps")
def test_workers_of_a_parent_that_was_killed_end_by_themselves(folder: Path) -> None:
    with long_batch(folder) as process:
        assert process.stdout is not None
        process.stdout.readline()
        under = children(process.pid)
        process.kill()
        assert gone(under)


@pytest.mark.skipif(os.name != "posix", reason="process groups and ps")
def test_a_closed_pipe_ends_the_batch_quietly(folder: Path) -> None:
    with long_batch(folder) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        under = children(process.pid)
        process.stdout.close()
        assert process.stderr.read() == ""
        assert gone(under)


def on_a_terminal(folder: Path, environment: dict[str, str], stdout: int | None = None) -> str:
    """Return what a terminal of 80 columns gets to see."""
    import pty

    leader, follower = pty.openpty()
    keep = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "TERM", "COLUMNS")}
    process = subprocess.Popen(
        [*XLPERF, "check", folder.name], cwd=folder.parent,
        stdout=follower if stdout is None else stdout, stderr=follower,
        env={**keep, "COLUMNS": "80", **environment},
    )  # fmt: skip
    os.close(follower)
    seen = b""
    while True:
        try:
            piece = os.read(leader, 65536)
        except OSError:  # how Linux tells the end of a terminal
            break
        if not piece:
            break
        seen += piece
    os.close(leader)
    process.wait()
    return seen.decode()


@pytest.mark.skipif(os.name != "posix", reason="a pseudo-terminal")
def test_a_progress_bar_on_a_terminal_alone(folder: Path) -> None:
    seen = on_a_terminal(folder, {"TERM": "xterm"})
    assert "0/10" in seen
    assert "\x1b[?25h" in seen, "the cursor is shown again"
    assert on_a_terminal(folder, {"TERM": "xterm"}, subprocess.DEVNULL).count("/10") >= 2, "output may go elsewhere"
    plain = xlperf("check", folder.name, cwd=folder.parent)
    assert "/10" not in plain.stdout + plain.stderr


@pytest.mark.skipif(os.name != "posix", reason="a pseudo-terminal")
def test_a_dumb_terminal_has_no_bar_and_no_color_means_no_colour(folder: Path) -> None:
    assert "\x1b" not in on_a_terminal(folder, {"TERM": "dumb"})
    seen = on_a_terminal(folder, {"TERM": "xterm", "NO_COLOR": "1"})
    assert not re.search(r"\x1b\[[\d;]*[1-9][\d;]*m", seen)


def test_what_is_small(tmp_path: Path) -> None:
    bounds = Bounds()
    limits = bounds.worker
    assert all(is_small(sample, bounds) for sample in SAMPLES.glob("*.xlsx"))
    large = tmp_path / "a.xlsx"
    large.write_bytes(bytes(limits.alone_bytes + 1))
    assert not is_small(large, bounds)
    import zipfile

    with zipfile.ZipFile(large, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", bytes(limits.alone_unpacked_bytes + 1))
    assert large.stat().st_size < limits.alone_bytes
    assert not is_small(large, bounds)
    for refused in (tmp_path, tmp_path / "没有", SAMPLES / "README.md"):
        assert is_small(refused, bounds)


def test_a_small_file_costs_no_import_of_what_only_a_batch_needs(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom xlperf.cli.main import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit: print(sorted({'multiprocessing', 'rich', 'tomllib', 'xlperf.batch.pool'} & {*sys.modules}))"
    )
    call = [sys.executable, "-c", code, "check", str(SAMPLES / "组织部_2024_更正稿.xlsx")]
    done = subprocess.run(call, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.splitlines()[-1] == "[]"
