"""A copy of a zip with parts left out or changed: the others keep their packed bytes, whatever packed them."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Collection, Mapping

_LOCAL, _ENTRY, _END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_UTF8 = 0x800
_VERSION = 20


def rebundled(data: bytes, dropped: Collection[str], changed: Mapping[str, bytes]) -> bytes:
    """Return the zip without the dropped parts and with new contents of the changed ones, in the same order.

    Names are compared without letter case. Comments, extra fields and what stands between the entries are not copied:
    they may hold anything.
    """
    gone = {name.casefold() for name in dropped}
    new = {name.casefold(): content for name, content in changed.items()}
    body, directory, count = io.BytesIO(), io.BytesIO(), 0
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            name = info.filename.replace("\\", "/")
            if name.endswith("/") or name.casefold() in gone:
                continue
            method, checksum, size = info.compress_type, info.CRC, info.file_size
            if name.casefold() in new:
                content = new[name.casefold()]
                method, checksum, size = zipfile.ZIP_DEFLATED, zlib.crc32(content), len(content)
                packer = zlib.compressobj(6, zlib.DEFLATED, -15)
                packed = packer.compress(content) + packer.flush()
            else:
                packed = _packed(data, info)
            _write(body, directory, name, info, method, checksum, size, packed)
            count += 1
    entries = directory.getvalue()
    end = struct.pack("<4s4H2LH", _END, 0, 0, count, count, len(entries), body.tell(), 0)
    return body.getvalue() + entries + end


def _packed(data: bytes, info: zipfile.ZipInfo) -> bytes:
    """Return the bytes of an entry as they are packed."""
    at = info.header_offset
    name, extra = struct.unpack("<2H", data[at + 26 : at + 30])
    start = at + 30 + name + extra
    return data[start : start + info.compress_size]


def _write(
    body: io.BytesIO, directory: io.BytesIO, name: str, info: zipfile.ZipInfo, method: int, checksum: int, size: int,
    packed: bytes,
) -> None:  # fmt: skip
    encoded = name.encode("utf-8")
    flags = 0 if name.isascii() else _UTF8
    year, month, day, hour, minute, second = info.date_time
    date, time = (year - 1980) << 9 | month << 5 | day, hour << 11 | minute << 5 | second // 2
    common = struct.pack("<5H3L2H", _VERSION, flags, method, time, date, checksum, len(packed), size, len(encoded), 0)
    offset = body.tell()
    body.write(_LOCAL + common + encoded + packed)
    directory.write(_ENTRY + struct.pack("<H", _VERSION) + common + struct.pack("<3H2L", 0, 0, 0, 0, offset) + encoded)
