"""What checks of the archive say, as HTML: pure functions."""

from __future__ import annotations

import re
import shlex

from rag.types import Diagnosis, Finding
from ui.html.markup import escape
from ui.wording.diagnosis import DIAGNOSIS_WORDS, finding_words
from ui.wording.page import count_of
from ui.wording.texts import Texts

_COMMAND = re.compile(r"`([^`]*)`")


def examination_html(texts: Texts) -> str:
    """Return what stands in the settings before anything is checked: a hint, and the button that begins."""
    words = DIAGNOSIS_WORDS[texts.code]
    button = f'<button type="button" data-fs-examine>{escape(words.button)}</button>'
    return f'<p>{with_commands(words.hint)}</p><div id="fs-diagnosis" role="status">{button}</div>'


def diagnosis_html(diagnosis: Diagnosis, texts: Texts) -> str:
    """Return what all checks say: first what is wrong or worth knowing, then, folded, what is well."""
    words = DIAGNOSIS_WORDS[texts.code]
    well = [finding for finding in diagnosis.findings if finding.health == "well"]
    others = [finding for finding in diagnosis.findings if finding.health != "well"]
    heading = count_of(words.wrong, len(others), texts) if others else words.all_well
    return (
        f"<p><strong>{escape(heading)}</strong></p>{_list(others, diagnosis.folder, texts)}"
        f"<details><summary>{escape(count_of(words.well, len(well), texts))}</summary>"
        f"{_list(well, diagnosis.folder, texts)}</details>"
    )


def with_commands(sentence: str) -> str:
    """Return a sentence as HTML, with the commands that stand between backticks as code."""
    parts = _COMMAND.split(sentence)
    return "".join(f"<code>{escape(part)}</code>" if n % 2 else escape(part) for n, part in enumerate(parts))


def _list(findings: list[Finding], folder: str, texts: Texts) -> str:
    items = "".join(f"<li>{_item(finding, folder, texts)}</li>" for finding in findings)
    return f'<ul class="fs-findings">{items}</ul>' if items else ""


def _item(finding: Finding, folder: str, texts: Texts) -> str:
    subject, sentence, advice = finding_words(finding, texts.code, shlex.quote(folder))
    health = DIAGNOSIS_WORDS[texts.code].health[finding.health]
    label = f'<span class="fs-health" data-fs-health="{finding.health}">{escape(health)}</span> '
    return (
        f"{'' if finding.health == 'well' else label}<b>{escape(subject)}</b>: {escape(sentence)}"
        f"{f' {with_commands(advice)}' if advice else ''}"
    )
