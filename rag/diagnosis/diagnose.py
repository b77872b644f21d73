"""All checks, one after the other."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

from rag.diagnosis import computer, contents, database, files, folder, views
from rag.diagnosis.check import Check, OpenArchive, Patient, Symptom
from rag.diagnosis.word_scores import word_scores
from rag.diagnosis.wording import CHECKS, DAMAGED, UNCHECKED, Wording
from rag.errors import ArchiveDamaged, ArchiveError, FundstelleError
from rag.types.diagnosis import Diagnosis, Finding

FOLDER_CHECKS: Sequence[Check[Path]] = (
    Check("permissions", folder.permissions, folder.close_to_others),
    Check("space", computer.space),
    Check("disk", computer.disk),
    Check("temporary", computer.temporary),
    Check("limits", computer.limits),
    Check("libraries", computer.libraries),
    Check("leftovers", folder.leftovers, folder.remove_leftovers),
    Check("earlier", folder.earlier_databases),
)
"""What can be checked without opening the archive."""

ARCHIVE_CHECKS: Sequence[Check[OpenArchive]] = (
    Check("journal", lambda archive: folder.journal(archive.folder), database.empty_log),
    Check("format", database.format_version),
    Check("writing", database.writing),
    Check("clock", database.clock),
    Check("database", database.pages, quick=False),
    Check("checksums", database.checksums, quick=False),
    Check("references", database.references, quick=False),
    Check("revisions", database.revisions),
    Check("listing", database.listing, database.list_articles_again, quick=False),
    Check("orphans", database.orphans, database.remove_orphans, quick=False),
    Check("strays", database.strays),
    Check("duplicates", database.duplicates),
    Check("calibration", database.calibration),
    Check("passages", contents.passages, quick=False),
    Check("vectors", contents.vectors, quick=False),
    Check("encoder", contents.encoder, quick=False),
    Check("encoding", contents.encoding, quick=False),
    Check("processor", contents.processor),
    Check("vector_index", views.vector_index, views.make_vector_index),
    Check("vector_search", views.vector_search, views.make_vector_index, quick=False),
    Check("word_index", views.word_index, views.make_word_index),
    Check("word_search", views.word_search, views.make_word_index, quick=False),
    Check("word_scores", word_scores, views.make_word_index, quick=False),
    Check("tokens", views.tokens, views.remove_damaged_tokens, quick=False),
    Check("files", files.files, files.read_changed_files),
    Check("failures", files.failures),
    Check("sidecars", files.sidecars),
    Check("inbox", files.inbox),
)
"""What is checked of an opened archive."""


def diagnose(
    archive: OpenArchive,
    *,
    quick: bool = False,
    fix: bool = False,
    on_check: Callable[[str], None] | None = None,
    on_finding: Callable[[Finding], None] | None = None,
) -> Diagnosis:
    """Make all checks of an archive, or the quick ones; with `fix`, repair what can be repaired without any loss.

    Args:
        on_check: called with the subject of each check before it is made.
        on_finding: called with what each check says.
    """

    def findings(checks: Sequence[Check[Patient]], patient: Patient) -> Iterator[Finding]:
        for check in checks:
            if check.quick or not quick:
                if on_check:
                    on_check(CHECKS[check.name].subject)
                yield _made(check, patient, archive.folder, fix=fix)

    made = chain(findings(FOLDER_CHECKS, archive.folder), findings(ARCHIVE_CHECKS, archive))
    return _collected(made, archive.folder, on_finding, quick=quick)


def diagnose_closed(
    archive_folder: Path, error: ArchiveError, *, on_finding: Callable[[Finding], None] | None = None
) -> Diagnosis:
    """Check what can be checked of an archive that cannot be opened, which the error says."""
    unusable = _finding("format", Symptom("unusable", {"error": str(error)}), archive_folder)
    made = (_made(check, archive_folder, archive_folder, fix=False) for check in FOLDER_CHECKS)
    return _collected(chain([unusable], made), archive_folder, on_finding, quick=False)


def _collected(
    findings: Iterable[Finding],
    archive_folder: Path,
    on_finding: Callable[[Finding], None] | None,
    *,
    quick: bool,
) -> Diagnosis:
    collected = []
    for finding in findings:
        collected.append(finding)
        if on_finding:
            on_finding(finding)
    return Diagnosis(str(archive_folder), quick, tuple(collected))


def _made(check: Check[Patient], patient: Patient, archive_folder: Path, *, fix: bool) -> Finding:
    """Make a check, repair what it sees, and make it again."""
    finding = _examined(check, patient, archive_folder)
    if not fix or check.repair is None or finding.health == "well":
        return finding
    try:
        check.repair(patient)
    except (FundstelleError, OSError) as error:
        return replace(finding, advice=f"It could not be repaired ({error}). {finding.advice}")
    again = _examined(check, patient, archive_folder)
    return again if again.symptom == finding.symptom else replace(again, repaired=finding.sentence)


def _examined(check: Check[Patient], patient: Patient, archive_folder: Path) -> Finding:
    try:
        symptom = check.examine(patient)
    except ArchiveDamaged as error:
        symptom = Symptom("damaged", {"error": str(error)})
    except (FundstelleError, OSError) as error:
        symptom = Symptom("unchecked", {"error": str(error)})
    return _finding(check.name, symptom, archive_folder)


def _finding(name: str, symptom: Symptom, archive_folder: Path) -> Finding:
    words = CHECKS[name]
    common: dict[str, Wording] = {"damaged": DAMAGED, "unchecked": UNCHECKED}
    health, sentence, advice = words.symptoms.get(symptom.name) or common[symptom.name]
    named = {**symptom.values, "folder": shlex.quote(str(archive_folder))}
    return Finding(
        check=name,
        subject=words.subject,
        symptom=symptom.name,
        health=health,
        sentence=sentence.format(**named),
        advice=advice.format(**named),
        values=symptom.values,
    )
