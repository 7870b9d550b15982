import re

import pytest

from xlperf.address import parse_range
from xlperf.findings import Level
from xlperf.rules.catalogue import RETIRED, RULES, by_id
from xlperf.rules.record import Example, Rule
from xlperf.template.instantiate import Instance, default_shape, instantiate
from xlperf.template.library import Template, find

ACTIONS = re.compile(
    r"(删除行|插入行) \S+!A\d+|(删除表|复制表) \S+|改身份 (编号|版本|年度) \S+|改缓存 \S+ \S+|去验证 \S+|生成公开版"
)
BLOCK_CELL = re.compile(r"(?P<block>.+)\[(?P<row>[1-9]\d*)\]\.(?P<key>.+)")
RULE_ID = re.compile(r"[A-Z]\d\d")
HEADINGS = ("checks", "why", "mend", "source")

each_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)


@pytest.fixture(scope="module")
def template() -> Template:
    return find("yiyang-2024")


@pytest.fixture(scope="module")
def official(template: Template) -> Instance:
    return instantiate(template, default_shape(template, 1))


def test_no_id_is_used_twice() -> None:
    ids = [rule.id for rule in RULES]
    assert len(set(ids)) == len(ids)
    assert not set(ids) & set(RETIRED)
    assert all(RULE_ID.fullmatch(rule_id) for rule_id in (*ids, *RETIRED))


def test_a_rule_is_found_by_its_id_and_an_unknown_one_is_none() -> None:
    assert all(by_id(rule.id) is rule for rule in RULES)
    assert by_id("A99") is None
    assert by_id("S07") is None


@each_rule
def test_every_heading_is_filled_in(rule: Rule) -> None:
    assert 6 <= len(rule.statement) <= 60
    assert rule.home in ("审核", "程序")
    for heading in HEADINGS:
        assert len(getattr(rule, heading)) >= 12, heading
    for example in (rule.fails, rule.passes):
        assert len(example.text) >= 12
        assert example.edits or example.actions


@each_rule
def test_texts_are_whole_sentences_without_stray_spaces(rule: Rule) -> None:
    texts = (rule.statement, rule.checks, rule.why, rule.mend, rule.fails.text, rule.passes.text)
    for text in texts:
        assert text.endswith(("。", "。”"))
        assert text == text.strip()
        assert "  " not in text
        assert "。。" not in text


def test_every_check_of_the_template_has_a_record_of_the_same_level(official: Instance) -> None:
    levels = {(row.rule, Level(row.level)) for row in official.reviews}
    assert levels <= {(rule.id, rule.level) for rule in RULES}


def test_every_rule_judged_row_by_row_has_a_record(template: Template) -> None:
    flags = {word for flag in template.dictionary.flags.values() for word in RULE_ID.findall(flag)}
    assert flags | set(template.dictionary.row_rules) <= {rule.id for rule in RULES}


def test_every_rule_of_the_workbook_stands_in_the_template_and_no_other_does(official: Instance) -> None:
    there = {row.rule for row in official.reviews}
    assert {rule.id for rule in RULES if rule.home == "审核"} == there


@each_rule
def test_the_cells_an_example_changes_exist(rule: Rule, official: Instance) -> None:
    for example in (rule.fails, rule.passes):
        _targets_exist(example, official)


def _targets_exist(example: Example, official: Instance) -> None:
    dictionary = official.template.dictionary
    for target in example.edits:
        name = re.sub(r"^项目\d+_", dictionary.prefix, target)
        if cell := BLOCK_CELL.fullmatch(name):
            assert dictionary.blocks[cell["block"]].column(cell["key"]), target
        elif "!" in name:
            area = parse_range(name)
            assert (area.top, area.left) in official.sheet(area.sheet).cells, target
        else:
            assert name in dictionary.fields, target
    for action in example.actions:
        assert ACTIONS.fullmatch(action), action


def test_both_examples_of_a_rule_differ() -> None:
    for rule in RULES:
        assert (rule.fails.edits, rule.fails.actions) != (rule.passes.edits, rule.passes.actions), rule.id
