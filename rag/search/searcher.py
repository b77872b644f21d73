"""Question → answer: candidates from both indexes, re-ranking, confidence, citations."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from embeddings.encoder import Encoder
from embeddings.vectors.language_neutral import LanguageNeutral, language_neutral
from rag.config import DEFAULT_RANKING, RankingConfig
from rag.dense.index import DenseIndex
from rag.dense.token_vectors import PassageTokens, TokenStores
from rag.errors import ArchiveEmpty, ArchiveIndexDamaged, EncoderMisfit, index_failures_said
from rag.lexical.tantivy_index import panics_as_damage
from rag.lexical.view import LexicalView
from rag.search.answer import EMPTY, NOTHING_FITS, NoHits, compose, no_such_name
from rag.search.candidates import EncodedQuery, Keys, absent_times, allowed_keys, encode_query, generate
from rag.search.confidence import Calibration, calibrations
from rag.search.grouping import Group, group_passages
from rag.search.hits import evidence_of, features_of, hit_of
from rag.search.preferences import doubt
from rag.search.query import ParsedQuestion, checked_question, parse
from rag.search.ranking import NO_RANKING, Ranking, rank
from rag.search.reranking import LateInteraction, Reranker
from rag.search.result_list import (
    articles_without_filters,
    by_article,
    facets_of,
    likelihoods,
    likely_groups,
    result_groups,
)
from rag.search.retrieval import NO_RETRIEVAL, Retrieval
from rag.search.snapshot import ArchiveSnapshot
from rag.storage.store import Store
from rag.text.language import language_of
from rag.text.paths import index_command, is_missing
from rag.types import NO_FILTER, Answer, Citation, Facets, Filter, ResultList, Sort

# mostly Python, which runs one thread at a time: several questions would only take turns, a third more slowly
_ONE_AT_A_TIME = threading.Lock()
# how many of the best passages are searched for copies: this many for each citation, and at least this many
_GROUPED_PER_CITATION, _MIN_GROUPED = 4, 32
# how often the indexes catch up with another process that stores articles, before a question takes them as they are
_ATTEMPTS = 8


@dataclass(frozen=True)
class _Ranked:
    """A question, the keys of the passages that may answer it, and its candidates, best first."""

    query: EncodedQuery
    allowed: Keys | None
    ranking: Ranking


@dataclass(frozen=True)
class Searcher:
    """Searches one archive: the parts that answer a question. Safe to use from several threads.

    It is made once for each ranking, and always searches the archive as it is now, which may be empty. `location` is
    what a person calls it. `encoder` has to be the one of the archive's vectors; it is opened by the first question
    that an archive with articles is asked. `cross_encoder` re-ranks instead of late interaction.
    """

    location: str
    store: Store
    dense: DenseIndex
    lexical: LexicalView
    encoder: Encoder
    token_stores: TokenStores
    ranking: RankingConfig = DEFAULT_RANKING
    cross_encoder: Reranker | None = None

    @cached_property
    def neutral(self) -> LanguageNeutral:
        """Takes out of vectors what only tells their language."""
        return language_neutral(self.encoder.fingerprint)

    @cached_property
    def tokens(self) -> PassageTokens:
        """The token vectors of passages."""
        return PassageTokens(self.encoder, self.store, self.token_stores.for_encoder(self.encoder.fingerprint))

    @cached_property
    def reranker(self) -> Reranker | None:
        """Re-ranks the best candidates; None if speed matters more, or the encoder has no vectors of tokens for it."""
        if self.ranking.fast:
            return None
        if self.cross_encoder or not self.encoder.has_tokens:
            return self.cross_encoder
        return LateInteraction(self.tokens, self.ranking.reranked_tokens)

    @contextmanager
    def snapshot(self) -> Iterator[ArchiveSnapshot]:
        """Catch the indexes up, and yield them and the store in one state for as long as the block lasts.

        Raises:
            ArchiveError: the archive never had an article.
        """
        for attempts_left in reversed(range(_ATTEMPTS)):
            before = self.store.revision
            # before the store is fixed in a state: an index of a later one would seem to be that of another archive
            dense, lexical = self.dense.catch_up(), self.lexical.catch_up()
            if dense is None:
                raise ArchiveEmpty(EMPTY.format(command=index_command(self.location)))
            with self.store.database.snapshot(), self._damage_said():
                if attempts_left and self.store.revision != before:
                    # another process has stored something meanwhile
                    continue
                yield ArchiveSnapshot(
                    store=self.store,
                    dense=dense,
                    lexical=lexical,
                    encoder=self.encoder,
                    neutral=self.neutral,
                    tokens=self.tokens,
                    reranker=self.reranker,
                    ranking=self.ranking,
                )
                return

    @contextmanager
    def _damage_said(self) -> Iterator[None]:
        """Say in a sentence that an index was damaged after it was opened, and open it again for the next question."""
        try:
            with index_failures_said(), panics_as_damage(None):
                yield
        except ArchiveIndexDamaged:
            self.dense.drop()
            self.lexical.drop()
            raise

    @property
    def calibration(self) -> Calibration:
        """The archive's weights of the confidence for this ranking."""
        table = "reranked" if isinstance(self.reranker, LateInteraction) else "fast"
        return calibrations(self.store.facts.calibration, self.encoder.fingerprint)[table]

    def ask(self, question: str, k: int, filter: Filter = NO_FILTER) -> Answer:
        """Return the k passages that answer a question best; see `rag.archive.Archive.ask`.

        Raises:
            QuestionError: the question is empty or too long, or only excludes words.
            EncoderMisfit: the archive's vectors come from another encoder.
        """
        question = checked_question(question)
        started = time.perf_counter()
        parsed = parse(question)
        with self.store.database.damage.collected() as damaged:
            retrieval = self.search(parsed, k, filter)
            answer = self._answer(question, parsed, retrieval, filter, started, confidence=self.confidence(retrieval))
        return replace(answer, damaged=tuple(damaged.values()))

    def results(self, question: str, limit: int, filter: Filter = NO_FILTER, sort: Sort = "relevance") -> ResultList:
        """Return the articles of at most `limit` citations; see `rag.archive.Archive.search`.

        Raises:
            QuestionError: the question is empty or too long, or only excludes words.
            EncoderMisfit: the archive's vectors come from another encoder.
        """
        question = checked_question(question)
        started = time.perf_counter()
        parsed = parse(question)
        if not self._has_vectors():
            answer = self._answer(question, parsed, NO_RETRIEVAL, filter, started, confidence=0.0)
            return ResultList(answer, (), Facets(), more=False)
        with self.store.database.damage.collected() as damaged, self.snapshot() as snapshot:
            query = encode_query(parsed, snapshot)
            with _ONE_AT_A_TIME:
                ranked = _rank(parsed, query, snapshot, filter)
                extended, groups, more = result_groups(
                    ranked.ranking, query, snapshot, ranked.allowed, limit=limit, compared=_MIN_GROUPED
                )
                retrieval = _cited(ranked, groups, snapshot, extended) if groups else NO_RETRIEVAL
                calibration = self.calibration
                likelihood = likelihoods(retrieval, ranked.ranking, query, calibration) if groups else []
                confidence = _confidence(retrieval, calibration)
                listed = likely_groups(groups, likelihood, confidence)
                facets = facets_of(extended, query, snapshot, listed=listed, question=parsed, filter=filter)
                without_filters = 0 if groups else articles_without_filters(parsed, query, snapshot)
            answer = self._answer(question, parsed, retrieval, filter, started, confidence=confidence)
            answer = replace(answer, damaged=tuple(damaged.values()))
            return ResultList(answer, by_article(answer.citations, likelihood, sort), facets, more, without_filters)

    def _answer(
        self,
        question: str,
        parsed: ParsedQuestion,
        retrieval: Retrieval,
        filter: Filter,
        started: float,
        *,
        confidence: float,
    ) -> Answer:
        """Return the answer that cites what was retrieved; `started` is the time on the clock of `perf_counter`."""
        hits = self.store.duplicates.cite(retrieval.hits, filter)
        took = round((time.perf_counter() - started) * 1000, 1)
        answer = compose(
            question,
            language_of(question),
            hits,
            confidence,
            {"total": took},
            no_hits=NOTHING_FITS if hits else self._why_no_hits(filter),
            absent_times=[parsed.text[slice(*time.span)] for time in retrieval.absent],
        )
        return replace(answer, citations=self.with_missing_files(answer.citations))

    def search(
        self, question: ParsedQuestion, k: int, filter: Filter = NO_FILTER, without: frozenset[str] = frozenset()
    ) -> Retrieval:
        """Return the passages of the k best citations; nothing from an archive that never had an article.

        Args:
            without: ids of articles and passages that are left out, as if they were not in the archive.

        Raises:
            EncoderMisfit: the archive's vectors come from another encoder.
        """
        if not self._has_vectors():
            return NO_RETRIEVAL
        with self.snapshot() as snapshot:
            query = encode_query(question, snapshot)
            with _ONE_AT_A_TIME:
                ranked = _rank(question, query, snapshot, filter, without)
                passages = ranked.ranking.passages
                groups = group_passages(passages[: max(_MIN_GROUPED, _GROUPED_PER_CITATION * k)], k)
                return _cited(ranked, groups, snapshot) if groups else NO_RETRIEVAL

    def confidence(self, retrieval: Retrieval) -> float:
        """Return the probability, in [0, 1], that the hits answer; 0 without hits."""
        return _confidence(retrieval, self.calibration)

    def require_articles(self) -> None:
        """Check before many questions that they can be asked.

        Raises:
            ArchiveError: the archive never had an article.
            EncoderMisfit: the archive's vectors come from another encoder.
        """
        if not self._has_vectors():
            raise ArchiveEmpty(EMPTY.format(command=index_command(self.location)))

    def _has_vectors(self) -> bool:
        record = self.store.vectors.encoder
        if record is None:
            return False
        if record.fingerprint != self.encoder.fingerprint:
            raise EncoderMisfit(
                f"The archive {self.location} was made by another encoder than {self.encoder.name}: "
                "index your articles again (`fundstelle index PATH`), which re-encodes them, or restart this "
                "program if another one has just done so."
            )
        return True

    def _why_no_hits(self, filter: Filter) -> NoHits:
        """Return why no passage was found."""
        if self.store.vectors.encoder is None or self.store.passages.is_empty:
            return NoHits("empty", EMPTY.format(command=index_command(self.location)))
        unknown = self.store.filters.unknown_name(filter)
        return NoHits("nothing_fits", no_such_name(*unknown)) if unknown else NOTHING_FITS

    def with_missing_files(self, citations: Sequence[Citation]) -> tuple[Citation, ...]:
        """Return citations that say whether the file of their article is still there."""
        files = self.store.file_paths(citation.article.id for citation in citations)
        missing = {article for article, file in files.items() if is_missing(Path(file))}
        return tuple(replace(citation, file_missing=citation.article.id in missing) for citation in citations)


