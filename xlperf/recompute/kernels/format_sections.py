"""TEXT by any format: which section of it applies, and numbers in it; dates are in :mod:`format_dates`."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

from xlperf.errors import FormulaUnsupported
from xlperf.recompute.kernels.chinese import spelled
from xlperf.recompute.kernels.core import capped, general
from xlperf.recompute.kernels.decimals import NEGATIVE_ZERO, rounded
from xlperf.recompute.kernels.format_dates import DATES, show_date
from xlperf.recompute.kernels.layouts import Section, sections_of
from xlperf.recompute.kernels.placing import placed

_WORDS = frozenset(("sign", "literal"))


def show_text(value: str, pattern: str) -> str:
    """Return a text by a format. Raises FormulaUnsupported."""
    sections = sections_of(pattern)
    if len(sections) == 4:
        section = sections[3]
        if any(other.takes_text for other in sections[:3]) or not (section.takes_text or not section.marks):
            raise FormulaUnsupported("TEXT 的格式中文字的一段，不复算")
    elif any(section.takes_text for section in sections):
        section = sections[-1]
        if any(other.takes_text for other in sections[:-1]) or not section.takes_text:
            raise FormulaUnsupported("TEXT 的格式中 @ 的位置，不复算")
    else:
        return value
    if not section.kinds <= _WORDS:
        raise FormulaUnsupported("TEXT 的格式把 @ 与数字混用，不复算")
    return capped("".join(value if mark == ("sign", "@") else mark.text for mark in section.marks))


def show_number(number: float, pattern: str) -> str:
    """Return a number by a format. Raises FormulaUnsupported."""
    sections = sections_of(pattern)
    if any(section.condition for section in sections):
        return _section(number, _chosen(number, sections), False)
    numeric = sections[:3]
    if len(sections) in (2, 3) and sections[-1].takes_text:  # yyyy-mm-dd;@ as Excel writes it: the last is for text
        numeric = sections[:-1]
        if number < 0:
            raise FormulaUnsupported("TEXT 的格式中 @ 的位置，不复算")
    if len(sections) > 1 and any(section.takes_text for section in numeric):
        raise FormulaUnsupported("TEXT 的格式中 @ 的位置，不复算")
    if number < 0 and len(numeric) > 1:
        if len(numeric) == 2 and not numeric[1].marks:
            raise FormulaUnsupported("TEXT 的格式负数一段为空，不复算")
        return _section(number, numeric[1], False)
    if number == 0 and len(numeric) > 2:
        return _section(number, numeric[2], False)
    return _section(number, numeric[0], number < 0)


def _chosen(number: float, sections: tuple[Section, ...]) -> Section:
    """Return the section whose condition a number meets, as far as the rules are certain."""
    if number < 0:
        raise FormulaUnsupported("TEXT 的格式带条件而数字为负，不复算")
    exact = Decimal(format(number, ".15g"))
    if sections[0].condition is not None:
        if _meets(exact, sections[0].condition):
            return sections[0]
        if len(sections) == 2 and sections[1].condition is None:
            return sections[1]
        if len(sections) > 1 and sections[1].condition is not None:
            if _meets(exact, sections[1].condition):
                return sections[1]
            if len(sections) > 2 and sections[2].condition is None:
                return sections[2]
    raise FormulaUnsupported("TEXT 的格式的条件，不复算")


def _meets(exact: Decimal, condition: tuple[str, Decimal]) -> bool:
    sign, bound = condition
    below, above = exact < bound, exact > bound
    return {"<": below, "<=": not above, ">": above, ">=": not below, "=": exact == bound, "<>": exact != bound}[sign]


def _section(signed: float, section: Section, minus: bool) -> str:
    number = abs(signed)
    if section.takes_text:
        if not section.kinds <= _WORDS or section.numerals:
            raise FormulaUnsupported("TEXT 的格式把 @ 与数字混用，不复算")
        return "".join(general(signed) if mark.kind == "sign" else mark.text for mark in section.marks)
    if section.kinds & DATES:
        return show_date(signed, section)
    if "general" in section.kinds or (section.numerals and not section.marks):
        return ("-" if minus else "") + _general_section(number, section)
    if "digit" not in section.kinds:
        return _words(section, minus)
    body, nonzero = _exponent(number, section) if "exp" in section.kinds else placed(number, section)
    if signed < 0 and not nonzero:
        raise FormulaUnsupported(NEGATIVE_ZERO)
    return ("-" if minus else "") + body


def _words(section: Section, minus: bool) -> str:
    if section.numerals or not section.kinds <= {"literal"}:
        raise FormulaUnsupported("TEXT 的格式没有数字位，不复算")
    shown = "".join(mark.text for mark in section.marks)
    return ("-" if minus and shown else "") + shown


def _general_section(number: float, section: Section) -> str:
    shown = general11(number)
    if section.numerals:
        shown = spelled(shown, section.numerals)
    if not section.marks:
        return shown
    if not section.kinds <= {"literal", "general"}:
        raise FormulaUnsupported("TEXT 的常规格式与数字位混用，不复算")
    return "".join(shown if mark.kind == "general" else mark.text for mark in section.marks)


def general11(number: float) -> str:
    """Return a number that is not negative in General, which takes 11 characters of a cell."""
    if number == 0:
        return "0"
    if not 1e-4 <= number < 99999999999.5:
        raise FormulaUnsupported("TEXT 的常规格式显示为科学记数，不复算")
    exact = Decimal(format(number, ".15g"))
    places = 9 if exact.adjusted() < 0 else max(0, 9 - exact.adjusted())
    shown = f"{exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP):f}"
    if "." in shown:
        shown = shown.rstrip("0").rstrip(".")
    if len(shown) > 11:
        raise FormulaUnsupported("TEXT 的常规格式显示不下，不复算")
    return shown


def _exponent(number: float, section: Section) -> tuple[str, bool]:
    pattern = "".join(mark.text for mark in section.marks)
    match = re.fullmatch(r"0(?:\.(0*))?[eE]([+-])(0+)", pattern)
    if match is None or section.numerals:
        raise FormulaUnsupported("TEXT 的科学记数格式，不复算")
    exact, places = Decimal(format(number, ".15g")), len(match[1] or "")
    power = exact.adjusted() if number else 0
    mantissa = rounded(exact.scaleb(-power), places)
    if mantissa >= 10:
        mantissa, power = rounded(mantissa / 10, places), power + 1
    sign = "-" if power < 0 else "+" if match[2] == "+" else ""
    return f"{mantissa}E{sign}{abs(power):0{len(match[3])}d}", bool(number)
