"""Corrections by hand while articles are indexed: which apply to an article, and how they are set and moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rag.indexing.moved_files import is_revision
from rag.storage.corrections import CorrectionRecord, uncorrected
from rag.storage.store import Store
from rag.text.similarity import text_key
from rag.types import Article, CorrectableFact, Correction, with_read_facts

if TYPE_CHECKING:
    from rag.indexing.writer import ArticleWriter


def correction_record(
    store: Store, article: Article, corrections: Sequence[Correction] | None = None
) -> CorrectionRecord | None:
    """Return the corrections under which an article is to be stored; None if there are none.

    Corrections stay with a text that was revised. They do not apply to another text at the same path.

    Args:
        article: as it was read from its file, or with its corrections.
        corrections: those that it gets; without, it keeps the stored ones.
    """
    by_text = store.corrections.by_text(article.id)
    if not by_text and corrections is None:
        return None
    loaded, current = uncorrected(article, by_text)
    key = replaced_key = text_key(loaded)
    if not current and by_text and store.contains(article.id):
        stored = store.article_as_loaded(article.id)
        earlier, of_earlier = uncorrected(stored, by_text)
        if of_earlier and is_revision([earlier], [loaded]):
            current, replaced_key = of_earlier, text_key(earlier)
    chosen = current if corrections is None else corrections
    if not chosen and corrections is None:
        return None
    return CorrectionRecord(with_read_facts(chosen, loaded), key, replaced_key)


def replace_corrections(
    store: Store,
    writer: ArticleWriter,
    article_id: str,
    fields: Sequence[CorrectableFact],
    corrections: Sequence[Correction],
) -> bool:
    """Store corrections of an article in place of its corrections of these facts; call `settle` afterwards.

    Returns: whether anything was corrected or taken back.

    Raises:
        NotFound: there is no such article.
    """
    earlier = store.corrections.of(store.article(article_id))
    remaining = [correction for correction in earlier if correction.field not in fields]
    if not corrections and len(remaining) == len(earlier):
        return False
    set_corrections(store, writer, article_id, [*remaining, *corrections])
    return True


def set_corrections(store: Store, writer: ArticleWriter, article_id: str, corrections: Sequence[Correction]) -> None:
    """Make these the corrections of a stored article, in place of those that it has; call `settle` afterwards.

    Raises:
        NotFound: there is no such article.
    """
    record = store.record(article_id)
    loaded, _ = uncorrected(record.article, store.corrections.by_text(article_id))
    passages = writer.split(store.article(article_id))
    writer.add(loaded, passages, record.file, record.recurring, corrections=corrections, recipe=record.recipe)
    writer.flush()


def move_corrections(store: Store, writer: ArticleWriter, targets: Mapping[str, str]) -> None:
    """Give the corrections of articles to other ones with the same text, or a revision of it.

    Args:
        targets: the ids of the articles that get them, by the ids of those that had them.
    """
    for article_id, target in targets.items():
        by_text = store.corrections.by_text(article_id)
        if not by_text or not store.contains(target):
            continue
        loaded, _ = uncorrected(store.article_as_loaded(target), store.corrections.by_text(target))
        target_key = text_key(loaded)
        key = target_key if target_key in by_text else _current_key(store, article_id, by_text)
        if key is not None:
            store.corrections.move(article_id, key, target, target_key)
            set_corrections(store, writer, target, by_text[key])


def _current_key(store: Store, article_id: str, by_text: Mapping[bytes, tuple[Correction, ...]]) -> bytes | None:
    """Return the key of the corrections that a stored article has; None without any."""
    if not store.contains(article_id):
        return None
    loaded, current = uncorrected(store.article_as_loaded(article_id), by_text)
    return text_key(loaded) if current else None


def restore_strays(store: Store, writer: ArticleWriter) -> None:
    """Give the corrections that no article has any more to the article of the same file with the same text."""
    move_corrections(store, writer, store.corrections.strays())
