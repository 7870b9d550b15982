# ruff: noqa: E501
"""What is wrong is found: formulas overwritten, totals kept, results stale, text for numbers, sums too short, rows deleted."""

from __future__ import annotations

import random

import pytest
from edits import where
from excel_like import Book, q, split
from generated import (
    BUSINESS,
    block_rows,
    check,
    clean,
    flat,
    formula_cells,
    numeric_result,
    places,
    ref,
    told,
)
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from xlperf.address import CellRef
from xlperf.findings import Finding, Report, Status
from xlperf.rules.compare import gather
from xlperf.template.dictionary import NUMERIC
from xlperf.template.identify import identify
from xlperf.template.locate import locate
from xlperf.values import Scalar, same_value
from xlperf.workbook.read import read_bytes

few = settings(max_examples=4, deadline=None, derandomize=True, database=None, phases=[Phase.generate])
SHEETS = ["附件1", "附件2", "附件3-1", "报告附表"]


def at(report: Report, cell: CellRef, rule: str = "") -> list[Finding]:
    """Return the findings and consequences that point to a cell."""
    return [
        f for f in flat(report)
        if f.explained is None and f.rule.startswith(rule) and any(p.cell == cell for p in f.places)
    ]  # fmt: skip


# -- (c) formulas overwritten ---------------------------------------------------------------------


def other_constant(book: Book, sheet: str, address: str) -> Scalar:
    number = numeric_result(book, sheet, address)
    return "改" if number is None else round(number + 7.31, 2)


@pytest.mark.parametrize("sheet", SHEETS)
def test_every_overwritten_formula_is_found(base: bytes, sheet: str) -> None:
    cells = formula_cells(Book(base), sheet)
    for part in range(3):
        book, chosen = Book(base), cells[part::3]
        for address in chosen:
            book.put(sheet, address, other_constant(book, sheet, address))
        found = places(check(book.bytes()))
        assert not {str(ref(sheet, address)) for address in chosen if ref(sheet, address) not in found}


@few
@given(data=st.data())
def test_one_overwritten_formula_is_found_with_another_value_and_with_its_own(data: st.DataObject) -> None:
    original = clean(2, 1, 1)
    sheet = data.draw(st.sampled_from(SHEETS))
    address = data.draw(st.sampled_from(formula_cells(Book(original), sheet)))
    snapshot = read_bytes(original, "x").sheet(sheet)
    assert snapshot is not None
    own = snapshot.value(*split(address))
    for value in (other_constant(Book(original), sheet, address), own):
        book = Book(original)
        book.put(sheet, address, "" if value is None else value)
        book.recalculate()
        report = check(book.bytes())
        assert report.exit_code == 1, (sheet, address, value)
        assert at(report, ref(sheet, address), "S04") or any(
            f.rule == "S04" for f in flat(report) for p in f.places if p.cell == ref(sheet, address)
        ), (sheet, address, value, told(report))


@few
@given(data=st.data())
def test_an_emptied_formula_in_a_used_row_is_found(data: st.DataObject) -> None:
    original = clean(2, 1)
    sheet = data.draw(st.sampled_from(["附件2", "附件3-1", "附件1"]))
    book = Book(original)
    address = data.draw(st.sampled_from(formula_cells(book, sheet)))
    book.put(sheet, address, None)
    found = check(book.bytes())
    used = {"附件1": "A", "附件2": "D", "附件3-1": "D"}[sheet]
    block_row = len(Book(original)[sheet].cell(f"{used}{split(address)[0]}")) == 0
    if not block_row:
        assert ref(sheet, address) in places(found), (sheet, address)


# -- (d) a total kept while its parts change ------------------------------------------------------

TOTALS = [
    ("公务接待费_本年决算", "三公经费_本年决算"),
    ("公车运行维护费_全年预算", "公务用车费_全年预算"),
    ("公车运行维护费_上年决算", "三公经费_上年决算"),
    ("业务工作经费_明细[1].本年决算", "业务工作经费_本年决算"),
    ("市级专项资金_明细[2].全年预算", "项目支出_全年预算"),
    ("项目1_财政拨款_年初预算数", "项目1_年初预算数"),
    ("附件2_数量指标[1].分值", "附件2_分值合计"),
    ("附件2_质量指标[2].定性得分", "附件2_总分"),
    ("项目2_数量指标[1].分值", "项目2_分值合计"),
]


