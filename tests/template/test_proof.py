"""Lint tries the rules that a template tells: their examples, whether each row can fail, how its result is made."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from bureau import HOSPITALITY, RECORDS, Bureau, with_two_rules

from xlperf.publish.fill import sample
from xlperf.rules.catalogue import RULES
from xlperf.rules.rulebook import rulebook
from xlperf.template.examples import locate, parse
from xlperf.template.filled import by_kind
from xlperf.template.instantiate import default_shape, instantiate
from xlperf.template.library import Template
from xlperf.template.lint import Violation, lint, load_unproved
from xlperf.template.proof import OWN
from xlperf.values import Scalar

Linted = Callable[[Bureau], list[Violation]]
Z01 = RECORDS["Z01"]


@pytest.fixture
def linted(tmp_path: Path) -> Linted:
    return lambda bureau: lint(bureau.save(tmp_path / "改.xlsx"), rulebook(), sample)


def told(violations: list[Violation], words: str, where: str = "") -> Violation:
    found = [v for v in violations if words in v.what and where in v.where]
    assert found, (words, where, violations)
    assert found[0].todo
    return found[0]


def test_the_shipped_template_is_tried_in_reasonable_time(template: Template) -> None:
    start = time.monotonic()
    assert lint(load_unproved(template.path), rulebook(), sample) == []
    assert time.monotonic() - start < 20


def test_the_catalogue_leaves_the_bureaus_letter_alone() -> None:
    assert not [rule.id for rule in RULES if rule.id.startswith(OWN)]
    tried = [rule for rule, record in rulebook().records.items() if record is not None]
    assert {"A01", "K02", "B10"} <= set(tried)
    assert rulebook().records["C02"] is None, "deletes a sheet"


def test_a_bureau_may_add_rules_of_its_own(template: Template, linted: Linted) -> None:
    assert linted(with_two_rules(template)) == []


def test_a_rule_needs_a_record(template: Template, linted: Linted) -> None:
    bureau = Bureau(template)
    bureau.add("B03", **HOSPITALITY)
    violation = told(linted(bureau), "规则 Z01 没有记录")
    assert "“规则”一节" in violation.todo


def test_the_id_is_the_bureaus_own(template: Template, linted: Linted) -> None:
    bureau = Bureau(template)
    for rule in ("Q01", "S07", "A99"):
        bureau.add("B03", **{**HOSPITALITY, "id": rule})
        bureau.record(rule, *Z01)
    found = linted(bureau)
    for rule, words in (("Q01", "不在规则目录里"), ("S07", "已取消"), ("A99", "不在规则目录里")):
        told(found, words, rule)


#: What is wrong with a record, the record, and what is said of it.
RECORDS_THAT_WILL_NOT_DO = {
    "Z10": (("关", *Z01[1:]), "状态“关”不是"),
    "Z11": (("", "", "", Z01[3], Z01[4]), "没有写怎样改、依据"),
    "Z12": ((*Z01[:3], "", Z01[4]), "没有写不符示例"),
    "Z13": ((*Z01[:3], "公务接待费_本年决算 3", Z01[4]), "不是“字段=值”的样子"),
    "Z14": ((*Z01[:3], "接待费=3", Z01[4]), "没有叫“接待费”的字段"),
    "Z15": ((*Z01[:3], Z01[4], Z01[4]), "不符示例没有被查出，得到的是“通过”"),
    "Z16": ((*Z01[:4], Z01[3]), "通过示例仍被查出，Z16 得到的是“不符”"),
    "Z17": ((*Z01[:4], "公务接待费_本年决算="), "通过示例没有得到“通过”，得到的是“未检”"),
}
#: A part of a row, what is put there, and what is said of it.
ROWS_THAT_NEVER_FAIL: dict[str, tuple[dict[str, Scalar], str]] = {
    "Z20": ({"left": "=1+1", "right": 1}, "都不取自表中的数"),
    "Z21": ({"right": HOSPITALITY["left"]}, "同一个式子"),
    "Z22": ({"right": "=公务接待费_本年决算*1"}, "都得不到不符"),
    "Z23": ({"tolerance": 999999}, "允许误差 999999 太大"),
    "Z24": ({"tolerance": 1}, "允许误差 1 太大"),
    "Z25": ({"tolerance": -1}, "不是不小于 0 的数"),
    "Z26": ({"tolerance": "一角"}, "不是不小于 0 的数"),
    "Z27": ({"tolerance": None}, "没有写允许误差"),
    "Z28": ({"result": '="通过"'}, "左值 空白、右值 1 时应得“未检”，现得“通过”"),
    "Z29": ({"result": '=IF(公务接待费_本年决算="","未检","通过")'}, "结果不按约定得出"),
    "Z30": ({"difference": "=0"}, "结果不按约定得出"),
    "Z31": ({"level": "核实"}, "都没有得到“待说明”"),
}


@pytest.fixture(scope="module")
def found(template: Template, tmp_path_factory: pytest.TempPathFactory) -> list[Violation]:
    """All of these in one workbook, linted once."""
    bureau = Bureau(template)
    for rule, (texts, _) in RECORDS_THAT_WILL_NOT_DO.items():
        bureau.add("B03", **{**HOSPITALITY, "id": rule})
        bureau.record(rule, *texts)
    for rule, (parts, _) in ROWS_THAT_NEVER_FAIL.items():
        bureau.add("B03", **{**HOSPITALITY, **parts, "id": rule})
        bureau.record(rule, *Z01)
    saved = bureau.save(tmp_path_factory.mktemp("局") / "改.xlsx")
    return lint(saved, rulebook(), sample, together=False)


@pytest.mark.parametrize("rule", RECORDS_THAT_WILL_NOT_DO)
def test_a_record_that_will_not_do(found: list[Violation], rule: str) -> None:
    told(found, RECORDS_THAT_WILL_NOT_DO[rule][1], rule)


@pytest.mark.parametrize("rule", ROWS_THAT_NEVER_FAIL)
def test_a_row_that_can_never_fail(found: list[Violation], rule: str) -> None:
    assert told(found, ROWS_THAT_NEVER_FAIL[rule][1], rule).where.startswith("审核!")


def test_a_row_out_of_bounds_is_told_before_anything_is_tried(template: Template, linted: Linted) -> None:
    bureau = Bureau(template)
    bureau.add("B03", **{**HOSPITALITY, "left": '=WEBSERVICE("x")'})
    bureau.record("Z01", *Z01)
    told(linted(bureau), "WEBSERVICE", "审核!")


def test_a_record_without_a_row(template: Template, linted: Linted) -> None:
    bureau = Bureau(template)
    bureau.record("Z05", *Z01)
    bureau.record("Z06", "停用", *Z01[1:])
    bureau.record("Z07", "停用", *Z01[1:])
    bureau.record("Z07", "停用", *Z01[1:])
    bureau.record("Q01", *Z01)
    bureau.record("S07", *Z01)
    found = linted(bureau)
    told(found, "审核表里没有这个编号的行", "Z05")
    told(found, "写了两行", "Z07")
    told(found, "既不在规则目录里", "Q01")
    told(found, "已取消，不能再用", "S07")
    assert not [v for v in found if "Z06" in v.where], "an id that is given up stays on record"


def test_a_row_below_the_last_is_not_counted(template: Template, linted: Linted) -> None:
    bureau = Bureau(template)
    bureau.add("B03", below=True, **HOSPITALITY)
    bureau.record("Z01", *Z01)
    told(linted(bureau), "审核结论没有把这一行算进去", "Z01")


def test_a_rule_of_the_catalogue_is_tried_too(template: Template, linted: Linted) -> None:
    bureau = Bureau(template)
    bureau.change("A05-4", "right", '=IF(办公费_本年决算="","",办公费_本年决算)')
    told(linted(bureau), "不符示例没有被查出", "A05")


def test_a_template_may_switch_a_rule_of_the_catalogue_off(template: Template, linted: Linted) -> None:
    bureau = Bureau(template)
    bureau.record("A05", "停用")
    bureau.record("B11", "观察")
    assert linted(bureau) == []


def test_a_form_without_a_sample_is_filled_by_kind(template: Template, tmp_path: Path) -> None:
    found = lint(with_two_rules(template).save(tmp_path / "改.xlsx"), rulebook(), by_kind)
    assert not [v for v in found if "Z0" in v.where]


def test_the_sample_fits_a_form_that_lost_a_field_and_a_row(template: Template) -> None:
    dictionary = template.dictionary
    fields = {name: field for name, field in dictionary.fields.items() if name != "公用经费_说明"}
    other = Template(template.path, "0" * 64, dictionary._replace(fields=fields), template.areas)
    other.snapshot = template.snapshot
    filled = sample(other)
    assert filled is not None
    assert len(filled.instance.shape.projects) == 4
    none = Template(template.path, "1" * 64, dictionary._replace(fields={}), template.areas)
    none.snapshot = template.snapshot
    assert sample(none) is None


# -- examples as text --------------------------------------------------------------------------------


def test_an_example_is_read() -> None:
    text = "三公经费_本年决算=15.26; 附件2_数量指标[1].计算符号=≥；\n附件1!B7=3\n公务接待费_说明=；"
    assert parse(f"{text}单位编码=“101”；填表人=-5%") == {
        "三公经费_本年决算": 15.26, "附件2_数量指标[1].计算符号": "≥", "附件1!B7": 3, "公务接待费_说明": None,
        "单位编码": "101", "填表人": "-5%",
    }  # fmt: skip
    assert parse("") == {}


@pytest.mark.parametrize(
    ("text", "words"), [("甲", "样子"), ("=3", "样子"), ("甲=1;甲=2", "写了两次"), ("甲==1+1", "是公式")]
)
def test_an_example_that_cannot_be_read(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse(text)


def test_targets_are_found(template: Template) -> None:
    instance = instantiate(template, default_shape(template, 2))
    for target, cell in (
        ("三公经费_本年决算", "附件1!L6"), ("附件1!C7", "附件1!C7"), ("业务工作经费_明细[2].名称", "附件1!A15"),
        ("项目2_项目名称", "'附件3-2'!D3"),
    ):  # fmt: skip
        assert str(locate(instance, target)) == cell
    row = instance.names["项目2_数量指标"].top
    assert locate(instance, "项目2_数量指标[1].分值").row == row


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("没有", "没有叫“没有”的字段"), ("没有[1].名称", "没有叫“没有”的块"), ("三公经费_本年决算[1].名称", "的块"),
        ("业务工作经费_明细[1].金额", "没有“金额”这一列"), ("业务工作经费_明细[99].名称", "块只有 4 行"),
        ("没有!A1", "没有工作表“没有”"), ("附件1!A", "不是一格的地址"),
    ],
)  # fmt: skip
def test_targets_that_are_not_there(template: Template, target: str, words: str) -> None:
    instance = instantiate(template, default_shape(template, 1))
    with pytest.raises(ValueError, match=words):
        locate(instance, target)
