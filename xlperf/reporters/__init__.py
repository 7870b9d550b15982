"""Reporters: facts to text or bytes. No reporter decides anything; it says what the report holds."""

from __future__ import annotations

from typing import NamedTuple


class Failure(NamedTuple):
    """A file that could not be checked, standing where its report would stand."""

    source: str
    error: str

    @property
    def exit_code(self) -> int:
        """2: could not check."""
        return 2
