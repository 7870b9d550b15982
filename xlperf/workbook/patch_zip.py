"""A zip with some parts replaced and some left out; every other entry keeps its bytes, its order and its date."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Collection, Mapping
from itertools import pairwise

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_DESCRIPTOR, _UTF8 = 0x8, 0x800
_ZIP64 = 1


def replaced(data: bytes, parts: Mapping[str, bytes], dropped: Collection[str] = ()) -> bytes:
    """Return the archive with new contents for the named entries and without the dropped ones.

    What is not named is copied as it lies in the file, packed. Raises what :mod:`zipfile` raises, KeyError for a name
    that is no entry.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries, comment = archive.infolist(), archive.comment
        places = sorted(entry.header_offset for entry in entries)
        ends = dict(pairwise([*places, archive.start_dir]))
    missing = {*parts, *dropped} - {entry.filename for entry in entries}
    if missing:
        raise KeyError(f"no such entry: {sorted(missing)}")
    out = bytearray()
    offsets: dict[int, int] = {}
    kept = [entry for entry in entries if entry.filename not in dropped]
    for entry in sorted(kept, key=lambda entry: entry.header_offset):
        offsets[entry.header_offset] = len(out)
        if entry.filename in parts:
            out += _entry(entry, parts[entry.filename])
        else:
            out += data[entry.header_offset : ends[entry.header_offset]]
    start = len(out)
    for entry in kept:
        out += _directory(entry, offsets[entry.header_offset])
    size = len(out) - start
    out += _END.pack(b"PK\5\6", 0, 0, len(kept), len(kept), size, start, len(comment)) + comment
    return bytes(out)


def _entry(entry: zipfile.ZipInfo, content: bytes) -> bytes:
    """Return header and packed content of a replaced entry; its :class:`ZipInfo` is brought up to date."""
    packed = content
    if entry.compress_type == zipfile.ZIP_DEFLATED:
        packer = zlib.compressobj(wbits=-15)
        packed = packer.compress(content) + packer.flush()
    entry.CRC, entry.file_size, entry.compress_size = zlib.crc32(content), len(content), len(packed)
    entry.flag_bits &= ~_DESCRIPTOR  # the sizes stand in the header
    name = _name(entry)
    header = _LOCAL.pack(
        b"PK\3\4", entry.extract_version, entry.flag_bits, entry.compress_type, _time(entry), _date(entry),
        entry.CRC, entry.compress_size, entry.file_size, len(name), 0,
    )  # fmt: skip
    return header + name + packed


def _directory(entry: zipfile.ZipInfo, offset: int) -> bytes:
    name, extra = _name(entry), _without_sizes(entry.extra)
    header = _CENTRAL.pack(
        b"PK\1\2", entry.create_version | entry.create_system << 8, entry.extract_version, entry.flag_bits,
        entry.compress_type, _time(entry), _date(entry), entry.CRC, entry.compress_size, entry.file_size,
        len(name), len(extra), len(entry.comment), 0, entry.internal_attr, entry.external_attr, offset,
    )  # fmt: skip
    return header + name + extra + entry.comment


def _name(entry: zipfile.ZipInfo) -> bytes:
    return entry.orig_filename.encode("utf-8" if entry.flag_bits & _UTF8 else "cp437")


def _time(entry: zipfile.ZipInfo) -> int:
    return entry.date_time[3] << 11 | entry.date_time[4] << 5 | entry.date_time[5] // 2


def _date(entry: zipfile.ZipInfo) -> int:
    return (entry.date_time[0] - 1980) << 9 | entry.date_time[1] << 5 | entry.date_time[2]


def _without_sizes(extra: bytes) -> bytes:
    """Return the extra field of an entry without the 64-bit sizes, which the plain fields of a small file can hold."""
    kept = b""
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<2H", extra)
        if kind != _ZIP64:
            kept += extra[: 4 + size]
        extra = extra[4 + size :]
    return kept
