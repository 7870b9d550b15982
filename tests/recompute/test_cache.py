# ruff: noqa: E501
"""The cache on disk: used, private, rebuilt when damaged; a warm start needs neither ``formulas`` nor numpy."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from xlperf.recompute import FormCache, forms
from xlperf.recompute.cache import ENGINE_VERSION

Make = Callable[..., Any]
FILE = f"forms-{ENGINE_VERSION}.json"
FORMULA = '=IF(B1="缓存",1,B1*3+4.5)'


@pytest.fixture(autouse=True)
def _forget() -> None:
    forms._MEMORY.clear()
    from xlperf.recompute import plan

    plan._resolver.cache_clear()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "cache"
    path.mkdir(mode=0o700)
    return path


def calculate(make: Make, folder: Path | str) -> object:
    return make({"表": {"A1": FORMULA, "B1": 2}}, cache=FormCache(folder))["A1"]


def test_written_private_and_read_again(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "a" / "b"
    assert calculate(make, folder) == 10.5
    assert (folder / FILE).stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    _again(monkeypatch)
    assert calculate(make, folder) == 10.5


def _again(monkeypatch: pytest.MonkeyPatch) -> None:
    forms._MEMORY.clear()
    from xlperf.recompute import plan

    plan._resolver.cache_clear()
    monkeypatch.setattr(forms, "build", lambda _: pytest.fail("parsed again"))


@pytest.mark.parametrize(
    "content",
    [
        "", "{", "[]", "null", '{"engine": "0", "forms": {}}', '{"engine": "%s", "forms": []}', "[" * 5000, "\udcff",
        '{"engine": "%s", "forms": {"KEY": 1}}', '{"engine": "%s", "forms": {"KEY": ["f", "__import__", ["s", "os"]]}}',
        '{"engine": "%s", "forms": {"KEY": ["c", ["n", 1], ["+", ["n", "x"]]]}}',
        '{"engine": "%s", "forms": {"KEY": ["r", [], [0, "1)+exec("], [0, 1], [0, 1], [0, 1]]}}',
        '{"engine": "%s", "forms": {"KEY": ["c", ["n", 1], ["+-", ["n", 1]]]}}', '{"engine": "%s", "forms": {"KEY": []}}',
    ],
)  # fmt: skip
def test_damaged_content_is_rebuilt(make: Make, folder: Path, content: str) -> None:
    key = 'IF(R[0]C[1]="缓存",1.0,R[0]C[1]*3.0+4.5)'
    text = content.replace("%s", ENGINE_VERSION).replace("KEY", key.replace('"', '\\"'))
    (folder / FILE).write_bytes(text.encode("utf-8", "surrogateescape"))
    (folder / FILE).chmod(0o600)
    assert calculate(make, folder) == 10.5
    assert json.loads((folder / FILE).read_text(encoding="utf-8"))["forms"][key][0] == "f"


@pytest.mark.skipif(os.name == "nt", reason="no such permissions")
@pytest.mark.parametrize("what", ["folder", "file", "link"])
def test_not_read_where_others_may_write(make: Make, folder: Path, what: str, tmp_path: Path) -> None:
    wrong = {"engine": ENGINE_VERSION, "forms": {'IF(R[0]C[1]="缓存",1.0,R[0]C[1]*3.0+4.5)': ["n", 99]}}
    file = folder / FILE
    file.write_text(json.dumps(wrong), encoding="utf-8")
    file.chmod(0o600)
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
    sheets = {"表": {"A1": "=A2:A3*2", "A4": "=INDIRECT(A2)"}}
    first = make(sheets, cache=FormCache(folder))
    _again(monkeypatch)
    second = make(sheets, cache=FormCache(folder))
    assert first.plan.unsupported == second.plan.unsupported
    assert len(second.plan.unsupported) == 2


def test_environment_variable(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setenv("XLPERF_CACHE_DIR", str(folder))
    assert FormCache()._path == folder / FILE
    monkeypatch.setenv("XLPERF_CACHE_DIR", "")
    assert FormCache()._path is None


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
