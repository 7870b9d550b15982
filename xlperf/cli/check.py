"""``xlperf check``: check workbooks and folders of them, and say of each whether it may be handed in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from xlperf.batch.limits import Bounds
from xlperf.cli.checking import FEW_REPORTS, check_files
from xlperf.cli.options import jobs_option, limit_option
from xlperf.findings import ALL_RULES, Choice


@click.command(
    name="check",
    help="审核填好的工作簿：逐项复算，指出不符之处、差多少、怎样改。\n\n"
    f"给出文件夹时，审核其中（含下级文件夹）的全部表格；这时以及多于 {FEW_REPORTS} 份时，每份只列一行。"
    "几份一起审核时在另开的进程中进行，有时间和内存上限，一份出错不影响其他。\n\n"
    "加 --public 时只审核能不能公开：姓名、电话等个人信息，涉密敏感的文字，隐藏的内容、批注和作者信息"
    "（D 类规则，不必是本模板）。数字、公式、表样由不加 --public 的审核去看，公开版没有公式，只能这样审。\n\n"
    "审核不改动文件。退出码：0 可以报送（公开），1 尚有问题，2 未能审核；几份一起审核时取最重的。"
    "用了 --select 或 --ignore 的只审核一部分规则，不下“通过”的结论：没有问题时退出码也是 2。",
)
@click.argument("files", nargs=-1, required=True, metavar="文件...", type=click.Path(path_type=Path, readable=False))
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "jsonl"]), default="text", metavar="text|json|jsonl",
    help="结果的形式：text 供阅读（默认），json 供程序读取，jsonl 每份一行、审完即出。",
)
@click.option("--verbose", is_flag=True, help="全部列出，不省略。")
@click.option(
    "--color", type=click.Choice(["auto", "always", "never"]), default="auto", metavar="auto|always|never",
    help="是否用颜色：auto 只在终端上用（默认）。",
)
@click.option("--public", is_flag=True, help="审核能不能公开，不审核数字；公开版由 xlperf public 生成。")
@click.option(
    "--select", multiple=True, metavar="编号", help="只审核这些规则，如 --select K02,A01，可重复；编号见 xlperf rule。"
)
@click.option("--ignore", multiple=True, metavar="编号", help="不审核这些规则，如 --ignore I12，可重复。")
@jobs_option
@limit_option
@click.pass_context
def command(
    ctx: click.Context,
    files: Sequence[Path],
    form: str,
    verbose: bool,
    color: str,
    public: bool,
    select: Sequence[str],
    ignore: Sequence[str],
    jobs: int | None,
    bounds: Bounds,
) -> None:
    """Check the files, print what was found, exit with the worst status."""
    choice = _choice(select, ignore)
    if public and choice != ALL_RULES:
        raise click.UsageError("--public 只审核能不能公开，不能与 --select、--ignore 同用", ctx)
    ctx.exit(check_files(files, bounds, form, verbose, color, jobs, public, choice))


def _choice(select: Sequence[str], ignore: Sequence[str]) -> Choice:
    """Return the rules that are asked for. Raises XlperfError for an id that is none."""
    if not select and not ignore:
        return ALL_RULES
    from xlperf.rules.lookup import choose

    return choose(select, ignore)
