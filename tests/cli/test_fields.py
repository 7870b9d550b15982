from __future__ import annotations

import json
import tomllib

import pytest
from click.testing import CliRunner, Result

from xlperf.cli.main import main
from xlperf.publish.fill import fill
from xlperf.reporters.layout import columns
from xlperf.template.library import Template


def run(*args: str) -> Result:
    return CliRunner().invoke(main, ["fields", *args], prog_name="xlperf")


def test_everything_is_listed_in_80_columns(template: Template) -> None:
    result = run()
    assert result.exit_code == 0
    assert all(columns(line) <= 80 for line in result.stdout.splitlines())
    words = result.stdout.replace("（", " ").split()
    prefix = template.dictionary.prefix
    for name in (*template.dictionary.fields, *template.dictionary.blocks):
        own = template.dictionary.prototype == (template.dictionary.fields.get(name) or
                                                template.dictionary.blocks[name]).sheet  # fmt: skip
        assert any(word.endswith(name.removeprefix(prefix) if own else name) for word in words), name


def test_sheets_stand_in_order_and_projects_are_explained() -> None:
    heads = [line for line in run().stdout.splitlines() if line.startswith("【")]
    assert [head.strip("【】")[:4] for head in heads] == ["填报说明", "附件1", "附件2", "附件3-", "报告附表", "审核"]
    assert heads[3] == "【附件3-1（每个项目一张，写在 [[\"项目\"]] 里）】"


def test_a_field_is_one_line_in_columns() -> None:
    lines = run().stdout.splitlines()
    assert "  人员_编制数                    B4   * 人数（人）" in lines
    assert any(line.startswith("    计算符号 ") and "符号：≥、＞、＝、≤、＜、定性" in line for line in lines)


def test_the_note_is_a_data_file_that_works(template: Template) -> None:
    lines = run().stdout.partition("  \"模板\"")
    note = lines[1] + lines[2].partition("\n每张")[0]
    data = tomllib.loads(note)
    assert set(data) == {"模板", "字段", "块", "审核说明", "项目"}
    assert fill(template, data)


def test_the_filter_finds_fields_columns_and_sheets() -> None:
    assert "  公务接待费_本年决算" in run("--filter", "公务接待费").stdout
    assert "人员_编制数" not in run("--filter", "公务接待费").stdout
    page = run("--filter", "完成档次").stdout
    assert "附件2_数量指标" in page
    assert "单位全称" not in page
    assert "【报告附表】" in run("--filter", "报告附表").stdout


def test_nothing_found_is_a_sentence() -> None:
    result = run("--filter", "没有此名")
    assert result.exit_code == 2
    assert result.stderr == "错误：没有名称含“没有此名”的字段或块，不加 --filter 可列出全部。\n"


def test_json(template: Template) -> None:
    result = run("--format", "json")
    assert result.exit_code == 0
    document = json.loads(result.stdout_bytes.decode())
    assert document["schema"] == "xlperf.fields/1"
    assert document["template"] == {"id": "yiyang-2024", "version": template.version, "year": 2024}
    sheets = {sheet["name"]: sheet for sheet in document["sheets"]}
    (field,) = [entry for entry in sheets["附件1"]["fields"] if entry["name"] == "人员_编制数"]
    assert field == {
        "name": "人员_编制数", "cell": "B4", "type": "人数", "unit": "人", "required": "是", "values": [], "input": True
    }  # fmt: skip
    block = next(entry for entry in sheets["附件3-1"]["blocks"] if entry["name"] == "数量指标")
    assert sheets["附件3-1"]["project"]
    symbol = next(column for column in block["columns"] if column["name"] == "计算符号")
    assert (symbol["cell"], symbol["values"][0]) == ("K", "≥")
    assert {row["id"] for row in sheets["审核"]["explanations"]} >= {"A09", "B10"}


def test_json_is_filtered_too() -> None:
    document = json.loads(run("--format", "json", "--filter", "单位全称").stdout_bytes.decode())
    assert [sheet["name"] for sheet in document["sheets"]] == ["填报说明"]


@pytest.mark.parametrize("template_id", ["没有", "../templates", "/etc"])
def test_an_unknown_template(template_id: str) -> None:
    result = run("--template", template_id)
    assert result.exit_code == 2
    assert f"没有登记编号为“{template_id}”的模板，已登记的有：yiyang-2024。" in result.stderr
