"""Whether passages of two articles are the same, word for word, except for typography and the agency's line."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.types import SEARCHED_KINDS, Article, Span

# the share of a passage that its quote has to cover, at least
_MIN_COVERED = 0.8

# these are other forms of the same letters; a power, a fraction or a circled number is another sign
_FORMS = ("<compat>", "<noBreak>", "<wide>", "<narrow>", "<initial>", "<medial>", "<final>", "<isolated>", "<font>")
_SIGNS = {
    **dict.fromkeys("‘’‚‛‹›`´ʼ＇", "'"),
    **dict.fromkeys("“”„‟«»〝〞〟＂", '"'),
    **dict.fromkeys("‐‑‒–−﹣－", "-"),
    **dict.fromkeys("—―", "—"),
    "\u0640": "",  # makes an Arabic word longer on the line
}
_ENDS = tuple(".!?…؟۔।॥։。！？")
_CLOSING = "\"'»«”“„’‘›‹)]}」』）"
# closing signs after the full stop of a sentence, at most
_MAX_CLOSING = 8
_BREAKS = re.compile(r"\s+|(?<=[。！？])(?![。！？」』）”’\s])")
_HYPHENATED = re.compile(r"(?<=[^\W\d_])(?:\u00ad\s*|[-‐][^\S\n]*\n\s*(?=[^\W\d_A-ZÄÖÜ]))")
# these see one space where there was any white space
_FRENCH_SPACES = re.compile(r"(?<!\S)(«) | (?=»(?!\w)|[;:!?])")
_DASHES = re.compile(r" ?(?:—|--+) ?| - ")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_IDEOGRAM = "[\u3005-\u30ff\u3400-\u9fff\uf900-\ufaff，。、！？「」『』]"
_IDEOGRAPHIC_SPACES = re.compile(rf"(?<={_IDEOGRAM}) (?={_IDEOGRAM})")

# none that is also the name of a party or a country
_AGENCY = (
    r"(?:dpa(?:-\w+)?|AFP|AP|Reuters|rtr|APA|sda|Keystone-SDA|epd|KNA|SID|ddp|dapd|dts|AFX|ANSA|EFE|Europa Press|Lusa|"
    r"Belga|ANP|NTB|Ritzau|PAP|ČTK|TASR|MTI|Tanjug|Hina|Anadolu|TASS|ТАСС|Interfax|Интерфакс|Ukrinform|Укринформ|"
    r"Укрінформ|PTI|IANS|Xinhua|新华社|Kyodo|共同|Jiji|時事|Bloomberg|UPI|AAP|IRNA)"
)
_AGENCIES = rf"{_AGENCY}(?:\s*[/,;+]\s*{_AGENCY})*"
# "Berlin (dpa) – ", "(AFP)", "LONDON, May 3 (Reuters) - "
_DATELINE = re.compile(
    rf"(?:(?P<place>[^\W\d_][^()\n:;!?]{{1,40}}?) ?)?[(（]{_AGENCIES}[)）] ?[-–—:.|]* ?", re.IGNORECASE
)
_SIGNED = re.compile(rf"[(（\[]?{_AGENCIES}[)）\]]?\.?", re.IGNORECASE)
_SIGNED_BEHIND = re.compile(rf" ?[(（]{_AGENCIES}[)）](?=[.!?]?$)", re.IGNORECASE)


class _Letters(dict[int, str]):
    """The form in which each letter or sign is compared."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        form, _, codes = unicodedata.decomposition(sign).partition(" ")
        if unicodedata.category(sign) == "Cf":
            compared = ""
        elif sign in _SIGNS:
            compared = _SIGNS[sign]
        elif form in _FORMS:
            compared = "".join(chr(int(hexadecimal, 16)) for hexadecimal in codes.split())
        else:
            compared = sign
        self[code] = compared
        return compared


_LETTERS = _Letters()


@dataclass(frozen=True, slots=True)
class NormalizedSentence:
    """A sentence at [start, end) of an article: its words without typography, and the city that its dateline names.

    Sentences are cut by signs alone, so that the same words are always cut in the same way: some are shorter than a
    reader would say ("Dr.").
    """

    start: int
    end: int
    words: str
    dateline: str = ""

    def equals(self, sentence: NormalizedSentence) -> bool:
        """Whether both are the same; a dateline may be missing, but two must not differ."""
        datelines = {self.dateline, sentence.dateline} - {""}
        return self.words == sentence.words and len(datelines) < 2


