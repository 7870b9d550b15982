"""``xlperf check``: check workbooks one after the other and say of each whether it may be handed in."""

from __future__ import annotations

import os
import shutil
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

import click

from xlperf.errors import XlperfError
from xlperf.findings import Report
from xlperf.reporters import Failure

MAX_WIDTH = 100


@click.command(
    name="check",
    help="审核填好的工作簿：逐项复算，指出不符之处、差多少、怎样改。\n\n"
    "审核不改动文件。退出码：0 可以报送，1 尚有问题，2 未能审核；几份一起审核时取最重的。",
)
@click.argument("files", nargs=-1, required=True, metavar="文件...", type=click.Path(path_type=Path, readable=False))
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", metavar="text|json",
    help="结果的形式：text 供阅读（默认），json 供程序读取。",
)
@click.option("--verbose", is_flag=True, help="全部列出，不省略。")
@click.option(
    "--color", type=click.Choice(["auto", "always", "never"]), default="auto", metavar="auto|always|never",
    help="是否用颜色：auto 只在终端上用（默认）。",
)
@click.pass_context
def command(ctx: click.Context, files: Sequence[Path], form: str, verbose: bool, color: str) -> None:
    """Check the files, print what was found, exit with the worst status."""
    results = _as_json(files, verbose) if form == "json" else _as_text(files, verbose, _wants_color(color))
    ctx.exit(max(result.exit_code for result in results))


def _as_text(files: Sequence[Path], verbose: bool, color: bool) -> list[Report | Failure]:
    """Print each report as soon as it is there, parted by a line, and a last line on all of them."""
    from xlperf.reporters import text
    from xlperf.reporters.words import batch_summary

    width = min(shutil.get_terminal_size().columns, MAX_WIDTH) if sys.stdout.isatty() else 80
    results: list[Report | Failure] = []
    for path in files:
        result = _examine(path, verbose)
        results.append(result)
        if isinstance(result, Report):
            page = text.render(result, width=width, color=color, verbose=verbose)
        else:
            page = text.render_failure(result, width=width, color=color)
        # Alone, a file that cannot be checked is an error; among others it is one of the results.
        click.echo(page, nl=False, color=color, err=isinstance(result, Failure) and len(files) == 1)
        if len(files) > 1:
            click.echo("=" * width)
    if len(files) > 1:
        click.echo(batch_summary(results))
    return results


def _as_json(files: Sequence[Path], verbose: bool) -> list[Report | Failure]:
    """Print one document, in UTF-8 whatever the console speaks."""
    from xlperf.reporters import json_report

    results = [_examine(path, verbose) for path in files]
    click.echo(json_report.render(results).encode(), nl=False)
    return results


def _examine(path: Path, verbose: bool) -> Report | Failure:
    """Check one file; whatever goes wrong stays with this file."""
    from xlperf.check import check_file

    try:
        return check_file(path)
    except XlperfError as error:
        return Failure(str(path), str(error))
    except Exception as error:  # noqa: BLE001  the border of a batch item: one bad file never stops the others
        if verbose:
            traceback.print_exc()
        return Failure(
            str(path),
            f"审核程序内部出错（{type(error).__name__}），不是填报的问题；"
            "请用 --verbose 再审一次，把显示的内容和文件一并反馈给模板下发单位。",
        )


def _wants_color(choice: str) -> bool:
    """Tell whether to colour: as asked, else only on a terminal, and not where NO_COLOR is set."""
    if choice != "auto":
        return choice == "always"
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
