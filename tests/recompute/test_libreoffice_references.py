# ruff: noqa: E501
"""LibreOffice as a second opinion on references and arrays: one document for all."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import test_arrays
import test_references
import xlsxwriter
from array_grammar import CELLS, Grammar
from test_libreoffice import SETTINGS, _scalar

from xlperf.address import CellRef, column_letters, parse_area
from xlperf.values import ExcelError, Scalar, same_value

Make = Callable[..., Any]
NAMES = {(None, "区"): "表!$A$1:$B$1", (None, "式"): "表!$A$1:$A$2*2", **{
    key: text for key, text in test_references.NAMES.items() if key[1] in ("文", "率", "跨", "并", "负", "交", "数组", "累", "右下")
}}  # fmt: skip

#: Why LibreOffice 7.4 gives something else → formulas. An entry that no longer differs fails.
REASONS: dict[str, list[str]] = {
    "it does not read Chinese sheet names in a reference to several sheets": ["=SUM('表:乙'!A1)", "=SUM(跨)"],
    "it snaps every subtraction to 0, Excel only the last of a formula": ["=SUM(0.1*3-0.3)"],
    "LibreOffice 7.4 has no XLOOKUP (24.8 was the first)": ["=XLOOKUP(2,A1:A5,B1:B5)"],
    "TRUE and FALSE of an array are numbers to it": ["=SUM(A1:A5<>B1:B5)"],
    "it cuts arrays of unlike sizes to the smaller; Excel fills with #N/A (support.microsoft.com, Guidelines and examples of array formulas)": [
        "=SUM(A1:A2+B1:B3)",
    ],
}  # fmt: skip
KNOWN = {formula: reason for reason, formulas in REASONS.items() for formula in formulas}


def marked(function: Callable[..., Any], names: str) -> list[Any]:
    """Return the cases of a parametrized test."""
    return next(list(mark.args[1]) for mark in function.pytestmark if mark.args[0] == tuple(names.split()))


def blocks() -> Iterator[tuple[str, str, list[list[object]]]]:
    """Yield the blocks of test_arrays on rows of their own: area, formula, rows."""
    down = 20
    for area, formula, rows in marked(test_arrays.test_blocks, "area formula rows"):
        top, left, bottom, right = parse_area(area)
        if all(value is not None for row in rows for value in row) and "H3" not in formula:
            yield f"{column_letters(left)}{down}:{column_letters(right)}{down + bottom - top}", formula, rows
            down += bottom - top + 2


def meeting() -> dict[str, str]:
    """Return the formulas with implicit intersection, each in its row, from column AD on."""
    cases = marked(test_references.test_implicit_intersection_where_the_book_is_a_file, "at formula value")
    return {
        f"{column_letters(30 + number)}{at[1:]}": formula
        for number, (at, formula, value) in enumerate(cases)
        if value is not None and at[0] == "H" and "区" not in formula
    }


def write(path: Path, values: dict[str, Any], ordinary: list[str], arrays: list[str], rest: bool = True) -> None:
    book = xlsxwriter.Workbook(str(path), {"use_future_functions": True})
    sheet, other = book.add_worksheet("表"), book.add_worksheet("乙")
    other.write("A1", 100)
    for (_, name), text in NAMES.items():
        book.define_name(name, "=" + text)
    for address, value in values.items():
        sheet.write(address, value)
    for row, formula in enumerate(ordinary, 1):
        sheet.write_formula(f"Z{row}", formula)
    for row, formula in enumerate(arrays, 1):
        sheet.write_array_formula(f"AB{row}", "{" + formula + "}")
    for address, formula in meeting().items() if rest else ():
        sheet.write_formula(address, formula)
    for area, formula, _ in blocks() if rest else ():
        sheet.write_array_formula(area, "{" + formula + "}")
    book.close()


def computed(folder: Path) -> Any:
    """Return the sheet as LibreOffice computes it."""
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(SETTINGS, encoding="utf-8")
    command = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML"]
    subprocess.run([*command, "--outdir", str(folder / "out"), str(folder / "in.xlsx")], check=True, capture_output=True, timeout=180)
    return openpyxl.load_workbook(folder / "out" / "in.xlsx", data_only=True)["表"]


@pytest.mark.libreoffice
@pytest.mark.skipif(shutil.which("soffice") is None, reason="no soffice")
def test_libreoffice_agrees_on_references_and_arrays(make: Make, tmp_path: Path) -> None:
    ordinary = [formula for formula, value in marked(test_references.test_areas, "formula value") if value is not None]
    ordinary += ["=SUM(并)", "=2^负", "=负^2", "=文", "=率*100", "=SUM(跨)", "=SUM(交)", "=SUM(数组)", "=累", "=右下&1"]
    arrays = [formula for formula, value in test_arrays.CASES if value is not None and formula != "=ROW()"]
    write(tmp_path / "in.xlsx", test_arrays.CELLS, ordinary, arrays)
    cells = {**test_arrays.CELLS, **{f"Z{row}": f for row, f in enumerate(ordinary, 1)}, **{f"AB{row}": f for row, f in enumerate(arrays, 1)}}
    areas = [f"AB{row}" for row in range(1, len(arrays) + 1)] + [area for area, _, _ in blocks()]
    cells |= {area.partition(":")[0]: formula for area, formula, _ in blocks()}
    cells |= meeting()
    ours = make({"表": cells, "乙": {"A1": 100}}, NAMES, arrays=areas, hidden_rows={"表": frozenset()}, intersects=True).run()
    theirs = computed(tmp_path)
    differing: dict[str, tuple[Scalar, Scalar]] = {}
    for address, formula in cells.items():
        if parse_area(address)[1] < 26:
            continue
        top, left, _, _ = parse_area(address)
        mine, other = ours.values["表"].get((top, left)), _scalar(theirs[address].value)
        if isinstance(mine, ExcelError) != isinstance(other, ExcelError) or not (isinstance(mine, ExcelError) or same_value(mine, other)):
            differing[formula] = mine, other
    for area, formula, rows in blocks():
        top, left, _, _ = parse_area(area)
        for i, row in enumerate(rows):
            for j, expected in enumerate(row):
                mine, other = ours.values["表"].get((top + i, left + j)), _scalar(theirs.cell(top + i, left + j).value)
                if not same_value(mine, other) and not (expected == 0 and other is None):
                    differing[f"{area}{formula}"] = mine, other
    assert {formula: pair for formula, pair in differing.items() if formula not in KNOWN} == {}
    assert set(KNOWN) <= set(differing), "LibreOffice agrees by now: take it off the list"


@pytest.mark.libreoffice
@pytest.mark.skipif(shutil.which("soffice") is None, reason="no soffice")
def test_libreoffice_agrees_on_arrays_at_random(make: Make, tmp_path: Path) -> None:
    grammar = Grammar(20240315)
    arrays, ordinary = [grammar.array() for _ in range(500)], [grammar.ordinary() for _ in range(200)]
    write(tmp_path / "in.xlsx", CELLS, ordinary, arrays, rest=False)
    formulas = {**{f"Z{row}": f for row, f in enumerate(ordinary, 1)}, **{f"AB{row}": f for row, f in enumerate(arrays, 1)}}
    areas = [address for address in formulas if address.startswith("AB")]
    ours = make({"表": {**CELLS, **formulas}, "乙": {"A1": 100}}, NAMES, arrays=areas).run()
    theirs = computed(tmp_path)
    differing, compared = {}, 0
    for address, formula in formulas.items():
        place = parse_area(address)[:2]
        if CellRef("表", *place) in ours.unchecked:
            continue
        compared += 1
        mine, other = ours.values["表"].get(place), _scalar(theirs[address].value)
        if not (isinstance(mine, ExcelError) and isinstance(other, ExcelError)) and not same_value(mine, other):
            differing[formula] = mine, other
    assert differing == {}
    assert compared > 600
