"""The questions about a sheet that is to be adopted: what nobody but a person can tell."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from bridges.adoption.matching import PERIOD, Matching, SheetLine
from bridges.adoption.questions import NOWHERE, Answers, Question
from bridges.excel.address import column_letters
from bridges.finding.headers import Doubt
from bridges.finding.lines import spans
from bridges.finding.tables import FoundTable
from bridges.finding.tables import lines as kinds_of_lines
from bridges.sync.model import Before
from bridges.sync.values import clean, is_blank, plain, read
from bridges.table import Raw

UNDERSTOOD = 0.5
"""A column of which less than this share of the filled cells is understood is probably something else."""
SHOWN, TELLING = 24, frozenset(("no", "section", "title", "text", "unit", "period"))
"""Characters of a text in a question; columns that tell a row from others."""
TOTALS = ("合计", "总计", "共计")
"""Below one of these a table has ended; below a 小计 it goes on."""
SEVERAL = 2
"""Lines that are asked about at once."""


def which_table(tables: Sequence[FoundTable]) -> Question:
    """Several tables, and none of them clearly the one."""
    options = tuple((one.name, f"{len(one.fits)} 列与系统对应") for one in tables)
    return Question("table", "有几张表都像任务分解表，是哪一张？", options)


def about(
    one: FoundTable, lines: Sequence[SheetLine], matching: Matching, before: Before, answers: Answers
) -> Iterator[Question]:
    """All questions about a table, in the order in which they should be answered."""
    yield from _headers(one, before)
    yield from _contents(one, lines, before, answers)
    taken = answers.new_rows(matching.unknown)
    unknown = [at for at in matching.unknown if at not in taken]
    below = _below_total(one, matching, unknown, before)
    if below:
        yield _notes_or_tasks(below, matching)
    if undated := matching.undated.difference(below):
        yield _which_period(undated, matching, before)
    yield from _rows(matching, lines, before, undated.union(below))
    if others := [at for at in unknown if at not in below]:
        text = f"{spans(map(int, others))}在系统中没有对应的任务，是否作为新任务收入？"
        yield Question("new", text, (("yes", "收入"), ("no", "不收入，在表中注明")), needed=False)


def _headers(one: FoundTable, before: Before) -> Iterator[Question]:
    names = {column.key: column.header for column in before.table.columns if column.owner != "derived"}
    shown = {heading.column: heading.shown for heading in one.header.headings}
    for doubt in one.matched.doubts:
        for key in [key for key in doubt.keys if key in names]:
            options = (*((column_letters(c), shown[c]) for c in doubt.columns), (NOWHERE, "表中没有这一列"))
            text = _asks(doubt, names[key], "、".join(f"{column_letters(c)} 列“{shown[c]}”" for c in doubt.columns))
            yield Question(f"column.{key}", text, options, needed=not doubt.alike)


def _asks(doubt: Doubt, name: str, shown: str) -> str:
    if doubt.alike:
        return f"{shown}是不是“{name}”？不回答则留作自用"
    return f"{shown}{'是不是' if len(doubt.columns) == 1 else '中哪一列是'}“{name}”？"


def _contents(one: FoundTable, lines: Sequence[SheetLine], before: Before, answers: Answers) -> Iterator[Question]:
    """A header may be ours and the cells below it something else: 完成情况 over whole sentences."""
    for column in before.table.columns:
        filled = [line.cells[column.key] for line in lines if not is_blank(line.cells.get(column.key))]
        odd = [raw for raw in filled if read(column, raw, before.table.year).trouble]
        if column.key not in answers.columns and len(odd) > (1 - UNDERSTOOD) * len(filled):
            at, example = column_letters(one.fits[column.key].column), _short(plain(odd[0]))
            text = f"{at} 列的 {len(filled)} 格中有 {len(odd)} 格不像“{column.header}”（如“{example}”），确是这一列吗？"
            yield Question(f"column.{column.key}", text, ((at, "是"), (NOWHERE, "不是，留作自用")))


def _below_total(one: FoundTable, matching: Matching, unknown: Sequence[str], before: Before) -> tuple[str, ...]:
    """Lines behind the total, two at least, none of which is clearly a row: most often what an office writes below its
    table, and asked about at once."""
    subtotals = (line.number for line in kinds_of_lines(one, before.table) if line.kind == "subtotal")
    end = max((number for number in subtotals if _is_total(one.sheet.values[number - 1])), default=one.last)
    open_ = [at for at in (*matching.unclear, *unknown) if int(at) > end]
    clear = any(int(pair.at) > end for pair in matching.pairs)
    return () if clear or len(open_) < SEVERAL else tuple(open_)


def _is_total(cells: Sequence[object]) -> bool:
    return any(isinstance(value, str) and clean(value).startswith(TOTALS) for value in cells)


def _notes_or_tasks(below: Sequence[str], matching: Matching) -> Question:
    numbers = sorted(map(int, below))
    text = f"合计以下的{spans(numbers)}不能对应到系统中的任务，是说明文字还是新任务？也可用 row.行=… 逐行回答"
    options = ("skip", "说明文字，不收入"), ("new", "作为新任务")
    needed = any(at in matching.unclear for at in below)
    return Question(f"row.{numbers[0]}-{numbers[-1]}", text, options, needed)


def _which_period(undated: Collection[str], matching: Matching, before: Before) -> Question:
    """One question for all tasks that come back and stand in the sheet without a word on their period."""
    first = matching.unclear[min(undated, key=int)]
    last, open_ = (before.snapshot.rows[id_].cell(PERIOD).value.written for id_ in first[-2:])
    text = f"{spans(map(int, undated))}的任务按周期填报，表中没有写明是哪一期，是哪一期？也可用 row.行=… 逐行回答"
    return Question("period", text, (("open", f"最近一期（如{open_}）"), ("last", f"上一期（如{last}）")))


def _rows(matching: Matching, lines: Sequence[SheetLine], before: Before, asked: Collection[str]) -> Iterator[Question]:
    cells = {line.at: line.cells for line in lines}
    for at, ids in matching.unclear.items():
        if at in asked:
            continue
        options = (*((id_, _row(id_, before)) for id_ in ids), ("new", "作为新任务"), ("skip", "不收入"))
        yield Question(f"row.{at}", f"第 {at} 行“{_task(cells[at], before)}”是哪一项任务？", options)


def _row(id_: str, before: Before) -> str:
    row = before.snapshot.rows[id_]
    shown = (row.cell(column.key).value.written for column in before.table.columns if column.key in TELLING)
    return " ".join(_short(value) for value in shown if value is not None)


def _task(cells: Mapping[str, Raw], before: Before) -> str:
    texts = (column.key for column in before.table.columns if column.kind == "text" and column.owner == "office")
    return next((_short(plain(cells[key])) for key in texts if not is_blank(cells.get(key))), "")


def _short(value: object) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"
