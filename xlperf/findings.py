"""What a check says: findings, outcomes and the report. Frozen facts that go to JSON as they are; words come later."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import NamedTuple

from xlperf.address import CellRef
from xlperf.values import Scalar


class Level(Enum):
    """The field's own three levels, worst first."""

    BLOCKING = "强制"
    QUERY = "核实"
    NOTICE = "提示"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Level).index(self)


class Status(Enum):
    """How a check ended. A check that is not ``PASSED`` never counts as passed."""

    PASSED = "通过"
    FAILED = "不符"
    NOT_CHECKED = "未检"
    BROKEN = "出错"


class Place(NamedTuple):
    """Where: a cell of the submission, the label a person reads beside it, and what stands there.

    ``shown`` is the value as the cell's format shows it, where that says more (``106.25%`` for 1.0625).
    """

    cell: CellRef
    label: str = ""
    value: Scalar = None
    shown: str = ""


class Side(NamedTuple):
    """One side of a relation: what it is called, its value, and where it comes from."""

    text: str
    value: Scalar = None
    place: Place | None = None
    shown: str = ""


class Finding(NamedTuple):
    """One thing to look at.

    ``level`` is the level after tolerance; ``explained`` holds the unit's explanation (审核说明) or the automatic one
    where a difference is within rounding (``rounded``). A finding that is explained asks for nothing more.
    ``consequences`` are findings of the same cause, folded under it. ``difference`` and ``tolerance`` are decimal
    texts, in the unit of the two sides. ``row`` is the 编号 of the row of 审核 that found it.
    """

    rule: str
    level: Level
    message: str
    places: tuple[Place, ...] = ()
    left: Side | None = None
    right: Side | None = None
    difference: str | None = None
    tolerance: str | None = None
    todo: str = ""
    explained: str | None = None
    rounded: bool = False
    row: str | None = None
    consequences: tuple[Finding, ...] = ()

    @property
    def open(self) -> bool:
        """Whether the finding still keeps the workbook from being handed in."""
        return self.level is not Level.NOTICE and self.explained is None


#: The reason of a check that has nothing to check: there is no such matter. Not passed, and nothing to do about it.
NO_SUCH_MATTER = "没有此类事项，不适用"


class Unchecked(NamedTuple):
    """A check that could not be made, and the reason: a blank, an unreadable value, an unsupported formula, …"""

    rule: str
    reason: str
    places: tuple[Place, ...] = ()
    row: str | None = None


class Outcome(NamedTuple):
    """How one check (a rule, or one row of 审核) ended."""

    rule: str
    status: Status
    row: str | None = None


class Choice(NamedTuple):
    """The rules that a check is about: only ``select`` (empty: all of them), without ``ignore``."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    def wants(self, rule: str) -> bool:
        """Whether a rule is asked for."""
        return (not self.select or rule in self.select) and rule not in self.ignore


#: Every rule in force.
ALL_RULES = Choice()


class Report(NamedTuple):
    """All that one check of one workbook has to say.

    ``facts`` are a few figures shown beside the verdict: unit name, year, total score, grade. ``rows`` maps the 编号 of
    every row of 审核 to its result (通过, 不符, …), sheet name before it for the project sheets. ``public`` tells
    that it was asked whether the workbook may be published, not whether it may be handed in.

    ``trial`` holds what rules on trial found: recorded, never shown to the unit, no part of the verdict. Where
    ``choice`` leaves rules out the check is not a whole one, and the workbook is not acceptable whatever was found.
    """

    source: str
    digest: str
    template: str
    version: str
    findings: tuple[Finding, ...]
    unchecked: tuple[Unchecked, ...]
    outcomes: tuple[Outcome, ...]
    facts: Mapping[str, Scalar] = MappingProxyType({})
    notes: tuple[str, ...] = ()
    rows: Mapping[str, str] = MappingProxyType({})
    public: bool = False
    trial: tuple[Finding, ...] = ()
    choice: Choice = ALL_RULES

    def count(self, level: Level) -> int:
        """Number of findings of a level that are still open (for 提示: all)."""
        return sum(1 for finding in self.findings if finding.level is level and (finding.open or level is Level.NOTICE))

    @property
    def whole(self) -> bool:
        """Whether every rule in force was asked for."""
        return self.choice == ALL_RULES

    @property
    def clean(self) -> bool:
        """Whether nothing of what was asked for is open, and no check broke."""
        return not any(f.open for f in self.findings) and not any(
            outcome.status is Status.BROKEN for outcome in self.outcomes
        )

    @property
    def acceptable(self) -> bool:
        """Whether the workbook may be handed in: wholly checked, nothing open, and no check broken."""
        return self.whole and self.clean

    @property
    def exit_code(self) -> int:
        """0 may be handed in, 1 findings remain, 2 nothing was found but not all was checked."""
        if not self.clean:
            return 1
        return 0 if self.whole else 2
