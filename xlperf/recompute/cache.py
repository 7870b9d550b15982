"""The private cache of parsed forms on disk: plain data, from which code is made anew each time."""

from __future__ import annotations

import json
import os
import stat
import zlib
from pathlib import Path
from typing import Any

from xlperf.recompute.functions import FUNCTIONS
from xlperf.recompute.tree import Node

#: A cache of another version is not read. The number changes whenever trees or what is refused change;
#: the rest follows the table of functions.
ENGINE_VERSION = f"2-{zlib.crc32(repr([(n, s[1:]) for n, s in sorted(FUNCTIONS.items())]).encode()):08x}"
_MOST_BYTES = 32 * 1024 * 1024
_MOST_FORMS = 20_000


class FormCache:
    """Trees by normal form, kept in one JSON file in a folder of the user's own.

    ``folder`` None takes ``XLPERF_CACHE_DIR`` or else the user's cache folder; "" means no file. What is
    damaged, foreign, or writable by others is not read but replaced; a folder that cannot be written costs
    only time.
    """

    def __init__(self, folder: str | Path | None = None) -> None:
        if folder is None:
            folder = os.environ.get("XLPERF_CACHE_DIR")
        if folder is None:
            from platformdirs import user_cache_dir

            folder = user_cache_dir("xlperf")
        self._path = Path(folder) / f"forms-{ENGINE_VERSION}.json" if str(folder) else None
        self._forms: dict[str, Any] | None = None
        self._changed = False

    def get(self, key: str) -> Node | None:
        """Return the tree of a form, or None."""
        tree = self._loaded().get(key)
        return tree if isinstance(tree, list) else None

    def put(self, key: str, tree: Node) -> None:
        """Remember the tree of a form; :meth:`save` writes it."""
        forms = self._loaded()
        if len(forms) < _MOST_FORMS:
            forms[key] = tree
            self._changed = True

    def save(self) -> None:
        """Write what is new; silently nothing where that is not possible."""
        if not self._changed or self._path is None:
            return
        self._changed = False
        import tempfile  # slow to import, and a warm start needs none of it

        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not _private(self._path.parent):
                return
            handle, name = tempfile.mkstemp(dir=self._path.parent, prefix=".forms-")
        except OSError:
            return
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(
                    {"engine": ENGINE_VERSION, "forms": self._loaded()},
                    file,
                    ensure_ascii=False,
                    separators=(",", ":"),
                )
            os.replace(name, self._path)
        except (OSError, ValueError, RecursionError):
            Path(name).unlink(missing_ok=True)

    def _loaded(self) -> dict[str, Any]:
        if self._forms is None:
            self._forms = self._read()
        return self._forms

    def _read(self) -> dict[str, Any]:
        if self._path is None:
            return {}
        try:
            if not _private(self._path.parent) or not _private(self._path):
                return {}
            if self._path.stat().st_size > _MOST_BYTES:
                return {}
            content = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return {}
        if not isinstance(content, dict) or content.get("engine") != ENGINE_VERSION:
            return {}
        forms = content.get("forms")
        return forms if isinstance(forms, dict) else {}


def _private(path: Path) -> bool:
    """Tell whether a path is the user's own and nobody else may write it; links are not followed."""
    facts = path.lstat()
    if stat.S_ISLNK(facts.st_mode):
        return False
    if os.name == "nt":
        return True
    return facts.st_uid == os.getuid() and not facts.st_mode & 0o022


_default: list[FormCache] = []


def default_cache() -> FormCache:
    """Return the cache this process shares."""
    if not _default:
        _default.append(FormCache())
    return _default[0]
