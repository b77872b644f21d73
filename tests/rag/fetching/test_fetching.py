"""Fetching: pages, feeds and sitemaps of a real server become files, politely and within limits."""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sites import Response, Site, article, serving

from rag.errors import LoadError, NotFound
from rag.fetching.download import Downloader
from rag.fetching.fetch import fetch
from rag.fetching.file_names import file_ending, page_path
from rag.fetching.http import HttpClient
from rag.fetching.politeness import DEFAULT_POLITENESS, Politeness, retry_after_seconds
from rag.fetching.urls import Links, canonical_url, links_in, split_addresses
from rag.loading.common.safe_names import safe_name, without_login
from rag.loading.finish import article_from_draft
from rag.loading.plain_text.text import load_text

QUICK = replace(DEFAULT_POLITENESS, pause=0.0)
IMPATIENT = replace(QUICK, read_timeout=2.0, total_timeout=2.5)
Fetch = Callable[..., list[tuple[str, str]]]


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as new_site:
        yield new_site


@pytest.fixture
def fetched(tmp_path: Path) -> Fetch:
    """Fetch addresses into tmp_path/fetched, and return the failures: path on the site, reason."""

    def run(*addresses: str, politeness: Politeness = QUICK) -> list[tuple[str, str]]:
        return [(failure.path, failure.reason) for failure in fetch(addresses, tmp_path / "fetched", politeness)]

    return run


def files(folder: Path) -> dict[str, bytes]:
    """What was kept: the addresses noted in companions, and the bytes beside them."""
    files = {}
    for companion in (folder / "fetched").glob("*/*.meta.json"):
        file = companion.with_name(companion.name.removesuffix(".meta.json"))
        files[json.loads(companion.read_text("utf-8"))["url"]] = file.read_bytes()
    return files


def feed(*links: str) -> bytes:
    items = "".join(f"<item><title>T</title><link>{link}</link></item>" for link in links)
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>F</title>{items}</channel></rss>".encode()


def sitemap(*links: str, root: str = "urlset", entry: str = "url", more: str = "") -> bytes:
    entries = "".join(f"<{entry}><loc> {link} </loc>{more}</{entry}>" for link in links)
    namespace = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return f"<?xml version='1.0'?>\n<!-- made -->\n<{root} xmlns='{namespace}'>{entries}</{root}>".encode()


def test_a_page_is_kept_as_it_came(site: Site, fetched: Fetch, tmp_path: Path) -> None:
    """The bytes are those that were sent, also in another encoding; the companion has address, time and type."""
    body = article("Brücke").decode().replace("utf-8", "latin-1").encode("latin-1")
    address = site.put("/a/bruecke.html?id=3", Response(body, "text/html"))
    assert fetched(f"{address}#comments") == []
    assert files(tmp_path) == {address: body}
    (companion,) = (tmp_path / "fetched").glob("*/*.json")
    assert companion.name.startswith("a-bruecke-")
    notes = json.loads(companion.read_text())
    assert notes.keys() == {"url", "fetched", "content_type"}
    assert abs((datetime.now(UTC) - datetime.fromisoformat(notes["fetched"])).total_seconds()) < 60


def test_every_request_says_who_asks(site: Site, fetched: Fetch) -> None:
    """robots.txt is read once, before the pages, and each request carries the name."""
    fetched(site.page("/1", "Eins"), site.page("/2", "Zwei"))
    assert [path for path, *_ in site.requests] == ["/robots.txt", "/1", "/2"]
    assert all(headers["User-Agent"].startswith("Fundstelle") for _, headers, _ in site.requests)


def test_a_feed_stands_for_the_pages_it_links_to(site: Site, fetched: Fetch, tmp_path: Path) -> None:
    """RSS and Atom, relative links too, each page once; the feed itself is not kept."""
    first, second = site.page("/1", "Eins"), site.page("/2", "Zwei")
    rss = site.put("/rss", Response(feed(first, "/2", first), "application/rss+xml"))
    atom = b"<feed xmlns='http://www.w3.org/2005/Atom'><title>F</title><entry><link href='/3'/></entry></feed>"
    assert fetched(rss, site.put("/atom", Response(atom, "text/xml"))) == [
        (f"{site.address}/3", "There is no page at this address (404): check the spelling.")
    ]
    assert files(tmp_path) == {first: article("Eins"), second: article("Zwei")}
    assert site.paths() == ["/rss", "/1", "/2", "/atom", "/3"]


