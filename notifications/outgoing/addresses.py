"""Which addresses may be called: no machine of our own network, whatever name it hides behind."""

import ipaddress
import re
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# A host name and a port become the texts of all its network addresses; raises OSError.
Resolver = Callable[[str, int], Sequence[str]]

LONGEST_URL = 500
_DEFAULT_PORTS = {"https": 443, "http": 80}
_HOST = re.compile(r"(?!-)[A-Za-z0-9_.-]{1,253}")

# Everything that IANA keeps for special purposes: this machine, private and carrier networks, link-local
# (cloud metadata), documentation, benchmarks, multicast; and one cloud's metadata at a public address.
_INNER_V4 = tuple(
    ipaddress.IPv4Network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "168.63.129.16/32", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
        "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    )
)  # fmt: skip
# Of IPv6 only what is handed out to the public, without what carries an IPv4 address inside. Mapped
# addresses, translations, loopback, unique local and link-local ones all lie outside of it.
_PUBLIC_V6 = ipaddress.IPv6Network("2000::/3")
_INNER_V6 = tuple(
    ipaddress.IPv6Network(text) for text in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)


class NotAllowed(Exception):
    """An address that is not called; the message is a sentence for people."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart once, so that the checker and the caller cannot read it differently."""

    scheme: str
    host: str
    port: int
    path: str


def read_address(url: str) -> Target:
    """The parts of an address that may be kept. Raises NotAllowed; asks no name server.

    Names are checked when they are used; numbers, in every way of writing them, already here.
    """
    if not url.isascii() or not url.isprintable() or re.search(r"[\s\\]", url):
        raise NotAllowed("The address must be plain ASCII without blanks.")
    if len(url) > LONGEST_URL:
        raise NotAllowed(f"The address is longer than {LONGEST_URL} characters.")
    target = _taken_apart(url)
    name = target.host.lower()
    if name == "localhost" or name.endswith(".localhost"):
        _check(["127.0.0.1"])
    _check(_written_as_number(target))
    return target


def check_target(target: Target, *, resolver: Resolver) -> list[str]:
    """Where the name leads at this moment; every one of its places must be allowed.

    Raises NotAllowed. Whoever calls afterwards must call one of these and ask no second time.
    """
    if target.scheme == "http" and not settings.WEBHOOK_ALLOW_HTTP:
        raise NotAllowed("The address must begin with https://.")
    try:
        found = list(dict.fromkeys(resolver(target.host, target.port)))
    except (OSError, UnicodeError) as problem:
        raise NotAllowed(f"The name {target.host} was not found.") from problem
    if not found:
        raise NotAllowed(f"The name {target.host} was not found.")
    _check(found)
    return found


def look_up(host: str, port: int) -> list[str]:
    """Ask the system's resolver."""
    return [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def is_inner(text: str) -> bool:
    """Whether an address belongs to nobody outside; what is no address counts as inner, too."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return True
    if isinstance(address, ipaddress.IPv4Address):
        return any(address in network for network in _INNER_V4)
    return address not in _PUBLIC_V6 or any(address in network for network in _INNER_V6)


def _taken_apart(url: str) -> Target:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise NotAllowed("The address is not a valid one.") from None
    if parts.scheme not in ("https", "http") or (parts.scheme == "http" and not settings.WEBHOOK_ALLOW_HTTP):
        raise NotAllowed("The address must begin with https://.")
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        raise NotAllowed("The address must not carry a user name or password.")
    if parts.fragment or url.endswith("#"):
        raise NotAllowed("The address must not have a part behind #.")
    host = (parts.hostname or "").removesuffix(".")
    if not _HOST.fullmatch(host) and not _is_v6(host):
        raise NotAllowed("The address has no valid host name.")
    port = _DEFAULT_PORTS[parts.scheme] if port is None else port
    if port not in (80, 443) and not 8000 <= port <= 8999:
        raise NotAllowed("The port must be 443, 80 or one from 8000 to 8999.")
    return Target(parts.scheme, host, port, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))


def _written_as_number(target: Target) -> list[str]:
    """The address itself when the host is a number: 127.1, 0x7f000001 and 2130706433 are the same one."""
    try:
        found = socket.getaddrinfo(target.host, target.port, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return []
    return [str(info[4][0]) for info in found]


def _check(addresses: Sequence[str]) -> None:
    for text in addresses:
        if is_inner(text) and not _is_permitted(text):
            raise NotAllowed("The address leads into an internal network.")


def _is_permitted(text: str) -> bool:
    """`OUTBOUND_ALLOWED_NETS`: closed networks that the operator has opened."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return any(address in network for network in _networks(tuple(settings.OUTBOUND_ALLOWED_NETS)))


def _is_v6(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).version == 6 and "%" not in host
    except ValueError:
        return False


@lru_cache(maxsize=8)
def _networks(texts: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(text, strict=False) for text in texts)
