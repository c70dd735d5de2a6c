"""Where a webhook may lead: an address that is written so, and network addresses that are everybody's or that the
operator named (docs/decisions/0014)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from tenants.errors import ZwgkError

SETTING = "ZWGK_WEBHOOK_NETWORKS"
LONGEST = 500
_LABEL = r"(?!-)[a-z0-9-]{1,63}"
_HOST = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(\.{_LABEL})*|[0-9a-f]{{0,4}}:[0-9a-f:.]{{1,40}}")
# printable ASCII without what could end a line of the request or begin another part of the address
_PATH = re.compile(r"[!-~]*")
_LOWEST_PORT = 1024
# IPv6 in which an IPv4 address is wrapped that only a gateway on the way knows how to reach
_WRAPPING = tuple(map(ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")))
# the same in the lower half of any address, after 0:5efe or 200:5efe (ISATAP, RFC 5214)
_ISATAP, _ISATAP_MASK = 0x5EFE, 0xFDFF_FFFF


class WebhookNetworksInvalid(ZwgkError):
    """The environment names no networks."""

    code = "webhook_networks_invalid"
    sentence = f"环境变量 {SETTING} 中的“{{text}}”不是网段，请写成 10.0.0.0/8,192.168.1.0/24。"


class WebhookAddressInvalid(ZwgkError):
    """An address that nothing is sent to."""

    code = "webhook_address_invalid"
    sentence = (
        f"推送地址不合要求：须以 https:// 开头，不含用户名和 #，端口为 443 或 1024 以上，不超过 {LONGEST} 个字符；"
        f"内部网络的地址须由运维人员在 {SETTING} 中写明。"
    )


@dataclass(frozen=True)
class Target:
    """An address in parts; `path` with its query. Where it is not `secure`, it must lead to this machine."""

    host: str
    port: int
    path: str
    secure: bool

    @property
    def authority(self) -> str:
        """The header `Host`."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.secure else 80) else f"{host}:{self.port}"


def read_address(address: str) -> Target:
    """An address in parts. Raises `WebhookAddressInvalid`."""
    if " " in address or not address.isprintable():  # `urlsplit` would drop some of it, and what is stored keeps it
        raise WebhookAddressInvalid
    try:
        parts = urlsplit(address)
        host, port = _ascii(parts.hostname or ""), parts.port
    except ValueError:
        raise WebhookAddressInvalid from None
    secure = parts.scheme == "https"
    target = Target(host, (443 if secure else 80) if port is None else port, _path(parts), secure)
    plain = "@" not in parts.netloc and "#" not in address and len(address) <= LONGEST
    usual = target.port >= _LOWEST_PORT or (secure and target.port == 443)
    if not (plain and usual and parts.scheme in ("https", "http") and _HOST.fullmatch(host)):
        raise WebhookAddressInvalid
    if not _PATH.fullmatch(target.path):
        raise WebhookAddressInvalid
    return target


def _ascii(host: str) -> str:
    return host if host.isascii() else host.encode("idna").decode()


def _path(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _is_inner(found: IPv4Address | IPv6Address) -> bool:
    """Whether it is an IPv6 address that leads to an IPv4 one, or to a site of old (fec0::/10)."""
    if isinstance(found, IPv4Address):
        return False
    isatap = int(found) >> 32 & _ISATAP_MASK == _ISATAP
    return isatap or found.is_site_local or any(found in network for network in _WRAPPING)


@dataclass(frozen=True)
class Networks:
    """The networks that are not everybody's and that may be reached all the same."""

    named: tuple[IPv4Network | IPv6Network, ...] = ()

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Networks":
        """By ZWGK_WEBHOOK_NETWORKS: separated by commas or blanks. Raises `WebhookNetworksInvalid`."""
        texts = environ.get(SETTING, "").replace(",", " ").split()
        try:
            return cls(tuple(ip_network(text) for text in texts))
        except ValueError:
            raise WebhookNetworksInvalid(text=environ[SETTING]) from None

    def admit(self, target: Target, address: str) -> bool:
        """Whether this network address of the target may be connected to. What is not an address may not."""
        try:
            found = ip_address(address.partition("%")[0])
        except ValueError:
            return False
        if isinstance(found, IPv6Address) and found.ipv4_mapped:
            found = found.ipv4_mapped
        if not target.secure and not found.is_loopback:
            return False
        if any(found in network for network in self.named):
            return True
        return found.is_global and not (found.is_multicast or found.is_reserved or _is_inner(found))

    def check(self, address: str) -> Target:
        """An address as somebody wrote it, in parts. What a name stands for is looked at when something is sent.

        Raises `WebhookAddressInvalid`.
        """
        target = read_address(address)
        try:
            written = str(ip_address(target.host))
        except ValueError:
            written = ""
        known = target.secure or target.host == "localhost"
        if not (self.admit(target, written) if written else known):
            raise WebhookAddressInvalid
        return target
