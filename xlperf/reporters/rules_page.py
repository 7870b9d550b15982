"""All rules as one page of Markdown for the people who fill in the forms: ``templates/RULES.zh-CN.md``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from xlperf.findings import Level
from xlperf.rules.catalogue import RETIRED, TITLES
from xlperf.rules.record import Rule, State

_HEAD = """\
# 审核规则

本页由 `xlperf rule --format markdown -o templates/RULES.zh-CN.md` 生成，内容与程序里的规则逐字相同，请不要直接修改。

## 怎样用这一页

报告里每个问题都有一个编号，如 `A01`、`K02`；“审核”表的编号 `A04-2` 是规则 A04 的第二行。在下面的目录里点编号，
或用 Ctrl+F 查编号，就能看到这条规则检查什么、为什么、怎样改。装有程序的，也可以运行 `xlperf rule A01`。

| 级别 | 意思 | 怎么办 |
|---|---|---|
| 强制 | 不符合就不能报送 | 改正 |
| 核实 | 可能属实 | 属实的写明原因，不属实的改正 |
| 提示 | 供参考 | 看一看即可，不影响报送 |

每条规则分这几项：**前提**是要有哪些数才能判断，不具备的记“未检”，不算通过；**允许误差**是两边相差多少可以由四舍五入解释；
**涉及的格**是它读哪些格；**由谁判断**，“审核公式”在 Excel、WPS 里就能看到结果，“程序”要用 xlperf 审核才看得到。
**示例**中“不符”是会被查出的填法，“通过”是改好以后的填法，都经过自动测试。

依据只写文号和名称。没有把握的条款号不写，以市财政局当年的通知为准。
"""

_HOMES = {"审核": "审核公式（Excel、WPS 里能看到）", "程序": "程序（xlperf check）"}
_STATES = {State.TRIAL: "观察（照常审核，结果只作记录，不列入报告和结论）", State.OFF: "停用（不审核，记未检）"}
_SPECIAL = re.compile(r"([\\`*_\[\]<>|])")


def render(rules: Sequence[Rule]) -> str:
    """Return the page, family by family, ending in a line feed."""
    families = [(title, [r for r in rules if r.id[0] == letter], letter) for letter, title in TITLES.items()]
    families = [(title, own, letter) for title, own, letter in families if own]
    lines = [_HEAD, "## 目录", "", *_contents(families), ""]
    for title, own, letter in families:
        lines += [f"## {letter} {title}", ""]
        for rule in own:
            lines += _rule(rule)
    return "\n".join([*lines, *_retired()]) + "\n"


def _contents(families: Sequence[tuple[str, Sequence[Rule], str]]) -> Iterator[str]:
    for title, own, letter in families:
        yield f"- **{letter} {title}**"
        for rule in own:
            mark = "" if rule.state is State.ACTIVE else f"（{rule.state.value}）"
            yield f"  - [{rule.id}](#{rule.id.lower()}) {rule.level.value} {_plain(rule.statement)}{mark}"


def _rule(rule: Rule) -> Iterator[str]:
    yield from (f"### {rule.id}", "", f"**{_plain(rule.statement)}**", "")
    head = [("级别", _level(rule.level)), ("由谁判断", _HOMES[rule.home])]
    if rule.state is not State.ACTIVE:
        head.append(("状态", _STATES[rule.state]))
    parts = [
        *head,
        ("检查什么", rule.checks), ("为什么", rule.why), ("怎样改", rule.mend), ("前提", rule.needs),
        ("允许误差", rule.tolerance), ("涉及的格", rule.looks_at), ("依据", rule.source),
    ]  # fmt: skip
    for title, text in parts:
        if text:
            yield f"- **{title}**：{_plain(text)}"
    yield "- **示例**"
    yield f"  - 不符：{_plain(rule.fails.text)}"
    yield f"  - 通过：{_plain(rule.passes.text)}"
    yield ""


def _level(level: Level) -> str:
    means = {Level.BLOCKING: "必须改正", Level.QUERY: "属实的写明原因", Level.NOTICE: "供参考"}
    return f"{level.value}（{means[level]}）"


def _retired() -> Iterator[str]:
    yield from ("## 不再使用的编号", "")
    reasons: dict[str, list[str]] = {}
    for rule, reason in RETIRED.items():
        reasons.setdefault(reason, []).append(rule)
    for reason, ids in reasons.items():
        yield f"- {'、'.join(ids)}：{reason}。编号不再作他用。"


def _plain(text: str) -> str:
    """Return a text of the record with what Markdown would take for markup escaped."""
    return _SPECIAL.sub(r"\\\1", text)
