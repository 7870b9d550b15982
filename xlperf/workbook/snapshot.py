"""A workbook as facts without meaning: what stands in which cell, frozen.

The file reader and a live Excel book yield the same :class:`Snapshot`, so every check runs on the same facts.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from xlperf.address import CellRef, RangeRef
from xlperf.values import Scalar


class Cell(NamedTuple):
    """One cell: its value (for a formula, the value stored with it), its formula without ``=``, its style index.

    A tuple, as there are thousands in every file and nothing is made faster. ``cached`` tells whether a formula cell
    carries a stored result at all; files written by programs that do not calculate have none.
    """

    value: Scalar = None
    formula: str | None = None
    style: int = 0
    cached: bool = True


class Validation(NamedTuple):
    """One data validation: the areas it covers (A1, without sheet) and what it demands."""

    areas: tuple[str, ...]
    kind: str
    formula1: str | None = None
    formula2: str | None = None
    operator: str = "between"
    prompt: str = ""
    error: str = ""


class DefinedName(NamedTuple):
    """A defined name; ``scope`` is the sheet it belongs to, None for the whole workbook."""

    name: str
    text: str
    scope: str | None = None
    hidden: bool = False


class Table(NamedTuple):
    """A table (ListObject): its whole area, column names in order, and how many rows of it are header and totals."""

    name: str
    area: RangeRef
    columns: tuple[str, ...]
    header_rows: int = 1
    totals_rows: int = 0
    filtered: bool = False


class SheetSnapshot(NamedTuple):
    """One sheet: cells by ``(row, column)``; empty cells that only carry a style are left out.

    ``arrays`` holds the areas of array formulas, those of one cell too; ``dynamic`` the first cells of those whose
    size follows their result. ``filtered`` tells that rows may be hidden by a filter rather than by hand.
    """

    name: str
    cells: Mapping[tuple[int, int], Cell]
    merges: tuple[tuple[int, int, int, int], ...] = ()
    validations: tuple[Validation, ...] = ()
    state: str = "visible"
    hidden_rows: frozenset[int] = frozenset()
    protected: bool = False
    arrays: tuple[tuple[int, int, int, int], ...] = ()
    dynamic: frozenset[tuple[int, int]] = frozenset()
    tables: tuple[Table, ...] = ()
    filtered: bool = False

    def value(self, row: int, column: int) -> Scalar:
        """Return the value of a cell; None where it is empty."""
        cell = self.cells.get((row, column))
        return cell.value if cell is not None else None


class Snapshot(NamedTuple):
    """A whole workbook, as read.

    ``source`` is the name shown to the user; ``digest`` the SHA-256 of the file; ``number_formats`` and ``locked`` are
    indexed by a cell's style. ``full_precision`` is False where Excel cuts every number to what its cell shows.
    """

    source: str
    digest: str
    sheets: tuple[SheetSnapshot, ...]
    names: tuple[DefinedName, ...] = ()
    number_formats: tuple[str, ...] = ("General",)
    locked: tuple[bool, ...] = (True,)
    properties: Mapping[str, str] = MappingProxyType({})
    application: str = ""
    date1904: bool = False
    full_precision: bool = True
    macros: bool = False
    external_links: tuple[str, ...] = ()

    def sheet(self, name: str) -> SheetSnapshot | None:
        """Return the sheet of that name (letter case does not matter), or None."""
        wanted = name.casefold()
        return next((sheet for sheet in self.sheets if sheet.name.casefold() == wanted), None)

    def cell(self, ref: CellRef) -> Cell | None:
        """Return the cell at an address, or None where nothing stands."""
        sheet = self.sheet(ref.sheet)
        return sheet.cells.get((ref.row, ref.column)) if sheet else None
