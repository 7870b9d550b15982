"""Small parts are read by the standard parser, and what it takes it gives as lxml does."""

from __future__ import annotations

import random
import zipfile
from pathlib import Path

import pytest
from lxml import etree

from xlperf.workbook.elements import Element, local, lxml_parser, namespace_of, small_root

SAMPLES = sorted((Path(__file__).parents[2] / "samples").glob("*.xlsx"))
TEMPLATE = Path(__file__).parents[2] / "templates/yiyang-2024/yiyang-2024.xlsx"
X = (
    b'<a xmlns="http://u.v/w" xmlns:r="urn:u:v" r:id="1" b=\'2\' xml:space="preserve">'
    b"x<!--c-->y<?p?>z<b/>&amp;&#x4e2d;<![CDATA[<&]]>\r\n</a>"
)


def by_lxml(data: bytes) -> etree._Element | None:
    try:
        return etree.fromstring(data, lxml_parser(False))
    except etree.LxmlError:
        return None


def plain(node: Element | etree._Element) -> object:
    attributes = sorted((str(key), str(value)) for key, value in node.items())
    return str(node.tag), node.text or "", attributes, [(plain(child), child.tail or "") for child in node]


def parts(path: Path) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(path) as archive:
        return [(name, archive.read(name)) for name in archive.namelist() if name.endswith((".xml", ".rels"))]


@pytest.mark.parametrize("path", [TEMPLATE, *SAMPLES], ids=lambda path: path.stem)
def test_both_parsers_give_the_same(path: Path) -> None:
    read = 0
    for name, data in parts(path):
        root, other = small_root(data), by_lxml(data)
        assert other is not None
        if root is not None:
            assert plain(root) == plain(other), name
            assert (local(root), namespace_of(root)) == (etree.QName(other).localname, etree.QName(other).namespace)
            read += 1
    assert read >= 10


@pytest.mark.parametrize(
    "data",
    [
        X, b"<a/>", b"\n<a></a>\n", b"<?xml version=\"1.0\" encoding=\"UTF-8\"?><a>\xe4\xb8\xad</a>", b"<a>\t\r\n</a>",
        b"<p:a xmlns:p='http://u/'><p:b/></p:a>", b"<a b='&lt;&#10;x\ty\n'/>", b"<a xmlns=''/>", b"<a><b xmlns='https://u'/></a>",
    ],
)  # fmt: skip
def test_lawful_forms(data: bytes) -> None:
    root, other = small_root(data), by_lxml(data)
    assert root is not None
    assert other is not None
    assert plain(root) == plain(other)


@pytest.mark.parametrize(
    "data",
    [
        b"", b"<a>", b"<a></b>", b"<a/><b/>", b"<a b='1' b='2'/>", b"<p:a/>", b"<a>&x;</a>", b"<a>\x01</a>",
        b"<a b=1/>", b"<a xmlns='http://a b/c'/>", b"<a xmlns:x = 'http://a:b/c'/>",
        b"\xff\xfe<\x00a\x00", b"<a>\xff</a>", b"<!DOCTYPE a><a/>", b"x<a/>", b"<a>" * 300 + b"</a>" * 300,
        b"<a xmlns:p='http://u' xmlns:q='http://u' p:b='1' q:b='1'/>", b"<a>]]></a>", b"<a><!-- -- --></a>",
        b"<?xml version='1.1'?><a/>",
    ],
)  # fmt: skip
def test_what_lxml_refuses_is_left_to_it(data: bytes) -> None:
    root = small_root(data)
    assert root is None or (by_lxml(data) is not None and plain(root) == plain(by_lxml(data)))


def test_a_large_part_is_left_to_lxml() -> None:
    assert small_root(b"<a>" + b"x" * (1 << 18) + b"</a>") is None


def test_spoiled_parts_are_never_read_otherwise_than_lxml_does() -> None:
    """What the standard parser takes, lxml takes too, with the same result."""
    chance = random.Random(7)
    marks = b"<", b">", b"&", b'"', b"'", b"/", b"</", b"<!--", b"]]>", b"<?"
    pieces = [*marks, b"\x00", b"\xff", b"&#0;", b":", b"=", b" "]
    sources = [data for path in SAMPLES[:2] for _, data in parts(path) if len(data) < 20_000]
    taken = 0
    for _ in range(4000):
        data = bytearray(chance.choice(sources))
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(data))
            data[at : at + chance.randint(0, 3)] = chance.choice(pieces)
        root = small_root(bytes(data))
        if root is not None:
            taken += 1
            other = by_lxml(bytes(data))
            assert other is not None, bytes(data)
            assert plain(root) == plain(other), bytes(data)
    assert taken > 200
