# ruff: noqa: E501
"""A copy is patched: the cells concerned change, and not one byte of anything else."""

from __future__ import annotations

import io
import shutil
import struct
import subprocess
import zipfile
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest
from handmade import book, parts, sheet, zipped
from hypothesis import given, settings
from hypothesis import strategies as st

from xlperf.errors import FileRefused
from xlperf.values import ExcelError, Scalar
from xlperf.workbook.patch import At, Edit, Keep, patch
from xlperf.workbook.read import read_bytes
from xlperf.workbook.snapshot import Snapshot

SAMPLE = (Path(__file__).resolve().parents[2] / "samples" / "组织部_2024_更正稿.xlsx").read_bytes()
ROWS = '<row r="1"><c r="A1" s="1"><v>1</v></c><c r="C1"><v>3</v></c></row><row r="3"><c r="A3"><f>A1+C1</f><v>4</v></c></row>'


def cells(data: bytes) -> dict[tuple[str, At], tuple[Scalar, str | None, int]]:
    """Return every cell of a workbook: value, formula, style."""
    return {
        (s.name, at): (cell.value, cell.formula, cell.style)
        for s in read_bytes(data, "x.xlsx").sheets
        for at, cell in s.cells.items()
    }


def part(data: bytes, name: str = "xl/worksheets/sheet1.xml") -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)


