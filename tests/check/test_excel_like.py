"""The stand-in for Excel itself: references move as Excel moves them."""

from __future__ import annotations

import io

import pytest
import xlsxwriter
from excel_like import Book, each_reference, moved_rows, translated


@pytest.fixture
def small() -> bytes:
    out = io.BytesIO()
    wb = xlsxwriter.Workbook(out, {"in_memory": True})
    first, second, third = wb.add_worksheet("表1"), wb.add_worksheet("表 2"), wb.add_worksheet("表3")
    for row in range(1, 7):
        first.write(f"A{row}", row)
        second.write(f"A{row}", row * 10)
    first.write_formula("B1", "=SUM(A2:A4)", None, 9)
    first.write_formula("B5", "=$A$5+A3+'表 2'!A3", None, 38)
    first.merge_range("C2:C4", "并")
    first.data_validation("A2:A4", {"validate": "decimal", "criteria": ">=", "value": 0})
    third.write_formula("A1", "=SUM(表1!A2:A4)&\"A2:A4\"", None, "9A2:A4")
    third.write_formula("A2", "=SUM('表1:表3'!B1)", None, 9)
    third.write_formula("A3", "=合计_A2+1", None, 10)
    wb.define_name("合计_A2", "=表1!$B$1")
    wb.define_name("块", "=表1!$A$2:$A$4")
    first.print_area("A1:C6")
    wb.close()
    return out.getvalue()


def test_a_range_grows_only_when_the_row_comes_inside(small: bytes) -> None:
    grown = {2: "A3:A5", 3: "A2:A5", 4: "A2:A5", 5: "A2:A4"}
    for at, area in grown.items():
        book = Book(small)
        book.insert_row("表1", at)
        assert book["表1"].formula("B1") == f"SUM({area})"
        assert book["表3"].formula("A1") == f'SUM(表1!{area})&"A2:A4"'
        first, last = area.split(":")
        assert book.name("块") == f"表1!$A${first[1:]}:$A${last[1:]}"
        assert book.name("_xlnm.Print_Area", "表1") == "表1!$A$1:$C$7"
        assert book["表3"].formula("A2") == "SUM('表1:表3'!B1)"


def test_copied_cells_bring_their_formulas_in_relative_form(small: bytes) -> None:
    book = Book(small)
    book.insert_row("表1", 6, copy_of=5)
    assert book["表1"].formula("B6") == "$A$5+A4+'表 2'!A4"
    assert book["表1"].formula("B5") == "$A$5+A3+'表 2'!A3"


def test_deleted_cells_become_ref(small: bytes) -> None:
    book = Book(small)
    book.delete_row("表1", 3)
    assert book["表1"].formula("B1") == "SUM(A2:A3)"
    assert book["表1"].formula("B4") == "$A$4+#REF!+'表 2'!A3"
    book.delete_row("表1", 1)
    assert book.name("合计_A2") == "表1!#REF!"
    book.recalculate()
    assert book["表3"].cell("A3").get("t") == "e"


def test_sheets_copied_renamed_moved_and_deleted(small: bytes) -> None:
    book = Book(small)
    name = book.copy_sheet("表1")
    assert name == "表1 (2)"
    assert [sheet.name for sheet in book.sheets] == ["表1", "表1 (2)", "表 2", "表3"]
    assert book.name("块") == "表1!$A$2:$A$4"
    assert book.name("块", name) == "'表1 (2)'!$A$2:$A$4"
    assert book.name("_xlnm.Print_Area", name) == "'表1 (2)'!$A$1:$C$6"
    book.rename_sheet(name, "另一张")
    assert book.name("块", "另一张") == "另一张!$A$2:$A$4"
    book.move_sheet("表 2", 0)
    assert book.name("块", "另一张") == "另一张!$A$2:$A$4"
    book.delete_sheet("表1")
    assert book.name("块") == "#REF!$A$2:$A$4"
    assert book["表3"].formula("A1") == 'SUM(#REF!A2:A4)&"A2:A4"'
    assert book["表3"].formula("A2") == "SUM(另一张:表3!B1)"


def test_names_texts_and_functions_are_no_references() -> None:
    found: list[str] = []
    each_reference('项目1_A1+"B2"+LOG10(C3)+\'D 4\'!E5+合计!F6+#REF!G7', lambda s, r: found.append(s + r) or r)
    assert found == ["C3", "'D 4'!E5", "合计!F6"]
    assert translated("A1+$A$1+A$1:A2", 3) == "A4+$A$1+A$1:A5"
    assert translated("A1", -1) == "#REF!"
    assert moved_rows("$A$2:B9", lambda span: (span[0], span[1] + 1)) == "$A$2:B10"
