"""Every service call that writes, as a test makes it, and the trace that it has to leave: entity, field, old, new."""

from datetime import date
from unittest.mock import ANY

from flask import current_app
from sqlalchemy import select

from core.agencies import UnitGroup
from core.decompose.decompose import decompose
from core.documents.reader import Document
from core.plans.answering import answer_unit
from core.plans.assigning import add_assignment, add_task, expand_groups, hand_over, set_units
from core.plans.cells import find_row
from core.plans.declaring import keep_to_plan
from core.plans.drafting import import_draft
from core.plans.limiting import set_deadline, set_quota
from core.plans.mending import merge_tasks, move_task, split_task
from core.plans.models import Occurrence, Plan, Task
from core.plans.offers import accept_offers
from core.plans.opening import open_begun, open_changed, open_now, open_periods
from core.plans.rereading import answer_reading
from core.plans.services import confirm_plan
from core.plans.writing import writing
from core.settings import change_setting
from core.units.changes import cancel, choose_successors, reorganise, same_as, stands_for
from core.units.importing import take_listing
from core.units.listing import Entry
from core.units.removing import remove_units
from core.units.services import (
    add_groups,
    add_unit,
    change_members,
    ensure_units,
    join_group,
    leave_group,
    read_directory,
    set_unit,
)
from core.units.undoing import undo_last
from tenants.identity.links import bind, invite_bound, link, unlink
from tenants.identity.providers import remove_provider, set_terms
from tenants.identity.terms import Terms
from tenants.identity.trust import Trust
from tenants.people.members import change_member, end_member, find_member, invite
from tenants.people.tokens import OPERATOR, issue_link, issue_token, revoke_token
from tests.support.people import NOW

TODAY = date(2024, 7, 1)
TEXT = """2024年示例机关政务公开工作要点
一、信息公开
(一)做好目录编制。编制并公布目录,于3月31日前向社会公开。(责任单位:各街镇)
(二)优化专栏。持续优化专栏设置。
"""


def document(text, name="要点.txt"):
    return Document(text=text, file_name=name, kind="text")


def import_text(session, text=TEXT, name="要点.txt"):
    return import_draft(session, document(text, name), decompose(text), [], None)


class Desk:
    """What a call needs: the session, the plan, and its two rows."""

    def __init__(self, session):
        self.session = session
        self.units = read_directory(session)
        self.plan = session.scalars(select(Plan)).one()
        self.keys = list(session.scalars(select(Occurrence.key).order_by(Occurrence.id)))

    def declares(self, alias, *names):
        """The document of the plan says that these are called so."""
        self.plan.meta = self.plan.meta | {"aliases": [{"alias": alias, "names": list(names)}]}
        return True

    def tasks(self):
        """The tasks of the plan, in its order."""
        return list(self.session.scalars(select(Task).order_by(Task.position)))

    def write(self, call, row=0):
        """Make a call with the plan being written, and one of its rows."""
        with writing(self.session, self.plan.id, TODAY) as work:
            call(work, find_row(self.session, self.plan.id, self.keys[row]))


def _opened(call):
    """The call on a plan that is confirmed and whose task comes back by now."""

    def opened(work, row):
        work.plan.status = "confirmed"
        set_deadline(work, row.task, "每月25日前")
        call(work)

    return opened


OPENED = [("task", "deadline", ANY, "每月25日前"), ("occurrence", "period", "", f"{TODAY:%Y-%m}")]


INVITED = [
    ("membership", "login", None, "zhang"),
    ("membership", "name", None, "张三"),
    ("membership", "role", None, "office"),
]
ISSUED = [("token", "name", None, "报表"), ("token", "rights", None, ["plans.read"])]


def _invite(d):
    return invite(d.session, "zhang", "张三", "office", None, NOW).member.id


