"""Answers in notebooks, tables and notes, read back by IPython, pandas, lxml, PyYAML and markdown-it."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import pytest
import yaml
from factories import article
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from markdown_it import MarkdownIt
from paths import Run
from results import result, run

from rag.archive import Archive
from rag.citing.formats import markdown_escaped
from rag.types import Answer, Article, Citation

OPERA = "Wann wurde die Elbphilharmonie eröffnet?"
DAY = date(2026, 11, 30)
HOSTILE = (
    "<script>alert(1)</script> \"'>\n\n2016. Ein Jahr\n\n- kein Punkt\n\n    kein Code\n\n"
    "> x == y %%z%% ==h== $a$ [^1]\n\n"
    "[[Seite]] #tag _u_ **f** `c` ~~d~~ | a | b | &amp; \\ ^1^ !\n\n===\n\n---"
)


def hostile_answer() -> Answer:
    """An answer of a passage and headline that would like to be markup."""
    source = article(text=HOSTILE, title="# <b>Titel</b>\n[x](y)", source="*Bote*", url="javascript:alert(1)")
    citation = Citation(1, source, "a:0-9", 0, len(HOSTILE), HOSTILE, ((0, 8),), ((3, 12),), (), 0.5, {"dense": 0.5})
    return Answer("Wer? # [x]: {a}", "de", "answered", 0.9, "", (citation,), {"total": 1.0})


def shown_text(element: Any) -> str:
    return " ".join(element.text_content().split())


def test_ipython_shows_cards(sample: Archive) -> None:
    """IPython's own formatter asks answers, results and articles for HTML, in which the quotes stand verbatim."""
    from IPython.core.formatters import HTMLFormatter

    answer, results = sample.ask(OPERA, 2), sample.search(OPERA, limit=5)
    formatter = HTMLFormatter()
    cards = html.fragment_fromstring(formatter(answer), "section").findall(".//article")
    assert len(cards) == 2
    for card, citation in zip(cards, answer, strict=True):
        assert card.find("blockquote").text_content() == citation.quote
        assert shown_text(card.find("h3")) == citation.article.label
    assert "".join(cards[0].find(".//mark").itertext()) == answer.citations[0].sentence
    assert len(html.fragment_fromstring(formatter(results), "section").findall(".//article")) == len(results)
    shown = html.fragment_fromstring(formatter(answer.citations[0].article), "section")
    assert shown.find(".//blockquote").text_content() == answer.citations[0].article.text
    refused = html.fragment_fromstring(formatter(replace(answer, outcome="doubtful", reason="<b>Nein</b>")), "section")
    assert refused.find(".//p").text_content() == "<b>Nein</b>"


def test_cards_need_nothing_and_run_nothing() -> None:
    """No script, no address outside, no markup from an article."""
    text = hostile_answer()._repr_html_()
    shown = html.fragment_fromstring(text, "section")
    tags = {element.tag for element in shown.iter()}
    assert tags <= {"section", "style", "div", "article", "h3", "p", "bdi", "blockquote", "mark", "b"}
    assert shown.find(".//blockquote").text_content() == HOSTILE
    assert "javascript:" not in text
    assert "http" not in text


def test_long_articles_are_cut(sample: Archive) -> None:
    """A notebook does not get a book; how much is missing is said."""
    long = Article(id="a", path="a", text="Wort " * 10_000)
    assert "… 30,000 more characters" in long._repr_html_()
    assert len(long._repr_html_()) < 25_000


def test_frames_have_the_values(sample: Archive) -> None:
    """A row for each citation or article, days as days."""
    answer, results = sample.ask(OPERA, 3), sample.search(OPERA, limit=10)
    table = answer.to_frame()
    assert list(table["quote"]) == [citation.quote for citation in answer]
    assert list(table["published"].dt.date) == [citation.article.published for citation in answer]
    assert table["published"].dtype.kind == "M"
    listed = results.to_frame()
    assert list(listed["article_id"]) == [citation.article.id for each in results for citation in each.citations]
    assert listed["result"].max() == len(results)
    assert listed.groupby("result")["likely"].sum().tolist() == [each.likely_count for each in results]
    articles = sample.to_frame()
    assert list(articles["id"]) == [row.id for row in sample.library_rows()]
    french = [row for row in sample.library_rows() if row.language == "fr"]
    assert articles.groupby("language").size()["fr"] == len(french) > 0
    assert Answer("?", "de", "empty", 0.0, "", (), {"total": 0.0}).to_frame().empty


