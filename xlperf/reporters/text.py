"""The report for a terminal: the verdict first, then what to mend, sheet by sheet, worst first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from xlperf.findings import NO_SUCH_MATTER, Finding, Level, Place, Report, Side, Status, Unchecked
from xlperf.reporters import Failure
from xlperf.reporters.layout import clean, clip, columns, wrap
from xlperf.reporters.places import LABEL_COLUMNS, cell_name, in_few_words
from xlperf.reporters.words import UNFILLED, outcome_counts, say_value, summary, verdict, within_rounding
from xlperf.values import show_value

WHOLE_FILE = "整份文件"
#: How much of a long list is shown unless everything is asked for.
MANY_AREAS, MANY_CONSEQUENCES, MANY_REASONS, MANY_RULES = 8, 6, 8, 12
MESSAGE_COLUMNS = 1200

_BOLD, _DIM, _RED, _GREEN, _YELLOW, _CYAN = "1", "2", "31", "32", "33", "36"
_LEVEL_STYLE = {Level.BLOCKING: "1;31", Level.QUERY: "1;33", Level.NOTICE: _CYAN}


def render(report: Report, *, width: int = 80, color: bool = False, verbose: bool = False) -> str:
    """Return the report as lines of at most ``width`` columns; ``verbose`` leaves nothing out."""
    page = _Page(width, color, verbose)
    _verdict(page, verdict(report), report.source, _verdict_colour(report))
    _identity(page, report)
    for sheet, findings in _by_sheet(report.findings).items():
        page.gap()
        page.add(f"{clip(sheet or WHOLE_FILE, page.width)}（{len(findings)} 条）", style=_BOLD)
        for finding in findings:
            _finding(page, finding, sheet)
    _unchecked(page, report)
    _ending(page, report)
    return page.text()


def render_failure(failure: Failure, *, width: int = 80, color: bool = False) -> str:
    """Return the lines that stand in the place of a report for a file that could not be checked."""
    page = _Page(width, color, verbose=False)
    _verdict(page, "未能审核", failure.source, _RED)
    page.add(failure.error, indent=2)
    return page.text()


class _Page:
    """Lines being written, each wrapped, cleaned and, if wanted, coloured."""

    def __init__(self, width: int, color: bool, verbose: bool) -> None:
        self.width = max(width, 40)
        self.color = color
        self.verbose = verbose
        self.lines: list[str] = []
        self._told: set[tuple[str, str]] = set()

    def add(self, text: str, *, indent: int = 0, lead: str = "", style: str = "") -> None:
        """Add a paragraph; ``lead`` is its first word, under whose end the following lines are set."""
        lines = wrap(text, self.width, " " * indent + lead)
        self.lines += [f"\x1b[{style}m{line}\x1b[0m" if self.color and style else line for line in lines]

    def first_time(self, rule: str, todo: str) -> bool:
        """Tell whether this advice has not been given yet; the same one is not repeated under every finding."""
        told = (rule, todo) in self._told
        self._told.add((rule, todo))
        return not told or self.verbose

    def gap(self) -> None:
        """Add an empty line."""
        self.lines.append("")

    def limit(self, number: int) -> int | None:
        """Return the length at which a list is cut short, None for never."""
        return None if self.verbose else number

    def text(self) -> str:
        """Return all lines, ending in a line feed."""
        return "\n".join(self.lines) + "\n"


def _verdict_colour(report: Report) -> str:
    if report.acceptable:
        return _GREEN
    return _YELLOW if report.clean else _RED


def _verdict(page: _Page, sentence: str, source: str, colour: str) -> None:
    """Write the verdict with the name of the file, the name on a line of its own where there is no room."""
    name = f"（{clean(source)}）"
    if columns(sentence + name) <= page.width:
        page.add(sentence + name, style=f"1;{colour}")
    else:
        page.add(sentence, style=f"1;{colour}")
        page.add(name, style=_BOLD)


def _identity(page: _Page, report: Report) -> None:
    line = ""
    for name, value in report.facts.items():
        fact = clip(f"{name}：{show_value(value)}", page.width)
        if line and columns(f"{line}  {fact}") > page.width:
            page.add(line)
            line = ""
        line += f"  {fact}" if line else fact
    if line:
        page.add(line)
    if report.template:
        page.add(f"{report.template} {report.version}", lead="模板：")
    if page.verbose:
        page.add(report.digest, lead="文件校验码：")
    for note in report.notes:
        page.add(clip(note, MESSAGE_COLUMNS), lead="注意：", style=_YELLOW)


def _by_sheet(findings: Iterable[Finding]) -> Mapping[str | None, list[Finding]]:
    """Return the findings by the sheet of their first place, sheets as they appear, the worst first."""
    groups: dict[str | None, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(_sheet(finding), []).append(finding)
    for group in groups.values():
        group.sort(key=lambda f: (not f.open, f.explained is not None, f.level.rank))
    return groups


def _sheet(finding: Finding) -> str | None:
    return finding.places[0].cell.sheet if finding.places else None


def _finding(page: _Page, finding: Finding, sheet: str | None) -> None:
    settled = ""
    if finding.explained is not None:
        settled = "·尾差" if within_rounding(finding) else "·已说明"
    style = _DIM if settled else _LEVEL_STYLE[finding.level]
    line = f"{finding.rule}  {_where(finding.places, sheet)}"
    if finding.row not in (None, finding.rule):
        line += f"（审核表编号 {finding.row}）"
    page.add(line, indent=2, lead=f"[{finding.level.value}{settled}] ", style=style)
    page.add(clip(finding.message, MESSAGE_COLUMNS), indent=4)
    _places(page, finding, sheet)
    _sides(page, finding, sheet)
    if finding.explained is not None:
        page.add(clip(finding.explained, MESSAGE_COLUMNS), indent=4, lead="说明：")
    elif finding.todo and page.first_time(finding.rule, finding.todo):
        page.add(clip(finding.todo, MESSAGE_COLUMNS), indent=4, lead="怎样改：")
    _consequences(page, finding.consequences, sheet)


def _where(places: tuple[Place, ...], sheet: str | None) -> str:
    """Return the cell and its label, or the number of cells where there are several."""
    if len(places) != 1:
        return f"共 {len(places)} 格" if places else ""
    return f"{cell_name(places[0].cell, sheet)} {clip(places[0].label, LABEL_COLUMNS)}".rstrip()


def _places(page: _Page, finding: Finding, sheet: str | None) -> None:
    """Say which cells, where there are several, and what stands in a single one that no side tells of."""
    if len(finding.places) > 1:
        limit = None if finding.rule == UNFILLED else page.limit(MANY_AREAS)  # what is to be filled in is listed whole
        page.add(in_few_words(finding.places, sheet, limit), indent=4, lead="位置：")
    elif finding.places and finding.left is None and finding.right is None:
        value = finding.places[0].value
        if value not in (None, ""):
            page.add(finding.places[0].shown or say_value(value), indent=4, lead="现值：")


def _sides(page: _Page, finding: Finding, sheet: str | None) -> None:
    for lead, side in (("左：", finding.left), ("右：", finding.right)):
        if side is not None:
            page.add(_side(side, sheet), indent=4, lead=lead)
    parts = []
    if finding.difference is not None:
        parts.append(f"相差 {finding.difference}")
    if finding.tolerance is not None:
        parts.append(f"允许误差 {finding.tolerance}")
    if parts:
        page.add("，".join(parts), indent=4)


def _side(side: Side, sheet: str | None) -> str:
    text = clip(side.text, MESSAGE_COLUMNS)
    if side.place is not None:
        text += f"（{cell_name(side.place.cell, sheet)}）"
    elif side.value is None:
        return text
    return f"{text} = {side.shown or say_value(side.value)}"


def _consequences(page: _Page, consequences: tuple[Finding, ...], sheet: str | None) -> None:
    """List what follows from the same cause, one line each unless everything is asked for."""
    if not consequences:
        return
    page.add(f"受此影响：{len(consequences)} 条，请先改上面一处", indent=4, style=_DIM)
    shown = consequences[: page.limit(MANY_CONSEQUENCES)]
    for consequence in shown:
        where = _where(consequence.places, sheet)
        line = " ".join(part for part in (consequence.rule, where) if part)
        line += f"：{consequence.message}{_both(consequence)}"
        page.add(line if page.verbose else clip(line, 2 * page.width - 20), indent=6, style=_DIM)
    if len(shown) < len(consequences):
        page.add(f"…… 等 {len(consequences)} 条", indent=6, style=_DIM)


def _both(finding: Finding) -> str:
    """Return the two figures of a folded finding."""
    if finding.left is None or finding.right is None or finding.right.value is None:
        return ""
    left, right = (side.shown or say_value(side.value) for side in (finding.left, finding.right))
    return f"（{left} 对 {right}）"


def _unchecked(page: _Page, report: Report) -> None:
    """Say what was not checked, by reason."""
    none = [item for item in report.unchecked if item.reason == NO_SUCH_MATTER]
    items = [item for item in report.unchecked if item.reason != NO_SUCH_MATTER]
    if none:
        page.gap()
        page.add(f"{_rules(page, none)}，不用管", lead=f"不适用 {len(none)} 项：", style=_DIM)
    if not items:
        return
    page.gap()
    page.add(f"未检（{len(items)} 项，不算通过）", style=_BOLD)
    reasons: dict[str, list[Unchecked]] = {}
    for item in items:
        reasons.setdefault(item.reason, []).append(item)
    shown = list(reasons.items())[: page.limit(MANY_REASONS)]
    for reason, items in shown:
        line = f"{clip(reason, MESSAGE_COLUMNS)}：{_rules(page, items)}"
        page.add(line, indent=2, lead=f"{len(items)} 项 ")
        if page.verbose:
            _unchecked_places(page, items)
    if len(shown) < len(reasons):
        page.add(f"另有 {len(reasons) - len(shown)} 种原因，加 --verbose 查看", indent=2)


def _rules(page: _Page, items: list[Unchecked]) -> str:
    rules = list(dict.fromkeys(item.rule for item in items))
    shown = rules[: page.limit(MANY_RULES)]
    return "、".join(shown) + (f" 等 {len(rules)} 条规则" if len(shown) < len(rules) else "")


def _unchecked_places(page: _Page, items: list[Unchecked]) -> None:
    for item in items:
        if item.places:
            page.add(in_few_words(item.places), indent=4, lead=f"{item.rule}：", style=_DIM)


def _ending(page: _Page, report: Report) -> None:
    page.gap()
    page.add(summary(report), style=_BOLD)
    broken = dict.fromkeys(outcome.rule for outcome in report.outcomes if outcome.status is Status.BROKEN)
    if outcome_counts(report)[Status.BROKEN]:
        page.add(f"{'、'.join(broken)} 在审核中出错，不是填报的问题，请反馈给模板下发单位。", style=_RED)
    if report.count(Level.QUERY) and report.public:
        page.add("核实类问题请专人逐处确认：可以公开的不必改，不能公开的改写或删去。")
    elif report.count(Level.QUERY):
        page.add("核实类问题如情况属实，请在“审核”表该条的“审核说明”栏写明原因（至少 6 个字）。")
    if report.findings:
        example = next((finding for finding in report.findings if finding.open), report.findings[0])
        page.add(f"想了解某条规则，可运行 xlperf rule {example.rule}（编号可换）。")
