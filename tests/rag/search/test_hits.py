"""What a hit is made of: the words that carry the question."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
from factories import article

from rag.lexical.query import LexicalQuery, QueryWord, idf
from rag.search.grouping import group_passages
from rag.search.hits import Evidence, carrying_terms, hit_of
from rag.search.ranking import NO_RANKING
from rag.types import passage_at


def test_rare_words_names_and_numbers_carry_a_question() -> None:
    """Of "How many people died in Ahr in 2021", the name, the number and the rare word; if nothing stands out, all."""
    text = "How many people died in Ahr in 2021"
    common, rare = idf(80, 100), idf(1, 100)
    values = {"How": common, "many": common, "people": common, "died": rare, "Ahr": common, "2021": common}
    words = tuple(
        QueryWord((text.index(word), text.index(word) + len(word)), (word.lower(),), value)
        for word, value in values.items()
    )
    assert carrying_terms(LexicalQuery(words, 100), text) == {"died", "ahr", "2021"}
    assert carrying_terms(LexicalQuery(words[:3], 100), text) == {"how", "many", "people"}


def test_an_article_is_not_its_own_copy() -> None:
    """A sentence stands twice in the earlier of two papers: that is cited, and only the later one has it, too."""
    sentence = "Der Landtag hat den Haushalt beschlossen."
    twice = article("early", f"{sentence}\n\n{sentence}", published=date(2024, 5, 1))
    once = article("late", sentence, published=date(2024, 5, 2))
    end = len(sentence)
    passages = [(once, passage_at(once, 0, end))]
    passages += [(twice, passage_at(twice, start, start + end)) for start in (0, end + 2)]
    ranking = replace(NO_RANKING, passages=tuple(passages), scores=np.array([0.9, 0.8, 0.7]), signals=({},) * 3)
    (group,) = group_passages(ranking.passages, 5)
    hit = hit_of(1, group, ranking, Evidence({number: [] for number in range(3)}, {}, frozenset()))
    assert (hit.article.id, [copy.id for copy in hit.also]) == ("early", ["late"])
