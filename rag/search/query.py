"""A question → its words, the "phrases" that must be in a passage, and what must -not."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.errors import EmptyQuestion, LongQuestion, QuestionError
from rag.text.encoder_input import legible

MAX_QUESTION = 1000
"""The longest question, in characters."""
_QUOTES = '"„“”«»'
# a quotation may hold another in other signs; inside a word, a quote is an inch or a typing error
_QUOTED = "|".join(rf"(?<!\w){begin}[^{begin}{end}]*{end}(?!\w)" for begin, end in ('""', "„“", "„”", "“”", "«»", "»«"))
_OPERATOR = re.compile(
    rf"""
      \b(?:und|oder|sowie|bzw\.)\s-(?=[a-zäöüß])                      # Bundeskanzler und -präsident: half a compound
    | (?<!\S)-(?P<unwanted_phrase>{_QUOTED})
    | (?<!\S)-(?P<unwanted_word>[^\W\d_][^\s{_QUOTES}]*?)[.,;:!?…)]*(?=[\s{_QUOTES}]|$)
    | (?P<phrase>{_QUOTED})
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class ParsedQuestion:
    """A question without its operators.

    `text` is what is encoded and ranked: all words except the excluded ones, with those of the phrases, without
    invisible characters. `phrases` must be in a passage word for word; `names` too, unless no passage has them; the
    words and phrases in `excluded` must not.
    """

    text: str
    phrases: tuple[str, ...]
    excluded: tuple[str, ...]
    names: tuple[str, ...] = ()


def checked_question(question: str) -> str:
    """Return the question without white space around it.

    Raises:
        EmptyQuestion, LongQuestion: it has no word, or more than `MAX_QUESTION` characters.
        QuestionError: it is not valid UTF-8.
    """
    question = " ".join(question.split())
    try:
        question.encode("utf-8")
    except UnicodeEncodeError as error:
        raise QuestionError("The question is not valid UTF-8: type it again.") from error
    if not any(character.isalnum() for character in question):
        raise EmptyQuestion("The question is empty: type what you want to know.")
    if len(question) > MAX_QUESTION:
        raise LongQuestion(
            f"The question has {len(question)} characters: ask in {MAX_QUESTION} or fewer, one thing at a time.",
            len(question),
        )
    return question


def parse(question: str) -> ParsedQuestion:
    """Parse the operators of a question.

    "…" is a phrase. „…“ “…” «…» »…« are too, but in many languages names are written like this, and the article that
    answers may be in another language: they are ignored if no passage has them. A minus that begins a word or a
    quotation excludes it; before a digit it belongs to a number, and between words it is a dash. Anything else that
    looks like an operator is text, and so is a quote without its partner.

    Raises:
        EmptyQuestion: there is no word in it.
        QuestionError: it only excludes.
    """
    phrases: list[str] = []
    names: list[str] = []
    excluded: list[str] = []

    def plain(operator: re.Match[str]) -> str:
        if operator["unwanted_word"] is not None:
            excluded.append(operator["unwanted_word"])
            return " "
        if operator["unwanted_phrase"] is not None:
            _note(operator["unwanted_phrase"], excluded)
            return " "
        if operator["phrase"] is not None:
            return _note(operator["phrase"], phrases if operator["phrase"].startswith('"') else names)
        return operator[0]

    text = " ".join(legible(_OPERATOR.sub(plain, question)).split())
    if not _has_word(text):
        if excluded:
            raise QuestionError("The question only excludes words: add what to search for.")
        raise EmptyQuestion("The question is empty: type what you want to know.")
    return ParsedQuestion(text, tuple(phrases), tuple(excluded), tuple(names))


def _note(quoted: str, phrases: list[str]) -> str:
    """Add the phrase between the quotes and return it; without a word it is empty."""
    phrase = quoted[1:-1].strip()
    if not _has_word(phrase):
        return ""
    phrases.append(phrase)
    return phrase


def _has_word(text: str) -> bool:
    return any(character.isalnum() for character in text)
