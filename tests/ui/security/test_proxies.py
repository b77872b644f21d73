"""The page behind a real proxy."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
import pytest
from proxy_parts import proxied
from server_parts import served
from waiting import PATIENCE

from rag.archive import Archive
from rag.server.hosts import Serving
from ui.wording.page import TEXTS

QUESTION = {"q": "Wie lang ist der Tunnel?"}


def replies_of(address: str) -> list[tuple[str, int, str]]:
    """Open the page as a browser does, ask, and return what was fetched with status and text.

    Like the page, it goes on from the address that the page's configuration names; a browser would ask no other host.
    """
    origin = "/".join(address.split("/")[:3])
    with httpx.Client(trust_env=False, timeout=PATIENCE) as client:
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
    with (
        served(archive, serving) as page,
        httpx.Client(base_url=page.address, trust_env=False, timeout=PATIENCE) as client,
    ):
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
