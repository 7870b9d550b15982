"""Personal data in a text: numbers of mobiles, telephones, identity cards, bank accounts; names where one is asked for.

No figure may be taken for a number of a person: amounts have a decimal point, a unit or too few digits, codes have
letters or stand behind 编码, 编号 and the like. Chinese names cannot be told from other words, so only those are found
that stand behind a word that asks for one (填表人：, 姓名：).

Everything here works on :func:`plain` text, and shows what it found only with its middle masked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

MOBILE, TELEPHONE, IDENTITY, ACCOUNT, NAME = "手机号码", "电话号码", "身份证号码", "银行账号", "姓名"
#: Stars that hide enough of a number; fewer leave it open.
ENOUGH_STARS = 4

_WIDE = {ord("０") + n: str(n) for n in range(10)}
_WIDE |= dict.fromkeys(map(ord, "－–—‐‑‒―−"), "-") | dict.fromkeys(map(ord, "\u00a0\u3000\u2002\u2003\u2009\t"), " ")
_WIDE |= dict.fromkeys(map(ord, "＊×●•"), "*")
_WIDE |= {ord(wide): narrow for wide, narrow in zip("＋（）：Ｘｘ．", "+():Xx.", strict=True)}
_WIDE |= dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"), "")

_OPEN = r"(?:(?<![0-9A-Za-z*])(?<![0-9][.,])|(?<=tel)|(?<=Tel)|(?<=TEL)|(?<=phone)|(?<=mobile))"
_SHUT = r"(?![0-9A-Za-z*]|[.,][0-9]| ?(?:元|万元|亿元|万|亿|%))"
_MOBILE = re.compile(
    rf"{_OPEN}(?:(?:\+|00)?86[ -]?)?"
    r"(1[3-9][0-9](?:[0-9]{8}|([ -])[0-9]{4}\2[0-9]{4}|([ -])[0-9]{8}|[0-9]([ -])[0-9]{3}\4[0-9]{4}"
    rf"|[0-9]([ -])[0-9]{{4}}\5[0-9]{{3}})){_SHUT}"
)
_MOBILE_OPEN = re.compile(r"(?<![0-9A-Za-z*.])(1[3-9][0-9*]{9})(?![0-9A-Za-z*])")
_TELEPHONE = re.compile(
    rf"{_OPEN}\(?((?:010|02[0-9]|0[3-9][0-9]{{2}})\)?[ -]{{0,2}}"
    rf"[2-9](?:[0-9]{{6,7}}|[0-9]{{2,3}}[ -][0-9]{{4}})){_SHUT}"
)
_NEAR_TELEPHONE = re.compile(
    r"(?:电话(?!费)|联系方式|座机|传真|热线|手机|[Tt][Ee][Ll])[^0-9,，。;；]{0,8}"
    rf"(?<![0-9.-])([2-8](?:[0-9]{{6,7}}|[0-9]{{2,3}}[ -][0-9]{{4}})){_SHUT}(?! ?(?:次|人|个|户|件|条|部|台|份))"
)
_IDENTITY = re.compile(
    r"(?<![0-9A-Za-z])([1-9][0-9]{5} ?((?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])) ?[0-9]{3}[0-9Xx])"
    r"(?![0-9A-Za-z])"
)
_IDENTITY_OPEN = re.compile(r"(?<![0-9A-Za-z*])([1-9][0-9]{5}[0-9*]{11}[0-9Xx*])(?![0-9A-Za-z*])")
_NEAR_IDENTITY = re.compile(r"身份证[^0-9,，。;；]{0,8}([1-9][0-9]{14}(?:[0-9]{2}[0-9Xx])?)(?![0-9A-Za-z*])")
_NEAR_ACCOUNT = re.compile(
    r"(?:账号|帐号|卡号|账户|帐户|银行卡)[^0-9]{0,16}([0-9](?:[ -]?[0-9]){11,24})(?![0-9]|\.[0-9])"
)
#: A card of China UnionPay however it is written; of others only in four groups, as a long code may begin so.
_CARD = re.compile(
    r"(?<![0-9A-Za-z])((?:62|60|9558)[0-9]{12,17}|[4-6][0-9]{3}([ -])[0-9]{4}(?:\2[0-9]{4}){2}(?:\2[0-9]{1,3})?)"
    r"(?![0-9A-Za-z]|[ -]?[0-9])"
)
_CODE = re.compile(
    r"(?:编码|编号|代码|文号|单号|流水号|指标号|凭证号|发票号|合同号|项目号|[¥￥$])[:： 为是]{0,3}$"
)
_PROVINCES = frozenset(
    (*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 83, 91)
)

#: Behind these a form asks for the person who fills it in or signs it.
SIGNERS = "填表人 填报人 制表人 经办人 单位负责人 部门负责人 财务负责人 分管领导 主要负责人 法定代表人"
#: Behind these there may be a name, if it begins with a surname.
ASKERS = "姓名 联系人 负责人 项目负责人 审核人 复核人 经手人 报账人 领款人 收款人 承办人 签字 签名"
_WHO = "|".join(sorted((SIGNERS + " " + ASKERS).split(), key=len, reverse=True))
_SIGNER = frozenset(SIGNERS.split())
_ASKING = re.compile(rf"({_WHO})(?:\(?(?:签字|签章|签名|姓名|盖章)\)?)? ?: ?([^\n:]{{0,12}})")
_NOT_OF_THE_NAME = re.compile(
    r"电话|手机|联系|职务|职称|日期|身份|签字|签章|盖章|公章|同志|先生|女士|主任|科长|局长|部长|书记|填报|单位|"
    r"[、，。；(),;/0-9 及年]"
)
_NO_NAMES = "无 略 暂无 见附 详见 本人 待定 财务 会计 出纳 如下 同上 不详 未填 不适用 空白 测试"
_NO_NAME = frozenset(_NO_NAMES.split())
_BODY = re.compile(r"(?:[科室部局处股办院组站所队会委厅]|中心|公司|单位|人员|财务|会计)$")
#: The commonest surnames; a rarer one is found only behind the words of :data:`SIGNERS`.
SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝"
    "孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐沿梅莫庄辛管祝左涂"
    "谷祁时舒耿牟卜路詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧"
    "畅宫来嵺苟全褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇敖糜鄢冷卓花仇艾蓝都巩稽井练仲乐虞卞封竺冼原官衣楚佟栗匡宗应台巫鞠僧桑荆"
    "谌银扬明沙薄伏岑习胥保和蔺"
)
_COMPOUND = ("欧阳", "上官", "司马", "诸葛", "司徒", "东方", "夏侯", "皇甫", "尉迟", "公孙", "慕容", "令狐", "端木")

_PHONES = "联系电话 电话 手机 手机号 手机号码 联系方式 办公电话 移动电话 电话号码 座机 传真"
_OTHERS = "填报日期 日期 填表日期 单位名称 填报单位 单位 职务 公章"
_ANY = "|".join(sorted(f"{SIGNERS} {ASKERS} {_PHONES} {_OTHERS}".split(), key=len, reverse=True))
_LABEL = re.compile(rf"({_ANY})(?:[（(]?(?:签字|签章|签名|姓名|盖章)[）)]?)?\s?[：:]")
_NUMBERS = "身份证 身份证号 身份证号码 账号 帐号 银行账号 卡号 银行卡号 银行账户"
_LABELS = frozenset(f"{SIGNERS} {ASKERS} {_PHONES} {_OTHERS} {_NUMBERS}".split())
_PERSONAL = _LABELS - frozenset(_OTHERS.split())
_HEADS = frozenset(f"姓名 联系人 {_PHONES} {_NUMBERS}".split())


class Hit(NamedTuple):
    """Personal data found in a text: what it is, and itself as it is written there."""

    kind: str
    text: str

    @property
    def masked(self) -> str:
        """What may be shown of it."""
        return masked(self.kind, self.text)


def plain(text: str) -> str:
    """Return a text with the digits, dashes, blanks and brackets of a Chinese keyboard as plain ones."""
    return text.translate(_WIDE)


def find(text: str) -> Iterator[Hit]:
    """Yield the personal data of a text, each piece once."""
    text = plain(text)
    if any(char.isdigit() for char in text):
        yield from _numbers(text)
    if ":" in text:
        yield from _names(text)


def masked(kind: str, text: str) -> str:
    """Return what may be shown: ``138****0000``, ``张*``."""
    if kind == NAME:
        return text[:1] + "*" * (len(text) - 1)
    signs = "".join(char for char in text if char.isalnum() or char == "*")
    head, tail = (3, 4) if kind == MOBILE else (3, 2)
    return f"{signs[:head]}****{signs[-tail:]}"


def without_personal(text: str) -> str:
    """Return a text, such as a name of a sheet, in which what is personal is masked."""
    shown = plain(text)
    hits = list(find(shown))
    for hit in hits:
        shown = shown.replace(hit.text, hit.masked)
    return shown if hits else text


def asks(text: str) -> str:
    """Return the label that a cell is, if it asks for personal data (``填表人``, ``联系电话：``), else nothing."""
    label = _as_label(text)
    return label if label in _PERSONAL else ""


def is_label(text: str) -> bool:
    """Tell whether a cell is nothing but a label of a form's head or foot."""
    return _as_label(text) in _LABELS


