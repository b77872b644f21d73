"""What of a saved page is in no part of its article: navigation, teasers, notices."""

from __future__ import annotations

import hashlib
from pathlib import Path

from rag.errors import LoadError
from rag.loading.common.file_types import HEAD_BYTES, kind_of
from rag.loading.common.files import read_file
from rag.loading.common.normalization import letters_and_digits
from rag.loading.web.html import parsed
from rag.loading.web.visible_lines import lines
from rag.types import Article


def left_out(article: Article) -> tuple[str, ...]:
    """Return the lines that a reader of the article's page sees and that are not in the article, in order.

    Of an article that is no saved page in a file of its own there are none: its text holds everything.

    Raises:
        LoadError: the file cannot be read, or has changed since the article was taken from it.
    """
    path = Path(article.path)
    if not path.exists() and any(parent.is_file() for parent in path.parents):
        return ()
    raw = read_file(path)
    if kind_of(path.name, raw[:HEAD_BYTES]) != "html":
        return ()
    if hashlib.sha256(raw).hexdigest() != article.sha256:
        raise LoadError("The file has changed since it was indexed: index it again to see what is left out.")
    known = letters_and_digits(article.text)
    seen = dict.fromkeys(line.text for line in lines(parsed(raw)))
    return tuple(line for line in seen if letters_and_digits(line) and letters_and_digits(line) not in known)
