"""What stands in a cell, from XML written by hand."""

# ruff: noqa: E501 (XML and tables read better unbroken)

from __future__ import annotations

import pytest
from handmade import STRICT, STRICT_OFFICE, book, parts, sheet, zipped

from xlperf.errors import FileRefused
from xlperf.values import ExcelError
from xlperf.workbook.read import read_bytes
from xlperf.workbook.snapshot import Cell, SheetSnapshot, Snapshot


def read(data: str, **options: str) -> SheetSnapshot:
    return read_bytes(book(data, **options), "t.xlsx").sheets[0]


def row(*cells: str) -> str:
    return f'<row r="1">{"".join(cells)}</row>'


def one(cell: str, **options: str) -> Cell:
    return read(row(cell), **options).cells[1, 1]


@pytest.mark.parametrize(
    ("text", "value"),
    [("5", 5), ("-3", -3), ("0", 0), ("5.0", 5.0), ("1E2", 100.0), ("0.1", 0.1), ("-.5", -0.5),
     ("1234567890123456", 1234567890123456), ("12345678901234567890", 1.2345678901234567e19), (" 7 ", 7.0)],
)  # fmt: skip
def test_a_number_is_an_int_where_it_is_written_as_one(text: str, value: float) -> None:
    found = one(f'<c r="A1"><v>{text}</v></c>').value
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("text", ["abc", "nan", "inf", "1e999", "1_000", "0x10", "²", "--1", "1 2"])
def test_what_is_no_number_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(FileRefused, match="A1 单元格"):
        one(f'<c r="A1"><v>{text}</v></c>')


def test_booleans_errors_dates_and_strings_of_formulas() -> None:
    cells = read(
        row(
            '<c r="A1" t="b"><v>1</v></c><c r="B1" t="b"><v>0</v></c>',
            '<c r="C1" t="e"><v>#DIV/0!</v></c><c r="D1" t="e"><f>NA()</f><v>#N/A</v></c>',
            '<c r="E1" t="e"><v>#SPILL!</v></c>',
            '<c r="F1" t="d"><v>2024-03-15T12:00:00Z</v></c>',
            '<c r="G1" t="str"><f>A1&amp;"x"</f><v> 真x</v></c>',
            '<c r="H1" t="str"><f>""</f><v></v></c>',
        )
    ).cells
    assert [cells[1, c].value for c in range(1, 9)] == [
        True, False, ExcelError.DIV0, ExcelError.NA, ExcelError.VALUE, 45366.5, " 真x", "",
    ]  # fmt: skip
    assert cells[1, 7].formula == 'A1&"x"'
    assert cells[1, 8].cached


def test_dates_count_from_1904_where_the_book_says_so() -> None:
    data = book(row('<c r="A1" t="d"><v>1904-01-02</v></c>'), book='<workbookPr date1904="1"/>')
    snapshot = read_bytes(data, "t.xlsx")
    assert snapshot.date1904
    assert snapshot.sheets[0].value(1, 1) == 1


@pytest.mark.parametrize("value", ["", "<v/>", "<v></v>"])
def test_a_formula_without_stored_result_is_not_cached(value: str) -> None:
    assert one(f'<c r="A1" s="0"><f>1+1</f>{value}</c>') == Cell(None, "1+1", 0, cached=False)


def test_a_formula_loses_its_equals_sign_and_outer_blanks() -> None:
    assert one('<c r="A1"><f xml:space="preserve"> =SUM(B1,\n1) </f><v>1</v></c>').formula == "SUM(B1,\n1)"


def test_cells_that_only_carry_a_style_are_left_out() -> None:
    found = read(
        '<row r="1"><c r="A1" s="1"/><c r="B1" s="1" /><c r="C1"></c><c r="D1"><v>4</v></c><c r="E1"><v/></c></row>'
        '<row r="900000" hidden="1"/><row r="1000000" ht="20"><c r="A1000000" s="1"/></row>'
    )
    assert list(found.cells) == [(1, 4)]
    assert found.hidden_rows == {900000}


def test_cells_and_rows_without_address_follow_one_another() -> None:
    found = read(
        '<row><c/><c s="1"/><c><v>3</v></c></row><row r="5"><c r="B5"><v>2</v></c><c><v>7</v></c></row><row><c><v>6</v></c></row>'
    )
    assert {at: cell.value for at, cell in found.cells.items()} == {
        (1, 3): 3,
        (5, 2): 2,
        (5, 3): 7,
        (6, 1): 6,
    }


def test_comments_and_cdata_do_not_disturb() -> None:
    found = read(
        row(
            '<!-- <c r="A1"/> --><c r="A1" t="inlineStr"><is><t><![CDATA[<c r="B1"/>]]></t></is></c>',
            "<?pi x?>",
        )
    )
    assert found.value(1, 1) == '<c r="B1"/>'


