"""``xlperf fields``: what can be filled in, sheet by sheet, and how a data file is written."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from xlperf.errors import XlperfError
from xlperf.reporters.layout import columns, wrap

if TYPE_CHECKING:
    from xlperf.template.dictionary import Kind
    from xlperf.template.library import Template

MAX_WIDTH = 100
SCHEMA = "xlperf.fields/1"

_NOTE = """\
数据文件（供 xlperf fill）用 TOML 或 JSON，UTF-8 编码，TOML 的中文键要加引号：

  "模板" = "{id}"
  ["字段"]
  "单位全称" = "……"
  ["块"."{block}"]
  "列" = ["名称", "本年决算"]
  "行" = [["……", 12.5], ["……", 8]]
  ["审核说明"]
  "{row}" = "……"
  [["项目"]]
  "字段" = {{ "项目名称" = "……" }}

每张项目表写一段 [["项目"]]，名称不带前缀，里面可有 字段、块、审核说明。
金额用数字；不适用写 "—"；日期写 2025-04-15。不写的格留空。由公式计算的不必填；
要还原已报送的数，在名称前加“覆盖:”。"""


@click.command(
    name="fields",
    help="列出模板中可填的字段和块：名称、位置、类型、单位、是否必填、可选的值，以及数据文件的写法。",
)
@click.option("--template", "template_id", metavar="编号", help="模板编号，见 xlperf template list。")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", metavar="text|json",
    help="结果的形式：text 供阅读（默认），json 供程序读取。",
)
@click.option("--filter", "words", metavar="文字", help="只列名称、列或工作表中含有这些文字的。")
def command(template_id: str | None, form: str, words: str | None) -> None:
    """Print the fields of a template."""
    from xlperf.template.library import find

    template = find(template_id)
    sheets = [found for sheet in _sheets(template) if (found := _matching(sheet, words))]
    if not sheets:
        raise XlperfError(f"没有名称含“{words}”的字段或块，不加 --filter 可列出全部。")
    if form == "json":
        click.echo(_as_json(template, sheets).encode(), nl=False)
        return
    width = min(shutil.get_terminal_size().columns, MAX_WIDTH) if sys.stdout.isatty() else 80
    for sheet in sheets:
        click.echo("\n".join(_page(sheet, width)))
        click.echo()
    click.echo(_note(template) if words is None else "* 必填；+ 用到该行时必填。数据文件的写法：xlperf fields")


def _sheets(template: Template) -> Iterator[dict[str, Any]]:
    """Yield what each sheet offers: fields, blocks, and the rows of checks that take an explanation."""
    from xlperf.template.review import find_review_rows

    dictionary, areas = template.dictionary, template.areas
    for sheet in template.snapshot.sheets:
        prefix = dictionary.prefix if sheet.name == dictionary.prototype else ""
        fields = [
            {"name": name.removeprefix(prefix), "cell": areas[name].a1.partition(":")[0], **_kind(field.kind)}
            for name, field in dictionary.fields.items()
            if field.sheet == sheet.name
        ]
        blocks = [
            {
                "name": name.removeprefix(prefix),
                "area": areas[name].a1,
                "rows": areas[name].bottom - areas[name].top + 1,
                "required": block.required,
                "columns": [
                    {"name": column.key, "cell": _letters(column.column), **_kind(column.kind)}
                    for column in block.columns
                ],
            }
            for name, block in dictionary.blocks.items()
            if block.sheet == sheet.name
        ]
        rows = [
            {"id": row.id, "text": row.text}
            for row in find_review_rows(sheet.name, sheet.cells)
            if row.level == "核实"
        ]
        if fields or blocks or rows:
            yield {
                "name": sheet.name, "project": bool(prefix), "fields": fields, "blocks": blocks, "explanations": rows
            }  # fmt: skip


def _letters(column: int) -> str:
    from xlperf.address import column_letters

    return column_letters(column)


def _kind(kind: Kind) -> dict[str, Any]:
    return {
        "type": kind.type, "unit": kind.unit, "required": kind.required, "values": list(kind.values),
        "input": kind.is_input,
    }  # fmt: skip


def _matching(sheet: dict[str, Any], words: str | None) -> dict[str, Any] | None:
    """Return what of a sheet contains the words, None where nothing does."""
    if words is None or words in sheet["name"]:
        return sheet

    def holds(entry: dict[str, Any]) -> bool:
        return words in entry.get("name", "") or any(map(holds, entry.get("columns", ())))

    fields = [entry for entry in sheet["fields"] if holds(entry)]
    blocks = [entry for entry in sheet["blocks"] if holds(entry)]
    rows = [row for row in sheet["explanations"] if words in row["id"] or words in row["text"]]
    if not fields and not blocks and not rows:
        return None
    return {**sheet, "fields": fields, "blocks": blocks, "explanations": rows}


def _page(sheet: dict[str, Any], width: int) -> list[str]:
    title = sheet["name"] + ("（每个项目一张，写在 [[\"项目\"]] 里）" if sheet["project"] else "")
    lines = [f"【{title}】"]
    inputs = [entry for entry in sheet["fields"] if entry["input"]]
    for entry in inputs:
        lines += _line(entry, width, "  ")
    for alike in _alike(sheet["blocks"]):
        names = [f"{block['name']}（{block['area']}，{block['rows']} 行）" for block in alike]
        lines += _listed(names, width, "  块 ")
        for column in alike[0]["columns"]:
            if column["input"]:
                lines += _line(column, width, "    ")
    for heading, kind in (("口径（不填）：", "口径"), ("公式（不填）：", "计算")):
        names = [entry["name"] for entry in sheet["fields"] if entry["type"] == kind]
        if names:
            lines += _listed(names, width, f"  {heading}")
    if sheet["explanations"]:
        lines += _listed([row["id"] for row in sheet["explanations"]], width, "  审核说明的编号：")
    return lines


def _alike(blocks: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Return the blocks, neighbours with the same columns together."""
    groups: list[list[dict[str, Any]]] = []
    for block in blocks:
        if groups and groups[-1][0]["columns"] == block["columns"]:
            groups[-1].append(block)
        else:
            groups.append([block])
    return groups


