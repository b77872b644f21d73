"""Where signing in leads: to what was opened at first, and never to another server."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ui.html.sign_in import sign_in_page
from ui.routes.sign_in import local_address
from ui.wording.english import ENGLISH

HERE = "https://news.example/sign-in"
SIGNS = st.text(st.sampled_from("/\\:?#@.%ahtp\t\r\n \u2028é"), max_size=12)


@given(SIGNS)
@example("//evil.example")
@example("/\\evil.example")
@example("/\t/evil.example")
@example("https:evil.example")
@example("javascript:alert(1)")
@example("/%5cevil.example")
def test_nobody_is_led_elsewhere(address: str) -> None:
    """Whatever the address says, the browser stays on this server, and no header gets a second line."""
    target = local_address(address)
    assert urlsplit(urljoin(HERE, target))[:2] == ("https", "news.example")
    assert target.isascii()
    assert target.isprintable()
    assert "\\" not in target


@pytest.mark.parametrize("address", ["/", "/article/abc?q=a%20b&start=1", "/?tab=library", "/view/x#y"])
def test_what_was_opened_is_opened(address: str) -> None:
    """A path with its query stays as it is."""
    assert local_address(address) == address


def test_what_was_entered_is_escaped() -> None:
    """Neither the name nor the address that follows is markup."""
    page = sign_in_page(ENGLISH, '/"><script>alert(1)</script>', "No.", '"><img src=x onerror=alert(2)>')
    assert "<script>alert" not in page
    assert "<img" not in page
