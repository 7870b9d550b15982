"""Cells in few words: neighbouring cells drawn together into ranges."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from xlperf.address import CellRef, RangeRef
from xlperf.findings import Place
from xlperf.reporters.layout import clip

LABEL_COLUMNS = 40


class Area(NamedTuple):
    """A rectangle of neighbouring cells and the label common to them, if there is one."""

    range: RangeRef
    label: str = ""


def cell_name(cell: CellRef | RangeRef, home: str | None = None) -> str:
    """Return ``D14``, led by the sheet's name where that is not ``home``: ``附件3-1!D14``."""
    return cell.a1 if cell.sheet == home else f"{clip(cell.sheet, LABEL_COLUMNS)}!{cell.a1}"


def merge(cells: Iterable[CellRef]) -> list[RangeRef]:
    """Draw cells together into rectangles: runs down a column first, then equal runs side by side.

    Sheets keep their order of appearance; within one they go from top to bottom. A repeated cell counts once.
    """
    unique = dict.fromkeys(cells)
    sheets = {sheet: index for index, sheet in enumerate(dict.fromkeys(cell.sheet for cell in unique))}
    runs: list[RangeRef] = []
    for cell in sorted(unique, key=lambda c: (sheets[c.sheet], c.column, c.row)):
        last = runs[-1] if runs else None
        if last and (last.sheet, last.left, last.bottom + 1) == (cell.sheet, cell.column, cell.row):
            runs[-1] = last._replace(bottom=cell.row)
        else:
            runs.append(RangeRef(cell.sheet, cell.row, cell.column, cell.row, cell.column))
    areas: list[RangeRef] = []
    for run in sorted(runs, key=lambda r: (sheets[r.sheet], r.top, r.bottom, r.left)):
        last = areas[-1] if areas else None
        if last and last[:2] == run[:2] and (last.bottom, last.right + 1) == (run.bottom, run.left):
            areas[-1] = last._replace(right=run.right)
        else:
            areas.append(run)
    return areas


def areas(places: Sequence[Place]) -> list[Area]:
    """Return the rectangles of the places, each with its label where all its cells share one."""
    labels = {place.cell: place.label for place in places}
    found = []
    for rectangle in merge(labels):
        common = {labels[cell] for cell in rectangle.cells()}
        found.append(Area(rectangle, common.pop() if len(common) == 1 else ""))
    return found


def in_few_words(places: Sequence[Place], home: str | None = None, limit: int | None = None) -> str:
    """Return ``J8:J12（实际完成值）、D20；附件1：F29 等 9 格``: ``limit`` areas, then how many cells."""
    found = areas(places)
    shown = found[:limit]
    words, sheet = "", home
    for area in shown:
        same = area.range.sheet == sheet
        words += ("、" if same else "；") if words else ""
        words += area.range.a1 if same else f"{clip(area.range.sheet, LABEL_COLUMNS)}：{area.range.a1}"
        words += f"（{clip(area.label, LABEL_COLUMNS)}）" if area.label else ""
        sheet = area.range.sheet
    if len(shown) < len(found):
        return f"{words} 等 {len({place.cell for place in places})} 格"
    return words
