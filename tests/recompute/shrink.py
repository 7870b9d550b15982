"""Differences between two engines brought down to the smallest piece that still differs."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from against import Pair, compare
from deviations import Difference
from grammar import CELLS, Formula

from xlperf.address import CellRef, parse_a1
from xlperf.errors import FormulaUnsupported
from xlperf.recompute import FormulaBook, ShapeCache, compile_plan
from xlperf.values import ExcelError, Scalar


def evaluate(text: str, cells: Mapping[str, Scalar] = CELLS) -> Scalar:
    """Return what this engine makes of a formula; None where it does not check it."""
    here = CellRef("数据", 1, 26)
    plan = compile_plan(FormulaBook(("数据",), {}, {here: text}), ShapeCache(""))
    try:
        return plan.evaluate(here, {"数据": {parse_a1(address): value for address, value in cells.items()}})
    except FormulaUnsupported:
        return None


def smallest(formulas: Sequence[Formula]) -> dict[str, Difference]:
    """Return, for formulas that differ, the smallest piece of each that differs: one more document for all."""
    pieces = {piece.text: piece for formula in formulas for piece in formula.pieces()}
    if not pieces:
        return {}
    with tempfile.TemporaryDirectory() as folder:
        pairs = {pair.formula: pair for pair in compare(Path(folder), CELLS, list(pieces))}
    found: dict[str, Difference] = {}
    for formula in formulas:
        differing = [piece for piece in formula.pieces() if pairs[piece.text].differs] or [formula]
        piece = min(differing, key=lambda piece: len(piece.text))
        found[formula.text] = difference_of(piece, pairs[piece.text])
    return found


def difference_of(piece: Formula, pair: Pair) -> Difference:
    """Return all that a deviation may look at."""
    values = tuple(evaluate(part.text) for part in piece.parts)
    text = piece.text
    for part, value in zip(piece.parts, values, strict=True):
        if isinstance(value, bool):
            text = text.replace(part.text, f"({part.text})*1", 1)
    text = re.sub(r"\bTRUE\b", "1", re.sub(r"\bFALSE\b", "0", text))
    numbers = {
        address: int(value) if isinstance(value, bool) else value for address, value in CELLS.items()
    }
    return Difference(piece.text, pair.ours, pair.theirs, values, evaluate(text, numbers))


def inputs_of(text: str) -> dict[str, Scalar | str]:
    """Return the cells that a formula names, for a message."""
    found: dict[str, Scalar | str] = {}
    for first, last in re.findall(r"\b([A-J]\d{1,2})(?::([A-J]\d{1,2}))?\b", text):
        (top, left), (bottom, right) = parse_a1(first), parse_a1(last or first)
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                address = CellRef("", row, column).a1
                value = CELLS.get(address)
                found[address] = value.value if isinstance(value, ExcelError) else value
    return found
