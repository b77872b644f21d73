"""A day is that of publication, or it is not known."""

from __future__ import annotations

from datetime import date

import pytest

from rag.loading.plain_text.text import load_text
from rag.loading.web.date_phrases import day_in
from rag.loading.web.html import load_html

HEADLINE = "Enno Rolfs ist tot"
PARAGRAPHS = (
    "Der Deichforscher Enno Rolfs ist tot. Er starb nach kurzer Krankheit im Alter von 71 Jahren, teilte seine Familie "
    "am Mittwoch mit. Er hinterlässt eine Frau und zwei Töchter.",
    "Sein Buch über die Sturmfluten erschien in neun Auflagen und wird bis heute an jeder Schule der Küste gelesen, "
    "auch wenn es an manchen Stellen überholt ist.",
)


def text_with(line: str) -> bytes:
    """Return a text with a line below its headline."""
    return "\n\n".join((HEADLINE, line, *PARAGRAPHS)).encode()


def page_with(line: str, lang: str = "de", head: str = "") -> bytes:
    """Return a page with a line below its headline."""
    body = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    return (
        f"<html lang='{lang}'><head><meta charset='utf-8'><title>{HEADLINE}</title>{head}</head><body><main><article>"
        f"<h1>{HEADLINE}</h1><p>{line}</p>{body}</article></main></body></html>"
    ).encode()


@pytest.mark.parametrize(
    "line",
    [
        "Geboren am 3. Mai 1931",
        "geb. 3.5.1931 in Emden",
        "* 3. Mai 1931 in Emden",
        "* 3.5.1931 † 4.6.1999",
        "† 4. Juni 1999",
        "(3. Mai 1931 – 4. Juni 1999)",
        "Born May 3, 1931",
        "Geburtsdatum: 3.5.1931",
        "Né le 3 mai 1931",
        "Heruntergeladen am 03.05.2020",
        "Download: 03.05.2020",
        "Abgerufen: 3. Mai 2020",
        "Datum des Zugriffs: 3. Mai 2020",
        "Retrieved 3 May 2020",
        "Printed on May 3, 2020",
        "Ausdruck vom 03.05.2020",
        "Druckdatum: 03.05.2020",
        "Eingescannt am 3.5.2020",
        "Load-Date: May 3, 2003",
        "Veranstaltung am 3. Juni 2019",
        "Konzert am 3. Juni 2019, 20 Uhr",
        "Einsendeschluss: 3. Mai 2020",
        "Gültig ab 3. Mai 2020",
        "Die Flut vom 1. Februar 1953",
        "The Great Fire of March 3, 1911",
        "11. September 2001: Der Tag, der alles änderte",
        "Was am 9. November 1989 geschah",
        "© 3. Mai 2020 Moorender Bote",
        "Am 3. Mai 2020 treffen sich alle Freunde des Deiches wieder",
        "3. Mai 2999",
        "* 03.05.1931",
        "b. 3 May 1931, d. 4 October 1998",
        "(1931-05-03 to 1998-10-04)",
        "Samstag, 3. Juni 2019, 20 Uhr, Stadthalle",
        "Sonntag, 3. Juni 2019, 19.30 Uhr, Stadthalle",
        "Saturday, June 3, 2019, 8 p.m., Town Hall",
        "Samedi 3 juin 2019, 20 h, salle des fêtes",
        "Sabato 3 giugno 2019, ore 20, Teatro Comunale",
        "Sobota, 3 czerwca 2019, godz. 20, Dom Kultury",
        "Date : samedi 3 juin 2019 à 20 h",
        "Sitzungstag: 3. Juni 2019",
        "Redaktionsschluss: 3. Juni 2019",
        "Foto: Meyer, 3. Juni 2019",
        "Apply by June 3, 2019",
        "In theaters June 3, 2019",
        "DOB: 3 May 1931",
        "Date de naissance : 3 mai 1931",
        "Date d'impression : 3 juin 2019",
        "Date de consultation : 03/06/2019",
        "Fecha de nacimiento: 3 de mayo de 1931",
        "Data di nascita: 3 maggio 1931",
        "Data di stampa: 3 giugno 2019",
        "ur. 3 maja 1931, zm. 4 października 1998",
        "Data dostępu: 3 czerwca 2019",
        "Wydrukowano 3 czerwca 2019",
        "Doğum tarihi: 3 Mayıs 1931",
        "Erişim tarihi: 3 Haziran 2019",
    ],
)
def test_days_of_something_else(line: str) -> None:
    """Days of births, deaths, events, downloads and print-outs, days in headlines and future days are ignored."""
    assert load_text(text_with(line)).published is None
    assert load_html(page_with(line)).published is None


