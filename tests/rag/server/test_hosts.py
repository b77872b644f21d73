"""Names, proxies and paths: under which a server answers."""

from __future__ import annotations

from typing import Any

import pytest

from rag.errors import FundstelleError
from rag.server.hosts import Serving, View, browser_view, is_answered, is_loopback, is_peer

EVERY = "0.0.0.0"  # noqa: S104 (nothing listens there)


@pytest.mark.parametrize(
    ("host", "arrived_at", "serving", "answered"),
    [
        ("localhost:7860", "127.0.0.1", Serving(), True),
        ("[::1]:7860", "::1", Serving(), True),
        ("LOCALHOST", "127.0.0.1", Serving(), True),
        ("127.0.0.1.evil.example", "127.0.0.1", Serving(), False),
        ("evil.example", "127.0.0.1", Serving(), False),
        ("", "127.0.0.1", Serving(), False),
        ("localhost:7860@evil.example", "127.0.0.1", Serving(), False),
        ("localhost/", "127.0.0.1", Serving(), False),
        ("127.0.0.1:7860\n", "127.0.0.1", Serving(), False),
        ("192.0.2.7:7860", "192.0.2.7", Serving(), False),
        ("192.0.2.7:7860", "192.0.2.7", Serving("192.0.2.7"), True),
        ("192.0.2.7:7860", "192.0.2.7", Serving(EVERY), True),
        ("192.0.2.8:7860", "192.0.2.7", Serving(EVERY), False),
        ("0.0.0.0:7860", "192.0.2.7", Serving(EVERY), False),
        ("[2001:db8::7]", "2001:db8::7", Serving("::"), True),
        ("192.0.2.7", "::ffff:192.0.2.7", Serving("::"), True),
        ("news.example", "192.0.2.7", Serving(EVERY), False),
        ("news.example:7860", "192.0.2.7", Serving(EVERY, names=("News.example",)), True),
        ("[2001:db8::9]:1", "192.0.2.7", Serving(names=("2001:db8::9",)), True),
        ("news.example", "127.0.0.1", Serving(root="https://news.example:8443/a"), True),
        ("newsroom", "192.0.2.7", Serving("newsroom"), True),
    ],
)
def test_named_hosts_are_answered(host: str, arrived_at: str, serving: Serving, answered: bool) -> None:
    """On every address of the machine too, only names that were given and the address that was asked itself."""
    assert is_answered(host, arrived_at, serving) == answered


@pytest.mark.parametrize(
    ("forwarded", "peer", "seen"),
    [
        ({}, "192.0.2.1", View("http", "a", "/p")),
        ({"x-forwarded-host": "a"}, "192.0.2.1", View("http", "a", "/p")),
        ({"x-forwarded-host": "b"}, "192.0.2.1", None),
        ({"x-forwarded-proto": "https"}, "192.0.2.1", None),
        ({"x-forwarded-prefix": "/q"}, "192.0.2.1", None),
        ({"x-forwarded-host": "b, c", "x-forwarded-proto": "https"}, "192.0.2.9", View("https", "b", "/p")),
        ({"x-forwarded-prefix": "/q/"}, "192.0.2.9", View("http", "a", "/q")),
        ({"x-forwarded-prefix": "//evil.example"}, "192.0.2.9", None),
        ({"x-forwarded-proto": "x"}, "192.0.2.9", None),
        ({"x-forwarded-host": "b"}, "::ffff:192.0.2.9", View("http", "b", "/p")),
    ],
)
def test_forwarded_headers_count_from_named_proxies(forwarded: dict[str, str], peer: str, seen: View | None) -> None:
    """A named proxy tells scheme, host and path; anybody else may repeat what is known, and nothing more."""
    assert browser_view("http", "a", forwarded, peer, Serving(proxies=("192.0.2.8/31",), root="/p")) == seen


@pytest.mark.parametrize(
    "wrong",
    [
        {"root": "archive"},
        {"root": "/a b"},
        {"root": "/a//b"},
        {"root": "//evil.example"},
        {"root": "/../a"},
        {"root": "ftp://news.example"},
        {"root": "https://news.example/?a"},
        {"root": "https://user@news.example"},
        {"root": "/assets"},
        {"root": "https://news.example/article/x"},
        {"names": ("http://news.example",)},
        {"names": ("news.example:80",)},
        {"names": ("*",)},
        {"proxies": ("proxy.example",)},
        {"proxies": ("*",)},
    ],
)
def test_what_is_no_name_is_refused(wrong: dict[str, Any]) -> None:
    """A setting that cannot be meant so is one sentence, before anything is opened."""
    with pytest.raises(FundstelleError, match=r"^[^\n]+[.]$"):
        Serving(**wrong)


def test_whom_an_address_reaches() -> None:
    """127.0.0.0/8 and ::1 are this computer alone (RFC 1122, RFC 4291); a name may resolve to anything."""
    assert all(map(is_loopback, ("127.0.0.1", "127.8.8.8", "::1", "localhost")))
    assert not any(map(is_loopback, (EVERY, "::", "192.0.2.1", "newsroom", "")))
    assert not is_peer("not an address", ("0.0.0.0/0",))
