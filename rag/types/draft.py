"""What the archive says about a draft: each quotation and each figure in it, with where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from rag.types.answer import Citation
from rag.types.article import Span, shortened

QuoteVerdict = Literal["exact", "normalised", "near", "missing"]
"""An article has these very words and signs; it has them but for typography, white space, hyphenation and the case of
the first letter; it has nearly these words; or no article has them."""
FigureVerdict = Literal["same", "other", "none"]
"""The nearest passages state this figure; they state another figure of its kind; or they state none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedQuote:
    """A quotation of a draft, compared with the archive.

    Attributes:
        text: the words between the marks, as the draft has them.
        start, end: where they stand in the draft.
        verdict: how the best citation compares.
        similarity: the share of words in common with the best citation, in [0, 1].
        citations: where the words stand, best first and of equal ones the earliest first; the quote of a citation is
            what the article says there, its highlights the parts between omissions.
        more: whether other articles have the words, too, that are not among the citations.
    """

    text: str
    start: int
    end: int
    verdict: QuoteVerdict
    similarity: float = 0.0
    citations: tuple[Citation, ...] = ()
    more: bool = False

    @property
    def holds(self) -> bool:
        """Whether the archive has the words, be it in another typography."""
        return self.verdict in ("exact", "normalised")

    def to_dict(self) -> dict[str, Any]:
        """Return a dictionary of JSON values; see docs/json.md."""
        from rag.schemas.draft import CheckedQuoteModel

        return CheckedQuoteModel.json_of(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedFigure:
    """A number of a draft, outside of its quotations, compared with the passages nearest to its sentence.

    Attributes:
        text: the number with its unit or noun, as the draft has it.
        start, end: where it stands in the draft.
        sentence: the span of its sentence in the draft.
        verdict: what the nearest passages state.
        citation: the sentence that states this figure or another of its kind; None if none does.
        stated: the figures of that sentence, as they are written there.
    """

    text: str
    start: int
    end: int
    sentence: Span
    verdict: FigureVerdict
    citation: Citation | None = None
    stated: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether a passage states the same figure."""
        return self.verdict == "same"

    def to_dict(self) -> dict[str, Any]:
        """Return a dictionary of JSON values; see docs/json.md."""
        from rag.schemas.draft import CheckedFigureModel

        return CheckedFigureModel.json_of(self)


@dataclass(frozen=True, slots=True)
class DraftReport:
    """Whether an archive has what a draft quotes and counts, in the order of the draft.

    Iterating yields the quotations, `len` counts them. `bool(report)` is `holds`.

    Attributes:
        text: the draft, to which offsets refer.
        unclosed: the offsets of quotation marks that are never closed.
        damaged: the paths of articles that were not compared, since they were damaged on the disk.
    """

    text: str
    quotes: tuple[CheckedQuote, ...]
    figures: tuple[CheckedFigure, ...]
    unclosed: tuple[int, ...] = ()
    damaged: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether the archive has all quotations and figures."""
        return all(quote.holds for quote in self.quotes) and all(figure.holds for figure in self.figures)

    def __iter__(self) -> Iterator[CheckedQuote]:
        return iter(self.quotes)

    def __len__(self) -> int:
        return len(self.quotes)

    def __bool__(self) -> bool:
        return self.holds

    def to_dict(self) -> dict[str, Any]:
        """Return a dictionary of JSON values: what `fundstelle check --json` prints; see docs/json.md."""
        from rag.schemas.draft import DraftReportModel

        return DraftReportModel.json_of(self)

    def __repr__(self) -> str:
        verbatim, figures = sum(quote.holds for quote in self.quotes), len(self.figures)
        return f"DraftReport({shortened(self.text)!r}, {verbatim} of {len(self)} quotations, {figures} figures)"
