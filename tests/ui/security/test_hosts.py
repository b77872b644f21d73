"""Names, proxies and paths: under which the page answers, and whether it works behind a real proxy."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
import pytest
from proxy_parts import proxied
from server_parts import served

from rag.archive import Archive
from rag.errors import FundstelleError
from ui.security.hosts import Serving, View, browser_view, is_answered, is_loopback, is_peer
from ui.wording.page import TEXTS

EVERY = "0.0.0.0"  # noqa: S104 (nothing listens there)
QUESTION = {"q": "Wie lang ist der Tunnel?"}


def replies_of(address: str) -> list[tuple[str, int, str]]:
    """Open the page as a browser does, ask, and return what was fetched with status and text.

    Like the page, it goes on from the address that the page's configuration names; a browser would ask no other host.
    """
    origin = "/".join(address.split("/")[:3])
    with httpx.Client(trust_env=False, timeout=60) as client:
        response = client.get(address)
        seen = [("page", response.status_code, response.text)]
        config = re.search(r"window[.]gradio_config = (.*?);</script>", response.text)
        if config:
            root = json.loads(config[1])["root"]
            assert httpx.URL(root).host == httpx.URL(address).host
            script = re.search(r'src="./(assets/[^"]+)"', response.text)
            assert script
            headers = {"origin": origin, "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors"}
            for name in (script[1], "theme.css"):
                reply = client.get(f"{root}/{name}", headers=headers)
                seen.append((name, reply.status_code, ""))
            opening = {"fn_index": 0, "data": []}
            reply = client.post(f"{root}/gradio_api/run/predict", json=opening, headers=headers)
            seen.append(("opening", reply.status_code, reply.text))
            reply = client.get(f"{root}/answer", params=QUESTION, headers=headers)
            seen.append(("answer", reply.status_code, reply.text))
    return seen


@pytest.mark.parametrize(
    ("serving", "proxy"),
    [
        (Serving(), {}),
        (Serving(proxies=("127.0.0.0/8",)), {"host": False}),
        (Serving(proxies=("127.0.0.1",)), {"prefix": "/archive"}),
        (Serving(proxies=("127.0.0.1",)), {"prefix": "/a/b", "host": False}),
        (Serving(root="/archive"), {"prefix": "/archive"}),
        (Serving(root="/archive/"), {"prefix": "/archive", "told": False}),
        (Serving(root="/archive"), {"prefix": "/archive", "strip": False, "told": False}),
    ],
)
def test_the_page_works_behind_a_proxy(archive: Archive, serving: Serving, proxy: dict[str, Any]) -> None:
    """With the documented settings the page opens behind a proxy, loads what it needs from there, and answers."""
    with served(archive, serving) as page, proxied(page.port, **proxy) as address:
        seen = replies_of(address)
    assert [status for _, status, _ in seen] == [200] * 5
    assert "57 Kilometern" in seen[-1][2]
    link = seen[-1][2].split('href="')[1]
    assert link.startswith("article/")


def test_a_whole_address_needs_no_headers_of_the_proxy(archive: Archive) -> None:
    """A proxy that passes on nothing of what the browser sent works once the address of the page is given."""
    serving = Serving(root="https://archive.example/press")
    with served(archive, serving) as page, httpx.Client(base_url=page.address, trust_env=False, timeout=60) as client:
        response = client.get("/")
        assert '"root":"https://archive.example/press"' in response.text.replace('": "', '":"')
        own_origin, other_origin = ({"origin": f"https://{host}.example"} for host in ("archive", "evil"))
        assert client.get("/answer", params=QUESTION, headers=own_origin).status_code == 200
        assert client.get("/answer", params=QUESTION, headers=other_origin).status_code == 403
        assert client.get("/press/theme.css").status_code == 200
        assert client.get("/press").headers["location"] == "/press/"


@pytest.mark.parametrize("proxy", [{"host": False}, {"prefix": "/archive"}])
def test_a_proxy_that_is_not_named_is_a_sentence(archive: Archive, proxy: dict[str, Any]) -> None:
    """Headers of a proxy that nobody named are not believed, and the page says what to set instead of failing."""
    with served(archive) as page, proxied(page.port, **proxy) as address:
        ((_, status, text),) = replies_of(address)
    assert status == 400
    assert "start Fundstelle with --proxy" in text
    assert text.count(".") == 1


def test_a_proxy_that_says_nothing_is_a_sentence_too() -> None:
    """Where the server cannot know, the page's script compares the addresses; its sentence names the option."""
    for texts in TEXTS.values():
        assert "--root-path {address}" in texts.wrong_address


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


def test_the_hosts_of_a_request_are_looked_at(archive: Archive) -> None:
    """Over the network as in the rule: a strange name gets a sentence, and so do two names or none."""
    with served(archive, Serving(names=("news.example",))) as page:
        for lines, status in (
            (b"Host: news.example\r\n", b"200"),
            (b"Host: evil.example\r\n", b"400"),
            (b"Host: localhost\r\nHost: evil.example\r\n", b"400"),
            (b"", b"400"),
        ):
            reply = page.send(b"GET / HTTP/1.1\r\n" + lines + b"Connection: close\r\n\r\n")
            assert reply.startswith(b"HTTP/1.1 " + status), lines


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
