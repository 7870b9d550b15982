"""The workbooks that are measured: a filled one, many distinct ones, and rows upon rows of formulas."""

from __future__ import annotations

import random
import re
import shutil
import zipfile
from pathlib import Path

import xlsxwriter

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = sorted((ROOT / "samples").glob("*更正稿.xlsx"))
_AMOUNT = re.compile(rb'(<c r="[A-Z]+[0-9]+" s="[0-9]+"><v>)([0-9]+\.[0-9]+)(</v></c>)')


def plain_copy(path: Path, folder: Path) -> Path:
    """Copy a workbook to a name that every peer can open."""
    copy = folder / "book.xlsx"
    shutil.copy(path, copy)
    return copy


def distinct_copies(folder: Path, count: int) -> list[Path]:
    """Make workbooks that all differ: samples with some of their amounts changed by a few cents."""
    made: list[Path] = []
    chance = random.Random(2024)
    sources = [_parts(path) for path in SAMPLES]
    for number in range(count):
        parts = dict(sources[number % len(sources)])
        for name in [name for name in parts if name.startswith("xl/worksheets/")]:
            parts[name] = _AMOUNT.sub(lambda found: _moved(found, chance), parts[name])
        path = folder / f"单位{number:04d}.xlsx"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in parts.items():
                archive.writestr(name, content)
        made.append(path)
    return made


def _parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _moved(found: re.Match[bytes], chance: random.Random) -> bytes:
    if chance.random() > 0.1:
        return found[0]
    value = float(found[2]) + chance.randrange(1, 9) / 100
    return found[1] + f"{value:.2f}".encode() + found[3]


def ledger(folder: Path, formulas: int) -> Path:
    """Make a ledger with about so many formulas: four to a row, and sums over blocks of a hundred rows."""
    path = folder / f"ledger{formulas}.xlsx"
    with xlsxwriter.Workbook(path) as book:
        per_sheet = 20_000  # four in each of 5,000 rows
        for first in range(0, formulas, per_sheet):
            _ledger_sheet(book.add_worksheet(f"台账{first // per_sheet + 1}"), min(per_sheet, formulas - first) // 4)
    return path


def _ledger_sheet(sheet: xlsxwriter.worksheet.Worksheet, rows: int) -> None:
    for row in range(rows):
        line, budget, outturn = row + 1, 100.0 + row % 37, 90.0 + row % 41
        top = row // 100 * 100 + 1
        sheet.write_row(row, 0, [f"项目{row}", budget, outturn])
        sheet.write_formula(row, 3, f"=B{line}-C{line}", None, budget - outturn)
        sheet.write_formula(row, 4, f'=IF(B{line}=0,"—",ROUND(C{line}/B{line},4))', None, round(outturn / budget, 4))
        within = [100.0 + other % 37 for other in range(top - 1, row + 1)]
        sheet.write_formula(row, 5, f"=SUM(B{top}:B{line})", None, sum(within))
        over = "超支" if outturn > budget else "结余"
        sheet.write_formula(row, 6, f'=IF(C{line}>B{line},"超支","结余")', None, over)
