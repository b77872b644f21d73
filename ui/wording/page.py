"""All wording of the page, in German and in English, and how numbers, dates and languages are written in each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Texts:
    """The wording in one language. Names in braces are filled in by the page."""

    code: str
    other: str
    switch: str
    tagline: str
    box: str
    placeholder: str
    ask: str
    examples: str
    found: tuple[str, str]
    nearest: str
    nothing: str
    nothing_left: str
    nothing_yet: str
    working: str
    no_answer: str
    unreachable: str
    reconnecting: str
    doubtful: str
    doubtful_hint: str
    nothing_of: str
    empty_question: str
    long_question: str
    wrong_question: str
    index_again: str
    failed: str
    unexpected: str
    operators: str
    also: str
    versions: str
    why: str
    signals: Mapping[str, str]
    shared: str
    none_shared: str
    took: str
    open: str
    copy: str
    copied: str
    copy_failed: str
    original: str
    reader: str
    close: str
    moved: str
    characters: str
    page: str
    comment: str
    file_missing: str
    asides: Mapping[str, str]
    facts: Mapping[str, str]
    origins: Mapping[str, str]
    found_in: str
    marked: str
    no_article: str
    articles: tuple[str, str]
    passages: tuple[str, str]
    languages: tuple[str, str]
    empty: str
    empty_hint: str
    folder: str
    file: str
    thousands: str
    decimal: str
    date: str
    months: str


GERMAN = Texts(
    code="de",
    other="en",
    switch="English",
    tagline="Fragen Sie Ihr Archiv. Die Antwort sind Stellen aus Ihren Artikeln: wörtlich und belegt.",
    box="Ihre Frage, in jeder Sprache",
    placeholder="Was möchten Sie wissen?",
    ask="Suchen",
    examples="Zum Ausprobieren",
    found=("Eine Fundstelle", "{count} Fundstellen"),
    nearest="Die nächstgelegenen Stellen",
    nothing="Keine Fundstelle",
    nothing_left="Keine Stelle passt zu den Anführungszeichen und -Wörtern der Frage: Nehmen Sie davon etwas zurück.",
    nothing_yet="Im Archiv steht noch nichts. Artikel nimmt dieser Befehl auf: {command}",
    working="Das Archiv wird durchsucht …",
    no_answer="Es kam keine Antwort, denn Fundstelle ist nicht erreichbar: Prüfen Sie, ob das Programm noch läuft, und "
    "suchen Sie dann noch einmal. Ihre Frage bleibt stehen.",
    unreachable="Fundstelle ist nicht erreichbar: Prüfen Sie, ob das Programm noch läuft, und versuchen Sie es dann "
    "noch einmal.",
    reconnecting="Fundstelle ist nicht erreichbar: Prüfen Sie, ob das Programm noch läuft. Sobald es wieder antwortet, "
    "wird diese Seite neu geladen.",
    doubtful="Vermutlich steht die Antwort nicht im Archiv",
    doubtful_hint="Keine Stelle beantwortet die Frage gut; hier stehen die, die ihr am nächsten kommen.",
    nothing_of="Aus dieser Zeit ({times}) enthält das Archiv nichts: Kein Artikel erschien damals, keiner erwähnt sie.",
    empty_question="Bitte geben Sie eine Frage ein.",
    long_question="Die Frage hat {count} Zeichen: Kürzen Sie sie auf höchstens {most} Zeichen, und fragen Sie eines "
    "nach dem anderen.",
    wrong_question="So lässt sich nicht suchen. Schreiben Sie in Worten, was Sie suchen; -Wörter lassen nur weg.",
    index_again=(
        "Kurze Stellen dieses Archivs sind vielleicht falsch eingereiht, denn eine frühere Fassung hat sie gelesen; "
        "„fundstelle index“ liest sie neu."
    ),
    failed="Das ging nicht",
    unexpected="Es ist etwas schiefgegangen. Bitte versuchen Sie es noch einmal; was geschah, steht im Protokoll.",
    operators='"Worte in geraden Anführungszeichen" müssen genau so dastehen; -Wort lässt Stellen mit diesem Wort weg.',
    also="Auch in",
    versions="Andere Fassungen (gemeinsamer Text)",
    why="Warum diese Stelle?",
    signals={
        "late": "Wie gut die Wörter der Frage in der Stelle ihresgleichen finden (−1\u00a0bis\u00a01)",
        "dense": "Wie nah der Sinn der Stelle im Ganzen der Frage ist (−1\u00a0bis\u00a01)",
        "lexical": "Wie viel von den Wörtern der Frage in der Stelle steht; seltene zählen mehr (0\u00a0bis\u00a01)",
        "cross": "Wie gut die Stelle antwortet, wenn ein Cross-Encoder beides zusammen liest (höher ist besser)",
    },
    shared="Gemeinsame Wörter",
    none_shared="keine",
    took="in {ms} ms",
    open="Im Artikel öffnen",
    copy="Beleg kopieren",
    copied="Kopiert",
    copy_failed="Kopieren nicht möglich",
    original="Zur Quelle",
    reader="Artikel",
    close="Schließen",
    moved="Ein Proxy zeigt diese Seite unter einer Adresse, die Fundstelle nicht kennt: "
    "Starten Sie sie mit --root-path {address}",
    characters="Zeichen {start}–{end}",
    page="Seite {page}",
    comment="Leserkommentar",
    file_missing="Die Datei liegt nicht mehr dort, wo sie eingelesen wurde.",
    asides={
        "teaser": "Hinweise auf andere Artikel",
        "comment": "Leserkommentare",
        "boilerplate": "Was um den Artikel herum stand",
    },
    facts={
        "title": "Überschrift",
        "source": "Quelle",
        "author": "Autor",
        "published": "Datum",
        "url": "Adresse",
        "language": "Sprache",
        "place": "Ort",
        "text": "Text",
    },
    origins={
        "front matter": "Kopf der Datei",
        "headline": "Zeile über dem Text",
        "date line": "Zeile mit Datum",
        "byline": "Autorenzeile",
        "dateline": "Ortsmarke",
        "header of Nexis": "Kopf des Nexis-Exports",
        "header of Factiva": "Kopf des Factiva-Exports",
        "fields of Genios": "Felder des Genios-Ausdrucks",
        "fields of ProQuest": "Felder des ProQuest-Exports",
        "line of the page": "Zeile der Seite",
        "the text's words": "am Text erkannt",
        "misread letters put right": "falsch gelesene Zeichen berichtigt",
    },
    found_in="Woher die Angaben stammen",
    marked="Zur markierten Stelle",
    no_article="Diesen Artikel gibt es im Archiv nicht. Vielleicht wurde er entfernt; fragen Sie noch einmal.",
    articles=("1 Artikel", "{count} Artikel"),
    passages=("1 Textstelle", "{count} Textstellen"),
    languages=("1 Sprache", "{count} Sprachen"),
    empty="Dieses Archiv ist noch leer",
    empty_hint="Fügen Sie Artikel hinzu und laden Sie diese Seite dann neu:",
    folder="ORDNER",
    file="Datei",
    thousands=".",
    decimal=",",
    date="{day}. {month} {year}",
    months="Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
)

ENGLISH = Texts(
    code="en",
    other="de",
    switch="Deutsch",
    tagline="Ask your archive. The answer is passages from your articles: word for word, with a citation.",
    box="Your question, in any language",
    placeholder="What would you like to know?",
    ask="Search",
    examples="Try one of these",
    found=("One passage", "{count} passages"),
    nearest="The nearest passages",
    nothing="No passage found",
    nothing_left="No passage fits the quoted phrases and -words of the question: take one of them back.",
    nothing_yet="There is nothing in the archive yet. This command adds articles: {command}",
    working="Searching the archive …",
    no_answer="No answer came, for Fundstelle cannot be reached: check whether the program is still running, then "
    "search again. Your question stays in the box.",
    unreachable="Fundstelle cannot be reached: check whether the program is still running, then try again.",
    reconnecting="Fundstelle cannot be reached: check whether the program is still running. This page reloads as "
    "soon as it answers.",
    doubtful="The archive probably does not hold the answer",
    doubtful_hint="No passage answers the question well; these are the ones that come nearest to it.",
    nothing_of="The archive has nothing of this time ({times}): no article was published then, and none mentions it.",
    empty_question="Please type a question.",
    long_question="The question has {count} characters: shorten it to {most} characters or fewer, and ask one thing "
    "at a time.",
    wrong_question="This cannot be searched for. Say in words what to look for; -words only leave out.",
    index_again=(
        "Short passages of this archive may be ranked wrongly, since an earlier version read them; "
        "“fundstelle index” reads them anew."
    ),
    failed="That did not work",
    unexpected="Something went wrong. Please try again; the log says what happened.",
    operators='"Words in straight quotes" must stand there exactly so; -word leaves out passages that hold this word.',
    also="Also in",
    versions="Other versions (share of the text)",
    why="Why this passage?",
    signals={
        "late": "How well the question’s words find their like in the passage (−1\u00a0to\u00a01)",
        "dense": "How near the passage as a whole is to the question in meaning (−1\u00a0to\u00a01)",
        "lexical": "How much of the question’s words the passage holds; rare ones count more (0\u00a0to\u00a01)",
        "cross": "How well the passage answers when a cross-encoder reads both together (higher is better)",
    },
    shared="Words in common",
    none_shared="none",
    took="in {ms} ms",
    open="Open in the article",
    copy="Copy citation",
    copied="Copied",
    copy_failed="Copying is not possible",
    original="Original",
    reader="Article",
    close="Close",
    moved="A proxy shows this page at an address that Fundstelle does not know: start it with --root-path {address}",
    characters="characters {start}–{end}",
    page="page {page}",
    comment="Reader comment",
    file_missing="The file is no longer where it was indexed.",
    asides={
        "teaser": "Hints at other articles",
        "comment": "Readers’ comments",
        "boilerplate": "What stood around the article",
    },
    facts={
        "title": "headline",
        "source": "outlet",
        "author": "author",
        "published": "date",
        "url": "address",
        "language": "language",
        "place": "place",
        "text": "text",
    },
    origins={},
    found_in="Where these facts were found",
    marked="To the marked passage",
    no_article="There is no such article in the archive. It may have been removed since you asked; ask again.",
    articles=("1 article", "{count} articles"),
    passages=("1 passage", "{count} passages"),
    languages=("1 language", "{count} languages"),
    empty="This archive is still empty",
    empty_hint="Add articles, then reload this page:",
    folder="FOLDER",
    file="File",
    thousands=",",
    decimal=".",
    date="{day} {month} {year}",
    months="January February March April May June July August September October November December",
)

# Languages by their tag, in German and in English.
_LANGUAGES = {
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


def texts_of(code: object) -> Texts:
    """Return the wording in a language that a request names; German if it names none that we have."""
    return TEXTS.get(code, GERMAN) if isinstance(code, str) else GERMAN


def choose(wanted: str | None, accept_language: str | None) -> Texts:
    """Return the wording that the address asks for (`?lang=en`), else the browser's first that we have, else German."""
    for tag in (wanted or "", *_by_weight(accept_language or "")):
        found = TEXTS.get(tag.strip().lower().split("-")[0])
        if found:
            return found
    return GERMAN


def _by_weight(accept_language: str) -> list[str]:
    """Return the tags of an Accept-Language header, heaviest first: `en;q=0.5,de` gives de, en."""

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
    """Return a whole number with its thousands set apart as the language does."""
    return f"{number:,}".replace(",", texts.thousands)


def decimal(number: float, texts: Texts) -> str:
    """Return a number with two decimals: `−0.25`, `−0,25`."""
    return f"{number:.2f}".replace(".", texts.decimal).replace("-", "−")


def long_date(day: date, texts: Texts) -> str:
    """Return a date in words: `3 December 2024`, `3. Dezember 2024`."""
    return texts.date.format(day=day.day, month=texts.months.split()[day.month - 1], year=day.year)


def language_name(tag: str, texts: Texts) -> str:
    """Return the name of a language: `German`, `German (CH)`; a tag that is not in the table as it stands."""
    base, _, region = tag.partition("-")
    names = _LANGUAGES.get(base.lower())
    if names is None:
        return tag
    name = names[texts.code]
    return f"{name} ({region})" if region else name
