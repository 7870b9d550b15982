"""Skeletons and known plans: they compute what the formulas compute, and nothing that is not ours is run."""

from __future__ import annotations

import json
from typing import Any

import pytest

from xlperf.address import CellRef
from xlperf.recompute import FormulaBook, Plan, ShapeCache, compile_plan, plan_from_plain, plan_to_plain
from xlperf.recompute.code import WORDS, function_of
from xlperf.recompute.skeleton import all_sound, cells_at, parts_at, skeleton_of

SHEETS = ("表（一）", "it's", "表2")
FORMULAS = {
    CellRef("表（一）", 1, 3): "A1+B1*'it''s'!A1",
    CellRef("表（一）", 2, 3): "A2+B2*'it''s'!A1",
    CellRef("表（一）", 3, 3): 'SUM(C1:C2)&"g((r,c))"',
    CellRef("表2", 1, 1): "IF(COUNT('表（一）'!A$1:A$2)=2,ROUND('表（一）'!C1/3,2),\"未填\")",
    CellRef("表2", 2, 1): "SUMPRODUCT(('表（一）'!A1:A2>1)*'表（一）'!B1:B2)+ROW()",
    CellRef("表2", 3, 1): "VLOOKUP(2,'表（一）'!A1:B2,2,FALSE)",
}
BOOK = FormulaBook(SHEETS, {}, FORMULAS)
VALUES = {"表（一）": {(1, 1): 1.0, (1, 2): 2.0, (2, 1): 2.0, (2, 2): 5.0}, "it's": {(1, 1): 10.0}}


@pytest.fixture
def plan() -> Plan:
    return compile_plan(BOOK, ShapeCache(""))


def plain_of(plan: Plan) -> Any:
    plain = plan_to_plain(plan)
    assert plain is not None
    return json.loads(json.dumps(plain))


def test_a_known_plan_computes_the_same(plan: Plan) -> None:
    known = plan_from_plain(BOOK, plain_of(plan))
    first, second = plan.run(VALUES), known.run(VALUES)
    assert first == second
    assert first.values["表（一）"][3, 3] == "73g((r,c))"
    assert first.values["表2"][1, 1] == 7
    assert known.order == plan.order
    assert all(known.precedents(cell) == plan.precedents(cell) for cell in FORMULAS)


def test_a_known_plan_keeps_what_is_to_be_kept(plan: Plan) -> None:
    known = plan_from_plain(BOOK, plain_of(plan))
    keep = [CellRef("表（一）", 1, 3)]
    values = {**VALUES, "表（一）": {**VALUES["表（一）"], (1, 3): 100.0}}
    assert known.run(values, keep) == plan.run(values, keep)


def test_formulas_that_differ_in_places_share_a_function(plan: Plan) -> None:
    assert len(plain_of(plan)["forms"]) == 6
    assert len(plain_of(plan)["skeletons"]) == 5


@pytest.mark.parametrize("text", ["INDIRECT(A1)", "A1+C9", "SUBTOTAL(9,A1:A2)"])
def test_plans_that_are_not_plain_are_not_kept(text: str) -> None:
    circle = {CellRef("表2", 9, 3): "A1+C9"} if "C9" in text else {CellRef("表2", 9, 3): text}
    assert plan_to_plain(compile_plan(FormulaBook(SHEETS, {}, circle), ShapeCache(""))) is None


