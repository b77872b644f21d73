"""Where test questions come from: marks, files that are here, or a file that was handed in."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from rag.archive import Archive
from rag.errors import FundstelleError
from rag.evaluation.questions.feedback import MARKED, Marks
from rag.evaluation.questions.files import TestQuestion, read_questions, read_questions_text
from rag.evaluation.questions.judgements import Judgement, judge
from rag.evaluation.runs.run_store import Runs
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
        """Return the name of a run to which nobody gave one, as the command line makes it."""
        return f"{PurePosixPath(self.name.removeprefix(_HANDED_IN)).stem}-{datetime.now(UTC):%Y-%m-%d}"


# no path looks like this: a run of such questions offers no file of the same name
_HANDED_IN = f"{UPLOADED}: "


def handed_in(name: str, text: str) -> Source:
    """Return the questions in a file that came from the browser.

    Raises:
        QuestionError: they cannot be understood.
    """
    known = clean(PurePosixPath(name.replace("\\", "/")).name, _NAME_SHOWN)
    return Source(UPLOADED, _HANDED_IN + known, read_questions_text(text, known))


def clean(text: str, most: int) -> str:
    """Return a name from a request in one line, without signs that cannot be shown or stored."""
    shown = "".join(" " if unicodedata.category(sign).startswith("C") else sign for sign in text)
    return " ".join(shown.split())[:most]


def offered(archive: Archive, uploaded: Source | None) -> list[Source]:
    """Return what can be asked: what was handed in, what was marked, and the files that are here."""
    sources = [uploaded] if uploaded else []
    if marked := Marks(archive.database).questions():
        sources.append(Source(MARKED, MARKED, marked))
    return [*sources, *_files(archive)]


def _files(archive: Archive) -> Iterator[Source]:
    """Yield the sample questions, if this archive holds their answers, and the files of earlier runs."""
    seen: set[Path] = set()
    paths = [_SAMPLE, *(Path(run.questions) for run in reversed(Runs(archive.database).listed()))]
    for path in paths:
        if path.suffix.lower() not in _KINDS or not path.is_file() or path.resolve() in seen:
            continue
        seen.add(path.resolve())
        try:
            source = Source(str(path), str(path), read_questions(path))
            if path == _SAMPLE:
                judged(source, archive)
        except FundstelleError:
            # it would be refused: what it is worth is no news to somebody who did not ask for it
            continue
        yield source


def judged(source: Source, archive: Archive) -> list[Judgement]:
    """Look up the answers of all questions.

    Raises:
        QuestionError: an article is not there, or does not hold the quote.
    """
    return [judge(one, archive.article) for one in source.questions]


def label(source: Source, words: Words) -> str:
    """Return how a source is called in the list."""
    count = count_of(words.questions, len(source.questions), words.texts)
    if source.key == MARKED:
        return words.marked.format(count=count)
    if source.key == UPLOADED:
        return words.uploaded.format(name=source.name.removeprefix(_HANDED_IN), count=count)
    return f"{source.name} ({count})"
