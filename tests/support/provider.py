"""An identity provider on 127.0.0.1: Authlib's own server side, with PKCE, RS256 and a login form. It can be made to
misbehave: `faults` says how, for what it is asked from then on.

`faults`: claims of the next tokens under their names; `key` and `kid`: by what they are signed, `forge`: what becomes
of them then; and paths, as `/token`, with a function that answers instead.
"""

import hmac
import json
import threading
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import requests
from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode, UserInfo
from flask import Flask, Response, jsonify, request
from joserfc.jwk import KeySet, RSAKey
from werkzeug.serving import make_server

CLIENT, SECRET = "zwgk", "a-secret-of-two"
PEOPLE = {"王五": ("口令一", "sub-wang"), "赵六": ("口令二", "sub-zhao")}


@dataclass
class Code:
    """What was granted, once."""

    code: str
    client_id: str
    redirect_uri: str
    scope: str
    nonce: str
    code_challenge: str
    code_challenge_method: str
    subject: str

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str:
        return self.nonce

    def get_auth_time(self) -> int:
        return int(time.time())

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> list[str]:
        return ["pwd"]


@dataclass
class Client:
    """The one that is registered."""

    callback: str
    client_id: str = CLIENT
    id_token_signed_response_alg: str | None = None

    def get_client_id(self) -> str:
        return self.client_id

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, address: str) -> bool:
        return address == self.callback

    def check_client_secret(self, secret: str) -> bool:
        return secret == SECRET

    def check_endpoint_auth_method(self, method: str, _endpoint: str) -> bool:
        return method in ("client_secret_basic", "client_secret_post")

    def check_response_type(self, kind: str) -> bool:
        return kind == "code"

    def check_grant_type(self, kind: str) -> bool:
        return kind == "authorization_code"


@dataclass
class Provider:
    """It, and its keys. `asked`: every path that it was asked for, in order."""

    issuer: str = ""
    callback: str = ""
    keys: list[RSAKey] = field(default_factory=lambda: [new_key("first")])
    codes: dict[str, Code] = field(default_factory=dict)
    faults: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def rotate(self) -> None:
        """Other keys, and the ones before are gone."""
        self.keys = [new_key("second")]

    def authorize(self, address: str, name: str, password: str) -> str:
        """What somebody does at it in his browser: opens the form, fills it in. Returns where he is sent."""
        browser = requests.Session()
        form = browser.get(address)
        assert form.status_code == 200, form.text
        assert "<form" in form.text
        sent = browser.post(address, data={"name": name, "password": password}, allow_redirects=False)
        assert sent.status_code == 302, sent.text
        return sent.headers["Location"]


def new_key(kid: str) -> RSAKey:
    """A key of one's own."""
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig"})


class _Grant(AuthorizationCodeGrant):
    provider: Provider

    def save_authorization_code(self, code, request):
        asked = request.payload.data
        kept = ("nonce", "code_challenge", "code_challenge_method")
        told = {name: asked.get(name, "") for name in kept}
        scope, back = request.payload.scope, request.payload.redirect_uri
        self.provider.codes[code] = Code(code, request.client.client_id, back, scope, subject=request.user, **told)

    def query_authorization_code(self, code, client):
        return self.provider.codes.get(code)

    def delete_authorization_code(self, authorization_code):
        del self.provider.codes[authorization_code.code]

    def authenticate_user(self, authorization_code):
        return authorization_code.subject


class _Tokens(OpenIDCode):
    def __init__(self, provider: Provider) -> None:
        super().__init__(require_nonce=True)
        self.provider = provider

    def exists_nonce(self, nonce, request):
        return any(code.nonce == nonce for code in self.provider.codes.values())

    def resolve_client_private_key(self, client):
        return self.provider.faults.get("key", self.provider.keys[0])

    def get_encode_header(self, client):
        kid = self.provider.faults.get("kid", self.provider.keys[0].kid)
        return {"alg": "RS256", "kid": kid}

    def encode_id_token(self, token, request):
        return self.provider.faults.get("forge", str)(super().encode_id_token(token, request))

    def get_client_claims(self, client):
        return {"iss": self.provider.issuer, "aud": [client.client_id]}

    def generate_user_info(self, user, scope):
        wrong = {name: value for name, value in self.provider.faults.items() if name in CLAIMS}
        return UserInfo({"sub": user} | wrong)


