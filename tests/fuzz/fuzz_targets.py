"""What is fuzzed, without the fuzzer: functions that take bytes and raise AssertionError where something is wrong.

``reader``: a part of a small workbook, or the whole file; ``formula``: text to tokens, form, source, result;
``helpers``: what is counted and dropped in bytes before parsing, and formulas moved to another cell.
"""

from __future__ import annotations

import io
import re
import tokenize as python_tokens
import zipfile
from collections.abc import Callable
from contextlib import suppress
from functools import cache

from lxml import etree

from xlperf.address import CellRef, column_letters
from xlperf.errors import FileRefused, FormulaUnsupported
from xlperf.recompute import FormulaBook, Resolver, ShapeCache, compile_plan
from xlperf.recompute.code import WORDS
from xlperf.recompute.forms import form_of
from xlperf.recompute.skeleton import all_sound
from xlperf.values import ExcelError
from xlperf.workbook.limits import Limits
from xlperf.workbook.read import read_bytes
from xlperf.workbook.read_trim import drop_blanks, too_many_cells, too_many_formulas
from xlperf.workbook.shared import SharedFormula

NS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"

#: The parts of a small workbook; the fuzzer's bytes take the place of one of them.
PARTS: dict[str, bytes] = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Override PartName="/xl/workbook.xml" '
    f'ContentType="{_KIND}"/></Types>'.encode(),
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
    f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'.encode(),
    "xl/workbook.xml": f'<workbook xmlns="{NS}" xmlns:r="{OFFICE}"><sheets><sheet name="表" sheetId="1" r:id="s1"/>'
    '</sheets><definedNames><definedName name="甲">表!$A$1</definedName></definedNames></workbook>'.encode(),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="s1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="s2" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
        f'<Relationship Id="s3" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>'
    ).encode(),
    "xl/worksheets/sheet1.xml": (
        f'<worksheet xmlns="{NS}"><sheetData><row r="1"><c r="A1" s="1"><v>1</v></c><c r="B1" t="s"><v>0</v></c>'
        '<c r="C1"><f>A1+1</f><v>2</v></c></row></sheetData></worksheet>'
    ).encode(),
    "xl/sharedStrings.xml": f'<sst xmlns="{NS}"><si><t>文</t></si><si><r><t>a</t></r></si></sst>'.encode(),
    "xl/styles.xml": (
        f'<styleSheet xmlns="{NS}"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>'
    ).encode(),
    "docProps/core.xml": b"<x/>",
}
_ORDER = (
    "xl/worksheets/sheet1.xml",
    "xl/sharedStrings.xml",
    "xl/workbook.xml",
    "xl/styles.xml",
    "xl/_rels/workbook.xml.rels",
    "[Content_Types].xml",
    "_rels/.rels",
)
_SMALL = Limits(cells=500, formulas=200, areas=500, names=100, sheets=20, markup=20_000, formula_chars=1 << 16)
_KINDS = (bool, int, float, str, ExcelError)


def zipped(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)
    return out.getvalue()


def one_sentence(text: str) -> None:
    assert text.endswith("。"), text
    assert "\n" not in text


def reader(data: bytes) -> None:
    """The first byte tells which part the others are; beyond the parts, they are the file."""
    which, content = data[:1] or b"\0", data[1:]
    place = which[0] % (len(_ORDER) + 1)
    file = content if place == len(_ORDER) else zipped({**PARTS, _ORDER[place]: content})
    try:
        snapshot = read_bytes(file, "模糊.xlsx", _SMALL)
    except FileRefused as error:
        one_sentence(str(error))
        return
    cells = [(at, cell) for sheet in snapshot.sheets for at, cell in sheet.cells.items()]
    assert len(cells) <= _SMALL.cells + _SMALL.formulas
    assert sum(cell.formula is not None for _, cell in cells) <= _SMALL.formulas
    for (row, column), cell in cells:
        assert 1 <= row <= _SMALL.max_row
        assert 1 <= column <= _SMALL.max_column
        assert cell.value is None or type(cell.value) in _KINDS, cell
        assert not isinstance(cell.value, float) or cell.value - cell.value == 0
        assert not isinstance(cell.value, str) or len(cell.value) <= _SMALL.string_length
        assert cell.formula is None or 0 < len(cell.formula) <= _SMALL.formula_length
        assert 0 <= cell.style < max(1, len(snapshot.number_formats))
    assert read_bytes(file, "模糊.xlsx", _SMALL) == snapshot


