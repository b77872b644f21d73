"""Which language the page speaks, and how it writes numbers, dates and languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from ui.wording.english import ENGLISH
from ui.wording.german import GERMAN
from ui.wording.texts import Texts

# Languages by their tag, in German and in English.
_LANGUAGES = {
    "und": {"de": "Sprache unbekannt", "en": "unknown language"},
    "zxx": {"de": "ohne Sprache", "en": "no language"},
    "ar": {"de": "Arabisch", "en": "Arabic"},
    "bg": {"de": "Bulgarisch", "en": "Bulgarian"},
    "cs": {"de": "Tschechisch", "en": "Czech"},
    "da": {"de": "Dänisch", "en": "Danish"},
    "de": {"de": "Deutsch", "en": "German"},
    "el": {"de": "Griechisch", "en": "Greek"},
    "en": {"de": "Englisch", "en": "English"},
    "es": {"de": "Spanisch", "en": "Spanish"},
    "fa": {"de": "Persisch", "en": "Persian"},
    "fi": {"de": "Finnisch", "en": "Finnish"},
    "fr": {"de": "Französisch", "en": "French"},
    "he": {"de": "Hebräisch", "en": "Hebrew"},
    "hi": {"de": "Hindi", "en": "Hindi"},
    "hr": {"de": "Kroatisch", "en": "Croatian"},
    "hu": {"de": "Ungarisch", "en": "Hungarian"},
    "it": {"de": "Italienisch", "en": "Italian"},
    "ja": {"de": "Japanisch", "en": "Japanese"},
    "ko": {"de": "Koreanisch", "en": "Korean"},
    "nl": {"de": "Niederländisch", "en": "Dutch"},
    "no": {"de": "Norwegisch", "en": "Norwegian"},
    "pl": {"de": "Polnisch", "en": "Polish"},
    "pt": {"de": "Portugiesisch", "en": "Portuguese"},
    "ro": {"de": "Rumänisch", "en": "Romanian"},
    "ru": {"de": "Russisch", "en": "Russian"},
    "sk": {"de": "Slowakisch", "en": "Slovak"},
    "sl": {"de": "Slowenisch", "en": "Slovenian"},
    "sr": {"de": "Serbisch", "en": "Serbian"},
    "sv": {"de": "Schwedisch", "en": "Swedish"},
    "tr": {"de": "Türkisch", "en": "Turkish"},
    "uk": {"de": "Ukrainisch", "en": "Ukrainian"},
    "vi": {"de": "Vietnamesisch", "en": "Vietnamese"},
    "zh": {"de": "Chinesisch", "en": "Chinese"},
}

TEXTS: Mapping[str, Texts] = {texts.code: texts for texts in (GERMAN, ENGLISH)}


# Other ways to write a day than in words.
_ISO = "{year:04}-{number:02}-{day:02}"
_DATE_FORMATS = {
    "numbers": {"de": "{day}.{number}.{year}", "en": "{day:02}/{number:02}/{year}"},
    "iso": {"de": _ISO, "en": _ISO},
}


def texts_of(code: object) -> Texts:
    """Return the wording in a language that a request names; English if it names none that we have."""
    return TEXTS.get(code, ENGLISH) if isinstance(code, str) else ENGLISH


def choose_language(requested: str | None, accept_language: str | None) -> Texts:
    """Return the wording of the address (`?lang=de`), else of the first known language of the browser, else English."""
    for tag in (requested or "", *_by_weight(accept_language or "")):
        texts = TEXTS.get(tag.strip().lower().split("-")[0])
        if texts:
            return texts
    return ENGLISH


def _by_weight(accept_language: str) -> list[str]:
    """Return the tags of an Accept-Language header by descending weight: `en;q=0.5,de` gives de, en."""

    def weight(part: str) -> float:
        try:
            return float(part.partition(";q=")[2] or 1)
        except ValueError:
            return 0.0

    parts = accept_language.replace(" ", "").split(",")
    return [part.partition(";")[0] for part in sorted(parts, key=weight, reverse=True)]


def count_of(forms: tuple[str, str], number: int, texts: Texts) -> str:
    """Return a number with its noun: `1 article`, `1,234 articles`."""
    return forms[0] if number == 1 else forms[1].format(count=grouped(number, texts))


def grouped(number: int, texts: Texts) -> str:
    """Return a whole number with the language's thousands separator."""
    return f"{number:,}".replace(",", texts.thousands)


def decimal(number: float, texts: Texts) -> str:
    """Return a number with two decimals: `−0.25`, `−0,25`."""
    return f"{number:.2f}".replace(".", texts.decimal).replace("-", "−")


def long_date(day: date, texts: Texts) -> str:
    """Return a date in words: `3 December 2024`, `3. Dezember 2024`."""
    month = texts.months.split()[day.month - 1]
    return texts.date.format(day=day.day, month=month, number=day.month, year=day.year)


def with_date_format(texts: Texts, name: str) -> Texts:
    """Return the wording with days written in words, in numbers, or as `iso`: 2024-12-03."""
    return replace(texts, date=_DATE_FORMATS[name][texts.code]) if name in _DATE_FORMATS else texts


def language_name(tag: str, texts: Texts) -> str:
    """Return the name of a language: `German`, `German (CH)`; a tag that is not in the table is returned as it is."""
    base, _, region = tag.partition("-")
    names = _LANGUAGES.get(base.lower())
    if names is None:
        return tag
    name = names[texts.code]
    return f"{name} ({region})" if region else name
