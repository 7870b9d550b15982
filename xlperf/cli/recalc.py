"""``xlperf recalc``: recompute every formula of any workbook and compare with the results stored in it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from xlperf.batch.limits import Bounds
from xlperf.cli.options import limit_option
from xlperf.errors import LimitExceeded, XlperfError
from xlperf.recalc import Recalculation, recalc_file
from xlperf.reporters import Failure
from xlperf.workbook.limits import Limits

MAX_WIDTH = 100


@click.command(
    name="recalc",
    help="复算任意工作簿（不必是本模板）的全部公式，与文件里存储的结果逐格对照。\n\n"
    "不改动文件，不运行宏，不打开链接的文件。没有把握的公式列为未复算并说明原因，不算一致。\n\n"
    "退出码：0 能比较的都一致（未复算、没有存储值的另行列出；没有公式也是 0），1 有不一致，"
    "2 文件读不了，或有公式而没有一个能复算；几份一起时取最重的。",
)
@click.argument("files", nargs=-1, required=True, metavar="文件...", type=click.Path(path_type=Path, readable=False))
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", metavar="text|json",
    help="结果的形式：text 供阅读（默认），json 供程序读取（每个公式一条）。",
)
@limit_option
@click.option("--all", "everything", is_flag=True, help="列出每一个公式，不省略。")
@click.pass_context
def command(ctx: click.Context, files: Sequence[Path], form: str, bounds: Bounds, everything: bool) -> None:
    """Recompute the files, print what was found, exit with the worst status."""
    limits = bounds.reading
    results = _as_json(files, limits) if form == "json" else _as_text(files, limits, everything)
    ctx.exit(max(result.exit_code for result in results))


def _as_text(files: Sequence[Path], limits: Limits, everything: bool) -> list[Recalculation | Failure]:
    """Print each workbook as soon as it is done, parted by a line, and a last line on all of them."""
    from xlperf.reporters import recalc_text

    terminal = sys.stdout.isatty()
    width = min(shutil.get_terminal_size().columns, MAX_WIDTH) if terminal else 80
    color = terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    results: list[Recalculation | Failure] = []
    for path in files:
        result = _examine(path, limits)
        results.append(result)
        if isinstance(result, Failure):
            page = recalc_text.render_failure(result, width=width, color=color)
        else:
            page = recalc_text.render(result, width=width, color=color, everything=everything)
        click.echo(page, nl=False, color=color, err=isinstance(result, Failure) and len(files) == 1)
        if len(files) > 1:
            click.echo("=" * width)
    if len(files) > 1:
        click.echo(recalc_text.batch_summary(results))
    return results


def _as_json(files: Sequence[Path], limits: Limits) -> list[Recalculation | Failure]:
    """Print one document, in UTF-8 whatever the console speaks."""
    from xlperf.reporters import recalc_json

    results = [_examine(path, limits) for path in files]
    click.echo(recalc_json.render(results).encode(), nl=False)
    return results


def _examine(path: Path, limits: Limits) -> Recalculation | Failure:
    """Recompute one file; whatever goes wrong stays with this file."""
    try:
        return recalc_file(path, limits)
    except LimitExceeded as error:
        return Failure(str(path), f"{error}确实需要这么大的，可以放宽上限：xlperf limits 列出各项上限和写法。")
    except XlperfError as error:
        return Failure(str(path), str(error))
    except Exception as error:  # noqa: BLE001  the border of a batch item: one bad file never stops the others
        return Failure(
            str(path), f"复算程序内部出错（{type(error).__name__}），不是文件的问题；请把文件反馈给模板下发单位。"
        )
