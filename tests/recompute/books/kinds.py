# ruff: noqa: E501  formulas and tables of cases stand on lines of their own
"""The workbooks of the corpus, each a kind that accountants have; all names and figures are made up."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from xlperf.address import column_letters
from xlperf.values import Scalar

Rows = Sequence[Sequence[Scalar]]
UNITS = ("办公室", "财务科", "农业科", "教育科", "卫健科", "交通科", "水利科", "民政科", "文旅科", "信访科")
ITEMS = ("差旅费", "会议费", "培训费", "印刷费", "咨询费", "维修费", "租赁费", "劳务费", "邮电费", "取暖费")


@dataclass
class Book:
    """A workbook to be made: rows from A1 by sheet (text beginning with = is a formula), names, arrays, tables.

    ``saved_by`` is the program whose file it is: LibreOffice's own, or XlsxWriter's, openpyxl's or a WPS-like one with
    shared formulas, into which the results of LibreOffice are put.
    """

    sheets: dict[str, Rows]
    names: Mapping[str, str] = field(default_factory=dict)
    arrays: Mapping[tuple[str, str], str] = field(default_factory=dict)
    tables: Mapping[tuple[str, str], tuple[str, list[str]]] = field(default_factory=dict)
    saved_by: str = "libreoffice"
    hidden: Sequence[tuple[str, int]] = ()


KINDS: dict[str, Callable[[], Book]] = {}


def _kind(name: str) -> Callable[[Callable[[], Book]], Callable[[], Book]]:
    def keep(make: Callable[[], Book]) -> Callable[[], Book]:
        KINDS[name] = make
        return make

    return keep


def _chance(name: str) -> random.Random:
    return random.Random(f"xlperf {name}")


def _money(chance: random.Random, most: float = 500.0) -> float:
    return round(chance.uniform(-most / 20, most), 2)


@_kind("预算执行表")
def _budget() -> Book:
    chance = _chance("budget")
    rows: list[list[Scalar]] = [["单位", "年初预算", "调整", "全年预算", "执行数", "结余", "执行率", "评价"]]
    for r, unit in enumerate(UNITS, 2):
        rows.append([unit, _money(chance), _money(chance, 60), f"=B{r}+C{r}", round(abs(_money(chance)), 2), f"=D{r}-E{r}",
                     f'=IF(D{r}=0,"—",ROUND(E{r}/D{r},4))', f'=IF(G{r}="—","无预算",IF(G{r}>=0.95,"好",IF(G{r}>=0.8,"一般","差")))'])  # fmt: skip
    rows.append(["合计", *[f"=SUM({c}2:{c}11)" for c in "BCDEF"], "=IFERROR(E12/D12,0)", '=TEXT(G12,"0.00%")&"，共"&COUNTA(A2:A11)&"个单位"'])
    rows.append(["核对", "=B12+C12-D12", "=ROUND(D12-E12-F12,2)=0", "=MAX(D2:D11)", "=INDEX(A2:A11,MATCH(MAX(E2:E11),E2:E11,0))", "=AVERAGE(E2:E11)", "=MIN(G2:G11)", '=COUNTIF(H2:H11,"好")'])
    return Book({"预算执行": rows})


@_kind("三公经费")
def _three() -> Book:
    chance = _chance("three")
    rows: list[list[Scalar]] = [["项目", "上年决算", "本年预算", "本年决算", "比上年增减", "增减率", "控制率", "说明"]]
    for r, item in enumerate(("公务用车购置", "公务用车运行", "因公出国", "公务接待"), 2):
        rows.append([item, abs(_money(chance, 40)) if r != 4 else 0, abs(_money(chance, 40)), abs(_money(chance, 40)), f"=D{r}-B{r}", f'=IF(B{r}=0,"上年为0",E{r}/B{r})',
                     f"=ROUND(D{r}/C{r}*100,2)&\"%\"", f'=IF(D{r}>C{r},"超支"&TEXT(D{r}-C{r},"0.00")&"万元","未超")'])  # fmt: skip
    rows.append(["合计", "=SUM(B2:B5)", "=SUM(C2:C5)", "=SUM(D2:D5)", "=SUM(E2:E5)", "=E6/B6", '=TEXT(D6/C6,"0.0%")', '=IF(AND(D6<=C6,D6<=B6),"只减不增",IF(D6>C6,"超预算","高于上年"))'])
    rows.append(["占比", None, None, "=D3/D$6", '=TEXT(-E6,"0.00;减少0.00;持平")', "=ABS(F6)", '=LEFT(G2,LEN(G2)-1)*1', "=COUNTIF(H2:H5,\"超支*\")"])
    return Book({"三公经费": rows})


@_kind("人员名册")
def _roster() -> Book:
    chance = _chance("roster")
    people: list[list[Scalar]] = [["编号", "科室", "职务", "级别", "工资", "入职日期"]]
    for n in range(1, 16):
        people.append([f"{n:04d}", chance.choice(UNITS), chance.choice(("科长", "副科长", "科员")), chance.choice(("正科", "副科", "四级")), round(chance.uniform(3500, 9800), 2), chance.randint(36526, 45000)])
    look: list[list[Scalar]] = [["编号", "科室", "职务", "工资", "工龄", "入职", "名次"]]
    for r, key in enumerate(("0003", "0007", "0015", "0099", "1"), 2):
        look.append([key, *[f'=IFERROR(VLOOKUP($A{r},名册!$A$2:$F$16,{c},FALSE),"查无此人")' for c in (2, 3, 5)], f'=IFERROR(DATEDIF(VLOOKUP(A{r},名册!A:F,6,0),DATE(2024,12,31),"y"),0)',
                     f'=IF(ISTEXT(B{r}),IFERROR(TEXT(INDEX(名册!F$2:F$16,MATCH(A{r},名册!A$2:A$16,0)),"yyyy年m月"),"—"),"")', f'=IFERROR(RANK(D{r},名册!E$2:E$16),"")'])  # fmt: skip
    for r, unit in enumerate(UNITS[:5], 8):
        look.append([unit, f"=COUNTIF(名册!B:B,A{r})", f'=COUNTIFS(名册!B:B,A{r},名册!C:C,"科员")', f"=SUMIF(名册!B:B,A{r},名册!E:E)", f'=IF(B{r}=0,"",ROUND(D{r}/B{r},2))', f"=SUMPRODUCT((名册!B$2:B$16=A{r})*(名册!E$2:E$16>5000))", f'=IF(B{r}>0,"有","无")'])
    look.insert(6, ["科室", "人数", "科员", "工资合计", "平均", "五千以上", "有无"])
    return Book({"名册": people, "查询": look})


@_kind("明细账")
def _ledger() -> Book:
    chance = _chance("ledger")
    rows: list[list[Scalar]] = [["日期", "凭证", "科目", "借方", "贷方", "余额", "方向"]]
    for r in range(2, 42):
        debit = chance.random() < 0.55
        before = "0" if r == 2 else f"F{r - 1}"
        rows.append([45292 + r * 8, f"记-{r - 1:03d}", chance.choice(ITEMS), _money(chance) if debit else None, None if debit else _money(chance), f"=ROUND({before}+D{r}-E{r},2)", f'=IF(F{r}>0,"借",IF(F{r}<0,"贷","平"))'])
    sums: list[list[Scalar]] = [["科目", "借方合计", "贷方合计", "净额", "笔数", "最大一笔", "上半年"]]
    for r, item in enumerate(ITEMS, 2):
        sums.append([item, f"=SUMIFS(明细!D:D,明细!C:C,A{r})", f"=SUMIFS(明细!$E$2:$E$41,明细!$C$2:$C$41,A{r})", f"=B{r}-C{r}", f'=COUNTIFS(明细!C$2:C$41,A{r},明细!D$2:D$41,">0")',
                     f"=SUMPRODUCT(MAX((明细!C$2:C$41=A{r})*明细!D$2:D$41))" if r == 99 else f"=MAXIFS(明细!D$2:D$41,明细!C$2:C$41,A{r})", f'=SUMIFS(明细!D$2:D$41,明细!C$2:C$41,A{r},明细!A$2:A$41,"<"&DATE(2024,7,1))'])  # fmt: skip
    sums.append(["合计", *[f"=SUM({c}2:{c}11)" for c in "BCDEFG"]])
    sums.append(["核对", "=B12-SUM(明细!D2:D41)", "=C12=SUM(明细!E2:E41)", "=ROUND(D12-明细!F41,2)", "=COUNT(明细!D2:D41)", '=AVERAGEIF(明细!D2:D41,">100")', "=MEDIAN(明细!D2:D41)"])
    return Book({"明细": rows, "汇总": sums})


@_kind("月报三维汇总")
def _months() -> Book:
    chance = _chance("months")
    sheets: dict[str, Rows] = {}
    month_names = "零一二三四五六"
    for month in range(1, 7):
        sheets[f"{month_names[month]}月"] = [["项目", "金额", "累计"], *[[item, _money(chance) if chance.random() < 0.9 else None, f"=B{r}" if month == 1 else f"={month_names[month - 1]}月!C{r}+B{r}"] for r, item in enumerate(ITEMS, 2)], ["合计", "=SUM(B2:B11)", "=SUM(C2:C11)"]]
    total: list[list[Scalar]] = [["项目", "合计", "平均", "最大", "月数", "核对"]]
    for r in range(2, 13):
        total.append([f"=一月!A{r}", f"=SUM(一月:六月!B{r})", f"=AVERAGE(一月:六月!B{r})", f"=MAX(一月:六月!B{r})", f"=COUNT(一月:六月!B{r})", f"=ROUND(B{r}-六月!C{r},2)"])
    total.append(["总计", "=SUM(一月:六月!B2:B11)", "=B13-B12", '=IF(ABS(C13)<0.005,"平","不平")', "=COUNTA(一月:六月!A2:A11)", "=MIN(一月:六月!B2:B11)"])
    return Book({**sheets, "合计": total})


@_kind("评分表")
def _scores() -> Book:
    chance = _chance("scores")
    rows: list[list[Scalar]] = [["指标", "方向", "目标", "完成", "分值", "完成率", "得分", "等级", "等级2", "排名"]]
    for r in range(2, 22):
        kind = chance.choice(("≥", "≤", "＝", "定性", "≥"))
        rows.append([f"指标{r - 1}", kind, chance.choice((5, 80, 95.5, 100, 0.5)), chance.choice((4, 79.9, 100, 95.5, 0.6, None)), chance.choice((5, 10, 2.5)),
                     f'=IF(D{r}="","",IF(B{r}="≤",C{r}/D{r},D{r}/C{r}))', f'=IF(F{r}="",0,IF(B{r}="定性",E{r}*0.8,IF(AND(B{r}="＝",C{r}<>D{r}),0,ROUND(MIN(F{r},1)*E{r},2))))',
                     f'=IF(G{r}/E{r}>=0.9,"优",IF(G{r}/E{r}>=0.8,"良",IF(G{r}/E{r}>=0.6,"中","差")))', f'=LOOKUP(ROUND(G{r}/E{r},4),{{0,0.6,0.8,0.9}},{{"差","中","良","优"}})', f"=RANK(G{r},G$2:G$21)"])  # fmt: skip
    rows.append(["合计", None, None, None, "=SUM(E2:E21)", "=AVERAGE(F2:F21)", "=SUM(G2:G21)", '=_xlfn.IFS(G22/E22>=0.9,"优",G22/E22>=0.8,"良",G22/E22>=0.6,"中",TRUE,"差")', '=IF(SUMPRODUCT(--(H2:H21<>I2:I21))=0,"一致","不一致")', "=LARGE(G2:G21,3)"])
    rows.append(["换算", '=CHOOSE(MATCH(H22,{"差","中","良","优"},0),"D","C","B","A")', '=_xlfn.SWITCH(H22,"优",1,"良",2,"中",3,9)', "=SMALL(G2:G21,2)", "=G22/E22*100", '=TEXT(E23,"0.0")&"分"', '=COUNTIF(H2:H21,"优")/COUNTA(H2:H21)', '=COUNTIF(B2:B21,"≥")', "=ROUNDUP(E23,0)", "=ROUNDDOWN(E23,1)"])
    return Book({"评分": rows})


@_kind("日期")
def _dates() -> Book:
    chance = _chance("dates")
    rows: list[list[Scalar]] = [["开始", "月数", "到期", "月末", "年", "月", "日", "星期", "天数", "整年", "整月", "余月", "文字"]]
    for r in range(2, 22):
        rows.append([chance.randint(36526, 45657), chance.randint(-14, 60), f"=EDATE(A{r},B{r})", f"=EOMONTH(A{r},B{r})", f"=YEAR(C{r})", f"=MONTH(C{r})", f"=DAY(D{r})", f"=WEEKDAY(A{r},2)", f"=C{r}-A{r}",
                     f'=IF(C{r}<A{r},"",DATEDIF(A{r},C{r},"y"))', f'=IF(C{r}<A{r},"",DATEDIF(A{r},C{r},"m"))', f'=IF(C{r}<A{r},"",DATEDIF(A{r},C{r},"ym"))', f'=TEXT(A{r},"yyyy年m月d日")&"至"&TEXT(C{r},"yyyy-mm-dd")'])  # fmt: skip
    rows.append(["=MIN(A2:A21)", "=MAX(A2:A21)", "=DATE(2024,2,29)", "=DATE(2024,13,1)", "=DATE(2023,2,29)", "=DAYS(D22,C22)", '=DATEVALUE("2024-03-15")', '=IF(C22<=DATE(2024,12,31),"在期","过期")', "=DATE(YEAR(C22)+1,MONTH(C22),DAY(C22))", "=MOD(C22,7)", '=TEXT(C22,"yyyymmdd")*1', "=ROUND((D22-C22)/30,1)", '=TEXT(C22,"m月d日")'])
    return Book({"日期": rows})


@_kind("文字拼接")
def _texts() -> Book:
    rows: list[list[Scalar]] = [["名称", "数量", "单位", "印出", "长度", "截取", "替换", "大小写", "查找", "重复"]]
    for r, (name, count, unit) in enumerate((("培训", 6, "次"), ("  会 议 ", 12.5, "场"), ("Audit Report", 3, "份"), ("", None, "项"), ("（一）调研", 1234.56, "人/天"), ("A-B-C", 0, "%"), ("产出指标", 100, None), ("满意度≥95%", 95, "%")), 2):
        rows.append([name, count, unit, f'="≥"&B{r}&C{r}', f"=LEN(TRIM(A{r}))", f'=LEFT(A{r},2)&"|"&RIGHT(A{r},2)&"|"&MID(A{r},2,3)', f'=SUBSTITUTE(SUBSTITUTE(A{r}," ",""),"-","")', f"=UPPER(A{r})&LOWER(A{r})", f'=IFERROR(FIND("指标",A{r}),IFERROR(SEARCH("REPORT",A{r}),0))', f'=REPT("★",LEN(C{r}))'])
    rows.append(["=CONCATENATE(A2,B2,C2)", '=_xlfn.TEXTJOIN("、",TRUE,A2:A9)', "=_xlfn.CONCAT(B2:C4)", '=A2&"："&TEXT(B6,"#,##0.00")&"元"', '=EXACT(A2,"培训")', '=REPLACE(A4,1,5,"审计")', '=VALUE("1,234.5")+1', "=T(B2)&T(A2)", '=PROPER("hello WORLD")', "=CHAR(65)&_xlfn.UNICHAR(8805)&CODE(\"A\")"])
    return Book({"文字": rows})


@_kind("格式文字")
def _formats() -> Book:
    chance = _chance("formats")
    layouts = ("0.00", "#,##0.00", "0.0%", "000000", "#,##0", "0.00万元", "0.00;-0.00;零", "#,##0.00;(#,##0.00)", "0.00E+00", "\"共\"0\"项\"")
    rows: list[list[Scalar]] = [["数", *layouts]]
    for r in range(2, 22):
        value = chance.choice((0, 0.005, 0.125, 1.005, 2.675, -0.5, round(chance.uniform(-9999, 99999), chance.randint(0, 4)), 1234567.895, round(chance.uniform(0, 1), 4)))
        rows.append([value, *[f"=TEXT($A{r},{column_letters(c)}$1)" for c in range(2, len(layouts) + 2)]])
    return Book({"格式": rows})


@_kind("乘积求和")
def _products() -> Book:
    chance = _chance("products")
    rows: list[list[Scalar]] = [["科室", "类别", "数量", "单价", "金额"]]
    for r in range(2, 22):
        rows.append([chance.choice(UNITS[:4]), chance.choice(("A", "B", None)), chance.randint(0, 20), _money(chance, 90), f"=ROUND(C{r}*D{r},2)"])
    rows += [[unit, f"=SUMPRODUCT((A$2:A$21=A{r})*C$2:C$21*D$2:D$21)", f'=SUMPRODUCT((A$2:A$21=A{r})*(B$2:B$21="A"))', f"=SUMPRODUCT(--(A$2:A$21=A{r}),E$2:E$21)", f"=SUMPRODUCT((A$2:A$21=A{r})*ROUND(C$2:C$21*D$2:D$21,2))"] for r, unit in enumerate(UNITS[:4], 22)]
    rows.append(["合计", "=SUMPRODUCT(C2:C21,D2:D21)", '=SUMPRODUCT((B2:B21="")*1)', "=SUM(D22:D25)-SUM(E2:E21)", '=SUMPRODUCT(((A2:A21="办公室")+(A2:A21="财务科")>0)*E2:E21)'])
    rows.append(["不重复", "=SUMPRODUCT(1/COUNTIF(A2:A21,A2:A21))", "=SUMPRODUCT((LEN(A2:A21)>2)*1)", "=SUMPRODUCT((MOD(C2:C21,2)=0)*D2:D21)", "=SUMPRODUCT(C2:C21*(D2:D21>AVERAGE(D2:D21)))"])
    return Book({"乘积": rows})


@_kind("表格结构化引用")
def _tables() -> Book:
    chance = _chance("tables")
    rows: list[list[Scalar]] = [["项目", "预算", "执行", "结余"]]
    rows += [[item, abs(_money(chance)), abs(_money(chance)), "=支出表[[#This Row],[预算]]-支出表[[#This Row],[执行]]"] for item in ITEMS]
    out: list[list[Scalar]] = [["合计", "=SUM(支出表[预算])", "=SUM(支出表[执行])", "=SUM(支出表[结余])"], ["最大", "=MAX(支出表[预算])", '=COUNTIF(支出表[项目],"*费")', "=INDEX(支出表[项目],MATCH(MAX(支出表[执行]),支出表[执行],0))"], ["核对", "=B1-C1-D1", '=SUMIF(支出表[项目],"会议费",支出表[执行])', "=ROWS(支出表[预算])"], ["整表", "=SUM(支出表[[预算]:[执行]])", "=COUNTA(支出表[#Headers])", "=SUM(明细!B2:B11)"]]
    return Book({"明细": rows, "汇总": out}, tables={("明细", "A1:D11"): ("支出表", ["项目", "预算", "执行", "结余"])}, saved_by="xlsxwriter")


@_kind("名称种种")
def _names() -> Book:
    rows: list[list[Scalar]] = [["=税率", "=合计_金额", "=合计_金额*税率", "=本表_首格", "=单位名称&\"预算\"", "=限额判断", "=SUM(金额区)", "=IF(合计_金额>限额,\"超\",\"未超\")"], [100.5, 200.25, 300, None, -50, 0.125, 7, 9], ["=ROUND(合计_金额*税率,2)", "=COUNT(金额区)", "=AVERAGE(金额区)", "=INDEX(金额区,1,2)", "=MAX(金额区)*2", "=年度+1", "=各表!A2+别表_数", "=SUMPRODUCT(金额区,金额区)"]]
    other: list[list[Scalar]] = [["本表", "=本表_首格"], [12.5, "=合计_金额"]]
    return Book({"各表": rows, "第二张": other}, names={"税率": "0.13", "金额区": "各表!$A$2:$H$2", "合计_金额": "SUM(各表!$A$2:$H$2)", "限额": "500", "单位名称": '"办公室"', "限额判断": 'IF(SUM(各表!$A$2:$H$2)>500,"高","低")', "年度": "2024", "别表_数": "第二张!$A$2", "各表!本表_首格": "各表!$B$2", "第二张!本表_首格": "第二张!$A$2"})


@_kind("数组公式")
def _arrays() -> Book:
    chance = _chance("arrays")
    rows: list[list[Scalar]] = [["数量", "单价", "金额", "结果"]]
    rows += [[chance.randint(1, 9), _money(chance, 50), None, None] for _ in range(8)]
    rows.append(["=SUM(A2:A9)", "=SUM(C2:C9)", "=SUMPRODUCT(A2:A9,B2:B9)", "=ROUND(B10-C10,6)"])
    return Book({"数组": rows}, arrays={("数组", "C2:C9"): "A2:A9*B2:B9", ("数组", "D2:D2"): "SUM(A2:A9*B2:B9)", ("数组", "D3:D3"): "MAX(IF(A2:A9>3,B2:B9))", ("数组", "D4:D4"): "SUM((A2:A9>3)*1)"}, saved_by="xlsxwriter")


@_kind("错误与兜底")
def _errors() -> Book:
    rows: list[list[Scalar]] = [[1, 0, "x", None, "=A1/B1", "=NA()", "=C1+1", "=VLOOKUP(9,A1:B1,2,FALSE)", "=SQRT(-A1)", "=MATCH(\"q\",C1:C1,0)"]]
    rows.append([f"=IFERROR({c}1,\"错\")" for c in "ABCDEFGHIJ"])
    rows.append([f"=ISERROR({c}1)" for c in "ABCDEFGHIJ"])
    rows.append([f"=IF(ISNA({c}1),\"无\",IF(ISERR({c}1),\"坏\",\"好\"))" for c in "ABCDEFGHIJ"])
    rows.append([f"=IFNA({c}1,0)" for c in "ABCDEFGHIJ"])
    rows.append(["=IFERROR(A1/B1,IFERROR(C1*2,A1))", "=SUM(A1:D1)", "=IFERROR(SUM(A1:J1),-1)", "=COUNT(A1:J1)", "=COUNTA(A1:J1)", "=IF(ISERROR(E1),0,E1)", '=IFERROR(VLOOKUP("y",A1:J1,3,0),"查无")', "=IF(B1=0,0,A1/B1)", "=SUMIF(A1:J1,\">0\")", "=E1=F1"])
    return Book({"错误": rows})


@_kind("整列引用")
def _columns() -> Book:
    chance = _chance("columns")
    rows: list[list[Scalar]] = [["科目", "金额", "月份", "标记"]]
    rows += [[chance.choice(ITEMS), _money(chance) if chance.random() < 0.9 else None, chance.randint(1, 12), f"=B{r}>100"] for r in range(2, 62)]
    out: list[list[Scalar]] = [["合计", "=SUM(流水!B:B)", "=COUNT(流水!B:B)", "=COUNTA(流水!A:A)-1", "=MAX(流水!B:B)", "=COUNTIF(流水!C:C,\">6\")"]]
    out += [[item, f"=SUMIF(流水!A:A,A{r},流水!B:B)", f"=COUNTIF(流水!A:A,A{r})", f"=SUMIFS(流水!B:B,流水!A:A,A{r},流水!C:C,\"<=6\")", f"=IFERROR(AVERAGEIF(流水!A:A,A{r},流水!B:B),0)", f"=IFERROR(MATCH(A{r},流水!A:A,0),0)"] for r, item in enumerate(ITEMS, 2)]
    out.append(["行", "=SUM(流水!2:2)", "=SUM(流水!B2:B1048576)", "=INDEX(流水!A:A,3)", "=IFERROR(VLOOKUP(A2,流水!A:C,2,FALSE),0)", "=SUM(B2:B11)-B1"])
    return Book({"流水": rows, "汇总": out})


@_kind("全角表名")
def _full_width() -> Book:
    first: list[list[Scalar]] = [["项目", "数"], *[[f"（{n}）", n * 1.25] for n in range(1, 9)]]
    second: list[list[Scalar]] = [["='表（一）'!A2", "='表（一）'!B2*2", "=SUM('表（一）'!B2:B9)"], ["=附件①!A1", "='附件1、2'!A1+1", "='it''s'!A1&\"x\""], ["=COUNTIF('表（一）'!A2:A9,\"（?）\")", "=VLOOKUP(\"（3）\",'表（一）'!A:B,2,0)"]]
    return Book({"表（一）": first, "附件①": [[7.5, 2], [None, 3]], "附件1、2": [[9]], "it's": [["引号"]], "《总表》": second})


@_kind("大额与十五位")
def _large() -> Book:
    rows: list[list[Scalar]] = [["数一", "数二", "和", "差", "积", "相等", "四舍五入", "文字", "取整"]]
    pairs = [(0.1, 0.2), (1.1, 2.2), (123456789012.34, 0.01), (99999999.99, 0.01), (1e15, 1), (0.3, 0.1), (1.005, 1000), (2.675, 100), (33.33, 66.67), (1234567890123.45, -1234567890123.44), (0.285, 100), (4.35, 100), (8.325, 1), (1e-7, 1e7), (365.26, 378.3)]
    for r, (a, b) in enumerate(pairs, 2):
        rows.append([a, b, f"=A{r}+B{r}", f"=A{r}-B{r}", f"=A{r}*B{r}", f"=A{r}+B{r}=C{r}", f"=ROUND(A{r}*B{r},2)", f"=A{r}&\"\"", f"=INT(ROUND(A{r}*B{r},6))"])
    rows.append(["=0.1+0.2=0.3", "=1.1*3=3.3", "=SUM(A2:A16)", "=ROUND(1.005,2)", "=ROUND(2.675,2)", "=ROUND(-0.285,2)", "=ROUNDUP(2.3*100,0)", "=ROUNDDOWN(4.35*100,0)", "=ROUND(365.26/378.3*10,2)"])
    rows.append(["=200.05-185.76-14.29", "=(200.05-185.76-14.29)*1", "=1/3", "=1/3*3=1", "=TEXT(123456789012.345,\"#,##0.00\")", "=100*(1+5%)^3", "=1E10/3", "=10^12+0.5", "=0.1*3-0.3"])
    return Book({"大额": rows})


@_kind("空与零")
def _blanks() -> Book:
    values: list[Scalar] = [None, 0, "", " ", "0", "—", 5]
    rows: list[list[Scalar]] = [["值", "等于空", "等于零", "加一", "连接", "计数", "是空", "长度", "条件"]]
    for r, value in enumerate(values, 2):
        given: Scalar = '=""' if value == "" else value
        rows.append([given, f'=A{r}=""', f"=A{r}=0", f"=IFERROR(A{r}+1,\"非数\")", f'=A{r}&"|"', f"=COUNT(A{r})", f"=ISBLANK(A{r})", f"=LEN(A{r})", f'=IF(A{r}="","未填",IF(ISNUMBER(A{r}),"数","文字"))'])
    rows.append(["=COUNTBLANK(A2:A8)", "=COUNTA(A2:A8)", "=COUNT(A2:A8)", '=COUNTIF(A2:A8,"")', '=COUNTIF(A2:A8,"<>")', "=SUM(A2:A8)", "=AVERAGE(A2:A8)", '=COUNTIF(A2:A8,0)', "=A2"])
    return Book({"空与零": rows})


@_kind("横向查找")
def _horizontal() -> Book:
    chance = _chance("horizontal")
    head: list[Scalar] = ["月份", *range(1, 13)]
    rows: list[list[Scalar]] = [head, *[[item, *[_money(chance) for _ in range(12)]] for item in ITEMS[:6]]]
    rows += [[item, f"=HLOOKUP({m},$A$1:$M$7,{r},FALSE)", f"=INDEX($B$2:$M$7,{r - 1},{m})", f"=B{r + 6}-C{r + 6}", f"=MATCH(A{r + 6},A$2:A$7,0)", f"=SUM(INDEX($B$2:$M$7,E{r + 6},0))", f"=SUM(B{r}:INDEX(B{r}:M{r},{m}))" if r == 99 else f"=SUM(B{r}:M{r})", f"=COUNT(B{r}:M{r})", f"=INDEX($B$1:$M$1,MATCH(MAX(B{r}:M{r}),B{r}:M{r},0))"] for r, (item, m) in enumerate(zip(ITEMS[:6], (3, 7, 12, 1, 9, 5), strict=True), 2)]
    rows.append(["位置", "=ROW()", "=COLUMN()", "=ROWS(A1:M7)", "=COLUMNS(A1:M7)", "=ROW(A3)", "=HLOOKUP(6,A1:M7,2,TRUE)", "=LOOKUP(8,B1:M1,B2:M2)", "=HLOOKUP(99,A1:M7,2,TRUE)"])
    return Book({"横向": rows})


@_kind("分段计算")
def _brackets() -> Book:
    chance = _chance("brackets")
    table: list[list[Scalar]] = [["下限", "税率", "速算扣除", "级"], [0, 0.03, 0, "一"], [36000, 0.1, 2520, "二"], [144000, 0.2, 16920, "三"], [300000, 0.25, 31920, "四"], [420000, 0.3, 52920, "五"]]
    rows: list[list[Scalar]] = [["收入", "税率", "扣除", "税额", "级", "分段", "取整", "个数", "符号"]]
    for r in range(2, 22):
        rows.append([chance.choice((0, 36000, 143999.99, 144000, round(chance.uniform(0, 600000), 2))), f"=VLOOKUP(A{r},税率表!A$2:D$6,2,TRUE)", f"=LOOKUP(A{r},税率表!A$2:A$6,税率表!C$2:C$6)", f"=ROUND(A{r}*B{r}-C{r},2)", f"=INDEX(税率表!D$2:D$6,MATCH(A{r},税率表!A$2:A$6,1))",
                     f'=_xlfn.IFS(A{r}<36000,"低",A{r}<300000,"中",TRUE,"高")', f"=CEILING(A{r},100)-FLOOR(A{r},100)", f"=COUNTIF(税率表!A$2:A$6,\"<=\"&A{r})", f"=SIGN(A{r}-144000)"])  # fmt: skip
    return Book({"税额": rows, "税率表": table})


@_kind("逻辑判断")
def _logic() -> Book:
    chance = _chance("logic")
    rows: list[list[Scalar]] = [["甲", "乙", "丙", "与", "或", "非", "异或", "嵌套", "种类"]]
    for r in range(2, 22):
        rows.append([chance.randint(0, 3), chance.choice((0, 1, 2.5, None)), chance.choice(("是", "否", None)), f'=AND(A{r}>0,B{r}>0,C{r}="是")', f'=OR(A{r}=0,C{r}="否")', f"=NOT(A{r}>B{r})", f"=_xlfn.XOR(A{r}>1,B{r}>1)", f'=IF(D{r},"全",IF(E{r},"部分",IF(F{r},"反","无")))', f'=IF(ISTEXT(C{r}),"文",IF(ISNUMBER(B{r}),"数",IF(ISBLANK(B{r}),"空","他")))'])
    rows.append(["=COUNTIF(H2:H21,\"全\")", "=SUMPRODUCT(D2:D21*1)", "=IF(OR(D2:D21),1,0)", "=AND(A2:A21>=0)" if False else "=AND(MIN(A2:A21)>=0,MAX(A2:A21)<=3)", "=ISODD(A2)", "=ISEVEN(A3)", "=ISLOGICAL(D2)", '=IF(A2=1,"一",IF(A2=2,"二","其他"))', "=TRUE"])
    return Book({"逻辑": rows})


@_kind("排名统计")
def _ranks() -> Book:
    chance = _chance("ranks")
    rows: list[list[Scalar]] = [["单位", "得分", "名次", "升序名次", "并列", "前几", "占比", "与均值差"]]
    for r, unit in enumerate((*UNITS, *[f"{u}二" for u in UNITS]), 2):
        rows.append([unit, chance.choice((88.5, 90, 92.25, round(chance.uniform(60, 100), 2))), f"=RANK(B{r},B$2:B$21)", f"=RANK(B{r},B$2:B$21,1)", f"=COUNTIF(B$2:B$21,B{r})", f"=LARGE(B$2:B$21,{r - 1})", f"=ROUND(B{r}/SUM(B$2:B$21),4)", f"=B{r}-AVERAGE(B$2:B$21)"])
    rows.append(["统计", "=AVERAGE(B2:B21)", "=MEDIAN(B2:B21)", "=MAX(B2:B21)-MIN(B2:B21)", '=COUNTIF(B2:B21,">=90")', "=SMALL(B2:B21,1)", "=SUM(G2:G21)", '=AVERAGEIF(B2:B21,">"&B22)'])
    return Book({"排名": rows})


@_kind("筛选小计")
def _subtotals() -> Book:
    chance = _chance("subtotals")
    rows: list[list[Scalar]] = [["科目", "金额", "备注"], *[[ITEMS[r % 10], _money(chance), None] for r in range(20)]]
    rows += [["小计", "=SUBTOTAL(9,B2:B21)", "=SUBTOTAL(3,A2:A21)"], ["均值", "=SUBTOTAL(1,B2:B21)", "=SUBTOTAL(4,B2:B21)"], ["对照", "=SUM(B2:B21)", "=COUNTA(A2:A21)"]]
    return Book({"小计": rows})


@_kind("条件统计")
def _criteria() -> Book:
    data: list[Scalar] = ["产出指标", "产出*", "效益指标", "abc", "ABC", "a?c", None, "", 16, "16", 0, 2.5, -3, 45366, "048001", 48001]
    criteria: list[Scalar] = ["产出*", "产出~*", "<>产出*", "*指标", "???", "abc", "a~?c", ">0", "<=2.5", "<>0", "=16", "<>", "=", "048001", ">=45000", "*"]
    rows: list[list[Scalar]] = [["数据", "条件", "个数", "合计", "辅助"]]
    for r, (value, criterion) in enumerate(zip(data, criteria, strict=True), 2):
        rows.append(['=""' if value == "" else value, criterion if not str(criterion).startswith("=") else f'="{criterion}"', f"=COUNTIF(A$2:A$17,B{r})", f"=SUMIF(A$2:A$17,B{r},E$2:E$17)", r * 1.5])
    return Book({"条件": rows})


@_kind("绩效取整")
def _rounding() -> Book:
    chance = _chance("rounding")
    rows: list[list[Scalar]] = [["数", "舍入", "进位", "去尾", "截断", "取整", "余数", "向上", "向下", "倍数", "平方根", "绝对值"]]
    for r in range(2, 42):
        rows.append([round(chance.uniform(-999, 9999), chance.randint(0, 4)), f"=ROUND(A{r},2)", f"=ROUNDUP(A{r},1)", f"=ROUNDDOWN(A{r},1)", f"=TRUNC(A{r},1)", f"=INT(A{r})", f"=MOD(INT(A{r}),7)", f"=CEILING(ABS(A{r}),0.5)", f"=FLOOR(ABS(A{r}),10)", f"=MROUND(INT(ABS(A{r})),5)", f"=ROUND(SQRT(ABS(A{r})),6)", f"=ABS(A{r})^2"])
    return Book({"取整": rows})


@_kind("XlsxWriter写成")
def _by_xlsxwriter() -> Book:
    book = _budget()
    return Book(book.sheets, saved_by="xlsxwriter")


@_kind("openpyxl写成")
def _by_openpyxl() -> Book:
    book = _three()
    return Book({**book.sheets, **_brackets().sheets}, saved_by="openpyxl")


@_kind("WPS样式共享公式")
def _by_wps() -> Book:
    chance = _chance("wps")
    rows: list[list[Scalar]] = [["名称", "数量", "单价", "金额", "累计", "占比", "说明"]]
    for r in range(2, 32):
        rows.append([ITEMS[r % 10], chance.randint(1, 30), abs(_money(chance, 90)), f"=ROUND(B{r}*C{r},2)", f"=SUM(D$2:D{r})", f"=D{r}/SUM($D$2:$D$31)", f'=A{r}&TEXT(F{r},"0.0%")'])
    return Book({"清单": rows}, saved_by="wps")
