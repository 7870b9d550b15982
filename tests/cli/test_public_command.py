from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from edits import apply

from xlperf.cli.main import main
from xlperf.reporters.layout import columns
from xlperf.rules.record import Example

PHONE = "138" + "0" * 8
SIGNED = {"填表人": "张三", "联系电话": PHONE}


def run(*args: object) -> Result:
    return CliRunner().invoke(main, list(map(str, args)), prog_name="xlperf")


@pytest.fixture
def submission(base: bytes, tmp_path: Path) -> Path:
    path = tmp_path / "某局.xlsx"
    path.write_bytes(apply(base, Example("", SIGNED)))
    return path


def test_the_edition_is_made_told_and_passes(submission: Path, tmp_path: Path) -> None:
    out = tmp_path / "公开版.xlsx"
    before = submission.read_bytes()
    result = run("public", submission, "-o", out)
    assert result.exit_code == 0, result.output
    assert submission.read_bytes() == before
    page = "".join(result.stdout.split())
    assert "数字和文字都相同" in page
    assert "去掉的工作表：填报说明、报告附表、审核、_xlperf" in page
    assert "附件1!A31、附件1!D31" in page
    checked = run("check", "--public", out)
    assert checked.exit_code == 0
    assert checked.stdout.startswith("通过：没有需要改正或说明的问题，可以公开（公开版.xlsx）\n")
    assert "数字、公式、表样没有审核" in checked.stdout
    assert "共审核 3 项：通过 3，不符 0，未检 0" in checked.stdout


def test_json_tells_what_was_left_out(submission: Path, tmp_path: Path) -> None:
    out = tmp_path / "公开版.xlsx"
    result = run("public", submission, "-o", out, "--format", "json")
    document = json.loads(result.stdout_bytes.decode())
    assert (document["schema"], document["exit_code"], document["output"]) == ("xlperf.public/1", 0, str(out))
    assert document["removed"]["hidden_columns"]["附件1"] == ["O:T"]
    assert "附件1!A31" in document["blanked"]
    assert document["unvouched"] == []
    assert document["submission"]["acceptable"] is True
    assert document["report"]["mode"] == "public"
    assert PHONE not in result.stdout


def test_a_submission_with_findings_is_told(tmp_path: Path) -> None:
    path = Path(__file__).parents[2] / "samples" / "机关工委_2024_报送稿.xlsx"
    result = run("public", path, "-o", tmp_path / "公开版.xlsx")
    assert result.exit_code == 0
    page = "".join(result.stdout.split())
    assert "注意：报送版的审核：尚未填完" in page
    assert "注意" not in run("public", path.with_stem("机关工委_2024_更正稿"), "-o", tmp_path / "乙.xlsx").stdout


def test_personal_data_elsewhere_stop_it(base: bytes, tmp_path: Path) -> None:
    path, out = tmp_path / "某局.xlsx", tmp_path / "公开版.xlsx"
    path.write_bytes(apply(base, Example("", {"厉行节约保障措施": "派车请拨 138-0000-0000，下班后也可。"})))
    result = run("public", path, "-o", out)
    assert result.exit_code == 1
    assert result.stdout.startswith("没有生成")
    assert "附件1：B29：含有手机号码：138****0000。" in result.stdout
    assert not out.exists()
    document = json.loads(run("public", path, "-o", out, "--format", "json").stdout_bytes)
    assert (document["exit_code"], document["output"]) == (1, None)
    assert not out.exists()


def test_sensitive_words_are_for_a_person_to_confirm(base: bytes, tmp_path: Path) -> None:
    path, out = tmp_path / "某局.xlsx", tmp_path / "公开版.xlsx"
    path.write_bytes(apply(base, Example("", {"附件2_目标完成情况": "全年立案查处69件75人。"})))
    result = run("public", path, "-o", out)
    assert result.exit_code == 0
    assert "附件2：G13：写到案件：立案、69件75人。" in result.stdout
    checked = run("check", "--public", out)
    assert checked.exit_code == 1
    assert checked.stdout.startswith("有 1 条待确认，暂不能公开")
    assert "核实类问题请专人逐处确认" in checked.stdout


@pytest.mark.parametrize("kind", ["same", "link", "dots"])
def test_the_submission_is_never_written_over(submission: Path, tmp_path: Path, kind: str) -> None:
    out = submission
    if kind == "link":
        out = tmp_path / "另一名.xlsx"
        os.link(submission, out)
    elif kind == "dots":
        out = tmp_path / "." / ".." / tmp_path.name / submission.name
    before = submission.read_bytes()
    result = run("public", submission, "-o", out, "--force")
    assert result.exit_code == 2
    assert "公开版不能写在报送版" in result.stderr
    assert submission.read_bytes() == before


def test_an_existing_file_stays_unless_forced(submission: Path, tmp_path: Path) -> None:
    out = tmp_path / "公开版.xlsx"
    out.write_bytes(b"mine")
    assert run("public", submission, "-o", out).exit_code == 2
    assert out.read_bytes() == b"mine"
    assert run("public", submission, "-o", out, "--force").exit_code == 0
    assert out.read_bytes() != b"mine"


def test_what_cannot_be_done_is_one_sentence(base: bytes, tmp_path: Path) -> None:
    path = tmp_path / "旧.xlsx"
    path.write_bytes(apply(base, Example("", actions=("改缓存 附件2_总分 95",))))
    result = run("public", path, "-o", tmp_path / "公开版.xlsx")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "保存的结果不是最新的" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_folder_is_judged_in_workers(submission: Path, tmp_path: Path) -> None:
    out = tmp_path / "公开版.xlsx"
    run("public", submission, "-o", out)
    result = run("check", "--public", tmp_path)
    assert result.exit_code == 1
    assert any(line.startswith("可公开 ") for line in result.stdout.splitlines())
    assert "xlperf check --public 文件" in "".join(result.stdout.splitlines())
    assert result.stdout.splitlines()[-1] == "共 2 份：可公开 1，需修改 1，未能审核 0"
    document = json.loads(run("check", "--public", "--format", "json", out).stdout_bytes)
    assert document["files"][0]["mode"] == "public"


def test_help_and_report_keep_to_the_width(submission: Path, tmp_path: Path) -> None:
    pages = [run("public", "--help"), run("check", "--help"), run("check", "--public", submission)]
    pages.append(run("public", submission, "-o", tmp_path / "甲.xlsx"))
    for page in pages:
        assert all(columns(line) <= 80 for line in page.stdout.splitlines()), page.stdout
