"""A file → the text of a draft."""

from __future__ import annotations

from pathlib import Path

from rag.errors import LoadError
from rag.loading.common.encodings import decode
from rag.loading.common.files import kind_at, read_file
from rag.loading.isolation.pool import Workers
from rag.loading.reader import articles_in, is_harmless, pieces
from rag.types import Article

# read as they are, since a loader of articles takes away headlines, signs of quotation and what looks like navigation
_PLAIN_KINDS = frozenset(("text", "markdown"))


def read_draft(path: Path) -> str:
    """Return the text of a draft: of plain text and Markdown as it is, of a document as its loader reads it.

    Raises:
        LoadError: it cannot be read, or has no text.
    """
    try:
        return _read(path.absolute())
    except LoadError as error:
        raise LoadError(f"{path}: {error}") from error


def _read(path: Path) -> str:
    kind = kind_at(path)
    if kind is None or kind in _PLAIN_KINDS:
        return decode(read_file(path)).replace("\r\n", "\n").replace("\r", "\n")
    texts: list[str] = []
    with Workers(processes=1) as workers:
        for _, result in workers.map(articles_in, pieces(path, ""), is_harmless):
            if isinstance(result, LoadError):
                raise result
            texts += [part.text for part in result if isinstance(part, Article)]
    if not texts:
        raise LoadError("There is no text in it: save the draft as .txt, .md or .docx.")
    return "\n\n".join(texts)
