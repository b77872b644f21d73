"""Questions to an archive, and drafts that quote it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import get_args

from embeddings.encoder import Encoder
from rag.archive.parts import ArchiveParts
from rag.config import DEFAULT_RANKING, RankingConfig
from rag.errors import QuestionError
from rag.search.arguments import Day, FilterArguments, Names, check_question
from rag.search.confidence import Calibration, to_json
from rag.search.searcher import Searcher
from rag.types import Answer, CheckedQuote, DraftReport, Filter, ResultList, Sort

_FAST_RANKING = replace(DEFAULT_RANKING, fast=True)


class ArchiveQuestions(ArchiveParts):
    """What an archive answers."""

    def ask(
        self,
        question: str,
        k: int = 5,
        *,
        since: Day = None,
        until: Day = None,
        source: Names = (),
        language: Names = (),
        author: Names = (),
        path: Names = (),
        include: Names = (),
        fast: bool = False,
        filter: Filter | None = None,
    ) -> Answer:
        """Return the k passages that answer a question best, in any language, each with its citation.

        A "quoted phrase" must appear in the passage, an -excluded word must not.

        Args:
            k: the number of passages, at least 1.
            since: only articles from this day on: a date, or 2024-03-01, 1.3.2024, 2024-03, 2024.
            until: only articles up to and including this day, month or year.
            source: only articles of this source, or of one of these; a part of the name is enough.
            language: only passages in this language, or in one of these: de, en …
            author: only articles by this author, or by one of these; a part of the name is enough.
            path: only files with this, or one of these, in their path.
            include: "comments" searches reader comments, too.
            fast: skip re-ranking, and with it the search for the answering sentence.
            filter: the same as a value, in place of the arguments from `since` to `include`.

        Raises:
            TypeError: an argument has the wrong type.
            QuestionError: the question is empty, too long, or only excludes words; or an argument cannot be used.
            EncoderMisfit: the archive's vectors come from another encoder.
        """
        check_question(question, k)
        arguments = FilterArguments(
            since=since,
            until=until,
            source=source,
            language=language,
            author=author,
            path=path,
            include=include,
        )
        answer = self.searcher(_FAST_RANKING if fast else DEFAULT_RANKING).ask(question, k, arguments.to_filter(filter))
        return replace(answer, index_again=bool(answer.citations) and self._index_again)

    def search(
        self,
        question: str,
        *,
        filter: Filter | None = None,
        sort: Sort = "relevance",
        limit: int = 20,
        fast: bool = False,
    ) -> ResultList:
        """Return the articles that a question finds, with their passages, and what they can be narrowed to.

        The citations are those of `ask` in the same order, the first five exactly. Below them neighbouring passages
        stay apart, so that a larger limit shows more without changing what was shown.

        Args:
            filter: which passages may be found, if not all of articles; see `Filter`.
            sort: the order of the articles of the `limit` best citations: "relevance", or "date", the newest first.
            limit: the number of citations, at least 1; beyond some fifty candidates of each index, more are looked for.
            fast: skip re-ranking, and with it the search for the answering sentence.

        Raises:
            TypeError: an argument has the wrong type.
            QuestionError: the question is empty, too long, or only excludes words; or an argument cannot be used.
            EncoderMisfit: the archive's vectors come from another encoder.
        """
        check_question(question, limit, name="limit")
        if sort not in get_args(Sort):
            raise QuestionError(f"Results cannot be sorted by {sort!r}: choose among {', '.join(get_args(Sort))}.")
        searcher = self.searcher(_FAST_RANKING if fast else DEFAULT_RANKING)
        results = searcher.results(question, limit, FilterArguments().to_filter(filter), sort)
        index_again = bool(results.results) and self._index_again
        return replace(results, answer=replace(results.answer, index_again=index_again))

    def verify_quotes(self, text: str, *, figures: bool = True) -> DraftReport:
        """Return whether the archive has what a draft quotes, word for word, and what it says of its figures.

        Quotations are recognised by their marks, of all languages, and block quotes of Markdown by theirs.

        Args:
            text: the draft; a single quotation has to be in marks, too.
            figures: also look for the numbers of each sentence in the passages nearest to it.

        Raises:
            DraftUnusable: it is too long, has too many quotations, or is not valid Unicode.
            ArchiveError: the archive has no article yet.
            EncoderMisfit: the archive's vectors come from another encoder.
        """
        from rag.checking.check import check_draft

        if not isinstance(text, str):
            raise TypeError(f"The draft must be a string, not {type(text).__name__}.")
        return check_draft(text, self.searcher(), figures=figures)

    def find_quote(self, words: str) -> CheckedQuote:
        """Return whether the archive has the words of one quotation, and where; see `verify_quotes`.

        Args:
            words: the quotation without its marks.

        Raises:
            DraftUnusable: it is too long, has no word, or is not valid Unicode.
            ArchiveError: the archive has no article yet.
            ArticleDamaged: no article has it, and one that may have it is damaged.
        """
        from rag.checking.check import check_quote

        return check_quote(words, self.searcher())

    def searcher(self, ranking: RankingConfig = DEFAULT_RANKING, encoder: Encoder | None = None) -> Searcher:
        """Return the searcher for a ranking; each is made once.

        Args:
            encoder: encodes questions in place of the archive's own; its vectors must be the same.
        """
        store = self._store
        searcher = self._searchers.get(ranking)
        if searcher is None:
            searcher = self._searchers[ranking] = Searcher(
                location=self.location,
                store=store,
                dense=self._dense,
                lexical=self._lexical,
                encoder=self._encoder,
                token_stores=self._token_stores,
                ranking=ranking,
                cross_encoder=self._cross_encoder,
            )
        return searcher if encoder is None else replace(searcher, encoder=encoder)

    def reset_calibration(self) -> None:
        """Restore the built-in calibration of the confidence."""
        self._store.facts.set_calibration(None)

    def set_calibration(self, tables: Mapping[str, Calibration]) -> None:
        """Use these weights of the confidence for this archive from now on; see `rag.evaluation.runs.calibrate`."""
        self._store.facts.set_calibration(to_json(tables, self.encoder.fingerprint))