@dataclass(frozen=True, slots=True)
class Window:
    """Consecutive sentences of an article: numbers [first, last) of all its sentences."""

    sentences: Sequence[NormalizedSentence]
    first: int
    last: int

    def __len__(self) -> int:
        return sum(len(sentence.words) for sentence in self.sentences[self.first : self.last])

    def is_identical(self, window: Window) -> bool:
        """Whether both consist of the same sentences."""
        ours, theirs = (
            [(sentence.dateline, sentence.words) for sentence in side.sentences[side.first : side.last]]
            for side in (self, window)
        )
        return ours == theirs


def strip_invisible(text: str) -> str:
    """Return a text without soft hyphens, joiners and marks of direction."""
    return text if text.isascii() else _INVISIBLE.sub("", text)


def normalize_typography(text: str) -> str:
    """Return a text without typographic differences.

    These are letters' case, ligatures, widths, kinds of quotation marks and dashes, hyphens at line ends, soft hyphens,
    invisible signs, and the length of white space. Accents, digits and all other signs remain.
    """
    text = _FRENCH_SPACES.sub(r"\1", _on_one_line(text)).translate(_LETTERS)
    text = _DASHES.sub(" - ", _IDEOGRAPHIC_SPACES.sub("", text.replace("''", '"')))
    return unicodedata.normalize("NFC", " ".join(text.split())).lower()


def _on_one_line(text: str) -> str:
    return " ".join(_HYPHENATED.sub("", text).split())


def sentences_of_article(article: Article) -> list[NormalizedSentence]:
    """Return the sentences of an article and its comments that have a letter or a digit.

    Boilerplate is left out, and so are lines that only name an agency.
    """
    sentences = []
    spans = (
        (part.start + start, part.start + end)
        for part in article.parts()
        if part.kind in SEARCHED_KINDS
        for start, end in _cut(article.text[part.start : part.end])
    )
    for start, end in spans:
        line = _on_one_line(article.text[start:end])
        dateline = _DATELINE.match(line)
        statement = _SIGNED_BEHIND.sub("", line[dateline.end() :] if dateline else line)
        # a heading may have a full stop in only one of two papers
        words = "" if _SIGNED.fullmatch(statement) else normalize_typography(statement).removesuffix(".")
        if any(sign.isalnum() for sign in words):
            sentences.append(
                NormalizedSentence(start, end, words, normalize_typography((dateline and dateline["place"]) or ""))
            )
    return sentences


def _cut(text: str) -> Iterator[Span]:
    start = 0
    for white in _BREAKS.finditer(text):
        ending = text[max(start, white.start() - _MAX_CLOSING) : white.start()].rstrip(_CLOSING)
        if white[0].count("\n") > 1 or not white[0] or ending.endswith(_ENDS):
            yield start, white.start()
            start = white.end()
    yield start, len(text)


def window(sentences: Sequence[NormalizedSentence], start: int, end: int) -> Window:
    """Return the sentences that overlap [start, end)."""
    numbers = [number for number, sentence in enumerate(sentences) if sentence.start < end and start < sentence.end]
    return Window(sentences, numbers[0], numbers[-1] + 1) if numbers else Window(sentences, 0, 0)


def adds_nothing(passage: Window, quote: Window) -> bool:
    """Whether a passage of another article need not be shown next to a quote.

    All sentences of the quote are consecutive in the passage's article, too; all sentences of the passage are at the
    same place in the quote's article; and at least 0.8 of the passage is in the quote itself.
    """
    if quote.first == quote.last or passage.first == passage.last:
        return False
    return any(
        _agree(passage, quote, number - quote.first)
        for number, sentence in enumerate(passage.sentences)
        if sentence.equals(quote.sentences[quote.first])
    )


def _agree(passage: Window, quote: Window, shift: int) -> bool:
    """Whether this holds if the quote's sentences have numbers in the other article that are higher by `shift`."""
    first, last = min(quote.first, passage.first - shift), max(quote.last, passage.last - shift)
    if first < 0 or last > len(quote.sentences) or first + shift < 0 or last + shift > len(passage.sentences):
        return False
    if not all(quote.sentences[number].equals(passage.sentences[number + shift]) for number in range(first, last)):
        return False
    overlap = Window(passage.sentences, max(quote.first + shift, passage.first), min(quote.last + shift, passage.last))
    return len(overlap) >= _MIN_COVERED * len(passage)
