"""The settings of the page, kept in the archive."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from rag.archive import Archive
from rag.errors import ConfigError
from rag.storage.setting_records import SettingRecords

Language = Literal["browser", "de", "en"]
Theme = Literal["system", "light", "dark"]
DateFormat = Literal["words", "numbers", "iso"]
Setting = bool | int | str

ALLOWED: Mapping[str, Sequence[Setting]] = {
    "passages": range(5, 51),
    "comments": (False, True),
    "fast": (False, True),
    "language": ("browser", "de", "en"),
    "theme": ("system", "light", "dark"),
    "dates": ("words", "numbers", "iso"),
    "private": (False, True),
}
"""What each setting can be."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How the page of an archive is set.

    Attributes:
        passages: how many passages an answer shows at first.
        comments: whether reader comments are searched, too.
        fast: whether re-ranking is skipped.
        language: that of the page, or the one that the browser asks for.
        theme: light, dark, or as the system has it; a browser may choose another one for itself.
        dates: how days are written: in words, in numbers as the language writes them, or as 2024-12-03.
        private: whether questions are asked without being noted in the history.

    Raises:
        ConfigError: a value is not one of `ALLOWED`.
    """

    passages: int = 10
    comments: bool = False
    fast: bool = False
    language: Language = "browser"
    theme: Theme = "system"
    dates: DateFormat = "words"
    private: bool = False

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if not is_allowed(name, value):
                raise ConfigError(f"The setting {name} cannot be {value!r}: choose {_choices(ALLOWED[name])}.")


def is_allowed(name: str, value: object) -> bool:
    """Return whether there is a setting of this name that can have this value."""
    # True is 1 for Python
    return name in ALLOWED and type(value) is type(ALLOWED[name][0]) and value in ALLOWED[name]


def _choices(allowed: Sequence[Setting]) -> str:
    if isinstance(allowed, range):
        return f"a number from {allowed[0]} to {allowed[-1]}"
    return "among " + ", ".join(json.dumps(value) for value in allowed)


class SettingsStore:
    """The settings of an archive. It has no state of its own: make one wherever an archive is at hand."""

    def __init__(self, archive: Archive) -> None:
        self._records = SettingRecords(archive._database)

    def load(self) -> Settings:
        """Return the settings; what is stored and cannot be used, by another version perhaps, is as if it were not."""
        stored = {name: _decoded(text) for name, text in self._records.all().items()}
        return Settings(**{name: value for name, value in stored.items() if is_allowed(name, value)})

    def change(self, **values: Setting) -> Settings:
        """Store some of the settings, and return all.

        Raises:
            ConfigError: there is no such setting, or it cannot have this value.
            ArchiveError: the archive cannot be written.
        """
        if unknown := [name for name in values if name not in ALLOWED]:
            raise ConfigError(f"There is no setting {unknown[0]!r}: choose among {', '.join(ALLOWED)}.")
        settings = Settings(**asdict(self.load()) | values)
        self._records.put({name: json.dumps(value) for name, value in values.items()})
        return settings


def _decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
