"""What a question asks for: quoted phrases, excluded words, and signs that only look like operators."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rag.errors import EmptyQuestion, QuestionError
from rag.search.query import ParsedQuestion, parse

SIGNS = '"„“”«»-– ,.?!()\n\t5aÄß' + "\u0301\ud800😀"


def test_a_question_without_operators_is_its_own_text() -> None:
    """Nothing but white space changes."""
    assert parse(" Wie lang  ist der\tTunnel? ") == ParsedQuestion("Wie lang ist der Tunnel?", (), ())


@pytest.mark.parametrize(
    "quoted", ['"Der Spiegel"', "„Der Spiegel“", "„Der Spiegel”", "“Der Spiegel”", "«Der Spiegel»", "»Der Spiegel«"]
)
def test_quotes_hold_a_phrase(quoted: str) -> None:
    """In straight quotes, or as a name in typographic ones; its words stay, and a minus before it excludes it."""
    straight, typographic = (("Der Spiegel",), ()) if quoted.startswith('"') else ((), ("Der Spiegel",))
    assert parse(f"Wem gehört {quoted}?") == ParsedQuestion("Wem gehört Der Spiegel?", straight, (), typographic)
    assert parse(f"Presse -{quoted} heute") == ParsedQuestion("Presse heute", (), ("Der Spiegel",))


@pytest.mark.parametrize(
    ("question", "text", "phrases", "excluded"),
    [
        # of several, each is its own, in their order
        ('"eins zwei" drei -vier -"fünf sechs" „sieben“', "eins zwei drei sieben", ["eins zwei", "sieben"],
         ["vier", "fünf sechs"]),
        ("« Le Monde » heute", "Le Monde heute", ["Le Monde"], []),
        ('„Er sagte "ja" dazu“ gestern', 'Er sagte "ja" dazu gestern', ['Er sagte "ja" dazu'], []),
        ("«Eins» und «Zwei»", "Eins und Zwei", ["Eins", "Zwei"], []),
        ("»Eins« und »Zwei«", "Eins und Zwei", ["Eins", "Zwei"], []),
        ('"Spiegel"-Titel', "Spiegel-Titel", ["Spiegel"], []),
        # without any word between the quotes there is no phrase, and nothing is excluded
        ('Tunnel "" „?!“ -"…"', "Tunnel", [], []),
        # a quote without its partner is a sign, and so are inches
        ('Wer "sagte das?', 'Wer "sagte das?', [], []),
        ("Wer „sagte das?", "Wer „sagte das?", [], []),
        ('ein -"Wort', 'ein -"Wort', [], []),
        ('24" Monitor oder 27" Monitor', '24" Monitor oder 27" Monitor', [], []),
        ('Das "Fünf"jährige Kind', 'Das "Fünf"jährige Kind', [], []),
        # punctuation is no part of a word that is left out
        ("Hauptstadt -Berlin, -Bonn? (-Trier)", "Hauptstadt (-Trier)", [], ["Berlin", "Bonn"]),
        ("Sprache -C++ -CDU/CSU -été", "Sprache", [], ["C++", "CDU/CSU", "été"]),
        ("भाषा -हिन्दी", "भाषा", [], ["हिन्दी"]),
        ("Tunnel\n-Gotthard\tAlpen", "Tunnel Alpen", [], ["Gotthard"]),
        ("-Gotthard Tunnel", "Tunnel", [], ["Gotthard"]),
        ("Wahl -CDU-Politiker", "Wahl", [], ["CDU-Politiker"]),
        # a minus that excludes nothing
        ("CDU-Politiker", "CDU-Politiker", [], []),
        ("5 - 3 -- 2 – 1 -", "5 - 3 -- 2 – 1 -", [], []),
        ("Wo war es -5 Grad kalt?", "Wo war es -5 Grad kalt?", [], []),
        ("Bahn --verbose", "Bahn --verbose", [], []),
        ("Ein- und Ausfuhr", "Ein- und Ausfuhr", [], []),
        ("Bundeskanzler und -präsident", "Bundeskanzler und -präsident", [], []),
        # what other programs take for operators is text
        ("AND OR NOT title:foo [a TO b] * ? ~ ^ \\ / +x", "AND OR NOT title:foo [a TO b] * ? ~ ^ \\ / +x", [], []),
        ("der die das und", "der die das und", [], []),
        ("x", "x", [], []),
        ("😀 a", "😀 a", [], []),
    ],
)  # fmt: skip
def test_what_is_an_operator(question: str, text: str, phrases: list[str], excluded: list[str]) -> None:
    """Text, phrases and names, and excluded words, read by hand."""
    parsed = parse(question)
    straight = [phrase for phrase in phrases if f'"{phrase}"' in question]
    assert (parsed.text, parsed.excluded) == (text, tuple(excluded))
    assert (list(parsed.phrases), list(parsed.names)) == (
        straight,
        [phrase for phrase in phrases if phrase not in straight],
    )


@pytest.mark.parametrize("question", ["-Berlin", '-"Der Spiegel" -taz?', "  -Berlin  !?"])
def test_exclusions_alone_are_no_question(question: str) -> None:
    """The error says what is missing, and is not that of an empty question."""
    with pytest.raises(QuestionError, match="only excludes words: add what to search for") as refusal:
        parse(question)
    assert not isinstance(refusal.value, EmptyQuestion)


@pytest.mark.parametrize("question", ["", " \n", "?!", "😀", '""', '-""', "„…“", "-", "* ? ~ ^"])
def test_without_a_word_there_is_no_question(question: str) -> None:
    """It is called empty."""
    with pytest.raises(EmptyQuestion, match="type what you want to know"):
        parse(question)


@given(st.text(SIGNS) | st.text())
@example("Wer \ud800 „\udcff“?")
def test_no_text_is_too_strange(question: str) -> None:
    """Any text is parsed or refused in words; phrases and exclusions are parts of it, all its words are kept."""
    try:
        parsed = parse(question)
    except QuestionError:
        return
    for part in (*parsed.phrases, *parsed.names, *parsed.excluded):
        assert part in question
        assert any(character.isalnum() for character in part)
    assert all(" ".join(phrase.split()) in parsed.text for phrase in (*parsed.phrases, *parsed.names))
    count = sum(map(str.isalnum, parsed.text + "".join(parsed.excluded)))
    assert count == sum(map(str.isalnum, question))


PHRASE = st.lists(st.text("aäßZ5é東", min_size=1, max_size=4), min_size=1, max_size=3).map(" ".join)


@given(
    st.lists(st.tuples(st.sampled_from(['"{}"', "„{}“", "«{}»", "-{}", '-"{}"']), PHRASE), min_size=1, max_size=5),
    st.sampled_from([" ", "  ", "\n", " und ist "]),
)
def test_quoted_phrases_and_exclusions(pieces: list[tuple[str, str]], between: str) -> None:
    """In any number and order: each phrase, name and exclusion, in theirs."""
    pieces = [
        (form, phrase.split()[0] if form == "-{}" else phrase)
        for form, phrase in pieces
        # before a digit, a minus belongs to a number
        if form != "-{}" or not phrase[0].isdigit()
    ]
    parsed = parse("Wer " + between.join(form.format(phrase) for form, phrase in pieces))
    of_form = {form: tuple(phrase for kind, phrase in pieces if kind == form) for form, _ in pieces}
    assert parsed.phrases == of_form.get('"{}"', ())
    assert parsed.names == tuple(phrase for form, phrase in pieces if form in ("„{}“", "«{}»"))
    assert parsed.excluded == tuple(phrase for form, phrase in pieces if form.startswith("-"))
    kept = [phrase for form, phrase in pieces if not form.startswith("-")]
    assert [word for word in parsed.text.split() if word not in ("Wer", "und", "ist")] == " ".join(kept).split()
