"""All that a workbook file tells besides the values of its cells: every text of every part, and what is not to be seen.

A snapshot knows cells; whoever judges what may be published must know the rest too: comments, headers and footers,
properties, prompts, pictures, what hides in a column, a sheet or a string that no cell uses any more.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from xlperf.address import parse_a1
from xlperf.workbook.markup import Element, elements
from xlperf.workbook.package import Package
from xlperf.workbook.read import read_package
from xlperf.workbook.read_refuse import exceeded, one_door
from xlperf.workbook.read_text import unescape
from xlperf.workbook.snapshot import SheetSnapshot, Snapshot
from xlperf.workbook.strip import PLAIN_KINDS, unseen

#: Parts that hold nothing a reader could not see elsewhere, besides those that a stripped copy keeps.
_HARMLESS = PLAIN_KINDS | {"calcChain", "sheetMetadata", "table", "hyperlink", "chartsheet", "dialogsheet"}
_WORDS = {
    "comments": "批注",
    "threadedComment": "批注",
    "threadedComments": "批注",
    "person": "批注人员名单",
    "vmlDrawing": "批注或控件的图形",
    "legacyDrawing": "批注或控件的图形",
    "drawing": "图片、图表或文本框",
    "image": "图片",
    "externalLink": "外部链接",
    "externalLinkPath": "外部链接",
    "printerSettings": "打印机设置",
    "custom-properties": "自定义属性",
    "customXml": "附加的数据",
    "thumbnail": "缩略图",
    "vbaProject": "宏",
    "oleObject": "嵌入的文件",
    "package": "嵌入的文件",
    "control": "控件",
    "ctrlProp": "控件",
    "pivotTable": "数据透视表",
    "pivotCacheDefinition": "数据透视表的源数据",
    "connections": "外部数据连接",
    "queryTable": "外部数据连接",
    "usernames": "共享用户名单",
    "revisionHeaders": "修订记录",
}
#: Attributes that hold what a person wrote, or who it was.
_WRITTEN = frozenset(
    (
        "name", "prompt", "error", "promptTitle", "errorTitle", "tooltip", "display", "descr", "title", "alt", "text",
        "author", "displayName", "userId", "userName", "user", "comment", "caption", "v", "url", "href",
    )
)  # fmt: skip
#: What is read as one text, however many runs it is written in.
_WHOLE = frozenset(("si", "p", "comment", "text", "textbox"))
_CORE_NAMES = {"creator": "作者", "lastModifiedBy": "最后保存者", "manager": "经理"}
_APP_NAMES = {"Manager": "经理", "Company": "单位"}
_BOOK_NAMES = {"fileSharing": "保存者", "customWorkbookViews": "个人视图", "absPath": "保存路径"}


class Text(NamedTuple):
    """A text that stands in no cell's value: what it is, and the sheet and cell it belongs to, where it does."""

    kind: str
    text: str
    sheet: str = ""
    cell: tuple[int, int] | None = None


class Unseen(NamedTuple):
    """Something that a reader of the printed workbook does not see, and the cells it is about."""

    what: str
    sheet: str = ""
    cells: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Contents:
    """A workbook with everything in it."""

    snapshot: Snapshot
    texts: tuple[Text, ...]
    unseen: tuple[Unseen, ...]


def read_contents(package: Package) -> Contents:
    """Read an opened workbook with everything in it. Raises FileRefused."""
    snapshot = read_package(package)
    with one_door(package.source):
        return _Reader(package, snapshot).read()


