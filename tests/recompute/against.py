# ruff: noqa: E501  formulas and tables of cases stand on lines of their own
"""Many formulas over one sheet of cells, computed by this engine and, in one document, by LibreOffice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import xlsxwriter
from libreoffice import recalculate

from xlperf.recalc import agrees, recalc_snapshot
from xlperf.values import ExcelError, Scalar
from xlperf.workbook.limits import Limits
from xlperf.workbook.read import read_file

#: The column that the formulas stand in, far from what they read.
COLUMN = 25


class Pair(NamedTuple):
    """What one formula gives to both; ``reason`` where this engine does not check it."""

    formula: str
    ours: Scalar
    theirs: Scalar
    reason: str

    @property
    def differs(self) -> bool:
        """Whether both computed it, and came to something else."""
        return not self.reason and not agrees(self.ours, self.theirs)


def write(path: Path, cells: Mapping[str, Scalar], formulas: Sequence[str]) -> None:
    """Write a workbook without stored results."""
    book = xlsxwriter.Workbook(str(path), {"use_future_functions": True})
    sheet = book.add_worksheet("数据")
    for address, value in cells.items():
        if isinstance(value, ExcelError):
            sheet.write_formula(address, {"#N/A": "=NA()", "#DIV/0!": "=1/0"}[value.value])
        elif value == "":
            sheet.write_formula(address, '=""')
        elif isinstance(value, str):
            sheet.write_string(address, value)
        elif value is not None:
            sheet.write(address, value)
    for row, formula in enumerate(formulas):
        sheet.write_formula(row, COLUMN, "=" + formula)
    book.close()


def compare(folder: Path, cells: Mapping[str, Scalar], formulas: Sequence[str]) -> list[Pair]:
    """Return what both make of the formulas, in order."""
    given = folder / "in.xlsx"
    write(given, cells, formulas)
    [made] = recalculate([given], folder / "out")
    theirs = read_file(made, Limits(string_length=10**7)).sheets[0]  # LibreOffice keeps longer texts than Excel
    ours = {
        item.cell.row: item
        for item in recalc_snapshot(read_file(given)).cells
        if item.cell.column == COLUMN + 1
    }
    return [
        Pair(formula, ours[row].recomputed, theirs.value(row, COLUMN + 1), ours[row].reason if ours[row].recomputed is None else "")
        for row, formula in enumerate(formulas, 1)
    ]
