"""LibreOffice without a window: recalculates workbooks and saves them, many in one call."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

#: Recalculate always; read numbers and dates written as text as a Chinese Excel does.
SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Formula/Syntax">
<prop oor:name="StringConversion" oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>zh-CN</value>
</prop></item></oor:items>"""
FILTER = "xlsx:Calc MS Excel 2007 XML"

available = shutil.which("soffice") is not None


def recalculate(files: Sequence[Path], target: Path, timeout: float = 300.0) -> list[Path]:
    """Write recalculated copies of workbooks to a folder, under the same names, and return their paths."""
    with tempfile.TemporaryDirectory() as home:
        profile = Path(home) / "profile"
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(SETTINGS, encoding="utf-8")
        subprocess.run(
            ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", FILTER,
             "--outdir", str(target), *map(str, files)],
            check=True, capture_output=True, timeout=timeout,
        )  # fmt: skip
    made = [target / file.name for file in files]
    missing = [path.name for path in made if not path.exists()]
    assert not missing, f"LibreOffice did not write {missing}"
    return made