def test_an_entry_without_a_link_is_reported(site: Site, fetched: Fetch, tmp_path: Path) -> None:
    """The other entries are fetched all the same."""
    page = site.page("/1", "Eins")
    rss = site.put("/rss", Response(feed(page, ""), "text/xml"))
    assert fetched(rss) == [
        (
            rss,
            "Entries of the feed without a link (1) were left: save the feed as a file, and index that for their text.",
        )
    ]
    assert files(tmp_path).keys() == {page}


def test_an_index_of_sitemaps_plain_and_packed(site: Site, fetched: Fetch, tmp_path: Path) -> None:
    """Pages of all sitemaps are fetched, pictures in them are not; one that is missing is reported."""
    addresses = [site.page(f"/{n}", f"Artikel {n}") for n in range(4)]
    image = "<image:image xmlns:image='http://i/1.1'><image:loc>/no.png</image:loc></image:image>"
    news = "<n:news xmlns:n='http://www.google.com/schemas/sitemap-news/0.9'><n:title>T</n:title></n:news>"
    plain = site.put("/plain.xml", Response(sitemap(*addresses[:2], more=image), "text/xml"))
    packed = site.put("/packed.xml.gz", Response(gzip.compress(sitemap(addresses[2])), "application/x-gzip"))
    sent = Response(gzip.compress(sitemap("/3", more=news)), "text/xml", headers={"Content-Encoding": "gzip"})
    index = site.put(
        "/sitemap.xml",
        Response(sitemap(plain, packed, site.put("/sent", sent), "/none.xml", root="sitemapindex", entry="sitemap")),
    )
    assert [path for path, _ in fetched(index)] == [f"{site.address}/none.xml"]
    assert files(tmp_path).keys() == set(addresses)


def test_a_sitemap_that_names_itself(site: Site, fetched: Fetch) -> None:
    """It is read once, and a page in its place is no sitemap."""
    page = site.page("/page", "Eins")
    index = site.put("/s.xml", Response(sitemap("/s.xml", page, root="sitemapindex", entry="sitemap"), "text/xml"))
    assert fetched(index) == [(page, "There is no sitemap at this address.")]
    assert site.paths() == ["/s.xml", "/page"]


def test_a_feed_behind_a_link_of_a_feed(site: Site, fetched: Fetch) -> None:
    """It is not followed further."""
    second_feed = site.put("/2", Response(feed("/1"), "text/xml"))
    ((path, reason),) = fetched(site.put("/rss", Response(feed(second_feed), "text/xml")))
    assert (path, reason.partition(":")[0]) == (second_feed, "It is a list of further pages")
    assert site.paths() == ["/rss", "/2"]


