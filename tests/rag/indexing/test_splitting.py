"""Passages: exact places, nothing lost, sentences kept whole."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, pairwise

import pytest
import sentencex
from factories import article
from hypothesis import given, settings
from hypothesis import strategies as st
from paths import ARTICLES

import rag.text.sentences
from embeddings.encoder import Encoder
from rag.config import Config
from rag.indexing.splitting import split
from rag.loading.common.files import read_file
from rag.loading.common.normalization import normalise
from rag.loading.reader import load
from rag.text.encoder_input import encoder_input
from rag.text.sentences import sentence_spans
from rag.types import Aside, passage_at


def words(texts: list[str]) -> list[int]:
    """Stands for a tokenizer where only the arithmetic matters: a token is a character."""
    return [len(text) for text in texts]


prose = st.text(alphabet=st.sampled_from("abcäöü. !?\n\n,;:„“。、東京ابج🙂 \u00a0\u0301"), max_size=600)


@settings(max_examples=300, deadline=None)
@given(prose | st.text(max_size=300), st.integers(25, 300), st.integers(0, 100))
def test_passages_are_the_text_at_their_places_and_lose_nothing(text: str, size: int, overlap: int) -> None:
    """Whatever the text: each passage is its slice, they come in order, and every letter is in one of them.

    None is longer than allowed, with the overlap and a heading on top; none shares more than the overlap.
    """
    text = normalise(text)
    passages = split(article(text=text), words, Config(size, overlap))
    covered: set[int] = set()
    for passage in passages:
        assert passage.text == text[passage.start : passage.end]
        assert passage.text == passage.text.strip()
        covered.update(range(passage.start, passage.end))
    starts = [(passage.start, passage.end) for passage in passages]
    assert starts == sorted(set(starts))
    assert all(len("".join(passage.text.split())) <= size + overlap + 80 for passage in passages)
    assert all(len(text[following[0] : previous[1]]) <= overlap for previous, following in pairwise(starts))
    offsets = {offset for offset, character in enumerate(text) if character.isalnum()}
    assert offsets <= covered


@settings(max_examples=200, deadline=None)
@given(prose | st.text(max_size=300))
def test_sentences_cover_the_text(text: str) -> None:
    """The spans follow on each other from the beginning to the end."""
    spans = sentence_spans(text, "de-AT")
    assert "".join(text[start:end] for start, end in spans) == text
    assert all(start < end for start, end in spans)


@settings(max_examples=200, deadline=None)
@given(prose | st.text(max_size=300), st.integers(1, 40))
def test_sentences_of_long_paragraphs_cover_the_text(text: str, longest: int) -> None:
    """However short the stretches are that are read at once, the spans follow on each other and none is empty."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rag.text.sentences, "_MAX_PARAGRAPH", longest)
        spans = sentence_spans(text, "de")
    assert "".join(text[start:end] for start, end in spans) == text
    assert all(start < end for start, end in spans)


def test_sentences_of_a_long_paragraph() -> None:
    """A paragraph of a book's length has the sentences that it has, with a paragraph before and behind it."""
    sentences = [
        f"Am {day}. Mai sagte Dr. Weber (Nr. {day}): „Wir bauen. Oder nicht?“ Der Rat nickte." for day in range(900)
    ]
    paragraphs = ["Vorher.", " ".join(sentences), "Nachher."]
    spans = sentence_spans("\n\n".join(paragraphs), "de")
    split_alone = [[text[start:end].strip() for start, end in sentence_spans(text, "de")] for text in sentences]
    text = "\n\n".join(paragraphs)
    assert [text[start:end].strip() for start, end in spans] == ["Vorher.", *chain(*split_alone), "Nachher."]


