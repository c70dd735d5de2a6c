"""A sheet that is not ours, looked at: which table, columns and rows, what would happen, and what is unclear."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bridges.adoption.asking import about, which_table
from bridges.adoption.first_pass import first_pass
from bridges.adoption.matching import Matching, SheetLine, match_rows
from bridges.adoption.questions import EVERY, RANGE, AnswerInvalid, Answers, Question
from bridges.excel.adopted import place_columns
from bridges.excel.errors import SheetMissing
from bridges.excel.locate import Found, data_rows
from bridges.excel.reader import Grid
from bridges.finding.tables import FoundTable, clear_winner, find_tables
from bridges.sync.model import Before, Refusals
from bridges.sync.plan import Plan
from bridges.table import Table, headed
from tenants.errors import ZwgkError


class NoTableFound(ZwgkError):
    """Nothing in the workbook looks like a task sheet."""

    code = "no_table_found"
    sentence = "没有找到任务分解表：需要有“任务”（或“工作任务”“任务内容”）列，以及责任单位、完成时限等至少一列。"


@dataclass(frozen=True)
class Adoption:
    """The table that is meant, looked at. `table`: as the sheet has it; `plan`: the pass that adopting it would be."""

    one: FoundTable
    found: Found
    matching: Matching
    table: Table
    plan: Plan


@dataclass(frozen=True)
class Study:
    """What was found in a workbook; `adoption` is None as long as it is unclear which table is meant."""

    tables: tuple[FoundTable, ...]
    questions: tuple[Question, ...]
    adoption: Adoption | None = None

    @property
    def open(self) -> tuple[Question, ...]:
        """What must be answered first."""
        return tuple(question for question in self.questions if question.needed)


def study(
    grids: Mapping[str, Grid], fingerprint: str, before: Before, answers: Answers, refusals: Refusals, *, sheet: str
) -> Study:
    """Look at a workbook; `sheet`: only at this tab. `before`: a new copy of the table, see `ports.Store.begin`.
    `refusals`: what a first try could not write.

    Raises `NoTableFound`, `SheetMissing`, `AnswerInvalid`.
    """
    if sheet and sheet not in grids:
        raise SheetMissing(sheet=sheet)
    wanted = [grid for grid in grids.values() if sheet in ("", grid.name)]
    tables = find_tables(wanted, before.table, answers.columns)
    if not tables:
        raise NoTableFound
    one = _answered(tables, answers.table) if answers.table else clear_winner(tables)
    if one is None:
        return Study(tables, (which_table(tables),))
    found = place_columns(one, before.table)
    lines = tuple(
        SheetLine(str(number), dict(zip(found.columns, cells, strict=True))) for number, _, cells, _ in data_rows(found)
    )
    matching = _matched(lines, before, answers)
    questions = tuple(about(one, lines, matching, before, answers))
    ours = [column for column in before.table.columns if column.key in one.fits and column.owner != "derived"]
    table = headed(before.table, {column.key: one.fits[column.key].header for column in ours})
    begun = replace(before, table=table, answers=answers.cells)
    plan = first_pass(found, lines, matching, begun, new=answers.new_rows(matching.unknown), refusals=refusals)
    return Study(tables, questions, Adoption(one, found, matching, table, replace(plan, fingerprint=fingerprint)))


def _answered(tables: tuple[FoundTable, ...], name: str) -> FoundTable:
    for one in tables:
        if one.name == name:
            return one
    raise AnswerInvalid(answer=f"table={name}", hint=f"可选：{'、'.join(one.name for one in tables)}")


def _matched(lines: tuple[SheetLine, ...], before: Before, answers: Answers) -> Matching:
    rows = before.snapshot.rows
    known = {EVERY, *(line.at for line in lines)}
    for at, answer in answers.rows.items():
        many = RANGE.fullmatch(at)
        if at not in known and not many:
            raise AnswerInvalid(answer=f"row.{at}={answer}", hint=f"表中第 {at} 行不是任务行")
        if answer not in ("new", "skip") and (many or answer not in rows):
            raise AnswerInvalid(answer=f"row.{at}={answer}", hint="应为要点中任务行的编号、new 或 skip")
    first = match_rows(lines, before.table, rows, answers.of_rows((), ()), answers.period)
    if not answers.for_many:
        return first
    return match_rows(lines, before.table, rows, answers.of_rows(first.unclear, first.unknown), answers.period)
