"""Stands in for the pipeline, here and in workers: the name of a file says what comes out."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import ModuleType

from xlperf.address import CellRef
from xlperf.batch.examine import Check, FileOutcome
from xlperf.errors import FileRefused
from xlperf.findings import Choice, Finding, Level, Outcome, Place, Report, Status
from xlperf.workbook.limits import Limits

WRONG = Finding("A01", Level.BLOCKING, "两处不能同时成立。", (Place(CellRef("附件1", 7, 2), "三公经费"),))


def made(path: Path, *findings: Finding) -> Report:
    outcomes = (Outcome("A01", Status.PASSED), *(Outcome(f.rule, Status.FAILED) for f in findings))
    return Report(str(path), "0", "bmzt", "1.0", findings, (), outcomes)


def check_file(path: Path, limits: Limits, choice: Choice) -> Report:
    match path.stem:
        case "加密":
            raise FileRefused("文件已加密，请去掉密码后再审。")
        case "怪":
            raise ZeroDivisionError("秘密")
        case "中断":
            raise KeyboardInterrupt
        case "吃内存":
            raise MemoryError
        case "死循环":
            while True:
                pass
        case "猝死":
            os._exit(9)
        case "限":
            raise FileRefused(f"至多 {limits.cells} 格。")
        case "错":
            return made(path, WRONG)
    return made(path)


def module() -> ModuleType:
    found = ModuleType("xlperf.check")
    found.check_file = check_file
    return found


class StandIn(Check):
    """The task of a worker, over the pipeline above."""

    __slots__ = ()

    def warm_up(self) -> None:
        sys.modules["xlperf.check"] = module()

    def __call__(self, path: Path) -> FileOutcome:
        return Check.__call__(self, path)
