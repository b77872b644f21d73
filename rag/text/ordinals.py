"""Full stops behind numbers that do not end a sentence: "am 25. März", "u 19. stoljeću", "1. The first item"."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"(?<![\w:.,/-])(?:\d{1,4}|\d{1,3}(?:\.\d{3})+)\.[^\S\n]+\Z")
_YEAR = re.compile(r"\d{4}")
_LONGEST_NUMBER = 40
_WORD = re.compile(r"\w+")
_LAST_WORD = re.compile(r"\w+\Z")
# behind these, a number with a full stop is the next item of a list: "Gold: 1. Ogier – 2. Latvala"
_LIST_SIGNS = tuple("–—-:;,(|•")
# what stands before an ordinal number, and not before the last number of a sentence
_DETERMINERS = re.compile(
    r"""
    d(?:er|ie|as|em|en|es)|(?:k?ein|mein|dein|sein|ihr|unser|euer|eur)(?:e[mnrs]?)?|(?:dies|jed|jen|welch)e[mnrs]?
    |am|ans|aufs|beim|fürs|im|ins|übers|ums|vom|zum|zur
    |(?:ausgehend|beginnend|früh|heutig|kommend|letzt|nächst|spät)e[mnrs]?
    """,
    re.IGNORECASE | re.VERBOSE,
)
# what is counted by ordinal numbers more often than anything else
_COUNTED = re.compile(
    r"""
    Jan(?:uar)?|Jänner|Feb(?:ruar)?|Feber|März|Apr(?:il)?|Mai|Juni?|Juli?|Aug(?:ust)?|Sept?(?:ember)?|Okt(?:ober)?
    |Nov(?:ember)?|Dez(?:ember)?|Quartals?|Jahrhunderts?|Jahrtausends?|Jh|Jhdt?s?|Minute|Spielminute
    |(?:Geburts|Jahres|Spiel|Todes)tag(?:e?s)?|Lebensjahr(?:e?s)?|Mal|Platz(?:es)?|Runde|Stock(?:werk)?|Klasse|Weltkriegs?
    |Liga|Bundesliga|FC|FSV|SC
    """,
    re.VERBOSE,
)
# words that begin a sentence, and are written small within one
_FIRST_WORDS = re.compile(
    r"""
    aber|alle|allein|allerdings|als|also|am|an|andere|anders|anschließend|auch|auf|aus|außerdem|bei|beide|beim
    |bereits|bis|bisher|da|dabei|dadurch|dafür|dagegen|daher|damals|damit|danach|daneben|dann|daran|darauf|daraus
    |darin|darum|darunter|darüber|das|dass|davon|davor|dazu|dem|den|denn|dennoch|der|deren|des|deshalb|dessen
    |deswegen|die|dies|diese|dieser|dieses|doch|dort|durch|eben|ebenso|ein|eine|einem|einen|einer|eines|einige|er
    |erst|erstmals|es|etwa|für|ganz|gegen|genau|gestern|hat|heute|hier|hinter|ich|ihm|ihn|ihr|ihre|ihrem|ihren|im
    |immer|in|ins|insgesamt|inzwischen|ist|jede|jeder|jedes|jedoch|jetzt|kein|keine|kurz|laut|man|manche|mehr
    |mehrere|mein|meine|mit|mittlerweile|morgen|nach|nachdem|neben|nicht|nichts|noch|nun|nur|ob|obwohl|oder|ohne
    |rund|schließlich|schon|sehr|seien|sein|seine|seinem|seit|seitdem|sie|sind|so|sobald|sogar|solche|somit|sonst
    |sowohl|statt|trotz|trotzdem|um|und|unser|unsere|unter|viel|viele|vielmehr|vom|von|vor|wann|war|waren|warum
    |was|wegen|weil|weiter|weitere|welche|wenn|wer|werden|wie|wieder|wir|wird|wo|während|zu|zudem|zuerst|zuletzt
    |zum|zunächst|zur|zusammen|zuvor|zwar|zwischen|über
    """,
    re.IGNORECASE | re.VERBOSE,
)


def goes_on(sentence: str, following: str, language: str) -> bool:
    """Whether a sentence that ends in a number with a full stop goes on in the same line.

    It does if a small letter follows, or if the number is alone. In German, nouns are written with a capital letter, so
    that only the words around the number tell "am 25. März" from "auf Seite 25. Morgen".

    Args:
        sentence: what may be one, with the white space behind it.
        following: the text behind it, its first word at least.
        language: the primary language, such as `de`.
    """
    number = _NUMBER.search(sentence[-_LONGEST_NUMBER:])
    if number is None:
        return False
    preceding = sentence[: len(sentence) - len(number.group())].rstrip()
    if not preceding or following[:1].islower():
        return True
    return language == "de" and not _YEAR.match(number.group()) and _is_german_ordinal(preceding, following)


def _is_german_ordinal(preceding: str, following: str) -> bool:
    """Whether a number with a full stop between two texts belongs to the noun behind it."""
    word = _WORD.match(following)
    if word is None or _FIRST_WORDS.fullmatch(word.group()):
        return False
    determiner = _LAST_WORD.search(preceding)
    return (
        preceding.endswith(_LIST_SIGNS)
        or _COUNTED.fullmatch(word.group()) is not None
        or (determiner is not None and _DETERMINERS.fullmatch(determiner.group()) is not None)
    )
