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

from xlperf.address import MAX_COLUMN, MAX_ROW, CellRef, RangeRef
from xlperf.errors import FormulaUnsupported
from xlperf.recompute.book import Names
from xlperf.recompute.joins import joined
from xlperf.recompute.lexer import Corners, Token, tokenize
from xlperf.recompute.structured import area_of, tables_by_name
from xlperf.workbook.snapshot import Table

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
    """A formula whose names and sheets are resolved.

    ``local``: what it means depends on its place, so that the same text elsewhere may have another form.
    ``named``: a name stands for a calculation, which Excel evaluates as an array.
    """

    items: tuple[Item, ...]
    home: CellRef
    local: bool = False
    named: bool = False

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


class _Expansion:
    """A formula on its way: the items so far and what was met among them."""

    __slots__ = ("home", "items", "local", "named")

    def __init__(self, home: CellRef) -> None:
        self.home, self.items, self.local, self.named = home, list[Item](), False, False


class Resolver:
    """Resolves the formulas of one workbook; make one and use it for all of them."""

    def __init__(self, names: Names, sheets: Sequence[str], tables: Sequence[Table] = ()) -> None:
        self._sheets = tuple(sheets)
        self._index = {sheet.casefold(): position for position, sheet in enumerate(self._sheets)}
        self._names = {
            (scope.casefold() if scope is not None else None, name.casefold()): text
            for (scope, name), text in names.items()
        }
        self._tables = tables_by_name(tables)
        #: What callers remember: by text and cell, by sketch and (where that is not free of it) own sheet.
        self.forms: dict[tuple[str, str | CellRef], object] = {}

    def resolve(self, text: str, home: CellRef) -> Resolved:
        """Return the formula with names and sheets resolved. Raises FormulaUnsupported."""
        work = _Expansion(home)
        self._expand(tokenize(text), work, 0)
        items: Sequence[Item] = work.items
        if any(item.kind == "join" for item in items):
            items, work.local = joined(items, home), True
        return Resolved(tuple(items), home, work.local, work.named)

    def canonical(self, text: str, home: CellRef, move: Move | None = None) -> str:
        """Return the text for comparing; one that cannot be read gives its own text, marked by ``?``."""
        try:
            return self.resolve(text, home).canonical(move)
        except FormulaUnsupported:
            return f"?{home.sheet}!{text.strip()}"

    def _expand(self, tokens: Sequence[Token], work: _Expansion, depth: int) -> None:
        skip, items = 0, work.items
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
                self._name(token, work, depth)
            elif token.text == "@" and token.kind == "op":
                self._check_single(following)
            else:
                items.append(self._item(token, work, depth))
            if len(items) > MAX_ITEMS:
                raise FormulaUnsupported("公式连同所用名称过长，不复算")

    @staticmethod
    def _check_single(following: Token | None) -> None:
        corners = following.corners if following is not None and following.kind == "ref" else None
        if corners is None or corners[:2] != corners[2:4]:
            raise FormulaUnsupported("公式含 @（隐式交集），不复算")

    def _item(self, token: Token, work: _Expansion, depth: int) -> Item:
        if token.kind == "ref":
            assert token.corners is not None
            corners = token.corners
            if depth and token.sheet is None:
                raise FormulaUnsupported("名称没有写明工作表，不复算")
            if depth and not all(corners[4:]):
                corners, work.local = _seen_from(corners, work.home), True
            return self._ref(self._find(token.sheet) if token.sheet is not None else (), corners, work)
        if token.kind == "table":
            sheet, corners = area_of(token.text, self._tables, work.home)
            work.local = True
            return self._ref((sheet,), corners, work)
        if token.kind == "number":
            value = float(token.text)
            if value - value:  # infinite: the source would hold the name inf
                raise FormulaUnsupported(f"公式中的数“{token.text[:20]}”超出 Excel 的范围，不复算")
            return Item("number", value)
        if token.kind == "bool":
            return Item("bool", token.text == "TRUE")
        return Item(token.kind, token.text)

    @staticmethod
    def _ref(sheets: tuple[str, ...], corners: Corners, work: _Expansion) -> Item:
        own = len(sheets) == 1 and sheets[0].casefold() == work.home.sheet.casefold()
        return Item("ref", "", () if own else sheets, corners)

    def _find(self, text: str) -> tuple[str, ...]:
        position = self._index.get(text.casefold())
        if position is not None:
            return (self._sheets[position],)
        first, colon, last = text.partition(":")
        start, end = self._index.get(first.casefold()), self._index.get(last.casefold())
        if not colon or start is None or end is None:
            raise FormulaUnsupported(f"找不到工作表“{text}”")
        return self._sheets[min(start, end) : max(start, end) + 1]

    def _name(self, token: Token, work: _Expansion, depth: int) -> None:
        name, items = token.text.casefold(), work.items
        scopes = self._find(token.sheet) if token.sheet is not None else (work.home.sheet,)
        if len(scopes) > 1:
            raise FormulaUnsupported("公式跨工作表引用名称，不复算")
        scope = scopes[0]
        text = self._names.get((scope.casefold(), name))
        if text is None:
            text = self._names.get((None, name))
        if text is None:
            raise FormulaUnsupported(f"名称“{token.text}”没有定义")
        if depth and token.sheet is None and {(scope.casefold(), name), (None, name)} <= self._names.keys():
            raise FormulaUnsupported(f"名称中又用的“{token.text}”在工作簿和工作表中都有，指哪一个没有把握")
        if depth >= MAX_NAME_DEPTH:
            raise FormulaUnsupported(f"名称“{token.text}”嵌套过深或互相引用")
        tokens = tokenize(text.removeprefix("="))
        if len(tokens) == 1:
            self._expand(tokens, work, depth + 1)
            return
        work.named = work.named or any(token.kind in ("func", "ref", "table", "name") for token in tokens)
        items.append(Item("op", "("))
        self._expand(tokens, work, depth + 1)
        items.append(Item("op", ")"))


def _seen_from(corners: Corners, home: CellRef) -> Corners:
    """Return the corners a name means for a cell; in the file its relative ones are written as if for A1.

    Beyond the last row or column Excel goes on at the first.
    """
    axes = zip(corners[:4], corners[4:], (home.row, home.column) * 2, (MAX_ROW, MAX_COLUMN) * 2, strict=True)
    top, left, bottom, right = (
        value if fixed else (at + value - 2) % most + 1 for value, fixed, at, most in axes
    )
    if top > bottom or left > right:
        raise FormulaUnsupported("名称的相对引用从这一格看超出了工作表，不复算")
    return Corners(top, left, bottom, right, *corners[4:])


def canonical(
    text: str, home: CellRef, book_names: Names, sheets: Sequence[str], move: Move | None = None
) -> str:
    """Return the canonical text of one formula; for many formulas of a workbook make a :class:`Resolver`.

    Two formulas with the same canonical text compute the same from the same cells. ``move`` maps each range
    to where it stands in another workbook (None where it is gone), for comparing across shifted rows.
    """
    return Resolver(book_names, sheets).canonical(text, home, move)
