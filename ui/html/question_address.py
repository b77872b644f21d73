"""A question and its filter: the address of the page that asks it, and in words."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

from rag.types import Filter
from ui.wording.page import language_name, long_date
from ui.wording.questions import QUESTION_WORDS
from ui.wording.texts import Texts


def question_query(question: str, filter: Filter) -> str:
    """Return the query of the address that asks a question with a filter.

    The page knows whole names and no paths: what the command line filters besides is left out, or taken for a name.
    """
    pairs = [("q", question)]
    pairs += [(name, day.isoformat()) for name in ("since", "until") if (day := getattr(filter, name))]
    pairs += [("source", name) for name in (*filter.sources, *filter.exact_sources)]
    pairs += [("language", code) for code in filter.languages]
    pairs += [("author", name) for name in (*filter.authors, *filter.exact_authors)]
    if filter.kinds != ("article",):
        pairs += [("kind", kind) for kind in filter.kinds]
    return urlencode(pairs)


def filter_words(filter: Filter, texts: Texts) -> Iterator[str]:
    """Yield what a filter asks for, each in a few words."""
    words = QUESTION_WORDS[texts.code]
    if filter.since:
        yield words.since.format(day=long_date(filter.since, texts))
    if filter.until:
        yield words.until.format(day=long_date(filter.until, texts))
    yield from (*filter.sources, *filter.exact_sources, *filter.authors, *filter.exact_authors)
    for language in filter.languages:
        yield language_name(language, texts)
    yield from filter.paths
    if "comment" in filter.kinds:
        yield words.comments
