"""``xlperf public``: make the public edition of a submission."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import click

from xlperf.batch.limits import Bounds
from xlperf.cli.options import limit_option
from xlperf.errors import XlperfError
from xlperf.files import may_write, write

MAX_WIDTH = 100


@click.command(
    name="public",
    help="由报送版生成公开版：只留附件1、附件2、附件3 打印的内容，数字与报送版相同。\n\n"
    "去掉填报区、隐藏的行列和工作表、批注、图片、外部链接、作者信息和其他各表；公式换成数值；"
    "签章行的姓名、电话隐去，填报日期保留。生成后逐格与报送版核对，并按 D01、D04 审核。\n\n"
    "别处的文字里还有姓名、号码的，列出位置（号码遮住中间），不生成；涉密敏感的文字（D03）列出，"
    "请专人确认。报送版保存的结果不是最新的，不生成。报送版不改动。\n\n"
    "退出码：0 已生成，1 还有个人信息、没有生成，2 做不了（文件读不了、不是本模板、结果不是最新的等）。",
)
@click.argument("file", metavar="文件", type=click.Path(path_type=Path, readable=False))
@click.option(
    "-o", "--output", "out", required=True, metavar="文件", type=click.Path(path_type=Path, readable=False),
    help="生成的公开版，扩展名为 .xlsx。",
)
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", metavar="text|json",
    help="结果的形式：text 供阅读（默认），json 供程序读取（去掉了什么）。",
)
@limit_option
@click.option("--force", is_flag=True, help="文件已经存在也覆盖。")
@click.pass_context
def command(ctx: click.Context, file: Path, out: Path, form: str, bounds: Bounds, force: bool) -> None:
    """Make the public edition, write it, say what was left out."""
    _apart(file, out)
    may_write(out, force)
    from xlperf.public import public_edition
    from xlperf.reporters import public as reporter

    made = public_edition(file, bounds.reading)
    status = reporter.exit_code(made)
    if status == 0:
        write(out, made.content, force)
    if form == "json":
        click.echo(reporter.render_json(made, str(file), str(out)).encode(), nl=False)
    else:
        width = min(shutil.get_terminal_size().columns, MAX_WIDTH) if sys.stdout.isatty() else 80
        click.echo(reporter.render(made, str(file), str(out), width=width), nl=False)
    ctx.exit(status)


def _apart(file: Path, out: Path) -> None:
    """See that the submission is not written over, by whatever name. Raises XlperfError."""
    try:
        same = file.resolve() == out.resolve() or (out.exists() and file.exists() and file.samefile(out))
    except (OSError, ValueError):
        return  # said by those who open them
    if same:
        raise XlperfError(f"公开版不能写在报送版“{file.name}”上，请换一个文件名。")
