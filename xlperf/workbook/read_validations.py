"""Data validations, also those that Excel 2010 and later keep in the extension list."""

from __future__ import annotations

from collections.abc import Iterator

from xlperf.workbook.elements import Element
from xlperf.workbook.read_text import unescape
from xlperf.workbook.snapshot import Validation

#: Namespace of the extension (MS-XLSX 2.2.4.29 ``x14:dataValidations``).
X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
_XM = "http://schemas.microsoft.com/office/excel/2006/main"


def read_validations(parent: Element, namespace: str, most: int) -> Iterator[Validation]:
    """Yield the data validations of a ``dataValidations``; in the x14 extension formulas are in ``xm:f``."""
    extension = namespace == X14
    first, second = (f"{{{namespace}}}{name}" for name in ("formula1", "formula2"))
    for node in parent.findall(f"{{{namespace}}}dataValidation"):
        get = node.get
        formula1 = formula2 = areas = None
        for child in node:
            text = (child.findtext(f"{{{_XM}}}f") if extension else child.text) or None
            if child.tag == first:
                formula1 = text
            elif child.tag == second:
                formula2 = text
            elif extension and child.tag == f"{{{_XM}}}sqref":
                areas = child.text
        yield Validation(
            areas=tuple(((areas if extension else get("sqref")) or "").split(maxsplit=most)),
            kind=get("type", "none"),
            formula1=unescape(formula1) if formula1 else None,
            formula2=unescape(formula2) if formula2 else None,
            operator=get("operator", "between"),
            prompt=unescape(get("prompt", "")),
            error=unescape(get("error", "")),
        )
