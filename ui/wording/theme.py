"""The wording of the switch between light and dark."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ThemeWords:
    """What the switch is called, and what it says of each theme."""

    label: str
    system: str
    light: str
    dark: str


THEME_WORDS: Mapping[str, ThemeWords] = {
    "de": ThemeWords(label="Darstellung", system="Wie das System", light="Hell", dark="Dunkel"),
    "en": ThemeWords(label="Appearance", system="System theme", light="Light", dark="Dark"),
}
