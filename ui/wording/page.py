"""All wording of the page, in German and in English, and how numbers, dates and languages are written in each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple


class Signal(NamedTuple):
    """What a score of a passage is called, and what it measures, with its range."""

    label: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Texts:
    """The wording in one language. Names in braces are filled in by the page."""

    code: str
    alternate_code: str
    alternate_name: str
    tagline: str
    box: str
    placeholder: str
    ask: str
    examples: str
    passages_heading: tuple[str, str]
    closest_heading: str
    no_passage: str
    nothing_matches: str
    empty_archive: str
    searching: str
    no_answer: str
    unreachable: str
    reconnecting: str
    doubtful_heading: str
    doubtful_hint: str
    absent_times: str
    empty_question: str
    long_question: str
    wrong_question: str
    archive_gone: str
    archive_busy: str
    other_encoder: str
    index_again: str
    failure_heading: str
    unexpected: str
    operators: str
    also_in: str
    versions: str
    explanation: str
    signals: Mapping[str, Signal]
    common_words: str
    no_common_words: str
    duration: str
    open_article: str
    copy: str
    copied: str
    copy_failed: str
    original: str
    reader: str
    close: str
    wrong_address: str
    characters: str
    page_number: str
    reader_comment: str
    file_missing: str
    part_labels: Mapping[str, str]
    field_labels: Mapping[str, str]
    origin_labels: Mapping[str, str]
    origins_heading: str
    to_passage: str
    no_article: str
    articles: tuple[str, str]
    passages: tuple[str, str]
    languages: tuple[str, str]
    empty_heading: str
    empty_hint: str
    folder: str
    file: str
    quotes: tuple[str, str]
    thousands: str
    decimal: str
    date: str
    months: str


GERMAN = Texts(
    code="de",
    alternate_code="en",
    alternate_name="English",
    tagline="Stellen Sie Ihrem Archiv eine Frage. Sie bekommen die Textstellen, die sie beantworten: wörtlich und "
    "mit Beleg.",
    box="Ihre Frage, in beliebiger Sprache",
    placeholder="Was möchten Sie wissen?",
    ask="Suchen",
    examples="Beispielfragen",
    passages_heading=("1 Fundstelle", "{count} Fundstellen"),
    closest_heading="Nächstliegende Fundstellen",
    no_passage="Keine Fundstelle",
    nothing_matches="Keine Textstelle erfüllt alle Bedingungen der Frage. Lassen Sie eine Angabe in Anführungszeichen "
    "oder ein -Wort weg.",
    empty_archive="Das Archiv ist noch leer. Artikel fügen Sie mit diesem Befehl hinzu: {command}",
    searching="Archiv wird durchsucht …",
    no_answer="Keine Antwort: Fundstelle ist nicht erreichbar. Prüfen Sie, ob das Programm noch läuft, und suchen Sie "
    "dann noch einmal. Ihre Frage bleibt im Feld stehen.",
    unreachable="Fundstelle ist nicht erreichbar. Prüfen Sie, ob das Programm noch läuft, und versuchen Sie es dann "
    "noch einmal.",
    reconnecting="Fundstelle ist nicht erreichbar. Prüfen Sie, ob das Programm noch läuft. Sobald es antwortet, wird "
    "diese Seite neu geladen.",
    doubtful_heading="Die Antwort steht vermutlich nicht im Archiv",
    doubtful_hint="Keine Textstelle beantwortet die Frage wirklich. Diese kommen ihr am nächsten.",
    absent_times="Aus dieser Zeit ({times}) enthält das Archiv nichts: Damals ist kein Artikel erschienen, und keiner "
    "erwähnt sie.",
    empty_question="Bitte geben Sie eine Frage ein.",
    long_question="Die Frage ist {count} Zeichen lang. Kürzen Sie sie auf höchstens {limit} Zeichen, und fragen Sie "
    "eins nach dem anderen.",
    wrong_question="So lässt sich nicht suchen. Beschreiben Sie in Worten, was Sie suchen; -Wörter schließen nur aus.",
    archive_gone="Das Archiv wurde gelöscht oder verschoben. Legen Sie es zurück, oder starten Sie Fundstelle mit "
    "einem anderen Archiv.",
    archive_busy="Ein anderes Programm arbeitet gerade mit dem Archiv. Warten Sie, bis es fertig ist, und versuchen "
    "Sie es dann noch einmal.",
    other_encoder="Das Archiv wurde mit einem anderen Sprachmodell aufgebaut. Falls Sie es gerade neu eingelesen "
    "haben, starten Sie Fundstelle neu; sonst lesen Sie Ihre Artikel mit diesem Befehl neu ein: {command}",
    index_again="Kurze Textstellen dieses Archivs sind möglicherweise falsch eingeordnet, weil eine ältere "
    "Version sie eingelesen hat. „fundstelle index ORDNER“ behebt das.",
    failure_heading="Das hat nicht geklappt",
    unexpected="Etwas ist schiefgegangen. Bitte versuchen Sie es noch einmal; Näheres steht im Protokoll.",
    operators='"Wörter in Anführungszeichen" müssen genau so vorkommen; -Wort schließt Textstellen aus, die es '
    "enthalten.",
    also_in="Auch in",
    versions="Andere Fassungen (gemeinsamer Text)",
    explanation="Warum diese Fundstelle?",
    signals={
        "late": Signal(
            "Wortabgleich", "wie gut sich die Wörter der Frage in der Textstelle wiederfinden (−1\u00a0bis\u00a01)"
        ),
        "dense": Signal("Bedeutung", "wie nah die Textstelle als Ganzes der Frage ist (−1\u00a0bis\u00a01)"),
        "lexical": Signal(
            "Gleiche Wörter", "wie viele Wörter der Frage vorkommen; seltene zählen mehr (0\u00a0bis\u00a01)"
        ),
        "cross": Signal(
            "Cross-Encoder", "wie gut die Textstelle nach seinem Urteil die Frage beantwortet (höher ist besser)"
        ),
    },
    common_words="Gemeinsame Wörter",
    no_common_words="keine",
    duration="in {ms} ms",
    open_article="Im Artikel öffnen",
    copy="Beleg kopieren",
    copied="Kopiert",
    copy_failed="Kopieren nicht möglich",
    original="Zum Original",
    reader="Artikel",
    close="Schließen",
    wrong_address="Ein Proxy zeigt diese Seite unter einer Adresse, die Fundstelle nicht kennt. "
    "Starten Sie Fundstelle mit --root-path {address}",
    characters="Zeichen {start}–{end}",
    page_number="Seite {page}",
    reader_comment="Leserkommentar",
    file_missing="Die Datei wurde seit dem Einlesen verschoben oder gelöscht. Lesen Sie ihren neuen Ordner ein, oder "
    "entfernen Sie sie mit „fundstelle forget“ aus dem Archiv.",
    part_labels={
        "teaser": "Hinweise auf andere Artikel",
        "comment": "Leserkommentare",
        "boilerplate": "Beiwerk der Seite",
    },
    field_labels={
        "title": "Überschrift",
        "source": "Quelle",
        "author": "Autor",
        "published": "Datum",
        "url": "Webadresse",
        "language": "Sprache",
        "place": "Ort",
        "text": "Text",
    },
    origin_labels={
        "front matter": "Kopf der Datei",
        "headline": "Zeile über dem Text",
        "date line": "Datumszeile",
        "byline": "Autorenzeile",
        "dateline": "Ortsmarke",
        "header of Nexis": "Kopf des Nexis-Exports",
        "header of Factiva": "Kopf des Factiva-Exports",
        "fields of Genios": "Felder des Genios-Exports",
        "fields of ProQuest": "Felder des ProQuest-Exports",
        "line of the page": "Zeile der Seite",
        "the text's words": "am Text erkannt",
        "misread letters put right": "falsch gelesene Zeichen berichtigt",
    },
    origins_heading="Herkunft der Angaben",
    to_passage="Zur Fundstelle",
    no_article="Diesen Artikel gibt es im Archiv nicht. Vielleicht wurde er inzwischen entfernt; suchen Sie noch "
    "einmal.",
    articles=("1 Artikel", "{count} Artikel"),
    passages=("1 Textstelle", "{count} Textstellen"),
    languages=("1 Sprache", "{count} Sprachen"),
    empty_heading="Dieses Archiv ist noch leer",
    empty_hint="Fügen Sie mit diesem Befehl Artikel hinzu, und laden Sie die Seite dann neu:",
    folder="ORDNER",
    file="Datei",
    quotes=("„", "“"),
    thousands=".",
    decimal=",",
    date="{day}. {month} {year}",
    months="Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
)

ENGLISH = Texts(
    code="en",
    alternate_code="de",
    alternate_name="Deutsch",
    tagline="Ask your archive a question. You get the passages that answer it, verbatim and cited.",
    box="Your question, in any language",
    placeholder="What would you like to know?",
    ask="Search",
    examples="Example questions",
    passages_heading=("1 passage", "{count} passages"),
    closest_heading="Closest passages",
    no_passage="No passage found",
    nothing_matches="No passage matches the quoted phrases and -words in your question. Remove one of them.",
    empty_archive="The archive is still empty. Add articles with this command: {command}",
    searching="Searching the archive …",
    no_answer="No answer: Fundstelle is not responding. Check that it is still running, then search again. Your "
    "question is still in the box.",
    unreachable="Fundstelle is not responding. Check that it is still running, then try again.",
    reconnecting="Fundstelle is not responding. Check that it is still running; this page reloads as soon as it is "
    "back.",
    doubtful_heading="The archive probably does not contain the answer",
    doubtful_hint="No passage really answers the question. These come closest.",
    absent_times="The archive has nothing from this time ({times}): no article was published then, and none mentions "
    "it.",
    empty_question="Please enter a question.",
    long_question="The question is {count} characters long. Shorten it to {limit} characters or fewer, and ask one "
    "thing at a time.",
    wrong_question="This cannot be searched for. Describe what you are looking for in words; -words only exclude.",
    archive_gone="The archive has been deleted or moved. Put it back, or start Fundstelle with another archive.",
    archive_busy="Another program is using the archive. Wait until it has finished, then try again.",
    other_encoder="The archive was built with a different encoder. If you have just re-indexed it, restart "
    "Fundstelle; otherwise re-index your articles with this command: {command}",
    index_again="Short passages in this archive may be ranked incorrectly, because an older version indexed them. "
    "Run “fundstelle index FOLDER” to fix this.",
    failure_heading="That did not work",
    unexpected="Something went wrong. Please try again; the log has the details.",
    operators='"Quoted phrases" must match exactly; -word excludes passages containing it.',
    also_in="Also in",
    versions="Other versions (text in common)",
    explanation="Why this passage?",
    signals={
        "late": Signal("Token match", "how well the question’s words are matched in the passage (−1\u00a0to\u00a01)"),
        "dense": Signal("Meaning", "how close the passage as a whole is to the question (−1\u00a0to\u00a01)"),
        "lexical": Signal(
            "Word match", "how many of the question’s words occur; rare ones count more (0\u00a0to\u00a01)"
        ),
        "cross": Signal("Cross-encoder", "how well it rates the passage as an answer (higher is better)"),
    },
    common_words="Shared words",
    no_common_words="none",
    duration="in {ms} ms",
    open_article="Open in article",
    copy="Copy citation",
    copied="Copied",
    copy_failed="Could not copy",
    original="Original",
    reader="Article",
    close="Close",
    wrong_address="A proxy shows this page at an address that Fundstelle does not know. Start Fundstelle with "
    "--root-path {address}",
    characters="characters {start}–{end}",
    page_number="page {page}",
    reader_comment="Reader comment",
    file_missing="The file has been moved or deleted since it was indexed. Index its new folder, or remove it from "
    "the archive with “fundstelle forget”.",
    part_labels={
        "teaser": "Teasers for other articles",
        "comment": "Reader comments",
        "boilerplate": "Page boilerplate",
    },
    field_labels={
        "title": "headline",
        "source": "outlet",
        "author": "author",
        "published": "date",
        "url": "web address",
        "language": "language",
        "place": "place",
        "text": "text",
    },
    origin_labels={
        "headline": "line above the text",
        "header of Nexis": "Nexis header",
        "header of Factiva": "Factiva header",
        "fields of Genios": "Genios fields",
        "fields of ProQuest": "ProQuest fields",
        "line of the page": "line on the page",
        "the text's words": "detected in the text",
        "misread letters put right": "misread characters repaired",
    },
    origins_heading="Where these details come from",
    to_passage="Go to the passage",
    no_article="There is no such article in the archive. It may have been removed; search again.",
    articles=("1 article", "{count} articles"),
    passages=("1 passage", "{count} passages"),
    languages=("1 language", "{count} languages"),
    empty_heading="This archive is still empty",
    empty_hint="Add articles with this command, then reload the page:",
    folder="FOLDER",
    file="File",
    quotes=("“", "”"),
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
    return texts.date.format(day=day.day, month=texts.months.split()[day.month - 1], year=day.year)


def language_name(tag: str, texts: Texts) -> str:
    """Return the name of a language: `German`, `German (CH)`; a tag that is not in the table is returned as it is."""
    base, _, region = tag.partition("-")
    names = _LANGUAGES.get(base.lower())
    if names is None:
        return tag
    name = names[texts.code]
    return f"{name} ({region})" if region else name
