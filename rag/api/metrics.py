"""What the server counts, in the text format of Prometheus."""

from __future__ import annotations

import time
from collections.abc import Iterator

from fastapi import APIRouter
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.archive import Archive

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """The counters of one server, in a registry of its own."""

    def __init__(self, archive: Archive) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "fundstelle_requests",
            "Requests by route, method and status.",
            ("route", "method", "status"),
            registry=self.registry,
        )
        self._latency = Histogram(
            "fundstelle_request_seconds",
            "Seconds until a reply was complete, by route.",
            ("route",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._questions = Counter("fundstelle_questions", "Questions that were asked.", registry=self.registry)
        self.registry.register(_ArchiveSize(archive))

    def count_questions(self, count: int) -> None:
        """Count questions."""
        self._questions.inc(count)

    def count_request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request that was answered."""
        self._requests.labels(route, method, str(status)).inc()
        self._latency.labels(route).observe(seconds)


class _ArchiveSize(Collector):
    """How much the archive holds, at the moment that somebody asks."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def describe(self) -> list[Metric]:
        """Return nothing: the archive is not read before somebody asks."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Yield the sizes."""
        status = self._archive.status()
        for name, text, value in (
            ("articles", "Articles without those of the same text as another.", status.articles),
            ("duplicates", "Articles of the same text as another.", status.duplicates),
            ("passages", "Passages.", status.passages),
            ("revision", "Grows with every change of the archive.", status.revision),
        ):
            yield GaugeMetricFamily(f"fundstelle_{name}", text, value)
        sizes = GaugeMetricFamily("fundstelle_bytes_on_disk", "Bytes on disk, by part.", labels=("part",))
        for part, size in status.bytes_on_disk.items():
            sizes.add_metric([part], size)
        yield sizes


class CountRequests:
    """ASGI middleware that counts requests by the route that answered them."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and count it when it is answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, begin = 500, time.perf_counter()

        async def note_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, note_status)
        finally:
            # an address without a route is any text: counted under its own name, each would be kept for good
            route = getattr(scope.get("route"), "path", "")
            self._metrics.count_request(
                route, _METHODS.get(scope["method"], "other"), status, time.perf_counter() - begin
            )


_METHODS = {name: name for name in ("GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS")}


def add_metrics_route(router: APIRouter, metrics: Metrics) -> None:
    """Add the route /metrics."""

    @router.get("/metrics", tags=["status"], response_class=_PrometheusText)
    def get_metrics() -> Response:
        """Return what the server counts, in the text format of Prometheus."""
        return _PrometheusText(generate_latest(metrics.registry))


class _PrometheusText(Response):
    media_type = CONTENT_TYPE_LATEST
