"""One citation for neighbours, one for copies."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from factories import article
from hypothesis import given
from hypothesis import strategies as st

from rag.search import grouping
from rag.search.grouping import Group, group_passages
from rag.types import Article, Passage, passage_at

WIRE = (
    "Der Ministerpräsident hat am Dienstag im Landtag seinen Rücktritt erklärt. Er zog damit die Folgen aus der "
    "Affäre um gefälschte Abrechnungen, die das Land seit Monaten beschäftigt."
)


def ranked_passage(source: Article, start: int, end: int) -> tuple[Article, Passage]:
    return source, passage_at(source, start, end)


def test_wire_copy_is_one_citation_of_the_earliest() -> None:
    """Three papers printed an agency's text: the earliest is cited, the others are named in the order of their days."""
    later = article("b", WIRE, source="b", published=date(2024, 5, 3))
    first = article("a", "(dpa) " + WIRE, source="a", published=date(2024, 5, 1))
    undated = article("c", WIRE + " (dpa)", source="c")
    other = article("d", "Im Landtag wird am Mittwoch über den Haushalt des kommenden Jahres abgestimmt.")
    ranked = [ranked_passage(source, 0, len(source.text)) for source in (later, other, first, undated)]
    assert group_passages(ranked, 5) == [Group((2,), (0, 3)), Group((1,))]


def test_a_rewritten_report_is_no_copy() -> None:
    """Another paper's own words on the same event stay a citation of their own."""
    own = article("a", WIRE)
    theirs = article("b", "Nach der Affäre um falsche Rechnungen gibt der Regierungschef auf.")
    assert group_passages([ranked_passage(own, 0, len(own.text)), ranked_passage(theirs, 0, len(theirs.text))], 5) == [
        Group((0,)),
        Group((1,)),
    ]


def test_neighbours_that_both_rank_are_one_citation() -> None:
    """Two passages that follow on each other merge in the place of the better one; one further off does not."""
    text = "Erster Teil der Meldung.\n\nZweiter Teil der Meldung.\n\nDritter Teil.\n\nVierter Teil."
    source = article("a", text)
    spans = {"first": (0, 24), "second": (26, 51), "fourth": (68, 81)}
    ranked = [ranked_passage(source, *spans[name]) for name in ("second", "fourth", "first")]
    assert group_passages(ranked, 5) == [Group((0, 2)), Group((1,))]


def test_a_quote_does_not_grow_without_end() -> None:
    """Three passages are merged at most; the fourth is a citation of its own."""
    source = article("a", "abcd " * 10)
    ranked = [ranked_passage(source, start, start + 5) for start in range(0, 20, 5)]
    assert [len(group.merged) for group in group_passages(ranked, 5)] == [3, 1]


def test_places_of_merged_passages_go_to_the_next_best() -> None:
    """Of k citations none is lost to a merger, and a neighbour that would not have been shown is not merged."""
    first, second, third = (article(name, f"{name} " * 40) for name in "abc")
    ranked = [
        ranked_passage(first, 0, 20),
        ranked_passage(first, 20, 40),
        ranked_passage(second, 0, 20),
        ranked_passage(third, 0, 20),
        ranked_passage(second, 20, 40),
    ]
    assert group_passages(ranked, 2) == [Group((0, 1)), Group((2,))]


def test_copies_are_in_the_order_of_their_days() -> None:
    """The earliest is cited; the others follow by day, then by rank, those without a day last."""
    days = [None, date(2024, 5, 4), date(2024, 5, 2), date(2024, 5, 3), date(2024, 5, 4), None]
    papers = [article(str(number), WIRE, published=day) for number, day in enumerate(days)]
    ranked = [ranked_passage(source, 0, len(WIRE)) for source in papers]
    assert group_passages(ranked, 5) == [Group((2,), (3, 1, 4, 0, 5))]


def test_a_copy_is_counted_when_all_places_are_taken() -> None:
    """Whatever lies between in the ranking: only a new citation needs a place."""
    first, copy = article("a", WIRE), article("b", WIRE)
    other = article("c", "Im Landtag wird am Mittwoch über den Haushalt abgestimmt.")
    ranked = [ranked_passage(source, 0, len(source.text)) for source in (first, other, copy)]
    assert group_passages(ranked, 1) == [Group((0,), (2,))]
    assert group_passages(ranked, 0) == []


