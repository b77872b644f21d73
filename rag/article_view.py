"""An article as it is shown: its text with its passages and their lines, and the articles that are like it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rag.types import Article, Passage, Span

if TYPE_CHECKING:
    # slow to import; a program that asks a server needs none of them
    from rag.archive import Archive
    from rag.schemas.article import ArticleWithTextModel
    from rag.text.similarity import Version


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
        return self.to_model().to_json()

    def to_model(self) -> ArticleWithTextModel:
        """Return the same as its model."""
        from rag.schemas.article import ArticleWithTextModel

        return ArticleWithTextModel.of(
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


def view_article(archive: Archive, article_id: str) -> ArticleView:
    """Return an article as it is shown.

    Raises:
        NotFound: no article has this id.
    """
    from rag.loading.plain_text.line_numbers import source_lines

    article, passages = archive._store.article_with_passages(article_id)
    lines = source_lines(article, [(passage.start, passage.end) for passage in passages])
    return ArticleView(article, passages, tuple(lines), archive.duplicates(article.id), archive.versions(article.id))
