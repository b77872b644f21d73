"""Entries of bibliographies: as the style guides' own examples have them."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.citing.reference import Kind, Language, Reference, reference_of
from rag.citing.styles import STYLES, Style, entry, plain, with_closed_directions
from rag.types.quotation import Quotation

QUOTATION = Quotation(text="Ein Satz.", start=0, end=9, article_id="a", path="/news/bote.pdf", sha256="0" * 64)
TODAY = date(2026, 11, 30)


def cited(style: Style, language: Language = "en", accessed: date = TODAY, **facts: object) -> str:
    """Return the entry for an article with these facts."""
    fields = {name: getattr(QUOTATION, name) for name in ("text", "start", "end", "article_id", "path", "sha256")}
    quotation = Quotation(**(fields | facts))  # type: ignore[arg-type]
    return plain(entry(reference_of(quotation, language, accessed), style, language)).replace("\u00a0", " ")


def test_the_example_of_apa() -> None:
    """The newspaper article of the Publication Manual of the APA, 7th edition, 10.1, example 16."""
    address = "https://www.nytimes.com/2019/03/22/health/memory-forgetting-psychology.html"
    facts = {"author": "Benedict Carey", "title": "Can we get better at forgetting?", "source": "The New York Times"}
    assert cited("apa", **facts, published=date(2019, 3, 22), url=address) == (
        f"Carey, B. (2019, March 22). Can we get better at forgetting? The New York Times. {address}"
    )


def test_the_example_of_chicago() -> None:
    """The newspaper article of the Chicago-Style Citation Quick Guide, in its entry for a bibliography."""
    address = (
        "https://www.nytimes.com/2017/03/08/technology/snap-makes-a-bet-on-the-cultural-supremacy-of-the-camera.html"
    )
    title = "Snap Makes a Bet on the Cultural Supremacy of the Camera"
    facts = {"author": "Farhad Manjoo", "title": title, "source": "New York Times"}
    assert cited("chicago", **facts, published=date(2017, 3, 8), url=address) == (
        f"Manjoo, Farhad. “{title}.” New York Times, March 8, 2017. {address}."
    )


def test_the_second_example_of_chicago() -> None:
    """Two authors: only the first name is turned around, and a comma stands before “and”."""
    address = "http://www.nytimes.com/2010/02/28/us/politics/28health.html"
    title = "Wary Centrists Posing Challenge in Health Care Vote"
    facts = {"author": "Sheryl Gay Stolberg and Robert Pear", "title": title, "source": "New York Times"}
    assert cited("chicago", **facts, published=date(2010, 2, 27), url=address) == (
        f"Stolberg, Sheryl Gay, and Robert Pear. “{title}.” New York Times, February 27, 2010. {address}."
    )


def test_the_example_of_mla() -> None:
    """A newspaper's page as in the MLA Handbook: day before the abbreviated month, “p.” before the page."""
    title = "New Health Center Targets County’s Uninsured Patients"
    facts = {"author": "Bill Brubaker", "title": title, "source": "Washington Post"}
    assert cited("mla", **facts, published=date(2007, 5, 24), page=1) == (
        f"Brubaker, Bill. “{title}.” Washington Post, 24 May 2007, p. 1."
    )


def test_din_iso_690() -> None:
    """Family names in capitals, the year after them, the day, and when and where it was read."""
    facts = {"author": "Hanne Lüders", "title": "Neue Hubbrücke", "source": "Altmoorer Bote", "page": 3}
    assert cited("iso690", "de", **facts, published=date(2021, 3, 12), url="https://bote.example/b") == (
        "LÜDERS, Hanne, 2021. Neue Hubbrücke. Altmoorer Bote [online]. 12. März 2021. S. 3. "
        "[Zugriff am: 30. November 2026]. Verfügbar unter: https://bote.example/b"
    )