def heads(label: str) -> bool:
    """Tell whether a label may head the column of a roster; those of a signature line do not."""
    return label in _HEADS


def has_surname(name: str) -> bool:
    """Tell whether a name begins with a common surname."""
    return name[0] in SURNAMES or name.startswith(_COMPOUND)


def blanked(text: str) -> str | None:
    """Return a line of signatures without its names and telephones, None where it is none or holds nothing.

    ``填表人：张三 联系电话：…`` becomes ``填表人： 联系电话：``; dates and units stay.
    """
    found = list(_LABEL.finditer(text))
    if not found or text[: found[0].start()].strip() or len(text) > 200:
        return None
    pieces = [text[: found[0].start()]]
    for match, after in zip(found, [*found[1:], None], strict=True):
        rest = text[match.end() : after.start() if after else len(text)]
        pieces.append(match[0])
        pieces.append(rest[len(rest.rstrip()) :] if match[1] in _PERSONAL else rest)
    result = "".join(pieces)
    return result if result != text and result.strip() != text.strip() else None


def _as_label(text: str) -> str:
    label = "".join(plain(text).split()).rstrip(":")
    return re.sub(r"\((?:签字|签章|签名|盖章)\)$|(?<=人)(?:签字|签章|签名|姓名)$", "", label)


