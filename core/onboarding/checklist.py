"""How far a tenant has got from its approval to the first sheet in the hands of its units: computed from what is there,
nothing is ticked off by hand. Each part declares its own `steps`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from core.onboarding.models import Application
from core.parts import declared
from core.plans.models import Plan
from core.units.models import Unit
from tenants.identity.models import Identity
from tenants.people.models import Account, Membership, SignIn
from tenants.people.rights import ROLES, TENANT_ADMIN
from tenants.people.steps import Factor
from tenants.sessions import ScopedSession


@dataclass(frozen=True)
class Step:
    """One step: `count` of `total` is there. `next`: what to do (Chinese); `operation` and `command` do it; in the
    command, which is empty where there is none, stands `{slug}` for the tenant."""

    key: str
    title: str
    count: int
    total: int
    next: str
    operation: str
    command: str

    @property
    def done(self) -> bool:
        """Nothing is left to do here."""
        return self.count >= self.total > 0

    def shown(self, slug: str) -> dict[str, Any]:
        """As it is answered; where it is done, there is nothing to do next."""
        told = {"key": self.key, "title": self.title, "done": self.done, "count": self.count, "total": self.total}
        told |= {"next": "" if self.done else self.next}
        return told | {"operation": self.operation, "command": self.command.format(slug=slug)}


Maker = Callable[[ScopedSession], list[Step]]


def steps_of(session: ScopedSession) -> list[Step]:
    """The steps of the session's tenant, in order."""
    makers: list[Maker] = declared("steps")
    return [step for make in makers for step in make(session)]


def administrators(session: ScopedSession) -> list[Step]:
    """Somebody can administer the tenant, and only he."""
    present = (Membership.role == TENANT_ADMIN, Membership.ended_at.is_(None), ~Account.disabled)
    query = select(Account).join(Membership, Membership.account_id == Account.id).where(*present)
    found = session.scalars(query).all()
    through = _through_provider(session, found)
    own = bool(through) or any(one.password_hash is not None and not one.must_change for one in found)
    second = Factor.GIVEN in through or any(one.totp_secret is not None for one in found)
    return [
        Step("password", "管理员设置密码", int(own), 1, *_first_password(session, found)),
        Step(
            *("second_factor", "管理员设置两步验证", int(second), 1),
            "租户管理员登录后，用手机验证器扫码设置两步验证，并保存恢复码。",
            *("PUT /session/second-factor", ""),
        ),
    ]


def _through_provider(session: ScopedSession, found: Sequence[Account]) -> set[str]:
    """How far these were with the second factor whom the tenant's identity provider has let in; empty: none of them."""
    of_tenant = (SignIn.bound_tenant_id == session.scope.tenant_id, SignIn.account_id.in_([one.id for one in found]))
    return set(session.scalars(select(SignIn.second_factor).where(*of_tenant)))


def _first_password(session: ScopedSession, found: Sequence[Account]) -> tuple[str, str, str]:
    """How an administrator comes to his own password: by the link, where an application was approved; else he was
    handed out an initial one. He needs none whom the agency's identity provider lets in."""
    linked = select(Application.id).where(
        Application.in_tenant_id == session.scope.tenant_id, Application.link_digest.is_not(None)
    )
    if not found:
        told = "请平台方增加一位租户管理员，并把初始密码当面交给本人。"
        return told, "POST /members", "zwgk member add 登录名 --role tenant_admin --tenant {slug}"
    known = select(Identity.id).where(Identity.account_id.in_([one.id for one in found if one.password_hash is None]))
    if session.scalar(known) is not None:
        return "租户管理员经统一身份认证登录一次，不必设置密码。", "POST /session/oidc", ""
    if session.scalar(linked) is not None:
        told = "租户管理员打开平台方发来的链接，设置自己的密码；链接遗失的，请平台方重新发放。"
        return told, "POST /invitation", "zwgk tenant link 申请编号"
    told = "租户管理员用初始密码登录，改为自己的密码；初始密码遗失的，请平台方重置。"
    return told, "PUT /session/password", "zwgk account password 登录名"


def plans(session: ScopedSession) -> list[Step]:
    """The document of the year, its units, the plan."""
    settled = dict(session.execute(select(Unit.settled, func.count()).group_by(Unit.settled)).all())
    states = dict(session.execute(select(Plan.status, func.count()).group_by(Plan.status)).all())
    return [
        Step(
            *("document", "导入年度工作要点", min(sum(states.values()), 1), 1),
            "上传今年的政务公开工作要点（Word、PDF、文本等），系统分解为任务草稿。",
            *("POST /plans", "zwgk plan import --tenant {slug} 文件"),
        ),
        Step(
            *("units", "确认责任单位", settled.get(True, 0), sum(settled.values())),
            "逐个回答系统对责任单位的提问：是什么单位、单位组有哪些成员；还没有单位的，先增加或导入名录。",
            *("POST /plans/{plan}/answers", "zwgk plan show --tenant {slug}"),
        ),
        Step(
            *("plan", "确认任务分解表", min(states.get("confirmed", 0), 1), 1),
            "对照原文核对草稿，改正后确认；单位组随之展开到各成员。",
            *("POST /plans/{plan}/confirmation", "zwgk plan confirm --tenant {slug}"),
        ),
    ]


def contacts(session: ScopedSession) -> list[Step]:
    """Each unit has somebody who reports for it."""
    units = set(session.scalars(select(Unit.id).where(Unit.kind == "unit")))
    bound = [name for name, role in ROLES.items() if role.bound]
    held = select(Membership.units).where(Membership.role.in_(bound), Membership.ended_at.is_(None))
    served = {unit for ids in session.scalars(held) for unit in ids or ()}
    return [
        Step(
            *("contacts", "邀请单位联络员", len(units & served), len(units)),
            "为每个责任单位邀请一位联络员；暂不上线的单位，也可以用下发表或上传链接填报。",
            *("POST /members", "zwgk member add 登录名 --role unit_contact --unit 单位 --tenant {slug}"),
        )
    ]


OWN: tuple[Maker, ...] = (administrators, plans, contacts)
