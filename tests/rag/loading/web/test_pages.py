"""Saved web pages: the article and its readers' comments, and what a page says of itself, with where it says so."""

from __future__ import annotations

import json
import time
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.errors import LoadError
from rag.loading.common.draft import Draft
from rag.loading.web.date_phrases import day_in
from rag.loading.web.deep_nesting import flat_tree
from rag.loading.web.html import load_html
from rag.loading.web.people import names_in_byline, people
from rag.loading.web.prose_html import parse_prose, prose_paragraphs

BODY = (
    "Der Rat der Stadt hat am Abend beschlossen, die alte Brücke über den Fluss bis zum Herbst zu sperren. Die Pfeiler "
    "sind morsch, und ein Gutachten rät von jedem weiteren Verkehr ab. Fußgänger nehmen solange die Fähre. "
)
PARAGRAPHS = "".join(f"<p>Absatz {number}. {BODY}</p>" for number in range(1, 5))
HEADLINE = "Alte Brücke bleibt bis zum Herbst gesperrt"


def page(head: str = "", body: str = "", top: str = f"<h1>{HEADLINE}</h1>", lang: str = ' lang="de"') -> Draft:
    """Load a page of four paragraphs; `head`, `top` and `body` are its HTML in the head, above and below them."""
    html = f"<html{lang}><head>{head}</head><body><main><article>{top}{PARAGRAPHS}</article>{body}</main></body></html>"
    return load_html(html.encode())


def ld(value: Any) -> str:
    return f'<script type="application/ld+json">{json.dumps(value)}</script>'


def test_a_graph_of_objects_that_refer_to_each_other() -> None:
    """Authors and publisher are resolved by their identifiers; authors of other objects are ignored."""
    draft = page(
        ld(
            {
                "@context": "https://schema.org",
                "@graph": [
                    {"@type": "WebSite", "@id": "#site", "name": "Flussbote", "publisher": {"@id": "#house"}},
                    {"@type": "Organization", "@id": "#house", "name": "Flussbote Medien"},
                    {"@type": "Person", "@id": "#beck", "name": "Anna Beck"},
                    {
                        "@type": ["NewsArticle"],
                        "headline": HEADLINE,
                        "author": [{"@id": "#beck"}, {"@type": "Person", "givenName": "Carl", "familyName": "Dorn"}],
                        "publisher": {"@id": "#house"},
                        "datePublished": "2023-04-05T23:10:00+02:00",
                        "dateModified": "2023-05-01T08:00:00+02:00",
                        "image": {"@type": "ImageObject", "author": "Foto Agentur Eins"},
                    },
                ],
            }
        )
    )
    assert (draft.title, draft.source, draft.author) == (HEADLINE, "Flussbote Medien", "Anna Beck, Carl Dorn")
    assert draft.published == date(2023, 4, 5)
    assert draft.origins == {
        "title": "JSON-LD",
        "source": "JSON-LD",
        "author": "JSON-LD",
        "published": "JSON-LD",
        "language": "html tag",
    }


def test_fields_that_a_page_does_not_state() -> None:
    """A page of text alone has no outlet, author, date or URL, and no origins for them."""
    draft = page(lang="")
    assert (draft.source, draft.author, draft.published, draft.url, draft.language) == (None,) * 5
    assert draft.origins == {"title": "heading"}


