"""Where the tags of an XML part lie in its bytes, so that one can be changed and every other byte left alone.

The parts have been read before, by a parser that admits nothing but well-formed XML; here they are only measured.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

_MARK = re.compile(
    rb"<(?:!--.*?-->|!\[CDATA\[.*?\]\]>|\?.*?\?>"
    rb"""|(/?)([^\s/>!?]++)((?:[^>"'/]++|"[^"]*+"|'[^']*+'|/(?!>))*+)(/?)>)""",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(rb"""\s+([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_DECLARED = re.compile(rb"""(?:\xef\xbb\xbf)?<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f]|_(?=x[0-9A-Fa-f]{4}_)|[\ufffe\uffff]")


class Tag(NamedTuple):
    """One tag: where it begins and ends, its name as written, its attributes as written, whether it opens or closes.

    ``depth`` is 0 for the root; an element that is empty (``<c/>``) both opens and closes.
    """

    start: int
    end: int
    name: bytes
    attributes: bytes
    opens: bool
    closes: bool
    depth: int

    @property
    def local(self) -> bytes:
        """The name without its prefix."""
        return self.name.rpartition(b":")[2]

    @property
    def prefix(self) -> bytes:
        """The prefix with its colon; empty where there is none."""
        return self.name[: len(self.name) - len(self.local)]

    def get(self, name: bytes) -> str | None:
        """Return what an attribute says, None where it is missing."""
        for key, double, single in _ATTRIBUTE.findall(self.attributes):
            if key == name:
                return html.unescape((double or single).decode("utf-8"))
        return None


def tags(data: bytes) -> Iterator[Tag]:
    """Yield the tags of a part, comments and character data passed over."""
    depth = 0
    for match in _MARK.finditer(data):
        slash, name, attributes, empty = match.groups()
        if name is None:
            continue
        if slash:
            depth -= 1
            yield Tag(*match.span(), name, b"", False, True, depth)
        else:
            yield Tag(*match.span(), name, attributes, True, bool(empty), depth)
            depth += not empty


def with_attributes(tag: Tag, changes: Mapping[bytes, bytes | None], *, empty: bool) -> bytes:
    """Return an opening tag with some attributes changed (None: removed), the others as they were written."""
    kept, rest = b"", dict(changes)
    for match in _ATTRIBUTE.finditer(tag.attributes):
        if match[1] not in changes:
            kept += match[0]
        elif (value := rest.pop(match[1])) is not None:
            kept += b" " + match[1] + b'="' + value + b'"'
    kept += b"".join(b" " + name + b'="' + value + b'"' for name, value in rest.items() if value is not None)
    return b"<" + tag.name + kept + (b"/>" if empty else b">")


def spliced(data: bytes, changes: Mapping[tuple[int, int], bytes]) -> bytes:
    """Return the bytes with each span ``(start, end)`` replaced; spans do not overlap."""
    pieces, at = [], 0
    for (start, end), new in sorted(changes.items()):
        pieces += [data[at:start], new]
        at = end
    return b"".join([*pieces, data[at:]])


def without_children(data: bytes, unwanted: Callable[[Tag], bool]) -> bytes:
    """Return a part without some of the children of its root."""
    changes: dict[tuple[int, int], bytes] = {}
    begun: int | None = None
    for tag in tags(data):
        if tag.depth != 1:
            continue
        if tag.opens and unwanted(tag):
            begun = tag.start
        if tag.closes and begun is not None:
            changes[begun, tag.end] = b""
            begun = None
    return spliced(data, changes)


def encoding_of(data: bytes) -> str | None:
    """Return how text may be written into a part, None where it is written in more bytes than one to a letter."""
    if data[:4].count(0) or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return None
    match = _DECLARED.match(data)
    return "ascii" if match and match[1].lower() in (b"us-ascii", b"ascii") else "utf-8"


def escaped(text: str) -> str:
    """Return a text as a part holds it: markup escaped, and what XML cannot hold as ``_x000D_`` (ST_Xstring)."""
    text = _CONTROL.sub(lambda match: f"_x{ord(match[0]):04X}_", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
