"""Containers that lie: bombs, names that leave the folder, wrong sizes, encryption, other formats renamed."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from random import Random

from hostile_parts import HEAD, Case, Entry, by_hand, deflated, entry, put, sample, tiny, with_rows, zipped

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def _bomb() -> bytes:
    return zipped({**sample(), "xl/media/image1.bin": b"\0" * 60_000_000})


def _many_bombs() -> bytes:
    """Each part within the ratio, all together beyond the total."""
    block = Random(1).randbytes(100_000) + b"\0" * 10_000_000
    packed, crc = deflated(block), zlib.crc32(block)
    parts = [entry(name, content) for name, content in sample().items()]
    return by_hand([*parts, *(Entry(b"xl/media/%d.bin" % i, packed, len(block), crc) for i in range(30))])


def _small_ratio_bombs() -> bytes:
    """Thousands of parts just under the size from which on the ratio is looked at."""
    block = b"\0" * 1_000_000
    packed, crc = deflated(block), zlib.crc32(block)
    parts = [entry(name, content) for name, content in sample().items()]
    return by_hand([*parts, *(Entry(b"xl/media/%d.bin" % i, packed, len(block), crc) for i in range(3900))])


def _sheet_bomb() -> bytes:
    parts = {name: entry(name, content) for name, content in sample().items()}
    content = b"<worksheet><sheetData>" + b" " * 90_000_000
    parts["xl/worksheets/sheet2.xml"] = entry("xl/worksheets/sheet2.xml", content)
    return by_hand(parts.values())


def _nested() -> bytes:
    inner = zipped({"a.bin": b"\0" * 1_000_000})
    for _ in range(20):
        inner = zipped({"again.zip": inner, "more.zip": inner[:2000]})
    return zipped({**sample(), "xl/embeddings/again.zip": inner})


def _only_a_zip() -> bytes:
    return zipped({"内/送来.xlsx": zipped(sample())})


def _quine() -> bytes:
    """A zip whose one entry is the zip itself, told by an entry that points at the start of the file."""
    one = Entry(b"r/r.xlsx", b"", 400, 0, 0, 0, offset=0, packed_size=400)
    return b"PK\x03\x04" + by_hand([one, entry("x", b"x" * 200)])


def _overlapping() -> bytes:
    """David Fifield's construction: many entries share one kernel of packed bytes."""
    kernel = deflated(b"\0" * 900_000)
    first = Entry(b"xl/media/k.bin", kernel, 900_000, zlib.crc32(b"\0" * 900_000))
    parts = [entry(name, content) for name, content in sample().items()]
    at = len(by_hand(parts)) - len(by_hand([])) - sum(46 + len(one.name) for one in parts)
    more = [
        first._replace(name=b"xl/media/%04d.bin" % i, offset=at, packed=b"", packed_size=len(kernel))
        for i in range(250)
    ]
    return by_hand([*parts, first, *more])


def _overlapping_sheet() -> bytes:
    """Two sheets of the form told to be the same bytes of the file."""
    parts = [entry(name, content) for name, content in sample().items()]
    offset, found = 0, []
    for one in parts:
        found.append((offset, one))
        offset += 30 + len(one.name) + len(one.packed)
    place, model = next((at, one) for at, one in found if one.name == b"xl/worksheets/sheet4.xml")
    entries = [
        one._replace(offset=place, packed=b"", packed_size=len(model.packed), size=model.size, crc=model.crc)
        if one.name == b"xl/worksheets/sheet5.xml"
        else one
        for one in parts
    ]
    return by_hand(entries)


def _named(name: str) -> bytes:
    return zipped({**sample(), name: b"root:x"})


def _twice(name: str) -> bytes:
    parts = sample()
    return zipped([*parts.items(), (name, parts["xl/workbook.xml"])])


def _lying(**wrong: int) -> bytes:
    entries = [entry(name, content) for name, content in sample().items()]
    return by_hand(one._replace(**wrong) if one.name == b"xl/workbook.xml" else one for one in entries)


def _descriptors() -> bytes:
    """Sizes after the data, as writers that stream leave them; not hostile, must be read."""

    class Stream(io.RawIOBase):
        def __init__(self) -> None:
            self.data = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, data: bytes) -> int:
            self.data += data
            return len(data)

    stream = Stream()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sample().items():
            archive.writestr(name, content)
    return bytes(stream.data)


