"""The reader: an article with its passages, its facts and where they come from, and ways to its source."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from page_parts import ARTICLE, TEXT, Parts

from rag.search.similar import SimilarArticle
from rag.text.similarity import Version
from rag.text.word_diff import WordChange, text_diff
from rag.types import passage_at
from rag.verification import ArticleVerification
from ui.html.article_text import marking_of
from ui.html.difference import difference
from ui.html.reader import FileAccess, check_result, page_figure, reader_fragment, related_articles, versions_difference
from ui.wording.english import ENGLISH
from ui.wording.german import GERMAN
from ui.wording.reader import READER


def test_headline_and_byline_stand_above_the_text() -> None:
    """Above the text stand title, outlet, author, date and language, below it the file and its whole hash."""
    html = Parts(reader_fragment(ARTICLE, ENGLISH)).text
    for fact in ("57 Kilometer unter den Alpen", "Passblatt", "Ladina Tschuor", "1 June 2016", "German (CH)"):
        assert html.index(fact) < html.index("Der Tunnel ist eröffnet.")
    assert html.index(ARTICLE.sha256) > html.index("Noch fährt kein Zug.")
    assert "articles/gotthard.md" in html


def test_facts_say_where_they_were_read() -> None:
    """Each fact has its origin: in the page's language where we have words for it, else as the loader names it."""
    article = replace(ARTICLE, origins={"author": "byline", "published": "XMP", "unread": "Chapters are missing: 2."})
    html = Parts(reader_fragment(article, GERMAN)).text
    assert "AutorLadina Tschuor Autorenzeile" in html
    assert "Datum1. Juni 2016 XMP" in html
    assert "Nicht gelesenKapitel fehlen: 2." in html


def test_a_headline_without_end_is_whole_among_the_facts() -> None:
    """Of 100,000 letters the headline has 5,000 and a list 300, which a browser sets at once."""
    article = replace(ARTICLE, title="Wort" * 25_000)
    html = reader_fragment(article, GERMAN)
    assert f">{'Wort' * 1_250}…</h2>" in html
    assert f"<dd><bdi>{'Wort' * 25_000}</bdi>" in html
    assert f">{'Wort' * 75}…</a>" in related_articles(ARTICLE, [article], [], [], GERMAN)


@given(st.text(max_size=60))
def test_an_article_cannot_write_markup(text: str) -> None:
    """Whatever an article's facts hold, its reader has the tags that it has for plain words, but for paragraphs."""

    def tags(words: str) -> list[str]:
        article = replace(ARTICLE, text=words or "x", title=f"<b>{words}", author=f"{words}<i>", path=f"/{words}.md")
        return [tag for tag in Parts(reader_fragment(article, GERMAN)).tags if tag not in ("p", "wbr")]

    assert tags(text) == tags("x")


def test_the_passages_are_counted() -> None:
    """The bar says which of how many passages is shown; with a single one, there is nowhere to go."""
    two = reader_fragment(ARTICLE, GERMAN, marking_of((26, 72), [(0, 24)]))
    assert "Fundstelle 2 von 2" in Parts(two).text
    assert two.count(" disabled") == 0
    single = reader_fragment(ARTICLE, GERMAN, marking_of((26, 72), []))
    assert "Fundstelle 1 von 1" in Parts(single).text
    assert single.count(" disabled") == 2
    assert "Fundstelle" not in Parts(reader_fragment(ARTICLE, GERMAN)).text


def test_only_what_there_is_is_offered() -> None:
    """The web address, the file and its pages are offered where they exist; the check always."""
    bare = replace(ARTICLE, url="javascript:alert(1)")
    html = reader_fragment(bare, ENGLISH)
    assert 'href="javascript' not in html
    assert "/file?" not in html
    assert "/page?" not in html
    assert "/check?lang=en" in html
    paged = replace(ARTICLE, pages=(0, 26))
    html = reader_fragment(paged, ENGLISH, marking_of((30, 50), []), FileAccess(file=True, pages=True))
    assert 'data-fs-fetch="article/abc123/page?page=2&amp;start=30&amp;end=50&amp;lang=en"' in html
    assert "Show page 2" in html
    assert 'href="article/abc123/file?lang=en"' in html
    assert 'href="https://passblatt.example/gotthard"' in html


