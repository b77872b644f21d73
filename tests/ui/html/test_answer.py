"""The answer as HTML: nothing from outside becomes markup, and every word says what is so."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from page_parts import ARTICLE, TEXT, Parts, answer, citation, context, results

from rag.search.answer import EMPTY, NOTHING_FITS
from rag.types import ArticleResult, Filter, Span, Status
from ui.html.answer import answer_html
from ui.html.card import article_card, passage, relative_path
from ui.html.explanation import explanation
from ui.html.markup import escape, highlighted
from ui.html.notices import archive_line, error_notice
from ui.html.reader import reader_fragment
from ui.wording.english import ENGLISH
from ui.wording.german import GERMAN
from ui.wording.page import TEXTS, choose_language, decimal, grouped, language_name, long_date

# Text that someone might slip into an article, and any other text.
HOSTILE = (
    "<script>alert(1)</script>",
    "</blockquote></article><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "' autofocus onfocus='alert(1)",
    "<!-- ",
    "]]>",
    "&lt;b&gt; &amp;amp;",
    "${7*7} {{7*7}} {{{value}}} @children `x`",
    "</template></style><style>*{display:none}</style>",
)
ANYTHING = st.one_of(st.sampled_from(HOSTILE), st.text(min_size=1, max_size=60))


def status(articles: int = 2) -> Status:
    """Return what a small archive would hold."""
    return Status(
        "f", articles, 0, 1234, {"de": 1, "de-CH": 1}, {"Passblatt": 2}, None, None, "bundled", "x", 1, 1.0, {}
    )


@given(st.tuples(*[ANYTHING] * 5))
def test_text_from_outside_never_becomes_markup(outside: tuple[str, ...]) -> None:
    """Whatever an article or a question holds, the page has the tags and attributes that it has for plain words."""
    title, text, who, path, ask = outside
    steps = "/" * path.count("/")  # after each a <wbr> stands
    plain = replace(ARTICLE, title="t", text="x", language="l", source="s", author="a", url="https://u", path=steps)
    vile = replace(
        plain, title=title, text=text, language=who, source=who, author=who, url=f"https://{path}", path=path, id=path
    )
    html, expected = (
        Parts(answer_html(results(answer(cited, question=question, outcome="doubtful")), context(GERMAN, question)))
        for cited, question in (
            (
                replace(
                    citation(article, span, 0.9, span), matches=(span,), also=(article, article), signals={signal: 0.5}
                ),
                question,
            )
            for article, span, signal, question in (
                (plain, (0, 1), "s", "q"),
                (vile, (0, len(text)), who, ask),
            )
        )
    )
    assert (html.tags, html.names) == (expected.tags, expected.names)
    for value in outside:
        assert value in expected.text


@given(ANYTHING)
def test_an_error_is_shown_literally(sentence: str) -> None:
    """The sentence of an error may quote the question; it stays text all the same."""
    parts = Parts(error_notice(sentence, ENGLISH))
    assert parts.tags == ["section", "div", "p", "strong", "p"]
    assert sentence in parts.text


@given(st.text())
def test_no_sign_of_gradios_templates_is_left(text: str) -> None:
    """Gradio fills `${…}`, `{{…}}` and `@children` in on the page; escaped text has none of their signs."""
    assert not set(escape(text)) & set("${}@`<>\"'")
    assert Parts(f"<p>{escape(text)}</p>").text == text


SPANS = st.lists(st.tuples(st.integers(-5, 60), st.integers(-5, 60)))


class Nesting(HTMLParser):
    """Each character of some HTML with the elements around it, outermost first."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, ...]] = []
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.elements += [tuple(self.open)] * len(data)


@given(st.text(max_size=40), SPANS, SPANS, st.integers(0, 20))
def test_marks_change_no_text(text: str, spans: list[Span], words: list[Span], offset: int) -> None:
    """Any spans, even overlapping, empty or out of range: the text stays, and each sign has the tags of its place.

    A word's tag lies inside the mark's, neither in one of its own kind, and every tag is closed in its turn.
    """
    markup = highlighted(text, offset, spans, words)
    assert Parts(markup).text == text

    def is_inside(at: int, spans: list[Span]) -> bool:
        return any(start <= offset + at < end for start, end in spans)

    expected = [
        ("mark",) * is_inside(at, spans) + ("b",) * is_inside(at, words)  # whether, not how often
        for at in range(len(text))
    ]
    assert Nesting(markup).elements == expected


def test_a_word_over_the_edge_of_a_mark_is_on_both_sides() -> None:
    """By hand: overlapping words (pairs of signs) are one, and the edge of the mark parts them cleanly."""
    html = highlighted("東京都庁前駅", 0, [(2, 5)], [(0, 2), (1, 3), (4, 6)])
    assert html == "<b>東京</b><mark><b>都</b>庁<b>前</b></mark><b>駅</b>"


