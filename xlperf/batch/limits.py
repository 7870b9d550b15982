"""All limits in force: those of reading, those of a worker, and how a user sets them.

A limit is set in a TOML file named by the environment variable ``XLPERF_LIMITS`` (``name = value``, one a line, no
tables), and over that by ``--limit name=value``. Sizes take KB, MB, GB, in steps of 1024.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from xlperf.errors import XlperfError
from xlperf.workbook.limits import MEBIBYTE, Limits

ENVIRONMENT = "XLPERF_LIMITS"

#: What one limit holds.
Value = bool | int | float

_STEPS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
_NUMBER = r"(?i)(\d+(?:\.\d+)?)\s*(?:([KMG])(?:I?B)?|B|S|秒)?"  # compiled at its first use, which most calls never see
_BOOLEANS = {"true": True, "1": True, "是": True, "false": False, "0": False, "否": False}
#: Beyond it the system's own calls overflow.
_LARGEST = 1 << 62


class WorkerLimits(NamedTuple):
    """The limits of a worker process, and how large a file may be that needs none."""

    #: Seconds by the clock for one file.
    seconds: float = 30.0
    #: Address space of a worker. macOS may not enforce it; on Windows only the time is limited.
    memory_bytes: int = 1024 * MEBIBYTE
    #: A single file of at most so many bytes ...
    alone_bytes: int = 1 * MEBIBYTE
    #: ... that unpacks to at most so many is checked without a worker: measured, at most some 1.3 s and 200 MiB.
    #: The annexes have 0.2 and 1.3 MiB.
    alone_unpacked_bytes: int = 4 * MEBIBYTE


class Bounds(NamedTuple):
    """Every limit in force."""

    reading: Limits = Limits()
    worker: WorkerLimits = WorkerLimits()

    def items(self) -> Iterable[tuple[str, Value]]:
        """Yield every limit's name and value, those of a worker first."""
        for part in (self.worker, self.reading):
            yield from part._asdict().items()


#: What each limit is, for ``xlperf limits``.
MEANINGS = {
    "seconds": "审核一份文件最多用多少秒",
    "memory_bytes": "审核进程最多占用的内存（地址空间）",
    "alone_bytes": "单独审核一份时，不超过这个大小……",
    "alone_unpacked_bytes": "……且展开后不超过这个大小的，不另开进程",
    "file_bytes": "文件大小",
    "parts": "压缩包内的部件个数",
    "part_bytes": "一个部件展开后的大小",
    "total_bytes": "全部部件展开后的大小",
    "ratio": "一个部件的压缩比例",
    "ratio_floor": "部件展开后小于这个大小的，不看压缩比例",
    "markup": "较大的 XML 部件中标签和属性的个数",
    "part_markup": "一个 XML 部件中标签和属性的个数",
    "huge_xml": "是否放开 XML 解析器自身的上限",
    "sheets": "工作表张数",
    "cells": "有内容的单元格个数",
    "formulas": "公式个数",
    "formula_length": "一个公式或名称的字符数",
    "formula_chars": "全部公式的字符数",
    "areas": "合并区域、数据验证及其区域的个数",
    "names": "定义的名称个数",
    "string_length": "一格文字的字符数",
    "string_bytes": "共享文字部件的大小",
    "max_row": "有内容的最后一行",
    "max_column": "有内容的最后一列",
}


def configured(given: Sequence[str], environment: Mapping[str, str]) -> Bounds:
    """Return the limits as set by the file of the environment and by ``name=value`` texts. Raises XlperfError."""
    settings: dict[str, object] = {}
    if path := environment.get(ENVIRONMENT):
        settings |= _from_file(Path(path))
    for text in given:
        name, equals, value = unicodedata.normalize("NFKC", text).partition("=")
        if not equals:
            raise XlperfError(f"上限“{text}”的写法不对，应写成“名称=值”，如 seconds=60 或 file_bytes=64MB。")
        settings[name.strip()] = value
    return with_settings(Bounds(), settings)


def with_settings(bounds: Bounds, settings: Mapping[str, object]) -> Bounds:
    """Return the limits with some replaced. Raises XlperfError for an unknown name or an impossible value."""
    known = dict(bounds.items())
    values: dict[str, Value] = {}
    for name, value in settings.items():
        if name not in known:
            raise XlperfError(f"没有叫“{name}”的上限，可用的有 {'、'.join(known)}；各项的意思见 xlperf limits。")
        values[name] = _value(name, value, known[name])

    def of(part: Limits | WorkerLimits) -> dict[str, Any]:
        return {name: values[name] for name in part._fields if name in values}

    return Bounds(bounds.reading._replace(**of(bounds.reading)), bounds.worker._replace(**of(bounds.worker)))


def show(name: str, value: Value) -> str:
    """Return a limit's value as a user may write it: sizes with their unit."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and is_size(name):
        for unit in ("G", "M", "K"):
            if value % _STEPS[unit] == 0:
                return f"{value // _STEPS[unit]}{unit}B"
        return f"{value}B"
    return f"{value:g}" if isinstance(value, float) else str(value)


def is_size(name: str) -> bool:
    """Tell whether a limit counts bytes."""
    return name.endswith("_bytes") or name == "ratio_floor"


def _from_file(path: Path) -> dict[str, object]:
    import tomllib

    where = f"环境变量 {ENVIRONMENT} 指定的文件“{path}”"
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise XlperfError(f"{where}打不开，请核对路径和权限，或取消这个环境变量。") from error
    except ValueError as error:  # with TOMLDecodeError, UnicodeDecodeError
        raise XlperfError(
            f"{where}不是 UTF-8 的 TOML，应每行写一项，如 seconds = 60 或 file_bytes = \"64MB\"。"
        ) from error


def _value(name: str, given: object, default: Value) -> Value:
    """Return a value in the type of the default. Raises XlperfError."""
    if isinstance(default, bool):
        value: Value | None = given if isinstance(given, bool) else _BOOLEANS.get(str(given).strip().lower())
    else:
        value = None if isinstance(given, bool) else _number(name, str(given), isinstance(default, float))
    if value is None:
        example = "true 或 false" if isinstance(default, bool) else f"大于 0 的数，如 {show(name, default)}"
        raise XlperfError(f"上限 {name} 的值“{given}”不对，应是{example}。")
    return value


def _number(name: str, text: str, fraction: bool) -> int | float | None:
    """Return the number that a text means, None where it means none that a limit can have."""
    found = re.fullmatch(_NUMBER, unicodedata.normalize("NFKC", text).strip().replace("_", "").replace(",", ""))
    if found is None or (found[2] and not is_size(name)):
        return None
    number = float(found[1]) * _STEPS[(found[2] or "").upper()]
    if not 0 < number <= _LARGEST or not math.isfinite(number):
        return None
    if fraction:
        return number
    return int(number) if number.is_integer() else None
