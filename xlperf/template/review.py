"""Tables of checks (审核): found by their header, wherever they stand.

A row whose 编号 begins like a rule id (``A01``, ``B04-2``) is one check. A bureau adds a check of its own by adding
a row.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from xlperf.address import CellRef
from xlperf.workbook.snapshot import Cell

#: The headers by which a table of checks is recognised, and what each column is called in code.
HEADERS = {
    "编号": "id", "级别": "level", "审核内容": "text", "左值": "left", "右值": "right", "差额": "difference",
    "允许误差": "tolerance", "结果": "result", "定位": "at", "审核说明": "explanation",
}  # fmt: skip

_ID = re.compile(r"[A-Z]{1,3}\d{2,3}(?:-\d+)?$")


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """One check: where its parts stand (by :data:`HEADERS`' values), and its preset texts."""

    id: str
    sheet: str
    row: int
    level: str
    text: str
    columns: Mapping[str, int]

    @property
    def rule(self) -> str:
        """The rule the row belongs to: ``B04`` of ``B04-2``."""
        return self.id.partition("-")[0]

    def cell(self, part: str) -> CellRef:
        """The cell of one part: left, right, difference, tolerance, result, explanation, …"""
        return CellRef(self.sheet, self.row, self.columns[part])


def find_review_rows(sheet: str, cells: Mapping[tuple[int, int], Cell]) -> list[ReviewRow]:
    """Return the checks that stand on a sheet, from top to bottom."""
    by_row: dict[int, dict[str, int]] = {}
    for (row, column), cell in cells.items():
        if isinstance(cell.value, str) and cell.formula is None and cell.value in HEADERS:
            by_row.setdefault(row, {})[HEADERS[cell.value]] = column
    headers = {row: columns for row, columns in by_row.items() if len(columns) == len(HEADERS)}
    if not headers:
        return []
    found: list[ReviewRow] = []
    last = max(row for row, _ in cells)
    columns: dict[str, int] = {}
    for row in range(min(headers), last + 1):
        if row in headers:
            columns = headers[row]
            continue
        number = cells.get((row, columns["id"]))
        if number is None or not isinstance(number.value, str) or not _ID.match(number.value):
            continue
        level, text = (cells.get((row, columns[part])) for part in ("level", "text"))
        found.append(
            ReviewRow(
                number.value, sheet, row,
                str(level.value) if level else "", str(text.value) if text else "", columns,
            )
        )  # fmt: skip
    return found
