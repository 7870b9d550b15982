"""The record of a rule: what ``xlperf rule ID`` prints, and the examples that the tests run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from xlperf.findings import Level
from xlperf.values import Scalar


@dataclass(frozen=True, slots=True)
class Example:
    """A change to a clean filled workbook, in words and as edits that the tests apply.

    ``edits`` maps a target to the value put there: a field (``三公经费_本年决算``), a cell of a block
    (``附件2_数量指标[2].自评得分``, rows from 1), or any cell (``附件1!A6``). None empties the cell; a formula cell is
    overwritten by the value, or gets another formula where the text begins with ``=``. ``actions`` are changes that
    are no cell's: ``删除行 附件1!A24``, ``插入行 附件1!A24``, ``删除表 附件3-2``, ``复制表 附件3-1``,
    ``改身份 年度 2023``, ``改缓存 三公经费_本年决算 9``, ``去验证 人员_编制数``, ``生成公开版`` (see the tests'
    ``edits`` module).
    """

    text: str
    edits: Mapping[str, Scalar] = field(default_factory=dict)
    actions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. ``home`` says where it is judged: 审核 (formulas in the workbook, told only there) or 程序 (Python)."""

    id: str
    level: Level
    statement: str
    checks: str
    why: str
    mend: str
    source: str
    home: str
    fails: Example
    passes: Example
