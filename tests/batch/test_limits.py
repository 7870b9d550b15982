"""Limits: names, values, files, and that what is documented is what there is."""

from __future__ import annotations

import pickle
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from xlperf.batch.limits import ENVIRONMENT, MEANINGS, Bounds, Value, WorkerLimits, configured, show
from xlperf.cli.main import main
from xlperf.errors import XlperfError
from xlperf.workbook.limits import Limits

ROOT = Path(__file__).resolve().parents[2]
DEFAULTS = dict(Bounds().items())


def one(text: str) -> Value:
    return dict(configured([text], {}).items())[text.partition("=")[0].strip()]


def test_every_limit_of_reading_and_of_a_worker_can_be_set() -> None:
    assert list(DEFAULTS) == [name for part in (WorkerLimits, Limits) for name in part._fields]
    for name, default in DEFAULTS.items():
        other: Value = not default if isinstance(default, bool) else default + 1
        changed = dict(configured([f"{name}={other}".lower()], {}).items())
        assert changed == {**DEFAULTS, name: other}


@pytest.mark.parametrize(("text", "value"), [
    ("file_bytes=64MB", 64 << 20), ("file_bytes=64mib", 64 << 20), ("file_bytes=64 M", 64 << 20),
    ("ratio_floor=1.5K", 1536),
    ("memory_bytes=2GB", 2 << 30), ("file_bytes=1000", 1000), ("file_bytes=1000B", 1000), ("cells=1_000", 1000),
    ("cells=１０００", 1000), ("cells=1,000", 1000), ("seconds=0.5", 0.5), ("seconds=90", 90.0),
    ("huge_xml=true", True),
    ("huge_xml=否", False),
])  # fmt: skip
def test_values(text: str, value: Value) -> None:
    assert one(text) == value
    assert type(one(text)) is type(value)


@pytest.mark.parametrize("text", [
    "cells=", "cells=0", "cells=-1", "cells=1.5", "cells=1K", "cells=x", "seconds=0", "seconds=inf", "seconds=nan",
    "seconds=1M",
    "file_bytes=1TB", "file_bytes=9999999999GB", f"cells={'9' * 400}", "huge_xml=vielleicht", "cells=true", "cells=1e3",
])  # fmt: skip
def test_impossible_values_name_limit_and_value(text: str) -> None:
    name, _, value = text.partition("=")
    with pytest.raises(XlperfError, match=re.escape(f"上限 {name} 的值“{value}”不对，应是")):
        configured([text], {})


def test_an_unknown_name_is_answered_with_all_names() -> None:
    with pytest.raises(XlperfError, match="没有叫“zellen”的上限") as caught:
        configured(["zellen=1"], {})
    assert all(name in str(caught.value) for name in DEFAULTS)


def test_the_file_of_the_environment_counts_and_an_option_counts_more(tmp_path: Path) -> None:
    settings = tmp_path / "a.toml"
    settings.write_text('\ufeffseconds = 5\nfile_bytes = "2MB"\nhuge_xml = true\ncells = 10\n', encoding="utf-8")
    bounds = configured(["cells=11"], {ENVIRONMENT: str(settings)})
    assert bounds == Bounds(Limits(file_bytes=2 << 20, huge_xml=True, cells=11), WorkerLimits(seconds=5.0))
    assert configured([], {ENVIRONMENT: ""}) == Bounds()


@pytest.mark.parametrize(("content", "said"), [
    (b"seconds = ", "不是 UTF-8 的 TOML"), (b"\xff\xfe", "不是 UTF-8 的 TOML"),
    (b"[limits]\ncells = 1", "没有叫“limits”的上限"),
    (b"cells = true", "上限 cells 的值“True”不对"), (b"cells = [1]", "上限 cells 的值"),
    (b"cells = 1.0", None), (None, "打不开"),
])  # fmt: skip
def test_a_wrong_file_is_a_sentence(tmp_path: Path, content: bytes | None, said: str | None) -> None:
    path = tmp_path / "a.toml"
    if content is not None:
        path.write_bytes(content)
    if said is None:
        assert configured([], {ENVIRONMENT: str(path)}).reading.cells == 1
        return
    with pytest.raises(XlperfError, match=said):
        configured([], {ENVIRONMENT: str(path)})


def test_what_is_shown_can_be_given_back() -> None:
    for name, value in DEFAULTS.items():
        assert one(f"{name}={show(name, value)}") == value
    assert [show("file_bytes", size) for size in (1, 1024, 1536, 3 << 20)] == ["1B", "1KB", "1536B", "3MB"]


def test_limits_travel_to_a_worker() -> None:
    bounds = configured(["cells=5"], {})
    assert pickle.loads(pickle.dumps(bounds)) == bounds


def test_every_limit_has_its_meaning() -> None:
    assert list(MEANINGS) == list(DEFAULTS)


def test_the_command_lists_all_and_marks_what_was_changed() -> None:
    lines = CliRunner().invoke(main, ["limits", "--limit", "cells=5"]).stdout.splitlines()
    assert [line.split()[0] for line in lines] == list(DEFAULTS)
    [changed] = [line for line in lines if "默认" in line]
    assert changed == "cells                 5         有内容的单元格个数（默认 200000）"


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_the_tables_of_the_readmes_are_what_there_is(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (\S+) \| (.+) \|$", text, re.MULTILINE)
    documented = {name: value for name, value, _ in rows}
    assert documented == {name: show(name, value) for name, value in DEFAULTS.items()}
    if readme != "README.md":
        assert {name: meaning for name, _, meaning in rows} == MEANINGS
