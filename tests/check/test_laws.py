# ruff: noqa: E501
"""What is right stays silent: blank workbooks, and filled ones after all that a person may rightly do to them in Excel."""

from __future__ import annotations

import random

import pytest
from edits import area_of, where
from excel_like import Book
from generated import (
    BUSINESS,
    TABLE,
    block_rows,
    check,
    clean,
    clear_inputs,
    is_number_notice,
    is_used,
    numeric_result,
    signature,
    told,
)
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from xlperf.findings import Status
from xlperf.publish.fill import empty
from xlperf.template.instantiate import Shape, default_shape
from xlperf.template.library import Template, find

few = settings(max_examples=4, deadline=None, derandomize=True, database=None, phases=[Phase.generate])

DICTIONARY = find().dictionary
FIXED = [name for name, block in DICTIONARY.blocks.items() if block.sheet != DICTIONARY.prototype]
OWN = [name for name, block in DICTIONARY.blocks.items() if block.sheet == DICTIONARY.prototype]


# -- (a) blank workbooks --------------------------------------------------------------------------


@st.composite
def shapes(draw: st.DrawFn) -> Shape:
    sizes = st.integers(1, 6) | st.sampled_from([1, 2, 15])
    fixed = {name: draw(sizes) for name in FIXED}
    projects = [{name: draw(sizes) for name in OWN} for _ in range(draw(st.integers(0, 3)))]
    return Shape.of(fixed, projects)


def blank_is_only_unfilled(template: Template, shape: Shape) -> None:
    data = empty(template, shape)
    report = check(data)
    assert {f.rule for f in report.findings} == {"C01"}, told(report)
    count = sum(len(f.places) for f in report.findings)
    assert count == numeric_result(Book(data), *where(Book(data), "审核_未填"))
    assert not [o for o in report.outcomes if o.status is Status.BROKEN]
    assert not report.notes


@few
@given(shape=shapes())
def test_a_blank_workbook_of_any_shape_lacks_only_its_entries(shape: Shape) -> None:
    blank_is_only_unfilled(find(), shape)


def test_sixty_projects(template: Template) -> None:
    blank_is_only_unfilled(template, default_shape(template, 60))


# -- (b) rows and sheets added and removed as they may be -----------------------------------------


def sources() -> st.SearchStrategy[tuple[int, int, int, int]]:
    return st.tuples(st.integers(1, 2), st.integers(0, 1), st.integers(1, 2), st.integers(0, 2))


def still_clean(before: bytes, after: bytes) -> None:
    report = check(after)
    assert report.exit_code == 0, told(report)
    assert signature(report) == signature(check(before))


def blocks_of(book: Book) -> list[tuple[str, str, str | None]]:
    """Return (name in the dictionary, name in the workbook, sheet of its own names or None)."""
    found: list[tuple[str, str, str | None]] = [(name, name, None) for name in FIXED]
    number = 1
    while book.name(DICTIONARY.project_prefix(number) + "数量指标"):
        prefix = DICTIONARY.project_prefix(number)
        found += [(name, prefix + name.removeprefix(DICTIONARY.prefix), None) for name in OWN]
        number += 1
    return found


def insert_somewhere(book: Book, chance: random.Random, *, copied: bool) -> str:
    """Insert a row inside a block of two rows or more, unused; return what was done."""
    choices = []
    for base, name, scope in blocks_of(book):
        sheet, top, bottom = block_rows(book, name, scope)
        choices += [(base, name, sheet, row) for row in range(top + 1, bottom + 1)]
    base, name, sheet, row = chance.choice(choices)
    if copied:
        book.insert_row(sheet, row, copy_of=chance.choice([row - 1, row]))
        clear_inputs(book, base, sheet, row)
    else:
        book.insert_row(sheet, row)
    return f"{name} {sheet}!{row} {'copied' if copied else 'blank'}"


@few
@given(source=sources(), seed=st.integers(0, 10**6), copied=st.booleans(), times=st.integers(1, 3))
def test_rows_inserted_inside_a_block_are_silent(
    source: tuple[int, int, int, int], seed: int, copied: bool, times: int
) -> None:
    before = clean(*source)
    book, chance = Book(before), random.Random(seed)
    for _ in range(times):
        insert_somewhere(book, chance, copied=copied)
    book.recalculate()
    still_clean(before, book.bytes())