@pytest.mark.parametrize(
    ("served", "reason"),
    [
        (Response(status=404), "There is no page at this address (404)"),
        (Response(status=410), "The page was taken down (410)"),
        (Response(status=403), "The server refuses it (403)"),
        (Response(status=401), "It is for those who have signed in (401)"),
        (Response(status=500), "The server cannot give it (500)"),
        (Response(status=503), "The server cannot give it (503)"),
        (Response(b"  "), "The page is empty"),
        (Response(b"\x89PNG\r\n\x1a\n\0\0", "image/png"), "It is of a kind that cannot be read (image/png)"),
        (Response(b"let a = 1;", "text/javascript"), "It is of a kind that cannot be read (text/javascript)"),
        (Response(b"x" * 1001), "It has more than"),
        (Response(gzip.compress(b"x" * 90000), headers={"Content-Encoding": "gzip"}), "It has more than"),
        (Response(b"x", headers={"Content-Encoding": "br"}), "The answer is packed in a way that is not read (br)"),
        (Response(b"no gzip at all", headers={"Content-Encoding": "gzip"}), "The answer is damaged"),
        (Response(status=302, headers={"Location": "/bad"}), "It redirects more than 8 times"),
        (
            Response(status=302, headers={"Location": "file:///etc/passwd"}),
            "It leads to 'file:///etc/passwd', which is no",
        ),
        (Response(status=302, headers={"Location": "http://[bad"}), "It redirects to something that is not an address"),
        (Response(article("Eins"), delay=4), "The server does not answer in time"),
        (Response(article("Eins")[:500], drip=0.3), "The server answers too slowly"),
        (Response(b"\x1f\x8b\x08damaged", "application/gzip"), "It is damaged"),
        (Response(feed(), "text/xml"), "It is a feed or sitemap that links to no page"),
        (Response(feed("/1").replace(b">T<", b"><!ENTITY b 'c'><"), "text/xml"), "It defines XML entities"),
    ],
)
def test_what_cannot_be_fetched(site: Site, fetched: Fetch, tmp_path: Path, served: Response, reason: str) -> None:
    """It is one line with the address and what to do, and the next page is fetched all the same."""
    good = site.put("/good", Response(article("Gut")))
    politeness = IMPATIENT if served.delay or served.drip else QUICK
    ((path, message),) = fetched(site.put("/bad", served), good, politeness=replace(politeness, max_bytes=1000))
    assert path == f"{site.address}/bad"
    assert message.startswith(reason)
    assert "\n" not in message
    assert files(tmp_path).keys() == {good}


def test_a_server_that_is_not_there(fetched: Fetch) -> None:
    """It is tried once, and the other addresses on it are one line."""
    addresses = [f"http://127.0.0.1:9/{n}" for n in range(5)]
    assert [(path, reason.partition(" (")[0]) for path, reason in fetched(*addresses)] == [
        ("http://127.0.0.1:9/0", "The server cannot be reached"),
        (
            "127.0.0.1:9",
            "It failed several times in a row, and 4 more of its addresses were left: run the same command later.",
        ),
    ]


def test_what_does_not_answer_is_left_alone(site: Site, fetched: Fetch) -> None:
    """After three failures of a server in a row, the others are not asked for; one that answers in between counts."""
    for n in (1, 2, 4, 5, 6, 7):
        site.put(f"/{n}", Response(b"x" * 1001))
    site.put("/3", Response(status=404))
    failed = fetched(*(f"{site.address}/{n}" for n in range(1, 9)), politeness=replace(QUICK, max_bytes=1000))
    assert site.paths() == ["/1", "/2", "/3", "/4", "/5", "/6"]
    assert failed[-1] == (
        site.address.removeprefix("http://"),
        "It failed several times in a row, and 2 more of its addresses were left: run the same command later.",
    )


def test_robots(site: Site, fetched: Fetch, tmp_path: Path) -> None:
    """What robots.txt forbids by a pattern is not asked for, whoever names it; Fundstelle can be spoken to by name."""
    rules = b"User-agent: *\nDisallow: /\n\nUser-agent: fundstelle\nDisallow: /*?print=\nAllow: /\n"
    site.put("/robots.txt", Response(rules, "text/plain"))
    good = site.page("/1", "Eins")
    rss = site.put("/rss", Response(feed(good, "/2?print=1", "/3"), "text/xml"))
    site.put("/3", Response(status=301, headers={"Location": "/4?print=2"}))
    reason = "The site asks programs not to fetch it (robots.txt): save the page from your browser."
    assert fetched(rss) == [(f"{site.address}/2?print=1", reason), (f"{site.address}/3", reason)]
    assert site.paths() == ["/rss", "/1", "/3"]
    assert files(tmp_path).keys() == {good}


def test_robots_that_cannot_be_read(site: Site, fetched: Fetch) -> None:
    """Nothing of the site is fetched then."""
    site.put("/robots.txt", Response(status=503))
    failed = fetched(site.page("/1", "Eins"), site.page("/2", "Zwei"))
    assert failed[0] == (f"{site.address}/1", "The site's robots.txt cannot be read (503): try again later.")
    assert "1 more of its addresses" in failed[1][1]
    assert site.paths() == []


