"""A draft and an archive → whether the archive has what the draft quotes and counts."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

from rag.checking.figure_check import check_figures, counting_sentences
from rag.checking.marks import DraftQuote, quotes_in
from rag.checking.quotes import check_quotes
from rag.errors import ArticleDamaged, DraftUnusable
from rag.search.searcher import Searcher
from rag.storage.damage import DAMAGED
from rag.types.draft import CheckedQuote, DraftReport

MAX_DRAFT = 2_000_000
"""The longest draft, in characters."""
MAX_QUOTES = 5_000
"""The most quotations of a draft."""
MAX_COUNTING = 1_000
"""The most sentences with figures of a draft; each is a question to the archive."""


def check_draft(draft: str, searcher: Searcher, *, figures: bool = True) -> DraftReport:
    """Return what an archive says of the quotations and figures of a draft; see `rag.archive.Archive.verify_quotes`.

    Raises:
        DraftUnusable: it is too long, has too many quotations, or is not valid Unicode.
        ArchiveError: the archive never had an article.
    """
    _require_text(draft)
    marked = quotes_in(draft)
    if len(marked.quotes) > MAX_QUOTES:
        raise DraftUnusable(
            f"The draft has {len(marked.quotes):,} quotations: check it in parts of at most {MAX_QUOTES:,}."
        )
    sentences = list(islice(counting_sentences(draft, marked.quotes), MAX_COUNTING + 1)) if figures else []
    if len(sentences) > MAX_COUNTING:
        raise DraftUnusable(
            f"The draft has more than {MAX_COUNTING:,} sentences with figures: check it in parts, or its quotations "
            "alone."
        )
    with searcher.store.database.damage.collected() as damaged:
        with searcher.snapshot() as snapshot:
            quotes = tuple(check_quotes(marked.quotes, snapshot))
        # each sentence is a question of its own, with a snapshot of its own
        checked = tuple(check_figures(draft, sentences, searcher))
    return DraftReport(
        draft,
        tuple(replace(quote, citations=searcher.with_missing_files(quote.citations)) for quote in quotes),
        checked,
        marked.unclosed,
        tuple(damaged.values()),
    )


def check_quote(words: str, searcher: Searcher) -> CheckedQuote:
    """Return where an archive has the words of a quotation; see `rag.archive.Archive.find_quote`.

    Raises:
        DraftUnusable: it is too long, has no word, or is not valid Unicode.
        ArchiveError: the archive never had an article.
        ArticleDamaged: it is in no article, and one that may have it is damaged.
    """
    _require_text(words)
    if not any(map(str.isalnum, words)):
        raise DraftUnusable("The quotation has no word: give the words to look for.")
    with searcher.store.database.damage.collected() as damaged, searcher.snapshot() as snapshot:
        (quote,) = check_quotes([DraftQuote(0, len(words), words)], snapshot)
    if damaged and not quote.holds:
        # nobody can say that it is missing
        raise ArticleDamaged(DAMAGED.format(name=next(iter(damaged.values())), what="may have these words"))
    return replace(quote, citations=searcher.with_missing_files(quote.citations))


def _require_text(draft: str) -> None:
    if len(draft) > MAX_DRAFT:
        raise DraftUnusable(f"The draft has {len(draft):,} characters: check it in parts of at most {MAX_DRAFT:,}.")
    try:
        draft.encode("utf-8")
    except UnicodeEncodeError as error:
        raise DraftUnusable("The draft is not valid Unicode: save it again as UTF-8.") from error
