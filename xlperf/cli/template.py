"""``xlperf template``: list the registered templates, build one from its text, lint a workbook."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import click

from xlperf.errors import TemplateError
from xlperf.files import write
from xlperf.reporters.layout import wrap

MAX_WIDTH = 100


class _Group(click.Group):
    """A group that says in Chinese that it lacks a command."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that the arguments name."""
        if args[0] not in self.commands:
            raise click.UsageError(f"没有“{args[0]}”这个命令，可用的有 {'、'.join(self.commands)}", ctx)
        return super().resolve_command(ctx, args)


@click.group(name="template", cls=_Group, help="列出、生成、检查模板。")
def command() -> None:
    """Hold the commands together."""


@command.command(name="list", short_help="列出已登记的模板", help="列出已登记的模板：编号、版本、年度、名称、位置。")
def list_templates() -> None:
    """Print every registered template, one after the other; a broken one does not hide the others."""
    from xlperf.template import library

    found = False
    for folder in library.folders():
        path = folder / f"{folder.name}.xlsx"
        if path.is_file():
            found = True
            template = library.load_template(path)
            title = template.dictionary.identity.get("名称", "")
            click.echo(f"{template.id}  第 {template.version} 版  {template.dictionary.year} 年度  {title}")
            click.echo(f"  {path}")
    if not found:
        raise TemplateError(f"没有登记的模板，“{library.root()}”下没有找到。")


@command.command(
    name="build",
    short_help="由文本源生成模板工作簿",
    help="由文本源（TOML）生成模板工作簿，放在源文件旁边，逐字节可重复。\n\n"
    "退出码：0 已生成或相同，1 --check 时不相同，2 未能生成。",
)
@click.argument("source", metavar="文件夹或编号")
@click.option("--check", is_flag=True, help="只比较，不写文件；不相同时退出码为 1。")
def build_template(source: str, check: bool) -> int:
    """Build a template beside its source."""
    folder = _folder(source)
    from xlperf.publish.build import build

    path = folder / f"{folder.name}.xlsx"
    content = build(folder)
    if path.is_file() and path.read_bytes() == content:
        click.echo(f"{path.name} 逐字节相同。")
        return 0
    if check:
        click.echo(f"{path.name} 与文本源不一致，请运行 xlperf template build {source}")
        return 1
    write(path, content)
    click.echo(f"{path.name} 已更新。")
    return 0


@command.command(
    name="lint",
    short_help="检查工作簿是否合乎模板的约定",
    help="检查一份工作簿是否合乎模板的约定，逐条说明位置和改法。审核表的每一行都拿示例试过："
    "不符示例要查得出，通过示例要通过。\n\n退出码：0 没有问题，1 有不合约定之处，2 未能检查。",
)
@click.argument("source", metavar="文件或编号")
def lint_template(source: str) -> int:
    """Print the breaches of the conventions."""
    path = _workbook(source)
    from xlperf.publish.fill import sample
    from xlperf.rules.rulebook import rulebook
    from xlperf.template.filled import by_kind
    from xlperf.template.lint import lint, load_unproved

    violations = lint(load_unproved(path), rulebook(), lambda template: sample(template) or by_kind(template))
    width = min(shutil.get_terminal_size().columns, MAX_WIDTH) if sys.stdout.isatty() else 80
    for violation in violations:
        click.echo("\n".join(wrap(f"{violation.where}：{violation.what}。", width)))
        click.echo("\n".join(wrap(f"{violation.todo}。", width, "  怎样改：")))
    if violations:
        click.echo(f"{path.name}：{len(violations)} 类不合约定之处。")
        return 1
    click.echo(f"{path.name}：合乎约定。")
    return 0


def _folder(source: str) -> Path:
    """Return the folder of a source that is given by path or by id. Raises TemplateError."""
    from xlperf.template.library import root

    for folder in (Path(source), root() / source):
        if (folder / "template.toml").is_file():
            return folder.resolve()
    raise TemplateError(f"“{source}”不是模板的文件夹（其中没有 template.toml），也不是已登记的编号。")


def _workbook(source: str) -> Path:
    """Return the workbook that is given by path or by id. Raises TemplateError."""
    from xlperf.template.library import root

    path = Path(source)
    registered = root() / source / f"{source}.xlsx"
    if path.suffix or path.is_file():
        return path
    if registered.is_file():
        return registered
    raise TemplateError(f"“{source}”不是文件，也不是已登记的模板编号；xlperf template list 可列出已登记的。")
