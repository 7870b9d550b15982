# ruff: noqa: E501
"""Applies the examples of the catalogue (see :class:`xlperf.rules.record.Example`) to a workbook, as a person would in Excel.

Edits come first, then actions:

- ``删除行 附件1!A24``, ``插入行 附件1!A24`` (a blank row above that one), ``删除表 附件3-2``;
- ``复制表 附件3-1`` (Excel calls the copy “附件3-1 (2)”);
- ``改身份 版本 9.9.9``: a line of 身份 on the hidden sheet;
- ``去验证 附件2_数量指标[1].计算符号``: the cell without its validation, as after a paste;
- ``改缓存 附件2_总分 95``: the stored result of a formula;
- ``生成公开版``: the public edition of it all, whatever is left in it.

Then everything is recalculated, as on saving; stored results are changed after that.
"""

from __future__ import annotations

import re

from excel_like import Book, area_text, bare, corners

from xlperf.address import column_letters
from xlperf.public import edition_from_bytes
from xlperf.rules.record import Example
from xlperf.template.library import find
from xlperf.values import Scalar

_BLOCK_CELL = re.compile(r"(?P<block>.+)\[(?P<row>[1-9]\d*)\]\.(?P<key>.+)")


def apply(data: bytes, example: Example) -> bytes:
    """Return the workbook with the example in it."""
    book = Book(data)
    for target, value in example.edits.items():
        book.put(*where(book, target), value)
    later: list[tuple[str, str]] = []
    for action in example.actions:
        verb, _, rest = action.partition(" ")
        if verb == "改缓存":
            name, _, text = rest.partition(" ")
            later.append((name, text))
        elif verb != "生成公开版":
            _act(book, verb, rest)
    book.recalculate()
    for name, text in later:
        book.store(*where(book, name), _scalar(text))
    done = book.bytes()
    return edition_from_bytes(done, "例.xlsx").content if "生成公开版" in example.actions else done


def where(book: Book, target: str) -> tuple[str, str]:
    """Return sheet and address of a field, of a cell of a block, or of ``附件1!A6``."""
    cell = _BLOCK_CELL.fullmatch(target)
    if cell is None:
        if "!" in target:
            sheet, _, address = target.rpartition("!")
            return sheet.strip("'"), address
        sheet, (top, left, _, _) = area_of(book, target)
        return sheet, area_text(top, left, top, left)
    sheet, (top, _, bottom, _) = area_of(book, cell["block"])
    dictionary = find().dictionary
    block = dictionary.blocks[re.sub(r"^项目\d+_", dictionary.prefix, cell["block"])]
    column = block.column(cell["key"])
    row = top + int(cell["row"]) - 1
    assert column, target
    assert row <= bottom, f"{target}: the block has {bottom - top + 1} rows"
    return sheet, f"{column_letters(column.column)}{row}"


def area_of(book: Book, name: str, sheet: str | None = None) -> tuple[str, tuple[int, int, int, int]]:
    """Return the sheet and the corners that a name means."""
    text = book.name(name, sheet)
    assert text, f"no name {name}"
    prefix, _, area = text.rpartition("!")
    return bare(prefix + "!"), corners(area.replace("$", ""))


def _act(book: Book, verb: str, rest: str) -> None:
    if verb in ("删除行", "插入行"):
        sheet, address = where(book, rest)
        row = corners(address)[0]
        if verb == "删除行":
            book.delete_row(sheet, row)
        else:
            book.insert_row(sheet, row)
    elif verb == "删除表":
        book.delete_sheet(rest)
    elif verb == "复制表":
        book.copy_sheet(rest)
    elif verb == "去验证":
        book.remove_validation(*where(book, rest))
    elif verb == "改身份":
        key, _, text = rest.partition(" ")
        row = next(row for row in range(1, 40) if _text(book, "_xlperf", f"A{row}") == key)
        book.put("_xlperf", f"B{row}", text)
    else:
        raise ValueError(f"unknown action {verb}")


def _text(book: Book, sheet: str, address: str) -> str:
    cell = book[sheet].cell(address)
    value = "".join(cell.itertext())
    if cell.get("t") == "s":
        assert book.strings is not None
        return "".join(book.strings[int(value)].itertext())
    return value


def _scalar(text: str) -> Scalar:
    try:
        return float(text)
    except ValueError:
        return text
