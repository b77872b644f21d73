"""The words by which two texts differ."""

from __future__ import annotations

import difflib

from factories import BRIDGE
from hypothesis import given
from hypothesis import strategies as st

from rag.text.word_diff import nearest_version, word_diff

TEXTS = st.text(st.sampled_from("ab Ü,. \n三人"), max_size=40)


@given(TEXTS, TEXTS)
def test_the_runs_make_up_both_texts(before: str, after: str) -> None:
    """What was not added is the earlier text, white space aside, and what was not removed the later one exactly."""
    changes = word_diff(before, after)
    kept = "".join(change.text for change in changes if change.kind != "added")
    assert "".join(kept.split()) == "".join(before.split())
    assert "".join(change.text for change in changes if change.kind != "removed") == after


def test_as_few_words_change_as_difflib_says() -> None:
    """For a sentence in which three words changed, the same ones that Python's own difflib names."""
    after = BRIDGE.replace("61 auf 84 Millionen", "61 auf 97 Millionen").replace("vier Jahren", "fünf Jahren")
    ours = {change.text.strip() for change in word_diff(BRIDGE, after) if change.kind != "same"}
    theirs = {line[2:] for line in difflib.ndiff(BRIDGE.split(), after.split()) if line[0] in "+-"}
    assert ours == theirs == {"84", "97", "vier", "fünf"}


def test_a_changed_sentence_is_recognised() -> None:
    """The sentence that was reworded is named from its first to its last word, not the one beside it."""
    quote = "Die Kosten stiegen nach Angaben der Hafenbehörde von zunächst 61 auf 84 Millionen Euro."
    now = "Die Baukosten stiegen laut Hafenbehörde von zunächst 61 auf nun 97 Millionen Euro!"
    text = BRIDGE.replace(quote, now)
    start, end = nearest_version(quote, text) or (0, 0)
    assert text[start:end] == now


def test_another_text_is_no_version() -> None:
    """Where nothing is like the quote, there is no version of it."""
    assert nearest_version("Der Stadtrat vertagte gestern die Abstimmung über den Haushalt.", BRIDGE) is None
    assert nearest_version("Der Stadtrat", "") is None
