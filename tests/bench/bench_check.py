"""``xlperf check`` against its peers on the same workbook, in one run, as ratios.

    python tests/bench/bench_check.py [WORKBOOK] [--rounds N]

Peers: the naive way with ``formulas``, LibreOffice, formualizer (where installed: ``pip install -e .[bench]``),
and the floor (unzip and parse the XML). All take turns in every round, so that a busy machine slows all alike; medians
are printed. Not a test: nothing here passes or fails.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from lxml import etree

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "samples" / "组织部_2024_更正稿.xlsx"

NAIVE = """
import os, sys
os.environ["TQDM_DISABLE"] = "1"
import formulas
formulas.ExcelModel().loads(sys.argv[1]).finish().calculate()
"""


def naive(path: Path) -> None:
    import formulas

    with contextlib.redirect_stderr(io.StringIO()):
        formulas.ExcelModel().loads(str(path)).finish().calculate()


def floor(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                etree.fromstring(archive.read(name))


def ours(path: Path) -> None:
    from xlperf.check import check_file

    check_file(path)


def formualizer(path: Path) -> None:
    import formualizer as fz

    book = fz.load_workbook(str(path))
    book.evaluate_all()
    for name in book.sheet_names:
        book.sheet(name)


def process(*arguments: str, env: dict[str, str] | None = None) -> Callable[[Path], None]:
    def run(path: Path) -> None:
        done = subprocess.run(
            [sys.executable, *arguments, str(path)], capture_output=True, env={**os.environ, **(env or {})}, check=False
        )
        if done.returncode not in (0, 1):
            raise RuntimeError(done.stderr.decode("utf-8", "replace"))

    return run


def soffice(folder: Path) -> Callable[[Path], None]:
    profile = f"-env:UserInstallation=file://{folder}/profile"

    def run(path: Path) -> None:
        subprocess.run(
            ["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", str(folder), str(path)],
            capture_output=True,
            check=True,
        )

    return run


def measure(contestants: dict[str, Callable[[Path], None]], path: Path, rounds: int) -> dict[str, float]:
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for number in range(rounds + 1):  # the first round warms up and is not counted
        for name, contestant in contestants.items():
            start = time.perf_counter()
            contestant(path)
            if number:
                times[name].append(time.perf_counter() - start)
    return {name: statistics.median(values) for name, values in times.items()}


def table(title: str, medians: dict[str, float], base: str) -> None:
    print(f"\n{title}")
    for name, seconds in sorted(medians.items(), key=lambda item: item[1]):
        print(f"  {name:<44} {seconds * 1000:9.1f} ms   {seconds / medians[base]:7.2f} x")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("workbook", nargs="?", type=Path, default=SAMPLE)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    path = options.workbook
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plain = folder / "book.xlsx"  # peers that cannot take a Chinese file name
        shutil.copy(path, plain)
        from xlperf.workbook.read import read_file

        cells = [cell for sheet in read_file(plain).sheets for cell in sheet.cells.values()]
        print(f"{path.name}: {sum(c.formula is not None for c in cells)} formulas, {len(cells)} cells")
        warm: dict[str, Callable[[Path], None]] = {"xlperf check": ours, "formulas, naive": naive, "floor": floor}
        with contextlib.suppress(ImportError):
            import formualizer as _  # noqa: F401

            warm["formualizer (load, evaluate, read)"] = formualizer
        table("In one process, warm", measure(warm, plain, options.rounds), "xlperf check")
        cache = {"XLPERF_CACHE_DIR": str(folder / "cache")}
        fresh: dict[str, Callable[[Path], None]] = {
            "xlperf check, plan cache warm": process("-m", "xlperf", "check", env=cache),
            "xlperf check, no plan cache": process("-m", "xlperf", "check", env={"XLPERF_CACHE_DIR": ""}),
            "formulas, naive": process("-c", NAIVE),
            "python -c 'import lxml.etree, click'": process("-c", "import lxml.etree, click"),
        }
        if shutil.which("soffice"):
            fresh["soffice --convert-to xlsx"] = soffice(folder)
        table("As a new process", measure(fresh, plain, options.rounds), "xlperf check, plan cache warm")


if __name__ == "__main__":
    main()
