"""Values for the tests of the page: articles, citations, answers, and a reader of the HTML made from them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

from rag.types import Answer, Article, ArticleResult, Citation, Facets, Outcome, ResultList, Span
from ui.html.card import CardContext
from ui.wording.texts import Texts

TEXT = (
    "Der Tunnel ist eröffnet.\n\nMit 57 Kilometern ist er der längste der Welt.\nEr liegt tief.\n\nNoch fährt kein Zug."
)

ARTICLE = Article(
    id="abc123",
    title="57 Kilometer unter den Alpen",
    text=TEXT,
    language="de-CH",
    source="Passblatt",
    author="Ladina Tschuor",
    published=date(2016, 6, 1),
    url="https://passblatt.example/gotthard",
    path="articles/gotthard.md",
    sha256="0123456789abcdef" * 4,
)


def citation(article: Article = ARTICLE, span: Span = (26, 72), score: float = 0.9, *highlights: Span) -> Citation:
    """Return a citation of a place in an article."""
    start, end = span
    quote = article.text[start:end]
    return Citation(1, article, f"{article.id}:{start}-{end}", start, end, quote, highlights, (), (), score, {})


def answer(
    *citations: Citation, question: str = "Wie lang?", outcome: Outcome = "answered", reason: str = "Near."
) -> Answer:
    """Return an answer made of citations, numbered from 1."""
    numbered = tuple(replace(citation, marker=number) for number, citation in enumerate(citations, start=1))
    return Answer(question, "de", outcome, 0.9, reason, numbered, {"total": 1234.4})


def results(of: Answer, facets: Facets | None = None, *, more: bool = False, without_filters: int = 0) -> ResultList:
    """Return the citations of an answer by article; all of them are likely."""
    of_articles: dict[str, list[Citation]] = {}
    for cited in of.citations:
        of_articles.setdefault(cited.article.id, []).append(cited)
    listed = tuple(ArticleResult(tuple(citations), len(citations)) for citations in of_articles.values())
    return ResultList(of, listed, facets or Facets(), more, without_filters)


def context(texts: Texts, question: str = "Wie lang?") -> CardContext:
    """Return what the cards of a question share."""
    return CardContext(question, texts)


class Parts(HTMLParser):
    """What a browser would make of some HTML: its tags, its attributes and its text."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.names: list[tuple[str, ...]] = []
        self.values: list[str] = []
        self.texts: list[str] = []
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.names.append(tuple(name for name, _ in attrs))
        self.values += [value or "" for _, value in attrs]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        self.tags.append("comment")

    def handle_decl(self, decl: str) -> None:
        self.tags.append("declaration")

    @property
    def text(self) -> str:
        """All text, run together."""
        return "".join(self.texts)
