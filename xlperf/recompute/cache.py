"""The shapes of formulas that this process knows from earlier ones, in the private cache."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from xlperf.cache import Cache
from xlperf.recompute.shape import Shape

#: More are not kept: a file that every process reads must stay small.
_MOST_SHAPES = 4_000
_MOST_KEY = 2_000  # characters; what is longer is parsed each time
_KIND, _KEY = "shapes", "all"


class ShapeCache:
    """Shapes by expression, kept in one entry of the private cache; ``folder`` as for :class:`xlperf.cache.Cache`."""

    def __init__(self, folder: str | Path | None = None) -> None:
        self.cache = Cache(folder)
        self._shapes: dict[str, Any] | None = None
        self._changed = False

    def get(self, expression: str) -> Shape | None:
        """Return the shape of an expression, or None."""
        shape = self._loaded().get(expression)
        return shape if isinstance(shape, list) and shape else None

    def put(self, expression: str, shape: Shape) -> None:
        """Remember the shape of an expression; :meth:`save` writes it."""
        if len(expression) > _MOST_KEY:
            return
        shapes = self._loaded()
        if len(shapes) >= _MOST_SHAPES:
            shapes.clear()  # filled by one strange workbook: what is needed day by day comes back at its next check
        shapes[expression] = shape
        self._changed = True

    def save(self) -> None:
        """Write what is new; silently nothing where that is not possible."""
        if self._changed:
            self._changed = False
            self.cache.save(_KIND, _KEY, self._loaded())

    def _loaded(self) -> dict[str, Any]:
        if self._shapes is None:
            shapes = self.cache.load(_KIND, _KEY)
            self._shapes = shapes if isinstance(shapes, dict) else {}
        return self._shapes


_default: list[ShapeCache] = []


def default_cache() -> ShapeCache:
    """Return the shapes that this process shares."""
    if not _default:
        _default.append(ShapeCache())
    return _default[0]
