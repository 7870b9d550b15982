"""Excel's documented behaviour, case by case: equal, or declared unsupported; never silently different."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from xlperf.address import CellRef, parse_a1
from xlperf.recompute import FormulaBook, Recalculated, ShapeCache, compile_plan
from xlperf.values import ExcelError, Scalar, same_value

DATA: dict[str, Any] = json.loads(
    (Path(__file__).parent / "excel_semantics.json").read_text(encoding="utf-8")
)
CASES: list[dict[str, Any]] = DATA["cases"]

#: Formula → why the expectation is wrong by Excel's documentation. An entry that no longer differs fails.
WRONG_EXPECTATIONS: dict[str, str] = {}

#: Formulas of the cases that are declared unsupported; whoever makes one work takes it off.
UNSUPPORTED = {
    '=INDEX((数据!D1:D5,数据!E1:E5),2,1,2)', '=未定义名称+1', '=ISERROR(FOO(1))',
    '=TEXTJOIN("、",TRUE,IF(数据!D1:D5>3,数据!E1:E5,""))', '=SUM(数据1[金额])', '=SUM(数据1[[#All],[金额]])',
    '=INDIRECT("数据!A1")', '=INDIRECT("数据!"&"A1")', '=SUM(INDIRECT("数据!C1:C"&5))', '=OFFSET(数据!C1,1,0)',
    '=SUM(OFFSET(数据!C1,0,0,5,1))', '=OFFSET(数据!C1,0,1)', '=SUM(动态名)', '=IF({TRUE,FALSE},1,2)',
    '=_xlfn.LET(_xlpm.x,5,_xlpm.x*2)', '=_xlfn.LET(_xlpm.合计,SUM(数据!C1:C5),IF(_xlpm.合计>100,"大","小"))',
    '=SUM(_xlfn._xlws.FILTER(数据!C1:C5,数据!B1:B5="产出指标"))', '=SUM(_xlfn.UNIQUE(数据!C1:C5))',
    '=SUM(_xlfn.SEQUENCE(3))', '=_xlfn.LAMBDA(_xlpm.x,_xlpm.x+1)(5)', '=COUNTA(_xlfn._xlws.SORT(数据!C1:C5))',
    '=GETPIVOTDATA("a",数据!A1)',
}  # fmt: skip


@lru_cache(maxsize=1)
def outcome() -> Recalculated:
    formulas: dict[CellRef, str] = {}
    values: dict[str, dict[tuple[int, int], Scalar]] = {}
    for sheet, cells in {**DATA["book"]["sheets"], "数据": DATA["data"]}.items():
        for address, value in cells.items():
            if isinstance(value, str) and value.startswith("="):
                formulas[CellRef(sheet, *parse_a1(address))] = value[1:]
            else:
                values.setdefault(sheet, {})[parse_a1(address)] = value
    for row, case in enumerate(CASES, 1):
        formulas[CellRef("测试", row, 1)] = case["formula"][1:]
    names: dict[tuple[str | None, str], str] = {(None, k): v for k, v in DATA["book"]["names"].items()}
    for sheet, own in DATA["book"]["sheet_names"].items():
        names.update(((sheet, name), text) for name, text in own.items())
    book = FormulaBook(tuple(DATA["book"]["sheet_order"]), names, formulas)
    return compile_plan(book, ShapeCache("")).run(values)


@pytest.mark.parametrize(
    "row", range(1, len(CASES) + 1), ids=lambda row: f"{row}-{CASES[row - 1]['formula']}"
)
def test_case(row: int) -> None:
    case = CASES[row - 1]
    formula, expected = case["formula"], case["excel"]
    cell = CellRef("测试", row, 1)
    if cell in outcome().unchecked:
        assert formula in UNSUPPORTED, outcome().unchecked[cell]
        return
    assert formula not in UNSUPPORTED, "it is computed now: take it off the list"
    found = outcome().values["测试"][row, 1]
    error = next((error for error in ExcelError if error.value == expected), None)
    equal = same_value(found, error if error is not None else expected) and isinstance(
        found, bool
    ) == isinstance(expected, bool)
    assert equal is (formula not in WRONG_EXPECTATIONS), f"{found!r}, expected {expected!r}"
