"""The catalogue of rules, one module per family; ``xlperf rule`` prints it, the reports link to it.

Ids are those of the catalogue that the rules come from, and are never used twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xlperf.rules.record import Rule

    RULES: tuple[Rule, ...]

#: The first letter of an id → the module of its family, in the order of the catalogue. A check imports the families of
#: its findings only.
FAMILIES = {
    "S": "frame",
    "C": "completeness",
    "T": "types",
    "A": "annex1",
    "B": "execution",
    "P": "project",
    "X": "cross",
    "N": "narrative",
    "K": "scores",
    "I": "indicators",
    "D": "privacy",
}

#: What the families are called, by the letter that the ids begin with, in the order of the catalogue.
TITLES: Mapping[str, str] = {
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

#: Rules that are not in force, as their records say: a check need not import every family to know of none.
APART: frozenset[str] = frozenset()

_MERGED = "已并入其他规则"

_GAPS = "S07 T06 A11 A15 A16 B05 P02 X03 X09 N13 K07 K08 K09 I07 I09 H05"

#: Ids that will not come back, and why.
RETIRED: Mapping[str, str] = dict.fromkeys(_GAPS.split(), _MERGED)


@cache
def _family(letter: str) -> Mapping[str, Rule]:
    module = import_module(f"{__name__}.{FAMILIES[letter]}")
    return {rule.id: rule for rule in module.RULES}


def by_id(rule_id: str) -> Rule | None:
    """Return the rule of an id, or None where there is none."""
    return _family(rule_id[0]).get(rule_id) if rule_id[:1] in FAMILIES else None


def __getattr__(name: str) -> object:
    """Every rule, in the order of the catalogue, as ``RULES``."""
    if name != "RULES":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return tuple(rule for letter in FAMILIES for rule in _family(letter).values())