@pytest.mark.parametrize(
    ("statement", "names"),
    [
        ("Anna Beck", ("Anna Beck",)),
        ("Von Anna Beck und Carl Dorn", ("Anna Beck", "Carl Dorn")),
        ("By Anna Beck, Reporter", ("Anna Beck",)),
        ("Anna von Beck; Carl Dorn (dpa)", ("Anna von Beck", "Carl Dorn")),
        ("Anna Beck, dpa", ("Anna Beck", "dpa")),
        ("Anna Beck &amp; Carl Dorn", ("Anna Beck", "Carl Dorn")),
        ("<b>Anna Beck</b> anna.beck@flussbote.example", ("Anna Beck",)),
        ("Beck, Anna", ("Beck, Anna",)),
        ("abeck", ("abeck",)),
        ("渡辺洋介", ("渡辺洋介",)),
        ("Anna Beck am 3. April 2023 um 10 Uhr", ("Anna Beck",)),
        ("Flussbote", ()),
        ("FLUSSBOTE, Hamburg, Germany", ()),
        ("Redaktion", ()),
        ("Redaktion Flussbote", ()),
        ("Beck Medien GmbH, Köln", ()),
        ("https://flussbote.example/team/beck", ()),
        ("www.flussbote.example", ()),
        ("flussbote.info", ()),
        ("admin", ()),
        ("7:57 AM", ()),
        ("alle unsere Autoren sagen etwas", ()),
        ("Mehr zum Thema hier", ()),
        ("", ()),
        ("A" * 100_000, ()),
    ],
)
def test_names_of_people(statement: str, names: tuple[str, ...]) -> None:
    """Names of people are extracted; outlets, companies, jobs, places, addresses and technical user names are not."""
    assert people(statement, ["Flussbote"]) == names


@pytest.mark.parametrize(
    ("line", "following", "names"),
    [
        ("Von Anna Beck", "", ("Anna Beck",)),
        ("By Anna Beck and Carl Dorn", "", ("Anna Beck", "Carl Dorn")),
        ("Ein Kommentar von Anna Beck", "", ("Anna Beck",)),
        ("05.04.2023 18:30 Uhr von Anna Beck", "", ("Anna Beck",)),
        ("Von Anna Beck, Kiel | 5. April 2023", "", ("Anna Beck",)),
        ("Par Zoé d'Arcy et Jean-Luc Petit", "", ("Zoé d'Arcy", "Jean-Luc Petit")),
        ("Autorin:", "Anna Beck", ("Anna Beck",)),
        ("Von Kiel fährt jetzt wieder eine Fähre nach Oslo", "", ()),
        ("Das sagte Anna Beck", "", ()),
        ("Anna Beck", "", ()),
    ],
)
def test_bylines(line: str, following: str, names: tuple[str, ...]) -> None:
    """A line that begins like a byline and says little more names its authors."""
    assert names_in_byline(line, following) == names


@pytest.mark.parametrize(
    ("head", "top", "author", "origin"),
    [
        ('<meta name="author" content="Anna Beck">', "", "Anna Beck", "meta tag"),
        ('<meta property="article:author" content="https://facebook.example/x">', "", None, None),
        ('<meta name="author" content="Flussbote"><meta property="og:site_name" content="Flussbote">', "", None, None),
        (
            '<meta name="twitter:label1" content="Verfasst von"><meta name="twitter:data1" content="Anna Beck">',
            "",
            "Anna Beck",
            "meta tag",
        ),
        ("", '<p class="meta">Von Anna Beck, 5. April 2023</p>', "Anna Beck", "byline"),
        ("", '<a rel="author" href="/x">Anna Beck</a>', "Anna Beck", "microdata"),
        (
            "",
            '<span itemprop="author"><b itemprop="name">Anna Beck</b></span>'
            '<span itemprop="author"><b itemprop="name">Carl Dorn</b></span>',
            "Anna Beck, Carl Dorn",
            "microdata",
        ),
        ("", '<figure><figcaption itemprop="author">Foto Eins</figcaption></figure>', None, None),
        ("", '<p><a href="/autoren/anna-beck">Dr. Anna Beck</a></p>', "Dr. Anna Beck", "link to the author"),
        ("", '<p><a href="/autoren/">Alle Leute</a></p>', None, None),
        (
            "",
            '<p class="post-author vcard"><span>Autor</span> <a class="fn">abeck</a></p>',
            "abeck",
            "element for the author",
        ),
    ],
)
def test_origins_of_the_author(head: str, top: str, author: str | None, origin: str | None) -> None:
    """The author is found in tags, microdata, bylines, links and labelled elements; others are not authors."""
    draft = page(head, top=f"<h1>{HEADLINE}</h1>{top}")
    assert (draft.author, draft.origins.get("author")) == (author, origin)


