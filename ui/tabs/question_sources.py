"""Where test questions come from: marks, files that are here, or a file that was handed in."""

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
from ui.wording.evaluation import Words
from ui.wording.page import count_of

MOST = 5_000_000
"""So many characters a file may have that is handed in."""
UPLOADED = "uploaded"

_SAMPLE = Path("seeds") / "questions.jsonl"
_KINDS = (".jsonl", ".csv")
_NAME_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Source:
    """Questions that can be asked. `key` tells them from others; `name` is noted in the run."""

    key: str
    name: str
    questions: Sequence[TestQuestion]

    def run_name(self) -> str:
        """Return the name of a run without a name of its own, as the command line makes it."""
        return default_run_name(self.name.removeprefix(_UPLOADED) or UPLOADED)


# no path looks like this: a run of such questions offers no file of the same name
_UPLOADED = f"{UPLOADED}: "


def handed_in(name: str, text: str) -> Source:
    """Return the questions in a file that came from the browser.

    Raises:
        QuestionError: they cannot be understood.
    """
    known = clean(PurePosixPath(name.replace("\\", "/")).name, _NAME_SHOWN)
    return Source(UPLOADED, _UPLOADED + known, read_questions_text(text, known))


def clean(text: str, most: int) -> str:
    """Return a name from a request in one line, without signs that cannot be shown or stored."""
    shown = "".join(" " if unicodedata.category(sign).startswith("C") else sign for sign in text)
    return " ".join(shown.split())[:most]


def offered(archive: Archive, uploaded: Source | None) -> list[Source]:
    """Return what can be asked: what was handed in, what was marked, and the files that are here."""
    sources = [uploaded] if uploaded else []
    session = EvaluationSession(archive)
    if marked := session.feedback.questions():
        sources.append(Source(MARKED, MARKED, marked))
    return [*sources, *_files(session)]


def _files(session: EvaluationSession) -> Iterator[Source]:
    """Yield the sample questions, if the archive contains their answers, and the files of earlier runs."""
    seen: set[Path] = set()
    paths = [_SAMPLE, *(Path(run.questions) for run in reversed(session.runs.listing()))]
    for path in paths:
        if path.suffix.lower() not in _KINDS or not path.is_file() or path.resolve() in seen:
            continue
        seen.add(path.resolve())
        try:
            source = Source(str(path), str(path), session.load(path))
            if path == _SAMPLE:
                session.judge(source.questions)
        except FundstelleError:
            # it would be refused: what it is worth is no news to somebody who did not ask for it
            continue
        yield source


def label(source: Source, words: Words) -> str:
    """Return how a source is called in the list."""
    count = count_of(words.questions, len(source.questions), words.texts)
    if source.key == MARKED:
        return words.from_feedback.format(count=count)
    if source.key == UPLOADED:
        return words.from_upload.format(name=source.name.removeprefix(_UPLOADED), count=count)
    return f"{source.name} ({count})"
