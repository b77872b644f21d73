"""The errors that a person at the page may meet, in its language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from rag.errors import (
    ArchiveBusy,
    ArchiveClosed,
    ArchiveDamaged,
    ArchiveEmpty,
    ArchiveFull,
    ArchiveGone,
    ArchiveIndexDamaged,
    ArchiveOutdated,
    ArchiveReadOnly,
    ArchiveReplaced,
    ArchiveReplica,
    ArchiveUnreachable,
    ArchiveUnreadable,
    ArticleDamaged,
    EmptyQuestion,
    EncoderMisfit,
    EncoderUnavailable,
    FilterError,
    FundstelleError,
    LongQuestion,
    NoRun,
    NotEnoughMemory,
    NotFound,
    TooManyOpenFiles,
    TooManyQuestions,
    VectorsUnavailable,
)
from rag.evaluation.questions.faults import FAULTS, Fault, QuestionFileError
from rag.search.query import MAX_QUESTION
from rag.text.paths import index_command
from ui.wording.english import ENGLISH
from ui.wording.page import grouped
from ui.wording.texts import Texts

_GROUPED_FROM = 10_000  # characters: next to the limit of four digits, shorter counts are written without a separator


@dataclass(frozen=True, slots=True)
class ErrorTexts:
    """The sentences of errors in one language; names in braces are filled in.

    `faults` are those of question files, `location` is how a file and a line in it are written.
    """

    closed: str
    filter: str
    full: str
    read_only: str
    replica: str
    damaged: str
    article_damaged: str
    outdated: str
    replaced: str
    index_damaged: str
    unreadable: str
    no_encoder: str
    no_vectors: str
    no_database: str
    no_run: str
    not_found: str
    memory: str
    open_files: str
    busy: str
    faults: Mapping[Fault, str]
    location: str


ERRORS: Mapping[str, ErrorTexts] = {
    "de": ErrorTexts(
        closed="Fundstelle wird gerade beendet. Starten Sie es neu, und laden Sie dann diese Seite neu.",
        filter="Dieser Filter ist nicht zu lesen. Schreiben Sie Tage als 2024-03-01, oder entfernen Sie ihn.",
        full="Die Festplatte mit dem Archiv ist voll. Schaffen Sie Platz, und versuchen Sie es dann noch einmal; alles "
        "bisher Gespeicherte ist sicher.",
        read_only="In das Archiv lässt sich nicht schreiben. Prüfen Sie die Zugriffsrechte seines Ordners: {folder}",
        replica="Über diesen Server lässt sich das Archiv nur lesen. Ändern können Sie es an einem Server, der mit der "
        "Hauptdatenbank verbunden ist.",
        damaged="Das Archiv ist beschädigt. Beenden Sie Fundstelle, und retten Sie mit `fundstelle repair`, was sich "
        "lesen lässt, oder stellen Sie es aus einer Sicherung wieder her: {folder}",
        article_damaged="Dieser Artikel ist auf der Festplatte beschädigt worden und wird nicht gezeigt. "
        "Lesen Sie seine Datei in der Bibliothek neu ein.",
        outdated="Eine ältere Version hat dieses Archiv angelegt, und es ist schreibgeschützt; ihm fehlt noch "
        "die Liste der Artikel. Erlauben Sie das Schreiben in seinem Ordner, und starten Sie Fundstelle neu: {folder}",
        replaced="Ein anderes Archiv ist an die Stelle von diesem getreten. Laden Sie die Seite neu, und "
        "versuchen Sie es noch einmal.",
        index_damaged="Ein Verzeichnis des Archivs war beschädigt; es wird neu aufgebaut, wenn Sie noch einmal "
        "fragen. Den Artikeln ist nichts geschehen.",
        unreadable="Die Festplatte mit dem Archiv meldet einen Fehler. Prüfen Sie sie, und sichern Sie das Archiv; "
        "Näheres steht im Protokoll.",
        no_encoder="Das Sprachmodell ist nicht verfügbar. Prüfen Sie, ob die Festplatte voll ist oder ob sein Server "
        "antwortet; Näheres steht im Protokoll.",
        no_database="Der Datenbankserver des Archivs antwortet nicht oder lehnt ab. Prüfen Sie, ob er läuft, und "
        "fragen Sie noch einmal: {folder}",
        no_vectors="Der Suchserver des Archivs (Milvus) antwortet nicht oder lehnt ab. Prüfen Sie, ob er läuft, "
        "und fragen Sie dann noch einmal; Näheres steht im Protokoll.",
        no_run="Diese Auswertung gibt es im Archiv nicht mehr. Wählen Sie eine andere.",
        not_found="Das ist nicht mehr im Archiv: Es wurde entfernt, oder ein anderes Archiv liegt an dieser Stelle.",
        memory="Der Arbeitsspeicher reicht nicht aus: Beenden Sie andere Programme, oder erhöhen Sie die Grenze, die "
        "`ulimit -v` zeigt.",
        open_files="Es sind zu viele Dateien geöffnet: Beenden Sie andere Programme, oder erhöhen Sie die Grenze, die "
        "`ulimit -n` zeigt.",
        busy="Gerade sind sehr viele Fragen auf einmal gekommen. Versuchen Sie es in ein paar Sekunden noch einmal.",
        faults={
            "encoding": "{file} ist kein Text in UTF-8. Speichern Sie die Datei in dieser Kodierung.",
            "empty": "{file} enthält keine gültige Frage. Schreiben Sie in jede Zeile eine: {example}",
            "invalid": "{location}: Das ist keine gültige Frage. Schreiben Sie sie so: {example}",
            "used twice": "{location}: Die Kennung {id} wurde schon benutzt ({earlier}). Wählen Sie eine andere.",
            "no column": "{file} hat keine Spalte {column}. Die erste Zeile muss question, article, quote, … nennen.",
            "table": "{file} lässt sich nach Zeile {line} nicht lesen ({reason}). Speichern Sie die Tabelle neu.",
            "reworded": "{location}: Die Kennung {id} gehört schon zu einer anderen Frage. Wählen Sie eine andere.",
            "no question": "{location}: Hier steht keine Frage. Schreiben Sie eine, oder löschen Sie die Zeile.",
            "no answer": "{location}: Hier fehlt der Artikel, der antwortet. Nennen Sie einen, oder schreiben Sie "
            "answerable: false.",
            "no article": "{location}: Diesen Artikel gibt es nicht im Archiv, oder es passen mehrere. Geben Sie seine "
            "Kennung, seinen Pfad oder seine Überschrift an.",
            "no quote": "{location}: Im Artikel {article} steht nicht „{quote}“; am nächsten kommt „{nearest}“. "
            "Berichtigen Sie das Zitat, oder lassen Sie es weg.",
        },
        location="{file}, Zeile {line}",
    ),
    "en": ErrorTexts(
        closed="Fundstelle is shutting down. Start it again, then reload this page.",
        filter="This filter cannot be read. Write days as 2024-03-01, or remove it.",
        full="The disk with the archive is full. Make room, then try again; everything stored so far is safe.",
        read_only="The archive cannot be written. Check the permissions of its folder: {folder}",
        replica="Through this server, the archive can only be read. To change something, use a server that is "
        "connected to the primary database.",
        damaged="The archive is damaged. Stop Fundstelle and save what can be read (`fundstelle repair`), or restore "
        "a backup: {folder}",
        article_damaged="This article was damaged on the disk and is not shown. Read its file again in the library.",
        outdated="An earlier version made this archive, and it is read-only; it has no list of articles yet. Make its "
        "folder writable, and start Fundstelle again: {folder}",
        replaced="Another archive has taken the place of this one. Reload the page, and try again.",
        index_damaged="An index of the archive was damaged; it is rebuilt when you ask again. Nothing happened to the "
        "articles.",
        unreadable="The disk with the archive reports an error. Check it, and back up the archive; the log has the "
        "details.",
        no_encoder="The language model is not available. Check whether the disk is full, and whether its server "
        "answers; the log has the details.",
        no_database="The database server of the archive does not answer, or refuses. Check whether it runs, and ask "
        "again: {folder}",
        no_vectors="The search server of the archive (Milvus) does not answer, or refuses. Check whether it runs, "
        "then ask again; the log has the details.",
        no_run="This run is no longer in the archive. Choose another one.",
        not_found="This is no longer in the archive: it was removed, or another archive is in its place now.",
        memory=NotEnoughMemory.sentence,
        open_files=TooManyOpenFiles.sentence,
        busy="Very many questions came in at once. Try again in a few seconds.",
        faults=FAULTS,
        location="{file}, line {line}",
    ),
}


class Sentence(NamedTuple):
    """A sentence and the tag of its language."""

    text: str
    lang: str


def error_sentence(error: FundstelleError, texts: Texts, archive: Path | str) -> Sentence:
    """Return the sentence for an error: in the language of the page, or the library's own in English.

    Args:
        archive: its folder.
    """
    sentence = _question_sentence(error, texts) or _archive_sentence(error, texts, archive)
    text, lang = (sentence, texts.code) if sentence else (str(error), ENGLISH.code)
    # it may quote a file with lone surrogates, which cannot be sent
    return Sentence(text.encode(errors="replace").decode(), lang)


def _question_sentence(error: FundstelleError, texts: Texts) -> str | None:
    """Return the sentence for a question, or for a file of questions."""
    match error:
        case EmptyQuestion():
            return texts.empty_question
        case FilterError():
            return ERRORS[texts.code].filter
        case LongQuestion():
            count = error.characters
            written = str(count) if count < _GROUPED_FROM else grouped(count, texts)
            return texts.long_question.format(count=written, limit=MAX_QUESTION)
        case QuestionFileError():
            words = ERRORS[texts.code]
            facts = {
                name: _location(str(fact), words) if name in ("location", "earlier") else fact
                for name, fact in error.facts.items()
            }
            return words.faults[error.fault].format(**facts)
        case _:
            return None


def _location(location: str, words: ErrorTexts) -> str:
    file, separator, line = location.rpartition(", line ")
    return words.location.format(file=file, line=line) if separator else location


def _archive_sentence(error: FundstelleError, texts: Texts, archive: Path | str) -> str | None:
    """Return the sentence for an archive that cannot be read or written, or for what is not in it."""
    words = ERRORS[texts.code]
    sentences: Mapping[type[FundstelleError], str] = {
        ArchiveBusy: texts.archive_busy,
        ArchiveClosed: words.closed,
        ArchiveDamaged: words.damaged,
        ArchiveEmpty: texts.empty_archive,
        ArchiveIndexDamaged: words.index_damaged,
        ArchiveReplaced: words.replaced,
        ArchiveUnreadable: words.unreadable,
        ArticleDamaged: words.article_damaged,
        ArchiveFull: words.full,
        ArchiveGone: texts.archive_gone,
        ArchiveOutdated: words.outdated,
        ArchiveReadOnly: words.read_only,
        ArchiveReplica: words.replica,
        EncoderMisfit: texts.other_encoder,
        EncoderUnavailable: words.no_encoder,
        ArchiveUnreachable: words.no_database,
        VectorsUnavailable: words.no_vectors,
        NoRun: words.no_run,
        NotEnoughMemory: words.memory,
        NotFound: words.not_found,
        TooManyOpenFiles: words.open_files,
        TooManyQuestions: words.busy,
    }
    sentence = sentences.get(type(error))
    return sentence and sentence.format(folder=archive, command=index_command(archive, texts.folder))
