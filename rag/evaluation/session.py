"""The evaluation of an archive, the same for the command line and the page: load, judge, name, ask, save."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from rag.archive import Archive
from rag.errors import QuestionError
from rag.evaluation.questions.feedback import FeedbackStore
from rag.evaluation.questions.files import TestQuestion, read_questions
from rag.evaluation.questions.judgements import Judgement, judge
from rag.evaluation.runs.evaluate import OnProgress
from rag.evaluation.runs.run_store import RunStore
from rag.evaluation.runs.scratch_archives import OnArticle
from rag.evaluation.runs.sweep import Setup, sweep_runs
from rag.evaluation.runs.trec import read_trec_run, trec_results
from rag.evaluation.types import Run


class EvaluationSession:
    """Evaluates an open archive. It has no state of its own: make one wherever an archive is at hand.

    `runs` are the runs stored in the archive, `feedback` the passages that users marked right or wrong.
    """

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.runs = RunStore(archive._database)
        self.feedback = FeedbackStore(archive._database)

    def load(self, file: Path | str | None = None) -> list[TestQuestion]:
        """Return the questions in a file; without one, the questions that have a passage marked right.

        Raises:
            NotFound: the file cannot be read.
            QuestionError: there are no questions, or one is not valid.
        """
        questions = self.feedback.questions() if file is None else read_questions(Path(file))
        if not questions:
            raise QuestionError(
                "No passage has been marked right yet: give a question file, or mark passages with "
                '`fundstelle ask "…" --right 1`.'
            )
        return questions

    def judge(self, questions: Sequence[TestQuestion]) -> list[Judgement]:
        """Look up the answers of all questions; a label that names a duplicate means the article cited in its place.

        Raises:
            QuestionError: an article is not in the archive, or does not contain the quote.
        """
        return [judge(question, self.archive.original) for question in questions]

    def evaluate(
        self,
        judgements: Sequence[Judgement],
        setups: Mapping[str, Setup],
        *,
        name: str,
        source: str,
        operators: bool = True,
        on_progress: OnProgress | None = None,
        on_article: OnArticle | None = None,
    ) -> Iterator[Run]:
        """Ask the questions with each setup, and yield its run, not saved yet. An interrupted run is the last one.

        A run in which no question was asked is not yielded.

        Args:
            setups: by the label that is added to the name of the run.
            name: the name of the runs; a number is added where it is taken.
            source: where the questions come from; stored in the run.
            operators: whether quotes and dashes in a question are operators, as in `ask`.
            on_progress: called with the questions asked so far and the questions of all setups.
            on_article: called with the number of articles that have been split again.

        Raises:
            ArchiveError: the archive is empty.
            QuestionError: a question cannot be asked.
            EncoderMisfit: the archive's vectors come from another encoder.
        """
        named = {self.runs.free_name(f"{name} {label}".strip()): setup for label, setup in setups.items()}
        runs = sweep_runs(
            self.archive,
            judgements,
            named,
            questions=source,
            operators=operators,
            on_progress=on_progress,
            on_article=on_article,
        )
        for run in runs:
            if run.results:
                yield run
            if len(run.results) < run.asked_of:
                return

    def import_run(self, file: Path, judgements: Sequence[Judgement], *, source: str, name: str | None = None) -> Run:
        """Return the run of another program from a file in TREC's format, not saved yet.

        Raises:
            NotFound: the file cannot be read.
            QuestionError: a line is not a result.
        """
        results = tuple(trec_results(read_trec_run(file), judgements))
        return Run(
            name=self.runs.free_name(name or file.stem),
            made=datetime.now(UTC).isoformat(timespec="seconds"),
            questions=source,
            asked_of=len(results),
            archive=self.archive.id,
            archive_revision=self.archive.status().revision,
            encoder=file.name,
            fingerprint="",
            config={},
            latency_ms={},
            results=results,
        )


def default_run_name(source: str) -> str:
    """Return the name of a run without a name of its own: where its questions come from, and today's date."""
    return f"{Path(source).resolve().stem}-{datetime.now(UTC):%Y-%m-%d}"
