"""What a family of rules hands over: findings with their anchor cells, what was not checked, and outcomes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from xlperf.address import CellRef
from xlperf.findings import Finding, Outcome, Status, Unchecked


class Draft(NamedTuple):
    """A finding before causes are sorted out: ``anchor`` is the cell of the instance it is about."""

    finding: Finding
    anchor: CellRef | None = None
    cells: tuple[CellRef, ...] = ()
    flag: CellRef | None = None


class Results:
    """All that the rules found."""

    def __init__(self) -> None:
        self.drafts: list[Draft] = []
        self.unchecked: list[Unchecked] = []
        self.outcomes: list[Outcome] = []

    def close(self, rule: str, found: Iterable[Draft]) -> None:
        """Add the findings of one rule and its outcome."""
        drafts = list(found)
        self.drafts += drafts
        failed = any(draft.finding.explained is None for draft in drafts)
        self.outcomes.append(Outcome(rule, Status.FAILED if failed else Status.PASSED))
