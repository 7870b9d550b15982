"""The zip of parts behind a workbook, opened with every guard; a part is unpacked when it is asked for."""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

from xlperf.errors import FileRefused
from xlperf.workbook.elements import Element, local, lxml_parser, small_root
from xlperf.workbook.limits import Limits, told
from xlperf.workbook.read_refuse import damaged, exceeded, one_door, refusal, refuse_bytes
from xlperf.workbook.read_zip import Parts, load_bytes

if TYPE_CHECKING:
    from lxml import etree

_SMALL = 1 << 16
_ENCODING = re.compile(rb"""^<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")

_MAIN = re.compile(r"(spreadsheetml|ms-excel)\.(sheet|template|addin)\.(macroEnabled\.)?main\+xml$", re.I)
_OTHER_KINDS = (
    ("ms-excel.sheet.binary", "这是 .xlsb（二进制）工作簿", "请用 Excel 打开后另存为 .xlsx 再提交"),
    ("wordprocessingml", "这是 Word 文档，不是 Excel 工作簿", "请提交填报用的 .xlsx 原件"),
    ("ms-word", "这是 Word 文档，不是 Excel 工作簿", "请提交填报用的 .xlsx 原件"),
    ("presentationml", "这是 PowerPoint 文稿，不是 Excel 工作簿", "请提交填报用的 .xlsx 原件"),
    ("ms-powerpoint", "这是 PowerPoint 文稿，不是 Excel 工作簿", "请提交填报用的 .xlsx 原件"),
    (
        "opendocument.spreadsheet",
        "这是 .ods（开放文档）表格",
        "请用 Excel、WPS 或 LibreOffice 打开后另存为 .xlsx 再提交",
    ),
    ("opendocument", "这是开放文档格式，不是 Excel 工作簿", "请提交填报用的 .xlsx 原件"),
)


class Relationship(NamedTuple):
    """One relationship: ``kind`` is the last word of its type; ``target`` a part's name unless external."""

    id: str
    kind: str
    target: str
    external: bool = False


class Package:
    """An opened workbook file. Raises :class:`FileRefused` wherever a part is unsound.

    ``parts`` maps names without the leading slash (letter case does not matter) to bytes.
    """

    def __init__(self, data: bytes, source: str, limits: Limits) -> None:
        self.data, self.source, self.limits = data, source, limits
        self.digest = hashlib.sha256(data).hexdigest()
        self.parts: Mapping[str, bytes] = Parts(data, source, limits)
        self._markup = 0
        self._parser: etree.XMLParser | None = None
        self._defaults, self._overrides = self._read_content_types()
        self.workbook_part = self._find_workbook()

    def content_type(self, part: str) -> str:
        """Return the content type of a part; empty where none is declared."""
        extension = posixpath.splitext(part)[1][1:].casefold()
        return self._overrides.get(part.casefold()) or self._defaults.get(extension, "")

    def content_types(self) -> set[str]:
        """Return the content types of all parts in the package."""
        return {self.content_type(part) for part in self.parts}

    def relationships(self, part: str) -> dict[str, Relationship]:
        """Return the relationships of a part by id; of the whole package for ``""``."""
        folder, name = posixpath.split(part)
        rels = posixpath.join(folder, "_rels", name + ".rels")
        if rels not in self.parts:
            return {}
        found: dict[str, Relationship] = {}
        for node in self.elements(rels).findall("{*}Relationship"):
            key, target = node.get("Id", ""), node.get("Target", "")
            external = node.get("TargetMode", "").casefold() == "external"
            kind = node.get("Type", "").rpartition("/")[2]
            found[key] = Relationship(key, kind, target if external else self._resolve(folder, target), external)
        return found

    def related(self, part: str, kind: str) -> str | None:
        """Return the first existing part that ``part`` names with this kind of relationship, or None."""
        wanted = kind.casefold()
        return next(
            (
                r.target
                for r in self.relationships(part).values()
                if r.kind.casefold() == wanted and r.target in self.parts
            ),
            None,
        )

    def xml_bytes(self, part: str) -> bytes:
        """Return an XML part in UTF-8 and without DTD. Raises FileRefused, also where the part is missing."""
        if part not in self.parts:
            raise damaged(self.source, "文件缺少必要的部件")
        data = self.parts[part]
        if data[:4].count(0) or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            with one_door(self.source):
                text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else _bare_utf16(data))
                data = _DECLARATION.sub("", text).encode("utf-8")
        data = data.removeprefix(b"\xef\xbb\xbf")
        encoding = _ENCODING.match(data[: data.find(b"?>") + 1])
        if encoding and encoding[1].lower() not in (b"utf-8", b"utf8", b"us-ascii", b"ascii"):
            raise damaged(self.source, "内容的文字编码不是 UTF-8")
        if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
            raise refusal(self.source, "文件内含有 DTD 或实体定义（不安全）", "请向填报单位重新索取文件")
        return data

    def elements(self, part: str) -> Element:
        """Return the root of an XML part, to read. Raises FileRefused, LimitExceeded for too much markup."""
        return self.elements_of(self.xml_bytes(part))

    def tree(self, part: str) -> etree._Element:
        """Return the root of an XML part, to change. Raises as :meth:`elements`."""
        return self._lxml_root(self.xml_bytes(part))

    def admit_units(self, markup: int) -> None:
        """Count tags and one and a half times the attributes of a part. Raises LimitExceeded."""
        self._markup += markup
        if markup > self.limits.part_markup or self._markup > self.limits.markup:
            raise exceeded(self.source, "内容过多（格式或单元格数量异常）")

    def elements_of(self, data: bytes) -> Element:
        """Return the root of what :meth:`xml_bytes` gave; no parser fetches or expands anything."""
        if len(data) > _SMALL:
            self.admit_units(data.count(b"<") + data.count(b"=") * 3 // 2)
        root = small_root(data)
        return root if root is not None else cast("Element", self._lxml_root(data))

    def _lxml_root(self, data: bytes) -> etree._Element:
        from lxml import etree

        if self._parser is None:
            self._parser = lxml_parser(self.limits.huge_xml)
        with one_door(self.source):
            root = etree.fromstring(data, self._parser)
        if root.getroottree().docinfo.internalDTD is not None:
            raise refusal(self.source, "文件内含有 DTD 或实体定义（不安全）", "请向填报单位重新索取文件")
        return root

    def _resolve(self, folder: str, target: str) -> str:
        path = target.replace("\\", "/").partition("#")[0]
        path = posixpath.normpath(path if path.startswith("/") else posixpath.join("/", folder, path)).lstrip("/")
        return path if path in self.parts else _unquote(path)

    def _read_content_types(self) -> tuple[dict[str, str], dict[str, str]]:
        if "[Content_Types].xml" not in self.parts:
            raise self._refuse_zip()
        defaults: dict[str, str] = {}
        overrides: dict[str, str] = {}
        for node in self.elements("[Content_Types].xml"):
            if local(node) not in ("Default", "Override"):
                continue
            kind = node.get("ContentType", "")
            if node.get("PartName") is not None:
                overrides[_unquote(node.get("PartName", "")).lstrip("/").casefold()] = kind
            else:
                defaults[node.get("Extension", "").casefold()] = kind
        return defaults, overrides

    def _find_workbook(self) -> str:
        part = self.related("", "officeDocument")
        kind = self.content_type(part) if part else ""
        if part and _MAIN.search(kind):
            return part
        for word, what, advice in _OTHER_KINDS:
            if word in kind:
                raise refusal(self.source, what, advice)
        if part is None and not any(_MAIN.search(kind) for kind in self._overrides.values()):
            raise refusal(self.source, "这不是 Excel 工作簿", "请提交填报用的 .xlsx 原件")
        raise damaged(self.source, "找不到工作簿的主要部件")

    def _refuse_zip(self) -> FileRefused:
        names = [name.casefold() for name in self.parts]
        if "mimetype" in self.parts:
            mime = self.parts["mimetype"][:200].decode("ascii", "replace")
            for word, what, advice in _OTHER_KINDS:
                if word in mime:
                    return refusal(self.source, what, advice)
        if "xl/workbook.xml" in names:
            return damaged(self.source)
        if any(name.endswith((".xlsx", ".xlsm", ".xls")) for name in names):
            return refusal(self.source, "这是压缩包", "请先解压，再提交其中的 .xlsx 文件")
        return refusal(self.source, "这是普通压缩包，不是 Excel 工作簿", "请提交填报用的 .xlsx 原件")


def _unquote(text: str) -> str:
    """Return the name of a part as it is meant, where it is written with percent signs."""
    if "%" not in text:
        return text
    from urllib.parse import unquote  # rare, and slow to import

    return unquote(text)


def _bare_utf16(data: bytes) -> str:
    return "utf-16-le" if data[:1] == b"<" else "utf-16-be"


def open_package(path: Path, limits: Limits = Limits()) -> Package:  # noqa: B008 (frozen)
    """Open a workbook file. Raises FileRefused for what is no sound .xlsx, LimitExceeded if too large."""
    return package_from_bytes(load_bytes(path, limits), path.name, limits)


def package_from_bytes(data: bytes, source: str, limits: Limits = Limits()) -> Package:  # noqa: B008 (frozen)
    """Open a workbook held in memory; ``source`` is the name to show. Raises as :func:`open_package`."""
    if len(data) > limits.file_bytes:
        raise exceeded(source, f"文件大于 {told(limits.file_bytes)}", "请删去图片、附件和多余的工作表后再试")
    if not data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        raise refuse_bytes(data, source)
    return Package(data, source, limits)
