"""XML as bytes with places: where each element stands, so that a part is patched and never written anew."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple
from xml.parsers import expat

_TAG = re.compile(rb"""<[^<>"']*(?:"[^"]*"[^<>"']*|'[^']*'[^<>"']*)*>""")
_AMONG = re.compile(rb"""\s+([^\s=/>]+)\s*=\s*("[^"]*"|'[^']*')""")


class Element(NamedTuple):
    """One element: where its start tag begins, what is in it begins and ends, and where it ends itself.

    ``name`` is without prefix; ``attributes`` have their names as written. ``parent`` is its index in the list, −1 for
    the root, and ``text`` what stands directly in it.
    """

    name: str
    attributes: dict[str, str]
    start: int
    inner: int
    inner_end: int
    end: int
    parent: int
    text: str


class Edit(NamedTuple):
    """Bytes to be put in the place of others."""

    start: int
    end: int
    new: bytes = b""


def elements(data: bytes) -> list[Element]:
    """Return all elements of a part in UTF-8, in the order of their start tags. Raises ValueError for bad XML."""
    found: list[Element] = []
    texts: list[list[str]] = []
    stack: list[int] = []
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True

    def start(name: str, attributes: dict[str, str]) -> None:
        at = parser.CurrentByteIndex
        tag = _TAG.match(data, at)
        if tag is None:
            raise ValueError("a start tag without an end")
        local = name.rpartition(":")[2]
        parent = stack[-1] if stack else -1
        stack.append(len(found))
        found.append(Element(local, attributes, at, tag.end(), tag.end(), tag.end(), parent, ""))
        texts.append([])

    def end(_: str) -> None:
        index = stack.pop()
        element = found[index]
        text = "".join(texts[index])
        if data[element.inner - 2 : element.inner] == b"/>":
            return
        at = parser.CurrentByteIndex
        found[index] = element._replace(inner_end=at, end=data.index(b">", at) + 1, text=text)

    def characters(text: str) -> None:
        if stack:
            texts[stack[-1]].append(text)

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, characters
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise ValueError(f"bad XML: {error}") from error
    return found


def patched(data: bytes, edits: Iterable[Edit]) -> bytes:
    """Return the bytes with the edits made; one inside another counts for nothing."""
    pieces: list[bytes] = []
    done = 0
    for edit in sorted(edits, key=lambda e: (e.start, -e.end)):
        if edit.start < done:
            continue
        pieces += [data[done : edit.start], edit.new]
        done = edit.end
    return b"".join([*pieces, data[done:]])


def cut(element: Element) -> Edit:
    """Return the edit that takes an element away."""
    return Edit(element.start, element.end)


def tag_of(data: bytes, element: Element) -> bytes:
    """Return the start tag of an element as it is written."""
    return data[element.start : element.inner]


def with_attributes(tag: bytes, **values: str | None) -> bytes:
    """Return a start tag with some attributes changed, None for taken away; a prefix of their names does not matter."""

    def changed(match: re.Match[bytes]) -> bytes:
        name = match[1].rpartition(b":")[2].decode("utf-8", "replace")
        if name not in values:
            return match[0]
        value = values[name]
        return b"" if value is None else b" " + match[1] + b'="' + escaped(value) + b'"'

    return _AMONG.sub(changed, tag)


def prefix_of(data: bytes, element: Element) -> bytes:
    """Return the prefix of an element's name with its colon, nothing where it has none."""
    name = re.match(rb"<([^\s/>]+)", tag_of(data, element))
    head, colon, _ = name[1].rpartition(b":") if name else (b"", b"", b"")
    return head + colon


def escaped(text: str) -> bytes:
    """Return a text as XML writes it, in an element or between quotation marks."""
    for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(sign, entity)
    return text.encode("utf-8")