def test_pauses(site: Site, fetched: Fetch) -> None:
    """Between two requests lies the pause, or what the site's robots.txt asks for, as far as that goes."""
    addresses = [site.page(f"/{n}", f"Artikel {n}") for n in range(3)]
    fetched(*addresses, politeness=replace(QUICK, pause=0.2))
    site.put("/robots.txt", Response(b"User-agent: *\nCrawl-delay: 60\n"))
    fetched(*addresses[:2], politeness=replace(QUICK, max_pause=0.4))
    times = [when for *_, when in site.requests]
    gaps = [later - earlier for earlier, later in pairwise(times)]
    # the last two requests of each run: the pause before the first one is known by then
    assert all(gap >= 0.19 for gap in gaps[:3])
    assert gaps[5] >= 0.39
    assert sum(gaps) < 60


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_asked_again_once(site: Site, fetched: Fetch, tmp_path: Path, status: int) -> None:
    """After the time that it asks for; a second refusal is reported."""
    busy = Response(status=status, headers={"Retry-After": "1"})
    busy_page = site.put("/1", busy, Response(article("Eins")))
    ((path, reason),) = fetched(busy_page, site.put("/2", replace(busy, headers={"Retry-After": "0"})))
    assert (path, f"({status})" in reason) == (f"{site.address}/2", True)
    assert files(tmp_path) == {busy_page: article("Eins")}
    assert site.paths() == ["/1", "/1", "/2", "/2"]
    assert site.requests[2][2] - site.requests[1][2] >= 1


def test_a_server_that_asks_to_wait_too_long(site: Site, fetched: Fetch) -> None:
    """It is not waited for."""
    address = site.put("/1", Response(status=429, headers={"Retry-After": "3600"}))
    assert fetched(address) == [(address, "The server asks to wait 60 minutes: run the same command later.")]


def test_the_time_to_wait() -> None:
    """Seconds or a day and time, by RFC 9110; ten seconds where nothing sensible is said."""
    now = datetime(2026, 11, 25, 12, 0, 0, tzinfo=UTC)
    waits = {"": 10, "7": 7, "Wed, 25 Nov 2026 12:01:30 GMT": 90, "Wed, 25 Nov 2026 11:00:00 GMT": 0, "-1": 10}
    assert {header: retry_after_seconds({"retry-after": header}, now) for header in waits} == waits


def test_a_page_that_moved(site: Site, fetched: Fetch, tmp_path: Path) -> None:
    """It is kept under the address that it moved to; the old address leads to the same file the next time."""
    new = site.page("/new", "Eins")
    old = site.put("/old", Response(status=301, headers={"Location": "/new"}))
    assert fetched(old) == []
    assert fetched(new) == []
    assert files(tmp_path) == {new: article("Eins")}
    (companion,) = (tmp_path / "fetched").glob("*/*.json")
    assert json.loads(companion.read_text())["asked"] == [old]


def test_what_has_not_changed_is_not_sent_again(site: Site, fetched: Fetch, tmp_path: Path) -> None:
    """By its ETag, and the companion keeps what a person noted there; a changed page is kept anew."""
    address = site.page("/1", "Eins", ETag='"a"')
    fetched(address)
    (companion,) = (tmp_path / "fetched").glob("*/*.json")
    noted = json.loads(companion.read_text()) | {"author": "Else Kling"}
    companion.write_text(json.dumps(noted))
    fetched(address)
    assert json.loads(companion.read_text()) == noted
    assert site.requests[-1][1]["If-None-Match"] == '"a"'
    site.page("/1", "Zwei", ETag='"b"')
    fetched(address)
    assert files(tmp_path) == {address: article("Zwei")}
    assert json.loads(companion.read_text())["author"] == "Else Kling"
    assert json.loads(companion.read_text())["etag"] == '"b"'


def test_a_deleted_file_is_fetched_again(site: Site, fetched: Fetch, tmp_path: Path) -> None:
    """A companion alone is no reason to ask whether something has changed."""
    address = site.page("/1", "Eins", ETag='"a"')
    fetched(address)
    (file,) = (tmp_path / "fetched").glob("*/*.html")
    file.unlink()
    fetched(address)
    assert file.read_bytes() == article("Eins")


