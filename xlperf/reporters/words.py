"""The sentences that several reporters share: the verdict, what was checked, how a value is read aloud."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Protocol

from xlperf.findings import NO_SUCH_MATTER, Finding, Level, Report, Status
from xlperf.reporters.layout import clip
from xlperf.values import Scalar, show_value

#: The rule of cells that are not filled in: 尚未填完 is told apart from what is wrong.
UNFILLED = "C01"
VALUE_COLUMNS = 80


def verdict(report: Report) -> str:
    """Return the one sentence that says whether the workbook may be handed in."""
    if not report.whole:
        return _partial_verdict(report)
    if report.acceptable:
        return f"通过：没有需要改正或说明的问题，可以{_purpose(report)}{_besides(report)}"
    parts = []
    unfilled = [finding for finding in report.findings if finding.rule == UNFILLED and finding.open]
    if unfilled:
        blanks = len({place.cell for finding in unfilled for place in finding.places})
        parts.append(f"尚未填完：还有 {blanks} 格未填" if blanks else "尚未填完")
    others = _others(report)
    if others:
        parts.append(("另" if unfilled else "") + f"有 {'、'.join(others)}")
    return f"{'；'.join(parts)}，暂不能{_purpose(report)}"


def _purpose(report: Report) -> str:
    return "公开" if report.public else "报送"


#: How many ids of rules a verdict lists.
MANY_IDS = 8


def _partial_verdict(report: Report) -> str:
    """Return the verdict of a check that left rules out: never 通过, as what is not checked has not passed."""
    asked = [rule for rule in report.choice.select if report.choice.wants(rule)]
    head = f"只审核了 {_ids(asked)}" if asked else f"没有审核 {_ids(report.choice.ignore)}"
    blanks = len({p.cell for f in report.findings if f.rule == UNFILLED and f.open for p in f.places})
    found = [*([f"{blanks} 格未填"] if blanks else []), *_others(report)]
    tail = f"有 {'、'.join(found)}" if found else f"没有需要改正或说明的问题{_besides(report)}"
    return f"未全部审核：{head}，{'其中' if asked else '其余'}{tail}"


def _ids(rules: Sequence[str]) -> str:
    shown = "、".join(rules[:MANY_IDS])
    return f"{shown} 等 {len(rules)} 条规则" if len(rules) > MANY_IDS else shown


def _others(report: Report) -> list[str]:
    """Return what keeps the workbook back, besides cells not filled in."""
    levels = Counter(f.level for f in report.findings if f.open and f.rule != UNFILLED)
    counts = (
        (levels[Level.BLOCKING], "条强制不符"),
        (levels[Level.QUERY], "条待确认" if report.public else "条待说明"),
        (outcome_counts(report)[Status.BROKEN], "项审核出错"),
    )
    return [f"{count} {what}" for count, what in counts if count]


def _besides(report: Report) -> str:
    """Return what a reader of 通过 ought to know as well, in brackets, or nothing."""
    explained = sum(1 for f in report.findings if f.explained is not None and f.level is not Level.NOTICE)
    counts = (
        (report.count(Level.NOTICE), "条提示"),
        (explained, "条已说明"),
        (outcome_counts(report)[Status.NOT_CHECKED] - not_applicable(report), "项未检"),
    )
    words = "、".join(f"{count} {what}" for count, what in counts if count)
    return f"（另有 {words}）" if words else ""


def outcome_counts(report: Report) -> dict[Status, int]:
    """Return how many checks ended in each status, zeros included."""
    counts = Counter(outcome.status for outcome in report.outcomes)
    return {status: counts[status] for status in Status}


def not_applicable(report: Report) -> int:
    """Return how many of the checks that were not made had nothing to check."""
    return sum(1 for item in report.unchecked if item.reason == NO_SUCH_MATTER)


def summary(report: Report) -> str:
    """Return ``共审核 42 项：通过 39，不符 1，未检 2``, with the differences that rounding explains."""
    counts = outcome_counts(report)
    none = not_applicable(report)
    counts[Status.NOT_CHECKED] -= none
    shown = [f"{status.value} {n}" for status, n in counts.items() if n or status is not Status.BROKEN]
    shown += [f"不适用 {none}"] if none else []
    line = f"共审核 {len(report.outcomes)} 项：{'，'.join(shown)}"
    rounded = sum(1 for finding in report.findings if within_rounding(finding))
    return f"{line}（其中 {rounded} 项差额可由四舍五入解释）" if rounded else line


class Ended(Protocol):
    """Whatever knows how it ended: a report, a failure, the outcome of a worker."""

    @property
    def exit_code(self) -> int:
        """0, 1 or 2."""


def brief(report: Report) -> str:
    """Return what there is beside 可报送, 需修改 or 未审全, in few words: ``未填 26、强制 29、待说明 7``."""
    blanks = {place.cell for f in report.findings if f.rule == UNFILLED and f.open for place in f.places}
    levels = Counter(f.level for f in report.findings if f.open and f.rule != UNFILLED)
    statuses = outcome_counts(report)
    counts = (
        ("未填", len(blanks)),
        ("强制", levels[Level.BLOCKING]),
        ("待确认" if report.public else "待说明", levels[Level.QUERY]),
        ("审核出错", statuses[Status.BROKEN]),
    )
    beside = (
        ("提示", report.count(Level.NOTICE)),
        ("已说明", sum(1 for f in report.findings if f.explained is not None and f.level is not Level.NOTICE)),
        ("未检", statuses[Status.NOT_CHECKED] - not_applicable(report)),
    )
    return "、".join(f"{what} {count}" for what, count in (beside if report.clean else counts) if count)


def batch_summary(results: Sequence[Ended], public: bool = False) -> str:
    """Return ``共 3 份：可报送 1，需修改 1，未能审核 1``, and how many had rules left out with nothing found."""
    codes = Counter(result.exit_code for result in results)
    partly = sum(result.exit_code == 2 and not getattr(result, "error", "") for result in results)
    good = "可公开" if public else "可报送"
    total = f"共 {len(results)} 份：{good} {codes[0]}，需修改 {codes[1]}，未能审核 {codes[2] - partly}"
    return f"{total}，未全部审核 {partly}" if partly else total


def within_rounding(finding: Finding) -> bool:
    """Tell whether both sides differ by no more than the rounding of their figures."""
    return finding.rounded


def say_value(value: Scalar) -> str:
    """Return a cell value for a sentence: text in quotation marks, an empty cell as 未填."""
    shown = clip(show_value(value), VALUE_COLUMNS)
    return f"“{shown}”" if isinstance(value, str) and value else shown
