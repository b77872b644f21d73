"""Names of people as pages write them."""

from __future__ import annotations

from collections.abc import Collection
from html import unescape

import regex

from rag.loading.common.normalization import letters_and_digits

_NAME = r"(?:[dlo]['’])?\p{Lu}[\p{L}\p{M}.'’‑-]*"
_CAPITAL = regex.compile(r"(?:[dlo]['’](?=\p{Lu}))?[^\p{Ll}]")
_PARTICLE = r"(?:von|van|vom|der|den|de|del|della|da|dos|du|di|zu|zur|la|le|el|al|bin|ibn|ter|ten|y|e|i)"
_PERSON = rf"{_NAME}(?:\s+(?:{_PARTICLE}\s+){{0,2}}{_NAME}){{1,4}}"
_AND = r"(?:\s*[,/&]\s*|\s+(?:und|and|et|y|e|og|och)\s+)"
_LEAD_IN_PATTERN = (
    r"(?:(?:(?:ein\p{L}*\s+)?(?:analyse|artikel|beitrag|bericht|essay|interview|kolumne|kommentar|reportage|text|"
    r"veröffentlicht|verfasst|geschrieben|story|words|written|posted|published|publié|publicado|escrito|"
    r"(?:zeige\s+)?alle\s+beiträge|(?:view\s+)?all\s+posts)\s+)?(?:von|by|par|por|di|door)"
    r"|autor(?:in|en|:?innen)?|authors?|auteurs?|redakteur(?:in)?|text|interview)\b\s*[:,|]?"
)
_LEAD_IN = regex.compile(rf"^\W*{_LEAD_IN_PATTERN}\s+", regex.IGNORECASE)
_BARE_LEAD_IN = regex.compile(rf"\W*{_LEAD_IN_PATTERN}\s*", regex.IGNORECASE)
_BYLINE = regex.compile(
    rf"(?:[^\p{{L}}]*|.{{0,25}}\d{{4}}.{{0,15}}?\s)(?i:{_LEAD_IN_PATTERN})\s+(?P<names>{_PERSON}(?:{_AND}{_PERSON}){{0,5}})"
    rf"(?:\s*(?:[,;|/•·–(—-]|\d|(?:am|on|vom|in|aus|für|for|le|el|il)\s).*|\s*)"
)
_NOISE = regex.compile(r"<[^<>]*>|\([^()]*\)|\S+@\S+|@\w+|https?://\S+|www\.\S+")
_NAME_SEPARATOR = regex.compile(
    r"\s*[;|/\n•·&»]\s*|\s+(?:und|and|et|og|och)\s+|\s+[-–]\s+|\s+(?:am|on|um|le|el)\s+(?=.*\d)", regex.IGNORECASE
)
_DOMAIN = regex.compile(r"(?:[\w-]+\.)+(?:[a-z]{2,4}|info|online)", regex.IGNORECASE)
_COMPANY = regex.compile(
    r"\b(?:GmbH|AG|KG|Ltd|LLC|Inc|Verlag|Redaktion|Redakcja|Redacción|Rédaction|Redazione|Stiftung|Institut|Agentur|"
    r"Verband|Team|Staff|Sekretariat)\b|\be\.?\s?V\b",
    regex.IGNORECASE,
)
_PLACEHOLDER = regex.compile(
    r"admin|administrator|agencies|agenturen|anonym|anonymous|author|autor(?:in)?|by|editor|editorial|gast|guest|"
    r"herausgeber|login|moderator|name|posted|publisher|quelle|red|redakteur|root|superuser|unbekannt|unknown|user|von|"
    r"webmaster|wordpress"
)
_MAX_STATEMENT, _MAX_NAME, _MAX_NAME_WORDS, _MAX_AGENCY = 200, 60, 6, 4  # characters, except for the words


def people(statement: str, outlets: Collection[str] = ()) -> tuple[str, ...]:
    """Return the names in what a page states as its author, without outlets, companies, jobs and addresses."""
    plain = _LEAD_IN.sub("", " ".join(_NOISE.sub(" ", unescape(statement)[: 5 * _MAX_STATEMENT]).split()))
    if len(plain) > _MAX_STATEMENT:
        return ()
    names: list[str] = []
    for part in _NAME_SEPARATOR.split(plain):
        pieces = [piece for text in part.split(",") if (piece := text.strip(" .:*\"'-–"))]
        # what follows the name of a company or outlet is its place
        if pieces and is_person_name(pieces[0], outlets):
            full_names = [piece for piece in pieces if " " in piece]
            # a single word after a full name is a job or a place, unless it is as short as agencies are: dpa, AFP
            authors = [piece for piece in pieces if piece in full_names or len(piece) <= _MAX_AGENCY]
            names += authors if full_names else [", ".join(pieces)]
    return tuple(dict.fromkeys(name for name in names if is_person_name(name, outlets)))


def names_in_byline(line: str, following: str = "", outlets: Collection[str] = ()) -> tuple[str, ...]:
    """Return the names in a byline, as "Von Anna Beck und Carl Dorn", or in the line that follows "Autor:"."""
    text = f"{line} {following}" if _BARE_LEAD_IN.fullmatch(line[:_MAX_STATEMENT]) else line
    match = _BYLINE.fullmatch(text[:_MAX_STATEMENT])
    return people(match["names"], outlets) if match else ()


def is_person_name(name: str, outlets: Collection[str] = ()) -> bool:
    """Whether it can be the name of a person, or a name that a person goes by."""
    words = [word for word in regex.split(r"[\s,]+", name) if word]
    if not 1 < len(name) <= _MAX_NAME or len(words) > _MAX_NAME_WORDS or regex.search(r"[:!?()]", name):
        return False
    # a name of several words has no digits, and its first and last word are capitalised
    if len(words) > 1 and (regex.search(r"\d", name) or not _CAPITAL.match(words[0]) or not _CAPITAL.match(words[-1])):
        return False
    if (
        not any(map(str.isalpha, name))
        or _PLACEHOLDER.fullmatch(letters_and_digits(name))
        or letters_and_digits(name) in map(letters_and_digits, outlets)
    ):
        return False
    return not _DOMAIN.fullmatch(name) and not _COMPANY.search(name)
