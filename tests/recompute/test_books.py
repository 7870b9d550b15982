# ruff: noqa: E501  formulas and tables of cases stand on lines of their own
"""A corpus of workbooks that LibreOffice computed: what is recomputed equals what is stored, formula by formula."""

from __future__ import annotations

from pathlib import Path

import pytest

from xlperf.recalc import Agreement, recalc_file

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BOOKS = sorted((HERE / "books").glob("*.xlsx"))
OURS = [*sorted((ROOT / "samples").glob("*.xlsx")), *sorted((ROOT / "templates").glob("*/*.xlsx"))]

#: Workbook and cell → why LibreOffice stored something else than Excel documents. An entry that agrees fails.
DEVIATIONS = {
    ("整列引用", "汇总!B12"): "SUM of references leaves out logical values (SUM); LibreOffice counts D2 as 1",
    ("大额与十五位", "大额!B18"): "only a final subtraction is snapped to 0 (Floating-point arithmetic in Excel), not one in ( )*1",
    ("表格结构化引用", "汇总!C4"): "[#Headers] is the header row of all columns (Using structured references); LibreOffice takes one",
    ("条件统计", "条件!C6"): "wildcards match text only (COUNTIF); LibreOffice finds ??? in 2.5",
    ("条件统计", "条件!D6"): "wildcards match text only (SUMIF)",
    ("条件统计", "条件!C17"): "wildcards match text only (COUNTIF); LibreOffice finds * in numbers",
    ("条件统计", "条件!D17"): "wildcards match text only (SUMIF)",
    ("空与零", "空与零!H9"): "text that reads as the number is counted too (COUNTIF)",
    ("错误与兜底", "错误!I1"): "SQRT of a negative number is #NUM! (SQRT); LibreOffice saves its Err:502 as #VALUE!",
    ("错误与兜底", "错误!I5"): "as I1, which it reads",
}
#: Formulas that must be recomputed, not left unchecked. To be raised where more is vouched for, never lowered.
FLOORS = {
    "WPS样式共享公式": 120, "XlsxWriter写成": 54, "openpyxl写成": 188, "三公经费": 28, "乘积求和": 44, "人员名册": 60, "全角表名": 8,
    "分段计算": 160, "名称种种": 18, "大额与十五位": 122, "排名统计": 127, "数组公式": 2, "整列引用": 120, "文字拼接": 66, "日期": 233,
    "明细账": 152, "月报三维汇总": 143, "条件统计": 35, "格式文字": 200, "横向查找": 56, "空与零": 66, "筛选小计": 2, "绩效取整": 440,
    "表格结构化引用": 1, "评分表": 115, "逻辑判断": 129, "错误与兜底": 56, "预算执行表": 54,
    "yiyang-2024": 1451, "机关工委_2024_报送稿": 913, "机关工委_2024_更正稿": 2348, "组织部_2024_报送稿": 2365, "组织部_2024_更正稿": 2855,
}  # fmt: skip


def test_the_corpus_is_whole() -> None:
    assert len(BOOKS) >= 25
    assert {path.stem for path in (*BOOKS, *OURS)} == set(FLOORS)
    assert all(path.stat().st_size < 40_000 for path in BOOKS)


@pytest.mark.parametrize("path", [*BOOKS, *OURS], ids=lambda path: path.stem)
def test_recomputed_equals_cached(path: Path) -> None:
    done = recalc_file(path)
    differing = {
        str(item.cell).replace("'", ""): (item.formula, item.cached, item.recomputed)
        for item in done.cells
        if item.outcome is Agreement.DIFFER
    }
    known = {cell for book, cell in DEVIATIONS if book == path.stem}
    assert {cell: told for cell, told in differing.items() if cell not in known} == {}
    assert known <= set(differing), "LibreOffice agrees by now: take it off the list"
    assert len(done.cells) - done.count(Agreement.UNCHECKED) >= FLOORS[path.stem]


def test_stored_results_are_there() -> None:
    """The corpus compares; a workbook without stored results would pass by comparing nothing."""
    assert all(recalc_file(path).count(Agreement.UNCACHED) == 0 for path in BOOKS)
