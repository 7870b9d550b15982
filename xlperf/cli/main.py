"""The shell around the commands: finds them, speaks Chinese for click, turns exceptions into exit statuses.

Exit status: 0 may be handed in (or done), 1 findings remain, 2 could not be done, 130 interrupted. A command
module is imported only when its command is called, so that ``xlperf --help`` and every command start quickly.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import click

from xlperf import __version__
from xlperf.cli.start import complain
from xlperf.errors import XlperfError
from xlperf.reporters.layout import columns, wrap

#: Every command, in the order of its use, and the line that the help shows for it.
COMMANDS = {
    "check": "审核填好的工作簿，指出不符之处",
    "fix": "清理文本型数字、假空白、被覆盖的公式，另存副本",
    "rule": "查看审核规则：检查什么、为什么、怎样改",
    "fields": "列出模板中可填的字段",
    "new": "按模板生成空白工作簿",
    "fill": "把数据文件填入工作簿",
    "recalc": "复算任意工作簿的公式，与存储的结果对照",
    "template": "检查、编制模板",
    "limits": "列出审核的各项上限",
}

_WORDS = {
    "[OPTIONS]": "[选项]",
    "COMMAND [ARGS]...": "命令 [参数]...",
    "Options": "选项",
    "Commands": "命令",
    "Positional arguments": "参数",
    "Show this message and exit.": "显示本帮助。",
    "Show the version and exit.": "显示版本号。",
    "[default: ": "[默认：",
    "[required]": "[必填]",
}


def _in_chinese(text: str) -> str:
    for english, chinese in _WORDS.items():
        text = text.replace(english, chinese)
    return text


class ChineseFormatter(click.HelpFormatter):
    """Help pages with Chinese headings, broken by the width that Chinese characters take."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the line of usage."""
        self._write_lines(wrap(_in_chinese(args), self.width, f"{prefix or '用法：'}{prog} "))

    def write_heading(self, heading: str) -> None:
        """Write the heading of a section."""
        self.write(f"{'':>{self.current_indent}}{_in_chinese(heading)}：\n")

    def write_text(self, text: str) -> None:
        """Write paragraphs, parted by empty lines; after a line of a backspace, lines stay as they are."""
        indent = " " * self.current_indent
        for number, paragraph in enumerate(text.split("\n\n")):
            if number:
                self.write_paragraph()
            first, *rest = paragraph.split("\n")
            for line in rest if first == "\b" else [_join(paragraph.split("\n"))]:
                self._write_lines(wrap(line, self.width, indent))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write terms and their explanations in two columns."""
        rows = [(_in_chinese(term), _in_chinese(text)) for term, text in rows]
        left = min(max((columns(term) for term, _ in rows), default=0), col_max) + col_spacing
        indent = " " * self.current_indent
        for term, text in rows:
            lead = indent + term + " " * (left - columns(term))
            if columns(term) + col_spacing > left:
                self.write(f"{indent}{term}\n")
                lead = indent + " " * left
            self._write_lines(wrap(text, self.width, lead))

    def _write_lines(self, lines: Iterable[str]) -> None:
        self.write("".join(f"{line}\n" for line in lines))


def _join(lines: Sequence[str]) -> str:
    """Join the lines of a paragraph: with a space only where Latin text meets Latin text."""
    text = ""
    for line in map(str.strip, lines):
        text += " " + line if text[-1:].isascii() and line[:1].isascii() and text else line
    return text


class ChineseContext(click.Context):
    """A context whose help is Chinese."""

    formatter_class = ChineseFormatter


class Shell(click.Group):
    """The group of all commands, each imported when it is called."""

    context_class = ChineseContext

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands that this installation has."""
        return [name for name in COMMANDS if find_spec(f"xlperf.cli.{name}")]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = import_module(f"xlperf.cli.{cmd_name}").command
        _speak_chinese(command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that the arguments name; an unknown one is a usage error in Chinese."""
        names = self.list_commands(ctx)
        if args[0] not in names:
            raise click.UsageError(f"没有“{args[0]}”这个命令，可用的有 {'、'.join(names)}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the names and lines of all commands without importing one."""
        with formatter.section("命令"):
            formatter.write_dl([(name, COMMANDS[name]) for name in self.list_commands(ctx)])

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run, and leave with an exit status; a command may return its status or exit with it."""
        if not standalone_mode:
            return super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        try:
            status = super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        except XlperfError as error:
            complain(f"错误：{error}")
            status = error.exit_code
        except click.ClickException as error:
            complain(_usage_error(error))
            status = 2
        except click.Abort:
            complain("已中断。")
            status = 130
        sys.exit(status if isinstance(status, int) else 0)


def _speak_chinese(command: click.Command) -> None:
    """Give a command, and the commands under it, help in Chinese."""
    command.context_class = ChineseContext
    if isinstance(command, click.Group):
        for name in command.commands:
            _speak_chinese(command.commands[name])


def _usage_error(error: click.ClickException) -> str:
    """Return what is wrong with the command line, in Chinese, and how it is used."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        return error.ctx.get_help()
    wrong = f"命令写法有误：{_what_is_wrong(error)}。"
    ctx = error.ctx if isinstance(error, click.UsageError) else None
    if ctx is None:
        return f"{wrong}\n查看帮助：在命令后加 --help"
    return f"{wrong}\n{ctx.get_usage()}\n查看帮助：{ctx.command_path} --help"


def _what_is_wrong(error: click.ClickException) -> str:
    if isinstance(error, click.NoSuchOption):
        return f"没有“{error.option_name}”这个选项"
    if isinstance(error, click.BadOptionUsage):
        return f"选项 {error.option_name} 缺少值，或者多给了值"
    if isinstance(error, click.BadParameter):
        name = _name(error)
        if isinstance(error, click.MissingParameter):
            return f"缺少 {name}"
        if error.param is not None and isinstance(error.param.type, click.Choice):
            return f"{name} 只能是 {'、'.join(map(str, error.param.type.choices))} 之一"
        return f"{name} 的值不对（{error.message.rstrip('.')}）"
    return error.format_message().rstrip("。.")


def _name(error: click.BadParameter) -> str:
    """Return what a user calls the parameter: ``--format``, or 文件."""
    if isinstance(error.param, click.Option):
        return max(error.param.opts, key=len)
    if error.param is not None:
        return error.param.human_readable_name.rstrip(".")
    return str(error.param_hint or "参数")


@click.command(
    cls=Shell,
    name="xlperf",
    help="部门整体支出绩效自评：生成带公式的官方附件，逐份复算审核。\n\n各命令的用法：xlperf 命令 --help",
    no_args_is_help=True,
)
@click.version_option(__version__, prog_name="xlperf", message="%(prog)s %(version)s")
def main() -> None:
    """Hold the commands together; the help above is what a user reads."""
