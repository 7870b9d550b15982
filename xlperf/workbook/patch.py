"""Writing into a copy of an .xlsx: only the cells concerned change, everything else stays byte for byte.

::

    edits = {"附件1": {(13, 9): Edit(2.06), (14, 9): Edit(None), (5, 4): Edit(9.06, "SUM(D6:D9)")}}
    copy = patch(path.read_bytes(), path.name, edits)

Of the package, the parts of the edited sheets are rewritten, and of these the edited cells. A file in which a formula
stands where none stood loses its chain of calculation, which programs make anew; one that also holds results nobody
here vouches for is marked to be calculated when it is opened (``recalculate``). No other part changes, and every other
entry of the zip is copied as it lies there: order, dates, packed bytes.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Mapping
from io import BytesIO

from xlperf.errors import FileRefused
from xlperf.workbook.limits import Limits
from xlperf.workbook.package import Package, package_from_bytes
from xlperf.workbook.patch_cells import At, Edit, Keep, patch_cells
from xlperf.workbook.patch_xml import encoding_of, spliced, tags, with_attributes, without_children
from xlperf.workbook.patch_zip import replaced
from xlperf.workbook.read import read_package
from xlperf.workbook.read_refuse import damaged, one_door, refusal
from xlperf.workbook.read_text import unescape
from xlperf.workbook.snapshot import Snapshot

__all__ = ["At", "Edit", "Keep", "patch"]

_CHAIN = "calcChain"
_BEFORE_CALC = (b"sheets", b"functionGroups", b"externalReferences", b"definedNames")


def patch(
    data: bytes,
    source: str,
    edits: Mapping[str, Mapping[At, Edit]],
    *,
    recalculate: bool = False,
    limits: Limits = Limits(),  # noqa: B008 (frozen)
) -> bytes:
    """Return the workbook with the edits in it, by sheet name and ``(row, column)``; ``source`` is the name to show.

    Raises FileRefused for what the reader refuses, for a signed workbook and for one whose parts are written in a way
    that nothing can be changed in; ValueError for an edit that would tear an array formula, LookupError for a sheet
    that is not there.
    """
    package = package_from_bytes(data, source, limits)
    snapshot = read_package(package)
    if any("digital-signature" in kind for kind in package.content_types()):
        raise refusal(source, "工作簿有数字签名，改动会使签名失效", "请先删除签名（文件→信息→查看签名）再试")
    parts: dict[str, bytes] = {}
    locations = _sheet_parts(package)
    for name, cells in edits.items():
        sheet = snapshot.sheet(name)
        if sheet is None:
            raise LookupError(f"no such sheet: {name}")
        if cells:
            part = locations[sheet.name]
            parts[part] = patch_cells(package.parts[part], cells, sheet.cells, _encoding(package, part))
    dropped: set[str] = set()
    if _adds_formulas(snapshot, edits):
        dropped = _without_chain(package, parts)
    if recalculate:
        book = package.workbook_part
        _encoding(package, book)
        parts[book] = _recalculated(parts.get(book, package.parts[book]))
    return _packed(package, parts, dropped)


def _packed(package: Package, parts: Mapping[str, bytes], dropped: set[str]) -> bytes:
    """Return the zip; the reader finds parts whatever the letter case and slash of their names."""
    with one_door(package.source):
        with zipfile.ZipFile(BytesIO(package.data)) as archive:
            names = {name.replace("\\", "/").casefold(): name for name in archive.namelist()}
        return replaced(
            package.data,
            {names[part.casefold()]: content for part, content in parts.items()},
            {names[part.casefold()] for part in dropped},
        )


def _encoding(package: Package, part: str) -> str:
    encoding = encoding_of(package.parts[part])
    if encoding is None:
        raise damaged(package.source, "内容是用 UTF-16 写的，不便改动")
    return encoding


def _sheet_parts(package: Package) -> dict[str, str]:
    """Return the part of each sheet by its name; the reader has seen that there is one."""
    links = package.relationships(package.workbook_part)
    return {
        unescape(node.get("name", "")): links[identity].target
        for node in package.elements(package.workbook_part).findall("{*}sheets/{*}sheet")
        for identity in [next(str(value) for key, value in node.items() if str(key).endswith("}id"))]
    }


def _adds_formulas(snapshot: Snapshot, edits: Mapping[str, Mapping[At, Edit]]) -> bool:
    for name, cells in edits.items():
        sheet = snapshot.sheet(name)
        for at, edit in cells.items():
            there = sheet.cells.get(at) if sheet else None
            had = there is not None and there.formula is not None
            if edit.formula is not Keep.FORMULA and had != (edit.formula is not None):
                return True
    return False


def _without_chain(package: Package, parts: dict[str, bytes]) -> set[str]:
    """Take the chain of calculation out of the package, with its relationship and its content type."""
    book = package.workbook_part
    chains = {link.target for link in package.relationships(book).values() if link.kind == _CHAIN and not link.external}
    if not chains:
        return set()
    folder, name = posixpath.split(book)
    links, types = posixpath.join(folder, "_rels", name + ".rels"), "[Content_Types].xml"
    named = {"/" + chain.casefold() for chain in chains}
    for part in (links, types):
        _encoding(package, part)
    parts[links] = without_children(
        package.parts[links],
        lambda tag: (tag.get(b"Type") or "").rpartition("/")[2] == _CHAIN,
    )
    parts[types] = without_children(
        package.parts[types],
        lambda tag: (tag.get(b"PartName") or "").casefold() in named,
    )
    return {chain for chain in chains if chain in package.parts}


def _recalculated(data: bytes) -> bytes:
    """Return the part of the workbook, marked to be calculated when it is opened."""
    after: tuple[int, bytes] | None = None
    for tag in tags(data):
        if tag.depth == 1 and tag.local == b"calcPr" and tag.opens:
            marked = with_attributes(tag, {b"fullCalcOnLoad": b"1"}, empty=tag.closes)
            return spliced(data, {(tag.start, tag.end): marked})
        if tag.depth == 1 and tag.local in _BEFORE_CALC and tag.closes:
            after = tag.end, tag.prefix
    if after is None:
        raise FileRefused("工作簿里没有工作表。")
    return spliced(data, {(after[0], after[0]): b"<" + after[1] + b'calcPr fullCalcOnLoad="1"/>'})
