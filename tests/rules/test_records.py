"""What a record says of itself is true: the cells it looks at exist and are read; the page of rules is up to date."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from xlperf.address import CellRef
from xlperf.reporters.rules_page import render
from xlperf.rules.catalogue import APART, FAMILIES, RETIRED, RULES, TITLES
from xlperf.rules.record import Rule, State
from xlperf.template.dictionary import SHEET
from xlperf.template.instantiate import Instance, default_shape, instantiate
from xlperf.template.library import Template, root

#: ``附件2、附件3 指标：计算符号、指标值``: sheets, perhaps a word that names of blocks contain, what is read there.
SECTION = re.compile(r"(?P<head>[^：（）]+)：(?P<items>[^：（）]+)(?:（(?P<columns>[^（）]+)）)?")
PREFIXES = {"填报说明": "", "附件1": "", "附件2": "附件2_", "附件3": "项目1_", "报告附表": "附表_", "口径": "口径_"}
SHEETS = {"附件3": "附件3-1", "口径": "填报说明"}

each_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
each_row = pytest.mark.parametrize("rule", [rule for rule in RULES if rule.home == "审核"], ids=lambda rule: rule.id)


@pytest.fixture(scope="module")
def official(template: Template) -> Instance:
    return instantiate(template, default_shape(template, 1))


@each_rule
def test_needs_tolerance_and_cells_are_told_in_whole_sentences(rule: Rule) -> None:
    for text in (rule.needs, rule.tolerance, rule.looks_at):
        assert text.endswith("。")
        assert text == text.strip()
        assert "。。" not in text
        assert "  " not in text


def test_ids_stand_in_order_under_their_families() -> None:
    letters = list(TITLES)
    assert [rule.id for rule in RULES] == sorted((r.id for r in RULES), key=lambda id_: (letters.index(id_[0]), id_))
    assert {rule[0] for rule in RETIRED} <= set(letters)
    assert "Z" not in letters, "the ids of a template's own rules"


def test_what_is_not_in_force_is_told_beside_the_families() -> None:
    assert {rule.id for rule in RULES if rule.state is not State.ACTIVE} == APART
    assert list(FAMILIES) == [letter for letter in TITLES if letter in FAMILIES]


# -- the cells it looks at ---------------------------------------------------------------------------


def sections(rule: Rule) -> Iterator[tuple[str, re.Match[str] | None]]:
    for text in rule.looks_at.removesuffix("。").split("；"):
        found = SECTION.fullmatch(text)
        known = found is not None and all(sheet in PREFIXES for sheet in found["head"].partition(" ")[0].split("、"))
        yield text, found if known else None


def cells_of(instance: Instance, section: re.Match[str]) -> Iterator[tuple[str, set[CellRef]]]:
    """Yield each thing that a section names with the cells it means; on several sheets, those of all."""
    heads, _, word = section["head"].partition(" ")
    columns = section["columns"].split("、") if section["columns"] else [""]
    for item in section["items"].split("、"):
        for column in columns:
            cells: set[CellRef] = set()
            for head in heads.split("、"):
                if word:
                    cells |= in_blocks(instance, SHEETS.get(head, head), word, item)
                else:
                    name = PREFIXES[head] + "_".join([item.replace("·", "_"), *filter(None, [column])])
                    area = instance.names.get(name)
                    assert area is not None, f"no field {name}"
                    assert area.sheet == SHEETS.get(head, head), name
                    cells.add(CellRef(area.sheet, area.top, area.left))
            yield item + column, cells


def in_blocks(instance: Instance, sheet: str, word: str, key: str) -> set[CellRef]:
    cells = set()
    for block, area in instance.block_areas():
        column = block.column(key)
        if area.sheet == sheet and word in block.name and column is not None:
            cells |= {CellRef(sheet, row, column.column) for row in range(area.top, area.bottom + 1)}
    assert cells, f"no column {key} in blocks {word} of {sheet}"
    return cells


def reach(instance: Instance, rule: Rule) -> set[CellRef]:
    """Every cell that the rows of a rule read, through all formulas between."""
    found: set[CellRef] = set()
    rows = [row for row in instance.reviews if row.rule == rule.id]
    open_ = [row.cell(part) for row in rows for part in ("left", "right", "tolerance")]
    while open_:
        for area in instance.plan.precedents(open_.pop()):
            new = set(area.cells()) - found
            found |= new
            open_ += [cell for cell in new if cell in instance.formulas]
    return found


@each_rule
def test_the_cells_that_a_record_names_exist(rule: Rule, official: Instance) -> None:
    for _, section in sections(rule):
        if section is not None:
            assert list(cells_of(official, section))


@each_row
def test_the_cells_that_a_record_names_are_read(rule: Rule, official: Instance) -> None:
    read = reach(official, rule)
    for text, section in sections(rule):
        for what, cells in cells_of(official, section) if section is not None else ():
            assert cells & read, f"{text}: {what} is not read"


@each_row
def test_a_record_names_every_single_cell_that_its_rows_read(rule: Rule, official: Instance) -> None:
    """Of rows that count flags the flags are read, and what they read is told by the test above."""
    parts = list(sections(rule))
    if any(section is None for _, section in parts):
        pytest.skip("told in words")
    named = {cell for _, section in parts if section for _, cells in cells_of(official, section) for cell in cells}
    for row in official.reviews:
        if row.rule != rule.id or official.index.flags_of(row):
            continue
        for part in ("left", "right"):
            for area in official.plan.precedents(row.cell(part)):
                single = (area.top, area.left) == (area.bottom, area.right)
                cell = CellRef(area.sheet, area.top, area.left)
                if single and cell in official.index.named_cells and cell.sheet != SHEET:
                    assert cell in named, f"{row.id} reads {official.index.named_cells[cell]}"


def test_some_records_are_told_so_that_they_can_be_verified() -> None:
    known = [rule for rule in RULES if all(section for _, section in sections(rule))]
    assert len(known) >= 35


# -- the page ----------------------------------------------------------------------------------------


def test_the_page_of_rules_is_up_to_date() -> None:
    page = root() / "RULES.zh-CN.md"
    assert page.read_text(encoding="utf-8") == render(RULES), (
        "run: xlperf rule --format markdown -o templates/RULES.zh-CN.md"
    )
    assert page == Path(__file__).resolve().parents[2] / "templates" / "RULES.zh-CN.md"


def test_every_rule_has_a_heading_and_a_line_in_the_contents() -> None:
    page = render(RULES)
    for rule in RULES:
        assert page.count(f"\n### {rule.id}\n") == 1
        assert page.count(f"](#{rule.id.lower()})") == 1
    headings = re.findall(r"^## ([A-Z]) (.+)$", page, re.MULTILINE)
    assert headings == [pair for pair in TITLES.items() if any(rule.id[0] == pair[0] for rule in RULES)]
    for rule_id in RETIRED:
        assert rule_id in page.rpartition("不再使用的编号")[2]


def test_nothing_on_the_page_is_taken_for_markup() -> None:
    body = render(RULES).partition("\n## 目录\n")[2]
    assert "[bookmark:" not in body.replace("\\[", "")
    assert "\\_xlperf" in body
