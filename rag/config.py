"""The few numbers that can be chosen."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Config:
    """How articles are cut. A changed value cuts all articles anew at the next indexing."""

    passage_tokens: int = 180
    """A passage is cut before it gets longer than this many tokens of the encoder."""
    overlap_tokens: int = 40
    """The last sentence of a passage begins the next one too, if it is not longer than this."""
