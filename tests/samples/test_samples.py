"""The samples: rebuilt byte for byte from their data, reviewed as the README says, free of personal data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from xlperf.address import parse_range
from xlperf.publish.fill import fill, load_data
from xlperf.template import library
from xlperf.template.review import find_review_rows
from xlperf.values import ExcelError, Scalar
from xlperf.workbook.read import read_file
from xlperf.workbook.snapshot import Snapshot

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
DATA = sorted((SAMPLES / "data").glob("*.toml"))
REPORTED = ["机关工委_2024_报送稿", "组织部_2024_报送稿"]
CORRECTED = ["机关工委_2024_更正稿", "组织部_2024_更正稿"]

#: Every row of a reported draft that does not pass, but for those that lack data.
FAILING = {
    "机关工委_2024_报送稿": {
        "未填": "C01-2 C01-4",
        "不符": "A08-2 T07 T08 C06 K02 K04 K06 N04-2 N04-5 N05 N06-2",
        "待说明": "A07-1 A10 A12 B10",
        "可由舍入解释": "B04-1",
    },
    "组织部_2024_报送稿": {
        "未填": "C01-2 C01-4",
        "不符": (
            "A08-2 B09 K04 K06 I01 X04-2 X04-3 附件3-1!B01 附件3-1!T07 附件3-1!K04 附件3-1!K06 "
            "附件3-2!K04 附件3-2!K06 附件3-3!K04 附件3-3!K06"
        ),
        "待说明": "B10 K05 附件3-1!B10 附件3-1!K05 附件3-2!K05",
    },
}

#: What a corrected draft may leave unchecked, since the unit has nothing of the kind: no costs scored apart,
#: no indicator that quotes annex 1, no initial budget, no special funds, no building, quota not 0.
NOT_APPLICABLE = {"B06-2", "X07", "B10", "A04-5", "A04-6", "A04-7", "A04-8", "A06-2", "A07-2", "A08-1"}

#: Figures as the reports print them; for the corrected drafts, what the rules give.
PRINTED: dict[str, dict[str, Scalar]] = {
    "机关工委_2024_报送稿": {
        "人员_控制率": 1.0625, "三公经费_上年决算": 1.51, "三公经费_年初预算": 7.5,
        "三公经费_本年决算": 1.47, "项目支出_上年决算": 14.15, "项目支出_年初预算": 17,
        "项目支出_本年决算": 20, "会议培训费_年初预算": None,
        "附件2_年初预算数": 346.47, "附件2_全年执行数": 432.23, "附件2_执行率": 1, "附件2_执行得分": 10,
        "附件2_总分": 99.8, "附表_基本支出_本年预算": 329.47, "附表_基本支出_年中追加": 65.76,
        "附表_项目支出_本年决算": 20,
    },
    "组织部_2024_报送稿": {
        "三公经费_上年决算": 16.13, "三公经费_全年预算": 22, "三公经费_本年决算": 14.26,
        "项目支出_上年决算": 838.82, "项目支出_全年预算": 430.59, "项目支出_本年决算": 417.55,
        "业务工作经费_全年预算": 388.3, "市级专项资金_上年决算": 129.32, "附件2_全年预算数": 1860.75,
        "附件2_全年执行数": 1796.78, "附件2_执行得分": 9.66, "附件2_总分": 99.66, "附件2_等级": "优秀",
        "项目1_全年预算数": 378.3, "项目1_执行率": 0.9664, "项目1_执行得分": 9.66, "项目1_总分": 99.66,
        "项目2_总分": 100, "项目3_总分": 100,
    },
    "机关工委_2024_更正稿": {"附件2_总分": 98.25, "附件2_等级": "优", "附表_基本支出_年中追加": 82.76},
    "组织部_2024_更正稿": {"附件2_总分": 99.12, "附件2_等级": "优", "项目4_全年执行数": 0.59},
}  # fmt: skip


def sample(name: str) -> Snapshot:
    """Read a sample workbook."""
    return read_file(SAMPLES / f"{name}.xlsx")


def results(snapshot: Snapshot) -> Iterator[tuple[str, Scalar]]:
    """Yield every check with its result; those below a project sheet with the sheet's name."""
    for sheet in snapshot.sheets:
        for row in find_review_rows(sheet.name, sheet.cells):
            cell = snapshot.cell(row.cell("result"))
            name = row.id if sheet.name == "审核" else f"{sheet.name}!{row.id}"
            yield name, cell.value if cell is not None else None


