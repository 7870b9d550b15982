# ruff: noqa: E501
"""Clean filled workbooks of any number of projects, made from the data of a sample; and looking into reports."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from edits import area_of
from excel_like import Book, q, split

from xlperf.address import CellRef, column_letters
from xlperf.check import check_snapshot
from xlperf.findings import Finding, Level, Report
from xlperf.publish.fill import fill, load_data
from xlperf.template.library import find
from xlperf.workbook.read import read_bytes

DATA = Path(__file__).resolve().parents[2] / "samples" / "data" / "组织部_2024_更正稿.toml"
BUSINESS, SPECIAL, TABLE = "业务工作经费_明细", "市级专项资金_明细", "附表_项目明细"
_BASIC = 1379.23


@lru_cache(maxsize=16)
def clean(business: int, special: int, spare: int = 0, seed: int = 0) -> bytes:
    """Return a workbook with so many lines in 附件1, a sheet for each, and ``spare`` unused rows in each block."""
    chance = random.Random(seed)
    data: dict[str, Any] = copy.deepcopy(load_data(DATA))
    original = data["项目"][1]
    data["项目"] = []
    total, table = 0.0, []
    for block, count, word in ((BUSINESS, business, "业务"), (SPECIAL, special, "专项")):
        lines = []
        for number in range(1, count + 1):
            name = f"{word}工作项目{number}"
            budget = chance.randint(200, 90000) / 100
            outturn = round(budget * chance.choice([1, 0.95, 0.875]), 2)
            lines.append([name, outturn, budget, budget, outturn, "与上年同口径。"])
            table.append([name, budget, 0, outturn])
            project = copy.deepcopy(original)
            fields = project["字段"]
            fields["项目名称"] = name
            fields["财政拨款_年初预算数"] = fields["财政拨款_全年预算数"] = budget
            fields["财政拨款_全年执行数"] = outturn
            data["项目"].append(project)
            total += outturn
        data["块"][block]["行"] = lines
    for name in [name for name in data["字段"] if name.startswith("运行维护经费_")]:
        data["字段"][name] = 0 if not name.endswith("说明") else ""
    data["字段"]["附件2_一般公共预算"] = round(_BASIC + total, 2)
    data["字段"]["附件2_其他资金"] = 0
    data["块"][TABLE]["行"] = table
    blocks = [*data["块"].values(), *(block for project in data["项目"] for block in project["块"].values())]
    for block in blocks:
        block["行"] = [*block["行"], *([""] * len(block["列"]) for _ in range(spare))]
    return fill(find(), data)


def check(data: bytes) -> Report:
    return check_snapshot(read_bytes(data, "单位.xlsx"))


def flat(report: Report) -> Iterator[Finding]:
    for finding in report.findings:
        yield finding
        yield from finding.consequences


def told(report: Report) -> list[str]:
    """Return what is still open, for messages of tests."""
    return [f"{f.rule} {f.message} {[str(p.cell) for p in f.places][:4]}" for f in report.findings if f.explained is None]


def places(report: Report) -> set[CellRef]:
    """Return every cell that a report points to, in findings or their consequences."""
    return {place.cell for finding in flat(report) for place in finding.places}


def is_number_notice(finding: Finding) -> bool:
    """Whether a finding only asks to renumber a project sheet that was copied in Excel."""
    return finding.level is Level.NOTICE and "附件号" in finding.message


def signature(report: Report) -> object:
    """Return what two reports must share to say the same, addresses aside."""
    found = (f for f in flat(report) if not is_number_notice(f))
    return (
        sorted((f.rule, f.level.value, f.explained or "", f.row or "") for f in found),
        report.exit_code,
    )


def block_rows(book: Book, name: str, sheet: str | None = None) -> tuple[str, int, int]:
    """Return sheet, first and last row of a block."""
    home, (top, _, bottom, _) = area_of(book, name, sheet)
    return home, top, bottom


def clear_inputs(book: Book, block: str, sheet: str, row: int) -> None:
    """Empty the inputs of a row of a block, as a person does after inserting a copy."""
    for letters in input_columns(block):
        book.put(sheet, f"{letters}{row}", None)


def input_columns(block: str) -> list[str]:
    dictionary = find().dictionary
    return [column_letters(c.column) for c in dictionary.blocks[block].columns if c.kind.is_input]


def is_used(book: Book, block: str, sheet: str, row: int) -> bool:
    return any(len(book[sheet].cell(f"{letters}{row}")) for letters in input_columns(block))


def formula_cells(book: Book, sheet: str) -> list[str]:
    return [str(cell.get("r")) for cell in book[sheet].cells() if cell.find(q("f")) is not None]


def numeric_result(book: Book, sheet: str, address: str) -> float | None:
    cell = book[sheet].cell(address)
    value = cell.find(q("v"))
    return float(value.text or "0") if value is not None and cell.get("t") in (None, "n") else None


def ref(sheet: str, address: str) -> CellRef:
    return CellRef(sheet, *split(address))
