# ruff: noqa: E501
"""LibreOffice as a second opinion: the same workbook computed by both."""

from __future__ import annotations

import random
import shutil
import subprocess
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from test_functions import CASES, CELLS

from xlperf.values import ExcelError, Scalar, same_value

Make = Callable[..., Any]
SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value>
</prop></item></oor:items>"""

#: Why LibreOffice 7.4 gives something else → formulas. An entry that no longer differs fails.
REASONS: dict[str, list[str]] = {
    "of two errors it takes the one computed first, Excel the left one": [
        "=D1+1/0", "=SUM(D1,1/0)", "=CONCATENATE(D1,1/0)", "=D1=1/0",
    ],
    "TRUE and FALSE are numbers to it, in cells too": [
        "=SUM(A1:A6)", "=SUM(A1,A5,2)", "=COUNT(A1:A6,\"3\",\"x\",TRUE)", "=MAX(A3,A5)", "=AVERAGE(A1:A6)", "=TRUE>\"z\"",
        "=CONCATENATE(1,A4,\"x\",TRUE)", "=TEXTJOIN(\"-\",TRUE,A1:A6)", "=VALUE(TRUE)", "=TEXT(TRUE,\"0\")", "=COUNTIF(A1:A6,TRUE)",
        "=SUMPRODUCT((C1:C5>20))", "=SUMPRODUCT(ISNUMBER(A1:A6)*1)",
    ],
    "it converts written text otherwise": ["=SUM(A3,\"3\",TRUE)", "=IF(\"1\",1,2)"],
    "it writes an error of its own, which xlsx shows as #VALUE!": [
        "=SMALL(C1:C5,9)", "=FLOOR(5,0)", "=SQRT(-1)", "=MATCH(1,A1:C2,0)", "=INDEX(C1:C5,6)", "=VLOOKUP(2,A1:C5,4,FALSE)", "=DATE(10000,1,1)",
        "=DATEDIF(45366,45000,\"d\")", "=0^-1",
    ],
    "[DBNum1]0 is digit by digit in Excel": ["=TEXT(123,\"[DBNum1]0\")"],
    "it snaps every subtraction to 0, Excel only the last of a formula": ["=(0.5-0.4-0.1)=0", "=0=0.5-0.4-0.1"],
    "its calendar has no 29 February 1900 and reaches below 1900": [
        "=TEXT(-1,\"yyyy\")", "=TEXT(60,\"yyyy-mm-dd\")", "=DATE(1900,2,29)", "=DATE(1900,1,1)", "=DAY(60)", "=YEAR(-1)",
    ],
    "English locale: it does not read these dates": ["=DAYS(\"2024-03-15\",\"2024/3/1\")", "=MONTH(\"2024年3月15日\")", "=TEXT(45366,\"aaaa\")"],
    "COUNTIF does not match text with a number there": ["=COUNTIF(A1:A6,3)"],
    "numbers as text: its own limits": ["=1/30000&\"\"", "=1E21&\"\"", "=TEXT(1234,\"#,##0.\")", "=CHAR(0)"],
    "the function is missing or other in LibreOffice 7.4": [
        "=XLOOKUP(\"y\",B1:B4,C1:C4)", "=XLOOKUP(\"q\",B1:B4,C1:C4,\"无\")", "=XLOOKUP(\"q\",B1:B4,C1:C4)", "=RANK(21,C1:C5)", "=MROUND(5,-2)",
        "=FIND(\"\",\"abc\")", "=N(A1:A2)", "=SUMPRODUCT(C1:C2*C1:C3)",
    ],
}  # fmt: skip
KNOWN = {formula: reason for reason, formulas in REASONS.items() for formula in formulas}

HELPER = (
    'IF(K{r}="","",IF(K{r}="定性",IF(P{r}="","",P{r}),IF(COUNT(L{r},N{r})<2,"",IF(OR(K{r}="≥",K{r}="＞"),IF(N{r}>=L{r},G{r},'
    'ROUND(N{r}/L{r}*G{r},2)),IF(OR(K{r}="≤",K{r}="＜"),IF(N{r}<=L{r},G{r},ROUND(L{r}/N{r}*G{r},2)),'
    "IF(N{r}=L{r},G{r},ROUND(MIN(N{r}/L{r},1)*G{r},2)))))))"
)


def workbook() -> tuple[dict[str, Scalar], list[str]]:
    """Return the cells of one sheet and the formulas of its column Z, from row 1."""
    chance = random.Random(20240315)
    cells: dict[str, Scalar] = dict(CELLS)
    for row in range(20, 60):
        cells[f"K{row}"] = chance.choice(["≥", "＞", "≤", "＜", "＝", "定性", None])
        cells[f"L{row}"] = chance.choice([None, 0.5, 3, 95.5, "≥3", 378.3])
        cells[f"N{row}"] = chance.choice([None, 0.25, 3, 88.25, "3次", 365.26])
        cells[f"G{row}"], cells[f"P{row}"] = chance.choice([5, 10, 2.5]), chance.choice([None, 4, 3.75])
        cells[f"H{row}"] = round(chance.uniform(-2000, 2000), 2)
    formulas = [formula for formula, expected in CASES if expected is not None]
    formulas += ["=" + HELPER.format(r=row) for row in range(20, 60)]
    for row in range(20, 58):
        formulas += [
            f"=ROUND(H{row}/H{row + 1}*{chance.randint(1, 99)},2)", f"=ROUND(SUM(H20:H{row}),2)", f'=H{row}&"万元"',
            f'=TEXT(H{row},"#,##0.00")', f'=IF(ABS(SUM(H{row}:H{row + 2})-H{row})>0.005,"不符","相符")',
            f'=SUMIF(K20:K{row},K{row + 1},H20:H{row})', f'=COUNTIF(K20:K59,K{row}&"")', f"=SUMPRODUCT((H20:H{row}>0)*H20:H{row})",
            f"=INDEX(H20:H59,MATCH(H{row},H20:H59,0))", f"=ROUNDUP(H{row},1)-ROUNDDOWN(H{row},1)", f"=MOD(INT(H{row}),7)",
            f'=LEFT(K{row}&"指标",2)&LEN(H{row})', f"=TEXT(45000+{row}*37,\"yyyy年m月d日\")",
        ]  # fmt: skip
    return cells, formulas


def computed(folder: Path, cells: dict[str, Scalar], formulas: list[str]) -> list[Scalar]:
    """Return what LibreOffice makes of the formulas."""
    book = xlsxwriter.Workbook(str(folder / "in.xlsx"), {"use_future_functions": True})
    sheet = book.add_worksheet("表")
    for address, value in cells.items():
        if isinstance(value, ExcelError):
            sheet.write_formula(address, "=NA()")
        elif value == "":
            sheet.write_formula(address, '=""')
        elif value is not None:
            sheet.write_string(address, value) if isinstance(value, str) else sheet.write(address, value)
    for row, formula in enumerate(formulas, 1):
        sheet.write_formula(f"Z{row}", formula)
    book.close()
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(SETTINGS, encoding="utf-8")
    command = [
        "soffice",
        f"-env:UserInstallation={profile.as_uri()}",
        "--headless",
        "--convert-to",
        "xlsx:Calc MS Excel 2007 XML",
    ]
    subprocess.run(
        [*command, "--outdir", str(folder / "out"), str(folder / "in.xlsx")],
        check=True,
        capture_output=True,
        timeout=120,
    )
    result = openpyxl.load_workbook(folder / "out" / "in.xlsx", data_only=True)["表"]
    return [_scalar(result[f"Z{row}"].value) for row in range(1, len(formulas) + 1)]


def _scalar(value: Any) -> Scalar:
    if isinstance(value, datetime):
        return (value - datetime(1899, 12, 30)).days
    error = next((error for error in ExcelError if error.value == value), None)
    return error if error is not None else value


@pytest.mark.libreoffice
@pytest.mark.skipif(shutil.which("soffice") is None, reason="no soffice")
def test_libreoffice_agrees(make: Make, tmp_path: Path) -> None:
    cells, formulas = workbook()
    book = make({"表": {**cells, **{f"Z{row}": formula for row, formula in enumerate(formulas, 1)}}})
    ours = book.run()
    assert not ours.unchecked
    others = computed(tmp_path, cells, formulas)
    differing = {}
    for row, (formula, other) in enumerate(zip(formulas, others, strict=True), 1):
        mine = ours.values["表"][row, 26]
        if not same_value(mine, other):
            differing[formula] = (mine, other)
    assert {formula: pair for formula, pair in differing.items() if formula not in KNOWN} == {}
    assert set(KNOWN) <= set(differing), "LibreOffice agrees by now: take it off the list"
