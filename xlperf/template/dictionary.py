"""The dictionary on the hidden sheet ``_xlperf``: what a template says of itself.

Sections stand one under another, each with its title, a header row, its lines and an empty row. A bureau may change a
template in Excel; the dictionary is read from the workbook, never from the text source.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from xlperf.address import column_number
from xlperf.errors import TemplateError
from xlperf.values import Scalar, show_value
from xlperf.workbook.snapshot import Snapshot

SHEET = "_xlperf"

#: Title and header of every section, in order.
SECTIONS: dict[str, tuple[str, ...]] = {
    "身份": ("项", "值"),
    "字段": ("字段", "工作表", "类型", "单位", "必填", "取值"),
    "块": ("块", "工作表", "必填"),
    "块列": ("块", "键", "列", "类型", "单位", "必填", "取值"),
    "逐行标志": ("工作表", "列", "规则"),
    "规则定位": ("规则", "定位", "左值", "右值"),
    "引用表": ("名称", "数值", "单位"),
    "规则": ("编号", "状态", "怎样改", "依据", "不符示例", "通过示例"),
}

#: Sections that a template may do without.
OPTIONAL = frozenset({"规则"})

#: Types whose value must be a number.
NUMERIC = frozenset({"金额", "数额", "追加", "人数", "面积", "分值", "得分", "日期"})

#: Those of them that may be “—”, where the thing itself does not apply.
MAY_BE_NONE = frozenset({"金额", "人数", "面积"})


class Kind(NamedTuple):
    """What may stand in a cell: input type (计算 for a formula, 口径 for policy), unit, allowed values.

    ``required`` is 是, 否, or 随行 (required as soon as its row is used).
    """

    type: str
    unit: str = ""
    required: str = "否"
    values: tuple[str, ...] = ()

    @property
    def is_input(self) -> bool:
        """Whether the unit fills the cell in."""
        return self.type not in ("计算", "口径")


class Field(NamedTuple):
    """A named cell; the defined name says where it stands."""

    name: str
    sheet: str
    kind: Kind


class BlockColumn(NamedTuple):
    """One column of a block, by key and column number."""

    key: str
    column: int
    kind: Kind


class Block(NamedTuple):
    """A block of rows of variable number; the defined name of the same name bounds it."""

    name: str
    sheet: str
    required: bool
    columns: tuple[BlockColumn, ...]

    def column(self, key: str) -> BlockColumn | None:
        """Return the column of that key, or None."""
        return next((column for column in self.columns if column.key == key), None)


class RowRule(NamedTuple):
    """Where a rule that is judged row by row points: keys of block columns, or last parts of field names.

    ``right`` may hold alternatives (``a|b``: the first that is filled in) or a sum (``a+b``).
    """

    rule: str
    at: str
    left: str
    right: str


class OwnRule(NamedTuple):
    """What a template says of a rule: of one of its own (``Z01``) all of it, of one of the catalogue what differs here.

    ``state`` is empty (启用), 启用, 观察 or 停用. The examples are edits as text, see :mod:`xlperf.template.examples`.
    """

    id: str
    state: str = ""
    mend: str = ""
    source: str = ""
    fails: str = ""
    passes: str = ""


class Dictionary(NamedTuple):
    """All sections of ``_xlperf``."""

    identity: Mapping[str, str]
    fields: Mapping[str, Field]
    blocks: Mapping[str, Block]
    flags: Mapping[tuple[str, int], str]
    row_rules: Mapping[str, RowRule]
    rules: Mapping[str, OwnRule] = MappingProxyType({})

    @property
    def id(self) -> str:
        """The template's id."""
        return self.identity["编号"]

    @property
    def version(self) -> str:
        """The template's version."""
        return self.identity["版本"]

    @property
    def year(self) -> int:
        """The year that is evaluated."""
        return int(self.identity["年度"])

    @property
    def prototype(self) -> str:
        """Name of the project sheet that is copied once for each project."""
        return self.identity["项目表原型"]

    @property
    def prefix(self) -> str:
        """What the names of the prototype's fields and blocks begin with."""
        return self.identity["项目名称前缀"]

    def project_sheet(self, number: int) -> str:
        """Name of the sheet of the n-th project, from 1."""
        return self.identity["项目表式样"].replace("{n}", str(number))

    def project_prefix(self, number: int) -> str:
        """What the names of the n-th project begin with."""
        return self.identity["项目名称式样"].replace("{n}", str(number))


def read_dictionary(snapshot: Snapshot) -> Dictionary:
    """Read the dictionary of a workbook. Raises TemplateError where it is missing or broken."""
    sheet = snapshot.sheet(SHEET)
    if sheet is None:
        raise TemplateError(f"“{snapshot.source}”没有隐藏表 {SHEET}，不是 xlperf 模板。")
    sections = _sections({key: cell.value for key, cell in sheet.cells.items()})
    missing = [title for title in SECTIONS if title not in sections and title not in OPTIONAL]
    if missing:
        raise TemplateError(f"“{snapshot.source}”的隐藏表 {SHEET} 缺少：{'、'.join(missing)}。")
    columns: dict[str, list[BlockColumn]] = {}
    for name, key, letters, *kind in sections["块列"]:
        columns.setdefault(name, []).append(BlockColumn(key, _column(letters, snapshot.source), _kind(kind)))
    return Dictionary(
        identity={line[0]: line[1] for line in sections["身份"]},
        fields={line[0]: Field(line[0], line[1], _kind(line[2:])) for line in sections["字段"]},
        blocks={
            line[0]: Block(line[0], line[1], line[2] == "是", tuple(columns.get(line[0], ())))
            for line in sections["块"]
        },
        flags={(line[0], _column(line[1], snapshot.source)): line[2] for line in sections["逐行标志"]},
        row_rules={line[0]: RowRule(*line[:4]) for line in sections["规则定位"]},
        rules={line[0]: OwnRule(*line) for line in sections.get("规则", ())},
    )


def lines_of(snapshot: Snapshot, section: str) -> list[list[str]]:
    """Return the lines of a section of ``_xlperf`` as they stand, also those that tell the same thing twice."""
    sheet = snapshot.sheet(SHEET)
    cells = sheet.cells if sheet is not None else {}
    return _sections({key: cell.value for key, cell in cells.items()}).get(section, [])


def _column(letters: str, source: str) -> int:
    try:
        return column_number(letters)
    except ValueError:
        raise TemplateError(f"“{source}”的隐藏表 {SHEET} 中“{letters}”不是列标。") from None


def _kind(parts: list[str]) -> Kind:
    kind, unit, required, values = (*parts, "", "", "", "")[:4]
    return Kind(kind, unit, required or "否", tuple(values.split("|")) if values else ())


def _sections(values: Mapping[tuple[int, int], Scalar]) -> dict[str, list[list[str]]]:
    last = max((row for row, _ in values), default=0)
    found: dict[str, list[list[str]]] = {}
    row = 1
    while row <= last:
        title = values.get((row, 1))
        header = SECTIONS.get(title) if isinstance(title, str) else None
        row += 1
        if header is None or not isinstance(title, str):
            continue
        row += 1  # the header row
        lines: list[list[str]] = []
        while values.get((row, 1)) is not None:
            texts = [values.get((row, column + 1)) for column in range(len(header))]
            lines.append(["" if text is None else show_value(text) for text in texts])
            row += 1
        found[title] = lines
    return found
