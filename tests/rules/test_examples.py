"""Every rule of the catalogue, on its own examples: found after ``fails``, not found (or explained) after ``passes``.

The D rules are judged where a workbook is to be published, and only there.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from edits import apply

from xlperf.check import check_snapshot
from xlperf.errors import TemplateUnknown
from xlperf.findings import Finding, Level, Report, Status
from xlperf.public import check_public_bytes
from xlperf.rules.catalogue import RULES
from xlperf.rules.record import Rule, State
from xlperf.workbook.read import read_bytes

each_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)


def flat(report: Report) -> Iterator[Finding]:
    for finding in report.findings:
        yield finding
        yield from finding.consequences


def check(data: bytes, rule: str = "") -> Report:
    return check_public_bytes(data, "例.xlsx") if rule[:1] == "D" else check_snapshot(read_bytes(data, "例.xlsx"))


def test_the_base_of_the_examples_is_clean(base: bytes) -> None:
    report = check(base)
    assert report.exit_code == 0
    assert {f.rule for f in flat(report)} == {"B10"}, "only what is explained"
    assert not [o for o in report.outcomes if o.rule[0] == "D"]


@each_rule
def test_the_failing_example_is_found(rule: Rule, base: bytes) -> None:
    data = apply(base, rule.fails)
    if any(action.startswith("改身份 版本") for action in rule.fails.actions):
        with pytest.raises(TemplateUnknown, match=r"9\.9\.9"):
            check(data)
        return
    report = check(data, rule.id)
    told = report.trial if rule.state is State.TRIAL else tuple(flat(report))
    found = [f for f in told if f.rule == rule.id and f.explained is None]
    if rule.state is State.OFF:
        assert not found
        return
    assert found, (rule.id, sorted({f.rule for f in flat(report)}))
    assert all(f.level is rule.level for f in found)
    if rule.state is State.ACTIVE:
        assert report.exit_code == (0 if rule.level is Level.NOTICE else 1)
    assert not [o for o in report.outcomes if o.status is Status.BROKEN]


@each_rule
def test_the_passing_example_is_not_found(rule: Rule, base: bytes) -> None:
    report = check(apply(base, rule.passes), rule.id)
    told = (*flat(report), *report.trial)
    left = [(f.message, f.places[:1]) for f in told if f.rule == rule.id and f.explained is None]
    assert not left
    assert not [o for o in report.outcomes if o.status is Status.BROKEN]
