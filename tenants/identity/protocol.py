"""OpenID Connect, as one asks for it: the authorization code flow with PKCE, state and nonce; by Authlib.

Nothing of a provider is remembered: its addresses and keys are fetched with each sign-in, the keys after the token, so
that keys may change at any time and nobody can make us fetch them more often than he may sign in.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from authlib.integrations.requests_client import OAuth2Session, OAuthError
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, import_key

from tenants.errors import ZwgkError
from tenants.identity.asking import NONSENSE, ProviderDown, answered, client_of, fetch
from tenants.identity.terms import Registration, is_subject
from tenants.identity.trust import Trust

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Signatures by a key that only the provider has: a secret that both know, or none at all, proves nothing."""
LEEWAY = 60
"""Seconds by which its clock and ours may differ."""


class ProviderRefused(ZwgkError):
    """What a provider said does not hold; `fields["why"]`, a stable word, is for the audit and for the trial."""

    code = "provider_refused"
    sentence = "统一身份认证未通过核验，没有登录。请重新登录；多次如此的，请管理员查看审计记录。"


@dataclass(frozen=True)
class Proofs:
    """What only who began a sign-in knows: `state` goes by the browser, `nonce` comes back in the token, `verifier`
    (PKCE) is shown when the code is redeemed."""

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True)
class Known:
    """Somebody whom the provider vouches for."""

    subject: str
    second_factor: bool


@dataclass(frozen=True)
class Tried:
    """The keys of a provider that can be used; or the code of what is in the way. `message` says it in words."""

    keys: tuple[str, ...]
    code: str | None
    message: str


_IN_WORDS = {
    "origin": "其地址不全在运维允许之列（ZWGK_IDENTITY_ORIGINS）。",
    "issuer": "其公开信息中的签发者（issuer）与所设的不同。",
    "keys": "没有可用的公钥。",
    "redirect": "其答复转向别处。",
    "too_large": "其答复过大。",
    "too_slow": "其答复过慢。",
    "response_types_supported": "不支持授权码流程。",
    "code_challenge_methods_supported": "不支持 PKCE（S256）。",
    "id_token_signing_alg_values_supported": "不以公钥签名，或算法不在允许之列。",
    "token_endpoint_auth_methods_supported": "不支持以密钥或 PKCE 换取令牌。",
}


def address_to_go(ours: Registration, trust: Trust, proofs: Proofs) -> str:
    """Where the browser goes to sign in. Raises `ProviderDown`, `ProviderRefused`."""
    client = _client(ours, trust)
    found = discovered(client, ours, trust)
    asked = {"nonce": proofs.nonce, "code_verifier": proofs.verifier}
    if ours.second_factor:
        asked["acr_values"] = ours.second_factor
    address, _state = client.create_authorization_url(found["authorization_endpoint"], state=proofs.state, **asked)
    return address


def redeem(ours: Registration, trust: Trust, code: str, issuer: str, proofs: Proofs, now: datetime) -> Known:
    """Who came back with this code, and, where it said so, from this issuer (RFC 9207; empty: it did not say).

    Raises `ProviderDown`, `ProviderRefused`.
    """
    if issuer not in ("", ours.issuer):
        raise ProviderRefused(why="iss")
    client = _client(ours, trust)
    found = discovered(client, ours, trust)
    if found.get("authorization_response_iss_parameter_supported") is True and not issuer:
        raise ProviderRefused(why="iss")
    if "client_secret_basic" not in found.get("token_endpoint_auth_methods_supported", ["client_secret_basic"]):
        client.token_endpoint_auth_method = "client_secret_post" if ours.client_secret else "none"
    shown = {"grant_type": "authorization_code", "code": code, "code_verifier": proofs.verifier}
    try:
        token = answered(lambda: client.fetch_token(found["token_endpoint"], redirect_uri=ours.callback, **shown))
    except OAuthError:
        raise ProviderRefused(why="code") from None
    keys = fetch(client, found["jwks_uri"])
    return _vouched(ours, token, keys, proofs.nonce, now)


def discovered(client: OAuth2Session, ours: Registration, trust: Trust) -> Mapping[str, Any]:
    """What the provider says of itself. Raises `ProviderDown`, and `ProviderRefused` where it is another one, cannot
    what we need, or sends us to a server that the operator did not name."""
    if not trust.allows(ours.issuer):
        raise ProviderRefused(why="origin")
    found = fetch(client, f"{ours.issuer.rstrip('/')}/.well-known/openid-configuration")
    if found.get("issuer") != ours.issuer:
        raise ProviderRefused(why="issuer")
    if not all(trust.allows(found.get(one)) for one in ("authorization_endpoint", "token_endpoint", "jwks_uri")):
        raise ProviderRefused(why="origin")
    for name, needed in _NEEDED.items():
        if name in found and not (isinstance(found[name], list) and set(needed) & set(map(str, found[name]))):
            raise ProviderRefused(why=name)
    return found


# what a provider may list, and of which one at least has to be in it
_NEEDED = {
    "response_types_supported": ("code",),
    "code_challenge_methods_supported": ("S256",),
    "id_token_signing_alg_values_supported": ALGORITHMS,
    "token_endpoint_auth_methods_supported": ("client_secret_basic", "client_secret_post", "none"),
}


def _client(ours: Registration, trust: Trust) -> OAuth2Session:
    return client_of(
        trust.patience,
        client_id=ours.client_id,
        client_secret=ours.client_secret or None,
        redirect_uri=ours.callback,
        scope="openid",
        code_challenge_method="S256",
    )


def _vouched(ours: Registration, token: Mapping[str, Any], keys: Mapping[str, Any], nonce: str, now: datetime) -> Known:
    wanted = {
        "iss": {"essential": True, "value": ours.issuer},
        "aud": {"essential": True, "value": ours.client_id},
    }
    known = {"nonce": nonce, "client_id": ours.client_id, "access_token": token.get("access_token")}
    try:
        signed = jwt.decode(str(token.get("id_token", "")), _readable(keys), algorithms=ALGORITHMS)
        claims = CodeIDToken(signed.claims, signed.header, wanted, known)
        claims.validate(int(now.timestamp()), LEEWAY)
    except JoseError as error:
        raise ProviderRefused(why=" ".join(filter(None, (error.error, getattr(error, "claim", ""))))) from None
    except NONSENSE:  # no token, no keys: whatever else it sent
        raise ProviderRefused(why="token") from None
    if not is_subject(claims["sub"]):
        raise ProviderRefused(why="sub")
    methods = [*(claims.get("amr") or ()), claims.get("acr")]
    return Known(claims["sub"], bool(ours.second_factor) and ours.second_factor in methods)


def try_provider(ours: Registration, trust: Trust) -> Tried:
    """Try what can be tried without anybody signing in: the addresses, and the keys."""
    client = _client(ours, trust)
    try:
        found = discovered(client, ours, trust)
        keys = tuple(f"{key.key_type} {key.kid}" for key in _readable(fetch(client, found["jwks_uri"])))
    except (ProviderDown, ProviderRefused) as refused:
        why = str(refused.fields["why"])
        return Tried((), refused.code, _IN_WORDS.get(why, f"没有正常应答（{why}）。"))
    return Tried(keys, None, "可以使用。") if keys else Tried((), ProviderRefused.code, _IN_WORDS["keys"])


def _readable(found: Mapping[str, Any]) -> KeySet:
    """The keys of a provider that we can read; it may have others, for others."""
    keys, listed = [], found.get("keys")
    for one in listed if isinstance(listed, list) else ():
        with suppress(JoseError, *NONSENSE):
            keys.append(import_key(dict(one)))
    return KeySet(keys)