def _listed(names: Sequence[str], width: int, head: str) -> list[str]:
    """Return names side by side in lines; a name is never broken, so that it can be copied."""
    lines = [head + names[0]]
    for name in names[1:]:
        if columns(lines[-1]) + 1 + columns(name) <= width:
            lines[-1] += " " + name
        else:
            lines.append(" " * columns(head) + name)
    return lines


def _line(entry: dict[str, Any], width: int, indent: str) -> list[str]:
    """Return a field in columns: name, cell, type with unit and mark, allowed values."""
    mark = {"是": "*", "随行": "+"}.get(entry["required"], " ")
    unit = f"（{entry['unit']}）" if entry["unit"] else ""
    left = _pad(indent + entry["name"], 32) + " " + _pad(entry["cell"], 5) + mark + " "
    values = "：" + "、".join(entry["values"]) if entry["values"] else ""
    return wrap(entry["type"] + unit + values, width, left)


def _pad(text: str, size: int) -> str:
    return text + " " * (size - columns(text))


def _note(template: Template) -> str:
    """Return how to write a data file, with names that the template has."""
    dictionary = template.dictionary
    blocks = [name for name, block in dictionary.blocks.items() if block.sheet != dictionary.prototype]
    rows = [row["id"] for sheet in _sheets(template) if not sheet["project"] for row in sheet["explanations"]]
    text = _NOTE.format(id=template.id, block=_first(blocks), row=_first(rows))
    return "* 必填；+ 用到该行时必填；其余可不填。块的行可多可少。\n\n" + text


def _first(names: Sequence[str]) -> str:
    return names[0] if names else "……"


def _as_json(template: Template, sheets: Sequence[dict[str, Any]]) -> str:
    document = {
        "schema": SCHEMA,
        "template": {"id": template.id, "version": template.version, "year": template.dictionary.year},
        "sheets": sheets,
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
