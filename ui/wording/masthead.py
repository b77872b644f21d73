"""The wording of the masthead: the views, and the keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MastheadTexts:
    """The wording in one language.

    Attributes:
        views: the name of each view by its name in the address, in the order of the tabs.
        keys: each key with what it does.
    """

    views: Mapping[str, str]
    navigation: str
    skip: str
    keys_heading: str
    keys: Mapping[str, str]
    close: str


MASTHEAD: Mapping[str, MastheadTexts] = {
    "de": MastheadTexts(
        views={
            "ask": "Fragen",
            "library": "Bibliothek",
            "dossiers": "Dossiers",
            "questions": "Gemerkt",
            "check": "Prüfen",
            "evaluate": "Auswerten",
            "settings": "Einstellungen",
        },
        navigation="Bereiche",
        skip="Zu den Fundstellen",
        keys_heading="Tasten",
        keys={
            "/": "ins Fragefeld",
            "j, k": "nächster, voriger Treffer",
            "o, Enter": "Artikel öffnen",
            "s": "ins Dossier legen",
            "c": "zitieren wie zuletzt",
            "n, p": "nächste, vorige Fundstelle im Artikel",
            "Esc": "Artikel schließen",
            "Ctrl+Enter": "Entwurf prüfen",
            "?": "diese Liste",
        },
        close="Schließen",
    ),
    "en": MastheadTexts(
        views={
            "ask": "Ask",
            "library": "Library",
            "dossiers": "Dossiers",
            "questions": "Saved",
            "check": "Check",
            "evaluate": "Evaluate",
            "settings": "Settings",
        },
        navigation="Views",
        skip="Skip to results",
        keys_heading="Keyboard shortcuts",
        keys={
            "/": "go to the question box",
            "j, k": "next, previous result",
            "o, Enter": "open the article",
            "s": "save to the dossier",
            "c": "cite as last time",
            "n, p": "next, previous passage in the article",
            "Esc": "close the article",
            "Ctrl+Enter": "check the draft",
            "?": "this list",
        },
        close="Close",
    ),
}
