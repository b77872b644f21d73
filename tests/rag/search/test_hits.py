"""What a hit is made of: the words that carry the question."""

from __future__ import annotations

from rag.lexical.query import LexicalQuery, QueryWord, idf
from rag.search.hits import carrying_terms


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