@pytest.mark.parametrize("copied", [True, False], ids=["copied", "blank"])
def test_rows_inserted_in_the_samples_are_silent(corrected: dict[str, bytes], copied: bool) -> None:
    for data in corrected.values():
        book, chance = Book(data), random.Random(7)
        for _ in range(8):
            insert_somewhere(book, chance, copied=copied)
        book.recalculate()
        still_clean(data, book.bytes())


def test_a_row_put_into_every_block_one_after_another_is_silent() -> None:
    before = clean(2, 1, 1)
    book = Book(before)
    for index, (base, name, scope) in enumerate(blocks_of(book)):
        sheet, top, bottom = block_rows(book, name, scope)
        if bottom == top:
            continue  # nothing is inside a block of one row
        if index % 2:
            book.insert_row(sheet, top + 1)
        else:
            book.insert_row(sheet, top + 1, copy_of=top)
            clear_inputs(book, base, sheet, top + 1)
    book.recalculate()
    still_clean(before, book.bytes())


@few
@given(source=sources(), seed=st.integers(0, 10**6), times=st.integers(1, 4))
def test_unused_rows_of_a_block_deleted_are_silent(
    source: tuple[int, int, int, int], seed: int, times: int
) -> None:
    before = clean(*source)
    book, chance = Book(before), random.Random(seed)
    for _ in range(times):
        choices = []
        for base, name, scope in blocks_of(book):
            sheet, top, bottom = block_rows(book, name, scope)
            if bottom > top:
                choices += [(sheet, row) for row in range(top + 1, bottom + 1) if not is_used(book, base, sheet, row)]
        book.delete_row(*chance.choice(choices))
    book.recalculate()
    still_clean(before, book.bytes())


def add_project(book: Book, original: str, after: str, amount: float, name: str) -> str:
    """Add a project as 填报说明 says: a copy of a sheet, a line of 附件1, a line of 报告附表, and the income for it."""
    sheet = book.copy_sheet(original, after=after)
    values = {
        "项目名称": name, "财政拨款_年初预算数": amount, "财政拨款_全年预算数": amount, "财政拨款_全年执行数": amount,
        "上年结转_年初预算数": 0, "上年结转_全年预算数": 0, "上年结转_全年执行数": 0,
        "其他资金_年初预算数": 0, "其他资金_全年预算数": 0, "其他资金_全年执行数": 0,
    }  # fmt: skip
    prefix = next(p for n in range(1, 70) if book.name(f"{(p := DICTIONARY.project_prefix(n))}项目名称", sheet)
                  and area_of(book, f"{p}项目名称", sheet)[0] == sheet)  # fmt: skip
    for key, value in values.items():
        home, (top, left, _, _) = area_of(book, prefix + key, sheet)
        assert home == sheet
        book.put(sheet, f"{'ABCDEFGHI'[left - 1]}{top}", value)
    for block, line in (
        (BUSINESS, [name, amount, amount, amount, amount, "新增。"]),
        (TABLE, [name, amount, 0, amount]),
    ):
        home, top, _ = block_rows(book, block)
        book.insert_row(home, top + 1, copy_of=top)
        for column, value in zip([c for c in DICTIONARY.blocks[block].columns if c.kind.is_input], line, strict=False):
            book.put(home, f"{'ABCDEFGHIJKLM'[column.column - 1]}{top + 1}", value)
    home, address = where(book, "附件2_一般公共预算")
    income = numeric_result(book, home, address)
    assert income is not None
    book.put(home, address, round(income + amount, 2))
    return sheet


