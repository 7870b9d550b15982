"""Fill a template with data from a text file (TOML or JSON): the shape follows from the data.

::

    "模板" = "yiyang-2024"
    ["字段"]                                   # by defined name; see `xlperf fields`
    "单位全称" = "……"
    ["块"."业务工作经费_明细"]                  # a block: columns once, then one line per row
    "列" = ["名称", "上年决算", "年初预算", "全年预算", "本年决算"]
    "行" = [["……", 0, 7, 7, 7]]
    ["审核说明"]                               # explanations, by the id of the row of 审核
    "B10" = "……"
    [["项目"]]                                 # one per project sheet, with 字段, 块, 审核说明 of its own

A block may also be a list of tables. To rebuild what was once reported: a key that begins with ``覆盖:`` puts a
constant where the template has a formula, or a value that the cell's type does not allow (``""`` in a 列/行 block
leaves the formula alone); ``["改标签"."附件1"]`` maps a fixed text of that sheet to what the unit wrote instead.
"""

from __future__ import annotations

import difflib
import json
import tomllib
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from xlperf.address import CellRef
from xlperf.errors import DataError
from xlperf.publish.compute import compute
from xlperf.publish.heights import row_heights
from xlperf.publish.values import Values
from xlperf.publish.write import write
from xlperf.template.dictionary import MAY_BE_NONE, NUMERIC, Dictionary, Kind
from xlperf.template.filled import Filled, by_its_kind
from xlperf.template.instantiate import Instance, Shape, default_shape, instantiate
from xlperf.template.library import Template, root
from xlperf.template.review import find_review_rows
from xlperf.values import NOT_APPLICABLE, Scalar, is_number

OVERRIDE = "覆盖:"
#: The data of the clean sample: among the templates where installed, in the samples of a checkout.
SAMPLE = "组织部_2024_更正稿.toml"
_TOP = frozenset({"模板", "字段", "块", "审核说明", "项目", "改标签"})


