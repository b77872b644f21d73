"""A client of a server that asks who it is."""

from __future__ import annotations

import logging
from pathlib import Path

import httpx
import pytest
from access_parts import TOKENS, make_accounts
from api_parts import serving_api
from paths import Run

from rag.access.roles import Role
from rag.archive import Archive
from rag.client import Client
from rag.errors import FundstelleError, NotAllowed, NotFound, NotSignedIn
from rag.server.hosts import Serving


def test_a_token_opens_the_door(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, fundstelle: Run
) -> None:
    """By the argument or $FUNDSTELLE_TOKEN; errors have their classes, and no token is in a log or an error."""
    caplog.set_level(logging.DEBUG)
    accounts = make_accounts(tmp_path / "accounts.json").path
    reader, wrong = TOKENS[Role.READER], "fundstelle_wrong"
    with Archive.open(tmp_path / "archive") as archive, serving_api(archive, Serving(accounts=accounts)) as address:
        with Client(address) as client, pytest.raises(NotSignedIn, match="FUNDSTELLE_TOKEN"):
            client.status()
        with Client(address, token=wrong) as client, pytest.raises(NotSignedIn) as caught:
            client.status()
        assert wrong not in str(caught.value)
        with Client(address, token=reader) as client:
            assert client.status().articles == 0
            with pytest.raises(NotAllowed, match="role admin") as refused:
                client.forget(tmp_path)
            assert refused.value.role == "admin"
        # an own client of httpx, too
        own = httpx.Client(trust_env=False)
        with Client(address, http=own, token=TOKENS[Role.ADMIN]) as client, pytest.raises(NotFound):
            client.forget(tmp_path)
        process = fundstelle("status", "--server", address, FUNDSTELLE_TOKEN=reader)
        assert (process.returncode, "articles" in process.stdout) == (0, True)
        process = fundstelle("status", "--server", address, FUNDSTELLE_TOKEN="")
        assert (process.returncode, "only those who sign in" in process.stderr) == (2, True)
    assert not [record for record in caplog.records if "fundstelle_" in record.getMessage()]
    monkeypatch.setenv("FUNDSTELLE_TOKEN", "two words")
    with pytest.raises(FundstelleError) as fault:
        Client("http://127.0.0.1:1")
    assert "two words" not in str(fault.value)
