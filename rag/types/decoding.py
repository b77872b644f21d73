"""From JSON back to values: what a program does that has asked another one. Imported only there.

Numbers come back as they were sent, scores and the confidence with four decimals.
"""

from __future__ import annotations

from collections.abc import Mapping
from operator import attrgetter
from typing import TYPE_CHECKING

from rag.schemas.answer import AnswerModel, AnswerWithTextsModel, CitationModel, OutcomeModel, WithTextsModel
from rag.schemas.article import ArticleModel, ArticleTextModel, ArticleWithTextModel, CorrectionModel, PassageListModel
from rag.schemas.results import ResultListModel, ResultListWithTextsModel
from rag.types.answer import Answer, Citation, Filter, Outcome
from rag.types.archive_state import State
from rag.types.article import Article, Aside, Passage
from rag.types.correction import Correction
from rag.types.dossier import Dossier, DossierEntry, DossierSummary
from rag.types.draft import CheckedFigure, CheckedQuote, DraftReport
from rag.types.library import LibraryCounts, LibraryPage, LibraryRow
from rag.types.quotation import Quotation
from rag.types.report import Failure, IndexReport, Status
from rag.types.results import ArticleResult, Facets, ResultList
from rag.types.saved import Look, SavedQuestion

if TYPE_CHECKING:
    from rag.schemas.dossiers import DossierModel, DossierSummaryModel
    from rag.schemas.draft import DraftCitationModel, DraftReportWithTextsModel
    from rag.schemas.library import ArticlePageModel, LibraryCountsModel, LibraryRowModel
    from rag.schemas.report import FailureModel, IndexReportModel
    from rag.schemas.saved import LookWithTextsModel, SavedQuestionModel
    from rag.schemas.status import StatusModel

Texts = Mapping[str, ArticleTextModel]
"""The texts of articles by their ids."""


def decode_article(model: ArticleModel, texts: Texts | None = None) -> Article:
    """Return an article.

    Without its text, in `texts` or in the model, this has no text, asides or pages.
    """
    body = model if isinstance(model, ArticleWithTextModel) else (texts or {}).get(model.id)
    return Article(
        id=model.id,
        text=body.text if body else "",
        path=model.path,
        title=model.title,
        language=model.language,
        source=model.source,
        author=model.author,
        published=model.published,
        url=model.url,
        sha256=model.sha256,
        place=model.place,
        asides=tuple(Aside(aside.start, aside.end, aside.kind) for aside in body.asides) if body else (),
        pages=body.pages if body else (),
        origins=model.origins,
    )


def decode_passages(model: PassageListModel) -> tuple[Passage, ...]:
    """Return the passages of an article."""
    return tuple(
        Passage(model.article.id, passage.start, passage.end, passage.text, passage.kind, passage.language)
        for passage in model.passages
    )


def decode_citation(model: CitationModel, texts: Texts | None = None) -> Citation:
    """Return a citation; see `decode_article`."""
    return Citation(
        marker=model.marker,
        article=decode_article(model.article, texts),
        passage_id=model.passage_id,
        start=model.start,
        end=model.end,
        quote=model.quote,
        highlights=model.highlights,
        matches=model.matches,
        also=tuple(decode_article(article, texts) for article in model.also),
        score=model.score,
        signals=model.signals,
        own_language=None if model.language == model.article.language else model.language,
        file_missing=model.file_missing,
    )


def decode_answer(model: AnswerModel) -> Answer:
    """Return an answer.

    One without the texts of its articles does not say what it led to beyond `answerable`: it is `doubtful` if it has
    citations, whatever they are about, and `nothing_fits` if it has none.
    """
    texts = model.texts if isinstance(model, AnswerWithTextsModel) else None
    return _answer(model, tuple(decode_citation(citation, texts) for citation in model.citations), model.index_again)


