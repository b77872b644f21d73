"""Fusion, late interaction and the answering sentence, by hand and against plain loops."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from factories import article
from hypothesis import given
from hypothesis import strategies as st

from embeddings.encoder import Encoder
from embeddings.types import TokenVectors, Vectors
from embeddings.vectors.language_neutral import language_neutral
from rag.archive import Archive
from rag.config import DEFAULT_RANKING, RankingConfig
from rag.dense.token_vectors import PassageTokens
from rag.errors import ArchiveError
from rag.lexical.query import LexicalQuery, Match, QueryWord
from rag.search.alignment import Alignment
from rag.search.candidates import Candidates, EncodedQuery
from rag.search.cross_encoder import CrossEncoderReranker
from rag.search.fusion import (
    agreement,
    boost_other_languages,
    language_by_words,
    reciprocal_ranks,
    weighted_mean,
)
from rag.search.highlighting import (
    MARKS,
    ScoredSentence,
    margin_of,
    mark_features,
    score_sentences,
    sentences_of,
)
from rag.search.query import parse
from rag.search.ranking import rank
from rag.search.reranking import (
    LateInteraction,
    Reranked,
    Reranker,
    blend_article_context,
    discriminative_weights,
    token_weights,
)
from rag.types import Article, Passage, passage_at

NO_WORDS = LexicalQuery((), 100)
NO_VECTOR = np.zeros(1, np.float32)


def of_vector(text: str, words: LexicalQuery, vector: Vectors) -> EncodedQuery:
    """A question with a vector and no tokens."""
    none = TokenVectors(np.empty((0, len(vector)), np.float32), np.empty((0, 2), np.int32), vector)
    return EncodedQuery(text, words, none)


def whole(text: str, name: str = "a", language: str = "de") -> tuple[Article, Passage]:
    source = article(name, text, language=language)
    return source, passage_at(source, 0, len(text))


def query_of(text: str, encoder: Encoder, words: LexicalQuery = NO_WORDS) -> EncodedQuery:
    neutral = language_neutral(encoder.fingerprint)
    return EncodedQuery(text, words, neutral.project(encoder.token_vectors([text], "query"), "query")[0])


# -- fusion -----------------------------------------------------------------------------------------


def test_fused_scores_by_hand() -> None:
    """(.5 + .35 · .6) / 1.35, and with late interaction (.7 + a · 1.2 · .5 + .35 · .6) / (1.35 + a · 1.2)."""
    question = of_vector("x", NO_WORDS, NO_VECTOR)

    def score(share: float, reranker: Reranker | None, config: RankingConfig = DEFAULT_RANKING) -> float:
        shares = np.array([share])
        candidates = Candidates((whole("x" * 700),), np.array([0.5]), shares, spelled=shares)
        return float(rank(question, candidates, reranker, config).scores[0])

    assert score(0.6, None) == pytest.approx(0.71 / 1.35)
    assert score(0.6, ByLength(decides=False)) == pytest.approx(1.51 / 2.55)
    assert score(0.1, ByLength(decides=False)) == pytest.approx(0.735 / 1.35)
    assert score(0.6, ByLength(decides=True)) == pytest.approx(0.7)
    chosen = RankingConfig(dense_weight=2.0, lexical_weight=1.0)
    assert score(0.6, ByLength(decides=False), chosen) == pytest.approx((0.7 + 2 * 0.5 + 0.6) / 4)


def test_agreement_is_that_of_the_best_passage() -> None:
    """Up to a lexical share of .1 they share no words, from .3 on they do; between, in proportion."""
    assert [agreement(np.array([0.0, best])) for best in (0.05, 0.1, 0.2, 0.3, 0.9)] == pytest.approx([0, 0, 0.5, 1, 1])
    assert agreement(np.empty(0)) == 0


def test_no_passage_is_behind_for_its_language() -> None:
    """English passages that share a name with a German question are credited what nine of ten German ones share."""
    lexical = np.array([0.5, 0.1, 0.0, 0.02, 0.0])
    languages = ["de", "de", "de", "en", "en"]
    credit = 0.42  # between .1 and .5 at the ninth decile of three: .1 + .8 · .4
    raised = [0.5, 0.1, 0.0, 0.02 + credit, credit]
    assert boost_other_languages(lexical, lexical, languages) == pytest.approx(raised)
    assert boost_other_languages(lexical, lexical, ["de"] * 5) == pytest.approx(lexical)


def test_a_name_that_sounds_alike_tells_no_language() -> None:
    """A name in another spelling counts in addition; the credit is that of words spelled like the question's."""
    spelled, languages = np.array([0.5, 0.1, 0.0, 0.0]), ["de", "de", "de", "uk"]
    lexical = spelled + np.array([0.0, 0.0, 0.0, 0.6])
    assert boost_other_languages(lexical, spelled, languages) == pytest.approx([0.5, 0.1, 0.0, 0.6 + 0.42])