def test_prefixed_elements_are_read() -> None:
    ns = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    xml = f'<x:worksheet xmlns:x="{ns}"><x:sheetData><x:row r="1"><x:c r="A1"><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    assert read_bytes(zipped(parts(xml)), "t.xlsx").sheets[0].value(1, 1) == 1


def test_utf16_parts_are_read() -> None:
    xml = sheet(row('<c r="A1" t="inlineStr"><is><t>中文</t></is></c>')).replace("UTF-8", "UTF-16")
    for encoding in ("utf-16", "utf-16-le", "utf-16-be"):
        assert read_bytes(zipped(parts(xml.encode(encoding))), "t.xlsx").sheets[0].value(1, 1) == "中文"


STRINGS = (
    "<si><t>普通</t></si>"
    '<si><r><rPr><b/></rPr><t>部门</t></r><r><t xml:space="preserve"> 整体</t></r><rPh sb="0" eb="1"><t>ブモン</t></rPh></si>'
    "<si/><si><t/></si><si><t>a_x000D_b_x005F_x000A__x0041_</t></si>"
    '<si><t> 前后 </t></si><si><t xml:space="preserve"> 前后 </t></si><si><t>_xD83D__xDE00__xD800_</t></si>'
    "<si><t>一\n二</t></si>"
)


@pytest.mark.parametrize(
    ("index", "text"),
    list(enumerate(["普通", "部门 整体", "", "", "a\rb_x000A_A", "前后", " 前后 ", "😀\ufffd", "一\n二"])),
)
def test_shared_strings(index: int, text: str) -> None:
    assert one(f'<c r="A1" t="s"><v>{index}</v></c>', strings=STRINGS).value == text


@pytest.mark.parametrize("index", ["9", "-1", "x"])
def test_a_string_that_is_not_there_is_refused(index: str) -> None:
    with pytest.raises(FileRefused, match="A1 单元格"):
        one(f'<c r="A1" t="s"><v>{index}</v></c>', strings=STRINGS)


def test_inline_strings_with_runs() -> None:
    cell = one('<c r="A1" t="inlineStr"><is><r><t>甲</t></r><r><t>_x000a_乙</t></r></is></c>')
    assert cell.value == "甲\n乙"


def test_strict_files_are_read_alike() -> None:
    rows = row('<c r="A1" t="s"><v>0</v></c><c r="B1"><f>1+1</f><v>2</v></c>')
    names = '<definedName name="合计">表1!$B$1</definedName>'
    xml = sheet(rows, ns=STRICT, after='<mergeCells><mergeCell ref="A2:B3"/></mergeCells>')
    data = zipped(parts(xml, strings="<si><t>字</t></si>", names=names, ns=STRICT, office=STRICT_OFFICE))
    snapshot = read_bytes(data, "t.xlsx")
    assert snapshot.sheets[0].cells == {(1, 1): Cell("字"), (1, 2): Cell(2, "1+1")}
    assert snapshot.sheets[0].merges == ((2, 1, 3, 2),)
    assert snapshot.names[0].text == "表1!$B$1"


def test_styles_give_formats_and_locks_and_a_style_out_of_range_is_0() -> None:
    styles = (
        '<numFmts><numFmt numFmtId="176" formatCode="0.0_ "/></numFmts><cellXfs><xf numFmtId="0"/>'
        '<xf numFmtId="4"><protection locked="0"/></xf><xf numFmtId="176"><protection hidden="1"/></xf></cellXfs>'
    )
    data = book(
        row('<c r="A1" s="2"><v>1</v></c><c r="B1" s="3"><v>1</v></c><c r="C1" s="x"><v>1</v></c>'),
        styles=styles,
    )
    snapshot: Snapshot = read_bytes(data, "t.xlsx")
    assert snapshot.number_formats == ("General", "#,##0.00", "0.0_ ")
    assert snapshot.locked == (True, False, True)
    assert [cell.style for cell in snapshot.sheets[0].cells.values()] == [2, 0, 0]


@pytest.mark.parametrize(
    "cells",
    ['<c r="A1"><v>1</v></c><c r="A1"><v>2</v></c>', '<c r="ZZZ1"><v>1</v></c>', '<c r="A0"><v>1</v></c>',
     '<c r=""><v>1</v></c><c r=""><v>1</v></c><c r="A1"><v>1</v></c>', '<c r="A1" t="q"><v>1</v></c>'],
)  # fmt: skip
def test_cells_that_excel_would_call_damaged_are_refused(cells: str) -> None:
    with pytest.raises(FileRefused):
        read(row(cells))


def test_rows_with_impossible_numbers_are_refused() -> None:
    for number in ("0", "1048577", "x", "-1", "99999999999"):
        with pytest.raises(FileRefused, match="行号"):
            read(f'<row r="{number}"><c><v>1</v></c></row>')
