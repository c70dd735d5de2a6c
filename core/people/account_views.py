"""Everybody's accounts over HTTP, for the security administrator of the platform."""

from typing import Any

from core.api.access import Acting, access, now
from core.api.blueprint import ApiBlueprint
from core.api.replay import hold_secret
from core.people.schemas import (
    AccountAddedSchema,
    AccountListedSchema,
    AccountStateSchema,
    EndedSchema,
    NewPasswordSchema,
    SessionListedSchema,
)
from tenants.people.accounts import add_account, find_account, list_accounts
from tenants.people.interventions import reset_second_factor, set_disabled, set_password
from tenants.people.rights import Right
from tenants.people.signed_in import end_sessions, sessions_of

accounts = ApiBlueprint("accounts", __name__, "/accounts", "平台：账号")


@accounts.get("")
@access(Right.PLATFORM_ACCOUNTS)
@accounts.response(200, AccountListedSchema(many=True))
def all_accounts(_acting: Acting) -> Any:
    """全部账号。"""
    return list_accounts()


@accounts.post("")
@access(Right.PLATFORM_ACCOUNTS)
@accounts.arguments(AccountListedSchema)
@accounts.response(201, AccountAddedSchema)
def new_account(acting: Acting, given: dict[str, Any]) -> Any:
    """增加账号，可授予平台角色（三者互斥）；初始密码只显示这一次。"""
    account, initial = add_account(**given, now=now(), by=acting.by)
    hold_secret()
    return {"account": account, "initial_password": initial}


@accounts.get("/<login>")
@access(Right.PLATFORM_ACCOUNTS)
@accounts.response(200, AccountListedSchema)
def one_account(_acting: Acting, login: str) -> Any:
    """一个账号。"""
    return find_account(login)


@accounts.put("/<login>/state")
@access(Right.PLATFORM_ACCOUNTS)
@accounts.arguments(AccountStateSchema)
@accounts.response(200, AccountListedSchema)
def change_state(acting: Acting, given: dict[str, Any], login: str) -> Any:
    """停用账号，其登录会话立即结束；或启用，并解除锁定。"""
    set_disabled(login, given["disabled"], now(), acting.by)
    return find_account(login)


@accounts.put("/<login>/password")
@access(Right.PLATFORM_ACCOUNTS)
@accounts.arguments(NewPasswordSchema)
@accounts.response(204)
def new_password(acting: Acting, given: dict[str, Any], login: str) -> None:
    """为账号设置临时密码，首次登录须修改；其登录会话立即结束，锁定解除。本人和所在机关均可看到。"""
    set_password(login, given["password"], now(), acting.by)


@accounts.delete("/<login>/second-factor")
@access(Right.PLATFORM_ACCOUNTS)
@accounts.response(204)
def no_second_factor(acting: Acting, login: str) -> None:
    """取消账号的两步验证（手机丢失等），其登录会话立即结束，下次登录须重新设置。本人和所在机关均可看到。"""
    reset_second_factor(login, now(), acting.by)


@accounts.get("/<login>/sessions")
@access(Right.PLATFORM_ACCOUNTS)
@accounts.response(200, SessionListedSchema(many=True))
def sessions_of_account(_acting: Acting, login: str) -> Any:
    """账号当前的登录会话。"""
    return sessions_of(find_account(login).id, now())


@accounts.delete("/<login>/sessions")
@access(Right.PLATFORM_ACCOUNTS)
@accounts.response(200, EndedSchema)
def sign_out(acting: Acting, login: str) -> Any:
    """结束账号的全部登录会话。"""
    return {"ended": end_sessions(find_account(login).id, now(), acting.by)}
