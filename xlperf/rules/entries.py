"""Rules on what is entered, cell by cell: filled in (C01), a real number (T01), not a blank that looks filled (T02), no
residue (T03), no negative or broken count (T05), a value of the list (T10)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from xlperf.address import CellRef
from xlperf.findings import Finding, Level, Place, Side
from xlperf.rules.catalogue import by_id
from xlperf.rules.facts import Facts
from xlperf.rules.outcome import Draft, Results
from xlperf.template.dictionary import MAY_BE_NONE, NUMERIC
from xlperf.template.index import Input
from xlperf.values import NOT_APPLICABLE, ExcelError, Scalar, as_decimal, is_blank, is_number, show_number, show_value

#: 等待填报, 等待补贴 and 待补贴 are words, not gaps.
_RESIDUE = re.compile(
    r"\[bookmark:|#REF!|#N/A|#NAME\?|#VALUE!|(?<![等期招])待填|(?<![等期招])待补(?![贴助偿缴发])|[xX×]{2,}|_GoBack"
    r"|错误[!！]\s*未(?:找到引用源|定义书签)|Error!\s*(?:Reference source|Bookmark) not|&nbsp;|\\\* ?MERGEFORMAT",
    re.IGNORECASE,
)
_DOTS = re.compile(r"[…\.。·]{2,}$|…+$")
#: Units that may be glued to a figure of a cell's own unit; any other is no number of that cell.
_SUFFIXES = {"万元": ("万元", "万"), "人": ("人", "名"), "㎡": ("㎡", "m2", "m²", "平方米"), "分": ("分",)}
#: Full-width signs as ASCII, and the minus of typesetting. Not NFKC, which makes 102 of 10².
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x2212: ord("-")}
#: Marks that take no room and turn nothing round: what is seen is what is left without them.
_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u180e\u200b\u200c\u200d\u200e\u202a\u202c\u202d\u2060\u2066\u2069\ufeff"))
#: Letters and signs that show nothing, which Unicode does not count as blanks.
_HOLLOW = frozenset("\u034f\u115f\u1160\u2800\u3164\uffa0") | frozenset(map(chr, range(0xFE00, 0xFE10)))
_NUMBER = re.compile(r"([+-]?) ?((?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)")
_GROUPED = re.compile(r"([+-]?) ?([1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?)")
_SPACED = re.compile("(?<=[0-9])[\u00a0\u2007\u2009\u202f](?=[0-9]{3}(?![0-9]))")
#: The signs of comparison as people type them, the longer ones first, each with that of the list.
SIGNS = {"≥": "≥", ">=": "≥", "≧": "≥", "≤": "≤", "<=": "≤", "≦": "≤", ">": "＞", "<": "＜", "=": "＝"}
#: 万元; more is no budget of a city's unit.
_TOO_MUCH = 1e8
_DATES = range(43831, 55153)


class Entries(NamedTuple):
    """What the entries leave open: cells with text where a number belongs, which nothing can rest on, and blanks."""

    unreadable: frozenset[CellRef]
    blanks: tuple[CellRef, ...]


def judge(facts: Facts, results: Results) -> Entries:
    """Judge all entries; return what they leave open."""
    unreadable: set[CellRef] = set()
    drafts: dict[str, list[Draft]] = {rule: [] for rule in ("T01", "T02", "T03", "T05", "T10")}
    for item in facts.inputs:
        value = facts.value(item.cell)
        if isinstance(value, str) and value:
            draft = _text(facts, item, value)
            if draft:
                drafts[draft.finding.rule].append(draft)
                if draft.finding.rule in ("T01", "T02", "T03") and item.kind.type in NUMERIC | {"数值", "完成值"}:
                    unreadable.add(item.cell)
        elif isinstance(value, ExcelError):
            drafts["T03"].append(_residue(facts, item.cell, value))
            unreadable.add(item.cell)
        elif isinstance(value, bool):
            drafts["T01"].append(_not_number(facts, item, facts.label(item.cell), show_value(value)))
            unreadable.add(item.cell)
        elif is_number(value):
            draft = _number(facts, item, value)
            if draft:
                drafts["T05"].append(draft)
    for cell, kind in facts.instance.index.listed:
        if cell in facts.changes:
            value = facts.value(cell)
            if not is_blank(value) and value not in kind.values:
                drafts["T10"].append(_not_listed(facts, cell, value, kind.values))
    for rule, found in drafts.items():
        results.close(rule, found)
    blanks = tuple(required_blanks(facts))
    results.close("C01", _unfilled(facts, blanks))
    return Entries(frozenset(unreadable), blanks)


def _draft(facts: Facts, rule_id: str, cell: CellRef, message: str, todo: str = "", right: Side | None = None) -> Draft:
    rule = by_id(rule_id)
    place = facts.place(cell)
    finding = Finding(
        rule=rule_id,
        level=rule.level if rule else Level.BLOCKING,
        message=message,
        places=(place,),
        left=Side("现填", place.value, place) if right else None,
        right=right,
        todo=todo or (rule.mend if rule else ""),
    )
    return Draft(finding, cell)


def _text(facts: Facts, item: Input, value: str) -> Draft | None:
    kind, label = item.kind, facts.label(item.cell)
    if not bare(value):
        return _draft(
            facts, "T02", item.cell, f"“{label}”看上去空着，实际有空格或不可见的字符。", "选中此格按 Delete 键清除。"
        )
    if is_residue(value):
        return _residue(facts, item.cell, value)
    if kind.type in NUMERIC:
        if value == NOT_APPLICABLE and kind.type in MAY_BE_NONE:
            return None
        return _not_number(facts, item, label, value)
    measured = kind.type in ("数值", "完成值") and facts.value(operator_of(facts, item.cell)) not in ("定性", None, "")
    if measured and meant(facts, item, value) is not None:
        return _not_number(facts, item, label, value)
    if kind.values and value not in kind.values:
        return _not_listed(facts, item.cell, value, kind.values)
    return None


def operator_of(facts: Facts, cell: CellRef) -> CellRef:
    """Return the cell of the operator (计算符号) in the row of a figure; the cell itself where there is none."""
    return facts.block_cell(cell, "计算符号") or cell


def meant(facts: Facts, item: Input, text: str) -> Decimal | None:
    """Return the number that a text in a cell plainly means, None if none."""
    sign = facts.value(operator_of(facts, item.cell)) if item.kind.type == "数值" else None
    return cleaned(text, unit_of(facts, item), sign if isinstance(sign, str) else "")


def unit_of(facts: Facts, item: Input) -> str:
    """Return the unit of a figure: the cell's own, or that of its indicator."""
    if item.kind.unit:
        return item.kind.unit
    cell = facts.block_cell(item.cell, "计量单位")
    value = facts.value(cell) if cell else None
    return value.strip() if isinstance(value, str) else ""


