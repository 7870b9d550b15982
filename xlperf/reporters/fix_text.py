"""The outcome of ``xlperf fix`` for a terminal: what was put right, old → new, what stays and why."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable

from xlperf.address import CellRef
from xlperf.fix import Change, Fixed, Unchanged
from xlperf.reporters.layout import clean, clip, columns, wrap
from xlperf.reporters.places import LABEL_COLUMNS, in_few_words
from xlperf.reporters.words import VALUE_COLUMNS, verdict
from xlperf.rules.facts import percent
from xlperf.values import Scalar, is_blank, is_number, same_value, show_value

#: How many cells of one kind are listed unless everything is asked for.
MANY = 12
_KINDS = {"T01": "文本型数字", "T02": "看似空白", "T03": "编辑残留", "T07": "符号与数连写", "T10": "下拉表的项"}
_RESTORED = "公式"
_BLANKS = {
    " ": "空格", "\u3000": "全角空格", "\u00a0": "不间断空格", "\t": "制表符", "\n": "换行", "\r": "回车",
    "\u200b": "零宽空格", "\ufeff": "零宽空格",
}  # fmt: skip


def render(done: Fixed, *, width: int = 80, everything: bool = False, dry: bool = False) -> str:
    """Return what was done, or with ``dry`` would be, as lines of at most ``width`` columns."""
    lines = _head(done, width, dry)
    for sheet, changes in _by_sheet(done.changes).items():
        lines += ["", clip(f"{sheet}（{len(changes)} 格）", width)]
        same = [change for change in changes if _is_same(change)]
        lines += _together(same, sheet, width, everything)
        listed = [change for change in changes if not _is_same(change)]
        shown = listed if everything else listed[:MANY]
        for change in shown:
            lines += _change(change, width)
        if len(shown) < len(listed):
            lines.append(f"  …… 等 {len(listed)} 格，加 --verbose 全部列出。")
    lines += _kept(done.kept, width, everything)
    return "\n".join(lines) + "\n"


def summary(done: Fixed) -> str:
    """Return ``文本型数字 2 格、恢复公式 3 格``."""
    counts = Counter(_KINDS.get(change.rule, _RESTORED) for change in done.changes)
    parts = [f"{'恢复公式' if kind == _RESTORED else kind} {count} 格" for kind, count in counts.items()]
    return "、".join(parts)


def say_copy(done: Fixed, out: str, width: int = 80) -> str:
    """Return how the check stands of the copy, in a line, and how to read it in full."""
    lines = wrap(f"{verdict(done.report)}。", width, "审核副本：")
    return "\n".join([*lines, f"逐条查看：xlperf check {out}"]) + "\n"  # a command is not broken


def _head(done: Fixed, width: int, dry: bool) -> list[str]:
    name = f"（{clean(done.source)}）"
    if not done.changes:
        first = "没有能断定的改动，不生成副本"
    else:
        first = f"{'将清理' if dry else '已清理'} {len(done.changes)} 格：{summary(done)}"
    lines = wrap(first + name, width) if columns(first + name) <= width else [*wrap(first, width), *wrap(name, width)]
    if done.refreshed:
        lines += wrap(f"另有 {done.refreshed} 个公式的结果随之更新。其余内容逐字节不变。", width)
    return lines


def _by_sheet(changes: Iterable[Change]) -> dict[str, list[Change]]:
    found: dict[str, list[Change]] = {}
    for change in changes:
        found.setdefault(change.place.cell.sheet, []).append(change)
    return found


def _is_same(change: Change) -> bool:
    """Tell whether a restored formula gives what stood there: nothing for anyone to look at."""
    return change.formula is not None and same_value(change.old, change.new)


def _together(same: list[Change], sheet: str, width: int, everything: bool) -> list[str]:
    if not same:
        return []
    places = in_few_words([change.place._replace(label="") for change in same], sheet, None if everything else MANY)
    return wrap(f"恢复公式 {len(same)} 个，数与原来一致：{places}", width, "  ")


def _change(change: Change, width: int) -> list[str]:
    place = change.place
    head = f"{place.cell.a1} {clip(place.label, LABEL_COLUMNS)}".rstrip()
    lines = wrap(f"{head}（{change.rule}）", width, "  ")
    old, new = _say(change, change.old), _say(change, change.new)
    if change.formula is None:
        return [*lines, *wrap(f"{old} → {new}", width, "    ")]
    if change.old_formula is not None:
        told = f"公式由“={_short(change.old_formula)}”恢复为“={_short(change.formula)}”，结果 {old} → {new}"
    elif is_blank(change.old):
        told = f"公式被删除，已恢复，算得 {new}"
    else:
        told = f"原填 {old}，公式算得 {new}，请核对"
    return [*lines, *wrap(told, width, "    ")]


def _say(change: Change, value: Scalar) -> str:
    if is_blank(value):
        return "空白"
    if isinstance(value, str):
        return f"“{visible(value)}”"
    if is_number(value) and change.place.shown.endswith("%"):
        assert isinstance(value, int | float)
        return percent(value)
    return show_value(value)


def visible(text: str) -> str:
    """Return a text with the blanks at its ends, and all that cannot be seen, named: ``〔全角空格〕2.06``."""
    inner = text.strip()
    start = text.find(inner) if inner else len(text)
    told: list[str] = []
    for index, char in enumerate(text[: 4 * VALUE_COLUMNS]):
        outside = not start <= index < start + len(inner)
        if (outside and char.isspace()) or (unicodedata.category(char) in ("Cc", "Cf", "Zs") and char != " "):
            told.append(f"〔{_BLANKS.get(char, f'U+{ord(char):04X}')}〕")
        else:
            told.append(char)
    return clip("".join(told), VALUE_COLUMNS)


def _short(formula: str) -> str:
    return clip(formula, VALUE_COLUMNS)


def _kept(kept: tuple[Unchanged, ...], width: int, everything: bool) -> list[str]:
    """Return what stays, by reason, each cell with what stands in it."""
    if not kept:
        return []
    lines = ["", f"未改 {len(kept)} 格（应是什么不能断定，请填报人处理）"]
    reasons: dict[str, list[Unchanged]] = {}
    for item in kept:
        reasons.setdefault(item.why, []).append(item)
    for why, items in reasons.items():
        lines += wrap(f"{why}：", width, "  ")
        for item in items if everything else items[:MANY]:
            value = item.place.value
            said = f"“{visible(value)}”" if isinstance(value, str) else item.place.shown or show_value(value)
            label = clip(item.place.label, LABEL_COLUMNS)
            lines += wrap(f"{_where(item.place.cell)} {label}，现填 {said}", width, "    ")
        if len(items) > MANY and not everything:
            lines.append(f"    …… 等 {len(items)} 格，加 --verbose 全部列出。")
    return lines


def _where(cell: CellRef) -> str:
    return f"{clip(cell.sheet, LABEL_COLUMNS)} {cell.a1}"
