# ruff: noqa: E501  formulas and tables of cases stand on lines of their own
"""Makes the corpus: writes each workbook, lets LibreOffice compute all of them in one call, keeps the files small.

``python tests/recompute/books/make.py`` writes the ``.xlsx`` beside this file; the same program versions give the same
bytes. What a workbook holds is told in ``kinds.py``.
"""

from __future__ import annotations

import io
import re
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import openpyxl
import xlsxwriter
from openpyxl.worksheet.formula import ArrayFormula

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
# Imported after the path is set: this is a script beside the package.
from kinds import KINDS, Book  # noqa: E402  after the folder is on the path
from libreoffice import recalculate  # noqa: E402  after the folder is on the path

from xlperf.address import CellRef, column_letters, parse_a1, parse_area  # noqa: E402  after the folder is on the path
from xlperf.values import ExcelError, Scalar  # noqa: E402  after the folder is on the path
from xlperf.workbook.read import read_bytes, read_file  # noqa: E402  after the folder is on the path

Values = Mapping[CellRef, Scalar]
_DATES = re.compile(r"<dcterms:(created|modified)[^>]*>[^<]*</dcterms:\1>")


def by_xlsxwriter(book: Book, values: Values) -> bytes:
    """Return a workbook of XlsxWriter with the given results."""
    target = io.BytesIO()
    out = xlsxwriter.Workbook(target, {"in_memory": True, "use_future_functions": True})
    out.set_properties({"created": datetime(2024, 1, 1)})
    for name, rows in book.sheets.items():
        sheet = out.add_worksheet(name)
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                if isinstance(value, str) and value.startswith("="):
                    sheet.write_formula(r, c, value, None, _result(values.get(CellRef(name, r + 1, c + 1))))
                elif isinstance(value, str):
                    sheet.write_string(r, c, value)
                elif value is not None:
                    sheet.write(r, c, value)
        for (on, area), formula in book.arrays.items():
            if on == name:
                _array(sheet, name, area, formula, values)
        for (on, area), (table, columns) in book.tables.items():
            if on == name:
                sheet.add_table(area, {"name": table, "columns": [{"header": column} for column in columns]})
                _again(sheet, name, rows, area, values)
    for key, text in book.names.items():
        scope, _, bare = key.rpartition("!")
        out.define_name(f"'{scope}'!{bare}" if scope else bare, f"={text}")
    out.close()
    return target.getvalue()


def _array(sheet: Any, name: str, area: str, formula: str, values: Values) -> None:
    top, left, bottom, right = parse_area(area)
    sheet.write_array_formula(area, f"={formula}", None, _result(values.get(CellRef(name, top, left))))
    for row in range(top, bottom + 1):
        for column in range(left, right + 1):
            if (row, column) != (top, left):
                sheet.write(row - 1, column - 1, _result(values.get(CellRef(name, row, column))))


def _again(sheet: Any, name: str, rows: Any, area: str, values: Values) -> None:
    """Write the cells of a table once more, as making it overwrites its headings."""
    top, left, bottom, right = parse_area(area)
    for r in range(top, bottom):
        for c in range(left - 1, right):
            value = rows[r][c]
            if isinstance(value, str) and value.startswith("="):
                sheet.write_formula(r, c, value, None, _result(values.get(CellRef(name, r + 1, c + 1))))


def _result(value: Scalar) -> Any:
    return 0 if value is None else value.value if isinstance(value, ExcelError) else value


def by_openpyxl(book: Book, values: Values) -> bytes:
    """Return a workbook of openpyxl; it writes no results, so they are put into its XML."""
    out = openpyxl.Workbook()
    out.remove(out.active)
    for name, rows in book.sheets.items():
        sheet = out.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        for (on, area), formula in book.arrays.items():
            if on == name:
                sheet[area.partition(":")[0]] = ArrayFormula(area, f"={formula}")
    target = io.BytesIO()
    out.save(target)
    parts = _parts(target.getvalue())
    for number, name in enumerate(book.sheets, 1):
        path = f"xl/worksheets/sheet{number}.xml"
        parts[path] = _with_results(parts[path].decode(), name, values).encode()
    return _zip(parts)


def _with_results(xml: str, sheet: str, values: Values) -> str:
    def put(match: re.Match[str]) -> str:
        value = values.get(CellRef(sheet, *parse_a1(match[1])))
        kind, text = _stored(value)
        return f'<c r="{match[1]}"{kind}><f>{match[2]}</f><v>{text}</v></c>'

    return re.sub(r'<c r="([A-Z]+\d+)"[^>]*><f>([^<]*)</f><v ?/?>(?:</v>)?</c>', put, xml)


def _stored(value: Scalar) -> tuple[str, str]:
    if isinstance(value, bool):
        return ' t="b"', str(int(value))
    if isinstance(value, ExcelError):
        return ' t="e"', value.value
    if isinstance(value, str):
        return ' t="str"', escape(value)
    return "", "" if value is None else repr(value)


def by_wps(book: Book, values: Values) -> bytes:
    """Return a workbook as WPS writes it: shared formulas down a column, its name in the properties."""
    parts = _parts(by_openpyxl(book, values))
    for number, rows in enumerate(book.sheets.values(), 1):
        path = f"xl/worksheets/sheet{number}.xml"
        xml = parts[path].decode()
        for index, column in enumerate(c for c, value in enumerate(rows[1], 1) if str(value).startswith("=")):
            letters, last = column_letters(column), len(rows)
            xml = re.sub(rf'(<c r="{letters}2"[^>]*>)<f>', rf'\1<f t="shared" ref="{letters}2:{letters}{last}" si="{index}">', xml)
            xml = re.sub(rf'(<c r="{letters}(?!2")\d+"[^>]*>)<f>[^<]*</f>', rf'\1<f t="shared" si="{index}"/>', xml)
        parts[path] = xml.encode()
    parts["docProps/app.xml"] = re.sub(rb"<Application>[^<]*<", b"<Application>WPS \xe8\xa1\xa8\xe6\xa0\xbc<", parts["docProps/app.xml"])
    return _zip(parts)


def _parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def _zip(parts: Mapping[str, bytes]) -> bytes:
    """Return a package without anything of the time it was made."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            if name == "docProps/core.xml":
                data = _DATES.sub("", data.decode()).encode()
            package.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED, 9)
    return target.getvalue()


WRITERS = {"xlsxwriter": by_xlsxwriter, "openpyxl": by_openpyxl, "wps": by_wps}


def make(target: Path) -> None:
    """Write all workbooks of the corpus."""
    books = {name: kind() for name, kind in KINDS.items()}
    with tempfile.TemporaryDirectory() as folder:
        bare = []
        for name, book in books.items():
            path = Path(folder) / f"{name}.xlsx"
            path.write_bytes(by_xlsxwriter(book, {}))
            bare.append(path)
        for path in recalculate(bare, Path(folder) / "out"):
            book = books[path.stem]
            data = path.read_bytes()
            if book.saved_by != "libreoffice":
                computed = {
                    CellRef(sheet.name, *at): cell.value for sheet in read_file(path).sheets for at, cell in sheet.cells.items()
                }
                data = WRITERS[book.saved_by](book, computed)
            data = _zip(_parts(data))
            read_bytes(data, path.name)
            (target / path.name).write_bytes(data)


if __name__ == "__main__":
    make(HERE)