def load_data(path: Path) -> dict[str, Any]:
    """Read a data file, TOML or JSON by its ending. Raises DataError."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        data = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
    except OSError as error:
        raise DataError(f"读不了数据文件“{path.name}”：{error.strerror}。请检查路径和权限。") from None
    except UnicodeDecodeError:
        raise DataError(f"数据文件“{path.name}”不是 UTF-8 编码，请另存为 UTF-8 后再试。") from None
    except (tomllib.TOMLDecodeError, json.JSONDecodeError) as error:
        raise DataError(f"数据文件“{path.name}”写法有误：{error}。TOML 中的中文键要加引号。") from None
    if not isinstance(data, dict):
        raise DataError(f"数据文件“{path.name}”的最外层应是键和值，不是列表。")
    return data


def fill(template: Template, data: Mapping[str, Any]) -> bytes:
    """Return a workbook with the data in it and all results computed. Raises DataError where data do not fit."""
    filling = _filled(template, data)
    return _finish(filling.instance, filling)


def sample(template: Template) -> Filled | None:
    """Return the template filled with the data of the clean sample, None where there is none or the form is another.

    The examples of the catalogue are changes to this sample. What the template does not have is left out of the data,
    and what it demands beyond them is filled by kind.
    """
    path = next((p for p in (root() / SAMPLE, root().parent / "samples" / "data" / SAMPLE) if p.is_file()), None)
    if path is None:
        return None
    data = load_data(path)
    rows = (row for sheet in template.snapshot.sheets for row in find_review_rows(sheet.name, sheet.cells))
    fitting = _fitting(template.dictionary, {row.id for row in rows if row.level == "核实"}, data)
    if 2 * len(fitting["字段"]) < len(data["字段"]):
        return None
    try:
        filling = _filled(template, fitting)
    except (DataError, LookupError):  # cells of other kinds under the same names, other rows of checks
        return None
    for _, cell, kind in filling.instance.named_fields():
        value = by_its_kind(kind)
        if kind.is_input and kind.required == "是" and cell not in filling.values and value is not None:
            filling.values[cell] = value
    return Filled(filling.instance, filling.grids())


def _fitting(
    dictionary: Dictionary, explained: Collection[str], data: Mapping[str, Any], prefix: str = ""
) -> dict[str, Any]:
    """Return what of the data a template has a place for; ``explained`` are the ids of its rows that may be."""
    fields = {key: value for key, value in data["字段"].items() if prefix + _override(key)[0] in dictionary.fields}
    blocks: dict[str, Any] = {}
    for name, raw in data["块"].items():
        block = dictionary.blocks.get(prefix + name)
        if block is not None:
            known = [{k: v for k, v in row.items() if block.column(_override(k)[0])} for row in _rows(raw, name)]
            blocks[name] = known
    texts = {row: text for row, text in data.get("审核说明", {}).items() if row in explained}
    projects = [_fitting(dictionary, explained, part, dictionary.prefix) for part in data.get("项目", [])]
    return {"字段": fields, "块": blocks, "审核说明": texts, **({"项目": projects} if projects else {})}


def _filled(template: Template, data: Mapping[str, Any]) -> _Filling:
    unknown = set(data) - _TOP
    if unknown:
        raise DataError(f"数据文件中不认识的部分：{'、'.join(sorted(unknown))}。可用的有：{'、'.join(sorted(_TOP))}。")
    filling = _Filling(instantiate(template, _shape(template, data)))
    filling.part("", data)
    filling.relabel(data.get("改标签", {}))
    for number, project in enumerate(data.get("项目", []), 1):
        filling.part(template.dictionary.project_prefix(number), project)
    return filling


def empty(template: Template, shape: Shape) -> bytes:
    """Return an empty workbook of a shape."""
    instance = instantiate(template, shape)
    return _finish(instance, _Filling(instance))


def _finish(instance: Instance, filling: _Filling) -> bytes:
    done = compute(instance.plan, filling.grids(), filling.overwritten)
    values = Values(done, frozenset(filling.overwritten))
    return write(instance, values, row_heights(instance, values))


def _rows(raw: Any, where: str) -> list[dict[str, Any]]:
    """Return the rows of a block in either of the two ways of writing it."""
    if isinstance(raw, Mapping):
        header, lines = raw.get("列", []), raw.get("行", [])
        if any(len(line) != len(header) for line in lines):
            raise DataError(f"块“{where}”有一行的个数与“列”不一致，请逐行核对。")
        return [dict(zip(header, line, strict=True)) for line in lines]
    if isinstance(raw, Sequence) and all(isinstance(row, Mapping) for row in raw):
        return [dict(row) for row in raw]
    raise DataError(f"块“{where}”应写成“列”和“行”，或者逐行写成键和值。")


def _shape(template: Template, data: Mapping[str, Any]) -> Shape:
    base = default_shape(template, 1)

    def counts(names: Sequence[str], prefix: str, part: Mapping[str, Any]) -> dict[str, int]:
        blocks = part.get("块", {})
        # two rows at least: a row that the unit inserts between them is inside every sum
        return {name: max(2, len(_rows(blocks.get(name[len(prefix) :], []), name))) for name in names}

    fixed = [name for name, _ in base.blocks]
    own = [name for name, _ in base.projects[0]]
    prefix = template.dictionary.prefix
    return Shape.of(counts(fixed, "", data), [counts(own, prefix, part) for part in data.get("项目", [])])


class _Filling:
    """Collects values for the cells of an instance."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.dictionary = instance.template.dictionary
        self.values: dict[CellRef, Scalar] = {}
        self.overwritten: set[CellRef] = set()

    def grids(self) -> dict[str, dict[tuple[int, int], Scalar]]:
        """Return what stands in the cells before anything is computed."""
        grids = self.instance.constants()
        for cell, value in self.values.items():
            grids.setdefault(cell.sheet, {})[cell.row, cell.column] = value
        return grids

    def part(self, prefix: str, data: Mapping[str, Any]) -> None:
        own = self.dictionary.prefix if prefix else ""
        for key, value in data.get("字段", {}).items():
            name, override = _override(key)
            field = self.dictionary.fields.get(own + name)
            if field is None:
                raise DataError(f"没有叫“{name}”的字段。{self._hint(name, own)}用 xlperf fields 可列出全部字段。")
            area = self.instance.names[prefix + name]
            self._put(CellRef(area.sheet, area.top, area.left), value, field.kind, prefix + name, override)
        for name, raw in data.get("块", {}).items():
            block = self.dictionary.blocks.get(own + name)
            if block is None:
                raise DataError(f"没有叫“{name}”的块。{self._hint(name, own)}用 xlperf fields 可列出全部字段和块。")
            area = self.instance.names[prefix + name]
            for offset, row in enumerate(_rows(raw, name)):
                for key, value in row.items():
                    column_key, override = _override(key)
                    column = block.column(column_key)
                    if column is None:
                        keys = "、".join(c.key for c in block.columns if c.kind.is_input)
                        raise DataError(f"块“{name}”没有“{column_key}”这一列，可填的有：{keys}。")
                    cell = CellRef(area.sheet, area.top + offset, column.column)
                    self._put(cell, value, column.kind, f"{name}第{offset + 1}行 {column_key}", override)
        self._explanations(prefix, data.get("审核说明", {}))

    def relabel(self, texts: Mapping[str, Mapping[str, str]]) -> None:
        """Put other texts where fixed labels stand, found by what they say."""
        for name, changes in texts.items():
            cells = next((sheet.cells for sheet in self.instance.sheets if sheet.name == name), {})
            for old, new in changes.items():
                places = [key for key, cell in cells.items() if _plain(cell.value) == _plain(old)]
                if len(places) != 1:
                    raise DataError(f"表“{name}”中写着“{old}”的固定文字有 {len(places)} 处，改标签要恰好一处。")
                self.values[CellRef(name, *places[0])] = new

    def _explanations(self, prefix: str, texts: Mapping[str, str]) -> None:
        number = next(
            (n for n in range(1, len(self.instance.shape.projects) + 1) if self.dictionary.project_prefix(n) == prefix),
            0,
        )
        sheet = self.dictionary.project_sheet(number) if number else None
        rows = {
            row.id: row
            for row in self.instance.reviews
            if (row.sheet == sheet if sheet else not self.instance.sheet(row.sheet).number)
        }
        for row_id, text in texts.items():
            row = rows.get(row_id)
            if row is None or row.level != "核实":
                raise DataError(f"审核表没有编号为“{row_id}”的核实行，写不了审核说明。")
            self.values[row.cell("explanation")] = text

    def _put(self, cell: CellRef, value: Any, kind: Kind, where: str, override: bool) -> None:
        scalar = _scalar(value, where)
        if not override:
            if not kind.is_input:
                raise DataError(f"“{where}”由公式计算（或为口径），不必填；要还原已报送的数，请写“{OVERRIDE}…”。")
            if scalar is None or scalar == "":
                return
            self._check(scalar, kind, where)
        elif scalar == "":
            return
        elif not kind.is_input:
            self.overwritten.add(cell)
        self.values[cell] = scalar

    def _check(self, value: Scalar, kind: Kind, where: str) -> None:
        none = value == NOT_APPLICABLE and kind.type in MAY_BE_NONE
        if kind.type in NUMERIC and not is_number(value) and not none:
            raise DataError(f"“{where}”要填数字（{kind.unit or kind.type}），现为“{value}”。")
        if kind.values and value not in kind.values:
            raise DataError(f"“{where}”只能填 {'、'.join(kind.values)}，现为“{value}”。")

    def _hint(self, name: str, own: str) -> str:
        known = [*self.dictionary.fields, *self.dictionary.blocks]
        close = difflib.get_close_matches(name, [item.removeprefix(own) for item in known], 1)
        return f"是不是“{close[0]}”？" if close else ""


def _plain(text: Scalar) -> str:
    return "".join(text.split()) if isinstance(text, str) else ""


def _override(key: str) -> tuple[str, bool]:
    return key.removeprefix(OVERRIDE), key.startswith(OVERRIDE)


def _scalar(value: Any, where: str) -> Scalar:
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return (value - date(1899, 12, 30)).days
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise DataError(f"“{where}”的值应是数字、文字或日期。")