def test_a_page_that_became_a_pdf(site: Site, fetched: Fetch, tmp_path: Path) -> None:
    """One file stays, with the ending of its new kind."""
    address = site.page("/1", "Eins")
    fetched(address)
    site.put("/1", Response(b"%PDF-1.7 and more", "text/html"))
    fetched(address)
    (file, companion) = sorted(path for path in (tmp_path / "fetched").glob("*/*"))
    assert (file.suffix, file.read_bytes()) == (".pdf", b"%PDF-1.7 and more")
    assert companion.name == f"{file.name}.meta.json"


def test_a_run_ends_and_the_next_goes_on(site: Site, fetched: Fetch, tmp_path: Path) -> None:
    """What is new comes first, then what was looked at longest ago; that the run ended early is said."""
    pages = [site.page(f"/{n}", f"Artikel {n}") for n in range(5)]
    index = site.put("/s.xml", Response(sitemap(*pages, "/old"), "text/xml"))
    # a page that moved is known by the address that was asked for
    site.put("/old", Response(status=302, headers={"Location": "/4"}))
    few = replace(DEFAULT_POLITENESS, pause=0.0, max_pages=3)
    stopped = [("the web", "It stops here after 3 pages: run the same command again for the others.")]
    assert fetched(index, politeness=few) == stopped
    assert fetched(index, politeness=few) == stopped
    assert site.paths() == ["/s.xml", "/0", "/1", "/s.xml", "/2", "/3"]
    assert fetched(index, politeness=few) == stopped
    assert fetched(index, politeness=few) == stopped
    assert site.paths()[6:] == ["/s.xml", "/4", "/old", "/4", "/s.xml", "/0", "/1"]
    assert files(tmp_path).keys() == set(pages)
    assert fetched(index, politeness=replace(few, max_pages=7)) == []


def test_what_robots_forbid_is_no_page_of_a_run(site: Site, fetched: Fetch, tmp_path: Path) -> None:
    """However many of them there are, the others have their turn."""
    site.put("/robots.txt", Response(b"User-agent: *\nDisallow: /no\n"))
    good = site.page("/yes", "Eins")
    index = site.put("/s.xml", Response(sitemap(*(f"/no{n}" for n in range(5)), good), "text/xml"))
    assert len(fetched(index, politeness=replace(DEFAULT_POLITENESS, pause=0.0, max_pages=2))) == 5
    assert files(tmp_path).keys() == {good}


def test_which_words_are_addresses() -> None:
    """Http and https are, in any case; another scheme is refused, a path is a path."""
    paths, addresses = split_addresses(["a/b.txt", "HTTPS://ex.org", "http:/x", "C:/x"])
    assert ([str(path) for path in paths], addresses) == (["a/b.txt", "http:/x", "C:/x"], ["HTTPS://ex.org"])
    for word in ("ftp://ex.org/a", "file:///etc/passwd"):
        with pytest.raises(NotFound, match="cannot be fetched: give an address that begins with https"):
            split_addresses([word])


def test_when_addresses_are_the_same() -> None:
    """Fragments, tracking and the order of parameters do not tell pages apart; the rest does."""
    assert canonical_url("https://EX.org/a?b=1&a=2&utm_source=rss#c") == canonical_url("https://ex.org/a?a=2&b=1")
    assert len({canonical_url(f"https://ex.org/{path}") for path in ("a", "a/", "A", "a?b=1", "a?b=2")}) == 5


def test_a_link_from_the_web_to_this_computer(site: Site) -> None:
    """It is not asked for, though the same address is fetched when a person gives it."""
    address = site.page("/1", "Eins")
    with HttpClient(QUICK) as requests:
        downloads = Downloader(requests, QUICK, lambda _: {})
        with pytest.raises(LoadError, match="It leads into your own network"):
            downloads.get(address, source="https://93.184.216.34/feed")
        assert site.requests == []
        assert downloads.get(address).raw == article("Eins")


