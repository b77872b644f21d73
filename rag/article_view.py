"""An article as it is shown: its text with its passages and their lines, and the articles that are like it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rag.archive import Archive
from rag.loading.plain_text.line_numbers import source_lines
from rag.text.similarity import Version
from rag.types import Article, Passage, Span


@dataclass(frozen=True, slots=True)
class ArticleView:
    """An article with its passages and its relatives.

    Attributes:
        lines: the first and the last line of each passage in the file, None where the file has no lines.
        duplicates: the articles with the same text.
        versions: the articles that share much of the text.
    """

    article: Article
    passages: tuple[Passage, ...]
    lines: tuple[Span | None, ...]
    duplicates: tuple[Article, ...]
    versions: tuple[Version, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return a dictionary of JSON values: what `fundstelle show --json` prints; see docs/json.md."""
        from rag.schemas.article import ArticleWithTextModel

        return ArticleWithTextModel.json_of(
            {
                **self.article.to_dict(),
                "text": self.article.text,
                "passages": [
                    {"passage_id": passage.id, "start": passage.start, "end": passage.end, "lines": span}
                    for passage, span in zip(self.passages, self.lines, strict=True)
                ],
                "asides": self.article.asides,
                "pages": self.article.pages,
                "doubles": self.duplicates,
                "versions": [{**version.article.to_dict(), "shared": version.shared} for version in self.versions],
            }
        )


def view_article(archive: Archive, reference: str) -> ArticleView:
    """Return the article with an id, path, title or URL, or a unique part of one, as it is shown.

    Raises:
        NotFound: no article matches, or several do.
    """
    article, passages = archive.article_with_passages(reference)
    lines = source_lines(article, [(passage.start, passage.end) for passage in passages])
    return ArticleView(article, passages, tuple(lines), archive.duplicates(article.id), archive.versions(article.id))
