"""Feeds become articles, and none of them reads another file or grows without end."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import pytest

from rag.errors import LoadError
from rag.loading.common.draft import Draft, Flaw
from rag.loading.containers.feeds import load_feed

RSS = """<?xml version="1.0" encoding="{encoding}"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>Flussbote &amp; Söhne</title><language>de-AT</language>
<item><title>Brücke &amp;amp; Fähre</title><link>https://x.example/1?a=1&amp;b=2</link><guid>g1</guid>
<pubDate>Fri, 14 Jan 2022 00:30:00 +0100</pubDate><dc:creator>Anna Beck</dc:creator>
<description>Kurz und gut.</description>
<content:encoded>
<![CDATA[<p>Die <b>Brücke</b> ist&nbsp;zu.</p><p>Die Fähre fährt.</p><script>x</script>]]></content:encoded>
</item><item><title>Nur ein Titel</title></item>
<item><description>3 &lt; 4 &amp;amp; 5</description></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title>F</title>
<entry><id>urn:1</id><title type="html">Ein &lt;i&gt;Titel&lt;/i&gt;</title><updated>2022-02-02T00:00:00Z</updated>
<published>2022-01-14T00:30:00+01:00</published><author><name>A</name></author><author><name>B</name></author>
<link href="https://x.example/2"/><summary>Kurz.</summary>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Eins.</p><p>Zwei.</p></div></content></entry>
<entry><id>urn:2</id><updated>2022-02-02T00:00:00Z</updated>
<content type="text">Das Zeichen &lt;p&gt; ist Text.</content></entry>
</feed>"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
def test_rss(encoding: str) -> None:
    """The whole content is the text and not its summary, the day is that of its own time zone, the feed the source."""
    first, empty, last = load_feed(RSS.format(encoding=encoding).encode(encoding))
    assert isinstance(first, Draft) and isinstance(last, Draft)
    assert first.text.split("\n\n")[:3] == ["Kurz und gut.", "Die Brücke ist\xa0zu.", "Die Fähre fährt."]
    assert (first.name, first.title, first.source) == ("g1", "Brücke & Fähre", "Flussbote & Söhne")
    assert (first.author, first.published, first.language) == ("Anna Beck", date(2022, 1, 14), "de-AT")
    assert (first.url, first.origins["published"]) == ("https://x.example/1?a=1&b=2", "feed entry date")
    assert empty == Flaw("entry 2", "Entry 2 of the feed has no content: save the page that it links to.")
    assert (last.text.strip(), last.title, last.published) == ("3 < 4 & 5", None, None)
    assert set(last.origins) == {"source", "language"}


def test_atom() -> None:
    """XHTML becomes paragraphs, plain text stays as it is, and the date of an update is not the date of publication."""
    first, second = (draft for draft in load_feed(ATOM.encode()) if isinstance(draft, Draft))
    assert first.text.split("\n\n")[:3] == ["Kurz.", "Eins.", "Zwei."]
    assert (first.name, first.title, first.author) == ("urn:1", "Ein Titel", "A, B")
    assert (first.published, first.url, first.language) == (date(2022, 1, 14), "https://x.example/2", "de")
    assert (second.text.strip(), second.published) == ("Das Zeichen <p> ist Text.", None)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused(tmp_path: Path, encoding: str) -> None:
    """A feed that defines entities is refused at once, whether they would grow or read a file."""
    secret = tmp_path / "secret.txt"
    secret.write_text("geheim")
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    for declared, reference in (
        (f'<!ENTITY x SYSTEM "{secret.as_uri()}">', "&x;"),
        (f'<!ENTITY l0 "ha">{laughs}', "&l11;"),
    ):
        head, body = RSS.format(encoding=encoding).split("\n", 1)
        raw = f"{head}<!DOCTYPE rss [{declared}]>{body.replace('Kurz', reference)}".encode(encoding)
        start_time = time.process_time()
        with pytest.raises(LoadError, match="It defines XML entities"):
            list(load_feed(raw))
        assert time.process_time() - start_time < 10


def test_a_feed_that_breaks_off() -> None:
    """What is whole is taken, and it is said that something is missing."""
    raw = RSS.format(encoding="utf-8").encode()
    drafts = list(load_feed(raw[: raw.index(b"<item><title>Nur") + 20]))
    assert isinstance(drafts[0], Draft)
    assert drafts[-1] == Flaw("end", "The feed is truncated: save it again.")


@pytest.mark.parametrize(
    "raw", [b"", b"<html><body>x</body></html>", b"<rss version='2.0'><channel/></rss>", b"<svg/>"]
)
def test_no_feed(raw: bytes) -> None:
    """A file that is not a feed, or a feed without entries, is refused with advice."""
    with pytest.raises(LoadError, match="not an RSS or Atom feed with entries: save it again"):
        list(load_feed(raw))


def test_same_ids() -> None:
    """Two entries with one id have two names."""
    item = "<item><guid>1</guid><description>Text</description></item>"
    drafts = load_feed(f"<rss version='2.0'><channel>{item * 3}</channel></rss>".encode())
    assert [draft.name for draft in drafts] == ["1", "1 (2)", "1 (3)"]
