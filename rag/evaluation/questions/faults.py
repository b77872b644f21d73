"""What can be wrong with test questions, as values: whoever shows a fault can say it in another language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from rag.errors import QuestionError

Fault = Literal[
    "encoding", "empty", "invalid", "used twice", "no column", "table", "reworded", "no question", "no answer",
    "no article", "no quote",
]  # fmt: skip

EXAMPLE = '{"question": "…", "answerable": true, "answers": [{"article": "…", "quote": "…"}]}'
"""A line of a file of questions."""

FAULTS: Mapping[Fault, str] = {
    "encoding": "The questions in {file} are not in UTF-8: save the file in that encoding.",
    "empty": "There is not a valid question in {file}: write {example}, one a line.",
    "invalid": "{location} is not a valid question: write {example}.",
    "used twice": "{location}: the id {id} was used before ({earlier}).",
    "no column": "{file} has no column {column}: its first line must name question, article, quote, ….",
    "table": "{file} cannot be read after line {line} ({reason}): save the table again.",
    "reworded": "{location}: the id {id} was used before for another question.",
    "no question": "{location} asks nothing: write a question or delete the line.",
    "no answer": "{location} names no article that answers it: add one, or write answerable: false.",
    "no article": "{location}: {reason}",
    "no quote": "{location}: the article {article} does not contain “{quote}”; the nearest text in it is “{nearest}”: "
    "correct the quote, or leave it out.",
}


class QuestionFileError(QuestionError):
    """Test questions cannot be used; `facts` fill in the sentence of the `fault`.

    `location` and `earlier` are a file and a line, written `FILE, line NUMBER`.
    """

    def __init__(self, fault: Fault, **facts: object) -> None:
        self.fault = fault
        self.facts = {"example": EXAMPLE, **facts}
        super().__init__(FAULTS[fault].format(**self.facts))
