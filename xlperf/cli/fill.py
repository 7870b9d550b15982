"""``xlperf fill``: put the data of a text file into a new workbook."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from xlperf.errors import DataError
from xlperf.files import may_write, write
from xlperf.reporters.layout import clean


@click.command(
    name="fill",
    help="把数据文件（TOML 或 JSON）填入一份新的工作簿，合计、得分和审核结果一并算好。\n\n"
    "数据文件怎样写：见 xlperf fields。模板以数据文件中的“模板”为准，没有写的用 --template 指明。",
)
@click.argument("data", metavar="数据文件", type=click.Path(path_type=Path, readable=False))
@click.option(
    "-o", "--output", "out", required=True, metavar="文件", type=click.Path(path_type=Path, readable=False),
    help="生成的工作簿，扩展名为 .xlsx。",
)
@click.option("--template", "template_id", metavar="编号", help="模板编号，见 xlperf template list。")
@click.option("--force", is_flag=True, help="文件已经存在也覆盖。")
def command(data: Path, out: Path, template_id: str | None, force: bool) -> None:
    """Fill a template with the data."""
    may_write(out, force)
    from xlperf.publish.fill import fill
    from xlperf.template.library import find

    content = _load(data)
    _see_parts(content, _TOP)
    template = find(_template_of(content, template_id))
    write(out, fill(template, content), force)
    projects = len(content.get("项目", []))
    click.echo(f"已生成 {clean(str(out))}：模板 {template.id} 第 {template.version} 版，{project_count(projects)}。")
    click.echo(f"审核：xlperf check {clean(str(out))}")


_TOP = {"字段": Mapping, "块": Mapping, "审核说明": Mapping, "改标签": Mapping, "项目": list}
_PROJECT = {"字段": Mapping, "块": Mapping, "审核说明": Mapping}
_MOST_TEXT = 32_767


def _load(path: Path) -> dict[str, Any]:
    """Read the data file. Raises DataError, without the English words of parsers and system."""
    from xlperf.publish.fill import load_data

    try:
        return load_data(path)
    except DataError as error:
        cause = error.__context__
        if isinstance(cause, OSError):
            raise DataError(f"读不了数据文件“{path.name}”：{_unreadable(cause)}，请检查路径和权限。") from None
        if isinstance(cause, json.JSONDecodeError | tomllib.TOMLDecodeError):
            hint = "" if isinstance(cause, json.JSONDecodeError) else "（TOML 中的中文键和文字要加引号）"
            raise DataError(f"数据文件“{path.name}”{_line(cause)}写法有误，请改正{hint}。") from None
        raise
    except (ValueError, RecursionError):
        raise DataError(f"数据文件“{path.name}”无法读取，请检查文件名和内容。") from None


def _unreadable(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "文件不存在"
    if isinstance(error, IsADirectoryError):
        return "这是文件夹"
    return "没有读取权限" if isinstance(error, PermissionError) else "系统读不出"


def _line(error: ValueError) -> str:
    """Return where a parser stopped, as it says itself: ``(at line 3, column 5)``."""
    found = re.search(r"line (\d+),? column (\d+)", str(error))
    return f"第 {found[1]} 行第 {found[2]} 个字符处" if found else "末尾"


def _see_parts(part: Mapping[str, Any], known: Mapping[str, type], where: str = "") -> None:
    """See that the data have the form that ``fill`` takes for granted. Raises DataError."""
    for key, value in part.items():
        if key in known and not isinstance(value, known[key]):
            form = "列表，每张项目表一项" if known[key] is list else "键和值"
            raise DataError(f"数据文件中{where}的“{key}”应是{form}。")
        if where and key not in known:
            raise DataError(f"数据文件中{where}有不认识的部分“{key}”，可用的有：{'、'.join(known)}。")
    for name, block in part.get("块", {}).items():
        if isinstance(block, Mapping):
            header, lines = block.get("列"), block.get("行", [])
            lists = isinstance(header, list) and isinstance(lines, list)
            if not lists or not all(isinstance(line, list) for line in lines):
                raise DataError(f"数据文件中{where}的块“{name}”应写成“列”和“行”，行是列表的列表。")
    for number, project in enumerate(part.get("项目", ()), 1):
        if not isinstance(project, Mapping):
            raise DataError(f"数据文件中第 {number} 个项目应是键和值。")
        _see_parts(project, _PROJECT, f"第 {number} 个项目")
    if not where:
        _see_values(part)


def _see_values(value: object) -> None:
    """See that every value fits into a cell at all. Raises DataError."""
    if isinstance(value, Mapping | list):
        for item in value.values() if isinstance(value, Mapping) else value:
            _see_values(item)
    elif isinstance(value, str) and len(value) > _MOST_TEXT:
        raise DataError(f"数据文件中有超过 {_MOST_TEXT} 个字的文字（“{value[:12]}……”），一格放不下。")
    elif isinstance(value, int | float) and not abs(value) < 1e15:  # not-a-number is not less either
        raise DataError("数据文件中有无穷大、非数字或超过 15 位的数，请改正。")


def _template_of(content: dict[str, Any], asked: str | None) -> str | None:
    """Return the id of the template that data or option name. Raises DataError where they differ."""
    written = content.get("模板")
    if written is not None and not isinstance(written, str):
        raise DataError("数据文件中的“模板”应是模板编号，如 \"模板\" = \"yiyang-2024\"。")
    if written and asked and written != asked:
        raise DataError(f"数据文件写的是模板“{written}”，--template 却是“{asked}”，请改成一致。")
    return written or asked


def project_count(projects: int) -> str:
    """Return the number of project sheets in words."""
    return f"项目表 {projects} 张" if projects else "没有项目表"
