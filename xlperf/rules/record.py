"""The record of a rule: what ``xlperf rule ID`` prints, and the examples that the tests run."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import NamedTuple

from xlperf.findings import Level
from xlperf.values import Scalar


class Example(NamedTuple):
    """A change to a clean filled workbook, in words and as edits that the tests apply.

    ``edits`` maps a target to the value put there: a field (``三公经费_本年决算``), a cell of a block
    (``附件2_数量指标[2].自评得分``, rows from 1), or any cell (``附件1!A6``). None empties the cell; a formula cell is
    overwritten by the value, or gets another formula where the text begins with ``=``. ``actions`` are changes that
    are no cell's: ``删除行 附件1!A24``, ``插入行 附件1!A24``, ``删除表 附件3-2``, ``复制表 附件3-1``,
    ``改身份 年度 2023``, ``改缓存 三公经费_本年决算 9``, ``去验证 人员_编制数``, ``生成公开版`` (see the tests'
    ``edits`` module).
    """

    text: str
    edits: Mapping[str, Scalar] = MappingProxyType({})
    actions: tuple[str, ...] = ()


class State(Enum):
    """The life of a rule: on trial it is recorded and not shown, off it is not judged; retired ids never come back.

    See :mod:`xlperf.rules.life` for what each means to a check.
    """

    ACTIVE = "启用"
    TRIAL = "观察"
    OFF = "停用"


class Rule(NamedTuple):
    """One rule. ``home`` says where it is judged: 审核 (formulas in the workbook, told only there) or 程序 (Python).

    ``source`` names the document and, where it is certain, the clause. ``needs`` says what must be there for the rule
    to be judged (前提), ``tolerance`` what difference is allowed and why (允许误差; told there and not in ``checks``).
    ``looks_at`` names the cells it reads, as a person calls them: sections apart by ；, each of them a sheet (several
    apart by 、, or 口径), perhaps a word that names of blocks contain, then fields or columns::

        附件1：三公经费、出国经费（上年决算、本年决算）；附件2、附件3 指标：分值、自评得分；口径：说明字数。

    The tests look such cells up in the template and in what the rule's formulas read; other sections are plain words.
    """

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
    needs: str = ""
    tolerance: str = ""
    looks_at: str = ""
    state: State = State.ACTIVE
