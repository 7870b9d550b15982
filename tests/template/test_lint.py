"""The shipped template keeps the conventions; each breach is told of a copy that is changed in its XML."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from xlperf.address import column_letters
from xlperf.errors import TemplateError
from xlperf.publish.fill import sample
from xlperf.rules.rulebook import rulebook
from xlperf.template.library import Template
from xlperf.template.lint import Violation, lint, load_unproved
from xlperf.template.review import find_review_rows

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


class Copy:
    """A copy of a template, changed part by part; addresses are found by name, as the template may move."""

    def __init__(self, template: Template) -> None:
        self.template = template
        with zipfile.ZipFile(template.path) as archive:
            self.parts = {name: archive.read(name) for name in archive.namelist()}
        self.workbook = etree.fromstring(self.parts["xl/workbook.xml"])
        names = [node.get("name") for node in self.workbook.iter(MAIN + "sheet")]
        self.sheets = {
            name: etree.fromstring(self.parts[f"xl/worksheets/sheet{number}.xml"])
            for number, name in enumerate(names, 1)
        }
        self.at = {name: number for number, name in enumerate(names, 1)}

    def cell(self, sheet: str, address: str) -> etree._Element:
        return next(node for node in self.sheets[sheet].iter(MAIN + "c") if node.get("r") == address)

    def put(self, sheet: str, address: str, *, formula: str = "", value: str = "", kind: str = "str") -> None:
        node = self.cell(sheet, address)
        for child in list(node):
            node.remove(child)
        node.attrib.pop("t", None)
        if formula:
            etree.SubElement(node, MAIN + "f").text = formula
        if value:
            node.set("t", kind)
            etree.SubElement(node, MAIN + "v").text = value

    def style(self, sheet: str, address: str, locked: bool) -> None:
        """Give a cell some style that is, or is not, locked."""
        self.cell(sheet, address).set("s", str(self.template.snapshot.locked.index(locked)))

    def name(self, name: str) -> etree._Element:
        return next(n for n in self.workbook.iter(MAIN + "definedName") if n.get("name") == name)

    def text(self, sheet: str, title: str, value: str) -> None:
        """Change the cell right of a title on the hidden sheet."""
        snapshot = self.template.snapshot.sheet(sheet)
        assert snapshot
        row = next(r for (r, c), cell in snapshot.cells.items() if c == 1 and cell.value == title)
        self.put(sheet, f"B{row}", value=value)

    def save(self, path: Path) -> Template:
        self.parts["xl/workbook.xml"] = etree.tostring(self.workbook)
        for name, root in self.sheets.items():
            self.parts[f"xl/worksheets/sheet{self.at[name]}.xml"] = etree.tostring(root)
        with zipfile.ZipFile(path, "w") as archive:
            for part, content in self.parts.items():
                archive.writestr(part, content)
        return load_unproved(path)


Lint = Callable[[Copy], list[Violation]]


@pytest.fixture
def copy(template: Template) -> Copy:
    return Copy(template)


@pytest.fixture
def linted(tmp_path: Path) -> Lint:
    """Lint without the trials of rules, which have a room of their own (``test_proof``)."""
    return lambda copy: lint(copy.save(tmp_path / "改.xlsx"), rulebook(), None)


def told(violations: list[Violation], words: str, where: str = "") -> Violation:
    """Return the violation that says this; fails where there is none."""
    found = [v for v in violations if words in v.what and v.where.startswith(where)]
    assert found, (words, where, violations)
    assert found[0].todo
    return found[0]


def place(copy: Copy, name: str, column: str = "", row: int = 0) -> tuple[str, str]:
    """Return sheet and address of a field, or of a column of the n-th row of a block."""
    area = copy.template.areas[name]
    if not column:
        return area.sheet, f"{column_letters(area.left)}{area.top}"
    found = copy.template.dictionary.blocks[name].column(column)
    assert found
    return area.sheet, f"{column_letters(found.column)}{area.top + row - 1}"


def review(copy: Copy, part: str, level: str = "强制", skip: int = 0) -> tuple[str, str]:
    """Return sheet and address of one part of a row of 审核."""
    sheet = copy.template.snapshot.sheet("审核")
    assert sheet
    rows = [row for row in find_review_rows(sheet.name, sheet.cells) if row.level == level]
    return "审核", rows[skip].cell(part).a1


BLOCK, COMPUTED = "附件2_数量指标", "应得分"


def test_the_shipped_template_keeps_the_conventions(template: Template) -> None:
    assert lint(template, rulebook(), sample) == []
    assert lint(load_unproved(template.path), rulebook(), sample) == []


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("NOW()", "易失函数 NOW"),
        ("OFFSET(A1,1,1)", "易失函数 OFFSET"),
        ('INDIRECT("A1")', "易失函数 INDIRECT"),
        ("_xlfn.XLOOKUP(1,A1:A2,B1:B2)", "函数 XLOOKUP 在 Excel 2016 中没有"),
        ("WEBSERVICE(A1)", "函数 WEBSERVICE 不在"),
        ("SUM(附件1!I:I)", "整行或整列"),
        ("SUM(附件1!3:3)", "整行或整列"),
        ("[1]表!A1", "不能复算"),
        ("附件1!#REF!+1", "错误值"),
        ("没有这个名称+1", "没有定义"),
        ("附件2_总分+1", "循环引用"),
    ],
)
def test_a_formula_out_of_bounds(copy: Copy, linted: Lint, formula: str, words: str) -> None:
    copy.put(*place(copy, "附件2_总分"), formula=formula)
    sheet, address = place(copy, "附件2_总分")
    told(linted(copy), words, f"{sheet}!{address}")


def test_formulas_of_validations_and_conditional_formats_count(copy: Copy, linted: Lint) -> None:
    next(copy.sheets["附件1"].iter(MAIN + "formula1")).text = "TODAY()>1"
    next(copy.sheets["附件2"].iter(MAIN + "formula")).text = "SUM(A:A)>1"
    found = linted(copy)
    assert "的数据验证" in told(found, "TODAY", "附件1").where
    assert "的条件格式" in told(found, "整行或整列", "附件2").where


def test_stored_values(copy: Copy, linted: Lint) -> None:
    copy.put(*place(copy, "附件2_总分"), formula="1+1", value="9", kind="n")
    copy.put(*place(copy, "附件2_等级"), formula="1/0", value="#DIV/0!", kind="e")
    found = linted(copy)
    told(found, "与复算不同")
    told(found, "显示 #DIV/0!")


def test_a_name_of_one_sheet_only(copy: Copy, linted: Lint) -> None:
    copy.name("附件2_总分").set("localSheetId", "2")
    told(linted(copy), "范围是一张工作表", "名称 附件2_总分")


def test_names(copy: Copy, linted: Lint) -> None:
    copy.name("单位全称").set("hidden", "1")
    copy.name("主管部门").text = "附件1!$B$4"
    copy.name("单位编码").text = "没有!$B$4"
    copy.name("填表人").text = "填报说明!$B$4:$D$9"
    copy.name("联系电话").text = "填报说明!$B$4+1"
    node = copy.name("填报日期")
    assert node.getparent() is not None
    node.getparent().remove(node)
    found = linted(copy)
    told(found, "隐藏", "名称 单位全称")
    told(found, "字典却说在“填报说明”", "名称 主管部门")
    told(found, "“没有”不存在", "名称 单位编码")
    told(found, "不止一格", "名称 填表人")
    told(found, "确定的区域", "名称 联系电话")
    told(found, "没有定义", "名称 填报日期")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("AB12", "不是 Excel 认可"),
        ("R1C1", "不是 Excel 认可"),
        ("有 空格", "不是 Excel 认可"),
        ("项目1_总分数", "不在项目表"),
    ],
)
def test_a_name_that_will_not_do(copy: Copy, linted: Lint, name: str, words: str) -> None:
    sheet = copy.template.snapshot.sheet("_xlperf")
    assert sheet
    row = next(r for (r, c), cell in sheet.cells.items() if c == 1 and cell.value == "单位编码")
    copy.put("_xlperf", f"A{row}", value=name)
    copy.name("单位编码").set("name", name)
    told(linted(copy), words, f"名称 {name}")


def test_project_names_begin_with_the_prefix(copy: Copy, linted: Lint) -> None:
    copy.text("_xlperf", "项目名称前缀", "工程_")
    found = linted(copy)
    told(found, "没有以“工程_”开头")
    told(found, "项目名称式样“项目{n}_”得不出")


def test_identity(copy: Copy, linted: Lint) -> None:
    copy.text("_xlperf", "项目表原型", "附件9")
    copy.text("_xlperf", "年度", "去年")
    found = linted(copy)
    told(found, "没有项目表原型“附件9”")
    told(found, "不是年份")


def test_a_lost_identity_stops_the_rest(copy: Copy, linted: Lint) -> None:
    sheet = copy.template.snapshot.sheet("_xlperf")
    assert sheet
    row = next(r for (r, c), cell in sheet.cells.items() if c == 1 and cell.value == "项目表原型")
    copy.put("_xlperf", f"A{row}", value="别的")
    (only,) = linted(copy)
    assert "缺少 项目表原型" in only.what


def test_a_row_of_a_block_that_differs(copy: Copy, linted: Lint) -> None:
    sheet, address = place(copy, BLOCK, COMPUTED, 2)
    copy.put(sheet, address, formula="1+1")
    told(linted(copy), "不是同一式样", f"{sheet}!{address}")


def test_a_row_of_a_block_without_its_formula(copy: Copy, linted: Lint) -> None:
    sheet, address = place(copy, BLOCK, COMPUTED, 3)
    copy.put(sheet, address)
    found = linted(copy)
    told(found, "不是同一式样", f"{sheet}!{address}")
    told(found, "却空着", f"{sheet}!{address}")


def test_a_block_looks_at_its_own_row_only(copy: Copy, linted: Lint) -> None:
    sheet, second = place(copy, BLOCK, COMPUTED, 2)
    _, first = place(copy, BLOCK, "分值", 1)
    copy.put(sheet, second, formula=f"{first}+1")
    told(linted(copy), "同一块", f"{sheet}!{second}")


def test_a_block_may_look_at_all_its_rows(copy: Copy, linted: Lint) -> None:
    area = copy.template.areas[BLOCK]
    for row in range(area.bottom - area.top + 1):
        sheet, address = place(copy, BLOCK, COMPUTED, row + 1)
        copy.put(sheet, address, formula=f"SUM(G${area.top}:G${area.bottom})")
    assert not [violation for violation in linted(copy) if "块" in violation.what]


def test_blocks_share_no_row_and_have_two(copy: Copy, linted: Lint) -> None:
    node = copy.name("附件2_质量指标")
    top = copy.template.areas[BLOCK].bottom
    node.text = f"附件2!$D${top}:$AH${top}"
    found = linted(copy)
    told(found, "占了同样的行")
    told(found, "只有一行")


def test_sums_across_sheets(copy: Copy, linted: Lint) -> None:
    prototype = copy.template.dictionary.prototype
    copy.put("附件2", "AH13", formula=f"SUM('{prototype}:报告附表'!$AK$1)")
    copy.put("附件1", "B4", formula="SUM(附件2:报告附表!$D$3)")
    found = linted(copy)
    told(found, "没有从项目表前一张到后一张", "附件2!AH13")
    told(found, "会把这一格也加进去", "附件2!D3")


def test_the_place_that_is_summed_is_empty_beside_the_projects(copy: Copy, linted: Lint) -> None:
    row = copy.cell("附件2", "A1").getparent()
    assert row is not None
    cell = etree.SubElement(row, MAIN + "c", r="AK1")
    etree.SubElement(cell, MAIN + "v").text = "7"
    told(linted(copy), "会把这一格也加进去", "附件2!AK1")


def test_locks(copy: Copy, linted: Lint) -> None:
    copy.style(*place(copy, "单位全称"), True)
    copy.style(*place(copy, "附件2_总分"), False)
    copy.style(*place(copy, "口径_超额阈值"), False)
    copy.style("附件1", "A2", False)
    found = linted(copy)
    told(found, "填报格是锁定的")
    told(found, "公式格没有锁定")
    told(found, "口径格没有锁定")
    told(found, "没有登记", "附件1!A2")


def test_validations(copy: Copy, linted: Lint) -> None:
    sheet = copy.sheets["附件1"]
    first, second, *_ = sheet.iter(MAIN + "dataValidation")
    first.attrib.pop("prompt")
    assert second.getparent() is not None
    second.getparent().remove(second)
    found = linted(copy)
    told(found, "没有输入提示", "附件1")
    told(found, "没有数据验证", "附件1")


def test_an_input_with_a_formula(copy: Copy, linted: Lint) -> None:
    copy.put(*place(copy, "单位全称"), formula='"某单位"', value="某单位")
    told(linted(copy), "填报格里有公式")


def test_protection(copy: Copy, linted: Lint) -> None:
    node = copy.sheets["附件1"].find(MAIN + "sheetProtection")
    assert node is not None
    node.set("password", "CC1A")
    other = copy.sheets["附件2"].find(MAIN + "sheetProtection")
    assert other is not None
    copy.sheets["附件2"].remove(other)
    book = etree.Element(MAIN + "workbookProtection", lockStructure="1", workbookHashValue="x")
    copy.workbook.insert(0, book)
    found = linted(copy)
    told(found, "工作表保护设了密码", "附件1")
    told(found, "没有保护", "附件2")
    told(found, "工作簿保护设了密码")


def test_printing(copy: Copy, linted: Lint) -> None:
    setup = copy.sheets["附件1"].find(MAIN + "pageSetup")
    assert setup is not None
    setup.set("paperSize", "8")
    for node in list(copy.workbook.iter(MAIN + "definedName")):
        if node.get("name") == "_xlnm.Print_Area" and node.text and node.text.startswith("附件2!"):
            node.text = "附件2!$A$1:$AH$40"
        elif node.get("name") == "_xlnm.Print_Area" and node.text and node.text.startswith("审核!"):
            node.text = "审核!没有"
    state = next(node for node in copy.workbook.iter(MAIN + "sheet") if node.get("name") == "_xlperf")
    state.attrib.pop("state")
    found = linted(copy)
    told(found, "不是 A4", "附件1")
    told(found, "辅助列 U、V", "附件2")
    told(found, "没有设打印区域", "审核")
    told(found, "字典表没有隐藏")


def test_links(copy: Copy, linted: Lint) -> None:
    first, second, *_ = copy.sheets["审核"].iter(MAIN + "hyperlink")
    first.set("location", "没有这个名称")
    second.set(REL + "id", "rId9")
    found = linted(copy)
    told(found, "“没有这个名称”没有定义", "审核")
    told(found, "工作簿之外", "审核")


def test_macros_links_and_dead_names(copy: Copy, linted: Lint) -> None:
    copy.parts["xl/vbaProject.bin"] = b"x"
    copy.parts["[Content_Types].xml"] = copy.parts["[Content_Types].xml"].replace(
        b"</Types>",
        b'<Override PartName="/xl/vbaProject.bin" ContentType="application/vnd.ms-office.vbaProject"/>'
        b'<Override PartName="/xl/externalLinks/externalLink1.xml" ContentType="application/xml"/></Types>',
    )
    copy.parts["xl/externalLinks/externalLink1.xml"] = b"<externalLink/>"
    copy.parts["xl/_rels/workbook.xml.rels"] = copy.parts["xl/_rels/workbook.xml.rels"].replace(
        b"</Relationships>",
        b'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        b'externalLink" Target="externalLinks/externalLink1.xml"/></Relationships>',
    )
    copy.parts["xl/externalLinks/_rels/externalLink1.xml.rels"] = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        b'<Relationship Id="rId1" Type="http://x/externalLinkPath" Target="file:///x.xlsx" TargetMode="External"/>'
        b"</Relationships>"
    )
    names = copy.workbook.find(MAIN + "definedNames")
    assert names is not None
    etree.SubElement(names, MAIN + "definedName", name="失效").text = "附件1!#REF!"
    found = linted(copy)
    told(found, "含有宏")
    told(found, "链接了别的工作簿")
    told(found, "已失效", "名称 失效")


def test_rows_of_checks(copy: Copy, linted: Lint) -> None:
    copy.put(*review(copy, "level"), value="重要")
    copy.put(*review(copy, "result", skip=1), value="通过")
    copy.put(*review(copy, "difference", skip=2), value="0", kind="n")
    copy.put(*review(copy, "id", skip=5), value="A99")
    copy.put(*review(copy, "id", skip=6), value="A99")
    copy.put(*review(copy, "id", skip=7), value="S07-1")
    copy.put(*review(copy, "id", skip=8), value="a1")
    found = linted(copy)
    told(found, "“重要”不是")
    told(found, "“结果”不是公式")
    told(found, "“差额”不是公式")
    told(found, "A99 在本表用了两次")
    told(found, "A99 不在规则目录里")
    told(found, "S07 已取消")
    told(found, "写法不合")


def test_one_breach_at_many_places_is_one(copy: Copy, linted: Lint) -> None:
    for name in ("附件2_总分", "附件2_分值合计"):
        copy.put(*place(copy, name), formula="1+RAND()")
    assert told(linted(copy), "RAND").where.endswith("等 2 处")


def test_a_workbook_without_dictionary_is_no_template(copy: Copy, tmp_path: Path) -> None:
    node = next(node for node in copy.workbook.iter(MAIN + "sheet") if node.get("name") == "_xlperf")
    node.set("name", "别的")
    with pytest.raises(TemplateError, match="没有隐藏表"):
        copy.save(tmp_path / "改.xlsx")


def test_a_dictionary_with_no_column_is_told(copy: Copy, tmp_path: Path) -> None:
    sheet = copy.template.snapshot.sheet("_xlperf")
    assert sheet
    row = next(r for (r, c), cell in sheet.cells.items() if c == 1 and cell.value == "块列") + 2
    copy.put("_xlperf", f"C{row}", value="第三列")
    with pytest.raises(TemplateError, match="不是列标"):
        copy.save(tmp_path / "改.xlsx")
