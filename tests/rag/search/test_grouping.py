"""One citation for neighbours, one for copies."""

from __future__ import annotations

from datetime import date

from factories import article

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
