from reports_by_hand import BASE, WHOLE, place

from xlperf.reporters.places import cell_name, in_few_words, merge


def cells(*addresses: str, sheet: str = BASE):
    return [place(sheet, a1).cell for a1 in addresses]


def names(found) -> list[str]:
    return [area.a1 for area in found]


def test_runs_down_and_across_become_ranges() -> None:
    assert names(merge(cells("J8", "J9", "J10"))) == ["J8:J10"]
    assert names(merge(cells("D4", "E4", "F4"))) == ["D4:F4"]
    assert names(merge(cells("F5", "D4", "E4", "F4", "D5", "E5"))) == ["D4:F5"]


def test_what_does_not_touch_stays_apart_and_goes_from_top_to_bottom() -> None:
    assert names(merge(cells("J12", "D4", "F4", "J8", "J9"))) == ["D4", "F4", "J8:J9", "J12"]


def test_repeated_cells_count_once_and_sheets_are_not_mixed() -> None:
    found = merge([*cells("A1", "A1"), *cells("A2", sheet=WHOLE)])
    assert [(area.sheet, area.a1) for area in found] == [(BASE, "A1"), (WHOLE, "A2")]


def test_a_label_is_shown_where_all_cells_share_it() -> None:
    places = [place(BASE, "J8", "完成值"), place(BASE, "J9", "完成值"), place(BASE, "K8", "得分")]
    assert in_few_words(places, BASE) == "K8（得分）、J8:J9（完成值）"
    assert in_few_words([place(BASE, "J8", "甲"), place(BASE, "J9", "乙")], BASE) == "J8:J9"


def test_another_sheet_is_named_once() -> None:
    places = [place(BASE, "A1"), place(WHOLE, "A1"), place(WHOLE, "C1")]
    assert in_few_words(places, BASE) == f"A1；{WHOLE}：A1、C1"


def test_a_long_list_ends_in_the_number_of_cells() -> None:
    places = [place(BASE, f"A{row}") for row in (1, 2, 4, 6)]
    assert in_few_words(places, BASE, 2) == "A1:A2、A4 等 4 格"


def test_a_cell_of_another_sheet_is_named_with_it() -> None:
    assert cell_name(place(WHOLE, "C7").cell, BASE) == f"{WHOLE}!C7"
    assert cell_name(place(BASE, "C7").cell, BASE) == "C7"
