"""Lint of the rules that a template tells as rows of checks: each is known, its examples come out as they say, each row
can fail at all, its tolerance is one of rounding, and its result follows from its two sides as in every other row.

Nothing here compares texts of formulas with official ones: they are tried, so a bureau may write them its own way.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple

from xlperf.address import CellRef
from xlperf.errors import FormulaUnsupported
from xlperf.recompute import Resolver
from xlperf.template.dictionary import SHEET, OwnRule, lines_of
from xlperf.template.examples import Edits, locate, parse
from xlperf.template.filled import Filled
from xlperf.template.lint_book import Book, Violation
from xlperf.template.review import ReviewRow
from xlperf.values import Scalar, is_blank, is_number, show_number, show_value

#: What the ids of a template's own rules begin with; the catalogue will never use it.
OWN = "Z"
STATES = ("启用", "观察", "停用")

_FAILED = {"强制": ("不符", "未填"), "核实": ("待说明",), "提示": ("提示",)}
_FINE = ("通过", "可由舍入解释", "已说明")
_ID = re.compile(r"[A-Z]{1,3}\d{2,3}")
#: Of a row that reads more cells than this, so many are tried.
_MANY = 160


class Record(NamedTuple):
    """The examples of a rule of the catalogue, as edits of the clean sample."""

    fails: Edits
    passes: Edits


class Rulebook(NamedTuple):
    """What lint has to know of the catalogue, which stands above this room: ids that are gone, and the others.

    A rule whose examples are no edits (they delete a row, copy a sheet) has None: it is not tried on them.
    """

    retired: Collection[str] = ()
    records: Mapping[str, Record | None] = MappingProxyType({})


def check_ids(book: Book, rulebook: Rulebook) -> Iterator[Violation]:
    """Ids of rows and of the section 规则: of the catalogue, or a template's own, which begin with Z."""
    rows: dict[str, ReviewRow] = {}
    for row in book.reviews:
        rows.setdefault(row.rule, row)
    for rule, row in rows.items():
        if rule in rulebook.retired or rule in rulebook.records:
            continue
        where = _where(row)
        if not rule.startswith(OWN):
            what = f"编号 {rule} 不在规则目录里，也不是本模板自己的编号"
            yield Violation(where, what, f"自己的规则请用 {OWN} 开头的编号，如 {OWN}01，以免与目录相重")
        elif rule not in book.dictionary.rules:
            what = f"规则 {rule} 没有记录，不知道怎样算不符、怎样改"
            yield Violation(where, what, f"请在 {SHEET} 的“规则”一节写一行：编号、怎样改、依据、不符示例、通过示例")
    for rule, line in book.dictionary.rules.items():
        yield from _line(line, rule in rows, rulebook)
    told = [line[0] for line in lines_of(book.snapshot, "规则")]
    for rule in sorted({rule for rule in told if told.count(rule) > 1}):
        yield Violation(f"{SHEET} 规则 {rule}", "编号写了两行", "请合并成一行")


def _line(line: OwnRule, used: bool, rulebook: Rulebook) -> Iterator[Violation]:
    where = f"{SHEET} 规则 {line.id}"
    own = line.id not in rulebook.records
    if line.id in rulebook.retired:
        yield Violation(where, "编号已取消，不能再用", f"请换一个没有用过的编号，如 {OWN}01")
        return
    if line.state and line.state not in STATES:
        yield Violation(where, f"状态“{line.state}”不是{'、'.join(STATES)}之一", "请改状态，启用的可以不写")
    if own and not (_ID.fullmatch(line.id) and line.id.startswith(OWN)):
        what = "编号既不在规则目录里，也不是本模板自己的编号"
        yield Violation(where, what, f"自己的规则请用 {OWN} 开头、两位数字的编号，如 {OWN}01")
    elif own and not used and line.state != "停用":
        todo = "请在“审核”表加一行，或把状态改为停用（编号留着，不再作他用）"
        yield Violation(where, "审核表里没有这个编号的行", todo)
    if not (own and used):
        return
    parts = (("怎样改", line.mend), ("依据", line.source), ("不符示例", line.fails), ("通过示例", line.passes))
    missing = [title for title, text in parts if not text]
    if missing:
        yield Violation(where, f"没有写{'、'.join(missing)}", "请补上；示例写成“字段=值；字段=值”")


