"""Tasks for workers that misbehave as no file can make the real one; a worker imports them by name."""

from __future__ import annotations

import ctypes
import os
import sys
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Misbehave:
    """Does what the item says, and returns the item in capitals with its own process id."""

    late: bool = False
    start: str = ""

    def warm_up(self) -> None:
        if self.start:
            self(self.start)

    def __call__(self, item: str) -> tuple[str, int]:
        match item.partition(" "):
            case "sleep", _, seconds:
                time.sleep(float(seconds))
            case "hang", _, _:
                while True:
                    pass
            case "hog", _, size:
                sum(len(b) for b in [bytearray(int(size)) for _ in range(100)])
            case "grow", _, size:
                bytearray(int(size))[::4096] = b"x" * (int(size) // 4096)
            case "segfault", _, _:
                ctypes.string_at(0)
            case "exit", _, status:
                os._exit(int(status))
            case "leave", _, status:
                sys.exit(int(status))
        return item.upper(), os.getpid()
