"""The wording of the view in which a draft is checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CheckWords:
    """The wording in one language. Pairs are for one and for several; names in braces are filled in.

    Attributes:
        verdicts: what is said of a quotation or a figure, by its verdict.
    """

    heading: str
    hint: str
    draft: str
    check: str
    result: str
    quotes: tuple[str, str]
    figures: tuple[str, str]
    nothing: str
    verdicts: Mapping[str, str]
    more: str
    also: str
    unclosed: str
    unusable: str


CHECK_WORDS: Mapping[str, CheckWords] = {
    "de": CheckWords(
        heading="Entwurf prüfen",
        hint="Fügen Sie Ihren Text ein. Jedes Zitat und jede Zahl darin wird im Archiv nachgeschlagen.",
        draft="Ihr Text",
        check="Prüfen",
        result="Ergebnis",
        quotes=("Ein Zitat", "{count} Zitate"),
        figures=("eine Zahl", "{count} Zahlen"),
        nothing="In diesem Text stehen weder Zitate noch Zahlen.",
        verdicts={
            "exact": "wörtlich",
            "normalised": "wörtlich, andere Zeichen",
            "near": "weicht ab",
            "missing": "nicht im Archiv",
            "same": "Zahl stimmt überein",
            "other": "andere Zahl",
            "none": "Zahl nicht belegt",
        },
        more="Steht noch an weiteren Stellen.",
        also="auch in",
        unclosed="Zeile {line}: Ein Anführungszeichen wird nie geschlossen.",
        unusable="Der Text ist zu lang: höchstens {characters} Zeichen, {quotes} Zitate und {sentences} Sätze mit "
        "Zahlen auf einmal. Prüfen Sie ihn in Teilen.",
    ),
    "en": CheckWords(
        heading="Check a draft",
        hint="Paste your text. Each quotation and each number in it is looked up in the archive.",
        draft="Your text",
        check="Check",
        result="Result",
        quotes=("One quotation", "{count} quotations"),
        figures=("one number", "{count} numbers"),
        nothing="There are no quotations and no numbers in this text.",
        verdicts={
            "exact": "verbatim",
            "normalised": "verbatim, other signs",
            "near": "differs",
            "missing": "not in the archive",
            "same": "number agrees",
            "other": "another number",
            "none": "number not supported",
        },
        more="It also stands elsewhere.",
        also="also in",
        unclosed="Line {line}: a quotation mark is never closed.",
        unusable="The text is too long: at most {characters} characters, {quotes} quotations and {sentences} sentences "
        "with numbers at once. Check it in parts.",
    ),
}
