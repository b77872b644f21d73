"""What is on the public web, and that nothing else is asked: by no form, no redirect, no second answer."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sites import Response, Site, serving

from rag.fetching.fetch import fetch
from rag.fetching.networks import addresses_of, is_public
from rag.fetching.politeness import DEFAULT_POLITENESS
from rag.fetching.urls import is_on_public_web

QUICK = replace(DEFAULT_POLITENESS, pause=0.0)
PRIVATE = {
    *("127.0.0.1", "127.8.8.8", "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.100.100.200"),  # noqa: S104
    *("169.254.169.254", "172.16.0.1", "192.168.1.1", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1"),
    *("203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "168.63.129.16", "::1", "::"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "fe80::1", "fec0::1", "fc00::1"),
    *("fd00:ec2::254", "ff02::1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2002:a00:1::"),
    "2001:db8::1",
}
PUBLIC = {
    *("93.184.216.34", "1.1.1.1", "2606:2800:220:1::1", "64:ff9b::5db8:d822", "2002:5db8:d822::"),
    "::ffff:93.184.216.34",
}


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as served:
        yield served


def test_which_addresses_are_public() -> None:
    """By the registries of IANA for IPv4 and IPv6, multicast and clouds besides; an address inside another counts."""
    assert [address for address in PRIVATE if is_public(ipaddress.ip_address(address))] == []
    assert [address for address in PUBLIC if not is_public(ipaddress.ip_address(address))] == []


@pytest.mark.parametrize(
    "host",
    [
        *("localhost", "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001"),
        *("[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:0:0:1]", "0", "169.254.169.254", "2852039166"),
        *("LOCALHOST", "[fe80::1%25lo]", "user:word@127.0.0.1"),
    ],
)
def test_no_form_of_an_address_leads_inside(host: str, tmp_path: Path) -> None:
    """Decimal, octal, hexadecimal, short, mapped: whatever the system resolves to this network is refused."""
    address = f"http://{host}:9/a"
    (failure,) = fetch([address], tmp_path / "pages", QUICK, public_only=True)
    assert "own network" in failure.reason or "not a valid address" in failure.reason
    assert "user:word" not in str(failure)


def test_a_server_asks_nobody_inside(site: Site, tmp_path: Path) -> None:
    """Not even for robots.txt, although a person at this computer may name the same address."""
    address = site.page("/a", "Eins")
    (failure,) = fetch([address], tmp_path / "pages", QUICK, public_only=True)
    assert ("own network" in failure.reason, site.requests) == (True, [])
    assert fetch([address], tmp_path / "pages", QUICK) == []


def resolving(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Let the name `news.example` have these addresses, by turns and then for ever; return the names asked for."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def answer(host: Any, *arguments: Any, **named: Any) -> Any:
        if host != "news.example":
            return real(host, *arguments, **named)
        asked.append(host)
        ips = answers[min(len(asked), len(answers)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 0)) for ip in ips]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return asked


def test_a_second_answer_of_a_name_server_does_not_count(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that is public when it is looked at, and this computer when it is connected to (DNS rebinding)."""
    port = site.address.rpartition(":")[2]
    public = ["93.184.216.34"]
    # looked at for the page and for its robots.txt, and once more to connect
    asked = resolving(monkeypatch, public, public, ["127.0.0.1"])
    (failure,) = fetch([f"http://news.example:{port}/a"], tmp_path / "pages", QUICK, public_only=True)
    assert ("own network" in failure.reason, site.requests) == (True, [])
    assert len(asked) == 3


def test_all_answers_of_a_name_server_count(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One private address among public ones is enough to refuse the name."""
    port = site.address.rpartition(":")[2]
    resolving(monkeypatch, ["93.184.216.34", "127.0.0.1"])
    (failure,) = fetch([f"http://news.example:{port}/a"], tmp_path / "pages", QUICK, public_only=True)
    assert ("own network" in failure.reason, site.requests) == (True, [])
    assert not is_on_public_web("http://news.example/")
    assert addresses_of("no such name") == []


def test_a_pinned_address_gets_the_name_of_its_host(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was checked is what is connected to; the first address that answers is taken."""
    port = site.address.rpartition(":")[2]
    site.page("/a", "Eins")
    resolving(monkeypatch, ["127.0.0.2", "127.0.0.1"])
    monkeypatch.setattr("rag.fetching.pinned.is_public", lambda _: True)
    monkeypatch.setattr("rag.fetching.urls.is_public", lambda _: True)
    assert fetch([f"http://news.example:{port}/a"], tmp_path / "pages", QUICK, public_only=True) == []
    assert {headers["Host"] for _, headers, _ in site.requests} == {f"news.example:{port}"}


def test_a_redirect_leads_outside_only(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page on the public web that redirects into this network is not followed."""
    port = site.address.rpartition(":")[2]
    site.put("/a", Response(status=302, headers={"Location": site.page("/secret", "Zwei")}))
    resolving(monkeypatch, ["127.0.0.1"])
    monkeypatch.setattr("rag.fetching.pinned.is_public", lambda _: True)
    monkeypatch.setattr("rag.fetching.download.is_on_public_web", lambda address: "news.example" in address)
    (failure,) = fetch([f"http://news.example:{port}/a"], tmp_path / "pages", QUICK)
    assert ("own network" in failure.reason, site.paths()) == (True, ["/a"])
