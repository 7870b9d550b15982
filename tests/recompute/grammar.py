# ruff: noqa: E501  formulas and tables of cases stand on lines of their own
"""Formulas as accountants write them, at random: typed, so that most of them mean something.

The cells they read (``grammar_cells.py``, sheet 数据) are blanks, amounts, text, numbers written as text, dates, truths and
errors. Every choice is made by the ``random.Random`` that is handed in; hypothesis hands in its own.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from grammar_cells import CELLS, CRITERIA, DATE_FORMATS, NUMBER_FORMATS, NUMBERS, ROWS, TEXTS

__all__ = ["CELLS", "Formula", "Grammar"]
_Thing = TypeVar("_Thing")


@dataclass(frozen=True)
class Formula:
    """A piece of formula text, and the pieces in it that are formulas themselves."""

    text: str
    parts: tuple[Formula, ...] = field(default=(), repr=False)

    def pieces(self) -> list[Formula]:
        """Return all formulas in this one, itself first."""
        return [self, *(piece for part in self.parts for piece in part.pieces())]


class Grammar:
    """Draws formulas from a source of chance."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._numbers: list[tuple[int, Callable[[int], Formula]]] = [
            (6, self._arithmetic), (6, self._rounding), (6, self._aggregate), (7, self._conditional), (4, self._sumproduct),
            (4, self._lookup), (6, lambda d: self._choose(d, self.number)), (3, self._measure), (4, self._calendar),
            (2, self._single), (2, self._position), (3, self._read), (3, self._areas), (3, self._edge),
        ]  # fmt: skip
        self._texts: list[tuple[int, Callable[[int], Formula]]] = [
            (6, self._concat), (7, self._format), (4, self._layout), (6, self._cut), (4, lambda d: self._choose(d, self.text)), (2, self._lookup_text),
            (3, self._changed),
        ]  # fmt: skip
        self._truths: list[tuple[int, Callable[[int], Formula]]] = [
            (6, self._compare), (4, self._logic), (4, self._kind), (2, self._compare_text), (1, self._compare_any),
        ]  # fmt: skip

    def formula(self) -> Formula:
        """Return a whole formula, without ``=``."""
        make = self._weighted([(10, self.number), (6, self.text), (3, self.truth)])
        return make(self._pick((1, 2, 2, 3, 3, 4)))

    def number(self, depth: int) -> Formula:
        """Return a formula that mostly gives a number."""
        if depth <= 0 or self._chance.random() < 0.12:
            return self._plain_number()
        return self._weighted(self._numbers)(depth - 1)

    def text(self, depth: int) -> Formula:
        """Return a formula that mostly gives text."""
        if depth <= 0 or self._chance.random() < 0.12:
            return self._plain_text()
        return self._weighted(self._texts)(depth - 1)

    def truth(self, depth: int) -> Formula:
        """Return a formula that mostly gives TRUE or FALSE."""
        if depth <= 0:
            return Formula(self._pick(("TRUE", "FALSE", "E2", "E4", "A3", "A5", "A4")))
        return self._weighted(self._truths)(depth - 1)

    def anything(self, depth: int) -> Formula:
        """Return a formula of any kind, now and then an error."""
        if self._chance.random() < 0.08:
            return Formula(self._pick(("NA()", "1/0", "E7", "E9", "E5", "A4", "B4")))
        return self._weighted([(5, self.number), (3, self.text), (2, self.truth)])(depth)

    # -- small pieces

    def _pick(self, things: Sequence[_Thing]) -> _Thing:
        return self._chance.choice(things)

    def _weighted(self, choices: Sequence[tuple[int, Callable[[int], Formula]]]) -> Callable[[int], Formula]:
        return self._chance.choice([make for weight, make in choices for _ in range(weight)])

    def _cell(self, columns: str) -> str:
        return f"{self._pick(columns)}{self._chance.randint(1, ROWS)}"

    def _range(self, columns: str, size: int | None = None) -> str:
        column = self._pick(columns)
        top = self._chance.randint(1, ROWS - 1) if size is None else self._chance.randint(1, ROWS + 1 - size)
        bottom = self._chance.randint(top + 1, ROWS) if size is None else top + size - 1
        return f"{column}{top}:{column}{bottom}"

    def _plain_number(self) -> Formula:
        if self._chance.random() < 0.4:
            return Formula(self._pick(NUMBERS))
        if self._chance.random() < 0.15:
            digits = self._chance.randint(1, 10 ** self._chance.randint(1, 13))
            places = self._chance.randint(0, 6)
            return Formula(f"{digits / 10**places:.{places}f}")
        return Formula(self._cell("AAAJJJCDEFI"))

    def _plain_text(self) -> Formula:
        if self._chance.random() < 0.4:
            return Formula('"' + self._pick(TEXTS) + '"')
        return Formula(self._cell("BBBCHGA"))

    def _call(self, name: str, *parts: Formula | str) -> Formula:
        texts = [part.text if isinstance(part, Formula) else part for part in parts]
        return Formula(f"{name}({','.join(texts)})", tuple(part for part in parts if isinstance(part, Formula)))

    def _join(self, operator: str, *parts: Formula) -> Formula:
        return Formula(operator.join(f"({p.text})" if p.parts else p.text for p in parts), parts)

    # -- numbers

    def _arithmetic(self, depth: int) -> Formula:
        way = self._pick("+-*/+-*/^%n")
        one = self.number(depth)
        if way == "%":
            return Formula(f"({one.text})%", (one,))
        if way == "n":
            return Formula(f"-({one.text})", (one,))
        if way == "^":
            return Formula(f"({one.text})^{self._pick(('2', '0.5', '-1', '3'))}", (one,))
        more = [self.number(depth) for _ in range(self._pick((1, 1, 2)))]
        return self._join(way, one, *more)

    def _rounding(self, depth: int) -> Formula:
        name = self._pick(("ROUND", "ROUND", "ROUND", "ROUNDUP", "ROUNDDOWN", "TRUNC", "INT", "ABS", "SIGN", "MOD", "CEILING", "FLOOR",
                           "MROUND", "POWER", "SQRT"))  # fmt: skip
        one = self.number(depth)
        if name in ("INT", "ABS", "SIGN", "SQRT"):
            return self._call(name, one)
        if name in ("MOD", "CEILING", "FLOOR", "MROUND"):
            return self._call(name, one, self._pick(("2", "0.5", "10", "3", "100", "-3", "0.05", "7")))
        return self._call(name, one, self._pick(("2", "0", "1", "-1", "4", "3", "-2")))

    def _aggregate(self, depth: int) -> Formula:
        name = self._pick(("SUM", "SUM", "SUM", "AVERAGE", "MAX", "MIN", "COUNT", "COUNTA", "COUNTBLANK", "PRODUCT", "MEDIAN",
                           "LARGE", "SMALL", "RANK"))  # fmt: skip
        area = self._range("AAJJCDFIBE" if name != "PRODUCT" else "IA")
        if name == "COUNTBLANK":
            return self._call(name, self._range("ABCDEH"))
        if name in ("LARGE", "SMALL"):
            return self._call(name, area, self._pick(("1", "2", "3", "20")))
        if name == "RANK":
            return self._call(name, self._cell("AJF"), self._range("AJF"), *self._pick(((), ("0",), ("1",))))
        more: list[Formula | str] = [
            self._pick((lambda: self.number(depth), lambda: self._cell("ACBE"), lambda: self._range("AJ")))()
            for _ in range(self._pick((0, 0, 1, 2)))
        ]
        return self._call(name, area, *more)

    def _conditional(self, depth: int) -> Formula:
        name = self._pick(("COUNTIF", "COUNTIF", "SUMIF", "SUMIF", "SUMIFS", "COUNTIFS", "AVERAGEIF", "AVERAGEIFS", "MAXIFS", "MINIFS"))
        size = self._chance.randint(2, ROWS)
        where, what = self._range("BACHDJE", size), self._range("AJIC", size)
        criterion = self._criterion()
        if name == "COUNTIF":
            return self._call(name, where, criterion)
        if name in ("SUMIF", "AVERAGEIF"):
            return self._call(name, where, criterion, *self._pick(((), (what,), (what,))))
        pairs = [where, criterion]
        if self._chance.random() < 0.5:
            pairs += [self._range("ABJC", size), self._criterion()]
        return self._call(name, *pairs) if name == "COUNTIFS" else self._call(name, what, *pairs)

    def _criterion(self) -> str:
        way = self._chance.random()
        if way < 0.6:
            return self._pick(CRITERIA)
        if way < 0.75:
            return self._cell("ABCHJ")
        return f'"{self._pick((">", "<=", "<>", ">=", "="))}"&{self._cell("AJIB")}'

    def _sumproduct(self, depth: int) -> Formula:
        size = self._chance.randint(2, ROWS)
        way = self._chance.randint(0, 5)
        test = f'({self._range("BBH", size)}="{self._pick(("产出指标", "abc", "048001", ""))}")'
        other = f"({self._range('AJIF', size)}{self._pick(('>', '<=', '<>', '='))}{self._pick(('0', '100', '1.005', '5'))})"
        amounts = self._range("AJI", size)
        text = {
            0: f"{self._range('AJI', size)},{amounts}", 1: f"{test}*{amounts}", 2: f"{test}*{other}", 3: f"--{other},{amounts}",
            4: f"({test}+{other}>0)*{amounts}", 5: f"{other}*ROUND({amounts},{self._pick('012')})",
        }[way]  # fmt: skip
        return Formula(f"SUMPRODUCT({text})")

    def _lookup(self, depth: int) -> Formula:
        way = self._pick(("match", "vlookup", "index", "nearest", "lookup", "hlookup", "xmatch"))
        if way == "match":
            return self._call("MATCH", self.text(depth), "B1:B12", "0")
        if way == "xmatch":
            return self._call("MATCH", self.number(depth), self._pick(("A1:A12", "J1:J12", "C1:C12")), "0")
        if way == "vlookup":
            return self._call("VLOOKUP", self.text(depth), self._pick(("B1:J12", "H1:J12", "G1:J12")), self._pick("123"),
                              self._pick(("FALSE", "0")))  # fmt: skip
        if way == "nearest":
            return self._call("VLOOKUP", self.number(depth), "F1:I12", self._pick(("1", "4")), *self._pick(((), ("TRUE",))))
        if way == "lookup":
            return self._call("LOOKUP", self.number(depth), "F1:F12", "I1:I12")
        if way == "hlookup":
            return self._call("HLOOKUP", self.number(depth), "F1:J3", self._pick("12"), "FALSE")
        index = Formula(self._pick(("1", "3", "12", "13", "MATCH(\"abc\",B1:B12,0)")))
        return self._call("INDEX", self._pick(("A1:A12", "J1:J12", "C1:C12", "D1:D12")), index)

    def _choose(self, depth: int, make: Callable[[int], Formula]) -> Formula:
        name = self._pick(("IF", "IF", "IF", "IF", "IFERROR", "IFERROR", "IFNA", "IFS", "CHOOSE", "SWITCH"))
        if name == "IF":
            return self._call(name, self.truth(depth), make(depth), *((make(depth),) if self._chance.random() < 0.9 else ()))
        if name in ("IFERROR", "IFNA"):
            return self._call(name, self._pick((make, self.anything))(depth), make(depth))
        if name == "IFS":
            return self._call(name, self.truth(depth), make(depth), "TRUE", make(depth))
        if name == "CHOOSE":
            return self._call(name, self._pick(("1", "2", "3", "I2")), make(depth), make(depth))
        return self._call(name, self._pick((self._cell("B"), self._cell("I"))), self._pick(('"产出指标"', "3")), make(depth), make(depth))

    def _measure(self, depth: int) -> Formula:
        name = self._pick(("LEN", "FIND", "SEARCH", "VALUE", "LENB"))
        if name in ("LEN", "VALUE", "LENB"):
            return self._call(name, self.text(depth))
        return self._call(name, self._pick(('"a"', '"指标"', '"-"', '"B"', '"1"')), self.text(depth), *self._pick(((), ("2",))))

    def _calendar(self, depth: int) -> Formula:
        name = self._pick(("DATE", "YEAR", "MONTH", "DAY", "EDATE", "EOMONTH", "DAYS", "DATEDIF", "WEEKDAY", "DATEVALUE"))
        moment = Formula(self._cell("D")) if self._chance.random() < 0.7 else self._call("DATE", "2024", self._cell("I"), self._cell("I"))
        if name == "DATE":
            return self._call(name, self._pick(("2024", "2023", "1999")), self.number(0), self._cell("IIA"))
        if name in ("EDATE", "EOMONTH"):
            return self._call(name, moment, self._pick(("1", "-1", "12", "0", "I5", "-3")))
        if name == "DAYS":
            return self._call(name, moment, self._cell("D"))
        if name == "DATEDIF":
            return self._call(name, moment, self._cell("D"), self._pick(('"y"', '"m"', '"d"', '"ym"')))
        if name == "WEEKDAY":
            return self._call(name, moment, *self._pick(((), ("2",), ("3",))))
        if name == "DATEVALUE":
            return self._call(name, self._pick(('"2024-03-15"', '"2024/1/5"', "TEXT(D1,\"yyyy-mm-dd\")", "B1")))
        return self._call(name, moment)

    def _single(self, depth: int) -> Formula:
        return self._call(self._pick(("N", "VALUE", "--", "+")) , self._pick((self.anything, self.text))(depth))

    def _position(self, depth: int) -> Formula:
        return Formula(self._pick(("ROW()-1", "ROW(A5)", "COLUMN(C1)", "ROWS(A1:A12)", "COLUMNS(A1:J1)", "PI()", "ROUND(PI(),4)")))

    def _read(self, depth: int) -> Formula:
        """Return arithmetic on text that may read as a number."""
        text = self._pick(("12", "-12.50", "+3", " 7", "7 ", "1,234", "1,234.5", "12,34", "1.5E3", "1e2", "50%", "1,000%", "-5%", "12:30", "12:30:15", "2024-03-15",
                           "2024/3/5", "2024年3月5日", "6次", "", " ", "abc", "--3", "1.2.3", ".5", "5.", "0x10", "1 2", "TRUE", "1_000", "00012", "E5", "1E", "%", "-", "∞"))  # fmt: skip
        way = self._pick(("VALUE", "--", "*1", "+0", "&", "SUM", "ROUND", "INT", "IF"))
        quoted = f'"{text}"'
        return Formula({"VALUE": f"VALUE({quoted})", "--": f"--{quoted}", "*1": f"{quoted}*1", "+0": f"{quoted}+0", "&": f"({quoted}&\"0\")*1", "SUM": f"SUM({quoted},1)",
                        "ROUND": f"ROUND({quoted},1)", "INT": f"INT({quoted})", "IF": f"IF({quoted}>0,1,2)"}[way])  # fmt: skip

    def _areas(self, depth: int) -> Formula:
        """Return aggregates of unusual areas: reversed, whole columns, several, parts by INDEX, of two dimensions."""
        area = self._pick(("A12:A1", "A:A", "J:J", "$A$1:$B$5", "A1:J12", "I1:J12", "INDEX(A1:A12,0)", "INDEX(A1:J12,0,10)", "INDEX(I1:J12,3,0)", "(A1:A3,J1:J3)", "A3:A3", "F1:I4"))
        name = self._pick(("SUM", "COUNT", "COUNTA", "MAX", "MIN", "AVERAGE", "SUMIF", "COUNTIF", "COUNTBLANK", "SUMPRODUCT", "LARGE", "MATCH"))
        if ("(" in area and name not in ("SUM", "COUNT", "MAX", "MIN", "AVERAGE")) or (name == "SUMPRODUCT" and ":" in area and "1" not in area):
            name = "SUM"
        if "INDEX" not in area and "A1:J12" in area and name not in ("COUNTIF", "COUNTA", "COUNTBLANK"):
            name = "COUNT"
        if name in ("SUMIF", "COUNTIF"):
            return self._call(name, area, self._criterion())
        if name == "MATCH":
            return self._call(name, self.number(0), self._pick(("F1:F12", "J1:J12", "A:A", "I1:I12")), self._pick(("0", "1", "-1", "0")))
        return self._call(name, area, *(("2",) if name == "LARGE" else ()))

    def _edge(self, depth: int) -> Formula:
        """Return functions at the edge of what they take."""
        number = self._pick(("0", "-1", "1", "2.5", "-2.5", "0.5", "1E-10", "1E6", "0.1+0.2", "1.1*3", "-0.05", "2.675*100", "4.35*100", "1.15*100", "A5*1000", "J3/J2", "J1-J2-J3"))
        text = self._pick((
            "ROUND({n},{d})", "ROUNDUP({n},{d})", "ROUNDDOWN({n},{d})", "TRUNC({n},{d})", "INT({n})", "MOD({n},{m})", "CEILING({n},{m})", "FLOOR({n},{m})", "MROUND({n},{m})",
            "POWER({n},{m})", "({n})^{m}", "SIGN({n})", "({n})={n}", "({n})*3", "({n})-{m}", "LEN({n})", "({n})%", "SQRT({n})", "INT(({n})/{m})", "({n})&\"\"", "LARGE(J1:J12,{m})",
            "CHOOSE({n},1,2,3)", "LEFT(\"abcdef\",{n})", "MID(\"abcdef\",{n},{m})", "REPT(\"a\",{n})", "INDEX(J1:J12,{n})", "DATE(2024,{n},{m})", "EDATE(D1,{n})", "ROUND({n}*{m},{d})",
        ))  # fmt: skip
        return Formula(text.format(n=number, d=self._pick(("2", "0", "1", "-1", "2.9", "-1.5", "10", "15")), m=self._pick(("2", "3", "0.1", "0.5", "-2", "7", "1", "0", "0.05", "10"))))

    # -- texts

    def _concat(self, depth: int) -> Formula:
        parts = [self.anything(depth) for _ in range(self._pick((2, 2, 3)))]
        way = self._pick(("&", "&", "CONCATENATE", "CONCAT", "TEXTJOIN"))
        if way == "&":
            return self._join("&", *parts)
        if way == "TEXTJOIN":
            return self._call(way, self._pick(('"、"', '"-"')), self._pick(("TRUE", "FALSE")), self._range("BBHIC"), *parts[:1])
        return self._call(way, *parts)

    def _format(self, depth: int) -> Formula:
        if self._chance.random() < 0.35:
            return self._call("TEXT", self._cell("D"), '"' + self._pick(DATE_FORMATS).replace('"', '""') + '"')
        return self._call("TEXT", self.number(depth), '"' + self._pick(NUMBER_FORMATS).replace('"', '""') + '"')

    def _layout(self, depth: int) -> Formula:
        """Return TEXT with a layout put together of pieces."""
        def section() -> str:
            whole = self._pick(("0", "#", "#,##0", "00", "##0", "#,###", "0000", "#,##0"))
            places = self._pick(("", "", ".0", ".00", ".0#", ".##", ".000", ".#"))
            tail = self._pick(("", "", "", "%", "元", "万元", ",", "\\x", " ", "_)", "%%"))
            return self._pick(("", "", "", "-", "￥", "(", "+", "第")) + whole + places + tail

        sections = ";".join(section() for _ in range(self._pick((1, 1, 1, 2, 3))))
        value = self._pick((self._plain_number, lambda: Formula(f"-{self._pick(('0.004', '12.345', '0.5', '1234567.8', '0.05'))}"), lambda: self.number(depth)))()
        return self._call("TEXT", value, f'"{sections}"')

    def _cut(self, depth: int) -> Formula:
        name = self._pick(("LEFT", "RIGHT", "MID", "SUBSTITUTE", "REPLACE", "REPT"))
        one = self.text(depth)
        if name in ("LEFT", "RIGHT"):
            return self._call(name, one, *self._pick(((), ("1",), ("2",), ("9",), ("0",))))
        if name == "MID":
            return self._call(name, one, self._pick("123"), self._pick("1290"))
        if name == "SUBSTITUTE":
            return self._call(name, one, self._pick(('"指标"', '"a"', '"1"', '","')), self._pick(('""', '"甲"')), *self._pick(((), ("1",))))
        if name == "REPLACE":
            return self._call(name, one, self._pick("12"), self._pick("012"), self._pick(('"x"', '"指"')))
        return self._call(name, one, self._pick(("2", "0", "3")))

    def _lookup_text(self, depth: int) -> Formula:
        way = self._pick(("vlookup", "index", "lookup", "nearest", "xlookup"))
        if way == "vlookup":
            return self._call("VLOOKUP", self.text(depth), "B1:H12", self._pick(("1", "6", "7", "8")), "FALSE")
        if way == "index":
            return self._call("INDEX", "B1:B12", self._pick(("1", "4", "7", "MATCH(MAX(J1:J12),J1:J12,0)")))
        if way == "lookup":
            return self._call("LOOKUP", self.number(depth), "F1:F12", "G1:G12")
        if way == "nearest":
            return self._call("VLOOKUP", self.number(depth), "F1:G12", "2")
        return self._call("INDEX", "G1:G12", self._call("MATCH", self.number(depth), "F1:F12", "1"))

    def _changed(self, depth: int) -> Formula:
        name = self._pick(("TRIM", "UPPER", "LOWER", "PROPER", "T", "CLEAN", "CHAR", "UNICHAR"))
        if name == "CHAR":
            return Formula(f"CHAR({self._pick(('65', '10', '97', '48'))})")
        if name == "UNICHAR":
            return Formula(f"UNICHAR({self._pick(('19975', '8805', '65'))})")
        return self._call(name, self.text(depth))

    # -- truths

    def _compare(self, depth: int) -> Formula:
        return self._join(self._pick(("=", "<>", "<", "<=", ">", ">=")), self.number(depth), self.number(depth))

    def _compare_text(self, depth: int) -> Formula:
        return self._join(self._pick(("=", "<>")), self.text(depth), Formula(self._pick(('""', '"产出指标"', "B1", '"abc"'))))

    def _compare_any(self, depth: int) -> Formula:
        return self._join(self._pick(("=", "<>", "<", ">")), self.anything(depth), self.anything(depth))

    def _logic(self, depth: int) -> Formula:
        name = self._pick(("AND", "OR", "NOT", "AND", "OR", "XOR"))
        return self._call(name, *[self.truth(depth) for _ in range(1 if name == "NOT" else self._pick((1, 2, 2, 3)))])

    def _kind(self, depth: int) -> Formula:
        name = self._pick(("ISNUMBER", "ISTEXT", "ISBLANK", "ISERROR", "ISERR", "ISNA", "ISLOGICAL", "ISODD", "ISEVEN", "EXACT"))
        if name == "ISBLANK":
            return self._call(name, self._cell("ABCDEH"))
        if name == "EXACT":
            return self._call(name, self.text(depth), self.text(depth))
        if name in ("ISODD", "ISEVEN"):
            return self._call(name, self.number(depth))
        return self._call(name, self.anything(depth))
