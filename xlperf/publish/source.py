"""The text source of a template: TOML files to a layout of cells.

``template.toml`` holds identity, styles and input types; every sheet has a file of its own name; ``patterns.toml``
holds rows that several sheets share. A row gives its cells by column: ``A`` is one cell, ``A:C`` a merged one,
``I-L`` one cell in each of the columns (``@`` stands for the column, in names for its suffix). A cell is a text, a
formula (``=…``), or an input (``?type``, followed by ``!`` where it must be filled in, by ``~`` where it must be once
its row is used). In formulas ``{K}`` is the cell of the same row, ``{key.K}`` that of the row or block of that key,
``{a..b.K}`` reaches from one to the other, ``{sheet:key.K}`` stands on another sheet, ``{3d:AK1}`` runs through all
project sheets.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from xlperf.address import column_letters, column_number, quote_sheet
from xlperf.errors import TemplateError

_PLACE = re.compile(r"\{([^{}]+)\}")
_ARGUMENT = re.compile(r"\$([a-z]+)")


@dataclass(slots=True)
class CellSpec:
    """One cell of the layout: ``kind`` is text, number, formula, input or blank."""

    row: int
    column: int
    bottom: int
    right: int
    kind: str
    value: str
    styles: list[str]
    input_type: str = ""
    required: str = ""
    name: str = ""
    key: str = ""
    prompt: str = ""
    values: list[str] = field(default_factory=list)
    link: str = ""
    policy: bool = False
    flag: str = ""


@dataclass(slots=True)
class BlockSpec:
    """A block: rows ``top``…``bottom`` under a defined name."""

    name: str
    top: int
    bottom: int
    required: bool


@dataclass(slots=True)
class SheetSpec:
    """One sheet of the layout."""

    name: str
    source: Mapping[str, Any]
    cells: dict[tuple[int, int], CellSpec] = field(default_factory=dict)
    blocks: list[BlockSpec] = field(default_factory=list)
    keys: dict[str, tuple[int, int]] = field(default_factory=dict)
    heights: dict[int, float] = field(default_factory=dict)
    review_rows: list[int] = field(default_factory=list)
    last_print_row: int = 0


@dataclass(slots=True)
class TemplateSpec:
    """The whole layout, with the settings of ``template.toml``."""

    folder: Path
    settings: Mapping[str, Any]
    sheets: list[SheetSpec]

    def sheet(self, name: str) -> SheetSpec:
        """Return a sheet by name. Raises TemplateError."""
        for sheet in self.sheets:
            if sheet.name == name:
                return sheet
        raise TemplateError(f"模板没有工作表“{name}”，请检查 {self.folder.name} 中的引用。")


def load(folder: Path) -> TemplateSpec:
    """Read the source in ``folder`` into a layout. Raises TemplateError with the file and the reason."""
    settings = _toml(folder / "template.toml")
    shared = _toml(folder / "patterns.toml").get("pattern", {})
    sheets = [_layout(name, _toml(folder / f"{name}.toml"), shared, settings) for name in settings["sheets"]]
    spec = TemplateSpec(folder, settings, sheets)
    for sheet in sheets:
        _resolve(sheet, spec)
    return spec


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise TemplateError(f"缺少模板源文件 {path.name}。") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TemplateError(f"模板源文件 {path.name} 写法有误：{error}") from None


def _columns(text: str) -> tuple[int, int]:
    first, _, last = text.partition(":")
    left = column_number(first)
    return left, column_number(last) if last else left


def _each(key: str) -> Iterator[tuple[int, int]]:
    """Yield the column spans that a key of a row stands for."""
    if "-" in key:
        first, last = (column_number(part) for part in key.split("-"))
        for column in range(first, last + 1):
            yield column, column
    else:
        yield _columns(key)


def _fill(value: Any, arguments: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return _ARGUMENT.sub(lambda m: arguments.get(m[1], m[0]), value)
    if isinstance(value, Mapping):
        return {key: _fill(item, arguments) for key, item in value.items()}
    return value


def _layout(name: str, source: Mapping[str, Any], shared: Mapping[str, Any], settings: Mapping[str, Any]) -> SheetSpec:
    sheet = SheetSpec(name, source)
    patterns = {**shared, **source.get("pattern", {})}
    pending: list[tuple[CellSpec, str]] = []
    row = 1
    for entry in source.get("rows", []):
        arguments = {**source.get("set", {}), **entry.get("set", {})}
        cells = dict(patterns[entry["use"]]) if "use" in entry else {}
        cells = {key: cell for key, cell in cells.items() if key not in entry.get("drop", [])}
        for key, cell in entry.get("c", {}).items():
            taken = set(_each(key))
            cells = {k: v for k, v in cells.items() if "-" in k or not taken & set(_each(k))} | {key: cell}
        block = entry.get("block")
        count = block["rows"] if block else 1
        if "key" in entry:
            sheet.keys[entry["key"]] = (row, row + count - 1)
        if block:
            sheet.blocks.append(BlockSpec(block["name"], row, row + count - 1, block.get("required", False)))
        for index in range(count):
            here = {**cells, **(entry.get("first", {}) if index == 0 else {})}
            ordered = sorted(here.items(), key=lambda item: "-" not in item[0])
            for key, raw in ordered:
                for left, right in _each(key):
                    _place(sheet, source, pending, row + index, left, right, _fill(raw, arguments), settings)
            sheet.heights[row + index] = entry.get("height", 24)
            if "check" in entry:
                _place_check(sheet, row, entry["check"])
            elif entry.get("check_header"):
                _place_check_header(sheet, row)
        if entry.get("print_end"):
            sheet.last_print_row = row - 1
        row += count
    sheet.last_print_row = sheet.last_print_row or row - 1
    for cell, down in pending:
        cell.bottom = sheet.keys[down][1]
    return sheet


def _place(
    sheet: SheetSpec,
    source: Mapping[str, Any],
    pending: list[tuple[CellSpec, str]],
    row: int,
    left: int,
    right: int,
    raw: Mapping[str, Any],
    settings: Mapping[str, Any],
) -> None:
    letter = column_letters(left)
    suffix = source.get("suffix", {}).get(letter, letter)
    text = str(raw["v"])
    styles = [source.get("base", ""), *str(raw.get("style", "")).split()]
    cell = CellSpec(row, left, row, right, "text", text, styles)
    if text.startswith("?"):
        cell.kind, cell.value = "input", ""
        cell.input_type = text[1:].rstrip("!~")
        cell.required = {"!": "是", "~": "随行"}.get(text[-1], "否")
        if cell.input_type not in settings["type"]:
            raise TemplateError(f"工作表“{sheet.name}”第 {row} 行：没有填报类型“{cell.input_type}”。")
        styles += [*settings["type"][cell.input_type]["style"].split(), "填报"]
    elif text.startswith("="):
        cell.kind, cell.value = "formula", text[1:]
    elif text.startswith("@"):
        cell.value = re.sub(r"@(\w+)", lambda m: str(settings[m[1]]), text, flags=re.ASCII)
    elif text == "":
        cell.kind = "blank"
    if raw.get("number"):
        cell.kind = "number"
    cell.name = str(raw.get("name", "")).replace("@", suffix)
    cell.key = str(raw.get("key", "")).replace("@", suffix)
    cell.prompt = raw.get("prompt", "")
    cell.values = raw.get("values", [])
    cell.link = raw.get("link", "")
    cell.policy = raw.get("policy", False)
    cell.flag = raw.get("flag", "")
    if "down" in raw:
        pending.append((cell, raw["down"]))
    sheet.cells[row, left] = cell


HEADERS = {
    "id": "编号", "level": "级别", "text": "审核内容", "left": "左值", "right": "右值", "difference": "差额",
    "tolerance": "允许误差", "result": "结果", "at": "定位", "explanation": "审核说明",
}  # fmt: skip

_DIFFERENCE = {
    "=": "ROUND({L}-{R},6)",
    "≤": "ROUND(MAX(0,{L}-{R}),6)",
    "≥": "ROUND(MIN(0,{L}-{R}),6)",
}
_UNEQUAL = {"=": 'IF({L}={R},0,"不同")', "≤": '""', "≥": '""'}
_RESULT = (
    'IF({D}="","未检",IF({D}="不适用","不适用",'
    'IF(ISNUMBER({D}),IF({D}=0,"通过",IF(ABS({D})<={T},"可由舍入解释",{F})),{F})))'
)
_FAILED = {
    "强制": '"不符"',
    "核实": 'IF(LEN(SUBSTITUTE(SUBSTITUTE({E},"　","")," ",""))>=口径_说明字数,"已说明","待说明")',
    "提示": '"提示"',
}


def _place_check_header(sheet: SheetSpec, row: int) -> None:
    for key, letter in sheet.source["check_columns"].items():
        column = column_number(letter)
        sheet.cells[row, column] = CellSpec(row, column, row, column, "text", HEADERS[key], ["表头辅"])


def _place_check(sheet: SheetSpec, row: int, check: Mapping[str, str]) -> None:
    """Lay out one row of a review table; its formulas follow from sides, relation and tolerance."""
    at = {key: column_number(letter) for key, letter in sheet.source["check_columns"].items()}
    letters = {
        "L": f"{sheet.source['check_columns']['left']}{row}",
        "R": f"{sheet.source['check_columns']['right']}{row}",
        "D": f"{sheet.source['check_columns']['difference']}{row}",
        "T": f"{sheet.source['check_columns']['tolerance']}{row}",
        "E": f"{sheet.source['check_columns']['explanation']}{row}",
    }
    relation, level = check["relation"], check["level"]
    numbers = _fill_letters(_DIFFERENCE[relation], letters)
    unequal = _fill_letters(_UNEQUAL[relation], letters)
    difference = (
        f'IF(OR({letters["L"]}="不适用",{letters["R"]}="不适用"),"不适用",IF(OR({letters["L"]}="",{letters["R"]}=""),"",'
        f"IF(AND(ISNUMBER({letters['L']}),ISNUMBER({letters['R']})),{numbers},{unequal})))"
    )
    result = _fill_letters(_RESULT.replace("{F}", _FAILED[level]), letters)
    if check["id"].startswith("C01"):
        result = result.replace('"不符"', '"未填"')

    def put(key: str, kind: str, value: str, *styles: str, **more: Any) -> None:
        cell = CellSpec(row, at[key], row, at[key], kind, value, ["正文", "格", *styles])
        for name, item in more.items():
            setattr(cell, name, item)
        sheet.cells[row, at[key]] = cell

    def side(key: str, style: str) -> None:
        text = check[key]
        if text.startswith("="):
            put(key, "formula", text[1:], style)
        elif re.fullmatch(r"[\d.]+", text):
            put(key, "number", text, style)
        else:
            put(key, "text", text, style)

    put("id", "text", check["id"], "居中")
    put("level", "text", level, "居中")
    put("text", "text", check["text"], "靠左")
    style = check.get("format", "常规")
    side("left", style)
    side("right", style)
    put("difference", "formula", difference, style)
    side("tolerance", "常规")
    put("result", "formula", result, "居中", "结果")
    put("at", "text", "查看", "链接", link=check["at"])
    if level == "核实":
        put("explanation", "input", "", "靠左", "填报", input_type="说明", required="否")
    else:
        put("explanation", "blank", "", "靠左")
    sheet.review_rows.append(row)
    sheet.heights[row] = 30


def _fill_letters(text: str, letters: Mapping[str, str]) -> str:
    return re.sub(r"\{([LRDTE])\}", lambda m: letters[m[1]], text)


def _resolve(sheet: SheetSpec, spec: TemplateSpec) -> None:
    for cell in sheet.cells.values():
        if cell.kind == "formula":
            letter = column_letters(cell.column)
            cell.value = _PLACE.sub(lambda m: _address(m[1], sheet, cell, letter, spec), cell.value)  # noqa: B023 - called at once


def _address(text: str, sheet: SheetSpec, cell: CellSpec, letter: str, spec: TemplateSpec) -> str:
    home, colon, rest = text.partition(":")
    if home == "3d":
        order = spec.settings["sheets"]
        index = order.index(spec.settings["project"]["sheet"])
        row, column = re.match(r"([A-Z]+)(\d+)", rest).groups()[::-1]  # type: ignore[union-attr]  # always a cell
        # unquoted: the form Excel stores for plain names, and the only one that LibreOffice reads across sheets
        return f"{order[index - 1]}:{order[index + 1]}!${column}${row}"
    target, prefix = sheet, ""
    if colon and not re.fullmatch(r"[A-Z@]{1,3}", home) and "." not in home:
        target, text = spec.sheet(home), rest
        prefix = "" if target is sheet else quote_sheet(home) + "!"
    if "." in text:
        keys, _, columns = text.rpartition(".")
        first, _, last = keys.partition("..")
        try:
            top, bottom = target.keys[first][0], target.keys[last or first][1]
        except KeyError as error:
            raise TemplateError(f"工作表“{sheet.name}”的公式引用了没有的行：{error}。") from None
    else:
        columns, top, bottom = text, cell.row, cell.row
    columns = columns.replace("@", letter)
    left, _, right = columns.partition(":")
    if top == bottom and not right:
        return f"{prefix}{left}{top}"
    return f"{prefix}{left}{top}:{right or left}{bottom}"
