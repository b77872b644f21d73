"""Headings within a text: short lines between running text, and nothing else."""

from __future__ import annotations

import re

import pytest
from factories import article
from paths import ARTICLES

from rag.archive import Archive
from rag.loading.reader import load
from rag.text.headings import heading_spans
from rag.types import Aside

PROSE = "Der Rat beriet am Abend über den Haushalt der Stadt und kam nach drei Stunden zu keinem Ergebnis."


def headings(text: str, **fields: object) -> list[str]:
    example = article(text=text, **fields)
    return [text[start:end] for start, end in heading_spans(example)]


@pytest.mark.parametrize("break_", ["\n", "\n\n"])
@pytest.mark.parametrize("line", ["Streit um das Bad", "Wer zahlt?", "„Das reicht nicht“", "177 Seiten", "6年間の旅"])
def test_a_short_line_between_paragraphs_is_a_heading(line: str, break_: str) -> None:
    """Whether paragraphs are set off by an empty line or only by a new one, a short line in between heads the next."""
    assert headings(break_.join((PROSE, line, PROSE))) == [line]


@pytest.mark.parametrize(
    "line",
    [
        "Das Bad bleibt zu.",
        "- Streit um das Bad",
        "Foto: Anna Beck/dpa",
        "Von Helga Schmidt, Brüssel",
        "12. März 2021",
        "Weiterlesen:",
        "Nein. Das geht nicht",
        "Ein Satz ohne Punkt, der " + "sehr " * 20 + "lang ist",
    ],
)
def test_other_short_lines_are_no_headings(line: str) -> None:
    """Sentences, items of lists, credits, bylines, dates and captions stay what they are."""
    assert headings("\n\n".join((PROSE, line, PROSE)), author="Helga Schmidt") == []


def test_a_heading_stands_between_running_text() -> None:
    """The headline above the text, a signature below it and the lines of a list head nothing."""
    assert headings(f"Streit um das Bad\n\n{PROSE}") == []
    assert headings(f"{PROSE}\n\nDie Redaktion") == []
    assert headings(f"{PROSE}\n\nMehl\n\nZucker\n\nEier") == []


def test_what_was_set_aside_has_no_headings() -> None:
    """A short line among comments or boilerplate is not one of the article's headings."""
    text = "\n\n".join((PROSE, PROSE, "Streit um das Bad", PROSE))
    assert headings(text, asides=(Aside(len(PROSE) + 2, len(text), "comment"),)) == []


@pytest.mark.parametrize("path", sorted(ARTICLES.glob("*.md")), ids=lambda path: path.stem)
def test_the_headings_of_markdown_articles(path: object) -> None:
    """Of each sample article in Markdown, exactly the lines that Markdown marks as headings are headings."""
    raw = path.read_bytes()
    example = load(path, raw)
    marked = re.findall(r"^##+ (.*)$", raw.decode(), re.MULTILINE)
    assert [example.text[start:end] for start, end in heading_spans(example)] == marked


def test_the_headings_of_real_articles(real_archive: Archive) -> None:
    """Of five newspaper articles, one without any line breaks between paragraphs, the seven headings are recognised."""
    lines = {stored.text[start:end] for stored in real_archive.articles() for start, end in heading_spans(stored)}
    assert lines == {
        '"Russlands illegaler Krieg bedroht uns alle"',
        "Baerbock schlägt internationale Präsenz in der Ukraine vor",
        "Mehr Geld für Verteidigung",
        "Bilaterale Sicherheitsabkommen möglich",
        "Immerhin: Man redet wieder",
        "Auch EU-Verteidigungsminister beraten",
        "Beharren auf Mitsprache",
    }
