"""Each file that is no sound workbook is refused with one sentence that says what it is and what to do."""

# ruff: noqa: E501 (XML and tables read better unbroken)

from __future__ import annotations

import io
import os
import struct
import zipfile
from pathlib import Path

import pytest
from handmade import MAIN_TYPE, book, content_types, parts, relationships, sheet, zipped

from xlperf.errors import FileRefused, LimitExceeded
from xlperf.workbook.limits import Limits
from xlperf.workbook.package import Package, open_package, package_from_bytes
from xlperf.workbook.read import read_bytes, read_file

GOOD = book('<row r="1"><c r="A1"><v>1</v></c></row>')
DOCX = MAIN_TYPE.replace("spreadsheetml.sheet", "wordprocessingml.document")
PPTX = MAIN_TYPE.replace("spreadsheetml.sheet", "presentationml.presentation")
XLSB = "application/vnd.ms-excel.sheet.binary.macroEnabled.main"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def ole(stream: str) -> bytes:
    """Return a compound file whose directory has one stream of this name (enough to be told apart)."""
    name = stream.encode("utf-16-le") + b"\0\0"
    entry = name.ljust(64, b"\0") + struct.pack("<H", len(name))
    return OLE.ljust(512, b"\0") + entry.ljust(128, b"\0") * 4


def with_part(name: str, content: str | bytes) -> bytes:
    return zipped({**parts(sheet()), name: content})


def without(name: str) -> bytes:
    return zipped({key: value for key, value in parts(sheet()).items() if key != name})


def password_zip() -> bytes:
    data = bytearray(GOOD)
    at = data.find(b"PK\x01\x02")
    data[at + 8] |= 1
    return bytes(data)


def duplicated() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in [*parts(sheet()).items(), ("XL/Workbook.xml", "x")]:
            archive.writestr(name, content)
    return out.getvalue()


