"""The two buttons of a card that say whether its passage answers."""

from __future__ import annotations

import json
from collections.abc import Mapping

from rag.types import Citation
from ui.html.markup import escape
from ui.wording.evaluation import Words

Said = Mapping[str, bool]
"""By passage id: whether somebody said that it answers. What nobody judged is missing."""


def mark_buttons(citation: Citation, question: str, said: bool | None, words: Words) -> str:
    """Return the buttons, with what the page sends when one of them is pressed."""
    place = {"question": question, "article": citation.article.id, "start": citation.start, "end": citation.end}
    if citation.highlights:
        place["sentence"] = list(citation.highlights[0])
    buttons = "".join(
        f'<button type="button" data-fs-answers="{json.dumps(answers)}" aria-pressed="{json.dumps(said is answers)}">'
        f"{escape(label)}</button>"
        for answers, label in ((True, words.answers), (False, words.answers_not))
    )
    return (
        f'<p class="fs-marks" role="group" aria-label="{escape(words.marking)}"'
        f' data-fs-mark="{escape(json.dumps(place))}" data-fs-failed="{escape(words.not_marked)}">'
        f'{buttons}<span role="status"></span></p>'
    )
