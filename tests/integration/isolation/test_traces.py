"""Every service call that writes says what it changed: which field of which row, old and new, who and by which way.

`WRITES` and `READS` together name every public function that gets at data: a new one has to be put into one of them.
"""

import importlib
import inspect

import pytest
from sqlalchemy import select

from core.migrate import upgrade
from core.plans.cells import edit_cell
from core.plans.schemas import EditSchema
from core.units.importing import take_listing
from core.units.listing import Entry
from core.units.services import (
    add_unit,
    read_directory,
)
from core.units.undoing import IMPORT
from tenants.models import Change
from tenants.services import adding_tenant, list_tenants
from tenants.sessions import tenant_session
from tests.integration.isolation.service_calls import CELLS, WRITES, Desk, import_text
from tests.integration.isolation.world import visitor

MODULES = (
    "tenants.services",
    "tenants.people.members",
    "tenants.people.tokens",
    "tenants.identity.providers",
    "tenants.identity.links",
    "core.tenancy",
    "core.settings",
    "core.units.services",
    "core.units.changes",
    "core.units.importing",
    "core.units.removing",
    "core.units.undoing",
    "core.plans.services",
    "core.plans.drafting",
    "core.plans.assigning",
    "core.plans.cells",
    "core.plans.limiting",
    "core.plans.asking",
    "core.plans.declaring",
    "core.plans.answering",
    "core.plans.offers",
    "core.plans.opening",
    "core.plans.mending",
    "core.plans.rereading",
    "core.plans.draftview",
)
READS = {
    *(
        "find_tenant",
        "list_tenants",
        "plugins_of",
        "lamp_rule_of",
        "sheet_layout_of",
        "read_directory",
        "find_plan",
        "list_plans",
        "questions",
    ),
    *("reading_questions", "draft_view", "check_plan", "missing", "plugins_in", "templates_in"),
    *("lock_settings", "shown_settings", "check_slug", "callback_of", "refuse_kept"),
    *(
        "check_ids",
        "is_used",
        "history_of_row",
        "find_row",
        "find_rows",
        "rows_of_tasks",
        "due_of",
        "recurs",
        "rhythms",
        "mixed_tasks",
    ),
    *("find_terms", "registration", "registration_to_try", "list_identities", "account_linked"),
    *("list_members", "find_member", "lock_member", "members_by_login", "list_tokens"),
    *("read_settings", "setting", "differences", "unit_questions", "new_units", "tasks_by_unit", "offers"),
}


@pytest.fixture(scope="module")
def site(database_server):
    """A tenant with a group, and a plan whose first task is laid on the group and whose second on nobody."""
    with database_server.clone(upgrade) as urls, visitor(urls.app):
        with adding_tenant("t", "示例机关", ["openness"]):
            pass
        with tenant_session("t", "setup", "setup") as session:
            add_unit(session, "东镇")
            add_unit(session, "甲处")
            add_unit(session, "各街镇", members=["东镇"])
            import_text(session)
        with tenant_session("t", "setup", IMPORT) as session:
            take_listing(session, [Entry("东镇", "", (), (), ("东城镇",))])
        yield


@pytest.fixture
def session(site):
    """A session of the office by the page; rolled back."""
    with tenant_session("t", "office", "page") as session:
        yield session
        session.rollback()


def traces(session):
    """What the session recorded: entity, field, old, new."""
    mine = session.scalars(select(Change).where(Change.actor == "office").order_by(Change.id)).all()
    assert {change.via for change in mine} <= {"page"}
    return [(change.entity, change.field, change.old, change.new) for change in mine]


def _gets_at_data(function):
    """It is given a session or a writing transaction, or it opens one itself."""
    opens = function.__module__ in ("tenants.services", "core.tenancy")
    return opens or {"session", "work"} & set(inspect.signature(function).parameters)


def test_every_service_call_is_known():
    public = {
        name
        for module in map(importlib.import_module, MODULES)
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_") and _gets_at_data(function)
    }
    assert public == READS | set(WRITES) | {"edit_cell", "let_in", "adding_tenant", "onboard", "onboarding"}
    assert set(CELLS) == set(EditSchema().fields)


@pytest.mark.parametrize("name", WRITES)
def test_a_call_leaves_its_trace(session, name):
    call, expected = WRITES[name]
    call(Desk(session))
    assert traces(session) == expected


@pytest.mark.parametrize("field", CELLS)
def test_a_cell_leaves_its_trace(session, field):
    norm, written, expected = CELLS[field]
    desk = Desk(session)
    before = desk.plan.revision
    desk.write(lambda work, row: edit_cell(work, row, field, norm, written), row=1 if field == "unit" else 0)
    assert traces(session) == [expected]
    change = session.scalars(select(Change).where(Change.actor == "office")).one()
    assert (change.plan_id, change.revision, desk.plan.revision) == (desk.plan.id, before + 1, before + 1)


def test_a_change_to_the_same_value_leaves_none(session):
    desk = Desk(session)
    before = desk.plan.revision
    for field, value in (("title", "做好目录编制"), ("progress", ""), ("percent", None)):
        desk.write(lambda work, row, f=field, v=value: edit_cell(work, row, f, v, v))
    desk.write(lambda work, row: edit_cell(work, row, "status", "not_started", "未启动"))
    assert (traces(session), desk.plan.revision) == ([], before)


def test_a_call_that_fails_leaves_none(site):
    def fail():
        with tenant_session("t", "office", "page") as session:
            add_unit(session, "丁处")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with tenant_session("t", "office", "page") as session:
        assert traces(session) == []


def test_a_tenant_and_what_is_put_into_it_are_there_together_or_not_at_all(site):
    def fail():
        with adding_tenant("half", "半途而废", []) as (_, session):
            add_unit(session, "甲处")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert [tenant.slug for tenant in list_tenants()] == ["t"]


def test_a_new_tenant_and_its_units_leave_theirs(cli, app):
    cli.ok("tenant", "add", "n", "--name", "新机关", "--plugin", "jiading")
    with tenant_session("n", "test", "test") as session:
        query = select(Change.entity, Change.field, Change.new, Change.actor, Change.via).order_by(Change.id)
        changes = session.execute(query).all()
        units = {unit.name for unit in read_directory(session).units()}
    assert units
    assert {change.new for change in changes if (change.entity, change.field) == ("unit", "name")} == units
    assert changes[0] == ("tenant", "name", "新机关", "platform", "command")
    assert {(change.actor, change.via) for change in changes} == {("platform", "command")}
