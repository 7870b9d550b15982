# ruff: noqa: E501
"""Array formulas at random, over cells that hold numbers, texts, numbers as text and nothing."""

from __future__ import annotations

import random

from xlperf.values import Scalar

#: What the formulas read; rows 1 to 5.
CELLS: dict[str, Scalar] = {
    "A1": 1, "A2": 2, "A3": "x", "A4": -3, "A5": 5, "B1": 10, "B2": 20, "B3": 30, "B4": 40, "B5": 50, "C1": "甲", "C2": "乙", "C3": "甲",
    "C4": "丙", "C5": "乙", "E1": 0.5, "E3": 7, "E4": "12", "E5": 0,
}  # fmt: skip
_NUMBERS = ["A1:A5", "B1:B5", "B1:B5", "E1:E5", "A2", "B3", "2", "0", "{1;2;3;4;5}", "ROW(A1:A5)"]
_TEXTS = ["C1:C5", "C2", '"甲"', "A1:A5&C1:C5", "LEFT(C1:C5,1)", 'TEXT(B1:B5,"0")']


class Grammar:
    """Draws formulas; the same seed draws the same ones."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)

    def array(self) -> str:
        """Return a formula to be entered as an array."""
        return "=" + self._total(self._chance.choice([1, 2, 3]))

    def ordinary(self) -> str:
        """Return an ordinary formula that goes through areas by itself."""
        return f"=SUMPRODUCT({self._number(2)})"

    def _pick(self, *templates: str, depth: int) -> str:
        """Fill a template, whose pieces lie between bars: N number, T text, C condition, G total, M 1 or 2."""
        made = {"N": self._number, "T": self._text, "C": self._condition, "G": self._total}
        return "".join(
            made[piece](depth - 1) if piece in made else self._chance.choice("12") if piece == "M" else piece
            for piece in self._chance.choice(templates).split("|")
        )

    def _number(self, depth: int) -> str:
        if depth <= 0 or self._chance.random() < 0.3:
            return self._chance.choice(_NUMBERS)
        return self._pick(
            "(|N|+|N|)", "(|N|-|N|)", "(|N|*|N|)", "(|N|/|N|)", "ROUND(|N|,1)", "LEN(|T|)", "IFERROR(|N|,-1)", "IF(|C|,|N|,|N|)",
            "--|C", "COUNTIF(C1:C5,|T|)", "SUMIF(C1:C5,|T|,B1:B5)", "ABS(|N|)", "MATCH(|T|,C1:C5,0)", "VLOOKUP(A1:A5,A1:B5,2,FALSE)",
            "CHOOSE({1;2;1;2;1},|N|,|N|)", "CHOOSE(2,|N|,|N|)", "INT(|N|)", "MOD(|N|,3)", "G", depth=depth,
        )  # fmt: skip

    def _total(self, depth: int) -> str:
        return self._pick(
            "SUM(|N|)", "SUM(IF(|C|,|N|))", "MAX(|N|)", "COUNT(|N|)", "AVERAGE(IF(|C|,|N|))", "SUMPRODUCT(|N|)", "LARGE(|N|,|M|)",
            "INDEX(|N|,|M|)", "MIN(IF(|C|,B1:B5))", "SUM(TRANSPOSE(|N|)*1)", "SUM(|N|,|N|)", "PRODUCT(|N|)", "MEDIAN(|N|)", depth=depth + 1,
        )  # fmt: skip

    def _text(self, depth: int) -> str:
        return self._chance.choice(_TEXTS)

    def _condition(self, depth: int) -> str:
        return self._pick(
            "(|N|>|N|)", "(|N|<|N|)", "(|N|=|N|)", "(|T|=|T|)", "ISNUMBER(|N|)", "ISERROR(|N|)", '(C1:C5="甲")', "(B1:B5>15)", depth=depth,
        )  # fmt: skip
