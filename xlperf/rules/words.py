"""Sentences about a row that a rule flagged: what is wrong with it, in its own figures."""

from __future__ import annotations

from collections.abc import Callable

from xlperf.address import CellRef
from xlperf.rules.facts import Facts, percent
from xlperf.values import Scalar, is_blank, is_number, show_number, show_value

#: (facts, flag cell, title of the row) → sentence.
Sentence = Callable[[Facts, CellRef, str], str]


def sentence(rule: str, facts: Facts, flag: CellRef, title: str, fallback: str) -> str:
    """Return what is wrong with a flagged row; for a rule of the bureau's own, its statement."""
    made = _SENTENCES.get(rule)
    return made(facts, flag, title) if made else f"“{title}”不符合：{fallback}。"


def _get(facts: Facts, flag: CellRef, key: str) -> Scalar:
    cell = facts.block_cell(flag, key)
    return facts.value(cell) if cell else None


def _field(facts: Facts, flag: CellRef, key: str) -> Scalar:
    """Return a figure of a row by the last part of its field's name, or by the key of its block's column."""
    if facts.block_of(flag) is not None:
        return _get(facts, flag, key)
    for name, area in facts.instance.names.items():
        if area.sheet == flag.sheet and area.top == flag.row and name.rpartition("_")[2] == key:
            return facts.value(CellRef(area.sheet, area.top, area.left))
    return None


def _money(value: Scalar) -> str:
    return show_number(value, 2) if is_number(value) and isinstance(value, int | float) else show_value(value)


def _three_parts(facts: Facts, flag: CellRef, title: str) -> str:
    operator, target, unit = (_get(facts, flag, key) for key in ("计算符号", "指标值", "计量单位"))
    if operator == "定性":
        return f"定性指标“{title}”没有写指标值（文字要求）。"
    wants = []
    if is_blank(operator):
        wants.append("缺计算符号")
    if is_blank(target):
        wants.append("缺指标值")
    elif not is_number(target):
        wants.append(f"指标值“{show_value(target)}”不是数字")
    if is_blank(unit):
        wants.append("缺计量单位")
    return f"“{title}”的年度指标值“{show_value(_get(facts, flag, '年度指标值'))}”要素不全：{'，'.join(wants)}。"


def _actual(facts: Facts, flag: CellRef, title: str) -> str:
    return f"“{title}”是定量指标，实际完成值应填数字，现填的是文字“{show_value(_get(facts, flag, '实际完成值'))}”。"


def _reason(facts: Facts, flag: CellRef, title: str) -> str:
    reason, measure = _get(facts, flag, "偏差原因"), _get(facts, flag, "改进措施")
    wants = [word for word, value in (("偏差原因", reason), ("改进措施", measure)) if is_blank(value)]
    score, points = _get(facts, flag, "自评得分"), _get(facts, flag, "分值")
    head = f"得 {show_value(score)} 分（分值 {show_value(points)}）" if score != points else "没有达到年度指标值"
    return f"“{title}”{head}，没有写{'和'.join(wants) or '偏差原因和改进措施'}。"


def _score(facts: Facts, flag: CellRef, title: str) -> str:
    target = show_value(_get(facts, flag, "年度指标值"))
    actual = show_value(_get(facts, flag, "实际完成值"))
    score, due = _get(facts, flag, "自评得分"), _get(facts, flag, "应得分")
    return f"“{title}”目标 {target}，完成 {actual}，自评 {show_value(score)} 分；按口径应得 {_money(due)} 分。"


def _tier(facts: Facts, flag: CellRef, title: str) -> str:
    tier, score, points = (_get(facts, flag, key) for key in ("完成档次", "自评得分", "分值"))
    if is_blank(tier):
        return f"定性指标“{title}”没有选完成档次，却得了 {show_value(score)} 分。"
    given = f"得 {show_value(score)} 分（分值 {show_value(points)}）"
    return f"定性指标“{title}”完成档次是“{show_value(tier)}”，{given}，不在该档区间内。"


