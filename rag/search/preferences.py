"""What a question states and a passage either holds or not: numbers, and the time that it asks about."""

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

# what a passage gains in its score, which is a mean of cosines, by holding a number, for each of its digits and at most
# (20 stands in many texts, 200000 in few); and by being of the time
_DIGIT, _NUMBER, _TIME = 0.022, 0.15, 0.01
# and by being of a time that no text mentions, so that nothing else tells
_DAY = 0.06
# smaller numbers are often written in words
_LEAST = 13
# what is taken from the logit of the confidence if the first passage lacks all numbers, or the archive has nothing of
# the time: from .98 to .35, and from .9 to .3
_NUMBERS_DOUBT, _TIME_DOUBT = 4.5, 3.0
_LONGEST = 40
# beside the number of a century or a decade: 15th century, thế kỷ 15, 20世纪70年代
_CENTURY = re.compile(
    r"\b(?:centur|jahrhundert|siècle|siglo|secol|sécul|sècul|século|eeuw|århundr|vuosisa|század|stolet|stolět|storoč|"
    r"vijek|век|столет|столітт|стагодд|αιών|yüzyıl|thế kỷ|thập (?:kỷ|niên)|abad\b|decenni|década|décenni|δεκαετία|"
    r"القرن|قرن)|世[紀纪]|年代|세기|년대|शताब्दी|सदी|শতাব্দী|দশক|நூற்றாண்டு|ศตวรรษ|ทศวรรษ|ยุค",
    re.IGNORECASE,
)
_BEFORE, _BEHIND = 16, 14


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a question prefers: each number by the values that it may have, and times.

    Nothing is left out for not having it. `unmentioned` are those of the times that no text mentions.
    """

    numbers: tuple[frozenset[str], ...] = ()
    times: tuple[Period, ...] = ()
    unmentioned: tuple[Period, ...] = ()

    def gains(self, passages: Sequence[tuple[Article, Passage]]) -> Scores:
        """Return what each passage gains in its score."""
        found: Scores = np.zeros(len(passages))
        if self.numbers:
            found += np.array([self._gain_of_numbers(*one) for one in passages])
        if self.times:
            found += _TIME * np.array([nearness(self.times, article, said(article, one)) for article, one in passages])
        if self.unmentioned:
            found += _DAY * np.array([nearness(self.unmentioned, article, "") for article, _ in passages])
        return found

    def numbers_held(self, article: Article, passage: Passage) -> float:
        """Return the share of the numbers that a passage or its headline holds; 1 if there are none."""
        held = self._held(article, passage)
        return sum(held) / len(held) if held else 1.0

    def _gain_of_numbers(self, article: Article, passage: Passage) -> float:
        held = zip(self.numbers, self._held(article, passage), strict=True)
        return sum(_gain(values) for values, is_held in held if is_held) / len(self.numbers)

    def _held(self, article: Article, passage: Passage) -> list[bool]:
        if not self.numbers:
            return []
        text = said(article, passage)
        held = {word for reading in readings(text, passage.language) for word in reading if is_number(word)}
        return [not held.isdisjoint(values) for values in self.numbers]


NONE = Preferences()


def preferences_of(question: str) -> Preferences:
    """Return what a question states: its times, and those numbers that are no part of one."""
    times = tuple(periods_in(question))
    taken = [time.span for time in times]
    words = [one for one in word_spans(question) if not any(one[0] < end and start < one[1] for start, end in taken)]
    numbers = []
    for (start, end, folded), following in zip(words, [*words[1:], None], strict=False):
        if not is_number(folded) or len(folded) > _LONGEST or _is_name(question, start, end):
            continue
        value = scaled_value(folded, following[2], None) if following else None
        if value or "." in folded or Decimal(folded) >= _LEAST:
            numbers.append(frozenset((folded, value or folded)))
    return Preferences(tuple(dict.fromkeys(numbers)), times)


def doubt(preferences: Preferences, first: tuple[Article, Passage], absent: Sequence[Period]) -> float:
    """Return what is to be taken from the logit of the confidence.

    Args:
        first: the passage that is ranked first.
        absent: the times of which the archive has nothing.
    """
    found = _NUMBERS_DOUBT * (1 - preferences.numbers_held(*first))
    if absent and len(absent) == len(preferences.times):
        found += _TIME_DOUBT
    return found


def said(article: Article, passage: Passage) -> str:
    """Return the headline and the passage."""
    return f"{article.title or ''}\n{passage.text}"


def _gain(values: frozenset[str]) -> float:
    return min(_NUMBER, _DIGIT * max(sum(map(str.isdigit, one)) for one in values))


def _is_name(text: str, start: int, end: int) -> bool:
    """Tell whether a number is an ordinal, as in 18. Jahrhundert or 15世纪, or a part of a name, as in Mi-25, X.25."""
    behind = text[end : end + 3]
    ordinal = behind[:2] == ". " and behind[2:].isalpha()
    before = text[max(0, start - 2) : start]
    joined = before[-1:] in ("-", "–", "/", "'", "’") or behind[:1] in ("-", "/", "°")
    dotted = before[-1:] == "." and before[:1].isalpha()
    near = text[max(0, start - _BEFORE) : start], text[end : end + _BEHIND]
    return ordinal or joined or dotted or any(_CENTURY.search(one) for one in near)
