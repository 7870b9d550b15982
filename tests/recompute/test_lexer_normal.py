# ruff: noqa: E501
"""Tokens, forms, canonical text."""

from __future__ import annotations

import pytest

from xlperf.address import CellRef, RangeRef
from xlperf.errors import FormulaUnsupported
from xlperf.recompute import Resolver, ShapeCache, canonical
from xlperf.recompute.lexer import sketch_of, tokenize
from xlperf.recompute.tree import build

SHEETS = ("附件1", "附件2：报告附表", "附件3-1", "it's")
NAMES = {
    (None, "决算"): "附件1!$B$7",
    (None, "合计"): "SUM(附件1!$B$7:$B$9)",
    ("附件3-1", "决算"): "'附件3-1'!$C$1",
    (None, "税率"): "0.05",
    (None, "没写表"): "B7",
    (None, "环"): "环+1",
    (None, "表（一）_本年"): "附件1!$A$1",
}
HOME = CellRef("附件1", 5, 3)


def text(formula: str, home: CellRef = HOME) -> str:
    return canonical(formula, home, NAMES, SHEETS)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("sum(B7, b8)", "SUM($B$7,'附件1'!B8)"),
        ("_xlfn.IFS(A1>0,TRUE())", "IFS( A1 > 0 , true )"),
        ("决算+1", "附件1!$B$7+1"),
        ("决算+1", "B7+1"),
        ("合计*2", "(SUM(B7:B9))*2"),
        ("税率*A1", "5%*A1".replace("5%", "0.050")),
        ("1.50+A1", "1.5+A1"),
        ("B9:B7", "B7:B9"),
        ("'附件1:附件3-1'!A1", "'附件1:附件3-1'!$A$1"),
        ("表（一）_本年", "A1"),
        ("附件2：报告附表!A1", "'附件2：报告附表'!A1"),
        ("@A1", "A1"),
    ],
)
def test_same(one: str, other: str) -> None:
    assert text(one) == text(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SUM(B7:B9)", "SUM(B7:B8)"),
        ('A1="x"', 'A1="X"'),
        ('"a b"', '"ab"'),
        ("决算", "'附件3-1'!决算"),
        ("A1+B1*2", "(A1+B1)*2"),
        ('""""', '""'),
        ("SUM(A1,B1)", "SUM(A1:B1)"),
    ],
)
def test_different(one: str, other: str) -> None:
    assert text(one) != text(other)


def test_scope_decides_which_cell_a_name_means() -> None:
    assert text("决算", CellRef("附件3-1", 1, 1)) == "'附件3-1'!C1"
    assert text("决算") == "'附件1'!B7"
    assert text("附件1!决算", CellRef("附件3-1", 1, 1)) == "'附件1'!B7"


def test_move() -> None:
    def down(area: RangeRef) -> RangeRef | None:
        return None if area.top > 8 else area._replace(bottom=area.bottom + 1)

    assert canonical("SUM(B7:B8)", HOME, NAMES, SHEETS, down) == "SUM('附件1'!B7:B9)"
    assert canonical("B9+B8", HOME, NAMES, SHEETS, down) == "#REF!+'附件1'!B8:B9"


def test_unreadable_is_kept_as_text() -> None:
    assert text("SUM(表1[金额])").startswith("?")
    assert text("SUM(表1[金额])") == text(" SUM(表1[金额])")


def test_form_is_relative() -> None:
    resolver = Resolver(NAMES, SHEETS)
    forms = {
        resolver.resolve(f"IF(K{row}=$A$1,附件1!K{row},B{row})", CellRef("附件1", row, 2)).form()
        for row in range(1, 9)
    }
    assert forms == {"IF(R[0]C[9]=R1C1,R[0]C[9],R[0]C[0])"}


@pytest.mark.parametrize(
    "formula",
    [
        "[1]表!A1", "'C:\\x\\[b.xlsx]表'!A1", "1:INDEX(B1:B3,2)", "表1[金额]", "A1 1", "A1:B2 (B1:C3)", "1+", "SUM(A1", '"a', "A1#",
        "没有这个名称", "不存在!A1", "没写表", "环", "@A1:A3", "A1；B1", "A1，B1", "=A1", "SUM((A1)", "A1)", "", "'附件1'!", "１+1", "ZZZ9999999+A",
    ],
)  # fmt: skip
def test_refused(formula: str) -> None:
    def parse() -> object:
        return build(Resolver(NAMES, SHEETS).resolve(formula, HOME), ShapeCache(""))

    with pytest.raises(FormulaUnsupported):
        parse()


def test_limits() -> None:
    for formula in ("1+" * 5000 + "1", "(" * 65 + "1" + ")" * 65):
        with pytest.raises(FormulaUnsupported):
            tokenize(formula)


def test_sketch_keeps_texts_and_moves_references() -> None:
    def sketch(formula: str, row: int) -> object:
        return sketch_of(formula, row, 1)

    assert sketch('B7&"B7"', 7) == sketch('B8&"B7"', 8) != sketch('B8&"B8"', 8)
    assert sketch("$B$7", 7) != sketch("$B$8", 8)
    assert sketch("LOG10(A1)", 1) == sketch("LOG10(A2)", 2)
    assert sketch("表B7+A1", 1) != sketch("表B8+A2", 2)
    assert sketch("（A1）!B1", 1) != sketch("（A2）!B2", 2)


@pytest.mark.parametrize(
    "formula",
    [
        'IF(A1>1,SUM($B2:C$9)*2,附件1!D4&"D4")',
        "2:3+A1",
        "决算+A1%",
        "#REF!+A9:B2",
        "-1.5E3*A1",
        "SUM(A:A,B2)",
    ],
)
def test_same_sketch_means_same_form(formula: str) -> None:
    resolver = Resolver(NAMES, SHEETS)
    seen: dict[str, str] = {}
    for row in range(1, 9):
        shifted = formula.replace("D4", f"D{row + 3}").replace("A1", f"A{row}")
        sketch = sketch_of(shifted, row, 1)
        form = resolver.resolve(shifted, CellRef("附件1", row, 1)).form()
        assert sketch is not None
        assert seen.setdefault(sketch.text, form) == form