class _Reader:
    def __init__(self, package: Package, snapshot: Snapshot) -> None:
        self.package, self.snapshot = package, snapshot
        self.texts: list[Text] = []
        self.unseen: list[Unseen] = []
        self.owners: dict[str, str] = {}
        self.done: set[str] = {"[content_types].xml"}

    def read(self) -> Contents:
        package, book = self.package, self.package.workbook_part
        links = package.relationships(book)
        nodes = self._elements(book)
        for node in nodes:
            if node.name == "sheet":
                key = next((value for name, value in node.attributes.items() if name.endswith(":id")), "")
                self.owners[links[key].target.casefold()] = unescape(node.attributes.get("name", ""))
        self._book(nodes)
        for part, sheet in list(self.owners.items()):
            self._sheet(part, sheet)
        for kind, words in (("core-properties", _CORE_NAMES), ("extended-properties", _APP_NAMES)):
            self._properties(kind, words)
        self._strings(next((link.target for link in links.values() if link.kind == "sharedStrings"), ""))
        self._parts()
        for part in package.parts:
            if part.casefold() not in self.done and part.casefold().endswith((".xml", ".vml", ".rels")):
                self.texts += self._texts(part)
        return Contents(self.snapshot, tuple(self.texts), tuple(dict.fromkeys(self.unseen)))

    def _elements(self, part: str) -> list[Element]:
        """Return the elements of a part; they take more memory than a tree. Raises LimitExceeded for too many."""
        data = self.package.xml_bytes(part)
        if data.count(b"<") + data.count(b"=") * 3 // 2 > self.package.limits.part_markup // 2:
            raise exceeded(self.package.source, "内容过多（格式或单元格数量异常）")
        return elements(data)

    # -- what is hidden ------------------------------------------------------------------------------

    def _book(self, nodes: list[Element]) -> None:
        for sheet in self.snapshot.sheets:
            self.texts.append(Text("工作表名", sheet.name, sheet.name))
            if sheet.state != "visible":
                self.unseen.append(Unseen("隐藏的工作表", sheet.name, ((1, 1),)))
        for node in nodes:
            if node.name in _BOOK_NAMES:
                self.unseen.append(Unseen(_BOOK_NAMES[node.name]))

    def _sheet(self, part: str, name: str) -> None:
        """Tell of hidden rows and columns, and the texts of a sheet beside its cells."""
        self.done.add(part)
        nodes = self._elements(part)
        sheet = self.snapshot.sheet(name)
        assert sheet is not None
        if sheet.state == "visible":
            self._hidden_cells(sheet, nodes)
        within: set[int] = set()
        beside: list[Element] = []
        for index, node in enumerate(nodes):
            if node.name == "sheetData" or node.parent in within:
                within.add(index)
                beside.append(node._replace(attributes={}, text=""))
            else:
                beside.append(node)
        kinds = {"headerFooter": "页眉页脚", "dataValidations": "填写提示", "hyperlinks": "超链接"}
        tops = [self._top(nodes, index) for index in range(len(nodes))]
        for index, text in _texts(beside):
            self.texts.append(Text(kinds.get(tops[index], "工作表的其他文字"), text, name))
        self.texts += [
            Text("公式", cell.formula, name, at)
            for at, cell in sheet.cells.items()
            if cell.formula is not None and '"' in cell.formula
        ]

    def _hidden_cells(self, sheet: SheetSnapshot, nodes: list[Element]) -> None:
        rows, columns = set(sheet.hidden_rows), set()
        last = 0
        for node in nodes:
            if node.name == "col" and unseen(node):
                columns |= set(range(int(node.attributes.get("min", "1")), int(node.attributes.get("max", "1")) + 1))
            elif node.name == "row":
                last = int(node.attributes.get("r") or last + 1)
                if unseen(node):
                    rows.add(last)
        filled = sorted(at for at, cell in sheet.cells.items() if cell.value not in (None, "") or cell.formula)
        for what, cells in (
            ("隐藏的列中的内容", [at for at in filled if at[1] in columns]),
            ("隐藏的行中的内容", [at for at in filled if at[0] in rows and at[1] not in columns]),
        ):
            if cells:
                self.unseen.append(Unseen(what, sheet.name, tuple(cells)))

    def _top(self, nodes: list[Element], index: int) -> str:
        """Return the name of the child of the root that an element stands in."""
        while nodes[index].parent > 0:
            index = nodes[index].parent
        return nodes[index].name

    def _parts(self) -> None:
        """Tell of the parts that a plain workbook does not have; those of a sheet by their sheet."""
        package = self.package
        origins = ["", *package.parts]
        told: list[tuple[str, str]] = []
        for origin in origins:
            if origin.casefold().endswith(".rels"):
                continue
            sheet = self.owners.get(origin.casefold(), "")
            for link in package.relationships(origin).values():
                if link.external:
                    self.texts.append(Text("超链接", link.target, sheet))
                    if link.kind == "hyperlink" and link.target.casefold().startswith(("file:", "\\\\")):
                        told.append(("指向文件的链接", sheet))
                    continue
                self.owners.setdefault(link.target.casefold(), sheet)
                if link.kind not in _HARMLESS:
                    told.append((_WORDS.get(link.kind, "附加的内容"), sheet))
        commented = {sheet for what, sheet in told if what == "批注"}
        for what, sheet in dict.fromkeys(told):
            if not (what == "批注或控件的图形" and sheet in commented):
                self.unseen.append(Unseen(what, sheet))

    def _properties(self, kind: str, words: dict[str, str]) -> None:
        part = self.package.related("", kind)
        if part is None:
            return
        self.done.add(part.casefold())
        for node in self._elements(part):
            if node.parent >= 0 and node.text.strip():
                self.texts.append(Text("属性", node.text))
            if node.parent == 0 and node.name in words and node.text.strip():
                self.unseen.append(Unseen(f"属性“{words[node.name]}”"))

    # -- texts ---------------------------------------------------------------------------------------

    def _strings(self, part: str) -> None:
        """Take the shared strings that no cell uses: what was deleted may still stand there."""
        if part not in self.package.parts:
            return
        self.done.add(part.casefold())
        used = {
            cell.value for sheet in self.snapshot.sheets for cell in sheet.cells.values() if isinstance(cell.value, str)
        }
        nodes = self._elements(part)
        for _, text in _texts(nodes):
            if unescape(text) not in used and text.strip():
                self.texts.append(Text("已不用的文字", unescape(text)))

    def _texts(self, part: str) -> Iterator[Text]:
        """Yield the texts of any other part."""
        try:
            nodes = self._elements(part)
        except ValueError:  # VML need not be XML; what it is part of is told anyway
            return
        sheet = self.owners.get(part.casefold(), "")
        name = posixpath.basename(part).casefold()
        kind = "批注" if "comment" in name else "图形中的文字" if "drawing" in part.casefold() else "其他部件的文字"
        if part.casefold() == self.package.workbook_part.casefold():
            kind = "名称"
        for index, text in _texts(nodes):
            cell: tuple[int, int] | None = None
            up = index
            while up >= 0 and cell is None:
                if nodes[up].name in ("comment", "threadedComment") and "ref" in nodes[up].attributes:
                    cell = parse_a1(nodes[up].attributes["ref"])
                up = nodes[up].parent
            yield Text(kind, text, sheet, cell)


def _texts(nodes: list[Element]) -> Iterator[tuple[int, str]]:
    """Yield every text with its element: what is read as one as one, and the attributes that people write."""
    whole: dict[int, list[str]] = {}
    owners: list[int] = []
    for index, node in enumerate(nodes):
        outer = owners[node.parent] if node.parent >= 0 else -1
        owner = outer if outer >= 0 else index if node.name in _WHOLE else -1
        owners.append(owner)
        if owner >= 0:
            whole.setdefault(owner, []).append(node.text)
        elif node.text.strip():
            yield index, node.text
        for name, value in node.attributes.items():
            if name.rpartition(":")[2] in _WRITTEN and value.strip():
                yield index, unescape(value)
    for index, pieces in whole.items():
        text = "".join(pieces)
        if text.strip():
            yield index, text
