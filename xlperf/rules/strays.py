"""What stands in a submission beside or behind the form: figures outside every field, shifted columns, hidden
sheets, formats that show another number, names that point elsewhere, formulas in cells that are to be filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from heapq import nsmallest

from xlperf.address import CellRef, RangeRef, parse_range, within
from xlperf.errors import FormulaUnsupported
from xlperf.findings import Finding, Level, Place, Side
from xlperf.rules.facts import Facts
from xlperf.rules.outcome import Draft
from xlperf.template.locate import SheetMatch
from xlperf.values import Scalar, is_blank, same_value, show_value

_LONG = 200
#: A number format that writes figures of its own, or shows nothing.
_FALSE_FORMAT = re.compile(r'"[^"]*\d[^"]*"|\\\d|^;+$')

#: Places that one finding lists; its sentence counts them all.
_MOST_PLACES = 500
#: Merged areas times columns with texts beside the form, at most; a form has some hundreds.
_MOST_COVERED = 1_000_000


def _draft(
    rule: str, level: Level, message: str, places: tuple[Place, ...], anchor: CellRef | None, todo: str,
    left: Side | None = None, right: Side | None = None,
) -> Draft:  # fmt: skip
    return Draft(Finding(rule, level, message, places, left, right, todo=todo), anchor)


def beside(facts: Facts) -> Iterator[Draft]:
    """Yield what stands outside the form (S02)."""
    for match in facts.located.matches.values():
        yield from _columns(match)
        yield from _cells(facts, match)
        yield from _hidden(facts, match)
        yield from _formats(facts, match)


def _columns(match: SheetMatch) -> Iterator[Draft]:
    moved = [here for here, there in match.columns.items() if here != there]
    if moved:
        place = Place(CellRef(match.sheet.name, 1, max(1, match.columns[moved[0]] - 1)))
        yield _draft(
            "S02", Level.BLOCKING, f"“{match.sheet.name}”插入或删除了列，与表样不符。", (place,), None,
            "撤消插入或删除的列；需要另外记录的数，请放到新的工作表中。",
        )  # fmt: skip


def _cells(facts: Facts, match: SheetMatch) -> Iterator[Draft]:
    """Yield filled cells that are no cell of the form, by row; those in rows already told of are left out."""
    official = facts.instance.sheet(match.expected).cells
    inputs = facts.instance.index.unlocked_on.get(match.expected, frozenset())
    last_row = max((row for row, _ in official), default=0)
    last_column = max((column for _, column in official), default=0)
    inside: dict[int, list[CellRef]] = {}
    outside: list[tuple[int, int]] = []
    extra, straight = frozenset(match.extra), match.straight

    def of_form(at: tuple[int, int]) -> bool:
        if straight and at in official and at[0] in match.rows:
            return True
        here, across = match.back_row(at[0]), match.back_column(at[1])
        known = here is not None and across is not None and ((here, across) in official or (here, across) in inputs)
        return known or at[0] in extra

    there = match.sheet.cells
    beside = [at for at, cell in there.items() if not of_form(at) and not is_blank(cell.value)]
    covered = _covered(match, [at for at in beside if isinstance(there[at].value, str)])
    for at in beside:
        if at in covered:
            continue  # a label copied with its row lies unseen under the merged one
        here, across = match.back_row(at[0]), match.back_column(at[1])
        if here is not None and (across is None or across <= last_column) and here <= last_row:
            inside.setdefault(at[0], []).append(CellRef(match.sheet.name, *at))
        else:
            outside.append(at)
    for row, cells in sorted(inside.items()):
        yield _stray(match, row, cells)
    if outside:
        first = [CellRef(match.sheet.name, *at) for at in nsmallest(_MOST_PLACES, outside)]
        places = tuple(Place(cell, "", _told(match.sheet.value(cell.row, cell.column))) for cell in first)
        yield _draft(
            "S02", Level.NOTICE, f"“{match.sheet.name}”表样以外有 {len(outside)} 格写了内容，没有审核。", places, None,
            "不是随表报送的内容，请移到别处。",
        )  # fmt: skip


def _covered(match: SheetMatch, texts: list[tuple[int, int]]) -> set[tuple[int, int]]:
    """Return those of the cells that a merged one covers; none where merges and texts are too many to be labels."""
    merges = match.sheet.merges
    if not merges:
        return set()
    if len(merges) * len({column for _, column in texts}) > _MOST_COVERED:
        return set()
    return within(texts, merges) - {(top, left) for top, left, _, _ in merges}


def _told(value: Scalar) -> Scalar:
    """Return what is told of a stray value: of a long text the beginning."""
    return f"{value[:_LONG]}…" if isinstance(value, str) and len(value) > _LONG else value


def _stray(match: SheetMatch, row: int, cells: list[CellRef]) -> Draft:
    places = tuple(Place(cell, "", _told(match.sheet.value(cell.row, cell.column))) for cell in sorted(cells))
    texts = "、".join(f"“{show_value(place.value)}”" for place in places[:3])
    level = Level.NOTICE if match.expected == "审核" else Level.BLOCKING
    return _draft(
        "S02", level, f"第 {row} 行在不该填写的格里写了{texts}，没有计入任何合计，也没有审核。", places, None,
        "数应填在浅黄色的格里，多出的项目填在可增行的块里；请清除这里的内容。",
    )  # fmt: skip


def _hidden(facts: Facts, match: SheetMatch) -> Iterator[Draft]:
    official = facts.instance.template.outline.sheet(match.origin)
    if official.state == "visible" and match.sheet.state != "visible":
        yield _draft(
            "S02", Level.BLOCKING, f"工作表“{match.sheet.name}”被隐藏了。", (), None,
            f"右键任一工作表标签，取消隐藏“{match.sheet.name}”。",
        )  # fmt: skip
    rows = sorted(
        here
        for there in match.sheet.hidden_rows
        if (here := match.back_row(there)) and here not in _blank_rows(facts, match)
    )
    if rows:
        places = tuple(Place(CellRef(match.sheet.name, match.rows[row], 1)) for row in rows)
        yield _draft(
            "S02", Level.BLOCKING, f"“{match.sheet.name}”有 {len(rows)} 行被隐藏，打印时看不到。", places, None,
            "选中上下两行，右键取消隐藏。",
        )  # fmt: skip


def _blank_rows(facts: Facts, match: SheetMatch) -> frozenset[int]:
    """Return the rows of blocks in which nothing is filled in: hiding these hides nothing."""
    used = {
        item.cell.row
        for item in facts.inputs
        if item.cell.sheet == match.expected and not is_blank(facts.value(item.cell))
    }
    blocks = (area for _, area in facts.instance.block_areas() if area.sheet == match.expected)
    return frozenset(row for area in blocks for row in range(area.top, area.bottom + 1) if row not in used)


def _formats(facts: Facts, match: SheetMatch) -> Iterator[Draft]:
    formats = facts.snapshot.number_formats
    false = {style for style, text in enumerate(formats) if _FALSE_FORMAT.search(text)}
    for (row, column), cell in match.sheet.cells.items() if false else ():
        if cell.style in false and not is_blank(cell.value):
            text = formats[cell.style]
            place = Place(CellRef(match.sheet.name, row, column), "", cell.value)
            yield _draft(
                "S02", Level.BLOCKING, f"此格的数字格式“{text}”使显示的内容与实际的数不同。", (place,), None,
                "选中此格，把数字格式改回“常规”或“数值”。",
            )  # fmt: skip


def names(facts: Facts) -> Iterator[Draft]:
    """Yield defined names that point to another cell than the template's (S04)."""
    dictionary = facts.instance.template.dictionary
    by_sheet = {match.sheet.name.casefold(): match for match in facts.located.matches.values()}
    pattern = re.compile(re.escape(dictionary.project_prefix(1)).replace("1", r"\d+") + "(.+)")
    for name in facts.snapshot.names:
        project = pattern.match(name.name)
        base = dictionary.prefix + project[1] if project else name.name
        field = dictionary.fields.get(base)
        if field is None:
            continue
        try:
            area = parse_range(name.text.removeprefix("="))
        except ValueError:
            continue
        match = by_sheet.get(area.sheet.casefold())
        number = match.number if match else 0
        real = dictionary.project_prefix(number) + project[1] if project and number else name.name
        official = facts.instance.names.get(real)
        if official is None or (match is not None and _stands_there(match, area, official)):
            continue
        cell = CellRef(official.sheet, official.top, official.left)
        if not facts.is_there(cell):
            continue
        place = facts.place(cell)
        message = f"名称“{name.name}”被改指 {area}，应指 {place.cell}；用到它的公式都取错了数。"
        todo = "公式→名称管理器，把此名称的引用位置改回来；或用下发的模板重填。"
        yield _draft("S04", Level.BLOCKING, message, (place,), cell, todo)