CLAIMS = ("iss", "aud", "exp", "iat", "nonce", "sub", "amr", "acr", "azp")


def _application(provider: Provider) -> Flask:
    app = Flask("provider")
    server = AuthorizationServer(app, lambda name: Client(provider.callback) if name == CLIENT else None, _kept)
    server.register_grant(
        type("Grant", (_Grant,), {"provider": provider}), [_Tokens(provider), CodeChallenge(required=True)]
    )

    @app.before_request
    def _misbehave():
        provider.asked.append(request.path)
        instead = provider.faults.get(request.path)
        return instead(provider) if instead else None

    @app.get("/.well-known/openid-configuration")
    def _about():
        said = {
            "issuer": provider.issuer,
            "jwks_uri": f"{provider.issuer}/keys",
            "response_types_supported": ["code"],
            "code_challenge_methods_supported": ["S256"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "subject_types_supported": ["public"],
        }
        said |= {f"{end}_endpoint": f"{provider.issuer}/{path}" for end, path in ENDPOINTS.items()}
        return jsonify(said | provider.faults.get("about", {}))

    @app.get("/keys")
    def _keys():
        return jsonify(KeySet(provider.keys).as_dict(private=False))

    @app.route("/authorize", methods=("GET", "POST"))
    def _authorize():
        if request.method == "GET":
            server.get_consent_grant(end_user=None)
            return (
                f'<form method="post" action="{escape(request.full_path)}"><input name="name"><input name="password">'
            )
        password, subject = PEOPLE[request.form["name"]]
        user = subject if request.form["password"] == password else None
        return server.create_authorization_response(grant_user=user, grant=server.get_consent_grant(end_user=user))

    @app.post("/token")
    def _token():
        return server.create_token_response()

    return app


ENDPOINTS = {"authorization": "authorize", "token": "token"}


def _kept(_token: object, _request: object) -> None:
    """Nobody asks for anything by an access token."""


def state_in(address: str) -> str:
    """The state in an address that somebody is sent to."""
    return parse_qs(urlsplit(address).query)["state"][0]


def returned(address: str, **otherwise: str) -> str:
    """The query of the callback in an address, with some of it otherwise."""
    query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    return urlencode(query | otherwise)


def forged(alg: str, sign: Callable[[bytes], bytes]) -> Callable[[str], str]:
    """What a token is turned into: the same claims, under another signature. By hand: joserfc forges for nobody."""

    def forge(token: str) -> str:
        head, claims, _ = token.split(".")
        kid = json.loads(urlsafe_b64decode(head + "==="))["kid"]
        said = f"{_packed(json.dumps({'alg': alg, 'kid': kid}).encode())}.{claims}"
        return f"{said}.{_packed(sign(said.encode()))}"

    return forge


def _packed(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")


def unsigned(_provider: Provider) -> dict[str, Any]:
    """Tokens without signature."""
    return {"forge": forged("none", lambda _said: b"")}


def by_public_key(provider: Provider) -> dict[str, Any]:
    """The old confusion: tokens signed by a secret that everybody knows, the public key."""
    secret = provider.keys[0].as_pem(private=False)
    return {"forge": forged("HS256", lambda said: hmac.digest(secret, said, "sha256"))}


def huge(_provider: Provider) -> Response:
    """An answer without end."""
    return Response((b" " * 65536 for _ in range(100_000)), mimetype="application/json")


def dripping(provider: Provider) -> Response:
    """A byte now and then."""

    def drip() -> Iterator[bytes]:
        while not provider.over.wait(0.05):
            yield b" "

    return Response(drip(), mimetype="application/json")


def silent(provider: Provider) -> Response:
    """Nothing, for as long as it runs."""
    provider.over.wait(30)
    return Response("{}")


@contextmanager
def provider_running(callback: str) -> Iterator[Provider]:
    """A provider that sends people back to `callback`."""
    provider = Provider(callback=callback)
    server = make_server("127.0.0.1", 0, _application(provider), threaded=True)
    server.daemon_threads = True
    provider.issuer = f"http://127.0.0.1:{server.port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield provider
    finally:
        provider.over.set()
        server.shutdown()
        thread.join()
        server.server_close()
