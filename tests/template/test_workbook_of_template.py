"""The registered template as a workbook: repeatable, guarded, explained, without errors; and instances of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from xlperf.address import CellRef, RangeRef, parse_area, parse_range
from xlperf.publish.build import build
from xlperf.publish.fill import empty
from xlperf.recompute import Resolver
from xlperf.template.dictionary import SHEET, Kind
from xlperf.template.instantiate import Instance, Shape, absolute, default_shape, instantiate
from xlperf.template.library import Template, find
from xlperf.values import ExcelError, same_value
from xlperf.workbook.read import read_bytes
from xlperf.workbook.snapshot import Snapshot, Validation

few = settings(max_examples=3, deadline=None, derandomize=True, database=None, phases=[Phase.generate])


def inputs(template: Template) -> Iterator[tuple[CellRef, Kind]]:
    for name, field in template.dictionary.fields.items():
        area = template.areas[name]
        if field.kind.is_input:
            yield CellRef(area.sheet, area.top, area.left), field.kind
    for name, block in template.dictionary.blocks.items():
        area = template.areas[name]
        for row in range(area.top, area.bottom + 1):
            for column in block.columns:
                if column.kind.is_input:
                    yield CellRef(area.sheet, row, column.column), column.kind


def validation_at(snapshot: Snapshot, cell: CellRef) -> Validation | None:
    sheet = snapshot.sheet(cell.sheet)
    assert sheet is not None
    for validation in sheet.validations:
        for text in validation.areas:
            top, left, bottom, right = parse_area(text)
            if top <= cell.row <= bottom and left <= cell.column <= right:
                return validation
    return None


def errors(snapshot: Snapshot) -> list[str]:
    return [
        f"{sheet.name}!{key}"
        for sheet in snapshot.sheets
        for key, cell in sheet.cells.items()
        if isinstance(cell.value, ExcelError)
    ]


# -- the template ---------------------------------------------------------------------------------


def test_the_build_is_repeatable_and_is_what_is_committed(template: Template) -> None:
    first = build(template.path.parent)
    assert first == build(template.path.parent)
    assert first == template.path.read_bytes()


def test_every_named_field_has_one_cell_on_its_sheet(template: Template) -> None:
    seen: dict[CellRef, str] = {}
    for name, field in template.dictionary.fields.items():
        area = template.areas[name]
        cell = CellRef(area.sheet, area.top, area.left)
        assert area.sheet == field.sheet, name
        assert cell not in seen, (name, seen.get(cell))
        seen[cell] = name
        assert field.kind.is_input or template.snapshot.cell(cell) is not None, name


def test_every_input_is_unlocked_and_has_a_prompt_in_chinese(template: Template) -> None:
    there = list(inputs(template))
    assert len(there) > 300
    for cell, kind in there:
        validation = validation_at(template.snapshot, cell)
        assert validation is not None, cell
        assert any("\u4e00" <= char <= "\u9fff" for char in validation.prompt), cell
        if kind.values:
            assert validation.kind == "list", cell
            assert (validation.formula1 or "").strip('"').split(",") == list(kind.values)


def test_the_cells_to_fill_in_are_unlocked_and_no_others(template: Template) -> None:
    data = template.package().parts
    assert not [part for part, text in data.items() if b"password=" in text or b"hashValue" in text]
    for sheet in template.snapshot.sheets:
        assert sheet.protected or sheet.name == SHEET, sheet.name
    unlocked = {cell for cell, _ in inputs(template)}
    reviews = instantiate(template, default_shape(template)).reviews
    unlocked |= {row.cell("explanation") for row in reviews if row.level == "核实"}
    for sheet in template.snapshot.sheets:
        for (row, column), cell in sheet.cells.items():
            if not template.snapshot.locked[cell.style]:
                assert CellRef(sheet.name, row, column) in unlocked, (sheet.name, row, column)
            else:
                assert CellRef(sheet.name, row, column) not in unlocked, (sheet.name, row, column)


def test_a_blank_template_shows_no_error(template: Template) -> None:
    assert not errors(template.snapshot)


# -- instances ------------------------------------------------------------------------------------


def sized(template: Template, size: int, projects: int = 2) -> Shape:
    blocks = template.dictionary.blocks
    own = {n: size for n, b in blocks.items() if b.sheet == template.dictionary.prototype}
    return Shape.of({n: size for n in blocks if n not in own}, [own] * projects)


def test_the_instance_of_the_default_shape_is_the_template(template: Template) -> None:
    instance = instantiate(template, default_shape(template))
    assert [s.name for s in instance.sheets] == [s.name for s in template.snapshot.sheets]
    for sheet in instance.sheets:
        original = template.snapshot.sheet(sheet.name)
        assert original is not None
        assert dict(sheet.cells) == dict(original.cells)
        assert sorted(sheet.merges) == sorted(original.merges)
    assert dict(instance.names) == template.areas


def areas_of(instance: Instance) -> Iterator[RangeRef]:
    blocks = instance.template.dictionary.blocks
    for base in blocks:
        for number in range(len(instance.shape.projects) + 1):
            prefix = instance.template.dictionary.project_prefix(number)
            name = base if not number else prefix + base.removeprefix(instance.template.dictionary.prefix)
            own = blocks[base].sheet == instance.template.dictionary.prototype
            if own == bool(number) and name in instance.names:
                yield instance.names[name]


def relative(instance: Instance, area: RangeRef) -> list[dict[int, str]]:
    """Return for each row of a block its formulas in relative form, by column."""
    resolver = Resolver(instance.book.names, instance.book.sheets)
    cells = instance.sheet(area.sheet).cells
    return [
        {
            column: resolver.resolve(cell.formula, CellRef(area.sheet, row, column)).form()
            for column in range(area.left, area.right + 1)
            if (cell := cells.get((row, column))) and cell.formula
        }
        for row in range(area.top, area.bottom + 1)
    ]


@pytest.mark.parametrize("size", [1, 2, 5, 30])
def test_every_row_of_a_block_has_the_same_formulas(template: Template, size: int) -> None:
    instance = instantiate(template, sized(template, size))
    areas = list(areas_of(instance))
    assert len(areas) == sum(
        2 if b.sheet == template.dictionary.prototype else 1 for b in template.dictionary.blocks.values()
    )
    for area in areas:
        assert area.bottom - area.top + 1 == size
        rows = relative(instance, area)
        assert rows[0], area
        assert all(row == rows[0] for row in rows), area


def spans(instance: Instance, sheet: str, first: str, last: str) -> tuple[int, int]:
    return instance.names[first].top, instance.names[last].bottom


@pytest.mark.parametrize("size", [1, 2, 5, 30])
def test_merges_print_areas_and_totals_grow_and_shrink(template: Template, size: int) -> None:
    data = empty(template, sized(template, size))
    snapshot = read_bytes(data, "x.xlsx")
    instance = instantiate(template, sized(template, size))
    assert not errors(snapshot)
    names = {(n.scope, n.name): n.text.removeprefix("=") for n in snapshot.names}
    # the printed form ends on the same row of the template, wherever that is now
    for name in template.snapshot.names:
        if name.name != "_xlnm.Print_Area" or name.scope is None:
            continue
        for sheet in instance.sheets:
            if sheet.origin == name.scope:
                official = parse_range(name.text.removeprefix("=").replace("$", ""))
                made = parse_range(names[sheet.name, "_xlnm.Print_Area"].replace("$", ""))
                assert (made.top, made.left, made.right) == (official.top, official.left, official.right)
                assert sheet.sources[made.bottom - 1] == official.bottom
    # the head cells of a group of blocks span all their rows; a single row needs no merge
    for prefix, sheet_name in (("附件2_", "附件2"), ("项目1_", "附件3-1"), ("项目2_", "附件3-2")):
        sheet_snapshot = snapshot.sheet(sheet_name)
        assert sheet_snapshot is not None
        merges = set(sheet_snapshot.merges)
        product = spans(instance, sheet_name, f"{prefix}数量指标", f"{prefix}成本指标")
        assert (product[0], 2, product[1], 2) in merges
        quantity = spans(instance, sheet_name, f"{prefix}数量指标", f"{prefix}数量指标")
        assert ((quantity[0], 3, quantity[1], 3) in merges) is (size > 1)
        assert not [m for m in merges if m[0] == m[2] and m[1] == m[3]]
        assert not overlapping(merges)
    # the sums take in exactly the block
    area = instance.names["业务工作经费_明细"]
    total = instance.names["业务工作经费_本年决算"]
    formula = instance.formulas[CellRef(total.sheet, total.top, total.left)]
    wanted = f"L{area.top}:L{area.bottom}"
    assert wanted in formula


def overlapping(merges: set[tuple[int, int, int, int]]) -> list[tuple[int, int, int, int]]:
    seen: set[tuple[int, int]] = set()
    found = []
    for merge in merges:
        top, left, bottom, right = merge
        cells = {(r, c) for r in range(top, bottom + 1) for c in range(left, right + 1)}
        if cells & seen:
            found.append(merge)
        seen |= cells
    return found


@st.composite
def shapes(draw: st.DrawFn) -> Shape:
    template = find()
    blocks = template.dictionary.blocks
    sizes = st.integers(1, 12)
    own = [n for n, b in blocks.items() if b.sheet == template.dictionary.prototype]
    fixed = {n: draw(sizes) for n in blocks if n not in own}
    return Shape.of(fixed, [{n: draw(sizes) for n in own} for _ in range(draw(st.integers(0, 3)))])


@few
@given(shape=shapes())
def test_a_written_instance_reads_back_as_the_instance(shape: Shape) -> None:
    template = find()
    instance = instantiate(template, shape)
    snapshot = read_bytes(empty(template, shape), "x.xlsx")
    assert not errors(snapshot)
    assert [s.name for s in snapshot.sheets] == [s.name for s in instance.sheets]
    for made in instance.sheets:
        read = snapshot.sheet(made.name)
        assert read is not None
        assert {k for k, c in read.cells.items() if c.formula} == {k for k, c in made.cells.items() if c.formula}
        for key, cell in made.cells.items():
            there = read.cells.get(key)
            if cell.formula is not None:
                assert there is not None
                assert there.formula == cell.formula, (made.name, key)
                assert there.cached
            else:
                assert same_value(there.value if there else None, cell.value), (made.name, key)
            if there is not None:
                assert there.style == cell.style
        assert set(read.merges) == set(made.merges)
        assert read.protected == (made.name != SHEET) or made.name == SHEET
    names = {n.name: n.text.removeprefix("=") for n in snapshot.names if n.scope is None}
    assert names == {name: absolute(area) for name, area in instance.names.items()}
    for row in range(len(shape.projects)):
        sheet = template.dictionary.project_sheet(row + 1)
        area = instance.names[template.dictionary.project_prefix(row + 1) + "数量指标"]
        for line in (area.top, area.bottom):
            assert validation_at(snapshot, CellRef(sheet, line, 11)) is not None
