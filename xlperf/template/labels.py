"""Labels of a sheet, compared as a person reads them: the fixed texts by which rows and sheets are told apart."""

from __future__ import annotations

from collections.abc import Container
from functools import lru_cache

from xlperf.values import Scalar
from xlperf.workbook.snapshot import SheetSnapshot


def normal(text: Scalar) -> str:
    """Return a label as it is compared: without blanks of any width, in lower case."""
    return _normal(text) if isinstance(text, str) else ""


@lru_cache(maxsize=16384)
def _normal(text: str) -> str:
    return "".join(text.split()).casefold()


def labels_of(
    sheet: SheetSnapshot | None, skip: frozenset[int], wanted: Container[str] | None = None
) -> dict[tuple[int, str], int]:
    """Return fixed texts that stand on exactly one row of the sheet (column 0) or of a column; 0 for several rows.

    ``wanted``, where given, are the only texts that matter.
    """
    found: dict[tuple[int, str], int] = {}
    if sheet is None:
        return found
    for (row, column), cell in sheet.cells.items():
        value = cell.value
        if cell.formula is not None or not isinstance(value, str) or row in skip or column > 30:
            continue
        text = normal(value)
        if len(text) >= 2 if wanted is None else text in wanted:
            for key in ((0, text), (column, text)):
                found[key] = row if found.get(key, row) == row else 0
    return found


def title_of(sheet: SheetSnapshot | None) -> str:
    """Return the printed title of a sheet as it is compared, "" where it has none."""
    if sheet is None:
        return ""
    texts = [normal(sheet.value(row, 1)) for row in (1, 2, 3)]
    return next((text for text in texts if len(text) >= 8), "")
