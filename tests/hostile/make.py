"""The hostile set: ``python tests/hostile/make.py FOLDER`` writes every file, ``--table`` prints what each gives."""

from __future__ import annotations

import json
import re
import sys
import tempfile
from pathlib import Path

from hostile_formulas import FORMULAS
from hostile_measure import Ran, run
from hostile_parts import Case
from hostile_sizes import SIZES
from hostile_xml import XML
from hostile_zips import ZIPS

CASES: dict[str, Case] = {**ZIPS, **XML, **SIZES, **FORMULAS}


def write(name: str, folder: Path) -> Path:
    """Write one file of the set; its name on disk is the case's, without what a file name must not hold."""
    path = folder / (re.sub(r"[^\w\u4e00-\u9fff]+", "_", name) + ".xlsx")
    path.write_bytes(CASES[name].make())
    return path


def sentence(ran: Ran) -> str:
    """Return what a user is told: why a file is refused, or how many findings there are; else all that was printed."""
    try:
        (report,) = json.loads(ran.out)["files"]
        return str(report["error"]) if "error" in report else f"{len(report['findings'])} 条"
    except (ValueError, KeyError):
        return (ran.out + ran.err).replace("\n", " ").strip()


def _table(names: list[str]) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        print(f"| {'file':<40} | KB | run | exit | s | cpu | MB | says |\n|---|---|---|---|---|---|---|---|")
        for name in names:
            path = write(name, folder)
            size = path.stat().st_size >> 10
            for command in ("check", "engine") if CASES[name].engine else ("check",):
                ran = run(command, path, folder)
                mark = "" if ran.seconds < 2 and ran.megabytes < 300 and not ran.notes else " **!**"
                print(
                    f"| {name} | {size} | {command} | {ran.status} | {ran.seconds:.2f} | {ran.processor:.2f} |"
                    f" {ran.megabytes:.0f}{mark} |"
                    f" {sentence(ran)[:110]} |",
                    *ran.notes,
                    flush=True,
                )
            path.unlink()


def main(arguments: list[str]) -> None:
    if arguments[:1] == ["--table"]:
        _table([name for name in CASES if not arguments[1:] or any(word in name for word in arguments[1:])])
        return
    folder = Path(arguments[0] if arguments else "hostile")
    folder.mkdir(parents=True, exist_ok=True)
    for name in CASES:
        write(name, folder)
    print(f"{len(CASES)} files in {folder}")


if __name__ == "__main__":
    main(sys.argv[1:])
