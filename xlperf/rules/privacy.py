"""Rules on what may be published: no personal data (D01), sensitive matters looked at (D03), nothing unseen (D04).

They need no template and judge any workbook. What they find is told masked: no finding holds a whole number or name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from xlperf.address import CellRef
from xlperf.findings import Finding, Level, Place
from xlperf.rules import personal, sensitive
from xlperf.rules.catalogue import by_id
from xlperf.rules.outcome import Draft, Results
from xlperf.rules.personal import Hit
from xlperf.values import Scalar, is_blank, is_number
from xlperf.workbook.contents import Contents, Text
from xlperf.workbook.snapshot import SheetSnapshot, Snapshot

#: How far to the right of a label, or below it, what it asks for may stand.
_BESIDE, _BELOW = 4, 200
_SHOWN = 5
_CELL = "单元格"

Cells = Mapping[tuple[int, int], str]


class Found(NamedTuple):
    """Something in a text, and where the text stands."""

    what: str
    shown: str
    where: Text


class Labelled(NamedTuple):
    """A cell that a label asks for: the label, where the cell is, and what stands in it."""

    label: str
    at: tuple[int, int]
    text: str


def judge(contents: Contents, results: Results) -> None:
    """Judge a workbook that is to be published."""
    texts = list(every_text(contents))
    results.close("D01", _told("D01", personal_data(contents.snapshot, texts)))
    results.close("D03", _told("D03", _sensitive(texts)))
    results.close("D04", _unseen(contents))


def every_text(contents: Contents) -> Iterator[Text]:
    """Yield the texts of all cells, whole numbers too, and all others."""
    for sheet in contents.snapshot.sheets:
        for at, text in cell_texts(sheet).items():
            yield Text(_CELL, text, sheet.name, at)
    yield from contents.texts


def cell_texts(sheet: SheetSnapshot) -> Cells:
    """Return what stands in the cells of a sheet as text, where it could hold a number of a person."""
    shown = ((at, text_of(cell.value)) for at, cell in sheet.cells.items())
    return {at: text for at, text in shown if text}


def text_of(value: Scalar) -> str:
    """Return a value as a text: numbers without decimals as they are written, other numbers not at all."""
    if isinstance(value, str):
        return value
    if is_number(value) and not is_blank(value):
        assert isinstance(value, int | float)
        return str(int(value)) if value == int(value) and abs(value) < 1e15 else ""
    return ""


def labelled(cells: Cells) -> Iterator[Labelled]:
    """Yield the cells that stand beside a label asking for personal data, or below it in a roster."""
    for (row, column), text in cells.items():
        label = personal.asks(text) if len(text) < 30 else ""
        if not label:
            continue
        beside = next((at for step in range(1, _BESIDE + 1) if (at := (row, column + step)) in cells), None)
        if beside is not None and not personal.is_label(cells[beside]):
            yield Labelled(label, beside, cells[beside])
        for below in range(row + 1, row + _BELOW) if personal.heads(label) else ():
            there = cells.get((below, column))
            if there is None or personal.is_label(there):
                break
            yield Labelled(label, (below, column), there)


def personal_data(snapshot: Snapshot, texts: Iterable[Text]) -> Iterator[Found]:
    """Yield the personal data in the texts of a workbook; a name known from one place is found in all others."""
    texts = list(texts)
    asked: dict[tuple[str, tuple[int, int]], str] = {}
    for sheet in snapshot.sheets:
        for item in labelled(cell_texts(sheet)):
            asked.setdefault((sheet.name, item.at), item.label)
    known: set[str] = set()
    hits: list[tuple[Text, list[Hit]]] = []
    for text in texts:
        found = list(personal.find(text.text))
        label = asked.get((text.sheet, text.cell)) if text.kind == _CELL and text.cell else None
        if label and not found:
            found = list(personal.find(f"{label}：{text.text}"))
        known |= {hit.text for hit in found if hit.kind == personal.NAME and personal.has_surname(hit.text)}
        hits.append((text, found))
    for text, found in hits:
        told = {hit.text for hit in found}
        found += [Hit(personal.NAME, name) for name in sorted(known) if name in text.text and name not in told]
        yield from (Found(hit.kind, hit.masked, text) for hit in dict.fromkeys(found))


def _sensitive(texts: Iterable[Text]) -> Iterator[Found]:
    for text in texts:
        yield from (Found(matter, word, text) for matter, word in dict.fromkeys(sensitive.matters(text.text)))


def _told(rule_id: str, found: Iterable[Found]) -> Iterator[Draft]:
    """Yield one finding for each kind of text of a sheet and each kind of thing found there."""
    groups: dict[tuple[str, str, str], list[Found]] = {}
    for item in found:
        groups.setdefault((item.where.sheet, item.where.kind, item.what), []).append(item)
    for (sheet, kind, what), items in groups.items():
        shown = list(dict.fromkeys(item.shown for item in items))
        listed = "、".join(shown[:_SHOWN]) + (f" 等 {len(shown)} 个" if len(shown) > _SHOWN else "")
        where = "" if kind == _CELL else f"{kind}中"
        if where and sheet:
            where = f"“{personal.without_personal(sheet)}”的{where}"
        verb = f"含有{what}" if rule_id == "D01" else f"写到{what}"
        cells = dict.fromkeys(CellRef(_safe(sheet), *item.where.cell) for item in items if item.where.cell)
        yield _draft(rule_id, f"{where}{verb}：{listed}。", tuple(cells))


def _unseen(contents: Contents) -> Iterator[Draft]:
    for item in contents.unseen:
        sheet = _safe(item.sheet)
        message = f"“{sheet}”有{item.what}。" if sheet else f"文件中有{item.what}。"
        if item.what == "隐藏的工作表":
            message = f"工作表“{sheet}”是隐藏的。"
        yield _draft("D04", message, tuple(CellRef(sheet, *at) for at in item.cells))
    if contents.snapshot.macros and all(item.what != "宏" for item in contents.unseen):
        yield _draft("D04", "文件中有宏。", ())


def _safe(sheet: str) -> str:
    return personal.without_personal(sheet) if sheet else ""


def _draft(rule_id: str, message: str, cells: tuple[CellRef, ...]) -> Draft:
    rule = by_id(rule_id)
    places = tuple(Place(cell) for cell in cells)  # without their values: these are not to be shown
    finding = Finding(rule_id, rule.level if rule else Level.BLOCKING, message, places, todo=rule.mend if rule else "")
    return Draft(finding, cells[0] if cells else None)
