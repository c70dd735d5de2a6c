"""Signing in by the tenant's identity provider over HTTP, and linking one's account to it."""

from typing import Any

from flask import Response, make_response, request

from core.api.access import Signed, now, public, signed_in
from core.api.blueprint import ApiBlueprint
from core.api.cookies import begun_by, drop_begun, set_begun
from core.people.schemas import ElsewhereSchema, ReturnedSchema, SignInElsewhereSchema, StepSchema
from core.people.session_views import stepped
from tenants.identity.flows import LIFE, Begun, Returned, begin_link, begin_sign_in, come_back
from tenants.identity.links import unlink_own

elsewhere = ApiBlueprint("elsewhere", __name__, "/session/oidc", "统一身份认证")


def _sent(begun: Begun) -> Response:
    response = make_response({"address": begun.address})
    set_begun(response, begun.browser, int(LIFE.total_seconds()))
    return response


@elsewhere.post("")
@public("signing in")
@elsewhere.arguments(SignInElsewhereSchema)
@elsewhere.response(200, ElsewhereSchema)
def begin(given: dict[str, Any]) -> Response:
    """经本机关的统一身份认证登录：返回浏览器应前往的地址，十分钟内有效。"""
    return _sent(begin_sign_in(given["slug"], now()))


@elsewhere.get("/callback/<slug>")
@public("signing in")
@elsewhere.arguments(ReturnedSchema, location="query")
@elsewhere.response(200, StepSchema)
def back(given: dict[str, Any], slug: str) -> Response:
    """本机关的认证服务器把浏览器送回这里：登录，或关联身份。返回其后必须完成的步骤（must），与密码登录相同。"""
    address, agent = request.remote_addr or "", request.headers.get("User-Agent", "")
    returned = Returned(slug, given["state"], given["code"], given["iss"], begun_by())
    response = stepped(come_back(returned, address, agent, now()))
    drop_begun(response)
    return response


@elsewhere.post("/link")
@signed_in
@elsewhere.response(200, ElsewhereSchema)
def link(signed: Signed) -> Response:
    """把本人的账号与认证服务器上的身份关联：须在密码登录后十分钟内。"""
    return _sent(begin_link(signed.resumed, now()))


@elsewhere.delete("/link")
@signed_in
@elsewhere.response(204)
def no_link(signed: Signed) -> None:
    """解除本人账号在本机关的身份关联，由此登录的会话立即结束。"""
    unlink_own(signed.resumed, now())
