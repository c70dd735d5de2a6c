"""What the operator says of sign-in through identity providers: our own address, and which servers may be asked.

A tenant names its provider, and we ask it from inside the operator's network: so the operator has the last word.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import current_app

from tenants.errors import ZwgkError

PUBLIC_URL, ORIGINS = "ZWGK_PUBLIC_URL", "ZWGK_IDENTITY_ORIGINS"
# HTTPS, or this machine, for trying it out
_ORIGIN = re.compile(r"https://[a-z0-9.-]+(:[0-9]{1,5})?|http://(127\.0\.0\.1|localhost)(:[0-9]{1,5})?")


class PublicUrlInvalid(ZwgkError):
    """The environment names no address of ours."""

    code = "public_url_invalid"
    sentence = (
        "环境变量 ZWGK_PUBLIC_URL=“{text}”不合要求，请写浏览器访问本系统的地址，例如 https://zwgk.example.gov.cn。"
    )


class OriginsInvalid(ZwgkError):
    """The environment names a server by what is no address of one."""

    code = "identity_origins_invalid"
    sentence = "环境变量 ZWGK_IDENTITY_ORIGINS 中的“{text}”不合要求，请写成 https://sso.example.gov.cn 这样的形式。"


@dataclass(frozen=True)
class Trust:
    """`public_url`: our own address as browsers have it; empty: not said. `origins`: the servers that may be asked.
    `patience`: for how many seconds each answer of one is waited for."""

    public_url: str = ""
    origins: frozenset[str] = frozenset()
    patience: float = 5.0

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Trust":
        """What ZWGK_PUBLIC_URL and ZWGK_IDENTITY_ORIGINS say. Raises `PublicUrlInvalid`, `OriginsInvalid`."""
        public_url = environ.get(PUBLIC_URL, "").strip().rstrip("/")
        if public_url and not _ORIGIN.fullmatch(public_url):
            raise PublicUrlInvalid(text=public_url)
        origins = [one.rstrip("/") for one in environ.get(ORIGINS, "").split()]
        for one in origins:
            if not _ORIGIN.fullmatch(one):
                raise OriginsInvalid(text=one)
        return cls(public_url, frozenset(origins))

    def allows(self, address: object) -> bool:
        """Whether what a provider, or a tenant, gives as an address is one of a server that may be asked."""
        try:
            said = (
                urlsplit(address) if isinstance(address, str) and address.isascii() and address.isprintable() else None
            )
        except ValueError:
            return False
        return said is not None and not said.fragment and f"{said.scheme}://{said.netloc}" in self.origins

    def callback(self, slug: str) -> str:
        """Where the provider of this tenant sends people back to; it has to be registered there. Each tenant has its
        own: what another tenant's provider had somebody begin does not come back here (RFC 9700, 4.4)."""
        return f"{self.public_url}/api/v1/session/oidc/callback/{slug}"


def trust_here() -> Trust:
    """That of the application."""
    return current_app.extensions["zwgk_trust"]
