"""The real samples, cut short and with bits turned over: hundreds, always the same ones."""

from __future__ import annotations

import json
import random
import sys
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from hostile_parts import ROOT, by_hand, entry

from xlperf.check import check_snapshot
from xlperf.errors import FileRefused, XlperfError
from xlperf.findings import Report
from xlperf.workbook.read import read_bytes

SAMPLES = sorted((ROOT / "samples").glob("*.xlsx"))
#: A snapshot that was read although bits were turned is checked too; one in so many, as that takes longer.
CHECKED = 8


def _cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


def _flip(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 8, 64))):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _head(data: bytes, chance: random.Random) -> bytes:
    """Turn bits where the directory of the zip is, which is read first."""
    changed, start = bytearray(data), data.rindex(b"PK\x05\x06") - 2000
    for _ in range(chance.choice((1, 2, 8))):
        changed[chance.randrange(start, len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _inner(data: bytes, chance: random.Random) -> bytes:
    """Turn bits of one part and pack it again, with a right checksum, so that the XML is what is wrong."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice(sorted(parts))
    parts[name] = _flip(parts[name], chance)
    return by_hand(entry(name, content) for name, content in parts.items())


def _swap(data: bytes, chance: random.Random) -> bytes:
    """Put a piece of the file somewhere else in it."""
    size, at, to = chance.randrange(1, 4000), chance.randrange(len(data)), chance.randrange(len(data))
    piece = data[at : at + size]
    return data[:to] + piece + data[to + len(piece) :]


WAYS = {"cut": _cut, "flip": _flip, "head": _head, "inner": _inner, "swap": _swap}


def spoiled(way: str, count: int) -> Iterator[bytes]:
    """Yield spoiled samples, the same ones each time."""
    chance = random.Random(f"xlperf {way}")
    contents = [path.read_bytes() for path in SAMPLES]
    for _ in range(count):
        yield WAYS[way](chance.choice(contents), chance)


@pytest.mark.parametrize(("way", "count"), [("cut", 100), ("flip", 120), ("head", 120), ("inner", 60), ("swap", 60)])
def test_a_sentence_or_a_report(way: str, count: int) -> None:
    read, told = 0, []
    for data in spoiled(way, count):
        try:
            snapshot = read_bytes(data, "送来.xlsx")
        except FileRefused as error:
            told.append(str(error))
            continue
        read += 1
        if read % CHECKED == 1:
            try:
                assert isinstance(check_snapshot(snapshot), Report)
            except XlperfError as error:
                told.append(str(error))
    assert read < count
    assert [text for text in told if not text.endswith("。")] == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="measures by /proc and wait4")
@pytest.mark.parametrize("way", WAYS)
def test_the_command_too(way: str, tmp_path: Path) -> None:
    from test_hostile import bounded, is_a_sentence

    *_, data = spoiled(way, 3)
    path = tmp_path / "送来.xlsx"
    path.write_bytes(data)
    ran = bounded("check", path, tmp_path)
    (report,) = json.loads(ran.out)["files"]
    assert ran.status == report["exit_code"]
    if ran.status == 2:
        is_a_sentence(report["error"])
