"""Cases of our own, each with its source: equal, or refused where that is what the case says."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from conftest import Book

from xlperf.recompute import ShapeCache
from xlperf.values import ExcelError, same_value

DATA: dict[str, Any] = json.loads((Path(__file__).parent / "own_semantics.json").read_text(encoding="utf-8"))
CASES: list[tuple[str, Any, str]] = [
    (formula, expected, group["group"]) for group in DATA["groups"] for formula, expected in group["cases"]
]
#: Formula → why LibreOffice gives something else. An entry that no longer differs fails.
KNOWN = {formula: reason for reason, formulas in DATA["libreoffice"].items() for formula in formulas}
ERRORS = {error.value: error for error in ExcelError}


def _all(book: Book, count: int) -> list[object]:
    """Return what each case gives; refusals as ``?…``."""
    result = book.run()
    reasons = {cell[1:]: reason for cell, reason in result.unchecked.items()}
    grid = result.values["表"]
    return [f"?{reasons[row, 26]}" if (row, 26) in reasons else grid.get((row, 26)) for row in range(1, count + 1)]


@pytest.fixture(scope="module")
def results() -> list[object]:
    formulas = {f"Z{row}": case[0] for row, case in enumerate(CASES, 1)}
    return _all(Book({"表": {**DATA["cells"], **formulas}}, {}, ShapeCache("")), len(formulas))


@pytest.mark.parametrize("row", range(len(CASES)), ids=lambda row: f"{CASES[row][2]}-{CASES[row][0]}")
def test_case(results: list[object], row: int) -> None:
    formula, expected, _ = CASES[row]
    found = results[row]
    refused = isinstance(found, str) and found.startswith("?")
    if expected is None:
        assert refused, f"{formula} is computed: {found!r}"
        return
    assert not refused, f"{formula}: {found}"
    wanted = ERRORS.get(expected, expected) if isinstance(expected, str) else expected
    assert type(found) is type(wanted) or not isinstance(wanted, bool | str)
    assert same_value(found, wanted), f"{formula} gives {found!r}, expected {wanted!r}"


SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>0</value></prop></item>
<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse">
<value>zh-CN</value></prop></item></oor:items>"""


def computed(folder: Path, formulas: list[str]) -> list[Any]:
    """Return what LibreOffice in a Chinese locale makes of formulas."""
    book = xlsxwriter.Workbook(str(folder / "in.xlsx"), {"use_future_functions": True})
    sheet = book.add_worksheet("表")
    for address, value in {**DATA["cells"], **{f"Z{row}": text for row, text in enumerate(formulas, 1)}}.items():
        if isinstance(value, str) and not value.startswith("="):
            sheet.write_string(address, value)
        else:
            sheet.write(address, value)
    book.close()
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(SETTINGS, encoding="utf-8")
    command = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to"]
    command += ["xlsx:Calc MS Excel 2007 XML", "--outdir", str(folder / "out"), str(folder / "in.xlsx")]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    result = openpyxl.load_workbook(folder / "out" / "in.xlsx", data_only=True)["表"]
    return [_plain(result[f"Z{row}"].value) for row in range(1, len(formulas) + 1)]


def _close(one: Any, other: Any) -> bool:
    numbers = isinstance(one, int | float) and isinstance(other, int | float)
    return numbers and abs(one - other) <= 1e-12 * max(1, abs(one))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return (value - datetime(1899, 12, 30)) / timedelta(days=1)
    if isinstance(value, time):
        return (value.hour * 3600 + value.minute * 60 + value.second) / 86400
    return value


@pytest.mark.libreoffice
@pytest.mark.skipif(shutil.which("soffice") is None, reason="no soffice")
def test_libreoffice_agrees_but_for_what_is_known(tmp_path: Path) -> None:
    firm = [(formula, expected) for formula, expected, _ in CASES if expected is not None]
    others = computed(tmp_path, [formula for formula, _ in firm])
    differing = {
        formula: (expected, other)
        for (formula, expected), other in zip(firm, others, strict=True)
        if not same_value(expected, other) and not _close(expected, other)
    }
    assert {formula: pair for formula, pair in differing.items() if formula not in KNOWN} == {}
    assert set(KNOWN) <= set(differing), "LibreOffice agrees by now: take it off the list"
