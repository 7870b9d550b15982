"""``xlperf recalc``: what it prints, its JSON, its exit status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import xlsxwriter
from click.testing import CliRunner, Result

from xlperf.cli.main import main
from xlperf.reporters.layout import columns

BOOKS = Path(__file__).resolve().parents[1] / "recompute" / "books"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["recalc", *map(str, arguments)])


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """A workbook with every outcome and every kind of value."""
    path = tmp_path / "各种.xlsx"
    with xlsxwriter.Workbook(str(path)) as out:
        sheet = out.add_worksheet("一\u202e表")
        sheet.write("A1", 5)
        stored = [
            ("=A1*2", 10), ("=A1*2", 11), ("=A1>1", True), ("=NA()", "#N/A"),
            ('=""', "x"), ('=A1&"\u202e个"', "5\u202e个"),
            ("=FOO(A1)", 3), ("=FOO(A1)+1", 4), ("=A8+1", 4), ('="a_x0007_b"&A1', "错"), ("=OFFSET(A1,0,0)", 5),
        ]  # fmt: skip
        for row, (formula, value) in enumerate(stored, 1):
            sheet.write_formula(row, 0, formula, None, value)
    return path


def test_text(mixed: Path) -> None:
    result = run(mixed)
    lines = result.output.splitlines()
    assert result.exit_code == 1
    assert lines[0] == "复算 11 个公式：一致 4，不一致 3，未复算 4（附原因）（各种.xlsx）"
    assert "  A3  =A1*2" in lines
    assert "    存储值 11，复算值 10，相差 -1" in lines
    assert any("FOO" in line and "2 个" in line for line in lines)
    assert all(columns(line) <= 80 for line in lines)
    assert "\x07" not in result.output
    assert "\u202e" not in result.output
    assert "一致：" not in result.output


def test_all_lists_every_formula(mixed: Path) -> None:
    result = run("--all", mixed)
    assert result.exit_code == 1
    assert result.output.count("  A") >= 11
    assert "    一致：10" in result.output.splitlines()


def test_json(mixed: Path) -> None:
    result = run("--format", "json", mixed)
    document = json.loads(result.stdout)
    assert result.exit_code == document["exit_code"] == 1
    assert document["schema"] == "xlperf.recalc/1"
    [file] = document["files"]
    assert file["counts"] == {"formulas": 11, "agree": 4, "differ": 3, "unchecked": 4, "uncached": 0}
    cells = {cell["cell"]: cell for cell in file["cells"]}
    assert list(cells) == [f"A{row}" for row in range(2, 13)]
    assert cells["A3"] == {
        "sheet": "一\u202e表", "cell": "A3", "formula": "=A1*2", "cached": 11, "recomputed": 10, "outcome": "differ",
        "difference": "-1", "reason": None,
    }  # fmt: skip
    assert cells["A4"]["recomputed"] is True
    assert cells["A5"]["recomputed"] == cells["A5"]["cached"] == {"error": "#N/A"}
    assert cells["A6"]["recomputed"] == ""
    assert cells["A8"]["recomputed"] is None
    assert cells["A8"]["outcome"] == "unchecked"
    assert "FOO" in cells["A8"]["reason"]
    assert "\u202e" not in result.stdout


def test_what_is_shown_of_a_corpus_book_agrees() -> None:
    result = run(BOOKS / "预算执行表.xlsx")
    assert result.exit_code == 0
    assert result.output == "复算 54 个公式：一致 54，不一致 0（预算执行表.xlsx）\n"


def test_several_files_and_a_bad_one(tmp_path: Path, mixed: Path) -> None:
    bad = tmp_path / "坏.xlsx"
    bad.write_bytes(b"%PDF-1.7")
    result = run(BOOKS / "预算执行表.xlsx", bad, mixed)
    assert result.exit_code == 2
    assert "未能复算" in result.output
    assert "PDF" in result.output
    assert result.output.splitlines()[-1] == "共 3 份：一致 1，有不一致 1，未能复算 1"
    document = json.loads(run("--format", "json", BOOKS / "预算执行表.xlsx", bad).stdout)
    assert document["exit_code"] == document["files"][1]["exit_code"] == 2
    assert "PDF" in document["files"][1]["error"]


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    result = run(tmp_path / "没有.xlsx")
    assert result.exit_code == 2
    assert "没有.xlsx" in result.output
    assert "Traceback" not in result.output


def test_no_formula_could_be_recomputed(tmp_path: Path) -> None:
    path = tmp_path / "无.xlsx"
    with xlsxwriter.Workbook(str(path)) as out:
        out.add_worksheet("表").write_formula("A1", "=FOO(1)", None, 1)
    result = run(path)
    assert result.exit_code == 2
    assert result.output.splitlines()[0] == "复算 1 个公式：一致 0，不一致 0，未复算 1（附原因）（无.xlsx）"


def test_no_formulas_and_no_stored_results(tmp_path: Path) -> None:
    import openpyxl

    path = tmp_path / "空.xlsx"
    book = openpyxl.Workbook()
    book.save(path)
    assert run(path).output == "工作簿里没有公式，无可复算（空.xlsx）\n"
    book.active["A1"] = "=1+1"
    book.save(path)
    result = run("--all", path)
    assert result.exit_code == 0
    assert "无存储值 1" in result.output
    assert "复算值 2（没有存储值）" in result.output


def test_help_is_chinese() -> None:
    result = run("--help")
    assert result.exit_code == 0
    assert "退出码" in result.output
