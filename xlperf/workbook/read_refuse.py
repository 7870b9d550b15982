"""Words for files that cannot be read: the one door for foreign failures, and what a file is instead."""

from __future__ import annotations

import codecs
import re
import struct
import sys
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePath

from xlperf.errors import FileRefused, LimitExceeded

#: What zipfile, zlib, struct, the codecs and the system may raise on a damaged or hostile file.
_FOREIGN_FAILURES = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,  # with UnicodeError
    LookupError,
    OverflowError,
    RuntimeError,  # with NotImplementedError (unknown compression) and RecursionError
    MemoryError,
)

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*")
_ARCHIVES = (b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
_BIFF = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08")
_RESAVE = "请用 Excel 或 WPS 打开后另存为 .xlsx 再提交"


def display_name(source: str) -> str:
    """Return the bare file name for a message: no folders, no control characters, at most 80 long."""
    name = PurePath(source.replace("\\", "/")).name or source
    clean = "".join(c for c in name if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp"))
    return clean if len(clean) <= 80 else clean[:60] + "…" + clean[-19:]


def refusal(source: str, what: str, advice: str = "") -> FileRefused:
    """Return the refusal of a file: one sentence, what is wrong and what to do."""
    return FileRefused(f"无法读取“{display_name(source)}”：{what}{'，' + advice if advice else ''}。")


def exceeded(source: str, what: str, advice: str = "") -> LimitExceeded:
    """Return the refusal of a file that passes a limit."""
    advice = advice or "请删去多余的内容和空白格式后再试"
    return LimitExceeded(f"无法读取“{display_name(source)}”：{what}，{advice}。")


def damaged(source: str, what: str = "文件已损坏或不完整") -> FileRefused:
    """Return the refusal of a file that is a workbook but not a sound one."""
    return refusal(source, what, "请用 Excel 或 WPS 打开原文件、另存为新的 .xlsx 后再试，或重新取得原文件")


@contextmanager
def one_door(source: str) -> Iterator[None]:
    """Translate every failure of a library or of the system below into a refusal."""
    try:
        yield
    except Exception as error:  # lxml names its failures only once it is imported; whatever is not foreign goes on
        if not isinstance(error, _FOREIGN_FAILURES) and not _is_of_lxml(error):
            raise
        if _out_of_memory(error):
            raise refusal(source, "文件展开后过大，内存不足", "请删去多余的工作表和空白格式后再试") from error
        raise damaged(source) from error


def _out_of_memory(error: Exception) -> bool:
    """Tell whether memory ran out; lxml says so by the code of what it calls a syntax error ("unknown error")."""
    if isinstance(error, MemoryError):
        return True
    etree = sys.modules.get("lxml.etree")
    return (
        etree is not None
        and isinstance(error, etree.XMLSyntaxError)
        and getattr(error, "code", None) == etree.ErrorTypes.ERR_NO_MEMORY
    )


def _is_of_lxml(error: Exception) -> bool:
    """Tell whether lxml failed, which is imported only where it is needed."""
    etree = sys.modules.get("lxml.etree")
    return etree is not None and isinstance(error, etree.LxmlError)


def refuse_bytes(data: bytes, source: str) -> FileRefused:
    """Return the refusal of bytes that are no zip: what the file seems to be, and what to do."""
    if not data:
        return refusal(source, "文件是空的（0 字节）", "请重新取得或重新保存该文件")
    if data.startswith(_OLE):
        return _refuse_ole(data, source)
    if data.startswith(b"%PDF"):
        return refusal(source, "这是 PDF 文件，不是 Excel 工作簿", "请提交填报用的 .xlsx 原件")
    if data.startswith(_IMAGES):
        return refusal(source, "这是图片，不是 Excel 工作簿", "请提交填报用的 .xlsx 原件")
    if data.startswith(_ARCHIVES):
        return refusal(source, "这是压缩包，不是 Excel 工作簿", "请先解压，再提交其中的 .xlsx 文件")
    if data.startswith(_BIFF):
        return refusal(source, "这是旧版 .xls 格式", _RESAVE)
    if data.startswith(b"PK"):
        return damaged(source)
    return _refuse_text(data[:65536], source)


def _refuse_ole(data: bytes, source: str) -> FileRefused:
    if _has_stream(data, "EncryptedPackage"):
        return refusal(
            source, "文件已加密", "请先取消打开密码（文件→信息→保护工作簿→用密码进行加密，清空后保存）再提交"
        )
    if _has_stream(data, "Workbook") or _has_stream(data, "Book"):
        return refusal(source, "这是旧版 .xls 格式（改扩展名无效）", _RESAVE)
    if _has_stream(data, "WordDocument"):
        return refusal(source, "这是 Word 文档，不是 Excel 工作簿", "请提交填报用的 .xlsx 原件")
    if _has_stream(data, "PowerPoint Document"):
        return refusal(source, "这是 PowerPoint 文稿，不是 Excel 工作簿", "请提交填报用的 .xlsx 原件")
    return refusal(source, "这是旧版 Office 格式，不是 .xlsx 工作簿", _RESAVE)


def _has_stream(data: bytes, name: str) -> bool:
    """Tell whether an OLE directory entry (128 bytes, name length at +64; MS-CFB 2.6.1) has this name."""
    wanted = name.encode("utf-16-le") + b"\0\0"
    at = data.find(wanted)
    while at >= 0:
        if at % 128 == 0 and data[at + 64 : at + 66] == struct.pack("<H", len(wanted)):
            return True
        at = data.find(wanted, at + 2)
    return False


def _refuse_text(head: bytes, source: str) -> FileRefused:
    text = _as_text(head)
    if text is None:
        return refusal(source, "这不是 Excel 工作簿", "请提交填报用的 .xlsx 原件")
    start = text[:4096].lower()
    if "urn:schemas-microsoft-com:office:spreadsheet" in start or 'progid="excel.sheet"' in start:
        return refusal(source, "这是“XML 表格 2003”格式，不是 .xlsx 工作簿", _RESAVE)
    if re.match(r"<(!doctype\s+html|html|head|body|table|meta|style|div)\b", start):
        return refusal(source, "这是网页（HTML），只是扩展名像 Excel", _RESAVE)
    return refusal(source, "这是文本（如 CSV、TXT），不是 Excel 工作簿", "请提交填报用的 .xlsx 原件")


def _as_text(head: bytes) -> str | None:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head[: len(head) // 2 * 2].decode("utf-16", "replace").lstrip("\ufeff \t\r\n")
    if b"\0" in head:
        return None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = codecs.getincrementaldecoder(encoding)().decode(head)  # a character cut in two at the end is fine
        except UnicodeDecodeError:
            continue
        controls = sum(1 for c in text if c < " " and c not in "\t\r\n\f")
        return text.lstrip() if controls * 50 <= len(text) else None
    return None
