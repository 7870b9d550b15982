"""Templates and instances from the private cache are the ones that would be made; anything else is made anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from xlperf.cache import Cache
from xlperf.template import library, stored
from xlperf.template.instantiate import Instance, Shape, default_shape, instantiate
from xlperf.template.library import Template
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
    return one.sheets == other.sheets and one.names == other.names and one.shape == other.shape


def test_a_template_comes_back_as_it_was_read() -> None:
    first = library.find("yiyang-2024")
    library.load_template.cache_clear()
    kept = stored.load_snapshot(first.snapshot.digest)
    assert kept is not None
    assert kept == first.snapshot
    assert library.find("yiyang-2024").dictionary == first.dictionary


def test_an_instance_comes_back_as_it_was_made() -> None:
    template = library.find("yiyang-2024")
    shape = shape_of(template)
    assert stored.load_instance(template, shape) is None
    made = instantiate(template, shape)
    kept = stored.load_instance(template, shape)
    assert kept is not None
    assert kept is not made
    assert same(made, kept)
    assert stored.load_instance(template, default_shape(template, 3)) is None


@pytest.mark.parametrize(
    "content", [None, 1, [], {}, {"sheets": 1, "texts": [], "names": []}, {"sheets": [[1]], "texts": [], "names": []},
                {"sheets": [], "texts": [], "names": [["x"]]},
                {"sheets": [["a", "a", 0, [], [], [1, 1, {}, -1, 0, True], []]], "texts": [], "names": []},
                {"sheets": [["a", "a", 0, [], [], [1, 1, 1, 9, 0, True], []]], "texts": [], "names": []},
                {"sheets": [["a", "a", 0, [], [], [1, 1, 1], []]], "texts": [], "names": []}],
)  # fmt: skip
def test_what_is_no_instance_is_made_anew(content: Any) -> None:
    template = library.find("yiyang-2024")
    shape = shape_of(template)
    made = instantiate(template, shape)
    Cache().save("instance", stored._key(template, shape), content)
    instantiate.cache_clear()
    assert same(instantiate(template, shape), made)


@pytest.mark.parametrize("content", [None, [], {}, {"texts": []}, {"texts": [], "flags": [0]}])
def test_what_is_no_template_is_read_anew(content: Any) -> None:
    first = library.find("yiyang-2024")
    Cache().save("template", first.snapshot.digest, content)
    library.load_template.cache_clear()
    assert library.find("yiyang-2024").snapshot == first.snapshot


def test_a_template_under_another_digest_is_not_believed() -> None:
    first = library.find("yiyang-2024")
    Cache().save("template", "0" * 64, snapshot_to_plain(first.snapshot))
    assert stored.load_snapshot("0" * 64) is None


def test_a_snapshot_goes_to_plain_data_and_back(corrected: dict[str, bytes]) -> None:
    import json

    for name, data in corrected.items():
        snapshot = read_bytes(data, name)
        assert snapshot_from_plain(json.loads(json.dumps(snapshot_to_plain(snapshot)))) == snapshot
