"""Templates and instances in the private cache, so that a new process neither reads nor instantiates a known one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xlperf.address import RangeRef
from xlperf.cache import Cache
from xlperf.recompute import Plan, plan_from_plain, plan_to_plain
from xlperf.workbook.plain import Texts, cells_from_plain, cells_to_plain, snapshot_from_plain, snapshot_to_plain
from xlperf.workbook.snapshot import Snapshot

if TYPE_CHECKING:  # both make use of this module
    from xlperf.template.instantiate import Instance, Shape
    from xlperf.template.library import Template

#: What plain data that is not of our making runs into.
_UNFIT = (KeyError, IndexError, TypeError, ValueError, AttributeError)


def load_snapshot(digest: str) -> Snapshot | None:
    """Return the snapshot of a template workbook by the SHA-256 of its bytes, None where it is not kept."""
    plain = Cache().load("template", digest)
    if plain is None:
        return None
    try:
        snapshot = snapshot_from_plain(plain)
    except _UNFIT:
        return None
    return snapshot if snapshot.digest == digest else None


def save_snapshot(snapshot: Snapshot) -> None:
    """Keep the snapshot of a template workbook."""
    Cache().save("template", snapshot.digest, snapshot_to_plain(snapshot))


def load_instance(template: Template, shape: Shape) -> Instance | None:
    """Return the instance of a template and shape, None where it is not kept."""
    plain = Cache().load("instance", _key(template, shape))
    if plain is None:
        return None
    try:
        return _instance(template, shape, plain)
    except _UNFIT:
        return None


def save_instance(instance: Instance) -> None:
    """Keep an instance."""
    texts = Texts()
    sheets = [
        (s.name, s.origin, s.number, s.rows.blocks, s.sources, cells_to_plain(s.cells, texts), s.merges)
        for s in instance.sheets
    ]
    names = [(name, *area) for name, area in instance.names.items()]
    plain = {"sheets": sheets, "texts": texts.all, "names": names}
    Cache().save("instance", _key(instance.template, instance.shape), plain)


def load_plan(instance: Instance) -> Plan | None:
    """Return the plan of an instance, None where it is not kept.

    By template and shape, which is quicker to tell than all the formulas by which ``plan_for`` knows any workbook.
    """
    plain = Cache().load("plan", _key(instance.template, instance.shape))
    if plain is None:
        return None
    try:
        return plan_from_plain(instance.book, plain)
    except _UNFIT:
        return None


def save_plan(instance: Instance, plan: Plan) -> None:
    """Keep the plan of an instance, where it is a plain one."""
    plain = plan_to_plain(plan)
    if plain is not None:
        Cache().save("plan", _key(instance.template, instance.shape), plain)


def _key(template: Template, shape: Shape) -> str:
    return f"{template.snapshot.digest} {shape!r}"


def _instance(template: Template, shape: Shape, plain: Any) -> Instance:
    from xlperf.template.instantiate import Instance, InstanceSheet, RowMap

    texts = plain["texts"]
    sheets = tuple(
        InstanceSheet(
            name,
            origin,
            number,
            RowMap(tuple((top, bottom, rows) for top, bottom, rows in blocks)),
            tuple(sources),
            cells_from_plain(cells, texts),
            tuple((top, left, bottom, right) for top, left, bottom, right in merges),
        )
        for name, origin, number, blocks, sources, cells, merges in plain["sheets"]
    )
    names = {name: RangeRef(sheet, *corners) for name, sheet, *corners in plain["names"]}
    return Instance(template, shape, sheets, names)