def test_neighbours_are_merged_until_there_are_enough_groups() -> None:
    """With two groups neighbours still merge if they may until there are three, and do not if until there are two."""
    first, second = article("a", "abcd " * 10), article("b", "wxyz " * 10)
    ranked = [ranked_passage(first, 0, 5), ranked_passage(second, 0, 5), ranked_passage(first, 5, 10)]
    assert group_passages(ranked, 5, merged=3) == [Group((0, 2)), Group((1,))]
    assert group_passages(ranked, 5, merged=2) == [Group((0,)), Group((1,)), Group((2,))]


def test_a_quote_that_copies_do_not_have_is_not_merged() -> None:
    """The second sentence stands in one of two papers alone, so it is a citation of its own."""
    sentences = ("Der Ministerpräsident ist zurückgetreten.", "Sein Nachfolger wird am Freitag gewählt.")
    own, copy = article("a", " ".join(sentences)), article("b", sentences[0])
    end = len(sentences[0])
    ranked = [ranked_passage(own, 0, end), ranked_passage(copy, 0, end), ranked_passage(own, end + 1, len(own.text))]
    assert group_passages(ranked, 5) == [Group((0,), (1,)), Group((2,))]
    assert group_passages([ranked[0], ranked[2]], 5) == [Group((0, 1))]


@pytest.mark.parametrize(("count", "cut", "is_copy"), [(20, 19, True), (21, 15, True), (21, 16, False)])
def test_what_is_compared_word_for_word(count: int, cut: int, is_copy: bool) -> None:
    """Of twenty pairs of words, five must be the same before sentences are compared; cut words are other words."""
    words = [f"wort{chr(ord('a') + number)}" for number in range(count)]
    torn = [f"{word[:2]}-\n{word[2:]}" if number < cut else word for number, word in enumerate(words)]
    papers = [article(name, f"{' '.join(text)} ist.") for name, text in (("a", words[:-1]), ("b", torn[:-1]))]
    groups = group_passages([ranked_passage(source, 0, len(source.text)) for source in papers], 5)
    assert groups == ([Group((0,), (1,))] if is_copy else [Group((0,)), Group((1,))])


SENTENCES = ("Der Rat tagte.", "Die Brücke ist zu.", "Wer zahlt?", "Es regnet.")
papers = st.lists(
    st.tuples(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=5), st.none() | st.dates()),
    min_size=1,
    max_size=4,
)


@given(papers, st.data(), st.integers(0, 6))
def test_every_passage_is_in_one_group_at_most(
    papers: list[tuple[list[str], date | None]], data: st.DataObject, k: int
) -> None:
    """Groups are at most k, in the order of the ranking; with room for all no passage is lost, and a longer list has
    the same beginning. Merged passages follow on each other; articles long enough to be remembered are grouped alike.
    """
    ranked = []
    for name, (sentences, day) in enumerate(papers):
        source = article(str(name), "\n\n".join(sentences), published=day)
        place = 0
        for sentence in sentences:
            ranked.append(ranked_passage(source, place, place + len(sentence)))
            place += len(sentence) + 2
    ranked = data.draw(st.permutations(ranked))
    groups = group_passages(ranked, k)
    members = [number for group in groups for number in (*group.merged, *group.copies)]
    assert len(groups) <= k and len(members) == len(set(members))
    assert sorted(min(group.merged + group.copies) for group in groups) == [
        min(group.merged + group.copies) for group in groups
    ]
    for group in groups:
        spans = sorted((ranked[number][1].start, ranked[number][1].end) for number in group.merged)
        assert len({ranked[number][0].id for number in group.merged}) == 1 and len(spans) <= 3
        assert all(following[0] == previous[1] + 2 for previous, following in pairwise(spans))
    everything = group_passages(ranked, len(ranked), merged=2)
    assert sorted(number for group in everything for number in (*group.merged, *group.copies)) == [*range(len(ranked))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grouping, "_LONG", 0)
        assert group_passages(ranked, k) == groups
