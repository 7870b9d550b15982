"""Rules on the form itself: the right template (S01), the frame whole (S02), the years right (S03), the formulas
unharmed (S04), stored results fresh (S10), policy and presets untouched (S11), validations kept (S12)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from xlperf.address import CellRef, within
from xlperf.findings import Finding, Level, Outcome, Place, Side, Status, Unchecked
from xlperf.rules import strays
from xlperf.rules.catalogue import by_id
from xlperf.rules.compare import names_lost
from xlperf.rules.facts import Change, Facts
from xlperf.rules.outcome import Draft, Results
from xlperf.template.locate import SheetMatch
from xlperf.template.outline import areas_of
from xlperf.values import Scalar, is_blank, is_number, same_value, show_value

_YEAR = re.compile(r"20\d\d")
_HIDDEN = "_xlperf"
_GUIDE = "填报说明"


def judge(facts: Facts, results: Results) -> None:
    """Judge the form."""
    results.close("S01", _identity(facts))
    labels = list(_labels(facts))
    changed = (draft for draft in labels if draft.finding.rule == "S02")
    results.close("S02", [*_sheets(facts), *_rows(facts), *strays.beside(facts), *changed])
    results.close("S03", (d for d in labels if d.finding.rule == "S03"))
    redirected = list(strays.names(facts))
    results.close("S04", [*_formulas(facts, redirected), *redirected])
    results.close("S11", (d for d in labels if d.finding.rule == "S11"))
    results.close("S12", _validations(facts))
    notices, stored = strays.formulas_in_inputs(facts)
    results.close("S13", notices)
    _stale(facts, stored, redirected, results)


def _draft(
    facts: Facts, rule_id: str, message: str, places: tuple[Place, ...], anchor: CellRef | None,
    *, level: Level | None = None, left: Side | None = None, right: Side | None = None, todo: str = "",
) -> Draft:  # fmt: skip
    rule = by_id(rule_id)
    finding = Finding(
        rule=rule_id,
        level=level or (rule.level if rule else Level.BLOCKING),
        message=message,
        places=places,
        left=left,
        right=right,
        todo=todo or (rule.mend if rule else ""),
    )
    return Draft(finding, anchor)


def _identity(facts: Facts) -> Iterator[Draft]:
    dictionary = facts.instance.template.dictionary
    if facts.told and str(facts.year) != str(dictionary.year):
        message = f"文件标识的年度是 {show_value(facts.year)}，本次审核的年度是 {dictionary.year}。"
        yield _draft(facts, "S01", message, (), None)


# -- the frame --------------------------------------------------------------------------------------


def _sheets(facts: Facts) -> Iterator[Draft]:
    for name in facts.located.missing_sheets:
        if name != _HIDDEN:
            yield _draft(
                facts, "S02", f"缺少工作表“{name}”，与它有关的审核都没有做。", (), CellRef(name, 1, 1),
                todo=f"从下发的模板中恢复“{name}”，再把数填回去。",
            )  # fmt: skip
    if names_lost(facts.snapshot, facts.instance):
        yield _draft(
            facts, "S02", "定义的名称都不见了，是按行标签认出各格的；在 Excel 中重算，公式会显示 #NAME?。", (), None,
            level=Level.NOTICE, todo="多半是别的程序另存造成的。请在 Excel 或 WPS 中打开原来的文件，另存后再报送。",
        )  # fmt: skip
    for name in facts.located.out_of_place:
        yield _draft(
            facts, "S02", f"项目表“{name}”不在附件2 与报告附表之间，审核表的跨表合计没有把它算进去。", (), None,
            todo=f"把“{name}”的标签拖到其他附件3 旁边。",
        )  # fmt: skip


def _rows(facts: Facts) -> Iterator[Draft]:
    for match in facts.located.matches.values():
        if match.expected == _HIDDEN:
            continue
        for row in match.missing:
            label = _print_label(facts, match.expected, row) or _field_label(facts, match.expected, row)
            if not label:
                continue
            near = _near(match, row)
            place = Place(CellRef(match.sheet.name, near, 1), label)
            message = f"固定行“{label}”不见了（原在第 {row} 行），有关的审核不能做全。"
            yield _draft(
                facts, "S02", message, (place,), CellRef(match.expected, row, 1),
                todo="按模板恢复此行及其公式；没有此项的填 0，不要删行。",
            )  # fmt: skip
        for first, last in _runs(match.extra):
            place = Place(CellRef(match.sheet.name, first, 1), _first_text(match, first))
            rows = f"第 {first} 行" if first == last else f"第 {first}—{last} 行"
            message = f"{rows}是表样以外多出来的行，不在可增行的块内，其中的数没有计入合计。"
            yield _draft(
                facts,
                "S02",
                message,
                (place,),
                None,
                todo="把内容移到可增行的块内（如业务工作经费的明细行），再删去多出的行。",
            )


def _runs(rows: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    start = previous = None
    for row in rows:
        if previous is not None and row == previous + 1:
            previous = row
            continue
        if start is not None and previous is not None:
            yield start, previous
        start = previous = row
    if start is not None and previous is not None:
        yield start, previous


def _print_label(facts: Facts, sheet: str, row: int) -> str:
    cells = facts.instance.sheet(sheet).cells
    for column in range(1, 5):
        cell = cells.get((row, column))
        if cell is not None and isinstance(cell.value, str) and cell.value.strip():
            return " ".join(cell.value.split())
    return ""


def _field_label(facts: Facts, sheet: str, row: int) -> str:
    """Return what the first field of a row is called, where no text is printed in it."""
    areas = [a for a in facts.instance.names.values() if a.sheet == sheet and a.top == a.bottom == row]
    return facts.label(CellRef(sheet, row, min(area.left for area in areas))) if areas else ""


def _near(match: SheetMatch, row: int) -> int:
    before = [there for here, there in match.rows.items() if here < row]
    return max(before, default=1)


def _first_text(match: SheetMatch, row: int) -> str:
    for column in range(1, 12):
        value = match.sheet.value(row, column)
        if not is_blank(value):
            return show_value(value)
    return ""


def _labels(facts: Facts) -> Iterator[Draft]:
    """Yield what became of preset texts and figures: a wrong year, a changed policy, a changed label."""
    for cell in facts.labels_changed:
        official = facts.instance.sheet(cell.sheet).cells[cell.row, cell.column].value
        there = facts.given.get(cell)
        value: Scalar = there.value if there else None
        place = facts.place(cell)
        place = Place(place.cell, show_value(official) if isinstance(official, str) else place.label, value)
        kind = facts.kinds.get(cell)
        left, right = Side("现为", value, place), Side("模板为", official)
        if kind is not None and kind.type == "口径":
            name = facts.label(cell).replace("口径·", "")
            message = f"口径“{name}”被改为“{show_value(value)}”，审核仍按下发的“{show_value(official)}”。"
            yield _draft(facts, "S11", message, (place,), cell, left=left, right=right)
        elif isinstance(official, str) and isinstance(value, str) and _only_year(official, value):
            message = f"年份不对：“{' '.join(value.split())}”应为“{' '.join(official.split())}”。"
            yield _draft(facts, "S03", message, (place,), cell, left=left, right=right)
        elif is_number(official):
            message = f"模板预设的数 {show_value(official)} 被改为“{show_value(value)}”，审核仍按预设的数。"
            yield _draft(facts, "S11", message, (place,), cell, left=left, right=right)
        elif _appendix_number(facts, cell, official, value):
            message = f"本表左上角的附件号是“{show_value(value)}”，按次序应为“{show_value(official)}”。"
            yield _draft(
                facts,
                "S02",
                message,
                (place,),
                cell,
                level=Level.NOTICE,
                todo=f"改为“{show_value(official)}”，工作表名也相应改过来。",
            )
        else:
            now = "被清空" if is_blank(value) else f"被改为“{show_value(value)}”"
            message = f"固定文字“{' '.join(show_value(official).split())}”{now}。"
            level = Level.NOTICE if cell.sheet == _GUIDE else None  # the instructions are no part of the form
            todo = "按模板恢复原来的文字。"
            yield _draft(facts, "S02", message, (place,), cell, level=level, left=left, right=right, todo=todo)


def _appendix_number(facts: Facts, cell: CellRef, official: Scalar, value: Scalar) -> bool:
    """Whether a label is the number of a project sheet: a sheet copied in Excel still carries the first one's."""
    first, _, last = facts.instance.template.dictionary.identity["项目表式样"].partition("{n}")
    numbered = isinstance(value, str) and re.fullmatch(rf"{re.escape(first)}\d+{re.escape(last)}", value.strip())
    return facts.instance.sheet(cell.sheet).number > 0 and official == cell.sheet and bool(numbered)


