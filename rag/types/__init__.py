"""The values that flow through the program: all frozen, all plain.

Offsets count code points, are half open, and point into `Article.text`, which is normalised once on loading (Unicode
NFC, line feeds).
"""

from rag.types.answer import NO_FILTER, SIGNALS, Answer, Citation, Filter, Hit, Outcome
from rag.types.article import (
    SEARCHED_KINDS,
    UNKNOWN_LANGUAGE,
    Article,
    Aside,
    Passage,
    Span,
    TextKind,
    passage_at,
    primary_language,
)
from rag.types.correction import (
    BY_HAND,
    CORRECTABLE,
    CorrectableFact,
    Correction,
    as_read,
    corrected,
    fact_text,
    with_read_facts,
)
from rag.types.diagnosis import Diagnosis, Finding, Health
from rag.types.draft import CheckedFigure, CheckedQuote, DraftReport, FigureVerdict, QuoteVerdict
from rag.types.report import Failure, IndexReport, Progress, Status
from rag.types.results import ArticleResult, Facets, ResultList, Sort

__all__ = [
    "BY_HAND",
    "CORRECTABLE",
    "NO_FILTER",
    "SEARCHED_KINDS",
    "SIGNALS",
    "UNKNOWN_LANGUAGE",
    "Answer",
    "Article",
    "ArticleResult",
    "Aside",
    "CheckedFigure",
    "CheckedQuote",
    "Citation",
    "CorrectableFact",
    "Correction",
    "Diagnosis",
    "DraftReport",
    "Facets",
    "Failure",
    "FigureVerdict",
    "Filter",
    "Finding",
    "Health",
    "Hit",
    "IndexReport",
    "Outcome",
    "Passage",
    "Progress",
    "QuoteVerdict",
    "ResultList",
    "Sort",
    "Span",
    "Status",
    "TextKind",
    "as_read",
    "corrected",
    "fact_text",
    "passage_at",
    "primary_language",
    "with_read_facts",
]