@pytest.mark.parametrize(
    ("style", "language", "expected"),
    [
        ("iso690", "de", "Neue Hubbrücke, [kein Datum]. Altmoorer Bote"),
        ("chicago", "de", "Altmoorer Bote. „Neue Hubbrücke“. o. J."),
        ("apa", "de", "Neue Hubbrücke. (o. J.). Altmoorer Bote."),
        ("mla", "de", "„Neue Hubbrücke“. Altmoorer Bote."),
        ("iso690", "en", "Neue Hubbrücke, [no date]. Altmoorer Bote."),
        ("chicago", "en", "Altmoorer Bote. “Neue Hubbrücke.” n.d."),
        ("apa", "en", "Neue Hubbrücke. (n.d.). Altmoorer Bote."),
        ("mla", "en", "“Neue Hubbrücke.” Altmoorer Bote."),
    ],
)
def test_without_author_and_date(style: Style, language: Language, expected: str) -> None:
    """The headline or the outlet takes the author's place and is not repeated; the day is said to be unknown."""
    assert cited(style, language, title="Neue Hubbrücke", source="Altmoorer Bote") == expected


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("style", STYLES)
def test_a_comment_has_another_author(style: Style, language: Language) -> None:
    """A reader wrote it, on an unknown day: the article's author and date are not cited as its own."""
    facts = {"author": "Hanne Lüders", "title": "Neue Hubbrücke", "source": "Bote", "published": date(2021, 3, 12)}
    text = cited(style, language, **facts, kind="comment")
    assert ("Leserkommentar zu" if language == "de" else "Reader comment on") in text
    assert "ders" not in text.casefold() and "2021" not in text


@pytest.mark.parametrize(
    ("language", "expected"), [("de", "„Minister: ‚Das war’s‘“."), ("en", "“Minister: ‚Das war’s‘.”")]
)
def test_quotation_marks_inside_of_quotation_marks(language: Language, expected: str) -> None:
    """A headline in quotation marks has single ones inside, and they are those of the reader's language outside."""
    assert expected in cited("chicago", language, title="Minister: „Das war’s“", source="Bote")


def test_a_question_is_not_followed_by_a_full_stop() -> None:
    """A headline that ends with a mark of its own gets no other one in its quotation marks."""
    assert cited("mla", title="Who pays?", source="Bote", published=date(2021, 3, 12)).startswith("“Who pays?” Bote")


@pytest.mark.parametrize("style", STYLES)
def test_headlines_stay_as_they_are(style: Style) -> None:
    """No style changes a letter of a headline or of an outlet, whatever is in it."""
    title, outlet = "nato’s IPhone <i>x</i> {a} $b$ & 100% _c_ — die ‹Neue› Welt", "taz. die tageszeitung"
    text = cited(style, title=title, source=outlet, language="en", title_language="en")
    assert title in text and outlet in text


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@given(
    st.sampled_from(["article-newspaper", "webpage", "document"]),
    *[TEXTS] * 3,
    st.sampled_from(STYLES),
    st.sampled_from(["de", "en"]),
)
def test_no_text_breaks_an_entry(
    kind: Kind, title: str, author: str, outlet: str, style: Style, language: Language
) -> None:
    """Any headline, author and outlet gives an entry that does not turn the direction of the text after it."""
    fields = {"title": title, "author": author, "source": outlet if kind == "article-newspaper" else None}
    text = cited(style, language, **fields)
    assert with_closed_directions(text) == text


def test_entries_do_not_depend_on_those_before() -> None:
    """A style that was used for other sources gives the same entry as one that was not."""
    full = Reference(
        kind="article-newspaper",
        title="T",
        outlet="O",
        issued=date(2021, 3, 12),
        accessed=TODAY,
        url="https://a.example",
    )
    bare = Reference(kind="document", title="T")
    for style in STYLES:
        alone = entry(full, style, "en")
        entry(bare, style, "en")
        assert entry(full, style, "en") == alone


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ("iso690", "LÜDERS, Hanne, 2021. Neue Brücke. Bote [online]. 2. März 2021. S. 3. [Zugriff am: 30. November "
         "2026]. Verfügbar unter: https://bote.example/b"),
        ("chicago", "Lüders, Hanne. „Neue Brücke“. Bote, 2. März 2021. https://bote.example/b."),
        ("apa", "Lüders, H. (2021, 2. März). Neue Brücke. Bote, 3. https://bote.example/b"),
        ("mla", "Lüders, Hanne. „Neue Brücke“. Bote, 2. März 2021, S. 3, https://bote.example/b."),
    ],
)  # fmt: skip
def test_days_in_german(style: Style, expected: str) -> None:
    """A full stop behind the day, which stands before its month in each style; every month has its name."""
    facts = {"author": "Hanne Lüders", "title": "Neue Brücke", "source": "Bote", "page": 3}
    url = "https://bote.example/b"
    assert cited(style, "de", **facts, url=url, published=date(2021, 3, 2)) == expected
    months = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split()  # noqa: SIM905
    for month, name in enumerate(months, 1):
        text = cited(style, "de", **facts, url=url, published=date(2021, month, 14))
        assert text == expected.replace("2. März", f"14. {name}")