def test_a_run_shows_its_means() -> None:
    """One question of two is answered first, so the mean reciprocal rank is a half; a row for each in the frame."""
    first, second = result("a", ["x", "y"], ["x"]), result("b", ["x", "y"], ["z"])
    evaluated = run("<first>", [first, second, result("c", ["x"], [])])
    shown = html.fragment_fromstring(evaluated._repr_html_(), "section")
    cells = {row.find("th").text: row.find("td").text for row in shown.iter("tr")}
    assert shown.find(".//h3").text == "<first>"
    assert (cells["asked"], cells["RR@10"]) == ("3 of 3", "0.500")
    table = evaluated.to_frame()
    assert list(table["id"]) == ["a", "b", "c"]
    assert table["RR@10"].tolist()[:2] == [1.0, 0.0]
    assert pd.isna(table["RR@10"][2])


def test_a_missing_pandas_is_named(sample: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error gives the line that installs it."""
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match=r"pip install 'fundstelle\[pandas\]'"):
        sample.to_frame()


def test_a_note_says_what_was_found(fundstelle: Run, sample: Archive) -> None:
    """Front matter for YAML; each quote a block quote, its source, offsets and hash a footnote."""
    note = fundstelle("ask", OPERA, "-k", "2", "--markdown", "--archive", sample.folder).stdout
    answer = sample.ask(OPERA, 2)
    _, front, body = note.split("---\n", 2)
    facts = yaml.safe_load(front)
    assert facts == {
        "question": OPERA,
        "date": date.today(),
        "archive": "archive",
        "answerable": True,
        "confidence": round(answer.confidence, 4),
    }
    shown = html.fragment_fromstring(MarkdownIt().render(body), "div")
    assert shown_text(shown.find("h1")) == OPERA
    quotes = [shown_text(quote) for quote in shown.findall("blockquote")]
    assert quotes == [" ".join(citation.quote.split()) for citation in answer]
    for citation in answer:
        assert f"[^{citation.marker}]\n" in body
        (footnote,) = [line for line in body.splitlines() if line.startswith(f"[^{citation.marker}]: ")]
        assert f"characters {citation.start}–{citation.end}, SHA-256 {citation.article.sha256}" in footnote


def test_markup_in_quotes_shows_as_it_is() -> None:
    """What markdown-it shows of the note is the text of the article, paragraph by paragraph, and no tag of its own."""
    note = hostile_answer().to_markdown(day=DAY)
    assert yaml.safe_load(note.split("---\n")[1])["question"] == "Wer? # [x]: {a}"
    body = note.split("---\n", 2)[2]
    for parser in (MarkdownIt(), MarkdownIt("gfm-like", {"linkify": False})):
        shown = html.fragment_fromstring(parser.render(body), "div")
        (quote,) = shown.findall("blockquote")
        paragraphs = [" ".join(line.split()) for line in HOSTILE.splitlines() if line.strip()]
        assert [shown_text(paragraph) for paragraph in quote.iter("p")] == paragraphs
        assert {element.tag for element in quote.iter()} == {"blockquote", "p"}
        assert shown_text(shown.find("h1")) == "Wer? # [x]: {a}"


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40))
def test_a_line_stays_a_line_of_text(text: str) -> None:
    """At the beginning of a block, too, markdown-it shows an escaped line as it is."""
    shown = html.fragment_fromstring(MarkdownIt().render(f"> {markdown_escaped(text.strip())} x"), "div")
    assert shown_text(shown) == " ".join(f"{text.strip()} x".split())
    assert {element.tag for element in shown.iter()} <= {"div", "blockquote", "p"}


def test_pandas_reads_a_frame_of_an_empty_library(encoder: object, tmp_path: Any) -> None:
    """An empty archive gives an empty frame with all columns."""
    with Archive.open(tmp_path / "a") as archive:
        table = archive.to_frame()
    assert isinstance(table, pd.DataFrame)
    assert table.empty
    assert {"id", "label", "published"} <= set(table.columns)
