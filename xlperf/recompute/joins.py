"""References put together of two: ``A1:INDEX(…)`` and what two areas share (``A1:B9 B2:C3``)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from xlperf.address import CellRef
from xlperf.errors import FormulaUnsupported
from xlperf.recompute.lexer import Corners

if TYPE_CHECKING:
    from xlperf.recompute.normal import Item

#: Stands for ``:`` between references of which one is found only in computing; no function can be called so.
SPAN = "RANGE:"
_RAISE = "公式用冒号或空格连接的不是单元格区域，不复算"


def joined(items: Sequence[Item], home: CellRef) -> list[Item]:
    """Return items without joins: areas put together, or a call of :data:`SPAN`. Raises FormulaUnsupported.

    Where the joined area lies may depend on the cell, not on the relative form of the two alone.
    """
    return _fold(_fold(list(items), home, ":"), home, " ")


def _fold(items: list[Item], home: CellRef, sign: str) -> list[Item]:
    done: list[Item] = []
    position = 0
    while position < len(items):
        item = items[position]
        if item.kind != "join" or item.value != sign:
            done.append(item)
            position += 1
            continue
        left = _before(done)
        right = _after(items, position + 1)
        position += 1 + len(right)
        one, other = left[0], right[0]
        if one.kind == other.kind == "ref":
            done.append((_hull if sign == ":" else _shared)(one, other, home))
        elif sign == ":":
            make = type(item)
            done += [make("func", SPAN), *left, make("op", ","), *right, make("op", ")")]
        else:
            raise FormulaUnsupported(_RAISE)
    return done


def _before(done: list[Item]) -> list[Item]:
    """Take the operand that ends what is done so far: a reference, or a call of INDEX."""
    if done and done[-1].kind == "ref":
        return [done.pop()]
    depth = 0
    for start in range(len(done) - 1, -1, -1):
        item = done[start]
        depth += (item.kind == "op" and item.value == ")") - _opens(item)
        if depth <= 0:
            if item.kind == "func" and item.value == "INDEX" and start < len(done) - 1:
                found = done[start:]
                del done[start:]
                return found
            break
    raise FormulaUnsupported(_RAISE)


def _after(items: Sequence[Item], start: int) -> list[Item]:
    """Return the operand that begins at ``start``."""
    if start < len(items) and items[start].kind == "ref":
        return [items[start]]
    if start < len(items) and items[start].kind == "func" and items[start].value == "INDEX":
        depth = 0
        for end in range(start, len(items)):
            item = items[end]
            depth += _opens(item) - (item.kind == "op" and item.value == ")")
            if not depth:
                return list(items[start : end + 1])
    raise FormulaUnsupported(_RAISE)


def _opens(item: Item) -> bool:
    return item.kind == "func" or (item.kind == "op" and item.value == "(")


def _same_sheet(one: Item, other: Item, home: CellRef) -> tuple[str, ...]:
    """Return the sheet both stand on, as items name it."""
    sheets = [item.sheets or (home.sheet,) for item in (one, other)]
    if len(sheets[0]) > 1 or sheets[0] != sheets[1]:
        raise FormulaUnsupported("公式连接的区域不在同一张工作表上，不复算")
    return one.sheets


def _hull(one: Item, other: Item, home: CellRef) -> Item:
    sheets = _same_sheet(one, other, home)
    a, b = one.corners, other.corners
    assert a is not None
    assert b is not None
    top, left = min((a.top, a.top_fixed), (b.top, b.top_fixed)), min((a.left, a.left_fixed), (b.left, b.left_fixed))
    bottom = max((a.bottom, a.bottom_fixed), (b.bottom, b.bottom_fixed))
    right = max((a.right, a.right_fixed), (b.right, b.right_fixed))
    return one._replace(sheets=sheets, corners=_corners(top, left, bottom, right))


def _shared(one: Item, other: Item, home: CellRef) -> Item:
    sheets = _same_sheet(one, other, home)
    a, b = one.corners, other.corners
    assert a is not None
    assert b is not None
    top, left = max((a.top, a.top_fixed), (b.top, b.top_fixed)), max((a.left, a.left_fixed), (b.left, b.left_fixed))
    bottom = min((a.bottom, a.bottom_fixed), (b.bottom, b.bottom_fixed))
    right = min((a.right, a.right_fixed), (b.right, b.right_fixed))
    if top[0] > bottom[0] or left[0] > right[0]:
        return type(one)("error", "#NULL!")
    return one._replace(sheets=sheets, corners=_corners(top, left, bottom, right))


def _corners(
    top: tuple[int, bool], left: tuple[int, bool], bottom: tuple[int, bool], right: tuple[int, bool]
) -> Corners:
    return Corners(top[0], left[0], bottom[0], right[0], top[1], left[1], bottom[1], right[1])
