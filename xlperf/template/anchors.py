"""Anchors: which rows and columns of a template stand where, from votes of names and labels."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping


def longest_chain(rows: Mapping[int, Counter[int]]) -> dict[int, int]:
    """Return the longest rising chain of anchors, so that a single stray name cannot derange the rest."""
    pairs = [(row, votes.most_common(1)[0][0]) for row, votes in sorted(rows.items())]
    best: list[int] = []
    previous = [-1] * len(pairs)
    tails: list[int] = []
    for index, (_, there) in enumerate(pairs):
        low = bisect_left(tails, there)
        previous[index] = best[low - 1] if low else -1
        best[low : low + 1] = [index]
        tails[low : low + 1] = [there]
    chain: list[int] = []
    index = best[-1] if best else -1
    while index >= 0:
        chain.append(index)
        index = previous[index]
    return {pairs[i][0]: pairs[i][1] for i in reversed(chain)}


def most_voted(columns: Mapping[int, Counter[int]]) -> dict[int, int]:
    """Return for each column the place that most of its names give."""
    return {column: votes.most_common(1)[0][0] for column, votes in sorted(columns.items())}


def shifted_column(column: int, anchors: Mapping[int, int]) -> int:
    """Return where a column stands, from the nearest named column at or before it."""
    before = [here for here in anchors if here <= column]
    if not before:
        after = [here for here in anchors if here > column]
        return column + (anchors[min(after)] - min(after) if after and anchors[min(after)] < min(after) else 0)
    return column + anchors[max(before)] - max(before)
