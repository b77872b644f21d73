"""What an examination of an archive says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Health = Literal["well", "notice", "wrong", "unchecked"]
"""Nothing is wrong; something is worth knowing; something is wrong; or it could not be checked."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check says.

    Attributes:
        check: names the check, such as `foreign_keys`.
        subject: what was checked, in a word or two.
        symptom: what was seen, in a word: `well`, or what is wrong.
        sentence: the same in a sentence.
        advice: what to do next, in a sentence; empty where there is nothing to do.
        values: the numbers and names in the sentences.
        repaired: the sentence on what was wrong before it was repaired; empty where nothing was.
    """

    check: str
    subject: str
    symptom: str
    health: Health
    sentence: str
    advice: str = ""
    values: Mapping[str, str | int | float] = field(default_factory=dict, hash=False)
    repaired: str = ""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What all checks of an archive say, in their order.

    Attributes:
        folder: that of the archive.
        quick: whether only the checks were made that take less than two seconds together.
    """

    folder: str
    quick: bool
    findings: tuple[Finding, ...]

    def __bool__(self) -> bool:
        """Whether nothing is wrong, and everything could be checked."""
        return not self.wrong and not self.unchecked

    @property
    def wrong(self) -> tuple[Finding, ...]:
        """What is wrong."""
        return self._of("wrong")

    @property
    def unchecked(self) -> tuple[Finding, ...]:
        """What could not be checked."""
        return self._of("unchecked")

    def _of(self, health: Health) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.health == health)

    def to_dict(self) -> dict[str, Any]:
        """Return a dictionary of JSON values: what `fundstelle doctor --json` prints; see docs/json.md."""
        from rag.schemas.diagnosis import DiagnosisModel

        return DiagnosisModel.json_of(self)

    def __repr__(self) -> str:
        return (
            f"Diagnosis({self.folder!r}, {len(self.findings)} checks, {len(self.wrong)} wrong, "
            f"{len(self.unchecked)} unchecked)"
        )
