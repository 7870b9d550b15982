"""The whole check: read, identify, locate, compare, recompute, judge, report. Nothing is written anywhere."""

from __future__ import annotations

from pathlib import Path

from xlperf.errors import FileRefused
from xlperf.findings import ALL_RULES, Choice, Finding, Report
from xlperf.rules import causes, entries, frame, projects, reviews
from xlperf.rules.compare import gather
from xlperf.rules.facts import Facts
from xlperf.rules.life import sort_out
from xlperf.rules.outcome import Results
from xlperf.template.identify import IDENTITY_ROWS, identify
from xlperf.template.locate import locate
from xlperf.values import Scalar
from xlperf.workbook.limits import Limits
from xlperf.workbook.read import read_file
from xlperf.workbook.snapshot import Snapshot


def check_file(
    path: Path,
    limits: Limits = Limits(),  # noqa: B008 (frozen)
    choice: Choice = ALL_RULES,
) -> Report:
    """Check one workbook file that keeps within the limits, by the chosen rules.

    Raises FileRefused for a file that cannot or must not be read, TemplateUnknown where its template is not registered.
    """
    return check_snapshot(read_file(path, limits, IDENTITY_ROWS), choice)


def check_snapshot(snapshot: Snapshot, choice: Choice = ALL_RULES) -> Report:
    """Check a workbook that is already read, from a file or from a live book. Raises as :func:`check_file`."""
    _refuse_active(snapshot)
    identity = identify(snapshot)
    facts = gather(snapshot, locate(snapshot, identity.template), identity.told, identity.year)
    results = Results()
    frame.judge(facts, results)
    reviews.judge(facts, entries.judge(facts, results), results)
    lonely = projects.judge(facts, results)
    trial = sort_out(facts.instance.template.dictionary, results, choice)
    findings = [_asked(finding, choice) for finding in causes.fold(facts, results.drafts, lonely)]
    return _report(facts, results, findings)._replace(trial=trial, choice=choice)


def _asked(finding: Finding, choice: Choice) -> Finding:
    """Return a finding without consequences that were not asked for: totals are told beside what changes them."""
    kept = tuple(item for item in finding.consequences if choice.wants(item.rule))
    return finding if len(kept) == len(finding.consequences) else finding._replace(consequences=kept)


def _refuse_active(snapshot: Snapshot) -> None:
    """Refuse what a form must not hold: macros, links to other workbooks."""
    if snapshot.date1904:
        raise FileRefused(
            f"“{snapshot.source}”用的是 1904 日期系统，日期会算错。"
            "请在 Excel 选项→高级中取消“使用 1904 日期系统”后再报送。"
        )
    if snapshot.macros:
        raise FileRefused(f"“{snapshot.source}”含有宏，不予审核。请另存为不含宏的 .xlsx 工作簿后再报送。")
    if snapshot.external_links:
        raise FileRefused(
            f"“{snapshot.source}”链接了别的文件，不予审核。请在 Excel“数据→编辑链接”中断开链接（保留数值）后再报送。"
        )


def _report(facts: Facts, results: Results, findings: list[Finding]) -> Report:
    template = facts.instance.template
    order = {sheet.name: index for index, sheet in enumerate(facts.snapshot.sheets)}

    def key(finding: Finding) -> tuple[int, int, int, str, int, int]:
        place = finding.places[0].cell if finding.places else None
        return (
            order.get(place.sheet, 99) if place else -1,
            0 if finding.open else 1,
            finding.level.rank,
            finding.rule,
            place.row if place else 0,
            place.column if place else 0,
        )

    notes: list[str] = []
    if not facts.told:
        notes.append("隐藏的模板标识已丢失，是按表题和行标签认出的模板；建议用下发的模板重新填报。")
    if facts.located.unknown_sheets:
        listed = "、".join(facts.located.unknown_sheets[:5])
        notes.append(f"工作表“{listed}”不属于表样，没有审核。")
    shown: dict[str, Scalar] = {
        "单位": facts.named_value("单位全称"),
        "年度": template.dictionary.year,
        "总分": facts.named_value("附件2_总分"),
        "等级": facts.named_value("附件2_等级"),
    }
    return Report(
        source=facts.snapshot.source,
        digest=facts.snapshot.digest,
        template=template.id,
        version=template.version,
        findings=tuple(sorted(findings, key=key)),
        unchecked=tuple(results.unchecked),
        outcomes=tuple(results.outcomes),
        facts={name: value for name, value in shown.items() if value not in (None, "")},
        notes=tuple(notes),
    )
