"""An answer as a note in Markdown: quotations with footnotes, for Obsidian and other editors."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import yaml

from rag.citing.formats import evidence, markdown_entry, markdown_escaped
from rag.citing.reference import Language, reference_of
from rag.citing.styles import Style, entry
from rag.types import Answer, Citation
from rag.types.quotation import Quotation, quotation_of

_COMMENT: Mapping[Language, str] = {"de": "Leserkommentar", "en": "reader comment"}
_DAMAGED: Mapping[Language, str] = {
    "de": "Auf der Festplatte beschädigt und deshalb nicht dabei:",
    "en": "Damaged on the disk, and missing here:",
}
_NO_PASSAGE: Mapping[Language, str] = {"de": "Keine Stelle.", "en": "No passage."}


def answer_note(
    answer: Answer, day: date, *, archive: str = "", language: Language = "en", style: Style = "iso690"
) -> str:
    """Return an answer as a note: front matter, the question, and each passage with a footnote.

    A footnote says the source in a citation style, where the words stand in it, and the SHA-256 of its file.

    Args:
        day: the day on which the question was asked, and pages were accessed.
        archive: the name of the archive; left out if empty.
        language: that of the words that the note adds.
    """
    facts = {
        "question": answer.question,
        "date": day,
        "archive": archive,
        "answerable": answer.answerable,
        "confidence": round(answer.confidence, 4),
    }
    front = yaml.safe_dump(
        {name: value for name, value in facts.items() if value != ""}, allow_unicode=True, sort_keys=False, width=2**31
    )
    parts = [f"---\n{front}---", f"# {markdown_escaped(answer.question)}"]
    if not answer.answerable:
        parts.append(f"*{markdown_escaped(answer.reason)}*" if answer.reason else _NO_PASSAGE[language])
    if answer.damaged:
        parts.append(f"*{_DAMAGED[language]} {markdown_escaped(', '.join(answer.damaged))}*")
    parts += [_passage(citation, language) for citation in answer]
    parts += [_footnote(citation, language, style, day) for citation in answer]
    return "\n\n".join(parts) + "\n"


def _quotation(citation: Citation) -> Quotation:
    return quotation_of(citation.article, citation.start, citation.end, citation.language)


def _passage(citation: Citation, language: Language) -> str:
    """Return a quotation as a block quote, and below it the source in short with the mark of the footnote."""
    article = citation.article
    lines = [f"> {markdown_escaped(line.strip())}" for line in citation.quote.splitlines() if line.strip()]
    day = article.published.isoformat() if article.published else ""
    comment = _COMMENT[language] if citation.kind == "comment" else ""
    facts = (article.label, comment, article.source, day)
    source = ", ".join(markdown_escaped(" ".join(fact.split())) for fact in facts if fact)
    return "\n>\n".join(lines) + f"\n\n— {source}[^{citation.marker}]"


def _footnote(citation: Citation, language: Language, style: Style, day: date) -> str:
    quotation = _quotation(citation)
    source = markdown_entry(entry(reference_of(quotation, language, day), style, language))
    return f"[^{citation.marker}]: {source} {markdown_escaped(evidence(quotation, language))}"