@pytest.mark.parametrize(("part", "total"), TOTALS, ids=[total for _, total in TOTALS])
def test_a_total_kept_as_it_was_is_found(base: bytes, part: str, total: str) -> None:
    book = Book(base)
    sheet, address = where(book, total)
    kept = numeric_result(book, sheet, address)
    book.put(sheet, address, kept)
    changed = numeric_result(book, *where(book, part))
    assert changed is not None
    book.put(*where(book, part), round(changed - 1, 2) if changed > 1 else changed + 1)
    book.recalculate()
    report = check(book.bytes())
    found = [f for f in report.findings if any(p.cell == ref(sheet, address) for g in (f, *f.consequences) for p in g.places)]
    assert any(f.open for f in found), told(report)
    text = " ".join(g.message + str(g.left) + str(g.right) for f in found for g in (f, *f.consequences))
    assert str(kept).removesuffix(".0") in text


@few
@given(data=st.data())
def test_stale_results_are_found_exactly(data: st.DataObject) -> None:
    original = clean(2, 1)
    book = Book(original)
    part, _ = data.draw(st.sampled_from(TOTALS[:6]))
    part = part.replace("市级专项资金_明细[2]", "市级专项资金_明细[1]")
    changed = numeric_result(book, *where(book, part))
    assert changed is not None
    book.put(*where(book, part), round(changed + 1.5, 2))
    stale = book.bytes()
    before = read_bytes(stale, "x")
    book.recalculate()
    after = read_bytes(book.bytes(), "x")
    differing = {
        CellRef(sheet.name, row, column)
        for sheet in before.sheets
        for (row, column), cell in sheet.cells.items()
        if cell.formula is not None and not same_value(cell.value, after.cell(CellRef(sheet.name, row, column)).value)
        and sheet.name != "_xlperf"
    }
    assert differing
    report = check(stale)
    found = [f for f in flat(report) if f.rule == "S10"]
    assert {p.cell for f in found for p in f.places} == differing


# -- (e) text where numbers belong ----------------------------------------------------------------

BAD_NUMBERS = ["　12.5", "12.5万元", "１２．５", "1,234.5", "'12", "12.5 ", "0.5\u200b", "无", "/", "N/A", "约12"]
BLANKS = [" ", "　", "\u00a0", "\u200b", "\n", "\t "]
RESIDUE = ["待填", "XX", "……", "#REF!", "[bookmark: a]"]


@pytest.mark.parametrize("kind", ["numbers", "blanks", "residue"])
def test_text_numbers_and_seeming_blanks_are_found_in_every_input(base: bytes, kind: str) -> None:
    snapshot = read_bytes(base, "x")
    identity = identify(snapshot)
    facts = gather(snapshot, locate(snapshot, identity.template), True, 2024)
    texts = {"numbers": BAD_NUMBERS, "blanks": BLANKS, "residue": RESIDUE}[kind]
    inputs = [i for i in facts.inputs if i.kind.type in NUMERIC or kind != "numbers"]
    chance = random.Random(11)
    for part in range(2):
        book = Book(base)
        chosen = inputs[part::2]
        for item in chosen:
            book.put(item.cell.sheet, item.cell.a1, chance.choice(texts))
        report = check(book.bytes())
        rules = {"numbers": {"T01"}, "blanks": {"T02"}, "residue": {"T03"}}[kind]
        found = {p.cell for f in flat(report) for p in f.places if f.rule in rules and f.open}
        missed = [f"{i.cell} {i.kind.type}" for i in chosen if i.cell not in found]
        assert not missed
        assert not [o for o in report.outcomes if o.status is Status.BROKEN]


def test_a_text_number_leaves_what_rests_on_it_unchecked(base: bytes) -> None:
    book = Book(base)
    book.put(*where(book, "公务接待费_本年决算"), "　2.06")
    book.recalculate()
    report = check(book.bytes())
    assert {f.rule for f in flat(report) if f.open} == {"T01"}, told(report)
    assert any(u.rule == "A01" for u in report.unchecked)


