"""Ways to hand in figures that contradict each other unseen; each was once passed over in silence."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from edits import where
from excel_like import Book, q
from generated import check, flat, told
from lxml import etree

from xlperf.workbook.read import read_bytes


def put(book: Book, name: str, value: object) -> None:
    sheet, address = where(book, name)
    book.put(sheet, address, value)


def a_line_below_the_last_row(book: Book) -> None:
    sheet, address = where(book, "附表_其他资本性支出_本年预算")
    row = int(address[1:]) + 1
    for column, value in zip("ABCD", ("其他支出", 50, 50, 100), strict=True):
        book.put(sheet, f"{column}{row}", value)


def a_figure_in_a_locked_blank(book: Book) -> None:
    sheet, address = where(book, "附件2_其他资金")
    book.put(sheet, f"I{address[1:]}", 55)


def income_not_applicable(book: Book) -> None:
    for name in ("一般公共预算", "政府性基金", "国有资本经营", "财政专户", "其他资金"):
        put(book, f"附件2_{name}", "—")


def a_logical_value(book: Book) -> None:
    put(book, "公用经费_本年决算", True)


def a_name_redirected(book: Book) -> None:
    for node in book._names:
        if node.get("name") == "三公经费_本年决算":
            node.text = "附件1!$L$11"


def an_input_formula_stored_otherwise(book: Book) -> None:
    sheet, address = where(book, "办公费_本年决算")
    book.put(sheet, address, "=1+1")
    book.recalculate()
    cell = book.sheet(sheet).cell(address)
    (cell.find(q("v")) if cell.find(q("v")) is not None else etree.SubElement(cell, q("v"))).text = "10.33"


def a_number_beyond_all_money(book: Book) -> None:
    put(book, "办公费_本年决算", 1e300)


def a_date_that_is_none(book: Book) -> None:
    put(book, "填报日期", 20250425)


def a_hidden_sheet(book: Book) -> None:
    book.sheet("附件1").node.set("state", "veryHidden")


def staff_without_posts(book: Book) -> None:
    put(book, "人员_编制数", "—")


CASES: list[tuple[Callable[[Book], None], str, str]] = [
    (a_line_below_the_last_row, "S02", "其他支出"),
    (a_figure_in_a_locked_blank, "S02", "55"),
    (income_not_applicable, "T01", "不能填“—”"),
    (a_logical_value, "T01", "TRUE"),
    (a_name_redirected, "S04", "三公经费_本年决算"),
    (an_input_formula_stored_otherwise, "S10", "办公费"),
    (a_number_beyond_all_money, "T05", "大得不合情理"),
    (a_date_that_is_none, "T05", "不像是日期"),
    (a_hidden_sheet, "S02", "被隐藏"),
    (staff_without_posts, "A07", "超编"),
]


@pytest.mark.parametrize(("forge", "rule", "words"), CASES, ids=[case[0].__name__ for case in CASES])
def test_it_is_told(base: bytes, forge: Callable[[Book], None], rule: str, words: str) -> None:
    book = Book(base)
    forge(book)
    if forge not in (a_name_redirected, an_input_formula_stored_otherwise):
        book.recalculate()
    report = check(book.bytes())
    assert report.exit_code == 1
    assert any(f.rule == rule and words in f.message for f in flat(report)), told(report)


@pytest.mark.parametrize("text", ["　" * 8, "......", "aaaaaaaa", "无无无无无无", "——————", "12345678"])
def test_an_explanation_must_say_something(base: bytes, text: str) -> None:
    book = Book(base)
    row = _row_of(base, "B10")
    book.put("审核", f"J{row}", text)
    book.recalculate()
    report = check(book.bytes())
    assert any(f.rule == "B10" and f.open for f in report.findings), told(report)


def _row_of(data: bytes, number: str) -> int:
    sheet = read_bytes(data, "x").sheet("审核")
    assert sheet
    return next(row for (row, column), cell in sheet.cells.items() if column == 1 and cell.value == number)


def test_a_column_inserted_with_figures_is_told(base: bytes) -> None:
    book = Book(base)
    sheet, address = where(book, "人员_编制数")
    book.put(sheet, f"H{address[1:]}", 5)
    assert any(f.rule == "S02" for f in check(book.bytes()).findings)


def test_a_sheet_pasted_as_values_is_one_finding(base: bytes) -> None:
    book = Book(base)
    for cell in book.sheet("附件1").cells():
        formula = cell.find(q("f"))
        if formula is not None:
            cell.remove(formula)
    report = check(book.bytes())
    own = [f for f in report.findings if f.rule == "S04"]
    assert len(own) == 1, told(report)
    assert "粘贴成数值" in own[0].message


def test_figures_outside_the_form_are_a_notice_only(base: bytes) -> None:
    book = Book(base)
    book.put("附件1", "Z90", "草稿")
    report = check(book.bytes())
    assert report.exit_code == 0
    assert any(f.rule == "S02" and "表样以外" in f.message for f in report.findings)