def _zip64(size: int) -> bytes:
    """An entry whose true sizes stand in a zip64 field, where they may be anything."""
    extra = struct.pack("<HHQQ", 1, 16, size, size)
    body = b"PK\x03\x04" + struct.pack("<5H3L2H", 45, 0, 8, 0, 33, 0, 0xFFFFFFFF, 0xFFFFFFFF, 1, 0) + b"a"
    head = struct.pack("<6H3L5H2L", 45, 45, 0, 8, 0, 33, 0, 0xFFFFFFFF, 0xFFFFFFFF, 1, len(extra), 0, 0, 0, 0, 0)
    directory = b"PK\x01\x02" + head + b"a" + extra
    return body + directory + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(directory), len(body), 0)


def _zip64_end(count: int) -> bytes:
    """An end record that refers to a zip64 one with a count and sizes that cannot be."""
    end = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, 2**62, 2**62)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, 4, 1)
    last = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return b"PK\x03\x04" + end + locator + last


def _many_entries() -> bytes:
    return by_hand(Entry(b"%05d" % i, b"", 0, 0, 0) for i in range(65_000))


def _compound(stream: str) -> bytes:
    name = stream.encode("utf-16-le") + b"\0\0"
    return _OLE.ljust(512, b"\0") + (name.ljust(64, b"\0") + struct.pack("<H", len(name))).ljust(128, b"\0") * 4


def _ods() -> bytes:
    return zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": HEAD + "<a/>"})


def _docx() -> bytes:
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    parts = {name: str(content) for name, content in tiny("").items()}
    types = parts["[Content_Types].xml"].replace(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml", kind
    )
    return zipped({**parts, "[Content_Types].xml": types})


def _link(target: str, kind: str = "externalLinkPath") -> bytes:
    """A link to another workbook: declared, with cached values, and used by a formula of the form."""
    rels = "xl/_rels/workbook.xml.rels"
    parts = with_rows(
        '<row r="900"><c r="A900"><f>[1]Sheet1!A1+1</f><v>5</v></c>'
        "<c r=\"B900\"><f>'[1]Sheet1'!$A$1</f><v>5</v></c></row>"
    )
    parts = put(
        parts,
        rels,
        "</Relationships>",
        '<Relationship Id="rId999" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        'externalLink" Target="externalLinks/externalLink1.xml"/>',
    )
    dde = '<ddeLink ddeService="cmd" ddeTopic="/C calc"><ddeItems/></ddeLink>' if kind == "dde" else ""
    parts["xl/externalLinks/externalLink1.xml"] = (
        '<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        + (dde or '<externalBook><sheetNames><sheetName val="Sheet1"/></sheetNames></externalBook>')
        + "</externalLink>"
    ).encode()
    parts["xl/externalLinks/_rels/externalLink1.xml.rels"] = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        f'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLinkPath" '
        f'Target="{target}" TargetMode="External"/></Relationships>'
    ).encode()
    return zipped(parts)


def _connections() -> bytes:
    """Connections, a query table and a web picture that Excel would fetch; here nobody looks at them."""
    parts = sample()
    parts["xl/connections.xml"] = (
        b'<connections xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><connection id="1" name="q" '
        b'type="4" refreshOnLoad="1"><webPr url="http://127.0.0.1:9/steal" sourceData="1"/></connection></connections>'
    )
    parts["xl/queryTables/queryTable1.xml"] = b'<queryTable name="q" connectionId="1" refreshOnLoad="1"/>'
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    parts["xl/worksheets/_rels/sheet2.xml.rels"] = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="q" Type="{office}/queryTable" Target="../queryTables/queryTable1.xml"/>'
        f'<Relationship Id="i" Type="{office}/image" Target="http://127.0.0.1:9/pixel.png" TargetMode="External"/>'
        f'<Relationship Id="f" Type="{office}/hyperlink" Target="file:///etc/passwd" TargetMode="External"/>'
        "</Relationships>"
    ).encode()
    parts = put(
        parts,
        "xl/_rels/workbook.xml.rels",
        "</Relationships>",
        f'<Relationship Id="c9" Type="{office}/connections" Target="connections.xml"/>',
    )
    return zipped(parts)