# -- (f) a row below the block --------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [BUSINESS, "市级专项资金_明细", "附件2_服务对象满意度指标", "项目1_服务对象满意度指标", "附表_项目明细"],
)
def test_a_row_filled_in_below_a_block_is_found(base: bytes, name: str) -> None:
    book = Book(base)
    sheet, _, bottom = block_rows(book, name)
    book.insert_row(sheet, bottom + 1, copy_of=bottom)
    book.recalculate()
    report = check(book.bytes())
    assert report.exit_code == 1
    near = [f for f in report.findings if f.rule in ("S02", "S04") and f.open]
    assert near, told(report)
    assert any(p.cell.sheet == sheet for f in near for p in f.places)


@pytest.mark.parametrize(
    ("name", "total"),
    [(BUSINESS, "业务工作经费_本年决算"), (BUSINESS, "业务工作经费_上年决算"), ("附件2_服务对象满意度指标", "附件2_总分")],
)
def test_a_sum_one_row_short_is_found_at_the_total(base: bytes, name: str, total: str) -> None:
    """A row inside the block, but the sum written so that it leaves the last row out."""
    book = Book(base)
    _sheet, _, bottom = block_rows(book, name)
    home, address = where(book, total)
    formula = book[home].formula(address)
    assert formula is not None
    short = formula.replace(f"{bottom})", f"{bottom - 1})").replace(f"{bottom}))", f"{bottom - 1}))")
    assert short != formula
    book.put(home, address, "=" + short)
    book.recalculate()
    report = check(book.bytes())
    found = at(report, ref(home, address), "S04")
    assert found, told(report)
    assert any("取数范围" in f.message for f in found)


# -- (g) a fixed row deleted ----------------------------------------------------------------------

ROWS = [
    ("附件1", "办公费_本年决算", "办公费"),
    ("附件1", "出国经费_本年决算", "出国"),
    ("附件1", "公用经费_本年决算", "公用经费"),
    ("附件1", "运行维护经费_本年决算", "运行维护经费"),
    ("附件1", "政府采购金额_本年决算", "政府采购"),
    ("附件2", "附件2_预期目标", "预期目标"),
    ("附件3-1", "项目1_上年结转_全年执行数", "上年结转"),
]


@pytest.mark.parametrize(("sheet", "name", "label"), ROWS, ids=[name for _, name, _ in ROWS])
def test_a_deleted_fixed_row_is_told_and_nobody_else_is_accused(base: bytes, sheet: str, name: str, label: str) -> None:
    book = Book(base)
    home, address = where(book, name)
    assert home == sheet
    book.delete_row(sheet, split(address)[0])
    book.recalculate()
    report = check(book.bytes())
    told_rows = [f for f in report.findings if f.rule == "S02"]
    assert any(label in f.message for f in told_rows), told(report)
    assert not [o for o in report.outcomes if o.status is Status.BROKEN]
    assert {f.rule for f in report.findings if f.open} == {"S02"}, "what the deletion did to formulas is folded under it"
    others = {f.rule for f in flat(report) if f.explained is None} - {"S02", "S04"}
    assert not others, told(report)


def test_no_place_points_outside_the_file(base: bytes) -> None:
    book = Book(base)
    book.delete_row("附件1", 10)
    book.delete_sheet("附件3-2")
    book.recalculate()
    data = book.bytes()
    sheets = {sheet.name: sheet for sheet in Book(data).sheets}
    for cell in places(check(data)):
        assert cell.sheet in sheets
        assert 1 <= cell.row <= max(int(r.get("r", "0")) for r in sheets[cell.sheet].data.iter(q("row"))) + 1


@pytest.mark.parametrize("sheet", ["附件1", "报告附表"])
def test_a_deleted_sheet_is_one_finding(base: bytes, sheet: str) -> None:
    book = Book(base)
    book.delete_sheet(sheet)
    book.recalculate()
    report = check(book.bytes())
    assert {f.rule for f in report.findings if f.open} == {"S02"}, told(report)
    assert next(f for f in report.findings if f.open).message.startswith(f"缺少工作表“{sheet}”")
