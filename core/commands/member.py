"""`zwgk member`: who belongs to an agency, in which role and for which units."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import click

from core.commands.account import HOLDS, now
from core.commands.output import echo_json, echo_table, json_option, tenant_option
from core.runtime import Runtime, with_app
from core.units.services import read_directory
from tenants.identity.links import invite_bound
from tenants.people.members import Invited, Member, end_member, invite, list_members, members_by_login
from tenants.people.rights import ROLES
from tenants.sessions import ScopedSession, tenant_session

ROLE = click.Choice(tuple(ROLES))


@click.group("member")
def member_group() -> None:
    """成员：谁在本机关担任什么角色，负责哪些单位。"""


@member_group.command("add")
@click.argument("login", metavar="登录名")
@tenant_option
@click.option("--role", type=ROLE, required=True, help="角色，见 zwgk role list。")
@click.option("--name", help="姓名，默认同登录名。")
@click.option("--unit", "units", multiple=True, metavar="单位", help="责任单位，可重复；单位联络员和外部单位必填。")
@click.option("--subject", metavar="SUB", help="此人在认证服务器上的身份标识；写明的，不发初始密码（zwgk idp）。")
@json_option
@with_app
def member_add(
    _runtime: Runtime,
    login: str,
    tenant: str,
    role: str,
    name: str | None,
    units: tuple[str, ...],
    subject: str | None,
    as_json: bool,
) -> None:
    """增加一名成员；没有账号的，建立账号并显示一次性的初始密码。"""
    with tenant_session(tenant, "office", "command") as session:
        asked = (session, login, login if name is None else name, role, unit_ids(session, units))
        invited = invite(*asked, now()) if subject is None else Invited(invite_bound(*asked, subject, now()), None)
        names = unit_names(session)
    member = invited.member
    if as_json:
        echo_json(shown(member, names) | {"initial_password": invited.initial_password})
        return
    handed = "经统一身份认证登录。" if subject else "账号已有，用原来的方式登录。"
    if invited.initial_password:
        handed = f"初始密码：{invited.initial_password}{HOLDS}"
    click.echo(f"已增加{ROLES[role].name} {member.login}（{member.name}）。{handed}")


@member_group.command("list")
@tenant_option
@json_option
@with_app
def member_list(_runtime: Runtime, tenant: str, as_json: bool) -> None:
    """列出本机关的成员。"""
    with tenant_session(tenant, "office", "command") as session:
        names = unit_names(session)
        members = [shown(member, names) for member in list_members(session)]
    if as_json:
        echo_json(members)
        return
    rows = [(m["id"], m["login"], m["name"], ROLES[m["role"]].name, "、".join(m["units"] or ())) for m in members]
    echo_table(("编号", "登录名", "姓名", "角色", "责任单位"), rows)


@member_group.command("remove")
@click.argument("login", metavar="登录名")
@tenant_option
@click.option("--role", type=ROLE, help="只免去这一个角色，默认全部。")
@json_option
@with_app
def member_remove(_runtime: Runtime, login: str, tenant: str, role: str | None, as_json: bool) -> None:
    """移出一名成员，下一次请求起生效；账号保留。"""
    with tenant_session(tenant, "office", "command") as session:
        ending = members_by_login(session, login, role)
        for member in ending:
            end_member(session, member.id, now())
    if as_json:
        echo_json({"login": login, "roles": [member.role for member in ending]})
    else:
        click.echo(f"已移出“{login}”：{'、'.join(ROLES[member.role].name for member in ending)}。")


def unit_ids(session: ScopedSession, names: Sequence[str]) -> list[int] | None:
    """Units as named on the command line; None where none is. Raises `UnitUnknown`."""
    directory = read_directory(session)
    return [directory.get(name).id for name in names] or None


def unit_names(session: ScopedSession) -> Mapping[int, str]:
    """The names of the units of the session's tenant, by id."""
    return {unit.id: unit.name for unit in read_directory(session).units()}


def shown(member: Member, names: Mapping[int, str]) -> dict[str, Any]:
    """A member, with the names of his units."""
    units = None if member.units is None else [names.get(unit, str(unit)) for unit in member.units]
    return asdict(member) | {"units": units}
