"""The report for programs: one JSON document, schema ``xlperf.report/1``.

::

    {
      "schema": "xlperf.report/1",
      "exit_code": 0 | 1 | 2,               the worst of all files
      "files": [ file, … ]                  in the order given
    }

    file, checked:
      "source": str, "digest": str,
      "acceptable": bool,                   may be handed in (never with select or ignore)
      "verdict": str,                       the same as one Chinese sentence
      "exit_code": 0 | 1 | 2,               2: nothing found, but rules were left out
      "template": {"id": str, "version": str},
      "facts": {label: value, …},           unit, year, score, grade, under their Chinese labels
      "counts": {"强制": n, "核实": n, "提示": n},     of findings, open ones only (提示: all)
      "findings": [ finding, … ],
      "unchecked": [ {"rule", "row", "reason", "places"}, … ],
      "outcomes": {"counts": {"通过": n, "不符": n, "未检": n, "出错": n},
                   "list": [ {"rule", "row", "status"}, … ]},
      "rows": {row: text, …}, "notes": [str, …],
      "mode": "public"                      only where it was judged for publication (--public)
      "trial": [ finding, … ],              of rules on trial: recorded, no part of the verdict or the exit status
      "select": [rule, …], "ignore": [rule, …]     what was asked for and left out; with either, exit_code is 1 or 2

    file, not checked:
      "source": str, "error": str, "exit_code": 2

    finding:
      "id": rule, "row": str | null, "level": "强制" | "核实" | "提示", "open": bool, "message": str,
      "places": [ place, … ], "left": side | null, "right": side | null,
      "difference": decimal text | null, "tolerance": decimal text | null,
      "todo": str, "explained": str | null, "consequences": [ finding, … ]

    place:  {"sheet": str, "cell": "B7", "label": str, "value": value, "shown": str}
    side:   {"text": str, "value": value, "shown": str, "place": place | null}
    value:  null, true or false, a number, text; an error value of Excel is its text, such as "#DIV/0!"

``--format jsonl`` prints the object of each file on a line of its own, at once, and nothing else.

Keys stand in this order, nothing depends on the time or the machine, and characters that could act on a
terminal are escaped, which changes nothing for a reader of JSON. Additions keep the schema's number; anything
else raises it.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from xlperf.findings import Finding, Level, Place, Report, Side, Unchecked
from xlperf.reporters import Failure
from xlperf.reporters.words import outcome_counts, verdict
from xlperf.values import ExcelError, Scalar

SCHEMA = "xlperf.report/1"

#: What ``json`` leaves as it is: DEL and C1, marks of direction and joining, line separators, surrogates.
_UNSAFE = re.compile("[\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")


def render(results: Sequence[Report | Failure]) -> str:
    """Return one document for all files, ending in a line feed."""
    return "".join(document(max((result.exit_code for result in results), default=0), map(one_file, results)))


def document(exit_code: int, files: Iterable[str]) -> Iterator[str]:
    """Yield the pieces of the document of files that :func:`one_file` has written, as they come."""
    yield f'{{\n  "schema": "{SCHEMA}",\n  "exit_code": {exit_code},\n  "files": ['
    gap, end = "\n", "]\n}\n"
    for file in files:
        yield gap + file
        gap, end = ",\n", "\n  ]\n}\n"
    yield end


def one_file(result: Report | Failure) -> str:
    """Return the object of one file as it stands in the document."""
    return "    " + _dumps(result, indent=2).replace("\n", "\n    ")  # no text holds a line feed that is not escaped


def one_line(result: Report | Failure) -> str:
    """Return the object of one file on a line of its own (JSON Lines), ending in a line feed."""
    return _dumps(result, indent=None) + "\n"


def _dumps(result: Report | Failure, indent: int | None) -> str:
    return dump(_failure(result) if isinstance(result, Failure) else as_json(result), indent)


def dump(document: dict[str, Any], indent: int | None = 2) -> str:
    """Return a document as JSON, with what could act on a terminal escaped."""
    text = json.dumps(document, ensure_ascii=False, indent=indent, allow_nan=False)
    return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def as_json(report: Report) -> dict[str, Any]:
    """Return one report as plain dicts, lists and scalars."""
    return {
        "source": report.source,
        "digest": report.digest,
        "acceptable": report.acceptable,
        "verdict": verdict(report),
        "exit_code": report.exit_code,
        "template": {"id": report.template, "version": report.version},
        "facts": {name: _value(value) for name, value in report.facts.items()},
        "counts": {level.value: report.count(level) for level in Level},
        "findings": [_finding(finding) for finding in report.findings],
        "unchecked": [_unchecked(item) for item in report.unchecked],
        "outcomes": {
            "counts": {status.value: count for status, count in outcome_counts(report).items()},
            "list": [{"rule": o.rule, "row": o.row, "status": o.status.value} for o in report.outcomes],
        },
        "rows": dict(report.rows),
        "notes": list(report.notes),
        **({"mode": "public"} if report.public else {}),
        "trial": [_finding(finding) for finding in report.trial],
        "select": list(report.choice.select),
        "ignore": list(report.choice.ignore),
    }


def _failure(failure: Failure) -> dict[str, Any]:
    return {"source": failure.source, "error": failure.error, "exit_code": failure.exit_code}


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "id": finding.rule,
        "row": finding.row,
        "level": finding.level.value,
        "open": finding.open,
        "message": finding.message,
        "places": [_place(place) for place in finding.places],
        "left": _side(finding.left),
        "right": _side(finding.right),
        "difference": finding.difference,
        "tolerance": finding.tolerance,
        "todo": finding.todo,
        "explained": finding.explained,
        "consequences": [_finding(consequence) for consequence in finding.consequences],
    }


def _unchecked(item: Unchecked) -> dict[str, Any]:
    places = [_place(place) for place in item.places]
    return {"rule": item.rule, "row": item.row, "reason": item.reason, "places": places}


def _place(place: Place) -> dict[str, Any]:
    return {
        "sheet": place.cell.sheet,
        "cell": place.cell.a1,
        "label": place.label,
        "value": _value(place.value),
        "shown": place.shown,
    }


def _side(side: Side | None) -> dict[str, Any] | None:
    if side is None:
        return None
    return {
        "text": side.text,
        "value": _value(side.value),
        "shown": side.shown,
        "place": _place(side.place) if side.place is not None else None,
    }


def _value(value: Scalar) -> bool | int | float | str | None:
    if isinstance(value, ExcelError):
        return value.value
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)  # JSON has no word for it, and no cell of Excel holds it
    return value
