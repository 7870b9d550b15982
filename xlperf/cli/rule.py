"""``xlperf rule``: list the rules, or print the record of one: what, why, how to mend, examples, source."""

from __future__ import annotations

import difflib
import json
import shutil
import sys
import unicodedata
from collections.abc import Sequence
from typing import Any

import click

from xlperf.errors import XlperfError
from xlperf.reporters.layout import wrap
from xlperf.rules.record import Example, Rule

MAX_WIDTH = 100
SCHEMA = "xlperf.rule/1"

_HOMES = {
    "审核": "由工作簿中的审核公式判断，在 Excel 里即可看到结果。",
    "程序": "由 xlperf 判断，在 Excel 里看不到。",
}


@click.command(
    name="rule",
    help="查看审核规则：检查什么、为什么、怎样改、示例和依据。\n\n不给编号时列出全部规则。",
)
@click.argument("rule_id", required=False, metavar="[编号]")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", metavar="text|json",
    help="结果的形式：text 供阅读（默认），json 供程序读取。",
)
def command(rule_id: str | None, form: str) -> None:
    """Print one rule, or all of them."""
    from xlperf.rules.catalogue import RULES

    rules = RULES if rule_id is None else (_find(rule_id),)
    if form == "json":
        click.echo(_as_json(rules).encode(), nl=False)
        return
    width = min(shutil.get_terminal_size().columns, MAX_WIDTH) if sys.stdout.isatty() else 80
    lines = _listed(rules, width) if rule_id is None else _page(rules[0], width)
    click.echo("\n".join(lines))


def _find(text: str) -> Rule:
    """Return the rule that a user names: in lower case, in full width, or by a row of 审核 (``A04-2``)."""
    from xlperf.rules.catalogue import RETIRED, RULES, by_id

    rule_id = unicodedata.normalize("NFKC", text).strip().upper().partition("-")[0]
    rule = by_id(rule_id)
    if rule is not None:
        return rule
    if rule_id in RETIRED:
        raise XlperfError(f"规则 {rule_id} 已停用（{RETIRED[rule_id]}），这个编号不再使用。")
    near = difflib.get_close_matches(rule_id, [known.id for known in RULES], n=4, cutoff=0.5)
    hint = f"相近的有 {'、'.join(near)}" if near else "用 xlperf rule 可列出全部规则"
    raise XlperfError(f"没有编号为“{text}”的规则，{hint}。")


def _listed(rules: Sequence[Rule], width: int) -> list[str]:
    return [line for rule in rules for line in wrap(rule.statement, width, _lead(rule))]


def _lead(rule: Rule) -> str:
    return f"{rule.id}  {rule.level.value}  "


def _page(rule: Rule, width: int) -> list[str]:
    """Return the record of a rule under its headings."""
    lines = wrap(rule.statement, width, _lead(rule))
    lines += wrap(_HOMES[rule.home], width)
    for heading, text in (("检查什么", rule.checks), ("为什么", rule.why), ("怎样改", rule.mend)):
        lines += ["", heading, *wrap(text, width, "  ")]
    lines += ["", "示例", *wrap(rule.fails.text, width, "  不符：")]
    lines += wrap(rule.passes.text, width, "  通过：")
    return [*lines, "", "依据", *wrap(rule.source, width, "  ")]


def _as_json(rules: Sequence[Rule]) -> str:
    document = {"schema": SCHEMA, "rules": [_record(rule) for rule in rules]}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _record(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "level": rule.level.value,
        "statement": rule.statement,
        "checks": rule.checks,
        "why": rule.why,
        "mend": rule.mend,
        "source": rule.source,
        "home": rule.home,
        "fails": _example(rule.fails),
        "passes": _example(rule.passes),
    }


def _example(example: Example) -> dict[str, Any]:
    return {"text": example.text, "edits": dict(example.edits), "actions": list(example.actions)}