def test_highlights_count_from_the_article() -> None:
    """A highlight is a span of the article, so it is found in a quote that begins elsewhere."""
    start = TEXT.index("57 Kilometern")
    cited = replace(citation(ARTICLE, (26, 72), 0.9, (start, start + 13)), matches=((start + 3, start + 13),))
    html = passage(cited, context(GERMAN))
    assert "Mit <mark>57 <b>Kilometern</b></mark> ist er" in html
    # the sentence is marked in the article too
    assert f'href="article/abc123?start=26&amp;end=72&amp;from={start}&amp;to={start + 13}&amp;lang=de#passage"' in html


def test_highlights_that_meet_are_one() -> None:
    """Overlapping and touching highlights are joined, those outside the quote are left out."""
    assert highlighted("abcdef", 10, [(12, 14), (11, 13), (14, 15), (30, 40), (0, 10)]) == "a<mark>bcde</mark>f"


def test_articles_that_print_the_same_are_named_and_linked() -> None:
    """Outlet and day, each a link: to the quote, to the sentence where only that is the same, else to the beginning."""
    sentence = (TEXT.index("Er liegt"), TEXT.index("\n\nNoch"))
    cited = citation(ARTICLE, (26, sentence[1]), 0.9, sentence)
    same = replace(ARTICLE, id="b", source="taz", published=date(2022, 1, 12), text=f"Neu: {cited.quote}")
    nearly = replace(ARTICLE, id="c", source="Tagesschau", published=None, text="Ein Tunnel. Er liegt tief.")
    reworded = replace(ARTICLE, id="d", source=None, title="<Titel>", published=None, text="Der Tunnel liegt tief.")
    html = passage(replace(cited, also=(same, nearly, reworded)), context(ENGLISH))
    assert "Also in taz (12 January 2022), Tagesschau, <Titel>Open" in Parts(html).text
    assert f'href="article/b?start=5&amp;end={5 + len(cited.quote)}&amp;lang=en#passage"' in html
    assert 'href="article/c?start=12&amp;end=26&amp;lang=en#passage"' in html
    assert 'href="article/d?lang=en"' in html
    assert "Auch in taz (12. Januar 2022)" in Parts(passage(replace(cited, also=(same,)), context(GERMAN))).text
    assert "fs-also" not in passage(cited, context(GERMAN))


def test_why_a_passage_was_chosen_is_said_in_words() -> None:
    """Each signal in plain words with its value, an unknown one by its name; words once, as written."""
    lang, once_more = TEXT.index("Tunnel"), TEXT.index("längste")
    signals = {"late": 0.853, "dense": -0.25, "lexical": 0.5, "cross": 4.0, "<colour>": 1.0}
    cited = replace(
        citation(ARTICLE, (0, 72)),
        signals=signals,
        # the second and third overlap, as the pairs of signs in Japanese do
        matches=((lang, lang + 6), (once_more, once_more + 4), (once_more + 3, once_more + 7)),
    )
    html = explanation(cited, GERMAN)
    parts = Parts(html).texts
    assert parts[1:10:2] == ["0,85", "−0,25", "0,50", "4,00", "1,00"]
    assert parts[:8:2] == [": ".join(GERMAN.signals[name]) for name in ("late", "dense", "lexical", "cross")]
    assert parts[8] == "<colour>"
    assert parts[10:] == ["Gemeinsame Wörter", "Tunnel", ", ", "längste"]
    assert Parts(explanation(citation(), ENGLISH)).texts == ["Shared words", "none"]


def test_a_word_in_common_is_listed_once() -> None:
    """However often the quote holds it."""
    text = "Tunnel um Tunnel"
    cited = replace(citation(replace(ARTICLE, text=text), (0, 16)), matches=((0, 6), (10, 16)))
    assert Parts(explanation(cited, ENGLISH)).text.count("Tunnel") == 1


def test_german_and_english_explain_the_same_signals() -> None:
    """Both have words for each signal that a citation may carry."""
    assert set(GERMAN.signals) == set(ENGLISH.signals) == {"late", "dense", "lexical", "cross"}


def test_cards_keep_the_order_of_the_results() -> None:
    """The articles stand in the order of the results, each once, with its further passages behind a line."""
    other = replace(ARTICLE, id="b", title="Der zweite")
    found = results(answer(citation(), citation(other), citation(ARTICLE, (0, 24))))
    html = Parts(answer_html(found, context(GERMAN))).text
    order = ("2 Artikel", "57 Kilometer unter", "Mit 57", "1 weitere Stelle", "Der Tunnel ist", "Der zweite")
    assert sorted(order, key=html.index) == list(order)
    assert html.count("57 Kilometer unter den Alpen") == 1
    assert "in 1.234 ms" in html


