"""The words by which two texts differ, as HTML."""

from __future__ import annotations

from collections.abc import Sequence

from rag.text.word_diff import WordChange
from ui.html.markup import escape
from ui.wording.page import grouped
from ui.wording.reader import ReaderWords
from ui.wording.texts import Texts

# words that both texts have, shown on either side of a difference
_AROUND = 25
_TAGS = {"removed": "del", "added": "ins"}
# a text that was replaced as a whole is shown by its beginning
_MAX_CHARACTERS = 4_000


def difference(changes: Sequence[WordChange], language: str, words: ReaderWords, texts: Texts) -> str:
    """Return what was removed and added, with some words around it; longer stretches that are the same are left out.

    Args:
        language: that of the texts.
    """
    if all(change.kind == "same" for change in changes):
        return f"<p>{escape(words.no_difference)}</p>"
    html = ""
    for number, change in enumerate(changes):
        if change.kind == "same":
            html += _same(change.text, number > 0, number < len(changes) - 1, words, texts)
        else:
            text = _shortened(change.text)
            # a line under the space after a word looks like a mistake
            word, space = text.rstrip(), text[len(text.rstrip()) :]
            html += f"<{_TAGS[change.kind]}>{escape(word)}</{_TAGS[change.kind]}>{space}"
    label = f'role="group" aria-label="{escape(words.difference)}"'
    return f'<div class="fs-difference" tabindex="0" {label} lang="{escape(language)}" dir="auto">{html}</div>'


def _same(text: str, follows: bool, precedes: bool, words: ReaderWords, texts: Texts) -> str:
    """Return the words next to a difference, and how many are between them."""
    if len(text) > 20 * _MAX_CHARACTERS:
        # words are not counted one by one in a text of millions
        beginning, end = text[:_MAX_CHARACTERS].split(), text[-_MAX_CHARACTERS:].split()
        count = text.count(" ") - len(beginning[:_AROUND]) - len(end[-_AROUND:])
    else:
        beginning = end = text.split()
        count = len(end) - (_AROUND if follows else 0) - (_AROUND if precedes else 0)
    if count <= _AROUND:
        return escape(text)
    gap = f'<small lang="{texts.code}">{escape(words.left_out.format(count=grouped(count, texts)))}</small>'
    first = f"{escape(' '.join(beginning[:_AROUND]))} … " if follows else ""
    last = f" … {escape(' '.join(end[-_AROUND:]))}" if precedes else ""
    return f"{first}{gap}{last} "


def _shortened(text: str) -> str:
    return text if len(text) <= _MAX_CHARACTERS else f"{text[:_MAX_CHARACTERS]}… "
