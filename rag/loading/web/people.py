"""Names of people, as pages write them."""

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
_LED = (
    r"(?:(?:(?:ein\p{L}*\s+)?(?:analyse|artikel|beitrag|bericht|essay|interview|kolumne|kommentar|reportage|text|"
    r"veröffentlicht|verfasst|geschrieben|story|words|written|posted|published|publié|publicado|escrito|"
    r"(?:zeige\s+)?alle\s+beiträge|(?:view\s+)?all\s+posts)\s+)?(?:von|by|par|por|di|door)"
    r"|autor(?:in|en|:?innen)?|authors?|auteurs?|redakteur(?:in)?|text|interview)\b\s*[:,|]?"
)
_LEAD = regex.compile(rf"^\W*{_LED}\s+", regex.IGNORECASE)
_LEAD_ALONE = regex.compile(rf"\W*{_LED}\s*", regex.IGNORECASE)
_BYLINE = regex.compile(
    rf"(?:[^\p{{L}}]*|.{{0,25}}\d{{4}}.{{0,15}}?\s)(?i:{_LED})\s+(?P<names>{_PERSON}(?:{_AND}{_PERSON}){{0,5}})"
    rf"(?:\s*(?:[,;|/•·–(—-]|\d|(?:am|on|vom|in|aus|für|for|le|el|il)\s).*|\s*)"
)
_NOISE = regex.compile(r"<[^<>]*>|\([^()]*\)|\S+@\S+|@\w+|https?://\S+|www\.\S+")
_BETWEEN = regex.compile(
    r"\s*[;|/\n•·&»]\s*|\s+(?:und|and|et|og|och)\s+|\s+[-–]\s+|\s+(?:am|on|um|le|el)\s+(?=.*\d)", regex.IGNORECASE
)
_DOMAIN = regex.compile(r"(?:[\w-]+\.)+(?:[a-z]{2,4}|info|online)", regex.IGNORECASE)
_COMPANY = regex.compile(
    r"\b(?:GmbH|AG|KG|Ltd|LLC|Inc|Verlag|Redaktion|Redakcja|Redacción|Rédaction|Redazione|Stiftung|Institut|Agentur|"
    r"Verband|Team|Staff|Sekretariat)\b|\be\.?\s?V\b",
    regex.IGNORECASE,
)
_NOBODY = regex.compile(
    r"admin|administrator|agencies|agenturen|anonym|anonymous|author|autor(?:in)?|by|editor|editorial|gast|guest|"
    r"herausgeber|login|moderator|name|posted|publisher|quelle|red|redakteur|root|superuser|unbekannt|unknown|user|von|"
    r"webmaster|wordpress"
)
_LONGEST, _LONGEST_NAME, _MOST_WORDS, _LONGEST_AGENCY = 200, 60, 6, 4


def people(stated: str, outlets: Collection[str] = ()) -> tuple[str, ...]:
    """Return the names in what a page states as its author, without outlets, companies, jobs and addresses."""
    plain = _LEAD.sub("", " ".join(_NOISE.sub(" ", unescape(stated)[: 5 * _LONGEST]).split()))
    if len(plain) > _LONGEST:
        return ()
    found: list[str] = []
    for part in _BETWEEN.split(plain):
        pieces = [piece for one in part.split(",") if (piece := one.strip(" .:*\"'-–"))]
        # behind the name of a company or outlet stands its place
        if pieces and is_somebody(pieces[0], outlets):
            full = [piece for piece in pieces if " " in piece]
            # one word behind a full name is a job or a place, unless it is as short as agencies are: dpa, AFP
            kept = [piece for piece in pieces if piece in full or len(piece) <= _LONGEST_AGENCY]
            found += kept if full else [", ".join(pieces)]
    return tuple(dict.fromkeys(one for one in found if is_somebody(one, outlets)))


def byline(line: str, following: str = "", outlets: Collection[str] = ()) -> tuple[str, ...]:
    """Return the names of a line that is a byline, as "Von Anna Beck und Carl Dorn", or of one under "Autor:"."""
    whole = f"{line} {following}" if _LEAD_ALONE.fullmatch(line[:_LONGEST]) else line
    found = _BYLINE.fullmatch(whole[:_LONGEST])
    return people(found["names"], outlets) if found else ()


def is_somebody(name: str, outlets: Collection[str] = ()) -> bool:
    """Say whether it can be a person's name, or a name that a person goes by."""
    words = [one for one in regex.split(r"[\s,]+", name) if one]
    if not 1 < len(name) <= _LONGEST_NAME or len(words) > _MOST_WORDS or regex.search(r"[:!?()]", name):
        return False
    # a name of several words has no numbers in it, and its first and last word have capitals
    if len(words) > 1 and (regex.search(r"\d", name) or not _CAPITAL.match(words[0]) or not _CAPITAL.match(words[-1])):
        return False
    if (
        not any(one.isalpha() for one in name)
        or _NOBODY.fullmatch(letters_and_digits(name))
        or letters_and_digits(name) in map(letters_and_digits, outlets)
    ):
        return False
    return not _DOMAIN.fullmatch(name) and not _COMPANY.search(name)
