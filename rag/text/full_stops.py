"""Full stops that do not end a sentence: "am 25. März", "u 19. stoljeću", « M. Macron », "o.a. in Den Haag".

Where sentencex, which cuts sentences in all languages, knows less than a reader.
"""

from __future__ import annotations

import re

_NUMBER = re.compile(r"(?<![\w:.,/-])(?:\d{1,4}|\d{1,3}(?:\.\d{3})+)\.\Z")
_YEAR = re.compile(r"\d{4}")
# what is read before and behind the end of a sentence
_CHARACTERS = 60
_WORD = re.compile(r"\w+")
_LAST_WORD = re.compile(r"\w+\Z")
_OPENING = "([\"'„“”«»‚‘’"
# before a name or a number; none of them is a word of its own at the end of a sentence
_ABBREVIATIONS = {
    language: frozenset(abbreviations.split())
    for language, abbreviations in {
        "de": "Abg Abs Dipl.-Ing Fa Frl Kap Wr hl",
        "en": "Ft Ms Vol",
        "es": "Dña Mons St",
        "fr": "Cie Col Dr Gal M MM Me Mgr Mlle Mme Mmes Pr St Ste",
        "hu": "Szt ifj özv",
        "it": "Dott.ssa dott.ssa n pag",
        "nb": "kap kl",
        "nl": "Ds Mevr Mw ds mevr mw",
        "pl": "Dr Ks al art dr gen godz hab inż ks mgr nr os pl płk red św Św",
        "pt": "Av Cel Profa St pág",
        "ro": "Dl Dna Sf dl dna str",
        "ru": "ген гл пос св ст",
        "sv": "kap t.ex",
        "tr": "Alb Av Doç Org Sn Yrd",
    }.items()
}
# sentencex knows an initial from the B of a plan in these, and takes none for an initial in seven other languages
_WITH_INITIALS = ("de", "en")
_PREPOSITION = 3
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


def goes_on(text: str, start: int, end: int, language: str) -> bool:
    """Whether the sentence at [start, end) of a text goes on in the same line, behind the full stop at its end.

    It does before a small letter, unless it begins with one itself, as in a text without capitals; behind a number that
    stands alone, and an ordinal number in German, whose nouns have a capital letter, so that only the words around the
    number tell "am 25. März" from "auf Seite 25. Morgen"; behind an initial; and behind a title or another
    abbreviation that stands before a name or a number.

    Args:
        text: any text.
        start: where the sentence begins.
        end: where what follows begins, behind white space.
        language: the primary language, such as `de`.
    """
    tail, following = text[max(start, end - _CHARACTERS) : end], text[end : end + _CHARACTERS]
    last = tail.rstrip()
    if not last.endswith(".") or "\n" in tail[len(last) :]:
        return False
    number = _NUMBER.search(last)
    if following[:1].islower():
        return number is not None or not next(filter(str.isalpha, text[start : start + _CHARACTERS]), "").islower()
    if number is not None:
        preceding = last[: number.start()].rstrip()
        is_ordinal = language == "de" and not _YEAR.match(number.group()) and _is_german_ordinal(preceding, following)
        return not preceding or is_ordinal
    *_, preceding, word = ("", "", *last[:-1].split())
    word = word.lstrip(_OPENING)
    return word in _ABBREVIATIONS.get(language, ()) or (
        language not in _WITH_INITIALS and following[:1].isupper() and _is_initial(word, preceding)
    )


def _is_initial(word: str, preceding: str) -> bool:
    """Whether a single letter is that of a name: « John F. Kennedy » or « par J. Dupont », not « la vitamine C »."""
    return len(word) == 1 and word.isupper() and (len(preceding) <= _PREPOSITION or preceding[0].isupper())


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
