"""Formula text to tokens. Every operand is taken out here, so that no text of a file reaches anything
behind it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from xlperf.address import MAX_COLUMN, MAX_ROW, column_number
from xlperf.errors import FormulaUnsupported

#: Excel's own limit for the text of a formula.
MAX_LENGTH = 8192
#: Excel's own limit for nested functions.
MAX_DEPTH = 64

_BARE = r"[^\s!'\"()*+\-/&,;:<>=^%{}\[\]@$\#]++"
_END = r"(?![\w.(!\\?\[])"
# Possessive and in the order of frequency: a cell is the commonest operand, and each miss costs.
_OP = r"<=|>=|<>|[-+*/^&=<>%@(),{};]"
_TEXT = r'"[^"]*+(?:""[^"]*+)*+"'
_FUNC = r"[^\W\d][\w.]*+\("
_NUMBER = r"(?:[0-9]++\.?+[0-9]*+|\.[0-9]++)(?:[Ee][+-]?+[0-9]++)?+(?![\w.!])"
_BLANK = r"[ \t\r\n]++"
_SHEET = rf"'(?P<quoted>[^']*+(?:''[^']*+)*+)'!|(?P<bare>{_BARE}(?::{_BARE})?+)!"
# Excel writes #REF!$A$1 for a cell of a sheet that is gone.
_ERROR = (
    r"\#(?:NULL!|DIV/0!|VALUE!|NAME\?|NUM!|N/A|"
    r"REF!(?:\$?[A-Za-z]{1,3}+\$?[1-9][0-9]*+(?::\$?[A-Za-z]{1,3}+\$?[1-9][0-9]*+)?+)?+)"
)
# Letters, digits and _ . ? \ of ASCII, and all beyond it but blanks: Excel takes 表（一）_本年 as a name.
_NAME = r"[^\x00-@\[\]^`{-\x7f\s][^\x00-\x2d/:->@\[\]^`{-\x7f\s]*+"
# 表1[[#This Row],[金额]]: brackets within brackets, where ' takes the meaning from what follows it.
_PART = r"[^\[\]']|'(?s:.)"
_TABLE = rf"{_NAME}\[(?:{_PART}|\[(?:{_PART})*+\])*+\]"
_AREA = (
    rf"\$?[A-Za-z]{{1,3}}+\$?[1-9][0-9]*+(?::\$?[A-Za-z]{{1,3}}+\$?[1-9][0-9]*+)?+{_END}|"
    rf"\$?[A-Za-z]{{1,3}}+:\$?[A-Za-z]{{1,3}}+{_END}|\$?[1-9][0-9]*+:\$?[1-9][0-9]*+{_END}"
)
_TOKEN = re.compile(
    f"(?P<op>{_OP})|(?P<text>{_TEXT})|(?P<area>{_AREA})|(?P<func>{_FUNC})|(?P<number>{_NUMBER})|(?P<blank>{_BLANK})|"
    f"(?P<sheet>{_SHEET})|(?P<error>{_ERROR})|(?P<table>{_TABLE})|(?P<name>{_NAME})|(?P<join>:)"
)
# The same pieces, with runs of what a sketch keeps as it is taken in one match.
_RUN = re.compile(
    f"(?P<area>{_AREA})|(?P<rest>(?:{_OP}|{_TEXT}|{_FUNC}|{_NUMBER}|{_BLANK}|{_ERROR})++)|"
    f"(?P<sheet>{_SHEET})|(?P<name>{_NAME})"
)
_CORNER = re.compile(r"(\$?)([A-Za-z]*)(\$?)([0-9]*)$")
_PREFIX = re.compile(r"^(?:_xlfn\.|_xlws\.)+", re.IGNORECASE)


class Corners(NamedTuple):
    """The corners of a written reference in order, with a flag for each coordinate that carries ``$``."""

    top: int
    left: int
    bottom: int
    right: int
    top_fixed: bool
    left_fixed: bool
    bottom_fixed: bool
    right_fixed: bool


class Token(NamedTuple):
    """A piece of a formula: its kind, its text, and for a reference the sheet text before it and its
    corners.

    A ``table`` is a structured reference as written; a ``join`` is ``:`` between two references, or the blank
    that takes what two areas share.
    """

    kind: str
    text: str
    sheet: str | None = None
    corners: Corners | None = None


def _corner(text: str) -> tuple[int | None, int | None, bool, bool]:
    match = _CORNER.match(text)
    if match is None:
        raise FormulaUnsupported(f"引用 {text} 不能识别")
    dollar, letters, dollar_row, digits = match.groups()
    row_fixed = bool(dollar_row) or (bool(dollar) and not letters)
    try:
        column = column_number(letters) if letters else None
    except ValueError:
        raise FormulaUnsupported(f"引用 {text} 不能识别") from None
    row = int(digits) if digits else None
    if row is not None and row > MAX_ROW:
        raise FormulaUnsupported(f"引用 {text} 超出工作表")
    return row, column, row_fixed, bool(dollar) and bool(letters)


@lru_cache(maxsize=16384)
def _area_corners(text: str) -> Corners:
    first, _, last = text.partition(":")
    row, column, row_fixed, column_fixed = _corner(first)
    row2, column2, row_fixed2, column_fixed2 = _corner(last or first)
    if row is None or row2 is None:
        row, row2, row_fixed, row_fixed2 = 1, MAX_ROW, True, True
    if column is None or column2 is None:
        column, column2, column_fixed, column_fixed2 = 1, MAX_COLUMN, True, True
    if row > row2:
        row, row2, row_fixed, row_fixed2 = row2, row, row_fixed2, row_fixed
    if column > column2:
        column, column2, column_fixed, column_fixed2 = column2, column, column_fixed2, column_fixed
    return Corners(row, column, row2, column2, row_fixed, column_fixed, row_fixed2, column_fixed2)


def _refuse(text: str, position: int) -> FormulaUnsupported:
    here = text[position : position + 1]
    if here == "[":
        return FormulaUnsupported("公式引用了外部工作簿或表格列（含方括号），不复算")
    if here == ":":
        return FormulaUnsupported("公式用冒号连接的不是单元格，不复算")
    return FormulaUnsupported(f"公式中有不能识别的内容“{text[position : position + 12]}”")


@lru_cache(maxsize=16384)
def tokenize(text: str) -> tuple[Token, ...]:
    """Return the tokens of a formula without ``=``; blanks that mean nothing are dropped.

    Raises FormulaUnsupported.
    """
    if len(text) > MAX_LENGTH:
        raise FormulaUnsupported(f"公式超过 {MAX_LENGTH} 个字符，不复算")
    tokens: list[Token] = []
    position, depth, sheet, blank = 0, 0, None, False
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise _refuse(text, position)
        kind, piece = match.lastgroup or "", match[0]
        if kind == "number" and match.end() < len(text) and text[match.end()] == ":":
            raise _refuse(text, match.end())
        if sheet is not None and kind not in ("area", "name", "error"):
            raise _refuse(text, position)
        if kind == "blank":
            blank = True
        elif kind == "sheet":
            quoted = match["quoted"]
            sheet = match["bare"] if quoted is None else quoted.replace("''", "'")
            if "[" in sheet:
                raise FormulaUnsupported("公式引用了外部工作簿，不复算")
        else:
            token = _token(kind, piece, sheet)
            if tokens and _closes(tokens[-1]) and _opens(token):
                if not blank:
                    raise FormulaUnsupported("公式不完整")
                tokens.append(Token("join", " "))
            depth += (kind == "func" or piece == "(") - (piece == ")")
            if depth > MAX_DEPTH:
                raise FormulaUnsupported(f"公式嵌套超过 {MAX_DEPTH} 层，不复算")
            tokens.append(token)
            sheet, blank = None, False
        position = match.end()
    if sheet is not None or depth or not tokens:
        raise FormulaUnsupported("公式不完整")
    return tuple(tokens)


def _closes(token: Token) -> bool:
    return token.kind not in ("func", "join") and not (token.kind == "op" and token.text in _OPERATORS)


def _opens(token: Token) -> bool:
    return token.kind not in ("op", "join") or token.text in ("(", "{", "@")


_OPERATORS = frozenset(
    ["<=", ">=", "<>", "-", "+", "*", "/", "^", "&", "=", "<", ">", "@", "(", ",", "{", ";"]
)


def _token(kind: str, piece: str, sheet: str | None) -> Token:
    if kind == "area":
        return Token("ref", piece, sheet, _area_corners(piece))
    if kind == "text":
        return Token("text", piece[1:-1].replace('""', '"'))
    if kind == "func":
        return Token("func", _PREFIX.sub("", piece[:-1]).upper())
    if kind == "error":
        return Token("error", "#REF!" if piece[1:5].upper() == "REF!" else piece.upper())
    if kind == "name" and sheet is None and piece.upper() in ("TRUE", "FALSE"):
        return Token("bool", piece.upper())
    return Token(kind, piece, sheet)


class Sketch(NamedTuple):
    """A formula with its references made relative and all else as written; ``free`` of sheets and names."""

    text: str
    free: bool


def sketch_of(text: str, row: int, column: int) -> Sketch | None:
    """Return a cheap key: on one sheet of one workbook, formulas of the same sketch have the same form."""
    if len(text) > MAX_LENGTH:
        return None
    pieces: list[str] = []
    position, free = 0, True
    for match in _RUN.finditer(text):
        if match.start() != position:
            return None
        position, kind, piece = match.end(), match.lastgroup, match[0]
        if kind == "area":
            try:
                corners = _area_corners(piece)
            except FormulaUnsupported:
                return None
            top, left, bottom, right, a, b, c, d = corners
            # a corner that does not move is marked by ! and an absolute number
            pieces.append(
                f"[{f'!{top}' if a else top - row},{f'!{left}' if b else left - column},"
                f"{f'!{bottom}' if c else bottom - row},{f'!{right}' if d else right - column}]"
            )
        else:
            if kind in ("sheet", "name"):
                free = False
            pieces.append(piece)
    return Sketch("".join(pieces), free) if position == len(text) else None
