"""Examples of a rule as edits of a filled workbook: the text a bureau writes on ``_xlperf``, and the cells it means.

``附件1!B7=3；公务接待费_本年决算=15；业务工作经费_明细[2].名称=某项目``: edits apart by ； (or ; or a new line), each
a target and a value. A target is a field, a cell of a block (rows from 1), or a cell of a sheet. A value is a number,
a text (in quotation marks where it would read as a number), or nothing: the cell is emptied.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from xlperf.address import CellRef, parse_range
from xlperf.template.instantiate import Instance
from xlperf.values import Scalar

_APART = re.compile(r"[；;\n]+")
_BLOCK_CELL = re.compile(r"(?P<block>.+)\[(?P<row>[1-9]\d*)\]\.(?P<key>.+)")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_QUOTES = {"“": "”", '"': '"'}

Edits = Mapping[str, Scalar]


def parse(text: str) -> dict[str, Scalar]:
    """Return the edits that a text means. Raises ValueError with what is wrong with it, in Chinese."""
    edits: dict[str, Scalar] = {}
    for part in filter(None, map(str.strip, _APART.split(text))):
        target, equals, value = (piece.strip() for piece in part.partition("="))
        if not equals or not target:
            raise ValueError(f"“{part}”不是“字段=值”的样子")
        if target in edits:
            raise ValueError(f"“{target}”写了两次")
        edits[target] = _value(value)
    return edits


def _value(text: str) -> Scalar:
    if not text:
        return None
    if len(text) > 1 and _QUOTES.get(text[0]) == text[-1]:
        return text[1:-1]
    if text.startswith("="):
        raise ValueError(f"值“{text}”是公式，示例里只能写数或文字")
    if _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    return text


def locate(instance: Instance, target: str) -> CellRef:
    """Return the cell that a target means. Raises ValueError where the template has none such, in Chinese."""
    found = _BLOCK_CELL.fullmatch(target)
    if found is not None:
        return _in_block(instance, target, found["block"], int(found["row"]), found["key"])
    if "!" in target:
        return _on_sheet(instance, target)
    area = instance.names.get(target)
    if area is None:
        raise ValueError(f"没有叫“{target}”的字段")
    return CellRef(area.sheet, area.top, area.left)


def _in_block(instance: Instance, target: str, name: str, row: int, key: str) -> CellRef:
    area = instance.names.get(name)
    found = instance.index.block_rows.get((area.sheet, area.top)) if area is not None else None
    if area is None or found is None or found[1] != area:
        raise ValueError(f"没有叫“{name}”的块")
    column = found[0].column(key)
    if column is None:
        raise ValueError(f"块“{name}”没有“{key}”这一列")
    if row > area.bottom - area.top + 1:
        raise ValueError(f"“{target}”：块只有 {area.bottom - area.top + 1} 行")
    return CellRef(area.sheet, area.top + row - 1, column.column)


def _on_sheet(instance: Instance, target: str) -> CellRef:
    try:
        area = parse_range(target)
    except ValueError:
        raise ValueError(f"“{target}”不是一格的地址") from None
    if all(sheet.name != area.sheet for sheet in instance.sheets):
        raise ValueError(f"没有工作表“{area.sheet}”")
    return CellRef(area.sheet, area.top, area.left)
