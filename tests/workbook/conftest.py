"""The same small book written by XlsxWriter, by openpyxl, and by LibreOffice from both."""



from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from openpyxl.packaging.custom import StringProperty
from openpyxl.styles import Protection
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

FIRST, SECOND = "附件1", "附件3-1"
FORMULAS = {"B4": "SUM(B2:B3)", "C4": 'IF(B4>0,"是","否")', "D4": f"'{SECOND}'!A1*2", "E4": "合计_本年/B2"}
CACHED = {"B4": 30.5, "C4": "是", "D4": 14, "E4": 3.05}


def write_xlsxwriter() -> bytes:
    out = io.BytesIO()
    wb = xlsxwriter.Workbook(out, {"in_memory": True})
    money = wb.add_format({"num_format": "#,##0.00", "locked": False})
    first, second = wb.add_worksheet(FIRST), wb.add_worksheet(SECOND)
    first.merge_range("A1:C1", "基础数据表")
    first.write("A2", "项目 一\n（二）")
    first.write("B2", 10, money)
    first.write("B3", 20.5, money)
    first.write_boolean("C2", True)
    first.write_rich_string("C3", "部", wb.add_format({"bold": True}), "门")
    for cell, formula in FORMULAS.items():
        first.write_formula(cell, "=" + formula, None, CACHED[cell])
    first.write_formula("F4", "=1/0", None, "#DIV/0!")
    first.write_blank("D2", None, money)
    first.data_validation(
        "B2:B3", {"validate": "decimal", "criteria": ">=", "value": 0, "input_message": "填数"}
    )
    first.data_validation("A5", {"validate": "list", "source": ["是", "否"]})
    first.set_row(4, None, None, {"hidden": True})
    first.write("A5", "是")
    first.protect()
    second.write("A1", 7)
    second.hide()
    wb.define_name("合计_本年", f"='{FIRST}'!$B$4")
    wb.define_name(f"'{SECOND}'!本表", f"='{SECOND}'!$A$1")
    wb.set_properties({"title": "绩效", "author": "单位"})
    wb.set_custom_property("xlperf_id", "bm-2024")
    wb.close()
    return out.getvalue()


def write_openpyxl() -> bytes:
    wb = openpyxl.Workbook()
    first, second = wb.active, wb.create_sheet(SECOND)
    assert first is not None
    first.title = FIRST
    first["A1"] = "基础数据表"
    first.merge_cells("A1:C1")
    first["A2"] = "项目 一\n（二）"
    first["B2"], first["B3"], first["C2"], first["C3"], first["A5"] = 10, 20.5, True, "部门", "是"
    for cell in ("B2", "B3", "D2"):
        first[cell].number_format, first[cell].protection = "#,##0.00", Protection(locked=False)
    for cell, formula in FORMULAS.items():
        first[cell] = "=" + formula
    first["F4"] = "=1/0"
    number = DataValidation(type="decimal", operator="greaterThanOrEqual", formula1="0", prompt="填数")
    number.add("B2:B3")
    choice = DataValidation(type="list", formula1='"是,否"')
    choice.add("A5")
    first.add_data_validation(number)
    first.add_data_validation(choice)
    first.row_dimensions[5].hidden = True
    first.protection.sheet = True
    second["A1"] = 7
    second.sheet_state = "hidden"
    wb.defined_names["合计_本年"] = DefinedName("合计_本年", attr_text=f"'{FIRST}'!$B$4")
    second.defined_names["本表"] = DefinedName("本表", attr_text=f"'{SECOND}'!$A$1")
    wb.properties.title, wb.properties.creator = "绩效", "单位"
    wb.custom_doc_props.append(StringProperty(name="xlperf_id", value="bm-2024"))
    out = io.BytesIO()
    wb.save(out)
    return out.getvalue()


@pytest.fixture(scope="session")
def written() -> dict[str, bytes]:
    """The small book as two libraries write it."""
    return {"xlsxwriter": write_xlsxwriter(), "openpyxl": write_openpyxl()}


@pytest.fixture(scope="session")
def converted(written: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The same books, opened, computed and saved by LibreOffice."""
    if shutil.which("soffice") is None:
        pytest.skip("soffice is not on the PATH")
    home = tmp_path_factory.mktemp("libreoffice")
    for name, data in written.items():
        (home / f"{name}.xlsx").write_bytes(data)
    run_soffice(home, [home / f"{name}.xlsx" for name in written])
    return {f"{name} by libreoffice": (home / "out" / f"{name}.xlsx").read_bytes() for name in written}


def run_soffice(home: Path, files: list[Path]) -> None:
    subprocess.run(
        ["soffice", f"-env:UserInstallation={(home / 'profile').as_uri()}", "--headless", "--convert-to", "xlsx",
         "--outdir", str(home / "out"), *map(str, files)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
