"""What a person calls an article → the article."""

from __future__ import annotations

import os

from rag.errors import NotFound
from rag.store import Store


def article_meant(store: Store, reference: str) -> str:
    """Return the id of the article that a person means: by id, path, title or address, or a part of one.

    Raises:
        NotFound: there is none, or more than one.
    """
    # a path from here, as it was given to `index`
    found = store.find_articles(reference) or store.find_articles(os.path.abspath(reference))  # noqa: PTH100
    if not found:
        raise NotFound(f"There is no article {reference!r} in this archive: give its id, path or title.")
    if len(found) > 1:
        # all of the same text are one
        found = list(dict.fromkeys(map(store.doubles.original, found)))
    if len(found) > 1:
        names = "; ".join(f"{one} ({store.article(one).label})" for one in found[:5])
        raise NotFound(f"{len(found)} articles match {reference!r}: give the id of one: {names}.")
    return found[0]
