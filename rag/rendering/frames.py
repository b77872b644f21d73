"""Answers, results and rows as pandas frames."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from rag.rendering.citation_facts import citation_facts
from rag.types import Answer, ResultList
from rag.types.library import LibraryRow

if TYPE_CHECKING:
    import pandas as pd

_DAYS = ("published", "added")


def frame(rows: Iterable[Mapping[str, Any]], columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Return rows as a frame; days and times are of type datetime64, unknown ones NaT.

    Args:
        columns: their names, also where there is no row; those of the rows if not given.

    Raises:
        ImportError: pandas is not installed.
    """
    try:
        import pandas as pd
    except ImportError as error:
        raise ImportError("A frame needs pandas: pip install 'fundstelle[pandas]'.") from error
    made = pd.DataFrame(rows, columns=columns)
    for name in _DAYS:
        if name in made:
            made[name] = pd.to_datetime(made[name], utc=name == "added")
    return made


def answer_frame(answer: Answer) -> pd.DataFrame:
    """Return a row for each citation, the best first."""
    return frame({"quote": citation.quote, **citation_facts(answer, citation)} for citation in answer)


def results_frame(results: ResultList) -> pd.DataFrame:
    """Return a row for each citation, by article in the order of the results."""
    return frame(
        {
            "result": number,
            "likely": position < result.likely_count,
            "quote": citation.quote,
            **citation_facts(results.answer, citation),
        }
        for number, result in enumerate(results, 1)
        for position, citation in enumerate(result.citations)
    )


def rows_frame(rows: Iterable[LibraryRow]) -> pd.DataFrame:
    """Return a row for each article of the library."""
    names = [fact.name for fact in fields(LibraryRow)]
    return frame(({name: getattr(row, name) for name in names} for row in rows), names)
