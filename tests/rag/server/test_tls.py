"""HTTPS: a certificate of one's own, and the cookie that only then is sent."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from pathlib import Path

import httpx
import pytest
from access_parts import PASSWORD, make_accounts
from page_parts import TEXT
from paths import Run
from server_parts import served

from rag.archive import Archive
from rag.errors import FundstelleError
from rag.server.hosts import Serving
from rag.server.listening import check_certificate


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that signs itself, and its key."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("there is no openssl: apt-get install openssl")
    folder = tmp_path_factory.mktemp("tls")
    words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=127.0.0.1 -addext"
    command = [openssl, *words.split(), "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return folder / "cert.pem", folder / "key.pem"


def test_a_session_over_tls(tmp_path: Path, pair: tuple[Path, Path]) -> None:
    """The cookie is Secure and bound to its host by its prefix; a client that checks certificates is content."""
    certificate, key = pair
    (tmp_path / "one.txt").write_text(TEXT, encoding="utf-8")
    accounts = make_accounts(tmp_path / "accounts.json").path
    serving = Serving(accounts=accounts, certificate=certificate, key=key)
    context = ssl.create_default_context(cafile=certificate)
    with Archive.open(tmp_path / "archive") as archive, served(archive, serving) as page:
        address = f"https://127.0.0.1:{page.port}"
        with httpx.Client(base_url=address, verify=context, trust_env=False) as client:
            assert client.get("/", headers={"accept": "text/html"}).headers["location"].startswith("/sign-in?next=")
            fields = {"name": "editor", "password": PASSWORD, "next": "//evil.example/"}
            assert (
                client.post("/sign-in", data=fields, headers={"origin": address.replace("s:", ":")}).status_code == 403
            )
            reply = client.post("/sign-in", data=fields, headers={"origin": address})
            assert (reply.status_code, reply.headers["location"]) == (303, "/")
            cookie = reply.headers["set-cookie"].lower()
            assert cookie.startswith("__host-fundstelle=")
            assert {"httponly", "path=/", "samesite=lax", "secure"} <= set(cookie.split("; "))
            assert "domain" not in cookie
            page_reply = client.get("/view/library")
            assert (page_reply.status_code, page_reply.headers["cache-control"]) == (200, "no-store")
            # the name without the prefix is no session here
            value = cookie.split(";")[0].partition("=")[2]
            client.cookies.clear()
            assert client.get("/view/library", headers={"cookie": f"fundstelle={value}"}).status_code == 401
        with pytest.raises(httpx.TransportError):
            httpx.get(f"http://127.0.0.1:{page.port}/", trust_env=False)


def test_what_is_no_certificate_is_refused(tmp_path: Path, pair: tuple[Path, Path], fundstelle: Run) -> None:
    """In one sentence, before anything is opened; nobody is asked for a password."""
    certificate, key = pair
    bad = tmp_path / "bad.pem"
    bad.write_text("no PEM", encoding="utf-8")
    for wrong in ((bad, key), (certificate, bad), (key, certificate), (tmp_path / "none", key), (certificate, None)):
        with pytest.raises(FundstelleError, match=r"^[^\n]+[.]$"):
            check_certificate(Serving(certificate=wrong[0], key=wrong[1]))
    check_certificate(Serving(certificate=certificate, key=key))
    process = fundstelle("ui", "--tls-cert", certificate)
    assert (process.returncode, "--tls-key" in process.stderr) == (2, True)
