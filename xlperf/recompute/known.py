"""Plans that are known, in this process or from the private cache: no formula is parsed, resolved or sorted again.

Only plain plans are kept: every formula vouched for, none an array formula, none a SUBTOTAL, none circular. What
comes back is looked at before it is used: skeletons may consist of the engine's words only.
"""

from __future__ import annotations

from typing import Any

from xlperf.address import CellRef
from xlperf.cache import Cache
from xlperf.recompute.blocks import Blocks
from xlperf.recompute.book import FormulaBook
from xlperf.recompute.code import WORDS
from xlperf.recompute.form import Form, Read
from xlperf.recompute.plan import Plan
from xlperf.recompute.skeleton import Part, Place, Skeleton, all_sound

#: Plans of this process by what they are made of, the oldest first.
_PLANS: dict[object, Plan] = {}
#: Formulas of all these plans together, and of one that is kept on disk.
_MOST_FORMULAS, _MOST_ON_DISK = 100_000, 10_000


def plan_for(book: FormulaBook) -> Plan:
    """Return the plan of a workbook as it was made before, by this process or another one; else make and keep it."""
    key = (
        book.sheets, tuple(book.names.items()), tuple(book.formulas.items()), tuple(book.arrays.items()), book.dynamic,
        book.tables, tuple((book.hidden_rows or {}).items()), book.hidden_rows is None, book.filtered, book.intersects,
    )  # fmt: skip
    plan = _PLANS.get(key)
    if plan is None:
        plan = _kept(book, repr(key))
        room = _MOST_FORMULAS - len(book.formulas)
        while _PLANS and sum(len(known.forms) for known in _PLANS.values()) > room:
            del _PLANS[next(iter(_PLANS))]
        _PLANS[key] = plan
    return plan


def _kept(book: FormulaBook, key: str) -> Plan:
    cache = Cache()
    small = len(book.formulas) <= _MOST_ON_DISK
    plain = cache.load("plan", key) if small else None
    if plain is not None:
        try:
            return plan_from_plain(book, plain)
        except (KeyError, IndexError, TypeError, ValueError, AttributeError):
            pass  # it is made anew
    from xlperf.recompute.planning import compile_plan  # not needed where the plan is kept

    plan = compile_plan(book)
    made = plan_to_plain(plan) if small else None
    if made is not None:
        cache.save("plan", key, made)
    return plan


def plan_to_plain(plan: Plan) -> dict[str, Any] | None:
    """Return a plan as plain data; None where it is not a plain one."""
    forms = {form.key: form for form in plan.forms.values()}
    if plan.unsupported or plan.circular or plan.blocks or plan.strict:
        return None
    if any(form.hulls or form.is_array or form.subtotals for form in forms.values()):
        return None
    numbers = {key: number for number, key in enumerate(forms)}
    sources = list(dict.fromkeys(form.skeleton.source for form in forms.values()))
    skeletons = {source: number for number, source in enumerate(sources)}
    sheets = list(dict.fromkeys(cell.sheet for cell in plan.order))
    at = {sheet: number for number, sheet in enumerate(sheets)}
    cells: list[int] = []
    for cell in plan.order:
        cells += (at[cell.sheet], cell.row, cell.column, numbers[plan.forms[cell].key])
    return {
        "skeletons": sources,
        "forms": [
            (skeletons[form.skeleton.source], form.skeleton.cells, form.skeleton.parts, form.reads, form.weight)
            for form in forms.values()
        ],
        "sheets": sheets,
        "cells": cells,
    }


def plan_from_plain(book: FormulaBook, plain: Any) -> Plan:
    """Return the plan of a workbook from plain data.

    Raises KeyError, IndexError, TypeError or ValueError for what is none, or is another workbook's.
    """
    sources = plain["skeletons"]
    if not all_sound(sources, WORDS):
        raise ValueError("not a skeleton of ours")
    made: list[Form] = []
    for source, cells, parts, reads, weight in plain["forms"]:
        skeleton = Skeleton(sources[source], [_cell(cell) for cell in cells], [_part(part) for part in parts])
        made.append(Form(str(len(made)), "", skeleton, _reads(reads), weight=weight))
    sheets, each = plain["sheets"], iter(plain["cells"])
    forms: dict[CellRef, Form] = {}
    for sheet, row, column, form in zip(each, each, each, each, strict=True):
        forms[CellRef(sheets[sheet], row, column)] = made[form]
    if forms.keys() != book.formulas.keys():
        raise ValueError("not the plan of this workbook")
    return Plan(book, forms, {}, Blocks(book), order=forms)


def _cell(place: Any) -> Place:
    """Return a cell as it came. Raises ValueError, TypeError where it is none."""
    sheet, a, row, b, column = place
    if not (type(a) is type(row) is type(b) is type(column) is int):
        raise ValueError("not a cell")
    if sheet is not None and not isinstance(sheet, str):
        raise ValueError("not a sheet")
    return list(place)


def _part(part: Any) -> Part:
    """Return a text or an area as it came. Raises ValueError, TypeError where it is neither."""
    if isinstance(part, str):
        return part
    sheet, *numbers = part
    if len(numbers) != 8 or not all(type(number) is int for number in numbers):
        raise ValueError("not an area")
    if sheet is not None and not isinstance(sheet, str):
        raise ValueError("not a sheet")
    return list(part)


def _reads(reads: Any) -> tuple[Read, ...]:
    found: list[Read] = []
    for sheets, corners in reads:
        a, top, b, left, d, bottom, e, right = corners
        found.append((tuple(sheets), (a, top, b, left, d, bottom, e, right)))
    return tuple(found)
