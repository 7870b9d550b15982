"""Reports made by hand, after the two real ones in tone and size."""


from xlperf.address import CellRef, parse_a1
from xlperf.findings import Finding, Level, Outcome, Place, Report, Side, Status, Unchecked
from xlperf.values import ExcelError, Scalar

BASE, WHOLE, PROJECT = "附件1 基础数据表", "附件2 整体自评表", "附件3-1"


def place(sheet: str, a1: str, label: str = "", value: Scalar = None) -> Place:
    return Place(CellRef(sheet, *parse_a1(a1)), label, value)


def report(
    *findings: Finding, unchecked: tuple[Unchecked, ...] = (), passed: int = 39, broken: int = 0
) -> Report:
    outcomes = [Outcome("A01", Status.PASSED)] * passed
    outcomes += [Outcome(f.rule, Status.FAILED) for f in findings]
    outcomes += [Outcome(u.rule, Status.NOT_CHECKED) for u in unchecked]
    outcomes += [Outcome("A08", Status.BROKEN)] * broken
    source = "机关工委_2024.xlsx"
    return Report(source, "sha256:1f3c", "bmzt-2024", "1.0.0", findings, unchecked, tuple(outcomes))


UNFILLED = Finding(
    "C01",
    Level.BLOCKING,
    "以下各格没有填写。",
    places=(
        *(place(WHOLE, f"J{row}", "实际完成值") for row in range(8, 13)),
        place(BASE, "D31", "政府采购金额 预算"),
        place(BASE, "F31", "政府采购金额 决算"),
        place(BASE, "F29", "会议费、培训费 本年预算数"),
        place(PROJECT, "C4", "项目名称"),
    ),
    todo="无此事项填 0，不适用填“—”，其余据实填写。",
)
PROJECTS = Finding(
    "A03",
    Level.BLOCKING,
    "项目支出应等于业务工作经费、运行维护经费与市级专项资金之和，两处不能同时成立。",
    places=(place(BASE, "F18", "项目支出 本年预算数", 430.59),),
    left=Side("项目支出", 430.59, place(BASE, "F18", "项目支出 本年预算数", 430.59)),
    right=Side("业务工作经费＋运行维护经费＋市级专项资金", 430),
    difference="0.59",
    tolerance="0.02",
    todo="恢复合计格的公式；如公式未动，请查是否漏填“运行维护经费”一行。",
    row="A03-2",
    consequences=(
        Finding(
            "X01",
            Level.BLOCKING,
            "附件2 的全年预算数与附件1 基本支出、项目支出之和不等。",
            places=(place(WHOLE, "C7", "全年预算数", 1860.75),),
        ),
        Finding(
            "X04",
            Level.BLOCKING,
            "各项目支出自评表的全年预算数之和与附件1 项目支出不等，请核对是否漏报项目，或项目之间资金串户。",
            places=(place(PROJECT, "D6", "全年预算数", 378.3),),
        ),
    ),
)
GRADE = Finding(
    "T10",
    Level.BLOCKING,
    "等级只能填优、良、中、差。",
    places=(place(WHOLE, "H40", "等级", "优秀"),),
    todo="从下拉框中选择。",
)
OVERSPENT = Finding(
    "A10",
    Level.QUERY,
    "公用经费中办公费的决算数超过预算数，且超出 10%。",
    places=(place(BASE, "H25", "其中：办公费 本年决算数", 5),),
    left=Side("办公费决算数", 5, place(BASE, "H25")),
    right=Side("办公费预算数", 2, place(BASE, "F25")),
    difference="3",
    tolerance="0",
    todo="核对两数；属实的，写明追加的金额和文号。",
)
STAFF = Finding(
    "A07",
    Level.QUERY,
    "在职人数超过编制数，控制率 106.25%。",
    places=(place(BASE, "H6", "控制率", 1.0625),),
    explained="2024 年接收军转干部 1 名，编制手续正在办理，预计 2025 年 6 月前消化。",
)
ROUNDED = Finding(
    "B04",
    Level.QUERY,
    "按收入性质分各项之和与全年执行数不等。",
    places=(place(WHOLE, "E9", "按收入性质分", 432.24),),
    left=Side("按收入性质分各项之和", 432.24, place(WHOLE, "E9")),
    right=Side("全年执行数", 432.23, place(WHOLE, "D7")),
    difference="0.01",
    tolerance="0.025",
    rounded=True,
    explained="可由四舍五入解释（差 0.01 ≤ 容差 0.025）。",
)
IDENTITY = Finding("S08", Level.NOTICE, "附件清单中有附件3-2，文件中没有这张表。", todo="核对附件清单。")
UNCHECKED = (
    Unchecked("B01", "所引的格未填", (place(WHOLE, "D7", "全年执行数"),)),
    Unchecked("B02", "所引的格未填", (place(WHOLE, "D7", "全年执行数"),)),
    Unchecked("B02", "所引的格未填", (place(PROJECT, "D6", "全年执行数"),)),
    Unchecked("X07", "所引的格是错误值 #DIV/0!", (place(PROJECT, "F6", "执行率", ExcelError.DIV0),)),
)


def full() -> Report:
    """A report with something of everything."""
    made = report(
        IDENTITY, PROJECTS, UNFILLED, GRADE, OVERSPENT, STAFF, ROUNDED, unchecked=UNCHECKED, passed=31
    )
    return made._replace(
        facts={"单位": "中共示范市委直属机关工作委员会", "年度": 2024, "总分": 99.8, "等级": "优秀"},
        notes=("工作簿的隐藏标识已丢失，按表题认作本模板。",),
    )