shares = st.floats(0, 1)
candidates = st.lists(st.tuples(shares, st.sampled_from(["de", "en", "fr"])), min_size=1, max_size=20)


@given(candidates, shares)
def test_fusion_stays_in_bounds(scored: list[tuple[float, str]], other: float) -> None:
    """Words agree from 0 to 1, more with a better passage; no passage loses by its language, and means are between."""
    lexical, languages = np.array([share for share, _ in scored]), [language for _, language in scored]
    assert 0 <= agreement(lexical) <= agreement(np.append(lexical, other)) <= 1
    raised = boost_other_languages(lexical, lexical, languages)
    of_question = languages[int(np.argmax(lexical))]
    assert (raised >= lexical).all()
    assert [raised[n] for n, name in enumerate(languages) if name == of_question] == [
        lexical[n] for n, name in enumerate(languages) if name == of_question
    ]
    mean = weighted_mean({"a": lexical, "b": raised}, {"a": 1.2, "b": 0.35})
    assert (lexical - 1e-9 <= mean).all()
    assert (mean <= raised + 1e-9).all()


def test_the_language_of_the_question_is_that_of_the_best_passage() -> None:
    """By its words; of no passage, there is none."""
    assert language_by_words(np.array([0.1, 0.4, 0.2]), ["de", "en", "de"]) == "en"
    assert language_by_words(np.empty(0), []) == ""


def test_reciprocal_rank_fusion_by_hand() -> None:
    """1 / (60 + rank), summed over the rankings that name a key."""
    assert reciprocal_ranks([[1, 2], [2]]) == pytest.approx({1: 1 / 61, 2: 1 / 62 + 1 / 61})


# -- late interaction -------------------------------------------------------------------------------


def test_best_matches_by_loops() -> None:
    """The largest cosine of each row; against plain loops, with numbers that have no pattern."""
    similarities = np.random.default_rng(3).uniform(-1, 1, (4, 7)).astype(np.float32)
    spans = np.array([(offset, offset + 1) for offset in range(7)], np.int32)
    alignment = Alignment(similarities, spans, np.zeros((7, 2), np.float32))
    assert alignment.best_matches().tolist() == [max(row) for row in similarities.tolist()]
    assert alignment.within((2, 5)).best_matches().tolist() == [max(row[2:5]) for row in similarities.tolist()]
    assert alignment.within((9, 12)).best_matches().tolist() == [-1] * 4


def test_words_that_all_candidates_match_tell_little() -> None:
    """The weight is the root of the range: .36 apart weighs .6; with one candidate all words weigh the same."""
    weights = discriminative_weights(np.array([[0.9, 0.5], [0.9, 0.86]], np.float32))
    assert weights == pytest.approx([0.01, 0.6], abs=1e-3)
    assert len(set(discriminative_weights(np.array([[0.9, 0.5]], np.float32)).tolist())) == 1


def test_the_rest_of_the_article_is_context() -> None:
    """A passage takes three tenths of what a better match in its own article has above it, and nothing of others."""
    matches = np.array([[0.5, 0.8], [0.9, 0.1], [0.2, 0.2]], np.float32)
    expected = [[0.5 + 0.3 * 0.4, 0.8], [0.9, 0.1 + 0.3 * 0.7], [0.2, 0.2]]
    assert blend_article_context(matches, ["a", "a", "b"]) == pytest.approx(np.array(expected))


def test_rare_words_weigh_more() -> None:
    """A word that no passage holds weighs 1, one with a quarter of that idf one half, a stop word the least."""
    question = "wer sah Račak"
    highest = LexicalQuery((), 100).max_idf
    words = LexicalQuery((QueryWord((4, 7), ("sah",), highest / 4), QueryWord((8, 13), ("racak",), highest)), 100)
    spans = np.array([[0, 3], [4, 7], [8, 10], [10, 13]], np.int32)
    assert token_weights(of_vector(question, words, NO_VECTOR), spans) == pytest.approx([0.2, 0.5, 1, 1])


