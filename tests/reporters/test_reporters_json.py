import json

from reports_by_hand import BASE, GRADE, UNFILLED, full, place, report

from xlperf.findings import Finding, Level, Side
from xlperf.reporters import Failure
from xlperf.reporters.json_report import render
from xlperf.values import ExcelError


def read(*results):
    return json.loads(render(results))


def test_the_document_holds_everything_in_the_order_given() -> None:
    document = read(full(), Failure("坏.xlsx", "文件已加密。"), report())
    assert document["schema"] == "xlperf.report/1"
    assert document["exit_code"] == 2
    first, broken, last = document["files"]
    assert broken == {"source": "坏.xlsx", "error": "文件已加密。", "exit_code": 2}
    assert (first["acceptable"], last["acceptable"]) == (False, True)
    assert first["verdict"].startswith("尚未填完")
    assert first["template"] == {"id": "bmzt-2024", "version": "1.0.0"}
    assert first["facts"]["总分"] == 99.8
    assert first["counts"] == {"强制": 3, "核实": 1, "提示": 1}
    assert first["outcomes"]["counts"] == {"通过": 31, "不符": 7, "未检": 4, "出错": 0}
    assert len(first["outcomes"]["list"]) == 42
    assert len(first["unchecked"]) == 4


def test_a_finding_round_trips() -> None:
    finding = read(full())["files"][0]["findings"][1]
    assert list(finding) == [
        "id", "row", "level", "open", "message", "places", "left", "right",
        "difference", "tolerance", "todo", "explained", "consequences",
    ]  # fmt: skip
    where = {"sheet": BASE, "cell": "F18", "label": "项目支出 本年预算数", "value": 430.59, "shown": ""}
    assert finding["places"] == [where]
    assert finding["left"] == {"text": "项目支出", "value": 430.59, "shown": "", "place": where}
    assert finding["right"]["place"] is None
    assert (finding["difference"], finding["tolerance"]) == ("0.59", "0.02")
    assert [consequence["id"] for consequence in finding["consequences"]] == ["X01", "X04"]


def test_values_keep_their_kind() -> None:
    values = (None, True, 3, 0.1, "—", ExcelError.DIV0, float("inf"))
    finding = GRADE._replace(places=tuple(place(BASE, "A1", value=value) for value in values))
    shown = [where["value"] for where in read(report(finding))["files"][0]["findings"][0]["places"]]
    assert shown == [None, True, 3, 0.1, "—", "#DIV/0!", "inf"]
    assert shown[1] is True


def test_hostile_text_is_escaped_and_not_lost() -> None:
    text = "\x1b[2J\x9b\u202e\ud800\n中"
    finding = Finding("T03", Level.BLOCKING, text, (place(text, "B2", text, text),), Side(text, text))
    page = render([report(finding)])
    assert not set(page) & set("\x1b\x9b\u202e\ud800")
    assert "中" in page
    assert json.loads(page)["files"][0]["findings"][0]["message"] == text


def test_the_same_report_gives_the_same_bytes() -> None:
    assert render([full()]) == render([full()])
    assert render([report(UNFILLED)]) == render([report(UNFILLED)])


def test_no_file_at_all() -> None:
    assert read() == {"schema": "xlperf.report/1", "exit_code": 0, "files": []}
