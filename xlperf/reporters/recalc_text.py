"""The outcome of ``xlperf recalc`` for a terminal: the verdict, what differs, what was not checked and why."""

from __future__ import annotations

from collections.abc import Iterable

from xlperf.recalc import Agreement, Recalculation, Recomputed
from xlperf.reporters import Failure
from xlperf.reporters.layout import clean, clip, columns, wrap
from xlperf.values import ExcelError, Scalar, show_value

#: How much of a long list is shown unless everything is asked for.
MANY_CELLS, MANY_PLACES, MANY_REASONS = 30, 4, 12
FORMULA_COLUMNS, VALUE_COLUMNS = 400, 200

_WORDS = {
    Agreement.AGREE: "一致",
    Agreement.DIFFER: "不一致",
    Agreement.UNCHECKED: "未复算",
    Agreement.UNCACHED: "无存储值",
}
_STYLES = {0: "1;32", 1: "1;31", 2: "1;31"}
_MEND = "在 Excel 中打开，按 F9 重算后保存；这样仍不一致的，请核对公式和所引的格是否被改过。"
_BEHIND = "依赖未能复算的单元格"


def verdict(done: Recalculation) -> str:
    """Return ``复算 12 个公式：一致 10，不一致 1，未复算 1（附原因）``; zeros but 一致 and 不一致 are left out."""
    if not done.cells:
        return "工作簿里没有公式，无可复算"
    counts = {outcome: done.count(outcome) for outcome in _WORDS}
    shown = [
        f"{word} {counts[outcome]}" + ("（附原因）" if outcome is Agreement.UNCHECKED else "")
        for outcome, word in _WORDS.items()
        if counts[outcome] or outcome in (Agreement.AGREE, Agreement.DIFFER)
    ]
    return f"复算 {len(done.cells)} 个公式：{'，'.join(shown)}"


def render(done: Recalculation, *, width: int = 80, color: bool = False, everything: bool = False) -> str:
    """Return the lines of one workbook, of at most ``width`` columns; ``everything`` lists each formula."""
    lines = _heading(verdict(done), done.source, width, _STYLES[done.exit_code] if color else "")
    for note in done.notes:
        lines += wrap(note, width, "注意：")
    chosen = done.cells if everything else [item for item in done.cells if item.outcome is Agreement.DIFFER]
    shown = list(chosen) if everything else list(chosen)[:MANY_CELLS]
    lines += _cells(shown, width)
    if len(shown) < len(chosen):
        lines += ["", f"另有 {len(chosen) - len(shown)} 处不一致，加 --all 全部列出。"]
    if chosen and done.count(Agreement.DIFFER):
        lines += ["", *wrap(_MEND, width, "怎样改：")]
    lines += _reasons(done, width, everything)
    uncached = done.count(Agreement.UNCACHED)
    if uncached:
        told = f"有 {uncached} 个公式在文件里没有存储结果，无从比较；用 Excel 打开、保存一次即有。"
        lines += ["", *wrap(told, width)]
    return "\n".join(lines) + "\n"


def render_failure(failure: Failure, *, width: int = 80, color: bool = False) -> str:
    """Return the lines for a file that could not be read."""
    lines = _heading("未能复算", failure.source, width, _STYLES[2] if color else "")
    return "\n".join([*lines, *wrap(failure.error, width, "  ")]) + "\n"


def batch_summary(results: Iterable[Recalculation | Failure]) -> str:
    """Return ``共 3 份：一致 1，有不一致 1，未能复算 1``."""
    codes = [result.exit_code for result in results]
    return f"共 {len(codes)} 份：一致 {codes.count(0)}，有不一致 {codes.count(1)}，未能复算 {codes.count(2)}"


def _heading(sentence: str, source: str, width: int, style: str) -> list[str]:
    name = f"（{clean(source)}）"
    one_line = columns(sentence + name) <= width
    lines = wrap(sentence + name if one_line else sentence, width)
    if style:
        lines = [f"\x1b[{style}m{line}\x1b[0m" for line in lines]
    return lines if one_line else [*lines, *wrap(name, width)]


def _cells(items: Iterable[Recomputed], width: int) -> list[str]:
    lines: list[str] = []
    sheet: str | None = None
    for item in items:
        if item.cell.sheet != sheet:
            sheet = item.cell.sheet
            lines += ["", clip(sheet, width)]
        formula = item.formula.replace("_xlfn.", "").replace("_xlws.", "")  # as Excel shows it
        lines += wrap(clip(f"={formula}", FORMULA_COLUMNS), width, f"  {item.cell.a1}  ")
        lines += wrap(_values(item), width, "    ")
    return lines


def _values(item: Recomputed) -> str:
    stored, computed = say(item.cached), say(item.recomputed)
    if stored == computed and item.outcome is Agreement.DIFFER:  # they differ beyond the digits that Excel shows
        stored, computed = repr(item.cached), repr(item.recomputed)
    if item.outcome is Agreement.AGREE:
        return f"一致：{computed}"
    if item.outcome is Agreement.UNCACHED:
        return f"复算值 {computed}（没有存储值）"
    if item.outcome is Agreement.UNCHECKED:
        return f"未复算：{item.reason}（存储值 {stored if item.cached is not None else '没有'}）"
    told = f"存储值 {stored}，复算值 {computed}"
    if item.difference is not None:
        return f"{told}，相差 {item.difference}"
    return told if type(item.cached) is type(item.recomputed) else f"{told}（种类不同）"


def _reasons(done: Recalculation, width: int, everything: bool) -> list[str]:
    """Return why formulas were not recomputed, the commonest reason first, each with its first places."""
    groups: dict[str, list[Recomputed]] = {}
    for item in done.cells:
        if item.outcome is Agreement.UNCHECKED:
            reason = _BEHIND if item.reason.startswith(_BEHIND) else item.reason
            groups.setdefault(reason, []).append(item)
    if not groups:
        return []
    ranked = sorted(groups.items(), key=lambda pair: -len(pair[1]))
    kept = ranked if everything else ranked[:MANY_REASONS]
    lines = ["", f"未复算 {done.count(Agreement.UNCHECKED)} 个（保留存储值，不算一致）："]
    for reason, items in kept:
        places = "、".join(str(item.cell) for item in items[:MANY_PLACES])
        more = " 等" if len(items) > MANY_PLACES else ""
        lines += wrap(f"{clip(reason, VALUE_COLUMNS)}：{len(items)} 个（{places}{more}）", width, "  ", "    ")
    if len(kept) < len(ranked):
        lines.append(f"  另有 {len(ranked) - len(kept)} 种原因，加 --all 全部列出。")
    return lines


def say(value: Scalar) -> str:
    """Return a value so that its kind can be told: text in quotation marks, also where it is empty."""
    if isinstance(value, str):
        return f"“{clip(value, VALUE_COLUMNS)}”"
    if value is None:
        return "没有"
    return value.value if isinstance(value, ExcelError) else show_value(value)


