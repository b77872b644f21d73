"""The wording of the view Settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SettingWords:
    """The wording in one language. `choices` has the label of each value, by the name of the setting."""

    answers: str
    passages: str
    comments: str
    fast: str
    fast_hint: str
    page: str
    language: str
    theme: str
    dates: str
    choices: Mapping[str, Mapping[str, str]]
    privacy: str
    private: str
    private_hint: str
    stored: str
    model: str
    present: str
    bundled: str
    cost_hint: str
    estimate: str
    cost: str
    less_than_a_minute: str
    minutes: tuple[str, str]
    hours: str
    other_model: str
    other_length: str
    scope: str


SETTING_WORDS: Mapping[str, SettingWords] = {
    "de": SettingWords(
        answers="Antworten",
        passages="Fundstellen auf einmal",
        comments="Leserkommentare mit durchsuchen",
        fast="Schnell statt gründlich",
        fast_hint="Ohne zweite Prüfung: Die Reihenfolge ist etwas schlechter, und die Antwort wird nicht markiert.",
        page="Anzeige",
        language="Sprache",
        theme="Darstellung",
        dates="Datum",
        choices={
            "language": {"browser": "wie der Browser", "de": "Deutsch", "en": "English"},
            "theme": {"system": "wie das System", "light": "hell", "dark": "dunkel"},
            "dates": {"words": "in Worten", "numbers": "in Zahlen", "iso": "nach ISO"},
        },
        privacy="Verlauf",
        private="Privater Modus",
        private_hint="Fragen kommen nicht in den Verlauf.",
        stored="Gespeichert",
        model="Sprachmodell und Länge der Textstellen",
        present="Das Archiv hat {passages}, aufgebaut mit {model}.",
        bundled="dem mitgelieferten Sprachmodell",
        cost_hint="Ein anderes Sprachmodell oder eine andere Länge heißt: Das Archiv wird neu aufgebaut.",
        estimate="Dauer schätzen",
        cost="Auf diesem Rechner dauert das mit dem jetzigen Sprachmodell {duration}; ein größeres braucht länger.",
        less_than_a_minute="weniger als eine Minute",
        minutes=("etwa eine Minute", "etwa {count} Minuten"),
        hours="etwa {count} Stunden",
        other_model="Ein anderes Sprachmodell:",
        other_length="Eine andere Länge, in Python:",
        scope="Die Einstellungen liegen im Archiv und gelten in jedem Browser.",
    ),
    "en": SettingWords(
        answers="Answers",
        passages="Passages at a time",
        comments="Search reader comments, too",
        fast="Fast rather than thorough",
        fast_hint="Skips the second look: the order is slightly worse, and the answering sentence is not marked.",
        page="Display",
        language="Language",
        theme="Appearance",
        dates="Dates",
        choices={
            "language": {"browser": "as the browser", "de": "Deutsch", "en": "English"},
            "theme": {"system": "as the system", "light": "light", "dark": "dark"},
            "dates": {"words": "in words", "numbers": "in numbers", "iso": "ISO"},
        },
        privacy="History",
        private="Private mode",
        private_hint="Questions are not added to the history.",
        stored="Saved",
        model="Model and passage length",
        present="The archive has {passages}, encoded with {model}.",
        bundled="the bundled model",
        cost_hint="Another model or another length means that all texts are encoded again.",
        estimate="Estimate the time",
        cost="On this computer that takes {duration} with the present model; a larger one takes longer.",
        less_than_a_minute="less than a minute",
        minutes=("about a minute", "about {count} minutes"),
        hours="about {count} hours",
        other_model="Another model:",
        other_length="Another length, in Python:",
        scope="Settings are stored in the archive and apply in every browser.",
    ),
}
