"""Words of matters that a person must look at before they are published (rule D03), by the matter they belong to.

This is the whole list; ``xlperf rule D03`` prints it. A word is found wherever it stands in a text. It says nothing
about whether the text may be published: that is for a person to decide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

WORDS: Mapping[str, tuple[str, ...]] = {
    "涉密": (
        "绝密", "机密", "秘密级", "涉密", "国家秘密", "机要", "密级", "内部资料", "不宜公开", "不得公开", "不予公开",
    ),
    "案件": ("立案", "结案", "办案", "涉案", "案件", "案源", "问题线索", "信访举报", "举报件", "留置", "双规"),
    "人员处分": ("党纪处分", "政务处分", "处分", "开除", "免职", "撤职", "问责", "诫勉", "组织处理", "双开"),
    "离休遗属": ("离休", "遗属", "遗孀", "抚恤", "丧葬"),
    "困难和特殊人员": ("特困", "低保户", "艾滋", "吸毒", "戒毒", "精神病", "精神障碍", "社区矫正", "刑满", "未成年"),
    "维稳涉军": ("维稳", "上访", "反恐", "涉军", "国家安全", "国防", "武器", "警力", "邪教"),
}
#: ``69件75人``: a number of cases and of the people in them.
_CASES = r"[0-9]+ ?件,? ?(?:涉及)?,? ?[0-9]+ ?人"  # compiled at its first use: a plain check has none


def matters(text: str) -> Iterator[tuple[str, str]]:
    """Yield the matter and the word of each sensitive word in a text."""
    for matter, words in WORDS.items():
        yield from ((matter, word) for word in words if word in text)
    for match in re.finditer(_CASES, text.replace("，", ",")):
        yield "案件", match[0]


def listed() -> str:
    """Return the whole list as a sentence has it."""
    groups = (f"{matter}（{'、'.join(words)}）" for matter, words in WORDS.items())
    return "；".join(groups)
