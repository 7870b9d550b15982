"""Data validations, also those that Excel 2010 and later keep in the extension list."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from xlperf.workbook.read_text import unescape
from xlperf.workbook.snapshot import Validation

#: Namespace of the extension (MS-XLSX 2.2.4.29 ``x14:dataValidations``).
X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
_XM = "http://schemas.microsoft.com/office/excel/2006/main"


def read_validations(parent: etree._Element, namespace: str, most: int) -> Iterator[Validation]:
    """Yield the data validations of a ``dataValidations``; in the x14 extension formulas are in ``xm:f``."""
    extension = namespace == X14
    for node in parent.iterchildren(f"{{{namespace}}}dataValidation"):
        inner = f"/{{{_XM}}}f" if extension else ""
        formulas = [node.findtext(f"{{{namespace}}}{name}{inner}") for name in ("formula1", "formula2")]
        areas = node.findtext(f"{{{_XM}}}sqref") if extension else node.get("sqref")
        yield Validation(
            areas=tuple((areas or "").split(maxsplit=most)),
            kind=node.get("type", "none"),
            formula1=unescape(formulas[0]) if formulas[0] else None,
            formula2=unescape(formulas[1]) if formulas[1] else None,
            operator=node.get("operator", "between"),
            prompt=unescape(node.get("prompt", "")),
            error=unescape(node.get("error", "")),
        )
