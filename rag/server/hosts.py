"""The address of the page, the host names it answers to, and the proxies it trusts. Pure functions on values."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from rag.errors import FundstelleError

# The names that a browser on this machine uses. Any other name that resolves to it may be an attempt to read the
# archive through a web page (DNS rebinding).
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

_PATH = re.compile(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*")
_NAME = re.compile(r"[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\]")
_HOST = re.compile(f"({_NAME.pattern})(:[0-9]{{1,5}})?")
_ROOT = re.compile(f"((https?://{_HOST.pattern})?{_PATH.pattern}/?)?")
_PORTS = {"http": ":80", "https": ":443"}
# the page's own addresses begin with these; a root path that does, too, would be ambiguous
_RESERVED = frozenset(
    {
        *("api", "article", "assets", "evaluation", "gradio_api", "library", "mark", "mcp", "sign-in", "sign-out"),
        *("static", "view"),
    }
)


@dataclass(frozen=True, slots=True)
class Serving:
    """Where the page is served.

    Args:
        host: the address to listen on.
        names: further host names to answer to.
        proxies: addresses or networks of reverse proxies whose X-Forwarded headers are trusted.
        root: the path below which a proxy serves the page, `/archive`, or its full address,
            `https://news.example/archive`.
        fetching: whether the page may fetch addresses of the web; None allows it if the page is private.
        paths: files and folders of this computer that programs may have indexed.
        accounts: the file of those who may come in; None lets everybody in.
        certificate: of the server, for TLS, with those that lead to a root, in a PEM file.
        key: that of the certificate, in a PEM file.
        audit: what the audit log says of questions; None keeps no log unless there are accounts.

    Raises:
        FundstelleError: a name, a proxy, a path or the root is not valid.
    """

    host: str = "127.0.0.1"
    port: int = 7860
    names: tuple[str, ...] = ()
    proxies: tuple[str, ...] = ()
    root: str = ""
    fetching: bool | None = None
    paths: tuple[Path, ...] = ()
    accounts: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    audit: Literal["off", "hashed", "full"] | None = None

    def __post_init__(self) -> None:
        for name in self.names:
            if not _NAME.fullmatch(_bracketed(name)):
                raise FundstelleError(f"{name!r} is not a host name: give it without http:// and without a port.")
        for proxy in self.proxies:
            try:
                ipaddress.ip_network(proxy, strict=False)
            except ValueError as error:
                raise FundstelleError(
                    f"{proxy!r} is not the address of a proxy: give an IP address such as 127.0.0.1."
                ) from error
        for path in self.paths:
            if not path.exists():
                raise FundstelleError(f"{path} does not exist: give files and folders that programs may have indexed.")
        if not _ROOT.fullmatch(self.root):
            raise FundstelleError(
                f"{self.root!r} is not a root path: give the path below which a proxy serves the page, such as "
                "/archive, or its full address, such as https://news.example/archive."
            )
        if self.path[1:].partition("/")[0] in _RESERVED:
            raise FundstelleError(f"Fundstelle uses addresses below {self.path} itself: choose another root path.")

    @property
    def may_fetch(self) -> bool:
        """Whether the page may fetch addresses of the web."""
        return self.is_private if self.fetching is None else self.fetching

    @property
    def path(self) -> str:
        """The path below which the page is served, without a slash at its end; empty for the root."""
        return (urlsplit(self.root).path if "://" in self.root else self.root).rstrip("/")

    @property
    def is_private(self) -> bool:
        """Whether only programs on this computer can reach the page: no other address, name or proxy leads to it."""
        return is_loopback(self.host) and not (self.names or self.proxies or self.root)

    @property
    def is_own(self) -> bool:
        """Whether all who ask are the person at this computer: it is private, and nobody else has an account."""
        return self.is_private and self.accounts is None

    @property
    def address(self) -> tuple[str, str] | None:
        """The scheme and the host of the full address, if known."""
        if "://" not in self.root:
            return None
        parts = urlsplit(self.root)
        return parts.scheme, plain_host(parts.netloc, parts.scheme)


THIS_COMPUTER = Serving()


class View(NamedTuple):
    """The scheme, the host with its port, and the root path of a request, as the browser sees them."""

    scheme: str
    host: str
    path: str


def is_loopback(host: str) -> bool:
    """Return whether only this computer can reach the address; a name other than localhost may resolve to anything."""
    if host in LOOPBACK:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def plain_host(host: str, scheme: str) -> str:
    """Return a host as browsers write it: in lower case, without the default port of the scheme."""
    return host.lower().removesuffix(_PORTS.get(scheme, ""))


def is_answered(host: str, arrived_at: str, serving: Serving) -> bool:
    """Return whether requests for this host are answered.

    A server that listens on all addresses of this machine answers to the named hosts and to the address at which the
    request arrived, but not to other names that resolve to it.
    """
    if not _HOST.fullmatch(host):
        return False
    name, listens_to_all = _name(host), _is_any(serving.host)
    names = {*LOOPBACK, *(_name(_bracketed(name)) for name in serving.names)}
    if serving.address:
        names.add(_name(serving.address[1]))
    if not listens_to_all:
        names.add(_name(_bracketed(serving.host)))
    return name in names or (listens_to_all and _same_address(name, arrived_at))


def browser_view(scheme: str, host: str, forwarded: Mapping[str, str], peer: str, serving: Serving) -> View | None:
    """Return a request as the browser sees it, or None if an unknown proxy says that it differs.

    Args:
        forwarded: the X-Forwarded headers by their names in lower case.
    """
    headers = {name: value.split(",")[0].strip() for name, value in forwarded.items()}
    outside = View(
        headers.get("x-forwarded-proto", scheme),
        headers.get("x-forwarded-host", host),
        headers.get("x-forwarded-prefix", serving.path).rstrip("/"),
    )
    direct = View(scheme, host, serving.path)
    if serving.address:
        return View(*serving.address, serving.path)
    if outside == direct:
        return direct
    is_trusted = is_peer(peer, serving.proxies)
    return outside if is_trusted and outside.scheme in _PORTS and _PATH.fullmatch(outside.path) else None


def client_address(peer: str, forwarded_for: str, serving: Serving) -> str:
    """Return the address of who sent a request: behind trusted proxies, the last one that they did not add.

    Args:
        forwarded_for: the header X-Forwarded-For, which counts from trusted proxies alone.
    """
    for address in reversed([part.strip() for part in forwarded_for.split(",") if part.strip()]):
        if not is_peer(peer, serving.proxies):
            break
        peer = address
    return peer


def is_peer(peer: str, proxies: tuple[str, ...]) -> bool:
    """Return whether an address is one of the proxies, or in one of their networks."""
    try:
        address = ipaddress.ip_address(peer.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None) or address
    return any(mapped in ipaddress.ip_network(proxy, strict=False) for proxy in proxies)


def _bracketed(name: str) -> str:
    return f"[{name}]" if ":" in name and not name.startswith("[") else name


def _name(host: str) -> str:
    """Return a host in lower case, without its port and brackets."""
    return host[1 : host.index("]")].lower() if host.startswith("[") else host.partition(":")[0].lower()


def _is_any(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return host == ""


def _same_address(first: str, second: str) -> bool:
    try:
        first_address, second_address = ipaddress.ip_address(first), ipaddress.ip_address(second)
    except ValueError:
        return False
    return first_address == (getattr(second_address, "ipv4_mapped", None) or second_address)
