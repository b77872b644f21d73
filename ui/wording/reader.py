"""The wording of the reader: an article, what is known of it, and where it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReaderWords:
    """The wording in one language. Names in braces are filled in.

    Attributes:
        part_labels: what a part of the text is that is not the article's own words.
        field_labels: the facts of an article.
        origin_labels: where a fact was read; other origins, such as names of fields, are shown as they are.
        states: what a check of the file came to.
    """

    reader: str
    close: str
    own_tab: str
    no_article_heading: str
    no_article: str
    passage_position: str
    previous_passage: str
    next_passage: str
    find: str
    match_position: str
    no_match: str
    previous_match: str
    next_match: str
    part_labels: Mapping[str, str]
    facts_heading: str
    field_labels: Mapping[str, str]
    origin_labels: Mapping[str, str]
    same_text_heading: str
    versions_heading: str
    common_text: str
    compare: str
    similar_heading: str
    web: str
    file: str
    show_page: str
    page_picture: str
    page_not_shown: str
    no_file_heading: str
    no_file: str
    other_file: str
    check: str
    states: Mapping[str, str]
    file_changed: str
    article_gone: str
    this_version: str
    other_version: str
    in_archive: str
    in_file: str
    removed_added: str
    difference: str
    no_difference: str
    left_out: str
    away: str
    failed: str


READER: Mapping[str, ReaderWords] = {
    "de": ReaderWords(
        reader="Artikel",
        close="Schließen",
        own_tab="In eigenem Tab",
        no_article_heading="Diesen Artikel gibt es nicht",
        no_article="Vielleicht wurde er inzwischen aus dem Archiv entfernt. Suchen Sie noch einmal.",
        passage_position="Fundstelle {number} von {count}",
        previous_passage="Vorige Fundstelle",
        next_passage="Nächste Fundstelle",
        find="Im Text suchen",
        match_position="{number} von {count}",
        no_match="kein Treffer",
        previous_match="Voriger Treffer",
        next_match="Nächster Treffer",
        part_labels={
            "teaser": "Hinweise auf andere Artikel",
            "comment": "Leserkommentare",
            "boilerplate": "Beiwerk der Seite",
        },
        facts_heading="Angaben und Herkunft",
        field_labels={
            "title": "Überschrift",
            "source": "Medium",
            "author": "Autor",
            "published": "Datum",
            "place": "Ort",
            "language": "Sprache",
            "url": "Webadresse",
            "text": "Text",
            "unread": "Nicht gelesen",
            "page": "Seite",
            "file": "Datei",
            "sha256": "SHA-256",
        },
        origin_labels={
            "front matter": "Kopf der Datei",
            "headline": "Zeile über dem Text",
            "heading": "Überschrift im Text",
            "date line": "Datumszeile",
            "byline": "Autorenzeile",
            "dateline": "Ortsmarke",
            "header of Nexis": "Kopf des Nexis-Exports",
            "header of Factiva": "Kopf des Factiva-Exports",
            "fields of Genios": "Felder des Genios-Exports",
            "fields of ProQuest": "Felder des ProQuest-Exports",
            "line of the page": "Zeile der Seite",
            "the text's words": "am Text erkannt",
            "corrected by hand": "von Hand berichtigt",
            "misread letters put right": "falsch gelesene Zeichen berichtigt",
            "document information": "Angaben des Dokuments",
            "document properties": "Eigenschaften des Dokuments",
            "largest letters of the first page": "größte Schrift der ersten Seite",
            "meta tag": "Angabe im Kopf der Seite",
            "web archive": "Webarchiv",
            "address in the web archive": "Adresse im Webarchiv",
            "mail header Date": "Datum der E-Mail",
        },
        same_text_heading="Derselbe Text",
        versions_heading="Andere Fassungen",
        common_text="{percent} gemeinsamer Text",
        compare="Vergleichen",
        similar_heading="Ähnliche Artikel",
        web="Zum Original",
        file="Datei öffnen",
        show_page="Seite {page} zeigen",
        page_picture="Seite {page} der Datei; die Fundstelle ist eingerahmt",
        page_not_shown="Die Seite lässt sich nicht zeigen: Die Datei wurde seit dem Einlesen verändert, verschoben "
        "oder beschädigt.",
        no_file_heading="Die Datei wird nicht geöffnet",
        no_file="Dateien öffnet Fundstelle nur auf dem Rechner, auf dem es läuft.",
        other_file="Sie wurde seit dem Einlesen verändert, verschoben oder gelöscht. „Datei prüfen“ zeigt, was sich "
        "geändert hat.",
        check="Datei prüfen",
        states={
            "unchanged": "Unverändert: In der Datei steht, was hier steht.",
            "moved": "Verschoben, aber unverändert: Die Datei liegt jetzt unter {path}",
            "changed": "Geändert: In der Datei steht jetzt anderes als hier.",
            "missing": "Nicht auffindbar: Die Datei wurde gelöscht oder verschoben.",
            "unreadable": "Nicht lesbar: Die Datei lässt sich nicht mehr einlesen.",
        },
        file_changed="Die Datei selbst wurde seit dem Einlesen verändert.",
        article_gone="Nicht auffindbar: Die Datei ist noch da, enthält diesen Artikel aber nicht mehr.",
        this_version="in dieser Fassung",
        other_version="in der anderen Fassung",
        in_archive="im Archiv",
        in_file="in der Datei",
        removed_added="Gestrichen: nur {before}. Unterstrichen: nur {after}.",
        difference="Unterschiede",
        no_difference="Der Wortlaut ist gleich.",
        left_out="{count} gleiche Wörter",
        away="Fundstelle ist nicht erreichbar. Prüfen Sie, ob das Programm noch läuft.",
        failed="Etwas ist schiefgegangen. Bitte versuchen Sie es noch einmal.",
    ),
    "en": ReaderWords(
        reader="Article",
        close="Close",
        own_tab="Open in a tab",
        no_article_heading="There is no such article",
        no_article="It may have been removed from the archive. Search again.",
        passage_position="Passage {number} of {count}",
        previous_passage="Previous passage",
        next_passage="Next passage",
        find="Find in text",
        match_position="{number} of {count}",
        no_match="no match",
        previous_match="Previous match",
        next_match="Next match",
        part_labels={
            "teaser": "Teasers for other articles",
            "comment": "Reader comments",
            "boilerplate": "Page boilerplate",
        },
        facts_heading="Details and where they come from",
        field_labels={
            "title": "Headline",
            "source": "Outlet",
            "author": "Author",
            "published": "Date",
            "place": "Place",
            "language": "Language",
            "url": "Web address",
            "text": "Text",
            "unread": "Not read",
            "page": "Page",
            "file": "File",
            "sha256": "SHA-256",
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
        same_text_heading="Same text",
        versions_heading="Other versions",
        common_text="{percent} of the text in common",
        compare="Compare",
        similar_heading="Similar articles",
        web="View original",
        file="Open the file",
        show_page="Show page {page}",
        page_picture="Page {page} of the file; the passage has a frame around it",
        page_not_shown="The page cannot be shown: the file has been changed, moved or damaged since it was read.",
        no_file_heading="The file is not opened",
        no_file="Fundstelle opens files only on the computer it runs on.",
        other_file="It has been changed, moved or deleted since it was read. “Check the file” shows what has changed.",
        check="Check the file",
        states={
            "unchanged": "Unchanged: the file says what it says here.",
            "moved": "Moved but unchanged: the file is now at {path}",
            "changed": "Changed: the file no longer says what it says here.",
            "missing": "Missing: the file has been deleted or moved.",
            "unreadable": "Unreadable: the file can no longer be read.",
        },
        file_changed="The file itself has changed since it was read.",
        article_gone="Missing: the file is still there but no longer contains this article.",
        this_version="in this version",
        other_version="in the other version",
        in_archive="in the archive",
        in_file="in the file",
        removed_added="Struck through: only {before}. Underlined: only {after}.",
        difference="Differences",
        no_difference="The wording is the same.",
        left_out="{count} words the same",
        away="Fundstelle cannot be reached. Check that the program is still running.",
        failed="Something went wrong. Please try again.",
    ),
}