def _only_year(official: str, value: str) -> bool:
    plain, other = "".join(official.split()), "".join(value.split())
    return plain != other and _YEAR.sub("", plain) == _YEAR.sub("", other)


# -- formulas ---------------------------------------------------------------------------------------


def _formulas(facts: Facts, redirected: list[Draft]) -> Iterator[Draft]:
    pasted = _pasted(facts)
    for cells in pasted.values():
        yield _as_values(facts, cells)
    told = {cell for cells in pasted.values() for cell in cells}
    if redirected:  # told as such; the formulas that use the name are as they were
        told |= {cell for cell in facts.changes if facts.given_formula(cell) == facts.instance.formulas[cell]}
    for cells in _rows_without(facts, told):
        told.update(cells)
        title = facts.row_title(cells[0])
        message = f"“{title}”一行缺少 {len(cells)} 个公式，本行没有计算。"
        todo = "选中上一行，把公式格向下填充到本行（先撤消工作表保护，没有密码）。"
        yield _draft(facts, "S04", message, tuple(facts.place(cell) for cell in cells), cells[0], todo=todo)
    for cell, change in facts.changes.items():
        if cell not in told:
            yield _formula(facts, cell, change)


def _rows_without(facts: Facts, told: set[CellRef]) -> list[list[CellRef]]:
    """Return the rows in which three formulas or more are missing: rows that were inserted without them."""
    rows: dict[tuple[str, int], list[CellRef]] = {}
    for cell, change in facts.changes.items():
        if change is Change.MISSING and cell not in told:
            rows.setdefault((cell.sheet, cell.row), []).append(cell)
    return [cells for cells in rows.values() if len(cells) >= 3]


