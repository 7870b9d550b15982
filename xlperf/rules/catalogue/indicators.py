"""I 指标质量: whether an indicator is worth measuring."""

from __future__ import annotations

from xlperf.findings import Level
from xlperf.rules.record import Example, Rule

RULES: tuple[Rule, ...] = (
    Rule(
        id="I01",
        level=Level.BLOCKING,
        statement="成本指标的方向是 ≤、＜ 或 ＝，不用 ≥、＞。",
        checks=(
            "附件2 和各张附件3 成本指标块中的每一条：计算符号不得为 ≥、＞；定性也可以。"
            "判断只看所在的块和符号，不看名称。"
        ),
        why="成本越少越好，写成“人员经费 ≥900 万元”，等于花得越多得分越高，与绩效的本意相反。",
        mend=(
            "请把符号改为 ≤（控制在多少以内）或 ＝（按定额）。“节约率 ≥5%”一类越多越好的，"
            "请改写成“成本控制率 ≤95%”，或移到经济效益指标。"
        ),
        source="成都市某区绩效自评复核底稿的口径",
        home="审核",
        needs="该行是成本指标，且已选计算符号；没有选的归 T07。",
        tolerance="不设。",
        looks_at="附件2、附件3 成本指标：计算符号。",
        fails=Example(
            "成本指标写成“≥900 万元”。",
            {
                "附件2_成本指标[1].计算符号": "≥",
            },
        ),
        passes=Example(
            "成本指标的符号选“＜”，方向正确。",
            {
                "附件2_成本指标[1].计算符号": "＜",
            },
        ),
    ),
)
