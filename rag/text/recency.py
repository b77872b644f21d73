"""Whether a question asks for the newest: "the latest on Mali", „Was ist das Neueste über Mali?“, 马里最新消息."""

from __future__ import annotations

import re
from functools import cache

from rag.text.words import word_spans, words
from rag.types import Span

# a star stands for any ending. Words for "last" and "currently" are left out: the last emperor is no news, and what is
# currently so is asked of the world, not of the articles
_PHRASES = {
    "ar": "أحدث, آخر الأخبار, آخر أخبار, آخر التطورات, آخر تطورات, آخر المستجدات, آخر مستجدات, مؤخرا",
    "bg": "най-нов*, последни новини, последните новини, напоследък",
    "bn": "সর্বশেষ, সাম্প্রতিক*",
    "ca": "últimes notícies, novetats, més recent*",
    "cs": "nejnovějš*, naposledy, poslední zprávy, aktuáln*",
    "da": "seneste, senest, nyeste, aktuel*",
    "de": "neueste*, neuste*, Neuigkeiten, zuletzt, aktuell*, jüngste Entwicklung*, jüngsten Entwicklung*, "
    "letzte Meldung*, letzten Meldungen",
    "el": "πιο πρόσφατ*, τελευταία νέα, τελευταίες εξελίξεις, τελευταίες ειδήσεις, νεότερα",
    "en": "latest, newest, most recent, most recently, recent news, recent developments",
    "es": "últimas noticias, lo último, últimos acontecimientos, novedades, más reciente*, últimamente",
    "et": "uusim*, viimased uudised, viimati",
    "fa": "آخرین اخبار, آخرین خبرها, جدیدترین, تازه‌ترین, اخیرا",
    "fi": "uusin, uusimm*, viimeisin, viimeisimm*, viimeksi, tuoreimm*",
    "fr": "dernières nouvelles, dernières informations, derniers développements, plus récent*, quoi de neuf",
    "hi": "ताज़ा, ताजा, नवीनतम, हाल ही",
    "hr": "najnovij*, posljednje vijesti",
    "hu": "legújabb*, legfrissebb*, legutóbb*",
    "id": "terbaru, terkini",
    "it": "ultime notizie, ultimi sviluppi, novità, più recent*, ultimamente",
    "ja": "最新, 最近, 直近",
    "ko": "최신*, 최근*, 근황*",
    "lt": "naujaus*, pastaruoju metu",
    "lv": "jaunāk*, pēdējās ziņas",
    "nb": "siste nytt, seneste, nyeste",
    "nl": "nieuwste, laatste nieuws, laatste ontwikkelingen, meest recent*, recentste, actueel, actuele",
    "pl": "najnowsz*, najświeższ*, ostatnio, ostatnie wiadomości, aktualn*",
    "pt": "últimas notícias, últimos desenvolvimentos, novidades, mais recente*, ultimamente",
    "ro": "ultimele știri, noutăți, cel mai recent, cea mai recentă, cele mai recente, cei mai recenți",
    "ru": "последние новости, последние события, свежие новости, новейш*, в последнее время",
    "sk": "najnovš*, naposledy, posledné správy, aktuáln*",
    "sl": "najnovejš*, zadnje novice",
    "sr": "најнови*, последње вести",
    "sv": "senaste*, nyaste",
    "ta": "சமீபத்திய, அண்மைய",
    "th": "ล่าสุด",
    "tr": "en yeni, en güncel, güncel*, son haber*, son dakika, son gelişme*, son durum*",
    "uk": "останні новини, останні події, найновіш*, найсвіжіш*, останнім часом",
    "vi": "mới nhất, gần đây nhất",
    "zh": "最新, 最近, 近况, 近況",
}
_A_DEADLINE = " at the latest "
_EXCLUDED = re.compile(r"(?<!\S)-\S+")


def asks_for_newest(question: str) -> bool:
    """Return whether a question, in any of 39 languages, asks for the newest.

    >>> [asks_for_newest(text) for text in ("the latest on Mali", "Wer war zuletzt da?", "by May at the latest")]
    [True, True, False]
    """
    return bool(newest_spans(question))


def newest_spans(question: str) -> list[Span]:
    """Return the spans of the words by which a question asks for the newest."""
    tokens = list(word_spans(_EXCLUDED.sub(_blank, question)))
    spelled = f" {' '.join(word for _, _, word in tokens)} ".replace(_A_DEADLINE, _A_DEADLINE.upper())
    spans = []
    for match in _newest().finditer(spelled):
        first = spelled.count(" ", 0, match.start())
        spans.append((tokens[first][0], tokens[first + len(match[0].split()) - 1][1]))
    return spans


def _blank(words: re.Match[str]) -> str:
    return " " * len(words[0])


def _spelled(text: str) -> str:
    """Return the words of a text in one spelling, with a space around each."""
    return f" {' '.join(words(text))} "


@cache
def _newest() -> re.Pattern[str]:
    phrases = {phrase for of_language in _PHRASES.values() for phrase in of_language.split(", ")}
    alternatives = (_spelled(phrase).rstrip() + r"\S*" * phrase.endswith("*") for phrase in sorted(phrases))
    return re.compile(f"(?:{'|'.join(alternatives)})(?= )")
