"""Why a file could not be read, in the language of the page: the loaders write these sentences in English."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from ui.wording.english import ENGLISH
from ui.wording.errors import Sentence
from ui.wording.german import GERMAN
from ui.wording.reasons_of_files import REASONS_OF_FILES
from ui.wording.reasons_of_pages import REASONS_OF_PAGES
from ui.wording.reasons_of_tables import REASONS_OF_TABLES
from ui.wording.texts import Texts

# in braces is what differs from file to file; {inner} is a reason itself, {position} a line or an entry
GERMAN_REASONS: Mapping[str, str] = {**REASONS_OF_TABLES, **REASONS_OF_FILES, **REASONS_OF_PAGES}
_POSITIONS = {"Line": "Zeile", "Entry": "Eintrag"}
_HOLES = {"inner": ".+", "position": rf"(?:{'|'.join(_POSITIONS)}) \d+"}
_MAX_SENTENCES = 20


def reason_sentence(reason: str, texts: Texts) -> Sentence:
    """Return why a file, or parts of it, could not be read: one sentence or several.

    It is in the language of the page, or in English where nobody translated it.
    """
    german = _german(reason) if texts.code == GERMAN.code else None
    return Sentence(german, GERMAN.code) if german else Sentence(reason, ENGLISH.code)


def _german(reason: str) -> str | None:
    return _german_sentence(reason) or _german_sentences(reason)


def _german_sentence(reason: str) -> str | None:
    for pattern, german in _patterns():
        if match := pattern.fullmatch(reason):
            values = match.groupdict()
            if "inner" in values:
                values["inner"] = _german(values["inner"])
            if "position" in values:
                name, number = values["position"].split()
                values["position"] = f"{_POSITIONS[name]} {number}"
            if None not in values.values():
                return german.format(**values)
    return None


def _german_sentences(reason: str) -> str | None:
    """Return several sentences in German, of which each may consist of more than one."""
    ends = [match.start() for match in re.finditer(r"(?<=[.:]) ", reason)][:_MAX_SENTENCES]
    for end in ends:
        first = _german_sentence(reason[:end])
        rest = first and _german(reason[end + 1 :])
        if rest:
            return f"{first} {rest}"
    return None


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(_pattern(english), re.DOTALL), german) for english, german in GERMAN_REASONS.items()]


def _pattern(english: str) -> str:
    def hole(match: re.Match[str]) -> str:
        return f"(?P<{match[1]}>{_HOLES.get(match[1], '.+?')})"

    return re.sub(r"\\\{(\w+)\\\}", hole, re.escape(english))
