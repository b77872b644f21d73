"""Full stops within sentences and at their ends."""

from __future__ import annotations

import pytest

from rag.text.sentences import sentence_spans


def sentences(text: str, language: str) -> list[str]:
    """Return the sentences of a text."""
    return [text[start:end].strip() for start, end in sentence_spans(text, language)]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("de", "Der Termin wurde auf den 25. März verschoben."),
        ("de", "In der 58. Minute ging sein Schuss ins Tor."),
        ("de", "Seit Mitte des 19. Jahrhunderts ist das üblich."),
        ("de-AT", "Er will am 16. Jänner zum 100. Mal antreten."),
        ("de", "Keine Streiks bis 30. September, sagt die Gewerkschaft."),
        ("de", "Es war der 1.000.000. Artikel."),
        ("de", "Es gewann die 79. Auflage des Rennens der 1. FC Köln."),
        ("de", "Die Ersten waren: 1. Ogier – 2. Latvala – 3. Mikkelsen."),
        ("de", "Spielbericht, 75. Minute: Ajax gleicht aus."),
        ("en", "1. The first item of a list."),
        ("hr", "Došao je 3. svibnja 2020. godine u grad."),
        ("sl", "V 19. stoletju je bilo drugače."),
        ("hu", "A tárgyalás 2020. május 3. napján kezdődött."),
        ("et", "Ta sündis 3. mail Tallinnas."),
        ("nb", "Den 3. mai kom han på 2. plass."),
    ],
)
def test_a_number_within_a_sentence(language: str, sentence: str) -> None:
    """An ordinal number does not end a sentence, whatever the language writes behind it."""
    assert sentences(f"{sentence} {sentence}", language) == [sentence, sentence]


@pytest.mark.parametrize(
    ("language", "first", "second"),
    [
        ("de", "Das Bild ist auf Seite 25.", "Morgen steht es im Netz."),
        ("de", "Es waren in der Halle 17.", "Die anderen warteten draußen."),
        ("de", "Sein Kollege ist bereits 70.", "Also kam ein anderer."),
        ("de", "Es war die längste Reihe seit 2011.", "Österreich freut sich."),
        ("de", "Die Stadt meldet die 3:1.", "Köln jubelt."),
        ("de", "Das ist ein Plus von 76.500.", "Im Vorjahr waren es weniger."),
        ("de", "Wir haben am 25. Mai gewählt, Seite 4.", "Gewonnen hat keiner."),
        ("en", "He was 25.", "Paris was far away."),
        ("fr", "Il avait 25 ans en 1998.", "Paris était loin."),
    ],
)
def test_a_number_at_the_end_of_a_sentence(language: str, first: str, second: str) -> None:
    """A number that is no ordinal ends a sentence."""
    assert sentences(f"{first} {second}", language) == [first, second]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("fr", "Interrogé par J. Dupont, M. Macron a salué Mme. Merkel et le Dr. Weber."),
        ("fr", "MM. Hollande et Valls ont rencontré Mgr. Dupanloup à St. Malo."),
        ("es", "Según J. Pérez, la Sra. García y Dña. Rosa llegaron con F. Castro."),
        ("it", "La dott.ssa Rossi e il sig. Bianchi citano l'art. 5 di G. Verdi."),
        ("pt", "A Profa. Silva e J. Costa falaram."),
        ("nl", "Mevr. De Vries en dhr. Jansen, o.a. uit Den Haag, kregen ca. 5 mln. euro."),
        ("pl", "Prof. Kowalski i ks. Nowak mówili z J. Tuskiem, że w 1989 r. upadł mur."),
        ("cs", "Spisovatel J. Novák se narodil 5. května."),
        ("da", "Statsminister J. Hansen taler."),
        ("ru", "И. И. Иванов, т. е. он, видел св. Николая."),
        ("en", "Ms. Merkel met Mr. Smith in Ft. Worth, as Vol. 3 says."),
        ("de", "Die Fa. Meier nennt die hl. Barbara und Wr. Neustadt, vgl. Abs. 3."),
        ("tr", "Doç. Yılmaz ile Sn. Demir geldi."),
    ],
)
def test_an_abbreviation_within_a_sentence(language: str, sentence: str) -> None:
    """Titles, initials and abbreviations do not end a sentence."""
    assert sentences(f"{sentence} {sentence}", language) == [sentence, sentence]


@pytest.mark.parametrize(
    ("language", "first", "second"),
    [
        ("fr", "Il faut de la vitamine C.", "Les médecins le disent."),
        ("es", "El sol da vitamina D.", "Las frutas no."),
        ("pl", "To jest plan B.", "Nie ma innego."),
    ],
)
def test_a_letter_at_the_end_of_a_sentence(language: str, first: str, second: str) -> None:
    """A single letter that is no initial ends a sentence."""
    assert sentences(f"{first} {second}", language) == [first, second]


def test_a_text_without_capitals() -> None:
    """Where sentences begin with small letters, a full stop ends them."""
    text = "to je sve. nije bilo tako. ali dobro."
    assert sentences(text, "hr") == ["to je sve.", "nije bilo tako.", "ali dobro."]


def test_a_number_alone() -> None:
    """The number of an item is no sentence of its own."""
    assert sentences("75. Minute: Ajax gleicht aus.\n76. Minute: Abstoß.", "de") == [
        "75. Minute: Ajax gleicht aus.",
        "76. Minute: Abstoß.",
    ]


def test_a_number_at_the_end_of_a_line() -> None:
    """A line ends a sentence even where the next one begins with a small letter."""
    assert sentences("Es kamen 25.\n\nviele blieben fern.", "de") == ["Es kamen 25.", "viele blieben fern."]
