"""The rules of a template's own: rows of 审核 whose id the catalogue does not know, told by the template alone."""

from __future__ import annotations

from collections.abc import Iterator

from xlperf.findings import Level
from xlperf.rules.catalogue import by_id
from xlperf.rules.record import Example, Rule, State
from xlperf.template.dictionary import Dictionary, OwnRule
from xlperf.template.library import Template
from xlperf.template.review import find_review_rows

_NO_MEND = "请核对两边的数。"
_COUNTED = ("（不符的行数）", "（不符的格数）")


def own_rules(template: Template) -> Iterator[Rule]:
    """Yield the record of every rule of the template's own, in the order of its rows of 审核."""
    told: set[str] = set()
    for sheet in template.snapshot.sheets:
        for row in find_review_rows(sheet.name, sheet.cells):
            if row.rule in told or by_id(row.rule) is not None:
                continue
            told.add(row.rule)
            line = template.dictionary.rules.get(row.rule, OwnRule(row.rule))
            yield _record(template, line, row.level, row.text)


def _record(template: Template, line: OwnRule, level: str, text: str) -> Rule:
    statement = text
    for counted in _COUNTED:
        statement = statement.removesuffix(counted)
    home = template.dictionary.identity.get("名称", template.id)
    return Rule(
        id=line.id,
        level=next((known for known in Level if known.value == level), Level.BLOCKING),
        statement=_sentence(statement),
        checks=f"见“审核”表 {line.id} 各行的左值、右值两格的公式。",
        why=f"这是模板“{home}”自己的规则，由下发模板的单位规定。",
        mend=_sentence(line.mend or _NO_MEND),
        source=line.source or "下发模板的单位",
        home="审核",
        fails=Example(line.fails),
        passes=Example(line.passes),
        needs="两边所引的格都已填；左值或右值为空白的记未检。",
        tolerance="见“审核”表该行的“允许误差”一格。",
        looks_at="见“审核”表该行左值、右值所引的格。",
        state=next((state for state in State if state.value == line.state), State.ACTIVE),
    )


def _sentence(text: str) -> str:
    return text if text.endswith(("。", "。”")) else f"{text}。"


def mend_of(dictionary: Dictionary, rule_id: str, otherwise: str = "") -> str:
    """Return how a rule is mended: as its record says, else as the template says of its own rule."""
    record, line = by_id(rule_id), dictionary.rules.get(rule_id)
    if record is not None:
        return record.mend
    return _sentence(line.mend) if line is not None and line.mend else otherwise
