"""Putting right in a copy what is certain: text numbers, blanks that are none, residue, overwritten formulas.

::

    from pathlib import Path
    from xlperf.fix import fix_file

    done = fix_file(Path("附件.xlsx"), Path("附件_已清理.xlsx"))
    for change in done.changes:
        print(change.place.cell, change.old, "→", change.new)
    for kept in done.kept:                       # found, but what it ought to be is not certain
        print(kept.place.cell, kept.why)

The file itself is never written. In the copy only the cells concerned change, and the stored results of formulas that
come out otherwise; everything else stays byte for byte. Where nothing is certain there is no copy. A figure that is
a number is never touched but where it was typed over a formula of the template, and then both are told.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from xlperf.address import CellRef, within
from xlperf.check import check_snapshot
from xlperf.errors import XlperfError
from xlperf.files import may_write, write
from xlperf.findings import Place, Report
from xlperf.recalc import Agreement, recalc_snapshot
from xlperf.rules import cleaning
from xlperf.rules.cleaning import Kept, Mend
from xlperf.rules.compare import gather
from xlperf.rules.facts import Facts
from xlperf.template.identify import identify
from xlperf.template.locate import locate
from xlperf.values import ExcelError, Scalar
from xlperf.workbook.limits import Limits
from xlperf.workbook.patch import At, Edit, Keep, patch
from xlperf.workbook.read import read_bytes
from xlperf.workbook.read_zip import load_bytes
from xlperf.workbook.snapshot import Cell, Snapshot

#: How often the entries are looked at again: a sign put right makes the figure beside it readable.
_ROUNDS = 4


class Change(NamedTuple):
    """One cell put right. ``place`` is where, in the submission, with its label; of a restored formula ``formula`` is
    the text, ``old_formula`` the one that stood there, if any, and ``new`` what it gives."""

    place: Place
    old: Scalar
    new: Scalar
    rule: str
    why: str
    formula: str | None = None
    old_formula: str | None = None


class Unchanged(NamedTuple):
    """One cell that is wrong and stays as it is, and why it is not certain what it ought to hold."""

    place: Place
    rule: str
    why: str


class Fixed(NamedTuple):
    """What became of one workbook.

    ``refreshed`` counts the formulas whose stored result came out otherwise, ``report`` is the check of the copy, and
    ``content`` its bytes; where nothing was certain, ``content`` is None and ``report`` that of the file itself.
    """

    source: str
    digest: str
    changes: tuple[Change, ...]
    kept: tuple[Unchanged, ...]
    refreshed: int
    report: Report
    content: bytes | None


def fix_file(path: Path, out: Path, *, force: bool = False, limits: Limits = Limits()) -> Fixed:  # noqa: B008 (frozen)
    """Put right what is certain and write the copy to ``out``; where nothing is, nothing is written.

    Raises what :func:`xlperf.check.check_file` raises, FileRefused for a signed workbook, XlperfError where ``out`` is
    the file itself, exists already (unless ``force``), or cannot be written.
    """
    see_that_it_is_another(path, out)
    may_write(out, force)
    done = fix_bytes(load_bytes(path, limits), path.name, limits)
    if done.content is not None:
        write(out, done.content, force)
    return done


def see_that_it_is_another(path: Path, out: Path) -> None:
    """See that the copy is not the file itself, by whatever name. Raises XlperfError."""
    try:
        same = os.path.samefile(path, out)
    except (OSError, ValueError):
        same = False  # one of them is not there, which is told elsewhere
    if same:
        raise XlperfError(f"“{out.name}”就是要清理的文件本身。原件不会改动，请给副本另起一个文件名。")


def fix_bytes(data: bytes, source: str, limits: Limits = Limits()) -> Fixed:  # noqa: B008 (frozen)
    """Put right what is certain in a workbook held in memory. Raises as :func:`fix_file`, but for writing."""
    original = read_bytes(data, source, limits)
    report = check_snapshot(original)
    mends, kept, facts = _decide(data, original, limits)
    if not mends:
        return Fixed(source, original.digest, (), kept, 0, report, None)
    edits = _edits(mends, facts)
    again, stale = _results(read_bytes(patch(data, source, edits, limits=limits), source, limits), edits)
    for sheet, cells in again.items():
        edits.setdefault(sheet, {}).update(cells)
    content = patch(data, source, edits, recalculate=stale, limits=limits)
    copy = read_bytes(content, source, limits)
    _see_that_nothing_else_changed(original, copy, edits)
    changes = tuple(_changes(mends, facts, original, copy))
    restored = {change.place.cell for change in changes}
    refreshed = sum(CellRef(sheet, *at) not in restored for sheet, cells in again.items() for at in cells)
    return Fixed(source, original.digest, changes, kept, refreshed, check_snapshot(copy), content)


def _facts(snapshot: Snapshot) -> Facts:
    identity = identify(snapshot)
    return gather(snapshot, locate(snapshot, identity.template), identity.told, identity.year)


def _decide(
    data: bytes, original: Snapshot, limits: Limits
) -> tuple[dict[CellRef, Mend], tuple[Unchanged, ...], Facts]:
    """Return what is to be put right, by cell of the instance; what stays; and the facts once entries are right.

    Entries come first: what a formula gives, and so whether it can be restored, rests on them.
    """
    mends: dict[CellRef, Mend] = {}
    facts = _facts(original)
    kept: dict[CellRef, Kept] = {}
    for _ in range(_ROUNDS):
        found, kept = _sorted(cleaning.of_entries(facts))
        if not found:
            break
        mends |= found
        facts = _facts(_patched(data, original.source, mends, facts, limits))
    unread = {cell for cell, item in kept.items() if item.rule in ("T01", "T03")}
    found, more = _sorted(cleaning.of_formulas(facts, unread))
    unchanged = tuple(
        Unchanged(facts.place(cell), item.rule, item.why) for cell, item in (kept | more).items() if cell not in found
    )
    return mends | found, unchanged, facts


def _patched(data: bytes, source: str, mends: Mapping[CellRef, Mend], facts: Facts, limits: Limits) -> Snapshot:
    return read_bytes(patch(data, source, _edits(mends, facts), limits=limits), source, limits)


def _sorted(decided: Iterable[Mend | Kept]) -> tuple[dict[CellRef, Mend], dict[CellRef, Kept]]:
    mends: dict[CellRef, Mend] = {}
    kept: dict[CellRef, Kept] = {}
    for item in decided:
        if isinstance(item, Mend):
            mends[item.cell] = item
        else:
            kept[item.cell] = item
    return mends, kept


def _edits(mends: Mapping[CellRef, Mend], facts: Facts) -> dict[str, dict[At, Edit]]:
    edits: dict[str, dict[At, Edit]] = {}
    for cell, mend in mends.items():
        place = facts.place(cell).cell
        edits.setdefault(place.sheet, {})[place.row, place.column] = Edit(mend.value, mend.formula)
    return edits


def _results(snapshot: Snapshot, edits: Mapping[str, Mapping[At, Edit]]) -> tuple[dict[str, dict[At, Edit]], bool]:
    """Return the results that formulas ought to have stored and have not, and whether any is not vouched for."""
    stale = False
    found: dict[str, dict[At, Edit]] = {}
    inner = {
        sheet.name: within(sheet.cells, (area for area in sheet.arrays if area[:2] != area[2:]))
        for sheet in snapshot.sheets
        if sheet.arrays
    }
    for item in recalc_snapshot(snapshot).cells:
        sheet, at = item.cell.sheet, (item.cell.row, item.cell.column)
        own = edits.get(sheet, {}).get(at)
        if item.outcome is Agreement.AGREE:
            continue
        told = item.outcome is Agreement.DIFFER or (item.outcome is Agreement.UNCACHED and own is not None)
        if not told or at in inner.get(sheet, ()) or (own is None and _loses(item.cached, item.recomputed)):
            stale = True
        else:
            formula = own.formula if own is not None else Keep.FORMULA
            found.setdefault(sheet, {})[at] = Edit(item.recomputed, formula)
    return found, stale


def _loses(stored: Scalar, due: Scalar) -> bool:
    """Tell whether a result would be lost to names that are no more; the program that opens the file may know them."""
    return due in (ExcelError.NAME, ExcelError.REF) and not isinstance(stored, ExcelError)


def _changes(mends: Mapping[CellRef, Mend], facts: Facts, original: Snapshot, copy: Snapshot) -> list[Change]:
    changes = []
    for cell, mend in mends.items():
        place = facts.place(cell)
        old, new = (snapshot.cell(place.cell) or Cell() for snapshot in (original, copy))
        place = place._replace(value=new.value, shown=facts.shown(cell, new.value))
        changes.append(Change(place, old.value, new.value, mend.rule, mend.why, mend.formula, old.formula))
    order = {sheet.name: number for number, sheet in enumerate(original.sheets)}
    return sorted(changes, key=lambda change: (order[change.place.cell.sheet], *change.place.cell[1:]))


def _see_that_nothing_else_changed(original: Snapshot, copy: Snapshot, edits: Mapping[str, Mapping[At, Edit]]) -> None:
    """See that the copy holds what was meant and nothing else. Raises XlperfError, which nobody should ever read."""
    same = original.names == copy.names and len(original.sheets) == len(copy.sheets)
    for before, after in zip(original.sheets, copy.sheets, strict=False):
        mine = edits.get(before.name, {})
        cells = {at: cell for at, cell in after.cells.items() if at not in mine}
        same = same and cells == {at: cell for at, cell in before.cells.items() if at not in mine}
        same = same and (before.merges, before.validations) == (after.merges, after.validations)
        for at, edit in mine.items():
            there, was = after.cells.get(at, Cell()), before.cells.get(at, Cell())
            formula = was.formula if edit.formula is Keep.FORMULA else edit.formula
            same = same and there.formula == formula and _same(there.value, edit.value)
    if not same:
        raise XlperfError(
            f"清理“{original.source}”时程序内部出错，没有写出副本，不是文件的问题；请把文件反馈给模板下发单位。"
        )


def _same(one: Scalar, other: Scalar) -> bool:
    return one == other and isinstance(one, str | bool | ExcelError) == isinstance(other, str | bool | ExcelError)
