"""Signing in over HTTP, the steps of a session, and one's own sessions."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from flask import Response, make_response, request

from core.api.access import Signed, now, public, signed_in
from core.api.blueprint import ApiBlueprint
from core.api.cookies import csrf_of, drop_session, set_session
from core.people.schemas import (
    CodeSchema,
    EnrolledSchema,
    OfferSchema,
    PasswordChangeSchema,
    SessionListedSchema,
    SessionSchema,
    SignInSchema,
    StepSchema,
    TenantChoiceSchema,
)
from core.runtime import CHINA
from tenants.people.enrolling import confirm_second_factor, offer_second_factor
from tenants.people.principals import principal_of_session
from tenants.people.signed_in import choose_tenant, end_session, sessions_of, sign_out
from tenants.people.signing_in import change_password, give_code, sign_in
from tenants.people.steps import AccountShown, Must, SignedIn

TOLD_FOR = timedelta(days=30)

session = ApiBlueprint("session", __name__, "/session", "登录")
sessions = ApiBlueprint("sessions", __name__, "/sessions", "本人的登录会话")


def in_order(must: Collection[Must]) -> list[Must]:
    """The steps in the order in which they are to be taken."""
    return [step for step in Must if step in must]


def _notices(account: AccountShown) -> list[str]:
    """What the person is told for a month, in whatever session: he may not have been the one who asked for it."""
    resets = (("密码", account.password_reset_at), ("两步验证", account.second_factor_reset_at))
    return [
        f"本账号的{what}于 {at.astimezone(CHINA):%Y-%m-%d %H:%M} 由平台重置。如非本人申请，请立即报告本机关的管理员。"
        for what, at in resets
        if at is not None and now() < at + TOLD_FOR
    ]


def stepped(signed: SignedIn, schema: StepSchema | None = None, **more: Any) -> Response:
    """The session after a step, with its new secret in the cookie."""
    shown = {"account": signed.account, "tenants": signed.tenants, "must": in_order(signed.must)}
    shown |= {"csrf": csrf_of(signed.token), "notices": _notices(signed.account)}
    response = make_response((schema or StepSchema()).dump({**shown, **more}))
    set_session(response, signed.token)
    return response


@session.post("")
@public("signing in")
@session.arguments(SignInSchema)
@session.response(200, StepSchema)
def begin(given: dict[str, Any]) -> Response:
    """登录。返回其后必须完成的步骤（must）。"""
    agent = request.headers.get("User-Agent", "")
    return stepped(sign_in(**given, address=request.remote_addr or "", agent=agent, now=now()))


@session.get("")
@signed_in
@session.response(200, SessionSchema)
def present(signed: Signed) -> Any:
    """本次登录：是谁，在哪个机关，有哪些权限，还须完成哪些步骤。"""
    found = signed.resumed
    principal = None if found.must else principal_of_session(signed.token, now())
    return {
        "account": found.account,
        "tenant": found.tenant,
        "must": in_order(found.must),
        "rights": sorted(principal.rights) if principal else [],
        "csrf": csrf_of(signed.token),
        "notices": _notices(found.account),
    }


@session.delete("")
@signed_in
@session.response(204)
def leave(signed: Signed) -> Response:
    """退出登录。"""
    sign_out(signed.token, now())
    response = Response(status=204)
    drop_session(response)
    return response


@session.put("/tenant")
@signed_in
@session.arguments(TenantChoiceSchema)
@session.response(200, StepSchema)
def choose(signed: Signed, given: dict[str, Any]) -> Response:
    """选择在哪个机关工作。"""
    return stepped(choose_tenant(signed.token, given["slug"], now()))


@session.put("/code")
@signed_in
@session.arguments(CodeSchema)
@session.response(200, StepSchema)
def second(signed: Signed, given: dict[str, Any]) -> Response:
    """输入两步验证的验证码，或一个恢复码。"""
    return stepped(give_code(signed.token, given["code"], now()))


@session.put("/password")
@signed_in
@session.arguments(PasswordChangeSchema)
@session.response(200, StepSchema)
def password(signed: Signed, given: dict[str, Any]) -> Response:
    """修改密码；本账号的其他登录会话随之结束。"""
    return stepped(change_password(signed.token, given["old"], given["new"], now()))


@session.post("/second-factor")
@signed_in
@session.response(200, OfferSchema)
def offer(signed: Signed) -> Any:
    """设置两步验证：取得验证器的密钥。"""
    return offer_second_factor(signed.token, now())


@session.put("/second-factor")
@signed_in
@session.arguments(CodeSchema)
@session.response(200, EnrolledSchema)
def confirm(signed: Signed, given: dict[str, Any]) -> Response:
    """设置两步验证：输入验证器的第一个验证码；恢复码只显示这一次。"""
    enrolled = confirm_second_factor(signed.token, given["code"], now())
    return stepped(enrolled.signed_in, EnrolledSchema(), recovery_codes=enrolled.recovery_codes)


@sessions.get("")
@signed_in
@sessions.response(200, SessionListedSchema(many=True))
def own(signed: Signed) -> Any:
    """本账号的全部登录会话。"""
    return sessions_of(signed.resumed.account.id, now(), signed.resumed.bound)


@sessions.delete("/<int:number>")
@signed_in
@sessions.response(204)
def end(signed: Signed, number: int) -> None:
    """结束本账号的一个登录会话。"""
    end_session(signed.resumed.account.id, number, now(), signed.resumed.bound)
