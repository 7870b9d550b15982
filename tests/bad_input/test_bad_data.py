"""Data files that do not fit end in one Chinese sentence and status 2, and no workbook is written."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from xlperf.cli.main import main

BLOCK = "业务工作经费_明细"


def fill(path: Path, *args: str) -> Result:
    out = path.with_suffix(".xlsx")
    result = CliRunner().invoke(main, ["fill", str(path), "-o", str(out), *args], prog_name="xlperf")
    assert not out.exists()
    return result


def refused(result: Result, *words: str) -> None:
    assert result.exit_code == 2
    assert isinstance(result.exception, SystemExit), result.exception
    assert result.stdout == ""
    assert result.stderr.startswith("错误：")
    assert result.stderr.endswith("。\n")
    assert result.stderr.count("\n") == 1
    for word in words:
        assert word in result.stderr, result.stderr


DATA: dict[str, tuple[Any, tuple[str, ...]]] = {
    "unknown part": ({"字断": {}}, ("不认识的部分：字断",)),
    "unknown field": ({"字段": {"人员_编制": 1}}, ("没有叫“人员_编制”的字段", "是不是“人员_编制数”")),
    "a name like no other": ({"字段": {"zzz": 1}}, ("没有叫“zzz”的字段", "xlperf fields")),
    "a project's name with prefix": ({"项目": [{"字段": {"项目1_项目名称": "甲"}}]}, ("是不是“项目名称”",)),
    "unknown block": ({"块": {"业务工作经费": []}}, ("没有叫“业务工作经费”的块", "xlperf fields")),
    "unknown column": ({"块": {BLOCK: [{"名字": "甲"}]}}, ("没有“名字”这一列", "名称")),
    "text for a number": ({"字段": {"人员_编制数": "十六"}}, ("“人员_编制数”要填数字", "现为“十六”")),
    "number as text": ({"字段": {"人员_编制数": "16"}}, ("要填数字",)),
    "truth for a number": ({"字段": {"人员_编制数": True}}, ("要填数字",)),
    "outside the list": (
        {"块": {"附件2_数量指标": [{"计算符号": ">"}]}}, ("只能填 ≥、＞、＝、≤、＜、定性，现为“>”",)
    ),
    "row length": (
        {"块": {BLOCK: {"列": ["名称", "本年决算"], "行": [["甲", 1], ["乙"]]}}}, ("有一行的个数与“列”不一致",)
    ),
    "computed field": ({"字段": {"附件2_总分": 99}}, ("“附件2_总分”由公式计算", "不必填")),
    "policy": ({"字段": {"口径_超额阈值": 9}}, ("不必填",)),
    "computed column": ({"块": {"附件2_数量指标": [{"自评得分": 9}]}}, ("由公式计算",)),
    "explanation of no row": ({"审核说明": {"A99": "说明"}}, ("没有编号为“A99”的核实行",)),
    "explanation of a hard check": ({"审核说明": {"A01-1": "说明说明说明"}}, ("没有编号为“A01-1”的核实行",)),
    "a list for a field": ({"字段": {"单位全称": ["甲"]}}, ("“单位全称”的值应是",)),
    "a list of fields": ({"字段": ["单位全称"]}, ("“字段”应是键和值",)),
    "blocks as text": ({"块": "甲"}, ("“块”应是键和值",)),
    "a block as text": ({"块": {BLOCK: "甲"}}, ("应写成“列”和“行”",)),
    "a block without columns": ({"块": {BLOCK: {"行": [[1]]}}}, ("应写成“列”和“行”",)),
    "a block of scalars": ({"块": {BLOCK: {"列": ["名称"], "行": ["甲"]}}}, ("应写成“列”和“行”",)),
    "projects as a table": ({"项目": {"字段": {}}}, ("“项目”应是列表",)),
    "a project as text": ({"项目": ["甲"]}, ("第 1 个项目应是键和值",)),
    "an unknown part of a project": ({"项目": [{}, {"字断": {}}]}, ("第 2 个项目有不认识的部分“字断”",)),
    "fields of a project": ({"项目": [{"字段": []}]}, ("第 1 个项目的“字段”应是键和值",)),
    "explanations as a list": ({"审核说明": ["A99"]}, ("“审核说明”应是键和值",)),
    "unknown template": ({"模板": "yiyang-1999"}, ("没有登记编号为“yiyang-1999”的模板", "yiyang-2024")),
    "a template that is no text": ({"模板": 2024}, ("“模板”应是模板编号",)),
    "infinite": ({"字段": {"人员_编制数": float("inf")}}, ("无穷大",)),
    "not a number": ({"字段": {"人员_编制数": float("nan")}}, ("非数字",)),
    "astronomic": ({"字段": {"人员_编制数": 10**400}}, ("超过 15 位",)),
    "endless text": ({"字段": {"单位全称": "长" * 40_000}}, ("超过 32767 个字",)),
    "control characters": ({"字段": {"\x1b[2J\u202e": 1}}, ("没有叫“",)),
}  # fmt: skip


@pytest.mark.parametrize("case", DATA)
def test_data_that_do_not_fit(case: str, tmp_path: Path) -> None:
    data, words = DATA[case]
    path = tmp_path / "数据.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    result = fill(path)
    refused(result, *words)
    assert not any(unicodedata.category(c).startswith("C") for c in result.stderr.rstrip("\n"))


FILES: dict[str, tuple[str, bytes, tuple[str, ...]]] = {
    "toml syntax": (".toml", '"字段" = {'.encode(), ("写法有误",)),
    "toml, bare Chinese key": (".toml", '模板 = "yiyang-2024"\n'.encode(), ("第 1 行", "要加引号")),
    "toml, third line": (".toml", '["字段"]\n"单位全称" = "甲"\n"主管部门" = 甲\n'.encode(), ("第 3 行", "写法有误")),
    "toml, twice": (".toml", '["字段"]\n"单位全称" = "甲"\n"单位全称" = "乙"\n'.encode(), ("写法有误",)),
    "json syntax": (".json", b'{"a": 1,}', ("第 1 行", "写法有误")),
    "json list": (".json", b"[1, 2]", ("最外层应是键和值",)),
    "json text": (".json", b'"a"', ("最外层应是键和值",)),
    "deep json": (".json", b'{"a":' + b"[" * 100_000, ("无法读取",)),
    "gbk": (".toml", '"单位全称" = "某局"'.encode("gbk"), ("不是 UTF-8 编码",)),
    "utf-16": (".toml", '"单位全称" = "某局"'.encode("utf-16"), ("不是 UTF-8 编码",)),
    "a workbook": (".toml", b"PK\x03\x04\xff\xfe", ("不是 UTF-8 编码",)),
    "empty json": (".json", b"", ("写法有误",)),
}


@pytest.mark.parametrize("case", FILES)
def test_files_that_cannot_be_understood(case: str, tmp_path: Path) -> None:
    ending, content, words = FILES[case]
    path = (tmp_path / "数据").with_suffix(ending)
    path.write_bytes(content)
    result = fill(path)
    refused(result, "数据文件“", *words)
    for english in ("line", "column", "Expecting", "Invalid", "at ", "codec"):
        assert english not in result.stderr


def test_a_missing_data_file(tmp_path: Path) -> None:
    refused(fill(tmp_path / "没有.toml"), "文件不存在")


def test_a_folder_for_data(tmp_path: Path) -> None:
    (tmp_path / "夹.toml").mkdir()
    refused(fill(tmp_path / "夹.toml"), "这是文件夹")


def test_a_data_file_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def deny(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_text", deny)
    refused(fill(tmp_path / "数据.toml"), "没有读取权限")


def test_a_file_that_begins_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "数据.toml"
    path.write_bytes(b"\xef\xbb\xbf" + '"模板" = "yiyang-2024"\n'.encode())
    out = tmp_path / "填好.xlsx"
    result = CliRunner().invoke(main, ["fill", str(path), "-o", str(out)], prog_name="xlperf")
    assert (result.exit_code, out.exists()) == (0, True)
