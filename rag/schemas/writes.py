"""What a client sends to have something indexed or evaluated, as JSON. Unknown fields are errors."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictStr

_PATH_CHARACTERS, _ADDRESS_CHARACTERS, _MOST = 4096, 8192, 1000
_MOST_QUESTIONS = 20_000
_PRINTABLE = r"^[^\x00-\x1f\x7f]+$"

Name = Annotated[StrictStr, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f/]+$")]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class IndexRequest(_Request):
    """What is to be indexed."""

    paths: list[Annotated[StrictStr, Field(min_length=1, max_length=_PATH_CHARACTERS)]] = Field([], max_length=_MOST)
    """Files and folders of the server's computer, from its root: `/home/eva/articles`."""
    addresses: list[Annotated[StrictStr, Field(min_length=1, max_length=_ADDRESS_CHARACTERS)]] = Field(
        [], max_length=_MOST
    )
    """Web pages, which the server fetches."""
    again: StrictBool = False
    """Whether files are read though they look unchanged."""


class ForgetRequest(_Request):
    """Whose articles are removed."""

    paths: list[Annotated[StrictStr, Field(min_length=1, max_length=_PATH_CHARACTERS)]] = Field(
        min_length=1, max_length=_MOST
    )
    """Files and folders, from the root; they need not exist any more."""


class AnswerPlaceRequest(_Request):
    """Where a question is answered: an article, named in one way, and perhaps a quote from it."""

    article: StrictStr | None = None
    path: StrictStr | None = None
    url: StrictStr | None = None
    title: StrictStr | None = None
    quote: StrictStr | None = None


class TestQuestionRequest(_Request):
    """A test question: a line of a question file."""

    question: StrictStr = Field(min_length=1)
    id: StrictStr | None = None
    language: StrictStr | None = None
    answerable: StrictBool | None = None
    """By default, whether there are answers."""
    tags: list[StrictStr] = []
    answers: list[AnswerPlaceRequest] = []
    wrong: list[AnswerPlaceRequest] = []
    """What does not answer it."""
    hidden: list[AnswerPlaceRequest] = []
    """What is left out of the search."""


class EvaluationRequest(_Request):
    """Test questions, and how they are asked."""

    questions: list[TestQuestionRequest] | None = Field(None, min_length=1, max_length=_MOST_QUESTIONS)
    """Without any, the questions are asked that have a passage marked right."""
    name: Name | None = None
    """That of the run; by default `source` and today's date, and a number where it is taken."""
    source: Annotated[StrictStr, Field(min_length=1, max_length=1000, pattern=_PRINTABLE)] = "questions"
    """Where the questions come from; stored in the run."""
    fast: StrictBool = False
    """Skip re-ranking."""
