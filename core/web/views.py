"""Read-only pages: the tenants of this installation, and for each its plan with lamps, metrics and what parts add.

They know no sign-in: only who sits at this machine is answered (`core/service/part.py`, docs/decisions/0011).
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from flask import Blueprint, abort, current_app, render_template, request
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from core.decompose.readings import LEVELS
from core.metrics.services import metrics_of, plan_facts
from core.metrics.shown import shown_value
from core.parts import declared
from core.plans.draftview import MARKS, draft_view
from core.plans.opening import NOT_OPENED, has_begun
from core.plans.services import NoPlan, find_plan, questions
from core.plans.writing import PlanUnknown
from core.runtime import china_today
from core.settings import read_settings
from core.tenancy import lamp_rule_of, plugins_of
from core.web.cards import lamp_counts, task_cards
from tenants.errors import ZwgkError
from tenants.services import list_tenants
from tenants.sessions import TenantUnknown, tenant_session

NOT_HERE = "没有这个页面。"
BROKEN = "程序内部错误，请联系运维人员。"
ONLY_HERE = "只能从本机访问。"
PLAN_NUMBER = re.compile("[0-9]{1,18}")

pages = Blueprint("pages", __name__, template_folder="templates", static_folder="static", static_url_path="/assets")


class Panel(NamedTuple):
    """What a part adds to a tenant's page: a title, a header and rows of text; `empty` is shown without rows.

    A part makes it by a function of session and plan, which it declares in `panels`.
    """

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    empty: str


@pages.get("/")
def index() -> str:
    """All tenants of this installation."""
    return render_template("index.html", tenants=list_tenants())


@pages.get("/t/<slug>/")
def tenant(slug: str) -> str:
    """A tenant's newest plan: tasks, lamps, metrics, and the panels of the parts."""
    plugins, found = plugins_of(current_app, slug)
    today = china_today()
    with tenant_session(slug, "page", "page") as session:
        rule = lamp_rule_of(plugins, found, read_settings(session))
        try:
            plan = find_plan(session)
        except NoPlan as error:
            return render_template("empty.html", tenant=found, text=error.told)
        figures = metrics_of(plan_facts(session, plan, today), plugins.metrics(found.plugins))
        cards = task_cards(session, plan, rule, today)
        names = {row.key: f"{card.no} {row.unit}" for card in cards for row in card.rows}
        return render_template(
            "tenant.html",
            tenant=found,
            plan=plan,
            today=today,
            waiting=NOT_OPENED if has_begun(plan, today) else "",
            cards=cards,
            lamps=lamp_counts(cards),
            names=names,
            figures=[(figure, shown_value(figure)) for figure in figures],
            questions=questions(session, plan),
            panels=[make(session, plan) for make in declared("panels")],
        )


@pages.get("/t/<slug>/draft")
def draft(slug: str) -> str:
    """A plan (`?plan=3`, else the newest) beside its source: what was read where, how sure that is, and why;
    `?doubtful` only doubts."""
    _, found = plugins_of(current_app, slug)
    wanted = request.args.get("plan")
    if wanted is not None and not PLAN_NUMBER.fullmatch(wanted):
        abort(404)
    with tenant_session(slug, "page", "page") as session:
        try:
            plan = find_plan(session, wanted and int(wanted))
        except NoPlan as error:
            return render_template("empty.html", tenant=found, text=error.told)
        views, only = draft_view(session, plan), "doubtful" in request.args
        shown = [view for view in views if view.doubtful] if only else views
        return render_template(
            "draft.html", tenant=found, plan=plan, views=views, shown=shown, only=only, marks=MARKS, levels=LEVELS
        )


def _refused(text: str, status: int) -> tuple[str, int]:
    return render_template("refused.html", text=text), status


@pages.app_errorhandler(HTTPException)
def _http_error(error: HTTPException) -> tuple[str, int]:
    status = error.code or 500
    return _refused(ONLY_HERE if status == 403 else BROKEN if status >= 500 else NOT_HERE, status)


@pages.app_errorhandler(TenantUnknown)
@pages.app_errorhandler(PlanUnknown)
def _unknown(_error: ZwgkError) -> tuple[str, int]:
    # the same answer as any other wrong address: nobody learns which tenants and plans exist
    return _refused(NOT_HERE, 404)


@pages.app_errorhandler(ZwgkError)
def _zwgk_error(error: ZwgkError) -> tuple[str, int]:
    return _refused(error.told, 500)


@pages.app_errorhandler(OperationalError)
def _database_down(_error: OperationalError) -> tuple[str, int]:
    return _refused("数据库暂时连不上，请稍后再试。", 503)
