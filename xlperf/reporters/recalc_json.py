"""The outcome of ``xlperf recalc`` for programs: one JSON document, schema ``xlperf.recalc/1``.

::

    {
      "schema": "xlperf.recalc/1",
      "exit_code": 0 | 1 | 2,               the worst of all files
      "files": [ file, … ]                  in the order given
    }

    file, recomputed:
      "source": str, "digest": str,
      "verdict": str,                       one Chinese sentence
      "exit_code": 0 | 1 | 2,               2: there are formulas, and not one could be recomputed
      "counts": {"formulas": n, "agree": n, "differ": n, "unchecked": n, "uncached": n},
      "notes": [str, …],
      "cells": [ cell, … ]                  every formula cell: sheets in their order, row by row

    file, not recomputed:
      "source": str, "error": str, "exit_code": 2

    cell:
      "sheet": str, "cell": "B7", "formula": "=…",
      "cached": value,                      null: no result is stored
      "recomputed": value,                  null: not recomputed
      "outcome": "agree" | "differ" | "unchecked" | "uncached",
      "difference": decimal text | null,    recomputed − cached where both are numbers and differ
      "reason": str | null                  why it is unchecked or uncached

    value:  a number, text, true or false as JSON has them; an error value {"error": "#N/A"}; a formula that shows
            nothing is "" and no result at all null, so that all kinds are told apart

Keys stand in this order, nothing depends on the time or the machine, and characters that could act on a terminal are
escaped. Additions keep the schema's number; anything else raises it. When two values agree is told in
``xlperf/recalc.py``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from xlperf.recalc import Agreement, Recalculation, Recomputed
from xlperf.reporters import Failure
from xlperf.reporters.json_report import dump
from xlperf.reporters.recalc_text import verdict
from xlperf.values import ExcelError, Scalar

SCHEMA = "xlperf.recalc/1"


def render(results: Sequence[Recalculation | Failure]) -> str:
    """Return one document for all files, ending in a line feed."""
    document = {
        "schema": SCHEMA,
        "exit_code": max((result.exit_code for result in results), default=0),
        "files": [_failure(item) if isinstance(item, Failure) else as_json(item) for item in results],
    }
    return dump(document) + "\n"


def as_json(done: Recalculation) -> dict[str, Any]:
    """Return one workbook as plain dicts, lists and scalars."""
    return {
        "source": done.source,
        "digest": done.digest,
        "verdict": verdict(done),
        "exit_code": done.exit_code,
        "counts": {"formulas": len(done.cells), **{outcome.value: done.count(outcome) for outcome in Agreement}},
        "notes": list(done.notes),
        "cells": [_cell(item) for item in done.cells],
    }


def _failure(failure: Failure) -> dict[str, Any]:
    return {"source": failure.source, "error": failure.error, "exit_code": failure.exit_code}


def _cell(item: Recomputed) -> dict[str, Any]:
    return {
        "sheet": item.cell.sheet,
        "cell": item.cell.a1,
        "formula": f"={item.formula}",
        "cached": value_as_json(item.cached),
        "recomputed": value_as_json(item.recomputed),
        "outcome": item.outcome.value,
        "difference": item.difference,
        "reason": item.reason or None,
    }


def value_as_json(value: Scalar) -> bool | int | float | str | dict[str, str] | None:
    """Return a value so that numbers, text, truths, errors and nothing are told apart."""
    if isinstance(value, ExcelError):
        return {"error": value.value}
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("no cell of Excel holds it")
    return value
