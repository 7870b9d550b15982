"""A file's bytes, and the parts of its zip: admitted within limits, unpacked one by one when asked for."""

from __future__ import annotations

import io
import re
import stat
import zipfile
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path

from xlperf.workbook.limits import Limits, told
from xlperf.workbook.read_refuse import damaged, exceeded, one_door, refusal

_DIRECTORY_ENTRY = b"PK\x01\x02"
_LOCAL_HEADER = 30  # bytes before the name, at least one for each character of it
_ENCRYPTED = 0x1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_UNSAFE_NAME = re.compile(r"[\x00-\x1f\x7f]|^/|^[A-Za-z]:|(^|/)\.\.(/|$)")


def load_bytes(path: Path, limits: Limits = Limits()) -> bytes:  # noqa: B008 (frozen)
    """Return the bytes of a file. Raises FileRefused where it is missing, no plain file, or too large."""
    source = path.name or str(path)
    if source.startswith(("~$", ".~")):
        raise refusal(source, "这是 Excel 打开时的临时文件", "请关闭 Excel 后提交同名但不带“~$”的文件")
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise refusal(source, "这是文件夹，不是文件", "请指定其中的 .xlsx 文件")
        if not stat.S_ISREG(status.st_mode):
            raise refusal(source, "这不是普通文件", "请提交填报用的 .xlsx 原件")
        if status.st_size > limits.file_bytes:
            raise exceeded(source, f"文件大于 {told(limits.file_bytes)}", "请删去图片、附件和多余的工作表后再试")
        with path.open("rb") as stream:
            return stream.read(limits.file_bytes + 1)
    except FileNotFoundError as error:
        raise refusal(source, "文件不存在", "请核对文件名和所在文件夹") from error
    except PermissionError as error:
        raise refusal(source, "没有读取权限，或文件正被其他程序占用", "请关闭打开它的程序、检查权限后再试") from error
    except (OSError, ValueError) as error:
        raise refusal(source, "系统读不出这个文件", "请把文件复制到本机的文件夹后再试") from error


class Parts(Mapping[str, bytes]):
    """The parts by name, whatever the letter case; each is unpacked, within the limits, at every look-up."""

    def __init__(self, data: bytes, source: str, limits: Limits) -> None:
        if data.count(_DIRECTORY_ENTRY) > limits.parts:  # before zipfile makes an object of each
            raise exceeded(source, f"压缩包内的部件多于 {limits.parts} 个")
        self._source = source
        self._entries: dict[str, tuple[str, zipfile.ZipInfo]] = {}
        with one_door(source):
            self._archive = zipfile.ZipFile(io.BytesIO(data))
            self._admit(self._archive.infolist(), limits)

    def _admit(self, entries: list[zipfile.ZipInfo], limits: Limits) -> None:
        if len(entries) > limits.parts:
            raise exceeded(self._source, f"压缩包内的部件多于 {limits.parts} 个")
        total = 0
        for info in entries:
            name = info.filename.replace("\\", "/")
            if _UNSAFE_NAME.search(name):
                raise refusal(self._source, "压缩包内含有不安全的部件名称", "请向填报单位重新索取文件")
            if name.endswith("/"):
                continue
            if name.casefold() in self._entries:
                raise refusal(self._source, "压缩包内有重名的部件", "请用 Excel 或 WPS 打开后另存为 .xlsx 再提交")
            if info.flag_bits & _ENCRYPTED:
                raise refusal(self._source, "压缩包带有密码", "请取消密码后再提交")
            if info.compress_type not in _METHODS:
                raise damaged(self._source, "压缩方式不是 .xlsx 所用的")
            if info.file_size > limits.part_bytes:
                raise exceeded(self._source, f"部件展开后超过 {told(limits.part_bytes)}")
            if info.file_size > max(limits.ratio_floor, limits.ratio * info.compress_size):
                raise exceeded(self._source, "压缩比例异常（疑似压缩炸弹）", "请向填报单位重新索取文件")
            total += info.file_size
            self._entries[name.casefold()] = (name, info)
        if total > limits.total_bytes:
            raise exceeded(self._source, f"文件展开后超过 {told(limits.total_bytes)}")
        if _overlap(entries):
            raise refusal(self._source, "压缩包内的部件互相重叠（疑似压缩炸弹）", "请向填报单位重新索取文件")

    def __getitem__(self, name: str) -> bytes:
        info = self._entries[name.casefold()][1]
        with one_door(self._source), self._archive.open(info) as stream:
            data = stream.read(info.file_size)  # read() alone would unpack beyond what is declared
        if len(data) != info.file_size:
            raise damaged(self._source)
        return data

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.casefold() in self._entries

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._entries.values())

    def __len__(self) -> int:
        return len(self._entries)


def _overlap(entries: list[zipfile.ZipInfo]) -> bool:
    """Tell whether two entries share bytes of the file: one small piece could then be unpacked many times."""
    places = sorted((info.header_offset, info.compress_size, len(info.filename)) for info in entries)
    return any(at + _LOCAL_HEADER + name + size > after for (at, size, name), (after, _, _) in pairwise(places))
