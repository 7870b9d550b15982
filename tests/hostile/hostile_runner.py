"""Runs one command over one file and notes every other file opened, every process and every connection.

``python hostile_runner.py NOTES FILE check|engine|recalc``: the notes are written at the end, one event a line, after
the peak of memory in kilobytes (what wait4 tells of a child includes the parent's, from before the exec).
Reading the interpreter's own files, the package, its templates is allowed; so is anything in the cache folder.
"""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path

_NOTED = (
    "socket.",
    "subprocess.",
    "os.exec",
    "os.posix_spawn",
    "os.spawn",
    "os.system",
    "os.fork",
    "os.startfile",
    "urllib.",
    "http.",
    "ftplib.",
    "smtplib.",
    "ctypes.",
    "os.remove",
    "os.rename",
    "os.mkdir",
    "os.rmdir",
    "os.link",
    "os.symlink",
    "os.truncate",
    "os.chmod",
    "os.chown",
    "shutil.",
    "pty.",
    "code.__new__",
)
_HARMLESS = ("ctypes.addressof", "code.__new__")
#: A process that would hold more is stopped by the system, so that a failing test harms nobody else.
_MOST_MEMORY = 2 << 30


def watch(target: str, notes: list[str]) -> None:
    """Note, from now on, what is done beside reading ``target``, installed code, and using the cache folder."""
    package = Path(__file__).resolve().parents[2]
    readable = [
        os.path.realpath(p) for p in (sys.prefix, sys.base_prefix, sys.exec_prefix, os.path.dirname(os.__file__))
    ]
    readable += [str(package / "xlperf"), str(package / "templates"), *map(os.path.realpath, sys.path[1:])]
    cache = os.path.realpath(os.environ["XLPERF_CACHE_DIR"])

    def inside(path: str, folders: list[str]) -> bool:
        return any(path == folder or path.startswith(folder.rstrip("/") + "/") for folder in folders if folder != "/")

    def look(event: str, arguments: tuple[object, ...]) -> None:
        if event == "open":
            path, mode, flags = arguments
            if isinstance(path, int):
                return
            name = os.path.realpath(os.fsdecode(path))
            writes = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
            if inside(name, [cache]) or name == "/dev/null" or (not writes and inside(name, readable)):
                return
            if not writes and name == target:
                return
            notes.append(f"open {name} {mode} {flags}")
        elif event.startswith(_NOTED) and event not in _HARMLESS and (event, arguments) != ("ctypes.dlopen", (None,)):
            if arguments and isinstance(arguments[0], str) and inside(os.path.realpath(arguments[0]), [cache]):
                return
            notes.append(f"{event} {arguments!r:.200}")

    sys.addaudithook(look)


def engine(path: Path) -> int:
    """Recompute all formulas of a workbook, with nothing but the engine."""
    from xlperf.address import CellRef
    from xlperf.errors import FileRefused
    from xlperf.recompute import FormulaBook, ShapeCache, compile_plan
    from xlperf.workbook.read import read_file

    try:
        snapshot = read_file(path)
    except FileRefused as error:
        print(error, file=sys.stderr)
        return 2
    formulas = {
        CellRef(sheet.name, *at): cell.formula
        for sheet in snapshot.sheets
        for at, cell in sheet.cells.items()
        if cell.formula is not None
    }
    names = {(name.scope, name.name.casefold()): name.text for name in snapshot.names}
    values = {sheet.name: {at: cell.value for at, cell in sheet.cells.items()} for sheet in snapshot.sheets}
    book = FormulaBook(tuple(sheet.name for sheet in snapshot.sheets), names, formulas)
    result = compile_plan(book, ShapeCache("")).run(values)
    print(f"{len(formulas)} 个公式，{len(result.unchecked)} 个不复算")
    for cell, reason in list(result.unchecked.items())[-1:]:
        print(f"{cell.a1}：{reason}")
    return 0


def _peak() -> str:
    status = Path("/proc/self/status").read_text()
    return next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))


def main() -> None:
    notes_to, target, command = sys.argv[1:4]
    # in this process whatever the size, so that the hook sees all; test_hostile_workers.py goes through a worker
    alone = ["--limit", "alone_bytes=1GB", "--limit", "alone_unpacked_bytes=1GB"] if command == "check" else []
    sys.argv = ["xlperf", command, "--format", "json", *alone, target]
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8")
    notes: list[str] = []
    handle = os.open(notes_to, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    watch(os.path.realpath(target), notes)
    status: object = 70
    try:
        if command == "engine":
            status = engine(Path(target))
        else:
            from xlperf.cli.start import start

            start()
    except SystemExit as leave:
        status = leave.code
    finally:
        noted = list(notes)
        os.write(handle, "\n".join([_peak(), *noted]).encode("utf-8", "backslashreplace"))
    sys.exit(status)


if __name__ == "__main__":
    main()
