"""Damaged files end in a refusal or a snapshot, quickly, and never in any other exception."""

# ruff: noqa: E501 (XML and tables read better unbroken)

from __future__ import annotations

import io
import random
import time
import zipfile

import pytest
from handmade import zipped
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from xlperf.errors import XlperfError
from xlperf.workbook.read import read_bytes
from xlperf.workbook.read_refuse import one_door
from xlperf.workbook.snapshot import Snapshot

SLOW = 1.0
QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def survives(data: bytes) -> None:
    start = time.process_time()
    said = "无法读取“坏.xlsx”："
    try:
        assert isinstance(read_bytes(data, "坏.xlsx"), Snapshot)
    except XlperfError as error:
        said = str(error)
    assert said.startswith("无法读取“坏.xlsx”：")
    assert time.process_time() - start < SLOW


@pytest.mark.parametrize("error", [MemoryError(), etree.XMLSyntaxError("unknown error", 2, 1, 1)], ids=repr)
def test_running_out_of_memory_is_not_told_as_damage(error: Exception) -> None:
    with pytest.raises(XlperfError, match="文件展开后过大，内存不足"), one_door("坏.xlsx"):
        raise error


def unzipped(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@QUICK
@given(cut=st.floats(0, 1))
def test_truncated(written: dict[str, bytes], cut: float) -> None:
    data = written["xlsxwriter"]
    survives(data[: int(len(data) * cut)])


@QUICK
@given(flips=st.lists(st.tuples(st.floats(0, 0.9999), st.integers(0, 7)), min_size=1, max_size=8))
def test_flipped_bits_of_the_file(written: dict[str, bytes], flips: list[tuple[float, int]]) -> None:
    data = bytearray(written["openpyxl"])
    for place, bit in flips:
        data[int(len(data) * place)] ^= 1 << bit
    survives(bytes(data))


@pytest.mark.parametrize("seed", range(150))
def test_flipped_bytes_inside_a_part(written: dict[str, bytes], seed: int) -> None:
    """Past the checksum of the zip: XML that is well formed and wrong, or not well formed."""
    chance = random.Random(seed)
    parts = unzipped(written[chance.choice(["xlsxwriter", "openpyxl"])])
    name = chance.choice([name for name in parts if parts[name]])
    part = bytearray(parts[name])
    for _ in range(chance.randint(1, 4)):
        part[chance.randrange(len(part))] = chance.choice(b"0<>\"'=/ aZ9!-:;&\x00\xff")
    parts[name] = bytes(part)
    survives(zipped(parts))


@pytest.mark.parametrize("seed", range(60))
def test_exchanged_attributes(written: dict[str, bytes], seed: int) -> None:
    """Values that are well formed and absurd: numbers, addresses and ids replaced."""
    chance = random.Random(seed)
    parts = unzipped(written["xlsxwriter"])
    name = chance.choice([name for name in parts if name.endswith((".xml", ".rels"))])
    pieces = parts[name].split(b'"')
    for _ in range(3):
        at = chance.randrange(len(pieces) // 2) * 2 + 1 if len(pieces) > 2 else 0
        pieces[at] = chance.choice(
            [b"", b"-1", b"99999999999999999999", b"A0:ZZZ9", b"x", b"..//..", b"1e9", "全".encode()]
        )
    parts[name] = b'"'.join(pieces)
    survives(zipped(parts))


@pytest.mark.parametrize("name", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml", "docProps/app.xml",
                                  "xl/sharedStrings.xml", "docProps/custom.xml", "xl/_rels/workbook.xml.rels",
                                  "[Content_Types].xml", "_rels/.rels", "docProps/core.xml", "xl/theme/theme1.xml"])  # fmt: skip
def test_parts_missing_empty_or_foreign(written: dict[str, bytes], name: str) -> None:
    parts = unzipped(written["xlsxwriter"])
    assert name in parts
    survives(zipped({key: value for key, value in parts.items() if key != name}))
    for content in (b"", b"<a/>", b"\x00", parts["xl/workbook.xml"], parts["xl/worksheets/sheet1.xml"]):
        survives(zipped({**parts, name: content}))
