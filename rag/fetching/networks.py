"""Which addresses are on the public web."""

from __future__ import annotations

import ipaddress
import socket

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

# where IPv6 networks reach IPv4 addresses, which stand in the last 32 bits (RFC 6052)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
# the servers of a cloud that answer its own machines, at an address that looks public
_CLOUD = frozenset({ipaddress.ip_address("168.63.129.16")})


def is_public(address: IPAddress) -> bool:
    """Return whether an address is on the public web, and so are the addresses that stand in it."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.is_site_local:
            return False
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast and address not in _CLOUD


def addresses_of(host: str) -> list[IPAddress]:
    """Return the addresses that a host has now, in the order in which to try them; none if it is not known."""
    try:
        records = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(ipaddress.ip_address(str(ip).partition("%")[0]) for *_, (ip, *_) in records))