def test_late_interaction_prefers_the_passage_that_answers(encoder: Encoder) -> None:
    """Among three passages on one subject, the one that says when; and tokens align with their places in the text."""
    passages = [
        whole("Die Brücke war lange umstritten, und die Anwohner protestierten gegen den Bau."),
        whole("Eröffnet wurde die Brücke am 3. Mai 1998 vom Bürgermeister."),
        whole("Die Brücke ist 420 Meter lang und hat vier Spuren."),
    ]
    reranked = LateInteraction(PassageTokens(encoder)).rerank(
        query_of("Wann wurde die Brücke eröffnet?", encoder), passages
    )
    assert np.argmax(reranked.scores) == 1
    assert reranked.signal == "late"
    for (_, passage), alignment in zip(passages, reranked.alignments, strict=True):
        assert alignment is not None
        assert alignment.similarities.shape[1] == len(alignment.spans)
        covered = {offset for start, end in alignment.spans.tolist() for offset in range(start, end)}
        assert {offset for offset, sign in enumerate(passage.text) if sign.isalnum()} <= covered


def test_a_title_is_read_but_has_no_place_in_the_passage(encoder: Encoder) -> None:
    """Tokens of the title stand before the passage: their places are negative, and the passage's begin at 0.

    They end with its last word, for the full stop after it is not compared.
    """
    text = "Er trat am Montag zurück. " + "Mehr ist nicht bekannt. " * 40
    source = article(text=text, title="Der Minister von Taka-Tuka-Land")
    late = LateInteraction(PassageTokens(encoder))
    reranked = late.rerank(query_of("Wann trat der Minister zurück?", encoder), [(source, passage_at(source, 0, 25))])
    assert reranked.alignments[0] is not None
    starts = reranked.alignments[0].spans[:, 0]
    assert starts.min() < 0
    assert 0 in starts
    assert reranked.alignments[0].spans[:, 1].max() == len("Er trat am Montag zurück")


def test_no_passages_no_scores(encoder: Encoder) -> None:
    """Nothing to read is read without an error."""
    reranked = LateInteraction(PassageTokens(encoder)).rerank(query_of("Wer?", encoder), [])
    assert (len(reranked.scores), reranked.alignments) == (0, ())


class ByLength:
    """A re-ranker whose scores are known: the longer the text, the better."""

    def __init__(self, *, decides: bool) -> None:
        self.decides = decides

    def rerank(self, query: EncodedQuery, passages: Sequence[tuple[Article, Passage]]) -> Reranked:
        scores = np.array([len(passage.text) / 1000 for _, passage in passages])
        return Reranked("length", scores, (None,) * len(scores), self.decides)


def test_the_best_are_read_and_the_others_stay_below_them() -> None:
    """Of more candidates than are read, those that were read come first in their new order, then the rest in theirs."""
    read = DEFAULT_RANKING.reranked
    count = read + 3
    passages = tuple(whole("x" * (number + 1), f"a{number}") for number in range(count))
    dense = np.linspace(0.9, 0.1, count)
    question = of_vector("x", NO_WORDS, NO_VECTOR)
    ranking = rank(
        question, Candidates(passages, dense, np.zeros(count), spelled=np.zeros(count)), ByLength(decides=True)
    )
    order = [int(source.id[1:]) for source, _ in ranking.passages]
    assert order == [*range(read - 1, -1, -1), *range(read, count)]
    assert (np.diff(ranking.scores) < 0).all()
    assert ranking.fused == tuple(number + 1 for number in order)
    assert ["length" in signals for signals in ranking.signals] == [True] * read + [False] * 3


