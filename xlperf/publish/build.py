"""Build a template workbook from its text source, the same bytes every time.

The workbook is written by XlsxWriter, once without results to be computed, once with them. The zip is stored
uncompressed with fixed dates, so that the bytes do not depend on the machine's zlib.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from xlperf.address import column_letters, column_number, quote_sheet
from xlperf.publish.compute import computed_values
from xlperf.publish.source import CellSpec, SheetSpec, TemplateSpec, load
from xlperf.template.dictionary import SECTIONS
from xlperf.values import Scalar
from xlperf.workbook.read import read_bytes

Values = Mapping[str, Mapping[tuple[int, int], Scalar]]

_FORMAT_KEYS = {
    "font": "font_name", "size": "font_size", "align": "align", "valign": "valign", "wrap": "text_wrap",
    "border": "border", "right_border": "right", "left_border": "left", "indent": "indent", "rotation": "rotation",
    "format": "num_format", "fill": "bg_color", "color": "font_color", "underline": "underline",
}  # fmt: skip

_PROTECTION = {
    "select_locked_cells": True, "select_unlocked_cells": True, "format_cells": False, "format_columns": True,
    "format_rows": True, "insert_rows": False, "delete_rows": False,
}  # fmt: skip


def build(folder: Path) -> bytes:
    """Return the workbook built from the source in ``folder``. Raises TemplateError for a faulty source."""
    spec = load(folder)
    bare = _write(spec, {})
    return _write(spec, computed_values(read_bytes(bare, f"{spec.settings['id']}.xlsx")))


def _write(spec: TemplateSpec, values: Values) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties(
        {"title": spec.settings["title"], "author": spec.settings["issuer"], "created": datetime(2025, 1, 1)}
    )
    book.set_calc_mode("auto")
    writer = _Writer(spec, book, values)
    for sheet in spec.sheets:
        writer.sheet(sheet)
    book.close()
    return _stored(buffer.getvalue())


def _stored(data: bytes) -> bytes:
    """Return the same zip, uncompressed and with fixed dates."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as new:
        for name in old.namelist():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.create_system = 0
            new.writestr(info, old.read(name))
    return out.getvalue()


