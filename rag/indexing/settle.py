"""Settling: comparing all articles with each other once they are stored.

Articles of the same text become duplicates of one original, and lines that recur in the articles of an outlet become
boilerplate. Both follow from the stored articles alone, whatever the order or the interruptions of indexing.
"""

from __future__ import annotations

from rag.indexing.writer import ArticleWriter
from rag.storage.article_mapping import with_recurring
from rag.storage.store import Store


def settle(store: Store, writer: ArticleWriter) -> None:
    """Fold duplicates and exclude recurring lines, if any article has changed since this was done last.

    Call it after `ArticleWriter.flush`.
    """
    if store.facts.settled:
        return
    _fold_duplicates(store, writer)
    _exclude_recurring_lines(store, writer)
    store.facts.set_settled()


def _fold_duplicates(store: Store, writer: ArticleWriter) -> None:
    """Leave passages with the original of each group of duplicates alone."""
    for group in store.duplicates.unsettled():
        original, *duplicates = group.ids
        if not group.has_passages:
            article = store.article_as_loaded(original)
            writer.add(article, writer.split(article), group.file)
            writer.flush()
        for duplicate in duplicates:
            store.duplicates.fold(duplicate, original)


def _exclude_recurring_lines(store: Store, writer: ArticleWriter) -> None:
    """Store the articles again in which other lines recur than before."""
    for change in store.recurring_lines.unsettled():
        passages = writer.split(with_recurring(change.article, change.recurring))
        writer.add(change.article, passages, change.file, change.recurring)
    writer.flush()
    store.recurring_lines.settle()
