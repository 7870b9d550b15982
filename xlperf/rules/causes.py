"""One cause, one finding: consequences are folded under what they follow from.

The causes that can be told for certain: a formula overwritten (its relations fail because of it and hold again when
it is restored), an entry that is missing or unreadable in the same row, a project without a sheet (the sums across
sheets are off by its amounts).
"""

from __future__ import annotations

from xlperf.address import CellRef
from xlperf.findings import Finding, Level, Side
from xlperf.rules.facts import Change, Facts
from xlperf.rules.outcome import Draft
from xlperf.rules.projects import Line
from xlperf.rules.reviews import reach_of
from xlperf.values import is_number, same_value, show_number

#: Fields whose change is told where a mended cell changes them.
_TELLING = ("总分", "等级")
_SUMS = {"X04-1": 0, "X04-2": 1, "X04-3": 2}


def fold(facts: Facts, drafts: list[Draft], lonely: tuple[Line, ...]) -> list[Finding]:
    """Return the findings with consequences folded in."""
    drafts = _fold_sums(drafts, lonely)
    drafts = _fold_satisfaction(_fold_overwritten(facts, drafts))
    return [draft.finding for draft in _fold_deleted(facts, drafts)]


def _fold_deleted(facts: Facts, drafts: list[Draft]) -> list[Draft]:
    """Fold formulas that a deleted row or sheet has altered (#REF!) under the row or sheet that is missing."""
    gone = {(sheet, row) for sheet, match in facts.located.matches.items() for row in match.missing}
    sheets = set(facts.located.missing_sheets)
    roots = {(d.anchor.sheet, d.anchor.row): i for i, d in enumerate(drafts) if d.finding.rule == "S02" and d.anchor}
    if not (gone or sheets) or not roots:
        return drafts
    folded: dict[int, list[Finding]] = {}
    kept: list[int] = []
    for index, draft in enumerate(drafts):
        owner: int | None = None
        if draft.finding.rule == "S04" and draft.anchor and facts.changes.get(draft.anchor) is Change.ALTERED:
            for area in facts.plan.precedents(draft.anchor):
                lost = [(area.sheet, 1)] if area.sheet in sheets else []
                lost += [(area.sheet, row) for row in range(area.top, area.bottom + 1) if (area.sheet, row) in gone]
                owner = next((roots[key] for key in lost if key in roots), owner)
        if owner is None:
            kept.append(index)
        else:
            folded.setdefault(owner, []).append(draft.finding)
    return [_with(drafts[index], folded.get(index, [])) for index in kept]


def _with(draft: Draft, more: list[Finding]) -> Draft:
    if not more:
        return draft
    flat = [item for finding in more for item in (finding._replace(consequences=()), *finding.consequences)]
    return draft._replace(finding=draft.finding._replace(consequences=(*draft.finding.consequences, *flat)))


def _fold_sums(drafts: list[Draft], lonely: tuple[Line, ...]) -> list[Draft]:
    """Fold sums across sheets (X04) under the projects that have no sheet, where these account for the gap."""
    first = next((i for i, d in enumerate(drafts) if d.finding.rule == "C02"), None)
    if first is None or not lonely:
        return drafts
    folded: list[Finding] = []
    kept: list[Draft] = []
    for draft in drafts:
        column = _SUMS.get(draft.finding.row or "")
        left, right = draft.finding.left, draft.finding.right
        if column is not None and left and right and is_number(left.value) and is_number(right.value):
            assert isinstance(left.value, int | float)
            assert isinstance(right.value, int | float)
            missing = sum(line.amounts[column] or 0 for line in lonely)
            if abs(left.value + missing - right.value) <= 0.005 * (len(lonely) + 2):
                folded.append(draft.finding)
                continue
        kept.append(draft)
    first = next(i for i, d in enumerate(kept) if d.finding.rule == "C02")
    kept[first] = _with(kept[first], folded)
    return kept


def _fold_satisfaction(drafts: list[Draft]) -> list[Draft]:
    """Fold “not a figure” (T08) under “scored without a figure” (K06) where both are about the same cell."""
    without = {d.anchor: i for i, d in enumerate(drafts) if d.finding.rule == "K06"}
    kept: list[Draft] = []
    folded: dict[CellRef | None, Finding] = {}
    for draft in drafts:
        if draft.finding.rule == "T08" and draft.anchor in without:
            folded[draft.anchor] = draft.finding
        else:
            kept.append(draft)
    return [_with(d, [folded[d.anchor]]) if d.finding.rule == "K06" and d.anchor in folded else d for d in kept]


