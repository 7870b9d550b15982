"""``xlperf fix``: put right in a copy what is certain, and say what stays and why."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import click

from xlperf.batch.limits import Bounds
from xlperf.cli.options import limit_option
from xlperf.errors import LimitExceeded
from xlperf.files import may_write, write
from xlperf.reporters.layout import clean

MAX_WIDTH = 100


@click.command(
    name="fix",
    help="清理填好的工作簿，另存一份副本：文本型数字改为数字，看似空白的格清为真空，去掉粘贴带来的残留，"
    "恢复被覆盖的公式。只改能断定的；有两种读法的不改，列出原因。\n\n"
    "原件不动；副本里没有改到的内容逐字节不变。没有可改的，不生成副本。\n\n"
    "退出码：0 做完了（改没改都是 0），2 没能做。是否可以报送，请审核副本：xlperf check。",
)
@click.argument("file", metavar="文件", type=click.Path(path_type=Path, readable=False))
@click.option(
    "-o", "--output", "out", metavar="文件", type=click.Path(path_type=Path, readable=False),
    help="副本，扩展名为 .xlsx；不写的，放在原件旁边，名为“原名_已清理.xlsx”。",
)
@click.option("--force", is_flag=True, help="副本已经存在也覆盖。")
@click.option("--dry-run", "dry", is_flag=True, help="只列出将要改什么，不生成副本。")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", metavar="text|json",
    help="结果的形式：text 供阅读（默认），json 供程序读取。",
)
@click.option("--verbose", is_flag=True, help="全部列出，不省略。")
@limit_option
def command(file: Path, out: Path | None, force: bool, dry: bool, form: str, verbose: bool, bounds: Bounds) -> None:
    """Put the file right in a copy and print what was done."""
    from xlperf.fix import fix_bytes, see_that_it_is_another
    from xlperf.workbook.read_zip import load_bytes

    try:
        data = load_bytes(file, bounds.reading)
        copy = out if out is not None else file.with_name(f"{file.stem}_已清理.xlsx")
        if not dry:
            see_that_it_is_another(file, copy)
            may_write(copy, force)
        done = fix_bytes(data, file.name, bounds.reading)
    except LimitExceeded as error:
        raise LimitExceeded(f"{error}确实需要这么大的，可以放宽上限：xlperf limits 列出各项上限和写法。") from None
    written = done.content is not None and not dry
    if done.content is not None and written:
        write(copy, done.content, force)
    if form == "json":
        from xlperf.reporters import fix_json

        click.echo(fix_json.render(done, str(copy) if written else None).encode(), nl=False)
        return
    from xlperf.reporters import fix_text

    width = min(shutil.get_terminal_size().columns, MAX_WIDTH) if sys.stdout.isatty() else 80
    click.echo(fix_text.render(done, width=width, everything=verbose, dry=dry), nl=False)
    if written:
        click.echo(f"\n已写入 {clean(str(copy))}")
        click.echo(fix_text.say_copy(done, clean(str(copy)), width), nl=False)
