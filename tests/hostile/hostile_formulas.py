"""Formulas that would take for ever, fetch something, or blow up: each inside an otherwise sound form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from xml.sax.saxutils import escape

from hostile_parts import FEW, FORM, OFFICE, Case, put, sample, swap, with_names, with_rows, zipped
from hostile_sizes import rows

_ROW = 2001


def _formulas(*texts: str, names: Mapping[str, str] | None = None, official: bool = True) -> bytes:
    """Return the form with these formulas beside it, the first one also in the place of an official formula."""
    cells = "".join(
        f'<row r="{_ROW + i}"><c r="A{_ROW + i}"><f>{escape(text)}</f><v>1</v></c></row>'
        for i, text in enumerate(texts)
    )
    listed = "".join(f'<definedName name="{name}">{escape(text)}</definedName>' for name, text in (names or {}).items())
    parts = put(with_names(listed), FORM, "</sheetData>", cells)
    if official:
        parts = swap(parts, FORM, "<f>[^<]*</f>", f"<f>{escape(texts[0])}</f>")
    return zipped(parts, 1)


def _bomb(*texts: str, names: Mapping[str, str] | None = None, status: tuple[int, ...] = (1,)) -> Case:
    return Case(lambda: _formulas(*texts, names=names), status, engine=2.0)


def _grid(height: int, width: int, formula: Callable[[int, int], str], level: int = 1) -> Case:
    return Case(
        lambda: zipped(with_rows(rows(height, width, lambda r, c: f"<f>{escape(formula(r, c))}</f><v>1</v>")), level),
        (0, 1),
        engine=FEW,
    )


def _refused_grid(height: int, width: int, formula: str, words: str) -> Case:
    return Case(lambda: zipped(with_rows(rows(height, width, lambda r, c: f"<f>{formula}</f>")), 1), words=words)


def _nested(before: str, inner: str, after: str, times: int) -> str:
    return before * times + inner + after * times


def _shared(height: int, width: int, text: str) -> bytes:
    def cell(row: int, column: int) -> str:
        first = f' ref="A2001:SR{2000 + height}"' if (row, column) == (_ROW, 0) else ""
        return f'<f t="shared" si="0"{first}>{escape(text) if first else ""}</f><v>1</v>'

    return zipped(with_rows(rows(height, width, cell)), 1)


def _array(area: str, text: str) -> bytes:
    row = f'<row r="2001"><c r="A2001"><f t="array" ref="{area}">{escape(text)}</f><v>1</v></c></row>'
    return zipped(with_rows(row))


def _doubling() -> Iterable[str]:
    yield '"ab"'
    for i in range(40):
        yield f"A{_ROW + i}&A{_ROW + i}"


def _name_bomb() -> dict[str, str]:
    return {"弹0": "附件1!$A$1", **{f"弹{i}": f"弹{i - 1}+弹{i - 1}" for i in range(1, 31)}}


def _over_sheets() -> bytes:
    """A form with 250 more sheets, and sums over all of them."""
    parts = sample()
    entries, links = [], []
    for i in range(250):
        parts[f"xl/worksheets/more{i}.xml"] = (
            b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
            b'<row r="1"><c r="A1"><v>1</v></c></row><row r="300"><c r="Z300"><v>1</v></c></row></sheetData>'
            b"</worksheet>"
        )
        entries.append(f'<sheet name="m{i}" sheetId="{i + 50}" r:id="more{i}"/>')
        links.append(f'<Relationship Id="more{i}" Type="{OFFICE}/worksheet" Target="worksheets/more{i}.xml"/>')
    parts = put(parts, "xl/workbook.xml", "</sheets>", "".join(entries))
    parts = put(parts, "xl/_rels/workbook.xml.rels", "</Relationships>", "".join(links))
    cells = rows(500, 4, lambda r, c: f"<f>SUM('m0:m249'!A:Z)+{c}+{r}*0</f><v>1</v>")
    return zipped(put(parts, FORM, "</sheetData>", cells), 1)


def _values_and(formula: Callable[[int], str], count: int) -> bytes:
    """50 000 values (A:J, 5 000 rows of another sheet's kind) and ``count`` formulas that read them all."""
    parts = with_rows(rows(5_000, 10, lambda r, c: f"<v>{r % 7}</v>"), "xl/worksheets/sheet4.xml")
    width = 10
    cells = rows(count // width, width, lambda r, c: f"<f>{escape(formula(r * width + c))}</f><v>1</v>")
    return zipped(put(parts, FORM, "</sheetData>", cells), 1)


def _long_text(formula: str, count: int) -> bytes:
    """A cell of the longest text, and ``count`` formulas that work on it."""
    parts = with_rows(
        f'<row r="1999"><c r="A1999" t="str"><v>{"a" * 32_767}</v></c></row>'
        + rows(count // 10, 10, lambda r, c: f"<f>{escape(formula)}</f><v>1</v>")
    )
    return zipped(parts, 1)


_ALL = "'附件3-1'!$A$2001:$J$7000"
_STARS = "*a*a*a*a*a*a*a*b"

FORMULAS: dict[str, Case] = {
    # length and depth
    "500 nested IF": _bomb(_nested("IF(TRUE,", "1", ",0)", 500)),
    "500 parentheses": _bomb(_nested("(", "1", ")", 500)),
    "64 nested IF": _bomb(_nested("IF(A1,", "1", ",0)", 64)),
    "64 nested SUMPRODUCT": _bomb(_nested("SUMPRODUCT(", "A1:A9", "*2)", 64)),
    "64 nested IFERROR": _bomb(_nested("IFERROR(", "1/0", ",1/0)", 64)),
    "64 nested IF in both branches": _bomb(_nested("IF(IF(A1,B1,C1),", "1", ",0)", 60)),
    "8 000 minus signs": _bomb("-" * 8000 + "1"),
    "400 minus signs": _bomb("-" * 400 + "A1"),
    "8 000 percent signs": _bomb("1" + "%" * 8000),
    "4 000 plus": _bomb("1" + "+1" * 4000),
    "250 plus": _bomb("A1" + "+A1" * 250),
    "250 powers": _bomb("2" + "^2" * 250),
    "4 000 comparisons": _bomb("1" + "=1" * 4000),
    "600 concatenations": _bomb('"a"' + '&"a"' * 600),
    "8 000 characters of text": _bomb('"' + "长" * 8000 + '"'),
    "8 193 characters": Case(lambda: _formulas('"' + "a" * 8191 + '"'), words="超过 8192 个字符"),
    "100 000 characters": Case(lambda: _formulas("1+" * 50_000 + "1"), words="超过 8192 个字符"),
    "2 600 arguments": _bomb("SUM(" + ",".join(["A1"] * 2600) + ")"),
    "a number of 8 000 digits": _bomb("9" * 8000),
    "1e999999999": _bomb("1E999999999", "1e308*10", "-1e308*10", "10^400", "2^1024", "9^9^9^9", "0^0", "(-8)^(1/3)"),
    # never closed, not known
    "unclosed LET": _bomb("LET(x0,0,x1,x0+1," * 400),
    "LET": _bomb("LET(" + "".join(f"x{i},{i}," for i in range(500)) + "1)"),
    "LAMBDA recursion": _bomb("LAMBDA(x,f(x)+f(x))(1)", "f(30)", names={"f": "LAMBDA(x,f(x-1)+f(x-1))"}),
    "MAKEARRAY, SEQUENCE, FACT": _bomb(
        "SUM(SEQUENCE(1048576,16384))",
        "SUM(MAKEARRAY(9999,9999,LAMBDA(r,c,r*c)))",
        "FACT(1e6)",
        "COMBIN(1e9,5e8)",
        "REDUCE(0,SEQUENCE(1e9),LAMBDA(a,b,a+b))",
        "RANDARRAY(1e4,1e4)",
        "BASE(1e15,2,255)",
    ),
    "REGEXTEST": _bomb('REGEXTEST("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!","(a+)+$")'),
    "unclosed everything": _bomb("SUM(A1:A9", '"abc', "'附件1", "{1,2", "[1]x", "A1:", "A1!", "!A1", "#REF", "1E", "$"),
    "foreign signs": _bomb(
        "\u202e1+1", "1\u00a0+1", "１＋１", "A１", "\u2028", "=1", "==1", "@A1", "@@A1", "A1#", "\ufeff1"
    ),
    "python": _bomb(
        '__import__("os").system("id")',
        "().__class__",
        "lambda:0",
        "get[0]",
        "f_SUM(1)",
        "{0}{1}",
        "%s%n",
        '"\\"+__import__("os").system("id")+"',
        "'x''];import os;['!A1",
    ),
    # growing texts
    "REPT 1e9": _bomb('REPT("a",1e9)', 'REPT("a",1e300)', 'REPT("",1e15)', 'LEN(REPT("长",32767))'),
    "doubling 40 times": _bomb(*_doubling()),
    "growth by SUBSTITUTE": _bomb(
        'REPT("a",32767)',
        f'SUBSTITUTE(A{_ROW},"a",A{_ROW})',
        f'SUBSTITUTE(SUBSTITUTE(A{_ROW},"a","bb"),"b","cc")',
        f'SUBSTITUTE(A{_ROW},"a","",1e15)',
    ),
    "TEXTJOIN over a million": _bomb(
        'TEXTJOIN(",",FALSE,B1:B1048576)', "CONCAT(B:XFD)", 'TEXTJOIN("aa",TRUE,1:1048576)'
    ),
    "REPLACE, MID, LEFT far out": _bomb(
        'REPLACE("a",1e15,1e15,"b")', 'MID("a",1e300,1)', 'LEFT("a",-1)', 'FIND("a","a",1e15)'
    ),
    "TEXT with monstrous formats": _bomb(
        'TEXT(1e300,"' + "0" * 254 + '")',
        'TEXT(1e300,"0.' + "0" * 252 + '")',
        'TEXT(1e-300,"#,##0.' + "0" * 240 + '")',
        'TEXT(1,"' + "%" * 255 + '")',
        'TEXT(1e308,"' + "%" * 250 + '0")',
        'TEXT(1,"' + "0," * 120 + '0")',
        'TEXT(1,REPT("0",32767))',
        'TEXT(1e300,"yyyy")',
        'TEXT(-1,"' + "y" * 200 + '")',
        'TEXT(1,"' + ";" * 200 + '")',
        'TEXT(1,"[>1e999]0")',
        'TEXT(1e300,"0.0%E+0")',
        'TEXT(1,"0E+' + "0" * 200 + '")',
        'TEXT(1e-320,"0.00")',
    ),
    # wild cards
    "wild cards in COUNTIF": Case(lambda: _long_text(f'COUNTIF(A$1999:A$1999,"{_STARS}")', 500), (0, 1), engine=FEW),
    "wild cards in SEARCH": Case(lambda: _long_text(f'SEARCH("{_STARS[1:]}",A$1999)', 500), (0, 1), engine=FEW),
    "wild cards in MATCH": _bomb(
        'REPT("a",32767)',
        f'MATCH("{_STARS}",A{_ROW}:A{_ROW},0)',
        f'VLOOKUP("{"?*" * 7}b",A:A,1,0)',
        f'SEARCH("{"~*" * 100}",A{_ROW})',
        f'SEARCH("{"?" * 200}*b",A{_ROW})',
    ),
    # dates and extremes
    "dates beyond the calendar": _bomb(
        "DATE(9999,1e6,1)",
        "DATE(1e300,1,1)",
        "DATE(9999,12,1e6)",
        "EDATE(45000,1e15)",
        "EOMONTH(2958465,1)",
        "YEAR(1e300)",
        "WEEKDAY(1e15)",
        'DATEDIF(0,2958465,"d")',
        'DATEVALUE("9999-99-99")',
        "DAYS(1e308,-1e308)",
    ),
    "rounding extremes": _bomb(
        "ROUND(1e308,-400)",
        "ROUND(1,1e15)",
        "MOD(1e300,3)",
        "INT(1e308)",
        "CEILING(1e308,1e-308)",
        "MROUND(1e308,7)",
        "FLOOR(1e308,1e-300)",
        "TRUNC(1e308,308)",
        "LARGE(A1:A9,1e300)",
    ),
    # names and circles
    "a name in a circle": _bomb("循环甲", "循环乙+1", names={"循环甲": "循环乙", "循环乙": "循环甲"}),
    "a name that is itself": _bomb("自己", names={"自己": "自己+1"}),
    "a name bomb": _bomb("弹30", "弹10", "弹7", names=_name_bomb()),
    "names that multiply": _bomb(
        "+".join(["乘甲"] * 60), names={"乘甲": "+".join(["乘乙"] * 60), "乘乙": "+".join(["附件1!$A$1"] * 60)}
    ),
    "formulas in a circle": _bomb(f"A{_ROW + 1}", f"A{_ROW}", f"A{_ROW + 2}", f"SUM(A{_ROW}:A{_ROW + 9})"),
    "5 000 formulas in one circle": _grid(5000, 1, lambda r, c: f"A{r + 1 if r < 7000 else 2001}+1"),
    # many and large
    "100 000 formulas": _refused_grid(200, 500, "1+1", "公式多于"),
    "46 000 formulas of one form": _grid(92, 500, lambda r, c: f"A{r - 1}+1"),
    "46 000 formulas of one text": _grid(92, 500, lambda r, c: "B1+C1"),
    "46 000 different formulas": _grid(92, 500, lambda r, c: f"B1+{r}*{c}+SUM(C1:C{c + 1})"),
    "46 000 long different formulas": _grid(
        92, 500, lambda r, c: f"IF(A1>{r},B{c + 1}*{c}+{r},ROUND(C1/{c + 1},{r % 9}))&D1"
    ),
    "1 000 formulas of 8 000 characters": _grid(100, 10, lambda r, c: f"SUM({r},{c}" + ",A1" * 1300 + ")", 0),
    "1 000 chains of 255": _grid(100, 10, lambda r, c: f"{r}*{c}" + "+A1*B2" * 250),
    "a chain of 18 000": _grid(18_000, 1, lambda r, c: f"A{r - 1}+1" if r > 2001 else "1"),
    "a chain of 18 000 upwards": _grid(18_000 - 2001, 1, lambda r, c: f"A{r + 1}+1"),
    "running totals over 10 000": _grid(10_000, 1, lambda r, c: f"SUM(A$2000:A{r - 1})"),
    "30 000 formulas that each read all others": _grid(
        60, 500, lambda r, c: f"SUM($A$2061:$SR$2120)+COUNT($A$1:$SR${r - 1})"
    ),
    "shared formula of 46 000": Case(lambda: _shared(92, 500, "SUM(B1:C1)+$A$1"), (0, 1), engine=FEW),
    "shared formula of 46 000 long ones": Case(lambda: _shared(92, 500, "+".join(["B1"] * 1500)), (1, 2)),
    "shared formula without master": Case(
        lambda: zipped(with_rows('<row r="2001"><c r="A2001"><f t="shared" si="7"/><v>1</v></c></row>')),
        words="没有来源",
    ),
    "array over the whole sheet": Case(lambda: _array("A2001:XFD1048576", "1+1"), words="超出了允许的范围"),
    "array over 10 000 000": Case(lambda: _array("A1:SR20000", "1+1"), words="公式过多"),
    "array over 45 000": Case(lambda: _array("A2001:SR2090", "ROW(A1:A9)"), (0, 1), engine=FEW),
    "whole columns": _grid(20, 10, lambda r, c: f"SUMPRODUCT('附件3-1'!A:A*'附件3-1'!B:B)+SUM(B:XFD)*0+{r}"),
    "whole columns counted": _grid(
        20, 10, lambda r, c: f"COUNTIF('附件3-1'!A:XFD,\"x{r}\")+COUNTBLANK(1:1048576)+MATCH(9,'附件2'!A:A,0)"
    ),
    "sums over 250 sheets": Case(_over_sheets, (0, 1), engine=FEW),
    "40 000 sums of the same 50 000 cells": Case(
        lambda: _values_and(lambda i: f"SUM({_ALL})", 40_000), (0, 1), engine=FEW
    ),
    "40 000 counts of 50 000 cells": Case(
        lambda: _values_and(lambda i: f'COUNTIF({_ALL},"<>{i}*")', 40_000), (0, 1), engine=FEW
    ),
    "2 000 array products": Case(
        lambda: _values_and(
            lambda i: "SUMPRODUCT(" + "*".join(["('附件3-1'!$A$2001:$J$2400>1)"] * 100) + f"+{i})", 2_000
        ),
        (0, 1),
        engine=FEW,
    ),
    "20 000 sums of 4 000 cells": Case(
        lambda: _values_and(lambda i: "SUM('附件3-1'!$A$2001:$J$2400)", 20_000), (0, 1), engine=FEW
    ),
    "20 000 works on the longest text": Case(
        lambda: _long_text('LEN(SUBSTITUTE(UPPER(A$1999),"A","b"))+LEN(TRIM(CLEAN(PROPER(A$1999))))', 20_000),
        (0, 1),
        engine=FEW,
    ),
    # fetching
    "WEBSERVICE and its like": _bomb(
        'WEBSERVICE("http://127.0.0.1:9/?"&A1)',
        'HYPERLINK("http://127.0.0.1:9/","x")',
        'RTD("prog",,"x")',
        'CALL("kernel32","WinExec","JCJ","calc",0)',
        'REGISTER.ID("kernel32","x")',
        'IMAGE("http://127.0.0.1:9/x.png")',
        'FILTERXML("<a/>","//a")',
        'STOCKHISTORY("x",1)',
        'INDIRECT("[x.xlsx]a!A1")',
        'CUBEVALUE("x")',
        'EXEC("calc")',
        'INFO("directory")',
        'CELL("filename")',
        "OFFSET(A1,1e6,1e6,1e6,1e6)",
    ),
    "DDE": _bomb("cmd|'/C calc'!A0", "MSEXCEL|'\\..\\x.exe'!''", "_xlfn.SINGLE(cmd|'/C calc'!A0)"),
    "other files": _bomb(
        "[other.xlsx]S!A1",
        "'../x/[other.xlsx]S'!C3",
        "'/etc/[passwd]S'!A1",
        "'http://127.0.0.1:9/[x]S'!A1",
        "'\\\\127.0.0.1\\s\\[x.xlsx]S'!A1",
        "[1]S!A1",
        "[99999]S!A1",
        "'file:///etc/passwd'!A1",
    ),
}
