"""The tenant's identity provider, and who is who there, over HTTP."""

from dataclasses import asdict
from typing import Any

from core.api.access import Acting, access, need_person, now
from core.api.blueprint import ApiBlueprint
from core.people.member_views import refuse_above
from core.people.schemas import IdentitySchema, ProviderSchema, TriedProviderSchema
from tenants.identity.links import bind, list_identities, unlink
from tenants.identity.protocol import try_provider
from tenants.identity.providers import callback_of, find_terms, registration_to_try, remove_provider, set_terms
from tenants.identity.terms import Terms
from tenants.identity.trust import trust_here
from tenants.people.members import members_by_login
from tenants.people.rights import Right

provider = ApiBlueprint("provider", __name__, "/provider", "统一身份认证的设置")
identities = ApiBlueprint("identities", __name__, "/identities", "身份关联")


def _shown(acting: Acting, terms: Terms) -> dict[str, Any]:
    return asdict(terms) | {"callback": callback_of(acting.session)}


@provider.get("")
@access(Right.SECURITY_CHANGE)
@provider.response(200, ProviderSchema)
def terms(acting: Acting) -> Any:
    """统一身份认证的设置；密钥不显示。"""
    return _shown(acting, find_terms(acting.session))


@provider.put("")
@access(Right.SECURITY_CHANGE)
@provider.arguments(ProviderSchema)
@provider.response(200, ProviderSchema)
def change(acting: Acting, given: dict[str, Any]) -> Any:
    """设置统一身份认证。停用、改换签发者，或停用密码登录的，由此登录的会话立即结束。须由人登录后设置。"""
    need_person(acting)  # whoever says which provider is believed is everybody, the administrators included
    secret = given.pop("client_secret")
    return _shown(acting, set_terms(acting.session, Terms(**given), secret, now()))


@provider.delete("")
@access(Right.SECURITY_CHANGE)
@provider.response(204)
def remove(acting: Acting) -> None:
    """删除统一身份认证的设置，由此登录的会话立即结束；身份关联保留。须由人登录后删除。"""
    need_person(acting)  # whoever says which provider is believed is everybody, the administrators included
    remove_provider(acting.session, now())


@provider.post("/trial")
@access(Right.SECURITY_CHANGE)
@provider.response(200, TriedProviderSchema)
def trial(acting: Acting) -> Any:
    """试用：读取认证服务器的公开信息和密钥，说明能否使用；不作任何更改。"""
    return try_provider(registration_to_try(acting.session), trust_here())


@identities.get("")
@access(Right.MEMBERS_READ)
@identities.response(200, IdentitySchema(many=True))
def all_identities(acting: Acting) -> Any:
    """全部身份关联。"""
    return list_identities(acting.session)


@identities.post("")
@access(Right.MEMBERS_CHANGE)
@identities.arguments(IdentitySchema)
@identities.response(201, IdentitySchema)
def add_identity(acting: Acting, given: dict[str, Any]) -> Any:
    """把一位成员与其在认证服务器上的身份标识（sub）关联。"""
    refuse_above(acting, members_by_login(acting.session, given["login"])[0].account_id)
    return bind(acting.session, given["login"], given["subject"], now())


@identities.delete("/<int:identity>")
@access(Right.MEMBERS_CHANGE)
@identities.response(204)
def remove_identity(acting: Acting, identity: int) -> None:
    """解除关联，由此登录的会话立即结束。"""
    for one in list_identities(acting.session):
        if one.id == identity:
            refuse_above(acting, one.account_id)
    unlink(acting.session, identity, now())