def test_what_is_not_likely_is_folded() -> None:
    """Likely passages stand in view; the others of the same and of other articles behind a line with their number."""
    first, noise, other = citation(), citation(ARTICLE, (0, 24)), citation(replace(ARTICLE, id="b"))
    found = results(answer(first, noise, other))
    parts = (ArticleResult(found.answer.citations[:2], 1), ArticleResult(found.answer.citations[2:], 0))
    html = answer_html(replace(found, results=parts), context(GERMAN))
    in_view, _, folded = html.partition('class="fs-less-likely"')
    assert "2 weniger wahrscheinliche Treffer" in folded
    assert [part.count('class="fs-card"') for part in (in_view, folded)] == [1, 2]
    assert "Der Tunnel ist" in folded
    assert "weitere Stelle" not in html


def test_a_doubtful_answer_says_so_first() -> None:
    """Where nothing answers, a notice stands above the passages, which are called the closest; three are in view."""
    cited = [citation(replace(ARTICLE, id=str(number))) for number in range(5)]
    html = answer_html(results(answer(*cited, outcome="doubtful")), context(ENGLISH))
    text = Parts(html).text
    order = ("Perhaps not the answer", "about the subject", "Closest", "Mit 57", "2 less likely results")
    assert sorted(order, key=text.index) == list(order)
    assert html.partition("fs-less-likely")[0].count('class="fs-card"') == 3


def test_passages_about_something_else_are_called_so() -> None:
    """Another notice stands above them, in the page's language."""
    for texts, sentence in ((ENGLISH, "probably has nothing about this"), (GERMAN, "vermutlich nichts im Archiv")):
        text = Parts(answer_html(results(answer(citation(), outcome="unrelated")), context(texts))).text
        assert text.index(sentence) < text.index("Mit 57")
        assert texts.doubtful_heading not in text


def test_a_damaged_article_is_named_above_the_passages() -> None:
    """By the name of its file, with the way to the list of damaged articles; also where it leaves no passage."""
    paths = ("/a/brand.md", "/a/<b>.md", "/a/c.md", "/a/d.md")
    html = answer_html(results(replace(answer(citation()), damaged=paths[:1])), context(GERMAN))
    sentence = "Ein Artikel ist auf der Festplatte beschädigt worden und fehlt hier: brand.md."
    assert Parts(html).text.index(sentence) < Parts(html).text.index("Mit 57")
    assert './?tab=library&amp;state=damaged&amp;lang=de"' in html
    empty = replace(answer(outcome=NOTHING_FITS.outcome, reason=NOTHING_FITS.reason), damaged=paths)
    text = Parts(answer_html(results(empty), context(ENGLISH))).text
    assert "4 articles were damaged on the disk and are missing here: brand.md, <b>.md, c.md …." in text


def test_an_answer_without_passages_says_so() -> None:
    """No passage at all is a state of its own, without cards: the archive is empty, or the question asks too much."""
    html = Parts(answer_html(results(answer(outcome="empty", reason=EMPTY)), context(ENGLISH)))
    assert "No passage found" in html.text
    assert "The archive is still empty." in html.text
    assert "article" not in html.tags
    narrow = results(answer(outcome=NOTHING_FITS.outcome, reason=NOTHING_FITS.reason))
    assert "No passage matches the quoted phrases and -words" in Parts(answer_html(narrow, context(ENGLISH))).text
    german = Parts(answer_html(narrow, context(GERMAN))).text
    assert "Keine Textstelle erfüllt alle Bedingungen der Frage." in german


def test_filters_that_leave_nothing_say_how_much_there_is_without_them() -> None:
    """The number of articles without filters, and a button that removes all of them."""
    narrow = results(answer(outcome=NOTHING_FITS.outcome, reason=NOTHING_FITS.reason), without_filters=7)
    html = answer_html(narrow, context(GERMAN), Filter(exact_sources=("Passblatt",)))
    assert "Mit diesen Filtern gibt es nichts; ohne sie 7 Artikel." in Parts(html).text
    assert "data-fs-no-filters" in html


def test_more_results_are_offered_where_there_are_more() -> None:
    """The button asks for twenty passages more."""
    found = results(answer(citation()), more=True)
    assert 'data-fs-limit="60"' in answer_html(found, context(GERMAN), limit=40)
    assert "data-fs-limit" not in answer_html(replace(found, more=False), context(GERMAN))


