"""XML parts as elements to read: small ones by the parser of the standard library, all others by lxml.

lxml takes as long to import as everything else that reads an ordinary workbook. What the standard parser does not take
goes to lxml, which has the last word on what is refused; what both take they give alike (a test compares them).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Protocol, cast, overload
from xml.etree.ElementTree import ParseError, XMLParser

if TYPE_CHECKING:
    from lxml import etree

#: Bytes up to which the standard parser is asked first: enough for all parts of the annexes but their sheets.
_SMALL = 1 << 18
_CHUNK = 1 << 16
_DECLARED = re.compile(rb"""xmlns[^=]*=\s*(?:"([^"]*)"|'([^']*)')""")
_NAMESPACE = re.compile(rb"(?:https?://[a-z0-9.-]+(?:/[A-Za-z0-9._/-]*)?|urn:[a-z0-9-]+:[A-Za-z0-9:._-]+)?")
#: Bytes looked at in one step for that; tags of two attributes or so fill them long before they are too many.
_STEP = 1 << 10
#: Nesting that libxml2 takes.
_DEEPEST = 256


class Element(Protocol):
    """What reading needs of an element, which both parsers' elements have."""

    @property
    def tag(self) -> str:
        """The name, led by its namespace in braces."""

    @property
    def text(self) -> str | None:
        """The text before the first child."""

    @property
    def attrib(self) -> Mapping[str, str]:
        """The attributes."""

    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[Element]: ...
    def __getitem__(self, index: int) -> Element: ...

    @overload
    def get(self, key: str) -> str | None: ...
    @overload
    def get(self, key: str, default: str) -> str: ...

    def items(self) -> Iterable[tuple[str, str]]:
        """The attributes, by name."""

    def find(self, path: str) -> Element | None:
        """The first element at a path, None where there is none."""

    def findall(self, path: str) -> list[Element]:
        """All elements at a path."""

    def findtext(self, path: str) -> str | None:
        """The text of the first element at a path."""

    def iter(self, tag: str) -> Iterator[Element]:
        """This element and all below it that have a name."""

    def itertext(self) -> Iterator[str]:
        """All texts below."""


def small_root(data: bytes) -> Element | None:
    """Return the root of a small part without DTD, None where lxml is to say what it is."""
    if len(data) > _SMALL or b"<!DOCTYPE" in data or _is_deep(data):
        return None
    if not all(_NAMESPACE.fullmatch(one or other) for one, other in _DECLARED.findall(data)):
        return None  # lxml refuses what is no address
    parser = XMLParser(encoding="utf-8")
    try:
        for start in range(0, len(data), _CHUNK):
            parser.feed(data[start : start + _CHUNK])
        return cast("Element", parser.close())
    except (ParseError, ValueError):
        return None


def _is_deep(data: bytes) -> bool:
    """Tell whether elements may be nested deeper than lxml takes, which the standard parser would not mind."""
    if data.count(b"</") <= _DEEPEST:
        return False
    depth = at = 0
    while at < len(data):
        stop = data.find(b"<", at + _STEP)
        piece = data[at : stop if stop >= 0 else len(data)]
        at += len(piece)
        tags, closed = piece.count(b"<"), piece.count(b"</")
        if depth + tags > _DEEPEST:
            return True
        depth += tags - 2 * closed - piece.count(b"/>")
    return False


def lxml_parser(huge: bool) -> etree.XMLParser:
    """Return a parser that fetches and expands nothing."""
    from lxml import etree

    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        no_network=True,
        huge_tree=huge,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )


def local(node: Element) -> str:
    """Return the local name of an element."""
    return node.tag.rpartition("}")[2]


def namespace_of(node: Element) -> str:
    """Return the namespace of an element, "" where it has none."""
    return node.tag[1:].partition("}")[0] if node.tag[:1] == "{" else ""
