"""Lines of a saved page that extraction dropped: navigation, teasers, notices."""

from __future__ import annotations

import hashlib
from pathlib import Path

from rag.errors import LoadError
from rag.loading.common.file_types import HEAD_BYTES, kind_of
from rag.loading.common.files import read_file
from rag.loading.common.normalization import letters_and_digits
from rag.loading.web.html import parse_html
from rag.loading.web.visible_lines import visible_lines
from rag.types import Article


def omitted_lines(article: Article) -> tuple[str, ...]:
    """Return the visible lines of the article's page that are not in the article, in order.

    Only an article that is a saved page in a file of its own has any.

    Raises:
        LoadError: the file cannot be read, or has changed since it was indexed.
    """
    path = Path(article.path)
    if not path.exists() and any(parent.is_file() for parent in path.parents):
        return ()
    raw = read_file(path)
    if kind_of(path.name, raw[:HEAD_BYTES]) != "html":
        return ()
    if hashlib.sha256(raw).hexdigest() != article.sha256:
        raise LoadError("The file has changed since it was indexed: index it again to see the omitted lines.")
    article_key = letters_and_digits(article.text)
    texts = dict.fromkeys(line.text for line in visible_lines(parse_html(raw)))
    return tuple(text for text in texts if letters_and_digits(text) and letters_and_digits(text) not in article_key)
