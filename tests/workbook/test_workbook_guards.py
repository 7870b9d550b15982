"""Guards of the reader that a hostile file was needed to find."""

from __future__ import annotations

import struct

import pytest
from handmade import book, parts, sheet, zipped

from xlperf.errors import FileRefused, LimitExceeded
from xlperf.workbook.limits import Limits
from xlperf.workbook.read import read_bytes
from xlperf.workbook.shared import SharedFormula


def test_a_range_of_a_shared_formula_leaves_the_sheet_whole() -> None:
    """Half of it would be ``#REF!:B3``, which nothing can read."""
    assert SharedFormula("SUM(A1:B2)+A1", 5, 5).at(5, 4) == "SUM(#REF!)+#REF!"
    assert SharedFormula("SUM($A1:B$2)", 1, 1).at(3, 4) == "SUM($A3:E$2)"
    assert SharedFormula("A1:ZZZ1", 1, 1).at(2, 1) == "A2:ZZZ1"  # ZZZ1 is a name


def test_entries_that_share_bytes_are_refused() -> None:
    data = bytearray(zipped(parts(sheet('<row r="1"><c r="A1"><v>1</v></c></row>'))))
    entries = [at for at in range(len(data)) if data[at : at + 4] == b"PK\x01\x02"]
    first = struct.unpack_from("<L", data, entries[0] + 42)
    struct.pack_into("<L", data, entries[1] + 42, *first)
    with pytest.raises(FileRefused, match="重叠"):
        read_bytes(bytes(data), "叠.xlsx")


def test_the_markup_of_one_part_is_limited_apart() -> None:
    rows = "".join(f'<row r="{i}"><c r="A{i}"><v>1</v></c></row>' for i in range(1, 9000))
    data = book(rows)
    read_bytes(data, "可.xlsx", Limits(part_markup=200_000))
    with pytest.raises(LimitExceeded, match="内容过多"):
        read_bytes(data, "多.xlsx", Limits(part_markup=60_000))