@pytest.mark.parametrize(
    "line",
    [
        "3. Mai 2003",
        "Samstag, 3. Mai 2003",
        "Emden, 3. Mai 2003",
        "Emden, den 3. Mai 2003",
        "Von Tomma Harms, 3. Mai 2003",
        "Tomma Harms am 3. Mai 2003",
        "Veröffentlicht am 3. Mai 2003 von Tomma Harms",
        "Published May 3, 2003 | Updated May 5, 2003",
        "Publié le 3 mai 2003",
        "Moorender Bote vom 03.05.2003, Seite 3",
        "Moorender Zeitung vom 3. Mai 2003",
        "Moorender Bote, 03.05.2003, Nr. 102, S. 5",
        "Pressemitteilung vom 3. Mai 2003",
        "vom 3. Mai 2003",
    ],
)
def test_days_of_publication(line: str) -> None:
    """A day by itself, in a byline, with a word like published, or with the number of an issue or page is one."""
    assert load_text(text_with(line)).published == date(2003, 5, 3)
    assert load_html(page_with(line)).published == date(2003, 5, 3)


def test_day_of_download_above_the_headline() -> None:
    """Notes on a copy are neither headline nor date; the outlet's own line below them is."""
    draft = load_text(f"Heruntergeladen am 03.05.2020\n\n{text_with('Bote vom 12.09.2006, Seite 3').decode()}".encode())
    assert (draft.published, draft.title) == (date(2006, 9, 12), HEADLINE)


@pytest.mark.parametrize(
    ("text", "language", "host", "day"),
    [
        ("06/05/1998", "en-US", "", date(1998, 6, 5)),
        ("06/05/1998", "en-GB", "", date(1998, 5, 6)),
        ("06/05/1998", "en", "", None),
        ("06/05/1998", "en", "www.bote.co.uk", date(1998, 5, 6)),
        ("06/05/1998", None, "www.bote.de", date(1998, 5, 6)),
        ("06/05/1998", "en", "www.town.us", date(1998, 6, 5)),
        ("06/05/1998 10:12 AM EST", "en", "", date(1998, 6, 5)),
        ("06/05/1998 10:12 GMT", "en", "", date(1998, 5, 6)),
        ("06-05-1998", "en-US", "", date(1998, 6, 5)),
        ("06.05.1998", "en-US", "", date(1998, 5, 6)),
        ("06/25/1998", "en-GB", "", date(1998, 6, 25)),
        # a program's usual language on a British host: it is not known
        ("06/05/1998", "en-US", "www.bote.co.uk", None),
        ("06/05/1998", "fr", "", date(1998, 5, 6)),
        ("31.10.98", "de", "", date(1998, 10, 31)),
        ("31.10.98 Seite 3", "de", "", None),
    ],
)
def test_days_that_can_be_read_in_two_ways(text: str, language: str | None, host: str, day: date | None) -> None:
    """4/3/2023 is read by the country of language, host and time, if these agree, and else is not known."""
    assert day_in(text, language, host) == day


def test_no_guess_goes_round_that() -> None:
    """What a page states in a way that can be read as two days stays unknown, though a library reads it as one."""
    assert load_html(page_with("Published 06/05/1998 10:12", "en")).published is None
    assert load_html(page_with("Published 06/05/1998 10:12 AM EST", "en-US")).published == date(1998, 6, 5)


def test_a_page_says_below_when_it_was_published() -> None:
    """The date line that blogs put below an article counts, wherever it is, if it names one day."""
    posted_line = "<p>Dieser Beitrag wurde am 3. Mai 2003 um 10:12 Uhr von Tomma Harms veröffentlicht.</p>"
    raw = page_with("Ein Nachruf").replace(b"</article>", f"</article>{'<p>x</p>' * 20}{posted_line}".encode())
    draft = load_html(raw)
    assert (draft.published, draft.origins["published"]) == (date(2003, 5, 3), "line of the page")


def test_a_star_in_a_list_is_none_of_birth() -> None:
    """A page that was saved as text has stars before the items of its lists, of which one may be the day."""
    assert load_text(text_with("* Tomma Harms\n* 3. Mai 2003")).published == date(2003, 5, 3)


def test_a_day_in_the_headline_is_none() -> None:
    """A headline that names a day is about it."""
    raw = page_with("Ein Rückblick").replace(HEADLINE.encode(), b"17. Juni 1953")
    assert load_html(raw).published is None
