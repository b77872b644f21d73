"""The quotations of a draft, recognised by their marks."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.checking.marks import quotes_in


def words(draft: str) -> list[str]:
    return [quote.words for quote in quotes_in(draft).quotes]


@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        ("Er sagte: „Die ‚neue‘ Brücke hält.“ Gut.", ["Die ‚neue‘ Brücke hält.", "neue"]),
        ("Er sagte: „Die neue Brücke hält.” Gut.", ["Die neue Brücke hält."]),
        ('Er sagte: „Die neue Brücke hält." Gut.', ["Die neue Brücke hält."]),
        ("»Ja«, sagte er. »Das ›Haus‹ steht.«", ["Ja", "Das ›Haus‹ steht.", "Haus"]),
        ("Il a dit\u202f: «\u202fLe pont est neuf.\u202f» Puis « oui ».", ["Le pont est neuf.", "oui"]),
        ("“It’s the dogs’ bone,” he said.", ["It’s the dogs’ bone,"]),
        ("‘Don’t go,’ she said, ‘it’s late.’", ["Don’t go,", "it’s late."]),
        ('He said, "It is new," and "old".', ["It is new,", "old"]),
        ("”Bron är ny”, sade han.", ["Bron är ny"]),
        ("彼は「橋は新しい」と言った。", ["橋は新しい"]),
        ("قال: «الجسر جديد».", ["الجسر جديد"]),
    ],
)
def test_marks_of_many_languages(draft: str, expected: list[str]) -> None:
    """German, French, English, Swedish, Japanese and Arabic; an apostrophe is none."""
    assert words(draft) == expected
    assert all(draft[quote.start : quote.end] == quote.words for quote in quotes_in(draft).quotes)


@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        ("„Absatz eins.\n\nAbsatz zwei.“ Ende", ["Absatz eins.\n\nAbsatz zwei."]),
        ("“Para one.\n\n“Para two.” And “third”.", ["Para one.\n\nPara two.", "third"]),
        ("> Die Brücke hält\n> noch lange.\n> — Jost Behrens\n\nDanach.", ["Die Brücke hält\nnoch lange."]),
        ("> „Die Brücke hält.“", ["Die Brücke hält."]),
        ("Er sagt, [**„die Brücke“**](http://a.example/„x“) halte.", ["die Brücke", "x"]),
        ("„Die *neue* [Brücke](http://a.example) hält.“", ["Die neue Brücke hält."]),
    ],
)
def test_paragraphs_and_markdown(draft: str, expected: list[str]) -> None:
    """A quotation may have several paragraphs or be a block; signs of Markdown are not its words."""
    assert words(draft) == expected


@pytest.mark.parametrize(
    ("draft", "expected", "unclosed"),
    [
        ("offen: „nie zu. Dann „neu“ gut", ["neu"], (7,)),
        ('x "unclosed\n\nnext "fine" here', ["fine"], (2,)),
        ("zu“ und „auf", [], (8,)),
        ('5" pipe and 6" too', [], ()),
        ('„“ »« "" „…“', [], ()),
        ("", [], ()),
    ],
)
def test_unbalanced_marks(draft: str, expected: list[str], unclosed: tuple[int, ...]) -> None:
    """A mark without its partner quotes nothing, and is reported."""
    assert words(draft) == expected
    assert quotes_in(draft).unclosed == unclosed


@given(st.text(alphabet="„“”»«‚‘’\"'\n> abÄ.…[]", max_size=200))
def test_any_text(draft: str) -> None:
    """Spans lie within the draft, have words, and are in order."""
    quotes = quotes_in(draft).quotes
    assert [quote.start for quote in quotes] == sorted(quote.start for quote in quotes)
    for quote in quotes:
        assert 0 <= quote.start <= quote.end <= len(draft)
        assert any(map(str.isalnum, quote.words))


@pytest.mark.parametrize("sign", ["„", '"', "«", "‘x ", "> a\n", "„a\n\n", '"a" ', "\n\n"])
def test_a_million_marks(sign: str) -> None:
    """The time grows with the length of the draft, whatever is in it."""
    started = time.process_time()
    quotes_in(sign * (300_000 // len(sign)))
    assert time.process_time() - started < 20
