"""Markup that bites: DTDs and entities in every kind of part, encodings, depth, attributes, endless texts."""

from __future__ import annotations

import re
from collections.abc import Callable

from hostile_parts import FORM, HEAD, Case, put, sample, swap, tiny, with_rows, zipped

_KINDS = {
    "a sheet": FORM,
    "the workbook": "xl/workbook.xml",
    "shared strings": "xl/sharedStrings.xml",
    "styles": "xl/styles.xml",
    "content types": "[Content_Types].xml",
    "relationships": "_rels/.rels",
    "relationships of the workbook": "xl/_rels/workbook.xml.rels",
    "properties": "docProps/core.xml",
}
_DTDS = {
    "internal entity": '<!DOCTYPE x [<!ENTITY lol "lol">]>',
    "xxe": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
    "external dtd": '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/evil.dtd">',
    "parameter entity": '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p.dtd"> %p;]>',
}


def _prologue(part: str, dtd: str) -> bytes:
    parts = sample()
    text = parts[part]
    head = re.match(rb"<\?xml[^>]*\?>", text)
    assert head
    return zipped({**parts, part: head[0] + dtd.encode() + text[head.end() :]})


def _entity_used(dtd: str) -> bytes:
    parts = swap(sample(), FORM, r"<f>[^<]*</f>", "<f>&e;</f>")
    text = parts[FORM]
    at = text.index(b"?>") + 2
    return zipped({**parts, FORM: text[:at] + dtd.encode() + text[at:]})


def _laughs() -> bytes:
    dtd = '<!DOCTYPE x [<!ENTITY a0 "lol">'
    dtd += "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 12)) + '<!ENTITY e "&a11;">]>'
    return _entity_used(dtd)


def _encoded(encoding: str, declared: str, dtd: str = "") -> bytes:
    parts = sample()
    text = re.sub(r"<\?xml[^>]*\?>", f'<?xml version="1.0" encoding="{declared}"?>{dtd}', parts[FORM].decode(), count=1)
    return zipped({**parts, FORM: text.encode(encoding)})


def _unread(part: str) -> bytes:
    """A drawing, a comment, a theme: parts that nobody reads may hold what they like."""
    dtd = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
    return zipped({**sample(), part: HEAD + dtd})


def _replaced(part: str, change: Callable[[bytes], bytes]) -> bytes:
    parts = sample()
    return zipped({**parts, part: change(parts[part])})


def _attributes(count: int) -> bytes:
    row = '<row r="900" ' + " ".join(f'a{i}="1"' for i in range(count)) + "/>"
    return zipped(with_rows(row))


def _namespaces() -> bytes:
    """Each attribute in a namespace of its own, on nested elements: resolving them is the cost."""
    inner = "".join(f'<a{i} xmlns:n{i}="u{i}" n{i}:x="1">' for i in range(200))
    outer = "".join(f"</a{i}>" for i in reversed(range(200)))
    return zipped(put(sample(), FORM, "<sheetData>", (inner + outer) * 300))


def _runs(count: int) -> bytes:
    strings = "<si>" + "<r><t>长</t></r>" * count + "</si>"
    return zipped(tiny('<row r="1"><c r="A1" t="s"><v>0</v></c></row>', strings=strings), 0)


def _text(characters: int) -> bytes:
    """One text of many characters, which does not pack well enough to be a ratio bomb."""
    block = "".join(chr(0x4E00 + (i * i * 7919) % 20000) for i in range(9973))
    return zipped(
        with_rows(f'<row r="900"><c r="A900" t="inlineStr"><is><t>{block * (characters // 9973)}</t></is></c></row>')
    )


def _strings(count: int, text: str) -> bytes:
    return zipped(put(sample(), "xl/sharedStrings.xml", "</sst>", f"<si><t>{text}</t></si>" * count), 0)


