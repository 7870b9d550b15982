"""What keeps the engine within time and memory whatever the formulas are."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from xlperf.address import CellRef, column_letters
from xlperf.recompute import FormulaBook, Plan, ShapeCache, cache, compile_plan, graph, planning, sheets
from xlperf.recompute.kernels.criteria import wildcard


def _grid(height: int, width: int, formula: Callable[[int, int], str]) -> Plan:
    formulas = {
        CellRef("表", row, column): formula(row, column)
        for row in range(1, height + 1)
        for column in range(1, width + 1)
    }
    return compile_plan(FormulaBook(("表",), {}, formulas), ShapeCache(""))


@pytest.mark.parametrize(
    ("pattern", "text", "same", "place"),
    [
        ("a*b", "axxb", True, 0),
        ("a*b", "axxbx", False, 0),
        ("*", "", True, 0),
        ("*a", "bca", True, 0),
        ("a*", "a", True, 0),
        ("a*a", "a", False, -1),
        ("ab*bc", "abc", False, -1),
        ("ab*bc", "abbc", True, 0),
        ("?*?", "a", False, -1),
        ("?*?", "ab", True, 0),
        ("x*?b", "axab", False, 1),
        ("*a*a*", "aba", True, 0),
        ("~**b", "*b", True, 0),
        ("~?", "?", True, 0),
        ("a?c*d", "abcabcd", True, 0),
        ("b?", "ab", False, -1),
        ("a*ab", "aabab", True, 0),
        ("(a+)+*x", "(a+)+x", True, 0),
    ],
)
def test_wild_cards(pattern: str, text: str, same: bool, place: int) -> None:
    found = wildcard(pattern)
    assert found is not None
    assert (found.matches(text), found.find(text, 0)) == (same, place)


def test_wild_cards_are_not_tried_again_and_again(value: Callable[..., object]) -> None:
    """Eight stars over 32 767 letters: a regular expression would go back for longer than anybody lives."""
    long = "a" * 32_767
    assert value('=COUNTIF(A1:A1,"*a*a*a*a*a*a*a*b")', A1=long) == 0
    assert str(value('=SEARCH("a*a*a*a*a*a*a*b",A1)', A1=long)) == "#VALUE!"
    assert value('=COUNTIF(A1:A1,"*a*a*a*a*a*a*a*a")', A1=long) == 1


def test_a_constant_beyond_all_numbers_is_refused(value: Callable[..., object]) -> None:
    """It is infinite in Python, and its source would be the name inf."""
    assert str(value("=1E999")).startswith("?")
    assert str(value("=" + "9" * 400)).startswith("?")


def test_a_sheet_without_a_name_is_no_sheet(value: Callable[..., object]) -> None:
    assert str(value("=''!A1+1")).startswith("?")


@pytest.mark.parametrize("text", ["=TRUE()TRUE()", "=A2@B1", '=1"a"', "=(1)(2)", "=A1{1}", "=A1(2)"])
def test_two_operands_without_an_operator_are_no_formula(text: str, value: Callable[..., object]) -> None:
    assert str(value(text)).startswith("?")


def test_formulas_that_all_read_each_other_are_refused_beyond_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph, "MAX_LINKS", 150)
    made = _grid(100, 1, lambda row, _: f"SUM(A{row + 1}:A200)" if row < 100 else "1")
    refused = [cell for cell, reason in made.unsupported.items() if "引用过多" in reason]
    assert 20 < len(refused) < 100
    result = made.run({"表": {}})
    assert set(refused) <= set(result.unchecked)
    assert result.values["表"][100, 1] == 1


def test_within_the_number_every_formula_is_computed() -> None:
    made = _grid(60, 2, lambda row, column: f"SUM($A$61:$B$70)+COUNT({column_letters(column)}{row + 1}:$B$61)")
    result = made.run({"表": {(61, 1): 2.0, (61, 2): 3.0}})
    assert not result.unchecked
    assert result.values["表"][60, 1] == 7
    assert result.values["表"][1, 1] == 5 + 60 * 2


def test_the_reads_of_areas_are_those_of_a_plain_search() -> None:
    cells = [CellRef("表", row, column) for row in range(1, 40, 3) for column in range(1, 20, 2)]
    area = ("表", 4, 3, 30, 11)
    reader = CellRef("表", 99, 1)
    made = graph.Graph({**dict.fromkeys(cells, ()), reader: [area]})
    found = [cell for cell in cells if reader in made.behind([cell], ())]
    assert found == [cell for cell in cells if 4 <= cell.row <= 30 and 3 <= cell.column <= 11]


def test_more_kinds_of_formulas_than_a_workbook_has_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "MOST_FORMS", 10)
    made = _grid(30, 1, lambda row, _: f"{row}+{row}")
    assert len(made.order) == 10
    assert all("公式种类过多" in reason for reason in made.unsupported.values())
    again = _grid(30, 1, lambda row, _: f"{row}+{row}")
    assert dict(again.unsupported) == dict(made.unsupported)


def test_one_form_in_many_cells_is_one_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "MOST_FORMS", 2)
    assert len(_grid(200, 3, lambda row, column: f"{column_letters(column + 5)}{row}*2").order) == 600


def test_after_the_time_nothing_more_is_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    made = _grid(5, 1, lambda row, _: f"{row}*2")
    monkeypatch.setattr(sheets, "MOST_SECONDS", -1.0)
    result = made.run({"表": {}})
    assert len(result.unchecked) == 5
    assert all("用时过长" in reason for reason in result.unchecked.values())


def test_a_strange_workbook_does_not_fill_the_cache_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "_MOST_SHAPES", 3)
    store = ShapeCache("")
    for number in range(10):
        store.put(f"strange{number}", ["n", 1.0])
    store.put("ours", ["n", 2.0])
    assert store.get("ours") == ["n", 2.0]
    store.put("x" * 3000, ["n", 3.0])
    assert store.get("x" * 3000) is None