def test_links_that_are_none() -> None:
    """They are kept as they are, so that they are reported; what is cut off gives what it has; a page has no links."""
    links = links_in(sitemap("http://[bad", "mailto:a@b", "?a#b")[:-12], "https://ex.org/s.xml")
    assert links == Links(("http://[bad", "mailto:a@b", "https://ex.org/s.xml?a"))
    assert links_in(article("Eins"), "https://ex.org/") is None
    assert links_in(gzip.compress(b"plain text"), "https://ex.org/a.gz") is None


def test_a_sitemap_that_grows_without_end() -> None:
    """It is unpacked no further than sitemaps may be long."""
    bomb = gzip.compress(sitemap("/1") + b" " * 60_000_000)
    with pytest.raises(LoadError, match="It unpacks to more than 50 MB"):
        links_in(bomb, "https://ex.org/s.xml.gz")


@pytest.mark.parametrize(
    ("address", "content_type", "head", "ending"),
    [
        ("/a", "text/html; charset=utf-8", "Worte ohne ein Zeichen davon", ".html"),
        ("/a.php", "", "<!doctype html><p>a", ".html"),
        ("/a.htm", "text/plain", "<!doctype html><p>a", ".htm"),
        ("/a.md", "text/plain", "# Titel", ".md"),
        ("/a", "text/plain", "Ein Satz.", ".txt"),
        ("/a.pdf", "application/octet-stream", "%PDF-1.4", ".pdf"),
        ("/a.html", "text/html", "%PDF-1.4", ".pdf"),
        ("/a", "application/json", '{"title": "a"}', ".json"),
        ("/a.csv.gz", "application/gzip", "\x1f\x8b\x08", ".csv.gz"),
        ("/a.warc.gz", "", "\x1f\x8b\x08", ".warc.gz"),
        ("/a", "application/gzip", "\x1f\x8b\x08", ".gz"),
        ("/a.css", "text/css", "a { }", None),
        ("/a.mp4", "", "\0\0", None),
        ("/README", "text/plain", "Ein Satz.", ".txt"),
    ],
)
def test_the_ending_of_a_file(address: str, content_type: str, head: str, ending: str | None) -> None:
    """The content decides, then what the server says, then the address; a file with that name is read as such."""
    assert file_ending(f"https://ex.org{address}", content_type, head.encode("latin-1")) == ending


@given(st.text(max_size=300))
def test_any_address_has_a_place(words: str) -> None:
    """The name is short and plain, not hidden, and below a folder for its host."""
    path = page_path(f"https://ex.org:81/{words}", ".html")
    assert re.fullmatch(r"ex\.org-81/[a-z0-9][a-z0-9.-]{0,90}-[0-9a-f]{10}\.html", str(path))


def test_no_two_addresses_share_a_place() -> None:
    """Nor do those that differ in signs which a name cannot hold, nor a long one and a longer one."""
    ends = ("a/b", "a-b", "a?b", "", "ä", "x" * 200, "x" * 201, "README", "..", ".a")
    names = {page_path(f"https://ex.org/{ending}", ".txt").name for ending in ends}
    assert len({name.lower() for name in names}) == len(ends)
    assert not any(name.startswith((".", "-")) for name in names)


