"""``xlperf new``: make an empty workbook of a given shape."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xlperf.cli.fill import project_count
from xlperf.errors import XlperfError
from xlperf.files import may_write, write
from xlperf.reporters.layout import clean

if TYPE_CHECKING:
    from xlperf.template.instantiate import Instance, Shape
    from xlperf.template.library import Template

MOST_PROJECTS = 200
MOST_ROWS = 500


def _count(ctx: click.Context, param: click.Parameter, value: str) -> int:
    """Return the number of projects; click's own words for a wrong one are English."""
    number = int(value) if value.isdecimal() and len(value) < 9 else -1
    if not 0 <= number <= MOST_PROJECTS:
        raise click.BadParameter(f"要 0 到 {MOST_PROJECTS} 的整数，现为“{value}”", ctx, param)
    return number


@click.command(
    name="new",
    help="按模板生成一份空白工作簿。\n\n"
    "项目支出绩效自评表默认 1 张。指标等各块的行数可以指定，块名见 xlperf fields："
    "--rows 附件2_数量指标=6；项目表的块不写前缀（--rows 数量指标=5），各张相同，"
    "只改一张的写成 --rows 项目2_数量指标=5。",
)
@click.option(
    "-o", "--output", "out", required=True, metavar="文件", type=click.Path(path_type=Path, readable=False),
    help="生成的工作簿，扩展名为 .xlsx。",
)
@click.option("--projects", callback=_count, default="1", metavar="N", help="项目表的张数，0 到 200，默认 1。")
@click.option("--rows", multiple=True, metavar="块=N", help="某一块的行数，1 到 500，可以写几次。")
@click.option("--template", "template_id", metavar="编号", help="模板编号，见 xlperf template list。")
@click.option("--force", is_flag=True, help="文件已经存在也覆盖。")
def command(out: Path, projects: int, rows: Sequence[str], template_id: str | None, force: bool) -> None:
    """Write an empty workbook and say what is in it."""
    may_write(out, force)
    from xlperf.publish.fill import empty
    from xlperf.template.instantiate import instantiate
    from xlperf.template.library import find

    template = find(template_id)
    wanted = dict(map(_pair, rows))
    shape = _shape(template, projects, wanted)
    _see_that_it_can_be_checked(instantiate(template, shape))
    write(out, empty(template, shape), force)
    click.echo(f"已生成 {clean(str(out))}：模板 {template.id} 第 {template.version} 版，{project_count(projects)}。")
    for name, count in wanted.items():
        click.echo(f"  {name} {count} 行")


def _pair(text: str) -> tuple[str, int]:
    name, sign, number = text.rpartition("=")
    if not sign or not name or not number.isdecimal() or len(number) > 8 or not 1 <= int(number) <= MOST_ROWS:
        raise XlperfError(f"--rows 要写成 块=行数，行数 1 到 {MOST_ROWS}，现为“{text}”。")
    return name, int(number)


def _shape(template: Template, projects: int, wanted: Mapping[str, int]) -> Shape:
    """Return the template's own shape with the wanted rows. Raises XlperfError for a block that is not there."""
    from xlperf.template.instantiate import Shape, default_shape

    base, dictionary = default_shape(template, projects), template.dictionary
    fixed = dict(base.blocks)
    each = [dict(project) for project in base.projects]
    own = dict(default_shape(template, 1).projects[0])
    for name, count in wanted.items():
        if name in fixed:
            fixed[name] = count
            continue
        numbers = range(1, projects + 1)
        targets = [n for n in numbers if _own_name(name, dictionary.project_prefix(n), dictionary.prefix) in own]
        if dictionary.prefix + name in own:
            targets, key = list(numbers), dictionary.prefix + name
        elif targets:
            key = _own_name(name, dictionary.project_prefix(targets[0]), dictionary.prefix)
        else:
            raise XlperfError(_no_block(name, [*fixed, *(key.removeprefix(dictionary.prefix) for key in own)]))
        for number in targets:
            each[number - 1][key] = count
    return Shape.of(fixed, list(each))


def _own_name(name: str, prefix: str, prototype: str) -> str:
    """Return the prototype's name of a block of one project; empty where the prefix does not fit."""
    return prototype + name[len(prefix) :] if name.startswith(prefix) else ""


def _no_block(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"，是不是“{near[0]}”" if near else ""
    return f"没有叫“{name}”的块{hint}；用 xlperf fields 可列出全部的块（项目表的前缀编号不超过 --projects）。"


def _see_that_it_can_be_checked(instance: Instance) -> None:
    """Refuse a workbook that is beyond what the reader later accepts. Raises XlperfError."""
    from xlperf.workbook.limits import Limits

    limits = Limits()
    validations = {
        sheet.name: sum(1 + len(validation.areas) for validation in sheet.validations)
        for sheet in instance.template.snapshot.sheets
    }
    areas = sum(len(sheet.merges) + validations[sheet.origin] for sheet in instance.sheets)
    cells = sum(len(sheet.cells) for sheet in instance.sheets)
    if areas > limits.areas or cells > limits.cells or len(instance.formulas) > limits.formulas:
        raise XlperfError("这样的工作簿太大，将来审核时会超过上限，请减少项目张数或行数，分几份生成。")
