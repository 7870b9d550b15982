"""Templates and instances in the private cache, so that a new process neither reads nor instantiates a known one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xlperf.address import RangeRef
from xlperf.cache import Cache
from xlperf.recompute import Plan, plan_from_plain, plan_to_plain
from xlperf.template.dictionary import SHEET, Block, BlockColumn, Dictionary, Field, Kind, OwnRule, RowRule
from xlperf.template.outline import Outline, SheetOutline
from xlperf.workbook.plain import Texts, cells_from_plain, cells_to_plain, snapshot_from_plain, snapshot_to_plain
from xlperf.workbook.snapshot import Cell, Snapshot

if TYPE_CHECKING:  # both make use of this module
    from xlperf.template.instantiate import Instance, Shape
    from xlperf.template.library import Template

#: What plain data that is not of our making runs into.
_UNFIT = (KeyError, IndexError, TypeError, ValueError, AttributeError)


# -- templates -----------------------------------------------------------------------------------------


def load_template(path: Path, digest: str) -> Template | None:
    """Return the template of a workbook by the SHA-256 of its bytes, None where it is not kept.

    Its cells are not read before they are asked for.
    """
    from xlperf.template.library import Template

    plain = Cache().load("template", digest)
    if plain is None:
        return None
    try:
        areas = {name: RangeRef(sheet, *corners) for name, sheet, *corners in plain["areas"]}
        template = Template(path, digest, _dictionary(plain["dictionary"]), areas)
        template.outline = _outline(plain["outline"])
    except _UNFIT:
        return None
    return template


def save_template(template: Template) -> None:
    """Keep a template, and its cells for those who need them."""
    areas = [(name, *area) for name, area in template.areas.items()]
    plain = {
        "areas": areas,
        "dictionary": _dictionary_to_plain(template.dictionary),
        "outline": _outline_to_plain(template.outline),
    }
    Cache().save("template", template.digest, plain)
    Cache().save("snapshot", template.digest, snapshot_to_plain(template.snapshot))


def load_snapshot(digest: str) -> Snapshot | None:
    """Return the snapshot of a template workbook by the SHA-256 of its bytes, None where it is not kept."""
    plain = Cache().load("snapshot", digest)
    if plain is None:
        return None
    try:
        snapshot = snapshot_from_plain(plain)
    except _UNFIT:
        return None
    return snapshot if snapshot.digest == digest else None


def _dictionary_to_plain(dictionary: Dictionary) -> dict[str, Any]:
    kinds: dict[Kind, int] = {}

    def number(kind: Kind) -> int:
        return kinds.setdefault(kind, len(kinds))

    fields = [(field.name, field.sheet, number(field.kind)) for field in dictionary.fields.values()]
    blocks = [
        (block.name, block.sheet, block.required, [(c.key, c.column, number(c.kind)) for c in block.columns])
        for block in dictionary.blocks.values()
    ]
    return {
        "identity": dict(dictionary.identity),
        "fields": fields,
        "blocks": blocks,
        "flags": [(*cell, rules) for cell, rules in dictionary.flags.items()],
        "row_rules": list(dictionary.row_rules.values()),
        "rules": list(dictionary.rules.values()),
        "kinds": list(kinds),
    }


def _dictionary(plain: Any) -> Dictionary:
    kinds = [Kind(kind, unit, required, tuple(values)) for kind, unit, required, values in plain["kinds"]]
    return Dictionary(
        identity=plain["identity"],
        fields={name: Field(name, sheet, kinds[kind]) for name, sheet, kind in plain["fields"]},
        blocks={
            name: Block(
                name, sheet, required, tuple([BlockColumn(key, column, kinds[kind]) for key, column, kind in columns])
            )
            for name, sheet, required, columns in plain["blocks"]
        },
        flags={(sheet, column): rules for sheet, column, rules in plain["flags"]},
        row_rules={rule: RowRule(rule, at, left, right) for rule, at, left, right in plain["row_rules"]},
        rules={id_: OwnRule(id_, *rest) for id_, *rest in plain["rules"]},
    )


def _outline_to_plain(outline: Outline) -> dict[str, Any]:
    sheets = [
        (*sheet[:6], [(column, text, row) for (column, text), row in sheet.labels.items()]) for sheet in outline.sheets
    ]
    return {"sheets": sheets, "widths": dict(outline.widths), "number_formats": outline.number_formats}


def _outline(plain: Any) -> Outline:
    sheets = [
        SheetOutline(
            name, state, title, last, cells,
            tuple([(top, left, bottom, right) for top, left, bottom, right in validated]),
            {(column, text): row for column, text, row in labels},
        )
        for name, state, title, last, cells, validated, labels in plain["sheets"]
    ]  # fmt: skip
    return Outline(tuple(sheets), plain["widths"], tuple(plain["number_formats"]))


# -- instances -----------------------------------------------------------------------------------------


def load_instance(template: Template, shape: Shape) -> Instance | None:
    """Return the instance of a template and shape with its plan, None where it is not kept."""
    plain = Cache().load("instance", _key(template, shape))
    if plain is None:
        return None
    try:
        instance = _instance(template, shape, plain)
        instance.plan = plan_from_plain(instance.book, plain["plan"])
    except _UNFIT:
        return None
    return instance


def save_instance(instance: Instance, plan: Plan) -> None:
    """Keep an instance with its plan, where that is a plain one.

    By template and shape, which is quicker to tell than all the formulas by which ``plan_for`` knows any workbook. Of
    the hidden sheet only what formulas read is kept: nothing else of it is needed for a check.
    """
    kept = plan_to_plain(plan)
    if kept is None:
        return
    texts = Texts()
    sheets = []
    for sheet in instance.sheets:
        cells = _read(sheet.cells, plan) if sheet.name == SHEET else sheet.cells
        head = (sheet.name, sheet.origin, sheet.number, sheet.rows.blocks, sheet.sources)
        sheets.append((*head, cells_to_plain(cells, texts), sheet.merges))
    names = [(name, *area) for name, area in instance.names.items()]
    plain = {"sheets": sheets, "texts": texts.all, "names": names, "plan": kept}
    Cache().save("instance", _key(instance.template, instance.shape), plain)


def _read(cells: Mapping[tuple[int, int], Cell], plan: Plan) -> dict[tuple[int, int], Cell]:
    """Return the cells of the hidden sheet that have a formula or are read by one."""
    areas = {area[1:] for cell, form in plan.forms.items() for area in form.areas(cell) if area[0] == SHEET}
    return {
        (row, column): cell
        for (row, column), cell in cells.items()
        if cell.formula is not None
        or any(top <= row <= bottom and left <= column <= right for top, left, bottom, right in areas)
    }


def _key(template: Template, shape: Shape) -> str:
    return f"{template.digest} {shape!r}"


def _instance(template: Template, shape: Shape, plain: Any) -> Instance:
    from xlperf.template.instantiate import Instance, InstanceSheet, LateCells, RowMap

    texts = plain["texts"]
    sheets: list[InstanceSheet] = []
    for name, origin, number, blocks, sources, flat, merges in plain["sheets"]:
        cells: Mapping[tuple[int, int], Cell] = cells_from_plain(flat, texts)
        if name == SHEET:
            cells = LateCells(cells, template, shape)
        rows = RowMap(tuple([(top, bottom, count) for top, bottom, count in blocks]))
        areas = tuple([(top, left, bottom, right) for top, left, bottom, right in merges])
        sheets.append(InstanceSheet(name, origin, number, rows, tuple(sources), cells, areas))
    names = {name: RangeRef(sheet, *corners) for name, sheet, *corners in plain["names"]}
    return Instance(template, shape, tuple(sheets), names)
