"""The errors that a person at the page may meet, in its language."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from rag.errors import ArchiveBusy, EmptyQuestion, EncoderMisfit, FundstelleError, LongQuestion
from rag.search.query import MAX_QUESTION
from rag.storage.connections import FileDeleted
from rag.text.paths import index_command
from ui.wording.english import ENGLISH
from ui.wording.page import grouped
from ui.wording.texts import Texts

_GROUPED_FROM = 10_000  # characters: next to the limit of four digits, shorter counts are written without a separator


class Sentence(NamedTuple):
    """A sentence and the tag of its language."""

    text: str
    lang: str


def error_sentence(error: FundstelleError, texts: Texts, archive: Path) -> Sentence:
    """Return the sentence for an error: in the language of the page, or the library's own in English.

    Args:
        archive: its folder, for the command that indexes again.
    """
    sentence = None
    match error:
        case EmptyQuestion():
            sentence = texts.empty_question
        case LongQuestion():
            count = error.characters
            written = str(count) if count < _GROUPED_FROM else grouped(count, texts)
            sentence = texts.long_question.format(count=written, limit=MAX_QUESTION)
        case ArchiveBusy():
            sentence = texts.archive_busy
        case EncoderMisfit():
            sentence = texts.other_encoder.format(command=index_command(archive, texts.folder))
        case _ if isinstance(error.__cause__, FileDeleted):
            sentence = texts.archive_gone
        case _:
            # it may quote a file with lone surrogates, which cannot be sent
            return Sentence(str(error).encode(errors="replace").decode(), ENGLISH.code)
    return Sentence(sentence, texts.code)
