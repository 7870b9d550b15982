"""What is no plain file, or has a name that no file should have."""

from __future__ import annotations

import json
import os
import socket
import sys
from pathlib import Path

import pytest
from hostile_parts import SAMPLE
from test_hostile import bounded, is_a_sentence

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="makes what other systems do not have")


def refused(path: Path, scratch: Path, words: str) -> None:
    ran = bounded("check", path, scratch)
    (report,) = json.loads(ran.out)["files"]
    assert ran.status == 2
    is_a_sentence(report["error"])
    assert words in report["error"]


def test_a_folder(tmp_path: Path) -> None:
    (tmp_path / "夹.xlsx").mkdir()
    refused(tmp_path / "夹.xlsx", tmp_path, "文件夹")


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "管.xlsx")
    refused(tmp_path / "管.xlsx", tmp_path, "不是普通文件")


def test_a_socket(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        here = os.getcwd()
        os.chdir(tmp_path)  # the path of a socket may have about 100 bytes
        try:
            listener.bind("s.xlsx")
        finally:
            os.chdir(here)
        refused(tmp_path / "s.xlsx", tmp_path, "不是普通文件")


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null", "/dev/stdin", "/dev/tty"])
def test_a_device(device: str, tmp_path: Path) -> None:
    if not os.path.exists(device):
        pytest.skip(f"no {device} here")
    (tmp_path / "链.xlsx").symlink_to(device)
    ran = bounded("check", tmp_path / "链.xlsx", tmp_path)
    assert ran.status == 2


def test_a_loop_of_links(tmp_path: Path) -> None:
    (tmp_path / "甲.xlsx").symlink_to(tmp_path / "乙.xlsx")
    (tmp_path / "乙.xlsx").symlink_to(tmp_path / "甲.xlsx")
    refused(tmp_path / "甲.xlsx", tmp_path, "系统读不出")


def test_a_link_to_nothing(tmp_path: Path) -> None:
    (tmp_path / "断.xlsx").symlink_to(tmp_path / "没有.xlsx")
    refused(tmp_path / "断.xlsx", tmp_path, "文件不存在")


def test_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "锁.xlsx"
    path.write_bytes(SAMPLE.read_bytes())
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")
    refused(path, tmp_path, "没有读取权限")


@pytest.mark.parametrize(
    "name",
    [
        "a\x1b[2J\x1b]0;x\x07.xlsx",
        "一\n退出码 0\n.xlsx",
        "\u202excod.xlsx",
        "x\ttab\r.xlsx",
        "长" * 80 + ".xlsx",
        "--help.xlsx",
        "~$送来.xlsx",
        "$(id).xlsx",
        "'; rm -rf x; '.xlsx",
        b"\xff\xfe\x80.xlsx".decode("utf-8", "surrogateescape"),
    ],
)
def test_a_name_that_speaks_to_the_terminal(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(b"noise\x00\x01")
    ran = bounded("check", path, tmp_path)
    assert ran.status == 2
    (report,) = json.loads(ran.out)["files"]
    is_a_sentence(report["error"])
