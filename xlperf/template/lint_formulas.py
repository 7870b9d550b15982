"""Lint of formulas: functions, references, blocks, sums across sheets, and what the blank template shows."""

from __future__ import annotations

from collections.abc import Iterator

from xlperf.address import MAX_COLUMN, MAX_ROW, CellRef, RangeRef
from xlperf.errors import FormulaUnsupported
from xlperf.recompute import VOUCHED, Resolver, compile_plan
from xlperf.recompute.lexer import Token, tokenize
from xlperf.template.lint_book import Book, Violation, place
from xlperf.values import ExcelError, same_value

VOLATILE = frozenset(["NOW", "TODAY", "RAND", "RANDBETWEEN", "RANDARRAY", "OFFSET", "INDIRECT", "CELL", "INFO"])
#: Functions newer than Excel 2016, some of which the engine knows, but not every program that opens the form.
LATER = frozenset(
    [
        "IFS", "SWITCH", "CONCAT", "TEXTJOIN", "MAXIFS", "MINIFS", "XLOOKUP", "XMATCH", "FILTER", "SORT",
        "SORTBY", "UNIQUE", "SEQUENCE", "LET", "LAMBDA", "TEXTBEFORE", "TEXTAFTER", "TEXTSPLIT", "VSTACK",
        "HSTACK", "TOCOL", "TOROW", "TAKE", "DROP", "CHOOSECOLS", "CHOOSEROWS",
    ]
)  # fmt: skip
_REWRITE = "请改用通用函数和单元格引用"
_RESAVE = "请用 Excel 打开、重算并保存，或重新 build"


def check_formulas(book: Book) -> Iterator[Violation]:
    """Functions and references of all formulas, those of validations and conditional formats included."""
    told: set[CellRef] = set()
    for cell, text in book.formulas.items():
        for what, todo in _wrong_in(text):
            told.add(cell)
            yield Violation(place(cell), what, todo)
    for sheet, root in book.sheets():
        for node in (*root.iter("{*}formula"), *root.iter("{*}formula1"), *root.iter("{*}formula2")):
            text = node.text or ""
            home = node.getparent()
            if text and not text.startswith('"') and home is not None:
                conditional = str(home.tag).endswith("cfRule")
                holder = home.getparent() if conditional else home
                area = holder.get("sqref", "") if holder is not None else ""
                for what, todo in _wrong_in(text):
                    kind = "条件格式" if conditional else "数据验证"
                    yield Violation(f"{sheet.name}!{area.split(' ')[0]} 的{kind}", what, todo)
    plan = compile_plan(book.formula_book)
    for cell, reason in plan.unsupported.items():
        if cell not in told:
            yield Violation(place(cell), f"公式不能复算：{reason}", _REWRITE)
    for cell in sorted(plan.circular):
        yield Violation(place(cell), "公式循环引用", "请改公式，不要直接或间接引用本格")


def _wrong_in(text: str) -> Iterator[tuple[str, str]]:
    try:
        tokens = tokenize(text)
    except FormulaUnsupported as error:
        yield f"公式不能复算：{error}", _REWRITE
        return
    for name in dict.fromkeys(token.text for token in tokens if token.kind == "func"):
        if name in VOLATILE:
            yield f"用了易失函数 {name}，每次打开都会变", _REWRITE
        elif name in LATER:
            yield f"函数 {name} 在 Excel 2016 中没有", _REWRITE
        elif name not in VOUCHED and name not in ("TRUE", "FALSE"):
            yield f"函数 {name} 不在各程序都支持、能复算的函数之列", _REWRITE
    if any(_is_whole(token) for token in tokens):
        yield "引用了整行或整列", "请改为确定的区域，如 A5:A20"
    if any(token.kind == "error" for token in tokens):
        yield "公式里有错误值（如 #REF!）", "请重新写这条公式"


def _is_whole(token: Token) -> bool:
    corners = token.corners
    if corners is None:
        return False
    rows, columns = (corners.top, corners.bottom), (corners.left, corners.right)
    return rows == (1, MAX_ROW) or columns == (1, MAX_COLUMN)


def check_stored(book: Book) -> Iterator[Violation]:
    """The values stored with the file: no errors, and the same as recomputed."""
    for sheet in book.snapshot.sheets:
        for (row, column), cell in sheet.cells.items():
            if isinstance(cell.value, ExcelError):
                where = place(CellRef(sheet.name, row, column))
                yield Violation(where, f"空白模板的这一格显示 {cell.value}", "请让公式在没有填数时显示为空")
    inputs = {
        sheet.name: {key: cell.value for key, cell in sheet.cells.items() if cell.formula is None}
        for sheet in book.snapshot.sheets
    }
    done = compile_plan(book.formula_book).run(inputs)
    for found in book.formulas:
        stored = book.snapshot.cell(found)
        computed = done.values.get(found.sheet, {}).get((found.row, found.column))
        if found in done.unchecked or stored is None or isinstance(stored.value, ExcelError):
            continue
        if not same_value(stored.value, computed):  # nothing stored is as good as "", which XlsxWriter leaves out
            yield Violation(place(found), "存下的计算结果与复算不同", _RESAVE)


