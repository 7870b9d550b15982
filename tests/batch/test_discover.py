"""Which files a folder means: nothing lost silently, names as a person would sort them, no loop."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from xlperf.batch.discover import SPREADSHEETS, discover, notes, order
from xlperf.reporters import Failure


def made(root: Path, *names: str) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"x")
    return root


def names(root: Path, *paths: Path) -> list[str]:
    entries = discover(paths or [root]).entries
    return [entry.source if isinstance(entry, Failure) else entry.relative_to(root).as_posix() for entry in entries]


def test_names_are_sorted_as_a_person_would(tmp_path: Path) -> None:
    # by pinyin: cai, jiao, min; numbers by their size, whatever their width and zeros
    made(tmp_path, "民政局.xlsx", "教育局.xlsx", "财政局.xlsx")
    made(tmp_path, "b10.xlsx", "B9.xlsx", "a００2.xlsx", "a1.xlsx", "a11.xlsx")
    assert names(tmp_path) == [
        "a1.xlsx", "a００2.xlsx", "a11.xlsx", "B9.xlsx", "b10.xlsx", "财政局.xlsx", "教育局.xlsx", "民政局.xlsx",
    ]  # fmt: skip


def test_a_folders_own_files_come_first_then_folder_after_folder(tmp_path: Path) -> None:
    made(tmp_path, "z.xlsx", "10/a.xlsx", "9/b.xlsx", "9/内/c.xlsx", "9/d.xlsx")
    assert names(tmp_path) == ["z.xlsx", "9/b.xlsx", "9/d.xlsx", "9/内/c.xlsx", "10/a.xlsx"]


def test_equal_keys_have_an_order_of_their_own() -> None:
    assert order("A1") != order("a1")
    assert sorted(["a01", "a1", "A1"], key=order) == sorted(["A1", "a1", "a01"], key=order)


def test_a_name_of_many_digits_or_of_no_encoding_is_sorted() -> None:
    wild = ["9" * 9000, "坏\udcff", "", "²", "٣"]
    assert sorted(wild, key=order) == ["", "²", "٣", "9" * 9000, "坏\udcff"]


def test_every_form_of_a_spreadsheet_is_taken_whatever_the_case(tmp_path: Path) -> None:
    made(tmp_path, *(f"x{ending.upper()}" for ending in SPREADSHEETS))
    assert len(names(tmp_path)) == len(SPREADSHEETS)


def test_temporary_and_hidden_files_are_skipped_and_counted(tmp_path: Path) -> None:
    made(tmp_path, "a.xlsx", "~$a.xlsx", ".~a.xlsx", ".~lock.a.xlsx#", ".a.xlsx", ".git/b.xlsx", "__MACOSX/a.xlsx")
    found = discover([tmp_path])
    assert [entry.name for entry in found.entries if isinstance(entry, Path)] == ["a.xlsx"]
    assert found.skipped == 6
    assert notes(found) == ["跳过临时文件和隐藏文件 6 个。"]


def test_other_files_are_counted_by_kind(tmp_path: Path) -> None:
    found = discover([made(tmp_path, "a.DOCX", "b.docx", "c.zip", "d")])
    empty = f"文件夹“{tmp_path.name}”中没有表格，请核对文件夹，要审核的是 .xlsx 文件。"
    assert found.entries == [Failure(str(tmp_path), empty)]
    assert notes(found) == ["另有 4 个文件不是表格，没有审核：.docx 2、.zip 1、无扩展名 1。"]


def test_a_file_given_by_name_is_taken_whatever_it_is_called_and_in_the_order_given(tmp_path: Path) -> None:
    made(tmp_path, "b.docx", "a.xlsx", "~$c.xlsx")
    assert names(tmp_path, tmp_path / "b.docx", tmp_path / "a.xlsx", tmp_path / "~$c.xlsx", tmp_path / "没有.xlsx") == [
        "b.docx", "a.xlsx", "~$c.xlsx", "没有.xlsx",
    ]  # fmt: skip


def test_a_file_is_taken_once_however_often_folders_are_named(tmp_path: Path) -> None:
    made(tmp_path, "甲/a.xlsx", "b.xlsx")
    assert names(tmp_path, tmp_path, tmp_path / "甲", tmp_path) == ["b.xlsx", "甲/a.xlsx"]
    assert names(tmp_path, tmp_path / "甲", tmp_path / "甲" / "a.xlsx") == ["甲/a.xlsx"]


def test_names_that_no_file_can_have_are_left_to_the_reader() -> None:
    impossible = [Path("长" * 300 + ".xlsx"), Path("a\0b.xlsx")]
    assert discover(impossible).entries == impossible


@pytest.mark.skipif(os.name != "posix", reason="symbolic links")
def test_links_that_loop_are_harmless_and_counted(tmp_path: Path) -> None:
    made(tmp_path, "a.xlsx", "甲/b.xlsx")
    (tmp_path / "甲" / "上").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "自.xlsx").symlink_to("自.xlsx")
    (tmp_path / "无.xlsx").symlink_to("没有")
    (tmp_path / "同.xlsx").symlink_to("a.xlsx")
    found = discover([tmp_path])
    assert names(tmp_path) == ["a.xlsx", "同.xlsx", "无.xlsx", "自.xlsx", "甲/b.xlsx"]
    assert found.links == 1
    assert "没有进入指向别处的文件夹链接 1 个" in notes(found)[0]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="permissions do not bind the administrator")
def test_a_folder_that_cannot_be_opened_is_a_failure(tmp_path: Path) -> None:
    made(tmp_path, "a.xlsx", "锁/b.xlsx")
    (tmp_path / "锁").chmod(0)
    try:
        assert names(tmp_path) == ["a.xlsx", str(tmp_path / "锁")]
    finally:
        (tmp_path / "锁").chmod(0o700)


def test_a_folder_that_cannot_be_listed_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(path: Path) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "scandir", refused)
    [failure] = discover([tmp_path]).entries
    assert failure == Failure(str(tmp_path), f"文件夹“{tmp_path.name}”打不开，请检查权限后再审。")


@pytest.mark.skipif(os.name != "posix", reason="such paths are too long for Windows")
def test_folders_may_be_deeper_than_the_stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folders = ["/".join(["d"] * depth) for depth in range(1, 1200)]
    for folder in folders:
        os.mkdir(folder)
    bottom = f"{folders[-1]}/a.xlsx"
    Path(bottom).write_bytes(b"x")
    try:
        assert discover([Path(".")]).entries == [Path(bottom)]
    finally:  # here, because shutil.rmtree calls itself at every level
        os.remove(bottom)
        for folder in reversed(folders):
            os.rmdir(folder)
