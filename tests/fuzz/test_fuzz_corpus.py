"""Every input of the corpus goes through its target, without the fuzzer."""

from __future__ import annotations

from pathlib import Path

import pytest
from fuzz_targets import TARGETS

INPUTS = sorted((Path(__file__).parent / "corpus").glob("*/*"))


def test_there_is_a_corpus() -> None:
    assert {path.parent.name for path in INPUTS} == set(TARGETS)
    assert sum(path.stat().st_size for path in INPUTS) < 200_000


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_nothing_but_a_refusal_or_a_result(path: Path) -> None:
    TARGETS[path.parent.name](path.read_bytes())
