"""``xlperf fill``: put the data of a text file into a new workbook.

Also how a file is written, which ``new`` and ``template build`` share.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

import click

from xlperf.errors import DataError, XlperfError
from xlperf.reporters.layout import clean


@click.command(
    name="fill",
    help="把数据文件（TOML 或 JSON）填入一份新的工作簿，合计、得分和审核结果一并算好。\n\n"
    "数据文件怎样写：见 xlperf fields。模板以数据文件中的“模板”为准，没有写的用 --template 指明。",
)
@click.argument("data", metavar="数据文件", type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", "out", required=True, metavar="文件", type=click.Path(path_type=Path),
    help="生成的工作簿，扩展名为 .xlsx。",
)
@click.option("--template", "template_id", metavar="编号", help="模板编号，见 xlperf template list。")
@click.option("--force", is_flag=True, help="文件已经存在也覆盖。")
def command(data: Path, out: Path, template_id: str | None, force: bool) -> None:
    """Fill a template with the data."""
    may_write(out, force)
    from xlperf.publish.fill import fill, load_data
    from xlperf.template.library import find

    content = load_data(data)
    template = find(_template_of(content, template_id))
    write(out, fill(template, content), force)
    projects = len(content.get("项目", []))
    click.echo(f"已生成 {clean(str(out))}：模板 {template.id} 第 {template.version} 版，{project_count(projects)}。")
    click.echo(f"审核：xlperf check {clean(str(out))}")


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


def may_write(out: Path, force: bool) -> None:
    """See that a workbook can be written there, before any work is done. Raises XlperfError."""
    if out.suffix.lower() != ".xlsx":
        raise XlperfError(f"要生成的文件“{out.name}”扩展名不对，请写成 .xlsx。")
    try:
        if out.is_dir():
            raise XlperfError(f"“{out}”是文件夹，请换一个文件名。")
        if not out.parent.is_dir():
            raise XlperfError(f"文件夹“{out.parent}”不存在，请先建好，或换一个位置。")
        if out.exists() and not force:
            raise XlperfError(f"“{out}”已经存在，要覆盖请加 --force，或换一个文件名。")
    except (OSError, ValueError) as error:
        raise XlperfError(f"写不了“{out.name}”：{_reason(error)}，请换一个位置或文件名。") from None


def write(out: Path, content: bytes, force: bool = True) -> None:
    """Write a file whole or not at all. Raises XlperfError."""
    part = out.with_name(f".{secrets.token_hex(6)}.part")
    try:
        part.write_bytes(content)
        if not force and out.exists():
            raise XlperfError(f"“{out}”已经存在，要覆盖请加 --force，或换一个文件名。")
        os.replace(part, out)
    except (OSError, ValueError) as error:
        raise XlperfError(f"写不了“{out.name}”：{_reason(error)}，请换一个位置或文件名。") from None
    finally:
        part.unlink(missing_ok=True)


def _reason(error: OSError | ValueError) -> str:
    """Return why the system could not write, in Chinese."""
    if isinstance(error, PermissionError):
        return "没有写入权限，或文件正被 Excel 打开"
    if isinstance(error, OSError) and error.errno == 28:  # ENOSPC
        return "磁盘已满"
    return "系统不接受这个文件名或位置"
