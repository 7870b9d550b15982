"""A bureau's own template, made from the shipped one as in Excel: rows of 审核 added, with records on ``_xlperf``."""

from __future__ import annotations

from pathlib import Path

from excel_like import Book

from xlperf.template.library import Template
from xlperf.template.lint import load_unproved
from xlperf.template.review import ReviewRow, find_review_rows
from xlperf.values import Scalar
from xlperf.workbook.read import read_bytes

ID = "yiyang-2024z"
#: A row that the bureau adds: like which row it is made, and its own parts.
HOSPITALITY = {
    "id": "Z01", "level": "强制", "text": "公务接待费本年决算不超过上年决算",
    "left": '=IF(公务接待费_本年决算="","",公务接待费_本年决算)',
    "right": '=IF(公务接待费_上年决算="","",公务接待费_上年决算)', "tolerance": 0,
}  # fmt: skip
OFFICE = {
    "id": "Z02", "level": "核实", "text": "办公费决算比上年增加不超过一倍；超过的说明原因",
    "left": '=IF(COUNT(办公费_本年决算,办公费_上年决算)<2,"",IF(办公费_上年决算=0,"",办公费_本年决算/办公费_上年决算))',
    "right": 2, "tolerance": 0,
}  # fmt: skip
RECORDS = {
    "Z01": ("", "接待费只减不增：请核对本年接待清单，超过上年的先报局里同意。", "市财政局办公会纪要",
            "公务接待费_上年决算=2.99；公务接待费_本年决算=3.06", "公务接待费_上年决算=2.99；公务接待费_本年决算=2.06"),
    "Z02": ("观察", "请说明办公费增加的原因。", "市财政局办公会纪要",
            "办公费_上年决算=1；办公费_本年决算=10.33", "办公费_上年决算=9；办公费_本年决算=10.33"),
}  # fmt: skip


class Bureau:
    """The workbook being changed."""

    def __init__(self, template: Template) -> None:
        self.book = Book(template.path.read_bytes())
        self.records = 0

    def rows(self) -> dict[str, ReviewRow]:
        sheet = read_bytes(self.book.bytes(), "改.xlsx").sheet("审核")
        assert sheet
        return {row.id: row for row in find_review_rows(sheet.name, sheet.cells)}

    def add(self, like: str, *, below: bool = False, **parts: Scalar) -> None:
        """Add a row of 审核 above (or below) the last one, made like another of its level, with parts of its own."""
        rows = self.rows()
        at = max(row.row for row in rows.values()) + below
        self.book.insert_row("审核", at, copy_of=rows[like].row)
        for part, value in parts.items():
            self.change(at, part, value)

    def change(self, row: int | str, part: str, value: Scalar) -> None:
        """Type into one part of a row, by its number or by its id."""
        found = next(iter(self.rows().values())) if isinstance(row, int) else self.rows()[row]
        number = row if isinstance(row, int) else found.row
        self.book.put("审核", f"{found._replace(row=number).cell(part).a1}", value)

    def record(self, rule: str, *texts: str) -> None:
        """Add a line to the section 规则."""
        sheet = read_bytes(self.book.bytes(), "改.xlsx").sheet("_xlperf")
        assert sheet
        title = max(row for (row, column), cell in sheet.cells.items() if column == 1 and cell.value == "规则")
        row = title + 2 + self.records
        self.records += 1
        for letter, text in zip("ABCDEF", (rule, *texts), strict=False):
            self.book.put("_xlperf", f"{letter}{row}", text or None)

    def identity(self, template_id: str) -> None:
        sheet = read_bytes(self.book.bytes(), "改.xlsx").sheet("_xlperf")
        assert sheet
        row = next(row for (row, column), cell in sheet.cells.items() if column == 1 and cell.value == "编号")
        self.book.put("_xlperf", f"B{row}", template_id)

    def save(self, path: Path) -> Template:
        self.book.recalculate()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.book.bytes())
        return load_unproved(path)


def with_two_rules(template: Template) -> Bureau:
    """Return the shipped template with the two rules above."""
    bureau = Bureau(template)
    bureau.add("B03", **HOSPITALITY)
    bureau.add("B10", **OFFICE)
    for rule, texts in RECORDS.items():
        bureau.record(rule, *texts)
    bureau.identity(ID)
    return bureau