def _numbers(text: str) -> Iterator[Hit]:
    taken: list[tuple[int, int]] = []

    def free(match: re.Match[str]) -> bool:
        span = match.span(1)
        if any(span[0] < end and start < span[1] for start, end in taken):
            return False
        taken.append(span)
        return True

    for match in _IDENTITY.finditer(text):
        if is_identity(match[1]) and free(match):
            yield Hit(IDENTITY, match[1])
    for match in _NEAR_IDENTITY.finditer(text):
        if free(match):
            yield Hit(IDENTITY, match[1])
    for match in _IDENTITY_OPEN.finditer(text):
        if 0 < match[1].count("*") < ENOUGH_STARS and int("0" + match[1][:2]) in _PROVINCES and free(match):
            yield Hit(IDENTITY, match[1])
    for match in _NEAR_ACCOUNT.finditer(text):
        if free(match):
            yield Hit(ACCOUNT, match[1])
    for match in _CARD.finditer(text):
        if passes_luhn(match[1]) and not _is_code(text, match) and free(match):
            yield Hit(ACCOUNT, match[1])
    for match in _MOBILE.finditer(text):
        if not _is_code(text, match) and free(match):
            yield Hit(MOBILE, match[1])
    for match in _MOBILE_OPEN.finditer(text):
        if 0 < match[1].count("*") < ENOUGH_STARS and free(match):
            yield Hit(MOBILE, match[1])
    for match in _TELEPHONE.finditer(text):
        if not _is_code(text, match) and free(match):
            yield Hit(TELEPHONE, match[1])
    for match in _NEAR_TELEPHONE.finditer(text):
        if not _is_date(match[1]) and free(match):
            yield Hit(TELEPHONE, match[1])


def is_identity(text: str) -> bool:
    """Tell whether 18 characters are the number of an identity card: province, date of birth, check digit."""
    digits = text.replace(" ", "").upper()
    if len(digits) != 18 or int(digits[:2]) not in _PROVINCES or not _is_date(digits[6:14]):
        return False
    total = sum(int(digit) * (2 ** (17 - place) % 11) for place, digit in enumerate(digits[:17]))
    return "10X98765432"[total % 11] == digits[17]


def passes_luhn(text: str) -> bool:
    """Tell whether the last digit of a card number is the one that the others ask for."""
    digits = [int(char) for char in text if char.isdigit()]
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = digit * 2 if place % 2 else digit
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def _is_code(text: str, match: re.Match[str]) -> bool:
    """Tell whether the words before a number say that it is a code or an amount."""
    return _CODE.search(text[max(0, match.start() - 12) : match.start()]) is not None


def _is_date(text: str) -> bool:
    if len(text) != 8 or not text.isdigit():
        return False
    try:
        return 1900 <= date(int(text[:4]), int(text[4:6]), int(text[6:])).year < 2100
    except ValueError:
        return False


def _names(text: str) -> Iterator[Hit]:
    for match in _ASKING.finditer(text):
        candidate = match[2].strip()
        spaced = re.match(r"([\u4e00-\u9fff]) ([\u4e00-\u9fff])(?![\u4e00-\u9fff])", candidate)
        shown = spaced[0] if spaced else candidate
        name = spaced[1] + spaced[2] if spaced else _NOT_OF_THE_NAME.split(candidate, maxsplit=1)[0]
        if not re.fullmatch(r"[\u3400-\u9fff]{2,4}|[\u3400-\u9fff]{1,8}[·•][\u3400-\u9fff·•]{1,8}", name):
            continue
        if name in _NO_NAME or _BODY.search(name):
            continue
        if match[1] in _SIGNER or has_surname(name):
            yield Hit(NAME, shown if spaced else name)
