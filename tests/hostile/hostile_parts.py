"""What hostile files are made of: the parts of a real sample, of a tiny workbook, and zips written by hand."""

from __future__ import annotations

import io
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "samples" / "组织部_2024_更正稿.xlsx"
FORM = "xl/worksheets/sheet2.xml"  # 附件1
NS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
#: Seconds for a workbook as large as the limits allow.
FEW = 10.0
_WHEN = (1980, 1, 1, 0, 0, 0)


class Case(NamedTuple):
    """A hostile file: how it is made, the exit statuses that are right, words of the sentence where it is refused.

    ``seconds`` is more than 2 only for what is sound and as large as the limits allow. ``engine`` is not 0 where its
    formulas are also to be recomputed from nothing, in so many seconds: 2, or a few for a workbook as large as that.
    """

    make: Callable[[], bytes]
    status: tuple[int, ...] = (2,)
    words: str = ""
    engine: float = 0.0
    seconds: float = 2.0


@cache
def _sample() -> dict[str, bytes]:
    with zipfile.ZipFile(SAMPLE) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def sample() -> dict[str, bytes]:
    """Return the parts of a sound, filled workbook of a registered template."""
    return dict(_sample())


def zipped(parts: Mapping[str, bytes | str] | Iterable[tuple[str, bytes | str]], level: int = 6) -> bytes:
    """Return a zip, the same bytes each time; a list of pairs may hold a name twice."""
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        warnings.simplefilter("ignore")  # a name that is there twice is meant
        for name, content in parts.items() if isinstance(parts, Mapping) else parts:
            info = zipfile.ZipInfo(name, _WHEN)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content, compresslevel=level)
    return out.getvalue()


def put(parts: dict[str, bytes], part: str, before: str, text: str) -> dict[str, bytes]:
    """Return the parts with a text put before the first ``before`` in one of them."""
    old = parts[part]
    assert before.encode() in old, (part, before)
    return {**parts, part: old.replace(before.encode(), text.encode() + before.encode(), 1)}


def swap(parts: dict[str, bytes], part: str, pattern: str, text: str) -> dict[str, bytes]:
    """Return the parts with the first match of a pattern in one of them replaced."""
    new, count = re.subn(pattern.encode(), lambda _: text.encode(), parts[part], count=1)
    assert count, (part, pattern)
    return {**parts, part: new}


def with_rows(rows: str, part: str = FORM) -> dict[str, bytes]:
    """Return the sample with more rows at the end of a sheet."""
    return put(sample(), part, "</sheetData>", rows)


def with_names(names: str) -> dict[str, bytes]:
    """Return the sample with more defined names."""
    return put(sample(), "xl/workbook.xml", "</definedNames>", names)


def relationships(*links: tuple[str, str, str], external: bool = False) -> str:
    """Return a part of relationships: id, kind, target."""
    mode = ' TargetMode="External"' if external else ""
    rows = "".join(f'<Relationship Id="{i}" Type="{OFFICE}/{k}" Target="{t}"{mode}/>' for i, k, t in links)
    return f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{rows}</Relationships>'


def tiny(
    *sheets: str, names: str = "", strings: str | None = None, styles: str | None = None
) -> dict[str, bytes | str]:
    """Return the parts of a workbook of no template; each sheet is what stands in its ``sheetData``."""
    links = [(f"s{i}", "worksheet", f"worksheets/sheet{i}.xml") for i in range(1, len(sheets) + 1)]
    entries = "".join(f'<sheet name="表{i}" sheetId="{i}" r:id="s{i}"/>' for i in range(1, len(sheets) + 1))
    main = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    found: dict[str, bytes | str] = {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="{PACKAGE}/content-types">'
        f'<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{main}"/></Types>',
        "_rels/.rels": relationships(("r1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{NS}" xmlns:r="{OFFICE}"><sheets>{entries}</sheets>'
        f"<definedNames>{names}</definedNames></workbook>",
    }
    for (_, _, target), data in zip(links, sheets, strict=True):
        found[f"xl/{target}"] = f'{HEAD}<worksheet xmlns="{NS}"><sheetData>{data}</sheetData></worksheet>'
    if strings is not None:
        links.append(("str", "sharedStrings", "sharedStrings.xml"))
        found["xl/sharedStrings.xml"] = f'{HEAD}<sst xmlns="{NS}">{strings}</sst>'
    if styles is not None:
        links.append(("sty", "styles", "styles.xml"))
        found["xl/styles.xml"] = f'{HEAD}<styleSheet xmlns="{NS}">{styles}</styleSheet>'
    found["xl/_rels/workbook.xml.rels"] = relationships(*links)
    return found


class Entry(NamedTuple):
    """An entry of a zip written by hand; what is said of it may be wrong."""

    name: bytes
    packed: bytes
    size: int
    crc: int
    method: int = 8
    flags: int = 0x800
    offset: int | None = None
    packed_size: int | None = None


def deflated(content: bytes, level: int = 9) -> bytes:
    """Return raw deflate, as a zip holds it."""
    worker = zlib.compressobj(level, zlib.DEFLATED, -15)
    return worker.compress(content) + worker.flush()


def entry(name: str, content: bytes, **wrong: int) -> Entry:
    """Return a true entry, but for what is given as wrong."""
    return Entry(name.encode(), deflated(content, 1), len(content), zlib.crc32(content))._replace(**wrong)


def by_hand(entries: Iterable[Entry], said: int | None = None) -> bytes:
    """Return a zip with exactly these entries; one with an offset points into others and has no data of its own."""
    body, directory, count = bytearray(), bytearray(), 0
    for one in entries:
        packed = len(one.packed) if one.packed_size is None else one.packed_size
        head = (20, one.flags, one.method, 0, 33, one.crc, packed, one.size, len(one.name), 0)
        at = len(body) if one.offset is None else one.offset
        if one.offset is None:
            body += b"PK\x03\x04" + struct.pack("<5H3L2H", *head) + one.name + one.packed
        directory += b"PK\x01\x02" + struct.pack("<6H3L5H2L", 20, *head, 0, 0, 0, 0, at) + one.name
        count += 1
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, said or count, said or count, len(directory), len(body), 0)
    return bytes(body + directory) + end
