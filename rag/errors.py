"""Errors that a person may meet. Each message is one sentence or two: what happened, and what to do next."""


class FundstelleError(Exception):
    """Anything that stops a command; its text is meant for the person who ran it."""


class LoadError(FundstelleError):
    """A file cannot be taken as an article."""


class QuestionError(FundstelleError):
    """A question cannot be asked as it is."""


class EmptyQuestion(QuestionError):
    """There is no word in it."""


class LongQuestion(QuestionError):
    """It has more characters than are taken: so many."""

    def __init__(self, message: str, characters: int) -> None:
        super().__init__(message)
        self.characters = characters


class ArchiveError(FundstelleError):
    """An archive cannot be opened, read or written."""


class ArchiveClosed(ArchiveError):
    """An archive was closed before."""


class ArchiveBusy(ArchiveError):
    """Another program is writing into an archive."""


class EncoderMisfit(ArchiveError):
    """An archive was made by another encoder than the one at hand."""


class NotFound(FundstelleError):
    """There is no such article, file or folder."""


class ConfigError(FundstelleError):
    """A setting does not exist, or cannot have this value."""