def test_a_project_sheet_copied_in_excel_and_filled_is_understood(base: bytes) -> None:
    book = Book(base)
    sheet = add_project(book, "附件3-2", "附件3-4", 5.25, "新增的项目")
    assert sheet == "附件3-2 (2)"
    book.recalculate()
    still_clean(base, book.bytes())
    assert any(is_number_notice(f) for f in check(book.bytes()).findings)
    book.rename_sheet(sheet, "附件3-5")
    book.put("附件3-5", "A1", "附件3-5")
    still_clean(base, book.bytes())
    assert not any(is_number_notice(f) for f in check(book.bytes()).findings)
    home, (top, left, _, _) = area_of(book, "项目2_项目名称", "附件3-5")
    book.put(home, f"{'ABCDE'[left - 1]}{top}", "别的名称")
    book.recalculate()
    report = check(book.bytes())
    assert {f.rule for f in report.findings if f.open} == {"C02", "X05"} or "C02" in {f.rule for f in report.findings}
    assert any(p.cell.sheet == "附件3-5" for f in report.findings for p in f.places)


def test_two_projects_added_in_the_middle_and_copies_of_copies(base: bytes) -> None:
    book = Book(base)
    first = add_project(book, "附件3-2", "附件3-2", 5.25, "新增的项目甲")
    second = add_project(book, first, first, 6.75, "新增的项目乙")
    book.recalculate()
    still_clean(base, book.bytes())
    book.insert_row(second, 14, copy_of=13)
    clear_inputs(book, "项目1_数量指标", second, 14)
    book.recalculate()
    report = check(book.bytes())
    assert report.exit_code == 0, told(report)


def test_a_project_sheet_dragged_out_of_its_place_is_told(base: bytes) -> None:
    book = Book(base)
    book.move_sheet("附件3-2", len(book.sheets) - 1)
    book.recalculate()
    report = check(book.bytes())
    assert any(f.rule == "S02" and "附件3-2" in f.message for f in report.findings), told(report)
    assert "C02" not in {f.rule for f in report.findings}


def test_an_emptied_and_deleted_project_needs_nothing_else(template: Template) -> None:
    before = clean(2, 0, 1)
    book = Book(before)
    name = "业务工作项目2"
    amount = numeric_result(book, *where(book, "项目2_全年执行数"))
    assert amount is not None
    for block in (BUSINESS, TABLE):
        home, top, _ = block_rows(book, block)
        book.delete_row(home, top + 1)
    home, address = where(book, "附件2_一般公共预算")
    income = numeric_result(book, home, address)
    assert income is not None
    book.put(home, address, round(income - amount, 2))
    book.delete_sheet("附件3-2")
    book.recalculate()
    report = check(book.bytes())
    assert report.exit_code == 0, (name, told(report))


# -- (h) names and the hidden sheet lost ----------------------------------------------------------


def test_without_names_the_labels_serve(corrected: dict[str, bytes]) -> None:
    for data in corrected.values():
        book = Book(data)
        book.drop_names()
        report = check(book.bytes())
        rules = {f.rule for f in report.findings if f.open}
        assert rules <= {"S04"}, told(report)
        assert report.facts == check(data).facts


def test_without_the_hidden_sheet_the_titles_serve(corrected: dict[str, bytes]) -> None:
    for data in corrected.values():
        book = Book(data)
        book.delete_sheet("_xlperf")
        report = check(book.bytes())
        assert any("模板标识" in note for note in report.notes)
        assert report.template == "yiyang-2024"
        assert report.facts == check(data).facts


def test_without_both(base: bytes) -> None:
    book = Book(base)
    book.delete_sheet("_xlperf")
    book.drop_names()
    report = check(book.bytes())
    assert report.facts == check(base).facts
    assert not {f.rule for f in report.findings if f.open} - {"S04"}, told(report)


# -- (i), (j) -------------------------------------------------------------------------------------


def test_checking_twice_says_the_same(base: bytes) -> None:
    book = Book(base)
    book.put(*where(book, "三公经费_本年决算"), 15.26)
    book.insert_row("附件1", 15)
    data = book.bytes()
    assert check(data) == check(data)
    assert check(base) == check(base)


def test_sheets_of_the_units_own_are_left_alone_with_a_note(base: bytes) -> None:
    book = Book(base)
    book.add_sheet("底稿", {"A1": "合计", "B1": 12, "B2": "=B1*2", "B3": "=附件1!I8"})
    book.recalculate()
    report = check(book.bytes())
    assert any("底稿" in note for note in report.notes)
    assert signature(report) == signature(check(base))
    assert not any(place.cell.sheet == "底稿" for f in report.findings for place in f.places)
