"""C02: every project that has money has exactly one sheet 附件3, under the same name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from xlperf.address import CellRef
from xlperf.findings import Finding, Level, Side
from xlperf.rules.catalogue import by_id
from xlperf.rules.facts import Facts
from xlperf.rules.outcome import Draft, Results
from xlperf.template.labels import normal
from xlperf.values import is_number, show_number

_BLOCKS = ("业务工作经费_明细", "市级专项资金_明细")
_SINGLE = "运行维护经费"
_COLUMNS = ("年初预算", "全年预算", "本年决算")
_SHEET_FIELDS = ("年初预算数", "全年预算数", "全年执行数")


class Line(NamedTuple):
    """A project of 附件1: its name, its cell, and its three amounts of this year (万元), None where not filled in."""

    name: str
    cell: CellRef
    amounts: tuple[float | None, ...]

    @property
    def has_money(self) -> bool:
        """Whether any amount of this year is not zero."""
        return any(self.amounts)


def judge(facts: Facts, results: Results) -> tuple[Line, ...]:
    """Pair lines with sheets; return the lines with money that have no sheet."""
    if not any(name in facts.instance.names for name in _BLOCKS) or "附件1" not in facts.located.matches:
        return ()
    lines = list(_lines(facts))
    sheets = list(_sheets(facts))
    lonely = tuple(
        line for line in lines if line.has_money and not any(normal(s.name) == normal(line.name) for s in sheets)
    )
    drafts = [_no_sheet(facts, line, sheets, lines) for line in lonely]
    drafts += _twice(facts, sheets)
    drafts += _same_lines(facts, lines)
    results.close("C02", drafts)
    return lonely


def _lines(facts: Facts) -> Iterator[Line]:
    for name in _BLOCKS:
        area = facts.instance.names[name]
        block = facts.instance.template.dictionary.blocks[name]
        keys = [block.column(key) for key in _COLUMNS]
        for row in range(area.top, area.bottom + 1):
            first = CellRef(area.sheet, row, block.columns[0].column)
            title = facts.value(first)
            cells = [CellRef(area.sheet, row, key.column) for key in keys if key]
            text = title.strip() if isinstance(title, str) else ""
            line = Line(text, first, tuple(_amount(facts, cell) for cell in cells))
            if text or line.has_money:
                yield line
    single = [facts.named(f"{_SINGLE}_{key}") for key in _COLUMNS]
    if all(single):
        cells = [cell for cell in single if cell]
        yield Line(_SINGLE, cells[-1], tuple(_amount(facts, cell) for cell in cells))


def _sheets(facts: Facts) -> Iterator[Line]:
    dictionary = facts.instance.template.dictionary
    for number in range(1, len(facts.instance.shape.projects) + 1):
        prefix = dictionary.project_prefix(number)
        cell = facts.named(prefix + "项目名称")
        if cell:
            name = facts.value(cell)
            fields = [facts.named(prefix + key) for key in _SHEET_FIELDS]
            amounts = tuple(_amount(facts, field) for field in fields if field)
            yield Line(name.strip() if isinstance(name, str) else "", cell, amounts)


def _amount(facts: Facts, cell: CellRef) -> float | None:
    value = facts.value(cell)
    return float(value) if is_number(value) and isinstance(value, int | float) else None


def _no_sheet(facts: Facts, line: Line, sheets: list[Line], lines: list[Line]) -> Draft:
    rule = by_id("C02")
    named = {normal(other.name) for other in lines}
    twin = next(
        (s for s in sheets if normal(s.name) not in named and s.amounts[1:] == line.amounts[1:] and s.has_money), None
    )
    amounts = "，".join(
        f"{key} {show_number(amount, 2)}"
        for key, amount in zip(_COLUMNS, line.amounts, strict=True)
        if amount is not None
    )
    title = line.name or facts.label(line.cell)
    message = f"项目“{title}”有资金（{amounts} 万元），没有对应的附件3。"
    todo = rule.mend if rule else "为此项目补一张附件3。"
    places = [facts.place(line.cell)]
    if twin:
        message += f"“{twin.name}”的金额与它相同，可能是同一项目而名称不一致。"
        todo = "核对两处的项目名称，改成一字不差；确实没有附件3 的，补一张。"
        places.append(facts.place(twin.cell))
    finding = Finding(
        rule="C02", level=rule.level if rule else Level.BLOCKING, message=message, places=tuple(places), todo=todo
    )
    return Draft(finding, line.cell)


def _same_lines(facts: Facts, lines: list[Line]) -> Iterator[Draft]:
    """Yield lines of 附件1 that carry a name for the second time: a row copied to make room, and not rewritten."""
    seen: dict[str, Line] = {}
    for line in lines:
        first = seen.setdefault(normal(line.name), line)
        if line.name and first is not line and line.name != "不适用":
            places = (facts.place(line.cell), facts.place(first.cell))
            message = f"项目“{line.name}”在附件1 填了两行，金额算了两遍。"
            todo = "复制行以后，请把新行的名称和数改成新的项目；多余的一行请清空。"
            yield Draft(Finding("C02", Level.BLOCKING, message, places, todo=todo), line.cell)


def _twice(facts: Facts, sheets: list[Line]) -> Iterator[Draft]:
    seen: dict[str, Line] = {}
    rule = by_id("C02")
    for sheet in sheets:
        key = normal(sheet.name)
        if key and key in seen:
            finding = Finding(
                rule="C02",
                level=Level.BLOCKING,
                message=f"项目“{sheet.name}”有两张附件3。",
                places=(facts.place(sheet.cell), facts.place(seen[key].cell)),
                left=Side("第一张", seen[key].name, facts.place(seen[key].cell)),
                right=Side("第二张", sheet.name, facts.place(sheet.cell)),
                todo="一个项目只填一张；如是两个项目，请改正项目名称。" if rule else "",
            )
            yield Draft(finding, sheet.cell)
        seen.setdefault(key, sheet)