def named(snapshot: Snapshot, name: str) -> Scalar:
    """Return the value of a named cell."""
    text = next(item.text for item in snapshot.names if item.name == name and item.scope is None)
    area = parse_range(text.removeprefix("="))
    sheet = snapshot.sheet(area.sheet)
    assert sheet is not None
    return sheet.value(area.top, area.left)


def test_each_data_file_has_its_workbook() -> None:
    assert [path.stem for path in DATA] == sorted(path.stem for path in SAMPLES.glob("*.xlsx"))
    assert sorted(REPORTED + CORRECTED) == [path.stem for path in DATA]


@pytest.mark.parametrize("path", DATA, ids=lambda path: path.stem)
def test_rebuilds_to_the_same_bytes(path: Path) -> None:
    built = fill(library.find("yiyang-2024"), load_data(path))
    assert built == (SAMPLES / f"{path.stem}.xlsx").read_bytes(), f"xlperf fill samples/data/{path.name}"


@pytest.mark.parametrize("name", REPORTED)
def test_reported_drafts_fail_where_they_are_wrong(name: str) -> None:
    snapshot = sample(name)
    found: dict[str, set[str]] = {}
    for row, result in results(snapshot):
        if result not in ("通过", "未检", "不适用"):
            found.setdefault(str(result), set()).add(row)
    assert found == {result: set(rows.split()) for result, rows in FAILING[name].items()}
    blocking, queries = len(found["不符"]), len(found["待说明"])
    verdict = str(named(snapshot, "审核_结论"))
    assert verdict.startswith(f"有 {blocking} 条强制不符；有 {queries} 条待说明；")


@pytest.mark.parametrize("name", CORRECTED)
def test_corrected_drafts_pass(name: str) -> None:
    snapshot = sample(name)
    assert named(snapshot, "审核_结论") == "通过：可以报送。"
    for row, result in results(snapshot):
        assert result in ("通过", "已说明", "可由舍入解释", "不适用"), row
        assert result != "未检" or row.rpartition("!")[2] in NOT_APPLICABLE, row
    assert "覆盖:" not in (SAMPLES / "data" / f"{name}.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PRINTED)
def test_figures_are_those_of_the_report(name: str) -> None:
    snapshot = sample(name)
    for field, expected in PRINTED[name].items():
        wanted = pytest.approx(expected, abs=1e-9) if isinstance(expected, float) else expected
        assert named(snapshot, field) == wanted, field


@pytest.mark.parametrize("name", REPORTED + CORRECTED)
def test_no_cell_is_an_error(name: str) -> None:
    for sheet in sample(name).sheets:
        for place, cell in sheet.cells.items():
            assert not isinstance(cell.value, ExcelError), (sheet.name, place)


@pytest.mark.parametrize("name", REPORTED + CORRECTED)
def test_no_personal_data(name: str) -> None:
    snapshot = sample(name)
    assert named(snapshot, "填表人") is None
    assert named(snapshot, "联系电话") is None
    texts = [(SAMPLES / "data" / f"{name}.toml").read_text(encoding="utf-8"), *snapshot.properties.values()]
    values = [cell.value for sheet in snapshot.sheets for cell in sheet.cells.values()]
    texts += [value for value in values if isinstance(value, str)]
    for text in texts:
        plain = re.sub(r"\d{4}-\d{2}-\d{2}", "", text)
        assert not re.search(r"\d{7,}|\d{3,4}[-－— ]\d{7,8}|\d{17}[\dXx]", plain), text
