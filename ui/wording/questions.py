"""The wording of the view of saved questions and of the history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class QuestionWords:
    """The wording in one language. Pairs are for one and for several; names in braces are filled in."""

    saved_heading: str
    saved_empty: str
    save: str
    saved_done: str
    already_saved: str
    remove: str
    new: tuple[str, str]
    more: tuple[str, str]
    nothing_new: str
    mark_seen: str
    history_heading: str
    history_empty: str
    history_off: str
    articles: tuple[str, str]
    doubtful: str
    nothing: str
    delete: str
    clear: str
    clear_sure: str
    older: str
    private: str
    private_hint: str
    private_on: str
    since: str
    until: str
    comments: str
    failed: str


QUESTION_WORDS: Mapping[str, QuestionWords] = {
    "de": QuestionWords(
        saved_heading="Gemerkte Fragen",
        saved_empty="Noch keine. Merken Sie sich eine Frage, und Sie sehen hier, wenn neue Artikel sie beantworten.",
        save="Frage merken",
        saved_done="Gemerkt",
        already_saved="Schon gemerkt",
        remove="Nicht mehr merken",
        new=("Eine neue Fundstelle", "{count} neue Fundstellen"),
        more=("Und eine weitere Fundstelle", "Und {count} weitere Fundstellen"),
        nothing_new="Nichts Neues seit {day}",
        mark_seen="Gelesen",
        history_heading="Verlauf",
        history_empty="Noch keine Frage.",
        history_off="Noch keine Frage, und es kommt auch keine hinzu: Der private Modus ist an.",
        articles=("1 Artikel", "{count} Artikel"),
        doubtful="keine sichere Antwort",
        nothing="kein Treffer",
        delete="Löschen",
        clear="Verlauf löschen",
        clear_sure="Alle Fragen im Verlauf endgültig löschen",
        older="Ältere Fragen",
        private="Privater Modus",
        private_hint="Fragen kommen nicht in den Verlauf.",
        private_on="Privat",
        since="ab {day}",
        until="bis {day}",
        comments="mit Kommentaren",
        failed="Das hat nicht geklappt. Laden Sie die Seite neu.",
    ),
    "en": QuestionWords(
        saved_heading="Saved questions",
        saved_empty="None yet. Save a question, and this is where you see when new articles answer it.",
        save="Save question",
        saved_done="Saved",
        already_saved="Already saved",
        remove="Remove",
        new=("One new passage", "{count} new passages"),
        more=("And one more passage", "And {count} more passages"),
        nothing_new="Nothing new since {day}",
        mark_seen="Mark as read",
        history_heading="History",
        history_empty="No questions yet.",
        history_off="No questions yet, and none will be added: private mode is on.",
        articles=("1 article", "{count} articles"),
        doubtful="no certain answer",
        nothing="no results",
        delete="Delete",
        clear="Clear history",
        clear_sure="Permanently delete every question in the history",
        older="Older questions",
        private="Private mode",
        private_hint="Questions are not added to the history.",
        private_on="Private",
        since="from {day}",
        until="until {day}",
        comments="with comments",
        failed="That did not work. Reload the page.",
    ),
}