# -- formulas ---------------------------------------------------------------------------------------

SHEETS = ("表", "附件3-1", "A B", "It's")
NAMES = {
    (None, "甲"): "表!$A$1",
    (None, "区"): "表!$A$1:$B$4",
    ("表", "甲"): "附件3-1!$B$2",
    (None, "和"): "表!$A$1+表!$A$2",
    (None, "圈"): "圈+1",
    (None, "数"): "3",
    (None, "断"): "SUM(",
    (None, "inf"): "7",
}
GRID = {
    "表": {
        (1, 1): 1.5,
        (1, 2): "文",
        (2, 1): -3,
        (2, 2): None,
        (3, 1): True,
        (3, 2): "16",
        (4, 1): ExcelError.NA,
        (4, 2): "",
        (5, 1): 45000.0,
        (5, 2): "2024-03-15",
        (6, 1): 1e308,
        (6, 2): "a*b~?",
    },
    "附件3-1": {(1, 1): 2, (2, 2): 10.05},
}
HOME = CellRef("表", 9, 9)
_LOCAL = re.compile(r"x\d+_\d+|v\d+")
_WORDS = WORDS | {"lambda", "if", "else", "None", "True", "False", "area", "r", "c", "p", "y"}
_SIGNS = frozenset("()[],:+-*/=") | {":="}


@cache
def _resolver() -> Resolver:
    return Resolver(NAMES, SHEETS)


def source_is_plain(source: str) -> None:
    """Assert that generated source holds names of kernels, numbers, texts and a few signs, and nothing else."""
    for token in python_tokens.generate_tokens(io.StringIO(source).readline):
        kind, text = token.type, token.string
        if kind == python_tokens.NAME:
            assert text in _WORDS or _LOCAL.fullmatch(text), (text, source)
        elif kind == python_tokens.OP:
            assert text in _SIGNS, (text, source)
        else:
            assert kind in (
                python_tokens.NUMBER,
                python_tokens.STRING,
                python_tokens.NEWLINE,
                python_tokens.ENDMARKER,
                python_tokens.NL,
            ), (kind, text, source)


def formula(data: bytes) -> None:
    """A formula, as it may stand in a file: only FormulaUnsupported or a value may come of it."""
    text = data.decode("utf-8", "replace")
    with suppress(FormulaUnsupported):
        resolved = _resolver().resolve(text, HOME)
        shown = resolved.canonical()
        if "3D(" not in shown and "#REF!" not in shown and len(shown) < 8000:
            assert _resolver().canonical(shown, HOME) == shown, (text, shown)
        source = form_of(resolved, resolved.form(), ShapeCache("")).skeleton.source
        source_is_plain(source)
        assert all_sound([source], WORDS) or "area.subtotal(" in source, (text, source)
    plan = compile_plan(FormulaBook(SHEETS, NAMES, {HOME: text}), ShapeCache(""))
    result = plan.run(GRID)
    if HOME in result.unchecked:
        assert result.unchecked[HOME]
        return
    value = result.values["表"].get((9, 9))
    assert type(value) in _KINDS, (text, value)
    assert not isinstance(value, float) or value - value == 0, (text, value)
    assert not isinstance(value, str) or len(value) <= 32_767
    again = compile_plan(FormulaBook(SHEETS, NAMES, {HOME: text}), ShapeCache("")).run(GRID)
    assert again.values["表"].get((9, 9)) == value


# -- helpers ----------------------------------------------------------------------------------------


def _one(row: int, column: int, fixed_row: bool, fixed_column: bool, rows: int, columns: int) -> str | None:
    row, column = row if fixed_row else row + rows, column if fixed_column else column + columns
    if not (1 <= row <= 1_048_576 and 1 <= column <= 16_384):
        return None
    return f"{'$' if fixed_column else ''}{column_letters(column)}{'$' if fixed_row else ''}{row}"


