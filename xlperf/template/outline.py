"""The outline of a template: the little of its cells by which a submission is laid against it.

Kept in the private cache beside the dictionary, so that a new process need not make the template's thousands of cells.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from xlperf.address import RangeRef, parse_area
from xlperf.template.dictionary import Dictionary
from xlperf.template.labels import labels_of, title_of
from xlperf.workbook.snapshot import SheetSnapshot, Snapshot, Validation

Corners = tuple[int, int, int, int]


class SheetOutline(NamedTuple):
    """One sheet: its title, last row, number of cells, validated areas (top, left, bottom, right), and its labels.

    ``labels`` are as of :func:`~xlperf.template.anchors.labels_of`, in order, without the rows of blocks after the
    first, which are copies that no label can tell apart.
    """

    name: str
    state: str
    title: str
    last: int
    cells: int
    validated: tuple[Corners, ...]
    labels: Mapping[tuple[int, str], int]


class Outline(NamedTuple):
    """All sheets in order; the number of cells in the first row of each block; number formats by style."""

    sheets: tuple[SheetOutline, ...]
    widths: Mapping[str, int]
    number_formats: tuple[str, ...]

    def sheet(self, name: str) -> SheetOutline:
        """Return the sheet of that name. Raises KeyError."""
        for sheet in self.sheets:
            if sheet.name == name:
                return sheet
        raise KeyError(name)


def outline_of(snapshot: Snapshot, dictionary: Dictionary, areas: Mapping[str, RangeRef]) -> Outline:
    """Return the outline of a template; ``areas`` are those of its defined names."""
    blocks = {name: areas[name] for name in dictionary.blocks if name in areas}
    return Outline(
        tuple(_sheet(sheet, blocks) for sheet in snapshot.sheets),
        {name: _width(snapshot.sheet(area.sheet), area.top) for name, area in blocks.items()},
        snapshot.number_formats,
    )


def _sheet(sheet: SheetSnapshot, blocks: Mapping[str, RangeRef]) -> SheetOutline:
    own = [area for area in blocks.values() if area.sheet == sheet.name]
    copies = frozenset(row for area in own for row in range(area.top + 1, area.bottom + 1))
    return SheetOutline(
        sheet.name,
        sheet.state,
        title_of(sheet),
        max((row for row, _ in sheet.cells), default=1),
        len(sheet.cells),
        tuple(areas_of(sheet.validations)),
        dict(sorted(labels_of(sheet, copies).items())),
    )


def _width(sheet: SheetSnapshot | None, top: int) -> int:
    return sum(row == top for row, _ in sheet.cells) if sheet is not None else 0


def areas_of(validations: tuple[Validation, ...]) -> Iterator[Corners]:
    """Yield the areas that have a validation: top, left, bottom, right."""
    for validation in validations:
        for text in validation.areas:
            try:
                yield parse_area(text)
            except ValueError:
                continue
