"""Templates and instances from the private cache are the ones that would be made; anything else is made anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from xlperf.cache import Cache
from xlperf.template import library, stored
from xlperf.template.instantiate import Instance, Shape, default_shape, instantiate
from xlperf.template.library import Template
from xlperf.template.outline import outline_of
from xlperf.workbook.plain import snapshot_from_plain, snapshot_to_plain
from xlperf.workbook.read import read_bytes


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XLPERF_CACHE_DIR", str(tmp_path / "cache"))
    library.load_template.cache_clear()
    instantiate.cache_clear()
    return tmp_path / "cache"


def shape_of(template: Template) -> Shape:
    shape = default_shape(template, 2)
    return Shape.of({**dict(shape.blocks), "附件2_数量指标": 5}, [dict(project) for project in shape.projects])


def same(one: Instance, other: Instance) -> bool:
    return plain_of(one) == plain_of(other) and one.names == other.names and one.shape == other.shape


def plain_of(instance: Instance) -> list[object]:
    return [(*one[:3], one.rows.blocks, one.sources, dict(one.cells), one.merges) for one in instance.sheets]


def test_a_template_comes_back_as_it_was_read() -> None:
    first = library.find("yiyang-2024")
    library.load_template.cache_clear()
    kept = stored.load_template(first.path, first.digest)
    assert kept is not None
    assert "snapshot" not in vars(kept)
    assert (kept.dictionary, kept.areas, kept.outline) == (first.dictionary, first.areas, first.outline)
    assert kept.snapshot == first.snapshot == stored.load_snapshot(first.digest)
    assert library.find("yiyang-2024").outline == outline_of(first.snapshot, first.dictionary, first.areas)


def test_an_instance_comes_back_as_it_was_made() -> None:
    template = library.find("yiyang-2024")
    shape = shape_of(template)
    assert stored.load_instance(template, shape) is None
    made = instantiate(template, shape)
    assert made.plan.order
    kept = stored.load_instance(template, shape)
    assert kept is not None
    assert kept is not made
    assert len(kept.sheet("_xlperf").read) < 100 < len(made.sheet("_xlperf").read)
    assert kept.formulas == made.formulas
    assert kept.plan.order == made.plan.order
    assert kept.reviews == made.reviews
    assert same(made, kept)
    assert stored.load_instance(template, default_shape(template, 3)) is None


def test_a_kept_instance_computes_the_same() -> None:
    """What of the hidden sheet is left out is read by no formula."""
    template = library.find("yiyang-2024")
    made = instantiate(template, shape_of(template))
    first = made.plan.run(made.constants())
    kept = stored.load_instance(template, shape_of(template))
    assert kept is not None
    second = kept.plan.run(kept.read_constants())
    assert {cell: first.values[cell.sheet][cell[1:]] for cell in made.plan.order} == {
        cell: second.values[cell.sheet][cell[1:]] for cell in kept.plan.order
    }


@pytest.mark.parametrize(
    "content", [None, 1, [], {}, {"sheets": 1, "texts": [], "names": []}, {"sheets": [[1]], "texts": [], "names": []},
                {"sheets": [], "texts": [], "names": [["x"]]},
                {"sheets": [["a", "a", 0, [], [], [1, 1, {}, -1, 0, True], []]], "texts": [], "names": []},
                {"sheets": [["a", "a", 0, [], [], [1, 1, 1, 9, 0, True], []]], "texts": [], "names": []},
                {"sheets": [["a", "a", 0, [], [], [1, 1, 1], []]], "texts": [], "names": []},
                {"sheets": [], "texts": [], "names": [], "plan": {}},
                {"sheets": [], "texts": [], "names": [], "plan": None}],
)  # fmt: skip
def test_what_is_no_instance_is_made_anew(content: Any) -> None:
    template = library.find("yiyang-2024")
    shape = shape_of(template)
    made = instantiate(template, shape)
    assert made.plan.order
    Cache().save("instance", stored._key(template, shape), content)
    instantiate.cache_clear()
    assert same(instantiate(template, shape), made)


@pytest.mark.parametrize(
    "content",
    [None, [], {}, {"texts": []}, {"texts": [], "flags": [0]}, {"areas": [], "dictionary": {}, "outline": {}}],
)
def test_what_is_no_template_is_read_anew(content: Any) -> None:
    first = library.find("yiyang-2024")
    for kind in ("template", "snapshot"):
        Cache().save(kind, first.digest, content)
    library.load_template.cache_clear()
    again = library.find("yiyang-2024")
    assert (again.outline, again.dictionary, again.snapshot) == (first.outline, first.dictionary, first.snapshot)


def test_a_template_under_another_digest_is_not_believed() -> None:
    first = library.find("yiyang-2024")
    Cache().save("snapshot", "0" * 64, snapshot_to_plain(first.snapshot))
    assert stored.load_snapshot("0" * 64) is None


def test_a_snapshot_goes_to_plain_data_and_back(corrected: dict[str, bytes]) -> None:
    import json

    for name, data in corrected.items():
        snapshot = read_bytes(data, name)
        assert snapshot_from_plain(json.loads(json.dumps(snapshot_to_plain(snapshot)))) == snapshot
