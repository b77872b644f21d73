"""Words → how they sound, so that a name meets its spellings in other languages and scripts.

Selenskyj, Zelensky and Зеленський sound alike; so do Jelzin, Yeltsin and Ельцин. A sound is a string of classes: one
for all sibilants and affricates, one for f, v and w, one for b and p, and three for vowels. Arabic and Hebrew write few
vowels: of their words and another script's, the consonants are compared alone. Transcriptions are those of German,
English, French and Slavic languages; words in scripts of syllables have no sound.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import islice, product

import regex
from anyascii import anyascii

# what a sound begins with: with vowels; the consonants of a word that writes vowels, and of one that does not
_WITH_VOWELS, _CONSONANTS, _VOWELLESS = "≈", "∼", "≋"

_SCRIPTS = regex.compile(r"[\p{Latin}\p{Cyrillic}\p{Greek}\p{Armenian}\p{Georgian}\p{Arabic}\p{Hebrew}\p{M}'’]+")
_WITHOUT_VOWELS = regex.compile(r"[\p{Arabic}\p{Hebrew}]")
_MIN_LETTERS = 4
# of shorter ones many sound alike: Post, beust and Bucht
_MIN_CLASSES, _MIN_CONSONANTS = 5, 4
# a letter with two readings, such as ch, doubles the sounds of a word
_MAX_SOUNDS = 8
_CACHED_WORDS = 1 << 18
_CACHED_GROUPS = 1 << 12

# where the romanisation, which knows no languages, differs from how a name is written in German or English
_ROMANISED = str.maketrans(
    {
        **dict.fromkeys("čćçћ", "tsch"),
        **dict.fromkeys("šşșśžżź", "sch"),
        **dict.fromkeys("đђџ", "dj"),
        **dict.fromkeys("ţțц", "ts"),
        **dict.fromkeys("أإآا", "a"),
        **{"х": "kh", "г": "g", "ґ": "g", "ğ": "g", "ß": "ss", "ظ": "z", "ъ": "", "ь": ""},
    }
)
# pairs of letters that are one sound in Greek, the second with or without an accent
_GREEK = {"ντ": "d", "γκ": "g", "μπ": "b", "ου": "u", "ού": "u"}
_GREEK_PAIRS = regex.compile("|".join(_GREEK))
# endings of cases with consonants, of Slavic languages without a stemmer
_CASE_ENDING = regex.compile(r"(?<=\p{Cyrillic}{4})(?:[ое]го|[ое]му|[иіыое]м|[иы]ми)$")
_CLASSES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("f", "ph", "v", "w"), ("F",)),
    **dict.fromkeys(("b", "p"), ("P",)),
    **dict.fromkeys(("g", "gh"), ("G",)),
    **dict.fromkeys(("k", "q", "qu"), ("K",)),
    **dict.fromkeys(("t", "th"), ("T",)),
    **dict.fromkeys(("r", "rh"), ("R",)),
    **{"d": ("D",), "l": ("L",), "m": ("M",), "n": ("N",), "x": ("KS",), "h": ("H",), "kh": ("H",)},
    # Bach and Kutch, Milosevic and Macron, Morawiecki and Beckett, Jelzin and Jonas or Joe
    **{"ch": ("S", "H"), "c": ("K", "S"), "ck": ("K", "SK"), "j": ("I", "S")},
}
_GROUPS = regex.compile(
    "schtsch|shch|tsch|dsch|tch|dzh|tsh|sch|dz|dj|sh|sz|cz|ts|tz|zh|kh|gh|ph|th|rh|ch|ck|qu|[aeiouy]+|[a-z]"
)
_SIBILANT = ("S",)
_WRITTEN_VOWEL = regex.compile("(?<=.)[wy]")
_SPOKEN_VOWEL = regex.compile("[AIO]")
_REPEATED = regex.compile(r"(.)\1+")
_EXTRA_VOWELS = regex.compile("(?<=[AIO])[AIO]+|[AIO]+$")
_VOWELS = {"a": "A", "e": "I", "i": "I", "y": "I", "o": "O", "u": "O"}


@lru_cache(_CACHED_WORDS)
def sounds(word: str) -> frozenset[str]:
    """Return how a word of a text may sound; nothing of a short word, or one in a script of syllables.

    >>> sounds("Selenskyj") == sounds("Zelensky") == sounds("Зеленського")
    True
    >>> sorted(sounds("Selenskyj")), sorted(sounds("زيلينسكي"))
    (['∼SLNSK', '≈SILINSK'], ['≋SLNSK'])
    """
    spoken, is_vowelless = _spoken(word)
    if is_vowelless:
        return _consonants(_VOWELLESS, spoken)
    return _whole(spoken) | _consonants(_CONSONANTS, spoken)


@lru_cache(_CACHED_WORDS)
def sought_sounds(word: str) -> frozenset[str]:
    """Return which sounds of a text's words are that of a question's word.

    >>> bool(sought_sounds("Selenskyj") & sounds("زيلينسكي")), bool(sought_sounds("زيلينسكي") & sounds("Zelensky"))
    (True, True)
    >>> sought_sounds("Menschen") & sounds("Mannschaft")
    frozenset()
    """
    spoken, is_vowelless = _spoken(word)
    return _consonants(_VOWELLESS, spoken) | (_consonants(_CONSONANTS, spoken) if is_vowelless else _whole(spoken))


def may_be_name(word: str) -> bool:
    """Whether a word as it is written may be a name: it begins with a capital, or its script has none."""
    return word[:1].isupper() or bool(_WITHOUT_VOWELS.match(word))


def is_sound(term: str) -> bool:
    """Whether a term is what `sounds` returns, and no word."""
    return term[:1] in (_WITH_VOWELS, _CONSONANTS, _VOWELLESS)


def _spoken(word: str) -> tuple[list[str], bool]:
    """Return the classes of a word in each of its readings, and whether its script leaves out vowels."""
    lower = word.lower()
    is_vowelless = bool(_WITHOUT_VOWELS.search(lower))
    if len(word) < _MIN_LETTERS or not _SCRIPTS.fullmatch(lower):
        return [], is_vowelless
    latin = lower if lower.isascii() else _romanised(lower)
    if is_vowelless:
        # w and y write long vowels
        latin = _WRITTEN_VOWEL.sub("a", latin)
    readings = islice(product(*_classes(latin)), _MAX_SOUNDS)
    return list(dict.fromkeys(map(_joined, readings))), is_vowelless


def _romanised(lower: str) -> str:
    """Return a word of another script, or with accents, in the letters from a to z."""
    one_sound = _GREEK_PAIRS.sub(lambda pair: _GREEK[pair[0]], _CASE_ENDING.sub("", lower))
    return anyascii(one_sound.translate(_ROMANISED)).lower()


def _classes(latin: str) -> list[tuple[str, ...]]:
    """Return the classes of each group of letters; several where it is read in several ways."""
    groups = _GROUPS.findall(latin)
    return [
        _readings(group, following, is_first=number == 0)
        for number, (group, following) in enumerate(zip(groups, [*groups[1:], ""], strict=False))
    ]


@lru_cache(_CACHED_GROUPS)
def _readings(group: str, following: str, *, is_first: bool) -> tuple[str, ...]:
    """Return the classes of a group of letters before another one."""
    if group[0] in _VOWELS:
        readings: tuple[str, ...] = (_VOWELS["o" if "o" in group or "u" in group else group[-1]],)
    else:
        readings = _CLASSES.get(group, _SIBILANT)
    if not is_first and following[:1] not in _VOWELS:
        # an h that lengthens a vowel, and what is written kh or ch in other transcriptions; Selenskyj
        readings = ("I",) if group == "j" else tuple({"H": ""}.get(reading, reading) for reading in readings)
    if group == "c" and following:
        readings = ("S",) if following[0] in "eiy" else readings if following[0] in _VOWELS else ("K",)
    return readings


def _joined(classes: tuple[str, ...]) -> str:
    """Join classes; equal neighbours are one, and vowels at the end, which differ most, are left out."""
    single = _REPEATED.sub(r"\1", "".join(classes))
    return str(_EXTRA_VOWELS.sub("", single))


def _whole(spoken: Iterable[str]) -> frozenset[str]:
    return frozenset(_WITH_VOWELS + classes for classes in spoken if len(classes) >= _MIN_CLASSES)


def _consonants(kind: str, spoken: Iterable[str]) -> frozenset[str]:
    """Return words without their vowels but the first letter."""
    short = (
        ("A" if classes[:1] in ("I", "O") else classes[:1]) + _SPOKEN_VOWEL.sub("", classes[1:]) for classes in spoken
    )
    return frozenset(kind + classes for classes in short if len(classes) >= _MIN_CONSONANTS)
