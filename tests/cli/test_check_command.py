import json
import sys
from pathlib import Path
from types import ModuleType

import pytest
from click.testing import CliRunner, Result

from xlperf.address import CellRef
from xlperf.cli.main import main
from xlperf.errors import FileRefused
from xlperf.findings import Finding, Level, Outcome, Place, Report, Status


def made(path: Path, *findings: Finding) -> Report:
    outcomes = (Outcome("A01", Status.PASSED), *(Outcome(f.rule, Status.FAILED) for f in findings))
    return Report(str(path), "0", "bmzt", "1.0", findings, (), outcomes)


WRONG = Finding("A01", Level.BLOCKING, "两处不能同时成立。", (Place(CellRef("附件1", 7, 2), "三公经费"),))


def check_file(path: Path) -> Report:
    """Stand in for the pipeline: the name of the file says what comes out."""
    match path.name:
        case "加密.xlsx":
            raise FileRefused("文件已加密，请去掉密码后再审。")
        case "怪.xlsx":
            raise ZeroDivisionError("秘密")
        case "中断.xlsx":
            raise KeyboardInterrupt
        case "错.xlsx":
            return made(path, WRONG)
    return made(path)


@pytest.fixture(autouse=True)
def _pipeline(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("xlperf.check")
    module.check_file = check_file  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "xlperf.check", module)


def run(*args: str) -> Result:
    return CliRunner().invoke(main, ["check", *args], prog_name="xlperf")


@pytest.mark.parametrize(("name", "status"), [("好", 0), ("错", 1), ("加密", 2), ("怪", 2)])
def test_the_exit_status_is_the_verdict(name: str, status: int) -> None:
    assert run(f"{name}.xlsx").exit_code == status


def test_one_file_and_its_verdict_first() -> None:
    result = run("错.xlsx")
    assert result.stdout.startswith("有 1 条强制不符，暂不能报送（错.xlsx）\n")
    assert "共 1 份" not in result.stdout


def test_a_single_file_that_cannot_be_checked_is_an_error() -> None:
    result = run("加密.xlsx")
    assert result.stdout == ""
    assert result.stderr == "未能审核（加密.xlsx）\n  文件已加密，请去掉密码后再审。\n"


def test_one_bad_file_never_stops_a_batch() -> None:
    result = run("加密.xlsx", "怪.xlsx", "错.xlsx", "好.xlsx")
    heads = [line for line in result.stdout.splitlines() if line.endswith(".xlsx）")]
    assert heads == [
        "未能审核（加密.xlsx）",
        "未能审核（怪.xlsx）",
        "有 1 条强制不符，暂不能报送（错.xlsx）",
        "通过：没有需要改正或说明的问题，可以报送（好.xlsx）",
    ]
    assert result.stdout.splitlines()[-1] == "共 4 份：可报送 1，需修改 1，未能审核 2"
    assert result.exit_code == 2


def test_the_worst_of_a_batch_counts() -> None:
    assert run("好.xlsx", "错.xlsx").exit_code == 1
    assert run("好.xlsx", "好.xlsx").exit_code == 0


def test_a_crash_is_one_sentence_and_its_trace_only_where_asked_for() -> None:
    assert "审核程序内部出错（ZeroDivisionError），不是填报的问题" in run("怪.xlsx").stderr
    assert "秘密" not in run("怪.xlsx").output
    assert "Traceback" in run("怪.xlsx", "--verbose").stderr


def test_json_is_one_document_for_all_files() -> None:
    result = run("--format", "json", "加密.xlsx", "错.xlsx")
    document = json.loads(result.stdout_bytes.decode("utf-8"))
    assert [file["source"] for file in document["files"]] == ["加密.xlsx", "错.xlsx"]
    assert document["exit_code"] == result.exit_code == 2


def test_colour_only_where_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b[" not in run("错.xlsx").stdout
    assert "\x1b[1;31m" in run("错.xlsx", "--color", "always").stdout
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in run("错.xlsx", "--color", "auto").stdout


def test_an_interrupt_ends_with_130() -> None:
    assert run("中断.xlsx", "好.xlsx").exit_code == 130


@pytest.mark.parametrize(
    ("args", "complaint"),
    [
        ([], "命令写法有误：缺少 文件。"),
        (["a.xlsx", "--format", "xml"], "命令写法有误：--format 只能是 text、json 之一。"),
        (["a.xlsx", "--formt"], "命令写法有误：没有“--formt”这个选项。"),
    ],
)
def test_usage_errors_are_chinese_and_end_with_2(args: list[str], complaint: str) -> None:
    result = run(*args)
    assert result.exit_code == 2
    assert result.stderr.splitlines() == [
        complaint,
        "用法：xlperf check [选项] 文件...",
        "查看帮助：xlperf check --help",
    ]


@pytest.mark.parametrize("option", ["--format", "--verbose=1"])
def test_an_option_without_its_value_or_with_one_too_many(option: str) -> None:
    result = run("a.xlsx", option)
    assert result.exit_code == 2
    name = option.removesuffix("=1")
    assert result.stderr.startswith(f"命令写法有误：选项 {name} 缺少值，或者多给了值。\n")


def test_the_help_is_chinese() -> None:
    page = run("--help").stdout
    assert page.startswith("用法：xlperf check [选项] 文件...\n")
    assert "选项：" in page
    assert "显示本帮助。" in page
    for english in ("Usage", "Options", "Show this", "Positional"):
        assert english not in page
