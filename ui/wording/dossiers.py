"""The wording of dossiers: saving a passage, and the view in which they are put together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DossierWords:
    """The wording in one language. What is in braces is filled in by the server, or by the scripts."""

    # saving
    save: str
    saved: str
    choose: str
    into: str
    new: str
    make: str
    default_name: str
    not_saved: str

    # the list
    heading: str
    intro: str
    empty: str
    quotes: tuple[str, str]
    changed: str
    import_file: str
    imported: str
    no_dossier_file: str
    too_large: str

    # a dossier
    back: str
    name: str
    verify_all: str
    export: str
    style: str
    formats: Mapping[str, str]
    print: str
    delete: str
    no_entries: str
    add_heading: str
    add_note: str
    deleted: str
    undo: str

    # an entry
    drag: str
    up: str
    down: str
    position: str
    delete_entry: str
    verify: str
    open: str
    heading_text: str
    note: str
    note_on_quote: str
    answers: str
    typed: str
    stored: str
    not_stored: str

    # verdicts
    verifying: str
    verified: str
    verdicts: Mapping[str, str]
    file_changed: str
    moved_file: str
    moved_words: str
    changed_unseen: str
    missing_words: str
    missing_file: str
    unreadable: str
    now: str

    # what may go wrong
    name_missing: str
    name_taken: str
    long_note: str
    gone: str
    not_read: str


DOSSIERS: Mapping[str, DossierWords] = {
    "de": DossierWords(
        save="Ins Dossier",
        saved="Im Dossier",
        choose="Dossier wählen",
        into="In welches Dossier?",
        new="Neues Dossier",
        make="Anlegen",
        default_name="Mein Dossier",
        not_saved="Nicht gespeichert",
        heading="Dossiers",
        intro="Zitate zu einer Geschichte, mit Überschriften und Notizen. Sie bleiben, auch wenn sich Artikel ändern.",
        empty="Noch keines. Legen Sie hier eines an, oder klicken Sie bei einer Fundstelle auf „Ins Dossier“.",
        quotes=("1 Zitat", "{count} Zitate"),
        changed="geändert am {day}",
        import_file="Dossier einlesen (JSON, HTML, Markdown)",
        imported="Eingelesen: {name}",
        no_dossier_file="Diese Datei ist kein Dossier, oder ihr Text wurde nach dem Export geändert. Wählen Sie ein "
        "Dossier, wie es als JSON, HTML oder Markdown exportiert wurde.",
        too_large="Diese Datei ist zu groß: Ein Dossier darf 20 MB haben.",
        back="Alle Dossiers",
        name="Name des Dossiers",
        verify_all="Alle prüfen",
        export="Exportieren",
        style="Quellenangaben",
        formats={
            "docx": "Word (DOCX)",
            "html": "Webseite (HTML)",
            "md": "Markdown",
            "csv": "Tabelle (CSV)",
            "json": "Daten (JSON)",
            "ris": "Literaturverwaltung (RIS)",
            "csl.json": "Zotero (CSL-JSON)",
        },
        print="Druckansicht",
        delete="Dossier löschen",
        no_entries="Noch leer. Legen Sie Fundstellen mit „Ins Dossier“ oder mit der Taste S hier ab.",
        add_heading="Überschrift einfügen",
        add_note="Notiz einfügen",
        deleted="Gelöscht: {name}",
        undo="Rückgängig",
        drag="Verschieben",
        up="Nach oben",
        down="Nach unten",
        position="Jetzt an Stelle {position} von {count}",
        delete_entry="Löschen",
        verify="Prüfen",
        open="Artikel öffnen",
        heading_text="Überschrift",
        note="Notiz",
        note_on_quote="Notiz zum Zitat",
        answers="Antwort auf:",
        typed="Wird gespeichert …",
        stored="Gespeichert",
        not_stored="Noch nicht gespeichert. Der Text bleibt hier; es wird weiter versucht.",
        verifying="{done} von {count} geprüft …",
        verified="Geprüft: {good} von {count} stimmen noch.",
        verdicts={
            "unchanged": "Unverändert",
            "moved": "Verschoben",
            "changed": "Geändert",
            "missing": "Nicht mehr da",
            "unreadable": "Nicht lesbar",
        },
        file_changed="Die Datei wurde geändert, das Zitat nicht.",
        moved_file="Die Datei liegt jetzt hier: {path}",
        moved_words="Die Worte stehen jetzt an anderer Stelle im Text: Zeichen {start} bis {end}.",
        changed_unseen="Die Datei wurde geändert und ist nicht im Archiv. Nehmen Sie sie auf, um mehr zu sehen.",
        missing_words="Die Datei ist da, aber diese Worte stehen nicht mehr darin.",
        missing_file="Die Datei gibt es nicht mehr: {path}",
        unreadable="Die Datei kann nicht gelesen werden: {path}",
        now="Heute steht dort:",
        name_missing="Geben Sie dem Dossier einen Namen mit höchstens 200 Zeichen.",
        name_taken="Ein Dossier mit diesem Namen gibt es schon.",
        long_note="Eine Notiz kann bis zu {count} Zeichen haben. Teilen Sie sie in mehrere.",
        gone="Das gibt es hier nicht mehr: Es wurde gelöscht, oder an dieser Stelle liegt ein anderes Archiv.",
        not_read="Die Anfrage ist ungültig. Laden Sie die Seite neu.",
    ),
    "en": DossierWords(
        save="Save",
        saved="Saved",
        choose="Choose a dossier",
        into="Which dossier?",
        new="New dossier",
        make="Create",
        default_name="My dossier",
        not_saved="Not saved",
        heading="Dossiers",
        intro="Quotations for a story, with headings and notes. They stay as they are, even when the articles change.",
        empty="No dossier yet. Create one here, or save a passage from an answer.",
        quotes=("1 quotation", "{count} quotations"),
        changed="changed {day}",
        import_file="Import a dossier (JSON, HTML, Markdown)",
        imported="Imported: {name}",
        no_dossier_file="This file is no dossier, or its text was edited after the export. Choose a dossier as it was "
        "exported as JSON, HTML or Markdown.",
        too_large="This file is too large: a dossier may have 20 MB.",
        back="All dossiers",
        name="Name of the dossier",
        verify_all="Verify all",
        export="Export",
        style="Citation style",
        formats={
            "docx": "Word (DOCX)",
            "html": "Web page (HTML)",
            "md": "Markdown",
            "csv": "Spreadsheet (CSV)",
            "json": "Data (JSON)",
            "ris": "Reference manager (RIS)",
            "csl.json": "Zotero (CSL-JSON)",
        },
        print="Print view",
        delete="Delete dossier",
        no_entries="Nothing here yet. Ask a question, and save passages with “Save” or the S key.",
        add_heading="Add heading",
        add_note="Add note",
        deleted="Deleted: {name}",
        undo="Undo",
        drag="Move",
        up="Move up",
        down="Move down",
        position="Now number {position} of {count}",
        delete_entry="Delete",
        verify="Verify",
        open="Open article",
        heading_text="Heading",
        note="Note",
        note_on_quote="Note on this quotation",
        answers="Answers:",
        typed="Saving …",
        stored="Saved",
        not_stored="Not saved yet. Your text stays here, and saving is tried again.",
        verifying="{done} of {count} verified …",
        verified="Verified: {good} of {count} still hold.",
        verdicts={
            "unchanged": "Unchanged",
            "moved": "Moved",
            "changed": "Changed",
            "missing": "Missing",
            "unreadable": "Unreadable",
        },
        file_changed="The file was changed, this quotation was not.",
        moved_file="The file is now here: {path}",
        moved_words="The words now stand elsewhere in the text: characters {start} to {end}.",
        changed_unseen="The file was changed and is not in the archive. Index it to see what it says today.",
        missing_words="The file is there, but no longer contains these words.",
        missing_file="The file no longer exists: {path}",
        unreadable="The file cannot be read: {path}",
        now="It now says:",
        name_missing="Give the dossier a name of at most 200 characters.",
        name_taken="There is already a dossier of this name.",
        long_note="A note may have {count} characters. Divide it into several.",
        gone="This is no longer here: it was deleted, or another archive is in its place.",
        not_read="The request is not valid. Reload the page.",
    ),
}
