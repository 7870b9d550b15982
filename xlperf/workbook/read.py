"""Bytes of a workbook to a :class:`Snapshot`: one pass over zip and XML, hostile files end here.

Everything that is wrong with a file is a :class:`FileRefused` with one Chinese sentence. Macros and
external links are recorded, never run, opened or refused.
Style indices outside the style table are read as 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from xlperf.workbook.elements import Element, local, namespace_of
from xlperf.workbook.limits import Limits, told
from xlperf.workbook.package import Package, Relationship, package_from_bytes
from xlperf.workbook.read_cells import Budget
from xlperf.workbook.read_refuse import damaged, exceeded, one_door, refusal
from xlperf.workbook.read_sheet import read_sheet
from xlperf.workbook.read_styles import read_styles
from xlperf.workbook.read_tables import with_tables
from xlperf.workbook.read_text import XML_SPACE, is_true, rich_text, unescape
from xlperf.workbook.read_zip import load_bytes
from xlperf.workbook.snapshot import DefinedName, SheetSnapshot, Snapshot

TRANSITIONAL = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"


_ALL: Mapping[str, int] = {}


def read_file(path: Path, limits: Limits = Limits(), skim: Mapping[str, int] = _ALL) -> Snapshot:  # noqa: B008 (frozen)
    """Read a workbook file. Raises FileRefused (LimitExceeded where too large) and nothing else.

    Of the sheets in ``skim`` the caller needs the first so many rows only: of a plain sheet the others are looked over
    for soundness and left out.
    """
    return read_bytes(load_bytes(path, limits), path.name, limits, skim)


def read_bytes(
    data: bytes,
    source: str,
    limits: Limits = Limits(),  # noqa: B008 (frozen)
    skim: Mapping[str, int] = _ALL,
) -> Snapshot:
    """Read a workbook held in memory; ``source`` is the name to show. Raises as :func:`read_file`."""
    with one_door(source):
        return read_package(package_from_bytes(data, source, limits), skim)


def read_package(package: Package, skim: Mapping[str, int] = _ALL) -> Snapshot:
    """Read an opened package. Raises as :func:`read_file`."""
    with one_door(package.source):
        return _read(package, skim)


def _read(package: Package, skim: Mapping[str, int]) -> Snapshot:
    book = package.workbook_part
    root = _workbook_root(package)
    relationships = package.relationships(book)
    number_formats, locked = read_styles(_optional(package, relationships, "styles"))
    date1904 = is_true(_attribute(root, "workbookPr", "date1904"))
    budget = Budget(package, _shared_strings(package, relationships), len(number_formats), date1904, skim)
    sheets, macro_sheets = _sheets(package, root, relationships, budget)
    application = _document_part(package, "extended-properties")
    return Snapshot(
        source=package.source,
        digest=package.digest,
        sheets=sheets,
        names=_names(package, root, sheets),
        number_formats=number_formats,
        locked=locked,
        properties=_properties(package),
        application=(application.findtext("{*}Application") or "" if application is not None else "").strip(),
        date1904=date1904,
        full_precision=is_true(_attribute(root, "calcPr", "fullPrecision") or "1"),
        macros=macro_sheets or _has_macros(package),
        external_links=_external_links(package, relationships),
    )


def _workbook_root(package: Package) -> Element:
    data = package.xml_bytes(package.workbook_part)
    if data.count(b"definedName") > 2 * package.limits.names + 2:
        raise exceeded(package.source, f"名称多于 {package.limits.names} 个", "请在名称管理器中删去无用的名称后再试")
    root = package.elements_of(data)
    if root.tag not in (f"{{{TRANSITIONAL}}}workbook", f"{{{STRICT}}}workbook"):
        raise refusal(package.source, "这不是 Excel 工作簿", "请提交填报用的 .xlsx 原件")
    return root


def _attribute(root: Element, child: str, name: str) -> str | None:
    node = root.find("{*}" + child)
    return node.get(name) if node is not None else None


def _optional(package: Package, relationships: dict[str, Relationship], kind: str) -> Element | None:
    part = next((r.target for r in relationships.values() if r.kind == kind and r.target in package.parts), None)
    return package.elements(part) if part is not None else None


def _shared_strings(package: Package, relationships: dict[str, Relationship]) -> dict[str, str]:
    """Return the shared strings by their index as cells write it."""
    limits = package.limits
    part = next((r.target for r in relationships.values() if r.kind == "sharedStrings"), None)
    if part is None or part not in package.parts:
        return {}
    data = package.xml_bytes(part)
    if len(data) > limits.string_bytes:
        raise exceeded(package.source, f"文字内容超过 {told(limits.string_bytes)}")
    root = package.elements_of(data)
    namespace = namespace_of(root)
    preserved = root.get(XML_SPACE) == "preserve"
    nodes = root.findall(f"{{{namespace}}}si")
    strings = {str(i): rich_text(node, namespace, preserved) for i, node in enumerate(nodes)}
    if any(len(text) > limits.string_length for text in strings.values()):
        raise exceeded(package.source, f"有单元格的文字超过 {limits.string_length} 个字符")
    return strings


def _sheets(
    package: Package, root: Element, relationships: dict[str, Relationship], budget: Budget
) -> tuple[tuple[SheetSnapshot, ...], bool]:
    """Return all sheets in order, and whether one of them is an Excel 4 macro sheet; charts have no cells."""
    sheets: list[SheetSnapshot] = []
    seen: set[str] = set()
    macro_sheets = False
    for node in root.findall("{*}sheets/{*}sheet"):
        if len(sheets) >= package.limits.sheets:
            raise exceeded(package.source, f"工作表多于 {package.limits.sheets} 张", "请删去多余的工作表后再试")
        name = unescape(node.get("name", ""))
        link = relationships.get(_relationship_id(node))
        if link is None or link.external or link.target not in package.parts:
            raise damaged(package.source, "有一张工作表的内容缺失")
        if name.casefold() in seen or link.target.casefold() in seen:
            raise damaged(package.source, "有重名或重复的工作表")
        seen |= {name.casefold(), link.target.casefold()}
        macro_sheets = macro_sheets or "macrosheet" in link.kind.casefold()
        state = node.get("state", "visible")
        if link.kind in ("chartsheet", "dialogsheet"):
            sheets.append(SheetSnapshot(name, {}, state=state))
        else:
            sheets.append(with_tables(read_sheet(link.target, name, state, budget), link.target, budget))
    if not sheets:
        raise damaged(package.source, "工作簿里没有工作表")
    return tuple(sheets), macro_sheets


def _relationship_id(node: Element) -> str:
    return next((str(value) for key, value in node.items() if str(key).endswith("}id")), "")


def _names(package: Package, root: Element, sheets: tuple[SheetSnapshot, ...]) -> tuple[DefinedName, ...]:
    names: list[DefinedName] = []
    for node in root.findall("{*}definedNames/{*}definedName"):
        if len(names) >= package.limits.names:
            raise exceeded(
                package.source, f"名称多于 {package.limits.names} 个", "请在名称管理器中删去无用的名称后再试"
            )
        text = unescape((node.text or "").strip())
        if len(text) > package.limits.formula_length:
            raise exceeded(package.source, f"有名称的公式超过 {package.limits.formula_length} 个字符")
        scope = node.get("localSheetId")
        if scope is not None and not (scope.isdecimal() and int(scope[:9]) < len(sheets)):
            raise damaged(package.source, "有名称所属的工作表不存在")
        names.append(
            DefinedName(
                name=unescape(node.get("name", "")),
                text=text,
                scope=sheets[int(scope)].name if scope is not None else None,
                hidden=is_true(node.get("hidden")),
            )
        )
    return tuple(names)


def _document_part(package: Package, kind: str) -> Element | None:
    part = package.related("", kind)
    return package.elements(part) if part is not None else None


def _properties(package: Package) -> dict[str, str]:
    """Return the core properties by local name (``creator``, …) and, over them, the custom ones."""
    found: dict[str, str] = {}
    core = _document_part(package, "core-properties")
    if core is not None:
        found.update({local(node): node.text for node in core if node.text})
    custom = _document_part(package, "custom-properties")
    if custom is not None:
        for node in custom.findall("{*}property"):
            found[unescape(node.get("name", ""))] = unescape("".join(str(text) for text in node.itertext()))
    return found


def _has_macros(package: Package) -> bool:
    return any(
        "macroenabled" in kind or "vbaproject" in kind for kind in map(str.casefold, package.content_types())
    ) or any(part.casefold().endswith("vbaproject.bin") for part in package.parts)


def _external_links(package: Package, relationships: dict[str, Relationship]) -> tuple[str, ...]:
    """Return what the external links point to: files, addresses, or ``service|topic`` of DDE."""
    targets: list[str] = []
    for part in dict.fromkeys(link.target for link in relationships.values() if link.kind == "externalLink"):
        if part not in package.parts:
            continue
        targets += [inner.target for inner in package.relationships(part).values()]
        for node in package.elements(part).findall(".//{*}ddeLink"):
            targets.append(f"{node.get('ddeService', '')}|{node.get('ddeTopic', '')}")
    return tuple(targets)
