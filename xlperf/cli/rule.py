"""``xlperf rule``: list the rules, or print the record of one: what, why, how to mend, examples, source."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from xlperf.reporters.layout import wrap
from xlperf.rules.record import Example, Rule, State

MAX_WIDTH = 100
SCHEMA = "xlperf.rule/2"

_HOMES = {
    "审核": "由工作簿中的审核公式判断，在 Excel 里即可看到结果。",
    "程序": "由 xlperf 判断，在 Excel 里看不到。",
}
_STATES = {
    State.TRIAL: "正在观察：照常审核，结果只记在 --format json 的 trial 里，不列入报告和结论。",
    State.OFF: "已停用：不审核，结果记为未检。",
}


@click.command(
    name="rule",
    help="查看审核规则：检查什么、为什么、怎样改、前提、允许误差、涉及的格、示例和依据。\n\n"
    "不给编号时列出全部规则：编号、级别、由谁判断（审核：工作簿中的公式；程序：xlperf），"
    "没有启用的注明观察或停用。已登记的模板自己的规则列在最后。",
)
@click.argument("rule_id", required=False, metavar="[编号]")
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "markdown"]), default="text",
    metavar="text|json|markdown",
    help="结果的形式：text 供阅读（默认），json 供程序读取，markdown 生成全部规则的说明页（不能只给一条）。",
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), metavar="文件",
    help="写到文件（UTF-8），不在屏幕上显示。",
)
def command(rule_id: str | None, form: str, output: Path | None) -> None:
    """Print one rule, or all of them."""
    text = _text(rule_id, form, to_file=output is not None)
    if output is not None:
        from xlperf.files import write

        write(output, text.encode())
        click.echo(f"已写到 {output}。")
    elif form == "text":
        click.echo(text, nl=False)
    else:
        click.echo(text.encode(), nl=False)


def _text(rule_id: str | None, form: str, *, to_file: bool) -> str:
    if form == "markdown":
        if rule_id is not None:
            raise click.UsageError("markdown 是全部规则的说明页，请不要再给编号")
        from xlperf.reporters.rules_page import render
        from xlperf.rules.catalogue import RULES

        return render(RULES)
    from xlperf.rules import lookup

    if rule_id is not None:
        rules: tuple[Rule, ...] = (lookup.find(rule_id),)
    else:
        from xlperf.rules.catalogue import RULES

        rules = (*RULES, *lookup.of_templates())
    if form == "json":
        return _as_json(rules)
    width = 80 if to_file or not sys.stdout.isatty() else min(shutil.get_terminal_size().columns, MAX_WIDTH)
    lines = _listed(rules, width) if rule_id is None else _page(rules[0], width)
    return "".join(f"{line}\n" for line in lines)


def _listed(rules: Sequence[Rule], width: int) -> list[str]:
    return [line for rule in rules for line in wrap(rule.statement, width, f"{_lead(rule)}{rule.home}  {_state(rule)}")]


def _lead(rule: Rule) -> str:
    return f"{rule.id}  {rule.level.value}  "


def _state(rule: Rule) -> str:
    return "" if rule.state is State.ACTIVE else f"[{rule.state.value}] "


def _page(rule: Rule, width: int) -> list[str]:
    """Return the record of a rule under its headings."""
    lines = wrap(rule.statement, width, f"{_lead(rule)}{_state(rule)}")
    lines += wrap(_HOMES[rule.home], width)
    if rule.state is not State.ACTIVE:
        lines += wrap(_STATES[rule.state], width)
    parts = (
        ("检查什么", rule.checks), ("为什么", rule.why), ("怎样改", rule.mend), ("前提", rule.needs),
        ("允许误差", rule.tolerance), ("涉及的格", rule.looks_at),
    )  # fmt: skip
    for heading, text in parts:
        if text:
            lines += ["", heading, *wrap(text, width, "  ")]
    examples = [(word, example) for word, example in (("不符", rule.fails), ("通过", rule.passes)) if example.text]
    if examples:
        lines += ["", "示例"]
    for word, example in examples:
        lines += wrap(example.text, width, f"  {word}：")
    return [*lines, "", "依据", *wrap(rule.source, width, "  ")]


def _as_json(rules: Sequence[Rule]) -> str:
    document = {"schema": SCHEMA, "rules": [_record(rule) for rule in rules]}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _record(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "level": rule.level.value,
        "state": rule.state.value,
        "statement": rule.statement,
        "checks": rule.checks,
        "why": rule.why,
        "mend": rule.mend,
        "needs": rule.needs,
        "tolerance": rule.tolerance,
        "looks_at": rule.looks_at,
        "source": rule.source,
        "home": rule.home,
        "fails": _example(rule.fails),
        "passes": _example(rule.passes),
    }


def _example(example: Example) -> dict[str, Any]:
    return {"text": example.text, "edits": dict(example.edits), "actions": list(example.actions)}
