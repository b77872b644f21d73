"""The two buttons of a card that say whether its passage answers."""

from __future__ import annotations

import json
from collections.abc import Mapping

from rag.types import Citation
from ui.html.markup import escape
from ui.wording.texts import Words

Feedback = Mapping[str, bool]
"""By passage id: whether a person marked it as an answer. Passages without a mark are missing."""


def feedback_buttons(citation: Citation, question: str, answers: bool | None, words: Words) -> str:
    """Return the buttons, with what the page sends when one of them is pressed.

    Args:
        answers: the feedback that is stored for the passage, if any.
    """
    passage = {"question": question, "article": citation.article.id, "start": citation.start, "end": citation.end}
    if citation.highlights:
        passage["sentence"] = list(citation.highlights[0])
    buttons = "".join(
        f'<button type="button" data-fs-answers="{json.dumps(value)}" aria-pressed="{json.dumps(answers is value)}"'
        f' aria-label="{escape(label)}" title="{escape(label)}">{sign}</button>'
        for value, sign, label in ((True, "✓", words.answers), (False, "✗", words.does_not_answer))
    )
    return (
        f'<span class="fs-marks" role="group" aria-label="{escape(words.feedback_label)}"'
        f' data-fs-mark="{escape(json.dumps(passage))}" data-fs-failed="{escape(words.feedback_failed)}">'
        f'{buttons}<span role="status"></span></span>'
    )
