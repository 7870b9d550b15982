"""Where everything of the template stands in a submission: sheets, rows, columns, and the shape that follows.

Defined names come first, as Excel moves them with rows and copies them with sheets; labels serve where names are
lost. What fits nowhere is kept, for a finding with a place.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import NamedTuple

from xlperf.address import RangeRef, parse_range
from xlperf.errors import LimitExceeded
from xlperf.template.anchors import longest_chain, most_voted, shifted_column
from xlperf.template.dictionary import SHEET
from xlperf.template.instantiate import Instance, Shape, instantiate
from xlperf.template.labels import labels_of, title_of
from xlperf.template.library import Template
from xlperf.workbook.limits import Limits
from xlperf.workbook.snapshot import SheetSnapshot, Snapshot


class SheetMatch:
    """One sheet of the instance and the sheet of the submission that stands for it.

    ``rows`` maps rows of the instance to rows of the submission; rows that are missing there are absent. ``extra``
    are rows of the submission that belong to nothing; ``columns`` likewise maps columns.
    """

    def __init__(self, expected: str, origin: str, number: int, sheet: SheetSnapshot) -> None:
        self.expected, self.origin, self.number, self.sheet = expected, origin, number, sheet
        self.rows: dict[int, int] = {}
        self.columns: dict[int, int] = {}
        self.extra: tuple[int, ...] = ()
        self.missing: tuple[int, ...] = ()
        self.seal()

    def back_row(self, row: int) -> int | None:
        """Row of the instance that stands at a row of the submission."""
        return self._back.get(row)

    def back_column(self, column: int) -> int | None:
        """Column of the instance that stands at a column of the submission."""
        return self._back_columns.get(column, column if not self._shifted else None)

    def forth_column(self, column: int) -> int | None:
        """Column of the submission that a column of the instance stands at, the way :meth:`back_column` goes back."""
        return self._forth_columns.get(column, column if not self._shifted else None)

    @property
    def shifted(self) -> bool:
        """Whether columns were inserted or deleted."""
        return self._shifted

    def seal(self) -> None:
        """Prepare the way back once rows and columns are known."""
        self._back = {there: here for here, there in self.rows.items()}
        self._back_columns = {there: here for here, there in self.columns.items()}
        self._forth_columns = {here: there for there, here in self._back_columns.items()}
        self._shifted = any(here != there for here, there in self.columns.items())
        #: Whether every row and column of the sheet stands where the instance has it.
        self.straight = not self._shifted and all(here == there for here, there in self.rows.items())


class Located(NamedTuple):
    """The submission laid against the instance of its own shape."""

    instance: Instance
    matches: dict[str, SheetMatch]
    missing_sheets: tuple[str, ...]
    unknown_sheets: tuple[str, ...]
    out_of_place: tuple[str, ...]


class _Anchor(NamedTuple):
    """A defined name of the submission, as an area of one of its sheets; ``own`` if it belongs to the sheet."""

    name: str
    area: RangeRef
    own: bool


def locate(snapshot: Snapshot, template: Template) -> Located:
    """Find sheets, rows and columns of a submission.

    Never raises for a disturbed workbook, but LimitExceeded for one stretched beyond measure.
    """
    anchors = _anchors(snapshot)
    fixed, projects = _sheets(snapshot, template, anchors)
    layouts: dict[str, _Layout] = {}
    for name, sheet in fixed.items():
        layouts[name] = _Layout(template, name, sheet, anchors.get(sheet.name, []), "")
    blocks: dict[str, int] = {}
    for layout in layouts.values():
        blocks.update(layout.block_rows())
    project_layouts = [
        _Layout(template, template.dictionary.prototype, sheet, anchors.get(sheet.name, []), template.dictionary.prefix)
        for sheet in projects
    ]
    shape = Shape.of(blocks, [layout.block_rows() for layout in project_layouts])
    _see_that_it_fits(snapshot, template, shape)
    instance = instantiate(template, shape)
    matches: dict[str, SheetMatch] = {}
    for name, layout in layouts.items():
        matches[name] = layout.match(instance, name, 0)
    for number, layout in enumerate(project_layouts, 1):
        expected = template.dictionary.project_sheet(number)
        matches[expected] = layout.match(instance, expected, number)
    taken = {match.sheet.name for match in matches.values()}
    return Located(
        instance,
        matches,
        tuple(sheet.name for sheet in instance.sheets if sheet.name not in matches and sheet.name != SHEET),
        tuple(sheet.name for sheet in snapshot.sheets if sheet.name not in taken and sheet.name != SHEET),
        _out_of_place(snapshot, instance, matches),
    )


def _see_that_it_fits(snapshot: Snapshot, template: Template, shape: Shape) -> None:
    """Raise LimitExceeded for a shape far beyond what stands in the workbook or may, before its cells are made.

    A name that points far down, or one label at the end of a sheet, stretches a block to thousands of rows. Filled in
    or not, most cells of a form have a label or a formula.
    """
    dictionary = template.dictionary
    sizes = {sheet.name: sheet.cells for sheet in template.outline.sheets}
    prototype = sizes.pop(dictionary.prototype, 0)
    cells = sum(sizes.values()) + prototype * len(shape.projects)
    for rows in (shape.blocks, *shape.projects):
        for name, count in dict(rows).items():
            area = template.areas[name]
            cells += max(0, count - (area.bottom - area.top + 1)) * template.outline.widths[name]
    most = min(Limits().cells, 5_000 + 4 * sum(len(sheet.cells) for sheet in snapshot.sheets))
    if cells > most:
        raise LimitExceeded(
            f"“{snapshot.source}”的表格被拉得过长（按其行数和项目张数要有 {cells} 格，上限 {most} 格），不予审核。"
            "请删去块中多余的空行，或用下发的模板重新填报。"
        )


def _anchors(snapshot: Snapshot) -> dict[str, list[_Anchor]]:
    """Return the names of the submission by the sheet they point to."""
    known = {sheet.name.casefold(): sheet.name for sheet in snapshot.sheets}
    found: dict[str, list[_Anchor]] = {}
    for name in snapshot.names:
        if name.name.startswith("_xlnm"):
            continue
        try:
            area = parse_range(name.text.removeprefix("="))
        except ValueError:
            continue
        home = known.get(area.sheet.casefold())
        if home is not None:
            found.setdefault(home, []).append(_Anchor(name.name, area, name.scope is not None))
    return found


def _sheets(
    snapshot: Snapshot, template: Template, anchors: Mapping[str, list[_Anchor]]
) -> tuple[dict[str, SheetSnapshot], list[SheetSnapshot]]:
    """Tell the fixed sheets and the project sheets of a submission apart."""
    dictionary = template.dictionary
    fixed: dict[str, SheetSnapshot] = {}
    titles = {sheet.name: sheet.title for sheet in template.outline.sheets}
    names = [name for name in titles if name not in (dictionary.prototype, SHEET)]
    for name in names:
        sheet = snapshot.sheet(name)
        if sheet is not None:
            fixed[name] = sheet
    project_name = re.compile(_pattern(dictionary.project_prefix(1)))
    votes: dict[str, Counter[str]] = {}
    projects: list[SheetSnapshot] = []
    left = [
        sheet
        for sheet in snapshot.sheets
        if sheet.name != SHEET and all(sheet is not other for other in fixed.values())
    ]
    title = titles[dictionary.prototype]
    for sheet in left:
        own = anchors.get(sheet.name, ())
        tally: Counter[str] = Counter()
        project = 0
        for anchor in own:
            if project_name.match(anchor.name):
                project += 1
            elif anchor.name in dictionary.fields and not anchor.own:
                tally[dictionary.fields[anchor.name].sheet] += 1
        votes[sheet.name] = tally
        by_name = re.fullmatch(_sheet_pattern(dictionary.project_sheet(1)), sheet.name)
        if project >= 5 or (by_name and not tally) or (title and title_of(sheet) == title):
            projects.append(sheet)
    for name in names:
        if name in fixed:
            continue
        wanted = titles[name]
        for sheet in left:
            if sheet in projects or sheet in fixed.values():
                continue
            if votes[sheet.name][name] >= 3 or (wanted and title_of(sheet) == wanted):
                fixed[name] = sheet
                break
    return {name: fixed[name] for name in names if name in fixed}, projects


def _pattern(prefix: str) -> str:
    return re.escape(prefix).replace("1", r"\d+") + "(.+)"


def _sheet_pattern(name: str) -> str:
    return re.escape(name)[:-1] + r"\d+(?:\s*[（(]\d+[)）])?"


def _out_of_place(snapshot: Snapshot, instance: Instance, matches: Mapping[str, SheetMatch]) -> tuple[str, ...]:
    """Return project sheets that do not stand between their neighbours, so that sums across sheets miss them."""
    order = {sheet.name: index for index, sheet in enumerate(snapshot.sheets)}
    names = [sheet.name for sheet in instance.template.outline.sheets]
    index = names.index(instance.template.dictionary.prototype)
    first, last = matches.get(names[index - 1]), matches.get(names[index + 1])
    if first is None or last is None:
        return ()
    low, high = order[first.sheet.name], order[last.sheet.name]
    return tuple(
        match.sheet.name for match in matches.values() if match.number and not low < order[match.sheet.name] < high
    )


class _Layout:
    """The rows and columns of one template sheet found on one sheet of the submission."""

    def __init__(
        self, template: Template, origin: str, sheet: SheetSnapshot, anchors: Iterable[_Anchor], prefix: str
    ) -> None:
        self.template = template
        self.origin = origin
        self.sheet = sheet
        self.prefix = prefix
        self.outline = template.outline.sheet(origin)
        dictionary = template.dictionary
        self.blocks = sorted(
            (template.areas[name].top, template.areas[name].bottom, name)
            for name, block in dictionary.blocks.items()
            if block.sheet == origin
        )
        self.inside = frozenset(row for top, bottom, _ in self.blocks for row in range(top, bottom + 1))
        self.last = self.outline.last
        self.last_there = max((row for row, _ in sheet.cells), default=1)
        #: Fixed rows whose names and labels are lost while others have theirs: deleted.
        self.gone: frozenset[int] = frozenset()
        self.rows, self.columns, self.named = self._find(list(anchors))

    def _find(self, anchors: list[_Anchor]) -> tuple[dict[int, int], dict[int, int], bool]:
        by_name: dict[str, RangeRef] = {}
        pattern = re.compile(_pattern(self.prefix)) if self.prefix else None
        for anchor in sorted(anchors, key=lambda a: a.own):
            match = pattern.match(anchor.name) if pattern else None
            by_name[self.prefix + match[1] if match else anchor.name] = anchor.area
        rows: dict[int, Counter[int]] = {}
        columns: dict[int, Counter[int]] = {}
        for name, area in self.template.areas.items():
            if area.sheet != self.origin or name not in by_name:
                continue
            there = by_name[name]
            rows.setdefault(area.top, Counter())[there.top] += 1
            columns.setdefault(area.left, Counter())[there.left] += 1
        named = bool(rows)
        self._add_labels(rows)
        fixed = {area.top for area in self.template.areas.values() if area.sheet == self.origin} - self.inside
        self.gone = frozenset(fixed - rows.keys()) if named else frozenset()
        return longest_chain(rows), most_voted(columns), named

    def _add_labels(self, rows: dict[int, Counter[int]]) -> None:
        """Anchor rows without a name by the fixed texts that stand in them and nowhere else."""
        here = self.outline.labels
        there = labels_of(self.sheet, frozenset(), {text for _, text in here})
        for key, row in here.items():
            place = there.get(key)
            if place and row and row not in rows:
                rows[row] = Counter({place: 1})

    def _fixed(self) -> list[int]:
        return [row for row in range(1, self.last + 1) if row not in self.inside]

    def _block_span(self, index: int) -> tuple[int, int] | None:
        """Return first and last row of a block in the submission, None where nothing of it is left."""
        top, bottom, _ = self.blocks[index]
        before = max((row for row in self.rows if row < top), default=0)
        start = self.rows.get(top)
        if start is None and self.named:
            return None  # its name and its label are gone: all its rows are deleted
        if start is None:
            gap = sum(1 for row in range(before + 1, top) if self._stands(row))
            start = (self.rows[before] if before else 0) + 1 + gap
        after = min((row for row in self.rows if row > bottom), default=None)
        if after is None:
            end = min(self.last_there, start + bottom - top)
        else:
            between = sum(1 for row in range(bottom + 1, after) if self._stands(row))
            end = self.rows[after] - 1 - between
        return (start, end) if end >= start else None

    def _in_block(self, row: int) -> bool:
        return row in self.inside

    def _stands(self, row: int) -> bool:
        """Whether a row is a fixed one that was not deleted."""
        return row not in self.inside and row not in self.gone

    def block_rows(self) -> dict[str, int]:
        """Return the number of rows each block has in the submission, at least 1."""
        found: dict[str, int] = {}
        for index, (_, _, name) in enumerate(self.blocks):
            span = self._block_span(index)
            found[name] = span[1] - span[0] + 1 if span else 1
        return found

    def match(self, instance: Instance, expected: str, number: int) -> SheetMatch:
        """Lay the sheet against the instance of its own shape."""
        sheet = instance.sheet(expected)
        match = SheetMatch(expected, self.origin, number, self.sheet)
        for index, (top, bottom, _) in enumerate(self.blocks):
            span = self._block_span(index)
            if span:
                first = sheet.rows.start(top)
                match.rows.update({first + offset: span[0] + offset for offset in range(span[1] - span[0] + 1)})
            else:
                match.missing += tuple(range(sheet.rows.start(top), sheet.rows.end(bottom) + 1))
        taken = set(match.rows.values())
        placed = self._fixed_rows()
        for row in self._fixed():
            there = placed.get(row)
            if there is None or there in taken:
                match.missing += (sheet.rows.start(row),)
            else:
                taken.add(there)
                match.rows[sheet.rows.start(row)] = there
        match.missing = tuple(row for row in match.missing if any(key[0] == row for key in sheet.cells))
        used = {row for row, _ in self.sheet.cells}
        inside = max(match.rows.values(), default=0)
        match.extra = tuple(sorted(row for row in used - taken if row <= inside))
        width = max((column for _, column in sheet.cells), default=1)
        match.columns = {column: shifted_column(column, self.columns) for column in range(1, width + 1)}
        match.seal()
        return match

    def _fixed_rows(self) -> dict[int, int]:
        """Place every fixed row: by its anchor, or beside its neighbours where there is room for it."""
        placed = {row: there for row, there in self.rows.items() if not self._in_block(row)}
        bounds = [(0, 0), *sorted(self.rows.items()), (self.last + 1, max(self.last_there, self.last) + 1)]
        for (here, there), (next_here, next_there) in pairwise(bounds):
            between = range(here + 1, next_here)
            first_block = next((row for row in (here, *between) if row and self._in_block(row)), next_here)
            for row in between:
                if not self._stands(row):
                    continue
                if row < first_block:
                    place = there + row - here - len(self.gone.intersection(range(here + 1, row)))
                elif not any(self._in_block(other) for other in range(row, next_here)) and next_here <= self.last:
                    place = next_there - (next_here - row) + len(self.gone.intersection(range(row, next_here)))
                else:
                    continue
                if there < place < next_there:
                    placed[row] = place
        return placed
