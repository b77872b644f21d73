"""The wording of the pages that come instead of the page that was requested."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProblemWords:
    """The wording in one language: what happened as a heading, and a sentence on what to do."""

    not_found: str
    not_found_hint: str
    failed: str
    failed_hint: str
    refused: str
    home: str


PROBLEM_WORDS: Mapping[str, ProblemWords] = {
    "de": ProblemWords(
        not_found="Diese Seite gibt es nicht",
        not_found_hint="Vielleicht ist die Adresse unvollständig oder der Link veraltet.",
        failed="Da ist etwas schiefgegangen",
        failed_hint="Laden Sie die Seite neu. Hilft das nicht, starten Sie Fundstelle neu: Ihr Archiv ist sicher.",
        refused="Fundstelle hat diese Anfrage abgelehnt",
        home="Zur Startseite",
    ),
    "en": ProblemWords(
        not_found="There is no such page",
        not_found_hint="The address may be incomplete, or the link out of date.",
        failed="Something went wrong",
        failed_hint="Reload the page. If that does not help, restart Fundstelle: your archive is safe.",
        refused="Fundstelle refused this request",
        home="Go to the start page",
    ),
}
