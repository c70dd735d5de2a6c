"""What a person may do: the closed list of rights, and the roles that are sets of them. Pure.

A role that is bound has its rights for the units of the membership only; every other role has them for all units.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

Units = frozenset[int] | None
"""The ids of the units that something holds for; None: for all of them."""


class Right(StrEnum):
    """What an endpoint asks for. The first group is a tenant's, the second the operator's."""

    TENANT_READ = "tenant.read"
    UNITS_READ = "units.read"
    PLANS_READ = "plans.read"
    SHEETS_EXPORT = "sheets.export"
    ROUNDS_READ = "rounds.read"
    METRICS_READ = "metrics.read"
    HISTORY_READ = "history.read"
    PROGRESS_REPORT = "progress.report"
    ROUNDS_RETURN = "rounds.return"
    PLANS_CHANGE = "plans.change"
    UNITS_CHANGE = "units.change"
    SHEETS_SYNC = "sheets.sync"
    ROUNDS_SEND = "rounds.send"
    SETTINGS_CHANGE = "settings.change"
    LINKS_ISSUE = "links.issue"
    MEMBERS_READ = "members.read"
    MEMBERS_CHANGE = "members.change"
    TOKENS_CHANGE = "tokens.change"
    WEBHOOKS_CHANGE = "webhooks.change"
    SECURITY_CHANGE = "security.change"
    AUDIT_READ = "audit.read"
    TENANT_LEAVE = "tenant.leave"

    PLATFORM_TENANTS = "platform.tenants"
    PLATFORM_ERASE = "platform.erase"
    PLATFORM_OPERATE = "platform.operate"
    PLATFORM_ACCOUNTS = "platform.accounts"
    PLATFORM_AUDIT = "platform.audit"


MEANINGS: Mapping[Right, str] = {
    Right.TENANT_READ: "查看本机关的基本信息和设置",
    Right.UNITS_READ: "查看责任单位",
    Right.PLANS_READ: "查看要点、任务和进展",
    Right.SHEETS_EXPORT: "导出任务分解表",
    Right.ROUNDS_READ: "查看下发批次和回收情况",
    Right.METRICS_READ: "查看指标",
    Right.HISTORY_READ: "查看修改记录",
    Right.PROGRESS_REPORT: "填报进展",
    Right.ROUNDS_RETURN: "上传回收件",
    Right.PLANS_CHANGE: "导入、修改和确认要点",
    Right.UNITS_CHANGE: "维护责任单位",
    Right.SHEETS_SYNC: "同步表格、处理冲突和撤销同步",
    Right.ROUNDS_SEND: "下发和回收",
    Right.SETTINGS_CHANGE: "修改业务设置",
    Right.LINKS_ISSUE: "发放上传链接",
    Right.MEMBERS_READ: "查看成员",
    Right.MEMBERS_CHANGE: "邀请、调整和移出成员",
    Right.TOKENS_CHANGE: "发放和吊销接口令牌",
    Right.WEBHOOKS_CHANGE: "设置事件推送，查看推送记录",
    Right.SECURITY_CHANGE: "修改安全设置",
    Right.AUDIT_READ: "查看本机关的审计记录",
    Right.TENANT_LEAVE: "导出全部数据，申请注销和撤回",
    Right.PLATFORM_TENANTS: "开通和管理租户",
    Right.PLATFORM_ERASE: "清除已申请注销的租户",
    Right.PLATFORM_OPERATE: "查看运行状况，管理插件和后台任务",
    Right.PLATFORM_ACCOUNTS: "管理账号和平台角色",
    Right.PLATFORM_AUDIT: "查看和核验平台审计记录",
}


@dataclass(frozen=True)
class Role:
    """A set of rights under a name. `bound`: it holds for the units that the membership names, and must name some."""

    name: str
    rights: frozenset[Right]
    bound: bool = False


_SEEING = frozenset(
    {
        *(Right.TENANT_READ, Right.UNITS_READ, Right.PLANS_READ, Right.SHEETS_EXPORT),
        *(Right.ROUNDS_READ, Right.METRICS_READ, Right.HISTORY_READ),
    }
)
_REPORTING = frozenset({Right.PLANS_READ, Right.ROUNDS_READ, Right.PROGRESS_REPORT, Right.ROUNDS_RETURN})
_OFFICE = (
    _SEEING
    | _REPORTING
    | {
        *(Right.PLANS_CHANGE, Right.UNITS_CHANGE, Right.SHEETS_SYNC, Right.ROUNDS_SEND),
        *(Right.SETTINGS_CHANGE, Right.LINKS_ISSUE, Right.MEMBERS_READ),
    }
)
TENANT_ADMIN = "tenant_admin"
ROLES: Mapping[str, Role] = {
    "office": Role("牵头办公室", _OFFICE),
    "unit_contact": Role(
        "单位联络员",
        _REPORTING | {Right.TENANT_READ, Right.UNITS_READ, Right.SHEETS_EXPORT, Right.HISTORY_READ},
        bound=True,
    ),
    "reviewer": Role("评阅人员", _SEEING),
    # the first administrator imports the document and confirms the units before there is anybody else
    TENANT_ADMIN: Role(
        "租户管理员",
        _OFFICE
        | {
            *(Right.MEMBERS_CHANGE, Right.TOKENS_CHANGE, Right.WEBHOOKS_CHANGE, Right.SECURITY_CHANGE),
            *(Right.AUDIT_READ, Right.TENANT_LEAVE),
        },
    ),
    "guest": Role("外部单位", _REPORTING, bound=True),
}
# An account has one of these at most: who operates, who gives access, and who looks at both are three people
PLATFORM_ROLES: Mapping[str, Role] = {
    "system_admin": Role(
        "系统管理员", frozenset({Right.PLATFORM_TENANTS, Right.PLATFORM_ERASE, Right.PLATFORM_OPERATE})
    ),
    "security_admin": Role("安全管理员", frozenset({Right.PLATFORM_ACCOUNTS})),
    "audit_admin": Role("审计管理员", frozenset({Right.PLATFORM_AUDIT})),
}
# what somebody may have for some units only; of every other right that is as good as nothing
BOUND_RIGHTS = frozenset().union(*(role.rights for role in ROLES.values() if role.bound))
TENANT_RIGHTS = frozenset().union(*(role.rights for role in ROLES.values()))

Grants = Mapping[Right, Units]
"""Which rights somebody has, and each for which units."""


def given(held: Iterable[tuple[Collection[Right], Units]]) -> Grants:
    """What several sets of rights, each for some units, amount to: they add up, right by right."""
    grants: dict[Right, Units] = {}
    for rights, units in held:
        for right in rights:
            before = grants.get(right, frozenset())
            grants[right] = None if units is None or before is None else before | units
    return grants


def narrowed(grants: Grants, to: Grants) -> Grants:
    """What both give: no right that one of them lacks, and none for a unit that one of them leaves out."""
    return {
        right: both
        for right in grants.keys() & to.keys()
        if (both := _common(grants[right], to[right])) is None or both
    }


def within(asked: Grants, held: Grants) -> bool:
    """Whether whoever has `held` may pass `asked` on."""
    return narrowed(asked, held) == asked


def _common(one: Units, other: Units) -> Units:
    if one is None or other is None:
        return other if one is None else one
    return one & other
