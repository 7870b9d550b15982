"""What several rooms of tests share: the samples, and the registered template."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from xlperf.template.library import Template, find

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
ZZB, JGGW = "组织部_2024_更正稿", "机关工委_2024_更正稿"


def pytest_configure() -> None:
    """Where LibreOffice is required (the gate), its tests must run, not be skipped."""
    if os.environ.get("XLPERF_REQUIRE_SOFFICE") and shutil.which("soffice") is None:
        raise pytest.UsageError("soffice is not on the PATH, and XLPERF_REQUIRE_SOFFICE asks for it")


@pytest.fixture(scope="session")
def template() -> Template:
    return find("yiyang-2024")


@pytest.fixture(scope="session")
def corrected() -> dict[str, bytes]:
    """The two samples that are ready to be handed in."""
    return {name: (SAMPLES / f"{name}.xlsx").read_bytes() for name in (ZZB, JGGW)}


@pytest.fixture(scope="session")
def base(corrected: dict[str, bytes]) -> bytes:
    """The clean workbook that the examples of the catalogue change."""
    return corrected[ZZB]
