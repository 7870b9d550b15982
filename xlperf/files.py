"""Where a workbook may be written, and how: whole or not at all."""

from __future__ import annotations

import errno
import os
import secrets
from contextlib import suppress
from pathlib import Path

from xlperf.errors import XlperfError


def may_write(out: Path, force: bool) -> None:
    """See that a workbook can be written there, before any work is done. Raises XlperfError."""
    if out.suffix.lower() != ".xlsx":
        raise XlperfError(f"要生成的文件“{out.name}”扩展名不对，请写成 .xlsx。")
    try:
        if out.is_dir():
            raise XlperfError(f"“{out}”是文件夹，请换一个文件名。")
        if not out.parent.is_dir():
            raise XlperfError(f"文件夹“{out.parent}”不存在，请先建好，或换一个位置。")
        if out.exists() and not force:
            raise XlperfError(f"“{out}”已经存在，要覆盖请加 --force，或换一个文件名。")
    except (OSError, ValueError) as error:
        raise XlperfError(f"写不了“{out.name}”：{_reason(error)}，请换一个位置或文件名。") from None


def write(out: Path, content: bytes, force: bool = True) -> None:
    """Write a file whole or not at all. Raises XlperfError."""
    part = out.with_name(f".{secrets.token_hex(6)}.part")
    try:
        part.write_bytes(content)
        if not force and out.exists():
            raise XlperfError(f"“{out}”已经存在，要覆盖请加 --force，或换一个文件名。")
        os.replace(part, out)
    except (OSError, ValueError) as error:
        raise XlperfError(f"写不了“{out.name}”：{_reason(error)}，请换一个位置或文件名。") from None
    finally:
        with suppress(OSError, ValueError):
            part.unlink(missing_ok=True)


def _reason(error: OSError | ValueError) -> str:
    """Return why the system could not write, in Chinese."""
    if isinstance(error, PermissionError):
        return "没有写入权限，或文件正被 Excel 打开"
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return "磁盘已满"
    return "系统不接受这个文件名或位置"
