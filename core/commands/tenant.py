"""`zwgk tenant`, `zwgk unit`: onboarding an agency, and its units."""

import click
from flask import current_app

from core.commands.output import echo_json, echo_table, json_option, tenant_option
from core.runtime import Runtime, with_app
from core.tenancy import onboard
from core.units.models import UNIT_KINDS
from core.units.services import add_unit, join_group, read_directory
from tenants.services import list_tenants
from tenants.sessions import tenant_session

KIND_NAMES = dict(zip(UNIT_KINDS, ("单位", "单位组", "角色单位", "外部单位"), strict=True))


@click.group("tenant")
def tenant_group() -> None:
    """租户：开通与查看。"""


@tenant_group.command("add")
@click.argument("slug")
@click.option("--name", required=True, help="机关名称。")
@click.option("--plugin", "plugin", required=True, metavar="KEY", help="机关插件，见 zwgk plugin list。")
@json_option
@with_app
def tenant_add(_runtime: Runtime, slug: str, name: str, plugin: str, as_json: bool) -> None:
    """开通一个租户，并按插件建立单位组。"""
    tenant, units = onboard(current_app.extensions["zwgk_plugins"], slug, name, plugin)
    if as_json:
        echo_json({"slug": tenant.slug, "name": tenant.name, "plugins": tenant.plugins, "units": units})
    else:
        click.echo(f"已开通租户 {tenant.slug}（{tenant.name}），插件 {plugin}，预置责任单位 {units} 个。")


@tenant_group.command("list")
@json_option
@with_app
def tenant_list(_runtime: Runtime, as_json: bool) -> None:
    """列出全部租户。"""
    tenants = list_tenants()
    if as_json:
        echo_json([{"slug": t.slug, "name": t.name, "plugins": t.plugins} for t in tenants])
    else:
        echo_table(("短名", "名称", "插件"), [(t.slug, t.name, "、".join(t.plugins)) for t in tenants])


@click.group("unit")
def unit_group() -> None:
    """责任单位：单位、单位组及成员。"""


@unit_group.command("list")
@tenant_option
@json_option
@with_app
def unit_list(_runtime: Runtime, tenant: str, as_json: bool) -> None:
    """列出租户的责任单位。"""
    with tenant_session(tenant, "office", "command") as session:
        directory = read_directory(session)
        rows = [(u.name, u.kind, [m.name for m in directory.members(u)], u.aliases) for u in directory.units()]
    if as_json:
        echo_json([{"name": n, "kind": k, "members": m, "aliases": a} for n, k, m, a in rows])
    else:
        table = [(n, KIND_NAMES[k], "、".join(m), "、".join(a)) for n, k, m, a in rows]
        echo_table(("名称", "类别", "成员", "别名"), table)


@unit_group.command("add")
@click.argument("name")
@tenant_option
@click.option("--kind", type=click.Choice(UNIT_KINDS), default=None, help="类别，默认按名称判断。")
@click.option("--member", "members", multiple=True, help="成员，可重复；用于单位组。")
@click.option("--alias", "aliases", multiple=True, help="别名，可重复。")
@json_option
@with_app
def unit_add(
    _runtime: Runtime,
    name: str,
    tenant: str,
    kind: str | None,
    members: tuple[str, ...],
    aliases: tuple[str, ...],
    as_json: bool,
) -> None:
    """增加一个责任单位或单位组。"""
    with tenant_session(tenant, "office", "command") as session:
        unit = add_unit(session, name, kind or "", members, aliases)
        added = {"name": unit.name, "kind": unit.kind, "members": members, "aliases": aliases}
    if as_json:
        echo_json(added)
    else:
        click.echo(f"已增加责任单位“{name}”。")


@unit_group.command("join")
@click.argument("group")
@click.argument("members", nargs=-1, required=True)
@tenant_option
@json_option
@with_app
def unit_join(_runtime: Runtime, group: str, members: tuple[str, ...], tenant: str, as_json: bool) -> None:
    """把已有单位加入单位组；已确认的要点不受影响。"""
    with tenant_session(tenant, "office", "command") as session:
        directory = read_directory(session)
        join_group(session, directory.get(group), [directory.get(m) for m in members])
    if as_json:
        echo_json({"group": group, "joined": members})
    else:
        click.echo(f"已将 {len(members)} 个单位加入“{group}”。")
