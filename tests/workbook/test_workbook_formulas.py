"""Shared, array and table formulas; validations; names."""

# ruff: noqa: E501 (XML and tables read better unbroken)

from __future__ import annotations

import pytest
from handmade import book, parts, sheet, zipped
from hypothesis import given
from hypothesis import strategies as st

from xlperf.errors import FileRefused
from xlperf.workbook.read import read_bytes
from xlperf.workbook.shared import SharedFormula
from xlperf.workbook.snapshot import Cell, DefinedName, SheetSnapshot, Validation


def read(data: str) -> SheetSnapshot:
    return read_bytes(book(data), "t.xlsx").sheets[0]


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        ("A1+$A1+A$1+$A$1", "B3+$A3+B$1+$A$1"),
        ("a1", "B3"),
        ('SUM(A1:B$2)&"A1 ""B2"" \'A1"', 'SUM(B3:C$2)&"A1 ""B2"" \'A1"'),
        ("'A1 表'!A1+'it''s A1'!$B2", "'A1 表'!B3+'it''s A1'!$B4"),
        ("表（A1）!B1+附件1、2!C1+【车A1】表!A1", "表（A1）!C3+附件1、2!D3+【车A1】表!B3"),
        ("LOG10(A1)+ATAN2(1,B1)", "LOG10(B3)+ATAN2(1,C3)"),
        ("A1_x+项目B2+_A1+A1.b+三公A1+\\A1", "A1_x+项目B2+_A1+A1.b+三公A1+\\A1"),
        ("SUM(A:B)+SUM($A:B)+SUM(1:2)+SUM($1:2)", "SUM(B:C)+SUM($A:C)+SUM(3:4)+SUM($1:4)"),
        ("#REF!A1+#N/A+[1]Sheet1!A1", "#REF!B3+#N/A+[1]Sheet1!B3"),
        ("SUM(表1[[#All],[A1]],表1[@A1],表1['[A1])", "SUM(表1[[#All],[A1]],表1[@A1],表1['[A1])"),
        ("SUM(Sheet1:Sheet3!A1)+一:三!A1", "SUM(Sheet1:Sheet3!B3)+一:三!B3"),
        ("1E5+1.5E+3+A1%+2*A1", "1E5+1.5E+3+B3%+2*B3"),
        ("A1:INDEX(B:B,3)", "B3:INDEX(C:C,3)"),
        ("_xlfn.XLOOKUP(A1,B1:B2,C1)", "_xlfn.XLOOKUP(B3,C3:C4,D3)"),
        ("ZZZ1+XFD1+A1048576", "ZZZ1+#REF!+#REF!"),
        ("A1:B2 B1:C3,D4", "B3:C4 C3:D5,E6"),
        ('"没有收尾 A1', '"没有收尾 A1'),
        ("A1　+B1", "B3　+C3"),
    ],
)
def test_a_shared_formula_moves_as_excel_fills(text: str, moved: str) -> None:
    assert SharedFormula(text, 1, 1).at(3, 2) == moved


@given(st.text(alphabet="A1$B9:!'\"[](),+#表._ ", max_size=200), st.integers(0, 9), st.integers(0, 9))
def test_taking_apart_loses_nothing(text: str, rows: int, columns: int) -> None:
    master = SharedFormula(text, 1, 1)
    assert master.at(1, 1) == text
    assert isinstance(master.at(1 + rows, 1 + columns), str)


