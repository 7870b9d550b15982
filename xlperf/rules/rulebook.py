"""The catalogue as lint wants it: which ids are gone, and the examples of the others."""

from __future__ import annotations

from xlperf.rules.catalogue import RETIRED, RULES
from xlperf.template.proof import Record, Rulebook


def rulebook() -> Rulebook:
    """Return what :func:`xlperf.template.lint.lint` has to know of the catalogue."""
    records = {
        rule.id: None if rule.fails.actions or rule.passes.actions else Record(rule.fails.edits, rule.passes.edits)
        for rule in RULES
    }
    return Rulebook(RETIRED, records)
