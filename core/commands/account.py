"""`zwgk account`: people's accounts, by the operator; `zwgk role list`: what each role may do."""

import sys
from dataclasses import asdict
from datetime import UTC, datetime

import click

from core.commands.output import echo_json, echo_table, json_option
from core.runtime import CHINA, Runtime, with_app
from tenants.people import accounts, interventions
from tenants.people.rights import MEANINGS, PLATFORM_ROLES, ROLES, Right, Role
from tenants.people.signed_in import end_session, end_sessions, sessions_of

HOLDS = f"，{accounts.INITIAL_DAYS} 天内有效，首次登录须修改；只显示这一次。"


def now() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


def shown_time(at: datetime | None) -> str:
    """A moment in China, to the minute."""
    return f"{at.astimezone(CHINA):%Y-%m-%d %H:%M}" if at else ""


@click.group("account")
def account_group() -> None:
    """账号：增加、停用、重置密码和两步验证、查看登录会话。"""


@account_group.command("add")
@click.argument("login", metavar="登录名")
@click.option("--name", required=True, help="姓名。")
@click.option("--platform-role", type=click.Choice(tuple(PLATFORM_ROLES)), help="平台角色，三者互斥。")
@json_option
@with_app
def account_add(_runtime: Runtime, login: str, name: str, platform_role: str | None, as_json: bool) -> None:
    """增加一个账号，显示一次性的初始密码。"""
    account, initial = accounts.add_account(login, name, platform_role, now())
    if as_json:
        echo_json(asdict(account) | {"initial_password": initial})
    else:
        click.echo(f"已增加账号 {account.login}（{account.name}）。初始密码：{initial}{HOLDS}")


@account_group.command("list")
@json_option
@with_app
def account_list(_runtime: Runtime, as_json: bool) -> None:
    """列出全部账号。"""
    listed = accounts.list_accounts()
    if as_json:
        echo_json([asdict(account) for account in listed])
        return
    rows = [
        (
            *(one.login, one.name, PLATFORM_ROLES[one.platform_role].name if one.platform_role else ""),
            *("已设置" if one.second_factor else "", _state(one)),
        )
        for one in listed
    ]
    echo_table(("登录名", "姓名", "平台角色", "两步验证", "状态"), rows)


def _state(account: accounts.AccountListed) -> str:
    if account.disabled:
        return "已停用"
    locked = account.locked_until is not None and now() < account.locked_until
    return f"锁定至 {shown_time(account.locked_until)}" if locked else "正常"


@account_group.command("disable")
@click.argument("login", metavar="登录名")
@json_option
@with_app
def account_disable(_runtime: Runtime, login: str, as_json: bool) -> None:
    """停用账号，其登录会话立即结束。"""
    interventions.set_disabled(login, True, now())
    _done(login, f"已停用账号“{login}”。", as_json)


@account_group.command("enable")
@click.argument("login", metavar="登录名")
@json_option
@with_app
def account_enable(_runtime: Runtime, login: str, as_json: bool) -> None:
    """启用账号，并解除锁定。"""
    interventions.set_disabled(login, False, now())
    _done(login, f"已启用账号“{login}”。", as_json)


@account_group.command("password")
@click.argument("login", metavar="登录名")
@click.option("--stdin", "from_stdin", is_flag=True, help="从标准输入读取新密码（一行），供程序使用。")
@json_option
@with_app
def account_password(_runtime: Runtime, login: str, from_stdin: bool, as_json: bool) -> None:
    """为账号设置临时密码（输入时不显示），首次登录须修改；其登录会话立即结束，锁定解除。所在机关的审计中可见。"""
    accounts.find_account(login)
    interventions.set_password(login, _typed_password(from_stdin), now())
    _done(login, f"已为账号“{login}”设置临时密码，{accounts.INITIAL_DAYS} 天内有效，首次登录须修改。", as_json)


def _typed_password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise click.UsageError("请在终端运行，或加 --stdin 从标准输入读取密码。")
    first, second = (click.prompt(words, hide_input=True, err=True) for words in ("新密码", "再输入一次"))
    if first != second:
        raise click.UsageError("两次输入的密码不同，未作任何更改。")
    return first


@account_group.group("second-factor")
def second_factor_group() -> None:
    """两步验证。"""


@second_factor_group.command("reset")
@click.argument("login", metavar="登录名")
@json_option
@with_app
def second_factor_reset(_runtime: Runtime, login: str, as_json: bool) -> None:
    """取消账号的两步验证（手机丢失等），其登录会话立即结束，下次登录须重新设置。所在机关的审计中可见。"""
    interventions.reset_second_factor(login, now())
    _done(login, f"已取消账号“{login}”的两步验证。", as_json)


@account_group.command("sessions")
@click.argument("login", metavar="登录名")
@json_option
@with_app
def account_sessions(_runtime: Runtime, login: str, as_json: bool) -> None:
    """列出账号当前的登录会话。"""
    living = sessions_of(accounts.find_account(login).id, now())
    if as_json:
        echo_json([asdict(session) for session in living])
        return
    rows = [(s.id, s.tenant, s.address, s.agent, shown_time(s.created_at), shown_time(s.seen_at)) for s in living]
    echo_table(("编号", "机关", "地址", "程序", "登录时间", "最近活动"), rows)


@account_group.command("sign-out")
@click.argument("login", metavar="登录名")
@click.option("--session", "session_id", type=click.IntRange(1, 2**63 - 1), metavar="ID", help="只结束这一个会话。")
@json_option
@with_app
def account_sign_out(_runtime: Runtime, login: str, session_id: int | None, as_json: bool) -> None:
    """结束账号的全部登录会话，或其中一个。"""
    account_id = accounts.find_account(login).id
    if session_id is None:
        ended = end_sessions(account_id, now())
    else:
        end_session(account_id, session_id, now())
        ended = 1
    if as_json:
        echo_json({"login": login, "ended": ended})
    else:
        click.echo(f"已结束 {ended} 个登录会话。")


def _done(login: str, words: str, as_json: bool) -> None:
    if as_json:
        echo_json({"login": login})
    else:
        click.echo(words)


@click.group("role")
def role_group() -> None:
    """角色与权限。"""


@role_group.command("list")
@json_option
def role_list(as_json: bool) -> None:
    """列出各角色的权限。“本单位”指成员所绑定的责任单位。"""
    roles = ROLES | PLATFORM_ROLES
    if as_json:
        echo_json(
            {
                key: {"name": role.name, "bound": role.bound, "rights": [r for r in Right if r in role.rights]}
                for key, role in roles.items()
            }
        )
        return
    for held in (ROLES, PLATFORM_ROLES):
        header = ("权限", "含义", *(f"{role.name} {key}" for key, role in held.items()))
        rows = [(right, MEANINGS[right], *(mark(role, right) for role in held.values())) for right in Right]
        echo_table(header, [row for row in rows if any(row[2:])])
        click.echo()


def mark(role: Role, right: Right) -> str:
    """How the table of rights says that a role has a right."""
    if right not in role.rights:
        return ""
    return "本单位" if role.bound else "✓"