@pytest.mark.parametrize("mark", ["?", "!", ".", "…", "？", "！", "。", "؟", "?“", "!«", '."', "…’"])
def test_a_headline_with_a_mark_at_its_end(mark: str) -> None:
    """No full stop follows, be it in quotation marks or not, nor one behind its own; elsewhere one does."""
    facts = {"source": "Bote", "published": date(2021, 3, 2)}

    def text(style: Style, **more: str) -> str:
        # a sign of Arabic is isolated
        return re.sub("[\u2068\u2069]", "", cited(style, **facts, **more))

    assert text("apa", title=f"Ja{mark}") == f"Ja{mark} (2021, March 2). Bote."
    assert text("apa", title=f"Ja{mark}", author="dpa") == f"dpa. (2021, March 2). Ja{mark} Bote."
    inner = mark.translate(str.maketrans({"“": "‘", '"': "'"}))
    assert text("mla", title=f"Ja{mark}") == f"“Ja{inner}” Bote, 2 Mar. 2021."
    assert text("apa", title="Ja", author="dpa") == "dpa. (2021, March 2). Ja. Bote."
    assert text("mla", title="Ja, nein") == "“Ja, nein.” Bote, 2 Mar. 2021."


@pytest.mark.parametrize(
    ("language", "title", "quoted"),
    [
        ("de", '„A“ »B« ”C” "D"', "„‚A‘ ›B‹ ‘C‘ 'D'“."),
        ("en", '“A” „B“ "C"', "“‘A’ ‚B‘ 'C'.”"),
    ],
)
def test_inner_quotation_marks(language: Language, title: str, quoted: str) -> None:
    """In quotation marks, others are single; where a style sets none, they stay as they are."""
    assert cited("chicago", language, title=title, source="Bote", author="dpa").startswith(f"dpa. {quoted} Bote")
    assert title in cited("apa", language, title=title, source="Bote", author="dpa")


@pytest.mark.parametrize("style", STYLES)
def test_what_is_in_italics(style: Style) -> None:
    """The outlet of an article, as a whole and alone; where no outlet is known, nothing or the headline."""
    quotation = Quotation(
        text="x", start=0, end=1, article_id="a", path="p", sha256="", title="Neu", source="Der Bote", author="dpa",
        published=date(2021, 3, 2),
    )  # fmt: skip
    parts = entry(reference_of(quotation, "en", TODAY), style, "en")
    assert [part.text for part in parts if part.italic] == ["Der Bote"]
    assert all(part.text for part in parts)


@pytest.mark.parametrize(
    ("text", "closed"),
    [
        *[(f"a{sign}b", f"a{sign}b\u202c") for sign in "\u202a\u202b\u202d\u202e"],
        *[(f"a{sign}b", f"a{sign}b\u2069") for sign in "\u2066\u2067\u2068"],
        ("\u202e\u2067a", "\u202e\u2067a\u2069\u202c"),
        ("\u202ea\u202c", "\u202ea\u202c"),
        ("\u202ea\u2069", "\u202ea\u2069\u202c"),
        ("a\u202c", "a\u202c"),
    ],
)
def test_directions_are_closed(text: str, closed: str) -> None:
    """Embeddings and overrides by PDF, isolates by PDI, the last one first; what is closed stays as it is."""
    assert with_closed_directions(text) == closed


def test_what_is_written_from_right_to_left_is_isolated() -> None:
    """A headline, an outlet and a name in Arabic or Hebrew letters do not turn what stands beside them."""
    text = cited("mla", title="مدينة", source="הארץ", author="محمد علي", published=date(2021, 3, 2))
    assert text == "\u2068محمد علي\u2069. “\u2068مدينة\u2069.” \u2068הארץ\u2069, 2 Mar. 2021."


def test_signs_that_stand_for_facts_are_no_text() -> None:
    """Characters that no text may have, by which an entry is filled in, are dropped from what an article says."""
    text = cited("mla", title="A\ufdd1B", source="C\ufdd0D", author="Hanne\ufdd2 Lüders", published=date(2021, 3, 2))
    assert text == "Hanne Lüders. “AB.” CD, 2 Mar. 2021."
