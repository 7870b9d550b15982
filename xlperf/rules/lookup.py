"""Rules by what a user calls them: ids in lower case or full width, those of the registered templates' own included."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable

from xlperf.errors import XlperfError
from xlperf.findings import Choice
from xlperf.rules.catalogue import RETIRED, RULES, by_id
from xlperf.rules.own import own_rules
from xlperf.rules.record import Rule
from xlperf.template import library

_BETWEEN = re.compile(r"[,，、;；\s]+")


def of_templates() -> tuple[Rule, ...]:
    """Return the rules that the registered templates add to the catalogue; of two of the same id, the first."""
    found: dict[str, Rule] = {}
    for template in library.registered():
        for rule in own_rules(template):
            found.setdefault(rule.id, rule)
    return tuple(found.values())


def find(text: str) -> Rule:
    """Return the rule that a user names, also by a row of 审核 (``A04-2``). Raises XlperfError with what is near."""
    rule_id = plain(text).partition("-")[0]
    rule = by_id(rule_id)
    if rule is not None:
        return rule
    if rule_id in RETIRED:
        raise XlperfError(f"规则 {rule_id} 已取消（{RETIRED[rule_id]}），这个编号不再使用。")
    own = of_templates()
    rule = next((other for other in own if other.id == rule_id), None)
    if rule is not None:
        return rule
    near = difflib.get_close_matches(rule_id, [known.id for known in (*RULES, *own)], n=4, cutoff=0.5)
    hint = f"相近的有 {'、'.join(near)}" if near else "用 xlperf rule 可列出全部规则"
    raise XlperfError(f"没有编号为“{text}”的规则，{hint}。")


def plain(text: str) -> str:
    """Return an id as it is written: ``a01`` and ``Ａ０１`` are A01."""
    return unicodedata.normalize("NFKC", text).strip().upper()


def choose(select: Iterable[str], ignore: Iterable[str]) -> Choice:
    """Return the choice that two lists of ids mean, each perhaps several ids in one text.

    Raises XlperfError for an id that is not a rule's, for a single row of 审核, and where nothing is left to check.
    """
    choice = Choice(_ids(select), _ids(ignore))
    if choice.select and not any(map(choice.wants, choice.select)):
        raise XlperfError("--select 选的规则全被 --ignore 去掉了，没有可审核的。请改一改两边的编号。")
    return choice


def _ids(texts: Iterable[str]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for text in (part for given in texts for part in _BETWEEN.split(given) if part):
        rule = find(text)
        if plain(text) != rule.id:
            raise XlperfError(f"“{text}”是审核表的一行，这里请写规则的编号 {rule.id}。")
        found[rule.id] = None
    return tuple(found)
