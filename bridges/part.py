"""The spreadsheet bridge as a part: its tables, the command `sheet`, and the last passes on a tenant's page."""

from flask import Flask
from sqlalchemy import select

from bridges.commands.sheet import sheet_group
from bridges.models import Binding, SyncPass
from core.plans.models import Plan
from core.runtime import CHINA
from core.web.views import Panel
from tenants.sessions import ScopedSession

models = ("bridges.models",)
commands = (sheet_group,)
SHOWN = 10


def init_app(app: Flask) -> None:
    """Show the last passes on the tenant's page."""
    app.extensions["zwgk_panels"].append(last_passes)


def last_passes(session: ScopedSession, plan: Plan) -> Panel:
    """The newest passes over copies of this plan."""
    query = (
        select(SyncPass)
        .join(Binding, (Binding.tenant_id == SyncPass.tenant_id) & (Binding.id == SyncPass.binding_id))
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