@pytest.mark.parametrize("unit", ['"', "'", "[", "['", "[a", "A", "A:", "A1:", "$", "#"])
def test_hostile_text_takes_no_time(unit: str) -> None:
    SharedFormula(unit * (8192 // len(unit)), 1, 1).at(2, 2)


def test_shared_formulas_are_expanded() -> None:
    found = read(
        '<row r="1"><c r="B1"><f t="shared" ref="B1:C2" si="0">A1*$A1</f><v>1</v></c>'
        '<c r="C1"><f t="shared" si="0"/><v>2</v></c></row>'
        '<row r="2"><c r="B2"><f t="shared" si="0"></f><v>3</v></c><c r="C2"><f t="shared" si="0">A9</f><v>4</v></c></row>'
    )
    assert [c.formula for c in found.cells.values()] == ["A1*$A1", "B1*$A1", "A2*$A2", "A9"]


def test_a_master_may_come_after_its_children() -> None:
    found = read(
        '<row r="1"><c r="A1"><f t="shared" si="3"/><v>1</v></c><c r="B1"><f t="shared" si="3" ref="A1:B1">B9</f></c></row>'
    )
    assert found.cells == {(1, 1): Cell(1, "A9"), (1, 2): Cell(None, "B9", cached=False)}


def test_a_child_without_master_is_refused() -> None:
    with pytest.raises(FileRefused, match="共享公式"):
        read('<row r="1"><c r="A1"><f t="shared" si="3"/><v>1</v></c></row>')


def test_all_cells_of_an_array_are_formulas() -> None:
    found = read(
        '<row r="1"><c r="A1"><f t="array" ref="A1:B2">C1:D2*2</f><v>1</v></c><c r="B1"><v>2</v></c></row>'
        '<row r="2"><c r="A2"><v>3</v></c></row><row r="3"><c r="A3"><f t="array" ref="A3">SUM(C1:C2)</f><v>9</v></c></row>'
    )
    assert found.cells == {
        (1, 1): Cell(1, "C1:D2*2"),
        (1, 2): Cell(2, "C1:D2*2"),
        (2, 1): Cell(3, "C1:D2*2"),
        (2, 2): Cell(None, "C1:D2*2", cached=False),
        (3, 1): Cell(9, "SUM(C1:C2)"),
    }


def test_cells_of_a_what_if_table_are_formulas() -> None:
    found = read(
        '<row r="1"><c r="A1"><f t="dataTable" ref="A1:B1" dt2D="1" r1="D1" r2="D2"/><v>1</v></c><c r="B1"><v>2</v></c></row>'
    )
    assert {cell.formula for cell in found.cells.values()} == {"TABLE(D1,D2)"}


def test_validations_of_both_kinds() -> None:
    x14 = 'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"'
    xm = 'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"'
    after = (
        '<dataValidations count="2"><dataValidation type="decimal" operator="greaterThanOrEqual" sqref="B2:B9 D2"'
        ' error="须为&#10;数" prompt="万元_x000a_两位"><formula1>0</formula1></dataValidation>'
        '<dataValidation sqref="A1" prompt="提示"/></dataValidations>'
        f'<extLst><ext uri="{{CCE6A557}}" {x14}><x14:dataValidations {xm} count="1"><x14:dataValidation type="list">'
        "<x14:formula1><xm:f>字典!$A$1:$A$3</xm:f></x14:formula1><xm:sqref>C1:C3 E1</xm:sqref>"
        "</x14:dataValidation></x14:dataValidations></ext></extLst>"
    )
    found = read_bytes(zipped(parts(sheet(after=after))), "t.xlsx").sheets[0].validations
    assert found == (
        Validation(("B2:B9", "D2"), "decimal", "0", None, "greaterThanOrEqual", "万元\n两位", "须为\n数"),
        Validation(("A1",), "none", prompt="提示"),
        Validation(("C1:C3", "E1"), "list", "字典!$A$1:$A$3"),
    )


def test_names_keep_scope_and_hidden() -> None:
    names = (
        '<definedName name="合计">表1!$A$1</definedName><definedName name="合计" localSheetId="1">表2!$A$1</definedName>'
        '<definedName name="_xlnm.Print_Area" localSheetId="0">表1!$A$1:$B$2</definedName>'
        '<definedName name="藏" hidden="1">0.06</definedName>'
    )
    found = read_bytes(zipped(parts(sheet(), sheet(), names=names)), "t.xlsx").names
    assert found == (
        DefinedName("合计", "表1!$A$1"),
        DefinedName("合计", "表2!$A$1", "表2"),
        DefinedName("_xlnm.Print_Area", "表1!$A$1:$B$2", "表1"),
        DefinedName("藏", "0.06", hidden=True),
    )


def test_a_name_of_a_sheet_that_is_not_there_is_refused() -> None:
    with pytest.raises(FileRefused, match="名称"):
        read_bytes(
            zipped(parts(sheet(), names='<definedName name="a" localSheetId="5">1</definedName>')), "t.xlsx"
        )
