"""Text → words → terms, the same for articles and for questions."""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

import regex
import Stemmer

from rag.text.lost_letters import INSIDE, mark_lost_letters
from rag.text.numbers import DIGITS, NUMBER, alternative_readings, has_number, value_of, with_scales
from rag.types import Span, primary_language

# invisible characters: soft hyphens, zero-width spaces, joiners, marks of direction and of byte order
_UNSEEN = r"[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]"
# the apostrophe of Ukrainian and the quotation mark of Hebrew abbreviations are letters of the word
_APOSTROPHE = r"(?<=\p{Cyrillic})['’](?=\p{Cyrillic})|(?<=\p{Hebrew})[\"'״׳”’](?=\p{Hebrew})"
# in these scripts a run is a sentence; the marks of length and sound belong to no script
_SPACELESS = regex.compile(r"(?V1)[[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}ーｰ]--\p{Nd}]")
_SPACELESS_SET = _SPACELESS.pattern.removeprefix("(?V1)")
_CHARACTERS = regex.compile(rf"(?V1){_SPACELESS_SET}[\p{{M}}ﾞﾟ]*")
_CHARACTER = _CHARACTERS.pattern.removeprefix("(?V1)")


def _run(letter: str) -> str:
    return rf"{letter}+(?:(?:{_UNSEEN}+|{_APOSTROPHE}|{INSIDE}){letter}+)*"


_LETTER = r"[\p{L}\p{N}\p{M}]"
_RUNS = regex.compile(rf"(?V1){NUMBER}|{_run(_LETTER)}")
_MIXED_RUNS = regex.compile(
    rf"(?V1){NUMBER}|(?P<spaceless>{_CHARACTER}(?:{_UNSEEN}*{_CHARACTER})*)|" + _run(rf"[{_LETTER}--{_SPACELESS_SET}]")
)

