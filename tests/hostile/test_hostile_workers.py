"""Hostile files as a user meets them: one by one through the command, large ones in a worker; and all as a batch."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from make import CASES, write

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="measures by the system's accounting")

NAMES = [
    "zip bomb",
    "many bombs, each within the ratio",
    "a million cells",
    "a million attributes",
    "100 000 names",
    "2 900 000 tags",
    "a million styles",
    "40 000 sums of the same 50 000 cells",
]


def check(*arguments: str, cache: Path) -> tuple[subprocess.CompletedProcess[bytes], float]:
    """Run the command; return how it ended and the megabytes of its largest process so far."""
    done = subprocess.run(
        [sys.executable, "-m", "xlperf", "check", *arguments],
        capture_output=True,
        env={**os.environ, "XLPERF_CACHE_DIR": str(cache)},
        check=False,
        timeout=120,
    )
    return done, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


@pytest.mark.parametrize("name", NAMES)
def test_one_file_through_the_command(name: str, tmp_path: Path) -> None:
    path = write(name, tmp_path)
    done, _ = check("--format", "json", str(path), cache=tmp_path / "cache")
    assert done.returncode in CASES[name].status
    assert b"Traceback" not in done.stderr
    (report,) = json.loads(done.stdout)["files"]
    assert CASES[name].words in report.get("error", "")


def test_all_as_one_batch(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    paths = {str(write(name, folder)): name for name in NAMES}
    done, megabytes = check("--format", "json", "--jobs", "2", str(folder), cache=tmp_path / "cache")
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr
    files = json.loads(done.stdout)["files"]
    assert len(files) == len(NAMES)
    for file in files:
        name = paths[file["source"]]
        assert (2 if "error" in file else file["exit_code"]) in CASES[name].status, file
        assert CASES[name].words in file.get("error", "")
    assert megabytes < 1024
