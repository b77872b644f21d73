"""Names sound alike in all their spellings, and other words do not."""

from __future__ import annotations

from collections import defaultdict

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st
from paths import ARTICLES

from rag.loading.common.files import read_file
from rag.loading.reader import load
from rag.text.sounds import is_sound, may_be_name, sought_sounds, sounds
from rag.text.words import raw_words, stem

# as newspapers in German, English, French, Polish, Ukrainian, Russian, Serbian, Greek and Arabic write them
NAMES = (
    "Selenskyj Selenski Zelensky Zelenskyy Zelenskiy Zełenski Зеленський Зеленский Зеленського Ζελένσκι زيلينسكي",
    "Jelzin Yeltsin Eltsine Єльцин Ельцин",
    "Putin Poutine Путін Путин Путином Πούτιν",
    "Milošević Milosevic Miloschewitsch Milosevich Милошевић Милошевич ميلوسوفيتش",
    "Izetbegović Izetbegovic Izetbegowitsch Изетбеговић Изетбегович",
    "Tuđman Tudjman Туђман Туджман",
    "Kaczyński Kaczynski Качинський Качиньский",
    "Morawiecki Моравецький Моравецкий",
    "Medwedew Medvedev Медведев Медвєдєв",
    "Gorbatschow Gorbačov Gorbatchov Горбачов",
    "Chruschtschow Chruščov Хрущов",
    "Tschornomorsk Chornomorsk Tchornomorsk Чорноморськ",
    "Erdoğan Erdogan Ердоган Эрдоган Ερντογάν",
    "Stoltenberg Столтенберг ستولتنبرغ",
    "Guterres Гутерреш Гутерріш Γκουτέρες غوتيريش",
    "Holbrooke Холбрук",
    "Rohani Rouhani Ruhani Роухані",
    "Müller Mueller Muller Мюллер",
)


@pytest.mark.parametrize("spellings", NAMES)
def test_spellings_of_a_name_sound_alike(spellings: str) -> None:
    """Whichever of them is asked for, all others are met."""
    names = spellings.split()
    missed = [(asked, name) for asked in names for name in names if not sought_sounds(asked) & sounds(name)]
    assert not missed


@pytest.mark.parametrize(
    "words",
    [
        "Menschen München Manschetten",
        "Merkel Markl Murkel",
        "Jordan Jardin",
        "Hamburg Homburg Humbert",
        "Schröder Schreiter",
        "Moskau Mosaik Muskeln",
        "Kanzler Kenzo",
    ],
)
def test_other_words_do_not(words: str) -> None:
    """With the same consonants and other vowels, or the other way round."""
    names = words.split()
    alike = [
        (asked, name) for asked in names for name in names if asked != name and sought_sounds(asked) & sounds(name)
    ]
    assert not alike


def test_short_words_and_other_scripts_have_no_sound() -> None:
    """Too many short words sound alike; a syllable's sound is unknown; numbers are none."""
    assert not [
        word for word in ("Post", "Tusk", "ゼレンスキー", "泽连斯基", "เซเลนสกี", "1945", "", "A" * 3) if sounds(word)
    ]


def test_few_words_of_articles_sound_alike() -> None:
    """Of the names and nouns of the sample articles in Latin script, nine of ten sounds belong to one stem alone."""
    stems: dict[str, set[str]] = defaultdict(set)
    for path in sorted(ARTICLES.iterdir()):
        article = load(path, read_file(path))
        for word in raw_words(article.text):
            if may_be_name(word) and regex.fullmatch(r"\p{Latin}+", word):
                spelling = stem(word, article.language)
                for sound in sounds(spelling):
                    stems[sound].add(spelling)
    whole = [spellings for sound, spellings in stems.items() if sound.startswith("≈")]
    assert len(whole) > 2000
    assert sum(len(spellings) == 1 for spellings in whole) > 0.9 * len(whole)


@given(st.text(max_size=80))
def test_any_text_has_sounds_that_are_terms(word: str) -> None:
    """No text is refused; a sound has no white space, which separates terms, and is known as one."""
    of_word = sounds(word) | sought_sounds(word)
    assert len(of_word) <= 24
    assert all(is_sound(sound) and not regex.search(r"\s", sound) for sound in of_word)
    assert sounds(word.upper()) == sounds(word.lower()) or word.upper().lower() != word.lower()