class _Writer:
    """Writes the sheets of one layout into one XlsxWriter workbook."""

    def __init__(self, spec: TemplateSpec, book: Any, values: Values) -> None:
        self.spec = spec
        self.book = book
        self.values = values
        self.formats: dict[tuple[str, ...], Any] = {}

    def format(self, styles: list[str]) -> Any:
        key = tuple(style for style in styles if style and style != "结果")
        if key not in self.formats:
            options: dict[str, Any] = {"locked": True}
            for name in key:
                for option, value in self.spec.settings["style"][name].items():
                    if option == "unlocked":
                        options["locked"] = False
                    elif option == "align":
                        options["align"] = value
                    elif option == "valign":
                        options["valign"] = {"top": "top"}.get(value, value)
                    else:
                        options[_FORMAT_KEYS[option]] = value
            if options.get("left") == 0 or options.get("right") == 0:
                border = options.pop("border", 0)
                sides = dict.fromkeys(("left", "right", "top", "bottom"), border)
                options = {**sides, **options}
            self.formats[key] = self.book.add_format(options)
        return self.formats[key]

    def sheet(self, sheet: SheetSpec) -> None:
        source = sheet.source
        page = self.book.add_worksheet(sheet.name)
        page.hide_gridlines(2)
        for letter, width in source.get("widths", {}).items():
            page.set_column(f"{letter}:{letter}", width)
        if "hidden" in source:
            page.set_column(source["hidden"], 10, None, {"hidden": True})
        if source.get("dictionary"):
            self._dictionary(page, source)
        for row, height in sheet.heights.items():
            page.set_row(row - 1, height)
        for cell in sheet.cells.values():
            self._cell(page, sheet, cell)
        self._validations(page, sheet)
        self._review_colours(page, sheet)
        for block in sheet.blocks:
            left, right = self._block_columns(sheet, block.top)
            self._name(block.name, sheet.name, (block.top, left, block.bottom, right))
        if source.get("state") == "hidden":
            page.hide()
        else:
            self._page(page, sheet)
        page.protect("", _PROTECTION)

    def _page(self, page: Any, sheet: SheetSpec) -> None:
        source = sheet.source
        page.set_paper(9)
        if source.get("orientation") == "landscape":
            page.set_landscape()
        else:
            page.set_portrait()
        left, right = (column_number(part) for part in source["print"].split(":"))
        page.print_area(0, left - 1, sheet.last_print_row - 1, right - 1)
        page.fit_to_pages(1, 0)
        page.set_margins(left=0.79, right=0.79, top=0.79, bottom=0.79)
        page.center_horizontally()
        page.print_black_and_white()
        page.set_footer("&C第 &P 页，共 &N 页")
        if "freeze" in source:
            letters = source["freeze"].rstrip("0123456789")
            page.freeze_panes(int(source["freeze"][len(letters) :]) - 1, column_number(letters) - 1)
        if "check_columns" in source and sheet.name == "审核":
            row = sheet.keys["审核首"][0] - 1
            page.repeat_rows(row, row)
        elif "指标头" in sheet.keys:
            row = sheet.keys["指标头"][0] - 1
            page.repeat_rows(row, row)

    def _cell(self, page: Any, sheet: SheetSpec, cell: CellSpec) -> None:
        form = self.format(cell.styles)
        row, column = cell.row - 1, cell.column - 1
        if (cell.bottom, cell.right) != (cell.row, cell.column):
            page.merge_range(row, column, cell.bottom - 1, cell.right - 1, "", form)
        if cell.kind == "formula":
            value = self.values.get(sheet.name, {}).get((cell.row, cell.column), "")
            page.write_formula(row, column, "=" + cell.value, form, "" if value is None else _plain(value))
        elif cell.kind == "number":
            page.write_number(row, column, float(cell.value), form)
        elif cell.link and cell.kind == "text":
            page.write_url(row, column, f"internal:{cell.link}", form, cell.value)
        elif cell.kind == "text":
            page.write_string(row, column, cell.value, form)
        else:
            page.write_blank(row, column, None, form)
        if cell.name:
            self._name(cell.name, sheet.name, (cell.row, cell.column, cell.row, cell.column))

    def _name(self, name: str, sheet: str, area: tuple[int, int, int, int]) -> None:
        top, left, bottom, right = area
        text = f"{quote_sheet(sheet)}!${column_letters(left)}${top}"
        if (top, left) != (bottom, right):
            text += f":${column_letters(right)}${bottom}"
        self.book.define_name(name, "=" + text)

    def _block_columns(self, sheet: SheetSpec, row: int) -> tuple[int, int]:
        keyed = [cell.column for (r, _), cell in sheet.cells.items() if r == row and cell.key]
        return min(keyed), max(keyed)

    def _validations(self, page: Any, sheet: SheetSpec) -> None:
        """Give every input its validation; the inputs of one column of a block share one."""
        done: set[tuple[int, int]] = set()
        for (row, column), cell in sheet.cells.items():
            if cell.kind != "input" or (row, column) in done:
                continue
            bottom = row
            block = next((b for b in sheet.blocks if b.top <= row <= b.bottom and cell.key), None)
            if block:
                bottom = block.bottom
                done.update((r, column) for r in range(row, bottom + 1))
            self._validation(page, cell, row, bottom)

    def _validation(self, page: Any, cell: CellSpec, top: int, bottom: int) -> None:
        kind = self.spec.settings["type"][cell.input_type]
        options: dict[str, Any] = {"validate": "any"}
        address = f"{column_letters(cell.column)}{top}"
        if "values" in kind:
            options = {"validate": "list", "source": kind["values"]}
        elif "check" in kind:
            options = {"validate": "custom", "value": "=" + kind["check"].replace("@", address)}
        title = kind.get("title") or cell.key or cell.name.rpartition("_")[2]
        options["input_title"] = title[:32]
        options["input_message"] = (cell.prompt or kind.get("prompt") or "请填写。")[:255]
        if kind.get("error"):
            options["error_title"] = "填写有误"
            options["error_message"] = kind["error"][:255]
        page.data_validation(top - 1, cell.column - 1, bottom - 1, cell.column - 1, options)
        if "check" in kind:
            warn = self.book.add_format({"bg_color": "#FFC7CE"})
            rule = {"type": "formula", "criteria": f'=AND(ISTEXT({address}),{address}<>"—")', "format": warn}
            page.conditional_format(top - 1, cell.column - 1, bottom - 1, cell.column - 1, rule)

    def _review_colours(self, page: Any, sheet: SheetSpec) -> None:
        colours = {"通过": "#E2F0D9", "已说明": "#E2F0D9", "不符": "#F8CBAD", "待说明": "#FFE699", "未填": "#FFE699"}
        if sheet.review_rows:
            column = column_number(sheet.source["check_columns"]["result"]) - 1
            for word, colour in colours.items():
                rule = {
                    "type": "cell", "criteria": "==", "value": f'"{word}"',
                    "format": self.book.add_format({"bg_color": colour}),
                }  # fmt: skip
                page.conditional_format(sheet.review_rows[0] - 1, column, sheet.review_rows[-1] - 1, column, rule)
        for cell in sheet.cells.values():
            if "结论" in cell.styles:
                for text, colour in (("通过", "#375623"), ("有", "#C00000"), ("还", "#9C5700")):
                    rule = {
                        "type": "text", "criteria": "begins with" if text != "通过" else "containing", "value": text,
                        "format": self.book.add_format({"font_color": colour}),
                    }  # fmt: skip
                    page.conditional_format(cell.row - 1, cell.column - 1, cell.row - 1, cell.column - 1, rule)

    # -- the hidden dictionary ---------------------------------------------------------------

    def _dictionary(self, page: Any, source: Mapping[str, Any]) -> None:
        row = 0
        for title, header, lines in self._sections(source):
            page.write_string(row, 0, title)
            for column, text in enumerate(header):
                page.write_string(row + 1, column, text)
            for offset, line in enumerate(lines):
                at = row + 2 + offset
                for column, text in enumerate(line):
                    if isinstance(text, int):
                        page.write_number(at, column, text)
                    elif text.startswith("="):
                        value = self.values.get("_xlperf", {}).get((at + 1, column + 1), "")
                        page.write_formula(at, column, text, None, "" if value is None else _plain(value))
                    elif text:
                        page.write_string(at, column, text)
                if title == "身份":
                    self._name(f"模板_{line[0]}", "_xlperf", (at + 1, 2, at + 1, 2))
            if title == "引用表":
                self._name("引用_名称", "_xlperf", (row + 3, 1, row + 2 + len(lines), 1))
                self._name("引用_数值", "_xlperf", (row + 3, 2, row + 2 + len(lines), 2))
                self._name("引用_单位", "_xlperf", (row + 3, 3, row + 2 + len(lines), 3))
            row += len(lines) + 3

    def _sections(self, source: Mapping[str, Any]) -> list[tuple[str, tuple[str, ...], list[list[Any]]]]:
        settings = self.spec.settings
        project = settings["project"]
        identity: list[list[Any]] = [
            ["编号", settings["id"]], ["版本", settings["version"]], ["年度", settings["year"]],
            ["名称", settings["title"]], ["下发单位", settings["issuer"]],
            ["项目表原型", project["sheet"]], ["项目表式样", project["pattern"]],
            ["项目名称前缀", project["prefix"]], ["项目名称式样", project["name_pattern"]],
        ]  # fmt: skip
        fields: list[list[Any]] = []
        blocks: list[list[Any]] = []
        columns: list[list[Any]] = []
        flags: list[list[Any]] = []
        for sheet in self.spec.sheets:
            for cell in sheet.cells.values():
                if cell.name:
                    fields.append([cell.name, sheet.name, *self._kind(cell)])
            for block in sheet.blocks:
                blocks.append([block.name, sheet.name, "是" if block.required else "否"])
                row = sorted((c for (r, c), cell in sheet.cells.items() if r == block.top and cell.key))
                for column in row:
                    cell = sheet.cells[block.top, column]
                    columns.append([block.name, cell.key, column_letters(column), *self._kind(cell)])
            marked = sorted({(c, cell.flag) for (_, c), cell in sheet.cells.items() if cell.flag})
            flags += [[sheet.name, column_letters(column), flag] for column, flag in marked]
        rows = {
            "身份": identity, "字段": fields, "块": blocks, "块列": columns, "逐行标志": flags,
            "规则定位": source["row_rules"], "引用表": source["references"], "规则": source.get("rules", []),
        }  # fmt: skip
        return [(title, header, rows[title]) for title, header in SECTIONS.items()]

    def _kind(self, cell: CellSpec) -> list[str]:
        if cell.kind == "input":
            kind = self.spec.settings["type"][cell.input_type]
            return [cell.input_type, kind.get("unit", ""), cell.required, "|".join(kind.get("values", []))]
        return ["口径" if cell.policy else "计算", "", "", "|".join(cell.values)]


def _plain(value: Scalar) -> Any:
    return value if isinstance(value, bool | int | float | str) else str(value)
