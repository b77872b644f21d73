"""Serving the API alone, without the page."""

from __future__ import annotations

from collections.abc import Callable

from rag.api.app import build_api
from rag.archive import Archive
from rag.jobs.jobs import Jobs
from rag.server.hosts import Serving
from rag.server.listening import Server, address, listen
from rag.server.load import Load


def serve_api(archive: Archive, serving: Serving, on_ready: Callable[[str], None] = lambda _: None) -> None:
    """Serve the API until Ctrl-C or SIGTERM; `on_ready` is called with the address of the server once it can be asked.

    Raises:
        FundstelleError: the server cannot listen on the address.
    """
    with listen(serving.host, serving.port) as listener:
        jobs = Jobs.of(archive)
        load = Load()
        api = build_api(archive, serving, jobs, load=load)
        jobs.watch.renew()
        on_ready(address(serving))
        Server(api, jobs.cancel, serving, load).run_until_interrupted(listener)
        jobs.close()