def _stands_there(match: SheetMatch, area: RangeRef, official: RangeRef) -> bool:
    top, left = match.back_row(area.top), match.back_column(area.left)
    return match.expected == official.sheet and top == official.top and left == official.left


def formulas_in_inputs(facts: Facts) -> tuple[list[Draft], list[Draft]]:
    """Return a notice of formulas in cells to be filled in (S13), and findings where a stored result is stale (S10)."""
    cells = [i.cell for i in facts.inputs if (given := facts.given.get(i.cell)) and given.formula is not None]
    cells = [cell for cell in cells if not _is_constant(facts.given[cell].formula or "")]
    if not cells:
        return [], []
    notice = _draft(
        "S13", Level.NOTICE, f"有 {len(cells)} 个填报格里是公式，审核按其结果。",
        tuple(facts.place(cell) for cell in cells), cells[0],
        "请核对结果；报送前宜改为数值（复制→选择性粘贴→数值）。",
    )  # fmt: skip
    return [notice], [draft for cell in cells if (draft := _stored_otherwise(facts, cell))]


def _is_constant(formula: str) -> bool:
    """Whether a formula is only TRUE() or FALSE(), as LibreOffice saves a logical value."""
    return formula.upper().rstrip("()") in ("TRUE", "FALSE")


def _stored_otherwise(facts: Facts, cell: CellRef) -> Draft | None:
    from xlperf.recompute import FormulaBook, compile_plan  # such formulas are rare

    place, given = facts.place(cell), facts.given[cell]
    texts = {(name.scope, name.name.casefold()): name.text.removeprefix("=") for name in facts.snapshot.names}
    sheets = tuple(sheet.name for sheet in facts.snapshot.sheets)
    plan = compile_plan(FormulaBook(sheets, texts, {place.cell: given.formula or ""}))
    stored = {sheet.name: {key: item.value for key, item in sheet.cells.items()} for sheet in facts.snapshot.sheets}
    try:
        due = plan.evaluate(place.cell, stored)
    except FormulaUnsupported:
        return None
    if same_value(due, given.value):
        return None
    return _draft(
        "S10", Level.BLOCKING, f"“{place.label}”里的公式保存的结果与重算的不同。", (place,), cell,
        "在 Excel 中打开，按 F9 重算后保存；最好直接填数。",
        Side("保存的结果", given.value, place), Side("重算的结果", due),
    )  # fmt: skip
