"""Types of the values in the JSON that our scripts send."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, StrictInt, StrictStr

_MAX_NUMBER = 2**63 - 1  # the largest in SQLite


def _without_surrogates(text: str) -> str:
    """Return a text that can be stored: JSON can contain halves of pairs."""
    return text.encode(errors="replace").decode()


Text = Annotated[StrictStr, AfterValidator(_without_surrogates)]
Number = Annotated[StrictInt, Field(ge=0, le=_MAX_NUMBER)]
"""The number of something that is stored."""
