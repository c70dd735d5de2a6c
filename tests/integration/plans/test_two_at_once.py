"""Two who do the same at the same moment: one is first, the other is told so."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from core.decompose.decompose import decompose
from core.documents.reader import Document
from core.plans.drafting import PlanExists, import_draft
from core.units.services import UnitExists, add_unit
from tenants.services import adding_tenant
from tenants.sessions import tenant_session

TEXT = "2024年示例机关政务公开工作要点\n一、信息公开\n(一)做好目录编制。编制并公布目录。(责任单位:甲处)\n"


def import_plan(session):
    import_draft(session, Document(TEXT, "要点.txt", "txt"), decompose(TEXT), [], None)


@pytest.mark.parametrize(
    ("act", "refusal"), [(import_plan, PlanExists), (lambda session: add_unit(session, "甲处"), UnitExists)]
)
def test_the_second_is_refused(app, act, refusal):
    """The second one has to wait for the first one's row, whether it comes before or after that is committed."""

    def second():
        with app.app_context(), tenant_session("t", "office", "command") as session:
            act(session)

    with adding_tenant("t", "示例机关", ["openness"]):
        pass
    with ThreadPoolExecutor(1) as pool:
        with tenant_session("t", "office", "command") as session:
            act(session)
            waiting = pool.submit(second)
        with pytest.raises(refusal):
            waiting.result()
