"""Those who are measured: ours, and the peers on the same workbook. Each is a function of a path, or a command line."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import os
import shutil
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

from lxml import etree

Contestant = Callable[[Path], object]

NAIVE = """
import os, sys
os.environ["TQDM_DISABLE"] = "1"
import formulas
formulas.ExcelModel().loads(sys.argv[1]).finish().calculate()
"""
PYCEL = """
import sys
from openpyxl import load_workbook
from pycel import ExcelCompiler
model = ExcelCompiler(sys.argv[1])
for sheet in load_workbook(sys.argv[1]).worksheets:
    for row in sheet.iter_rows():
        for cell in row:
            if cell.data_type == "f":
                model.evaluate(f"'{sheet.title}'!{cell.coordinate}")
"""
FORMUALIZER = """
import sys
sys.path.insert(0, sys.argv[2])
from pathlib import Path
from bench_peers import formualizer
formualizer(Path(sys.argv[1]))
"""
BARE = "import lxml.etree, click"


def floor(path: Path) -> None:
    """Unzip and parse the XML: what nobody can do without."""
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                etree.fromstring(archive.read(name))


def read(path: Path) -> object:
    """Read a workbook."""
    from xlperf.workbook.read import read_file

    return read_file(path)


def recalc(path: Path) -> object:
    """Read, recompute every formula and compare with what is stored."""
    from xlperf.recalc import recalc_file

    return recalc_file(path)


def check(path: Path) -> object:
    """Run the whole check of a submission."""
    from xlperf.check import check_file

    return check_file(path)


def naive(path: Path) -> None:
    """Load, compile and calculate with ``formulas`` as its documentation shows."""
    import formulas

    with contextlib.redirect_stderr(io.StringIO()):
        formulas.ExcelModel().loads(str(path)).finish().calculate()


def formualizer(path: Path) -> list[object]:
    """Load, evaluate and read all values with formualizer."""
    import formualizer as engine

    book = engine.load_workbook(str(path))
    book.evaluate_all()
    return [book.sheet(name).get_values(engine.RangeAddress(name, 1, 1, 200, 60)) for name in book.sheet_names]


def soffice(folder: Path, *paths: Path) -> list[str]:
    """Return the command that converts files with LibreOffice."""
    profile = f"-env:UserInstallation=file://{folder}/profile"
    return ["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", str(folder / "out"), *map(str, paths)]


def has(module: str) -> bool:
    """Tell whether a peer is installed."""
    return importlib.util.find_spec(module) is not None


def has_soffice() -> bool:
    """Tell whether LibreOffice is on the PATH."""
    return shutil.which("soffice") is not None


def python(*arguments: str) -> list[str]:
    """Return the command that runs this Python."""
    return [sys.executable, *arguments]


def environment(**changes: str) -> dict[str, str]:
    """Return the environment of a command; modules are kept compiled, as on any machine that is used."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, **changes}
