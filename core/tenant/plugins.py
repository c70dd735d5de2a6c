"""Which plugins speak for a tenant: enabling and disabling one, and what that would change.

Enabling adds units that are missing; disabling removes nothing, so that enabling again gives back what was.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, insert, select

from core.agencies import UnitGroup
from core.plans.models import TemplateMatch
from core.plugin_manager import SHARED, PluginManager
from core.units.directory import Directory
from core.units.models import KIND_NAMES, Unit
from core.units.services import add_groups, read_directory
from tenants.errors import ZwgkError
from tenants.history import history_of
from tenants.leaving import refuse_leaving
from tenants.models import Change, Tenant
from tenants.people.tracing import By
from tenants.sessions import ScopedSession, cross_tenant, maint_engine, tenant_session


class PluginIncompatible(ZwgkError):
    """What the plugin says contradicts what the tenant has."""

    code = "plugin_incompatible"
    sentence = "插件“{key}”与本租户不相容：{why}。请先改正责任单位，再启用。"


class PluginInUse(ZwgkError):
    """Something of the tenant's would lose its meaning."""

    code = "plugin_in_use"
    sentence = "插件“{key}”不能停用：{why}。"


class PluginsChanged(ZwgkError):
    """Somebody else enabled or disabled one meanwhile."""

    code = "plugins_changed"
    sentence = "本租户的插件刚被他人修改，请重试。"


@dataclass(frozen=True)
class Effect:
    """What a change brings or takes: names of units that are added (none ever goes), titles of task templates and of
    metrics, and the columns of new sheets whose word or presence changes. `plugins`: those enabled afterwards."""

    plugin: str
    enabled: bool
    plugins: tuple[str, ...]
    units: tuple[str, ...]
    templates: tuple[str, ...]
    metrics: tuple[str, ...]
    columns: tuple[str, ...]


def change_plugin(plugins: PluginManager, slug: str, key: str, enabled: bool, by: By, dry_run: bool = False) -> Effect:
    """Let a plugin speak for a tenant from here on, or no longer; `dry_run`: say only what would change. Where it is
    so already, nothing does. One that is not loaded any more can be disabled all the same.

    Raises `TenantUnknown`, `PluginUnknown`, `PluginUnavailable`, `PluginIncompatible`, `PluginInUse`,
    `PluginsChanged`, `TenantLeaving`, `MaintUrlMissing`.
    """
    with tenant_session(slug, *by) as session:
        tenant_id = session.scope.tenant_id
        before = tuple(session.get_one(Tenant, tenant_id).plugins)
        if enabled or key not in before:
            plugins.enabled_for([key])
        groups = _missing(plugins, session, key) if enabled else []
        after = _with(session, before, key) if enabled else _without(session, before, key)
        effect = _effect(plugins, key, enabled, before, after, groups)
        if dry_run or before == after:
            return effect
        refuse_leaving(session)
        maint_engine()
        add_groups(session, groups)
    with cross_tenant(f"{'启用' if enabled else '停用'}租户 {tenant_id} 的插件 {key}", by[0]) as session:
        row = session.get_one(Tenant, tenant_id, with_for_update=True)
        if tuple(row.plugins) != before:
            raise PluginsChanged
        told = {"actor": by[0], "via": by[1], "entity": "tenant", "entity_id": tenant_id, "field": "plugins"}
        session.execute(insert(Change).values(tenant_id=tenant_id, old=before, new=after, revision=0, **told))
        row.plugins = list(after)
    return effect


def _with(session: ScopedSession, before: Sequence[str], key: str) -> tuple[str, ...]:
    """At the place that it had when it was enabled before, else behind the others: the first that says something
    counts."""
    if key in before:
        return tuple(before)
    former = [change.old for change in history_of(session, "tenant", session.scope.tenant_id, "plugins")]
    known = next((old for old in reversed(former) if key in old), [key])
    behind = known[known.index(key) + 1 :]
    place = next((index for index, one in enumerate(before) if one in behind), len(before))
    return (*before[:place], key, *before[place:])


def _without(session: ScopedSession, before: Sequence[str], key: str) -> tuple[str, ...]:
    if key == SHARED:
        raise PluginInUse(key=key, why="它是各机关公用的部分")
    tasks = session.scalar(select(func.count(TemplateMatch.task_id.distinct())).where(TemplateMatch.plugin == key))
    if tasks:
        raise PluginInUse(key=key, why=f"已有 {tasks} 项任务按它的任务模板识别，停用后其指标无从计算")
    return tuple(one for one in before if one != key)


def _missing(plugins: PluginManager, session: ScopedSession, key: str) -> list[UnitGroup]:
    """The units of the plugin that the tenant does not have. Raises `PluginIncompatible`."""
    directory, missing = read_directory(session), []
    for group in plugins.unit_groups([key]):
        found = directory.find(group.name)
        why = _lacks_room(directory, group) if found is None else _differs(found, group)
        if why:
            raise PluginIncompatible(key=key, why=why)
        if found is None:
            missing.append(group)
    return missing


def _differs(found: Unit, group: UnitGroup) -> str:
    if found.kind == group.kind:
        return ""
    return f"“{group.name}”在本租户是{KIND_NAMES[found.kind]}，在插件中是{KIND_NAMES[group.kind]}"


def _lacks_room(directory: Directory, group: UnitGroup) -> str:
    """Why a unit cannot be added: another name of it is somebody's, or a member is a group."""
    for alias in group.aliases:
        if (found := directory.find(alias)) is not None:
            return f"“{group.name}”的别名“{alias}”已用于“{found.name}”"
    for member in group.members:
        if (found := directory.find(member)) is not None and found.kind == "group":
            return f"“{group.name}”的成员“{member}”在本租户是单位组"
    return ""


def _effect(
    plugins: PluginManager,
    key: str,
    enabled: bool,
    before: tuple[str, ...],
    after: tuple[str, ...],
    groups: Sequence[UnitGroup],
) -> Effect:
    loaded = {entry.key for entry in plugins.catalogue()}
    was_said, will_be_said = ([one for one in keys if one in loaded] for keys in (before, after))
    own = [key] if key in loaded and before != after else []
    templates = [one.title for one in plugins.task_templates(own) if own and one.key.startswith(f"{key}.")]
    metrics = [one.title for one in plugins.metrics(own) if own and one.key.startswith(f"{key}.")]
    old, new = plugins.sheet_layout(was_said), plugins.sheet_layout(will_be_said)
    was, will = ({**one.words, **dict.fromkeys(one.without)} for one in (old, new))
    columns = sorted(name for name in was.keys() | will.keys() if was.get(name, name) != will.get(name, name))
    units = tuple(group.name for group in groups)
    return Effect(key, enabled, after, units, tuple(templates), tuple(metrics), tuple(columns))
