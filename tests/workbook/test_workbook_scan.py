"""The scan of plain sheets and the walk over any lawful one give the same snapshot, or the scan leaves the sheet."""

from __future__ import annotations

import contextlib
import random
import re
import zipfile
from pathlib import Path

import pytest
from handmade import book, parts, sheet, zipped

from xlperf.errors import FileRefused
from xlperf.workbook import read_sheet
from xlperf.workbook.read import read_bytes
from xlperf.workbook.snapshot import Cell, Snapshot

ROOT = Path(__file__).resolve().parents[2]
BOOKS = [*sorted((ROOT / "samples").glob("*.xlsx")), *sorted((ROOT / "templates").glob("*/*.xlsx"))]


def read(data: bytes, monkeypatch: pytest.MonkeyPatch, scan: bool) -> Snapshot | str:
    """Return what is read with or without the scan, or the words of the refusal."""
    with monkeypatch.context() as patch:
        if not scan:
            patch.setattr(read_sheet, "scan_cells", lambda *_: None)
        try:
            return read_bytes(data, "t.xlsx")
        except FileRefused as error:
            return str(error)


def scanned(data: bytes, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Tell whether every sheet of a book is plain enough for the scan."""
    outcomes: list[bool] = []
    original = read_sheet.scan_cells

    def spy(*arguments: object) -> object:
        result = original(*arguments)
        outcomes.append(result is not None)
        return result

    with monkeypatch.context() as patch:
        patch.setattr(read_sheet, "scan_cells", spy)
        with contextlib.suppress(FileRefused):
            read_bytes(data, "t.xlsx")
    return all(outcomes)


@pytest.mark.parametrize("path", BOOKS, ids=lambda path: path.stem)
def test_official_books_are_scanned_and_read_alike(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = path.read_bytes()
    assert scanned(data, monkeypatch)
    assert read(data, monkeypatch, True) == read(data, monkeypatch, False)


PLAIN = {
    "number": '<c r="A1"><v>1.50</v></c>',
    "style": '<c r="A1" s="1"><v>1</v></c>',
    "formula": '<c r="A1"><f>B1+1</f><v>2</v></c>',
    "formula without result": '<c r="A1"><f>B1+1</f></c>',
    "formula with empty result": '<c r="A1"><f>B1+1</f><v></v></c><c r="B1"><f>C1</f><v/></c>',
    "formula with empty text": '<c r="A1" t="str"><f>B1&amp;""</f><v></v></c>',
    "text without formula": '<c r="A1" t="str"><v></v></c><c r="B1" t="str"><v>字</v></c>',
    "entity": '<c r="A1" t="str"><f>IF(B1&lt;&gt;&quot;x&quot;,&apos;表1&apos;!A1&amp;"a",1)</f><v>&lt;b&gt;</v></c>',
    "entity of an entity": '<c r="A1" t="str"><v>&amp;lt;</v></c>',
    "shared": (
        '<c r="A1"><f t="shared" ref="A1:B1" si="0">A2</f><v>1</v></c><c r="B1"><f t="shared" si="0"/><v>2</v></c>'
    ),
    "array": '<c r="A1"><f t="array" ref="A1:B1">C1:D1</f><v>1</v></c>',
    "LibreOffice": '<c r="A1"><f aca="false">B1</f><v>1</v></c>',
    "boolean, error": '<c r="A1" t="b"><v>1</v></c><c r="B1" t="e"><v>#N/A</v></c>',
    "inline": '<c r="A1" t="inlineStr"><is><t> a </t></is></c>',
    "inline preserved": '<c r="A1" t="inlineStr"><is><t xml:space="preserve"> a </t></is></c>',
    "inline empty": '<c r="A1" t="inlineStr"><is><t></t></is></c>',
    "blanks": '<c r="A1"/><c r="B1" s="1"/><c r="C1"></c><c r="D1"><v>1</v></c>',
    "escaped": '<c r="A1" t="str"><f>"a_x000D_"</f><v>a_x000D_</v></c>',
    "blanks around a formula": '<c r="A1"><f> B1\n</f><v>1</v></c><c r="B1"><f>=C1</f><v>1</v></c>',
    "blanks around a number": '<c r="A1"><v> 1 </v></c>',
    "line feeds": '\n<c r="A1" t="str">'.strip() + "<v>a\nb</v></c>\n",
    "not a number": '<c r="A1"><v>abc</v></c>',
    "no such string": '<c r="A1" t="s"><v>7</v></c>',
    "twice": '<c r="A1"><v>1</v></c><c r="A1"><v>2</v></c>',
    "outside": '<c r="XFD1"><v>1</v></c>',
    "no such column": '<c r="ZZZ1"><v>1</v></c>',
    "shared without master": '<c r="A1"><f t="shared" si="4"/><v>1</v></c>',
}

LEFT = {
    "no address": "<c><v>1</v></c>",
    "comment": '<c r="A1"><!-- x --><v>1</v></c>',
    "numeric entity": '<c r="A1" t="str"><v>&#65;</v></c>',
    "unknown entity": '<c r="A1" t="str"><v>&nbsp;</v></c>',
    "bare ampersand": '<c r="A1" t="str"><v>a&b</v></c>',
    "rich text": '<c r="A1" t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r></is></c>',
    "result before formula": '<c r="A1"><v>1</v><f>B1</f></c>',
    "another order of attributes": '<c s="1" r="A1"><v>1</v></c>',
    "attribute twice": '<c r="A1"><f t="shared" t="array" ref="A1">B1</f><v>1</v></c>',
    "carriage return": '<c r="A1" t="str"><v>a\rb</v></c>',
    "end of a CDATA section": '<c r="A1" t="str"><v>a]]>b</v></c>',
    "control character": '<c r="A1" t="str"><v>a\x01b</v></c>',
    "no character": '<c r="A1" t="str"><v>a\ufffeb</v></c>',
    "greater sign": '<c r="A1"><f>B1>1</f><v>1</v></c>',
    "row in a row": '<c r="A1"><v>1</v></c><row r="2"></row>',
    "not closed": '<c r="A1"><v>1</v>',
    "text between": 'x<c r="A1"><v>1</v></c>',
    "unknown mark": '<c r="A1"><v>1</v><x/></c>',
    "extension": '<c r="A1"><f>B1</f><v>1</v><extLst/></c>',
}


@pytest.mark.parametrize("case", PLAIN)
def test_plain_cells_are_scanned_and_read_alike(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = book(f'<row r="1" spans="1:3" ht="15" customHeight="1">{PLAIN[case]}</row><row r="2" hidden="1"/>')
    assert scanned(data, monkeypatch)
    assert read(data, monkeypatch, True) == read(data, monkeypatch, False)


@pytest.mark.parametrize("case", LEFT)
def test_other_cells_are_left_to_the_walk(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = book(f'<row r="1">{LEFT[case]}</row>')
    assert not scanned(data, monkeypatch)
    assert read(data, monkeypatch, True) == read(data, monkeypatch, False)


@pytest.mark.parametrize(
    "whole",
    [
        '<row r="1"><c r="A1"><v>1</v></c></row><c r="A2"><v>1</v></c>',
        '<c r="B1" s="1"/><row r="1"/>',
        '<row r="1"><c r="A1"><v>1</v></c></row></row>',
        '<row><c r="A1"><v>1</v></c></row>',
        '<row r="1" ht="1" ht="2"><c r="A1"><v>1</v></c></row>',
        '<row r="1" x14ac:dyDescent="0.2"><c r="A1"><v>1</v></c></row>',
        '<row r="1" r="2"><c r="A1"><v>1</v></c></row>',
        '</sheetData><sheetData><row r="1"/>',
        '<row r="0"/>',
        '<row r="9999999"/>',
    ],
)
def test_other_rows_are_read_alike(whole: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(book(whole), monkeypatch, True) == read(book(whole), monkeypatch, False)


def test_a_sheet_left_half_way_counts_its_formulas_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from xlperf.workbook.limits import Limits

    many = "".join(f'<row r="{n}"><c r="A{n}"><f>B{n}</f><v>1</v></c></row>' for n in range(1, 9))
    data = book(many + '<row r="9"><c r="A9"><f>B9</f><v>1</v><!-- x --></c></row>')
    assert len(read_bytes(data, "t.xlsx", Limits(formulas=9)).sheets[0].cells) == 9


def test_a_sheet_name_in_the_tail_does_not_mislead(monkeypatch: pytest.MonkeyPatch) -> None:
    files = parts(sheet('<row r="1"><c r="A1"><v>1</v></c></row>'))
    name = next(name for name in files if "sheet1" in name)
    text = files[name] if isinstance(files[name], str) else files[name].decode()
    files[name] = text.replace("</worksheet>", "<!-- </sheetData> --></worksheet>")
    assert read(zipped(files), monkeypatch, True) == read(zipped(files), monkeypatch, False)


def test_spoiled_sheets_are_read_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    """Random damage to the rows of a real sheet never makes the two readings differ."""
    source = BOOKS[0]
    with zipfile.ZipFile(source) as archive:
        files = {info.filename: archive.read(info) for info in archive.infolist()}
    part = "xl/worksheets/sheet2.xml"
    original, chance = files[part], random.Random(20241)
    pieces = [b"<", b">", b'"', b"&", b"/", b"<v>", b"</c>", b"</row>", b"\x00", b"\r", b"\xff", b" ", b"<!-->", b"A1"]
    compared = 0
    for _ in range(400):
        data = bytearray(original)
        at = chance.randrange(len(data))
        piece = chance.choice(pieces)
        data[at : at + chance.choice([0, 1, len(piece)])] = piece
        files[part] = bytes(data)
        whole = zipped(files)
        fast, slow = read(whole, monkeypatch, True), read(whole, monkeypatch, False)
        if isinstance(fast, str) and isinstance(slow, str):
            assert re.sub("“.*?”", "", fast)
            assert re.sub("“.*?”", "", slow)
        else:
            assert fast == slow
        compared += 1
    assert compared == 400


def test_bytes_that_are_no_characters_in_a_blank_cell_are_left_to_the_walk(monkeypatch: pytest.MonkeyPatch) -> None:
    files = parts(sheet('<row r="1"><c r="A1"><v>1</v></c><c r="B1" s="?"/></row>'))
    name = next(name for name in files if "sheet1" in name)
    files[name] = str(files[name]).encode().replace(b'"?"', b'"\xff"')
    assert read(zipped(files), monkeypatch, True) == read(zipped(files), monkeypatch, False)


def test_cells_are_tuples_with_names() -> None:
    assert Cell(1, "A1")._replace(formula="B1") == Cell(1, "B1")


def test_a_skimmed_sheet_gives_its_first_rows_and_is_sound() -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 9))
    whole = read_bytes(book(rows), "t.xlsx").sheets[0].cells
    some = read_bytes(book(rows), "t.xlsx", skim={"表1": 3}).sheets[0].cells
    assert some == {key: cell for key, cell in whole.items() if key[0] <= 3}
    assert read_bytes(book(rows), "t.xlsx", skim={"表1": 20, "表2": 1}).sheets[0].cells == whole
    walked = rows + '<row r="9"><c r="A9"><v>9</v><!-- x --></c></row>'
    assert len(read_bytes(book(walked), "t.xlsx", skim={"表1": 3}).sheets[0].cells) == 9, "left to the walk, whole"
    ninth = '<row r="9"><c r="A9"><v>{}</c></row>'
    for unsound in ("<row r='10'>", ninth.format("&bad;</v>"), ninth.format("1")):
        with pytest.raises(FileRefused):
            read_bytes(book(rows + unsound), "t.xlsx", skim={"表1": 3})
