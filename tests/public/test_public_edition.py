"""The public edition has the figures of the submission, and nothing of a person, hidden or unseen."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import openpyxl
import pytest
from edits import apply
from laden import PERSON, PHONE, laden

from xlperf.address import quote_sheet
from xlperf.errors import FileRefused, TemplateUnknown, XlperfError
from xlperf.findings import Report
from xlperf.public import Edition, check_public, check_public_bytes, edition_from_bytes, public_edition
from xlperf.rules import personal
from xlperf.rules.record import Example
from xlperf.values import is_blank
from xlperf.workbook.read import read_bytes

SAMPLE_FILES = sorted((Path(__file__).parents[2] / "samples").glob("*.xlsx"))


@pytest.fixture(scope="module")
def submission(base: bytes) -> bytes:
    return laden(base)


@pytest.fixture(scope="module")
def made(submission: bytes) -> Edition:
    return edition_from_bytes(submission, "某局.xlsx")


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def rules(report: Report) -> set[str]:
    return {finding.rule for finding in report.findings}


@pytest.mark.parametrize("path", SAMPLE_FILES, ids=lambda p: p.stem)
def test_every_cell_of_the_printed_annexes_is_the_same(path: Path) -> None:
    """Told here by the workbooks' own print areas and openpyxl, which know nothing of how the edition is made."""
    edition = public_edition(path)
    old = openpyxl.load_workbook(path, data_only=True)
    new = openpyxl.load_workbook(io.BytesIO(edition.content))
    assert new.sheetnames == [name for name in old.sheetnames if name.startswith("附件")] == list(edition.sheets)
    cells = 0
    for sheet in new:
        before = old[sheet.title]
        area = before.print_area
        assert sheet.print_area == area
        for row in before[area.rpartition("!")[2]]:
            for cell in row:
                there = sheet[cell.coordinate]
                if not is_blank(cell.value) or not is_blank(there.value):
                    assert there.value == cell.value, (sheet.title, cell.coordinate)
                    assert there.number_format == cell.number_format
                    cells += 1
        assert sheet.max_row == before[area.rpartition("!")[2]][-1][0].row
    assert cells > 200


def test_the_signature_lines_are_blanked_and_nothing_else(submission: bytes, made: Edition) -> None:
    old, new = read_bytes(submission, "a.xlsx"), read_bytes(made.content, "b.xlsx")
    differ = []
    for sheet in new.sheets:
        before = old.sheet(sheet.name)
        assert before is not None
        differ += [(at, cell.value) for at, cell in sheet.cells.items() if cell.value != before.value(*at)]
    assert {text for _, text in differ} == {"填表人：", "联系电话："}
    assert len(differ) == len(made.blanked) == 2 * len(made.sheets)
    dates = [c.value for s in new.sheets for c in s.cells.values() if str(c.value).startswith("填报日期：")]
    assert dates == ["填报日期：2025年4月15日"] * len(made.sheets)


def test_nothing_of_a_person_is_in_any_part(submission: bytes, made: Edition) -> None:
    before = parts(submission)
    assert any(PHONE.encode() in content for content in before.values())
    for name, content in parts(made.content).items():
        text = content.decode()
        assert PERSON not in text, name
        assert "李四" not in text, name
        assert not re.search(r"1[3-9]\d{9}|0\d{2,3}-\d{7,8}|\d{17}[\dXx]", re.sub(r"\d+\.\d+", "", text)), name
        for written in re.findall(r">([^<]+)<", text):
            assert name.startswith("xl/theme") or not list(personal.find(written)), (name, written)


def test_only_the_plainest_parts_stay_and_their_bytes_with_them(submission: bytes, made: Edition) -> None:
    before, after = parts(submission), parts(made.content)
    assert set(after) <= set(before)
    assert not [n for n in after if re.search("comment|external|custom|unlinked|sheet1[.]|sheet8|sheet9|sheet10", n)]
    for name in ("xl/styles.xml", "xl/theme/theme1.xml"):
        assert after[name] == before[name]
    listed = re.findall(r'PartName="/([^"]+)"', after["[Content_Types].xml"].decode())
    assert set(listed) <= set(after)
    for name, content in after.items():
        assert not re.search(rb"<f[ >]|dataValidation|conditionalFormatting|hyperlink|protected", content), name
    app = after["docProps/app.xml"].decode()
    assert "Excel" in app
    assert "某局" not in app
    assert "creator" not in after["docProps/core.xml"].decode()


def test_names_are_renumbered_and_mean_only_what_is_there(made: Edition) -> None:
    book = read_bytes(made.content, "b.xlsx")
    scopes = {name.scope: name.text for name in book.names if name.name == "_xlnm.Print_Area"}
    assert list(scopes) == list(made.sheets)
    assert all(scope in text.replace("'", "") for scope, text in scopes.items() if scope)
    names = {name.name for name in book.names}
    assert "附件2_总分" in names
    assert not names & {"填表人", "三公经费_本年决算", "秘", "审核_结论", "附件2_数量指标"}


