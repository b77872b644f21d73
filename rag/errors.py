"""Errors with a message for the user: what happened, and what to do next."""

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from embeddings.errors import IndexDamaged, IndexUnavailable
from embeddings.memory import is_memory_short


class FundstelleError(Exception):
    """The base of all errors that a caller may catch; the message is meant for the user."""


class Shortage(FundstelleError):
    """The computer has too little of something."""


class NotEnoughMemory(Shortage):
    """The computer has too little memory."""

    sentence = "There is not enough memory: end other programs, or raise the limit that `ulimit -v` shows."


class TooManyOpenFiles(Shortage):
    """The programs of the computer have too many files open."""

    sentence = "Too many files are open: end other programs, or raise the limit that `ulimit -n` shows."


@contextmanager
def shortage_said() -> Iterator[None]:
    """Raise a Shortage in place of an error that was raised since the computer has too little of something."""
    try:
        yield
    except Exception as error:
        lack = shortage(error)
        if lack is None or lack is error:
            raise
        raise lack from error


def shortage(error: BaseException) -> Shortage | None:
    """Return what the computer has too little of, if that is why an error was raised."""
    if isinstance(error, FundstelleError):
        return error if isinstance(error, Shortage) else None
    if isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE):
        return TooManyOpenFiles(TooManyOpenFiles.sentence)
    if is_memory_short(error):
        return NotEnoughMemory(NotEnoughMemory.sentence)
    return shortage(error.__cause__) if error.__cause__ else None


class LoadError(FundstelleError):
    """A file cannot be loaded as an article."""


class QuestionError(FundstelleError):
    """A question, a filter or a number of passages cannot be used."""


class EmptyQuestion(QuestionError):
    """A question contains no word."""


class FilterError(QuestionError):
    """A filter cannot be used: no such day, language or kind, or a blank value."""


class LongQuestion(QuestionError):
    """A question is too long; `characters` is its length."""

    def __init__(self, message: str, characters: int) -> None:
        super().__init__(message)
        self.characters = characters


class AlreadySaved(QuestionError):
    """A question, or a name for one, was saved before."""


class ArchiveError(FundstelleError):
    """An archive cannot be opened, read or written."""


class ArchiveClosed(ArchiveError):
    """The archive was closed."""


class ArchiveBusy(ArchiveError):
    """Another program is writing to the archive."""


class ArchiveEmpty(ArchiveError):
    """The archive has no article yet."""


class ArchiveReplaced(ArchiveError):
    """Another archive was put in the place of this one."""


class ArchiveUnreadable(ArchiveError):
    """The disk of the archive failed."""


class ArchiveUnreachable(ArchiveError):
    """The database server of the archive does not answer, or refuses."""


class ArchiveGone(ArchiveError):
    """The archive was deleted or moved while it was open."""


class ArchiveFull(ArchiveError):
    """The disk of the archive is full."""


class ArchiveReadOnly(ArchiveError):
    """The archive cannot be written."""


class ArchiveReplica(ArchiveReadOnly):
    """The database server of the archive only reads, as one does that follows another."""


class ArchiveOutdated(ArchiveReadOnly):
    """An earlier version wrote the archive, and it cannot be written, so that something is missing in it."""


class ArchiveDamaged(ArchiveError):
    """The database of the archive is damaged."""


class ArchiveIndexDamaged(ArchiveDamaged):
    """An index of the archive was damaged while it was in use."""


class ArticleDamaged(ArchiveDamaged):
    """An article is not as it was stored."""


class ClusterUnavailable(FundstelleError):
    """The Ray cluster that reads and encodes cannot be reached, or cannot do it."""


class BackupUnusable(FundstelleError):
    """A file is no backup, is damaged, or was made by a newer version."""


class EncoderUnavailable(ArchiveError):
    """The encoder cannot be prepared or opened."""


class VectorsUnavailable(ArchiveError):
    """The server with the vectors or words of an archive does not answer, or refuses."""


class EncoderMisfit(ArchiveError):
    """The vectors of an archive come from another encoder."""


class NotFound(FundstelleError):
    """An article, file, folder or archive does not exist."""


class NoRun(NotFound):
    """No evaluation run has this name."""


class UploadError(FundstelleError):
    """A file is not taken in; `fault` says in a word why, `value` is the limit that it exceeds."""

    def __init__(self, message: str, fault: str, value: object = "") -> None:
        super().__init__(message)
        self.fault, self.value = fault, value


class CorrectionError(FundstelleError):
    """A fact of an article cannot be corrected so; `fault` says in a word why, `value` is what cannot be used."""

    def __init__(self, message: str, fault: str, value: object = "") -> None:
        super().__init__(message)
        self.fault, self.value = fault, value


class ConfigError(FundstelleError):
    """A setting does not exist or cannot have this value."""


class NameUnusable(FundstelleError):
    """A dossier cannot have a name: `is_taken` by another one, or the name is empty or too long."""

    def __init__(self, message: str, *, is_taken: bool = False) -> None:
        super().__init__(message)
        self.is_taken = is_taken


class LongNote(FundstelleError):
    """A note in a dossier is too long."""


class ServerUnreachable(FundstelleError):
    """A server does not answer."""


class TooManyQuestions(FundstelleError):
    """More questions wait at a server than it answers in time; `wait` is in how many seconds to ask again."""

    def __init__(self, message: str, wait: int = 1) -> None:
        super().__init__(message)
        self.wait = wait


class DraftUnusable(FundstelleError):
    """A draft cannot be checked: it is too long, has too many quotations, or is not valid Unicode."""


class NotSignedIn(FundstelleError):
    """A server answers only those who sign in, and no valid token was sent."""


class NotAllowed(FundstelleError):
    """An account may not do this on a server; `role` is the role that may."""

    def __init__(self, message: str, role: str = "") -> None:
        super().__init__(message)
        self.role = role


@contextmanager
def index_failures_said(forget: Callable[[], object] = lambda: None) -> Iterator[None]:
    """Say as an error of the archive that an index is damaged, or that the server that has it does not answer.

    Args:
        forget: called then, so that the index is opened again with the next question.

    Raises:
        VectorsUnavailable: the server does not answer, or refuses.
        ArchiveIndexDamaged: the index is damaged.
    """
    try:
        with unavailability_said():
            yield
    except IndexDamaged as error:
        forget()
        raise ArchiveIndexDamaged(f"{error} Ask again: it is rebuilt.") from error
    except (VectorsUnavailable, ArchiveIndexDamaged):
        forget()
        raise


@contextmanager
def unavailability_said() -> Iterator[None]:
    """Say as an error of the archive that the server that has an index does not answer.

    Raises:
        VectorsUnavailable: the server does not answer, or refuses.
    """
    try:
        yield
    except IndexUnavailable as error:
        raise VectorsUnavailable(str(error)) from error