@pytest.mark.parametrize(
    "unit", ["`", "'", "«", "„ ", "`a` ", "漢。", "(", ".", "a", "Mr. ", "👩\u200d👩", "a\u0301", "\n a", "\n"]
)
def test_the_work_grows_with_the_text(unit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a text of 60,000 characters, sentencex is never given more than 20,000 at once, nor any part over and over.

    Its time grows with the square of what it is given.
    """
    given: list[int] = []
    whole = sentencex.segment

    def counting(language: str, text: str) -> list[str]:
        given.append(len(text))
        return list(whole(language, text))

    monkeypatch.setattr(sentencex, "segment", counting)
    text = (unit * 60_000)[:60_000]
    spans = sentence_spans(text, "de")
    assert max(given) <= 20_000
    assert sum(given) <= 3 * len(text)
    assert (spans[0][0], spans[-1][1]) == (0, len(text))
    assert all(previous[1] == following[0] for previous, following in pairwise(spans))


def test_a_text_that_fits_is_one_passage(encoder: Encoder) -> None:
    """A note of two lines, far below the limit, is not cut at its line break."""
    text = "Der Begriff Beihilfe bezeichnet im deutschen Strafrecht eine Form\nder Beteiligung an einer Straftat."
    assert [passage.text for passage in split(article(text=text), encoder.count_tokens, Config())] == [text]


def test_no_stub_is_left_at_the_end() -> None:
    """Of 600 characters where 400 fit, half are in each passage, give or take a sentence; 400 are one passage."""
    sentence = "Der Rat tagte am Abend lange. "
    first, second = split(article(text=sentence * 20), words, Config(400, 0))
    assert (len(first.text) + 1, len(second.text) + 1) == (330, 270)
    (whole,) = split(article(text=f"{sentence * 6}\n{sentence * 7}"), words, Config(400, 0))
    assert len(whole.text) == 390


def test_a_text_of_exactly_the_limit_is_one_passage() -> None:
    """With one character more it is two."""
    text = f"{'Der Rat tagte. ' * 6}Ende gut."
    assert len(text) == 99
    assert [len(split(article(text=text), words, Config(size, 0))) for size in (98, 99)] == [2, 1]


@pytest.mark.parametrize("end", ["\n\n", "\n", "; ", ", ", "、", "，", "،", " "])
def test_what_has_no_sentences_is_cut_at_clauses_and_words(end: str) -> None:
    """Behind each mark that ends a paragraph, a line, a clause or a word, and nowhere inside of them."""
    part = f"eine lange reihe: hier{end}" if end != " " else "wort "
    text = part * 40
    passages = split(article(text=text), words, Config(60, 0))
    assert len(passages) > 3
    assert [passage.text for passage in passages] == [
        (part * (len(passage.text + end) // len(part))).rstrip() for passage in passages
    ]


def test_paragraphs_come_before_lines_and_lines_before_sentences() -> None:
    """Of several places at which a text could be cut, the end of the greater part is taken."""
    for between, within in (("\n\n", "\n"), ("\n", " "), ("\n\n", " ")):
        whole = within.join(["Der Rat tagte heute.", "Er vertagte sich."])
        text = between.join([whole] * 5)
        assert [passage.text for passage in split(article(text=text), words, Config(55, 0))] == [whole] * 5


def test_repeated_text_gets_its_own_places() -> None:
    """Twins of a paragraph are cut at their own places, not at the first one's."""
    text = "\n\n".join(["Der Rat tagte am Abend. Er vertagte sich."] * 20)
    passages = split(article(text=text), words, Config(100, 0))
    assert [passage.start for passage in passages] == list(range(0, len(text), 86))


def test_german_sentences_stay_whole() -> None:
    """Dates, ordinals and abbreviations end no sentence, so no passage begins after one."""
    text = (
        "Am 12. Oktober sprach Dr. Müller z. B. über die Elbe. "
        "Der 3. Senat wies die Klage ab. "
        "Das Urteil ist rechtskräftig. "
    ) * 6
    for passage in split(article(text=text), words, Config(150, 0)):
        assert passage.text.startswith(("Am 12.", "Der 3.", "Das Urteil"))
        assert passage.text.endswith(".")


def test_japanese_is_cut_after_its_full_stop() -> None:
    """Text without spaces is cut between sentences, not inside words."""
    text = "探査機は小惑星に着陸した。試料は容器に入れられた。" * 12
    passages = split(article(text=text, language="ja"), words, Config(60, 0))
    assert len(passages) > 3
    assert all(passage.text.endswith("。") for passage in passages)


def test_a_word_longer_than_a_passage_is_cut() -> None:
    """A text without any break is cut all the same, at exact places."""
    text = "x" * 2000
    passages = split(article(text=text), words, Config(250, 50))
    assert "".join(passage.text for passage in passages) == text
    assert all(len(passage.text) <= 255 for passage in passages)


def test_a_heading_goes_with_what_follows() -> None:
    """A short line at the end of a piece, which is a heading, begins the next passage, of whichever number."""
    paragraphs = (
        "Erster Absatz, der lang genug ist. Er hat zwei Sätze.",
        "Zweiter, kurzer Absatz. Zwei Sätze.",
        "Dritter Absatz, auch lang genug. Und Schluss.",
    )
    text = f"{paragraphs[0]}\n\n{paragraphs[1]}\n\nDie Folgen\n\n{paragraphs[2]}"
    passages = [passage.text for passage in split(article(text=text), words, Config(62, 0))]
    assert passages == [*paragraphs[:2], f"Die Folgen\n\n{paragraphs[2]}"]
    unfinished = text.replace("Die Folgen", "Die Folge:")
    assert split(article(text=unfinished), words, Config(62, 0))[1].text.endswith("Die Folge:")


@pytest.mark.parametrize(("length", "begins"), [(80, "H"), (81, "S")])
def test_a_long_line_is_no_heading(length: int, begins: str) -> None:
    """One of more than eighty letters stays where it is; so does a piece that is nothing but a heading."""
    text = f"{'Wort ' * 30}Ende.\n\n{'H' * length}\n\n{'Satz ' * 40}Ende."
    assert [passage.text[0] for passage in split(article(text=text), words, Config(260, 0))] == ["W", begins]
    alone = f"{'H' * 50}\n\n{'I' * 50}"
    assert [passage.text[0] for passage in split(article(text=alone), words, Config(60, 0))] == ["H", "I"]


def test_real_lengths(encoder: Encoder) -> None:
    """Sample articles are cut into passages that the encoder reads whole, on average of more than 100 tokens."""
    config = Config()
    lengths = []
    for path in sorted(ARTICLES.iterdir()):
        article = load(path, read_file(path))
        passages = split(article, encoder.count_tokens, config)
        lengths += encoder.count_tokens([passage.text for passage in passages])
        assert (
            max(encoder.count_tokens([encoder_input(article, passage) for passage in passages])) <= encoder.max_tokens
        )
    # a heading may come on top of the overlap
    assert max(lengths) <= config.passage_tokens + config.overlap_tokens + 20
    assert sum(lengths) / len(lengths) > 100


def test_overlap_is_the_last_sentence() -> None:
    """A passage begins with the last sentence of the one before, if it is short, and else does not overlap."""
    text = "Eins ist hier zu Ende. Zwei auch. Drei ist ein Satz von gewisser Länge. Vier. Fünf steht am Schluss hier."
    without_overlap, with_overlap = (
        split(article(text=text), words, Config(50, 0)),
        split(article(text=text), words, Config(50, 20)),
    )
    assert [passage.end for passage in without_overlap] == [passage.end for passage in with_overlap]
    assert [passage.start for passage in without_overlap] != [passage.start for passage in with_overlap]
    for previous, following in pairwise(with_overlap):
        assert following.start <= previous.end + 1


def test_the_encoder_reads_the_title_once() -> None:
    """The title goes before the passage, unless the text itself carries it in its first lines."""
    body = "Der Tunnel ist eröffnet. Die ersten Züge fuhren am Mittag."
    titled = article(text=body, title="57 Kilometer")
    assert encoder_input(titled, passage_at(titled, 0, 24)) == "57 Kilometer\nDer Tunnel ist eröffnet."
    inside = article(text="57 Kilometer\n" + body, title="57 Kilometer")
    assert encoder_input(inside, passage_at(inside, 13, 37)) == "Der Tunnel ist eröffnet."
    # what is set aside is in no passage, and the title would be read with none
    aside = replace(inside, asides=(Aside(0, 13, "boilerplate"),))
    assert encoder_input(aside, passage_at(aside, 13, 37)) == "57 Kilometer\nDer Tunnel ist eröffnet."
    untitled = article(text=body)
    assert encoder_input(untitled, passage_at(untitled, 0, 24)) == "Der Tunnel ist eröffnet."


@pytest.mark.parametrize(("start", "end"), [(-1, 3), (3, 3), (0, 1000)])
def test_no_passage_outside_the_text(start: int, end: int) -> None:
    """A place that is not in the article cannot be cut."""
    with pytest.raises(ValueError, match="there is no passage"):
        passage_at(article(text="kurz"), start, end)


@pytest.mark.parametrize("size", [9_000, 11_000, 50_000, 200_000])
def test_long_articles(size: int) -> None:
    """Articles far above ten thousand bytes, with paragraphs and umlauts, are cut like short ones, in seconds."""
    paragraph = "Der Bürgermeister eröffnete die Brücke über die Höhe. Am 3. Mai folgt Dr. Öllers mit der Straße.\n\n"
    text = (paragraph * (size // len(paragraph) + 1))[:size].strip()
    passages = split(article(text=text), words, Config(300, 50))
    covered = {offset for passage in passages for offset in range(passage.start, passage.end)}
    assert {offset for offset, character in enumerate(text) if character.isalnum()} <= covered


def test_odd_spaces_do_no_harm() -> None:
    """A capital before a thin space and a full stop, at which the sentence finder panics, is text like any."""
    text = "Anhang A\u2009. Der Rat tagt. I\u202f. Introduction follows. Punkt\u00a0B. Ende."
    assert "".join(text[start:end] for start, end in sentence_spans(text, "de")) == text
