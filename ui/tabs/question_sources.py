"""Sources of test questions on the page: marked passages, files of earlier runs, or an uploaded file."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from rag.archive import Archive
from rag.errors import FundstelleError
from rag.evaluation.questions.feedback import MARKED
from rag.evaluation.questions.files import TestQuestion, read_questions_text
from rag.evaluation.session import EvaluationSession, default_run_name
from ui.wording.page import count_of
from ui.wording.texts import Words

MAX_UPLOAD_CHARACTERS = 5_000_000
"""Maximum length of an uploaded file, in characters."""
UPLOADED = "uploaded"

_SAMPLE = Path("seeds") / "questions.jsonl"
_KINDS = (".jsonl", ".csv")
_MAX_NAME_CHARACTERS = 80


@dataclass(frozen=True, slots=True)
class Source:
    """Questions that can be asked, identified by `key`; `name` is stored in the run."""

    key: str
    name: str
    questions: Sequence[TestQuestion]

    def run_name(self, words: Words) -> str:
        """Return the name of a run without a name of its own: where its questions come from, and today's date."""
        names = {MARKED: words.own_run_name, _UPLOADED: words.uploaded_run_name}
        return default_run_name(names.get(self.name) or self.name.removeprefix(_UPLOADED))


# no path looks like this: a run of such questions offers no file of the same name
_UPLOADED = f"{UPLOADED}: "


def uploaded_source(name: str, text: str) -> Source:
    """Return the questions in a file that the browser uploaded.

    Raises:
        QuestionError: they are not valid.
    """
    file_name = clean(PurePosixPath(name.replace("\\", "/")).name, _MAX_NAME_CHARACTERS)
    return Source(UPLOADED, _UPLOADED + file_name, read_questions_text(text, file_name))


def clean(text: str, limit: int) -> str:
    """Return a name from a request on one line, without control characters, cut to `limit` characters."""
    printable = "".join(" " if unicodedata.category(sign).startswith("C") else sign for sign in text)
    return " ".join(printable.split())[:limit]


def available_sources(archive: Archive, uploaded: Source | None) -> list[Source]:
    """Return the available sources: the uploaded file, the marked passages, and files on disk."""
    sources = [uploaded] if uploaded else []
    session = EvaluationSession(archive)
    if questions := session.feedback.questions():
        sources.append(Source(MARKED, MARKED, questions))
    return [*sources, *_files(session)]


def _files(session: EvaluationSession) -> Iterator[Source]:
    """Yield the sample questions, if the archive contains their answers, and the files of earlier runs."""
    resolved: set[Path] = set()
    paths = [_SAMPLE, *(Path(run.questions) for run in reversed(session.runs.listing()))]
    for path in paths:
        if path.suffix.lower() not in _KINDS or not path.is_file() or path.resolve() in resolved:
            continue
        resolved.add(path.resolve())
        try:
            source = Source(str(path), str(path), session.load(path))
            if path == _SAMPLE:
                session.judge(source.questions)
        except FundstelleError:
            # it would be refused when chosen, so it is not available_sources
            continue
        yield source


def label(source: Source, words: Words) -> str:
    """Return the label of a source in the list."""
    count = count_of(words.questions, len(source.questions), words.texts)
    if source.key == MARKED:
        return words.from_feedback.format(count=count)
    if source.key == UPLOADED:
        return words.from_upload.format(name=source.name.removeprefix(_UPLOADED), count=count)
    return f"{source.name} ({count})"
