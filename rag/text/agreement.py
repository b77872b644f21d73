"""Whether passages of two articles say the same, word for word: only typography and the agency's line may differ."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.types import SEARCHED_KINDS, Article, Span

# so much of a passage must stand in the quote that is shown for it
_COVERED = 0.8

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
# behind its full stop, a sentence has so many closing signs at most
_NEAR = 8
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
    """What each letter or sign is compared as."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        form, _, codes = unicodedata.decomposition(sign).partition(" ")
        if unicodedata.category(sign) == "Cf":
            told = ""
        elif sign in _SIGNS:
            told = _SIGNS[sign]
        elif form in _FORMS:
            told = "".join(chr(int(one, 16)) for one in codes.split())
        else:
            told = sign
        self[code] = told
        return told


_LETTERS = _Letters()


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence at [start, end) of an article: its words without typography, and the place that its dateline names.

    Sentences are cut by signs alone, so that the same words are cut alike wherever they stand: some are shorter than a
    reader would say ("Dr.").
    """

    start: int
    end: int
    words: str
    dateline: str = ""

    def same(self, other: Sentence) -> bool:
        """Tell whether both say the same; a dateline may be missing, but no two may differ."""
        datelines = {self.dateline, other.dateline} - {""}
        return self.words == other.words and len(datelines) < 2  # noqa: PLR2004


@dataclass(frozen=True, slots=True)
class Window:
    """Some sentences of an article that follow on each other: numbers [first, last) of all of them."""

    sentences: Sequence[Sentence]
    first: int
    last: int

    def __len__(self) -> int:
        return sum(len(one.words) for one in self.sentences[self.first : self.last])

    def identical(self, other: Window) -> bool:
        """Tell whether both hold the same sentences and no others."""
        ours, theirs = (
            [(one.dateline, one.words) for one in window.sentences[window.first : window.last]]
            for window in (self, other)
        )
        return ours == theirs


def visible(text: str) -> str:
    """Return a text without soft hyphens, joiners and marks of direction."""
    return text if text.isascii() else _INVISIBLE.sub("", text)


def normalised(text: str) -> str:
    """Return a text without what is typography alone.

    That is letters' case, ligatures, widths, kinds of quotation marks and dashes, hyphens at line ends, soft hyphens,
    invisible signs, and the length of white space. Accents, digits and all other signs stay.
    """
    text = _FRENCH_SPACES.sub(r"\1", _on_one_line(text)).translate(_LETTERS)
    text = _DASHES.sub(" - ", _IDEOGRAPHIC_SPACES.sub("", text.replace("''", '"')))
    return unicodedata.normalize("NFC", " ".join(text.split())).lower()


def _on_one_line(text: str) -> str:
    return " ".join(_HYPHENATED.sub("", text).split())


def sentences_of_article(article: Article) -> list[Sentence]:
    """Return the sentences of an article and its comments that hold a letter or a digit.

    What is set aside in it is no part of what it says; nor is a line that only names an agency.
    """
    found = []
    spans = (
        (part.start + start, part.start + end)
        for part in article.parts()
        if part.kind in SEARCHED_KINDS
        for start, end in _cut(article.text[part.start : part.end])
    )
    for start, end in spans:
        written = _on_one_line(article.text[start:end])
        dateline = _DATELINE.match(written)
        said = _SIGNED_BEHIND.sub("", written[dateline.end() :] if dateline else written)
        # a heading has a full stop in one paper and none in the other
        words = "" if _SIGNED.fullmatch(said) else normalised(said).removesuffix(".")
        if any(sign.isalnum() for sign in words):
            found.append(Sentence(start, end, words, normalised((dateline and dateline["place"]) or "")))
    return found


def _cut(text: str) -> Iterator[Span]:
    start = 0
    for white in _BREAKS.finditer(text):
        before = text[max(start, white.start() - _NEAR) : white.start()].rstrip(_CLOSING)
        if white[0].count("\n") > 1 or not white[0] or before.endswith(_ENDS):
            yield start, white.start()
            start = white.end()
    yield start, len(text)


def window(sentences: Sequence[Sentence], start: int, end: int) -> Window:
    """Return the sentences of which a part stands at [start, end)."""
    inside = [number for number, one in enumerate(sentences) if one.start < end and start < one.end]
    return Window(sentences, inside[0], inside[-1] + 1) if inside else Window(sentences, 0, 0)


def says_nothing_else(passage: Window, quote: Window) -> bool:
    """Tell whether a passage of another article need not be shown beside a quote.

    All sentences of the quote follow on each other in the passage's article, too; all sentences of the passage stand
    at the same place in the quote's article; and eight tenths of the passage are in the quote itself.
    """
    if quote.first == quote.last or passage.first == passage.last:
        return False
    return any(
        _agree(passage, quote, at - quote.first)
        for at, one in enumerate(passage.sentences)
        if one.same(quote.sentences[quote.first])
    )


def _agree(passage: Window, quote: Window, shift: int) -> bool:
    """Tell so if the quote's sentences have numbers in the other article that are higher by `shift`."""
    first, last = min(quote.first, passage.first - shift), max(quote.last, passage.last - shift)
    if first < 0 or last > len(quote.sentences) or first + shift < 0 or last + shift > len(passage.sentences):
        return False
    if not all(quote.sentences[number].same(passage.sentences[number + shift]) for number in range(first, last)):
        return False
    shared = Window(passage.sentences, max(quote.first + shift, passage.first), min(quote.last + shift, passage.last))
    return len(shared) >= _COVERED * len(passage)