# Latin, Greek and Cyrillic diacritics; Hebrew points; Arabic harakat. Vowel signs of other scripts are letters
_DIACRITICS = regex.compile(r"[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]")
# tatweel, Cyrillic and Hebrew apostrophes that are letters by Unicode, and choices between forms of a character
_NO_LETTER = regex.compile(r"[^\p{L}\p{N}\p{M}]|[\u0640\u02bc\ufe00-\ufe0f]")
_WITHOUT_DECOMPOSITION = str.maketrans(
    {"ı": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ħ": "h", "ŧ": "t", "ə": "e"}
)
# Arabic, Persian and Urdu keyboards write one letter by several characters, as Lucene's ArabicNormalizer,
# PersianNormalizer and ICU folding know; a stemmer knows those of its language alone
_ARABIC = {"ک": "ك", "ی": "ي", "ے": "ي", "ۓ": "ي", "ہ": "ه", "ۂ": "ه", "ۀ": "ه", "ە": "ه", "ٱ": "ا"}
_KEYBOARDS = {"arabic": str.maketrans(_ARABIC), "persian": str.maketrans({"ك": "ک", "ي": "ی", "ى": "ی", "ۀ": "ه"})}
_ONE_ARABIC = str.maketrans(_ARABIC | {"ى": "ي", "ة": "ه", "ۃ": "ه"})
# characters of a word; the rest of a longer one is ignored
_MAX_WORD_LENGTH = 64
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

    A word is a run of letters, digits and marks, and of signs in place of lost letters; a number includes the marks
    between its digits. In scripts without spaces, each two neighbouring characters are a word, or a character alone.
    """
    for start, end in _spans(text):
        word = fold(text[start:end])
        if word:
            yield start, end, word


def words(text: str) -> list[str]:
    """Return the folded words of a text, in order."""
    return [folded for word in raw_words(text) if (folded := fold(word))]


def readings(text: str, language: str | None) -> list[list[str]]:
    """Return the folded words of a text, then the same with numbers read in another way, if possible.

    Args:
        language: of a text (BCP-47); None for a question, which may be in any language.
    """
    return readings_of(raw_words(text), language)


def readings_of(raw: Sequence[str], language: str | None) -> list[list[str]]:
    """Return the same as `readings`, given the words of a text as they are written."""
    likely = [folded for word in raw if (folded := fold(word))]
    if not has_number(likely):
        return [likely]
    alternatives = [
        (fold(word),) if word.isalpha() else alternative_readings(word, language) or (fold(word),) for word in raw
    ]
    alternative = [word for words in alternatives for word in words if word]
    distinct: list[list[str]] = []
    for reading in (likely, alternative, with_scales(likely, language)):
        if reading not in distinct:
            distinct.append(reading)
    return distinct


def raw_words(text: str) -> list[str]:
    """Return the words of a text as they are written, in order: the input of `fold` and `term`."""
    if _SPACELESS.search(text):
        return [text[start:end] for start, end in _spans(text)]
    return [run[0] for run in _RUNS.finditer(text)]


def term(word: str, language: str) -> str:
    """Return the folded stem of a word as it is written; the folded word, for a language without a stemmer.

    The stemmer sees the accents, since its rules are about them. Empty if the word consists of marks.
    """
    return _term(word, _algorithm(language))


def term_without_accents(word: str, language: str) -> str:
    """Return the stem of a word as it is written without accents: by the rules for the letters that remain."""
    lower = normalize_word(word)
    return term(word if lower.isascii() else _bare(lower), language)


@lru_cache(_CACHED_WORDS)
def stem(word: str, language: str) -> str:
    """Return the stem of a word in lower case, with its accents; the whole word, for a language without a stemmer."""
    return _stem(normalize_word(word), _algorithm(language))


def _algorithm(language: str) -> str:
    return _ALGORITHMS.get(primary_language(language).lower(), "")


@lru_cache(_CACHED_WORDS)
def fold(word: str) -> str:
    """Return the same spelling for all spellings of a word, and for a number its value.

    Spellings differ in letter forms, case, accents and German umlauts.
    Unicode NFKC and case folding; accents, harakat and niqqud go, vowel signs of Hindi or Thai stay; ä, ae and a are
    one letter in every language, since a name is written with any of them: Müller, Mueller, Muller.
    """
    return value_of(word) or _without_accents(normalize_word(word))


@lru_cache(_CACHED_WORDS)
def _term(word: str, algorithm: str) -> str:
    if value := value_of(word):
        return value
    return _without_accents(_stem(normalize_word(word), algorithm))


def _stem(lower: str, algorithm: str) -> str:
    if keyboard := _KEYBOARDS.get(algorithm):
        lower = lower.translate(keyboard)
    return _stemmer(algorithm).stemWord(lower) if algorithm else lower


def fold_part(part: str) -> str:
    """Return what `fold` returns, given letters of a word from `normalize_word`, which may be a part of a compound."""
    if not part.isascii():
        return fold(part)
    # of what is folded, all has an e
    return _without_accents(part) if "e" in part else part


@lru_cache(_CACHED_WORDS)
def normalize_word(word: str) -> str:
    """Return a word in lower case and in one form of its letters (Unicode NFKC); the accents stay."""
    word = mark_lost_letters(word)
    if word.isascii():
        return word.lower()[:_MAX_WORD_LENGTH]
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", word).casefold()).translate(DIGITS)
    # a Turkish İ is folded to an i with a dot above it
    return str(_NO_LETTER.sub("", folded.replace("i\u0307", "i")))[:_MAX_WORD_LENGTH]


def _without_accents(word: str) -> str:
    if not word.isascii():
        word = _bare(word)
    return word.replace("ae", "a").replace("oe", "o").replace("ue", "u")


def _bare(word: str) -> str:
    bare = _DIACRITICS.sub("", unicodedata.normalize("NFD", word.translate(_ONE_ARABIC)))
    return unicodedata.normalize("NFC", bare).translate(_WITHOUT_DECOMPOSITION)


def _spans(text: str) -> Iterator[Span]:
    if _SPACELESS.search(text) is None:
        yield from (run.span() for run in _RUNS.finditer(text))
        return
    for run in _MIXED_RUNS.finditer(text):
        yield from _pairs(text, *run.span()) if run["spaceless"] else [run.span()]


def _pairs(text: str, start: int, end: int) -> list[Span]:
    characters = [match.span() for match in _CHARACTERS.finditer(text, start, end)]
    if len(characters) == 1:
        return characters
    return [(first, last) for (first, _), (_, last) in pairwise(characters)]


_stemmers = threading.local()


def _stemmer(algorithm: str) -> Stemmer.Stemmer:
    # a stemmer must not be used by two threads; words are cached here, so it need not cache any
    stemmers: dict[str, Stemmer.Stemmer] = _stemmers.__dict__
    if algorithm not in stemmers:
        stemmers[algorithm] = Stemmer.Stemmer(algorithm, 0)
    return stemmers[algorithm]
