"""Places of elements in bytes, edits there, and a zip of which parts are left out."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlperf.workbook.bundle import rebundled
from xlperf.workbook.markup import Edit, cut, elements, escaped, patched, tag_of, with_attributes

HEAD = '<?xml version="1.0"?>\n'
XML = (HEAD + '<x:a 属="1>2"><b/><!-- <b> --><x:b 名=\'甲"\'>文<c>字</c>&amp;尾</x:b ><b></b></x:a>').encode()


def test_every_element_stands_where_it_is_said() -> None:
    found = elements(XML)
    assert [(e.name, XML[e.start : e.end].decode()) for e in found[1:]] == [
        ("b", "<b/>"),
        ("b", "<x:b 名='甲\"'>文<c>字</c>&amp;尾</x:b >"),
        ("c", "<c>字</c>"),
        ("b", "<b></b>"),
    ]
    assert [e.parent for e in found] == [-1, 0, 0, 2, 0]
    assert found[2].text == "文&尾"
    assert XML[found[2].inner : found[2].inner_end].decode() == "文<c>字</c>&amp;尾"
    assert found[0].attributes == {"属": "1>2"}


def test_bad_xml_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="bad XML"):
        elements(b"<a><b></a>")


def test_edits_change_nothing_else() -> None:
    found = elements(XML)
    assert patched(XML, []) == XML
    assert patched(XML, [cut(found[3])]) == XML.replace("<c>字</c>".encode(), b"")
    assert patched(XML, [cut(found[3]), cut(found[2])]).count("文".encode()) == 0
    assert patched(b"abc", [Edit(1, 2, b"X"), Edit(3, 3, b"!")]) == b"aXc!"


def test_attributes_are_changed_and_taken_away() -> None:
    data = b'<c r="A1" s="3" x:t=\'s\'/>'
    tag = tag_of(data, elements(b"<w xmlns:x='x'>" + data + b"</w>")[1]._replace(start=0, inner=len(data)))
    assert with_attributes(tag, s="4", t=None) == b'<c r="A1" s="4"/>'
    assert with_attributes(tag, s='"<') == b'<c r="A1" s="&quot;&lt;" x:t=\'s\'/>'


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff")))
def test_a_text_comes_back(text: str) -> None:
    [root] = elements(b'<t a="' + escaped(text) + b'">' + escaped(text) + b"</t>")
    assert root.text == text


def test_other_members_keep_their_packed_bytes() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.comment = b"secret"
        archive.writestr("a.xml", "甲" * 500, zipfile.ZIP_DEFLATED, 1)
        archive.writestr("b/中.xml", "乙" * 500, zipfile.ZIP_STORED)
        archive.writestr("c.xml", "丙")
        archive.writestr("D.xml", "丁")
    copy = rebundled(made.getvalue(), ["d.xml"], {"C.xml": b"new" * 99})
    assert b"secret" not in copy
    with zipfile.ZipFile(io.BytesIO(copy)) as archive, zipfile.ZipFile(made) as old:
        assert archive.testzip() is None
        assert archive.namelist() == ["a.xml", "b/中.xml", "c.xml"]
        assert archive.read("c.xml") == b"new" * 99
        for name in ("a.xml", "b/中.xml"):
            assert archive.read(name) == old.read(name)
            assert archive.getinfo(name).compress_size == old.getinfo(name).compress_size