REFUSALS: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "空的"),
    "random": (bytes(range(256)) * 8, "不是 Excel 工作簿"),
    "csv": ("单位,金额\r\n组织部,3\r\n".encode("gb18030"), "文本"),
    "csv utf-8": ("\ufeff单位,金额\r\n".encode(), "文本"),
    "unicode text": ("单位\t金额\r\n".encode("utf-16"), "文本"),
    "html": (b"\xef\xbb\xbf\r\n <html xmlns:x='x'><table><tr><td>1</td></tr></table></html>", "网页"),
    "xml 2003": (b"<?xml version='1.0'?><?mso-application progid=\"Excel.Sheet\"?><Workbook/>", "XML 表格 2003"),
    "pdf": (b"%PDF-1.7\n", "PDF"),
    "png": (b"\x89PNG\r\n\x1a\n", "图片"),
    "jpeg": (b"\xff\xd8\xff\xe0", "图片"),
    "rar": (b"Rar!\x1a\x07", "解压"),
    "biff": (b"\x09\x08\x10\x00\x00\x06\x05\x00", "旧版 .xls"),
    "xls": (ole("Workbook"), "旧版 .xls.*另存为 .xlsx"),
    "xls 5": (ole("Book"), "旧版 .xls"),
    "doc": (ole("WordDocument"), "Word"),
    "ppt": (ole("PowerPoint Document"), "PowerPoint"),
    "other ole": (ole("Contents"), "旧版 Office"),
    "encrypted by hand": (ole("EncryptedPackage"), "已加密.*请先取消打开密码"),
    "docx": (zipped({**parts(sheet(), main=DOCX)}), "Word"),
    "pptx": (zipped({**parts(sheet(), main=PPTX)}), "PowerPoint"),
    "xlsb": (zipped({**parts(sheet(), main=XLSB)}), "xlsb.*另存为 .xlsx"),
    "ods": (zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<a/>"}), "ods"),
    "odt": (zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<a/>"}), "开放文档"),
    "zip": (zipped({"a.txt": "x"}), "普通压缩包"),
    "zip of xlsx": (zipped({"a/b.xlsx": GOOD}), "先解压"),
    "empty zip": (zipped({}), "普通压缩包"),
    "truncated zip": (GOOD[: len(GOOD) // 2], "损坏"),
    "only PK": (b"PK", "损坏"),
    "password zip": (password_zip(), "密码"),
    "no content types": (without("[Content_Types].xml"), "损坏"),
    "no relationships": (without("_rels/.rels"), "主要部件"),
    "no workbook": (without("xl/workbook.xml"), "主要部件"),
    "no sheet": (without("xl/worksheets/sheet1.xml"), "缺失"),
    "no sheets": (zipped(parts()), "没有工作表"),
    "corrupt xml": (with_part("xl/worksheets/sheet1.xml", "<worksheet><a></worksheet>"), "损坏"),
    "bare text": (with_part("xl/workbook.xml", "hello"), "损坏"),
    "not utf-8": (with_part("xl/worksheets/sheet1.xml", b"<a>\xff\xff</a>"), "损坏"),
    "utf-7": (with_part("xl/worksheets/sheet1.xml", '<?xml version="1.0" encoding="utf-7"?><a/>'), "编码"),
    "other sheet": (with_part("xl/worksheets/sheet1.xml", "<a/>"), "工作表的内容无法识别"),
    "other root": (with_part("xl/workbook.xml", "<workbook/>"), "不是 Excel"),
    "dtd": (with_part("xl/worksheets/sheet1.xml", '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'), "DTD"),
    "dtd in utf-16": (with_part("xl/worksheets/sheet1.xml", "<!DOCTYPE a><a/>".encode("utf-16")), "DTD"),
    "deep xml": (with_part("xl/worksheets/sheet1.xml", "<a>" * 5000 + "</a>" * 5000), "损坏"),
    "traversal": (with_part("../../etc/passwd", "x"), "不安全"),
    "traversal in the middle": (with_part("xl/../../x.xml", "x"), "不安全"),
    "windows traversal": (with_part("xl\\..\\..\\x.xml", "x"), "不安全"),
    "drive": (with_part("c:/x.xml", "x"), "不安全"),
    "absolute": (with_part("/etc/passwd", "x"), "不安全"),
    "duplicate part": (duplicated(), "重名"),
    "bomb": (with_part("xl/media/a.bin", b"\0" * 3_000_000), "压缩炸弹"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSALS)
def test_what_is_no_sound_workbook_is_refused_in_one_sentence(case: str) -> None:
    data, words = REFUSALS[case]
    with pytest.raises(FileRefused, match=words) as caught:
        read_bytes(data, "附件 1.xlsx")
    message = str(caught.value)
    assert message.startswith("无法读取“附件 1.xlsx”：")
    assert message.endswith("。")
    assert message.count("。") == 1
    assert "\n" not in message


def test_a_really_encrypted_file_is_told() -> None:
    ooxml = pytest.importorskip("msoffcrypto.format.ooxml")
    out = io.BytesIO()
    ooxml.OOXMLFile(io.BytesIO(GOOD)).encrypt("123456", out)
    with pytest.raises(FileRefused, match="已加密"):
        read_bytes(out.getvalue(), "t.xlsx")


def test_files_that_cannot_be_opened(tmp_path: Path) -> None:
    def refused(path: Path, words: str) -> None:
        for read in (read_file, open_package):
            with pytest.raises(FileRefused, match=words) as caught:
                read(path)
            assert str(tmp_path) not in str(caught.value)

    refused(tmp_path / "没有.xlsx", "“没有.xlsx”：文件不存在")
    refused(tmp_path, "文件夹")
    refused(tmp_path / ("长" * 300 + ".xlsx"), "系统读不出")
    refused(tmp_path / "a\0b.xlsx", "系统读不出")
    (tmp_path / "~$附件.xlsx").write_bytes(b"\x04wang")
    refused(tmp_path / "~$附件.xlsx", "这是 Excel 打开时的临时文件")
    os.mkfifo(tmp_path / "管道.xlsx")
    refused(tmp_path / "管道.xlsx", "不是普通文件")


def test_a_file_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(GOOD)

    def deny(*_: object, **__: object) -> None:
        raise PermissionError(13, "denied", str(path))

    monkeypatch.setattr(Path, "open", deny)
    with pytest.raises(FileRefused, match="没有读取权限"):
        read_file(path)


def test_a_name_cannot_write_to_the_terminal() -> None:
    with pytest.raises(FileRefused) as caught:
        read_bytes(b"", "/secret/a\x1b[31m\u202egnp\n.xlsx")
    assert str(caught.value).startswith("无法读取“a[31mgnp.xlsx”：")


def rows(count: int, cell: str) -> str:
    return "".join(f'<row r="{r}">{cell.format(r=r)}</row>' for r in range(1, count + 1))


VALUE = '<c r="A{r}"><v>1</v></c>'
FORMULA = '<c r="A{r}"><f>B1</f><v>1</v></c>'
LIMITED: dict[str, tuple[bytes, Limits, str]] = {
    "file": (GOOD, Limits(file_bytes=100), "文件大于"),
    "parts": (GOOD, Limits(parts=3), "部件多于 3 个"),
    "part": (GOOD, Limits(part_bytes=200), "部件展开后"),
    "total": (GOOD, Limits(total_bytes=500), "文件展开后"),
    "ratio": (book(rows(2000, VALUE)), Limits(ratio=2, ratio_floor=1000), "压缩比例"),
    "markup": (book(rows(9000, VALUE)), Limits(markup=30000), "内容过多"),
    "merges": (zipped(parts(sheet(after="<mergeCells>" + '<mergeCell ref="A1:B2"/>' * 9 + "</mergeCells>"))), Limits(areas=8), "合并区域"),
    "validated areas": (
        zipped(parts(sheet(after=f'<dataValidations><dataValidation sqref="{"A1 " * 99}"/></dataValidations>'))),
        Limits(areas=8),
        "数据验证",
    ),
    "sheets": (zipped(parts(sheet(), sheet())), Limits(sheets=1), "工作表多于 1 张"),
    "cells": (book(rows(11, VALUE)), Limits(cells=10), "单元格多于 10 个"),
    "cells of all sheets": (zipped(parts(sheet(rows(6, VALUE)), sheet(rows(6, VALUE)))), Limits(cells=10), "多于 10 个"),
    "prefixed cells": (
        zipped(parts(sheet(rows(11, VALUE)).replace("<", "<x:").replace("<x:/", "</x:").replace("<x:?", "<?").replace(" xmlns=", " xmlns:x="))),
        Limits(cells=10),
        "单元格多于 10 个",
    ),
    "formulas": (book(rows(11, FORMULA)), Limits(formulas=10), "公式多于 10 个"),
    "formulas of an array": (
        book('<row r="1"><c r="A1"><f t="array" ref="A1:J9999">B1</f><v>1</v></c></row>'),
        Limits(formulas=100),
        "公式过多",
    ),
    "formula": (book('<row r="1"><c r="A1"><f>' + "1+" * 5000 + "1</f></c></row>"), Limits(), "超过 8192 个字符"),
    "formula characters": (
        book('<row r="1"><c r="A1"><f t="shared" si="0">' + "1+" * 50 + '1</f></c></row>' + "".join(
            f'<row r="{r}"><c r="A{r}"><f t="shared" si="0"/></c></row>' for r in range(2, 30))),
        Limits(formula_chars=1000),
        "公式过多",
    ),
    "names": (zipped(parts(sheet(), names='<definedName name="a">1</definedName>' * 12)), Limits(names=10), "名称多于 10 个"),
    "few names": (zipped(parts(sheet(), names='<definedName name="a"/>' * 11)), Limits(names=10), "名称多于 10 个"),
    "name": (zipped(parts(sheet(), names=f'<definedName name="a">{"1" * 9000}</definedName>')), Limits(), "8192"),
    "text": (book(f'<row r="1"><c r="A1" t="inlineStr"><is><t>{"字" * 40000}</t></is></c></row>'), Limits(), "32767"),
    "shared text": (book("", strings=f"<si><t>{'字' * 40000}</t></si>"), Limits(), "32767"),
    "strings": (book("", strings=f"<si><t>{'字' * 4000}</t></si>"), Limits(string_bytes=4000), "文字内容"),
    "row": (book('<row r="20001"><c r="A20001"><v>1</v></c></row>'), Limits(), "A20001 单元格.*20000 行"),
    "column": (book('<row r="1"><c r="XFD1"><v>1</v></c></row>'), Limits(), "XFD1 单元格.*512 列"),
    "array": (book('<row r="1"><c r="A1"><f t="array" ref="A1:XFD1048576">B1</f><v>1</v></c></row>'), Limits(), "XFD1048576"),
}  # fmt: skip


@pytest.mark.parametrize("case", LIMITED)
def test_limits(case: str) -> None:
    data, limits, words = LIMITED[case]
    with pytest.raises(LimitExceeded, match=words) as caught:
        read_bytes(data, "t.xlsx", limits)
    assert str(caught.value).endswith("。")


def test_a_part_is_never_unpacked_beyond_its_declared_size() -> None:
    """A local bomb behind a small declared size: 100 MB of zeros said to be 10 bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts(sheet()).items():
            archive.writestr(name, content)
        archive.writestr("xl/bomb.xml", b"\0" * 100_000_000)
    data = out.getvalue()
    size = struct.pack("<L", 100_000_000)
    package = package_from_bytes(data.replace(size, struct.pack("<L", 10)), "t.xlsx")
    with pytest.raises(FileRefused, match="损坏"):
        package.parts["xl/bomb.xml"]


def test_counting_comes_before_parsing(monkeypatch: pytest.MonkeyPatch) -> None:
    data = zipped(parts(sheet(rows(50, VALUE))))
    parsed: list[bytes] = []
    original = Package.elements_of

    def noted(package: Package, part: bytes) -> object:
        parsed.append(part)
        return original(package, part)

    monkeypatch.setattr(Package, "elements_of", noted)
    with pytest.raises(LimitExceeded):
        read_bytes(data, "t.xlsx", Limits(cells=40))
    assert not any(b"<worksheet" in part for part in parsed)


def test_what_is_odd_but_sound_is_read() -> None:
    """Part names in other letter case, absolute, relative and percent-encoded targets, backslashes."""
    made = parts(sheet('<row r="1"><c r="A1"><v>1</v></c></row>'))
    made["_rels/.rels"] = relationships(("r", "officeDocument", "/XL/Book.xml"))
    made["[Content_Types].xml"] = content_types(workbook="/xl/book.XML")
    made["xl/BOOK.xml"] = made.pop("xl/workbook.xml")
    made["xl\\_rels\\book.xml.rels"] = relationships(("s1", "worksheet", "../xl/./sheets/%E8%A1%A8.xml"))
    made["xl/sheets/表.xml"] = made.pop("xl/worksheets/sheet1.xml")
    assert read_bytes(zipped(made), "t.xlsx").sheets[0].value(1, 1) == 1


def test_macros_links_and_other_sheets_are_recorded() -> None:
    made = parts(
        sheet(),
        sheet(),
        sheet(),
        main=MAIN_TYPE.replace(
            "openxmlformats-officedocument.spreadsheetml.sheet", "ms-excel.sheet.macroEnabled"
        ),
    )
    made["xl/_rels/workbook.xml.rels"] = relationships(
        ("s1", "worksheet", "worksheets/sheet1.xml"), ("s2", "chartsheet", "worksheets/sheet2.xml"),
        ("s3", "xlMacrosheet", "worksheets/sheet3.xml"), ("e", "externalLink", "externalLinks/externalLink1.xml"),
        ("d", "externalLink", "externalLinks/externalLink2.xml"),
    )  # fmt: skip
    made["xl/externalLinks/externalLink1.xml"] = "<externalLink/>"
    made["xl/externalLinks/_rels/externalLink1.xml.rels"] = relationships(
        ("r", "externalLinkPath", "file:///D:/其他.xlsx"), external=True
    )
    made["xl/externalLinks/externalLink2.xml"] = (
        '<externalLink><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>'
    )
    made["xl/vbaProject.bin"] = b"x"
    snapshot = read_bytes(zipped(made), "t.xlsm")
    assert snapshot.macros
    assert snapshot.external_links == ("file:///D:/其他.xlsx", "cmd|/c calc")
    assert [found.name for found in snapshot.sheets] == ["表1", "表2", "表3"]
    assert not read_bytes(GOOD, "t.xlsx").macros
