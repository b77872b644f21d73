"""The wording of the library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rag.types import CorrectableFact
from rag.types.library import ArticleState, SortFact


@dataclass(frozen=True, slots=True)
class LibraryTexts:
    """The wording in one language; pairs are for one and for several.

    Attributes:
        columns: the facts of an article, as heads of columns.
        states: the state of an article in a word.
        state_hints: what that means, and what to do.
        facts: the facts that can be corrected, as labels of a form.
        map_colours: by what the points of the map are coloured.
    """

    heading: str
    matches: tuple[str, str]
    many: str
    nothing: str
    nothing_hint: str
    find: str
    search: str
    filters: str
    outlet: str
    author: str
    language: str
    any_language: str
    since: str
    until: str
    with_comments: str
    state: str
    any_state: str
    clear: str
    remove_filter: str
    sort_by: str
    ascending: str
    descending: str
    columns: Mapping[SortFact, str]
    states: Mapping[ArticleState, str]
    state_hints: Mapping[ArticleState, str]
    duplicate_of: str
    unknown: str
    untitled: str
    corrected: str
    actions: str
    more_about: str
    page: str
    previous: str
    next: str
    pages: str
    # an article's actions
    open: str
    close: str
    file: str
    address: str
    correct: str
    correct_hint: str
    facts: Mapping[CorrectableFact, str]
    day_hint: str
    save: str
    cancel: str
    saved: str
    file_says: str
    file_silent: str
    corrected_by: str
    corrected_on: str
    undo: str
    undone: str
    read_again: str
    forget: str
    forget_question: str
    forget_question_many: tuple[str, str]
    forget_inbox: str
    forget_yes: str
    forgotten: tuple[str, str]
    # adding
    add: str
    welcome: str
    welcome_hint: str
    sample: str
    sample_hint: str
    drop: str
    drop_hint: str
    choose_files: str
    choose_folder: str
    folder_path: str
    folder_hint: str
    folder_add: str
    address_label: str
    address_hint: str
    address_add: str
    folders: str
    folders_hint: str
    watch: str
    watched: str
    unwatched: str
    folder_missing: str
    index_again: str
    # the run
    fetching: str
    reading: str
    finishing: str
    starting: str
    progress: str
    rate: str
    seconds_left: str
    minutes_left: tuple[str, str]
    cancel_run: str
    running: str
    done: str
    done_nothing: str
    counts: Mapping[str, tuple[str, str]]
    cancelled: str
    failed: str
    uploading: str
    upload_refused: tuple[str, str]
    upload_broken: str
    upload_later: str
    failures: tuple[str, str]
    failures_hint: str
    try_again: str
    more_failures: str
    # pictures
    pictures: str
    by_month: str
    by_year: str
    by_outlet: str
    by_language: str
    undated: tuple[str, str]
    others: str
    articles: tuple[str, str]
    map: str
    map_hint: str
    map_computing: str
    map_empty: str
    map_failed: str
    map_colour: str
    map_colours: Mapping[str, str]
    map_keys: str
    map_legend: str
    refused_path: str
    refused_address: str
    refused_relative: str
    missing_folder: str
    no_articles: str
    gone: str
    faults: Mapping[str, str]


LIBRARY: Mapping[str, LibraryTexts] = {
    "de": LibraryTexts(
        heading="Bibliothek",
        matches=("1 Artikel", "{count} Artikel"),
        many="mehr als {count} Artikel",
        nothing="Kein Artikel passt dazu.",
        nothing_hint="Suchen Sie nach weniger Wörtern, oder nehmen Sie Filter heraus.",
        find="In Überschrift, Medium und Autor suchen",
        search="Suchen",
        filters="Filter",
        outlet="Medium",
        author="Autor",
        language="Sprache",
        any_language="alle Sprachen",
        since="von",
        until="bis",
        with_comments="mit Leserkommentaren",
        state="Zustand",
        any_state="alle",
        clear="Alle Filter entfernen",
        remove_filter="Filter entfernen: {name}",
        sort_by="Sortieren nach",
        ascending="aufsteigend",
        descending="absteigend",
        columns={
            "title": "Überschrift",
            "source": "Medium",
            "author": "Autor",
            "published": "Datum",
            "language": "Sprache",
            "passages": "Textstellen",
            "added": "Aufgenommen",
            "state": "Zustand",
        },
        states={
            "complete": "vollständig",
            "incomplete": "unvollständig",
            "duplicate": "Dublette",
            "missing": "Datei fehlt",
            "changed": "Datei geändert",
        },
        state_hints={
            "complete": "",
            "incomplete": "Nicht alles in der Datei ließ sich lesen:",
            "duplicate": "Der Text ist derselbe wie in einem anderen Artikel.",
            "missing": "Die Datei liegt nicht mehr, wo sie war. Nehmen Sie den Ordner auf, in dem sie jetzt "
            "liegt, oder entfernen Sie "
            "den Artikel.",
            "changed": "Die Datei hat sich geändert, seit sie gelesen wurde. Lesen Sie sie neu ein.",
        },
        duplicate_of="Derselbe Text wie in:",
        unknown="unbekannt",
        untitled="ohne Überschrift",
        corrected="von Hand berichtigt",
        actions="Aktionen",
        more_about="Mehr zu: {title}",
        page="Seite {page}",
        previous="Zurück",
        next="Weiter",
        pages="Seiten",
        open="Artikel öffnen",
        close="Schließen",
        file="Datei",
        address="Adresse",
        correct="Angaben berichtigen",
        correct_hint="Die Datei bleibt, wie sie ist. Die Berichtigung gilt überall und bleibt, auch wenn neu "
        "eingelesen wird.",
        facts={"title": "Überschrift", "source": "Medium", "author": "Autor", "published": "Datum"},
        day_hint="etwa 1.3.2024; leer heißt unbekannt",
        save="Speichern",
        cancel="Abbrechen",
        saved="Die Berichtigung ist gespeichert.",
        file_says="In der Datei steht: {value}",
        file_silent="In der Datei steht dazu nichts.",
        corrected_by="Berichtigt von {name} am {date}.",
        corrected_on="Berichtigt am {date}.",
        undo="Berichtigung zurücknehmen",
        undone="Es gilt wieder, was in der Datei steht.",
        read_again="Neu einlesen",
        forget="Entfernen",
        forget_question="Diesen Artikel aus dem Archiv entfernen? Die Datei bleibt; wird ihr Ordner wieder "
        "eingelesen, kommt er zurück.",
        forget_question_many=(
            "Den Artikel aus dieser Datei entfernen? Die Datei bleibt; wird sie wieder eingelesen, kommt er zurück.",
            "Alle {count} Artikel aus dieser Datei entfernen? Die Datei bleibt; wird sie wieder eingelesen, "
            "kommen sie zurück.",
        ),
        forget_inbox="Diesen Artikel aus dem Archiv entfernen? Die hochgeladene Datei wird in den Ordner "
        "inbox/.forgotten gelegt.",
        forget_yes="Ja, entfernen",
        forgotten=("1 Artikel ist entfernt.", "{count} Artikel sind entfernt."),
        add="Artikel hinzufügen",
        welcome="Dieses Archiv ist noch leer.",
        welcome_hint="Nehmen Sie Artikel auf: Textdateien, gespeicherte Webseiten, PDF, Word, E-Mails, "
        "Tabellen, Pressedatenbanken und "
        "mehr. Alles bleibt auf diesem Rechner.",
        sample="Beispielarchiv laden",
        sample_hint="Erfundene Artikel in mehreren Sprachen, zum Ausprobieren.",
        drop="Dateien oder Ordner hierher ziehen",
        drop_hint="Sie werden in den Ordner des Archivs kopiert; bis 500 MB je Datei.",
        choose_files="Dateien wählen",
        choose_folder="Ordner wählen",
        folder_path="Ordner auf diesem Rechner",
        folder_hint="Er wird dort gelesen, wo er liegt, etwa /home/ada/artikel.",
        folder_add="Ordner aufnehmen",
        address_label="Adresse im Netz",
        address_hint="Eine Seite, ein Feed oder eine Sitemap, etwa https://zeitung.example/feed.xml.",
        address_add="Holen",
        folders="Ordner",
        folders_hint="Ein beobachteter Ordner wird neu eingelesen, sobald sich darin etwas ändert, solange "
        "diese Seite läuft.",
        watch="beobachten",
        watched="{path} wird beobachtet.",
        unwatched="{path} wird nicht mehr beobachtet.",
        folder_missing="nicht zu finden",
        index_again="Jetzt einlesen",
        fetching="Seiten werden geholt",
        reading="Dateien werden gelesen",
        finishing="Verzeichnisse werden geschrieben",
        starting="Es geht los …",
        progress="{done} von {total}",
        rate="{count} in der Minute",
        seconds_left="noch unter einer Minute",
        minutes_left=("noch etwa 1 Minute", "noch etwa {count} Minuten"),
        cancel_run="Abbrechen",
        running="Es wird gerade eingelesen. Warten Sie, bis das fertig ist, oder brechen Sie es ab.",
        done="Fertig: {counts}.",
        done_nothing="Fertig: Es gab nichts Neues.",
        counts={
            "new": ("1 neuer Artikel", "{count} neue Artikel"),
            "changed": ("1 geänderter", "{count} geänderte"),
            "removed": ("1 entfernter", "{count} entfernte"),
            "failures": ("1 Datei nicht gelesen", "{count} Dateien nicht gelesen"),
        },
        cancelled="Abgebrochen. Was schon gelesen war, bleibt; ein neuer Lauf macht dort weiter.",
        failed="Etwas ist schiefgegangen. Was schon gelesen war, bleibt; versuchen Sie es noch einmal.",
        uploading="{done} von {total} Dateien hochgeladen",
        upload_refused=("1 Datei wurde nicht angenommen:", "{count} Dateien wurden nicht angenommen:"),
        upload_broken="Die Übertragung ist abgebrochen. Versuchen Sie es noch einmal.",
        upload_later="Es wird gerade eingelesen; die hochgeladenen Dateien kommen danach an die Reihe.",
        failures=("1 Datei konnte nicht gelesen werden", "{count} Dateien konnten nicht ganz gelesen werden"),
        failures_hint="Was davon schon im Archiv war, bleibt darin.",
        try_again="Noch einmal versuchen",
        more_failures="… und {count} weitere",
        pictures="Überblick",
        by_month="Artikel je Monat",
        by_year="Artikel je Jahr",
        by_outlet="Nach Medium",
        by_language="Nach Sprache",
        undated=("1 Artikel ohne Datum", "{count} Artikel ohne Datum"),
        others="andere",
        articles=("1 Artikel", "{count} Artikel"),
        map="Karte des Archivs",
        map_hint="Jeder Punkt ist eine Textstelle; was nahe beieinanderliegt, handelt von Ähnlichem.",
        map_computing="Die Karte wird berechnet …",
        map_empty="Für eine Karte sind es noch zu wenige Textstellen.",
        map_failed="Die Karte konnte nicht berechnet werden. Versuchen Sie es noch einmal.",
        map_colour="Farbe und Form nach",
        map_colours={"year": "Jahr", "source": "Medium", "language": "Sprache"},
        map_keys="Pfeiltasten gehen von Punkt zu Punkt, Enter öffnet den Artikel.",
        map_legend="Legende: Ein Klick hebt eine Gruppe hervor.",
        refused_path="Ordner dieses Rechners lassen sich nur aufnehmen, wenn die Seite auf diesem Rechner "
        "allein läuft.",
        refused_address="Das Holen aus dem Netz ist nicht erlaubt: `fundstelle ui --fetch` erlaubt es.",
        refused_relative="Geben Sie den ganzen Pfad an, beginnend mit einem Schrägstrich.",
        missing_folder="Diesen Ordner gibt es nicht. Prüfen Sie die Schreibweise.",
        no_articles="Dort liegt nichts, was sich lesen lässt.",
        gone="Diesen Artikel gibt es im Archiv nicht mehr.",
        faults={
            "nothing": "Es ist nichts geändert.",
            "long": "Das ist zu lang: Höchstens {value} Zeichen passen hinein.",
            "day": "Den Tag „{value}“ gibt es nicht. Schreiben Sie ihn als 2024-03-01 oder 1.3.2024.",
            "field": "Diese Angabe lässt sich nicht berichtigen.",
            "full": "Auf der Festplatte des Archivs ist kein Platz mehr. Schaffen Sie Platz.",
            "large": "Sie ist größer als {value} MB. Legen Sie sie in einen Ordner des Rechners, auf dem Fundstelle "
            "läuft, und nehmen Sie den auf.",
            "empty": "Sie ist leer. Speichern Sie den Artikel neu.",
            "name": "Ihr Name ist unbrauchbar. Benennen Sie sie um.",
            "hidden": "Sie ist versteckt, weil ihr Name mit einem Punkt beginnt. Benennen Sie sie um.",
        },
    ),
    "en": LibraryTexts(
        heading="Library",
        matches=("1 article", "{count} articles"),
        many="more than {count} articles",
        nothing="No article matches.",
        nothing_hint="Search for fewer words, or remove filters.",
        find="Search headline, outlet and author",
        search="Search",
        filters="Filters",
        outlet="Outlet",
        author="Author",
        language="Language",
        any_language="all languages",
        since="from",
        until="to",
        with_comments="with reader comments",
        state="State",
        any_state="all",
        clear="Remove all filters",
        remove_filter="Remove filter: {name}",
        sort_by="Sort by",
        ascending="ascending",
        descending="descending",
        columns={
            "title": "Headline",
            "source": "Outlet",
            "author": "Author",
            "published": "Date",
            "language": "Language",
            "passages": "Passages",
            "added": "Added",
            "state": "State",
        },
        states={
            "complete": "complete",
            "incomplete": "incomplete",
            "duplicate": "duplicate",
            "missing": "file missing",
            "changed": "file changed",
        },
        state_hints={
            "complete": "",
            "incomplete": "Not everything in the file could be read:",
            "duplicate": "The text is the same as that of another article.",
            "missing": "The file is no longer where it was. Add the folder that it is in now, or remove the article.",
            "changed": "The file has changed since it was read. Read it again.",
        },
        duplicate_of="The same text as in:",
        unknown="unknown",
        untitled="no headline",
        corrected="corrected by hand",
        actions="Actions",
        more_about="More about: {title}",
        page="Page {page}",
        previous="Previous",
        next="Next",
        pages="Pages",
        open="Open article",
        close="Close",
        file="File",
        address="Address",
        correct="Correct the facts",
        correct_hint="The file stays as it is. A correction applies everywhere, and stays when files are read again.",
        facts={"title": "Headline", "source": "Outlet", "author": "Author", "published": "Date"},
        day_hint="such as 2024-03-01; leave empty if unknown",
        save="Save",
        cancel="Cancel",
        saved="The correction is saved.",
        file_says="The file says: {value}",
        file_silent="The file does not say.",
        corrected_by="Corrected by {name} on {date}.",
        corrected_on="Corrected on {date}.",
        undo="Take back the correction",
        undone="What the file says applies again.",
        read_again="Read again",
        forget="Remove",
        forget_question="Remove this article from the archive? The file stays; when its folder is indexed "
        "again, the article comes back.",
        forget_question_many=(
            "Remove the article of this file? The file stays; when it is indexed again, the article comes back.",
            "Remove all {count} articles of this file? The file stays; when it is indexed again, they come back.",
        ),
        forget_inbox="Remove this article from the archive? The uploaded file is put into the folder inbox/.forgotten.",
        forget_yes="Yes, remove",
        forgotten=("1 article was removed.", "{count} articles were removed."),
        add="Add articles",
        welcome="This archive is still empty.",
        welcome_hint="Add articles: text files, saved web pages, PDF, Word, e-mails, tables, press databases "
        "and more. Everything stays "
        "on this computer.",
        sample="Load the sample archive",
        sample_hint="Invented articles in several languages, to try things out.",
        drop="Drag files or folders here",
        drop_hint="They are copied into the archive’s folder; up to 500 MB a file.",
        choose_files="Choose files",
        choose_folder="Choose a folder",
        folder_path="Folder on this computer",
        folder_hint="It is read where it is, such as /home/ada/articles.",
        folder_add="Add folder",
        address_label="Web address",
        address_hint="A page, a feed or a sitemap, such as https://paper.example/feed.xml.",
        address_add="Fetch",
        folders="Folders",
        folders_hint="A watched folder is indexed again whenever something in it changes, as long as this page "
        "is running.",
        watch="watch",
        watched="{path} is being watched.",
        unwatched="{path} is no longer watched.",
        folder_missing="not found",
        index_again="Index now",
        fetching="Fetching pages",
        reading="Reading files",
        finishing="Writing the indexes",
        starting="Starting …",
        progress="{done} of {total}",
        rate="{count} a minute",
        seconds_left="less than a minute left",
        minutes_left=("about 1 minute left", "about {count} minutes left"),
        cancel_run="Cancel",
        running="Articles are being read right now. Wait until that is done, or cancel it.",
        done="Done: {counts}.",
        done_nothing="Done: there was nothing new.",
        counts={
            "new": ("1 new article", "{count} new articles"),
            "changed": ("1 changed", "{count} changed"),
            "removed": ("1 removed", "{count} removed"),
            "failures": ("1 file not read", "{count} files not read"),
        },
        cancelled="Cancelled. What was read stays; the next run goes on from there.",
        failed="Something went wrong. What was read stays; try again.",
        uploading="{done} of {total} files uploaded",
        upload_refused=("1 file was not accepted:", "{count} files were not accepted:"),
        upload_broken="The transfer was interrupted. Try again.",
        upload_later="Articles are being read right now; the uploaded files come next.",
        failures=("1 file could not be read", "{count} files could not be read, or not completely"),
        failures_hint="What the archive had of them before stays.",
        try_again="Try again",
        more_failures="… and {count} more",
        pictures="Overview",
        by_month="Articles a month",
        by_year="Articles a year",
        by_outlet="By outlet",
        by_language="By language",
        undated=("1 article without a date", "{count} articles without a date"),
        others="others",
        articles=("1 article", "{count} articles"),
        map="Map of the archive",
        map_hint="Each point is a passage; what lies close together is about similar things.",
        map_computing="The map is being computed …",
        map_empty="There are too few passages for a map.",
        map_failed="The map could not be computed. Try again.",
        map_colour="Colour and shape by",
        map_colours={"year": "year", "source": "outlet", "language": "language"},
        map_keys="Arrow keys move from point to point, Enter opens the article.",
        map_legend="Legend: a click highlights a group.",
        refused_path="Folders of this computer can be added only if the page is served to this computer alone.",
        refused_address="Fetching from the web is not allowed: `fundstelle ui --fetch` allows it.",
        refused_relative="Give the whole path, beginning with a slash.",
        missing_folder="There is no such folder. Check the spelling.",
        no_articles="There is nothing there that can be read.",
        gone="This article is no longer in the archive.",
        faults={
            "nothing": "Nothing was changed.",
            "long": "That is too long: at most {value} characters fit.",
            "day": "There is no day “{value}”. Write it as 2024-03-01 or 1.3.2024.",
            "field": "This fact cannot be corrected.",
            "full": "The disk of the archive is full. Make room on it.",
            "large": "It is larger than {value} MB. Put it into a folder of the computer on which Fundstelle runs, and "
            "add that.",
            "empty": "It is empty. Save the article again.",
            "name": "Its name cannot be used. Rename it.",
            "hidden": "It is hidden, because its name begins with a point. Rename it.",
        },
    ),
}
