# ruff: noqa: E501
"""The cache on disk: used, private, rebuilt when damaged; a warm start needs neither ``formulas`` nor numpy."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from xlperf.cache import Cache
from xlperf.recompute import ShapeCache, forms, planning, tree

Make = Callable[..., Any]
KEY = "=_f0(_o1=_o2,_o3,_o4*_o5+_o6)"
#: A shape that is no other formula's: the last operand alone.
ALONE = ["o", 6]
FORMULA = '=IF(B1="缓存",1,B1*3+4.5)'


@pytest.fixture(autouse=True)
def _forget() -> None:
    forms._MEMORY.clear()
    planning._resolver.cache_clear()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "cache"
    path.mkdir(mode=0o700)
    return path


def entry(folder: Path) -> Path:
    path = Cache(folder).path("shapes", "all")
    assert path is not None
    return path


def calculate(make: Make, folder: Path | str) -> object:
    return make({"表": {"A1": FORMULA, "B1": 2}}, cache=ShapeCache(folder))["A1"]


def test_written_private_and_read_again(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "a" / "b"
    assert calculate(make, folder) == 10.5
    assert entry(folder).stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    _again(monkeypatch)
    assert calculate(make, folder) == 10.5


def _again(monkeypatch: pytest.MonkeyPatch) -> None:
    forms._MEMORY.clear()
    planning._resolver.cache_clear()
    monkeypatch.setattr(tree, "shape_of", lambda _: pytest.fail("parsed again"))


@pytest.mark.parametrize(
    "content",
    [
        [], None, 1, "x", {KEY: 1}, {KEY: []}, {KEY: ["n", 1]}, {KEY: ["o"]}, {KEY: ["o", 99]}, {KEY: ["o", "x"]},
        {KEY: ["call", 0, ["__import__"]]}, {KEY: ["call", 0, 1]}, {KEY: ["c", ["o", 1], ["+"]]}, {KEY: ["u", "-"]},
    ],
)  # fmt: skip
def test_content_that_is_no_shape_is_rebuilt(make: Make, folder: Path, content: Any) -> None:
    Cache(folder).save("shapes", "all", content)
    assert entry(folder).is_file()
    assert calculate(make, folder) == 10.5
    assert Cache(folder).load("shapes", "all")[KEY][0] == "call"


@pytest.mark.skipif(os.name == "nt", reason="no such permissions")
@pytest.mark.parametrize("what", ["folder", "file", "link"])
def test_not_read_where_others_may_write(make: Make, folder: Path, what: str, tmp_path: Path) -> None:
    Cache(folder).save("shapes", "all", {KEY: ALONE})
    file = entry(folder)
    assert calculate(make, folder) == 4.5, "what nobody else could write is used"
    forms._MEMORY.clear()
    planning._resolver.cache_clear()
    if what == "link":
        file.rename(tmp_path / "elsewhere")
        file.symlink_to(tmp_path / "elsewhere")
    else:
        (folder if what == "folder" else file).chmod(0o777)
    assert calculate(make, folder) == 10.5


def test_folder_that_cannot_be_written(make: Make, tmp_path: Path) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("")
    assert calculate(make, blocker / "cache") == 10.5
    assert calculate(make, "") == 10.5


def test_refused_forms_are_remembered_with_their_reason(
    make: Make, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheets = {"表": {"A1": "=A2:A3*2", "A4": "=INDIRECT(A2)", "A5": "=1++*2"}}
    first = make(sheets, cache=ShapeCache(folder))
    _again(monkeypatch)
    second = make(sheets, cache=ShapeCache(folder))
    assert first.plan.unsupported == second.plan.unsupported
    assert len(second.plan.unsupported) == 3


def test_environment_variable(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setenv("XLPERF_CACHE_DIR", str(folder))
    assert ShapeCache().cache.folder == folder
    monkeypatch.setenv("XLPERF_CACHE_DIR", "")
    assert ShapeCache().cache.folder is None


SCRIPT = """
import sys
from xlperf.address import CellRef
from xlperf.recompute import FormulaBook, compile_plan
book = FormulaBook(("表",), {}, {CellRef("表", r, 1): f"IF(B{r}=1,ROUND(B{r}/3,2),SUMPRODUCT((B1:B{r}=2)*1))" for r in range(2, 9)})
plan = compile_plan(book)
assert not plan.unsupported, plan.unsupported
out = plan.run({"表": {(r, 2): r for r in range(1, 9)}})
assert out.values["表"][3, 1] == 1, out
print(*sorted({"formulas", "numpy", "schedula", "openpyxl", "xlsxwriter"} & set(sys.modules)))
"""


def test_warm_start_imports_neither_formulas_nor_numpy(folder: Path) -> None:
    def run() -> str:
        environment = {**os.environ, "XLPERF_CACHE_DIR": str(folder)}
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    assert "formulas" in run()
    assert run() == ""
