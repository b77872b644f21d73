"""What checks of the archive say on the page: English by `rag.diagnosis.wording`, German by `diagnosis_german`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rag.types import Finding
from ui.wording.diagnosis_german import GERMAN_CHECKS, GERMAN_COMMON


@dataclass(frozen=True, slots=True)
class DiagnosisWords:
    """The wording around the checks in one language."""

    heading: str
    hint: str
    button: str
    all_well: str
    wrong: tuple[str, str]
    well: tuple[str, str]
    health: Mapping[str, str]


DIAGNOSIS_WORDS: Mapping[str, DiagnosisWords] = {
    "de": DiagnosisWords(
        heading="Zustand des Archivs",
        hint="Prüft Ordner, Verzeichnisse und Dateien. Gründlicher, auch die Datenbank selbst: `fundstelle doctor`.",
        button="Archiv prüfen",
        all_well="Alles in Ordnung.",
        wrong=("Ein Befund", "{count} Befunde"),
        well=("eine Prüfung ohne Befund", "{count} Prüfungen ohne Befund"),
        health={"wrong": "Falsch", "unchecked": "Nicht geprüft", "notice": "Hinweis", "well": "In Ordnung"},
    ),
    "en": DiagnosisWords(
        heading="State of the archive",
        hint="Checks the folder, the indexes and the files. More, with the database itself: `fundstelle doctor`.",
        button="Check the archive",
        all_well="All is well.",
        wrong=("One finding", "{count} findings"),
        well=("one check without a finding", "{count} checks without a finding"),
        health={"wrong": "Wrong", "unchecked": "Not checked", "notice": "Note", "well": "Well"},
    ),
}


def finding_words(finding: Finding, language: str, folder: str) -> tuple[str, str, str]:
    """Return the subject of a finding, what was seen and what to do, in a language.

    Args:
        folder: that of the archive, as a shell takes it.
    """
    if language != "de" or finding.check not in GERMAN_CHECKS:
        return finding.subject, finding.sentence, finding.advice
    subject, symptoms = GERMAN_CHECKS[finding.check]
    sentence, advice = symptoms.get(finding.symptom) or GERMAN_COMMON[finding.symptom]
    values = {"folder": folder, **finding.values}
    return subject, sentence.format(**values), advice.format(**values)
