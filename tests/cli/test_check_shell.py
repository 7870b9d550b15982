import io
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner, Result

import xlperf.cli.main as shell
from xlperf import __version__
from xlperf.cli import start as starting
from xlperf.errors import DataError


def run(*args: str) -> Result:
    return CliRunner().invoke(shell.main, args, prog_name="xlperf")


def python(code: str, **options) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, **options)


def test_the_shell_is_light() -> None:
    heavy = "rich", "lxml", "formulas", "numpy", "openpyxl", "xlsxwriter", "xlperf.cli.check", "xlperf.check"
    done = python(f"import sys, xlperf.cli.main; print([name for name in {heavy!r} if name in sys.modules])")
    assert done.stdout.strip() == b"[]"


def test_help_names_the_commands_without_importing_one() -> None:
    done = python(
        "import sys, xlperf.cli.main as shell\n"
        "try: shell.main(['--help'], prog_name='xlperf')\n"
        "except SystemExit: print(sorted(name for name in sys.modules if name.startswith('xlperf.cli.')))"
    )
    page = done.stdout.decode()
    assert "用法：xlperf [选项] 命令 [参数]..." in page
    assert "审核填好的工作簿" in page
    assert page.splitlines()[-1] == "['xlperf.cli.main', 'xlperf.cli.start']"


def test_every_command_that_is_listed_can_be_loaded() -> None:
    ctx = click.Context(shell.main)
    for name in shell.main.list_commands(ctx):
        assert isinstance(shell.main.get_command(ctx, name), click.Command)


def test_the_version() -> None:
    result = run("--version")
    assert (result.exit_code, result.stdout) == (0, f"xlperf {__version__}\n")


def test_no_command_shows_the_help() -> None:
    result = run()
    assert result.exit_code == 2
    assert result.stderr.startswith("用法：xlperf")


def test_an_unknown_command_is_named() -> None:
    result = run("chek")
    assert result.exit_code == 2
    assert result.stderr.startswith("命令写法有误：没有“chek”这个命令，可用的有 check")


def with_command(monkeypatch: pytest.MonkeyPatch, command: click.Command) -> None:
    monkeypatch.setattr(shell.Shell, "list_commands", lambda self, ctx: ["trial"])
    monkeypatch.setattr(shell.Shell, "get_command", lambda self, ctx, name: command)


def test_an_exception_of_ours_is_one_sentence_and_its_status(monkeypatch: pytest.MonkeyPatch) -> None:
    @click.command
    def trial() -> None:
        raise DataError("第 3 行没有单位编码\x1b[2J，请补上。")

    with_command(monkeypatch, trial)
    result = run("trial")
    assert result.exit_code == 2
    assert result.stderr == "错误：第 3 行没有单位编码 [2J，请补上。\n"


@pytest.mark.parametrize(("answer", "status"), [(None, 0), (1, 1), ("text", 0)])
def test_a_command_may_return_its_status(
    monkeypatch: pytest.MonkeyPatch, answer: object, status: int
) -> None:
    with_command(monkeypatch, click.Command("trial", callback=lambda: answer))
    assert run("trial").exit_code == status


def test_groups_under_the_shell_speak_chinese_too() -> None:
    group = click.Group("template", commands=[click.Command("lint", help="查模板")])
    shell._speak_chinese(group)
    page = group.commands["lint"].make_context("lint", []).get_help()
    assert page.startswith("用法：lint [选项]")
    assert "命令：" in group.make_context("template", ["lint"]).get_help()


def test_help_lines_keep_to_the_width() -> None:
    command = click.Command("x", help="说明。" * 60 + "\n\n\b\n第一行\n第二行", params=[
        click.Option(["--very-long-option-name-that-is-wider-than-the-column"], help="值。" * 40),
    ])  # fmt: skip
    shell._speak_chinese(command)
    ctx = command.make_context("x", [])
    lines = command.get_help(ctx).splitlines()
    assert all(shell.columns(line) <= 80 for line in lines)
    assert "  第一行" in lines
    assert "  第二行" in lines


def test_a_gbk_console_does_not_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding="gbk")
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "argv", ["xlperf", "trial"])
    with_command(monkeypatch, click.Command("trial", callback=lambda: click.echo("通过 ✓")))
    with pytest.raises(SystemExit) as stopped:
        starting.start()
    assert stopped.value.code == 0
    assert out.buffer.getvalue().decode("gbk").split() == ["通过", "?"]


def test_a_closed_pipe_is_silent() -> None:
    code = (
        "import sys, click, xlperf.cli.main as shell, xlperf.cli.start as starting\n"
        "shell.Shell.list_commands = lambda self, ctx: ['trial']\n"
        "shell.Shell.get_command = lambda self, ctx, name: click.Command('trial', callback=lambda: "
        "[click.echo('x' * 1000) for _ in range(1000)])\n"
        "sys.argv = ['xlperf', 'trial']\n"
        "starting.entry()"
    )
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", code], stdout=pipe, stderr=pipe) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""
