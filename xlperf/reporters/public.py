"""What is said of a public edition that was made: lines for a terminal, or one JSON document.

::

    {
      "schema": "xlperf.public/1",
      "exit_code": 0 | 1,                    1: personal data are left, nothing was written
      "source": str, "output": str | null,   null where nothing was written
      "template": str,
      "submission": {"acceptable": bool, "verdict": str} | null,   its own check; null where that is refused
      "sheets": [str, …],                    what was published
      "removed": {
        "sheets": [str, …],                  whole sheets, hidden or not
        "hidden_columns": {sheet: ["O:T", …], …}, "hidden_rows": {sheet: ["7:9", …], …},
        "unseen": [ {"what": str, "sheet": str}, … ],      comments, links, properties, … as rule D04 tells them
        "cells": n, "formulas": n, "names": n, "parts": [str, …]
      },
      "blanked": ["附件1!A31", …],           names and telephones of the signature lines
      "compared": n,                         cells found equal to the submission's
      "unvouched": [cell, …],                values whose formula could not be recomputed, taken as stored
      "report": file                         of ``xlperf.report/1``: D01, D03 and D04 judged on what was made
    }
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from xlperf.address import column_letters
from xlperf.findings import Finding, Level
from xlperf.public import Edition
from xlperf.reporters.json_report import as_json, dump
from xlperf.reporters.layout import clean, wrap
from xlperf.reporters.places import in_few_words
from xlperf.reporters.words import verdict

SCHEMA = "xlperf.public/1"
#: How many cells of a finding are shown.
_AREAS = 8


def render(made: Edition, source: str, out: str, *, width: int = 80) -> str:
    """Return the lines: what was made of which file, what was left out, what a person has still to look at."""
    lines: list[str] = []

    def add(text: str, lead: str = "") -> None:
        lines.extend(wrap(text, width, lead))

    if _left(made):
        add(f"没有生成：版面上的文字里还有个人信息（{clean(source)}）")
        add("签章行已自动隐去，别处的文字程序不能代改。请在报送版中改写以下各处，再重新生成：")
        for finding in _findings(made, "D01"):
            _finding(add, finding)
        return "".join(f"{line}\n" for line in lines)
    add(f"已生成 {clean(out)}：{'、'.join(map(clean, made.sheets))}")
    add(f"与报送版逐格核对 {made.compared - len(made.blanked)} 格，数字和文字都相同。")
    for lead, text in _removals(made):
        add(text, f"  {lead}：")
    if made.unvouched:
        cells = "、".join(str(cell) for cell in made.unvouched[:_AREAS])
        more = f" 等 {len(made.unvouched)} 格" if len(made.unvouched) > _AREAS else ""
        add(f"{cells}{more}，公式无法复算，用的是保存的结果，请核对。", "注意：")
    if made.checked is None or not made.checked.acceptable:
        add(f"报送版{_standing(made)}。公开版照报送版的样子生成，公开前请先看 xlperf check {clean(source)}", "注意：")
    sensitive = _findings(made, "D03")
    if sensitive:
        add("以下文字请保密审查人员确认后再公开（D03）：")
        for finding in sensitive:
            _finding(add, finding)
    add(f"审核能否公开：xlperf check --public {clean(out)}")
    return "".join(f"{line}\n" for line in lines)


def render_json(made: Edition, source: str, out: str) -> str:
    """Return the document, ending in a line feed."""
    removed = made.removed
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "exit_code": exit_code(made),
        "source": source,
        "output": None if _left(made) else out,
        "template": made.template,
        "submission": _submission(made),
        "sheets": list(made.sheets),
        "removed": {
            "sheets": removed.sheets,
            "hidden_columns": _spans(removed.hidden_columns, column_letters),
            "hidden_rows": _spans(removed.hidden_rows, str),
            "unseen": [{"what": item.what, "sheet": item.sheet} for item in made.unseen],
            "cells": removed.cells,
            "formulas": removed.formulas,
            "names": removed.names,
            "parts": removed.parts,
        },
        "blanked": [str(cell) for cell in made.blanked],
        "compared": made.compared,
        "unvouched": [str(cell) for cell in made.unvouched],
        "report": as_json(made.report),
    }
    return dump(document) + "\n"


def exit_code(made: Edition) -> int:
    """Return 0 where the edition may be written, 1 where personal data are left in it."""
    return 1 if _left(made) else 0


def _left(made: Edition) -> bool:
    """Tell whether something is left that must not be published, whatever a person says to it."""
    return any(finding.level is Level.BLOCKING for finding in made.report.findings)


def _standing(made: Edition) -> str:
    return "链接了别的文件，没有审核" if made.checked is None else f"的审核：{verdict(made.checked)}"


def _submission(made: Edition) -> dict[str, Any] | None:
    checked = made.checked
    return {"acceptable": checked.acceptable, "verdict": verdict(checked)} if checked is not None else None


def _findings(made: Edition, rule: str) -> list[Finding]:
    return [finding for finding in made.report.findings if finding.rule == rule]


def _finding(add: Callable[[str, str], None], finding: Finding) -> None:
    where = in_few_words(finding.places, None, _AREAS)
    add(f"{where}：{finding.message}" if where else finding.message, "  ")


def _removals(made: Edition) -> Iterable[tuple[str, str]]:
    removed = made.removed
    if removed.sheets:
        yield "去掉的工作表", "、".join(map(clean, removed.sheets))
    for lead, told, letters in (
        ("隐藏的列", removed.hidden_columns, column_letters),
        ("隐藏的行", removed.hidden_rows, str),
    ):
        spans = _spans(told, letters)
        if spans:
            yield lead, "；".join(f"{clean(sheet)} {'、'.join(areas)}" for sheet, areas in spans.items())
    others = dict.fromkeys(item.what for item in made.unseen if not item.what.startswith("隐藏"))
    if others:
        yield "其他", "、".join(others)
    yield "格和公式", f"版面以外的 {removed.cells} 格去掉，{removed.formulas} 个公式换成数值"
    if made.blanked:
        yield "隐去姓名电话", "、".join(str(cell) for cell in made.blanked)


def _spans(told: Mapping[str, Iterable[int]], letters: Callable[[int], str]) -> dict[str, list[str]]:
    """Return rows or columns of each sheet in runs: ``O:T``."""
    spans: dict[str, list[str]] = {}
    for sheet, numbers in told.items():
        runs: list[list[int]] = []
        for number in sorted(numbers):
            if runs and runs[-1][1] == number - 1:
                runs[-1][1] = number
            else:
                runs.append([number, number])
        spans[sheet] = [f"{letters(first)}:{letters(last)}" for first, last in runs]
    return {sheet: runs for sheet, runs in spans.items() if runs}
