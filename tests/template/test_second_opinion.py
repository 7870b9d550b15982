# ruff: noqa: E501
"""LibreOffice recalculates the template, a new workbook and the samples: every formula as we have it, but for what is listed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from excel_like import Book

from xlperf.address import CellRef
from xlperf.check import check_snapshot
from xlperf.publish.fill import empty
from xlperf.template.instantiate import default_shape
from xlperf.template.library import Template
from xlperf.values import Scalar, same_value
from xlperf.workbook.read import read_bytes

SAMPLES = Path(__file__).resolve().parents[2] / "samples"

#: (file, cell) → why LibreOffice and we differ there. A line that no longer differs must go.
KNOWN: dict[tuple[str, str], str] = {}

#: Recalculate always on load; no dialogs.
SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>"""


def values(data: bytes) -> dict[CellRef, Scalar]:
    """Return the stored result of every formula."""
    return {
        CellRef(sheet.name, row, column): cell.value
        for sheet in read_bytes(data, "x.xlsx").sheets
        for (row, column), cell in sheet.cells.items()
        if cell.formula is not None
    }


@pytest.mark.libreoffice
@pytest.mark.skipif(shutil.which("soffice") is None, reason="no soffice")
def test_libreoffice_computes_the_same(template: Template, tmp_path: Path) -> None:
    files = {path.stem: path.read_bytes() for path in sorted(SAMPLES.glob("*_2024_*.xlsx"))}
    assert len(files) >= 4
    files["template"] = template.path.read_bytes()
    files["new"] = empty(template, default_shape(template, 3))
    ours: dict[str, dict[CellRef, Scalar]] = {}
    for name, data in files.items():
        book = Book(data)
        book.recalculate()
        ours[name] = values(book.bytes())
        book.forget_results()
        (tmp_path / f"{name}.xlsx").write_bytes(book.bytes())
    user = tmp_path / "profile" / "user"
    user.mkdir(parents=True)
    (user / "registrymodifications.xcu").write_text(SETTINGS, encoding="utf-8")
    subprocess.run(
        ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless",
         "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(tmp_path / "out"),
         *(str(tmp_path / f"{name}.xlsx") for name in files)],
        check=True, capture_output=True, timeout=170,
    )  # fmt: skip
    differing: dict[tuple[str, str], tuple[Scalar, Scalar]] = {}
    compared = 0
    for name, mine in ours.items():
        theirs = values((tmp_path / "out" / f"{name}.xlsx").read_bytes())
        assert set(mine) == set(theirs), name
        compared += len(mine)
        for cell, value in mine.items():
            if not same_value(value, theirs[cell]):
                differing[name, str(cell)] = (value, theirs[cell])
        if "更正稿" in name:  # what LibreOffice has rewritten is understood as before
            report = check_snapshot(read_bytes((tmp_path / "out" / f"{name}.xlsx").read_bytes(), name))
            assert report.exit_code == 0, [f.message for f in report.findings]
    assert compared > 10_000
    assert {key: pair for key, pair in differing.items() if key not in KNOWN} == {}
    assert set(KNOWN) <= set(differing), "LibreOffice agrees by now: take it off the list"
