"""An examination of an archive as JSON: what `fundstelle doctor --json` prints."""

from __future__ import annotations

from typing import Literal

from rag.schemas.base import Filled, Schema


class FindingModel(Schema):
    """What a check says."""

    check: Filled
    subject: Filled
    """What was checked, in a word or two."""
    symptom: Filled
    """What was seen, in a word: `well`, or what is wrong."""
    health: Literal["well", "notice", "wrong", "unchecked"]
    """`notice`: worth knowing, but nothing is wrong; `unchecked`: it could not be checked."""
    sentence: Filled
    advice: str
    """What to do next; empty where there is nothing to do."""
    values: dict[str, int | float | str]
    """The numbers and names in the sentences."""
    repaired: str
    """What was wrong before it was repaired; empty where nothing was."""


class DiagnosisModel(Schema):
    """What all checks of an archive say."""

    folder: str
    quick: bool
    """Whether only the quick checks were made."""
    findings: tuple[FindingModel, ...]
