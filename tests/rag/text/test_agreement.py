"""Copies say the same word for word; what is typography alone makes no other text."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from datetime import date

import pytest
from factories import article
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.search.grouping import Group, group_passages
from rag.text.agreement import normalize_typography, sentences_of_article
from rag.types import Article, Aside, passage_at

REPORT = (
    "Der Prüfbericht wirft Stadträtin Alma Terhöven vor, rund 40 Belege über den Kauf der Mühle „Sandkrug“ im Mai 1997 "
    "nicht aufbewahrt zu haben. Das geht aus dem Protokoll hervor – es wurde am Mittwoch im Rathaus verlesen. "
    "Ihr Büro wollte sich dazu nicht äußern und verwies auf die 1.200 Seiten des Gutachtens von Dr. Wessel."
)


def citations(*texts: str) -> list[Group]:
    """The groups of whole texts of as many articles, ranked in their order."""
    ranked = [article(str(number), text, source=str(number)) for number, text in enumerate(texts)]
    return group_passages([(source, passage_at(source, 0, len(source.text))) for source in ranked], 5)


TYPOGRAPHY: dict[str, Callable[[str], str]] = {
    "straight quotes": lambda text: text.replace("„", '"').replace("“", '"'),
    "German guillemets": lambda text: text.replace("„", "»").replace("“", "«"),
    "French guillemets": lambda text: text.replace("„", "«\u00a0").replace("“", "\u202f»"),
    "a long dash": lambda text: text.replace(" – ", "—"),
    "lines broken": lambda text: text.replace(" im ", "\nim ").replace(" und ", " \n  und "),
    "a word cut at the line's end": lambda text: text.replace("Protokoll", "Proto-\nkoll"),
    "a soft hyphen": lambda text: text.replace("Protokoll", "Proto\u00adkoll"),
    "a zero-width space": lambda text: text.replace("Protokoll", "Proto\u200bkoll"),
    "a space that does not break": lambda text: text.replace("rund 40", "rund\u00a040"),
    "a ligature": lambda text: text.replace("fb", "fb").replace("fü", "f\u200cü").replace("ff", "ﬀ"),
    "wide letters": lambda text: text.replace("Alma", "Ａｌｍａ"),
    "paragraphs": lambda text: text.replace(". ", ".\n\n"),
    "capitals at the beginning": lambda text: text.replace("Der Prüfbericht", "DER PRÜFBERICHT"),
    "an agency before": lambda text: "(dpa) " + text,
    "a dateline": lambda text: "Norden (dpa/AFP) – " + text,
    "an agency behind": lambda text: text + " (dpa)",
    "an agency in a line of its own": lambda text: text + "\n\nepd/KNA",
}

MEANING: dict[str, Callable[[str], str]] = {
    "a name": lambda text: text.replace("Alma Terhöven", "Ina Brandis"),
    "one letter of a name": lambda text: text.replace("Terhöven", "Terhoven"),
    "a negation gone": lambda text: text.replace("nicht aufbewahrt", "aufbewahrt"),
    "a number": lambda text: text.replace("40", "41"),
    "a digit more": lambda text: text.replace("1.200", "1.2000"),
    "a decimal point": lambda text: text.replace("1.200", "1,200"),
    "about": lambda text: text.replace("rund 40", "40"),
    "a number in words": lambda text: text.replace("rund 40", "rund vierzig"),
    "a power": lambda text: text.replace("40", "4⁰"),
    "a day": lambda text: text.replace("Mittwoch", "Montag"),
    "a month": lambda text: text.replace("Mai", "Juni"),
    "a year": lambda text: text.replace("1997", "1979"),
    "a question": lambda text: text.replace("zu haben.", "zu haben?"),
    "a doubt": lambda text: text.replace("Das geht", "Falsch ist: Das geht"),
    "two words in another order": lambda text: text.replace("Ihr Büro wollte", "Wollte ihr Büro"),
    "a correction behind": lambda text: text + " Korrektur: Zuerst hieß es, der Bericht nenne Ina Brandis.",
    "a correction before": lambda text: "Korrigierte Fassung. " + text,
    "a sentence between": lambda text: text.replace(". Das geht", ". Das bestreitet sie. Das geht"),
}


@pytest.mark.parametrize("way", TYPOGRAPHY)
def test_other_typography_is_one_citation(way: str) -> None:
    """Whichever of the two is ranked first."""
    other = TYPOGRAPHY[way](REPORT)
    assert citations(REPORT, other) == citations(other, REPORT) == [Group((0,), (1,))]


@pytest.mark.parametrize("way", MEANING)
def test_another_meaning_is_a_citation_of_its_own(way: str) -> None:
    """A single edit that changes what is said, in nine tenths of equal words, in either order."""
    other = MEANING[way](REPORT)
    assert other != REPORT
    assert citations(REPORT, other) == citations(other, REPORT) == [Group((0,)), Group((1,))]


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ("The council did not approve the budget. The mayor left.", "did not", "did"),
        ("No member of the board was paid. The audit took a year.", "No member", "A member"),
        ("Le maire ne savait pas que l’eau était polluée. Il a démissionné.", "ne savait pas", "savait"),
        ("Мэр не подписал договор с заводом. Суд решит в мае.", "не ", ""),
        ("Belediye başkanı suçlu değil. Dava mayısta sürecek.", " değil", ""),
        ("El ministro no pagó la multa. El juez decidirá.", "no ", ""),
        ("Il sindaco non ha firmato l’accordo. Lo ha detto ieri.", "non ", ""),
        ("Wójt nie podpisał umowy. Sąd zbierze się w maju.", "nie ", ""),
        ("لم يوقع الوزير على الاتفاق. قال ذلك أمس.", "لم ", ""),
        ("市長は契約に署名しなかった。理由は明らかでない。", "しなかった", "した"),
        ("市长没有签署合同。法院将于五月开庭。", "没有", "已经"),
        ("นายกเทศมนตรีไม่ได้ลงนามในสัญญา", "ไม่ได้", "ได้"),
        ("Frau Möller erhielt zwei Stimmen.", "Möller", "Müller"),
        ("Frau Möller erhielt 2 Stimmen.", "2", "zwei"),
        ("The toll rose to 300 000 people.", "300 000", "300 001"),
        ("The toll fell by 5.5 points.", "5.5", "55"),
        ("Es waren -5 Grad.", "-5", "5"),
        ("She re-signed the contract.", "re-signed", "resigned"),
        ("Er trinkt in Maßen.", "Maßen", "Massen"),
        ("Das Brett ist 5' lang.", "5'", '5"'),
    ],
)
def test_in_any_language_a_word_makes_another_text(text: str, before: str, after: str) -> None:
    """Negations, names, numbers, signs, and letters that some programs take for the same."""
    other = text.replace(before, after)
    assert other != text
    assert citations(text, other) == [Group((0,)), Group((1,))]


WORDS = st.lists(st.text("abcdefgäöüéшжあ漢", min_size=1, max_size=9), min_size=4, max_size=9)
SENTENCES = st.lists(WORDS, min_size=2, max_size=6)


@settings(max_examples=50)
@given(SENTENCES, st.randoms(use_true_random=False))
def test_any_changed_word_makes_two_citations(sentences: list[list[str]], chance: random.Random) -> None:
    """Take one word of any text away, put one in, put another in its place: it is another text."""
    text = " ".join(" ".join(words) + "." for words in sentences)
    words = chance.choice(sentences)
    at = chance.randrange(len(words))
    words[at : at + chance.randint(0, 1)] = chance.choice([[], ["xyz"]])
    other = " ".join(" ".join(words) + "." for words in sentences)
    if other != text:
        assert len(citations(text, other)) == 2


@settings(max_examples=50)
@given(SENTENCES, st.randoms(use_true_random=False))
def test_any_white_space_makes_one_citation(sentences: list[list[str]], chance: random.Random) -> None:
    """However lines and paragraphs are broken, letters are written, and invisible signs are strewn in."""
    text = " ".join(" ".join(words) + "." for words in sentences)
    other = re.sub(r" ", lambda _: chance.choice([" ", "\n", "\u00a0", "  ", " \n "]), text)
    other = re.sub(r"\.\s+", lambda _: chance.choice([". ", ".\n\n", ".\n"]), other)
    other = re.sub(r"(?=[a-g])", lambda _: chance.choice(["", "\u200b", "\u00ad"]), other).upper()
    assert citations(text, other) == [Group((0,), (1,))]


def test_the_passage_that_was_ranked_is_shown() -> None:
    """The shorter one is shown, for it was found; that the longer one begins with a denial is a citation of its own."""
    longer = "Die Behörde bestreitet das Folgende. " + REPORT
    assert citations(REPORT, longer) == [Group((0,)), Group((1,))]


def test_passages_that_are_cut_elsewhere_are_one_citation() -> None:
    """Both articles hold all sentences of both passages, in this order: nothing that one says is hidden."""
    tail = "Der Rat tagt wieder im September. Bis dahin ruht das Verfahren."
    first, second = (
        article("a", f"{REPORT} {tail}", source="a"),
        article("b", f"{REPORT} {tail}\n\nVon hier an steht anderes.", source="b"),
    )
    longer = len(REPORT) + 34
    ranked = [(first, passage_at(first, 0, len(REPORT))), (second, passage_at(second, 0, longer))]
    assert group_passages(ranked, 5) == [Group((0,), (1,))]
    # another part of the article is found for itself
    ranked[1] = second, passage_at(second, len(REPORT) + 1, len(REPORT) + 1 + len(tail))
    assert group_passages(ranked, 5) == [Group((0,)), Group((1,))]


def test_the_same_answers_to_other_questions_are_no_copy() -> None:
    """All sentences are the same, and stand in another order: she said yes to the one and no to the other."""
    quote = "Haben Sie gezahlt? Ja. Haben Sie unterschrieben? Nein."
    longer_quote = "Haben Sie gezahlt? Nein. Haben Sie unterschrieben? Ja."
    assert len(citations(quote, longer_quote)) == 2
    assert len(citations(quote, f"{longer_quote} Haben Sie gezahlt? Ja.")) == 2


def test_a_quote_grows_only_as_far_as_its_copies_hold_it() -> None:
    """The second part differs by a number, so it is a citation of its own in both papers."""
    parts = REPORT, "Der Schaden beträgt 30.000 Euro. Die Stadt will klagen."
    original = article("a", "\n\n".join(parts), source="a")
    changed = article("b", "\n\n".join(parts).replace("30.000", "80.000"), source="b")
    second = len(REPORT) + 2
    ranked = [
        (text, passage_at(text, *span))
        for span in ((0, second - 2), (second, len(original.text)))
        for text in (original, changed)
    ]
    assert group_passages(ranked, 5) == [Group((0,), (1,)), Group((2,)), Group((3,))]


def test_the_earliest_is_shown_only_under_the_same_headline() -> None:
    """A corrected headline that was found is not replaced by the one that it corrects."""

    def ranked(title: str) -> list[Group]:
        late, early = (
            article(name, REPORT, source=name, published=day, title=headline)
            for name, day, headline in (("a", date(2004, 2, 3), title), ("b", date(2004, 2, 1), "Rüge"))
        )
        return group_passages([(source, passage_at(source, 0, len(source.text))) for source in (late, early)], 5)

    assert ranked("RÜGE") == [Group((1,), (0,))]
    assert ranked("Keine Rüge") == [Group((0,), (1,))]


def test_what_is_set_aside_does_not_part_sentences() -> None:
    """A hint at another article, between two paragraphs of one paper, is no sentence of the report."""
    first, second = REPORT.split(" Das geht", 1)
    hint = "Lesen Sie auch: Die Mühle in Bildern."
    text = f"{first}\n\n{hint}\n\nDas geht{second}"
    start = text.index(hint)
    aside = Article(
        id="b",
        text=text,
        language="de",
        source="b",
        path="/b",
        sha256="0" * 64,
        asides=(Aside(start, start + len(hint), "teaser"),),
    )
    assert [sentence.words for sentence in sentences_of_article(aside)] == [
        sentence.words for sentence in sentences_of_article(article("a", REPORT))
    ]


def test_normalising_is_done_once() -> None:
    """By hand; and what is normal stays as it is."""
    written = "»Ja«, sagte DIE Prä\u00adsidentin —  am\u00a03.\nMai …"
    assert normalize_typography(written) == '"ja", sagte die präsidentin - am 3. mai ...'
    assert normalize_typography(normalize_typography(written)) == normalize_typography(written)


@given(st.text(max_size=80))
def test_any_text_is_cut_and_normalize_typography(text: str) -> None:
    """Places are in order and inside; normalising twice changes nothing more, but for cases of rare scripts."""
    sentences = sentences_of_article(article("a", text))
    offsets = [offset for sentence in sentences for offset in (sentence.start, sentence.end)]
    assert offsets == sorted(offsets)
    assert all(0 <= sentence.start < sentence.end <= len(text) and sentence.words for sentence in sentences)


@pytest.mark.parametrize("sign", ["!", " ", "\n", '"', "。", "-", "(", "`", "(dpa", ". ", "a-\n"])
def test_no_run_of_signs_takes_long(sign: str) -> None:
    """Sixty thousand of one sign are read in one pass: a square of that would take a minute."""
    sentences_of_article(article("a", "x" + sign * (60_000 // len(sign)) + "x"))
