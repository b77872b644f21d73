"""Texts without typographic differences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.normal_form import normal_form

ODD = st.text(alphabet="aÄ ‐-–—„“'«»\n\t\u00a0\u00ad\u200b…!ﬁİ", max_size=60)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('„so“ ‚so‘ »so« "so"', "'so' 'so' 'so' 'so'"),
        ("a – b—c -- d", "a - b - c - d"),
        ("Ver-\n  handlung und Nord-\nSüd", "Verhandlung und Nord- Süd"),
        ("Ver\u00adhandlung\u200b …", "Verhandlung ..."),
        ("« oui » ! et ﬁn", "'oui'! et fin"),
        ("Groß bleibt GROSS", "Groß bleibt GROSS"),
    ],
)
def test_forms(source: str, expected: str) -> None:
    """Marks, dashes, spaces, hyphenation and ligatures have one form; letters stay."""
    assert normal_form(source).text == expected


@given(ODD, ODD, ODD)
def test_characters_know_their_source(before: str, middle: str, after: str) -> None:
    """A word is where it was, whatever typography surrounds it."""
    source = f"{before}Kattrup{middle}Kattrup{after}"
    form = normal_form(source)
    at = form.text.find("Kattrup")
    while at >= 0:
        start, end = form.span(at, at + 7)
        assert source[start:end] == "Kattrup"
        assert form.position(start) == at
        at = form.text.find("Kattrup", at + 1)
