"""Too much of everything: cells, formats, merges, validations, names, sheets; and as much as is still admitted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from hostile_parts import FEW, FORM, HEAD, NS, OFFICE, Case, put, sample, swap, tiny, with_names, with_rows, zipped

from xlperf.address import column_letters

_LETTERS = [column_letters(i) for i in range(1, 513)]


def rows(height: int, width: int, cell: Callable[[int, int], str], first: int = 2001) -> str:
    """Return rows of cells; ``cell`` gives what is inside a ``c``."""
    return "".join(
        f'<row r="{row}">'
        + "".join(f'<c r="{_LETTERS[column]}{row}">{cell(row, column)}</c>' for column in range(width))
        + "</row>"
        for row in range(first, first + height)
    )


def _rows(height: int, width: int, cell: Callable[[int, int], str]) -> bytes:
    return zipped(with_rows(rows(height, width, cell)), 1)


def _formatted_rows(count: int, more: str = "") -> bytes:
    text = "".join(f'<row r="{row}" s="1" customFormat="1"{more}/>' for row in range(901, 901 + count))
    return zipped(with_rows(text), 1)


def _formatted_cells(height: int, width: int) -> bytes:
    return zipped(
        with_rows(
            "".join(
                f'<row r="{row}">' + "".join(f'<c r="{_LETTERS[c]}{row}" s="1"/>' for c in range(width)) + "</row>"
                for row in range(901, 901 + height)
            )
        ),
        1,
    )


def _columns(count: int) -> bytes:
    return zipped(put(sample(), FORM, "</cols>", '<col min="1" max="16384" width="9" style="1"/>' * count), 0)


def _after(text: str) -> bytes:
    """The form with something after its rows."""
    return zipped(swap(sample(), FORM, "</sheetData>", "</sheetData>" + text), 1)


def _merges(count: int) -> bytes:
    return _after(
        "<mergeCells>" + "".join(f'<mergeCell ref="A{i}:C{i}"/>' for i in range(2001, 2001 + count)) + "</mergeCells>"
    )


def _merged_whole(count: int) -> bytes:
    parts = with_rows(rows(100, 500, lambda row, column: "<v>1</v>"))
    text = "<mergeCells>" + '<mergeCell ref="A1:XFD1048576"/>' * count + "</mergeCells>"
    return zipped(swap(parts, FORM, "</sheetData>", "</sheetData>" + text))


def _merged_strings() -> bytes:
    """Merges over each other, and texts all over them."""
    parts = with_rows(rows(300, 500, lambda row, column: "<is><t>字</t></is>").replace("<c ", '<c t="inlineStr" '))
    text = "".join(f'<mergeCell ref="A{2 + i % 99}:SR{2301 + i % 99}"/>' for i in range(15_000))
    return zipped(swap(parts, FORM, "</sheetData>", f"</sheetData><mergeCells>{text}</mergeCells>"), 1)


def _validations(count: int, area: str = "A{0}:C{0}") -> bytes:
    return _after(
        f'<dataValidations count="{count}">'
        + "".join(
            f'<dataValidation type="whole" sqref="{area.format(i)}"><formula1>1</formula1></dataValidation>'
            for i in range(2001, 2001 + count)
        )
        + "</dataValidations>"
    )


def _sqref(count: int) -> bytes:
    areas = " ".join(f"A{i}:C{i}" for i in range(2001, 2001 + count))
    return _after(f'<dataValidations><dataValidation sqref="{areas}"/></dataValidations>')


def _conditional(count: int) -> bytes:
    return _after(
        "".join(
            f'<conditionalFormatting sqref="A{i}"><cfRule type="expression" priority="{i}"><formula>A1&gt;{i}</formula>'
            "</cfRule></conditionalFormatting>"
            for i in range(1, count + 1)
        )
    )


def _names(count: int, text: str = "附件1!$A$1") -> bytes:
    return zipped(with_names("".join(f'<definedName name="多{i}">{text}</definedName>' for i in range(count))), 1)


def _sheets(count: int) -> bytes:
    return zipped(tiny(*("" for _ in range(count))), 1)


def _project_sheets(count: int) -> bytes:
    """The form with many copies of a project sheet, each a sound one."""
    parts = sample()
    entries, links = [], []
    for i in range(count):
        parts[f"xl/worksheets/copy{i}.xml"] = parts["xl/worksheets/sheet4.xml"]
        entries.append(f'<sheet name="附件3-{i + 5}" sheetId="{i + 50}" r:id="copy{i}"/>')
        links.append(f'<Relationship Id="copy{i}" Type="{OFFICE}/worksheet" Target="worksheets/copy{i}.xml"/>')
    parts = put(parts, "xl/workbook.xml", "</sheets>", "".join(entries))
    return zipped(put(parts, "xl/_rels/workbook.xml.rels", "</Relationships>", "".join(links)), 1)


def _styles(count: int) -> bytes:
    return zipped(swap(sample(), "xl/styles.xml", "</cellXfs>", '<xf numFmtId="0"/>' * count + "</cellXfs>"), 0)


def _formats(count: int) -> bytes:
    text = "".join(f'<numFmt numFmtId="{i}" formatCode="0.{i}"/>' for i in range(200, 200 + count))
    return zipped(swap(sample(), "xl/styles.xml", "<numFmts[^>]*>", f"<numFmts>{text}"), 1)


def _markup(tag: str, count: int) -> bytes:
    return zipped(put(sample(), FORM, "<sheetData>", f"<x>{tag * count}</x>"), 0)


def _one(address: str, value: str = "1") -> bytes:
    row = re.sub("[A-Z]", "", address)
    return zipped(with_rows(f'<row r="{row}"><c r="{address}"><v>{value}</v></c></row>'))


def _relationships(count: int) -> bytes:
    return zipped(
        put(
            sample(),
            "xl/_rels/workbook.xml.rels",
            "</Relationships>",
            "".join(f'<Relationship Id="x{i}" Type="{OFFICE}/image" Target="media/{i}.png"/>' for i in range(count)),
        ),
        1,
    )


def _link_chain(count: int) -> bytes:
    """External links all to one part, whose relationships would be read again for each."""
    parts = put(
        sample(),
        "xl/_rels/workbook.xml.rels",
        "</Relationships>",
        "".join(f'<Relationship Id="x{i}" Type="{OFFICE}/externalLink" Target="links/1.xml"/>' for i in range(count)),
    )
    inner = "".join(
        f'<Relationship Id="y{i}" Type="{OFFICE}/x" Target="a" TargetMode="External"/>' for i in range(2000)
    )
    parts["xl/links/1.xml"] = b"<externalLink/>"
    parts["xl/links/_rels/1.xml.rels"] = f'{HEAD}<Relationships xmlns="http://p">{inner}</Relationships>'.encode()
    return zipped(parts, 1)


def _content_types(count: int) -> bytes:
    return zipped(
        put(
            sample(),
            "[Content_Types].xml",
            "</Types>",
            "".join(f'<Override PartName="/x/{i}.xml" ContentType="application/x{i}"/>' for i in range(count)),
        ),
        1,
    )


def _stretched(row: int) -> bytes:
    """The form with every name of the lower half of 附件1 far down, so that a block seems to have all rows between."""
    parts = sample()
    text = re.sub(
        r">附件1!\$([A-Z]+)\$(2\d)<".encode(),
        lambda m: b">\xe9\x99\x84\xe4\xbb\xb61!$%s$%d<" % (m[1], int(m[2]) + row),
        parts["xl/workbook.xml"],
    )
    assert text != parts["xl/workbook.xml"]
    return zipped({**parts, "xl/workbook.xml": text})


def _label_far_down(row: int) -> bytes:
    """The form without names, and its labels repeated far down."""
    parts = swap(with_rows(""), "xl/workbook.xml", "(?s)<definedNames>.*</definedNames>", "")
    text = parts[FORM].decode()
    for old in range(31, 21, -1):
        text = re.sub(rf'r="([A-Z]*){old}"', rf'r="\g<1>{old + row}"', text)
    return zipped({**parts, FORM: text.encode()})


def _strings_again() -> bytes:
    """One text of the longest kind, in every cell."""
    parts = put(sample(), "xl/sharedStrings.xml", "</sst>", f"<si><t>{'长' * 32_767}</t></si>")
    last = len(re.findall(rb"<si>", parts["xl/sharedStrings.xml"])) - 1
    text = rows(380, 500, lambda row, column: f"<v>{last}</v>").replace("<c ", '<c t="s" ')
    return zipped(put(parts, FORM, "</sheetData>", text), 1)


def _whole_sheets(count: int) -> Iterator[str]:
    for _ in range(count):
        yield "".join(f'<row r="{row}" s="1" customFormat="1" ht="15"/>' for row in range(1, 1_048_577))


def _many_formatted_sheets(count: int) -> bytes:
    return zipped(tiny(*_whole_sheets(count)), 1)


SIZES: dict[str, Case] = {
    "a cell at XFD1048576": Case(lambda: _one("XFD1048576"), words="超出了允许的范围"),
    "a cell at A1048576": Case(lambda: _one("A1048576"), words="超出了允许的范围"),
    "a cell at XFD1": Case(lambda: _one("XFD900"), words="超出了允许的范围"),
    "a cell beyond all": Case(lambda: _one("ZZZ9999999"), words="无法识别"),
    "a number of 100 000 digits": Case(lambda: _one("A900", "9" * 100_000)),
    "a number of 1e999": Case(lambda: _one("A900", "1e999"), words="内容无法识别"),
    "a million cells": Case(lambda: _rows(2000, 500, lambda row, column: "<v>1</v>"), words="单元格多于"),
    "190 000 cells": Case(lambda: _rows(380, 500, lambda row, column: "<v>1</v>"), (0, 1), seconds=FEW),
    "a million rows formatted": Case(lambda: _formatted_rows(1_000_000), (0,)),
    "a million rows hidden": Case(lambda: _formatted_rows(1_000_000, ' hidden="1"')),
    "100 000 rows hidden": Case(lambda: _formatted_rows(100_000, ' hidden="1"'), (0,)),
    "a million cells formatted": Case(lambda: _formatted_cells(2000, 500), (0,)),
    "100 000 columns formatted": Case(lambda: _columns(100_000), (0,)),
    "two sheets with all rows formatted": Case(lambda: _many_formatted_sheets(2), words="认不出"),
    "100 000 merges": Case(lambda: _merges(100_000), words="合并区域"),
    "15 000 merges": Case(lambda: _merges(15_000), (0, 1)),
    "the whole sheet merged": Case(lambda: _merged_whole(1), (0, 1)),
    "the whole sheet merged 15 000 times": Case(lambda: _merged_whole(15_000), (0, 1)),
    "merges over each other": Case(_merged_strings, (0, 1), seconds=FEW),
    "100 000 validations": Case(lambda: _validations(100_000), words="数据验证"),
    "9 000 validations": Case(lambda: _validations(9_000), (0, 1)),
    "9 000 validations of the whole sheet": Case(lambda: _validations(9_000, "A1:XFD1048576"), (0, 1)),
    "a validation of 100 000 areas": Case(lambda: _sqref(100_000), words="数据验证"),
    "100 000 conditional formats": Case(lambda: _conditional(100_000), (0, 2)),
    "100 000 names": Case(lambda: _names(100_000), words="名称多于"),
    "19 000 names": Case(lambda: _names(19_000), (0, 1)),
    "2 000 names of 8 000 characters": Case(lambda: _names(2_000, "1+" * 4_000 + "1"), (0, 1, 2)),
    "10 000 sheets": Case(lambda: _sheets(10_000), words="部件多于"),
    "3 900 sheets": Case(lambda: _sheets(3_900), words="工作表多于"),
    "299 sheets": Case(lambda: _sheets(299), words="认不出"),
    "20 project sheets more": Case(lambda: _project_sheets(20), (1,), seconds=FEW),
    "250 project sheets more": Case(lambda: _project_sheets(250), words="数据验证"),
    "names far below the last row": Case(lambda: _stretched(1_048_000), words="拉得过长"),
    "names at row 19 000": Case(lambda: _stretched(19_000), words="拉得过长"),
    "labels at row 19 000": Case(lambda: _label_far_down(19_000), (1, 2)),
    "a million styles": Case(lambda: _styles(1_000_000), words="内容过多"),
    "200 000 styles": Case(lambda: _styles(200_000), (0, 2)),
    "200 000 number formats": Case(lambda: _formats(200_000), (0, 2)),
    "2 900 000 tags": Case(lambda: _markup("<a/>", 2_900_000), words="内容过多"),
    "1 600 000 tags": Case(lambda: _markup("<a/>", 1_600_000), (0,)),
    "1 400 000 tags with an attribute": Case(lambda: _markup('<a b="1"/>', 1_400_000), words="内容过多"),
    "600 000 tags with an attribute": Case(lambda: _markup('<a b="1"/>', 600_000), (0,)),
    "1 400 000 pairs of tags": Case(lambda: _markup("<a>1</a>", 1_400_000), words="内容过多"),
    "800 000 pairs of tags": Case(lambda: _markup("<a>1</a>", 800_000), (0,)),
    "100 000 relationships": Case(lambda: _relationships(100_000), (0, 2)),
    "20 000 links to one part": Case(lambda: _link_chain(20_000), words="链接了别的文件"),
    "100 000 content types": Case(lambda: _content_types(100_000), (0, 2)),
    "the longest text in 190 000 cells": Case(_strings_again, (0, 1), seconds=FEW),
    "a cell twice": Case(lambda: zipped(with_rows('<row r="900"><c r="A1"><v>1</v></c></row>')), words="出现了两次"),
    "row 0": Case(lambda: zipped(with_rows('<row r="0"><c><v>1</v></c></row>')), words="行号"),
    "row without number 30 000 times": Case(lambda: zipped(with_rows("<row/>" * 30_000)), (0, 2)),
    "two sheetData": Case(lambda: _after("<sheetData/>"), words="损坏"),
    "not a worksheet": Case(lambda: zipped({**sample(), FORM: f'{HEAD}<x xmlns="{NS}"/>'}), words="无法识别"),
}