@pytest.mark.parametrize("wrong", [
    lambda p: p["skeletons"].__setitem__(0, "lambda area,r,c,p:().__class__"),
    lambda p: p["skeletons"].__setitem__(0, "lambda area,r,c,p:__import__('os')"),
    lambda p: p["skeletons"].__setitem__(0, "__import__('os').system('x')"),
    lambda p: p["skeletons"].__setitem__(0, "lambda area,r,c,p:[exit for x in 1]"),
    lambda p: p["skeletons"].__setitem__(0, "lambda area,r,c,p:open('x')"),
    lambda p: p["skeletons"].__setitem__(0, 1),
    lambda p: p["forms"].__setitem__(0, [99, [], [], [], 0]),
    lambda p: p["forms"][0].__setitem__(1, [["x", "y", 1, 1, 1]]),
    lambda p: p["forms"][0].__setitem__(1, [[1]]),
    lambda p: p["forms"][0].__setitem__(2, [[1, 2, 3]]),
    lambda p: p["forms"][0].__setitem__(2, [[1, 1, 1, 1, 1, 1, 1, 1, 1]]),
    lambda p: p["forms"][0].__setitem__(2, [7]),
    lambda p: p["forms"][0].__setitem__(3, [[["表2"], [1, 2]]]),
    lambda p: p["cells"].pop(),
    lambda p: p["cells"].__setitem__(1, 99),
    lambda p: p["cells"].__setitem__(3, 99),
    lambda p: p.__setitem__("sheets", ["别的"]),
    lambda p: p.pop("forms"),
])  # fmt: skip
def test_what_is_no_plan_of_this_workbook_is_told(plan: Plan, wrong: Any) -> None:
    plain = plain_of(plan)
    wrong(plain)
    with pytest.raises((KeyError, IndexError, TypeError, ValueError)):
        plan_from_plain(BOOK, plain)


def test_a_skeleton_and_its_places_are_the_source() -> None:
    source = (
        "lambda get,area,g,r,c:"
        "f_SUM(area(None,r-3,c,r-1,c),get['附件1']((5,3)),get[\"it's\"]((r,c)),g((r,c-1)),'g((1,2))','',g((r,c-1)))"
    )
    made = skeleton_of(source)
    assert made.source == "lambda area,r,c,p,v0,v1,v2:f_SUM(area(*p[0]),v0,v1,v2,p[1],'',v2)"
    home = CellRef("表", 10, 5)
    assert cells_at(made.cells, home) == (("附件1", (5, 3)), ("it's", (10, 5)), ("表", (10, 4)))
    assert parts_at(made.parts, home) == (("表", 7, 5, 9, 5), "g((1,2))")
    assert all_sound([made.source], frozenset(("f_SUM",)))
    assert not all_sound([made.source], frozenset())


@pytest.mark.parametrize(
    "body",
    [
        "f_SUM.__class__", "f_SUM(v0).real", "1 .real", "1.0.real", "'text'", '"a"', "__import__", "f_SUM\n",
        "f_SUM;p", "{p}",
        "f_SUM(v0)#", "f_SUM(v0)@p", "[p for p in p]", "1if p else 2", "f_SUM(v0)\\", "v0 and exec", "lambda:getattr",
        "(y:=f_SUM).x", "1.", ".5", "0x10", "1e", "f''", "''.join",
    ],
)  # fmt: skip
def test_what_is_not_a_skeleton_is_not_sound(body: str) -> None:
    """Whatever it stands among: one source that is not the engine's spoils all."""
    good = "lambda area,r,c,p,v0:f_SUM(v0,1.5e-9,'')"
    assert all_sound([good, good], frozenset(("f_SUM",)))
    assert not all_sound([good, f"lambda area,r,c,p,v0:{body}"], frozenset(("f_SUM",)))
    assert not all_sound([f"lambda area,r,c,p,v0:{body}", good], frozenset(("f_SUM",)))


@pytest.mark.parametrize("word", sorted(WORDS))
def test_every_word_of_the_engine_is_there(word: str) -> None:
    assert function_of(f"lambda area,r,c,p:{word}")(None, 1, 1, ()) is not None


def test_every_skeleton_of_the_official_template_is_sound() -> None:
    from xlperf.template.instantiate import default_shape, instantiate
    from xlperf.template.library import find

    template = find("yiyang-2024")
    plan = instantiate(template, default_shape(template, 2)).plan
    sources = {form.skeleton.source for form in plan.forms.values()}
    assert len(sources) > 50
    assert all_sound(list(sources), WORDS)
    assert plan_to_plain(plan) is not None
