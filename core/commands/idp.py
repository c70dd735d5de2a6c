"""`zwgk idp`: the identity provider by which the members of an agency sign in, and who is who there."""

import sys
from dataclasses import asdict, replace

import click

from core.commands.account import now, shown_time
from core.commands.output import echo_json, echo_table, json_option, tenant_option
from core.runtime import Runtime, with_app
from tenants.identity.links import bind, list_identities, unlink
from tenants.identity.providers import ProviderUnknown, find_terms, registration_to_try, remove_provider, set_terms
from tenants.identity.terms import Terms
from tenants.identity.trust import trust_here
from tenants.sessions import ScopedSession, tenant_session

YES_NO = click.Choice(("是", "否"))


@click.group("idp")
def idp_group() -> None:
    """统一身份认证：本机关成员经认证服务器（OIDC）登录。"""


@idp_group.command("set")
@tenant_option
@click.option("--issuer", help="签发者，即认证服务器的地址，如 https://sso.example.gov.cn。")
@click.option("--client-id", help="在认证服务器上登记的应用编号。")
@click.option("--secret-stdin", is_flag=True, help="从标准输入读取应用密钥（一行）；不加则在改变签发者时询问。")
@click.option("--second-factor", metavar="词", help="令牌的 amr 或 acr 中此词算作两步验证，空为都不算。")
@click.option("--passwords", type=YES_NO, help="成员是否仍可用密码登录，默认是；管理员总是可以。")
@json_option
@with_app
def idp_set(
    _runtime: Runtime,
    tenant: str,
    issuer: str | None,
    client_id: str | None,
    secret_stdin: bool,
    second_factor: str | None,
    passwords: str | None,
    as_json: bool,
) -> None:
    """设置认证服务器；只改写明的各项。设置后先试用（idp try），再启用（idp on）。"""
    said = {"issuer": issuer, "client_id": client_id, "second_factor": second_factor}
    said["passwords"] = None if passwords is None else passwords == "是"
    said = {name: value for name, value in said.items() if value is not None}
    with tenant_session(tenant, "office", "command") as session:
        before = _found(session)
        if before is None and not {"issuer", "client_id"} <= set(said):
            raise click.UsageError("第一次设置须写明 --issuer 和 --client-id。")
        after = replace(before, **said) if before else Terms(**said)
        ask = before is None or before.issuer != after.issuer
        _show(tenant, set_terms(session, after, _secret(secret_stdin, ask), now()), as_json)


def _found(session: ScopedSession) -> Terms | None:
    try:
        return find_terms(session)
    except ProviderUnknown:
        return None


def _secret(from_stdin: bool, ask: bool) -> str | None:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if ask and sys.stdin.isatty():
        return click.prompt("应用密钥（没有则直接回车）", hide_input=True, default="", show_default=False, err=True)
    return None


@idp_group.command("show")
@tenant_option
@json_option
@with_app
def idp_show(_runtime: Runtime, tenant: str, as_json: bool) -> None:
    """显示设置；密钥不显示。"""
    with tenant_session(tenant, "office", "command") as session:
        _show(tenant, find_terms(session), as_json)


@idp_group.command("try")
@tenant_option
@json_option
@with_app
def idp_try(_runtime: Runtime, tenant: str, as_json: bool) -> int:
    """试用：读取认证服务器的公开信息和密钥，说明能否使用；不作任何更改。不能使用时退出状态为 1。"""
    from tenants.identity.protocol import try_provider  # a fifth of a second that no other command needs

    with tenant_session(tenant, "office", "command") as session:
        ours = registration_to_try(session)
    tried = try_provider(ours, trust_here())
    if as_json:
        echo_json(asdict(tried))
    else:
        click.echo(tried.message + (f"公钥：{'、'.join(tried.keys)}。" if tried.keys else ""))
    return 0 if tried.code is None else 1


@idp_group.command("on")
@tenant_option
@json_option
@with_app
def idp_on(_runtime: Runtime, tenant: str, as_json: bool) -> None:
    """启用：已关联身份的成员可经认证服务器登录。"""
    _switch(tenant, True, as_json)


@idp_group.command("off")
@tenant_option
@json_option
@with_app
def idp_off(_runtime: Runtime, tenant: str, as_json: bool) -> None:
    """停用：由此登录的会话立即结束，成员用密码登录。"""
    _switch(tenant, False, as_json)


def _switch(tenant: str, enabled: bool, as_json: bool) -> None:
    with tenant_session(tenant, "office", "command") as session:
        terms = replace(find_terms(session), enabled=enabled)
        _show(tenant, set_terms(session, terms, None, now()), as_json)


@idp_group.command("remove")
@tenant_option
@json_option
@with_app
def idp_remove(_runtime: Runtime, tenant: str, as_json: bool) -> None:
    """删除设置，由此登录的会话立即结束；身份关联保留。"""
    with tenant_session(tenant, "office", "command") as session:
        remove_provider(session, now())
    echo_json({"tenant": tenant}) if as_json else click.echo("已删除统一身份认证的设置。")


@idp_group.command("link")
@click.argument("login", metavar="登录名")
@click.option("--subject", required=True, metavar="SUB", help="此人在认证服务器上的身份标识（sub）。")
@tenant_option
@json_option
@with_app
def idp_link(_runtime: Runtime, login: str, subject: str, tenant: str, as_json: bool) -> None:
    """把一位成员与其身份标识关联。"""
    with tenant_session(tenant, "office", "command") as session:
        linked = bind(session, login, subject, now())
    if as_json:
        echo_json(asdict(linked))
    else:
        click.echo(f"已关联：{linked.login}，{linked.subject}（编号 {linked.id}）。")


@idp_group.command("links")
@tenant_option
@json_option
@with_app
def idp_links(_runtime: Runtime, tenant: str, as_json: bool) -> None:
    """列出身份关联。"""
    with tenant_session(tenant, "office", "command") as session:
        linked = list_identities(session)
    if as_json:
        echo_json([asdict(one) for one in linked])
        return
    rows = [(one.id, one.login, one.subject, one.issuer, shown_time(one.linked_at)) for one in linked]
    echo_table(("编号", "登录名", "身份标识", "签发者", "关联时间"), rows)


@idp_group.command("unlink")
@click.argument("identity", metavar="编号", type=click.IntRange(1, 2**63 - 1))
@tenant_option
@json_option
@with_app
def idp_unlink(_runtime: Runtime, identity: int, tenant: str, as_json: bool) -> None:
    """解除一个身份关联，由此登录的会话立即结束。"""
    with tenant_session(tenant, "office", "command") as session:
        unlink(session, identity, now())
    echo_json({"id": identity}) if as_json else click.echo(f"已解除编号 {identity} 的身份关联。")


def _show(tenant: str, terms: Terms, as_json: bool) -> None:
    callback = trust_here().callback(tenant)
    if as_json:
        echo_json(asdict(terms) | {"callback": callback})
        return
    yes_no = {True: "是", False: "否"}
    rows = [
        ("签发者", terms.issuer),
        ("应用编号", terms.client_id),
        ("密钥", "已设置" if terms.has_secret else "无"),
        ("算作两步验证的词", terms.second_factor),
        ("已启用", yes_no[terms.enabled]),
        ("成员可用密码登录", yes_no[terms.passwords]),
        ("在认证服务器上登记的回调地址", callback),
    ]
    echo_table(("项目", "值"), rows, widest=200)
