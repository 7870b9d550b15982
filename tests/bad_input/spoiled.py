"""Files that are no sound filled form, made from a sound one."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Callable, Mapping

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


def unzipped(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def changed(data: bytes, *edits: tuple[str, bytes, bytes], **more: bytes) -> bytes:
    """Return the workbook with texts of parts replaced (part, old, new)."""
    parts = unzipped(data)
    for part, old, new in edits:
        assert old in parts[part], (part, old)
        parts[part] = parts[part].replace(old, new)
    return zipped({**parts, **more})


def compound(stream: str) -> bytes:
    """Return a compound file whose directory has one stream of this name (enough to be told apart)."""
    name = stream.encode("utf-16-le") + b"\0\0"
    entry = name.ljust(64, b"\0") + struct.pack("<H", len(name))
    return _OLE.ljust(512, b"\0") + entry.ljust(128, b"\0") * 4


def plain_workbook(_: bytes) -> bytes:
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.add_worksheet("Sheet1").write(0, 0, "别的表")
    book.close()
    return out.getvalue()


def identity(old: str, new: str) -> Callable[[bytes], bytes]:
    """Change a shared string of the identity, such as the template's id."""

    def change(data: bytes) -> bytes:
        text = f">{old}</t>".encode()
        return changed(data, ("xl/sharedStrings.xml", text, f">{new}</t>".encode()))

    return change


def with_macros(data: bytes) -> bytes:
    parts = unzipped(data)
    parts["xl/vbaProject.bin"] = compound("VBA")
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(
        b"</Types>",
        b'<Override PartName="/xl/vbaProject.bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>',
    )
    return zipped(parts)


def xlsm(data: bytes) -> bytes:
    sheet = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    return changed(
        data, ("[Content_Types].xml", sheet, b"application/vnd.ms-excel.sheet.macroEnabled.main+xml")
    )


def with_links(data: bytes) -> bytes:
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLink"
    parts = unzipped(data)
    rels = "xl/_rels/workbook.xml.rels"
    parts[rels] = parts[rels].replace(
        b"</Relationships>",
        b'<Relationship Id="rId999" Type="' + kind + b'" Target="externalLinks/externalLink1.xml"/></Relationships>',
    )
    parts["xl/externalLinks/externalLink1.xml"] = b"<externalLink/>"
    parts["xl/externalLinks/_rels/externalLink1.xml.rels"] = (
        f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="rId1" Type="{_RELATIONS}/externalLinkPath" '
        'Target="file:///c:/secret.xlsx" TargetMode="External"/></Relationships>'
    ).encode()
    return zipped(parts)


def with_dtd(data: bytes) -> bytes:
    parts = unzipped(data)
    sheet = parts["xl/worksheets/sheet2.xml"]
    head = re.match(rb"<\?xml[^>]*\?>", sheet)
    assert head
    parts["xl/worksheets/sheet2.xml"] = (
        head[0] + b'<!DOCTYPE worksheet [<!ENTITY lol "lol">]>' + sheet[head.end() :]
    )
    return zipped(parts)


def bomb(data: bytes) -> bytes:
    return zipped({**unzipped(data), "xl/media/image1.bin": b"\0" * 30_000_000})


def word(data: bytes) -> bytes:
    base = "application/vnd.openxmlformats-officedocument"
    kind = f"{base}.wordprocessingml.document.main+xml"
    return zipped(
        {
            "[Content_Types].xml": (
                '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
                '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
                f'<Override PartName="/word/document.xml" ContentType="{kind}"/></Types>'
            ).encode(),
            "_rels/.rels": (
                f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="rId1" Target="word/document.xml" '
                'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/>'
                "</Relationships>"
            ).encode(),
            "word/document.xml": b"<document/>",
        }
    )


#: What a file is, how it is made of a sound one, and words of the sentence that says so.
SPOILED: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "noise": (lambda _: bytes(range(256)) * 8, "不是 Excel 工作簿"),
    "empty": (lambda _: b"", "空的"),
    "encrypted": (lambda _: compound("EncryptedPackage"), "已加密"),
    "xls renamed": (lambda _: compound("Workbook"), "旧版 .xls"),
    "html renamed": (lambda _: "<html><table><tr><td>单位</td></tr></table></html>".encode(), "网页"),
    "csv renamed": (lambda _: "单位,金额\r\n某局,3\r\n".encode("gb18030"), "文本"),
    "docx renamed": (word, "Word"),
    "truncated": (lambda data: data[: len(data) // 2], "损坏"),
    "without its end": (lambda data: data[:-30], "损坏"),
    "other workbook": (plain_workbook, "认不出是哪一种表样"),
    "unknown template": (identity("yiyang-2024", "yiyang-1999"), "没有登记"),
    "wrong version": (identity("1.0.0", "0.9.0"), "0.9.0 版，现行版本是"),
    "macros": (with_macros, "含有宏"),
    "xlsm renamed": (xlsm, "含有宏"),
    "external links": (with_links, "链接了别的文件"),
    "dtd": (with_dtd, "DTD"),
    "bomb": (bomb, "压缩"),
}
