"""Lint: whether a workbook keeps the conventions of a template, as far as the file itself can tell.

Unlike :func:`xlperf.template.library.load_template` it goes on where names are missing, and lists all at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from xlperf.address import RangeRef, column_number, parse_range
from xlperf.template.dictionary import Block, Field
from xlperf.template.filled import Filled, by_kind
from xlperf.template.library import Template, from_snapshot
from xlperf.template.lint_book import Book, Violation
from xlperf.template.lint_cells import check_computed, check_inputs, check_reviews, check_sheets
from xlperf.template.lint_formulas import check_across, check_blocks, check_formulas, check_stored
from xlperf.template.proof import Rulebook, check_ids, check_rules
from xlperf.workbook.package import open_package
from xlperf.workbook.read import read_package

__all__ = ["Rulebook", "Violation", "lint", "load_unproved"]

_IDENTITY = ("编号", "版本", "年度", "项目表原型", "项目表式样", "项目名称前缀", "项目名称式样")
_REQUIRED = ("是", "否", "随行")
_NAME = re.compile(r"[^\W\d][\w.]{0,254}$")
_LIKE_CELL = re.compile(r"(?P<letters>[A-Za-z]{1,3})\d+$")
_LIKE_R1C1 = re.compile(r"[Rr]\d*(?:[Cc]\d*)?$|[Cc]\d*$")


def load_unproved(path: Path) -> Template:
    """Read a workbook as a template, whatever it breaks. Raises FileRefused; TemplateError for no dictionary."""
    snapshot = read_package(open_package(path))
    return from_snapshot(path, snapshot)


NO_RULES = Rulebook()


def lint(
    template: Template,
    rulebook: Rulebook = NO_RULES,
    filled: Callable[[Template], Filled] | None = by_kind,
    *,
    together: bool = True,
) -> list[Violation]:
    """Return the breaches of the conventions; ``together`` makes the same breach at several places one.

    ``filled`` makes the filled instance on which the rules are tried: once nothing is wrong with the formulas, names
    and blocks, on which every trial rests. None leaves the trials out.
    """
    book = Book(template)
    identity = list(_identity(book))
    if any(key not in template.dictionary.identity for key in _IDENTITY):
        return identity
    ground = [*identity, *_names(book), *check_formulas(book), *check_blocks(book)]
    checks: tuple[Iterable[Violation], ...] = (
        _container(book),
        check_stored(book),
        check_across(book),
        check_inputs(book),
        check_computed(book),
        check_sheets(book),
        check_reviews(book, rulebook.retired),
        check_ids(book, rulebook),
        () if ground or filled is None else check_rules(book, rulebook, filled(template)),
    )
    found = [*ground, *(violation for check in checks for violation in check)]
    return _grouped(found) if together else found


def _grouped(violations: Iterable[Violation]) -> list[Violation]:
    places: dict[tuple[str, str], list[str]] = {}
    for violation in violations:
        places.setdefault((violation.what, violation.todo), []).append(violation.where)
    return [
        Violation(where[0] if len(where) == 1 else f"{where[0]} 等 {len(where)} 处", what, todo)
        for (what, todo), where in places.items()
    ]


def _identity(book: Book) -> Iterator[Violation]:
    """The identity on ``_xlperf``, and the sheet that is copied for each project."""
    identity, dictionary, where = book.dictionary.identity, book.dictionary, "_xlperf 身份"
    missing = [key for key in _IDENTITY if not identity.get(key)]
    if missing:
        yield Violation(where, f"缺少 {'、'.join(missing)}", "请在“身份”一节补上")
        return
    if not identity["年度"].isdigit():
        yield Violation(where, f"年度“{identity['年度']}”不是年份", "请写四位数字，如 2024")
    if all(sheet.name != dictionary.prototype for sheet in book.snapshot.sheets):
        what = f"没有项目表原型“{dictionary.prototype}”这张工作表"
        yield Violation(where, what, "请补上这张表，或改“项目表原型”")
    for title, made, wanted in (
        ("项目表式样", dictionary.project_sheet(1), dictionary.prototype),
        ("项目名称式样", dictionary.project_prefix(1), dictionary.prefix),
    ):
        if made != wanted or "{n}" not in identity[title]:
            what = f"{title}“{identity[title]}”得不出“{wanted}”"
            yield Violation(where, what, "请在式样中用 {n} 代表第几个项目")


def _container(book: Book) -> Iterator[Violation]:
    """What the file must not carry: macros, links to other workbooks."""
    if book.snapshot.macros:
        yield Violation("工作簿", "含有宏", "请另存为不含宏的 .xlsx")
    if book.snapshot.external_links:
        yield Violation("工作簿", "链接了别的工作簿", "请在“数据→编辑链接”中断开链接")
    for name in book.snapshot.names:
        if "#REF!" in name.text or "[" in name.text:
            yield Violation(f"名称 {name.name}", "名称已失效，或指向别的工作簿", "请在名称管理器中改正或删去")


def _names(book: Book) -> Iterator[Violation]:
    """Names of fields and blocks: workbook scope, visible, one existing area, valid, the right prefix."""
    dictionary = book.dictionary
    kinds: dict[str, Field | Block] = {**dictionary.fields, **dictionary.blocks}
    for name, entry in kinds.items():
        where = f"名称 {name}"
        if not _is_valid(name):
            todo = "请换一个名称：以汉字或字母开头，不含空格、符号，也不像单元格地址"
            yield Violation(where, "不是 Excel 认可的名称", todo)
        yield from _definition(book, name, entry.sheet, where)
        if (entry.sheet == dictionary.prototype) != name.startswith(dictionary.prefix):
            if entry.sheet == dictionary.prototype:
                yield Violation(where, f"项目表的名称没有以“{dictionary.prefix}”开头", "请加上前缀")
            else:
                yield Violation(where, f"不在项目表，却以“{dictionary.prefix}”开头", "请换一个名称")
    for name, field in dictionary.fields.items():
        if field.kind.required not in _REQUIRED:
            yield Violation(f"名称 {name}", f"必填“{field.kind.required}”不是是、否、随行之一", "请改字典")


def _is_valid(name: str) -> bool:
    like = _LIKE_CELL.match(name)
    if like:
        try:
            column_number(like["letters"])
        except ValueError:
            like = None
    return bool(_NAME.match(name)) and not like and not _LIKE_R1C1.match(name)


def _definition(book: Book, name: str, sheet: str, where: str) -> Iterator[Violation]:
    found = [other for other in book.snapshot.names if other.name.casefold() == name.casefold()]
    wide = next((other for other in found if other.scope is None), None)
    if any(other.scope is not None for other in found):
        what = "名称的范围是一张工作表，不是整个工作簿"
        yield Violation(where, what, "请删去它，重新定义为工作簿范围的名称")
    if wide is None:
        if not found:
            yield Violation(where, "字典里有，工作簿里没有定义", "请在名称管理器中定义，或从字典删去")
        return
    if wide.name != name:
        yield Violation(where, f"字母大小写与工作簿里的“{wide.name}”不同", "请改成一样")
    if wide.hidden:
        yield Violation(where, "名称是隐藏的，别的程序读不到", "请改为可见的名称")
    try:
        area = parse_range(wide.text.removeprefix("="))
    except ValueError:
        yield Violation(where, "没有指向一个确定的区域", "请让它指向一张表上的一格或一片")
        return
    if all(other.name != area.sheet for other in book.snapshot.sheets):
        yield Violation(where, f"指向的工作表“{area.sheet}”不存在", "请改名称的引用位置")
    elif area.sheet != sheet:
        yield Violation(where, f"指向“{area.sheet}”，字典却说在“{sheet}”", "请改字典或名称的引用位置")
    elif name in book.dictionary.fields and not _is_one_cell(book, area):
        yield Violation(where, "字段的名称指向不止一格", "请让它指向一格（或一个合并的格）")


def _is_one_cell(book: Book, area: RangeRef) -> bool:
    if (area.top, area.left) == (area.bottom, area.right):
        return True
    home = book.snapshot.sheet(area.sheet)
    return home is not None and (area.top, area.left, area.bottom, area.right) in home.merges
