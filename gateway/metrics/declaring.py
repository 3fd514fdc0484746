"""How metrics are declared: on one registry of the process, with labels whose values come from closed sets.

Each part of the gateway has a file of declarations beside this one. A metric is used like a logger: `CALLS.labels(name,
"2xx").inc()`. Code on the way of every request looks the result of `labels` up once, and keeps it.
"""

from collections.abc import Iterable
from enum import Enum
from itertools import product
from typing import Generic, TypeVar

import prometheus_client
from prometheus_client import CollectorRegistry, disable_created_metrics

OTHER = "other"
"""Label value that stands for every value outside of the closed set."""

MOST_VALUES = 500
"""Maximum number of values of a label."""

MOST_AT_START = 200
"""Maximum number of series that a metric has before anything was counted."""

LATENCY_BUCKETS_S = (0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 10, 60)
"""Upper limits of the buckets of durations, in seconds. Each bucket is a series, so there are few."""

REGISTRY = CollectorRegistry()
"""All metrics of the process."""

disable_created_metrics()  # type: ignore[no-untyped-call]  # They would double the number of series.

AnyMetric = TypeVar("AnyMetric", prometheus_client.Counter, prometheus_client.Gauge, prometheus_client.Histogram)


class Label:
    """Name of a label, and the values that it may have. Other values become `other`.

    `values` is None if the values are known only once the gateway is assembled: see `allow`.
    """

    def __init__(self, name: str, values: Iterable[str] | type[Enum] | None) -> None:
        self.name = name
        self.is_complete = values is not None
        self._values: dict[str, None] = {}
        self.allow(values or ())

    def allow(self, values: Iterable[str] | type[Enum]) -> None:
        """Add values to the set. Those beyond `MOST_VALUES` become `other`."""
        names = (value.value for value in values) if isinstance(values, type) else values
        for name in names:
            if len(self._values) < MOST_VALUES:
                self._values[name] = None

    @property
    def values(self) -> list[str]:
        """Values that series of this label can have."""
        return list(dict.fromkeys([*self._values, OTHER]))

    def closed(self, value: str) -> str:
        return value if value in self._values else OTHER


class Metric(Generic[AnyMetric]):
    """A metric with its labels."""

    def __init__(self, metric: AnyMetric, labels: tuple[Label, ...]) -> None:
        self.metric: AnyMetric = metric
        self.label_names = tuple(label.name for label in labels)
        self._labels = labels
        self._series: dict[tuple[str, ...], AnyMetric] = {}
        ALL.append(self)
        if all(label.is_complete for label in labels):
            # A rate is computed from two values. The first event would not be seen if its series began with it.
            sets = [[value for value in label.values if value != OTHER] for label in labels]
            combinations = list(product(*sets))
            for values in combinations if len(combinations) <= MOST_AT_START else ():
                self.labels(*values)

    def labels(self, *values: str) -> AnyMetric:
        """The series with these values, in the order in which the labels were declared."""
        series = self._series.get(values)
        return series if series is not None else self._closed(values)

    def _closed(self, values: tuple[str, ...]) -> AnyMetric:
        # A string enum is written with its name.
        closed = tuple(label.closed(str(value)) for label, value in zip(self._labels, values, strict=True))
        series = self._series.get(closed)
        if series is None:
            series = self._series[closed] = self.metric.labels(*closed) if closed else self.metric
        return series


Counter = Metric[prometheus_client.Counter]
Gauge = Metric[prometheus_client.Gauge]
Histogram = Metric[prometheus_client.Histogram]

ALL: list[Counter | Gauge | Histogram] = []
"""All declared metrics."""


def counter(name: str, description: str, *labels: Label) -> Counter:
    """Declare the number of events since the process started. `name` ends with `_total`."""
    return Metric(prometheus_client.Counter(name, description, _names(labels), registry=REGISTRY), labels)


def gauge(name: str, description: str, *labels: Label) -> Gauge:
    """Declare a value that rises and falls."""
    return Metric(prometheus_client.Gauge(name, description, _names(labels), registry=REGISTRY), labels)


def histogram(name: str, description: str, *labels: Label, buckets: tuple[float, ...] = LATENCY_BUCKETS_S) -> Histogram:
    """Declare the distribution of a value, such as a duration in seconds."""
    metric = prometheus_client.Histogram(name, description, _names(labels), registry=REGISTRY, buckets=buckets)
    return Metric(metric, labels)


def _names(labels: tuple[Label, ...]) -> list[str]:
    return [label.name for label in labels]
