"""The public edition: made from a submission, and judged before it is published.

::

    from pathlib import Path
    from xlperf.public import check_public, public_edition

    made = public_edition(Path("某局.xlsx"))     # the submission is read, never written
    if made.report.acceptable:                   # D01, D03 and D04 judged on what was made
        Path("某局_公开版.xlsx").write_bytes(made.content)

What is published is what the official form prints and no more: the sheets 附件1, 附件2, 附件3-x, each within the
template's print area. The columns to fill in beside it, the helper columns, 填报说明, 审核 and whatever the unit added
serve the work on the form; 报告附表 is material for the report, which is published by itself, and a second copy of its
figures could only differ. All formulas become values: what they read is mostly gone, and a reader has nothing to
recalculate. A value is taken only where the formula, recomputed, gives it; what is not vouched for is taken as stored,
and counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from xlperf.address import CellRef, parse_area
from xlperf.check import check_snapshot
from xlperf.errors import FileRefused, TemplateUnknown, XlperfError
from xlperf.findings import Finding, Report
from xlperf.recalc import Agreement, Recomputed, recalc_snapshot
from xlperf.rules import personal, privacy
from xlperf.rules.outcome import Results
from xlperf.template.identify import identify
from xlperf.template.locate import Located, SheetMatch, locate
from xlperf.values import Scalar, is_blank
from xlperf.workbook.contents import Contents, Unseen, read_contents
from xlperf.workbook.limits import Limits
from xlperf.workbook.package import open_package, package_from_bytes
from xlperf.workbook.read_zip import load_bytes
from xlperf.workbook.snapshot import Cell, SheetSnapshot, Snapshot
from xlperf.workbook.strip import Corners, Kept, Removed, strip

#: How the names of the official annexes begin.
_ANNEX = "附件"
_NOT_CHECKED = (
    "这里只审核能不能公开（D 类规则）。数字、公式、表样没有审核，请对报送版另作 xlperf check（不加 --public）。"
)
_OTHER_FORM = "这不是已登记的表样，同样审核了能不能公开。"


@dataclass(frozen=True, slots=True)
class Edition:
    """A public edition: its bytes, and what became of the submission.

    ``report`` is that of :func:`check_public` on the result. ``blanked`` are the cells whose names and telephones were
    taken out, ``unvouched`` those whose formula could not be recomputed, ``compared`` the number of cells that were
    compared with the submission after all was done, ``unseen`` what the submission held besides, as D04 tells it.
    ``checked`` is the report on the submission itself, None where it is refused (it links to other files): that it has
    findings keeps nobody from publishing it, who must, but is told.
    """

    content: bytes
    template: str
    sheets: tuple[str, ...]
    removed: Removed
    blanked: tuple[CellRef, ...]
    unvouched: tuple[CellRef, ...]
    compared: int
    unseen: tuple[Unseen, ...]
    checked: Report | None
    report: Report


def check_public(path: Path, limits: Limits = Limits()) -> Report:  # noqa: B008 (frozen)
    """Judge whether a workbook may be published. Raises FileRefused for a file that cannot be read."""
    return _judge(read_contents(open_package(path, limits)))


def check_public_bytes(data: bytes, source: str, limits: Limits = Limits()) -> Report:  # noqa: B008 (frozen)
    """Judge whether a workbook held in memory may be published. Raises as :func:`check_public`."""
    return _judge(read_contents(package_from_bytes(data, source, limits)))


def public_edition(path: Path, limits: Limits = Limits()) -> Edition:  # noqa: B008 (frozen)
    """Make the public edition of a submission.

    Raises FileRefused for a file that cannot be read, TemplateUnknown for another form, XlperfError where the stored
    results are not those of the formulas, or there is nothing to publish.
    """
    return edition_from_bytes(load_bytes(path, limits), path.name, limits)


def edition_from_bytes(data: bytes, source: str, limits: Limits = Limits()) -> Edition:  # noqa: B008 (frozen)
    """Make the public edition of a submission held in memory. Raises as :func:`public_edition`."""
    package = package_from_bytes(data, source, limits)
    contents = read_contents(package)
    snapshot = contents.snapshot
    _refuse(snapshot)
    template = identify(snapshot).template
    kept = _kept(snapshot, locate(snapshot, template))
    unvouched = _see_results(snapshot, kept)
    content, removed = strip(package, kept)
    made = read_contents(package_from_bytes(content, source, limits))
    blanked = tuple(CellRef(sheet.name, *at) for sheet in kept for at in sorted(sheet.texts))
    compared = _compare(snapshot, made.snapshot, kept, removed)
    sheets = tuple(sheet.name for sheet in kept)
    return Edition(
        content, template.id, sheets, removed, blanked, unvouched, compared, contents.unseen,
        checked=_checked(snapshot),
        report=_judge(made),
    )  # fmt: skip


def _checked(snapshot: Snapshot) -> Report | None:
    try:
        return check_snapshot(snapshot)
    except FileRefused:
        return None


def _refuse(snapshot: Snapshot) -> None:
    if snapshot.macros:
        raise FileRefused(f"“{snapshot.source}”含有宏，不能生成公开版。请另存为不含宏的 .xlsx 工作簿后再试。")
    if not snapshot.full_precision:
        raise FileRefused(
            f"“{snapshot.source}”设为“将精度设为所显示的精度”，结果无从核对。请在 Excel 选项→高级中取消后重新保存再试。"
        )
    if not any(cell.formula for sheet in snapshot.sheets for cell in sheet.cells.values()):
        raise XlperfError(f"“{snapshot.source}”没有公式，像是已经生成的公开版，没有再作。公开版请由报送版生成。")


# -- what is kept ------------------------------------------------------------------------------------


def _kept(snapshot: Snapshot, located: Located) -> list[Kept]:
    """Return the annexes in the order of the submission, each with its printed area and the texts to be blanked."""
    areas: dict[str, Corners] = {}
    for expected, match in located.matches.items():
        if expected.startswith(_ANNEX) and match.sheet.state == "visible":
            areas[match.sheet.name] = _printed(located, match)
    if not areas:
        raise XlperfError(f"“{snapshot.source}”里没有可以公开的附件（附件1、附件2、附件3 都不在或被隐藏），没有生成。")
    return [
        Kept(sheet.name, areas[sheet.name], _signatures(sheet, areas[sheet.name]))
        for sheet in snapshot.sheets
        if sheet.name in areas
    ]


def _printed(located: Located, match: SheetMatch) -> Corners:
    """Return where the print area of the registered template lies in a sheet: what a unit set itself is not asked."""
    made = located.instance.sheet(match.expected)
    for name in located.instance.template.snapshot.names:
        if name.name.casefold().endswith("print_area") and name.scope == made.origin:
            top, left, bottom, right = parse_area(name.text.rpartition("!")[2].replace("$", ""))
            last = made.rows.end(bottom)
            rows = [there for here, there in match.rows.items() if made.rows.start(top) <= here <= last]
            columns = [match.forth_column(column) or column for column in range(left, right + 1)]
            return min(rows, default=1), min(columns), max(rows, default=1), max(columns)
    raise XlperfError(f"模板的“{made.origin}”没有打印区域，不知道公开哪些内容，没有生成。")


def _signatures(sheet: SheetSnapshot, area: Corners) -> Mapping[tuple[int, int], str]:
    """Return the cells of the area that hold a name or telephone of a signature line, with what is to stand there."""
    texts = {at: text for at, text in privacy.cell_texts(sheet).items() if _inside(at, area)}
    blank = {at: told for at, text in texts.items() if (told := personal.blanked(text)) is not None}
    for item in privacy.labelled(texts):
        if item.at not in blank and any(personal.find(f"{item.label}：{item.text}")):
            blank[item.at] = ""
    return blank


def _inside(at: tuple[int, int], area: Corners) -> bool:
    return area[0] <= at[0] <= area[2] and area[1] <= at[1] <= area[3]


# -- the same figures --------------------------------------------------------------------------------


def _see_results(snapshot: Snapshot, kept: list[Kept]) -> tuple[CellRef, ...]:
    """See that the results to be published are those of the formulas; return the cells nobody vouches for.

    Raises XlperfError for results that are stale or missing.
    """
    areas = {sheet.name: sheet.area for sheet in kept}
    unvouched: list[CellRef] = []
    for item in recalc_snapshot(snapshot).cells:
        at = item.cell.row, item.cell.column
        if item.cell.sheet not in areas or not _inside(at, areas[item.cell.sheet]):
            continue
        if item.outcome is Agreement.DIFFER:
            raise XlperfError(
                f"“{snapshot.source}”保存的结果不是最新的（如 {item.cell} 保存的与复算的不同），没有生成公开版。"
                "请用 Excel 或 WPS 打开，按 Ctrl+Alt+F9 重算、保存，再作 xlperf check 后重试。"
            )
        if _is_missing(snapshot, item):
            raise XlperfError(
                f"“{snapshot.source}”没有保存公式的结果（如 {item.cell}），没有生成公开版。"
                "请用 Excel 或 WPS 打开、保存后重试。"
            )
        if item.outcome is Agreement.UNCHECKED:
            unvouched.append(item.cell)
    return tuple(unvouched)


def _is_missing(snapshot: Snapshot, item: Recomputed) -> bool:
    """Tell whether a formula has no stored result though it has one; some programs store nothing for ``""``."""
    if item.outcome is Agreement.UNCACHED:
        return not is_blank(item.recomputed)
    cell = snapshot.cell(item.cell)
    return item.outcome is Agreement.UNCHECKED and (cell is None or not cell.cached)


def _compare(before: Snapshot, after: Snapshot, kept: list[Kept], removed: Removed) -> int:
    """Compare every cell that is to be seen with the submission; return their number.

    Raises XlperfError where one differs, or one stands where none should: the program would be wrong, not the file.
    """
    same = [sheet.name for sheet in after.sheets] == [sheet.name for sheet in kept]
    same = same and after.number_formats == before.number_formats
    compared = 0
    for sheet in kept:
        old, new = before.sheet(sheet.name), after.sheet(sheet.name)
        if old is None or new is None:
            same = False
            continue
        hidden = set(removed.hidden_rows.get(sheet.name, ())), set(removed.hidden_columns.get(sheet.name, ()))
        due: dict[tuple[int, int], tuple[Scalar, int]] = {}
        for at, cell in old.cells.items():
            if _inside(at, sheet.area) and at[0] not in hidden[0] and at[1] not in hidden[1]:
                due[at] = sheet.texts.get(at, cell.value), cell.style
        same = same and dict(_shown(new.cells)) == {at: told for at, told in due.items() if not is_blank(told[0])}
        same = same and not any(cell.formula for cell in new.cells.values())
        compared += len(due)
    if not same:
        raise XlperfError(
            f"由“{before.source}”生成的公开版与报送版核对不符，没有生成。不是填报的问题，请把文件反馈给模板下发单位。"
        )
    return compared


def _shown(cells: Mapping[tuple[int, int], Cell]) -> Iterator[tuple[tuple[int, int], tuple[Scalar, int]]]:
    for at, cell in cells.items():
        if not is_blank(cell.value):
            yield at, (cell.value, cell.style)


# -- judging -----------------------------------------------------------------------------------------


def _judge(contents: Contents) -> Report:
    """Judge the rules on publication, and only these: one question, one answer, whatever the file was made from."""
    snapshot = contents.snapshot
    results = Results()
    privacy.judge(contents, results)
    order = {personal.without_personal(sheet.name): index for index, sheet in enumerate(snapshot.sheets)}

    def key(finding: Finding) -> tuple[int, int, str]:
        place = finding.places[0].cell if finding.places else None
        return order.get(place.sheet, 99) if place else -1, finding.level.rank, finding.rule

    notes = [_NOT_CHECKED]
    template = version = ""
    try:
        found = identify(snapshot).template
        template, version = found.id, found.version
    except TemplateUnknown:
        notes.append(_OTHER_FORM)
    return Report(
        source=snapshot.source,
        digest=snapshot.digest,
        template=template,
        version=version,
        findings=tuple(sorted((draft.finding for draft in results.drafts), key=key)),
        unchecked=tuple(results.unchecked),
        outcomes=tuple(results.outcomes),
        notes=tuple(notes),
        public=True,
    )