def _not_number(facts: Facts, item: Input, label: str, value: str) -> Draft:
    cell = item.cell
    if item.kind.type == "日期":
        return _draft(facts, "T01", cell, f"“{label}”应填日期（如 2025-4-15），现填的“{value}”是文字。")
    if value == NOT_APPLICABLE:
        message = f"“{label}”不能填“—”：没有发生填 0，有数的据实填写。"
        return _draft(facts, "T01", cell, message, "把“—”改为 0 或实际的数。")
    number = meant(facts, item, value)
    if number is None:
        unit = f"（单位：{item.kind.unit}）" if item.kind.unit else ""
        return _draft(facts, "T01", cell, f"“{label}”应填数字{unit}，现填的是“{value}”，公式不会把它计算在内。")
    right = Side("应为数字", float(number))
    return _draft(
        facts,
        "T01",
        cell,
        f"“{label}”填的“{value}”是文本，不是数字，公式不会把它计算在内。",
        f"如确为 {show_number(number)}，请删去空格、逗号和单位，重新键入 {show_number(number)}。",
        right,
    )


def _residue(facts: Facts, cell: CellRef, value: Scalar) -> Draft:
    return _draft(facts, "T03", cell, f"“{facts.label(cell)}”中有编辑残留或占位文字“{show_value(value)}”。")


def _not_listed(facts: Facts, cell: CellRef, value: Scalar, values: tuple[str, ...]) -> Draft:
    listed = "、".join(values)
    message = f"“{facts.label(cell)}”填的“{show_value(value)}”不在可选的值之内（{listed}）。"
    formula = "此格是公式：先撤消工作表保护（没有密码），再从空白模板复制该格的公式恢复，不要手填。"
    return _draft(facts, "T10", cell, message, formula if cell in facts.changes else "")


def _number(facts: Facts, item: Input, value: Scalar) -> Draft | None:
    assert isinstance(value, int | float)
    label = facts.label(item.cell)
    if item.kind.type == "人数" and (value < 0 or value != int(value)):
        return _draft(facts, "T05", item.cell, f"“{label}”应是不小于 0 的整数，现为 {show_number(value)}。")
    if item.kind.type == "日期" and int(value) not in _DATES:
        return _draft(facts, "T05", item.cell, f"“{label}”不像是日期，请按 2025-4-15 的样子重填。")
    if item.kind.type in ("金额", "数额", "追加") and abs(value) >= _TOO_MUCH:
        return _draft(
            facts, "T05", item.cell, f"“{label}”填了 {show_number(value)} 万元，大得不合情理，疑为单位或小数点有误。"
        )
    if item.kind.type in ("金额", "数额", "面积", "分值", "得分") and value < 0:
        return _draft(facts, "T05", item.cell, f"“{label}”不应小于 0，现为 {show_number(value)}。")
    return None


