"""A submission that holds everything a public edition must not."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping

from edits import apply

from xlperf.rules.record import Example

PHONE, PERSON = "138" + "0" * 8, "张三"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def rezipped(data: bytes, change: Mapping[str, Callable[[str], str]], new: Mapping[str, str]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for info in old.infolist():
            content = old.read(info)
            if info.filename in change:
                before = content.decode()
                after = change[info.filename](before)
                assert after != before, info.filename
                content = after.encode()
            archive.writestr(info, content)
        for name, text in new.items():
            archive.writestr(name, text)
    return made.getvalue()


def _before(mark: str, text: str) -> Callable[[str], str]:
    return lambda part: part.replace(mark, text + mark, 1)


def laden(data: bytes) -> bytes:
    """Return the workbook with comments, links, properties, a hidden row, names and telephones put into it."""
    filled = Example("", {"填表人": PERSON, "联系电话": PHONE})
    data = apply(data, filled)
    rels = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
    link = f'<Relationship Id="{{}}" Type="{_REL}/{{}}" Target="{{}}"{{}}/>'
    types = "".join(
        f'<Override PartName="/{part}" ContentType="{kind}"/>'
        for part, kind in (
            ("xl/comments1.xml", f"{_TYPE}.comments+xml"),
            ("xl/externalLinks/externalLink1.xml", f"{_TYPE}.externalLink+xml"),
            ("docProps/custom.xml", "application/vnd.openxmlformats-officedocument.custom-properties+xml"),
            ("docProps/app.xml", "application/vnd.openxmlformats-officedocument.extended-properties+xml"),
        )
    )
    comment = (
        f'<comments xmlns="{_MAIN}"><authors><author>李四</author></authors>'
        '<commentList><comment ref="B6" authorId="0">'
        f"<text><r><t>问{PERSON}：138</t></r><r><t>00000000</t></r></text></comment></commentList></comments>"
    )
    sheet2 = [
        ("<mergeCells", '<protectedRanges><protectedRange name="r" sqref="A1"/></protectedRanges>'),
        ("<printOptions", '<hyperlinks><hyperlink ref="A2" r:id="rId2"/></hyperlinks>'),
        ("</worksheet>", '<legacyDrawing r:id="rId1"/>'),
    ]

    def second(text: str) -> str:
        text = re.sub(r'<row r="8" ', '<row r="8" hidden="1" ', text, count=1)
        for mark, new in sheet2:
            text = _before(mark, new)(text)
        return text

    return rezipped(
        data,
        {
            "[Content_Types].xml": _before("</Types>", types + '<Default Extension="bin" ContentType="x/y"/>'),
            "_rels/.rels": _before(
                "</Relationships>",
                link.format("rIdA", "extended-properties", "docProps/app.xml", "")
                + link.format("rIdB", "custom-properties", "docProps/custom.xml", ""),
            ),
            "xl/_rels/workbook.xml.rels": _before(
                "</Relationships>", link.format("rId99", "externalLink", "externalLinks/externalLink1.xml", "")
            ),
            "xl/workbook.xml": lambda text: text
            .replace("<definedNames>", '<externalReferences><externalReference r:id="rId99"/></externalReferences>'
                     '<definedNames><definedName name="秘" hidden="1">附件2!$A$1</definedName>', 1)
            .replace("<workbookPr", f'<fileSharing userName="{PERSON}"/><workbookPr', 1),
            "xl/worksheets/sheet2.xml": second,
        },
        {
            "xl/worksheets/_rels/sheet2.xml.rels": rels.format(
                link.format("rId1", "comments", "../comments1.xml", "")
                + link.format("rId2", "hyperlink", f"file:///C:/Users/{PERSON}/a.xlsx", ' TargetMode="External"')
            ),
            "xl/comments1.xml": comment,
            "xl/externalLinks/externalLink1.xml": f'<externalLink xmlns="{_MAIN}"><externalBook/></externalLink>',
            "xl/externalLinks/_rels/externalLink1.xml.rels": rels.format(
                link.format("rId1", "externalLinkPath", f"file:///C:/Users/{PERSON}/b.xlsx", ' TargetMode="External"')
            ),
            "docProps/custom.xml": (
                f"<Properties><property name='经手'><lpwstr>{PERSON} {PHONE}</lpwstr></property></Properties>"
            ),
            "docProps/app.xml": (
                '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
                f"<Application>Excel</Application><Manager>{PERSON}</Manager><Company>某局</Company></Properties>"
            ),
            "xl/unlinked.bin": PHONE,
        },
    )

