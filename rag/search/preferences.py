"""What a question prefers: passages with its numbers, of its times, and, if it asks for the newest, new ones."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from rag.search.fusion import Scores
from rag.text.numbers import is_number, scaled_value
from rag.text.times import Period, nearness, periods_in
from rag.text.words import readings, word_spans
from rag.types import Article, Passage

# what a passage gains in its score, a mean of cosines, for each digit of a number that it has (20 is in many texts,
# 200000 in few), for all digits of a number at most, and for being of the time
_DIGIT_GAIN, _MAX_NUMBER_GAIN, _TIME_GAIN = 0.022, 0.15, 0.01
# for being of a time that no text mentions, so that no other signal shows it
_UNMENTIONED_TIME_GAIN = 0.06
# where the newest is asked for, passages at most this far below the best one gain as much at most, the newest of them
# all of it: of passages about another subject, nine in ten are farther below
_NEWEST_GAIN = 0.04
# smaller numbers are often written in words
_MIN_NUMBER = 13
# what is subtracted from the logit of the confidence if the first passage lacks all numbers, or the archive has nothing
# of the time: from 0.98 to 0.35, and from 0.9 to 0.3
_NUMBERS_DOUBT, _TIME_DOUBT = 4.5, 3.0
# digits of a number, at most
_MAX_DIGITS = 40
# next to the number of a century or a decade: 15th century, thế kỷ 15, 20世纪70年代
_CENTURY = re.compile(
    r"\b(?:centur|jahrhundert|siècle|siglo|secol|sécul|sècul|século|eeuw|århundr|vuosisa|század|stolet|stolět|storoč|"
    r"vijek|век|столет|столітт|стагодд|αιών|yüzyıl|thế kỷ|thập (?:kỷ|niên)|abad\b|decenni|década|décenni|δεκαετία|"
    r"القرن|قرن)|世[紀纪]|年代|세기|년대|शताब्दी|सदी|শতাব্দী|দশক|நூற்றாண்டு|ศตวรรษ|ทศวรรษ|ยุค",
    re.IGNORECASE,
)
# characters before and after a number that are searched for such a word
_CONTEXT_BEFORE, _CONTEXT_AFTER = 16, 14


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a question prefers: each number by its possible values, times, and new articles.

    Passages without them are ranked lower, not excluded. `unmentioned` are the times that no text mentions, `newest`
    says whether it asks for the newest; who makes a query adds both.
    """

    numbers: tuple[frozenset[str], ...] = ()
    times: tuple[Period, ...] = ()
    unmentioned: tuple[Period, ...] = ()
    newest: bool = False

    def gains(self, passages: Sequence[tuple[Article, Passage]]) -> Scores:
        """Return what each passage gains in its score."""
        gains: Scores = np.zeros(len(passages))
        if self.numbers:
            gains += np.array([self._gain_of_numbers(article, passage) for article, passage in passages])
        if self.times:
            texts = ((article, headline_and_text(article, passage)) for article, passage in passages)
            gains += _TIME_GAIN * np.array([nearness(self.times, article, text) for article, text in texts])
        if self.unmentioned:
            days = np.array([nearness(self.unmentioned, article, "") for article, _ in passages])
            gains += _UNMENTIONED_TIME_GAIN * days
        return gains

    def gains_of_newest(self, passages: Sequence[tuple[Article, Passage]], scores: Scores) -> Scores:
        """Return what each passage gains since it is new, given the scores; nothing unless the newest is asked for.

        Of those near the best score, each gains by the share of their days before its own; one without a day is the
        oldest.
        """
        gains: Scores = np.zeros(len(passages))
        if self.newest:
            nearest = np.flatnonzero(scores >= scores.max() - _NEWEST_GAIN)
            published = [passages[number][0].published for number in nearest.tolist()]
            days = [day.toordinal() if day else 0 for day in published]
            distinct = np.unique(days)
            gains[nearest] = _NEWEST_GAIN * np.searchsorted(distinct, days) / max(1, len(distinct) - 1)
        return gains

    def share_of_numbers(self, article: Article, passage: Passage) -> float:
        """Return the share of the numbers that a passage or its headline has; 1 if the question has none."""
        flags = self._number_flags(article, passage)
        return sum(flags) / len(flags) if flags else 1.0

    def _gain_of_numbers(self, article: Article, passage: Passage) -> float:
        flags = zip(self.numbers, self._number_flags(article, passage), strict=True)
        return sum(_gain(values) for values, flag in flags if flag) / len(self.numbers)

    def _number_flags(self, article: Article, passage: Passage) -> list[bool]:
        """Return for each number whether a passage has it."""
        if not self.numbers:
            return []
        text = headline_and_text(article, passage)
        in_text = {word for reading in readings(text, passage.language) for word in reading if is_number(word)}
        return [not in_text.isdisjoint(values) for values in self.numbers]


NO_PREFERENCES = Preferences()


def preferences_of(question: str) -> Preferences:
    """Return the times of a question, and the numbers that are not part of one."""
    times = tuple(periods_in(question))
    spans = [time.span for time in times]
    words = [
        word for word in word_spans(question) if not any(word[0] < end and start < word[1] for start, end in spans)
    ]
    numbers = []
    for (start, end, folded), following in zip(words, [*words[1:], None], strict=False):
        if not is_number(folded) or len(folded) > _MAX_DIGITS or _is_name(question, start, end):
            continue
        value = scaled_value(folded, following[2], None) if following else None
        if value or "." in folded or Decimal(folded) >= _MIN_NUMBER:
            numbers.append(frozenset((folded, value or folded)))
    return Preferences(tuple(dict.fromkeys(numbers)), times)


def doubt(preferences: Preferences, first: tuple[Article, Passage], absent: Sequence[Period]) -> float:
    """Return what to subtract from the logit of the confidence.

    Args:
        first: the passage that is ranked first.
        absent: the times of which the archive has nothing.
    """
    article, passage = first
    numbers_doubt = _NUMBERS_DOUBT * (1 - preferences.share_of_numbers(article, passage))
    is_absent = bool(absent) and len(absent) == len(preferences.times)
    return numbers_doubt + (_TIME_DOUBT if is_absent else 0.0)


def headline_and_text(article: Article, passage: Passage) -> str:
    """Return the headline and the passage."""
    return f"{article.title or ''}\n{passage.text}"


def _gain(values: frozenset[str]) -> float:
    return min(_MAX_NUMBER_GAIN, _DIGIT_GAIN * max(sum(map(str.isdigit, value)) for value in values))


def _is_name(text: str, start: int, end: int) -> bool:
    """Whether a number is an ordinal, as in 18. Jahrhundert or 15世纪, or part of a name, as in Mi-25, X.25."""
    following = text[end : end + 3]
    is_ordinal = following[:2] == ". " and following[2:].isalpha()
    preceding = text[max(0, start - 2) : start]
    is_joined = preceding[-1:] in ("-", "–", "/", "'", "’") or following[:1] in ("-", "/", "°")
    is_dotted = preceding[-1:] == "." and preceding[:1].isalpha()
    context = text[max(0, start - _CONTEXT_BEFORE) : start], text[end : end + _CONTEXT_AFTER]
    return is_ordinal or is_joined or is_dotted or any(_CENTURY.search(part) for part in context)