def test_what_was_hidden_is_gone_and_told(made: Edition) -> None:
    assert made.removed.sheets == ["填报说明", "报告附表", "审核", "_xlperf"]
    assert made.removed.hidden_rows == {"附件1": [8]}
    assert made.removed.hidden_columns["附件1"] == [15, 16, 17, 18, 19, 20]
    sheet = read_bytes(made.content, "b.xlsx").sheet("附件1")
    assert sheet is not None
    assert 8 in sheet.hidden_rows
    assert not [at for at in sheet.cells if at[0] == 8 or at[1] > 7]
    told = {item.what for item in made.unseen}
    assert {"批注", "外部链接", "自定义属性", "属性“经理”", "保存者", "指向文件的链接", "隐藏的行中的内容"} <= told


def test_the_edition_may_be_published_and_the_submission_not(submission: bytes, made: Edition) -> None:
    assert made.report.acceptable
    assert check_public_bytes(made.content, "b.xlsx").findings == ()
    assert made.checked is None, "it links to another file, which a check refuses"
    report = check_public_bytes(submission, "a.xlsx")
    assert rules(report) == {"D01", "D04"}
    assert [outcome.rule for outcome in report.outcomes] == ["D01", "D03", "D04"]


def test_no_finding_holds_a_whole_number_or_name(submission: bytes) -> None:
    told = repr(check_public_bytes(submission, "a.xlsx"))
    assert "138****0000" in told
    assert "张*" in told
    assert PHONE not in told
    assert PERSON not in told


def test_personal_data_in_other_texts_are_left_for_a_person_to_mend(base: bytes) -> None:
    text = "措施由张三负责，联系人：张三，电话０７３７－４２２００００。"
    made = edition_from_bytes(apply(base, Example("", {"厉行节约保障措施": text, "填表人": PERSON})), "a.xlsx")
    assert {(f.rule, f.message) for f in made.report.findings} == {
        ("D01", "含有电话号码：073****00。"),
        ("D01", "含有姓名：张*。"),
    }


def test_an_edition_made_again_is_the_same(submission: bytes, made: Edition) -> None:
    assert edition_from_bytes(submission, "某局.xlsx").content == made.content


def test_of_an_edition_no_other_is_made(made: Edition) -> None:
    with pytest.raises(XlperfError, match="像是已经生成的公开版"):
        edition_from_bytes(made.content, "b.xlsx")


def test_stale_results_are_refused(base: bytes) -> None:
    stale = apply(base, Example("", actions=("改缓存 附件2_总分 95",)))
    with pytest.raises(XlperfError, match=r"保存的结果不是最新的（如 附件2!H37"):
        edition_from_bytes(stale, "a.xlsx")
    beside = apply(base, Example("", actions=("改缓存 三公经费_本年决算 9",)))  # what is printed is as it should be
    assert edition_from_bytes(beside, "a.xlsx").report.acceptable


def test_macros_and_other_forms_are_refused() -> None:
    other = Path(__file__).parent.parent / "recompute" / "books" / "预算执行表.xlsx"
    with pytest.raises(TemplateUnknown):
        public_edition(other)
    report = check_public(other)
    assert report.template == ""
    assert any("不是已登记的表样" in note for note in report.notes)
    with pytest.raises(FileRefused):
        public_edition(Path("没有.xlsx"))


def test_the_blank_form_says_nothing_sensitive(template: object) -> None:
    blank = Path(__file__).parents[2] / "templates" / "yiyang-2024" / "yiyang-2024.xlsx"
    report = check_public(blank)
    assert rules(report) == {"D04"}
    assert public_edition(blank).report.findings == ()


def test_a_roster_in_a_hidden_sheet_is_found(base: bytes) -> None:
    edits = {"_xlperf!J2": "姓名", "_xlperf!J3": "王小五", "_xlperf!K2": "手机", "_xlperf!K3": int("138" + "0" * 8)}
    report = check_public_bytes(apply(base, Example("", edits)), "a.xlsx")
    found = {f.message: [str(p.cell) for p in f.places] for f in report.findings if f.rule == "D01"}
    assert found == {"含有姓名：王**。": ["_xlperf!J3"], "含有手机号码：138****0000。": ["_xlperf!K3"]}


@pytest.mark.libreoffice
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_it_and_shows_the_same(made: Edition, submission: bytes, tmp_path: Path) -> None:
    shown = []
    for name, content in (("public", made.content), ("whole", submission)):
        (tmp_path / f"{name}.xlsx").write_bytes(content)
        subprocess.run(
            ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to",
             "xlsx:Calc MS Excel 2007 XML", "--outdir", str(tmp_path / "out"), str(tmp_path / f"{name}.xlsx")],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        shown.append(openpyxl.load_workbook(tmp_path / "out" / f"{name}.xlsx", data_only=True))
    new, old = shown
    assert new.sheetnames == list(made.sheets)
    blanked = {str(cell) for cell in made.blanked}
    for sheet in new:
        for row in sheet.iter_rows():
            for cell in row:
                before = old[sheet.title][cell.coordinate].value
                name = f"{quote_sheet(sheet.title)}!{cell.coordinate}"
                if not is_blank(cell.value) and name not in blanked:
                    assert cell.value == before, name
