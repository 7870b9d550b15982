"""Formula texts with moved references."""

from __future__ import annotations

import pytest

from xlperf.template.rewrite import Corners, rewrite


def down(sheet: str | None, corners: Corners) -> Corners:
    top, left, bottom, right = corners
    return top + 1, left, bottom + 1, right


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A1+$B$2", "A2+$B$3"),
        ("SUM(A1:B$2,'附件 3'!C3)", "SUM(A2:B$3,'附件 3'!C4)"),
        ('IF(A1="A1","B2",附件1!C3)', 'IF(A2="A1","B2",附件1!C4)'),
        ("LOG10(A1)+项目1_执行率", "LOG10(A2)+项目1_执行率"),
        ("SUM(附件2:报告附表!$AK$1)", "SUM(附件2:报告附表!$AK$2)"),
        ('"他说""A1"""&A1', '"他说""A1"""&A2'),
        ("ABC+A1B2+A1.5", "ABC+A1B2+A1.5"),
    ],
)
def test_only_references_move(text: str, expected: str) -> None:
    assert rewrite(text, down) == expected


def test_names_are_renamed_and_functions_kept() -> None:
    def rename(word: str) -> str:
        return word.replace("项目1_", "项目12_")

    text = 'IF(项目1_总分="","",ROUND(项目1_总分,2))&"项目1_"'
    assert rewrite(text, lambda _, c: c, rename) == 'IF(项目12_总分="","",ROUND(项目12_总分,2))&"项目1_"'