def _fold_overwritten(facts: Facts, drafts: list[Draft]) -> list[Draft]:
    roots: dict[CellRef | None, Draft] = {
        d.anchor: d for d in drafts if d.finding.rule == "S04" and d.anchor is not None
    }
    if not roots:
        return drafts
    others = [d for d in drafts if d.finding.rule != "S04"]
    owner: dict[int, CellRef] = {}
    for index, draft in enumerate(others):
        cell = _owner(facts, draft, roots)
        if cell is not None:
            owner[index] = cell
    result: list[Draft] = []
    done: set[CellRef] = set()
    for index, draft in enumerate(others):
        if index not in owner:
            result.append(draft)
            continue
        root = owner[index]
        if root in done:
            continue
        done.add(root)
        members = [others[i] for i, cell in owner.items() if cell == root]
        main = _main(facts, root, members)
        if main is None:
            result.append(_with(roots[root], [m.finding for m in members]))
        else:
            apart = [m for m in members if m is not main and m.finding.rule in _ENTRY]
            rest = [m.finding for m in members if m is not main and m not in apart]
            result.append(_with(main, [roots[root].finding, *rest]))
            result += apart
    result += [draft for cell, draft in roots.items() if cell not in done]
    return _tell_totals(facts, result, set(roots))


#: Findings about an entry; where the formula of their row gives nothing because of them, they are the cause.
_ENTRY = frozenset({"T07", "T08", "K04", "T01", "T02", "T03"})


def _owner(facts: Facts, draft: Draft, roots: dict[CellRef | None, Draft]) -> CellRef | None:
    """Return the overwritten cell that a finding belongs with, None where it stands by itself."""
    anchor, rule = draft.anchor, draft.finding.rule
    if draft.finding.explained is not None or anchor is None:
        return None
    if rule == "T10" and anchor in roots:
        return anchor
    if rule in _ENTRY:
        # the formula of the same row gives nothing, and a figure was typed over it
        for cell in roots:
            if cell and (cell.sheet, cell.row) == (anchor.sheet, anchor.row) and cell in facts.unmendable:
                return cell
    judged = draft.flag if draft.flag is not None else _result_cell(facts, draft)
    if judged is None or same_value(facts.value(judged), facts.mended_value(judged)):
        return None
    if anchor in roots:
        return anchor
    return next((cell for cell in sorted(reach_of(facts, judged)) if cell in roots), None)


def _main(facts: Facts, root: CellRef, members: list[Draft]) -> Draft | None:
    """Return the finding that says best what is wrong with an overwritten cell, None for the overwriting itself."""
    for member in members:
        own = member.finding.rule == "T10" or member.flag is not None
        if member.finding.rule in _ENTRY or (own and member.anchor == root):
            return member
    for member in members:
        result = _result_cell(facts, member)
        if member.anchor == root and result is not None:
            row = next(r for r in facts.instance.reviews if r.cell("result") == result)
            areas = facts.plan.precedents(row.cell("left"))
            if len(areas) == 1 and areas[0].top == areas[0].bottom and areas[0].left == areas[0].right:
                return member
    return None


def _result_cell(facts: Facts, draft: Draft) -> CellRef | None:
    """Return the result of the row of 审核 that a finding comes from; project sheets have rows of the same 编号."""
    if draft.flag is not None or draft.finding.row is None:
        return None
    rows = [row for row in facts.instance.reviews if row.id == draft.finding.row]
    own = [row for row in rows if draft.anchor and row.sheet == draft.anchor.sheet]
    fixed = [row for row in rows if not facts.instance.sheet(row.sheet).number]
    chosen = own or fixed or rows
    return chosen[0].cell("result") if chosen else None


def _tell_totals(facts: Facts, drafts: list[Draft], roots: set[CellRef | None]) -> list[Draft]:
    """Add to the first finding on a sheet's scores what its total and grade would be once all is mended."""
    for name, area in facts.instance.names.items():
        if name.rpartition("_")[2] not in _TELLING:
            continue
        cell = CellRef(area.sheet, area.top, area.left)
        now, then = facts.value(cell), facts.mended_value(cell)
        if cell in roots or same_value(now, then):
            continue
        causes = reach_of(facts, cell)
        index = next((i for i, d in enumerate(drafts) if d.anchor in causes and d.anchor not in facts.unmendable), None)
        if index is None:
            continue
        label = facts.label(cell)
        shown = show_number(then) if is_number(then) and isinstance(then, int | float) else str(then)
        told = Finding(
            rule="B08" if name.endswith("总分") else "B09",
            level=Level.NOTICE,
            message=f"连同其他各处改正后，“{label}”应为 {shown}。",
            places=(facts.place(cell),),
            left=Side("现为", now, facts.place(cell)),
            right=Side("应为", then),
        )
        drafts[index] = _with(drafts[index], [told])
    return drafts
