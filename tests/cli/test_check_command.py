import json
import multiprocessing
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from stand_in import StandIn, module

from xlperf.cli.main import main
from xlperf.cli.progress import Printer


@pytest.fixture(autouse=True)
def _pipeline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xlperf.check", module())
    monkeypatch.setattr("xlperf.cli.checking.Check", StandIn)


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
    assert run("中断.xlsx").exit_code == 130


def test_an_interrupt_of_a_batch_ends_with_130_and_leaves_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(self: Printer) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Printer, "advance", interrupted)
    result = run("好.xlsx", "错.xlsx", "好.xlsx")
    assert result.exit_code == 130
    assert result.stderr.endswith("已中断。\n")
    assert multiprocessing.active_children() == []


def folder_of(tmp_path: Path, *names: str) -> str:
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    return str(tmp_path)


def test_a_folder_is_one_line_for_each_file_and_an_ending(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder_of(tmp_path, "收/甲/错.xlsx", "收/好.xlsx", "收/加密.xlsx", "收/~$好.xlsx", "收/说明.docx")
    monkeypatch.chdir(tmp_path)
    result = run("收")
    assert result.exit_code == 2
    assert result.stdout == (
        "可报送    收/好.xlsx\n"
        "未能审核  收/加密.xlsx   原因见最后\n"
        "需修改    收/甲/错.xlsx  强制 1\n"
        "\n"
        "未能审核的 1 份：\n"
        "  收/加密.xlsx\n"
        "    文件已加密，请去掉密码后再审。\n"
        "要看某一份有哪些问题，请单独审核它：xlperf check 文件；要全部展开，加\n"
        "--verbose。\n"
        "跳过临时文件和隐藏文件 1 个。\n"
        "另有 1 个文件不是表格，没有审核：.docx 1。\n"
        "共 3 份：可报送 1，需修改 1，未能审核 1\n"
    )


def test_many_files_are_one_line_each_and_whole_reports_where_asked_for() -> None:
    few, many = ["错.xlsx"] * 5, ["错.xlsx"] * 6
    assert run(*few).stdout.count("两处不能同时成立。") == 5
    assert run(*many).stdout.count("两处不能同时成立。") == 0
    assert run(*many, "--verbose").stdout.count("两处不能同时成立。") == 6


def test_a_folder_without_workbooks_is_a_sentence(tmp_path: Path) -> None:
    result = run(folder_of(tmp_path, "读我.txt"))
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "中没有表格，请核对文件夹，要审核的是" in result.stderr
    assert result.stderr.endswith("另有 1 个文件不是表格，没有审核：.txt 1。\n")
    [file] = json.loads(run(str(tmp_path), "--format", "json").stdout_bytes)["files"]
    assert (file["source"], file["exit_code"]) == (str(tmp_path), 2)


def test_an_empty_folder_beside_a_file_is_told(tmp_path: Path) -> None:
    result = run("好.xlsx", str(tmp_path))
    assert "中没有表格，请核对文件夹" in result.stdout.replace("\n    ", "")
    assert result.stdout.endswith("共 2 份：可报送 1，需修改 0，未能审核 1\n")
    assert result.exit_code == 2


def test_json_lines_are_one_object_a_file_and_notes_go_elsewhere(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "好.xlsx", "错.xlsx", "加密.xlsx", "读我.txt")
    result = run(folder, "--format", "jsonl")
    files = [json.loads(line) for line in result.stdout_bytes.decode().splitlines()]
    found = [(Path(file["source"]).name, file["exit_code"]) for file in files]
    assert found == [("错.xlsx", 1), ("好.xlsx", 0), ("加密.xlsx", 2)]
    assert result.stderr == "另有 1 个文件不是表格，没有审核：.txt 1。\n"
    document = json.loads(run(folder, "--format", "json").stdout_bytes)
    assert document["files"] == files


def test_json_of_one_file_is_the_same_document() -> None:
    document = json.loads(run("错.xlsx", "--format", "json").stdout_bytes)
    [file] = document["files"]
    assert (document["schema"], document["exit_code"], file["exit_code"]) == ("xlperf.report/1", 1, 1)
    assert json.loads(run("错.xlsx", "--format", "jsonl").stdout_bytes) == file


def test_the_trace_of_a_crash_in_a_batch_is_shown_where_asked_for() -> None:
    assert "Traceback" not in run("怪.xlsx", "好.xlsx").output
    assert "ZeroDivisionError: 秘密" in run("怪.xlsx", "好.xlsx", "--verbose").stderr


def test_a_hanging_file_of_a_batch_is_that_files_failure() -> None:
    result = run("死循环.xlsx", "错.xlsx", "--limit", "seconds=1", "--jobs", "1")
    assert result.exit_code == 2
    assert "无法审核“死循环.xlsx”：用时超过 1 秒" in result.stdout.replace("\n  ", "")
    assert "共 2 份：可报送 0，需修改 1，未能审核 1\n" in result.stdout


def test_a_dying_worker_of_a_batch_is_that_files_failure() -> None:
    result = run("猝死.xlsx", "好.xlsx")
    assert "无法审核“猝死.xlsx”：审核进程意外中止（退出码 9）" in result.stdout.replace("\n  ", "")
    assert result.exit_code == 2


def test_a_large_single_file_is_checked_in_a_worker(tmp_path: Path) -> None:
    large = tmp_path / "猝死.xlsx"
    large.write_bytes(bytes(3000))
    result = run(str(large), "--limit", "alone_bytes=2KB")
    assert "审核进程意外中止（退出码 9）" in result.stderr
    assert (result.stdout, result.exit_code) == ("", 2)


def test_memory_that_runs_out_without_a_worker_is_a_failure_too() -> None:
    result = run("吃内存.xlsx")
    assert result.stderr.startswith("未能审核（吃内存.xlsx）\n  无法审核“吃内存.xlsx”：所需内存超过 1GB")
    assert result.exit_code == 2


@pytest.mark.parametrize("jobs", ["0", "-1", "x", "1.5", "一", "9" * 9])
def test_a_wrong_number_of_jobs(jobs: str) -> None:
    result = run("好.xlsx", "--jobs", jobs)
    assert result.exit_code == 2
    assert result.stderr.startswith("命令写法有误：--jobs 的值不对（应是 1、2、3 这样的整数）。\n")


@pytest.mark.parametrize(("limit", "said"), [
    ("cels=1", "错误：没有叫“cels”的上限，可用的有 seconds、memory_bytes"),
    ("cells=many", "错误：上限 cells 的值“many”不对，应是大于 0 的数，如 200000。"),
    ("cells", "错误：上限“cells”的写法不对"),
])  # fmt: skip
def test_a_wrong_limit_is_a_sentence(limit: str, said: str) -> None:
    result = run("好.xlsx", "--limit", limit)
    assert result.stderr.startswith(said)
    assert result.exit_code == 2


def test_the_limits_reach_the_reader(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings = tmp_path / "上限.toml"
    settings.write_text("cells = 7", encoding="utf-8")
    monkeypatch.setenv("XLPERF_LIMITS", str(settings))
    assert "至多 7 格" in run("限.xlsx").stderr
    assert "至多 8 格" in run("限.xlsx", "--limit", "cells=8").stderr
    assert "至多 9 格" in run("限.xlsx", "好.xlsx", "--limit", "cells=9").stdout


@pytest.mark.parametrize(
    ("args", "complaint"),
    [
        ([], "命令写法有误：缺少 文件。"),
        (["a.xlsx", "--format", "xml"], "命令写法有误：--format 只能是 text、json、jsonl 之一。"),
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