def check_blocks(book: Book) -> Iterator[Violation]:
    """Blocks: alike rows, no rows shared by two, no formula that looks at another row of its own block."""
    resolver = Resolver(book.formula_book.names, book.formula_book.sheets)
    areas = book.template.areas
    known = [(name, areas[name]) for name in book.dictionary.blocks if name in areas]
    for index, (name, area) in enumerate(known):
        where = f"块 {name}（{area.sheet}!{area.a1}）"
        if area.top == area.bottom:
            yield Violation(where, "块只有一行，公式引用不到将来增加的行", "请让模板中的块至少有两行")
        for other, second in known[:index]:
            if area.sheet == second.sheet and area.top <= second.bottom and second.top <= area.bottom:
                yield Violation(where, f"与块 {other} 占了同样的行", "请让每一行只属于一个块")
        for number in range(area.left, area.right + 1):
            yield from _alike(book, resolver, area, number)
        for column in book.dictionary.blocks[name].columns:
            if not area.left <= column.column <= area.right:
                yield Violation(where, f"列“{column.key}”不在块的区域里", "请让块的名称包括它的全部列")
    for cell, text in book.formulas.items():
        for name, area in known:
            within = cell.sheet == area.sheet and area.top <= cell.row <= area.bottom
            if within and _looks_aside(text, cell, area):
                yield Violation(
                    place(cell),
                    f"公式引用了同一块（{name}）的另一行，增减行后会错位",
                    "块内的公式只引用本行，或者引用整块",
                )


def _alike(book: Book, resolver: Resolver, area: RangeRef, column: int) -> Iterator[Violation]:
    first = CellRef(area.sheet, area.top, column)
    wanted = _form(book, resolver, first)
    for row in range(area.top + 1, area.bottom + 1):
        cell = CellRef(area.sheet, row, column)
        if _form(book, resolver, cell) != wanted:
            what = f"公式与块首行（{first.a1}）不是同一式样"
            yield Violation(place(cell), what, "请把首行的公式向下复制，使块内各行一致")


def _form(book: Book, resolver: Resolver, cell: CellRef) -> str | None:
    """Return a formula relative to its cell; its own text where it cannot be read; None for no formula."""
    text = book.formulas.get(cell)
    if text is None:
        return None
    try:
        return resolver.resolve(text, cell).form()
    except FormulaUnsupported:
        return text


def _looks_aside(text: str, cell: CellRef, area: RangeRef) -> bool:
    try:
        tokens = tokenize(text)
    except FormulaUnsupported:
        return False
    for token in tokens:
        corners = token.corners
        if corners is None or (token.sheet is not None and token.sheet.casefold() != cell.sheet.casefold()):
            continue
        touches = corners.top <= area.bottom and area.top <= corners.bottom
        whole = corners.top <= area.top and area.bottom <= corners.bottom
        if touches and not whole and (corners.top, corners.bottom) != (cell.row, cell.row):
            return True
    return False


def check_across(book: Book) -> Iterator[Violation]:
    """Sums across the project sheets: from a sheet before to one after, which are empty there."""
    order = [sheet.name.casefold() for sheet in book.snapshot.sheets]
    prototype = book.dictionary.prototype.casefold()
    for cell, text in book.formulas.items():
        try:
            tokens = tokenize(text)
        except FormulaUnsupported:
            continue
        for token in tokens:
            first, colon, last = (token.sheet or "").casefold().partition(":")
            if not colon or token.corners is None or first not in order or last not in order:
                continue
            low, high = sorted((order.index(first), order.index(last)))
            if prototype not in order[low + 1 : high]:
                yield Violation(
                    place(cell),
                    f"跨表相加（{token.sheet}）没有从项目表前一张到后一张",
                    f"请写成项目表 {book.dictionary.prototype} 的前一张:后一张，增加的项目才加得进去",
                )
            top, left, bottom, right = token.corners[:4]
            for sheet in book.snapshot.sheets[low : high + 1]:
                if sheet.name.casefold() == prototype:
                    continue
                for row, column in sheet.cells:
                    if top <= row <= bottom and left <= column <= right:
                        where = CellRef(sheet.name, row, column)
                        yield Violation(
                            place(where),
                            f"{place(cell)} 跨表相加，会把这一格也加进去",
                            "请让项目表两边各表的这个位置空着",
                        )
