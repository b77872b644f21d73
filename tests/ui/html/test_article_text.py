"""The text of an article as HTML: headings, paragraphs and marks, and not a character lost."""

from __future__ import annotations

import re
import time

import pytest
from factories import article
from hypothesis import given
from hypothesis import strategies as st
from page_parts import TEXT, Parts

from rag.types import Aside, Span
from ui.html.article_text import NO_MARKING, Marking, NumberedPassage, article_text, marking_of
from ui.wording.reader import READER

WORDS = READER["de"]
LINES = st.text(alphabet=st.sampled_from("ab<&{\n\n. "), max_size=60)
SPANS = st.tuples(st.integers(0, 60), st.integers(1, 40)).map(lambda pair: (pair[0], sum(pair)))
PROSE = "Der Rat beriet am Abend über den Haushalt der Stadt und kam nach drei Stunden zu keinem Ergebnis."


def html_of(text: str, marking: Marking = NO_MARKING, **fields: object) -> str:
    return article_text(article(text=text, **fields), marking, WORDS, "de")


@given(LINES, st.lists(SPANS, max_size=4))
def test_the_text_is_there_sign_by_sign(text: str, spans: list[Span]) -> None:
    """The text of the HTML is the text of the article, wherever passages begin and end, and one of them has an id."""
    inside = [(start, end) for start, end in spans if end <= len(text)]
    html = html_of(text, marking_of(inside[0] if inside else None, inside, inside))
    assert Parts(html).text == text
    assert html.count('id="passage"') <= 1


@given(st.lists(SPANS, max_size=6))
def test_marks_do_not_overlap(spans: list[Span]) -> None:
    """Whatever passages a question has, no character is marked twice, and the current passage is marked whole."""
    marking = marking_of(spans[0] if spans else None, spans)
    ends = [0, *(end for passage in marking.passages for end in passage[:2])]
    assert ends == sorted(ends)
    if spans:
        assert marking.passages[marking.current] == NumberedPassage(*spans[0], spans[0])


def test_a_passage_is_marked_across_paragraphs() -> None:
    """A mark ends with its paragraph and goes on in the next; only the first carries the id."""
    start, end = TEXT.index("Er liegt"), TEXT.index(" fährt")
    html = html_of(TEXT, marking_of((start, end), []))
    tag = f'<mark data-fs-passage="0" data-fs-span="{start}-{end}" class="fs-current"'
    assert f'der Welt.\n{tag} id="passage" tabindex="-1">Er liegt tief.</mark></p>\n\n<p' in html
    assert f"{tag}>Noch</mark> fährt" in html


def test_all_passages_are_marked_and_the_sentences_stronger() -> None:
    """Two passages of a question are numbered as they stand, the second is current, and its sentence is in <b>."""
    first, second = (0, 24), (26, 88)
    sentence = (TEXT.index("Er liegt"), TEXT.index("\n\nNoch"))
    html = html_of(TEXT, marking_of(second, [first, second], [sentence]))
    assert re.findall(r'data-fs-passage="(\d)" data-fs-span="([\d-]+)"( class="fs-current")?', html) == [
        ("0", "0-24", ""),
        ("1", "26-88", ' class="fs-current"'),
    ]
    assert "<b>Er liegt tief.</b></mark></p>" in html


def test_a_shared_sentence_is_marked_once() -> None:
    """Of two passages that overlap by a sentence, the current one has it, and the other is marked without it."""
    marking = marking_of((50, 100), [(0, 60), (90, 200), (51, 99)])
    assert [passage[:2] for passage in marking.passages] == [(0, 50), (50, 100), (100, 200)]
    assert [passage.span for passage in marking.passages] == [(0, 60), (50, 100), (90, 200)]
    assert marking.current == 1


def test_headings_are_headings() -> None:
    """A short line between running text is a heading of the level below the headline."""
    html = html_of(f"{PROSE}\n\nStreit um das Bad\n\n{PROSE}")
    assert '</p>\n\n<h3 dir="auto">Streit um das Bad</h3>\n\n<p' in html


def test_long_lines_are_paragraphs() -> None:
    """Lines that are paragraphs of their own are set as such; the short lines of an address stay together."""
    assert html_of(f"{PROSE}\n{PROSE}").count("<p") == 2
    assert html_of("Rathaus\nMarkt 1\nAltmoor").count("<p") == 1


def test_the_headline_is_not_set_twice() -> None:
    """A text that begins with its headline has it small, since it stands above the text."""
    assert '<p dir="auto" class="fs-repeated">Streit</p>' in html_of(f"Streit\n\n{PROSE}", title="Streit")


def test_what_was_set_aside_is_folded() -> None:
    """Comments are folded away under their name, in the language of the page, unless the passage is among them."""
    text = f"{PROSE}\n\nSehr gut beobachtet!"
    asides = (Aside(len(PROSE) + 2, len(text), "comment"),)
    folded = html_of(text, asides=asides)
    assert '<details class="fs-aside"><summary lang="de">Leserkommentare</summary><p' in folded
    assert '<details class="fs-aside" open>' in html_of(
        text, marking_of((len(PROSE) + 2, len(text)), []), asides=asides
    )


@given(st.text(max_size=60))
def test_an_article_cannot_write_markup(text: str) -> None:
    """Whatever an article holds, its HTML has paragraphs and nothing else."""
    assert set(Parts(html_of(text)).tags) <= {"p"}


@pytest.mark.parametrize("text", [f"{PROSE}\n\n" * 10_000, "wort " * 2_000_000, "x" * 10_000_000], ids=len)
def test_long_texts_are_quick(text: str) -> None:
    """A megabyte of paragraphs, and lines of ten megabytes, take seconds and come in parts that a browser can set."""
    start = time.process_time()
    html = html_of(text)
    assert time.process_time() - start < 4
    assert max(len(part) for part in html.split("<p")) < 21_000
    assert html.count('<div class="fs-stretch">') > len(text) // 100_000