def bare(text: str) -> str:
    """Return a text without blanks of any kind: full-width, no-break, zero-width, controls, hollow letters."""
    return "".join(char for char in text if not _is_blank(char) and unicodedata.category(char) != "Cf")


def is_residue(text: str) -> bool:
    """Tell whether a text holds what an editor has left behind, or only stands in for what is yet to be written."""
    return bool(_RESIDUE.search(text) or _DOTS.fullmatch(text.strip()))


def _is_blank(char: str) -> bool:
    return char.isspace() or unicodedata.category(char) in ("Cc", "Zs") or char in _HOLLOW


def cleaned(text: str, unit: str = "", operator: str = "") -> Decimal | None:
    """Return the number that a text plainly means (full-width digits, blanks, separators, its own unit), None if none.

    A figure in another unit (``10.5元`` where 万元 is asked) is no number of that cell. A sign of comparison before it
    says nothing more where the same one is the ``operator`` of its row. What can be read in two ways (``1.234,5``,
    ``12 34``, ``(5)``) is no number, nor is one of more digits than a cell holds.
    """
    sign, plain = glued(text)
    if sign and sign != operator:
        return None
    for suffix in _SUFFIXES.get(unit, (unit,) if unit else ()):
        if plain.endswith(suffix.translate(_NARROW)):
            plain = plain.removesuffix(suffix.translate(_NARROW)).rstrip()
            break
    match = _NUMBER.fullmatch(plain) or _GROUPED.fullmatch(_SPACED.sub(",", plain))
    if match is None:
        return None
    number = Decimal(match[1] + match[2].replace(",", ""))
    return number if as_decimal(float(number)) == number else None


def glued(text: str) -> tuple[str, str]:
    """Return the sign of comparison that a text begins with, as the list has it, and the rest; "" where there is none.

    Full-width signs are narrowed, outer blanks and marks that take no room left out.
    """
    plain = text.translate(_NARROW).translate(_UNSEEN)
    start, end = 0, len(plain)
    while start < end and _is_blank(plain[start]):
        start += 1
    while start < end and _is_blank(plain[end - 1]):
        end -= 1
    plain = plain[start:end]
    typed = next((sign for sign in SIGNS if plain.startswith(sign)), "")
    return SIGNS.get(typed, ""), plain.removeprefix(typed).lstrip()


def _unfilled(facts: Facts, blanks: tuple[CellRef, ...]) -> Iterator[Draft]:
    """Yield for each sheet one finding with all the required cells that are blank."""
    by_sheet: dict[str, list[Place]] = {}
    anchors: dict[str, CellRef] = {}
    for cell in blanks:
        by_sheet.setdefault(cell.sheet, []).append(facts.place(cell))
        anchors.setdefault(cell.sheet, cell)
    rule = by_id("C01")
    for sheet, places in by_sheet.items():
        finding = Finding(
            rule="C01",
            level=Level.BLOCKING,
            message=f"还有 {len(places)} 格必填而未填。",
            places=tuple(places),
            todo="逐格补填：没有此事项的填 0，不适用的填“—”。" if rule is None else rule.mend,
        )
        yield Draft(finding, anchors[sheet])


def required_blanks(facts: Facts) -> list[CellRef]:
    """Return the required cells that are blank: fields, cells of used rows, the first row of a required block."""
    found: list[CellRef] = []
    rows: dict[tuple[str, str, int], list[Input]] = {}
    for item in facts.inputs:
        if not facts.is_there(item.cell):
            continue
        if item.block:
            rows.setdefault((item.cell.sheet, item.block, item.cell.row), []).append(item)
        elif item.kind.required == "是" and is_blank(facts.value(item.cell)):
            found.append(item.cell)
    used_blocks: set[tuple[str, str]] = set()
    for (sheet, block, _), items in rows.items():
        filled = [facts.value(item.cell) for item in items if not is_blank(facts.value(item.cell))]
        used = bool(filled) and filled != ["不适用"]
        if used:
            used_blocks.add((sheet, block))
            found += [i.cell for i in _row_required(items) if is_blank(facts.value(i.cell))]
    seen: set[tuple[str, str]] = set()
    for (sheet, block, _), items in rows.items():
        if (sheet, block) in used_blocks | seen or not facts.instance.template.dictionary.blocks[block].required:
            continue
        seen.add((sheet, block))
        found += [i.cell for i in items if i.kind.required == "随行"]
    return sorted(found)


def _row_required(items: list[Input]) -> Iterator[Input]:
    """Yield what a used row must hold: the cells marked so, and the name it goes by."""
    for index, item in enumerate(items):
        if item.kind.required == "随行" or (index == 0 and item.key in ("名称", "三级指标")):
            yield item