def _half(text: bytes) -> bytes:
    return text[: len(text) // 2]


XML: dict[str, Case] = {
    **{
        f"{what} in {kind}": Case(lambda part=part, dtd=dtd: _prologue(part, dtd), words="DTD")
        for kind, part in _KINDS.items()
        for what, dtd in (_DTDS.items() if part == FORM else [("xxe", _DTDS["xxe"])])
    },
    "xxe used by a formula": Case(lambda: _entity_used(_DTDS["xxe"]), words="DTD"),
    "billion laughs": Case(_laughs, words="DTD"),
    "quadratic blow-up": Case(lambda: _entity_used(f'<!DOCTYPE x [<!ENTITY e "{"a" * 500_000}">]>'), words="DTD"),
    "entity without dtd": Case(lambda: _entity_used(""), words="损坏"),
    "xxe in a drawing": Case(lambda: _unread("xl/drawings/drawing1.xml"), (0,)),
    "xxe in a comment part": Case(lambda: _unread("xl/comments1.xml"), (0,)),
    "utf-16": Case(lambda: _encoded("utf-16", "UTF-16"), (0, 1)),
    "utf-16 with xxe": Case(lambda: _encoded("utf-16", "UTF-16", _DTDS["xxe"]), words="DTD"),
    "utf-16 without mark, with xxe": Case(lambda: _encoded("utf-16-be", "UTF-16", _DTDS["xxe"]), words="DTD"),
    "utf-32 with xxe": Case(lambda: _encoded("utf-32", "UTF-32", _DTDS["xxe"])),
    "utf-7": Case(lambda: _encoded("utf-7", "UTF-7", "+ADwAIQ-DOCTYPE x+AD4-"), words="不是 UTF-8"),
    "ebcdic": Case(lambda: _replaced(FORM, lambda text: b"\x4c\x6f\xa7\x94\x93" + text), words="损坏"),
    "gbk": Case(lambda: _encoded("gb18030", "GB18030"), words="不是 UTF-8"),
    "told utf-8, is gbk": Case(lambda: _encoded("gb18030", "UTF-8"), words="损坏"),
    "invalid utf-8": Case(
        lambda: _replaced(FORM, lambda text: text.replace(b"<f>", b"<f>\xc0\xaf\xed\xa0\x80", 1)), words="损坏"
    ),
    "nul bytes": Case(lambda: _replaced(FORM, lambda text: text.replace(b"<f>", b"<f>\0\0", 1)), words="损坏"),
    "nul character": Case(lambda: _replaced(FORM, lambda text: text.replace(b"<f>", b"<f>&#0;", 1)), words="损坏"),
    "half a sheet": Case(lambda: _replaced(FORM, _half), words="损坏"),
    "empty sheet part": Case(lambda: _replaced(FORM, lambda _: b""), words="损坏"),
    "half a workbook part": Case(lambda: _replaced("xl/workbook.xml", _half), words="损坏"),
    "nested 100 000 deep": Case(
        lambda: zipped(put(sample(), FORM, "<sheetData>", "<a>" * 100_000 + "</a>" * 100_000)), words="损坏"
    ),
    "nested 100 000 deep in strings": Case(
        lambda: zipped(
            put(sample(), "xl/sharedStrings.xml", "</sst>", "<si>" + "<r>" * 100_000 + "</r>" * 100_000 + "</si>")
        ),
        words="损坏",
    ),
    "nested 250 deep": Case(lambda: zipped(put(sample(), FORM, "<sheetData>", "<a>" * 250 + "</a>" * 250)), (0,)),
    "a million attributes": Case(lambda: _attributes(1_000_000), (0, 2)),
    "20 000 attributes": Case(lambda: _attributes(20_000), (0, 2)),
    "60 000 namespaces": Case(_namespaces, (0, 2)),
    "a million runs": Case(lambda: _runs(1_000_000), words="内容过多"),
    "100 000 runs": Case(lambda: _runs(100_000), words="字符"),
    "a text of 12 million characters": Case(lambda: _text(12_000_000), words="文字超过"),
    "a text of 100 000 characters": Case(lambda: _text(100_000), words="文字超过"),
    "a million shared strings": Case(lambda: _strings(1_000_000, "短"), words="内容过多"),
    "400 000 shared strings": Case(lambda: _strings(400_000, "短"), (0,)),
    "29 MB of shared strings": Case(lambda: _strings(14_000, "长" * 700), (0,)),
    "a comment of 20 MB": Case(
        lambda: zipped(put(sample(), FORM, "<sheetData>", "<!--" + "长x" * 5_000_000 + "-->"), 0), (0, 2)
    ),
    "a million comments": Case(lambda: zipped(put(sample(), FORM, "<sheetData>", "<!---->" * 1_000_000), 0), (0, 2)),
    "a million instructions": Case(lambda: zipped(put(sample(), FORM, "<sheetData>", "<?x?>" * 1_000_000), 0), (0, 2)),
    "cells hidden in cdata": Case(
        lambda: zipped(
            with_rows('<row r="900"><c r="A900" t="str"><v><![CDATA[<c r="A1"/><!DOCTYPE x>]]></v></c></row>')
        ),
        (2,),
        "DTD",
    ),
}
