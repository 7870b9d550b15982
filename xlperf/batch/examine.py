"""One file of a batch, from its path to what is printed of it; runs in a worker or in the process itself."""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Literal, NamedTuple

from xlperf.batch.limits import Bounds, show
from xlperf.errors import XlperfError
from xlperf.findings import ALL_RULES, Choice, Report
from xlperf.reporters import Failure
from xlperf.workbook.limits import Limits

#: A whole report, one line for a person, an object of the JSON document, a line of JSON Lines.
Form = Literal["page", "line", "json", "jsonl"]


class View(NamedTuple):
    """How a result is to be shown."""

    form: Form
    width: int = 80
    color: bool = False
    verbose: bool = False
    #: Columns that the names of all files take (form ``line``).
    names: int = 0


class FileOutcome(NamedTuple):
    """What became of one file: the text to print, and the little that is needed to add all files up."""

    source: str
    exit_code: int
    text: str
    #: Why the file could not be checked.
    error: str = ""
    #: The trace of an error of the program itself.
    trace: str = ""


class Check(NamedTuple):
    """The task of a worker: check a file and write the text in the wanted view."""

    view: View
    limits: Limits
    #: Name a file by its whole path; alone, its name is enough.
    whole_path: bool = True
    #: Judge whether it may be published, not whether it may be handed in.
    public: bool = False
    #: The rules that are asked for.
    choice: Choice = ALL_RULES

    def warm_up(self) -> None:
        """Load the pipeline and the registered templates."""
        import_module("xlperf.public" if self.public else "xlperf.check")
        from xlperf.template.library import registered

        with suppress(XlperfError):  # a broken template is told with each file that needs it
            for _ in registered():
                pass
        shown(Failure("", ""), self.view)

    def __call__(self, path: Path) -> FileOutcome:
        """Check one file; whatever goes wrong stays with this file."""
        try:
            report = self._report(path)
        except XlperfError as error:
            return shown(Failure(str(path), str(error)), self.view)
        except MemoryError:
            raise  # a worker's own end, see xlperf.batch.worker
        except Exception as error:  # noqa: BLE001  the border of a batch item: one bad file never stops the others
            import traceback

            return shown(_crashed(path, error), self.view)._replace(trace=traceback.format_exc())
        return shown(report._replace(source=str(path)) if self.whole_path else report, self.view)

    def _report(self, path: Path) -> Report:
        if self.public:
            from xlperf.public import check_public

            return check_public(path, self.limits)
        from xlperf.check import check_file

        return check_file(path, self.limits, self.choice)


def shown(result: Report | Failure, view: View) -> FileOutcome:
    """Return the outcome of a result, written as it is to be shown."""
    error = result.error if isinstance(result, Failure) else ""
    return FileOutcome(result.source, result.exit_code, _written(result, view), error)


def _written(result: Report | Failure, view: View) -> str:
    if view.form in ("json", "jsonl"):
        from xlperf.reporters import json_report

        return json_report.one_line(result) if view.form == "jsonl" else json_report.one_file(result)
    if view.form == "line":
        from xlperf.reporters.batch_text import render_line

        return render_line(result, width=view.width, color=view.color, names=view.names)
    from xlperf.reporters import text

    if isinstance(result, Failure):
        return text.render_failure(result, width=view.width, color=view.color)
    return text.render(result, width=view.width, color=view.color, verbose=view.verbose)


def _crashed(path: Path, error: Exception) -> Failure:
    return Failure(
        str(path),
        f"审核程序内部出错（{type(error).__name__}），不是填报的问题；"
        "请用 --verbose 再审一次，把显示的内容和文件一并反馈给模板下发单位。",
    )


def out_of_memory(path: Path, bounds: Bounds) -> Failure:
    """Return what is said of a file whose check took more memory than a worker may."""
    most = show("memory_bytes", bounds.worker.memory_bytes)
    return Failure(
        str(path),
        f"无法审核“{path.name}”：所需内存超过 {most}，已停止，请删去多余的内容和空白格式后再审；"
        "确需审核的，用 --limit memory_bytes=… 放宽。",
    )


def out_of_time(path: Path, bounds: Bounds) -> Failure:
    """Return what is said of a file whose check took longer than a worker may."""
    most = show("seconds", bounds.worker.seconds)
    return Failure(
        str(path),
        f"无法审核“{path.name}”：用时超过 {most} 秒，已停止，请删去多余的内容和空白格式后再审；"
        "确需审核的，用 --limit seconds=… 放宽。",
    )


def worker_died(path: Path, status: int) -> Failure:
    """Return what is said of a file whose worker ended of itself; ``status`` as ``Process.exitcode`` tells it."""
    how = f"信号 {-status}" if status < 0 else f"退出码 {status}"
    return Failure(
        str(path),
        f"无法审核“{path.name}”：审核进程意外中止（{how}），其他文件不受影响；请用 Excel 或 WPS 打开后另存为新的 .xlsx "
        "再审，仍不行的，把文件反馈给模板下发单位。",
    )


def no_worker(path: Path, bounds: Bounds) -> Failure:
    """Return what is said of a file for which no worker could be started."""
    most = show("memory_bytes", bounds.worker.memory_bytes)
    return Failure(
        str(path),
        f"无法审核“{path.name}”：审核进程启动不了，不是填报的问题；"
        f"请关闭一些程序后再审，内存上限（现为 {most}）过小的，用 --limit memory_bytes=… 放宽。",
    )
