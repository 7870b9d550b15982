"""Numbers and names of persons are found however they are written; figures and codes never are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlperf.rules.personal import (
    ACCOUNT,
    IDENTITY,
    MOBILE,
    NAME,
    TELEPHONE,
    asks,
    blanked,
    find,
    is_identity,
    masked,
    passes_luhn,
    without_personal,
)

#: Put together here, as no file shall hold what looks like somebody's number.
PHONE = "138" + "0" * 8


def kinds(text: str) -> list[str]:
    return [hit.kind for hit in find(text)]


def identity(province: int, born: str, order: int) -> str:
    first = f"{province}0100{born}{order:03}"
    return first + next(sign for sign in "0123456789X" if is_identity(first + sign))


def card(first: str) -> str:
    return first + next(last for last in "0123456789" if passes_luhn(first + last))


digits = st.text("0123456789", min_size=8, max_size=8)
mobiles = st.builds(lambda second, rest: f"1{second}{rest[0]}{rest}", st.sampled_from("3456789"), digits)
identities = st.builds(
    identity,
    st.sampled_from([11, 43, 44, 51, 65]),
    st.dates().filter(lambda d: 1900 <= d.year < 2100).map(lambda d: d.strftime("%Y%m%d")),
    st.integers(0, 999),
)
around = (
    st.sampled_from(["", "请联系", "手机：", "（", "电话", "见附件，"]),
    st.sampled_from(["", "。", "）", " 转告", "，谢谢"]),
)
wide = str.maketrans("0123456789-", "０１２３４５６７８９－")


@given(mobiles, *around, st.sampled_from(["", "-", " "]), st.booleans(), st.sampled_from(["", "+86 ", "86-"]))
def test_every_mobile_is_found(
    number: str, before: str, after: str, gap: str, is_wide: bool, country: str
) -> None:
    written = country + gap.join((number[:3], number[3:7], number[7:]))
    text = before + (written.translate(wide) if is_wide else written) + after
    hits = list(find(text))
    assert [hit.kind for hit in hits] == [MOBILE], text
    assert hits[0].masked == f"{number[:3]}****{number[-4:]}"


@given(identities, *around)
def test_every_identity_number_is_found_and_told_masked(number: str, before: str, after: str) -> None:
    hits = list(find(before + number + after))
    assert [hit.kind for hit in hits] == [IDENTITY]
    assert number[3:-2] not in hits[0].masked


@given(st.integers(0, 10**10), st.integers(0, 99), st.sampled_from(["", "万元", "元", "%", "人", "㎡"]))
def test_no_figure_with_decimals_is_taken_for_a_number(whole: int, cents: int, unit: str) -> None:
    for figure in (f"{whole}.{cents:02}", f"{whole:,}.{cents:02}"):
        for text in (f"{figure}{unit}", f"-{figure}", f"本年决算{figure}{unit}"):
            assert not kinds(text), text


@given(st.integers(0, 10**10 - 1), st.sampled_from(["", "人", "次", "万元", "册"]))
def test_no_whole_figure_is_taken_for_a_number(whole: int, unit: str) -> None:
    assert not kinds(f"{whole}{unit}")
    assert not kinds(f"电话费 {whole}")


@given(mobiles, st.sampled_from(["元", "万元", "亿元", "%", " 元"]))
def test_an_amount_of_eleven_digits_is_an_amount(number: str, unit: str) -> None:
    assert not kinds(number + unit)


@given(mobiles, st.sampled_from(["项目编码：", "编号", "文号为", "单位代码: "]))
def test_what_stands_behind_the_word_code_is_a_code(number: str, word: str) -> None:
    assert not kinds(word + number)
    assert not kinds(f"Y{number}")
    assert not kinds(f"{number}Z01")
    assert not kinds(f"43{number}")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("0737-4220000", TELEPHONE),
        ("（0737）4220000", TELEPHONE),
        ("０７３７—４２２００００", TELEPHONE),
        ("010-62000000", TELEPHONE),
        ("联系电话：4220000", TELEPHONE),
        ("办公室电话 422 0000", TELEPHONE),
        ("138*0000000", MOBILE),
        ("13800000***", MOBILE),
        ("1380 000 0000", MOBILE),
        (f"tel{PHONE}", MOBILE),
        ("430100 19900101 0002".replace("0002", identity(43, "19900101", 0)[-4:]), IDENTITY),
        ("身份证：430100900101000", IDENTITY),
        ("4301001990010100**", IDENTITY),
        ("账号：1234567890123456", ACCOUNT),
        ("开户行某银行 账户 1234 5678 9012 345", ACCOUNT),
        (card("621700000000000000"), ACCOUNT),
        ("4111 1111 1111 1111", ACCOUNT),
    ],
)
def test_other_ways_of_writing(text: str, kind: str) -> None:
    assert kinds(text) == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "1380.00",
        "138****0000",
        "4301**********0002",
        "联系电话：",
        "电话费 1234567",
        "电话 20241231",
        "2024-12-31",
        "益财绩〔2022〕405号",
        "项目编码430900240000000012",
        "热线 12345",
        card("621700000000000000")[:-1] + "x",
        "4111111111111111",
        "1234567890123456",
        f"≥{PHONE}万元",
        f"{PHONE}0",
    ],
)
def test_what_is_none(text: str) -> None:
    assert not kinds(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("填表人：张三", "张*"),
        ("填表人: 张 三", "张**"),
        ("姓名：李四，男", "李*"),
        ("联系人：欧阳小三（办公室）", "欧***"),
        ("单位负责人签字：王五", "王*"),
        ("联系人：张三电话：见上", "张*"),
        ("项目负责人：张三丰同志", "张**"),
    ],
)
def test_names_are_found_where_they_are_asked_for(text: str, shown: str) -> None:
    assert [(hit.kind, hit.masked) for hit in find(text)] == [(NAME, shown)]


@pytest.mark.parametrize(
    "text",
    [
        "填表人：", "填表人：财务科", "联系人：详见附件", "负责人：另行通知", "姓名：无", "单位负责人签字：",
        "填表人：——", "张三", "项目负责人，财务人员核对", "联系人：局办公室",
    ],
)  # fmt: skip
def test_no_name_is_made_up(text: str) -> None:
    assert not kinds(text)


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("填表人：张三", "填表人："),
        (f"填表人：张三　日期：2025年4月15日　联系电话：{PHONE}", "填表人：　日期：2025年4月15日　联系电话："),
        ("单位负责人（签字）：李四", "单位负责人（签字）："),
        (f"联系电话：{PHONE}", "联系电话："),
        ("填表人：", None),
        ("填报日期：2025年4月15日", None),
        ("厉行节约，填表人：张三", None),
    ],
)
def test_a_line_of_signatures_keeps_its_labels(line: str, left: str | None) -> None:
    assert blanked(line) == left


def test_labels() -> None:
    assert asks("联系电话：") == "联系电话"
    assert asks(" 填 表 人 ") == "填表人"
    assert asks("填报日期") == ""
    assert asks("填表人负责") == ""


def test_masks_and_checks() -> None:
    assert masked(MOBILE, "138 0000 0000") == "138****0000"
    assert masked(TELEPHONE, "0737-4220000") == "073****00"
    assert without_personal(f"张三{PHONE}") == "张三138****0000"
    assert without_personal("附件1") == "附件1"
    assert passes_luhn("4111 1111 1111 1111")
    assert not is_identity("430100199002300002"), "there is no 30 February"
