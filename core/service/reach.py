"""Who reaches the service: this machine only, or others, directly or through proxies (docs/decisions/0011)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import ip_address

from flask import Request

from tenants.errors import ZwgkError

PROXIES, METRICS_TOKEN = "ZWGK_PROXIES", "ZWGK_METRICS_TOKEN"
MOST_PROXIES = 9
LOCAL_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})
# what a proxy adds to a request that it hands on, as the server names it
_HANDED_ON = frozenset(
    {"HTTP_FORWARDED", "HTTP_VIA", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_X_REAL_IP"}
)


class ProxiesInvalid(ZwgkError):
    """ZWGK_PROXIES is no small number."""

    code = "proxies_invalid"
    sentence = f"{PROXIES} 须是 0 到 {MOST_PROXIES} 的整数：服务前面有几层反向代理。"


@dataclass(frozen=True)
class Reach:
    """`proxies`: how many stand in front of the service; None: it is for this machine only. `metrics_token`: with which
    figures are told to others than this machine; empty: they are not."""

    proxies: int | None = None
    metrics_token: str = field(default="", repr=False)

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Reach":
        """What ZWGK_PROXIES and ZWGK_METRICS_TOKEN say. Raises `ProxiesInvalid`."""
        said = environ.get(PROXIES, "").strip()
        if said and not (said.isascii() and said.isdigit() and int(said) <= MOST_PROXIES):
            raise ProxiesInvalid
        return cls(int(said) if said else None, environ.get(METRICS_TOKEN, "").strip())


def from_here(request: Request) -> bool:
    """Asked on this machine, by a name of it, and not handed on by anybody.

    By name: a page elsewhere could otherwise read ours through a name of its own that it makes resolve to this machine.
    """
    name, colon, port = request.host.rpartition(":")
    local = (name if colon and port.isdigit() else request.host) in LOCAL_NAMES
    return local and is_local(request.remote_addr or "") and _HANDED_ON.isdisjoint(request.environ)


@lru_cache(maxsize=1024)
def is_local(address: str) -> bool:
    """An address of this machine that nobody else reaches."""
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
