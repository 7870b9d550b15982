"""Recomputing every formula of any workbook, with or without a template, and comparing with what is stored.

::

    from pathlib import Path
from typing import NamedTuple
    from xlperf.recalc import Agreement, recalc_file

    done = recalc_file(Path("预算.xlsx"))
    for item in done.cells:                      # every formula cell, in workbook order
        if item.outcome is Agreement.DIFFER:
            print(item.cell, item.formula, item.cached, item.recomputed)

Nothing is written, no macro is run, no other file is opened. A formula that is not vouched for, or that reads one, is
not checked and says why; its value is never guessed, and not checked never counts as agreeing.

Two numbers agree where they differ by at most 1E-14 of the larger one: programs add in different orders, so that the
last of the 53 bits that a cell keeps differ, while Excel shows and compares 15 digits. Where a formula only adds and
subtracts (``+``, ``-``, SUM, ABS), what is left after cancelling may be nothing but these last bits; it then agrees
where it differs by at most 1E-15 of the sum of the magnitudes it adds. Text agrees to the letter, errors and truths
only with themselves, ``""`` neither with 0 nor with nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import NamedTuple

from xlperf.address import CellRef
from xlperf.errors import FormulaUnsupported
from xlperf.recompute import Grids, Plan, Recalculated, formula_book, given_values, plan_for
from xlperf.recompute.kernels.core import FROM_1904
from xlperf.values import Scalar, difference, is_number
from xlperf.workbook.limits import Limits
from xlperf.workbook.read import read_file
from xlperf.workbook.snapshot import Cell, Snapshot

_RELATIVE, _RESIDUE = 1e-14, 1e-15
_ADDITIVE = {"ref": None, "number": None, "func": ("SUM", "ABS"), "op": ("+", "-", "(", ")", ",")}
_CUT = "工作簿设为“将精度设为所显示的精度”，结果随显示位数而变，不复算"


class Agreement(Enum):
    """What became of one formula; ``.value`` is the word in the JSON."""

    AGREE = "agree"
    DIFFER = "differ"
    #: Not recomputed; the reason says why.
    UNCHECKED = "unchecked"
    #: Recomputed, but the file holds no result to compare with.
    UNCACHED = "uncached"


class Recomputed(NamedTuple):
    """One formula cell. ``cached`` is None where no result is stored, ``recomputed`` None where not checked."""

    cell: CellRef
    formula: str
    cached: Scalar
    recomputed: Scalar
    outcome: Agreement
    reason: str = ""

    @property
    def difference(self) -> str | None:
        """Recomputed − cached in decimal, where both are numbers and differ."""
        one, other = self.recomputed, self.cached
        if self.outcome is not Agreement.DIFFER or not (is_number(one) and is_number(other)):
            return None
        assert isinstance(one, int | float)
        assert isinstance(other, int | float)
        exact = difference(one, other)
        return f"{exact:f}" if -20 < exact.adjusted() <= 20 and exact else f"{one - other:.6E}"


@dataclass(frozen=True, slots=True)
class Recalculation:
    """All formula cells of a workbook, in its order. ``notes`` are sentences on what was left alone."""

    source: str
    digest: str
    cells: tuple[Recomputed, ...]
    notes: tuple[str, ...] = ()

    def count(self, outcome: Agreement) -> int:
        """Return how many formulas ended in an outcome."""
        return sum(item.outcome is outcome for item in self.cells)

    @property
    def exit_code(self) -> int:
        """1 where a formula differs; else 2 where there are formulas and not one could be recomputed; else 0."""
        if self.count(Agreement.DIFFER):
            return 1
        return 2 if self.cells and self.count(Agreement.UNCHECKED) == len(self.cells) else 0


def recalc_file(path: Path, limits: Limits = Limits()) -> Recalculation:  # noqa: B008 (frozen)
    """Recompute all formulas of a workbook file. Raises FileRefused for a file that cannot or must not be read."""
    return recalc_snapshot(read_file(path, limits))


def recalc_snapshot(snapshot: Snapshot) -> Recalculation:
    """Recompute all formulas of a workbook that is already read, from a file or from a live book."""
    book = formula_book(snapshot, intersects=True)
    plan = plan_for(book)
    if snapshot.full_precision:
        done = _run(plan, given_values(snapshot), snapshot.date1904)
    else:
        done = Recalculated({}, dict.fromkeys(book.formulas, _CUT))
    stored = {sheet.name: sheet.cells for sheet in snapshot.sheets}
    cells = tuple(
        _outcome(ref, stored[ref.sheet][ref.row, ref.column], formula, plan, done)
        for ref, formula in book.formulas.items()
    )
    return Recalculation(snapshot.source, snapshot.digest, cells, tuple(_notes(snapshot)))


def _run(plan: Plan, inputs: Grids, date1904: bool) -> Recalculated:
    token = FROM_1904.set(date1904)
    try:
        return plan.run(inputs)
    finally:
        FROM_1904.reset(token)


def _outcome(ref: CellRef, cell: Cell, formula: str, plan: Plan, done: Recalculated) -> Recomputed:
    cached = cell.value if cell.cached else None
    if ref in done.unchecked:
        return Recomputed(ref, formula, cached, None, Agreement.UNCHECKED, done.unchecked[ref])
    value = done.values[ref.sheet][ref.row, ref.column]
    if not cell.cached:
        return Recomputed(ref, formula, None, value, Agreement.UNCACHED, "文件里没有存储这个公式的结果")
    agree = agrees(cached, value) or _only_residue(cached, value, ref, formula, plan, done.values)
    return Recomputed(ref, formula, cached, value, Agreement.AGREE if agree else Agreement.DIFFER)


def agrees(one: Scalar, other: Scalar) -> bool:
    """Tell whether a stored and a recomputed value are the same; the description of the module says how."""
    if is_number(one) and is_number(other):
        assert isinstance(one, int | float)
        assert isinstance(other, int | float)
        return one == other or abs(one - other) <= _RELATIVE * max(abs(one), abs(other))
    return type(one) is type(other) and one == other


def _only_residue(
    one: Scalar, other: Scalar, ref: CellRef, formula: str, plan: Plan, values: Grids
) -> bool:
    """Tell whether two numbers differ only by what is left of the last bits after adding and subtracting."""
    if not (is_number(one) and is_number(other)) or not _only_adds(formula):
        return False
    assert isinstance(one, int | float)
    assert isinstance(other, int | float)
    added = sum(abs(number) for number in _read_by(ref, plan, values))
    return abs(one - other) <= _RESIDUE * added


def _only_adds(formula: str) -> bool:
    from xlperf.recompute.lexer import tokenize  # only where two numbers differ

    try:
        tokens = tokenize(formula)
    except FormulaUnsupported:
        return False
    return all(
        token.kind in _ADDITIVE and (_ADDITIVE[token.kind] is None or token.text in (_ADDITIVE[token.kind] or ()))
        for token in tokens
    )


def _read_by(ref: CellRef, plan: Plan, values: Grids) -> Iterator[float]:
    for area in plan.precedents(ref):
        for (row, column), value in values.get(area.sheet, {}).items():
            if area.top <= row <= area.bottom and area.left <= column <= area.right and is_number(value):
                assert isinstance(value, int | float)
                yield float(value)


def _notes(snapshot: Snapshot) -> Iterator[str]:
    if snapshot.macros:
        yield "工作簿含有宏，没有运行；用到自定义函数的公式不复算。"
    if snapshot.external_links:
        yield "工作簿链接了别的文件，没有打开；引用它们的公式不复算。"
    if snapshot.date1904:
        yield "工作簿用的是 1904 日期系统；结果与日期起点有关的公式不复算。"
    if not snapshot.full_precision:
        yield "工作簿设为“将精度设为所显示的精度”，公式都不复算。"
