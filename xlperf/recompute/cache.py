"""The forms that this process knows from earlier ones: trees in the private cache, from which code is made anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from xlperf.cache import Cache
from xlperf.recompute.tree import Node

#: More are not kept: a file that every process reads must stay small.
_MOST_FORMS = 4_000
_MOST_KEY = 2_000  # characters; what is longer is parsed each time
_KIND, _KEY = "forms", "all"


class FormCache:
    """Trees by normal form, kept in one entry of the private cache; ``folder`` as for :class:`xlperf.cache.Cache`."""

    def __init__(self, folder: str | Path | None = None) -> None:
        self.cache = Cache(folder)
        self._forms: dict[str, Any] | None = None
        self._changed = False

    def get(self, key: str) -> Node | None:
        """Return the tree of a form, or None."""
        tree = self._loaded().get(key)
        return tree if isinstance(tree, list) else None

    def put(self, key: str, tree: Node) -> None:
        """Remember the tree of a form; :meth:`save` writes it."""
        if len(key) > _MOST_KEY:
            return
        forms = self._loaded()
        if len(forms) >= _MOST_FORMS:
            forms.clear()  # filled by one strange workbook: what is needed day by day comes back at its next check
        forms[key] = tree
        self._changed = True

    def save(self) -> None:
        """Write what is new; silently nothing where that is not possible."""
        if self._changed:
            self._changed = False
            self.cache.save(_KIND, _KEY, self._loaded())

    def _loaded(self) -> dict[str, Any]:
        if self._forms is None:
            forms = self.cache.load(_KIND, _KEY)
            self._forms = forms if isinstance(forms, dict) else {}
        return self._forms


_default: list[FormCache] = []


def default_cache() -> FormCache:
    """Return the forms that this process shares."""
    if not _default:
        _default.append(FormCache())
    return _default[0]
