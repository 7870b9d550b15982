"""A snapshot as plain data and back, for the private cache: lists, texts and numbers, nothing that runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from xlperf.values import ExcelError, Scalar
from xlperf.workbook.snapshot import Cell, DefinedName, SheetSnapshot, Snapshot, Validation

Cells = Mapping[tuple[int, int], Cell]
_AS_THEY_ARE = frozenset((str, int, float, bool, type(None)))


class Texts:
    """Texts that are written once and meant by number; −1 is no text."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        self.all = list(known)
        self._numbers = {text: number for number, text in enumerate(self.all)}

    def number(self, text: str | None) -> int:
        """Return the number of a text, giving it one where it is new."""
        if text is None:
            return -1
        number = self._numbers.get(text)
        if number is None:
            number = self._numbers[text] = len(self.all)
            self.all.append(text)
        return number


def cells_to_plain(cells: Cells, texts: Texts) -> list[Any]:
    """Return cells as one flat list: row, column, value, formula, style, cached, for each."""
    flat: list[Any] = []
    for (row, column), (value, formula, style, cached) in cells.items():
        flat += (row, column, scalar_to_plain(value), texts.number(formula), style, cached)
    return flat


def cells_from_plain(flat: list[Any], texts: list[str]) -> dict[tuple[int, int], Cell]:
    """Return the cells of a flat list. Raises IndexError, TypeError or ValueError for what is none."""
    new, each = tuple.__new__, iter(flat)
    return {
        (row, column): new(
            Cell,
            (
                value if value.__class__ in _AS_THEY_ARE else scalar_from_plain(value),
                texts[formula] if formula >= 0 else None,
                style,
                cached,
            ),
        )
        for row, column, value, formula, style, cached in zip(each, each, each, each, each, each, strict=True)
    }


def scalar_to_plain(value: Scalar) -> Any:
    """Return a cell's value; an error as a list of its text."""
    return [value.value] if isinstance(value, ExcelError) else value


def scalar_from_plain(value: Any) -> Scalar:
    """Return the value that :func:`scalar_to_plain` wrote. Raises ValueError for what is none."""
    if isinstance(value, list):
        return ExcelError(value[0])
    if value.__class__ not in _AS_THEY_ARE:
        raise ValueError(f"not a value: {type(value)}")
    return value  # type: ignore[no-any-return]  # one of the classes just named


def snapshot_to_plain(snapshot: Snapshot) -> dict[str, Any]:
    """Return a snapshot as plain data."""
    texts = Texts()
    sheets = [
        {
            "name": sheet.name,
            "state": sheet.state,
            "protected": sheet.protected,
            "hidden_rows": sorted(sheet.hidden_rows),
            "merges": sheet.merges,
            "validations": sheet.validations,
            "cells": cells_to_plain(sheet.cells, texts),
        }
        for sheet in snapshot.sheets
    ]
    return {
        "source": snapshot.source,
        "digest": snapshot.digest,
        "sheets": sheets,
        "texts": texts.all,
        "names": [(name.name, name.text, name.scope, name.hidden) for name in snapshot.names],
        "number_formats": snapshot.number_formats,
        "locked": snapshot.locked,
        "properties": dict(snapshot.properties),
        "application": snapshot.application,
        "flags": (snapshot.date1904, snapshot.macros),
        "external_links": snapshot.external_links,
    }


def snapshot_from_plain(plain: Any) -> Snapshot:
    """Return the snapshot of plain data. Raises KeyError, IndexError, TypeError or ValueError for what is none."""
    texts = plain["texts"]
    date1904, macros = plain["flags"]
    return Snapshot(
        source=plain["source"],
        digest=plain["digest"],
        sheets=tuple(_sheet_from_plain(sheet, texts) for sheet in plain["sheets"]),
        names=tuple(DefinedName(*name) for name in plain["names"]),
        number_formats=tuple(plain["number_formats"]),
        locked=tuple(plain["locked"]),
        properties=plain["properties"],
        application=plain["application"],
        date1904=date1904,
        macros=macros,
        external_links=tuple(plain["external_links"]),
    )


def _sheet_from_plain(plain: Any, texts: list[str]) -> SheetSnapshot:
    return SheetSnapshot(
        name=plain["name"],
        cells=cells_from_plain(plain["cells"], texts),
        merges=tuple(tuple(area) for area in plain["merges"]),
        validations=tuple(Validation(tuple(areas), *rest) for areas, *rest in plain["validations"]),
        state=plain["state"],
        hidden_rows=frozenset(plain["hidden_rows"]),
        protected=plain["protected"],
    )
