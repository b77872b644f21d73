"""Whether an archive has what a draft quotes and counts."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from factories import BRIDGE, article_file
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from embeddings.encoder import Encoder
from rag import Archive, DraftReport
from rag.checking.check import MAX_DRAFT
from rag.checking.figure_check import counting_sentences
from rag.checking.marks import quotes_in
from rag.errors import ArchiveError, DraftUnusable
from rag.types import SEARCHED_KINDS

MARKS = re.compile('[„“”"»«‚‘‹›「」『』]')
WORD = re.compile(r"\w+")
INVENTED = "qwarz blimfel oktrun svendig plarrup nettsom grulfen hespert zwackel dremlin"


@given(st.data())
def test_any_words_of_an_article_are_exact(sample: Archive, data: st.DataObject) -> None:
    """Four words or more, cut at random from any article, are found at their place."""
    articles = list(sample.articles())
    article = data.draw(st.sampled_from(articles))
    words = list(re.finditer(r"\S+", article.text))
    first = data.draw(st.integers(0, len(words) - 4))
    last = data.draw(st.integers(first + 3, min(len(words) - 1, first + 60)))
    start, end = words[first].start(), words[last].end()
    quote = article.text[start:end]
    assume(not MARKS.search(quote) and len(WORD.findall(quote)) >= 4)
    assume({article.kind_at(at) for at in range(start, end)} <= set(SEARCHED_KINDS))
    (checked,) = sample.verify_quotes(f"Er sagte: „{quote}“", figures=False)
    assert checked.verdict == "exact"
    assert (article.id, start, end) in {(c.article.id, c.start, c.end) for c in checked.citations}
    assert all(c.quote == c.article.text[c.start : c.end] == quote for c in checked.citations)


@given(st.lists(st.sampled_from(INVENTED.split()), min_size=1, max_size=30))
def test_words_of_no_article_are_missing(sample: Archive, words: list[str]) -> None:
    """A quotation of words that no article has is nowhere."""
    (checked,) = sample.verify_quotes(f"“{' '.join(words)}”", figures=False)
    assert (checked.verdict, checked.citations) == ("missing", ())


def test_a_changed_word_is_near(sample: Archive) -> None:
    """The citation shows what the article says instead."""
    draft = "„Weniger als 40 Prozent der Wohngebäude in Rheinland-Pfalz waren 2021 gegen Schäden abgesichert“"
    (checked,) = sample.verify_quotes(draft, figures=False)
    assert checked.verdict == "near"
    assert "gegen Elementarschäden" in checked.citations[0].quote


def test_the_original_comes_before_copies(tmp_path: Path, encoder: Encoder) -> None:
    """The article that was published first is cited, and names those of the same text; other versions follow."""
    files = {
        "b.md": article_file("Brücke frei", "2021-03-02", "Bote"),
        "a.md": article_file("Brücke frei", "2021-03-01", "Kurier"),
        "c.md": article_file("Endlich frei", "2021-03-03", "Welle", "Ein anderer Anfang. " + BRIDGE),
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
    with Archive.open(tmp_path / "archive") as archive:
        archive.index(tmp_path / "a.md", tmp_path / "b.md", tmp_path / "c.md")
        (checked,) = archive.verify_quotes("„Grund seien Altlasten im Baugrund gewesen“", figures=False)
        sources = [[c.article.source, *(copy.source for copy in c.also)] for c in checked.citations]
        assert sources == [["Kurier", "Bote"], ["Welle"]]
        first = checked.citations[0]
        assert first.passage_id in {passage.id for passage in archive.passages(first.article.id)}


def test_figures_of_a_draft(sample: Archive) -> None:
    """The passages nearest to a sentence state its figure, another one, or none."""
    report = sample.verify_quotes(
        "Im Ahrtal kamen 134 Menschen ums Leben, 812 wurden verletzt. Die Königin fütterte 17 rosa Einhörner. „5 Euro“"
    )
    figures = {figure.text: figure for figure in report.figures}
    assert figures["134 Menschen"].verdict == "same"
    citation = figures["134 Menschen"].citation
    assert citation is not None
    assert "134" in citation.quote
    assert figures["812 wurden"].verdict == "other"
    assert "766 wurden" in figures["812 wurden"].stated
    assert figures["17 rosa"].verdict == "none"
    assert "5 Euro" not in figures
    assert not report.holds


def test_a_draft_that_holds(sample: Archive) -> None:
    """A report is true if every quotation and figure is in the archive; one without any is."""
    assert sample.verify_quotes("134 Menschen kamen im Ahrtal ums Leben.")
    assert sample.verify_quotes("")
    assert not sample.verify_quotes("„Das sagte niemand jemals so.“")
    assert isinstance(sample.verify_quotes(""), DraftReport)


@pytest.mark.parametrize(
    ("draft", "message"),
    [
        ("a" * (MAX_DRAFT + 1), "The draft has 2,000,001 characters: check it in parts of at most 2,000,000"),
        ("„ab“ " * 10_000, "The draft has 10,000 quotations: check it in parts of at most 5,000"),
        ("Im Jahr 1998 war es so. " * 1_500, "The draft has more than 1,000 sentences with figures"),
        ("\ud800", "The draft is not valid Unicode"),
    ],
)
def test_limits(sample: Archive, draft: str, message: str) -> None:
    """Are said in a sentence, before anything is searched."""
    with pytest.raises(DraftUnusable, match=message):
        sample.verify_quotes(draft)


@pytest.mark.slow
@pytest.mark.parametrize("part", ["1998 ", "1 2,3. ", "> 5\n> „a“\n\n", "a 1998–2001, ", "１２"])
def test_a_million_figures(part: str) -> None:
    """The time to read a draft grows with its length, whatever is in it."""
    draft = part * (200_000 // len(part))
    started = time.process_time()
    quotes = quotes_in(draft).quotes
    assert sum(len(sentence.figures) for sentence in counting_sentences(draft, quotes)) >= 0
    assert time.process_time() - started < 30


@settings(max_examples=15)
@given(st.text(alphabet='„“"»«> \n\u202e\u200f\x00\x1b[…]a1%שלוםÄ', max_size=300))
def test_any_draft(sample: Archive, draft: str) -> None:
    """Control characters, right-to-left letters and loose marks are text like any other."""
    report = sample.verify_quotes(draft, figures=False)
    assert all(draft[quote.start : quote.end] for quote in report.quotes)


def test_many_quotes_are_quick(sample: Archive) -> None:
    """A thousand quotations of words that are nowhere take seconds, not minutes."""
    started = time.process_time()
    report = sample.verify_quotes("„Die Brücke über den Fluss war gestern nicht mehr blau.“ " * 1000, figures=False)
    assert len(report) == 1000
    assert time.process_time() - started < 60


def test_an_empty_archive_says_so(tmp_path: Path, encoder: Encoder) -> None:
    """In the sentence of a question."""
    with Archive.open(tmp_path / "archive") as archive, pytest.raises(ArchiveError, match="still empty"):
        archive.verify_quotes("„Irgendetwas steht hier.“")
