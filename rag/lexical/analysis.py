"""Text → words → terms. The same for articles and for questions, so that both sides meet."""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

import regex
import Stemmer

from rag.lexical.damage import INSIDE, marked
from rag.types import Span, primary

# a soft hyphen, the joiners of Persian and Hindi, and what is left of a letter stand inside a word
_RUNS = regex.compile(rf"[\p{{L}}\p{{N}}\p{{M}}]+(?:(?:[\u00ad\u200c\u200d\u2060]+|{INSIDE})[\p{{L}}\p{{N}}\p{{M}}]+)*")
# in these scripts a run is a sentence; the marks of length and sound belong to no script of their own
_SPACELESS = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}ーｰ]")
_CHARACTERS = regex.compile(rf"{_SPACELESS.pattern}[\p{{M}}ﾞﾟ]*")
_PIECES = regex.compile(rf"(?P<spaceless>(?:{_CHARACTERS.pattern})+)|(?:(?!{_SPACELESS.pattern}).)+")

# Latin, Greek and Cyrillic diacritics; Hebrew points; Arabic harakat. Vowel signs of other scripts are letters
_DIACRITICS = regex.compile(r"[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]")
_NO_LETTER = regex.compile(r"[^\p{L}\p{N}\p{M}]")
_WITHOUT_DECOMPOSITION = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe"})
# nobody asks for a longer word, and no index should hold one
_LONGEST = 64
_CACHED_WORDS = 1 << 18

_ALGORITHMS = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "eo": "esperanto", "es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish",
    "fr": "french", "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian",
    "it": "italian", "lt": "lithuanian", "nb": "norwegian", "ne": "nepali", "nl": "dutch", "nn": "norwegian",
    "no": "norwegian", "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "st": "sesotho", "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip


def word_spans(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield each word's start and end in the text as it is, and the word folded.

    A word is a run of letters, digits and marks, and of signs that stand for lost letters. Of scripts without spaces,
    each two neighbouring characters are a word; a character alone is one by itself.
    """
    for start, end in _spans(text):
        word = fold(text[start:end])
        if word:
            yield start, end, word


def words(text: str) -> list[str]:
    """Return the folded words of a text, in order."""
    return [folded for word in written(text) if (folded := fold(word))]


def written(text: str) -> list[str]:
    """Return the words of a text as they are written, in order: what `fold` and `term` take."""
    if _SPACELESS.search(text):
        return [text[start:end] for start, end in _spans(text)]
    found: list[str] = _RUNS.findall(text)
    return found


def term(word: str, language: str) -> str:
    """Return the folded stem of a word as it is written; the folded word, for a language without a stemmer.

    The stemmer sees the accents, since its rules are about them. Empty if the word holds nothing but marks.
    """
    return _term(word, _ALGORITHMS.get(primary(language).lower(), ""))


@lru_cache(_CACHED_WORDS)
def fold(word: str) -> str:
    """Return one spelling for all spellings of a word: of letters' forms, cases, accents and German umlauts.

    Unicode NFKC and case folding; accents, harakat and niqqud go, vowel signs of Hindi or Thai stay; ä, ae and a are
    one letter in every language, since a name is written with any of them: Müller, Mueller, Muller.
    """
    return _without_accents(normal(word))


@lru_cache(_CACHED_WORDS)
def _term(word: str, algorithm: str) -> str:
    lower = normal(word)
    return _without_accents(_stemmer(algorithm).stemWord(lower) if algorithm else lower)


def normal(word: str) -> str:
    """Return a word as it is written, in one case and one form of its letters; the accents stay."""
    word = marked(word)
    if word.isascii():
        return word.lower()[:_LONGEST]
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", word).casefold())
    # a Turkish İ is folded to an i with a dot above it
    return str(_NO_LETTER.sub("", folded.replace("i\u0307", "i")))[:_LONGEST]


def _without_accents(word: str) -> str:
    if not word.isascii():
        bare = _DIACRITICS.sub("", unicodedata.normalize("NFD", word))
        word = unicodedata.normalize("NFC", bare).translate(_WITHOUT_DECOMPOSITION)
    return word.replace("ae", "a").replace("oe", "o").replace("ue", "u")


def _spans(text: str) -> Iterator[Span]:
    mixed = _SPACELESS.search(text) is not None
    for run in _RUNS.finditer(text):
        if mixed:
            for piece in _PIECES.finditer(text, *run.span()):
                yield from _pairs(text, *piece.span()) if piece["spaceless"] else [piece.span()]
        else:
            yield run.span()


def _pairs(text: str, start: int, end: int) -> list[Span]:
    characters = [one.span() for one in _CHARACTERS.finditer(text, start, end)]
    if len(characters) == 1:
        return characters
    return [(first, last) for (first, _), (_, last) in pairwise(characters)]


_stemmers = threading.local()


def _stemmer(algorithm: str) -> Stemmer.Stemmer:
    # a stemmer must not be used by two threads; words are remembered here, so it need not remember any
    known: dict[str, Stemmer.Stemmer] = _stemmers.__dict__
    if algorithm not in known:
        known[algorithm] = Stemmer.Stemmer(algorithm, 0)
    return known[algorithm]