def test_copies_versions_and_neighbours_are_linked() -> None:
    """Each group has its heading and links that open in the reader; an empty one has no heading."""
    copy, version, near = (replace(ARTICLE, id=name, title=f"Titel {name}") for name in ("b", "c", "d"))
    passage = passage_at(near, 26, 72)
    html = related_articles(ARTICLE, [copy], [Version(version, 0.8)], [SimilarArticle(near, passage, 0.9)], GERMAN)
    assert Parts(html).text.count("Titel") == 3
    assert "80\u00a0% gemeinsamer Text" in html
    assert 'href="article/d?start=26&amp;end=72&amp;lang=de#passage" data-fs-reader="Titel d"' in html
    assert 'data-fs-fetch="article/abc123/difference?version=c&amp;lang=de"' in html
    assert related_articles(ARTICLE, [], [], [], GERMAN) == ""


def test_a_difference_names_the_words() -> None:
    """What was removed is struck through, what was added underlined, and both texts are named above."""
    html = versions_difference(text_diff("Er kostet 61 Euro.", "Er kostet 84 Euro."), "de", ENGLISH)
    assert "<del>61</del> <ins>84</ins> Euro." in html
    assert "Struck through: only in this version." in html


def test_of_a_long_text_only_what_is_near_a_difference_is_shown() -> None:
    """Twenty-five words stay on either side of a difference, and between them their number."""
    same = " ".join(f"w{number}" for number in range(1000))
    changes = (
        WordChange("same", same),
        WordChange("added", "neu "),
        WordChange("same", same),
        WordChange("removed", "alt"),
    )
    html = Parts(difference(changes, "de", READER["de"], GERMAN)).text
    assert "975 gleiche Wörter … w975 w976" in html
    assert "neu w0 w1" in html
    assert "w24 … 950 gleiche Wörter … w975" in html


@pytest.mark.parametrize(
    ("check", "sentence"),
    [
        (ArticleVerification(state="unchanged", path="/a", sha256="0" * 64), "✓ Unchanged:"),
        (
            ArticleVerification(state="unchanged", path="/a", sha256="0" * 64, file_changed=True),
            "file itself has changed",
        ),
        (ArticleVerification(state="moved", path="/new/<b>", sha256="0" * 64), "now at /new/<b>"),
        (ArticleVerification(state="missing", path="/a"), "✗ Missing: the file has been deleted"),
        (ArticleVerification(state="missing", path="/a", sha256="0" * 64), "no longer contains this article"),
        (ArticleVerification(state="unreadable", path="/a", problem="It is empty."), "It is empty."),
    ],
)
def test_a_check_is_a_sentence(check: ArticleVerification, sentence: str) -> None:
    """Whatever a check came to is said in a sentence, with the hash of the file that is there."""
    html = Parts(check_result(check, "de", ENGLISH))
    assert sentence in html.text
    assert ("SHA-256 0000" in html.text) == bool(check.sha256)
    assert "b" not in html.tags


def test_a_changed_file_shows_how() -> None:
    """The words that the file has now stand next to those of the archive."""
    check = ArticleVerification(
        state="changed",
        path="/a",
        sha256="0" * 64,
        file_changed=True,
        changes=text_diff(TEXT, TEXT.replace("57", "58")),
    )
    html = check_result(check, "de", GERMAN)
    assert "<del>57</del> <ins>58</ins>" in html
    assert "Gestrichen: nur im Archiv. Unterstrichen: nur in der Datei." in html


def test_a_picture_has_its_size_and_says_what_it_shows() -> None:
    """The size is known before the picture is there, so that nothing moves; its text says which page it is."""
    html = page_figure(replace(ARTICLE, pages=(0, 26)), (30, 50), 2, (840, 1191), GERMAN)
    assert 'src="article/abc123/page.png?page=2&amp;start=30&amp;end=50&amp;lang=de" width="840" height="1191"' in html
    assert 'alt="Seite 2 der Datei; die Fundstelle ist eingerahmt"' in html
