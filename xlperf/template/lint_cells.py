"""Lint of cells and sheets: locks, validations, protection, printing, links, tables of checks."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from lxml import etree

from xlperf.address import CellRef, column_letters, parse_area
from xlperf.template.dictionary import SHEET
from xlperf.template.lint_book import Book, Violation, place
from xlperf.template.review import ReviewRow

_LEVELS = ("强制", "核实", "提示")
_SECRETS = ("password", "hashValue", "workbookPassword", "workbookHashValue", "revisionsPassword")


def check_inputs(book: Book) -> Iterator[Violation]:
    """Inputs are unlocked, hold no formula, have a validation with a prompt; nothing else is unlocked."""
    for cell, name in book.inputs.items():
        where = f"{place(cell)}（{name}）"
        if book.locked(cell):
            yield Violation(where, "填报格是锁定的，填不进去", "请在单元格格式的“保护”中取消锁定")
        if cell in book.formulas:
            yield Violation(where, "填报格里有公式", "请删去公式，或在字典里把它的类型改为计算")
        validation = book.validation(cell)
        if validation is None:
            yield Violation(where, "填报格没有数据验证", "请加数据验证，并写输入提示")
        elif not validation.prompt.strip():
            yield Violation(where, "数据验证没有输入提示", "请在数据验证的“输入信息”中写明怎样填")
    merged = {
        (sheet.name, row, column): CellRef(sheet.name, top, left)
        for sheet in book.snapshot.sheets
        for top, left, bottom, right in sheet.merges
        for row in range(top, bottom + 1)
        for column in range(left, right + 1)
    }
    areas = book.template.areas
    policy = {
        CellRef(areas[name].sheet, areas[name].top, areas[name].left)
        for name, field in book.dictionary.fields.items()
        if not field.kind.is_input and name in areas
    }
    known = book.inputs.keys() | book.formulas.keys() | policy
    for cell in book.styles:
        if merged.get(cell, cell) not in known and not book.locked(cell):
            yield Violation(place(cell), "没有登记在字典里的格未锁定", "请锁定这一格，或把它登记为填报格")


def check_computed(book: Book) -> Iterator[Violation]:
    """Formulas and policy are locked; what the dictionary calls computed is a formula or a fixed text."""
    for cell in book.formulas:
        if not book.locked(cell):
            yield Violation(place(cell), "公式格没有锁定", "请在单元格格式的“保护”中勾选锁定")
    areas = book.template.areas
    for name, field in book.dictionary.fields.items():
        if field.kind.is_input or name not in areas:
            continue
        cell = CellRef(areas[name].sheet, areas[name].top, areas[name].left)
        if field.kind.type == "计算":
            yield from _computed(book, cell, name)
        elif cell not in book.formulas and not book.locked(cell):
            yield Violation(f"{place(cell)}（{name}）", "口径格没有锁定", "请在单元格格式的“保护”中勾选锁定")
    for name, block in book.dictionary.blocks.items():
        for column in block.columns if name in areas else ():
            for row in range(areas[name].top, areas[name].bottom + 1):
                if column.kind.type == "计算":
                    cell = CellRef(areas[name].sheet, row, column.column)
                    yield from _computed(book, cell, f"{name}的{column.key}")


def _computed(book: Book, cell: CellRef, name: str) -> Iterator[Violation]:
    found = book.snapshot.cell(cell)
    if found is None or (found.formula is None and found.value is None):
        yield Violation(f"{place(cell)}（{name}）", "字典说由公式计算，格里却空着", "请补上公式，或改字典")


def check_sheets(book: Book) -> Iterator[Violation]:
    """Protection without a password, print areas without helper columns, A4, no links out of the workbook."""
    if any(node.get(key) for node in book.workbook.iterfind("{*}workbookProtection") for key in _SECRETS):
        yield Violation("工作簿", "工作簿保护设了密码", "请取消密码后重新保护，保护只是扶手")
    for sheet, root in book.sheets():
        if not sheet.protected:
            yield Violation(sheet.name, "工作表没有保护", "请在“审阅→保护工作表”中保护，密码留空")
        if any(node.get(key) for node in root.iterfind("{*}sheetProtection") for key in _SECRETS):
            yield Violation(sheet.name, "工作表保护设了密码", "请撤消保护，再不设密码重新保护")
        if sheet.name == SHEET:
            if sheet.state == "visible":
                yield Violation(sheet.name, "字典表没有隐藏", "请隐藏这张表")
        elif sheet.state == "visible":
            yield from _printing(book, sheet.name, root)
        yield from _links(book, sheet.name, root)


def _printing(book: Book, sheet: str, root: etree._Element) -> Iterator[Violation]:
    setup = root.find("{*}pageSetup")
    if setup is None or setup.get("paperSize") != "9":
        yield Violation(sheet, "纸张不是 A4", "请在页面设置中选 A4")
    names = [name for name in book.snapshot.names if name.scope == sheet]
    text = next((name.text for name in names if name.name.casefold().endswith("print_area")), "")
    columns: set[int] = set()
    for piece in text.split(","):
        try:
            _, left, _, right = parse_area(piece.rpartition("!")[2].replace("$", ""))
        except ValueError:
            continue
        columns.update(range(left, right + 1))
    if not columns:
        yield Violation(sheet, "没有设打印区域", "请把正式表样设为打印区域")
    helpers = {column for name, column in book.dictionary.flags if name == sheet} | set(_hidden(root))
    inside = sorted(helpers & columns)
    if inside:
        listed = "、".join(map(column_letters, inside))
        yield Violation(sheet, f"打印区域包括了辅助列 {listed}", "请把辅助列移到打印区域之外")


def _hidden(root: etree._Element) -> Iterator[int]:
    for node in root.iterfind("{*}cols/{*}col"):
        if node.get("hidden") in ("1", "true"):
            yield from range(int(node.get("min", "1")), min(int(node.get("max", "1")), 512) + 1)


def _links(book: Book, sheet: str, root: etree._Element) -> Iterator[Violation]:
    names = {name.casefold() for name in book.template.areas}
    for node in root.iterfind("{*}hyperlinks/{*}hyperlink"):
        where, target = f"{sheet}!{node.get('ref', '')}", node.get("location", "")
        if any(str(key).endswith("}id") for key in node.attrib):
            yield Violation(where, "链接指向工作簿之外", "请改为指向本工作簿里的名称，或删去链接")
        elif "!" not in target and target.casefold() not in names:
            yield Violation(where, f"链接指向的名称“{target}”没有定义", "请改为已定义的名称")


def check_reviews(book: Book, retired: Collection[str]) -> Iterator[Violation]:
    """Rows of checks: level, id, formulas, and that a row can fail at all."""
    seen: set[tuple[str, str]] = set()
    columns: dict[str, Mapping[str, int]] = {}
    for row in book.reviews:
        where = f"{row.sheet}!第 {row.row} 行（{row.id}）"
        columns.setdefault(row.sheet, row.columns)
        if row.level not in _LEVELS:
            yield Violation(where, f"级别“{row.level}”不是强制、核实、提示之一", "请改级别")
        if (row.sheet, row.id) in seen:
            yield Violation(where, f"编号 {row.id} 在本表用了两次", "请换一个编号，如加 -1、-2")
        seen.add((row.sheet, row.id))
        if row.rule in retired:
            yield Violation(where, f"编号 {row.rule} 已取消，不能再用", "请换一个没有用过的编号")
        yield from _review_formulas(book, row, where)
    for sheet, parts in columns.items():
        yield from _unnumbered(book, sheet, parts)


def _review_formulas(book: Book, row: ReviewRow, where: str) -> Iterator[Violation]:
    for part, title in (("difference", "差额"), ("result", "结果")):
        if row.cell(part) not in book.formulas:
            yield Violation(where, f"“{title}”不是公式", "请照其他各行写公式")


def _unnumbered(book: Book, sheet: str, columns: Mapping[str, int]) -> Iterator[Violation]:
    """Rows that have a result but no id by which they would be found: nobody would look at them."""
    known = {row.row for row in book.reviews if row.sheet == sheet}
    for cell in book.formulas:
        if (cell.sheet, cell.column) != (sheet, columns["result"]) or cell.row in known or cell.row < min(known):
            continue
        if CellRef(sheet, cell.row, columns["difference"]) in book.formulas:
            what = "审核行的编号空着或写法不合，不会被审核"
            yield Violation(f"{sheet}!第 {cell.row} 行", what, "请把编号写成 A01 或 A01-2 的样子")
