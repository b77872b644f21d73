"""The wording of the menu in which a person chooses how to cite."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CiteWords:
    """The wording in one language.

    Attributes:
        formats: the name of each format, in the order of the menu, by groups under their headings.
        copied: with the {format}.
    """

    cite: str
    extent: str
    sentence: str
    passage: str
    formats: Mapping[str, Mapping[str, str]]
    with_hash: str
    copied: str
    copied_again: str
    failed: str
    gone: str
    no_address: str


CITE: Mapping[str, CiteWords] = {
    "de": CiteWords(
        cite="Zitieren",
        extent="Umfang",
        sentence="Satz",
        passage="Textstelle",
        formats={
            "Als Text": {"iso690": "DIN ISO 690", "chicago": "Chicago", "apa": "APA", "mla": "MLA"},
            "Zum Einfügen": {"markdown": "Markdown", "html": "HTML", "link": "Link zur Stelle"},
            "Für die Literaturverwaltung": {"bibtex": "BibTeX", "ris": "RIS", "csl-json": "CSL-JSON"},
        },
        with_hash="mit Prüfsumme der Datei (SHA-256)",
        copied="Kopiert: {format}",
        copied_again="Kopiert",
        failed="Kopieren nicht möglich",
        gone="Diese Worte stehen nicht mehr im Artikel. Stellen Sie die Frage noch einmal.",
        no_address="Der Artikel hat keine Webadresse.",
    ),
    "en": CiteWords(
        cite="Cite",
        extent="Extent",
        sentence="Sentence",
        passage="Passage",
        formats={
            "As text": {"iso690": "ISO 690", "chicago": "Chicago", "apa": "APA", "mla": "MLA"},
            "For editors": {"markdown": "Markdown", "html": "HTML", "link": "Link to the words"},
            "For reference managers": {"bibtex": "BibTeX", "ris": "RIS", "csl-json": "CSL-JSON"},
        },
        with_hash="with the file’s checksum (SHA-256)",
        copied="Copied: {format}",
        copied_again="Copied",
        failed="Copying failed",
        gone="These words are no longer in the article. Ask the question again.",
        no_address="The article has no web address.",
    ),
}
