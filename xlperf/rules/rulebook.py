"""The catalogue as lint wants it: which ids are gone, and the examples of the rules that are rows of 审核."""

from __future__ import annotations

from xlperf.rules.catalogue import RETIRED, RULES
from xlperf.template.proof import Record, Rulebook


def rulebook() -> Rulebook:
    """Return what :func:`xlperf.template.lint.lint` has to know of the catalogue."""
    records = {rule.id: Record(rule.fails.edits, rule.passes.edits) for rule in RULES if rule.home == "审核"}
    return Rulebook(RETIRED, records)
