"""The filters of an answer: what is offered, what is chosen, and the histogram."""

from __future__ import annotations

from datetime import date, timedelta
from html import unescape
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from page_parts import Parts

from rag.types import Facets, Filter
from ui.html.filters import active_filters, filter_bar
from ui.html.histogram import bars_of
from ui.wording.english import ENGLISH
from ui.wording.german import GERMAN

FACETS = Facets(
    sources={"Passblatt": 3, "taz": 1},
    languages={"de": 3, "fr": 1},
    authors={"Ada": 4},
    kinds={"article": 4},
    months={"2020-01": 1, "2020-03": 3},
)


def test_a_menu_lists_values_with_their_counts() -> None:
    """Each value with its number of articles; a facet with a single value is no choice and has no menu."""
    html = filter_bar(FACETS, Filter(), "relevance", GERMAN)
    text = Parts(html).text
    assert "Passblatt3taz1" in text
    assert "Deutsch3Französisch1" in text
    assert "Autor" not in text
    assert "fs-chips" not in html


def test_other_values_than_the_chosen_one_have_no_count() -> None:
    """How many articles the list would have with one of them is known only when it is chosen."""
    text = Parts(filter_bar(FACETS, Filter(exact_sources=("taz",)), "relevance", GERMAN)).text
    assert "taz1Passblatt" in text
    assert "Passblatt3" not in text
    assert "Deutsch3Französisch1" in text


def test_a_chosen_value_stays_although_nothing_has_it() -> None:
    """It is ticked with a zero, so that it can be taken back, and there is a chip that removes it."""
    html = filter_bar(FACETS, Filter(exact_sources=("Gone",)), "date", ENGLISH)
    assert 'value="Gone" checked' in html
    assert "Gone0" in Parts(html).text
    assert 'data-fs-remove="[&quot;source&quot;, &quot;Gone&quot;]"' in html
    assert "Remove all" not in html


def test_every_filter_in_use_has_a_chip() -> None:
    """Days in words, languages and kinds by their names; by default only articles are searched, which is no filter."""
    chosen = Filter(
        since=date(2020, 1, 1),
        until=date(2021, 12, 31),
        languages=("fr",),
        kinds=("article", "comment"),
        exact_authors=("Ada",),
    )
    assert [label for *_, label in active_filters(chosen, GERMAN)] == [
        "ab 1. Januar 2020",
        "bis 31. Dezember 2021",
        "Französisch",
        "Ada",
        "Leserkommentare",
    ]
    assert active_filters(Filter(), GERMAN) == []
    assert "Alle entfernen" in filter_bar(FACETS, chosen, "relevance", GERMAN)


@given(st.text(min_size=1, max_size=40))
def test_a_name_from_outside_becomes_no_markup(name: str) -> None:
    """Whatever an outlet is called, the toolbar has the elements that it has for a plain name."""
    plain, vile = (
        Parts(filter_bar(Facets(sources={value: 1, "b": 1}), Filter(exact_sources=(value,)), "date", GERMAN))
        for value in ("a", name)
    )
    assert (vile.tags, vile.names) == (plain.tags, plain.names)
    assert name in vile.values


def test_one_stop_of_the_tab_key() -> None:
    """Of all menus one can be reached with Tab; from there arrow keys go on."""
    html = filter_bar(FACETS, Filter(), "relevance", GERMAN)
    assert html.count('tabindex="0"') == 1
    assert html.index('tabindex="0"') < html.index('tabindex="-1"')


@given(
    st.dictionaries(
        st.builds(lambda year, month: f"{year:04}-{month:02}", st.integers(1, 9999), st.integers(1, 12)),
        st.integers(1, 99),
        min_size=1,
        max_size=8,
    )
)
def test_bars_cover_the_whole_time_without_gaps(months: dict[str, int]) -> None:
    """Each bar begins the day after the one before, every article is in one, and there are not too many to see."""
    bars = bars_of(months, ENGLISH)
    assert len(bars) <= 1000
    assert sum(bar.count for bar in bars) == sum(months.values())
    assert all(later.first == earlier.last + timedelta(1) for earlier, later in pairwise(bars))
    assert bars[0].first <= date.fromisoformat(f"{min(months)}-01") <= bars[-1].last


def test_the_histogram_shows_the_chosen_period() -> None:
    """Bars outside of the period are marked as such; each says its month and its count."""
    html = filter_bar(FACETS, Filter(since=date(2020, 3, 1)), "relevance", GERMAN)
    assert html.count("data-fs-outside") == 2
    assert "März 2020: 3 Artikel" in unescape(html)
    assert 'data-fs-since="2020-01-01" data-fs-until="2020-01-31"' in html
