# ruff: noqa: E501  formulas and tables of cases stand on lines of their own
"""Formulas at random, computed by this engine and, in one document, by LibreOffice.

Every difference must be explained by an entry of ``deviations.py``, which names the Excel documentation that says who is
right. ``XLPERF_FORMULAS`` sets how many formulas a run compares (2000), ``XLPERF_SEED`` draws other ones; without it a run
is always the same.
"""

from __future__ import annotations

import os
import random
import tempfile
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

import libreoffice
import pytest
from against import Pair, compare
from deviations import DEVIATIONS, Deviation, Difference, explain
from grammar import CELLS, Formula, Grammar
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.internal.conjecture.providers import HypothesisProvider
from shrink import inputs_of, smallest

COUNT = int(os.environ.get("XLPERF_FORMULAS", "2000"))
SEED = os.environ.get("XLPERF_SEED", "")
MAX_LENGTH = 1000
pytestmark = [
    pytest.mark.libreoffice,
    pytest.mark.skipif(not libreoffice.available, reason="no soffice"),
]


def drawn(count: int) -> dict[str, Formula]:
    """Return that many different formulas, as hypothesis draws them."""
    found: dict[str, Formula] = {}

    @settings(
        max_examples=10**9 if SEED else 20 * count, derandomize=not SEED, database=None, phases=[Phase.generate], deadline=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.integers(0, 2**63), st.randoms(use_true_random=False))
    def draw(_: int, chance: random.Random) -> None:
        formula = Grammar(chance).formula()
        if len(formula.text) <= MAX_LENGTH:
            found[formula.text] = formula
        if len(found) >= count:
            raise _Enough

    # Hypothesis mixes in constants of whatever modules are loaded: a run would depend on which other tests run with it.
    with suppress(_Enough), pytest.MonkeyPatch.context() as patch:
        patch.setattr(HypothesisProvider, "_maybe_draw_constant", lambda *_, **__: None, raising=False)
        (seed(int(SEED))(draw) if SEED else draw)()
    return found


class _Enough(Exception):
    """As many formulas are drawn as were asked for."""


@lru_cache(maxsize=1)
def batch() -> tuple[dict[str, Formula], list[Pair]]:
    formulas = drawn(COUNT)
    for deviation in DEVIATIONS:
        formulas.setdefault(deviation.example, Formula(deviation.example))
    with tempfile.TemporaryDirectory() as folder:
        return formulas, compare(Path(folder), CELLS, list(formulas))


@lru_cache(maxsize=1)
def differences() -> dict[str, Difference]:
    formulas, pairs = batch()
    return smallest([formulas[pair.formula] for pair in pairs if pair.differs])


def test_every_difference_is_explained() -> None:
    unexplained = {
        difference.text: f"ours {difference.ours!r}, LibreOffice {difference.theirs!r}, inputs {inputs_of(difference.text)}"
        for difference in differences().values()
        if explain(difference) is None
    }
    assert unexplained == {}, "\n".join(f"={text}\n    {told}" for text, told in unexplained.items())


def test_nearly_all_are_computed() -> None:
    formulas, pairs = batch()
    assert len(formulas) >= COUNT
    assert sum(not pair.reason for pair in pairs) >= 0.95 * len(pairs)


def test_few_differ() -> None:
    assert len(differences()) <= 0.15 * len(batch()[1])


@pytest.mark.parametrize("deviation", DEVIATIONS, ids=lambda deviation: deviation.example)
def test_the_example_still_differs(deviation: Deviation) -> None:
    difference = differences().get(deviation.example)
    assert difference is not None, "LibreOffice agrees by now: take it off the list"
    assert explain(difference) is deviation
