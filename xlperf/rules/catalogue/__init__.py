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
)

#: What the families are called, by the letter that the ids begin with, in the order of the catalogue.
FAMILIES: Mapping[str, str] = {
    "S": "表样与版本",
    "C": "填报是否完整",
    "T": "填写的内容",
    "A": "附件1 表内",
    "B": "预算执行与得分",
    "P": "附件3 表内",
    "X": "表间",
    "N": "报告附表与正文",
    "K": "指标计分",
    "I": "指标质量",
    "Y": "与上年比较",
    "D": "公开",
    "H": "收表与汇总",
}

_MERGED = "已并入其他规则"

_GAPS = "S07 T06 A11 A15 A16 B05 P02 X03 X09 N13 K07 K08 K09 I07 I09 H05"

#: Ids that will not come back, and why.
RETIRED: Mapping[str, str] = dict.fromkeys(_GAPS.split(), _MERGED)

_BY_ID: Mapping[str, Rule] = {rule.id: rule for rule in RULES}


def by_id(rule_id: str) -> Rule | None:
    """Return the rule of an id, or None where there is none."""
    return _BY_ID.get(rule_id)
