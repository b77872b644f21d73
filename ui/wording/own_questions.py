"""The wording of test questions that are made while asking, and of their list in the view Evaluate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OwnQuestionWords:
    """The sentences in one language. Names in braces are filled in."""

    make: str
    made: str
    no_answer: str
    no_answer_made: str
    no_answer_undone: str
    heading: str
    intro: str
    none: str
    export: str
    unanswerable: str
    missing: str
    missing_hint: str
    first_wording: str
    wording: str
    tags: str
    tags_hint: str
    save: str
    saved: str
    delete: str
    confirm_delete: str
    delete_hint: str


OWN_QUESTIONS: Mapping[str, OwnQuestionWords] = {
    "de": OwnQuestionWords(
        make="Testfrage daraus machen",
        made="Als Testfrage gespeichert, zu finden unter „Auswerten“.",
        no_answer="Das Archiv hat darauf keine Antwort",
        no_answer_made="Als Testfrage ohne Antwort gespeichert.",
        no_answer_undone="Nicht mehr als Testfrage gespeichert.",
        heading="Ihre Testfragen",
        intro="Fragen, zu denen Sie beim Fragen eine richtige Fundstelle bestätigt oder gesagt haben, dass das Archiv "
        "keine Antwort hat.",
        none="Noch keine. Bestätigen Sie beim Fragen eine Fundstelle mit ✓, oder halten Sie dort fest, dass das Archiv "
        "keine Antwort hat.",
        export="Alle als Datei (questions.jsonl)",
        unanswerable="ohne Antwort",
        missing="Textstelle fehlt",
        missing_hint="Nicht mehr im Archiv: {count}. Bestätigen Sie beim Fragen eine andere Fundstelle, oder löschen "
        "Sie die Testfrage.",
        first_wording="Zuerst gefragt",
        wording="Wortlaut",
        tags="Schlagwörter",
        tags_hint="mit Kommas getrennt",
        save="Speichern",
        saved="Gespeichert.",
        delete="Löschen",
        confirm_delete="Wirklich löschen?",
        delete_hint="Löscht auch Ihre Bewertungen der Fundstellen zu dieser Frage.",
    ),
    "en": OwnQuestionWords(
        make="Make a test question",
        made="Saved as a test question, to be found under “Evaluate”.",
        no_answer="The archive has no answer to this",
        no_answer_made="Saved as a test question without an answer.",
        no_answer_undone="No longer saved as a test question.",
        heading="Your test questions",
        intro="Questions for which you confirmed a passage while asking, or said that the archive has no answer.",
        none="None yet. Confirm a passage with ✓ while asking, or note there that the archive has no answer.",
        export="All as a file (questions.jsonl)",
        unanswerable="no answer",
        missing="passage missing",
        missing_hint="No longer in the archive: {count}. Confirm another passage while asking, or delete this test "
        "question.",
        first_wording="First asked as",
        wording="Wording",
        tags="Tags",
        tags_hint="separated by commas",
        save="Save",
        saved="Saved.",
        delete="Delete",
        confirm_delete="Really delete?",
        delete_hint="This also deletes your feedback on passages for this question.",
    ),
}
