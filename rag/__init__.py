"""Fundstelle: passages of an archive of articles that answer a question, verbatim and cited.

    from rag import Archive

    with Archive.open("news") as archive:
        archive.index("articles/")
        for citation in archive.ask("Who led the negotiations?", k=3, since="2022-03"):
            print(citation.article.label, citation.sentence or citation.quote)

The names below are imported when they are first used, so that `import rag` loads no library.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rag.archive import Archive
    from rag.config import Config, RankingConfig
    from rag.errors import FundstelleError
    from rag.types import (
        Answer,
        Article,
        ArticleResult,
        CheckedFigure,
        CheckedQuote,
        Citation,
        Diagnosis,
        DraftReport,
        Facets,
        Filter,
        Finding,
        IndexReport,
        Passage,
        ResultList,
        Status,
    )

__version__ = "0.1.0"

__all__ = [
    "Answer",
    "Archive",
    "Article",
    "ArticleResult",
    "CheckedFigure",
    "CheckedQuote",
    "Citation",
    "Config",
    "Diagnosis",
    "DraftReport",
    "Facets",
    "Filter",
    "Finding",
    "FundstelleError",
    "IndexReport",
    "Passage",
    "RankingConfig",
    "ResultList",
    "Status",
    "__version__",
]

_MODULES = {
    "Archive": "rag.archive",
    "Config": "rag.config",
    "FundstelleError": "rag.errors",
    "RankingConfig": "rag.config",
}

# hidden from type checkers, which would accept any name otherwise
if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Import a public name on first use."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(_MODULES.get(name, "rag.types")), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted(__all__)