#: So many formulas of a sheet turned into their own values are one act: the sheet was pasted as values.
_PASTED = 12


def _pasted(facts: Facts) -> dict[str, list[CellRef]]:
    """Return, for sheets pasted as values, the formulas that have become their own results."""
    same: dict[str, list[CellRef]] = {}
    for cell, change in facts.changes.items():
        if change is not Change.ALTERED and same_value(facts.value(cell), facts.mended_value(cell)):
            same.setdefault(cell.sheet, []).append(cell)
    return {
        sheet: cells
        for sheet, cells in same.items()
        if sum(facts.changes[cell] is Change.OVERWRITTEN for cell in cells) >= _PASTED
    }


def _as_values(facts: Facts, cells: list[CellRef]) -> Draft:
    places = tuple(facts.place(cell) for cell in cells)
    message = f"“{cells[0].sheet}”有 {len(cells)} 个公式变成了数值（多半是整表粘贴成数值），数值现与公式一致。"
    return _draft(facts, "S04", message, places, cells[0], todo="请用下发的模板重填此表，只粘贴浅黄色格的数值。")


def _formula(facts: Facts, cell: CellRef, change: Change) -> Draft:
    place, label = facts.place(cell), facts.label(cell)
    due = facts.mended_value(cell) if cell not in facts.unmendable else None
    now = facts.value(cell)
    shown = facts.shown(cell, due)
    right = Side("按公式应为", due, None, shown) if not is_blank(due) else Side("按公式（所需的数不全，算不出）")
    left = Side("现为", now, place, place.shown)
    if change is Change.OVERWRITTEN:
        same = "（现值与公式结果一致）" if same_value(now, due) else ""
        message = f"“{label}”的公式被数字或文字覆盖{same}。"
    elif change is Change.ALTERED:
        there = facts.given[cell].formula
        official = facts.instance.formulas[cell]
        what = "取数范围与表样不符（可能少算了新增的行）" if there and _shorter(facts, cell) else "被改动"
        message = f"“{label}”的公式{what}：现为“={_short(there)}”，应为“={_short(official)}”。"
        if there == official:
            message = f"“{label}”的公式文字未变，其中的名称或跨表引用却指到了别处。"
    else:
        message = f"“{label}”的公式被删除。"
    return _draft(facts, "S04", message, (place,), cell, left=left, right=right)


