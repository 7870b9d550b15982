"""Tokens to meaning: sheets and names resolved, and the two normal forms of a formula.

The *form* is relative to the cell the formula stands in (R1C1), so that copied formulas share it. The
*canonical text* has absolute targets, so that two formulas of one workbook can be compared. Both leave out
what makes no difference: letter case of functions, blanks, ``_xlfn.``, ``$``, the own sheet's prefix,
quoting, and whether a cell is meant by its address or by a defined name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from xlperf.address import CellRef, RangeRef
from xlperf.errors import FormulaUnsupported
from xlperf.recompute.book import Names
from xlperf.recompute.lexer import Corners, Token, tokenize

#: Names inside names, at most.
MAX_NAME_DEPTH = 8
#: Pieces of a formula after all names are written out, at most.
MAX_ITEMS = 4000

#: Where a range of the expected workbook stands in another one; None where it no longer exists.
Move: TypeAlias = Callable[[RangeRef], "RangeRef | None"]


class Item(NamedTuple):
    """A resolved piece: an operand, a function, or an operator; references name their sheets (none: the own
    sheet).
    """

    kind: str
    value: str | float | bool = ""
    sheets: tuple[str, ...] = ()
    corners: Corners | None = None


class Resolved(NamedTuple):
    """A formula whose names and sheets are resolved."""

    items: tuple[Item, ...]
    home: CellRef

    def form(self) -> str:
        """Return the normal form relative to the home cell: the key under which a compiled formula is
        shared.
        """
        row, column = self.home.row, self.home.column
        return "".join(
            _relative(item, row, column) if item.kind == "ref" else _plain(item) for item in self.items
        )

    def ranges(self) -> Iterator[RangeRef]:
        """Yield every range the formula names, sheet by sheet."""
        for item in self.items:
            if item.corners is not None:
                for sheet in item.sheets or (self.home.sheet,):
                    yield RangeRef(sheet, *item.corners[:4])

    def canonical(self, move: Move | None = None) -> str:
        """Return the text for comparing, with every range passed through ``move`` where one is given."""
        return "".join(
            self._absolute(item, move) if item.kind == "ref" else _plain(item) for item in self.items
        )

    def _absolute(self, item: Item, move: Move | None) -> str:
        assert item.corners is not None
        targets: list[str] = []
        for sheet in item.sheets or (self.home.sheet,):
            target: RangeRef | None = RangeRef(sheet, *item.corners[:4])
            if move is not None and target is not None:
                target = move(target)
            targets.append(
                "#REF!" if target is None else f"'{target.sheet.replace(chr(39), chr(39) * 2)}'!{target.a1}"
            )
        return targets[0] if len(targets) == 1 else "3D(" + "|".join(targets) + ")"


def _plain(item: Item) -> str:
    if item.kind == "number":
        return repr(item.value)
    if item.kind == "text":
        return '"' + str(item.value).replace('"', '""') + '"'
    if item.kind == "func":
        return f"{item.value}("
    return str(item.value).upper() if item.kind == "bool" else str(item.value)


@lru_cache(maxsize=4096)
def _sheet_prefix(sheets: tuple[str, ...]) -> str:
    return "|".join("'" + sheet.replace("'", "''") + "'" for sheet in sheets) + "!"


def _axis(letter: str, value: int, fixed: bool, home: int) -> str:
    return f"{letter}{value}" if fixed else f"{letter}[{value - home}]"


def _relative(item: Item, row: int, column: int) -> str:
    assert item.corners is not None
    top, left, bottom, right, top_fixed, left_fixed, bottom_fixed, right_fixed = item.corners
    text = _axis("R", top, top_fixed, row) + _axis("C", left, left_fixed, column)
    if top != bottom or left != right:
        text += ":" + _axis("R", bottom, bottom_fixed, row) + _axis("C", right, right_fixed, column)
    return _sheet_prefix(item.sheets) + text if item.sheets else text


class Resolver:
    """Resolves the formulas of one workbook; make one and use it for all of them."""

    def __init__(self, names: Names, sheets: Sequence[str]) -> None:
        self._sheets = tuple(sheets)
        self._index = {sheet.casefold(): position for position, sheet in enumerate(self._sheets)}
        self._names = {
            (scope.casefold() if scope is not None else None, name.casefold()): text
            for (scope, name), text in names.items()
        }
        #: What callers remember: by text and cell, by sketch and (where that is not free of it) own sheet.
        self.forms: dict[tuple[str, str | CellRef], object] = {}

    def resolve(self, text: str, home: CellRef) -> Resolved:
        """Return the formula with names and sheets resolved. Raises FormulaUnsupported."""
        items: list[Item] = []
        self._expand(tokenize(text), home.sheet, 0, items)
        return Resolved(tuple(items), home)

    def canonical(self, text: str, home: CellRef, move: Move | None = None) -> str:
        """Return the text for comparing; one that cannot be read gives its own text, marked by ``?``."""
        try:
            return self.resolve(text, home).canonical(move)
        except FormulaUnsupported:
            return f"?{home.sheet}!{text.strip()}"

    def _expand(self, tokens: Sequence[Token], own: str, depth: int, items: list[Item]) -> None:
        skip = 0
        for position, token in enumerate(tokens):
            if skip:
                skip -= 1
                continue
            following = tokens[position + 1] if position + 1 < len(tokens) else None
            if (
                token.kind == "func"
                and token.text in ("TRUE", "FALSE")
                and following
                and following.text == ")"
            ):
                items.append(Item("bool", token.text == "TRUE"))
                skip = 1
            elif token.kind == "name":
                self._name(token, own, depth, items)
            elif token.text == "@" and token.kind == "op":
                self._check_single(following, own)
            else:
                items.append(self._item(token, own, depth))
            if len(items) > MAX_ITEMS:
                raise FormulaUnsupported("公式连同所用名称过长，不复算")

    def _check_single(self, following: Token | None, own: str) -> None:
        corners = following.corners if following is not None and following.kind == "ref" else None
        if corners is None or corners[:2] != corners[2:4]:
            raise FormulaUnsupported("公式含 @（隐式交集），不复算")

    def _item(self, token: Token, own: str, depth: int) -> Item:
        if token.kind == "ref":
            assert token.corners is not None
            if depth and (token.sheet is None or not all(token.corners[4:])):
                raise FormulaUnsupported("名称用了相对引用或没有写明工作表，不复算")
            sheets = self._find(token.sheet) if token.sheet is not None else ()
            own_sheet = len(sheets) == 1 and sheets[0].casefold() == own.casefold()
            return Item("ref", "", () if own_sheet else sheets, token.corners)
        if token.kind == "number":
            value = float(token.text)
            if value - value:  # infinite: the source would hold the name inf
                raise FormulaUnsupported(f"公式中的数“{token.text[:20]}”超出 Excel 的范围，不复算")
            return Item("number", value)
        if token.kind == "bool":
            return Item("bool", token.text == "TRUE")
        return Item(token.kind, token.text)

    def _find(self, text: str) -> tuple[str, ...]:
        position = self._index.get(text.casefold())
        if position is not None:
            return (self._sheets[position],)
        first, colon, last = text.partition(":")
        start, end = self._index.get(first.casefold()), self._index.get(last.casefold())
        if not colon or start is None or end is None:
            raise FormulaUnsupported(f"找不到工作表“{text}”")
        return self._sheets[min(start, end) : max(start, end) + 1]

    def _name(self, token: Token, own: str, depth: int, items: list[Item]) -> None:
        name = token.text.casefold()
        scope = self._find(token.sheet)[0] if token.sheet is not None else own
        text = self._names.get((scope.casefold(), name))
        if text is None:
            text = self._names.get((None, name))
        if text is None:
            raise FormulaUnsupported(f"名称“{token.text}”没有定义")
        if depth >= MAX_NAME_DEPTH:
            raise FormulaUnsupported(f"名称“{token.text}”嵌套过深或互相引用")
        tokens = tokenize(text.removeprefix("="))
        if len(tokens) == 1:
            self._expand(tokens, own, depth + 1, items)
            return
        items.append(Item("op", "("))
        self._expand(tokens, own, depth + 1, items)
        items.append(Item("op", ")"))


def canonical(
    text: str, home: CellRef, book_names: Names, sheets: Sequence[str], move: Move | None = None
) -> str:
    """Return the canonical text of one formula; for many formulas of a workbook make a :class:`Resolver`.

    Two formulas with the same canonical text compute the same from the same cells. ``move`` maps each range
    to where it stands in another workbook (None where it is gone), for comparing across shifted rows.
    """
    return Resolver(book_names, sheets).canonical(text, home, move)
