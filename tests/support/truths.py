"""What a document should give, in a form that people can read, and how far a draft agrees with it.

A truth is a table: a line per task, ` | ` between the columns of `COLUMNS`, ；between the values of one cell, and →
before the day that a deadline means.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from pathlib import Path

from core.decompose.draft import Draft, DraftTask

COLUMNS = ("no", "title", "units", "lead", "coop", "deadlines", "quotas", "cadence", "limits")

Row = dict[str, tuple[str, ...]]


def read_truth(path: Path) -> list[Row]:
    """The rows of a truth file, without its header."""
    lines = path.read_text("utf-8").splitlines()
    assert plain(lines[0]) == plain("|".join(COLUMNS)), path.name
    return [
        row_of(*(cell.split("；") for cell in line.split("|", len(COLUMNS) - 1))) for line in lines[1:] if line.strip()
    ]


def row_of(*cells: Iterable[str]) -> Row:
    """A row from its cells, in the order of `COLUMNS`."""
    return {name: tuple(filter(None, map(plain, cell))) for name, cell in zip(COLUMNS, cells, strict=True)}


def rows_of(draft: Draft) -> list[Row]:
    """The same rows from a draft."""
    return [_row(task) for task in draft.tasks]


def _row(task: DraftTask) -> Row:
    return row_of(
        [task.no],
        [task.title],
        task.unit_names,
        [task.lead_unit or ""],
        task.coop_units,
        [f"{one.text}→{one.due}" if one.due else one.text for one in task.deadlines],
        [one.text for one in task.quotas],
        [one.text for one in task.cadence],
        [one.text for one in task.working_day_limits],
    )


def plain(text: str) -> str:
    """Without white space and width: what both sides are compared by."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def compare(want: Sequence[Row], got: Sequence[Row]) -> tuple[dict[str, Counter[str]], list[str]]:
    """Per column how many values are right (tp), missing (fn) and too many (fp), and each difference as a sentence."""
    counts = {name: Counter() for name in COLUMNS}
    differences = []
    for truth, row in pairs(want, got):
        for name in COLUMNS:
            missing = Counter(truth.get(name, ())) - Counter(row.get(name, ()))
            surplus = Counter(row.get(name, ())) - Counter(truth.get(name, ()))
            right = len(truth.get(name, ())) - missing.total()
            counts[name].update(tp=right, fn=missing.total(), fp=surplus.total())
            if missing or surplus:
                number = "".join((truth or row)["no"])
                differences.append(f"{number} {name}: want {list(missing.elements())} got {list(surplus.elements())}")
    return counts, differences


def f1(count: Counter[str]) -> float:
    """The harmonic mean of precision and recall; 1 where there was nothing to find and nothing was claimed."""
    claimed = 2 * count["tp"] + count["fn"] + count["fp"]
    return 2 * count["tp"] / claimed if claimed else 1.0


def pairs(want: Sequence[Row], got: Sequence[Row]) -> Iterable[tuple[Row, Row]]:
    """Rows that are the same task, in order; {} stands for one that the other side does not have."""
    matcher = SequenceMatcher(None, [row["title"] for row in want], [row["title"] for row in got], autojunk=False)
    for how, first, last, begin, end in matcher.get_opcodes():
        if how == "equal" or last - first == end - begin:
            yield from zip(want[first:last], got[begin:end], strict=True)
        else:
            yield from ((row, {}) for row in want[first:last])
            yield from (({}, row) for row in got[begin:end])
