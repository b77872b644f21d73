"""Leads and subtitles that are stated beside an article's text: in a column, in front matter, in an entry of a feed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.loading.common.draft import Block, paragraph_blocks
from rag.loading.common.normalization import letters_and_digits

# no summary or abstract: many are a machine's or an archivist's
SUBTITLE_NAMES = (
    "subtitle sub_title subheadline sub_headline subheading subhead deck dek untertitel unterzeile sous_titre "
    "subtítulo sottotitolo subtitel"
)
LEAD_NAMES = (
    "lead lede lead_text lead_paragraph teaser teaser_text standfirst trail_text vorspann anreißer anlauf chapeau "
    "chapo entradilla bajada occhiello intro excerpt description beschreibung"
)
# "… [mehr]", "(...) Weiterlesen": what is behind it stands in the text
_BROKEN_OFF = re.compile(r"\s*[\[(]?(?:…|\.\.\.)[\])]?[^.…]{0,30}$")
_COMPARED = 60


def with_leads(blocks: Sequence[Block], leads: Sequence[str], title: str | None) -> tuple[Block, ...]:
    """Return the blocks of an article with the paragraphs of its leads above them, those aside that the text holds.

    Where the text begins with the headline, they stand below it. A lead whose first sixty letters stand in the text is
    held by it: it may be cut short, or differ in a sign.
    """
    there = letters_and_digits("".join(block.text for block in blocks))
    wanted: list[str] = []
    for lead in (" ".join(one.split()) for one in leads):
        letters = letters_and_digits(_BROKEN_OFF.sub("", lead))[:_COMPARED]
        if letters and letters not in there and letters not in letters_and_digits(title or ""):
            wanted.append(lead)
            there += letters
    if not wanted:
        return tuple(blocks)
    first = next((number for number, block in enumerate(blocks) if block.text.strip()), 0)
    if not blocks:
        return paragraph_blocks(wanted)
    above, block, below = blocks[:first], blocks[first], blocks[first + 1 :]
    headline, _, rest = block.text.lstrip("\n").partition("\n")
    if title and letters_and_digits(headline) == letters_and_digits(title):
        above = (*above, replace(block, text=f"{headline}\n\n"))
    else:
        rest = block.text
    behind = replace(block, text=rest.lstrip("\n"))
    return (*above, *paragraph_blocks(wanted, page=block.page), *([behind] if behind.text else []), *below)
