"""Array formulas, tables, filters: what of them a workbook's snapshot holds, and that they compute from the file."""

from __future__ import annotations

import pytest
from handmade import HEAD, TRANSITIONAL, parts, relationships, sheet, zipped

from xlperf.address import CellRef, RangeRef
from xlperf.errors import FileRefused
from xlperf.recompute import ShapeCache, compile_plan
from xlperf.recompute.of_snapshot import formula_book, given_values
from xlperf.workbook.read import read_bytes
from xlperf.workbook.snapshot import SheetSnapshot, Table

ROWS = (
    '<row r="1"><c r="A1"><v>1</v></c><c r="B1" cm="1"><f t="array" ref="B1:B3">A1:A3*2</f><v>2</v></c>'
    '<c r="C1"><f t="array" ref="C1">SUM(A1:A3*A1:A3)</f><v>14</v></c><c r="D1"><f>A1:A3*2</f><v>2</v></c></row>'
    '<row r="2"><c r="A2"><v>2</v></c><c r="B2"><v>4</v></c></row><row r="3" hidden="1"><c r="A3"><v>3</v></c>'
    '<c r="C3"><f t="array" ref="C3:D3">{7,8}</f><v>7</v></c><c r="E3"><f>SUBTOTAL(109,A1:A3)</f><v>3</v></c></row>'
    '<row r="5"><c r="A5"><f>SUM(表1[金额])</f><v>5</v></c></row>'
)


def table(ref: str = "A1:B3", more: str = "", inner: str = "") -> str:
    columns = ("金额", "说_x000a_明")
    nodes = "".join(f'<tableColumn id="{i}" name="{name}"/>' for i, name in enumerate(columns, 1))
    return (
        f'{HEAD}<table xmlns="{TRANSITIONAL}" id="1" name="内部名" displayName="表1" ref="{ref}" {more}>{inner}'
        f'<tableColumns count="{len(columns)}">{nodes}</tableColumns></table>'
    )


def read(
    rows: str = ROWS, after: str = "", before: str = "", tables: tuple[str, ...] = (), target: str = "../tables/"
) -> SheetSnapshot:
    return read_bytes(made(rows, after, before, tables, target), "甲.xlsx").sheets[0]


def made(rows: str, after: str, before: str, tables: tuple[str, ...], target: str = "../tables/") -> bytes:
    found = parts(sheet(rows, after, before=before))
    links = [(f"t{i}", "table", f"{target}table{i}.xml") for i in range(1, len(tables) + 1)]
    if links:
        found["xl/worksheets/_rels/sheet1.xml.rels"] = relationships(*links)
    for i, xml in enumerate(tables, 1):
        found[f"xl/tables/table{i}.xml"] = xml
    return zipped(found)


def test_areas_of_array_formulas() -> None:
    found = read()
    assert found.arrays == ((1, 2, 3, 2), (1, 3, 1, 3), (3, 3, 3, 4))
    assert found.dynamic == {(1, 2)}
    assert found.cells[2, 2].formula == "A1:A3*2"
    assert found.hidden_rows == {3}
    assert (found.tables, found.filtered) == ((), False)


def test_a_data_table_is_no_array() -> None:
    rows = '<row r="1"><c r="A1"><f t="dataTable" ref="A1:A2" r1="B1"/><v>1</v></c></row>'
    assert read(rows).arrays == ()


@pytest.mark.parametrize(
    ("after", "before", "inner", "filtered"),
    [
        ("", "", "", False),
        ('<autoFilter ref="A1:B3"/>', "", "", True),
        ("", '<sheetPr filterMode="1"/>', "", True),
        ("", '<sheetPr filterMode="0"/>', "", False),
        ("", "", '<autoFilter ref="A1:B3"/>', True),
    ],
)
def test_filters_of_the_sheet_and_of_its_tables(after: str, before: str, inner: str, filtered: bool) -> None:
    assert read(after=after, before=before, tables=(table(inner=inner),)).filtered is filtered


@pytest.mark.parametrize("target", ["../tables/", "/xl/tables/"])
def test_tables(target: str) -> None:
    found = read(tables=(table(), table(more='headerRowCount="0" totalsRowCount="1"')), target=target)
    columns = ("金额", "说\n明")
    assert found.tables == (
        Table("表1", RangeRef("表1", 1, 1, 3, 2), columns, 1, 0),
        Table("表1", RangeRef("表1", 1, 1, 3, 2), columns, 0, 1),
    )


@pytest.mark.parametrize(
    "xml",
    [
        table("A1:C3"),
        table("A1"),
        table("?"),
        table(more='headerRowCount="2"'),
        table(more='totalsRowCount="-1"'),
        "<x",
    ],
)
def test_unsound_tables_are_refused(xml: str) -> None:
    with pytest.raises(FileRefused):
        read(tables=(xml,))


def test_computed_from_the_file() -> None:
    snapshot = read_bytes(made(ROWS, "", "", (table(),)), "甲.xlsx")
    out = compile_plan(formula_book(snapshot, intersects=True), ShapeCache("")).run(given_values(snapshot))
    assert not out.unchecked
    for (row, column), cell in snapshot.sheets[0].cells.items():
        if cell.formula is not None and cell.cached:
            assert out.values["表1"][row, column] == cell.value, CellRef("表1", row, column)
    assert out.values["表1"][3, 4] == 8
    assert out.values["表1"][2, 2] == 4


def test_a_template_is_read_without_implicit_intersection() -> None:
    snapshot = read_bytes(made(ROWS, "", "", ()), "甲.xlsx")
    assert CellRef("表1", 1, 4) in compile_plan(formula_book(snapshot), ShapeCache("")).unsupported
