"""Which passages of an answer are right or wrong, marked with `ask --right` and `--wrong`."""

from __future__ import annotations

from rag.archive import Archive
from rag.errors import FundstelleError
from rag.evaluation.session import EvaluationSession
from rag.types import Answer


def mark(archive: Archive, answer: Answer, right: str | None, wrong: str | None) -> int:
    """Store which passages of an answer are right or wrong, by their numbers; return how many were stored."""
    verdicts = dict.fromkeys(_numbers(right), True) | dict.fromkeys(_numbers(wrong), False)
    missing = [number for number in verdicts if not 1 <= number <= len(answer.citations)]
    if missing:
        raise FundstelleError(
            f"There is no passage {missing[0]}: the answer has {len(answer.citations)}; raise -k to see more."
        )
    feedback = EvaluationSession(archive).feedback
    for number, is_right in verdicts.items():
        feedback.mark(answer.question, answer.citations[number - 1], answers=is_right)
    return len(verdicts)


def _numbers(text: str | None) -> list[int]:
    try:
        return [int(number) for number in text.split(",")] if text else []
    except ValueError as error:
        raise FundstelleError(f"{text!r} is not a list of passage numbers: write it as 1,3.") from error
