"""What an office does with its sheets, whoever asks for it, a command or a program: hand one out, sync it, take a pass
back, settle a cell."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from flask import current_app

from bridges import runner
from bridges.conflicts import shown
from bridges.excel.copy import ExcelCopy
from bridges.excel.disk import read_workbook
from bridges.excel.layout import layout_of
from bridges.excel.magic import kind_of
from bridges.rounds.packets import Heading, lay_out
from bridges.store.plan_store import PlanStore
from bridges.store.plan_table import plan_key
from bridges.summary import SECTION_COLUMNS, SECTION_HIDDEN, by_section, export_summary
from bridges.sync.model import OFFICE, Candidate
from bridges.sync.plan import Plan as Pass
from bridges.sync.plan import RowItem, Stop
from core.agencies import COLUMNS
from core.plans.models import Plan
from core.tenancy import plugins_in
from core.units.models import Unit
from tenants.audit.actions import Action
from tenants.audit.acts import record_act
from tenants.errors import ZwgkError
from tenants.sessions import ScopedSession

LAYOUTS = {"unit": (layout_of, (), ()), "section": (by_section, SECTION_COLUMNS, SECTION_HIDDEN)}
"""How a copy is set out, which columns it has (none named: all), and which of them for that alone."""
FORMS = (*LAYOUTS, "task")
SAVED_BESIDE = "“{old}”的格式不能写入，结果写在新文件“{new}”中，原文件保持不变；今后请用新文件填报。"
NO_FORMULAS = "这是 .xls 文件，其中的公式与填写的内容无法区分，公式的结果按填写的内容读取；有公式的表请先另存为 .xlsx。"


class PassUnknown(ZwgkError):
    """No such pass, or none that this tenant may see: both answer alike."""

    code = "pass_unknown"
    sentence = "没有编号为“{key}”的同步记录。"


class ConflictUnknown(ZwgkError):
    """Nothing waits in this cell, or it is none that this tenant may see: both answer alike."""

    code = "conflict_unknown"
    sentence = "“{row}”的“{field}”没有待处理的冲突。"
    by_command = "可用 zwgk sheet conflicts 查看。"


class NoneUnderstood(ZwgkError):
    """What stands in the sheets was not understood, so it cannot be taken."""

    code = "none_understood"
    sentence = "表格中的内容（{values}）未能识别，不能采用；请在表格中改正后同步，或采用系统中的值。"
    by_command = "（--use database）"


class ChooseOne(ZwgkError):
    """Several values wait in the cell: which one is meant?"""

    code = "choose_one"
    sentence = "请写明采用哪一个：{values}。"
    by_command = "（--value）"


def export_sheet(
    session: ScopedSession,
    store: PlanStore,
    plan: Plan,
    by: str,
    out: Path,
    today: date,
    clock: runner.Clock,
    unit: Unit | None = None,
) -> int:
    """Write a workbook of a plan, `by` one of `FORMS`; returns the number of its rows. `session` is read from, and says
    that a summary was written; the copy is the store's, in transactions of its own. `unit`: this one's rows only, set
    out as its packet of a round is, and held by it. Raises `PlanMoving`."""
    if by == "task":
        plugins, tenant = plugins_in(current_app, session)
        rows = export_summary(session, plan, plugins.sheet_layout(tenant.plugins), out, today, clock())
        told = {"plan": plan.id, "by": by, "rows": rows}
        record_act(session, Action.SHEET_EXPORTED, subject=(Plan.__tablename__, plan.id), detail=told)
        return rows
    set_out, columns, hidden = LAYOUTS[by] if unit is None else (lay_out(Heading(plan.title, unit.name, None)), (), ())
    holder = OFFICE if unit is None else str(unit.id)
    own = {"table": plan_key(plan.id), "holder": holder, "columns": columns, "hidden": hidden}
    return len(runner.export(store, ExcelCopy(out, set_out), clock, who=OFFICE, **own).writes.rows)


def sync_sheet(
    store: PlanStore, copy: ExcelCopy, clock: runner.Clock, dry_run: bool, confirmed: Collection[str]
) -> Pass:
    """One pass over an office's copy, with words on where its answer stands. Raises what cannot be read or written."""
    done = runner.run_pass(store, copy, clock, who=OFFICE, dry_run=dry_run, confirmed=frozenset(confirmed))
    return told_where(done, copy)


def refused_pass(error: ZwgkError, at: datetime) -> Pass:
    """A refusal in the shape of a pass, for programs."""
    return Pass("", "", "", "", "", "", at.isoformat(), "", stopped=Stop(error.code, error.message))


def told_where(plan: Pass, copy: ExcelCopy) -> Pass:
    """With messages on a file that cannot be written, so that the answer stands in a new one: where, and what could
    not be read in the old one."""
    if plan.empty or copy.target == copy.path:
        return plan
    texts = [SAVED_BESIDE.format(old=copy.path.name, new=copy.target.name)]
    if kind_of(read_workbook(copy.path)) == "xls":
        texts.append(NO_FORMULAS)
    messages = (*plan.report.messages, *(RowItem("", "", text) for text in texts))
    return replace(plan, report=replace(plan.report, messages=messages))


def undo_pass(store: PlanStore, key: str, clock: runner.Clock) -> Pass:
    """Take back what a pass changed in the table. Raises `PassUnknown`."""
    done = runner.undo(store, key, clock, who=OFFICE)
    if done is None:
        raise PassUnknown(key=key)
    return done


def settle_cell(store: PlanStore, row: str, field: str, use: str, value: str | None, clock: runner.Clock) -> Pass:
    """End a conflict. `use`: `database` or `sheet`; `value`: which one, where the sheets say several.

    Raises `ConflictUnknown`, `NoneUnderstood`, `ChooseOne`.
    """
    cell, unknown = store.cell(row, field), ConflictUnknown(row=row, field=COLUMNS.get(field, field))
    if cell is None:
        raise unknown
    key = _chosen(cell.candidates, value) if use == "sheet" else None
    done = runner.settle(store, row, field, key, clock, who=OFFICE)
    if done is None:
        raise unknown
    return done


def _chosen(candidates: Sequence[Candidate], value: str | None) -> str:
    valid = [c for c in candidates if c.valid]
    if not valid:
        raise NoneUnderstood(values="、".join(shown(c.value) for c in candidates))
    meant = [c for c in valid if value is None or shown(c.value) == value]
    if len(meant) != 1:
        raise ChooseOne(values="、".join(shown(c.value) for c in valid))
    return meant[0].key
