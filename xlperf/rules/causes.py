"""One cause, one finding: consequences are folded under what they follow from.

The causes that can be told for certain: a formula overwritten (its relations fail because of it and hold again when it is
restored), an entry that is missing or unreadable in the same row, a project without a sheet (the sums across sheets
are off by its amounts).
"""

from __future__ import annotations

from dataclasses import replace

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
    drafts = _fold_overwritten(facts, drafts)
    return [draft.finding for draft in drafts]


def _with(draft: Draft, more: list[Finding]) -> Draft:
    if not more:
        return draft
    flat = [item for finding in more for item in (replace(finding, consequences=()), *finding.consequences)]
    return replace(draft, finding=replace(draft.finding, consequences=(*draft.finding.consequences, *flat)))


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


def _fold_overwritten(facts: Facts, drafts: list[Draft]) -> list[Draft]:
    roots = {d.anchor: d for d in drafts if d.finding.rule == "S04" and d.anchor is not None}
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
        main = next((m for m in members if m.anchor == root), None)
        if main is None:
            result.append(_with(roots[root], [m.finding for m in members]))
        else:
            rest = [m.finding for m in members if m is not main]
            result.append(_with(main, [roots[root].finding, *rest]))
    result += [draft for cell, draft in roots.items() if cell not in done]
    return _tell_totals(facts, result, set(roots))


def _owner(facts: Facts, draft: Draft, roots: dict[CellRef | None, Draft]) -> CellRef | None:
    """Return the overwritten cell that a finding follows from, None where it stands by itself."""
    anchor = draft.anchor
    if draft.finding.explained is not None:
        return None
    if anchor in roots and draft.finding.rule != "S12":
        return anchor
    if anchor is not None and draft.finding.rule in ("T07", "T08", "K04", "K06", "T01", "T02", "T03"):
        # the formula of the same row gives nothing, and a figure was typed over it
        for cell in roots:
            if cell and cell.sheet == anchor.sheet and cell.row == anchor.row and cell in facts.unmendable:
                if facts.block_of(cell) is not None and facts.changes[cell] is not Change.MISSING:
                    return None if _claimed(facts, cell) else cell
    if draft.flag is not None:
        if same_value(facts.value(draft.flag), facts.mended_value(draft.flag)):
            return None
        return next(iter(sorted(reach_of(facts, draft.flag))), None)
    if draft.finding.row is None or anchor is None:
        return None
    result = _result_cell(facts, draft)
    if result is None or same_value(facts.value(result), facts.mended_value(result)):
        return None
    return next(iter(sorted(reach_of(facts, result))), None)


def _claimed(facts: Facts, cell: CellRef) -> bool:
    return facts.block_of(cell) is None


def _result_cell(facts: Facts, draft: Draft) -> CellRef | None:
    for row in facts.instance.reviews:
        if row.id == draft.finding.row and draft.cells:
            if set(draft.cells) & {
                c for side in ("left", "right") for area in facts.plan.precedents(row.cell(side)) for c in area.cells()
            }:
                return row.cell("result")
    return None


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
        index = next(
            (i for i, d in enumerate(drafts) if d.anchor in causes and d.anchor not in facts.unmendable), None
        )
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
