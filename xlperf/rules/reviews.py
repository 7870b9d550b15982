"""The rows of 审核 (and of 本表审核 under each project sheet): the rules that are told in the workbook, and only there.

A row compares two sides. Where its left side counts flags set row by row (``K02``, ``T07`` … in the hidden columns),
each flagged row becomes a finding of its own, at its own cells.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from xlperf.address import CellRef
from xlperf.findings import NO_SUCH_MATTER, Finding, Level, Outcome, Side, Status, Unchecked
from xlperf.rules.entries import Entries, bare
from xlperf.rules.facts import Facts, percent
from xlperf.rules.outcome import Draft, Results
from xlperf.rules.own import mend_of
from xlperf.rules.words import sentence
from xlperf.template.review import ReviewRow
from xlperf.values import ExcelError, Scalar, difference, is_blank, is_number, show_number, show_value

_ROUNDED = "可由舍入解释"
_LEVELS = {level.value: level for level in Level}


def judge(facts: Facts, entered: Entries, results: Results) -> None:
    """Judge every row. Unreadable inputs (text where a number belongs) make what rests on them not checked."""
    reach, unreadable = _Reach(facts, entered.blanks), entered.unreadable
    for row in facts.instance.reviews:
        if row.rule != "C01":
            _judge_row(facts, row, unreadable, reach, results)


def _judge_row(facts: Facts, row: ReviewRow, unreadable: frozenset[CellRef], reach: _Reach, results: Results) -> None:
    result = facts.value(row.cell("result"))
    unchecked = facts.unchecked.get(row.cell("result"))
    if row.cell("result") in facts.changes:
        result, unchecked = _without_overwriting(facts, row), None
    flags = facts.instance.index.flags_of(row)
    if flags:
        _judge_flags(facts, row, flags, unreadable, reach, results)
        return
    if unchecked is not None:
        _not_checked(facts, row, unchecked, (), results)
        return
    bad = tuple(cell for cell in reach.inputs(row) if cell in unreadable) if unreadable else ()
    if bad:
        names = "、".join(facts.label(cell) for cell in bad[:3])
        _not_checked(facts, row, f"所引的格不是有效的数（{names}）", bad, results)
    elif result == "未检":
        blanks = tuple(cell for cell in reach.inputs(row) if cell in reach.blanks)
        _not_checked(facts, row, "所引的格未填" if blanks else NO_SUCH_MATTER, blanks, results)
    elif result == "不适用":
        _not_checked(facts, row, NO_SUCH_MATTER, (), results)
    elif result == "通过":
        results.outcomes.append(Outcome(row.rule, Status.PASSED, row.id))
    elif isinstance(result, ExcelError) or not isinstance(result, str):
        _not_checked(facts, row, f"审核公式得到 {show_value(result)}", (), results)
    else:
        draft = _relation(facts, row, result)
        results.drafts.append(draft)
        fine = draft.finding.explained is not None
        results.outcomes.append(Outcome(row.rule, Status.PASSED if fine else Status.FAILED, row.id))


def _without_overwriting(facts: Facts, row: ReviewRow) -> Scalar:
    """Return what the registered formulas of a row give where the unit has written over its result."""
    return facts.mended_value(row.cell("result"))


def _not_checked(facts: Facts, row: ReviewRow, reason: str, cells: Iterable[CellRef], results: Results) -> None:
    places = tuple(facts.place(cell) for cell in list(cells)[:8])
    results.unchecked.append(Unchecked(row.rule, reason, places, row.id))
    results.outcomes.append(Outcome(row.rule, Status.NOT_CHECKED, row.id))


# -- a row that compares two sides ------------------------------------------------------------------


def _relation(facts: Facts, row: ReviewRow, result: str) -> Draft:
    left, right = facts.value(row.cell("left")), facts.value(row.cell("right"))
    tolerance = facts.value(row.cell("tolerance"))
    anchor = _anchor(facts, row)
    shown_as_rate = bool(facts.shown(row.cell("left"), 1.0))
    level = _LEVELS[row.level]
    explained: str | None = None
    gap: str | None = None
    if is_number(left) and is_number(right):
        assert isinstance(left, int | float)
        assert isinstance(right, int | float)
        delta = difference(left, right)
        gap = percent(float(delta)) if shown_as_rate else show_number(delta)
    limit = _tolerance(tolerance, shown_as_rate)
    if result == _ROUNDED:
        level = Level.QUERY
        explained = f"可由四舍五入解释（差 {gap} 不超过允许误差 {limit}）"
    elif result == "已说明":
        text = show_value(facts.value(row.cell("explanation")))
        explained = text if explains(text, facts.named_value("口径_说明字数")) else None
    alone = _is_one_cell(facts, row)
    left_text, right_text = _sides(row, facts.label(anchor) if anchor and alone else "")
    place = facts.place(anchor) if anchor else None
    finding = Finding(
        rule=row.rule,
        level=level,
        message=_statement(row, level),
        places=(place,) if place else (),
        left=Side(left_text, left, place if alone else None, _rate(left, shown_as_rate)),
        right=Side(right_text, right, None, _rate(right, shown_as_rate)),
        difference=gap,
        tolerance=limit,
        todo="" if explained else mend_of(facts.instance.template.dictionary, row.rule, "请核对两边的数。"),
        explained=explained,
        rounded=result == _ROUNDED,
        row=row.id,
    )
    return Draft(finding, anchor, tuple(_direct(facts, row.cell("left"))) + tuple(_direct(facts, row.cell("right"))))


def _rate(value: Scalar, as_rate: bool) -> str:
    return percent(value) if as_rate and is_number(value) and isinstance(value, int | float) else ""


def _tolerance(value: Scalar, as_rate: bool) -> str | None:
    if not is_number(value):
        return None
    assert isinstance(value, int | float)
    return f"{show_number(value * 100)}%" if as_rate and value else show_number(value)


def _statement(row: ReviewRow, level: Level) -> str:
    return f"{row.text}：两处不能同时成立。" if "＝" in row.text and level is Level.BLOCKING else f"{row.text}。"


def _sides(row: ReviewRow, label: str) -> tuple[str, str]:
    """Return what the two sides are called, from the statement of the row."""
    text = row.text.partition("（")[0] if row.text.endswith("）") else row.text
    head, equals, tail = text.partition("＝")
    if not equals:
        return label or re.split("不超过|不低于|不小于", text)[0], "界限"
    return head.rpartition("：")[2] if "：" in head else head, tail.partition("（")[0] or "应为"


def _anchor(facts: Facts, row: ReviewRow) -> CellRef | None:
    """Return the cell that a row is about: the one its left side reads first."""
    for area in facts.plan.precedents(row.cell("left")):
        match = facts.instance.sheet(area.sheet)
        if match is not None and area.sheet != "填报说明":
            return CellRef(area.sheet, area.top, area.left)
    for area in facts.plan.precedents(row.cell("left")):
        return CellRef(area.sheet, area.top, area.left)
    return None


def _is_one_cell(facts: Facts, row: ReviewRow) -> bool:
    """Whether the left side is nothing but one cell, so that its value stands there."""
    formula = facts.instance.formulas.get(row.cell("left"), "")
    areas = facts.plan.precedents(row.cell("left"))
    plain = formula.replace("IF(", "").replace("ISNUMBER(", "").replace("OR(", "")
    return len(areas) == 1 and ":" not in areas[0].a1 and "(" not in plain


def explains(text: str, least: Scalar) -> bool:
    """Whether an explanation says anything: long enough without blanks, words, not one character over and over."""
    plain = bare(text)
    needed = int(least) if is_number(least) and isinstance(least, int | float) else 6
    return len(plain) >= needed and len({char for char in plain if char.isalpha()}) >= 3


def _direct(facts: Facts, cell: CellRef) -> Iterator[CellRef]:
    for area in facts.plan.precedents(cell):
        yield from area.cells()


# -- a row that counts flags ------------------------------------------------------------------------


def _judge_flags(
    facts: Facts,
    row: ReviewRow,
    flags: tuple[CellRef, ...],
    unreadable: frozenset[CellRef],
    reach: _Reach,
    results: Results,
) -> None:
    failed = passed = 0
    open_cells: list[CellRef] = []
    for cell in flags:
        value = facts.value(cell)
        if cell in facts.unchecked:
            open_cells.append(cell)
        elif isinstance(value, str) and value.startswith("？"):
            if row.rule in value:
                open_cells.append(cell)
        elif isinstance(value, str) and row.rule in value and reach.elsewhere(cell, unreadable):
            open_cells.append(cell)
        elif isinstance(value, str) and row.rule in value:
            results.drafts += [_flagged(facts, row, cell, target) for target in _targets(facts, row, cell)]
            failed += 1
        elif value == "√":
            passed += 1
        elif isinstance(value, ExcelError):
            open_cells.append(cell)
    if open_cells:
        places = tuple(facts.place(_target(facts, row, cell)) for cell in open_cells[:8])
        results.unchecked.append(Unchecked(row.rule, "所在行的数据不全或不是数字", places, row.id))
    if failed:
        status = Status.FAILED
    elif open_cells or not passed:
        status = Status.NOT_CHECKED
        if not open_cells:
            results.unchecked.append(Unchecked(row.rule, NO_SUCH_MATTER, (), row.id))
    else:
        status = Status.PASSED
    results.outcomes.append(Outcome(row.rule, status, row.id))


def _target(facts: Facts, row: ReviewRow, flag: CellRef) -> CellRef:
    rule = facts.instance.template.dictionary.row_rules.get(row.rule)
    return _by_key(facts, flag, rule.at) or flag if rule else flag


def _by_key(facts: Facts, flag: CellRef, key: str) -> CellRef | None:
    """Return the cell of a flagged row that a key means: a column of its block, or a field that ends so."""
    if facts.block_of(flag) is not None:
        return facts.block_cell(flag, key)
    for name, area in facts.instance.names.items():
        if area.sheet == flag.sheet and area.top == flag.row and name.rpartition("_")[2] == key:
            return CellRef(area.sheet, area.top, area.left)
    return None


#: Rules whose two sides are the same thing measured twice, so that a difference says something.
_MEASURED = frozenset({"K01", "K02", "K03", "X07", "A09", "A10", "N05"})


def _flagged(facts: Facts, row: ReviewRow, flag: CellRef, target: CellRef) -> Draft:
    """Return the finding of one flagged row, at the cells that the dictionary names for the rule."""
    guide = facts.instance.template.dictionary.row_rules.get(row.rule)
    left = right = None
    gap: str | None = None
    if guide and target != flag:
        rate = row.rule in ("A06", "A07", "A08")  # the flag may be about either of two rates
        left = _side(facts, target if rate or not guide.left else _by_key(facts, flag, guide.left))
        right = _right_side(facts, flag, guide.right)
        if row.rule in _MEASURED and left and right and is_number(left.value) and is_number(right.value):
            assert isinstance(left.value, int | float)
            assert isinstance(right.value, int | float)
            gap = show_number(difference(left.value, right.value))
    text = row.text.removesuffix("（不符的行数）").removesuffix("（不符的格数）")
    finding = Finding(
        rule=row.rule,
        level=_LEVELS[row.level],
        message=sentence(row.rule, facts, flag, facts.row_title(flag), text),
        places=(facts.place(target),),
        left=left,
        right=right,
        difference=gap,
        tolerance=None,
        todo=mend_of(facts.instance.template.dictionary, row.rule),
        row=row.id,
    )
    return Draft(finding, target, (), flag)


def _targets(facts: Facts, row: ReviewRow, flag: CellRef) -> list[CellRef]:
    """Return the cells a flagged row is about: one, but for rates of buildings each rate that is wrong."""
    block = facts.block_of(flag)
    column = next((c.key for c in block.columns if c.column == flag.column), "") if block else ""
    if column == "零分母核对":
        pairs = (("规模控制率", "批复规模"), ("投资概算控制率", "预算投资"))
        cells = [
            rate
            for key, base in pairs
            if (rate := facts.block_cell(flag, key))
            and (below := facts.block_cell(flag, base))
            and facts.value(rate) != "—"
            and facts.value(below) in (0, "—")
        ]
        return cells or [flag]
    if row.rule == "C06" and not is_blank(_value(facts, flag, "偏差原因")):
        return [facts.block_cell(flag, "改进措施") or flag]
    if row.rule == "K06" and is_number(_value(facts, flag, "实际完成值")):
        return [facts.block_cell(flag, "佐证材料") or flag]
    if column in ("概算率核对", "概算超标"):
        return [facts.block_cell(flag, "投资概算控制率") or flag]
    return [_target(facts, row, flag)]


def _value(facts: Facts, flag: CellRef, key: str) -> Scalar:
    cell = facts.block_cell(flag, key)
    return facts.value(cell) if cell else None


def _side(facts: Facts, cell: CellRef | None) -> Side | None:
    if cell is None:
        return None
    place = facts.place(cell)
    return Side(place.label.rpartition("·")[2], place.value, place, place.shown)


def _right_side(facts: Facts, flag: CellRef, keys: str) -> Side | None:
    if not keys:
        return None
    if "+" in keys:
        parts = [facts.value(cell) for key in keys.split("+") if (cell := _by_key(facts, flag, key))]
        numbers = [float(part) for part in parts if is_number(part) and isinstance(part, int | float)]
        return Side(keys.replace("+", "＋"), round(sum(numbers), 6)) if len(numbers) == len(parts) else None
    for key in keys.split("|"):
        cell = _by_key(facts, flag, key)
        if cell and not is_blank(facts.value(cell)):
            return _side(facts, cell)
    return None


class _Reach:
    """The inputs that a row rests on, through all the formulas between."""

    def __init__(self, facts: Facts, blanks: tuple[CellRef, ...]) -> None:
        self.facts = facts
        self.inputs_of: dict[CellRef, frozenset[CellRef]] = {}
        self.input_cells = frozenset(item.cell for item in facts.inputs)
        gone = (item.cell for item in facts.inputs if not facts.is_there(item.cell))
        self.blanks = frozenset((*blanks, *gone))

    def inputs(self, row: ReviewRow) -> list[CellRef]:
        found = self._inputs(row.cell("left"), 0) | self._inputs(row.cell("right"), 0)
        return sorted(found)

    def elsewhere(self, cell: CellRef, unreadable: frozenset[CellRef]) -> bool:
        """Whether a flag rests on an unreadable input of another row, so that its own row is not to blame."""
        if not unreadable:
            return False
        bad = self._inputs(cell, 0) & unreadable
        return any((other.sheet, other.row) != (cell.sheet, cell.row) for other in bad)

    def _inputs(self, cell: CellRef, depth: int) -> frozenset[CellRef]:
        if cell in self.inputs_of:
            return self.inputs_of[cell]
        if cell in self.facts.changes or depth > 40:
            return frozenset()
        if cell in self.input_cells:
            return frozenset((cell,))
        self.inputs_of[cell] = frozenset()
        found: set[CellRef] = set()
        for area in self.facts.plan.precedents(cell):
            for other in area.cells():
                found |= self._inputs(other, depth + 1)
        self.inputs_of[cell] = frozenset(found)
        return self.inputs_of[cell]


def reach_of(facts: Facts, cell: CellRef, _seen: set[CellRef] | None = None) -> set[CellRef]:
    """Return every overwritten or altered formula cell that a cell rests on, itself included."""
    seen = _seen if _seen is not None else set()
    if cell in seen:
        return set()
    seen.add(cell)
    if cell in facts.changes:
        return {cell}
    found: set[CellRef] = set()
    for area in facts.plan.precedents(cell):
        for other in area.cells():
            if other in facts.changes or other in facts.instance.formulas:
                found |= reach_of(facts, other, seen)
    return found