def check_rules(book: Book, rulebook: Rulebook, filled: Filled) -> Iterator[Violation]:
    """Try the rows of a filled instance: their examples, and whether they can fail."""
    proof = _Proof(book, filled)
    for rule, rows in proof.rows.items():
        examples = _examples(book, rulebook, rule)
        if isinstance(examples, Violation):
            yield examples
        elif examples is not None:
            yield from proof.examples(rule, rows, examples)
    for rows in proof.rows.values():
        for row in rows:
            yield from proof.row(row)


def _examples(book: Book, rulebook: Rulebook, rule: str) -> Record | Violation | None:
    """Return the examples of a rule: the template's own where it has some, else the catalogue's."""
    line = book.dictionary.rules.get(rule)
    if line is None or not (line.fails and line.passes):
        return rulebook.records.get(rule)
    try:
        return Record(parse(line.fails), parse(line.passes))
    except ValueError as error:
        return Violation(f"{SHEET} 规则 {rule}", f"示例写法不对：{error}", "请写成“字段=值；字段=值”")


class _Proof:
    """A filled instance whose rows are tried."""

    def __init__(self, book: Book, filled: Filled) -> None:
        self.book, self.instance = book, filled.instance
        self.plan = self.instance.plan
        self.done = self.plan.run(filled.grids)
        self.base = {sheet: dict(cells) for sheet, cells in self.done.values.items()}
        self.resolver = Resolver(self.instance.book.names, self.instance.book.sheets)
        self.failed: set[CellRef] = set()
        self.rows: dict[str, list[ReviewRow]] = {}
        for row in self.instance.reviews:
            self.rows.setdefault(row.rule, []).append(row)

    # -- examples ----------------------------------------------------------------------------

    def examples(self, rule: str, rows: list[ReviewRow], examples: Record) -> Iterator[Violation]:
        """Demand that a row of the rule fails after the one example, and that none does after the other."""
        where = f"规则 {rule}（{_where(self._official(rows[0]))}）"
        todo = f"请改这一行的公式，或在 {SHEET} 的“规则”一节写适合本模板的示例"
        try:
            after = self._after(examples.fails)
            failing = [row for row in rows if self._result(after, row) in _FAILED.get(row.level, ())]
            self.failed.update(row.cell("result") for row in failing)
            if not failing:
                yield Violation(where, f"不符示例没有被查出，得到的是{self._shown(after, rows)}", todo)
            after = self._after(examples.passes)
        except ValueError as error:
            yield Violation(where, f"示例用不到本模板上：{error}", f"请在 {SHEET} 的“规则”一节写适合本模板的示例")
            return
        results = [self._result(after, row) for row in rows]
        wrong = [row for row, result in zip(rows, results, strict=True) if result in _FAILED.get(row.level, ())]
        if wrong:
            yield Violation(where, f"通过示例仍被查出，{wrong[0].id} 得到的是{self._shown(after, wrong[:1])}", todo)
        elif not any(result in _FINE for result in results):
            yield Violation(where, f"通过示例没有得到“通过”，得到的是{self._shown(after, rows)}", todo)

    def _after(self, edits: Edits) -> Mapping[str, Mapping[tuple[int, int], Scalar]]:
        put = {locate(self.instance, target): value for target, value in edits.items()}
        return self.plan.rerun(self.done, put).values

    @staticmethod
    def _result(values: Mapping[str, Mapping[tuple[int, int], Scalar]], row: ReviewRow) -> Scalar:
        cell = row.cell("result")
        return values[cell.sheet].get((cell.row, cell.column))

    def _shown(self, values: Mapping[str, Mapping[tuple[int, int], Scalar]], rows: list[ReviewRow]) -> str:
        found = dict.fromkeys(show_value(self._result(values, row)) for row in rows)
        return "、".join(f"“{text}”" for text in found)

    # -- one row -----------------------------------------------------------------------------

    def row(self, row: ReviewRow) -> Iterator[Violation]:
        """Demand that a row can fail, that its tolerance is sound, and that its result follows from its sides."""
        where = _where(self._official(row))
        formulas = self.instance.formulas
        if row.cell("difference") not in formulas or row.cell("result") not in formulas or row.level not in _FAILED:
            return  # told by the checks of the table
        reads = self._reads(row)
        if not reads:
            yield Violation(where, "左值、右值都不取自表中的数，这一行永远不会变", "请至少让一边取自表中的数")
            return
        if self._same_sides(row):
            yield Violation(where, "左值与右值是同一个式子，永远相等", "请让两边取自不同的格")
            return
        strange = self._convention(row)
        if strange:
            todo = "请从其他同级别的行复制“差额”“结果”两格的公式"
            yield Violation(where, f"结果不按约定得出：{strange}", todo)
            return
        yield from self._tolerance(row, where, reads)
        if not self._is_counted(row):
            yield Violation(where, "审核结论没有把这一行算进去", "请把这一行移到审核表的中间，不要放在最后一行之下")
        if row.cell("result") not in self.failed and not self._can_fail(row, reads):
            yield Violation(where, "试改了所引的各格，都得不到不符，这一行查不出问题", "请核对左值、右值和允许误差")

    def _official(self, row: ReviewRow) -> ReviewRow:
        """Return the row of the template that a row of the instance was made from."""
        origin = self.instance.sheet(row.sheet).origin
        return next(other for other in self.book.reviews if (other.sheet, other.id) == (origin, row.id))

    def _reads(self, row: ReviewRow) -> list[CellRef]:
        """Return the cells that the two sides read, without the row's own."""
        own = {row.cell(part) for part in row.columns}
        areas = (*self.plan.precedents(row.cell("left")), *self.plan.precedents(row.cell("right")))
        return [cell for cell in dict.fromkeys(cell for area in areas for cell in area.cells()) if cell not in own]

    def _same_sides(self, row: ReviewRow) -> bool:
        left, right = (self.instance.formulas.get(row.cell(part)) for part in ("left", "right"))
        if left is None or right is None:
            return False
        try:
            one, other = (self.resolver.canonical(text, row.cell("left")) for text in (left, right))
        except FormulaUnsupported:
            return False
        return one == other

    def _tolerance(self, row: ReviewRow, where: str, reads: list[CellRef]) -> Iterator[Violation]:
        """A tolerance is what rounding can make of the figures read, or very little beside the figures."""
        value = self._value(row.cell("tolerance"))
        if not is_number(value) or not isinstance(value, int | float) or value < 0:
            what = f"允许误差“{show_value(value)}”不是不小于 0 的数" if not is_blank(value) else "没有写允许误差"
            yield Violation(where, what, "请写一个数，如 0.01；不允许误差的写 0")
            return
        sides = [self._value(row.cell(part)) for part in ("left", "right")]
        larger = max((abs(side) for side in sides if is_number(side) and isinstance(side, int | float)), default=0)
        rounding = 0.005 * (len(reads) + 1)
        if value > rounding + 1e-9 and value > 0.01 * larger:
            what = (
                f"允许误差 {show_number(value)} 太大：所引 {len(reads)} 格四舍五入至多差 {show_number(rounding)}，"
                f"试填的数是 {show_number(larger)}"
            )
            yield Violation(where, what, "请按 0.005×（所引格数＋1）写，太大就查不出问题")

    def _is_counted(self, row: ReviewRow) -> bool:
        """Whether a formula outside the row reads its result: the count from which the verdict is made."""
        cell = row.cell("result")
        return any(
            top <= cell.row <= bottom and left <= cell.column <= right and (sheet, line) != (cell.sheet, cell.row)
            for sheet, line, top, left, bottom, right in self._read_on.get(cell.sheet, ())
        )

    @cached_property
    def _read_on(self) -> dict[str, list[tuple[str, int, int, int, int, int]]]:
        """Every area of some rows that a formula reads, by sheet, with the sheet and the row of the formula."""
        found: dict[str, list[tuple[str, int, int, int, int, int]]] = {}
        for cell in self.instance.formulas:
            for area in self.plan.precedents(cell):
                if area.bottom > area.top:
                    found.setdefault(area.sheet, []).append((cell.sheet, cell.row, *area[1:]))
        return found

    def _can_fail(self, row: ReviewRow, reads: list[CellRef]) -> bool:
        """Whether some value in one of the cells read makes the row fail, the blank ones filled in or not."""
        blank = {cell: 1 for cell in reads[:_MANY] if is_blank(self._value(cell))}
        for start in ({}, blank):
            for cell in reads[:_MANY]:
                now = start.get(cell, self._value(cell))
                near = now if is_number(now) and isinstance(now, int | float) else 0
                for value in (near + 1000003.7, -1000003.7, 0, row.rule, None):
                    if self._tried(row, {**start, cell: value}) in _FAILED[row.level]:
                        return True
        return False

    def _convention(self, row: ReviewRow) -> str:
        """Return how difference and result break the convention, empty where they keep it."""
        failed = _FAILED[row.level]
        cases: tuple[tuple[Scalar, Scalar, tuple[str, ...]], ...] = (
            ("", 1, ("未检",)), (1, "", ("未检",)), ("不适用", 1, ("不适用",)), (1, "不适用", ("不适用",)),
            (100, 100, ("通过",)), (100, 100.004, ("通过", "可由舍入解释")),
        )  # fmt: skip
        for left, right, wanted in cases:
            got = self._judged(row, left, right)
            if got not in wanted:
                sides = f"左值 {_side(left)}、右值 {_side(right)} 时"
                return f"{sides}应得“{wanted[0]}”，现得“{show_value(got)}”"
        ends = [self._judged(row, left, right) for left, right in ((100, 900), (900, 100))]
        if not any(end in failed for end in ends):
            return f"左值 100、右值 900 时和相反时都没有得到“{failed[0]}”"
        return ""

    # -- trying values -----------------------------------------------------------------------

    def _value(self, cell: CellRef) -> Scalar:
        return self.base.get(cell.sheet, {}).get((cell.row, cell.column))

    def _judged(self, row: ReviewRow, left: Scalar, right: Scalar) -> Scalar:
        """Return the result for two sides, with a tolerance of 0.01 and no explanation."""
        given = {row.cell("left"): left, row.cell("right"): right, row.cell("tolerance"): 0.01}
        return self._evaluated(row, given, ("difference", "result"))

    def _tried(self, row: ReviewRow, given: Mapping[CellRef, Scalar]) -> Scalar:
        """Return the result with other values in the cells that the sides read."""
        return self._evaluated(row, given, ("left", "right", "tolerance", "difference", "result"))

    def _evaluated(self, row: ReviewRow, given: Mapping[CellRef, Scalar], parts: tuple[str, ...]) -> Scalar:
        before: dict[CellRef, Scalar] = {}

        def put(cell: CellRef, value: Scalar) -> None:
            before.setdefault(cell, self._value(cell))
            self.base[cell.sheet][cell.row, cell.column] = value

        try:
            for cell, value in {row.cell("explanation"): None, **given}.items():
                put(cell, value)
            for cell in (*map(row.cell, parts[:-1]), *self._helpers(row), row.cell(parts[-1])):
                if cell in self.instance.formulas:
                    put(cell, self.plan.evaluate(cell, self.base))
            return self._value(row.cell("result"))
        except FormulaUnsupported:
            return None
        finally:
            for cell, value in before.items():
                self.base[cell.sheet][cell.row, cell.column] = value


    def _helpers(self, row: ReviewRow) -> list[CellRef]:
        """Return the other formulas of the same row that the result reads: whether an explanation says anything, …"""
        parts = {row.cell(part) for part in row.columns}
        cells = (cell for area in self.plan.precedents(row.cell("result")) for cell in area.cells())
        here = (cell for cell in cells if (cell.sheet, cell.row) == (row.sheet, row.row) and cell not in parts)
        return sorted(cell for cell in here if cell in self.instance.formulas)


def _side(value: Scalar) -> str:
    return "空白" if value == "" else f"“{value}”" if isinstance(value, str) else show_value(value)


def _where(row: ReviewRow) -> str:
    return f"{row.sheet}!第 {row.row} 行（{row.id}）"
