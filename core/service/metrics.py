"""Figures for Prometheus. Each process counts its own requests; where there are several, each in files in a folder that
they share (PROMETHEUS_MULTIPROC_DIR, which `zwgk serve` makes), and whoever is asked adds them up.

Labels are rules, methods and states: never a path, a name or a content. To be imported after that variable was set.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4 as CONTENT_TYPE
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from core.service.state import Figures

__all__ = ["CONTENT_TYPE"]

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
# whoever asks may invent methods, and each would be a series for ever
_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
_BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

_OWN = CollectorRegistry()
_REQUESTS = Counter("zwgk_requests", "Requests answered.", ("method", "rule", "status"), registry=_OWN)
_SECONDS = Histogram("zwgk_request_seconds", "Time to answer.", ("method", "rule"), registry=_OWN, buckets=_BOUNDS)
_CONNECTIONS = Gauge(
    "zwgk_database_connections_in_use", "Of the pools of all processes.", registry=_OWN, multiprocess_mode="livesum"
)


def count_request(method: str, rule: str, status: int, seconds: float) -> None:
    """One request was answered."""
    known = method if method in _METHODS else "other"
    _REQUESTS.labels(known, rule, status).inc()
    _SECONDS.labels(known, rule).observe(seconds)


def count_connections(in_use: int) -> None:
    """So many connections of this process's pool are in use."""
    _CONNECTIONS.set(in_use)


def exposition(figures: Figures | None) -> bytes:
    """All figures in the text format, those of the database included where it answers."""
    return generate_latest(_Everything(figures))


class _Everything(CollectorRegistry):
    """What the processes counted, and what the database says."""

    def __init__(self, figures: Figures | None) -> None:
        super().__init__()
        self._figures = figures

    def collect(self) -> Iterator[Metric]:
        if folder := os.environ.get(FOLDER):
            _bury(Path(folder))
            yield from MultiProcessCollector(None, folder).collect()
        else:
            yield from _OWN.collect()
        yield from _told(self._figures)


def _bury(folder: Path) -> None:
    """What a process that was killed has in use is nothing; what it counted stays."""
    for file in folder.glob("gauge_live*.db"):
        number = int(file.stem.rpartition("_")[2])
        try:
            os.kill(number, 0)
        except ProcessLookupError:
            with suppress(FileNotFoundError):  # another process did it at the same moment
                mark_process_dead(number, str(folder))


def _told(figures: Figures | None) -> Iterator[Metric]:
    yield GaugeMetricFamily("zwgk_database_up", "Whether the database answers.", int(figures is not None))
    if figures is None:
        return
    yield GaugeMetricFamily("zwgk_tenants", "Tenants of this installation.", figures.tenants)
    yield GaugeMetricFamily("zwgk_open_sessions", "People signed in.", figures.sessions)
    yield GaugeMetricFamily("zwgk_unsealed_seconds", "Age of the oldest unsealed row.", figures.unsealed_seconds)
    jobs = GaugeMetricFamily("zwgk_jobs", "Jobs of the queue by state.", labels=["state"])
    for state, count in sorted(figures.jobs.items()):
        jobs.add_metric([state], count)
    yield jobs
