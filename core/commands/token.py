"""`zwgk token`: API tokens of programs, and the links that were handed out."""

from dataclasses import asdict

import click

from core.commands.account import now, shown_time
from core.commands.member import unit_ids, unit_names
from core.commands.output import echo_json, echo_table, json_option, tenant_option
from core.runtime import Runtime, with_app
from tenants.people.rights import TENANT_RIGHTS, Right
from tenants.people.tokens import LONGEST_DAYS, OPERATOR, issue_token, list_tokens, revoke_token
from tenants.sessions import tenant_session

RIGHT = click.Choice([right.value for right in Right if right in TENANT_RIGHTS])


@click.group("token")
def token_group() -> None:
    """接口令牌：供程序调用接口，限定权限和期限。"""


@token_group.command("add")
@tenant_option
@click.option("--name", required=True, help="用途，供日后辨认。")
@click.option("--right", "rights", type=RIGHT, multiple=True, required=True, help="权限，可重复，见 zwgk role list。")
@click.option("--unit", "units", multiple=True, metavar="单位", help="只限这些责任单位，可重复。")
@click.option("--days", type=click.IntRange(1, LONGEST_DAYS), default=90, help="有效天数。")
@json_option
@with_app
def token_add(
    _runtime: Runtime,
    tenant: str,
    name: str,
    rights: tuple[str, ...],
    units: tuple[str, ...],
    days: int,
    as_json: bool,
) -> None:
    """发放一个接口令牌；令牌只显示这一次，系统只存其摘要。"""
    with tenant_session(tenant, "office", "command") as session:
        ids = unit_ids(session, units)
        issued = issue_token(session, OPERATOR, name, set(map(Right, rights)), now(), days, ids)
    if as_json:
        echo_json(asdict(issued.token) | {"secret": issued.secret})
    else:
        click.echo(f"已发放令牌“{issued.token.name}”，有效至 {shown_time(issued.token.expires_at)}。只显示这一次：")
        click.echo(issued.secret)


@token_group.command("list")
@tenant_option
@click.option("--links", is_flag=True, help="列出上传链接，而不是接口令牌。")
@json_option
@with_app
def token_list(_runtime: Runtime, tenant: str, links: bool, as_json: bool) -> None:
    """列出有效的接口令牌（或上传链接），新的在前。"""
    with tenant_session(tenant, "office", "command") as session:
        tokens = list_tokens(session, "link" if links else "api", now())
        names = unit_names(session)
    if as_json:
        echo_json([asdict(token) for token in tokens])
        return
    rows = [
        (
            *(token.id, token.name, "、".join(token.rights)),
            "、".join(names.get(unit, str(unit)) for unit in token.units or ()),
            *(shown_time(token.expires_at), shown_time(token.last_used_at)),
        )
        for token in tokens
    ]
    echo_table(("编号", "名称", "权限", "责任单位", "有效至", "最近使用"), rows, widest=60)


@token_group.command("revoke")
@click.argument("token_id", metavar="编号", type=click.IntRange(1, 2**63 - 1))
@tenant_option
@json_option
@with_app
def token_revoke(_runtime: Runtime, token_id: int, tenant: str, as_json: bool) -> None:
    """吊销一个令牌或链接，下一次请求起生效。"""
    with tenant_session(tenant, "office", "command") as session:
        revoke_token(session, token_id, now())
    if as_json:
        echo_json({"id": token_id})
    else:
        click.echo(f"已吊销编号 {token_id} 的令牌。")
