"""The wording of the view Ask: filters, results by article, and the foot of a card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AskTexts:
    """The wording in one language. Names in braces are filled in by the page; pairs are for one and for several."""

    filters: str
    period: str
    since: str
    until: str
    histogram: str
    histogram_hint: str
    source: str
    language: str
    author: str
    kind: str
    kinds: Mapping[str, str]
    sort: str
    sorts: Mapping[str, str]
    active_filters: str
    remove_filter: str
    from_day: str
    to_day: str
    remove_all: str
    nothing_with_filters: tuple[str, str]
    results_heading: tuple[str, str]
    more_passages: tuple[str, str]
    less_likely: tuple[str, str]
    more_results: str
    open: str
    about: str
    file_label: str
    place_label: str
    checksum_label: str


ASK: Mapping[str, AskTexts] = {
    "de": AskTexts(
        filters="Ergebnis eingrenzen",
        period="Zeitraum",
        since="von",
        until="bis",
        histogram="Artikel nach Zeit",
        histogram_hint="Balken anklicken oder über mehrere ziehen",
        source="Medium",
        language="Sprache",
        author="Autor",
        kind="Textart",
        kinds={"article": "Artikel", "comment": "Leserkommentare"},
        sort="Reihenfolge",
        sorts={"relevance": "nach Relevanz", "date": "neueste zuerst"},
        active_filters="Gesetzte Filter",
        remove_filter="Filter entfernen: {value}",
        from_day="ab {day}",
        to_day="bis {day}",
        remove_all="Alle entfernen",
        nothing_with_filters=(
            "Mit diesen Filtern gibt es nichts; ohne sie 1 Artikel.",
            "Mit diesen Filtern gibt es nichts; ohne sie {count} Artikel.",
        ),
        results_heading=("1 Artikel", "{count} Artikel"),
        more_passages=("1 weitere Stelle in diesem Artikel", "{count} weitere Stellen in diesem Artikel"),
        less_likely=("1 weniger wahrscheinlicher Treffer", "{count} weniger wahrscheinliche Treffer"),
        more_results="Mehr Ergebnisse",
        open="Öffnen",
        about="Mehr zu dieser Fundstelle",
        file_label="Datei",
        place_label="Stelle",
        checksum_label="SHA-256 der Datei",
    ),
    "en": AskTexts(
        filters="Narrow the results",
        period="Period",
        since="from",
        until="to",
        histogram="Articles over time",
        histogram_hint="Click a bar, or drag across several",
        source="Outlet",
        language="Language",
        author="Author",
        kind="Kind of text",
        kinds={"article": "Articles", "comment": "Reader comments"},
        sort="Order",
        sorts={"relevance": "by relevance", "date": "newest first"},
        active_filters="Filters in use",
        remove_filter="Remove filter: {value}",
        from_day="from {day}",
        to_day="to {day}",
        remove_all="Remove all",
        nothing_with_filters=(
            "Nothing matches with these filters; without them there is 1 article.",
            "Nothing matches with these filters; without them there are {count} articles.",
        ),
        results_heading=("1 article", "{count} articles"),
        more_passages=("1 more passage in this article", "{count} more passages in this article"),
        less_likely=("1 less likely result", "{count} less likely results"),
        more_results="More results",
        open="Open",
        about="More about this passage",
        file_label="File",
        place_label="Position",
        checksum_label="SHA-256 of the file",
    ),
}
