# ruff: noqa: E501  formulas and tables of cases stand on lines of their own
"""``xlperf.recalc``: the four outcomes, when values agree, and what is never guessed."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter

from xlperf.errors import FileRefused
from xlperf.recalc import Agreement, Recalculation, agrees, recalc_file, recalc_snapshot
from xlperf.values import ExcelError, Scalar
from xlperf.workbook.snapshot import Cell, DefinedName, SheetSnapshot, Snapshot

AGREE, DIFFER, UNCHECKED, UNCACHED = Agreement


def book(*cells: tuple[str, Cell], names: tuple[DefinedName, ...] = (), **facts: object) -> Snapshot:
    placed = {(int(place[1:]), ord(place[0]) - 64): cell for place, cell in cells}
    snapshot = Snapshot("手工.xlsx", "0" * 64, (SheetSnapshot("表", placed),), names=names)
    return snapshot._replace(**facts)


def formula(text: str, stored: Scalar = None, cached: bool = True) -> Cell:
    return Cell(stored, text, cached=cached)


def outcomes(snapshot: Snapshot) -> list[Agreement]:
    return [item.outcome for item in recalc_snapshot(snapshot).cells]


def test_the_four_outcomes() -> None:
    done = recalc_snapshot(
        book(
            ("A1", Cell(2)), ("B1", formula("A1*2", 4)), ("B2", formula("A1*3", 7)), ("B3", formula("FOO(A1)", 9)),
            ("B4", formula("A1+1", cached=False)), ("B5", formula("B3+1", 10)),
        )
    )  # fmt: skip
    assert [item.outcome for item in done.cells] == [AGREE, DIFFER, UNCHECKED, UNCACHED, UNCHECKED]
    assert [item.cached for item in done.cells] == [4, 7, 9, None, 10]
    assert [item.recomputed for item in done.cells] == [4, 6, None, 3, None]
    assert "FOO" in done.cells[2].reason
    assert "表!B3" in done.cells[4].reason
    assert done.cells[1].difference == "-1"
    assert done.exit_code == 1


def test_formulas_stand_in_workbook_order() -> None:
    done = recalc_snapshot(book(("B3", formula("1", 1)), ("C1", formula("2", 2)), ("A3", formula("3", 3)), ("B1", formula("4", 4))))
    assert [item.cell.a1 for item in done.cells] == ["B1", "C1", "A3", "B3"]


@pytest.mark.parametrize(
    ("cells", "status"),
    [
        ((), 0),
        ((("A1", formula("1+1", 2)),), 0),
        ((("A1", formula("1+1", 2)), ("A2", formula("FOO()", 2))), 0),
        ((("A1", formula("1+1", 3)), ("A2", formula("FOO()", 2))), 1),
        ((("A1", formula("FOO()", 2)),), 2),
        ((("A1", formula("1+1", cached=False)),), 0),
    ],
)
def test_exit_status(cells: tuple[tuple[str, Cell], ...], status: int) -> None:
    assert recalc_snapshot(book(*cells)).exit_code == status


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (0.1 + 0.2, 0.3, True), (1, 1.0, True), (1.0, 1.0000000000001, False), (0, "", False), (0.0, False, False), (1, True, False),
        ("", "", True), ("a", "A", False), ("1", 1, False), (ExcelError.NA, "#N/A", False), (ExcelError.NA, ExcelError.NA, True),
        (ExcelError.NA, ExcelError.VALUE, False), (True, True, True), (0, 1e-300, False), (1e15, 1e15 + 1, True),
    ],
)  # fmt: skip
def test_when_values_agree(one: Scalar, other: Scalar, same: bool) -> None:
    assert agrees(one, other) is same
    assert agrees(other, one) is same


def test_what_is_left_of_the_last_bits_agrees_only_where_a_formula_adds() -> None:
    cells = (("A1", Cell(1234567.89)), ("A2", Cell(-1234567.88)), ("A3", Cell(-0.01)))
    residue = 1234567.89 - 1234567.88 - 0.01
    assert 0 < abs(residue) < 1e-9
    assert outcomes(book(*cells, ("B1", formula("A1+A2+A3", 0)))) == [AGREE]
    assert outcomes(book(*cells, ("B1", formula("SUM(A1:A3)", 0)))) == [Agreement.UNCHECKED], "programs sum in ways of their own"
    assert outcomes(book(*cells, ("B1", formula("(A1+A2+A3)*1E9", 0)))) == [DIFFER]
    assert outcomes(book(*cells, ("B1", formula("A1+A2+A3", 0.01)))) == [DIFFER]


def test_a_workbook_shown_precision_is_not_checked() -> None:
    snapshot = book(("A1", Cell(1.005)), ("B1", formula("A1*2", 2.01)), full_precision=False)
    done = recalc_snapshot(snapshot)
    assert done.cells[0].outcome is UNCHECKED
    assert "所显示的精度" in done.cells[0].reason
    assert done.notes


@pytest.mark.parametrize(
    "text",
    ["YEAR(A1)", "DATE(2024,1,1)", 'TEXT(A1,"yyyy-mm-dd")', 'TEXT(A1,"m月d日")', '"2024-03-15"+1', "WEEKDAY(A1)", "EDATE(A1,1)",
     "EOMONTH(A1,0)", 'DATEVALUE("2024-03-15")', 'IFERROR(MONTH(A1),0)', 'DATEDIF(A1,A2,"m")', 'SUM("2024-03-15",1)'],
)  # fmt: skip
def test_days_counted_from_1904_are_not_guessed(text: str) -> None:
    cells = (("A1", Cell(44000)), ("A2", Cell(44500)), ("B1", formula(text, 1)))
    assert outcomes(book(*cells, date1904=True)) == [UNCHECKED]
    assert outcomes(book(*cells)) != [UNCHECKED], "without it, the same formula is checked"


@pytest.mark.parametrize("text", ["A1+1", 'TEXT(A1,"0.00")', "ROUND(A1/3,2)", "A2-A1", 'DATEDIF(A1,A2,"d")', "DAYS(A2,A1)"])
def test_what_does_not_depend_on_1904_is_checked(text: str) -> None:
    cells = (("A1", Cell(44000)), ("A2", Cell(44500)), ("B1", formula(text, 1)))
    assert outcomes(book(*cells, date1904=True)) == [DIFFER]


def test_external_links_and_macros_are_told_and_not_touched() -> None:
    done = recalc_snapshot(
        book(("A1", formula("[1]表!A1+1", 3)), ("A2", formula("我的宏(1)", 3)), ("A3", formula("名", 3)), ("A4", formula("1+2", 3)),
             names=(DefinedName("名", "'[1]别的'!$A$1"),), macros=True, external_links=("../别的.xlsx",))
    )  # fmt: skip
    assert [item.outcome for item in done.cells] == [UNCHECKED, UNCHECKED, UNCHECKED, AGREE]
    assert len(done.notes) == 2


def test_circles_are_not_checked() -> None:
    assert outcomes(book(("A1", formula("A2+1", 1)), ("A2", formula("A1+1", 2)), ("A3", formula("A1", 1)))) == [UNCHECKED] * 3


def test_a_whole_column_reaches_formulas_below_all_inputs() -> None:
    """Once SUM(D:D) was clipped to the rows that held something when it was asked for."""
    done = recalc_snapshot(
        book(("A1", Cell(1)), ("A2", Cell(2)), ("B1", formula("SUM(A:A)", 3)), ("D9", formula("B1*2", 6)), ("E1", formula("SUM(D:D)", 6)))
    )
    assert {item.outcome for item in done.cells} == {AGREE}


def test_a_run_leaves_nothing_behind() -> None:
    """Twice in one process, with a 1904 workbook between."""
    plain, old = book(("B1", formula("YEAR(45366)", 2024))), book(("B1", formula("YEAR(45366)", 2024)), date1904=True)
    assert outcomes(plain) == outcomes(plain) == [AGREE]
    assert outcomes(old) == [UNCHECKED]
    assert outcomes(plain) == [AGREE]


def test_a_file(tmp_path: Path) -> None:
    path = tmp_path / "任意.xlsx"
    with xlsxwriter.Workbook(str(path)) as out:
        sheet = out.add_worksheet("数")
        sheet.write("A1", 5)
        sheet.write_formula("A2", "=A1*2", None, 10)
        sheet.write_formula("A3", "=A1*2", None, 11)
        sheet.write_formula("A4", '=IF(A1>9,"大","")', None, "大")
        sheet.write_formula("A5", "=1/0", None, "#DIV/0!")
    done: Recalculation = recalc_file(path)
    assert [item.outcome for item in done.cells] == [AGREE, DIFFER, DIFFER, AGREE]
    assert done.source == "任意.xlsx"


def test_what_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "不是.xlsx"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(FileRefused, match="文本"):
        recalc_file(path)


def test_shown_precision_is_read(tmp_path: Path) -> None:
    import zipfile

    from xlperf.workbook.read import read_file

    path, changed = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    with xlsxwriter.Workbook(str(path)) as out:
        out.add_worksheet("数").write_formula("A1", "=1/3", None, 0.33)
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, data.replace(b"<calcPr ", b'<calcPr fullPrecision="0" ') if name == "xl/workbook.xml" else data)
    assert read_file(path).full_precision
    assert not read_file(changed).full_precision
    assert recalc_file(changed).cells[0].outcome is UNCHECKED
