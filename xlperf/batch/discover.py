"""Which files a command line means: files as given, folders searched through, nothing lost silently.

In a folder every spreadsheet counts, also in the forms that are refused later (.xls, .et, .csv, …): a unit may have
handed in just that. Temporary files of Excel, WPS and LibreOffice and hidden files are skipped, other files and linked
folders are left, and all of these are counted. Links to folders are never entered, so that no loop can arise.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from xlperf.reporters import Failure

#: What is checked, and what looks like a submission in a form that the check refuses with a word on what to do.
SPREADSHEETS = (
    ".xlsx", ".xlsm", ".xls", ".xlsb", ".xltx", ".xltm", ".xlt", ".et", ".ett", ".ods", ".ots", ".fods", ".csv",
    ".numbers",
)  # fmt: skip
#: Kinds of other files that are told apart.
MOST_KINDS = 8
_PASSED_BY = ("~$", ".")
#: IO_REPARSE_TAG_MOUNT_POINT; Python has a word for it from 3.12 on (os.DirEntry.is_junction).
_JUNCTION = 0xA0000003


class Found:
    """What there is to check, in order, and what was passed by."""

    def __init__(self) -> None:
        #: Whether a folder was searched.
        self.searched = False
        #: Files, and in the place of a folder that is empty or cannot be opened the reason.
        self.entries: list[Path | Failure] = []
        #: Temporary and hidden files and folders.
        self.skipped = 0
        #: Files that are no spreadsheets, by the ending of their name.
        self.others: Counter[str] = Counter()
        #: Links to folders.
        self.links = 0


def discover(paths: Sequence[Path]) -> Found:
    """Return the files that the paths mean. A file that is given by name is always taken, whatever it is called."""
    found = Found()
    given = {_identity(path) for path in paths if not _is_directory(path)}
    for path in paths:
        if not _is_directory(path):
            found.entries.append(path)
            continue
        found.searched = True
        if not _search(path, found, given):
            found.entries.append(
                Failure(str(path), f"文件夹“{_name(path)}”中没有表格，请核对文件夹，要审核的是 .xlsx 文件。")
            )
    return found


def notes(found: Found) -> list[str]:
    """Return sentences on what was passed by."""
    said = []
    if found.skipped:
        said.append(f"跳过临时文件和隐藏文件 {found.skipped} 个。")
    if found.others:
        kinds = "、".join(f"{ending} {count}" for ending, count in found.others.most_common(MOST_KINDS))
        more = " 等" if len(found.others) > MOST_KINDS else ""
        said.append(f"另有 {found.others.total()} 个文件不是表格，没有审核：{kinds}{more}。")
    if found.links:
        said.append(f"没有进入指向别处的文件夹链接 {found.links} 个，需要审核的请直接写明那个文件夹。")
    return said


def _search(top: Path, found: Found, taken: set[str]) -> bool:
    """Add what a folder holds, its own files first, and tell whether it holds anything to check or to complain of.

    One file is taken once, however often folders are named.
    """
    waiting = [top]
    fruitful = False
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(folder) as listing:
                entries = sorted(listing, key=lambda entry: order(entry.name))
        except OSError:
            found.entries.append(Failure(str(folder), f"文件夹“{_name(folder)}”打不开，请检查权限后再审。"))
            fruitful = True
            continue
        inner = []
        for entry in entries:
            if _is_passed_by(entry.name):
                found.skipped += 1
            elif not _is_folder(entry):
                fruitful |= _take(folder / entry.name, found, taken)
            elif _is_link(entry):
                found.links += 1
            else:
                inner.append(folder / entry.name)
        waiting += reversed(inner)
    return fruitful


def _take(path: Path, found: Found, taken: set[str]) -> bool:
    ending = path.suffix.lower()
    if ending not in SPREADSHEETS:
        found.others[ending or "无扩展名"] += 1
        return False
    if (identity := _identity(path)) not in taken:
        taken.add(identity)
        found.entries.append(path)
    return True


def _identity(path: Path) -> str:
    return os.path.normcase(os.path.abspath(path))


def _is_directory(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):  # a name that no file can have: the reader says so
        return False


def _name(folder: Path) -> str:
    return folder.name or str(folder)


def _is_passed_by(name: str) -> bool:
    """Tell whether a name is that of a temporary or hidden file: ``~$a.xlsx``, ``.~lock.a.xlsx#``, ``.git``."""
    return name.startswith(_PASSED_BY) or name == "__MACOSX"


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself: as a file it is told that it cannot be read
        return False


def _is_link(entry: os.DirEntry[str]) -> bool:
    """Tell whether a folder stands for another one: a symbolic link, or a junction of Windows."""
    return entry.is_symlink() or getattr(entry.stat(), "st_reparse_tag", 0) == _JUNCTION


def order(name: str) -> tuple[list[tuple[int, bytes]], str]:
    """Return the key that sorts names as a person would: 附件2 before 附件10, letters whatever their case.

    Common Chinese characters stand in the order of pinyin in GB 18030, as in the Explorer of a Chinese Windows.
    """
    parts = re.split(r"(\d+)", unicodedata.normalize("NFKC", name).casefold())
    key = []
    for number, part in enumerate(parts):
        if number % 2:
            digits = part.lstrip("0")  # never int(): a name may have thousands of digits
            key.append((len(digits), digits.encode("ascii", "backslashreplace")))
        else:
            key.append((0, part.encode("gb18030", "backslashreplace")))
    return key, name