def tiny_cross_encoder(folder: Path) -> str:
    """Save a real cross-encoder, tiny and untrained."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    words = {word: number for number, word in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "wer", "kam", "ging"])}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]",
                                   cls_token="[CLS]", sep_token="[SEP]")  # fmt: skip
    config = BertConfig(vocab_size=len(words), hidden_size=8, num_hidden_layers=1, num_attention_heads=1,
                        intermediate_size=8, num_labels=1)  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(folder)
    fast.save_pretrained(folder)
    return str(folder)


@pytest.mark.slow  # it imports torch
def test_a_cross_encoder_takes_the_place_of_late_interaction(encoder: Encoder, tmp_path: Path) -> None:
    """It gives the scores that sentence-transformers gives, and decides alone."""
    from sentence_transformers import CrossEncoder

    name = tiny_cross_encoder(tmp_path)
    passages = [whole("kam"), whole("ging")]
    reranked = CrossEncoderReranker(name).rerank(query_of("wer", encoder), passages)
    truth = CrossEncoder(name).predict([("wer", "kam"), ("wer", "ging")])
    assert reranked.scores == pytest.approx(truth.tolist(), abs=1e-6)
    assert (reranked.signal, reranked.decides, reranked.alignments) == ("cross", True, (None, None))


def test_the_answering_sentence_is_marked_with_a_cross_encoder_too(encoder: Encoder, tmp_path: Path) -> None:
    """It says nothing of sentences, so the encoder finds the one that answers.

    The cross-encoder is not trained, so that the confidence is low, and the answer shows no mark.
    """
    name = tiny_cross_encoder(tmp_path / "model")
    text = "Die Brücke war lange umstritten. Eröffnet wurde sie am 3. Mai 1998. Sie hat vier Spuren."
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "brücke.txt").write_text(text, encoding="utf-8")
    archive = Archive.open(tmp_path / "archive", reranker=name)
    archive.index([tmp_path / "articles"])
    (citation,) = archive.searcher().search(parse("Wann wurde die Brücke eröffnet?"), 5).hits
    archive.close()
    assert citation.signals.keys() == {"cross", "dense", "lexical"}
    assert [citation.article.text[start:end] for start, end in citation.highlights] == [
        "Eröffnet wurde sie am 3. Mai 1998."
    ]


def test_a_missing_cross_encoder_is_one_sentence(tmp_path: Path) -> None:
    """It names the model and says what to give."""
    with pytest.raises(ArchiveError, match=r"nowhere cannot be opened .* give the folder"):
        CrossEncoderReranker(str(tmp_path / "nowhere"))


# -- the answering sentence -------------------------------------------------------------------------


def test_a_sentence_score_by_hand() -> None:
    """Best matches of two tokens .6 and .2, half of the cosine of (3, 4)/5 and (1, 1)/√2, half of the words by idf."""
    similarities = np.array([[0.6, 0.1, 0.9], [0.2, 0.0, 0.9]], np.float32)
    vectors = np.array([[1, 0], [0, 1], [0.6, 0.8]], np.float32)
    alignment = Alignment(similarities, np.array([[0, 3], [4, 9], [12, 15]], np.int32), vectors)
    words = LexicalQuery((QueryWord((0, 1), ("x",), 2.0), QueryWord((2, 3), ("y",), 2.0)), 100)
    matches = [Match(0, 3, "x"), Match(12, 15, "y")]
    question = np.array([0.6, 0.8], np.float32)
    (scored,) = score_sentences([(0, 10), (20, 30)], alignment, matches, words, question)
    assert scored.span == (0, 10)
    assert scored.score == pytest.approx(0.4 + 0.5 * 1.4 / 2**0.5 + 0.2 * 0.5, abs=1e-6)


def test_the_probability_of_a_mark_by_hand() -> None:
    """1 / (1 + e^(3.15 - 6.46 · √.04 - 50.99 · .03 - .54)), and the bounds of both distances."""
    features = mark_features(0.04, 0.03, across=True)
    assert MARKS.probability(features) == pytest.approx(1 / (1 + math.exp(3.15 - 6.46 * 0.2 - 50.99 * 0.03 - 0.54)))
    assert mark_features(math.inf, math.inf, across=False) == mark_features(0.2, 0.05, across=False)
    assert mark_features(0.0, -math.inf, across=False) == {"margin": 0, "lead": -0.05, "across": 0}
    # no sentence of a passage that is clearly behind another one
    assert MARKS.probability(mark_features(math.inf, -0.03, across=True)) < 0.5


def test_a_margin_by_hand() -> None:
    """From the best sentence to the second one, in any order."""
    sentences = [ScoredSentence((0, 5), 0.8), ScoredSentence((5, 9), 1.0), ScoredSentence((9, 12), 0.1)]
    assert margin_of(sentences) == pytest.approx(0.2)
    assert (margin_of(sentences[:1]), margin_of([])) == (math.inf, 0)


@given(st.text(alphabet="aB. !?\n„“", max_size=200))
def test_sentences_are_trimmed_and_in_order(text: str) -> None:
    """They begin and end with a sign, hold a letter, and do not overlap."""
    spans = sentences_of(text, "de")
    for start, end in spans:
        assert text[start:end] == text[start:end].strip()
        assert any(sign.isalnum() for sign in text[start:end])
    assert all(span[1] <= following[0] for span, following in pairwise(spans))
