"""What the system administrator does with an application: approve it, which makes the tenant and invites its first
administrator, all or nothing; refuse it; give out another link where the first one was lost."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.onboarding.applying import ApplicationInvalid, find
from core.onboarding.invited import is_his_alone
from core.onboarding.models import STATE_NAMES, Application
from core.plugin_manager import PluginManager
from core.tenancy import onboarding
from tenants.audit.actions import Action
from tenants.audit.acts import record_act
from tenants.errors import ZwgkError
from tenants.people.accounts import account_of, folded
from tenants.people.members import invite
from tenants.people.models import Account
from tenants.people.rights import TENANT_ADMIN
from tenants.people.secret import digest, new_secret
from tenants.people.tracing import By
from tenants.sessions import ScopedSession, platform_session

LINK_DAYS = 7
LONGEST_REASON = 200


class ApplicationDecided(ZwgkError):
    """Approved otherwise, or refused."""

    code = "already_decided"
    sentence = "申请 {reference} 已办结（{state}），未作任何更改。"


class LoginTaken(ZwgkError):
    """Somebody has an account of this login: a link to set its password would give it to whoever applied."""

    code = "login_exists"
    sentence = (
        "登录名“{login}”已有账号。请向申请人核实：是同一人的，批准时注明，由其用原来的方式登录；不是的，另定登录名。"
    )
    by_command = "（--same-person，或 --login 登录名）"


class NoLinkNeeded(ZwgkError):
    """Not approved, or the administrator has a password by now, or an account that is not this approval's alone."""

    code = "no_link_needed"
    sentence = "申请 {reference} 不能再发链接：{why}。"


@dataclass(frozen=True)
class Grant:
    """What is granted, which may be other than what was wished. `login` blank: as wished. `same_person`: an account of
    this login that there is already is known to be that person's; he signs in as he does."""

    slug: str
    plugins: Sequence[str]
    login: str = ""
    same_person: bool = False

    def shown(self, login: str) -> dict[str, object]:
        """As it is kept, so that the same approval twice is known."""
        return {"slug": self.slug, "plugins": list(self.plugins), "login": login}


@dataclass(frozen=True)
class Approved:
    """The tenant that was made, and the secret of the first administrator's link, shown this once; None where he needs
    none, or where this very approval was given before."""

    reference: str
    slug: str
    login: str
    units: int | None
    secret: str | None = field(repr=False)
    link_until: datetime | None


def approve(plugins: PluginManager, reference: str, grant: Grant, now: datetime, by: By) -> Approved:
    """Make the tenant with the units of its plugins, invite the first administrator, and end the application: in one
    transaction. The same approval once more changes nothing.

    Raises `ApplicationUnknown`, `ApplicationDecided`, `LoginTaken` (unless `same_person`), and what
    `core.tenancy.onboarding` and `invite` raise.
    """
    with platform_session() as session:
        found = find(session, reference, now)
        login = folded(grant.login or found.login) or grant.login
        if found.state != "waiting":
            return _before(found, grant.shown(login))
        name, contact = found.name, found.contact
    with onboarding(plugins, grant.slug, name, grant.plugins, by) as (tenant, session, units):
        row = find(session, reference, now, lock=True)
        if row.state != "waiting":
            raise _decided(row)
        account, made = account_of(session, login, contact, now)
        if not made and not grant.same_person:
            raise LoginTaken(login=account.login)
        invite(session, account.login, contact, TENANT_ADMIN, None, now)
        row.in_tenant_id, row.account_id = tenant.id, account.id
        row.granted = grant.shown(account.login) | {"made": made}
        _decide(row, "approved", now, by)
        secret = _new_link(row, now) if made else None
        record_act(session, Action.APPLICATION_APPROVED, detail={"reference": row.reference, "login": account.login})
        return Approved(row.reference, tenant.slug, account.login, units, secret, row.link_until)


def refuse(reference: str, reason: str, now: datetime, by: By) -> None:
    """Refuse an application with a reason, which whoever asked reads; the same once more changes nothing.

    Raises `ApplicationUnknown`, `ApplicationDecided`, `ApplicationInvalid`.
    """
    reason = reason.strip()
    if not (0 < len(reason) <= LONGEST_REASON and reason.isprintable()):
        raise ApplicationInvalid(what="理由", most=LONGEST_REASON)
    with platform_session(*by) as session:
        row = find(session, reference, now, lock=True)
        if (row.state, row.reason) == ("refused", reason):
            return
        if row.state != "waiting":
            raise _decided(row)
        _decide(row, "refused", now, by)
        row.reason = reason
        record_act(session, Action.APPLICATION_REFUSED, detail={"reference": row.reference})


def link_anew(reference: str, now: datetime, by: By) -> Approved:
    """Another link for the first administrator; the one before is dead.

    Raises `ApplicationUnknown`, `NoLinkNeeded`.
    """
    with platform_session(*by) as session:
        row = find(session, reference, now, lock=True)
        if row.state != "approved":
            raise NoLinkNeeded(reference=reference, why="尚未批准，或已拒绝")
        if _account(session, row).password_hash is not None:
            raise NoLinkNeeded(reference=reference, why="管理员已有密码，忘记密码请由安全管理员重置")
        if not is_his_alone(session, row):
            raise NoLinkNeeded(reference=reference, why="账号不只是本次批准所建，请由安全管理员设置密码")
        secret = _new_link(row, now)
        record_act(session, Action.APPLICATION_LINK, detail={"reference": row.reference})
        return Approved(row.reference, row.granted["slug"], row.granted["login"], None, secret, row.link_until)


def _account(session: ScopedSession, row: Application) -> Account:
    return session.get_one(Account, row.account_id)


def _before(row: Application, asked: dict[str, object]) -> Approved:
    """What an approval gives that was given before. Raises `ApplicationDecided` for another one."""
    if row.state != "approved" or not asked.items() <= row.granted.items():
        raise _decided(row)
    return Approved(row.reference, row.granted["slug"], row.granted["login"], None, None, row.link_until)


def _decided(row: Application) -> ApplicationDecided:
    return ApplicationDecided(reference=row.reference, state=STATE_NAMES[row.state])


def _decide(row: Application, state: str, now: datetime, by: By) -> None:
    row.state, row.decided_at, row.decided_by = state, now, by[0]


def _new_link(row: Application, now: datetime) -> str:
    secret = new_secret()
    row.link_digest, row.link_until = digest(secret), now + timedelta(days=LINK_DAYS)
    return secret
