"""A filled instance for trying rules on: of a sample's data where there are any that fit, else by the kind of cell.

What is filled by kind is no plausible unit; it only makes the formulas give something. An example of a rule writes
every cell that matters to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from xlperf.address import CellRef
from xlperf.template.dictionary import Kind
from xlperf.template.instantiate import Instance, default_shape, instantiate
from xlperf.template.library import Template
from xlperf.values import Scalar

_BY_TYPE: dict[str, Scalar] = {
    "金额": 1, "数额": 1, "追加": 0, "人数": 1, "面积": 1, "分值": 10, "得分": 10, "日期": 45397, "数值": 1,
    "完成值": 1, "文字": "样例", "短文": "样例", "长文": "样例文字，全年办理 1 件。",
}  # fmt: skip


class Filled(NamedTuple):
    """An instance and what stands in its cells before anything is computed."""

    instance: Instance
    grids: dict[str, dict[tuple[int, int], Scalar]]


def by_kind(template: Template) -> Filled:
    """Return an instance of the template's own shape, its fields and the first row of each block filled by kind."""
    instance = instantiate(template, default_shape(template, 1))
    grids = instance.constants()
    for cell, kind in _cells(instance):
        value = by_its_kind(kind)
        if value is not None:
            grids[cell.sheet][cell.row, cell.column] = value
    return Filled(instance, grids)


def by_its_kind(kind: Kind) -> Scalar:
    """Return some value that a cell of a kind may hold, None where it is best left blank."""
    return kind.values[0] if kind.values else _BY_TYPE.get(kind.type)


def _cells(instance: Instance) -> Iterator[tuple[CellRef, Kind]]:
    for _, cell, kind in instance.named_fields():
        if kind.is_input:
            yield cell, kind
    for block, area in instance.block_areas():
        for column in block.columns:
            if column.kind.is_input:
                yield CellRef(area.sheet, area.top, column.column), column.kind
