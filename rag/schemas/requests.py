"""What a program may ask of the HTTP API. An unknown field, or a value of another type, is an error."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from rag.schemas.library import ArticleState

MAX_RESULTS = 500
"""The most passages that are returned for a question."""
MAX_LISTED = 200
"""The most articles of a page."""
MAX_QUESTIONS = 100
"""The most questions of a request."""
MAX_QUOTATIONS = 1000
"""The most quotations that are verified at once."""


def _well_formed(text: str) -> str:
    """Refuse halves of characters, which JSON can contain and nothing can store."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError("it contains half of a character (a lone surrogate)") from error
    return text


Text = Annotated[str, AfterValidator(_well_formed), Field(max_length=10_000)]
Question = Annotated[str, AfterValidator(_well_formed), Field(max_length=1_000_000)]
"""One that is too long has a sentence of its own."""
Names = Annotated[list[Text], Field(max_length=100)]


class Request(BaseModel):
    """A body of JSON."""

    model_config = ConfigDict(extra="forbid", strict=True, use_attribute_docstrings=True)


class FiltersModel(Request):
    """Which passages may answer. What is empty does not filter; several values of a field are alternatives."""

    since: Text | None = None
    """Only articles from this day on: 2024-03-01, 1.3.2024, 2024-03 or 2024."""
    until: Text | None = None
    """Only articles up to and including this day, month or year."""
    sources: Names = []
    """Parts of the outlets' names."""
    languages: Names = []
    """Of passages, such as de or en."""
    authors: Names = []
    """Parts of names."""
    paths: Names = []
    """Parts of paths."""
    include: list[Literal["comments"]] = []
    """`comments` searches reader comments, too."""
    kinds: list[Literal["article", "comment"]] = []
    """What is searched, in place of `include`."""
    exact_sources: Names = []
    """Whole names of outlets."""
    exact_authors: Names = []
    """Whole names."""


class AskRequest(Request):
    """A question or several, and how they are answered."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"question": "Wann wurde der Gotthard-Basistunnel eröffnet?", "k": 3, "filters": {"since": "2016"}},
                {"questions": ["Who won the World Cup?", "Wer fand das Higgs-Teilchen?"], "fast": True},
                {"question": "Koalition", "group_by": "article", "sort": "date", "k": 20},
            ]
        }
    )

    question: Question | None = None
    """The question. A "quoted phrase" must appear in the passage, an -excluded word must not."""
    questions: Annotated[list[Question], Field(max_length=MAX_QUESTIONS)] | None = None
    """Several questions, in place of one."""
    k: Annotated[int, Field(ge=1, le=MAX_RESULTS)] = 5
    """The number of passages."""
    filters: FiltersModel = FiltersModel()
    fast: bool = False
    """Skip re-ranking, and with it the search for the answering sentence."""
    explain: bool = False
    """Add why each passage was chosen, in words; its signals are always there."""
    texts: bool = False
    """Add the texts of the articles."""
    group_by: Literal["article"] | None = None
    """Return a list of articles with counts to narrow it by, in place of an answer."""
    sort: Literal["relevance", "date"] = "relevance"
    """The order of articles: the best passage first, or the newest article first."""

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if (self.question is None) == (self.questions is None):
            raise ValueError("give either question or questions")
        if self.group_by and self.questions is not None:
            raise ValueError("ask one question if results are grouped by article")
        if self.sort != "relevance" and not self.group_by:
            raise ValueError("only results grouped by article can be sorted by date")
        return self


class FactsRequest(Request):
    """Facts of an article as they are. An empty text says that a fact is unknown, `null` takes a correction back."""

    title: Text | None = None
    source: Text | None = None
    """The outlet."""
    author: Text | None = None
    published: Text | None = None
    """A day: 2024-03-01 or 1.3.2024."""
    by: Text = ""
    """Who says so."""


class QuotationRequest(Request):
    """A quotation as a citation has it."""

    article_id: Text
    start: Annotated[int, Field(ge=0, lt=2**53)]
    """In code points into the article's text."""
    end: Annotated[int, Field(ge=0, lt=2**53)]
    """Half open."""
    quote: Annotated[str, AfterValidator(_well_formed), Field(min_length=1, max_length=100_000)]
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    """Of the article's file when it was quoted."""
    path: Text | None = None
    """The article's path at that time, for an article that the archive does not know."""


class VerifyRequest(Request):
    """Quotations to verify: citations, a dossier by its name, or a dossier as it is exported."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "citations": [
                        {"article_id": "0123456789ab", "start": 0, "end": 5, "quote": "Sonne", "sha256": "0" * 64},
                    ]
                }
            ]
        }
    )

    citations: Annotated[list[QuotationRequest], Field(max_length=MAX_QUOTATIONS)] | None = None
    dossier: Text | dict[str, Any] | None = None
    """The name of a dossier of the archive, or the JSON of an exported one."""

    @model_validator(mode="after")
    def _has_quotations(self) -> Self:
        if (self.citations is None) == (self.dossier is None):
            raise ValueError("give either citations or a dossier")
        return self


class CheckRequest(Request):
    """A draft."""

    text: Annotated[str, AfterValidator(_well_formed)]
    """Plain text or Markdown."""
    figures: bool = True
    """Check its figures, too."""
    texts: bool = False
    """Add the texts of the articles."""


class SaveQuestionRequest(Request):
    """A question that is to be asked again and again."""

    question: Question
    name: Text = ""
    """By default the question itself."""
    filters: FiltersModel = FiltersModel()


class LookRequest(Request):
    """Which saved question is asked."""

    name: Text
    texts: bool = False
    """Add the texts of the articles."""


class MarkSeenRequest(Request):
    """Which passages are no longer new."""

    name: Text
    """That of a saved question."""
    state: Annotated[str, Field(pattern=r"^[0-9]{1,18}(:[A-Za-z0-9_-]{0,100})?$")]
    """The `state` of what somebody looked at."""


class ArticleSelectionRequest(BaseModel):
    """Which articles are meant, in which order."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    search: Text = ""
    """Words, or parts of them, that the headline, the outlet or the author contains."""
    since: Text | None = None
    """Only articles from this day on: 2024-03-01, 1.3.2024, 2024-03 or 2024."""
    until: Text | None = None
    """Only articles up to and including this day, month or year."""
    source: Names = []
    """Parts of the outlets' names."""
    author: Names = []
    """Parts of names."""
    language: Names = []
    """Such as de or en."""
    path: Names = []
    """Parts of paths."""
    include: list[Literal["comments"]] = []
    """`comments` lists articles that have reader comments."""
    state: ArticleState | None = None
    """Only articles all of which was read, those of which parts could not be read, those of the same text as another
    one, those that were damaged on the disk, or those whose file is missing or changed since."""
    sort: Literal["title", "source", "author", "published", "language", "passages", "added", "state"] = "added"
    order: Literal["ascending", "descending"] = "descending"


class ArticleListRequest(ArticleSelectionRequest):
    """Which articles are listed, in which order."""

    limit: Annotated[int, Field(ge=1, le=MAX_LISTED)] = 50
    """The number of articles of a page."""
    cursor: Text | None = None
    """The `next` of the page before; the other parameters must be the same."""
    facets: bool = False
    """Add how many of these articles there are by month, outlet, author and language."""


class ExportRequest(ArticleSelectionRequest):
    """What is exported, and how."""

    order: Literal["ascending", "descending"] = "ascending"
    what: Literal["articles", "passages", "vectors"] = "articles"
    format: Literal["jsonl", "csv", "parquet"] = "jsonl"