def _shorter(facts: Facts, cell: CellRef) -> bool:
    there, official = facts.given[cell].formula or "", facts.instance.formulas[cell]
    return re.sub(r"\d+", "", there) == re.sub(r"\d+", "", official)


def _short(text: str | None) -> str:
    plain = text or ""
    return plain if len(plain) <= 60 else plain[:57] + "……"


def _stale(facts: Facts, stored_inputs: list[Draft], redirected: list[Draft], results: Results) -> None:
    """Compare the stored results with the recomputed ones."""
    stale: list[CellRef] = []
    stored = without = 0
    intact = [cell for cell in facts.plan.order if cell not in facts.changes and cell.sheet != _HIDDEN]
    for cell in intact:
        there = facts.given.get(cell)
        if there is None or there.formula is None:
            continue
        if not there.cached:
            without += 1
            continue
        stored += 1
        now, due = there.value, facts.value(cell)
        alike = now.__class__ is due.__class__ and now == due
        if not alike and cell not in facts.unchecked and not same_value(now, due):
            stale.append(cell)
    if stored == 0 and without:
        results.outcomes.append(Outcome("S10", Status.NOT_CHECKED))
        results.unchecked.append(Unchecked("S10", "文件没有保存公式的结果（不是由 Excel、WPS 保存的），无从比较"))
        return
    if stale and any(_is_policy(facts, cell) for cell in facts.labels_changed):
        results.outcomes.append(Outcome("S10", Status.NOT_CHECKED))
        results.unchecked.append(Unchecked("S10", "口径或预设的数被改动（见 S11），保存的结果随之改变，无从比较"))
        return
    disturbed = (
        any(m.missing or m.extra or m.shifted for m in facts.located.matches.values())
        or facts.located.missing_sheets
        or facts.located.out_of_place
        or names_lost(facts.snapshot, facts.instance)
        or redirected
    )
    if disturbed and stale:
        results.outcomes.append(Outcome("S10", Status.NOT_CHECKED))
        results.unchecked.append(Unchecked("S10", "表样被改动（见 S02），保存的结果与复算的结果无从比较"))
        return
    results.close("S10", [*([_stale_draft(facts, stale)] if stale else []), *stored_inputs])


def _is_policy(facts: Facts, cell: CellRef) -> bool:
    kind = facts.kinds.get(cell)
    official = facts.instance.sheet(cell.sheet).cells[cell.row, cell.column].value
    return (kind is not None and kind.type == "口径") or is_number(official)


def _stale_draft(facts: Facts, stale: list[CellRef]) -> Draft:
    first = stale[0]
    place, there = facts.place(first), facts.given[first].value
    message = (
        f"有 {len(stale)} 个公式格保存的结果与重算的结果不同，最先是“{facts.label(first)}”。打印和预览看到的是旧数。"
    )
    left = Side("保存的结果", there, place, facts.shown(first, there))
    right = Side("重算的结果", facts.value(first), None, facts.shown(first, facts.value(first)))
    places = tuple(facts.place(cell) for cell in stale)
    return _draft(facts, "S10", message, places, first, left=left, right=right)


# -- validations ------------------------------------------------------------------------------------


def _validations(facts: Facts) -> Iterator[Draft]:
    for name, guarded in facts.instance.index.guarded.items():
        match = facts.located.matches.get(name)
        if match is None:
            continue
        standing = {
            (match.rows[cell.row], match.columns.get(cell.column, cell.column)): cell
            for cell in guarded
            if cell.row in match.rows
        }
        there = within(standing, areas_of(match.sheet.validations))
        lost = [
            cell
            for at, cell in standing.items()
            if at not in there
        ]
        if lost:
            places = tuple(facts.place(cell) for cell in lost)
            message = f"有 {len(lost)} 个填报格的数据验证（下拉表、填写提示）不见了，多半是整格粘贴造成的。"
            yield _draft(
                facts,
                "S12",
                message,
                places,
                lost[0],
                level=Level.NOTICE,
                todo="以后粘贴请用“选择性粘贴→数值”。现有的数不受影响，核对无误即可报送。",
            )