def entries(data: bytes) -> dict[str, tuple[object, ...]]:
    """Return of every entry, in order: its packed bytes with its header, date and attributes."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        infos = archive.infolist()
    found: dict[str, tuple[object, ...]] = {}
    for info in infos:
        name, extra = struct.unpack_from("<2H", data, info.header_offset + 26)
        raw = data[info.header_offset : info.header_offset + 30 + name + extra + info.compress_size]
        found[info.filename] = raw, info.date_time, info.external_attr, info.compress_type, info.CRC
    return found


def changed(before: bytes, after: bytes) -> tuple[bytes, bytes]:
    """Return what stands between the longest common beginning and end of two parts."""
    start = _common(before, after)
    rest = _common(before[start:][::-1], after[start:][::-1])
    return before[start : len(before) - rest], after[start : len(after) - rest]


def _common(one: bytes, other: bytes) -> int:
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def one(data: bytes, name: str, at: At, edit: Edit) -> bytes:
    return patch(data, "x.xlsx", {name: {at: edit}})


# -- byte for byte ----------------------------------------------------------------------------------


def test_without_edits_the_copy_is_the_file() -> None:
    assert patch(SAMPLE, "x.xlsx", {}) == SAMPLE
    assert patch(SAMPLE, "x.xlsx", {"附件1": {}}) == SAMPLE


def test_every_other_entry_keeps_its_bytes_order_and_date() -> None:
    done = one(SAMPLE, "附件1", (11, 12), Edit(3.06))
    before, after = entries(SAMPLE), entries(done)
    assert list(before) == list(after)
    assert [name for name in before if before[name] != after[name]] == ["xl/worksheets/sheet2.xml"]
    assert after["xl/worksheets/sheet2.xml"][1:4] == before["xl/worksheets/sheet2.xml"][1:4]
    with zipfile.ZipFile(io.BytesIO(done)) as archive:
        assert archive.testzip() is None


@pytest.mark.parametrize(
    ("edit", "new"),
    [
        (Edit(3.06), b'<c r="L11" s="18"><v>3.06</v></c>'),
        (Edit(None), b'<c r="L11" s="18"/>'),
        (Edit("—"), '<c r="L11" s="18" t="inlineStr"><is><t>—</t></is></c>'.encode()),
        (Edit(True), b'<c r="L11" s="18" t="b"><v>1</v></c>'),
        (Edit(3, "SUM(L12:L13)"), b'<c r="L11" s="18"><f>SUM(L12:L13)</f><v>3</v></c>'),
        (Edit("", 'IF(1<2,"","&")'), b'<c r="L11" s="18" t="str"><f>IF(1&lt;2,"","&amp;")</f><v></v></c>'),
        (Edit(ExcelError.NA, "NA()"), b'<c r="L11" s="18" t="e"><f>NA()</f><v>#N/A</v></c>'),
        (Edit(None, "NA()"), b'<c r="L11" s="18"><f>NA()</f></c>'),
    ],
)
def test_of_the_part_only_the_cell_changes(edit: Edit, new: bytes) -> None:
    before = part(SAMPLE, "xl/worksheets/sheet2.xml")
    start = before.index(b'<c r="L11"')
    end = before.index(b"</c>", start) + len(b"</c>")
    after = part(one(SAMPLE, "附件1", (11, 12), edit), "xl/worksheets/sheet2.xml")
    assert after == before[:start] + new + before[end:]


def test_a_formula_stays_and_its_result_changes() -> None:
    before = part(book(ROWS))
    after = part(one(book(ROWS), "表1", (3, 1), Edit("四", Keep.FORMULA)))
    assert after == before.replace(
        b'<c r="A3"><f>A1+C1</f><v>4</v></c>', '<c r="A3" t="str"><f>A1+C1</f><v>四</v></c>'.encode()
    )


@pytest.mark.parametrize(
    ("at", "new"),
    [
        ((1, 2), b'<c r="B1"><v>5</v></c>'),
        ((1, 4), b'<c r="D1"><v>5</v></c>'),
        ((2, 1), b'<row r="2"><c r="A2"><v>5</v></c></row>'),
        ((4, 2), b'<row r="4"><c r="B4"><v>5</v></c></row>'),
    ],
)
def test_a_cell_that_was_not_there_finds_its_place(at: At, new: bytes) -> None:
    done = one(book(ROWS), "表1", at, Edit(5))
    assert part(done).replace(new, b"") == part(book(ROWS))
    rows = [sorted(at) for at in [list(read_bytes(done, "x").sheets[0].cells)]]
    assert rows == [list(read_bytes(done, "x").sheets[0].cells)], "in the order of the sheet"
    assert cells(done)["表1", at][0] == 5


def test_several_new_cells_of_rows_that_are_empty_or_missing() -> None:
    data = book('<row r="2" spans="1:1"/><row r="5" spans="1:1"><c r="A5"><v>1</v></c></row>')
    edits = {(2, 3): Edit(3), (2, 1): Edit(1), (3, 1): Edit("a"), (9, 9): Edit(9), (5, 2): Edit(2)}
    done = patch(data, "x.xlsx", {"表1": edits})
    assert {at: value for (_, at), (value, _, _) in cells(done).items()} == {
        (2, 1): 1, (2, 3): 3, (3, 1): "a", (5, 1): 1, (5, 2): 2, (9, 9): 9,
    }  # fmt: skip
    assert b"spans" not in part(done)
    empty = zipped(parts(sheet().replace("<sheetData></sheetData>", "<sheetData/>")))
    assert len(cells(patch(empty, "x.xlsx", {"表1": edits}))) == 5


# -- shapes that no common program writes -----------------------------------------------------------


def test_any_lawful_form_is_measured_rightly() -> None:
    data = """<!-- <c r="A1"> --><row r='1' ><c r = 'A1' s="0" t='s' vm="1"><!--x--><v>0</v><extLst><ext uri="a>b"/></extLst></c
    ><c><v><![CDATA[7]]></v></c></row><?pi <row r="9"?><row><c><v>8</v></c></row>"""
    made = zipped(parts(sheet(data), strings="<si><t>旧</t></si>"))
    done = patch(made, "x.xlsx", {"表1": {(1, 1): Edit("新"), (1, 2): Edit(70), (2, 1): Edit(None), (2, 2): Edit(80)}})
    assert {at: value for (_, at), (value, _, _) in cells(done).items()} == {(1, 1): "新", (1, 2): 70, (2, 2): 80}
    text = part(done).decode()
    assert '<!-- <c r="A1"> -->' in text
    assert "<?pi" in text
    assert "vm=" not in text
    assert '<extLst><ext uri="a>b"/></extLst></c>' in text
    assert part(done, "xl/sharedStrings.xml") == part(made, "xl/sharedStrings.xml")


def test_a_sheet_with_prefixes_keeps_them() -> None:
    xml = part(book(ROWS)).decode().replace("<worksheet xmlns=", "<worksheet xmlns:x=")
    for tag in ("worksheet", "sheetData", "row", "c", "v", "f"):
        xml = (
            xml.replace(f"<{tag} ", f"<x:{tag} ").replace(f"<{tag}>", f"<x:{tag}>").replace(f"</{tag}>", f"</x:{tag}>")
        )
    done = patch(zipped(parts(xml)), "x.xlsx", {"表1": {(1, 1): Edit("a"), (1, 2): Edit(2, "1+1"), (7, 7): Edit(7)}})
    assert cells(done)["表1", (1, 2)][:2] == (2, "1+1")
    assert cells(done)["表1", (7, 7)][0] == 7
    assert cells(done)["表1", (1, 1)][0] == "a"


def test_the_others_of_a_shared_formula_keep_theirs() -> None:
    data = book(
        '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><f t="shared" ref="B1:B3" si="0">A1*$A$1</f><v>1</v></c></row>'
        '<row r="2"><c r="A2"><v>2</v></c><c r="B2"><f t="shared" si="0"/><v>2</v></c></row>'
        '<row r="3"><c r="A3"><v>3</v></c><c r="B3"><f t="shared" si="0"/><v>3</v></c></row>'
    )
    before, after = cells(data), cells(one(data, "表1", (1, 2), Edit(9)))
    assert after.pop(("表1", (1, 2))) == (9, None, 0)
    del before["表1", (1, 2)]
    assert after == before
    member = one(data, "表1", (2, 2), Edit(9, "9"))
    assert b'ref="B1:B3" si="0">A1*$A$1' in part(member)
    assert changed(part(data), part(member)) == (b' t="shared" si="0"/><v>2', b">9</f><v>9")


def test_an_array_formula_is_not_torn() -> None:
    data = book(
        '<row r="1"><c r="A1"><f t="array" ref="A1:A2">{1;2}</f><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>'
    )
    with pytest.raises(ValueError, match="array"):
        one(data, "表1", (1, 1), Edit(1))
    assert cells(one(data, "表1", (1, 1), Edit(5, Keep.FORMULA)))["表1", (1, 1)][0] == 5
    with pytest.raises(ValueError, match="no formula"):
        one(data, "表1", (5, 5), Edit(5, Keep.FORMULA))
    with pytest.raises(LookupError):
        one(data, "没有", (1, 1), Edit(1))


@pytest.mark.parametrize(
    "text", ["<c>&amp;\"'", " 前后 ", "行\n行", "a\rb", "_x000D_", "\x01", "𠮷", "=1+1", "\t", "a]]>b", ""]
)
def test_any_text_is_text(text: str) -> None:
    done = one(book(ROWS), "表1", (1, 1), Edit(text))
    assert (cells(done).get(("表1", (1, 1))) or ("",))[:2] in [(text, None), ("",)]
    result = one(book(ROWS), "表1", (3, 1), Edit(text, Keep.FORMULA))
    assert cells(result)["表1", (3, 1)][:2] == (text, "A1+C1")


def test_a_part_in_ascii_stays_ascii() -> None:
    xml = part(book(ROWS)).replace(b"UTF-8", b"us-ascii")
    done = one(zipped(parts(xml.decode())), "表1", (1, 1), Edit("中"))
    assert part(done).isascii()
    assert cells(done)["表1", (1, 1)][0] == "中"


# -- the package ------------------------------------------------------------------------------------

_CHAIN = '<Override PartName="/xl/calcChain.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml"/>'


def with_chain() -> bytes:
    made = dict(parts(sheet(ROWS)))
    made["[Content_Types].xml"] = str(made["[Content_Types].xml"]).replace("</Types>", f"{_CHAIN}</Types>")
    link = '<Relationship Id="c" Type="http://x/relationships/calcChain" Target="calcChain.xml"/>'
    rels = "xl/_rels/workbook.xml.rels"
    made[rels] = str(made[rels]).replace("</Relationships>", f"{link}</Relationships>")
    made["xl/calcChain.xml"] = '<calcChain xmlns="x"><c r="A3" i="1"/></calcChain>'
    return zipped(made)


def test_the_chain_of_calculation_goes_where_a_formula_comes_or_goes() -> None:
    data = with_chain()
    for edit in (Edit(1), Edit(2, Keep.FORMULA), Edit(2, "A1*2")):
        at = (1, 1) if edit == Edit(1) else (3, 1)
        assert list(entries(one(data, "表1", at, edit))) == list(entries(data))
    for at, edit in (((1, 1), Edit(2, "1+1")), ((3, 1), Edit(2))):
        done = one(data, "表1", at, edit)
        assert "xl/calcChain.xml" not in entries(done)
        assert b"calcChain" not in part(done, "[Content_Types].xml") + part(done, "xl/_rels/workbook.xml.rels")
        assert len(part(done, "[Content_Types].xml")) == len(part(data, "[Content_Types].xml")) - len(_CHAIN)


def test_a_workbook_is_marked_to_be_calculated_where_that_is_asked() -> None:
    data = book(ROWS)
    done = patch(data, "x.xlsx", {}, recalculate=True)
    before, after = part(data, "xl/workbook.xml"), part(done, "xl/workbook.xml")
    assert after == before.replace(b"</definedNames>", b'</definedNames><calcPr fullCalcOnLoad="1"/>')
    again = zipped(parts(sheet(ROWS)) | {"xl/workbook.xml": after.replace(b'fullCalcOnLoad="1"', b'calcId="9"')})
    assert b'<calcPr calcId="9" fullCalcOnLoad="1"/>' in part(
        patch(again, "x", {}, recalculate=True), "xl/workbook.xml"
    )


def test_a_zip_of_another_make_is_copied_as_it_is() -> None:
    out = io.BytesIO()

    class Unseekable(io.RawIOBase):
        def writable(self) -> bool:
            return True

        def write(self, data: bytes) -> int:
            return out.write(data)

    with zipfile.ZipFile(Unseekable(), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.comment = b"hello"
        for name, content in parts(sheet(ROWS)).items():
            with archive.open(zipfile.ZipInfo(name, (2024, 5, 6, 7, 8, 10)), "w", force_zip64=True) as stream:
                stream.write(content if isinstance(content, bytes) else content.encode())
        archive.writestr("xl/media/", b"")
        archive.writestr(zipfile.ZipInfo("名.bin"), b"\0" * 9)
    data = out.getvalue()
    done = one(data, "表1", (1, 1), Edit(5))
    before, after = entries(data), entries(done)
    assert [name for name in before if before[name] != after[name]] == ["xl/worksheets/sheet1.xml"]
    with zipfile.ZipFile(io.BytesIO(done)) as archive:
        assert archive.testzip() is None
        assert archive.comment == b"hello"
    assert cells(done)["表1", (1, 1)][0] == 5
    assert cells(one(done, "表1", (1, 1), Edit(6)))["表1", (1, 1)][0] == 6


def test_what_must_not_be_changed_is_refused() -> None:
    with pytest.raises(FileRefused, match="已损坏"):
        patch(SAMPLE[:-40], "x.xlsx", {})
    with pytest.raises(FileRefused, match="PDF"):
        patch(b"%PDF-1.4", "x.xlsx", {})
    made = dict(parts(sheet(ROWS)))
    signed = '<Default Extension="sigs" ContentType="application/vnd.openxmlformats-package.digital-signature-origin"/>'
    made["[Content_Types].xml"] = str(made["[Content_Types].xml"]).replace("</Types>", f"{signed}</Types>")
    made["_xmlsignatures/origin.sigs"] = b""
    with pytest.raises(FileRefused, match="数字签名"):
        patch(zipped(made), "x.xlsx", {})
    wide = zipped(parts(sheet(ROWS).replace("UTF-8", "UTF-16").encode("utf-16")))
    with pytest.raises(FileRefused, match="UTF-16"):
        one(wide, "表1", (1, 1), Edit(1))


# -- other programs ---------------------------------------------------------------------------------

EDITS = {
    "附件1": {
        (2, 2): Edit(12.5),
        (3, 2): Edit(None),
        (5, 1): Edit(" 否<\n"),
        (4, 2): Edit(12.5, "SUM(B2:B3)"),
        (9, 9): Edit(1),
    }
}


def expected(data: bytes) -> Mapping[tuple[str, At], tuple[Scalar, str | None, int]]:
    found = cells(data)
    for name, edits in EDITS.items():
        for at, edit in edits.items():
            if edit.value is None:
                del found[name, at]
            else:
                style = found[name, at][2] if (name, at) in found else 0
                found[name, at] = edit.value, edit.formula if isinstance(edit.formula, str) else None, style
    return found


def test_books_of_two_libraries(written: dict[str, bytes]) -> None:
    for data in written.values():
        done = patch(data, "x.xlsx", EDITS)
        assert cells(done) == expected(data)
        opened = openpyxl.load_workbook(io.BytesIO(done))["附件1"]
        assert (opened["B2"].value, opened["B3"].value, opened["A5"].value) == (12.5, None, " 否<\n")
        assert opened["B4"].value == "=SUM(B2:B3)"
        assert len(opened.data_validations.dataValidation) == 2


@pytest.mark.libreoffice
def test_books_of_libreoffice(converted: dict[str, bytes]) -> None:
    for data in converted.values():
        assert cells(patch(data, "x.xlsx", EDITS)) == expected(data)


@pytest.mark.libreoffice
@pytest.mark.skipif(shutil.which("soffice") is None, reason="soffice is not on the PATH")
def test_libreoffice_reads_what_was_written(tmp_path: Path) -> None:
    edits = {
        "附件1": {
            (11, 12): Edit(3.06),
            (6, 12): Edit(15.26, "SUM(L7,L10,L11)"),
            (13, 13): Edit("说明 <&>\n二行"),
            (8, 6): Edit(None),
        }
    }
    (tmp_path / "a.xlsx").write_bytes(patch(SAMPLE, "a.xlsx", edits))
    subprocess.run(
        ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to", "xlsx",
         "--outdir", str(tmp_path / "out"), str(tmp_path / "a.xlsx")],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    read = read_bytes((tmp_path / "out" / "a.xlsx").read_bytes(), "a.xlsx")
    there = _sheet(read, "附件1")
    assert there[11, 12] == 3.06
    assert there[6, 12] == 15.26
    assert there[13, 13] == "说明 <&>\n二行"


def _sheet(snapshot: Snapshot, name: str) -> dict[At, Scalar]:
    found = snapshot.sheet(name)
    assert found
    return {at: cell.value for at, cell in found.cells.items()}


# -- at random --------------------------------------------------------------------------------------

_TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
_VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**15), 10**15), st.floats(allow_nan=False, allow_infinity=False), _TEXT
)
_PLACES = st.tuples(st.integers(1, 6), st.integers(1, 30))
_GRID = st.dictionaries(_PLACES, _VALUES.filter(lambda value: value is not None), max_size=12)


@settings(max_examples=80, deadline=None)
@given(_GRID, st.dictionaries(_PLACES, _VALUES, max_size=8))
def test_any_edits_of_any_grid(grid: dict[At, Scalar], edits: dict[At, Scalar]) -> None:
    made = patch(book(""), "x.xlsx", {"表1": {at: Edit(value) for at, value in grid.items()}})
    done = patch(made, "x.xlsx", {"表1": {at: Edit(value) for at, value in edits.items()}})
    wanted = {at: value for at, value in (grid | edits).items() if value is not None}
    assert {at: value for (_, at), (value, _, _) in cells(done).items()} == wanted
