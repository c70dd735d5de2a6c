"""Network addresses, as far as they tell one caller from another. Pure."""

from ipaddress import IPv6Address, ip_address

_HOST_BITS = 64


def caller_at(address: str) -> str:
    """Who asks from an address: an IPv4 address itself, also one written as IPv6 (`::ffff:…`), of an IPv6 address its
    /64, as one machine has all of it (RFC 4291, 2.5.1); what is no address, as it is."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    return str(found.ipv4_mapped or f"{IPv6Address(int(found) >> _HOST_BITS << _HOST_BITS)}/{_HOST_BITS}")