def _over(facts: Facts, flag: CellRef, title: str) -> str:
    ratio = _get(facts, flag, "完成率")
    limit = facts.named_value("口径_超额阈值")
    shown = f"{show_number(ratio * 100, 0)}%" if is_number(ratio) and isinstance(ratio, int | float) else ""
    over = f"{show_number(limit * 100, 0)}%" if is_number(limit) and isinstance(limit, int | float) else "阈值"
    return f"“{title}”完成率 {shown}，达到 {over} 以上，没有说明原因（目标是否偏低）。"


def _satisfaction(facts: Facts, flag: CellRef, title: str) -> str:
    score = show_value(_get(facts, flag, "自评得分"))
    if not is_number(_get(facts, flag, "实际完成值")):
        return f"满意度指标“{title}”没有满意度数值，却得了 {score} 分。"
    return f"满意度指标“{title}”得了 {score} 分，没有写调查方式和样本量。"


def _direction(facts: Facts, flag: CellRef, title: str) -> str:
    operator = show_value(_get(facts, flag, "计算符号"))
    return f"“{title}”是成本指标，应越少越好，计算符号不能是“{operator}”。"


def _range(facts: Facts, flag: CellRef, title: str) -> str:
    score, points = _get(facts, flag, "自评得分"), _get(facts, flag, "分值")
    return f"“{title}”的得分 {show_value(score)} 应是 0 至 {show_value(points)} 之间、至多两位小数的数。"


def _reference(facts: Facts, flag: CellRef, title: str) -> str:
    actual, due = _get(facts, flag, "实际完成值"), _get(facts, flag, "引用值")
    return f"“{title}”的完成值 {show_value(actual)} 与附件1（或本表资金）的数 {show_value(due)} 不一致。"


def _exceeds(facts: Facts, flag: CellRef, title: str) -> str:
    done, full, initial = (_field(facts, flag, key) for key in ("本年决算", "全年预算", "年初预算"))
    name, budget = ("全年预算", full) if not is_blank(full) else ("年初预算", initial)
    return f"“{title}”决算 {_money(done)} 超过{name} {_money(budget)}（万元），没有说明。"


def _no_budget(facts: Facts, flag: CellRef, title: str) -> str:
    return f"“{title}”有决算 {_money(_field(facts, flag, '本年决算'))} 万元而没有预算，没有说明追加文号。"


def _overdrawn(facts: Facts, flag: CellRef, title: str) -> str:
    done, budget, added = (_field(facts, flag, key) for key in ("本年决算", "本年预算", "年中追加"))
    total = sum(float(v) for v in (budget, added) if is_number(v) and isinstance(v, int | float))
    return f"“{title}”决算 {_money(done)} 大于本年预算＋年中追加 {_money(round(total, 6))}（万元）。"


def _rate(facts: Facts, flag: CellRef, title: str) -> str:
    return f"“{title}”的控制率与分子、分母算出的不一致。"


def _rate_over(facts: Facts, flag: CellRef, title: str) -> str:
    shown = [
        f"{key} {percent(value)}"
        for key in ("规模控制率", "投资概算控制率")
        if is_number(value := _get(facts, flag, key)) and isinstance(value, int | float) and value > 1
    ]
    return f"“{title}”{'、'.join(shown)}，超过 100%，没有说明。"


def _zero(facts: Facts, flag: CellRef, title: str) -> str:
    return f"“{title}”的分母为 0 或不适用，率应是“—”，不应填 0 或 100%。"


_SENTENCES: dict[str, Sentence] = {
    "T07": _three_parts, "T08": _actual, "C06": _reason, "K01": _score, "K02": _score, "K03": _score, "K04": _tier,
    "K05": _over, "K06": _satisfaction, "I01": _direction, "B07": _range, "X07": _reference, "A06": _rate,
    "A07": _rate_over, "A08": _zero, "A09": _exceeds, "A10": _exceeds, "A12": _no_budget, "N05": _overdrawn,
}  # fmt: skip
