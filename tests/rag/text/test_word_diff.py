"""The words by which two texts differ."""

from __future__ import annotations

import difflib
import random
import time
from collections.abc import Callable

import pytest
from factories import BRIDGE
from hypothesis import given
from hypothesis import strategies as st

from rag.text.word_diff import WordChange, nearest_version, text_diff, word_diff

TEXTS = st.text(st.sampled_from("ab Ü,. \n三人"), max_size=40)


@pytest.mark.parametrize("diff", [word_diff, text_diff])
@given(TEXTS, TEXTS)
def test_the_runs_make_up_both_texts(
    diff: Callable[[str, str], tuple[WordChange, ...]], before: str, after: str
) -> None:
    """What was not added is the earlier text, white space aside, and what was not removed the later one exactly."""
    changes = diff(before, after)
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


@given(st.integers(0, len(BRIDGE.split()) - 1), st.integers(3, 30), st.integers(0, 29))
def test_one_word_that_changed_moves_no_end(first: int, count: int, place: int) -> None:
    """Wherever a quote stands, after one of its words inside was changed it begins and ends where it did."""
    words = BRIDGE.replace("\n\n", " ").split()
    last = min(len(words), first + count)
    if last - first < 3:
        return
    changed = first + 1 + place % (last - first - 2)
    now = [*words[:changed], "Moorhuhn", *words[changed + 1 :]]
    quote, text = " ".join(words[first:last]), " ".join(now)
    start, end = nearest_version(quote, text) or (0, 0)
    assert text[start:end] == " ".join(now[first:last])


def test_another_text_is_no_version() -> None:
    """Where nothing is like the quote, there is no version of it."""
    assert nearest_version("Der Stadtrat vertagte gestern die Abstimmung über den Haushalt.", BRIDGE) is None
    assert nearest_version("Der Stadtrat", "") is None


def test_of_a_long_text_only_the_words_that_changed_are_named() -> None:
    """In an article of five thousand sentences, a changed word and a new sentence are all that differs."""
    sentences = [f"Satz Nummer {at} steht im Protokoll des Rates. " for at in range(5_000)]
    after = [*sentences[:70], "Das ist neu. ", *sentences[70:]]
    after[3_000] = after[3_000].replace("Rates", "Kreises")
    changes = text_diff("".join(sentences), "".join(after))
    assert [(change.kind, change.text.strip()) for change in changes if change.kind != "same"] == [
        ("added", "Das ist neu."),
        ("removed", "Rates"),
        ("added", "Kreises"),
    ]


def test_a_rewritten_sentence_is_not_shown_word_by_word() -> None:
    """Of two sentences that only share small words, one replaces the other as a whole."""
    kinds = [
        change.kind
        for change in text_diff("Der Rat war am Abend müde.", "Die Kosten stiegen am Ende auf das Doppelte.")
    ]
    assert kinds == ["removed", "added"]


def test_long_texts_are_compared_within_seconds() -> None:
    """A million characters, in which every other sentence differs, and as many without any full stop."""
    draw = random.Random(1)  # noqa: S311
    before = [
        " ".join(draw.choice(("der", "die", "Rat", "am", "Bad")) for _ in range(12)) + ". " for _ in range(25_000)
    ]
    after = [sentence if at % 2 else f"Neu {at} {sentence}" for at, sentence in enumerate(before)]
    line = "nein " * 300_000
    start = time.process_time()
    changes = text_diff("".join(before), "".join(after))
    changes_of_line = text_diff(f"a {line}", f"b {line} c")
    assert time.process_time() - start < 5
    assert "".join(change.text for change in changes if change.kind != "removed") == "".join(after)
    assert len(changes_of_line) >= 2