def test_a_card_is_named_by_its_headline() -> None:
    """A screen reader announces a card by the headline in it, and the keys that move between cards can focus it."""
    (found,) = results(answer(citation()))
    html = article_card(found, 1, context(GERMAN))
    assert '<article class="fs-card" tabindex="-1" aria-labelledby="fs-card-1">' in html
    assert '<h3 id="fs-card-1"' in html


def test_a_path_is_relative_to_the_folder_of_the_archive() -> None:
    """A file beside the archive is named from there; one elsewhere by its whole path."""
    archive = Path("/press/.fundstelle")
    assert relative_path("/press/2024/a.md", archive) == "2024/a.md"
    assert relative_path("/pressed/a.md", archive) == "/pressed/a.md"


def test_a_path_breaks_after_its_slashes() -> None:
    """A narrow card breaks the path between names; the names are escaped, and the text stays the path."""
    path = "articles/<b>/$x.md"
    html = passage(citation(replace(ARTICLE, path=path)), context(GERMAN))
    assert "<bdi>articles/<wbr>&lt;b&gt;/<wbr>&#36;x.md</bdi>" in html
    assert path in Parts(html).text
    assert path in Parts(reader_fragment(replace(ARTICLE, path=path), GERMAN)).text


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//x.example", ""])
def test_only_web_addresses_become_links(url: str) -> None:
    """An article's address is a link if it begins with http:// or https://, and nothing else."""
    html = passage(citation(replace(ARTICLE, url=url)), context(GERMAN))
    hrefs = re.findall(r'href="([^"]*)"', html)
    assert hrefs
    assert all(href.startswith(("article/", "./")) for href in hrefs)


def test_links_out_give_nothing_away() -> None:
    """A link to the original opens a new tab that has no hold on this one and is told no referrer."""
    html = passage(citation(), context(GERMAN))
    assert 'href="https://passblatt.example/gotthard" target="_blank" rel="noopener noreferrer"' in html


def test_the_line_about_the_archive_counts() -> None:
    """Articles, passages and languages are counted; regional kinds of a language are one."""
    assert "2 articles · 1,234 passages · 1 language: German\u00a02" in Parts(archive_line(status(), ENGLISH)).text


def test_an_empty_archive_says_how_to_fill_it() -> None:
    """The library is named where an answer would stand; below the box, the command for the archive that is open."""
    folder = Path("Meine Archive/2024")
    empty, reply = status(articles=0), results(answer(outcome="empty", reason=EMPTY))
    assert Parts(answer_html(reply, context(GERMAN))).text.endswith("Fügen Sie in der Bibliothek Artikel hinzu.")
    for texts, articles in ((GERMAN, "ORDNER"), (ENGLISH, "FOLDER")):
        usual = f"fundstelle index {articles}"
        assert Parts(archive_line(replace(empty, folder=".fundstelle"), texts)).text.endswith(usual)
        full_command = f"{usual} --archive 'Meine Archive/2024'"
        assert Parts(archive_line(replace(empty, folder=str(folder)), texts)).text.endswith(full_command)


@pytest.mark.parametrize(
    ("requested", "accepted", "code"),
    [
        (None, None, "en"),
        (None, "en-GB,en;q=0.9,de;q=0.8", "en"),
        (None, "fr,de;q=0.5,en;q=0.7", "en"),
        (None, "pl;q=x, ,;;", "en"),
        ("de", "en", "de"),
        ("xx", "en", "en"),
    ],
)
def test_the_language_is_the_readers(requested: str | None, accepted: str | None, code: str) -> None:
    """The address decides, then the browser by its weights; English is the language of all others."""
    assert choose_language(requested, accepted) is TEXTS[code]


def test_dates_numbers_and_languages_are_written_as_in_the_language() -> None:
    """German and English write dates, thousands and the names of languages each in their way."""
    day = date(2024, 12, 3)
    assert (long_date(day, GERMAN), long_date(day, ENGLISH)) == ("3. Dezember 2024", "3 December 2024")
    assert (grouped(45678, GERMAN), grouped(45678, ENGLISH)) == ("45.678", "45,678")
    assert (decimal(-1.256, GERMAN), decimal(0, ENGLISH)) == ("−1,26", "0.00")
    assert (language_name("uk", GERMAN), language_name("de-CH", ENGLISH)) == ("Ukrainisch", "German (CH)")
    assert language_name("tlh", ENGLISH) == "tlh"


def test_the_newest_first_is_said() -> None:
    """The page says that the day of an article counted; not where nobody asked for the newest."""
    says = [
        GERMAN.newest_preferred
        in Parts(answer_html(results(replace(answer(citation()), prefers_newest=asked)), context(GERMAN))).text
        for asked in (True, False)
    ]
    assert says == [True, False]
