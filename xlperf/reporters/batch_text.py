"""What the terminal says of many files: a line for each where reports would be too many, and the end of all."""

from __future__ import annotations

from collections.abc import Sequence

from xlperf.findings import Report
from xlperf.reporters import Failure
from xlperf.reporters.layout import clean, columns, wrap
from xlperf.reporters.words import Ended, batch_summary, brief

#: The verdict of a file in one word, and its colour, by exit status.
_WORDS = {0: ("可报送", "32"), 1: ("需修改", "31"), 2: ("未能审核", "1;31")}
#: Of a report whose rules were left out in part: nothing was found, and it has not passed.
_PARTLY = ("未审全", "33")
_LEAD = 10
#: Names wider than this get a line of their own.
NAME_COLUMNS = 40


def render_line(result: Report | Failure, *, width: int = 80, color: bool = False, names: int = 0) -> str:
    """Return the verdict, the name and the rest in few words, on one line where it fits.

    ``names`` is the number of columns that the names of all files take, so that the words stand under each other.
    """
    partly = isinstance(result, Report) and result.exit_code == 2
    word, style = _PARTLY if partly else _WORDS[result.exit_code]
    if isinstance(result, Report) and result.public and result.acceptable:
        word = "可公开"
    lead = word + " " * (_LEAD - columns(word))
    said = "原因见最后" if isinstance(result, Failure) else brief(result)
    name = clean(result.source)
    if columns(name) <= names and said:
        lines = _beside(f"{name}{' ' * (names - columns(name))}  ", said, width)
    else:
        lines = wrap(name, width, " " * _LEAD) + (wrap(said, width, " " * (_LEAD + 2)) if said else [])
    first, *rest = lines
    first = lead + first[_LEAD:]
    if color:
        first = f"\x1b[{style}m{word}\x1b[0m{first[len(word) :]}"
    return "".join(f"{line.rstrip()}\n" for line in (first, *rest))


def _beside(name: str, said: str, width: int) -> list[str]:
    """Return lines with the words beside the name, or under it where there is no room beside it."""
    used = _LEAD + columns(name)
    if used + columns(said) > width and used > width // 2:
        return [" " * _LEAD + name, *wrap(said, width, " " * (_LEAD + 2))]
    first, *rest = wrap(said, width - used)
    return [" " * _LEAD + name + first, *(" " * used + line for line in rest)]


def name_columns(names: Sequence[str]) -> int:
    """Return how wide the column of these names is: as the widest that is not too wide."""
    return max((n for n in map(columns, map(clean, names)) if n <= NAME_COLUMNS), default=0)


def render_ending(
    results: Sequence[Ended],
    failures: Sequence[tuple[str, str]],
    notes: Sequence[str] = (),
    *,
    width: int = 80,
    color: bool = False,
    public: bool = False,
) -> str:
    """Return the files that could not be checked and why, what was passed by, and how many ended how, in that order."""
    lines: list[str] = []
    if failures or notes:
        lines.append("")
    if failures:
        head = f"未能审核的 {len(failures)} 份："
        lines.append(f"\x1b[1m{head}\x1b[0m" if color else head)
        for source, error in failures:
            lines += [*wrap(source, width, "  "), *wrap(error, width, "    ")]
    for note in notes:
        lines += wrap(note, width)
    total = batch_summary(results, public)
    return "".join(f"{line}\n" for line in [*lines, f"\x1b[1m{total}\x1b[0m" if color else total])
