"""What others do at the moment at which a tenant is erased: waited for, or refused."""

import threading
from datetime import timedelta

import psycopg
import pytest
from sqlalchemy import update

from core.jobs.services import ask_for
from core.leaving.asking import NotLeaving, ask_to_leave
from core.leaving.erasing import erase
from core.leaving.verifying import prove
from core.units.models import Unit
from core.units.services import add_unit
from tenants.leaving import TenantLeaving
from tenants.people.members import invite
from tenants.people.tracing import BY_COMMAND
from tenants.sessions import TenantUnknown, tenant_session
from tests.integration.leaving.conftest import LATER
from tests.support.database import plain


def _erased(site):
    with site.runtime.app.app_context():
        erase("a", LATER, BY_COMMAND)


def _units(number):
    with tenant_session(number, "t", "t") as session:
        add_unit(session, "先写的处")
        session.flush()
        session.execute(update(Unit).values(settled=True))


def _asked(number):
    with tenant_session(number, "account:5", "api") as session:
        ask_to_leave(session, LATER - timedelta(days=30))


def test_who_writes_while_it_is_erased_is_waited_for_or_refused(site):
    """An act of looking, which a leaving tenant may still do, begun before and after."""
    site.leaves("a")
    begun, go_on, refused = threading.Event(), threading.Event(), []

    def look(held):
        with site.runtime.app.app_context():
            try:
                with tenant_session(site.world.tenants["a"], "t", "t") as session:
                    ask_for(session, "audit.export", {})
                    begun.set()
                    held.wait(9)
            except TenantLeaving:
                refused.append(True)

    first = threading.Thread(target=look, args=(go_on,))
    first.start()
    begun.wait(9)
    erasing = threading.Thread(target=lambda: _erased(site))
    erasing.start()
    while not site.ask("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%%tenant%%'"):
        assert erasing.is_alive()
    go_on.set()
    first.join()
    erasing.join()
    assert refused == []
    look(go_on)
    assert refused == [True]
    assert prove(LATER)[0].holds


def test_who_wrote_before_it_was_asked_for_is_waited_for(site):
    number = site.world.tenants["a"]
    with site.held("SELECT 1 FROM unit WHERE tenant_id = %s FOR UPDATE", number) as go_on:
        writing = site.begin(lambda: _units(number))
        site.waits()
        asking = site.begin(lambda: _asked(number))
        site.waits(2)
        go_on()
        assert (writing(), asking()) == (None, None)
    erase("a", LATER, BY_COMMAND)
    assert prove(LATER)[0].holds


def test_of_two_who_erase_one_does(site):
    number = site.leaves("a")
    with site.held("SELECT 1 FROM tenant WHERE id = %s FOR KEY SHARE", number) as go_on:
        both = [site.begin(lambda: _erased(site)) for _ in range(2)]
        site.waits(2)
        go_on()
        assert {type(one()) for one in both} == {type(None), TenantUnknown}
    with pytest.raises(TenantUnknown):
        erase("a", LATER, BY_COMMAND)
    assert site.ask("SELECT count(*) FROM platform_entry WHERE action = 'tenant_erased'") == [(1,)]
    assert prove(LATER)[0].holds


def test_who_takes_it_back_before_it_is_erased_stays(site):
    number = site.leaves("a")
    with site.held(
        "DELETE FROM leaving WHERE in_tenant_id = %s", number, then="SELECT id FROM tenant FOR UPDATE"
    ) as on:
        erasing = site.begin(lambda: _erased(site))
        site.waits()
        on()
        assert isinstance(erasing(), NotLeaving | TenantUnknown)
    assert site.ask("SELECT count(*) FROM audit_entry WHERE action = 'tenant_erased'") == [(0,)]
    assert site.rows(number)["unit"] > 0


def test_whoever_is_invited_elsewhere_meanwhile_stays(site):
    account, number, other = (site.world.rows["account_tenant"]["a"], *(site.world.tenants[slug] for slug in "ab"))
    site.leaves("a")
    invited = f"INSERT INTO account_tenant (in_tenant_id, account_id) VALUES ({other}, %s)"
    with site.held(invited, account) as go_on:
        erasing = site.begin(lambda: _erased(site))
        site.waits()
        go_on()
        assert erasing() is None
    assert site.ask("SELECT in_tenant_id FROM account_tenant WHERE account_id = %s", account) == [(other,)]
    assert site.ask("SELECT count(*) FROM account WHERE id = %s", account) == [(1,)]
    assert site.rows(number)["unit"] == 0


def test_whoever_is_invited_elsewhere_too_late_gets_another_account(site):
    account, number = site.world.rows["account_tenant"]["a"], site.leaves("a")
    with psycopg.connect(plain(site.urls.need_owner())) as owner:
        owner.execute("UPDATE account SET login = 'zhang' WHERE id = %s", [account])
    with site.held("SELECT 1 FROM tenant WHERE id = %s FOR KEY SHARE", number) as go_on:
        erasing = site.begin(lambda: _erased(site))
        site.waits()  # with the accounts in its hands
        inviting = site.begin(lambda: _invited("b", "zhang"))
        site.waits(2)
        go_on()
        assert erasing() is None
        invited = inviting()
    assert (invited.member.account_id != account, invited.initial_password is None) == (True, False)
    assert site.ask("SELECT id FROM account WHERE login = 'zhang'") == [(invited.member.account_id,)]


def _invited(slug, login):
    with tenant_session(slug, "office", "command") as session:
        return invite(session, login, "某人", "office", None, LATER)
