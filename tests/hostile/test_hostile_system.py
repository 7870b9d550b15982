"""What the system sees, below Python: no other file is opened, nothing is connected to, nothing is started."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hostile_measure import run
from make import write

_CALLS = "open,openat,openat2,creat,connect,socket,execve,execveat,unlink,unlinkat,rename,renameat,renameat2,sendto"
_OPENED = re.compile(r'\b(?:open|openat|openat2|creat)\((?:AT_FDCWD, )?"([^"]*)", ([A-Z_|]+)')


def _allowed(name: str, flags: str, path: Path, scratch: Path) -> bool:
    if name.startswith(str(scratch / "cache")):
        return True
    if re.search("O_WRONLY|O_RDWR|O_CREAT", flags):
        return name == "/dev/null"
    folders = (
        sys.prefix,
        sys.base_prefix,
        os.path.realpath(sys.base_prefix),
        str(Path(__file__).parents[2] / "xlperf"),
        str(Path(__file__).parents[2] / "templates"),
        str(Path(__file__).parent),
        "/lib",
        "/usr/lib",
        "/usr/local/lib",
        "/usr/share/locale",
        "/proc/",
        "/sys/",
        "/dev/null",
        "/dev/urandom",
        "/etc/ld.so",
        "/etc/localtime",
        "/usr/share/zoneinfo",
        "/etc/python",
        "/usr/share/python",
    )
    # the interpreter looks for packages in the folders of the path, wherever these are
    return name == str(path) or name.startswith(folders) or os.path.isdir(name) or name.endswith((".pth", "pyvenv.cfg"))


@pytest.mark.parametrize(
    "name",
    [
        "xxe used by a formula",
        "external dtd in a sheet",
        "xxe in a drawing",
        "other files",
        "WEBSERVICE and its like",
        "connections and query tables",
    ],
)
def test_the_system_is_asked_for_nothing_else(name: str, tmp_path: Path) -> None:
    if shutil.which("strace") is None:
        pytest.skip("strace is not on the PATH")
    path = write(name, tmp_path)
    run("check", path, tmp_path)  # fills the cache
    trace = tmp_path / "trace"
    child = subprocess.run(
        [
            "strace",
            "-f",
            "-qq",
            "-s",
            "4096",
            "-o",
            str(trace),
            "-e",
            f"trace={_CALLS}",
            sys.executable,
            "-m",
            "xlperf",
            "check",
            str(path),
        ],
        env={**os.environ, "XLPERF_CACHE_DIR": str(tmp_path / "cache"), "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    lines = trace.read_text(errors="replace").splitlines() if trace.exists() else []
    if not any("execve(" in line for line in lines):
        pytest.skip(f"strace may not trace here: {child.stderr[:200]!r}")
    assert sum("execve(" in line for line in lines) == 1
    assert not [line for line in lines if re.search(r"\b(connect|socket|sendto|execveat)\(", line)]
    assert not [
        line for line in lines if re.search(r"\b(unlink|rename)\w*\(", line) and str(tmp_path / "cache") not in line
    ]
    opened = [match.groups() for line in lines if (match := _OPENED.search(line)) and " = -1 " not in line]
    assert (str(path),) in [(file,) for file, _ in opened]
    assert not [file for file in opened if not _allowed(*file, path, tmp_path)]
