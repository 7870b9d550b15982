"""Which registered template a submission was made from: by its hidden identity, or else by its titles."""

from __future__ import annotations

from typing import NamedTuple

from xlperf.errors import TemplateUnknown
from xlperf.template import library
from xlperf.template.dictionary import SHEET
from xlperf.template.labels import normal
from xlperf.template.library import Template
from xlperf.values import Scalar, show_value
from xlperf.workbook.snapshot import Snapshot

#: What of the hidden sheet of a submission is read at all; the dictionary is the registered template's.
IDENTITY_ROWS = {SHEET: 40}


class Identity(NamedTuple):
    """The template of a submission. ``told`` is False where the hidden identity was lost and titles had to serve."""

    template: Template
    told: bool
    year: Scalar = None


def identify(snapshot: Snapshot) -> Identity:
    """Return the registered template a workbook belongs to.

    Raises TemplateUnknown where none fits, or where the workbook was made from a version that is not registered.
    """
    told = _identity(snapshot)
    if told is not None:
        wanted, version = told.get("编号"), told.get("版本")
        known = library.ids()
        template = library.find(wanted) if isinstance(wanted, str) and wanted in known else None
        if template is None or template.id != wanted:
            listed = "、".join(known)
            raise TemplateUnknown(
                f"“{snapshot.source}”用的模板“{show_value(wanted)}”没有登记（已登记：{listed}）。"
                "请用市财政局下发的本年模板重填，或先安装含有该模板的版本。"
            )
        if version != template.version:
            raise TemplateUnknown(
                f"“{snapshot.source}”用的是模板 {template.id} 的 {show_value(version)} 版，"
                f"现行版本是 {template.version}。请用现行版本的模板重填。"
            )
        return Identity(template, True, told.get("年度"))
    for template in library.registered():
        if _same_titles(snapshot, template):
            return Identity(template, False)
    raise TemplateUnknown(
        f"“{snapshot.source}”认不出是哪一种表样：没有隐藏的模板标识，表题也对不上。请用市财政局下发的模板填报。"
    )


def _identity(snapshot: Snapshot) -> dict[str, Scalar] | None:
    sheet = snapshot.sheet(SHEET)
    if sheet is None:
        return None
    found: dict[str, Scalar] = {}
    for (row, column), cell in sheet.cells.items():
        if column == 1 and row <= IDENTITY_ROWS[SHEET] and isinstance(cell.value, str):
            found.setdefault(cell.value, sheet.value(row, 2))
    return found if "编号" in found and "版本" in found else None


def _same_titles(snapshot: Snapshot, template: Template) -> bool:
    """Whether the titles of the fixed sheets (附件1, 附件2, …) all stand in the workbook."""
    texts = {
        normal(cell.value)
        for sheet in snapshot.sheets
        for (row, _), cell in sheet.cells.items()
        if row <= 4 and isinstance(cell.value, str)
    }
    titles = [
        normal(cell.value)
        for sheet in template.snapshot.sheets
        if sheet.name.startswith("附件") and sheet.name != template.dictionary.prototype
        for (row, column), cell in sheet.cells.items()
        if row == 2 and column == 1
    ]
    return bool(titles) and all(title in texts for title in titles)
