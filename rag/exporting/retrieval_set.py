"""An archive → a retrieval set in the BEIR layout: its articles, and the questions whose answers are known."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from rag.archive import Archive
from rag.errors import FundstelleError
from rag.evaluation.questions.beir import CORPUS, QRELS, QUERIES, write_beir
from rag.evaluation.questions.files import read_questions
from rag.evaluation.session import EvaluationSession
from rag.exporting.export import OnCount, check_free
from rag.types import Article


def export_retrieval_set(
    archive: Archive,
    folder: Path,
    questions: Path | None = None,
    *,
    overwrite: bool = False,
    on_count: OnCount | None = None,
) -> int:
    """Write the articles without duplicates, and the questions that they answer; return how many questions there are.

    Args:
        questions: a file of questions; those with a passage marked right if there is none.
        on_count: called with the number of articles done.

    Raises:
        NotFound: the questions cannot be read, or the folder cannot be written.
        QuestionError: a question is not valid, or its article is not in the archive.
        FundstelleError: one of the files exists.
    """
    check_free([folder / name for name in (CORPUS, QUERIES, QRELS)], overwrite=overwrite)
    session = EvaluationSession(archive)
    test_questions = session.feedback.questions() if questions is None else read_questions(questions)
    judgements = [judgement for judgement in session.judge(test_questions) if judgement.answers]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".export-", dir=folder) as temporary:
            write_beir(Path(temporary), judgements, _counted(archive, on_count))
            for name in (CORPUS, QUERIES, QRELS):
                (Path(temporary) / name).replace(folder / name)
    except OSError as error:
        raise FundstelleError(
            f"{folder} cannot be written ({error.strerror}): choose another place, or make room."
        ) from error
    return len(judgements)


def _counted(archive: Archive, on_count: OnCount | None) -> Iterator[Article]:
    for count, article in enumerate(archive.articles(), 1):
        yield article
        if on_count:
            on_count(count, None)
