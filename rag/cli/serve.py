"""The commands `ui` and `serve`: the page with the API, and the API alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from rag.cli.index import update_archive
from rag.cli.options import REPEATABLE, ArchiveOption, RerankerOption, opened_archive
from rag.cli.output import err, out
from rag.errors import FundstelleError
from rag.server.log_lines import log_as_json
from rag.server.memory import limit_heaps
from rag.text.paths import DEFAULT_ARCHIVE, index_command

if TYPE_CHECKING:
    from rag.archive import Archive
    from rag.server.hosts import Serving

_SEEDS = Path("seeds")


Questions = Literal["off", "hashed", "full"]

HostOption = Annotated[
    str, typer.Option(metavar="ADDRESS", help="Address to listen on; 127.0.0.1 serves only this computer.")
]
PortOption = Annotated[int, typer.Option(metavar="PORT", min=1, max=65535, help="Port to listen on.")]
AllowHostOption = Annotated[
    list[str] | None, typer.Option(metavar="NAME", help=f"Another host name of the server{REPEATABLE}")
]
AuthOption = Annotated[
    Path | None,
    typer.Option(
        "--auth",
        metavar="FILE",
        envvar="FUNDSTELLE_AUTH",
        help="Answer only those who sign in: the accounts that `fundstelle user add` makes.",
    ),
]
NoAuthOption = Annotated[bool, typer.Option("--no-auth", help="Serve other computers although nobody has to sign in.")]
AuditOption = Annotated[
    Questions | None,
    typer.Option(
        "--audit",
        help="What the audit log says of questions. With accounts there is always a log, which says nothing of them "
        "by default.",
        show_default=False,
    ),
]
LogOption = Annotated[
    Literal["text", "json"], typer.Option("--log-format", help="How the log is written, to standard error.")
]
CertificateOption = Annotated[
    Path | None, typer.Option("--tls-cert", metavar="FILE", help="Certificate of the server for HTTPS, as PEM.")
]
KeyOption = Annotated[Path | None, typer.Option("--tls-key", metavar="FILE", help="Key of the certificate, as PEM.")]
RootPathOption = Annotated[
    str, typer.Option(metavar="PATH", help="Where a reverse proxy serves the page: /archive, or its full URL.")
]
ProxyOption = Annotated[
    list[str] | None,
    typer.Option(metavar="ADDRESS", help=f"Reverse proxy whose X-Forwarded headers are trusted{REPEATABLE}"),
]
FetchOption = Annotated[
    bool | None,
    typer.Option(
        "--fetch/--no-fetch",
        help="Fetch web addresses for others; by default only if the server serves this computer alone.",
        show_default=False,
    ),
]
AllowPathOption = Annotated[
    list[Path] | None,
    typer.Option(
        metavar="PATH",
        help="A folder or file of this computer that programs may have indexed, besides those that are indexed "
        f"already{REPEATABLE}",
    ),
]


def serve_page(
    folder: ArchiveOption = DEFAULT_ARCHIVE,
    host: HostOption = "127.0.0.1",
    port: PortOption = 7860,
    allow_host: AllowHostOption = None,
    auth: AuthOption = None,
    no_auth: NoAuthOption = False,
    audit: AuditOption = None,
    log_format: LogOption = "text",
    tls_cert: CertificateOption = None,
    tls_key: KeyOption = None,
    root_path: RootPathOption = "",
    proxy: ProxyOption = None,
    fetch: FetchOption = None,
    allow_path: AllowPathOption = None,
    reranker: RerankerOption = None,
) -> None:
    """Start the web interface, and the API for programs beside it.

    An empty archive is first filled with the sample articles in ./seeds, if that folder exists.
    """
    if log_format == "json":
        log_as_json()
    files = None if no_auth else auth, tls_cert, tls_key, audit
    serving = _serving(host, port, allow_host, proxy, root_path, fetch, allow_path, files, is_open=no_auth)
    from tempfile import TemporaryDirectory

    with _ready_archive(folder, reranker) as archive:
        err.print("Starting the web interface …")
        # Gradio creates a folder on import: give it one of our own, since another account may own the default one
        with TemporaryDirectory(prefix="fundstelle-") as temporary:
            os.environ["GRADIO_TEMP_DIR"] = temporary
            # imported here, since gradio takes seconds to load
            from ui.app import serve

            serve(archive, serving, _announce)


def serve_programs(
    folder: ArchiveOption = DEFAULT_ARCHIVE,
    host: HostOption = "127.0.0.1",
    port: PortOption = 7860,
    allow_host: AllowHostOption = None,
    auth: AuthOption = None,
    no_auth: NoAuthOption = False,
    audit: AuditOption = None,
    log_format: LogOption = "text",
    tls_cert: CertificateOption = None,
    tls_key: KeyOption = None,
    root_path: RootPathOption = "",
    proxy: ProxyOption = None,
    fetch: FetchOption = None,
    allow_path: AllowPathOption = None,
    reranker: RerankerOption = None,
) -> None:
    """Start the API for programs, without the web interface.

    An empty archive is first filled with the sample articles in ./seeds, if that folder exists.
    """
    if log_format == "json":
        log_as_json()
    files = None if no_auth else auth, tls_cert, tls_key, audit
    serving = _serving(host, port, allow_host, proxy, root_path, fetch, allow_path, files, is_open=no_auth)
    with _ready_archive(folder, reranker) as archive:
        from rag.api.serve import serve_api

        serve_api(archive, serving, _announce)


def _announce(address: str) -> None:
    out.print(f"Fundstelle is running at {address} (Ctrl-C to stop).")


def _serving(
    host: str,
    port: int,
    names: list[str] | None,
    proxies: list[str] | None,
    root: str,
    fetching: bool | None,
    paths: list[Path] | None,
    files: tuple[Path | None, Path | None, Path | None, Questions | None],
    *,
    is_open: bool,
) -> Serving:
    """Return where is served, and to whom.

    Args:
        files: of those who may come in, of the certificate and of its key; and what is logged.
        is_open: whether somebody said that nobody has to sign in.

    Raises:
        FundstelleError: a name, a proxy, a path or the root is not valid, or nobody said who may come in.
    """
    from rag.access.account_file import AccountFile
    from rag.server.hosts import Serving
    from rag.server.listening import check_certificate

    serving = Serving(host, port, tuple(names or ()), tuple(proxies or ()), root, fetching, tuple(paths or ()), *files)
    check_certificate(serving)
    if serving.accounts:
        if not AccountFile(serving.accounts).accounts():
            raise FundstelleError(
                f"Nobody may come in: add somebody with `fundstelle user add NAME --auth {serving.accounts}`."
            )
    elif not serving.is_private:
        if not is_open:
            raise FundstelleError(
                "Other computers reach this server, and nobody has to sign in: name the accounts with --auth, or add "
                "--no-auth if everybody may read, change and remove all of the archive."
            )
        err.print(
            "Nobody has to sign in: everybody who reaches this server can read, change and remove all of the archive.",
            style="yellow",
        )
    return serving


@contextmanager
def _ready_archive(folder: str, reranker: str | None) -> Iterator[Archive]:
    """Open an archive, fill it if it is empty, and load what its first question needs."""
    limit_heaps()
    with opened_archive(folder, reranker=reranker) as archive:
        if archive.status().articles == 0:
            if _SEEDS.is_dir():
                err.print(f"The archive {folder} is empty: indexing the sample articles in ./{_SEEDS}.")
                update_archive(archive, [_SEEDS])
            else:
                command = index_command(folder)
                err.print(f"The archive {folder} is empty: add articles with `{command}`.", soft_wrap=True)
        archive.warm_up()
        yield archive
