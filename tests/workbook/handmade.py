"""Workbooks written part by part, for what no library writes; and the small book that all of them write."""



from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

TRANSITIONAL = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
MAIN_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def relationships(*links: tuple[str, str, str], office: str = OFFICE, external: bool = False) -> str:
    mode = ' TargetMode="External"' if external else ""
    rows = "".join(f'<Relationship Id="{i}" Type="{office}/{k}" Target="{t}"{mode}/>' for i, k, t in links)
    return f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{rows}</Relationships>'


def content_types(main: str = MAIN_TYPE, workbook: str = "/xl/workbook.xml", more: str = "") -> str:
    return (
        f'{HEAD}<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="{workbook}" ContentType="{main}"/>{more}</Types>'
    )


def sheet(data: str = "", after: str = "", ns: str = TRANSITIONAL, before: str = "") -> str:
    return f'{HEAD}<worksheet xmlns="{ns}">{before}<sheetData>{data}</sheetData>{after}</worksheet>'


def parts(
    *sheets: str,
    names: str = "",
    strings: str | None = None,
    styles: str | None = None,
    main: str = MAIN_TYPE,
    ns: str = TRANSITIONAL,
    office: str = OFFICE,
    book: str = "",
) -> dict[str, str | bytes]:
    """Return the parts of a book whose sheets are called 表1, 表2, …; ``sheets`` are whole XML parts."""
    links = [(f"s{i}", "worksheet", f"worksheets/sheet{i}.xml") for i in range(1, len(sheets) + 1)]
    entries = "".join(f'<sheet name="表{i}" sheetId="{i}" r:id="s{i}"/>' for i in range(1, len(sheets) + 1))
    found: dict[str, str | bytes] = {
        "[Content_Types].xml": content_types(main),
        "_rels/.rels": relationships(("r1", "officeDocument", "xl/workbook.xml"), office=office),
        "xl/workbook.xml": (
            f'{HEAD}<workbook xmlns="{ns}" xmlns:r="{office}">{book}<sheets>{entries}</sheets>'
            f"<definedNames>{names}</definedNames></workbook>"
        ),
    }
    for (_, _, target), xml in zip(links, sheets, strict=True):
        found[f"xl/{target}"] = xml
    if strings is not None:
        links.append(("str", "sharedStrings", "sharedStrings.xml"))
        found["xl/sharedStrings.xml"] = f'{HEAD}<sst xmlns="{ns}">{strings}</sst>'
    if styles is not None:
        links.append(("sty", "styles", "styles.xml"))
        found["xl/styles.xml"] = f'{HEAD}<styleSheet xmlns="{ns}">{styles}</styleSheet>'
    found["xl/_rels/workbook.xml.rels"] = relationships(*links, office=office)
    return found


def book(data: str, **options: str) -> bytes:
    """Return a book of one sheet, 表1, with these rows."""
    return zipped(parts(sheet(data), **options))
