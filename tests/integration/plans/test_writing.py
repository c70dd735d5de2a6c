"""One writer at a time: who waited for the lock goes on from what the other one left."""

from datetime import date

import pytest

from core.decompose.decompose import decompose
from core.documents.reader import Document
from core.plans.drafting import import_draft
from core.plans.services import AlreadyConfirmed, confirm_plan, find_plan
from core.plans.writing import writing
from tenants.sessions import tenant_session

TODAY = date(2024, 7, 1)
TEXT = "2024年示例机关政务公开工作要点\n一、信息公开\n(一)编制目录。编制并公布目录。(责任单位:甲处)\n"


@pytest.fixture
def plan_id(app, add_tenant):
    add_tenant("a")
    with tenant_session("a", "office", "command") as session:
        return import_draft(session, Document(TEXT, "要点.txt", "txt"), decompose(TEXT), (), None).id


def test_a_plan_that_was_read_before_the_lock_is_read_again(plan_id):
    with tenant_session("a", "slow", "command") as slow:
        read_early = find_plan(slow, plan_id)
        with tenant_session("a", "fast", "command") as fast, writing(fast, plan_id, TODAY) as work:
            work.note(work.plan, "title", "旧", "新")
            first = work.revision
        with writing(slow, plan_id, TODAY) as work:
            assert (work.plan, work.revision) == (read_early, first + 1)


def test_a_plan_is_confirmed_once(plan_id):
    with tenant_session("a", "slow", "command") as slow:
        read_early = find_plan(slow, plan_id)
        assert read_early.status == "draft"
        with tenant_session("a", "fast", "command") as fast:
            confirm_plan(fast, plan_id, TODAY)
        with pytest.raises(AlreadyConfirmed):
            confirm_plan(slow, plan_id, TODAY)
