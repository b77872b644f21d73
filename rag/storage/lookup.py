"""What a person calls an article → the article."""

from __future__ import annotations

import os
import unicodedata
from pathlib import PurePath

from rag.errors import NotFound
from rag.storage.store import Store
from rag.text.paths import spellings


def article_meant(store: Store, reference: str) -> str:
    """Return the id of the article that a person means: by id, path, title or address, or a part of one.

    Raises:
        NotFound: there is none, or more than one.
    """
    # a path from here, as it was given to `index`
    meant = [*spellings(reference), *spellings(os.path.abspath(reference))]  # noqa: PTH100
    found = next(filter(None, map(store.find_articles, meant)), []) or _with_part(store, reference)
    if not found:
        raise NotFound(f"There is no article {reference!r} in this archive: give its id, path or title.")
    if len(found) > 1:
        # all of the same text are one
        found = list(dict.fromkeys(map(store.doubles.original, found)))
    if len(found) > 1:
        names = "; ".join(f"{one} ({store.article(one).label})" for one in found[:5])
        raise NotFound(f"{len(found)} articles match {reference!r}: give the id of one: {names}.")
    return found[0]


def _with_part(store: Store, reference: str) -> list[str]:
    """Return the ids of the articles whose title, path or address holds a text, in upper or lower case."""
    part = _folded(reference).strip()
    if not part:
        return []
    names = store.names()
    # the folders of a path last, since many articles share them
    own = [
        id
        for id, title, path, url in names
        if part in _folded("\n".join((title or "", PurePath(path).name, url or "")))
    ]
    return own or [id for id, _, path, _ in names if part in _folded(path)]


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
