"""How large a workbook may be; every limit is met before the cost that it guards against.

The defaults leave a wide margin over what the annexes need (about 2 000 cells, 600 formulas, 1 MB) and
keep the worst accepted file within a few seconds and a few hundred megabytes.
"""

from __future__ import annotations

from typing import NamedTuple

MEBIBYTE = 1 << 20


def told(size: int) -> str:
    """Return a number of bytes as a sentence has it."""
    return f"{size >> 20} MB" if size >= MEBIBYTE else f"{size >> 10} KB" if size >= 1024 else f"{size} 字节"


class Limits(NamedTuple):
    """The limits of one reading; counts are of the whole workbook unless said otherwise."""

    #: Bytes of the file itself.
    file_bytes: int = 32 * MEBIBYTE
    #: Entries of the zip, folders included.
    parts: int = 4_000
    #: Unpacked bytes of one part. A sheet with all its rows formatted, and nothing else, has some 80 MiB.
    part_bytes: int = 96 * MEBIBYTE
    #: Unpacked bytes of all parts together, as declared; a part is never unpacked beyond what it declares.
    total_bytes: int = 256 * MEBIBYTE
    #: Unpacked to packed bytes of one part; looked at from ``ratio_floor`` unpacked bytes on.
    ratio: int = 200
    #: Parts smaller than this may have any ratio.
    ratio_floor: int = MEBIBYTE
    #: Tags and one and a half times the attributes (5 to 9 for each cell) of all XML parts over 64 KiB, counted without
    #: blank cells. An attribute holds half as much memory again as a tag; parsed, each unit holds some 140 bytes.
    markup: int = 3_000_000
    #: The same of one part, all of which is in memory at once.
    part_markup: int = 1_700_000
    #: Let libxml2 accept texts over 10 MB and nesting over 256.
    huge_xml: bool = False
    #: Sheets.
    sheets: int = 300
    #: Cells with a content.
    cells: int = 200_000
    #: Formula cells.
    formulas: int = 50_000
    #: Characters of one formula or one defined name's text; Excel's own limit.
    formula_length: int = 8_192
    #: Characters of all formulas, shared ones expanded.
    formula_chars: int = 8 * MEBIBYTE
    #: Merged areas, data validations and the areas these cover.
    areas: int = 20_000
    #: Defined names.
    names: int = 20_000
    #: Characters of one cell's text; Excel's own limit.
    string_length: int = 32_767
    #: Bytes of the shared strings part.
    string_bytes: int = 32 * MEBIBYTE
    #: Last row that may have a content.
    max_row: int = 20_000
    #: Last column that may have a content.
    max_column: int = 512
