"""Where the page is served, under which names and through which proxies: plain values, and what they mean."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlsplit

from rag.errors import FundstelleError

# The names under which a browser on this machine asks. Any other name that resolves to us may be somebody's trick
# (DNS rebinding) to read the archive through a web page.
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

_PATH = re.compile(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*")
_NAME = re.compile(r"[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\]")
_HOST = re.compile(f"({_NAME.pattern})(:[0-9]{{1,5}})?")
_ROOT = re.compile(f"((https?://{_HOST.pattern})?{_PATH.pattern}/?)?")
_PORTS = {"http": ":80", "https": ":443"}
# the page's own addresses begin with these: below one of them nobody could tell whether a proxy has cut its path off
_OWN = frozenset({"article", "assets", "evaluation", "gradio_api", "mark", "static"})


@dataclass(frozen=True, slots=True)
class Serving:
    """Where the page is served.

    Args:
        host: the address to listen on.
        names: further names to answer to.
        proxies: the addresses of reverse proxies whose X-Forwarded headers are believed, or networks of them.
        root: the path below which a proxy shows the page, `/archive`, or its whole address,
            `https://news.example/archive`.

    Raises:
        FundstelleError: a name, a proxy or the root is none.
    """

    host: str = "127.0.0.1"
    port: int = 7860
    names: tuple[str, ...] = ()
    proxies: tuple[str, ...] = ()
    root: str = ""

    def __post_init__(self) -> None:
        for name in self.names:
            if not _NAME.fullmatch(_bracketed(name)):
                raise FundstelleError(f"{name!r} is no name of a host: give it without http:// and port.")
        for proxy in self.proxies:
            try:
                ipaddress.ip_network(proxy, strict=False)
            except ValueError as error:
                raise FundstelleError(f"{proxy!r} is no address of a proxy: give it like 127.0.0.1.") from error
        if not _ROOT.fullmatch(self.root):
            raise FundstelleError(
                f"{self.root!r} is no root path: give the path below which a proxy shows the page, like /archive, "
                "or its whole address, like https://news.example/archive."
            )
        if self.path[1:].partition("/")[0] in _OWN:
            raise FundstelleError(f"The page has addresses below {self.path} itself: choose another root path.")

    @property
    def path(self) -> str:
        """The path below which the page is shown, without a slash at its end; empty where there is none."""
        return (urlsplit(self.root).path if "://" in self.root else self.root).rstrip("/")

    @property
    def address(self) -> tuple[str, str] | None:
        """The scheme and the host of the whole address, if that is known."""
        if "://" not in self.root:
            return None
        parts = urlsplit(self.root)
        return parts.scheme, plain_host(parts.netloc, parts.scheme)


THIS_COMPUTER = Serving()


class View(NamedTuple):
    """A request as the browser sees it: the scheme, the host with its port, and the path below which the page is."""

    scheme: str
    host: str
    path: str


def is_loopback(host: str) -> bool:
    """Return whether only this computer reaches that address; a name other than localhost may resolve to anything."""
    if host in LOOPBACK:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def plain_host(host: str, scheme: str) -> str:
    """Return a host as browsers write it: in small letters, without the port that the scheme has anyway."""
    return host.lower().removesuffix(_PORTS.get(scheme, ""))


def is_answered(host: str, arrived_at: str, serving: Serving) -> bool:
    """Return whether requests for this host are answered.

    Where every address of this machine is listened on, these are the named hosts and the address itself at which the
    request arrived: a name that resolves to it is somebody else's.
    """
    if not _HOST.fullmatch(host):
        return False
    name, listens_to_all = _name(host), _is_any(serving.host)
    known = {*LOOPBACK, *(_name(_bracketed(one)) for one in serving.names)}
    if serving.address:
        known.add(_name(serving.address[1]))
    if not listens_to_all:
        known.add(_name(_bracketed(serving.host)))
    return name in known or (listens_to_all and _same_address(name, arrived_at))


def view(scheme: str, host: str, forwarded: Mapping[str, str], peer: str, serving: Serving) -> View | None:
    """Return how the browser sees a request, or None if a proxy that nobody named says that it differs.

    Args:
        forwarded: the X-Forwarded headers by their names in small letters.
    """
    told = {name: value.split(",")[0].strip() for name, value in forwarded.items()}
    outside = View(
        told.get("x-forwarded-proto", scheme),
        told.get("x-forwarded-host", host),
        told.get("x-forwarded-prefix", serving.path).rstrip("/"),
    )
    seen = View(scheme, host, serving.path)
    if serving.address:
        return View(*serving.address, serving.path)
    if outside == seen:
        return seen
    named = is_peer(peer, serving.proxies)
    return outside if named and outside.scheme in _PORTS and _PATH.fullmatch(outside.path) else None


def is_peer(peer: str, proxies: tuple[str, ...]) -> bool:
    """Return whether a request comes from one of these addresses or networks."""
    try:
        address = ipaddress.ip_address(peer.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None) or address
    return any(mapped in ipaddress.ip_network(proxy, strict=False) for proxy in proxies)


def _bracketed(name: str) -> str:
    return f"[{name}]" if ":" in name and not name.startswith("[") else name


def _name(host: str) -> str:
    """Return a host in small letters, without its port and brackets."""
    return host[1 : host.index("]")].lower() if host.startswith("[") else host.partition(":")[0].lower()


def _is_any(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return host == ""


def _same_address(name: str, other: str) -> bool:
    try:
        one, two = ipaddress.ip_address(name), ipaddress.ip_address(other)
    except ValueError:
        return False
    return one == (getattr(two, "ipv4_mapped", None) or two)
