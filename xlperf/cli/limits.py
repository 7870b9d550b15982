"""``xlperf limits``: every limit in force, what it is, and its default where it was changed."""

from __future__ import annotations

import click

from xlperf.batch.limits import ENVIRONMENT, MEANINGS, Bounds, show
from xlperf.cli.options import limit_option
from xlperf.reporters.layout import columns


@click.command(
    name="limits",
    help="列出审核的各项上限：名称、现值、意思；改过的注明默认值。\n\n"
    f"改上限：命令后加 --limit 名称=值，或在环境变量 {ENVIRONMENT} 指定的 TOML 文件里每行写一项"
    "（如 seconds = 60 或 file_bytes = \"64MB\"）；两处都有时以 --limit 为准。大小可写 KB、MB、GB。",
)
@limit_option
def command(bounds: Bounds) -> None:
    """Print the limits, one a line."""
    defaults = dict(Bounds().items())
    for name, value in bounds.items():
        changed = "" if value == defaults[name] else f"（默认 {show(name, defaults[name])}）"
        shown = show(name, value)
        click.echo(f"{name:<22}{shown}{' ' * max(10 - columns(shown), 2)}{MEANINGS.get(name, '')}{changed}")
