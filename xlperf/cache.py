"""The private cache: plain data on disk that saves work and is never needed, and never trusted further than it shows.

A folder of the user's own, files that nobody else may write, JSON under a line that says what the file is: the
fingerprint of the code that wrote it, its kind and key, the SHA-256 of the rest. Whatever does not fit is as if it were
not there. ``XLPERF_CACHE_DIR`` moves the folder; empty switches the cache off.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

_MOST_BYTES = 32 * 1024 * 1024
#: Entries of one kind that are kept; the oldest go first.
_MOST_ENTRIES = 64


@lru_cache(maxsize=1)
def fingerprint() -> str:
    """Return what tells this code from any other: names, sizes and times of the package's modules."""
    seen = hashlib.sha256()
    pending = [os.path.dirname(os.path.abspath(__file__))]
    while pending:
        for entry in sorted(os.scandir(pending.pop()), key=lambda entry: entry.name):
            if entry.name.endswith(".py"):
                status = entry.stat()
                seen.update(f"{entry.name} {status.st_size} {status.st_mtime_ns}\n".encode())
            elif entry.name[:1] not in "._" and entry.is_dir():
                pending.append(entry.path)
    return seen.hexdigest()[:16]


class Cache:
    """Entries by kind and key.

    ``folder`` None takes ``XLPERF_CACHE_DIR`` or else the user's cache folder; "" keeps nothing. A folder that cannot
    be written costs only time.
    """

    def __init__(self, folder: str | Path | None = None) -> None:
        if folder is None:
            folder = os.environ.get("XLPERF_CACHE_DIR")
        if folder is None:
            folder = _user_folder()
        self.folder = Path(folder) if str(folder) else None

    def path(self, kind: str, key: str) -> Path | None:
        """Return where an entry is kept, None where nothing is."""
        name = hashlib.sha256(f"{fingerprint()} {key}".encode()).hexdigest()[:24]
        return self.folder / f"{kind}-{name}.json" if self.folder is not None else None

    def load(self, kind: str, key: str) -> Any | None:
        """Return what was kept under a key; None where there is nothing, or it cannot be relied upon."""
        path = self.path(kind, key)
        if path is None:
            return None
        try:
            if not _private(path.parent) or not _private(path) or path.stat().st_size > _MOST_BYTES:
                return None
            head, _, body = path.read_bytes().partition(b"\n")
            return json.loads(body) if head == _head(kind, key, body) else None
        except (OSError, ValueError, RecursionError):
            return None

    def save(self, kind: str, key: str, content: Any) -> None:
        """Keep plain data under a key; silently nothing where that is not possible."""
        path = self.path(kind, key)
        if path is None:
            return
        import tempfile  # slow to import, and a warm start needs none of it

        try:
            body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not _private(path.parent) or len(body) > _MOST_BYTES:
                return
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
        except (OSError, ValueError, TypeError, RecursionError):
            return
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(_head(kind, key, body) + b"\n" + body)
            os.replace(name, path)
            _prune(path.parent, kind)
        except OSError:
            Path(name).unlink(missing_ok=True)


def _user_folder() -> str:
    """Return the user's cache folder for this program; on Linux at once, as the library takes its time to import."""
    if sys.platform == "linux" and "ANDROID_DATA" not in os.environ:
        caches = os.environ.get("XDG_CACHE_HOME", "").strip()
        return os.path.join(caches if os.path.isabs(caches) else os.path.expanduser("~/.cache"), "xlperf")
    from platformdirs import user_cache_dir

    return user_cache_dir("xlperf")


def _head(kind: str, key: str, body: bytes) -> bytes:
    whose = hashlib.sha256(key.encode()).hexdigest()
    return f"xlperf-cache {fingerprint()} {kind} {whose} {hashlib.sha256(body).hexdigest()}".encode()


def _prune(folder: Path, kind: str) -> None:
    """Remove the oldest entries of a kind beyond the number that is kept."""
    entries = [entry for entry in os.scandir(folder) if entry.name.startswith(f"{kind}-")]
    if len(entries) > _MOST_ENTRIES:
        entries.sort(key=lambda entry: entry.stat(follow_symlinks=False).st_mtime, reverse=True)
        for entry in entries[_MOST_ENTRIES:]:
            os.unlink(entry.path)


def _private(path: Path) -> bool:
    """Tell whether a path is the user's own and nobody else may write it; links are not followed."""
    facts = path.lstat()
    if stat.S_ISLNK(facts.st_mode):
        return False
    if os.name == "nt":
        return True
    return facts.st_uid == os.getuid() and not facts.st_mode & 0o022
