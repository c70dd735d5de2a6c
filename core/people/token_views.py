"""API tokens of the tenant over HTTP."""

from typing import Any

from core.api.access import Acting, access, need_person, now
from core.api.blueprint import ApiBlueprint
from core.api.replay import hold_secret
from core.people.schemas import IssuedSchema, TokenSchema
from core.units.services import check_ids
from tenants.people.rights import Right
from tenants.people.tokens import Maker, issue_token, list_tokens, revoke_token

tokens = ApiBlueprint("tokens", __name__, "/tokens", "接口令牌")


@tokens.get("")
@access(Right.TOKENS_CHANGE)
@tokens.response(200, TokenSchema(many=True))
def all_tokens(acting: Acting) -> Any:
    """有效的接口令牌，最近发放的在前。"""
    return list_tokens(acting.session, "api", now())


@tokens.post("")
@access(Right.TOKENS_CHANGE)
@tokens.arguments(TokenSchema)
@tokens.response(201, IssuedSchema)
def add_token(acting: Acting, given: dict[str, Any]) -> Any:
    """发放接口令牌，须由人登录后发放；令牌只显示这一次，权限不能超出发放人自己的。"""
    need_person(acting)
    units = given.get("units")
    check_ids(acting.session, units or ())
    maker = Maker(acting.principal.account_id, acting.principal.grants)
    rights = [Right(right) for right in given["rights"]]
    hold_secret()
    return issue_token(acting.session, maker, given["name"], rights, now(), given["days"], units)


@tokens.delete("/<int:token>")
@access(Right.TOKENS_CHANGE)
@tokens.response(204)
def remove_token(acting: Acting, token: int) -> None:
    """吊销令牌，其下一次请求起即无效。"""
    revoke_token(acting.session, token, now(), "api")
