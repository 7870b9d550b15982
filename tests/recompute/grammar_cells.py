# ruff: noqa: E501  formulas and tables of cases stand on lines of their own
"""The cells that formulas at random read, and the constants, formats and criteria they are put together of."""

from __future__ import annotations

from collections.abc import Sequence

from xlperf.values import ExcelError, Scalar

ROWS = 12
_COLUMNS: dict[str, Sequence[Scalar]] = {
    # amounts, with blanks, halves and a residue
    "A": [1250.5, -88.25, 0, None, 1.005, 2.675, 1234567.89, 100, None, 0.1, 365.26, -12],
    # categories and names, with blanks and an empty text
    "B": ["产出指标", "效益指标", "产出指标", None, "满意度", "", "abc", "ABC", "产出*", "a?c", "成本指标", "x1"],
    # numbers written as text beside numbers
    "C": ["16", 16, "12.5%", "1,234", " 7 ", "6次", None, "无", 3, "—", "1E3", "-2"],
    # dates, some with a time
    "D": [45366, 45292, 45322, 45351, None, 45657, 45366.75, 45412, 36526, 44927, 45000, 45383.25],
    # truths and errors among numbers
    "E": [1, True, 5, False, None, 2, ExcelError.NA, 4, ExcelError.DIV0, "文", 8, 3],
    # in ascending order, with their grades beside
    "F": [0, 60, 70, 80, 90, 95, 100, 120, 150, 200, 300, 1000],
    "G": ["差", "中", "良", "优", "特", "甲", "乙", "丙", "丁", "戊", "己", "庚"],
    # codes, with leading zeros
    "H": ["048001", "048002", "050101", "48001", "001", "1", "07", "048001", None, "2024", "A-1", "a-1"],
    # whole numbers
    "I": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
    # amounts without blanks
    "J": [200.05, 185.76, 14.29, 378.3, 365.26, 0.5, 99.995, 1000, 33.33, 66.67, 12.345, 7],
}
CELLS: dict[str, Scalar] = {
    f"{column}{row}": value for column, values in _COLUMNS.items() for row, value in enumerate(values, 1)
}
NUMBERS = ("1", "2", "3", "0", "100", "12", "0.5", "2.5", "0.1", "0.3", "1.005", "2.675", "99.99", "1234.56", "-1", "-2.5",
            "45366", "1E6", "123456789", "1234567890123", "0.0001", "10000", "7", "4.35", "1.1", "33", "50")  # fmt: skip
TEXTS = ("产出指标", "abc", "", "A", "b", "指标", "万元", "12", "3.50", "2024-03-15", "2024年3月5日", "2024/12/31", "一、", "x",
          " 前后 ", "10%", "ab cd", "Hello World", "0", "TRUE", "、", "-", "（甲）", "1,000", "元")  # fmt: skip
NUMBER_FORMATS = ("0", "0.00", "#,##0", "#,##0.00", "0.0%", "0%", "0.00%", "#", "#.##", "000", "0.00;-0.00;零", "0万元", "#,##0.0#",
                   "0.0,", "￥#,##0.00", "0.00E+00", "General", "0.00_ ", "#,##0.00;(#,##0.00)", "\"共\"0\"项\"", "+0;-0;0", "0000.0",
                   "#,##0;[红色]-#,##0", "0,000", "@")  # fmt: skip
DATE_FORMATS = ("yyyy-mm-dd", "yyyy年m月d日", "yyyy/m/d", "m月d日", "yyyymmdd", "yy-m", "d", "mm", "mmm", "yyyy年mm月", "hh:mm",
                 "h:mm:ss", "yyyy-mm-dd hh:mm", "dddd", "ddd", "mmmm d, yyyy", "h:mm AM/PM", "yyyy\"年度\"")  # fmt: skip
CRITERIA = ("\">0\"", "\">=100\"", "\"<>0\"", "\"<>\"", "\"=\"", "\"\"", "\"产出*\"", "\"*指标\"", "\"???\"", "\"abc\"", "\"产出~*\"", "\"a?c\"",
             "16", "\"16\"", "\"=16\"", "\"<=2.675\"", "0", "\"<>产出指标\"", "\">1E2\"", "\"048001\"", "\"<0\"", "\">=2024-3-1\"", "\"*\"",
             "\"<>*指标\"", "TRUE", "\"=产出指标\"", "\"12.5%\"", "\"1*\"")  # fmt: skip
