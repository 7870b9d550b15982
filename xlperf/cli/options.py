"""Options that several commands share."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def limit_option(command: Command) -> Command:
    """Add ``--limit NAME=VALUE``; the command gets all limits in force (a ``Bounds``) as ``bounds``."""
    option = click.option(
        "--limit", "bounds", multiple=True, metavar="名称=值", callback=_bounds,
        help="改一项上限，可重复，如 --limit seconds=60 --limit file_bytes=64MB；名称和现值见 xlperf limits。",
    )  # fmt: skip
    return option(command)


def _bounds(ctx: click.Context, param: click.Parameter, given: Sequence[str]) -> Any:
    from xlperf.batch.limits import configured

    return configured(given, os.environ)


def jobs_option(command: Command) -> Command:
    """Add ``--jobs N``; the command gets ``jobs``, None where it is left to it."""
    option = click.option(
        "--jobs", "-j", metavar="N", callback=_jobs,
        help="几份同时审核，默认与处理器个数相同；1 是一份一份来。",
    )  # fmt: skip
    return option(command)


def _jobs(ctx: click.Context, param: click.Parameter, given: str | None) -> int | None:
    if given is None:
        return None
    if not (given.isdecimal() and len(given) < 6 and int(given) > 0):
        raise click.BadParameter("应是 1、2、3 这样的整数", ctx, param)
    return int(given)