def test_authors_of_teasers_are_ignored() -> None:
    """Several people in author elements are also authors of other articles, so none is taken."""
    teasers = "".join(
        f'<div><div><h3>Noch ein Thema</h3><p class="author">{name}</p></div></div>'
        for name in ("Eva Eins", "Udo Zwei")
    )
    assert page(body=teasers).author is None
    assert page(body=teasers[: len(teasers) // 2]).author == "Eva Eins"


def test_an_organization_as_author() -> None:
    """An organization that JSON-LD states as the author is taken if the page names no person."""
    house = ld({"@type": "NewsArticle", "author": {"@type": "Organization", "name": "Nachrichtenagentur Eins"}})
    assert page(house).author == "Nachrichtenagentur Eins"
    assert page(house, top=f"<h1>{HEADLINE}</h1><p>Von Anna Beck</p>").author == "Anna Beck"


@pytest.mark.parametrize(
    ("head", "top"),
    [
        (f"<title>{HEADLINE} | Flussbote</title>", f"<h1>Flussbote</h1><h2>{HEADLINE}</h2>"),
        (
            f'<title>Flussbote » {HEADLINE}</title><meta property="og:site_name" content="Flussbote">',
            f"<h1>Flussbote</h1><h2>{HEADLINE}</h2><h2>Mehr zum Thema</h2>",
        ),
        (f'<meta property="og:title" content="{HEADLINE} – Flussbote">', f"<h1>{HEADLINE}</h1>"),
        (
            f'<meta property="og:title" content="{HEADLINE} - Flussbote">'
            '<meta property="og:site_name" content="Flussbote">',
            "",
        ),
        (f'<meta property="og:title" content="Klick hier!"><title>{HEADLINE}</title>', f"<h1>{HEADLINE}</h1>"),
        (
            f'<meta property="og:title" content="Klick hier!">{ld({"@type": "Article", "headline": HEADLINE})}',
            f"<h1>{HEADLINE}</h1>",
        ),
        (
            f"{ld({'@type': 'Article', 'headline': HEADLINE})}<title>Verkehr: {HEADLINE}</title>",
            f"<h1>Verkehr: {HEADLINE}</h1>",
        ),
        (f"<title>{HEADLINE}</title>", f"<h1><div>Verkehr</div><div>{HEADLINE}</div></h1>"),
        (ld({"@type": "Article", "headline": HEADLINE.replace("ü", "&uuml;")}), ""),
        ("", f"<h1>{HEADLINE.replace('gesperrt', 'ge&shy;sperrt')}</h1>"),
    ],
)
def test_the_headline(head: str, top: str) -> None:
    """The headline is what most sources agree on, without kicker, outlet, entities and soft hyphens."""
    assert page(head, top=top).title == HEADLINE


@pytest.mark.parametrize(
    ("text", "language", "day"),
    [
        ("5. April 2023", "de", date(2023, 4, 5)),
        ("Mittwoch, 5.4.2023, 18 Uhr", "de", date(2023, 4, 5)),
        ("Apr 5, 2023 6:30 PM", "en", date(2023, 4, 5)),
        ("5th April 2023", None, date(2023, 4, 5)),
        ("5 avril 2023", "fr", date(2023, 4, 5)),
        ("5 de abril de 2023", "es", date(2023, 4, 5)),
        ("5 kwietnia 2023", None, date(2023, 4, 5)),
        ("5. dubna 2023", "cs", date(2023, 4, 5)),
        ("2023年4月5日", "ja", date(2023, 4, 5)),
        ("2023-04-05", None, date(2023, 4, 5)),
        ("5/4/2023", "fr", date(2023, 4, 5)),
        ("13/4/2023", "en", date(2023, 4, 13)),
        ("4/13/2023", "en", date(2023, 4, 13)),
        ("5/4/2023", "en", None),
        ("31.2.2023", "de", None),
        ("um 10 Uhr 2023", "de", None),
        ("seit 2023", "de", None),
    ],
)
def test_days_in_words(text: str, language: str | None, day: date | None) -> None:
    """Dates are read in many languages; ambiguous and invalid ones are unknown."""
    assert day_in(text, language) == day


@pytest.mark.parametrize(
    ("head", "top", "origin"),
    [
        ('<link rel="canonical" href="https://flussbote.example/2023/04/05/bruecke">', "", "address of the page"),
        (
            '<meta property="article:modified_time" content="2023-06-01">'
            '<meta property="article:published_time" content="2023-04-05T10:00:00Z">',
            "",
            "OpenGraph",
        ),
        ('<meta name="DC.date.issued" content="05.04.2023">', "", "meta tag"),
        ("", '<time itemprop="datePublished" datetime="2023-04-05">gestern</time>', "microdata"),
        ("", "<p>Stand: 01.06.2023</p><p>Mittwoch, 5. April 2023</p>", "beside the headline"),
        ("", "<figure><figcaption>Die Brücke, 1.1.2020</figcaption></figure><p>5.4.2023</p>", "beside the headline"),
        ("", '<time datetime="2023-04-05T09:00">vor drei Tagen</time>', "beside the headline"),
    ],
)
def test_origins_of_the_day(head: str, top: str, origin: str) -> None:
    """The day of publication is found in the URL, tags, microdata and near the headline; that of a change is not."""
    draft = page(head, top=f"<h1>{HEADLINE}</h1>{top}")
    assert (draft.published, draft.origins["published"]) == (date(2023, 4, 5), origin)


def test_the_nearer_of_two_days() -> None:
    """The day next to the headline is taken, not one next to a link to the article or further up."""
    top = f"<p>Archiv</p><p>1. Mai 2008</p><p>Verkehr</p><p>Stadt</p><h1>{HEADLINE}</h1><p>5. April 2023</p>"
    links = f"<ul><li><a href='/x'>{HEADLINE}</a></li><li>2. Mai 2009</li>{'<li>Sonst</li>' * 9}</ul>"
    assert page(top=top).published == date(2023, 4, 5)
    assert page(top=links + top).published == date(2023, 4, 5)


def test_a_day_under_another_heading() -> None:
    """If a page states a different headline than it shows, the day is found next to the one that it shows."""
    headline = "Rat sperrt die Brücke"
    head = f'<title>{headline}</title><meta property="og:title" content="{headline}">'
    draft = page(head, top=f"<h1>{HEADLINE}</h1><p>5. April 2023</p>")
    assert (draft.title, draft.published) == (headline, date(2023, 4, 5))


def test_the_unix_epoch_is_not_a_day() -> None:
    """1 January 1970 is what computers write if they have no time, and not a day of publication."""
    assert page('<meta property="article:published_time" content="1970-01-01T00:00:00Z">').published is None


@pytest.mark.parametrize(
    ("head", "top", "url", "origin"),
    [
        ('<link rel="canonical" href="https://a.example/x">', "", "https://a.example/x", "canonical link"),
        (
            '<link rel="canonical" href="/x"><meta property="og:url" content="https://a.example/y">',
            "",
            "https://a.example/x",
            "canonical link",
        ),
        (
            '<link rel="canonical" href="https://a.example/"><meta property="og:url" content="https://a.example/y">',
            "",
            "https://a.example/y",
            "OpenGraph",
        ),
        ("", "<!-- saved from url=(0019)https://a.example/x -->", "https://a.example/x", "note of the browser"),
        (
            "",
            "<!--\n Page saved with SingleFile \n url: https://a.example/x \n saved date: heute\n-->",
            "https://a.example/x",
            "note of the browser",
        ),
        ('<link rel="canonical" href="javascript:x"><link rel="canonical" href="http://[::1">', "", None, None),
    ],
)
def test_the_url(head: str, top: str, url: str | None, origin: str | None) -> None:
    """The URL is the canonical one, or the one that the browser saved the page from; a front page's URL is ignored."""
    html = f"<!doctype html>{top}<html><head>{head}</head><body><h1>{HEADLINE}</h1>{PARAGRAPHS}</body></html>"
    draft = load_html(html.encode())
    assert (draft.url, draft.origins.get("url")) == (url, origin)


@pytest.mark.parametrize(
    ("head", "source"),
    [
        ('<meta property="og:site_name" content="Flussbote"><meta name="application-name" content="FB">', "Flussbote"),
        ('<meta property="og:site_name" content="https://a.example"><meta name="application-name" content="FB">', "FB"),
        (ld({"@type": "Article", "publisher": {"name": "Fluss &amp; Bote"}}), "Fluss & Bote"),
        (
            ld({"@type": "Article", "publisher": {"@type": "Person", "name": "Anna Beck"}})
            + '<link rel="canonical" href="https://www.blog.example/x">',
            "blog.example",
        ),
        (
            '<link rel="canonical" href="https://archiv.example/web/2013/http://flussbote.example/x">',
            "flussbote.example",
        ),
    ],
)
def test_the_outlet(head: str, source: str) -> None:
    """The outlet is the site name, the publisher, or else the host of the page's URL."""
    assert page(head).source == source


COMMENTS = "<p>Das ist ein Satz von einer Leserin.</p><p>Und noch einer, mit ähnlich vielen Worten.</p>"


@pytest.mark.parametrize(
    "comments",
    [
        f'<div class="comments-area"><h2>Zwei Meinungen</h2>{COMMENTS}</div>',
        f'<section id="kommentare"><div class="kommentar-text">{COMMENTS}</div></section>',
        f'<ol class="commentList"><li class="comment">{COMMENTS}<form><p>Ihr Name</p></form></li></ol>',
        f'<div itemprop="comment" itemscope itemtype="https://schema.org/Comment">{COMMENTS}</div>',
        f'<div itemtype="https://schema.org/Comment">{COMMENTS}</div>',
        f'<div role="comment">{COMMENTS}</div>',
    ],
)
def test_reader_comments(comments: str) -> None:
    """Comments follow the article in blocks of their own kind, and are not part of its text."""
    draft = page(body=f'<div class="comment-count">Zwei Kommentare bisher</div>{comments}')
    texts = [block.text.strip() for block in draft.blocks if block.kind == "comment"]
    assert texts[-2:] == ["Das ist ein Satz von einer Leserin.", "Und noch einer, mit ähnlich vielen Worten."]
    assert texts[:-2] in ([], ["Zwei Meinungen"])
    assert "Leserin" not in draft.text
    assert [block.kind for block in draft.blocks] == ["article"] * 4 + ["comment"] * len(texts)


def test_more_comments_than_article() -> None:
    """Comments that are longer than the article are still comments."""
    draft = page(body=f'<div class="leserkommentare">{COMMENTS * 40}</div>')
    assert (draft.text.count("Absatz"), draft.text.count("Leserin")) == (4, 0)
    assert sum(block.kind == "comment" for block in draft.blocks) == 80


def test_authors_of_comments_are_ignored() -> None:
    """The author of a comment is not the author of the article."""
    assert page(body=f'<div class="comments"><p class="author">Udo Leser</p>{COMMENTS}</div>').author is None


@pytest.mark.parametrize("label", ['class="kommentar"', 'class="text has-comments"'])
def test_an_article_labelled_as_a_comment(label: str) -> None:
    """An opinion piece in an element that is labelled as a comment is the article."""
    html = f"<html><body><h1>{HEADLINE}</h1><div {label}>{PARAGRAPHS}</div><footer>Impressum</footer></body></html>"
    draft = load_html(html.encode())
    assert draft.text.count("Absatz") == 4
    assert {block.kind for block in draft.blocks} == {"article"}


def test_a_container_labelled_as_comments() -> None:
    """The element that contains the headline is not a comment, whatever its label."""
    html = (
        f'<html><body><div class="comments"><h1>{HEADLINE}</h1>{PARAGRAPHS}</div><div>{PARAGRAPHS}</div></body></html>'
    )
    assert {block.kind for block in load_html(html.encode()).blocks} == {"article"}


def test_the_lead_is_part_of_the_article() -> None:
    """A line below the headline that is also the page's description begins the article, once."""
    lead = "Die Pfeiler sind morsch, und der Rat der Stadt handelt sofort."
    for is_nested in (False, True):
        draft = page(
            f'<meta name="description" content="{lead}">',
            top=f"<header><h1>{HEADLINE}</h1><div>{lead}</div></header>"
            if is_nested
            else f"<h1>{HEADLINE}</h1><p>{lead}</p>",
        )
        assert draft.text.startswith(lead)
        assert (draft.text.count(lead), draft.text.count("Absatz")) == (1, 4)


def test_an_endless_name() -> None:
    """A site's name of a million letters is cut."""
    assert len(page(f'<meta property="og:site_name" content="{"Bote" * 250_000}">').source or "") == 1000


def test_the_language_of_the_page() -> None:
    """The language that the page states is taken if it has the form of a language tag."""
    languages = {' lang="de-AT"': "de-AT", ' lang="de_CH"': "de-CH", ' lang="deutsch bitte"': None, "": None}
    assert {lang: page(lang=lang).language for lang in languages} == languages


def test_utf_8_with_a_wrong_declaration() -> None:
    """A page that was saved as UTF-8 and still declares another encoding is decoded correctly."""
    assert page('<meta charset="iso-8859-1">').title == HEADLINE


def test_one_broken_byte() -> None:
    """A page in UTF-8 with one byte of another encoding keeps all its other letters."""
    html = f'<html><head><meta charset="utf-8"></head><body><h1>{HEADLINE}</h1>{PARAGRAPHS * 3}<p>X.</p></body></html>'
    draft = load_html(html.encode().replace(b"X.", b"\xfc."))
    assert draft.title == HEADLINE
    assert draft.text.startswith("Absatz 1. Der Rat")


@pytest.mark.parametrize(
    "head",
    [
        f'<script type="application/ld+json">{"[" * 100_000}</script>',
        f'<script type="application/ld+json">{{"author": {"[" * 900}{"]" * 900}}}</script>',
        f'<script type="application/ld+json">{{"@type": "Article", "x": {"9" * 10_000}}}</script>',
        '<script type="application/ld+json">{"headline": </script>',
        ld([{"@type": "Article", "publisher": {"@id": "x"}}] * 20_000),
        ld({"@graph": [{"@type": "Article", "@id": "a", "name": "x", "author": {"@id": "a"}}]}),
        f'<meta name="author" content="{"Anna Beck, " * 100_000}">',
        f'<meta name="author" content="{"(<" * 100_000}">',
        f"<title>{' - ' * 100_000}</title><meta property='og:title' content='{'x : ' * 100_000}'>",
        f"<title>{'a | ' * 100_000}</title>",
        f'<meta property="og:url" content="https://[{"x" * 100_000}">',
        '<meta charset="punycode">',
    ],
)
def test_hostile_heads(head: str) -> None:
    """Nesting, numbers, circular references and endless values do no damage and take little time."""
    start = time.process_time()
    draft = page(head)
    assert (draft.title, draft.text.count("Absatz")) == (HEADLINE, 4)
    assert time.process_time() - start < 20


@pytest.mark.parametrize(
    "body",
    [
        "<div>" * 50_000 + "x",
        '<div class="comment">' * 20_000 + "x",
        '<div class="comment">x y z</div>' * 5_000,
        f'<div class="{"author comment " * 100_000}">Anna Beck</div>',
        "<p>Von " + "Anna Beck " * 20_000 + "</p>",
        "".join(f"<p>Von {'Aa de ' * 30}x!</p>" for _ in range(12)),
        '<span class="author">' * 200 + "Anna Beck",
    ],
)
def test_hostile_bodies(body: str) -> None:
    """Endless nesting, repetition and near-bylines take little time."""
    start = time.process_time()
    assert page(body=body).text.count("Absatz") == 4
    assert time.process_time() - start < 20


@pytest.mark.parametrize("raw", [b"just words", b"<!doctype html>", b"<svg><text>x</text></svg>", b"<p></p>" * 100])
def test_invalid_pages(raw: bytes) -> None:
    """Bytes without a page or an article raise an error of one sentence that says what to do."""
    with pytest.raises(LoadError, match="save"):
        load_html(raw)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just("Article") | st.just("a"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["@type", "@id", "@graph", "author", "name", "headline", "publisher", "datePublished", "url"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None)
@given(JSON)
def test_any_json(value: Any) -> None:
    """Whatever a page states in JSON-LD, its article is read, and only known fields have an origin."""
    draft = page(ld(value))
    assert draft.text.count("Absatz") == 4
    fields = ("title", "source", "author", "published", "url", "language")
    assert set(draft.origins) == {name for name in fields if getattr(draft, name) is not None}


@given(st.text(max_size=300), st.lists(st.text(max_size=10), max_size=2))
def test_any_name(statement: str, outlets: list[str]) -> None:
    """Names in any text have no line breaks, are distinct, and are not the outlet's."""
    names = people(statement, outlets)
    assert len(set(names)) == len(names)
    assert not any(set(name) & set("\n\r\t") or name in outlets for name in names)


@pytest.mark.parametrize("tag", ["div", "b", "ul><li", "table><tr><td", "font"])
@pytest.mark.parametrize("depth", [100, 1000, 20_000])
def test_text_after_deep_nesting(tag: str, depth: int) -> None:
    """However deeply elements are nested, the text after them is read, in pages as well as in mails."""
    beginning, end = ("Die Brücke ist gesperrt, sagte sie am Montag. " * 8, "Danach ging der Rat nach Hause. " * 8)
    opening, closing = f"<{tag}>" * depth, "".join(f"</{part}>" for part in reversed(tag.split("><"))) * depth
    raw = (
        f"<!doctype html><html><head><title>T</title></head><body><article><h1>Titel</h1><p>{beginning}</p>"
        f"{opening}ganz unten{closing}<p>{end}</p></article></body></html>"
    ).encode()
    assert end.strip() in load_html(raw).text
    words = [paragraph.text for paragraph in prose_paragraphs(parse_prose(raw))]
    assert words == ["Titel", beginning.strip(), "ganz unten", end.strip()]


@pytest.mark.heavy
def test_a_paragraph_of_megabytes() -> None:
    """Text after ten megabytes of text, which lxml drops, is read."""
    long = "Die Brücke ist gesperrt, sagte sie. " * 290_000
    raw = f"<!doctype html><html><body><p>Anfang.</p><br><p>{long}</p><p>Zum Schluss.</p></body></html>".encode()
    assert [len(paragraph.text) for paragraph in prose_paragraphs(parse_prose(raw))] == [7, len(long) - 1, 12]


def test_names_that_a_tree_cannot_have() -> None:
    """Elements with invalid tags keep their words, even if the page is nested too deeply for lxml."""
    page = "<p<html><b<i x<y='1' =2>Anfang" + "<div>" * 1000 + "Ende" + "</div>" * 1000
    assert "".join(flat_tree(page).itertext()) == "AnfangEnde"
