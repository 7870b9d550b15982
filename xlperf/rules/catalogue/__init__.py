"""The catalogue of rules, one module per family; ``xlperf rule`` prints it, the reports link to it.

Ids are those of the catalogue that the rules come from, and are never used twice.
"""

from __future__ import annotations

from collections.abc import Mapping

from xlperf.rules.catalogue import (
    annex1,
    completeness,
    cross,
    execution,
    frame,
    indicators,
    narrative,
    privacy,
    project,
    scores,
    types,
)
from xlperf.rules.record import Rule

#: Every rule, in the order of the catalogue.
RULES: tuple[Rule, ...] = (
    *frame.RULES,
    *completeness.RULES,
    *types.RULES,
    *annex1.RULES,
    *execution.RULES,
    *project.RULES,
    *cross.RULES,
    *narrative.RULES,
    *scores.RULES,
    *indicators.RULES,
    *privacy.RULES,
)

_MERGED = "已并入其他规则"

_GAPS = "S07 T06 A11 A15 A16 B05 P02 X03 X09 N13 K07 K08 K09 I07 I09 H05"

#: Ids that will not come back, and why.
RETIRED: Mapping[str, str] = dict.fromkeys(_GAPS.split(), _MERGED)

_BY_ID: Mapping[str, Rule] = {rule.id: rule for rule in RULES}


def by_id(rule_id: str) -> Rule | None:
    """Return the rule of an id, or None where there is none."""
    return _BY_ID.get(rule_id)
