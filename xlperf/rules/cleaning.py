"""What of the findings on entries and formulas can be put right for certain, and why the rest cannot.

What is wrong with a cell is told by the rules (T01, T02, T03, T10, S04) and by nobody else; here it is only decided
what the cell would have to hold. A figure is never guessed: what can be read in two ways stays, with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from xlperf.address import CellRef, within
from xlperf.rules import entries
from xlperf.rules.compare import names_lost, restorable
from xlperf.rules.facts import Change, Facts
from xlperf.rules.outcome import Results
from xlperf.template.dictionary import MAY_BE_NONE, NUMERIC
from xlperf.template.index import Input
from xlperf.template.rewrite import rewrite
from xlperf.values import NOT_APPLICABLE, ExcelError, Scalar, is_blank, same_value

_BOOKMARK = re.compile(r"\[bookmark:[^\[\]]*\]", re.IGNORECASE)
_BLANKS = re.compile("&nbsp;", re.IGNORECASE)
_DATE = re.compile(r"(20[0-9]{2})([-/.年])([0-9]{1,2})(?:\2|月)([0-9]{1,2})日?")
_MONEY = re.compile(r"[+-]?[0-9][0-9,.]*\s*(?:亿元|万元|千元|元|亿|万)|[¥$￥].*")
_BRACKETED = re.compile(r"[(（].*[)）]")
_EPOCH = date(1899, 12, 30)


class Mend(NamedTuple):
    """What a cell of the instance is to hold: a constant (None: nothing), or the formula of the template."""

    cell: CellRef
    rule: str
    why: str
    value: Scalar = None
    formula: str | None = None


class Kept(NamedTuple):
    """A cell that stays as it is, and why it is not certain what it ought to hold."""

    cell: CellRef
    rule: str
    why: str


def of_entries(facts: Facts) -> Iterator[Mend | Kept]:
    """Yield what becomes of each entry that the rules find fault with; a later word on a cell is the last."""
    results = Results()
    entries.judge(facts, results)
    inputs = {item.cell: item for item in facts.inputs}
    told: set[CellRef] = set()
    for draft in results.drafts:
        item = inputs.get(draft.anchor) if draft.anchor is not None else None
        if item is not None and draft.finding.rule in _DECIDE:
            told.add(item.cell)
            yield _decided(facts, item, draft.finding.rule)
    for item in facts.inputs:
        if item.kind.type == "数值" and item.cell not in told:
            yield from _glued(facts, item)


def _decided(facts: Facts, item: Input, rule: str) -> Mend | Kept:
    cell, value = item.cell, facts.value(item.cell)
    if facts.given_formula(cell) is not None:
        return Kept(cell, rule, "这个填报格里是公式，要改的是公式所取的数")
    if isinstance(value, ExcelError):
        return Kept(cell, rule, f"此格是错误值 {value.value}，原来的数无从得知")
    if not isinstance(value, str):
        return Kept(cell, rule, "逻辑值不是数字，应填多少无从得知")
    return _DECIDE[rule](facts, item, value)


def _number(facts: Facts, item: Input, text: str) -> Mend | Kept:
    """Decide on a text where a number belongs (T01)."""
    cell, kind = item.cell, item.kind
    if kind.type == "日期":
        day = dated(text)
        if day is None:
            return Kept(cell, "T01", "认不出是哪一天，请按 2025-4-15 的样子重填")
        return Mend(cell, "T01", "文本改为日期", day)
    if entries.bare(text) == NOT_APPLICABLE:
        if kind.type in MAY_BE_NONE:
            return Mend(cell, "T01", "去掉“—”前后的空格", NOT_APPLICABLE)
        return Kept(cell, "T01", "此格不能填“—”：没有发生填 0，有数的据实填写")
    number = entries.meant(facts, item, text)
    if number is None:
        return Kept(cell, "T01", _unclear(text, entries.unit_of(facts, item)))
    if _shows_percent(facts, cell):
        return Kept(cell, "T01", "此格设成了百分比格式，数会显示成百倍；请先把格式改回“常规”，再重填")
    return Mend(cell, "T01", "文本改为数字", plain(number))


def _unclear(text: str, unit: str) -> str:
    """Return why a text is no number for certain."""
    sign, rest = entries.glued(text)
    if sign:
        return f"数前面有“{sign}”，不是这一格里能带的"
    if _MONEY.fullmatch(rest) or rest.endswith("%"):
        return f"写的单位与此格的单位（{unit or '无'}）不同，不代为换算"
    if _BRACKETED.fullmatch(rest):
        return "括号可能表示负数，也可能是注，请按实际填数"
    if re.fullmatch(r"[-+0-9.,\s]+", rest):
        return "空格、逗号、小数点或开头的 0 有不止一种读法，请核对后重新键入"
    return "不单是一个数，应填多少请填报人确定"


def _blank(facts: Facts, item: Input, text: str) -> Mend:
    """Decide on a cell that only looks blank (T02)."""
    return Mend(item.cell, "T02", "看似空白，清为真空")


def _residue(facts: Facts, item: Input, text: str) -> Mend | Kept:
    """Decide on what an editor has left behind (T03)."""
    cell, rest = item.cell, without_residue(text)
    if rest is None:
        return Kept(cell, "T03", "占位文字或引用残留，要填的内容只有填报人知道")
    if not rest:
        return Mend(cell, "T03", "只有编辑残留，清为真空")
    wanted = item.kind.values
    if wanted:
        return _listed(facts, item, rest)._replace(rule="T03")
    number = entries.meant(facts, item, rest)
    operator = facts.value(entries.operator_of(facts, cell))
    measured = item.kind.type in ("数值", "完成值") and operator not in ("定性", None, "")
    if item.kind.type in NUMERIC or (measured and number is not None):
        decided = _number(facts, item, rest)
        return decided._replace(rule="T03")
    return Mend(cell, "T03", "去掉编辑残留", rest)


def _listed(facts: Facts, item: Input, text: str) -> Mend | Kept:
    """Decide on what is none of the values of a list (T10): one of them with blanks, the same sign typed otherwise."""
    sign, rest = entries.glued(text)
    same = (value for value in item.kind.values if entries.bare(value) == entries.bare(text))
    meant = sign if sign and not rest else next(same, "")
    if meant in item.kind.values:
        return Mend(item.cell, "T10", "改为下拉表中的同一项", meant)
    return Kept(item.cell, "T10", "不在可选的值之内，是哪一项请填报人确定")


_DECIDE = {"T01": _number, "T02": _blank, "T03": _residue, "T10": _listed}


def _glued(facts: Facts, item: Input) -> Iterator[Mend | Kept]:
    """Yield what becomes of ``≥6`` in the cell of a target: both parts where the operator is not filled in."""
    value, where = facts.value(item.cell), entries.operator_of(facts, item.cell)
    if not isinstance(value, str) or where == item.cell or facts.given_formula(item.cell) is not None:
        return
    sign, rest = entries.glued(value)
    number = entries.cleaned(rest, entries.unit_of(facts, item)) if sign else None
    if number is None or _shows_percent(facts, item.cell):
        return
    there = facts.value(where)
    if is_blank(there) or (isinstance(there, str) and not entries.bare(there)):
        if facts.given_formula(where) is None:
            yield Mend(where, "T07", f"指标值里的“{sign}”移到计算符号栏", sign)
            yield Mend(item.cell, "T07", "符号移出，文本改为数字", plain(number))
    elif there != sign:
        yield Kept(item.cell, "T07", f"指标值写的是“{sign}”，计算符号栏是“{there}”，以哪个为准请填报人确定")


def _shows_percent(facts: Facts, cell: CellRef) -> bool:
    there = facts.given.get(cell)
    return there is not None and "%" in facts.snapshot.number_formats[there.style]


def plain(number: Decimal) -> int | float:
    """Return a decimal as a cell holds it."""
    return int(number) if number == int(number) else float(number)


def dated(text: str) -> int | None:
    """Return the day that a text plainly names (2025-4-15, 2025年4月15日), as a cell holds it; None if none."""
    match = _DATE.fullmatch(entries.glued(text)[1])
    if match is None or (match[2] == "年") != ("月" in match[0]):
        return None
    try:
        return (date(int(match[1]), int(match[3]), int(match[4])) - _EPOCH).days
    except ValueError:
        return None


def without_residue(text: str) -> str | None:
    """Return a text without the bookmarks and blanks of a page pasted; None where it is then open what is meant."""
    pieces = _BOOKMARK.split(text)
    if any(left.rstrip()[-1:].isdigit() and right.lstrip()[:1].isdigit() for left, right in pairwise(pieces)):
        return None  # one number, or two
    rest = _BLANKS.sub("\u00a0", "".join(pieces)).strip()
    if not entries.bare(rest):
        return ""
    return None if rest == text or entries.is_residue(rest) else rest


# -- formulas ---------------------------------------------------------------------------------------


def of_formulas(facts: Facts, unread: Collection[CellRef] = ()) -> Iterator[Mend | Kept]:
    """Yield what becomes of each formula of the template that is overwritten, altered or gone (S04).

    ``unread`` are entries that stay unreadable: a figure typed over a formula that would leave one out may be the right
    one, and stays too.
    """
    if not facts.changes:
        return
    fits = restorable(facts.snapshot, facts.located)
    lost = names_lost(facts.snapshot, facts.instance)
    for cell, change in facts.changes.items():
        text = None if lost else _wording(facts, cell, fits)
        value = facts.value(cell)
        empty = is_blank(value) or (isinstance(value, str) and not entries.bare(value))
        if text is None:
            yield Kept(cell, "S04", "表样被改动（名称、行列或工作表与模板不同），公式的写法定不下来")
        elif change is Change.OVERWRITTEN and cell in facts.unmendable and not empty:
            yield Kept(cell, "S04", "公式所需的数不全，恢复后此格变成空白，原填的数就没有了；请先补齐所需的数")
        elif change is Change.OVERWRITTEN and not empty and (gap := _gap(facts, cell, unread)) is not None:
            yield Kept(cell, "S04", f"公式要取的 {facts.place(gap).cell} 认不出是多少，算得的数不全；请先改好那一格")
        elif _in_array(facts, cell):
            yield Kept(cell, "S04", "此格在一片数组公式之中，请从空白模板复制")
        else:
            yield Mend(cell, "S04", f"公式{change.value}，恢复模板的公式", None, text)


def _gap(facts: Facts, cell: CellRef, unread: Collection[CellRef]) -> CellRef | None:
    """Return an unreadable entry that the formula would leave out, where what it gives is not what was typed."""
    if not unread or same_value(facts.value(cell), facts.mended_value(cell)):
        return None
    seen, left = {cell}, [cell]
    while left:
        read = {other for area in facts.plan.precedents(left.pop()) for other in area.cells()} - seen
        gap = min(read.intersection(unread), default=None)
        if gap is not None:
            return gap
        seen |= read
        left += [other for other in read if other in facts.instance.formulas]
    return None


def _wording(facts: Facts, cell: CellRef, fits: Callable[[CellRef, str], bool]) -> str | None:
    return next((text for text in _wordings(facts, cell) if fits(cell, text)), None)


def _wordings(facts: Facts, cell: CellRef) -> Iterator[str]:
    """Yield how the formula may be written: as in the instance, and as on a copy of the first project's sheet."""
    official = facts.instance.formulas[cell]
    yield official
    number = facts.instance.sheet(cell.sheet).number
    if number > 1:
        dictionary = facts.instance.template.dictionary
        own, first = dictionary.project_prefix(number), dictionary.prefix
        yield rewrite(
            official,
            lambda sheet, corners: corners,
            lambda word: first + word[len(own) :] if word.startswith(own) else word,
        )


def _in_array(facts: Facts, cell: CellRef) -> bool:
    place = facts.place(cell).cell
    sheet = facts.snapshot.sheet(place.sheet)
    areas = [area for area in sheet.arrays if area[:2] != area[2:]] if sheet else []
    return bool(within([(place.row, place.column)], areas))
