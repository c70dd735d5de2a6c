"""The spreadsheet bridge as a part: its tables, its commands and long work, what it adds to a tenant's page, to a full
export and to the first steps of a new tenant."""

from datetime import date, datetime

from flask import Flask
from sqlalchemy import select

from bridges.commands.demo import demo_command
from bridges.commands.round import round_group
from bridges.commands.sheet import sheet_group
from bridges.conflicts import open_cells
from bridges.store.models import Binding, SyncPass
from core.onboarding.checklist import Step
from core.plans.models import Plan
from core.runtime import CHINA
from core.web.views import Panel
from tenants.db import tenant_join
from tenants.sessions import ScopedSession

models = ("bridges.store.models", "bridges.rounds.models")
jobs = ("bridges.web.sheet_jobs", "bridges.web.round_jobs")
commands = (sheet_group, round_group, demo_command)
SHOWN = 10


def serve(app: Flask) -> None:
    """Register the views of the HTTP interface."""
    from bridges.web.views import VIEWS
    from core.api.part import api_of

    for views in VIEWS:
        api_of(app).register_blueprint(views)


def open_conflicts(session: ScopedSession, plan: Plan) -> Panel:
    """The cells in which a sheet and the database disagree."""
    waiting = open_cells(session, plan)
    rows = [(cell.where, cell.header, cell.database, " / ".join(cell.sheet)) for cell in waiting]
    empty = "没有待处理的冲突。"
    return Panel("待处理的冲突", ("任务行", "列", "系统中", "表格中"), rows, empty)


def first_sheet(session: ScopedSession) -> list[Step]:
    """Whether the office ever handed a sheet out."""
    any_yet = session.scalar(select(Binding.id).limit(1)) is not None
    return [
        Step(
            *("sheet", "发出第一张表", int(any_yet), 1),
            "把任务分解表按单位下发，或先导出一份总表；单位填好后回收、同步。",
            *("POST /plans/{plan}/rounds", "zwgk round send --tenant {slug} --out 文件夹"),
        )
    ]


def plan_book(session: ScopedSession, plan: Plan, today: date, at: datetime) -> bytes:
    """A plan as a workbook for reading, for a full export."""
    from bridges.book import book_of

    return book_of(session, plan, today, at)


def last_passes(session: ScopedSession, plan: Plan) -> Panel:
    """The newest passes over copies of this plan."""
    query = (
        select(SyncPass)
        .join(Binding, tenant_join(SyncPass.binding_id, Binding))
        .where(Binding.plan_id == plan.id)
        .order_by(SyncPass.id.desc())
        .limit(SHOWN)
    )
    header = ("时间", "同步", "收入系统", "写入表格", "冲突", "未能识别")
    rows = [
        (f"{done.at.astimezone(CHINA):%Y-%m-%d %H:%M}", done.key, *map(str, _counts(done.report)))
        for done in session.scalars(query)
    ]
    return Panel("最近的同步", header, rows, "还没有同步过。")


def _counts(report: dict) -> list[int]:
    return [len(report[name]) for name in ("applied", "written", "conflicts", "rejected")]


steps = (first_sheet,)
books = (plan_book,)
panels = (open_conflicts, last_passes)
