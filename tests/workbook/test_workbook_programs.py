"""One book, four writers, one reading; and how long the reading takes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

from xlperf.values import ExcelError, Scalar
from xlperf.workbook.package import open_package
from xlperf.workbook.read import read_bytes, read_file
from xlperf.workbook.snapshot import DefinedName, Snapshot

VALUES: dict[str, Scalar] = {
    "A1": "基础数据表", "A2": "项目 一\n（二）", "B2": 10, "C2": True, "B3": 20.5, "C3": "部门", "A5": "是",
}  # fmt: skip
RESULTS: dict[str, Scalar] = {"B4": 30.5, "C4": "是", "D4": 14, "E4": 3.05, "F4": ExcelError.DIV0}
FORMULAS = {
    "B4": "SUM(B2:B3)", "C4": 'IF(B4>0,"是","否")', "D4": "'附件3-1'!A1*2", "E4": "合计_本年/B2", "F4": "1/0",
}  # fmt: skip


def facts_agree(snapshot: Snapshot, more: Mapping[str, str] = MappingProxyType({})) -> None:
    first, second = snapshot.sheets
    cells = {f"{'ABCDEF'[c - 1]}{r}": cell for (r, c), cell in first.cells.items()}
    assert set(cells) == set(VALUES) | set(FORMULAS)
    assert {at: cells[at].value for at in VALUES} == VALUES
    assert {at: cell.formula for at, cell in cells.items() if cell.formula} == {**FORMULAS, **more}
    assert (first.name, first.state, second.name, second.state) == ("附件1", "visible", "附件3-1", "hidden")
    assert second.value(1, 1) == 7
    assert first.merges == ((1, 1, 1, 3),)
    assert first.hidden_rows == {5}
    assert (first.protected, second.protected) == (True, False)
    number, choice = sorted(first.validations, key=lambda v: v.kind)
    assert (number.areas, number.kind, number.operator) == (("B2:B3",), "decimal", "greaterThanOrEqual")
    assert (number.formula1, number.prompt) == ("0", "填数")
    assert (choice.areas, choice.kind, choice.formula1) == (("A5",), "list", '"是,否"')
    assert not any(snapshot.locked[cells[at].style] for at in ("B2", "B3"))
    assert all(snapshot.locked[cells[at].style] for at in ("A2", "B4"))
    assert snapshot.number_formats[cells["B2"].style] == "#,##0.00"
    assert {n.name: (n.text.replace("'附件1'", "附件1"), n.scope) for n in snapshot.names} == {
        "合计_本年": ("附件1!$B$4", None),
        "本表": ("'附件3-1'!$A$1", "附件3-1"),
    }
    assert snapshot.properties["xlperf_id"] == "bm-2024"
    assert (snapshot.properties["title"], snapshot.properties["creator"]) == ("绩效", "单位")
    assert not snapshot.date1904
    assert not snapshot.macros
    assert snapshot.external_links == ()


@pytest.mark.parametrize("writer", ["xlsxwriter", "openpyxl"])
def test_libraries(writer: str, written: dict[str, bytes]) -> None:
    snapshot = read_bytes(written[writer], "附件.xlsx")
    facts_agree(snapshot)
    assert snapshot.digest == hashlib.sha256(written[writer]).hexdigest()
    results = {cell.formula: cell for cell in snapshot.sheets[0].cells.values() if cell.formula}
    if writer == "xlsxwriter":
        assert {at: results[FORMULAS[at]].value for at in RESULTS} == RESULTS
        assert snapshot.application == "Microsoft Excel"
    else:
        assert not any(cell.cached for cell in results.values())


@pytest.mark.libreoffice
@pytest.mark.parametrize("writer", ["xlsxwriter", "openpyxl"])
def test_libreoffice(writer: str, converted: dict[str, bytes]) -> None:
    snapshot = read_bytes(converted[f"{writer} by libreoffice"], "附件.xlsx")
    facts_agree(snapshot, {"C2": "TRUE()"})  # LibreOffice has no boolean constants: it saves them as formulas
    assert snapshot.application.startswith("LibreOffice")
    first = snapshot.sheets[0]
    assert {at: first.value(int(at[1:]), "ABCDEF".index(at[0]) + 1) for at in RESULTS} == RESULTS


def test_a_file_reads_as_its_bytes(tmp_path: Path, written: dict[str, bytes]) -> None:
    path = tmp_path / "附件.xlsx"
    path.write_bytes(written["xlsxwriter"])
    assert read_file(path) == read_bytes(written["xlsxwriter"], "附件.xlsx")
    package = open_package(path)
    assert package.workbook_part == "xl/workbook.xml"
    assert "XL/STYLES.XML" in package.parts
    assert package.content_type("xl/workbook.xml").endswith("sheet.main+xml")


def test_reading_twice_gives_the_same(written: dict[str, bytes]) -> None:
    data = written["openpyxl"]
    assert read_bytes(data, "t.xlsx") == read_bytes(data, "t.xlsx")


def test_names_carry_no_surprise(written: dict[str, bytes]) -> None:
    assert DefinedName("合计_本年", "'附件1'!$B$4") in read_bytes(written["openpyxl"], "t.xlsx").names
