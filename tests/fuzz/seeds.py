"""Writes the first inputs of the corpus: parts of the small workbook, formulas of each kind, cells, moves."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

from fuzz_targets import _ORDER, NS, OFFICE, PARTS, zipped

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]

_SHEET = f'<worksheet xmlns="{NS}" xmlns:r="{OFFICE}">'
SHEETS = (
    '<sheetData><row r="2" hidden="1"><c r="A2" t="inlineStr"><is><r><t xml:space="preserve"> a</t></r>'
    "<t>b</t></is></c>"
    '<c r="B2" t="str"><f>"x"&amp;A1</f><v>_x000D_x</v></c><c t="b"><v>1</v></c>'
    '<c t="e"><v>#N/A</v></c></row></sheetData>',
    '<sheetData><row r="1"><c r="A1"><f t="shared" ref="A1:A3" si="0">B1+$C$1</f><v>1</v></c></row>'
    '<row r="2"><c r="A2"><f t="shared" si="0"/><v>1.5E-3</v></c></row></sheetData>',
    '<sheetData><row r="1"><c r="A1"><f t="array" ref="A1:B2">ROW()</f><v>1</v></c></row><row>'
    '<c r="C3" t="d"><v>2024-03-15'
    '</v></c></row></sheetData><mergeCells count="1"><mergeCell ref="A5:B6"/></mergeCells>',
    '<sheetProtection sheet="1"/><sheetData/><dataValidations><dataValidation type="list" sqref="A1 B2:C3">'
    '<formula1>"a,b"'
    "</formula1></dataValidation></dataValidations><extLst><ext><x14:dataValidations xmlns:x14="
    '"http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" xmlns:xm="http://schemas.microsoft.com/office/excel/'
    '2006/main"><x14:dataValidation type="list"><x14:formula1><xm:f>A1</xm:f></x14:formula1><xm:sqref>A9</xm:sqref>'
    "</x14:dataValidation></x14:dataValidations></ext></extLst>",
    '<sheetData><row r="1"><c r="A1" s="1"/><c r="B1" s="0"></c><c r="C1"><f t="dataTable" r1="A1" '
    'r2="B1" ref="C1:D2"/>'
    "<v>1</v></c></row></sheetData>",
)
FORMULAS = (
    "SUM(A1:A3)*2-1",
    'IF(AND(A1>0,B1<>""),"是","否")',
    "IFERROR(1/0,附件3-1!B2)",
    "SUMPRODUCT((A1:A5>0)*1,A1:A5)",
    'COUNTIF(B1:B6,"a~*?*")',
    'TEXT(A5,"yyyy年m月d日")',
    'TEXT(-1234.5,"#,##0.00;[红色]-0.0%")',
    "VLOOKUP(1.5,A1:B4,2,FALSE)",
    "INDEX(A1:B4,2,1)",
    "MATCH(-3,A1:A3,0)",
    "ROUND(A1*1.15,2)",
    "甲+区",
    "SUM('表:附件3-1'!A1)",
    "SUM(A:A,1:1)",
    "-(-A1)%^2",
    '"a"&1/3&TRUE',
    "{1,2;3,4}",
    "SUM({1,-2;3,4}*2)",
    'SUBSTITUTE(B1,"文",REPT("ab",9),1)',
    "SWITCH(A1,1,2,1.5,3,4)",
    "CHOOSE(2,A1,B1)",
    "IFS(A1>9,1,TRUE,2)",
    "XLOOKUP(1.5,A1:A3,B1:B3,0)",
    'SEARCH("*a?",B6)',
    "DATE(2024,13,-5)",
    'DATEDIF(A5,A5+400,"ym")',
    "EDATE(A5,-1)",
    "MOD(-7,3)",
    "1E308*10",
    "1E999",
    "inf",
    "SUM(IF(A1,A1:A3,B1))",
    'COUNT(1,"a",A1:B6)',
    "'It''s'!A1+'A B'!$B$2",
    "LET(x,1,x)",
    "[1]x!A1",
    "A1 B1",
    "A1#",
    "@A1",
    "#REF!+1",
    "TRUE()",
    "_xlfn.CONCAT(A1:B2)",
    'TEXTJOIN(",",TRUE,A1:B6)',
    "LARGE(A1:A6,2)",
    "RANK(A1,A1:A3)",
    "SUM((A1,B2),A3)",
    'PROPER("a b")',
    "ROW()+COLUMNS(A1:C1)",
    "N(A1:B2)&T(B1)",
    'AVERAGEIFS(A1:A3,A1:A3,">=-3",B1:B3,"<>")',
    'LENB(B1)+CODE("a")',
)


def main() -> None:
    inputs: dict[str, list[bytes]] = {"reader": [], "formula": [text.encode() for text in FORMULAS], "helpers": []}
    for place, part in enumerate(_ORDER):
        inputs["reader"].append(bytes([place]) + PARTS[part])
    for text in SHEETS:
        inputs["reader"].append(b"\0" + (_SHEET + text + "</worksheet>").encode())
        inputs["helpers"].append(b"\0" + text.replace("<sheetData>", "").replace("</sheetData>", "").encode())
    inputs["reader"].append(bytes([len(_ORDER)]) + zipped(PARTS))
    inputs["reader"].append(b"\0" + (_SHEET + "<sheetData/></worksheet>").encode("utf-16"))
    inputs["helpers"].append(b"\0" + b'<row r="1"><c r="A1" s="3"/><c r="B1"><v>1</v></c><x:c/></row><row r="2"/>')
    inputs["helpers"] += [bytes([1, 0, 3, 0, 2]) + bytes(range(start, start + 60)) * 2 for start in (0, 90, 160, 190)]
    with zipfile.ZipFile(next(iter(sorted((ROOT / "samples").glob("*.xlsx"))))) as archive:
        inputs["reader"].append(bytes([3]) + archive.read("xl/styles.xml"))
    for target, contents in inputs.items():
        folder = HERE / "corpus" / target
        folder.mkdir(parents=True, exist_ok=True)
        for content in contents:
            (folder / f"seed-{hashlib.sha1(content, usedforsecurity=False).hexdigest()[:12]}").write_bytes(content)


if __name__ == "__main__":
    main()