#: Pieces that no move changes, each followed by a sign so that two never grow together.
_STILL = (
    '"A1"',
    "'A1 x'!",
    "SUM(",
    ")",
    "1.5",
    "+",
    ",",
    "TRUE",
    "表（一）!",
    "a.b",
    "[1]!",
    "T[[#All],[A1]]",
    "LOG10(",
    "A1B",
    "_A1",
    "ZZZ1",
    "A1.x",
    "#REF!",
    "'it''s A1'!",
    "1E5",
    "A0",
    "XFE1",
    "A1048577",
)


def moves(data: bytes) -> None:
    """Put a formula together of pieces whose move is known, and move it."""
    rows = int.from_bytes(data[:2], "big", signed=True)
    columns = int.from_bytes(data[2:4], "big", signed=True)
    before, after, position = "", "", 4
    while position + 4 < len(data) and len(before) < 4000:
        kind, a, b, flags = data[position : position + 4]
        position += 4
        if kind < 128:
            piece = _STILL[kind % len(_STILL)]
            before, after = before + piece, after + piece
            sign = "" if piece.endswith(("!", "(")) else "+"
        else:
            row, column = a * 4096 + 1 if flags & 16 else a + 1, b * 64 + 1 if flags & 32 else b + 1
            pinned = bool(flags & 1), bool(flags & 2)
            old, new = _one(row, column, *pinned, 0, 0), _one(row, column, *pinned, rows, columns)
            if flags & 8:  # a range
                other = row + 3, column + 2, bool(flags & 2), bool(flags & 4)
                end, end_new = _one(*other, 0, 0), _one(*other, rows, columns)
                old = f"{old}:{end}" if old and end else old
                new = (f"{new}:{end_new}" if new and end_new else None) if end else new
            if old is None:
                continue
            before, after, sign = before + old, after + (new or "#REF!"), "+"
        before, after = before + sign, after + sign
    home = max(1, 1 - rows), max(1, 1 - columns)
    found = SharedFormula(before, *home).at(home[0] + rows, home[1] + columns)
    assert found == (after if rows or columns else before), (before, rows, columns, found, after)


def _contents(data: bytes) -> list[tuple[object, ...]] | None:
    """Return address, type and inner XML of each cell that has an inside, by a plain parse; None if it is no XML."""
    try:
        root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    except (etree.LxmlError, ValueError):
        return None
    found: list[tuple[object, ...]] = []
    for cell in root.iter("c"):
        inside = b"".join(etree.tostring(child, with_tail=False) for child in cell)
        if len(cell):
            found.append((cell.get("r"), cell.get("t"), cell.get("s"), inside))
    return found


def bytes_before_parsing(data: bytes) -> None:
    """Dropping blanks changes no cell that has a content, hides no row; counts are the plain ones."""
    sheet = b"<worksheet><sheetData>" + data + b"</sheetData></worksheet>"
    for allowed in (0, 1, 3):
        cells = len(re.findall(rb"<(?:[^\s<>/:]+:)?c[\s/>]", sheet))
        formulas = len(re.findall(rb"<(?:[^\s<>/:]+:)?f[\s/>]", sheet))
        assert too_many_cells(sheet, allowed) == (cells > allowed)
        assert too_many_formulas(sheet, allowed) == (formulas > allowed)
    if b"<!DOCTYPE" in sheet or b"<!ENTITY" in sheet:
        return
    for padding in (b"", b" " * (1 << 18)):
        whole = sheet.replace(b"</worksheet>", padding + b"</worksheet>")
        before = _contents(whole)
        if before is None:
            return
        assert _contents(drop_blanks(whole)) == before


def helpers(data: bytes) -> None:
    """An even first byte: bytes before parsing; an odd one: a formula moved."""
    (moves if data[:1] and data[0] & 1 else bytes_before_parsing)(data[1:])


TARGETS: dict[str, Callable[[bytes], None]] = {"reader": reader, "formula": formula, "helpers": helpers}
