"""Which cells lie in which areas, however large the areas are."""

from __future__ import annotations

import random

from xlperf.address import MAX_COLUMN, MAX_ROW, within


def test_within_is_what_a_plain_search_finds() -> None:
    chance = random.Random(7)
    for _ in range(50):
        cells = {(chance.randrange(1, 30), chance.randrange(1, 9)) for _ in range(40)}
        areas = []
        for _ in range(chance.randrange(6)):
            top, left = chance.randrange(1, 25), chance.randrange(1, 8)
            areas.append((top, left, top + chance.randrange(6), left + chance.randrange(4)))
        plain = {c for c in cells if any(a[0] <= c[0] <= a[2] and a[1] <= c[1] <= a[3] for a in areas)}
        assert within(cells, areas) == plain


def test_an_area_over_the_whole_sheet_costs_nothing() -> None:
    whole = (1, 1, MAX_ROW, MAX_COLUMN)
    assert within({(5, 5), (MAX_ROW, MAX_COLUMN)}, [whole] * 10_000) == {(5, 5), (MAX_ROW, MAX_COLUMN)}
    assert within([], [whole]) == set()
