"""The outcome of ``xlperf fix`` for programs: one JSON document, schema ``xlperf.fix/1``.

::

    {
      "schema": "xlperf.fix/1",
      "source": str, "digest": str,         of the file as it was given
      "output": str | null,                 the copy; null where none was written
      "changes": [ change, … ],             sheet by sheet, row by row
      "kept": [ kept, … ],                  found, but what it ought to be is not certain
      "refreshed": n,                       formulas whose stored result came out otherwise
      "check": {"acceptable": bool, "verdict": str, "exit_code": 0 | 1}     of the copy; without changes, of the file
    }

    change: {"sheet": str, "cell": "B7", "label": str, "old": value, "new": value, "why": str, "rule": "T01",
             "formula": "=…" | null,        of a restored formula, of which "new" is the result
             "old_formula": "=…" | null}    what stood there instead, where that was a formula too
    kept:   {"sheet", "cell", "label", "value": value, "why", "rule"}
    value:  null, true or false, a number, text; an error value of Excel is its text, such as "#DIV/0!"

Keys stand in this order, nothing depends on the time or the machine, and characters that could act on a terminal are
escaped. Additions keep the schema's number; anything else raises it.
"""

from __future__ import annotations

from typing import Any

from xlperf.fix import Change, Fixed, Unchanged
from xlperf.reporters.json_report import dump
from xlperf.reporters.words import verdict
from xlperf.values import ExcelError, Scalar

SCHEMA = "xlperf.fix/1"


def render(done: Fixed, output: str | None) -> str:
    """Return the document, ending in a line feed; ``output`` is the copy as it was named, None where there is none."""
    document = {
        "schema": SCHEMA,
        "source": done.source,
        "digest": done.digest,
        "output": output,
        "changes": [_change(change) for change in done.changes],
        "kept": [_kept(item) for item in done.kept],
        "refreshed": done.refreshed,
        "check": {
            "acceptable": done.report.acceptable,
            "verdict": verdict(done.report),
            "exit_code": done.report.exit_code,
        },
    }
    return dump(document) + "\n"


def _change(change: Change) -> dict[str, Any]:
    return {
        "sheet": change.place.cell.sheet,
        "cell": change.place.cell.a1,
        "label": change.place.label,
        "old": _value(change.old),
        "new": _value(change.new),
        "why": change.why,
        "rule": change.rule,
        "formula": _formula(change.formula),
        "old_formula": _formula(change.old_formula),
    }


def _kept(item: Unchanged) -> dict[str, Any]:
    return {
        "sheet": item.place.cell.sheet,
        "cell": item.place.cell.a1,
        "label": item.place.label,
        "value": _value(item.place.value),
        "why": item.why,
        "rule": item.rule,
    }


def _formula(text: str | None) -> str | None:
    return None if text is None else f"={text}"


def _value(value: Scalar) -> bool | int | float | str | None:
    return value.value if isinstance(value, ExcelError) else value
