"""What the lint looks at: a template with the XML of its sheets, for what the snapshot leaves out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from lxml import etree

from xlperf.address import CellRef, parse_area
from xlperf.recompute import FormulaBook, formula_book
from xlperf.template.library import Template
from xlperf.template.review import ReviewRow, find_review_rows
from xlperf.workbook.package import Package
from xlperf.workbook.snapshot import SheetSnapshot, Validation


@dataclass(frozen=True, slots=True)
class Violation:
    """A breach of the conventions: where it stands, what is wrong, what to do; all in Chinese."""

    where: str
    what: str
    todo: str


def place(cell: CellRef) -> str:
    """Return a cell as the user reads it: ``附件3-1!B7``, without the quotes of a formula."""
    return f"{cell.sheet}!{cell.a1}"


class Book:
    """A template, its parts, and the indices that several checks share."""

    def __init__(self, template: Template) -> None:
        self.template = template
        self.snapshot = template.snapshot
        self.dictionary = template.dictionary

    @cached_property
    def package(self) -> Package:
        """The parts of the file."""
        return self.template.package()

    @cached_property
    def workbook(self) -> etree._Element:
        """The XML of the workbook part."""
        return self.package.tree(self.package.workbook_part)

    @cached_property
    def roots(self) -> dict[str, etree._Element]:
        """The XML of every sheet, by name."""
        relations = self.package.relationships(self.package.workbook_part)
        roots: dict[str, etree._Element] = {}
        for node in self.workbook.iterfind("{*}sheets/{*}sheet"):
            key = next((str(value) for name, value in node.items() if str(name).endswith("}id")), "")
            roots[node.get("name", "")] = self.package.tree(relations[key].target)
        return roots

    @cached_property
    def styles(self) -> dict[CellRef, int]:
        """The style of every cell that the file mentions, empty ones included."""
        styles: dict[CellRef, int] = {}
        for sheet, root in self.roots.items():
            for node in root.iterfind("{*}sheetData/{*}row/{*}c"):
                top, left, _, _ = parse_area(node.get("r", "A1"))
                styles[CellRef(sheet, top, left)] = int(node.get("s", "0"))
        return styles

    def locked(self, cell: CellRef) -> bool:
        """Whether a cell is locked once its sheet is protected."""
        locked = self.snapshot.locked
        style = self.styles.get(cell, 0)
        return locked[style] if style < len(locked) else True

    @cached_property
    def formulas(self) -> dict[CellRef, str]:
        """Every formula of a cell."""
        return dict(self.formula_book.formulas)

    @cached_property
    def formula_book(self) -> FormulaBook:
        """The workbook as recompute wants it."""
        return formula_book(self.snapshot)

    @cached_property
    def reviews(self) -> tuple[ReviewRow, ...]:
        """Every check of every table of checks."""
        return tuple(
            row for sheet in self.snapshot.sheets for row in find_review_rows(sheet.name, sheet.cells)
        )

    @cached_property
    def inputs(self) -> dict[CellRef, str]:
        """Every cell that the unit fills in, with what it is called."""
        areas, dictionary = self.template.areas, self.dictionary
        cells: dict[CellRef, str] = {}
        for name, field in dictionary.fields.items():
            if field.kind.is_input and name in areas:
                cells[CellRef(areas[name].sheet, areas[name].top, areas[name].left)] = name
        for name, block in dictionary.blocks.items():
            if name in areas:
                for row in range(areas[name].top, areas[name].bottom + 1):
                    for column in block.columns:
                        if column.kind.is_input:
                            cells[CellRef(areas[name].sheet, row, column.column)] = f"{name}的{column.key}"
        for review in self.reviews:
            if review.level == "核实":
                cells[review.cell("explanation")] = f"{review.id} 的审核说明"
        return cells

    def sheets(self) -> Iterator[tuple[SheetSnapshot, etree._Element]]:
        """Yield every sheet with its XML."""
        for sheet in self.snapshot.sheets:
            if sheet.name in self.roots:
                yield sheet, self.roots[sheet.name]

    def validation(self, cell: CellRef) -> Validation | None:
        """Return the data validation that covers a cell."""
        for top, left, bottom, right, validation in self._validations.get(cell.sheet, ()):
            if top <= cell.row <= bottom and left <= cell.column <= right:
                return validation
        return None

    @cached_property
    def _validations(self) -> dict[str, list[tuple[int, int, int, int, Validation]]]:
        return {
            sheet.name: [
                (*parse_area(area), validation)
                for validation in sheet.validations
                for area in validation.areas
            ]
            for sheet in self.snapshot.sheets
        }