ZIPS: dict[str, Case] = {
    "zip bomb": Case(_bomb, words="压缩比例异常"),
    "zip bomb in a sheet": Case(_sheet_bomb, words="压缩比例异常"),
    "many bombs, each within the ratio": Case(_many_bombs, words="展开后超过"),
    "thousands of small bombs": Case(_small_ratio_bombs, words="展开后超过"),
    "nested zips": Case(_nested, (0,)),
    "a zip in a zip": Case(_only_a_zip, words="这是压缩包"),
    "a zip that holds itself": Case(_quine, words="重叠"),
    "overlapping entries": Case(_overlapping, words="重叠"),
    "a sheet that is another's bytes": Case(_overlapping_sheet, words="重叠"),
    "65 000 entries": Case(_many_entries, words="部件多于"),
    "a part twice": Case(lambda: _twice("xl/workbook.xml"), words="重名的部件"),
    "a part twice in capitals": Case(lambda: _twice("XL/Workbook.XML"), words="重名的部件"),
    "a part twice by backslash": Case(lambda: _twice("xl\\workbook.xml"), words="重名的部件"),
    "path traversal": Case(lambda: _named("../../../../etc/cron.d/x"), words="不安全的部件名称"),
    "path traversal by backslash": Case(lambda: _named("xl\\..\\..\\x.dll"), words="不安全的部件名称"),
    "absolute path": Case(lambda: _named("/etc/passwd"), words="不安全的部件名称"),
    "drive": Case(lambda: _named("C:\\Windows\\x.dll"), words="不安全的部件名称"),
    "control characters in a name": Case(lambda: _named("xl/\x1b[2J.xml"), words="不安全的部件名称"),
    "wrong crc": Case(lambda: _lying(crc=1), words="损坏"),
    "size told too small": Case(lambda: _lying(size=100), words="损坏"),
    "size told too large": Case(lambda: _lying(size=200_000), words="损坏"),
    "packed size told too large": Case(lambda: _lying(packed_size=2**30), words="重叠"),
    "offset beyond the end": Case(lambda: _lying(offset=2**31), words="损坏"),
    "unknown compression": Case(lambda: _lying(method=99), words="压缩方式"),
    "encrypted part": Case(lambda: _lying(flags=0x801), words="密码"),
    "more entries told than there are": Case(
        lambda: by_hand([entry(n, c) for n, c in sample().items()], 60_000), (0, 2)
    ),
    "data descriptors": Case(_descriptors, (0,)),
    "zip64 of 2^60 bytes": Case(lambda: _zip64(2**60), words="展开后超过"),
    "zip64 of 2^64 - 1 bytes": Case(lambda: _zip64(2**64 - 1), words="展开后超过"),
    "zip64 end with 2^62 entries": Case(lambda: _zip64_end(2**62), words="损坏"),
    "encrypted workbook": Case(lambda: _compound("EncryptedPackage"), words="已加密"),
    "xls renamed": Case(lambda: _compound("Workbook"), words="旧版 .xls"),
    "html renamed": Case(lambda: "<html><table><tr><td>单位".encode(), words="网页"),
    "csv renamed": Case(lambda: "单位,金额\r\n=cmd|'/C calc'!A0,3\r\n".encode("gb18030"), words="文本"),
    "ods renamed": Case(_ods, words=".ods"),
    "docx renamed": Case(_docx, words="Word"),
    "empty": Case(lambda: b"", words="空的"),
    "noise": Case(lambda: bytes(range(256)) * 8, words="不是 Excel 工作簿"),
    "20 MB of nothing": Case(lambda: b"\0" * 20_000_000, words="不是 Excel 工作簿"),
    "33 MB of letters": Case(lambda: b"a" * (33 << 20), words="大于 32 MB"),
    "30 MB of directory signatures": Case(lambda: b"PK\x03\x04" + b"PK\x01\x02" * 7_000_000, words="部件多于"),
    "30 MB of end signatures": Case(lambda: b"PK\x03\x04" + b"PK\x05\x06" * 7_000_000, words="损坏"),
    "30 MB of compound file": Case(lambda: _OLE + "Workbook".encode("utf-16-le") * 1_900_000, words="Office"),
    "relative external link": Case(lambda: _link("../x/other.xlsx"), words="链接了别的文件"),
    "absolute external link": Case(lambda: _link("file:///etc/passwd"), words="链接了别的文件"),
    "external link by url": Case(lambda: _link("http://127.0.0.1:9/other.xlsx"), words="链接了别的文件"),
    "external link by share": Case(lambda: _link("file://\\\\127.0.0.1\\share\\x.xlsx"), words="链接了别的文件"),
    "dde link": Case(lambda: _link("x", "dde"), words="链接了别的文件"),
    "connections and query tables": Case(_connections, (0,)),
}
