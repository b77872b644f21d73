"""Leads and subtitles stated separately from the text: in a column, in front matter, in a feed entry."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.loading.common.draft import Block, paragraph_blocks
from rag.loading.common.normalization import letters_and_digits

# not "summary" or "abstract": many are written by machines or archivists
SUBTITLE_NAMES = (
    "subtitle sub_title subheadline sub_headline subheading subhead deck dek untertitel unterzeile sous_titre "
    "subtítulo sottotitolo subtitel"
)
LEAD_NAMES = (
    "lead lede lead_text lead_paragraph teaser teaser_text standfirst trail_text vorspann anreißer anlauf chapeau "
    "chapo entradilla bajada occhiello intro excerpt description beschreibung"
)
# "… [mehr]", "(...) Weiterlesen": the lead is cut off, and goes on in the text
_BROKEN_OFF = re.compile(r"(?:(?<!\s)\s+)?[\[(]?(?:…|\.\.\.)[\])]?[^.…]{0,30}$")
_COMPARED_LETTERS = 60
"""Leads are compared with the text by at most this many letters and digits."""


def with_leads(blocks: Sequence[Block], leads: Sequence[str], title: str | None) -> tuple[Block, ...]:
    """Return the blocks of an article below the paragraphs of its leads, except leads that the text contains.

    Where the text begins with the headline, the leads follow it. A lead counts as contained if its first sixty letters
    are in the text: it may be cut short, or differ in punctuation.
    """
    if not leads:
        return tuple(blocks)
    letters_of_text = letters_and_digits("".join(block.text for block in blocks))
    missing_leads: list[str] = []
    for lead in (" ".join(text.split()) for text in leads):
        letters = letters_and_digits(_BROKEN_OFF.sub("", lead))[:_COMPARED_LETTERS]
        if letters and letters not in letters_of_text and letters not in letters_and_digits(title or ""):
            missing_leads.append(lead)
            letters_of_text += letters
    if not missing_leads:
        return tuple(blocks)
    if not blocks:
        return paragraph_blocks(missing_leads)
    first = next((number for number, block in enumerate(blocks) if block.text.strip()), 0)
    blocks_above, block, blocks_below = blocks[:first], blocks[first], blocks[first + 1 :]
    headline, _, remainder = block.text.lstrip("\n").partition("\n")
    if title and letters_and_digits(headline) == letters_and_digits(title):
        blocks_above = (*blocks_above, replace(block, text=f"{headline}\n\n"))
    else:
        remainder = block.text
    below_headline = replace(block, text=remainder.lstrip("\n"))
    return (
        *blocks_above,
        *paragraph_blocks(missing_leads, page=block.page),
        *([below_headline] if below_headline.text else []),
        *blocks_below,
    )