def decode_results(model: ResultListModel) -> ResultList:
    """Return a list of results; without the texts of their articles as `decode_answer` does."""
    texts = model.texts if isinstance(model, ResultListWithTextsModel) else None
    results = tuple(
        ArticleResult(tuple(decode_citation(citation, texts) for citation in result.citations), result.likely_count)
        for result in model.results
    )
    citations = sorted((citation for result in results for citation in result.citations), key=attrgetter("marker"))
    answer = _answer(model, tuple(citations), model.index_again)
    return ResultList(answer, results, Facets(**dict(model.facets)), model.more, model.without_filters)


def _answer(model: OutcomeModel, citations: tuple[Citation, ...], index_again: bool) -> Answer:
    unsaid: Outcome = "answered" if model.answerable else "doubtful" if citations else "nothing_fits"
    return Answer(
        question=model.question,
        language=model.language,
        outcome=model.outcome if isinstance(model, WithTextsModel) else unsaid,
        confidence=model.confidence,
        reason=model.reason,
        citations=citations,
        took_ms=model.took_ms,
        absent_times=model.absent_times,
        index_again=index_again,
        damaged=model.damaged,
        prefers_newest=model.prefers_newest,
    )


def decode_status(model: StatusModel) -> Status:
    """Return the contents of an archive."""
    return Status(**dict(model) | {"self_test": model.self_test and model.self_test.to_json()})


def decode_report(model: IndexReportModel) -> IndexReport:
    """Return what an indexing run did."""
    lists = {name: tuple(map(decode_failure, getattr(model, name))) for name in ("failures", "new_failures", "remarks")}
    return IndexReport(**dict(model) | lists)


def decode_draft_report(model: DraftReportWithTextsModel, draft: str) -> DraftReport:
    """Return what an archive says about a draft; see `decode_article`."""

    def citation(model: DraftCitationModel) -> Citation:
        return decode_citation(model, texts)

    texts = model.texts
    quotes = [
        CheckedQuote(**dict(quote) | {"citations": tuple(map(citation, quote.citations))}) for quote in model.quotes
    ]
    figures = [
        CheckedFigure(**dict(figure) | {"citation": figure.citation and citation(figure.citation)})
        for figure in model.figures
    ]
    return DraftReport(draft, tuple(quotes), tuple(figures), model.unclosed, model.damaged)


def decode_saved_question(model: SavedQuestionModel) -> SavedQuestion:
    """Return a saved question."""
    return SavedQuestion(
        model.name, model.question, Filter(**model.filter.model_dump(exclude_unset=True)), model.saved, model.looked
    )


def decode_look(model: LookWithTextsModel) -> Look:
    """Return the answer to a saved question."""
    new, answering = (
        tuple(decode_citation(citation, model.texts) for citation in citations)
        for citations in (model.new, model.answering)
    )
    return Look(decode_saved_question(model), new, answering, State.parse(model.state), model.damaged)


def decode_dossier(model: DossierModel) -> Dossier:
    """Return a dossier."""
    entries = (
        DossierEntry(**dict(entry) | {"quotation": entry.quotation and Quotation(**dict(entry.quotation))})
        for entry in model.entries
    )
    return Dossier(id=model.id, name=model.name, made=model.made, entries=tuple(entries))


def decode_dossier_summary(model: DossierSummaryModel) -> DossierSummary:
    """Return a dossier in a list."""
    return DossierSummary(model.id, model.name, model.quotes, model.changed)


def decode_failure(model: FailureModel) -> Failure:
    """Return a file that could not be read."""
    return Failure(model.path, model.reason)


def decode_correction(model: CorrectionModel, article_id: str) -> Correction:
    """Return a correction of an article."""
    return Correction(article_id, **dict(model))


def decode_library_page(model: ArticlePageModel) -> LibraryPage:
    """Return a page of the library."""
    return LibraryPage(tuple(map(decode_library_row, model.articles)), model.total, model.next is not None)


def decode_library_row(model: LibraryRowModel) -> LibraryRow:
    """Return an article in the library."""
    return LibraryRow(**dict(model))


def decode_library_counts(model: LibraryCountsModel) -> LibraryCounts:
    """Return how many articles there are of each kind."""
    return LibraryCounts(**dict(model))