@pytest.mark.parametrize(
    ("address", "plain"),
    [
        ("https://ilse:geheim@ex.org/a?b=c@d#e", "https://ex.org/a?b=c@d#e"),
        ("https://ilse:geheim@ex.org:8443", "https://ex.org:8443"),
        ("HTTP://token@ex.org/", "HTTP://ex.org/"),
        ("https://ilse:ge@heim@ex.org/a", "https://ex.org/a"),
        ("https://ilse:ge%40heim@[2001:db8::1]:8080/a", "https://[2001:db8::1]:8080/a"),
        ("https://ilse:ge/heim@ex.org/a", "https://ex.org/a"),
        ("https://ilse:ge#heim@ex.org/a", "https://ex.org/a"),
        ("ftp://ilse:geheim@ex.org/a", "ftp://ex.org/a"),
        ("https:\\\\ilse:geheim@ex.org", "https:\\\\ex.org"),
        ("https://ex.org/@ilse/1", "https://ex.org/@ilse/1"),
        ("https://ex.org?mail=a@b", "https://ex.org?mail=a@b"),
        ("https://web.ex.org/2020/https://ilse:geheim@ex.org/a", "https://web.ex.org/2020/https://ex.org/a"),
        ("https://web.ex.org/2020/http:/ilse:ge@heim@ex.org/a", "https://web.ex.org/2020/http:/ex.org/a"),
        ("view-source:https://ilse:geheim@ex.org", "view-source:https://ex.org"),
        ("\u200bhttps://ilse:geheim@ex.org", "\u200bhttps://ex.org"),
        ("https://ilse:geheim@ex.org/?u=https://ilse:geheim@ex.org/", "https://ex.org/?u=https://ex.org/"),
        ("https://ex.org/https://ex.org:80/@ilse", "https://ex.org/https://ex.org:80/@ilse"),
        ("ilse:geheim@ex.org", "ilse:geheim@ex.org"),
        ("Brief von ilse@ex.org", "Brief von ilse@ex.org"),
        ("", ""),
    ],
)
def test_an_address_without_its_login(address: str, plain: str) -> None:
    """What stands before the @ of the host goes, whatever signs the password holds; nothing else does."""
    assert without_login(address) == plain
    assert without_login(plain) == plain


def test_a_password_is_sent_and_not_kept(site: Site, fetched: Fetch, tmp_path: Path) -> None:
    """The server gets it, its further pages too, another site does not; no file and no failure holds it."""
    site.page("/a", "Eins")
    site.page("/b", "Zwei")
    with serving() as foreign_site:
        foreign = foreign_site.page("/c", "Drei")
        moved = foreign.replace("//", "//mallory:geheim2@")
        site.put("/moved", Response(status=302, headers={"Location": moved}))
        site.put("/feed", Response(feed("/b", foreign.replace("//", "//mallory:geheim2@")), "text/xml"))
        given = [
            site.address.replace("//", "//ilse:ge%40heim@") + path for path in ("/a", "/moved", "/feed", "/missing")
        ]
        failures = fetched(*given, "https://ilse:ge/heim@nowhere.invalid/", "https://ilse:geheim@nowhere.invalid:x/")
        sent = {headers.get("Authorization") for _, headers, _ in site.requests}
        sent_elsewhere = {headers.get("Authorization") for _, headers, _ in foreign_site.requests}
    assert sent == {"Basic " + base64.b64encode(b"ilse:ge@heim").decode()}
    assert sent_elsewhere == {None}
    assert set(files(tmp_path)) == {site.address + "/a", site.address + "/b", foreign}
    everything = [
        failures,
        *(path for path in tmp_path.rglob("*")),
        *(f.read_bytes() for f in tmp_path.rglob("*.json")),
    ]
    assert not re.search("ilse|heim|mallory", repr(everything))
    assert failures[0][0] == site.address + "/missing"
    with pytest.raises(NotFound, match=r"^ftp://ex\.org/a cannot be fetched"):
        split_addresses(["ftp://ilse:geheim@ex.org/a"])


def test_a_password_that_was_kept_goes(site: Site, fetched: Fetch, tmp_path: Path) -> None:
    """A companion of an earlier version loses it with the next fetch, and its page is known without it."""
    address = site.page("/a", "Eins", ETag="1")
    fetched(address)
    (companion,) = tmp_path.rglob("*.meta.json")
    noted = json.loads(companion.read_text())
    secret = address.replace("//", "//ilse:geheim@")
    companion.write_text(json.dumps(noted | {"url": secret, "asked": [secret + "x"]}))
    fetched(secret)
    assert json.loads(companion.read_text()) == noted | {"asked": [address + "x"]}
    assert site.requests[-1][1]["If-None-Match"] == "1"


def test_an_article_never_holds_a_password() -> None:
    """Whatever states an article's address, it is stored without a login."""
    draft = load_text(b"---\nurl: https://ilse:geheim@ex.org/a\n---\nDer Rat hat am Montag beraten.\n")
    assert article_from_draft(draft, "/a.txt", "0").url == "https://ex.org/a"
    assert safe_name("https://ilse:geheim@ex.org/a") == "https://ex.org/a"
