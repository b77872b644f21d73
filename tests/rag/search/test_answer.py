"""An answer says what its hits say: by hand, without an archive."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from factories import article
from hypothesis import given
from hypothesis import strategies as st

from rag.search.answer import ANSWERED, DOUBTFUL, NOTHING_FITS, UNRELATED, NoHits, compose, no_such_name
from rag.types import Answer, Hit, Passage

TEXT = "Vorweg. Die Brücke kostete 84 Millionen Euro. Sie ist offen."
WORDS = TEXT.index("Brücke"), TEXT.index("Brücke") + 6
SENTENCE = 8, 45


def hit(rank: int = 1, *, start: int = 8, end: int = 45, language: str = "de", **fields: Any) -> Hit:
    """Return a hit in the text, whose sentence stands out enough to be marked."""
    passage = Passage("a", start, end, TEXT[start:end], language=language)
    values = {"highlights": (SENTENCE,), "matches": (WORDS,), "margin": 0.2, "lead": 0.05} | fields
    return Hit(passage, article("a", TEXT), rank, 0.5, {"dense": 0.4}, **values)


def answer(*hits: Hit, confidence: float = 0.5, **options: Any) -> Answer:
    """Compose an answer to a German question."""
    return compose("Was kostete die Brücke?", "de", hits, confidence, {"total": 1.0}, **options)


def test_days_count_only_where_one_is_known() -> None:
    """Of a question for the newest, an answer says that later articles come first, unless no article has a day."""
    dated, undated = replace(hit(), article=article("a", TEXT, published=date(2024, 5, 1))), hit()
    for hits, prefers in (((undated, dated), True), ((undated,), False), ((), False)):
        composed = compose("Was ist das Neueste über die Brücke?", "de", hits, 0.5, {"total": 1.0})
        assert composed.prefers_newest == prefers
    assert not answer(dated).prefers_newest


def test_the_outcome_follows_from_the_confidence() -> None:
    """From one half on, it is answered, and from a quarter on about the subject; without a hit, the reason is given."""
    assert (answer(hit()).outcome, answer(hit()).reason) == ("answered", ANSWERED)
    doubtful = answer(hit(), confidence=math.nextafter(0.5, 0))
    assert (doubtful.outcome, doubtful.reason) == ("doubtful", DOUBTFUL)
    assert answer(hit(), confidence=0.25).outcome == "doubtful"
    unrelated = answer(hit(), confidence=math.nextafter(0.25, 0))
    assert (unrelated.outcome, unrelated.reason) == ("unrelated", UNRELATED)
    assert (answer().outcome, answer().reason) == ("nothing_fits", NOTHING_FITS.reason)
    assert "remove one of them" in answer().reason
    assert answer(no_hits=NoHits("empty", "Nothing yet."), confidence=1.0).reason == "Nothing yet."
    assert answer(absent_times=["2031"]).absent_times == ("2031",)


def test_a_citation_has_what_its_hit_has() -> None:
    """The quote is the text at its place, and numbers, marks, copies and signals come along."""
    copy = article("b", TEXT)
    (citation,) = answer(hit(3, also=(copy,))).citations
    assert (citation.marker, citation.passage_id, citation.start, citation.end) == (3, "a:8-45", 8, 45)
    assert citation.quote == "Die Brücke kostete 84 Millionen Euro."
    assert (citation.highlights, citation.matches, citation.also) == ((SENTENCE,), (WORDS,), (copy,))
    assert (citation.score, citation.signals, citation.own_language) == (0.5, {"dense": 0.4}, None)
    assert answer(hit(language="en")).citations[0].own_language == "en"


def test_a_sentence_is_marked_only_where_it_probably_answers() -> None:
    """Not in a doubtful answer, and not where it hardly stands out; another language lets less be enough."""
    assert answer(hit(), confidence=0.4).citations[0].highlights == ()
    # the logit of .55 is -3.15 + 6.46 √margin + 50.99 lead
    margin = ((math.log(0.55 / 0.45) + 3.15 - 50.99 * 0.02) / 6.46) ** 2
    assert answer(hit(margin=margin + 1e-6, lead=0.02)).citations[0].highlights == (SENTENCE,)
    assert answer(hit(margin=margin - 1e-6, lead=0.02)).citations[0].highlights == ()
    across = hit(margin=margin - 1e-6, lead=0.02, language="en")
    assert answer(across).citations[0].highlights == (SENTENCE,)
    assert answer(hit(margin=margin - 1e-6, lead=0.02, language="de-AT")).citations[0].highlights == ()


@pytest.mark.parametrize("marks", [((7, 20),), ((8, 46),), ((20, 20),), ((8, 45), (0, 3))])
@pytest.mark.parametrize("field", ["highlights", "matches"])
def test_no_mark_outside_of_the_quote(marks: tuple[tuple[int, int], ...], field: str) -> None:
    """An answer whose marks are not inside of its quotes is never shown."""
    with pytest.raises(ValueError, match="A mark lies outside of passage a:8-45"):
        answer(hit(**{field: marks}))


@given(st.integers(0, len(TEXT)), st.integers(0, len(TEXT)), st.text(max_size=5))
def test_no_quote_but_the_text_at_its_place(start: int, end: int, text: str) -> None:
    """Whatever a passage says: unless it is the article's text at its offsets, there is no answer."""
    stated = hit(start=start, end=end, highlights=(), matches=())
    wrong = replace(stated, passage=replace(stated.passage, text=text))
    if text == TEXT[start:end]:
        assert answer(wrong).citations[0].quote == text
    else:
        with pytest.raises(ValueError, match="is not the text at its offsets"):
            answer(wrong)


def test_names_are_offered() -> None:
    """Ten of them, and how many more there are."""
    assert no_such_name("author", "X", []) == "No article has the author 'X': of none is the author known."
    assert no_such_name("source", "X", ["A", "B"]) == "No article has the source 'X': there are A, B."
    names = [str(number) for number in range(11)]
    assert no_such_name("source", "X", names[:10]).endswith("there are 0, 1, 2, 3, 4, 5, 6, 7, 8, 9.")
    assert no_such_name("source", "X", names).endswith("8, 9 and 1 more.")
