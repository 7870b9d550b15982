"""P 附件3 专有: the money of one project."""

from __future__ import annotations

from xlperf.findings import Level
from xlperf.rules.record import Example, Rule

RULES: tuple[Rule, ...] = (
    Rule(
        id="P01",
        level=Level.BLOCKING,
        statement="项目资金总额等于财政拨款、上年结转、其他资金之和。",
        checks=(
            "每张附件3 的年初预算数、全年预算数、全年执行数三列："
            "年度资金总额＝当年财政拨款＋上年结转资金＋其他资金。允许误差 0.02 万元，"
            "即四个两位小数各半个末位之和。差额不超过允许误差的，注明可由四舍五入解释，不算不符。"
            "上年结转和其他资金没有填的按没有处理。"
        ),
        why=(
            "资金总额是算执行率的分子、分母，也要与附件1 该项目的数相等。漏了结转，哪怕只有 0.01 万元，"
            "两表就对不上。"
        ),
        mend=(
            "总额格是公式，请从空白模板复制公式恢复。再按来源逐项核对，上年结转填在“上年结转资金”行，"
            "不要并入当年财政拨款。"
        ),
        source="财预〔2020〕10号《项目支出绩效评价管理办法》",
        home="审核",
        fails=Example(
            "附件3-1 全年预算总额填成 388.30，三项来源之和不是这个数。",
            {
                "项目1_全年预算数": 388.3,
            },
        ),
        passes=Example(
            "附件3-1 增加其他资金 5.00 万元，总额由公式跟着变动。",
            {
                "项目1_其他资金_全年预算数": 5,
            },
        ),
    ),
)
