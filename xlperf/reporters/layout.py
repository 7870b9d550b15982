"""Lines for a terminal in which a Chinese character takes two columns.

Everything that goes through :func:`wrap` is freed of control characters: no text out of a workbook can move
the cursor, colour the screen or turn the reading direction.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_OPENING = "（《〈「『【〔〖“‘"
_CLOSING = "，。、；：！？）》〉」』】〕〗”’…％‰"
#: What a line is never broken inside of: a word (Latin or Greek, with dashes) or one other character, with its
#: punctuation. Wider ranges would take a millisecond to compile.
_UNIT = re.compile(
    rf"\s+|[{_OPENING}]*(?:[!-~\xa1-\u03ff\u2010-\u2015]+|[^\s{_OPENING}{_CLOSING}])"
    rf"[{_CLOSING},.;:!?)\]%]*|[{_OPENING}]+|[{_CLOSING}]+"
)
_INVISIBLE = {"Cf", "Mn", "Me"}


@lru_cache(maxsize=4096)
def _harmless(char: str) -> str:
    """Return what may be printed for a character: itself, a space for a control, nothing for a mark."""
    category = unicodedata.category(char)
    if category in ("Cc", "Zl", "Zp"):
        return " "
    return "" if category in ("Cf", "Cs") else char


def clean(text: str) -> str:
    """Return the text without controls (C0, C1), line breaks, direction overrides and surrogates."""
    if text.isprintable():
        return text
    return "".join(map(_harmless, text))


@lru_cache(maxsize=4096)
def _columns(char: str) -> int:
    # Ambiguous widths (“ ” … ≥ ×) take two columns in the console of a Chinese Windows: reckoned as two
    # everywhere, a line is then never too long, at worst a little short.
    if char.isascii():
        return 1
    if unicodedata.category(char) in _INVISIBLE:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WFA" else 1


def columns(text: str) -> int:
    """Return the number of terminal columns that a text takes at most."""
    return len(text) if text.isascii() else _columns_of(text) if len(text) <= 8 else sum(map(_columns, text))


@lru_cache(maxsize=4096)
def _columns_of(unit: str) -> int:
    return sum(map(_columns, unit))


def clip(text: str, limit: int) -> str:
    """Return the text cleaned and, where it is wider than ``limit`` columns, cut short with an ellipsis."""
    text = clean(text)
    if columns(text) <= limit:
        return text
    room = limit - columns("…")
    for end, char in enumerate(text):
        room -= _columns(char)
        if room < 0:
            return text[:end].rstrip() + "…"
    return text


def wrap(text: str, width: int, first: str = "", rest: str | None = None) -> list[str]:
    """Break a text into lines of at most ``width`` columns, led by ``first`` and then by ``rest``.

    Lines break between Chinese characters and at spaces, neither before a closing nor after an opening mark;
    a word wider than a line is cut. Without ``rest`` the other lines are set in by the width of ``first``.
    """
    first = clean(first)
    if columns(first) > width // 2:  # no room beside it: it becomes part of the text
        text = first.lstrip() + text
        first = ""
    rest = " " * columns(first) if rest is None else clean(rest)
    lines: list[str] = []
    indent = columns(rest)
    lead, line, gap, gap_size, used = first, "", "", 0, columns(first)
    for unit, size in _pieces(clean(text), max(width - max(used, indent), 2)):
        if unit.isspace():
            gap, gap_size = (unit, size) if line else ("", 0)
            continue
        if line and used + gap_size + size > width:
            lines.append(lead + line)
            lead, line, used = rest, unit, indent + size
        else:
            line, used = line + gap + unit, used + gap_size + size
        gap, gap_size = "", 0
    return [*lines, (lead + line).rstrip()]


def _pieces(text: str, room: int) -> list[tuple[str, int]]:
    """Return the unbreakable units of a text and their columns; those wider than ``room`` are cut."""
    pieces: list[tuple[str, int]] = []
    for unit in _UNIT.findall(text):
        size = columns(unit)
        while size > room and not unit.isspace():
            end = 1
            while columns(unit[: end + 1]) <= room:
                end += 1
            pieces.append((unit[:end], columns(unit[:end])))
            unit = unit[end:]
            size = columns(unit)
        pieces.append((unit, size))
    return pieces
