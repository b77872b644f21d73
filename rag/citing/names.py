"""The author line of an article → names, as citation styles need them: family and given names apart."""

from __future__ import annotations

import re
from dataclasses import dataclass

# but for “von und zu”
_SEPARATOR = re.compile(r"(?:(?<!\s)\s+)?[;/&|]\s*|(?<!\s)(?<!\bvon)\s+(?:und|and|et|og|och|sowie)\s+", re.IGNORECASE)
# these belong to the family name, but a list is not ordered by them
_DROPPING = {"von", "vom", "zu", "zum", "zur", "auf", "der", "den", "dem", "und"}
_NON_DROPPING = {"van", "de", "del", "della", "di", "da", "dos", "das", "du", "des", "la", "le", "el", "al", "bin",
                 "ibn", "ter", "ten", "af", "av"}  # fmt: skip
_TITLES = {"dr.", "prof.", "dr", "prof", "dipl.-ing.", "mag.", "med.", "h.c.", "pd"}
_SUFFIXES = {"jr", "jr.", "sr", "sr.", "ii", "iii", "iv"}
# names whose family name comes last
_LAST_IS_FAMILY = re.compile(r"[A-Za-z\u00c0-\u024f\u0370-\u03ff\u0400-\u04ff\u1e00-\u1eff’'.‑-]+")
_ORGANISATION = re.compile(
    r"\b(?:GmbH|AG|KG|Ltd|LLC|Inc|Verlag|Redaktion|Stiftung|Institut|Agentur|Verband|Team|Staff|Desk|Agency|News|"
    r"Press|Zeitung|Ministerium|Universität|University|Büro)\b",
    re.IGNORECASE,
)
_MAX_PERSON_WORDS = 6


@dataclass(frozen=True, slots=True)
class AuthorName:
    """A person, or, without a given name, an agency, an institution or a name that has no parts.

    `particle` stands between both names: “von” in Ursula von der Leyen; `is_dropping` says whether lists ignore it.
    """

    family: str
    given: str = ""
    particle: str = ""
    is_dropping: bool = False
    suffix: str = ""


def author_names(line: str | None) -> tuple[AuthorName, ...]:
    """Return the names in an author line; what is no person's name stays whole.

    >>> [(name.family, name.given) for name in author_names("Hanne Lüders und Jost Behrens, dpa")]
    [('Lüders', 'Hanne'), ('Behrens', 'Jost'), ('dpa', '')]
    """
    names: list[AuthorName] = []
    for part in _SEPARATOR.split(line or ""):
        pieces = [piece.strip() for piece in part.split(",") if piece.strip()]
        if len(pieces) == 2 and _is_reversed(*pieces):
            names.append(AuthorName(pieces[0], pieces[1]))
        else:
            names += map(_name, pieces)
    return tuple(dict.fromkeys(names))


def _is_reversed(first: str, second: str) -> bool:
    """Whether two parts between commas are a family and a given name: Lüders, Hanne, not dpa, AFP."""
    return first.istitle() and second.istitle() and " " not in first and len(second.split()) <= 2


def _name(text: str) -> AuthorName:
    words = text.split()
    while len(words) > 2 and words[0].lower() in _TITLES:
        words = words[1:]
    suffix = words.pop() if len(words) > 2 and words[-1].lower() in _SUFFIXES else ""
    is_person = (
        1 < len(words) <= _MAX_PERSON_WORDS
        and all(map(_LAST_IS_FAMILY.fullmatch, words))
        and not _ORGANISATION.search(text)
        and not words[-1].isupper()
    )
    if not is_person:
        return AuthorName(text)
    particles = _DROPPING | _NON_DROPPING
    first = next((at for at, word in enumerate(words[1:-1], 1) if word in particles), len(words) - 1)
    last = first
    while last < len(words) - 1 and words[last] in particles:
        last += 1
    return AuthorName(
        family=" ".join(words[last:]),
        given=" ".join(words[:first]),
        particle=" ".join(words[first:last]),
        is_dropping=words[first] in _DROPPING,
        suffix=suffix,
    )