SSO = "https://sso.example"
PROVIDED = [
    ("identity_provider", "issuer", "", SSO),
    ("identity_provider", "client_id", "", "zwgk"),
    ("identity_provider", "enabled", False, True),
    ("identity_provider", "has_secret", False, True),
    ("identity_provider", "client_secret", None, "replaced"),
]
LINKED = [
    ("identity", "login", None, "zhang"),
    ("identity", "issuer", None, SSO),
    ("identity", "subject", None, "sub-1"),
]


def _provide(desk):
    current_app.extensions["zwgk_trust"] = Trust("https://zwgk.example", frozenset({SSO}))
    set_terms(desk.session, Terms(SSO, "zwgk", enabled=True), "a-secret", NOW)


def _bind(desk):
    _provide(desk)
    _invite(desk)
    return bind(desk.session, "zhang", "sub-1", NOW)


def _issue(d):
    return issue_token(d.session, OPERATOR, "报表", ["plans.read"], NOW, 30).token.id


WRITES = {
    "invite": (_invite, INVITED),
    "change_member": (
        lambda d: change_member(d.session, _invite(d), "guest", [7], NOW),
        [*INVITED, ("membership", "role", "office", "guest"), ("membership", "units", None, [7])],
    ),
    "end_member": (
        lambda d: end_member(d.session, _invite(d), NOW),
        [*INVITED, ("membership", "role", "office", None)],
    ),
    "set_terms": (_provide, PROVIDED),
    "remove_provider": (
        lambda d: (_provide(d), remove_provider(d.session, NOW)),
        [*PROVIDED, ("identity_provider", "issuer", SSO, None), ("identity_provider", "enabled", True, False)],
    ),
    "link": (
        lambda d: link(d.session, find_member(d.session, _invite(d)).account_id, SSO, "sub-1", NOW),
        [*INVITED, *LINKED],
    ),
    "bind": (_bind, [*PROVIDED, *INVITED, *LINKED]),
    "invite_bound": (
        lambda d: (_provide(d), invite_bound(d.session, "zhang", "张三", "office", None, "sub-1", NOW)),
        [*PROVIDED, *INVITED, *LINKED],
    ),
    "unlink": (
        lambda d: unlink(d.session, _bind(d).id, NOW),
        [*PROVIDED, *INVITED, *LINKED, ("identity", "subject", "sub-1", None)],
    ),
    "issue_token": (_issue, ISSUED),
    "revoke_token": (
        lambda d: revoke_token(d.session, _issue(d), NOW),
        [*ISSUED, ("token", "revoked", False, True)],
    ),
    "issue_link": (
        lambda d: issue_link(d.session, OPERATOR, "upload", 7, {"round": 4}, "回收", NOW, 7),
        [
            ("token", "name", None, "回收"),
            ("token", "rights", None, ["rounds.return"]),
            ("token", "units", None, [7]),
            ("token", "subject", None, {"round": 4}),
        ],
    ),
    "add_unit": (
        lambda d: add_unit(d.session, "乙处"),
        [("unit", "name", None, "乙处")],
    ),
    "join_group": (
        lambda d: join_group(d.session, d.units.get("各街镇"), [d.units.get("甲处")]),
        [("unit", "members", ["东镇"], ["东镇", "甲处"])],
    ),
    "ensure_units": (
        lambda d: ensure_units(d.session, ["甲处", "丙处"]),
        [("unit", "name", None, "丙处")],
    ),
    "add_groups": (
        lambda d: add_groups(d.session, [UnitGroup("各所", "group", ("甲处", "丙处"))]),
        [
            ("unit", "name", None, "丙处"),
            ("unit", "name", None, "各所"),
            ("unit", "settled", False, True),
            ("unit", "members", [], ["甲处", "丙处"]),
        ],
    ),
    "leave_group": (
        lambda d: leave_group(d.session, d.units.get("各街镇"), [d.units.get("东镇")]),
        [("unit", "members", ["东镇"], [])],
    ),
    "change_members": (
        lambda d: change_members(d.session, d.units.get("各街镇"), [d.units.get("东镇")], [d.units.get("甲处")]),
        [("unit", "members", ["东镇"], ["甲处"])],
    ),
    "set_unit": (
        lambda d: set_unit(d.session, d.units.get("甲处"), "kind", "outside"),
        [("unit", "kind", "unit", "outside")],
    ),
    "reorganise": (
        lambda d: reorganise(d.session, ["甲处"], ["一处", "二处"], TODAY),
        [
            ("unit", "name", None, "一处"),
            ("unit", "name", None, "二处"),
            ("unit", "successors", [], ["一处", "二处"]),
            ("unit", "settled", True, False),
        ],
    ),
    "stands_for": (
        lambda d: stands_for(d.session, d.units.get("甲处"), [d.units.get("东镇")]),
        [("unit", "successors", [], ["东镇"])],
    ),
    "same_as": (
        lambda d: same_as(d.session, d.units.get("甲处"), d.units.get("东镇")),
        [("unit", "successors", [], ["东镇"])],
    ),
    "choose_successors": (
        lambda d: (
            reorganise(d.session, ["甲处"], ["东镇"], TODAY),
            choose_successors(d.session, d.units.get("甲处"), [d.units.get("各街镇")]),
        ),
        [
            ("unit", "successors", [], ["东镇"]),
            ("unit", "successors", ["东镇"], []),
            ("unit", "successors", [], ["各街镇"]),
        ],
    ),
    "cancel": (
        lambda d: (reorganise(d.session, ["甲处"], ["东镇"], TODAY), cancel(d.session, d.units.get("甲处"))),
        [("unit", "successors", [], ["东镇"]), ("unit", "successors", ["东镇"], [])],
    ),
    "take_listing": (
        lambda d: take_listing(d.session, [Entry("甲处", "", (), (), ("一处",))]),
        [("unit", "aliases", [], ["一处"])],
    ),
    "remove_units": (
        lambda d: remove_units(d.session, ["甲处"], NOW),
        [
            ("unit", "name", "甲处", None),
            ("unit", "kind", "unit", None),
            ("unit", "aliases", [], None),
            ("unit", "settled", True, None),
        ],
    ),
    "undo_last": (
        lambda d: undo_last(d.session),
        [("unit", "aliases", ["东城镇"], [])],
    ),
    "keep_to_plan": (
        lambda d: d.declares("一处", "甲处") and keep_to_plan(d.session, d.plan, "一处", "keep"),
        [("plan", "aliases", [{"alias": "一处", "names": ["甲处"]}], [])],
    ),
    "answer_unit": (
        lambda d: answer_unit(d.session, d.plan, "各街镇", "甲处", TODAY),
        [("unit", "members", ["东镇"], ["东镇", "甲处"])],
    ),
    "change_setting": (
        lambda d: change_setting(d.session, "lamps.near_days", "5"),
        [("tenant", "lamps.near_days", None, 5)],
    ),
    "hand_over": (
        lambda d: d.write(lambda work, row: hand_over(work, d.units.get("各街镇"), [d.units.get("甲处")])),
        [("assignment", "unit", "各街镇", "甲处")],
    ),
    "accept_offers": (
        lambda d: (
            set_unit(d.session, d.units.get("各街镇"), "kind", "unit"),
            reorganise(d.session, ["各街镇"], ["甲处"], TODAY),
            accept_offers(d.session, d.plan, TODAY),
        ),
        [
            ("unit", "kind", "group", "unit"),
            ("unit", "successors", [], ["甲处"]),
            ("assignment", "unit", "各街镇", "甲处"),
        ],
    ),
    "import_draft": (
        lambda d: import_text(d.session, TEXT.replace("优化专栏", "优化网站"), "另一份.txt"),
        [("plan", "imported", None, "另一份.txt")],
    ),
    "confirm_plan": (
        lambda d: confirm_plan(d.session, d.plan.id, TODAY),
        [
            ("plan", "status", "draft", "confirmed"),
            ("assignment", "unit", None, "东镇"),
            ("assignment", "closed", False, True),
        ],
    ),
    "expand_groups": (
        lambda d: d.write(lambda work, row: expand_groups(work)),
        [("assignment", "unit", None, "东镇"), ("assignment", "closed", False, True)],
    ),
    "add_assignment": (
        lambda d: d.write(lambda work, row: add_assignment(work, row.task, d.units.get("甲处"))),
        [("assignment", "unit", None, "甲处")],
    ),
    "set_units": (
        lambda d: d.write(lambda work, row: set_units(work, row.assignment, ["甲处", "东镇"])),
        [
            ("assignment", "unit", "各街镇", "甲处、东镇"),
            ("assignment", "closed", False, True),
            ("assignment", "unit", None, "甲处"),
            ("assignment", "unit", None, "东镇"),
        ],
    ),
    "add_task": (
        lambda d: d.write(lambda work, row: add_task(work, "k", "新任务", ["甲处"])),
        [("task", "title", None, "新任务"), ("assignment", "unit", None, ""), ("assignment", "unit", "", "甲处")],
    ),
    "split_task": (
        lambda d: d.write(lambda work, row: split_task(work, row.task, "编制并公布", [])),
        [
            ("task", "title", None, "编制并公布目录,于3月31日前向社会公开"),
            ("assignment", "unit", None, "各街镇"),
            ("task", "deadline", "3月31日前", ""),
            ("task", "deadline", "", "3月31日前"),
            ("task", "text", ANY, "做好目录编制。"),
            ("task", "sources", ANY, ANY),
        ],
    ),
    "merge_tasks": (
        lambda d: d.write(lambda work, row: merge_tasks(work, d.tasks(), [])),
        [("assignment", "closed", False, True), ("task", "text", ANY, ANY), ("task", "sources", ANY, ANY)],
    ),
    "move_task": (
        lambda d: d.write(lambda work, row: move_task(work, d.tasks()[1], row.task, behind=False)),
        [("task", "position", 2, 1)],
    ),
    "answer_reading": (
        lambda d: answer_reading(d.session, "各街镇和甲局", "new", TODAY),
        [],  # no list of this plan can be read in two ways
    ),
    "set_deadline": (
        lambda d: d.write(lambda work, row: set_deadline(work, row.task, "9月底前")),
        [("task", "deadline", ANY, "9月底前")],
    ),
    "open_periods": (lambda d: d.write(_opened(open_periods)), OPENED),
    "open_now": (
        lambda d: (d.write(_opened(lambda work: None)), open_now(d.session, d.plan, TODAY)),
        OPENED,
    ),
    "open_changed": (lambda d: d.write(_opened(open_changed)), OPENED),
    "open_begun": (
        lambda d: (d.write(_opened(lambda work: None)), open_begun(d.session, d.plan, TODAY)),
        OPENED,
    ),
    "set_quota": (
        lambda d: d.write(lambda work, row: set_quota(work, row.task, "不少于3次")),
        [("task", "quota", "", "不少于3次")],
    ),
}

# field → normal form, written word, and the trace
CELLS = {
    "title": ("x", "x", ("task", "title", "做好目录编制", "x")),
    "text": ("x", "x", ("task", "text", ANY, "x")),
    "unit": ("甲处", "甲处", ("assignment", "unit", "", "甲处")),
    "deadline": ("9月底前", "9月底前", ("task", "deadline", ANY, "9月底前")),
    "quota": ("不少于3次", "不少于3次", ("task", "quota", "", "不少于3次")),
    "status": ("done", "√", ("occurrence", "status", "未启动", "√")),
    "percent": (50, "50", ("occurrence", "percent", None, 50)),
    "count": (2, "2", ("occurrence", "count", None, 2)),
    "completed_on": ("2024-06-30", "2024-06-30", ("occurrence", "completed_on", None, "2024-06-30")),
    "progress": ("x", "x", ("occurrence", "progress", "", "x")),
    "evidence": ("x", "x", ("occurrence", "evidence", "", "x")),
    "note": ("x", "x", ("occurrence", "note", "", "x")),
}
