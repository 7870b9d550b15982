"""Number formats taken apart: sections, conditions, placeholders. What is not known here is refused."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from xlperf.errors import FormulaUnsupported
from xlperf.recompute.kernels.core import Fault
from xlperf.values import ExcelError

_COLOURS = (
    "red|blue|green|black|white|yellow|cyan|magenta|红色|蓝色|绿色|黑色|白色|黄色|青色|洋红|"
    r"color ?\d+|颜色 ?\d+"
)
_PIECE = re.compile(
    r'(?P<quoted>"[^"]*")|[\\!](?P<escaped>.)|_(?P<space>.)|(?P<elapsed>\[(?:h+|m+|s+)\])|'
    rf"(?P<colour>\[(?:{_COLOURS})\])|\[dbnum(?P<dbnum>[12])\]|"
    r"\[(?P<condition><=|>=|<>|<|>|=)(?P<bound>-?\d+(?:\.\d+)?)\]|\[\$(?P<symbol>[^-\]]*)(?:-(?P<locale>[^\]]*))?\]|"
    r"(?P<general>general|g/通用格式)|(?P<clock>am/pm|上午/下午)|(?P<exp>e[+-])(?=[0#])|"
    r"(?P<date>y+|m+|d+|h+|s+|a{3,4})|(?P<digit>[0#?])|(?P<sign>[.,%@])|(?P<plain>[-+/():$ ^&'~{}<>=]|[^\x00-\x7f])",
    re.IGNORECASE | re.DOTALL,
)
#: Locales whose words are known; others may bring their own digits or calendar.
_LOCALES = {
    **dict.fromkeys(("", "1", "2"), ""),
    **dict.fromkeys(("804", "0804", "zh-cn"), "zh"),
    **dict.fromkeys(("409", "0409", "en-us"), "en"),
}
_LITERAL = frozenset(("quoted", "escaped", "space", "plain"))


class Mark(NamedTuple):
    """One piece of a format: ``literal``, ``digit``, ``sign``, ``date``, ``elapsed``, ``clock``, ``exp`` or
    ``general``.
    """

    kind: str
    text: str


class Section(NamedTuple):
    """One of the up to four parts of a format that semicolons separate."""

    marks: tuple[Mark, ...]
    #: Sign of comparison and bound, or None.
    condition: tuple[str, Decimal] | None
    #: Chinese numerals: 0 none, 1 一二三, 2 壹贰叁.
    numerals: int
    #: ``zh``, ``en`` or nothing.
    locale: str
    #: The kinds of its marks.
    kinds: frozenset[str]
    #: Whether it has an ``@``.
    takes_text: bool


@lru_cache(maxsize=1024)
def sections_of(layout: str) -> tuple[Section, ...]:
    """Return the sections of a format. Raises FormulaUnsupported for what is not known."""
    if len(layout) > 255:
        raise Fault(ExcelError.VALUE)
    pieces: list[list[re.Match[str]]] = [[]]
    position = 0
    while position < len(layout):
        if layout[position] == ";":
            pieces.append([])
            position += 1
            continue
        match = _PIECE.match(layout, position)
        if match is None:
            raise FormulaUnsupported(f"TEXT 的格式“{layout[:40]}”不复算")
        pieces[-1].append(match)
        position = match.end()
    if len(pieces) > 4:
        raise FormulaUnsupported("TEXT 的格式超过四段，不复算")
    return tuple(map(_section, pieces))


def _section(pieces: list[re.Match[str]]) -> Section:
    marks: list[Mark] = []
    condition, numerals, locale = None, 0, ""
    for match in pieces:
        if match["dbnum"]:
            numerals = int(match["dbnum"])
        elif match["condition"]:
            condition = match["condition"], Decimal(match["bound"])
        elif match["symbol"] is not None:
            locale = _locale((match["locale"] or "").lower()) or locale
            if match["symbol"]:
                marks.append(Mark("literal", match["symbol"]))
        elif not match["colour"]:
            marks.append(_mark(match))
    kinds = frozenset(mark.kind for mark in marks)
    return Section(tuple(marks), condition, numerals, locale, kinds, Mark("sign", "@") in marks)


def _locale(name: str) -> str:
    if name not in _LOCALES:
        raise FormulaUnsupported(f"TEXT 的格式中的地区“{name[:12]}”，不复算")
    return _LOCALES[name]


def _mark(match: re.Match[str]) -> Mark:
    kind, found = str(match.lastgroup), match[0]
    if kind == "quoted":
        found = found[1:-1]
    elif kind == "escaped":
        found = match["escaped"]
    elif kind == "space":
        found = " "
    return Mark("literal" if kind in _LITERAL else kind, found)