def _confidence(retrieval: Retrieval, calibration: Calibration) -> float:
    return calibration.probability(retrieval.features, retrieval.doubt) if retrieval.hits else 0.0


def _rank(
    question: ParsedQuestion,
    query: EncodedQuery,
    snapshot: ArchiveSnapshot,
    filter: Filter,
    without: frozenset[str] = frozenset(),
) -> _Ranked:
    allowed = allowed_keys(question, filter, snapshot)
    candidates = generate(query, snapshot, allowed, without)
    ranking = rank(query, candidates, snapshot.reranker, snapshot.ranking) if len(candidates) else NO_RANKING
    return _Ranked(query, allowed, ranking)


def _cited(
    ranked: _Ranked, groups: Sequence[Group], snapshot: ArchiveSnapshot, extended: Ranking | None = None
) -> Retrieval:
    """Return the hits of groups of ranked passages; there is at least one.

    Args:
        extended: the ranking of a list of results, which begins with that of the question.
    """
    query, ranking = ranked.query, extended or ranked.ranking
    evidence = evidence_of(groups, ranking, query, snapshot, first_sentences_only=extended is not None)
    absent = absent_times(query, ranked.allowed, snapshot)
    return Retrieval(
        hits=tuple(hit_of(number, group, ranking, evidence) for number, group in enumerate(groups, 1)),
        features=features_of(groups[0], ranked.ranking, evidence, query, snapshot),
        ranking=ranking,
        groups=tuple(groups),
        doubt=doubt(query.preferences, ranking.passages[0], absent),
        absent=absent,
    )
