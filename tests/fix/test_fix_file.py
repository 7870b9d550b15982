# ruff: noqa: E501
"""A copy in which what is certain is right: each kind of residue, restored formulas, and what is left alone."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from edits import where
from excel_like import Book
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xlperf.errors import FileRefused, TemplateUnknown, XlperfError
from xlperf.findings import Finding, Report
from xlperf.fix import Change, Fixed, fix_bytes, fix_file
from xlperf.recalc import Agreement, recalc_snapshot
from xlperf.values import Scalar, same_value
from xlperf.workbook.read import read_bytes

TARGET = "附件2_数量指标[1].指标值"
ACTUAL = "附件2_数量指标[1].实际完成值"
SIGN = "附件2_数量指标[1].计算符号"
UNIT = "附件2_数量指标[1].计量单位"
MENDED = {"T01", "T02", "S04"}


def typed(base: bytes, *entries: tuple[str, Scalar]) -> bytes:
    """Return a workbook into which a person has typed, saved by Excel."""
    book = Book(base)
    for target, value in entries:
        book.put(*where(book, target), value)
    book.recalculate()
    return book.bytes()


def fixed(base: bytes, *entries: tuple[str, Scalar]) -> Fixed:
    return fix_bytes(typed(base, *entries), "例.xlsx")


def at(base: bytes, target: str) -> tuple[str, str]:
    return where(Book(base), target)


def change_of(done: Fixed, place: tuple[str, str]) -> Change:
    [found] = [c for c in done.changes if (c.place.cell.sheet, c.place.cell.a1) == place]
    return found


def rules(report: Report) -> set[str]:
    def flat(findings: tuple[Finding, ...]) -> Iterator[Finding]:
        for finding in findings:
            yield finding
            yield from flat(finding.consequences)

    return {finding.rule for finding in flat(report.findings)}


def test_a_clean_workbook_has_no_copy(corrected: dict[str, bytes]) -> None:
    for data in corrected.values():
        done = fix_bytes(data, "例.xlsx")
        assert (done.changes, done.kept, done.refreshed, done.content) == ((), (), 0, None)
        assert done.report.acceptable


@pytest.mark.parametrize(
    ("target", "old", "new", "rule"),
    [
        ("公务接待费_本年决算", "　3.06", 3.06, "T01"),
        ("公务接待费_本年决算", "3.06万元", 3.06, "T01"),
        ("政府采购金额_全年预算", "1,234.50", 1234.5, "T01"),
        ("政府采购金额_全年预算", " — ", "—", "T01"),
        ("人员_编制数", "６６人", 66, "T01"),
        ("附件2_政府性基金", "　", None, "T02"),
        ("附件2_政府性基金", "\u200b\u00a0", None, "T02"),
        (ACTUAL, "1141", 1141, "T01"),
        (UNIT, "[bookmark: _GoBack]卷", "卷", "T03"),
        (ACTUAL, "[bookmark: _GoBack]", None, "T03"),
        (ACTUAL, "1141[bookmark: _GoBack]", 1141, "T03"),
        (SIGN, "≥ ", "≥", "T10"),
        (SIGN, ">=", "≥", "T10"),
    ],
)
def test_what_is_certain(base: bytes, target: str, old: str, new: Scalar, rule: str) -> None:
    done = fixed(base, (target, old))
    change = change_of(done, at(base, target))
    assert (change.old, change.new, change.rule, change.formula) == (old, new, rule, None)
    assert done.content
    place = change.place.cell
    assert read_bytes(done.content, "x").cell(place) is None if new is None else True
    assert not rules(done.report) & {"T01", "T02", "T10", "S04", "S10"}
    assert fix_bytes(done.content, "例.xlsx").content is None, "once is enough"


@pytest.mark.parametrize(
    ("target", "old", "why"),
    [
        ("公务接待费_本年决算", "30600元", "不代为换算"),
        ("公务接待费_本年决算", "3%", "不代为换算"),
        ("公务接待费_本年决算", "(3.06)", "括号"),
        ("公务接待费_本年决算", "1.234,5", "不止一种读法"),
        ("公务接待费_本年决算", "3 06", "不止一种读法"),
        ("公务接待费_本年决算", "≥3", "“≥”"),
        ("公务接待费_本年决算", "约3万元", "不单是一个数"),
        ("公务接待费_本年决算", "—", "没有发生填 0"),
        ("公务接待费_本年决算", True, "逻辑值"),
        ("公务接待费_本年决算", "=1/0", "填报格里是公式"),
        ("附件2_目标完成情况", "全年举办培训班XX期", "只有填报人知道"),
        (SIGN, "不少于", "哪一项"),
    ],
)
def test_what_is_not_certain_stays(base: bytes, target: str, old: Scalar, why: str) -> None:
    data = typed(base, (target, old))
    done = fix_bytes(data, "例.xlsx")
    assert not done.changes
    assert done.content is None
    [kept] = done.kept
    assert (kept.place.cell.sheet, kept.place.cell.a1) == at(base, target)
    assert why in kept.why


def test_a_sign_glued_to_a_target(base: bytes) -> None:
    done = fixed(base, (TARGET, "≥700卷"), (SIGN, None), (UNIT, "卷"))
    assert change_of(done, at(base, TARGET)).new == 700
    assert change_of(done, at(base, SIGN)).new == "≥"
    done = fixed(base, (TARGET, "≥700卷"), (SIGN, "≥"), (UNIT, "卷"))
    assert [(c.old, c.new, c.rule) for c in done.changes] == [("≥700卷", 700, "T01")]
    done = fixed(base, (TARGET, "≥700"), (SIGN, "≤"))
    assert not done.changes
    assert "“≥”，计算符号栏是“≤”" in done.kept[0].why
    done = fixed(base, (TARGET, "[bookmark: a]≥700"), (SIGN, "　"))
    assert {c.new for c in done.changes} == {"≥", 700}, "one after the other"
    assert fix_bytes(done.content or b"", "x").content is None


def test_percent_is_held_as_the_field_holds_it(base: bytes) -> None:
    assert [c.new for c in fixed(base, (ACTUAL, "95%"), (UNIT, "%"), (TARGET, 90)).changes] == [95]
    assert not fixed(base, (ACTUAL, "95%"), (UNIT, "卷")).changes
    book = Book(typed(base, (ACTUAL, "95%"), (UNIT, "%"), (TARGET, 90)))
    sheet, address = where(book, ACTUAL)
    rate = next(c for c in book["附件2"].cells() if c.get("r") == "H5")
    book[sheet].cell(address).set("s", str(rate.get("s")))
    done = fix_bytes(book.bytes(), "例.xlsx")
    assert not done.changes
    assert "百分比格式" in done.kept[0].why


# -- formulas ---------------------------------------------------------------------------------------


def test_a_formula_typed_over_is_restored_and_both_figures_are_told(base: bytes) -> None:
    done = fixed(base, ("三公经费_本年决算", 2.06))
    [change] = done.changes
    assert (change.old, change.rule, change.old_formula) == (2.06, "S04", None)
    assert change.new == 14.26
    assert change.formula == "IF(COUNT(L7,L10,L11)=0,\"\",SUM(L7,L10,L11))"
    assert done.refreshed > 0
    assert done.report.acceptable
    assert done.content
    assert not [c for c in recalc_snapshot(read_bytes(done.content, "x")).cells if c.outcome is not Agreement.AGREE]


def test_formulas_altered_and_deleted_are_restored(base: bytes) -> None:
    done = fixed(base, ("三公经费_本年决算", "=SUM(L7,L10)"), ("附件2_总分", None), ("附件2_等级", "优秀"))
    altered = change_of(done, at(base, "三公经费_本年决算"))
    assert altered.old_formula == "SUM(L7,L10)"
    assert change_of(done, at(base, "附件2_总分")).old is None
    assert change_of(done, at(base, "附件2_等级")).new == "优"
    assert done.report.acceptable


def test_a_figure_is_not_lost_to_a_formula_that_gives_nothing(base: bytes) -> None:
    cells = [f"{name}_上年决算" for name in ("公车购置费", "公车运行维护费", "出国经费", "公务接待费")]
    done = fixed(base, *((name, None) for name in cells), ("三公经费_上年决算", 12.3))
    assert not done.changes
    [kept] = done.kept
    assert kept.place.value == 12.3
    assert "原填的数就没有了" in kept.why


def test_a_figure_is_not_lost_to_a_sum_that_leaves_something_out(base: bytes) -> None:
    """The sum skips what nobody can read; the figure typed over it may be the right one."""
    done = fixed(base, ("出国经费_本年决算", "30000元"), ("三公经费_本年决算", 17.26))
    assert not done.changes
    assert [kept.rule for kept in done.kept] == ["T01", "S04"]
    assert "附件1!L10 认不出" in done.kept[1].why
    same = fixed(base, ("出国经费_本年决算", "30000元"), ("三公经费_本年决算", 14.26))
    assert [change.rule for change in same.changes] == ["S04"], "what the formula gives anyway is no loss"


def test_text_numbers_come_first(base: bytes) -> None:
    """With the figures readable again, the formula over them gives something."""
    cells = [f"{name}_上年决算" for name in ("公车购置费", "公车运行维护费", "出国经费", "公务接待费")]
    done = fixed(base, *((name, "　1.5") for name in cells), ("三公经费_上年决算", 12.3))
    assert change_of(done, at(base, "三公经费_上年决算")).new == 6
    assert not done.kept


def test_a_sheet_pasted_as_values_gets_its_formulas_back(base: bytes) -> None:
    book = Book(base)
    snapshot = read_bytes(base, "x")
    for (row, column), cell in snapshot.sheets[1].cells.items():
        if cell.formula is not None and cell.value != "":
            from xlperf.address import CellRef

            book.put("附件1", CellRef("附件1", row, column).a1, cell.value)
    done = fix_bytes(book.bytes(), "例.xlsx")
    assert len(done.changes) > 50
    assert done.refreshed == 0
    assert all(change.old == change.new for change in done.changes)
    assert done.content
    copy = read_bytes(done.content, "x")
    assert {at: (c.formula, c.value) for at, c in copy.sheets[1].cells.items()} == {
        at: (c.formula, c.value) for at, c in snapshot.sheets[1].cells.items()
    }


def test_a_disturbed_form_gets_no_formulas(base: bytes) -> None:
    book = Book(typed(base, ("三公经费_本年决算", 2.06), ("公务接待费_上年决算", "　3.06")))
    book.drop_names()
    done = fix_bytes(book.bytes(), "例.xlsx")
    assert [c.rule for c in done.changes] == ["T01"]
    assert {k.rule for k in done.kept} == {"S04"}
    assert all("定不下来" in k.why for k in done.kept)
    assert done.content
    stored = {(s.name, at): c.value for s in read_bytes(done.content, "x").sheets for at, c in s.cells.items()}
    assert "#NAME?" not in map(str, stored.values())


def test_rows_inserted_without_formulas_and_copied_sheets(base: bytes) -> None:
    book = Book(base)
    sheet, address = where(book, "附件2_数量指标[2].三级指标")
    book.insert_row(sheet, int(address.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")))
    for target, value in (("三级指标", "新指标"), ("计算符号", "≥"), ("指标值", "　5"), ("计量单位", "个"), ("实际完成值", 5), ("分值", 1)):
        book.put(*where(book, f"附件2_数量指标[2].{target}"), value)
    book.recalculate()
    done = fix_bytes(book.bytes(), "例.xlsx")
    assert change_of(done, where(book, "附件2_数量指标[2].指标值")).new == 5
    restored = [c for c in done.changes if c.rule == "S04" and c.place.cell.sheet == "附件2"]
    assert len(restored) > 10
    assert "S04" not in rules(done.report)
    copied = Book(base)
    name = copied.copy_sheet("附件3-1")
    copied.put(name, "H6", 0.5)
    done = fix_bytes(copied.bytes(), "例.xlsx")
    change = change_of(done, (name, "H6"))
    assert "项目1_" in (change.formula or "")
    assert change.new != 0.5


# -- nothing else -----------------------------------------------------------------------------------


def test_every_other_byte_is_as_it_was(base: bytes) -> None:
    data = typed(base, ("公务接待费_本年决算", "　2.06"))
    done = fix_bytes(data, "例.xlsx")
    before, after = (zipfile.ZipFile(io.BytesIO(content)) for content in (data, done.content or b""))
    changed = [name for name in before.namelist() if before.read(name) != after.read(name)]
    assert before.namelist() == after.namelist()
    assert "xl/sharedStrings.xml" not in changed
    assert "xl/worksheets/sheet2.xml" in changed
    assert all(name.startswith("xl/worksheets/") for name in changed)


def test_the_samples(corrected: dict[str, bytes]) -> None:
    for name in corrected:
        path = Path(__file__).resolve().parents[2] / "samples" / f"{name.replace('更正', '报送')}.xlsx"
        done = fix_bytes(path.read_bytes(), path.name)
        assert done.changes
        again = fix_bytes(done.content or b"", path.name)
        assert again.content is None
        assert {(k.place.cell, k.rule) for k in again.kept} == {(k.place.cell, k.rule) for k in done.kept}
        assert not rules(done.report) & {"T01", "T02", "T03", "S10"}


_DRESS = st.sampled_from(["　{}", "{}\u00a0", "{:,}", "{}万元", "\u200b{}", " {} 万"])
_FIELDS = [f"{name}_{column}" for name in ("公车购置费", "出国经费", "公务接待费") for column in ("上年决算", "本年决算")]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(_FIELDS),
        st.tuples(st.decimals(0, 99999, places=2), st.one_of(st.none(), _DRESS)),
        min_size=1,
    )
)
def test_figures_are_never_changed(base: bytes, figures: dict[str, tuple[object, str | None]]) -> None:
    entries = [(n, float(str(f)) if dress is None else dress.format(f)) for n, (f, dress) in figures.items()]
    data = typed(base, *entries)
    done = fix_bytes(data, "例.xlsx")
    original = read_bytes(data, "x")
    copy = read_bytes(done.content, "x") if done.content else original
    touched = {change.place.cell for change in done.changes}
    assert len(touched) == sum(dress is not None for _, dress in figures.values())
    for sheet in original.sheets:
        there = copy.sheet(sheet.name)
        assert there
        for key, cell in sheet.cells.items():
            if isinstance(cell.value, int | float) and cell.formula is None:
                assert there.cells[key] == cell
    for name, (figure, _) in figures.items():
        book_sheet, address = at(base, name)
        value = next(
            c.value for s in copy.sheets if s.name == book_sheet
            for (row, column), c in s.cells.items() if f"{chr(64 + column)}{row}" == address
        )  # fmt: skip
        assert value == float(str(figure))
    assert not rules(done.report) & MENDED
    if done.content:
        assert fix_bytes(done.content, "x").content is None


@pytest.mark.parametrize("text", ["=HYPERLINK(\"http://x\")[bookmark: a]", "<f>1</f>[bookmark: a]", "\x1b[31m[bookmark: a]", "_x0041_[bookmark: a]", "&amp;[bookmark: a]"])
def test_hostile_text_stays_text(base: bytes, text: str) -> None:
    book = Book(base)
    escaped = text.replace("\x1b", "_x001B_").replace("_x0041_", "_x005F_x0041_")
    book.put(*where(book, "附件2_目标完成情况"), None)
    sheet, address = where(book, "附件2_目标完成情况")
    book.put(sheet, address, escaped if not escaped.startswith("=") else "x")
    if escaped.startswith("="):
        assert book.strings is not None
        book.strings[-1][0].text = escaped
    done = fix_bytes(book.bytes(), "例.xlsx")
    change = change_of(done, (sheet, address))
    assert change.new == text.removesuffix("[bookmark: a]")
    assert done.content
    cell = read_bytes(done.content, "x").cell(change.place.cell)
    assert cell
    assert (cell.value, cell.formula) == (change.new, None)


# -- files ------------------------------------------------------------------------------------------


def test_the_file_itself_is_never_written(tmp_path: Path, base: bytes) -> None:
    data = typed(base, ("公务接待费_本年决算", "　2.06"))
    path, link, out = tmp_path / "附件.xlsx", tmp_path / "链接.xlsx", tmp_path / "副本.xlsx"
    path.write_bytes(data)
    link.symlink_to(path)
    for other in (path, link):
        with pytest.raises(XlperfError, match="本身"):
            fix_file(path, other, force=True)
    done = fix_file(path, out)
    assert out.read_bytes() == done.content
    assert path.read_bytes() == data
    with pytest.raises(XlperfError, match="已经存在"):
        fix_file(path, out)
    assert fix_file(path, out, force=True).changes == done.changes
    assert fix_file(out, tmp_path / "再来.xlsx").content is None
    assert not (tmp_path / "再来.xlsx").exists()


def test_what_cannot_be_checked_is_not_fixed(tmp_path: Path, base: bytes) -> None:
    book = Book(base)
    book.parts["xl/vbaProject.bin"] = b"x"
    with pytest.raises(FileRefused, match="宏"):
        fix_bytes(book.bytes(), "例.xlsx")
    other = (Path(__file__).resolve().parents[1] / "recompute" / "books" / "空与零.xlsx").read_bytes()
    with pytest.raises(TemplateUnknown):
        fix_bytes(other, "例.xlsx")
    with pytest.raises(FileRefused, match="不存在"):
        fix_file(tmp_path / "没有.xlsx", tmp_path / "副本.xlsx")


@pytest.mark.libreoffice
@pytest.mark.skipif(shutil.which("soffice") is None, reason="soffice is not on the PATH")
def test_libreoffice_calculates_what_the_copy_has_stored(tmp_path: Path, base: bytes) -> None:
    done = fixed(base, ("公务接待费_本年决算", "　3.06"), ("三公经费_本年决算", 9.06), ("附件2_总分", None), (ACTUAL, "１１41"))
    (tmp_path / "a.xlsx").write_bytes(done.content or b"")
    subprocess.run(
        ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to", "xlsx",
         "--outdir", str(tmp_path / "out"), str(tmp_path / "a.xlsx")],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    stored, theirs = (read_bytes(path.read_bytes(), "x") for path in (tmp_path / "a.xlsx", tmp_path / "out" / "a.xlsx"))
    for sheet in stored.sheets:
        other = theirs.sheet(sheet.name)
        assert other
        apart = [
            (sheet.name, key, cell.value, other.value(*key))
            for key, cell in sheet.cells.items()
            if not same_value(cell.value, other.value(*key)) and cell.formula is None
        ]
        assert not apart
        for key, cell in sheet.cells.items():
            value = other.value(*key)
            if isinstance(cell.value, int | float) and cell.formula is not None:
                assert isinstance(value, int | float)
                assert abs(cell.value - value) < 1e-9
            elif cell.formula is not None:
                assert same_value(cell.value, value), (sheet.name, key)
