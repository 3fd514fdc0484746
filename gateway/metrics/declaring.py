"""How metrics are declared: on one registry of the process, with labels whose values come from closed sets.

Each part of the gateway has a file of declarations beside this one. A metric is used like a logger: `CALLS.labels(name,
"2xx").inc()`.

The library writes what Prometheus reads. Its own counters take a lock for each event, and would cost 15 % of the
smallest request. Here, events are counted only in the thread of the event loop, so they need none.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from itertools import accumulate, product
from typing import Generic, TypeVar

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

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


class CounterSeries:
    __slots__ = ("value",)

    def __init__(self) -> None:
        self.value = 0.0

    def inc(self, amount: float = 1) -> None:
        self.value += amount


class GaugeSeries(CounterSeries):
    __slots__ = ()

    def dec(self, amount: float = 1) -> None:
        self.value -= amount

    def set(self, value: float) -> None:
        self.value = value


class HistogramSeries:
    __slots__ = ("_limits", "counts", "total")

    def __init__(self, limits: tuple[float, ...]) -> None:
        self._limits = limits
        self.counts = [0] * (len(limits) + 1)
        """Number of values by bucket. The last one has the values beyond all limits."""
        self.total = 0.0

    def observe(self, value: float) -> None:
        self.counts[bisect_left(self._limits, value)] += 1
        self.total += value


AnySeries = TypeVar("AnySeries", CounterSeries, GaugeSeries, HistogramSeries)


class Metric(Collector, Generic[AnySeries]):
    """A metric with its labels. `new_series` makes a series, and `family` what Prometheus reads of all series."""

    def __init__(
        self,
        labels: tuple[Label, ...],
        new_series: Callable[[], AnySeries],
        family: Callable[[dict[tuple[str, ...], AnySeries]], Family],
    ) -> None:
        self.label_list = labels
        self._new_series: Callable[[], AnySeries] = new_series
        self._family: Callable[[dict[tuple[str, ...], AnySeries]], Family] = family
        self._series: dict[tuple[str, ...], AnySeries] = {}
        ALL.append(self)
        REGISTRY.register(self)
        if all(label.is_complete for label in labels):
            # A rate is computed from two values. The first event would not be seen if its series began with it.
            sets = [[value for value in label.values if value != OTHER] for label in labels]
            combinations = list(product(*sets))
            for values in combinations if len(combinations) <= MOST_AT_START else ():
                self.labels(*values)

    @property
    def label_names(self) -> tuple[str, ...]:
        return tuple(label.name for label in self.label_list)

    def labels(self, *values: str) -> AnySeries:
        """The series with these values, in the order in which the labels were declared."""
        series = self._series.get(values)
        return series if series is not None else self._closed(values)

    def _closed(self, values: tuple[str, ...]) -> AnySeries:
        # A string enum is written with its name.
        closed = tuple(label.closed(str(value)) for label, value in zip(self.label_list, values, strict=True))
        series = self._series.get(closed)
        if series is None:
            series = self._series[closed] = self._new_series()
        return series

    def describe(self) -> list[Family]:
        """The metric without its series."""
        return [self._family({})]

    def collect(self) -> Iterator[Family]:
        # The event loop may add a series meanwhile.
        yield self._family(self._series.copy())


Counter = Metric[CounterSeries]
Gauge = Metric[GaugeSeries]
Histogram = Metric[HistogramSeries]

ALL: list[Counter | Gauge | Histogram] = []
"""All declared metrics."""


def counter(name: str, description: str, *labels: Label) -> Counter:
    """Declare the number of events since the process started. `name` ends with `_total`."""

    def family(series: dict[tuple[str, ...], CounterSeries]) -> Family:
        result = CounterMetricFamily(name, description, labels=[label.name for label in labels])
        for values, counted in series.items():
            result.add_metric(values, counted.value)
        return result

    return Metric(labels, CounterSeries, family)


def gauge(name: str, description: str, *labels: Label) -> Gauge:
    """Declare a value that rises and falls."""

    def family(series: dict[tuple[str, ...], GaugeSeries]) -> Family:
        result = GaugeMetricFamily(name, description, labels=[label.name for label in labels])
        for values, current in series.items():
            result.add_metric(values, current.value)
        return result

    return Metric(labels, GaugeSeries, family)


def histogram(name: str, description: str, *labels: Label, buckets: tuple[float, ...] = LATENCY_BUCKETS_S) -> Histogram:
    """Declare the distribution of a value, such as a duration in seconds. `buckets` are upper limits."""
    names = [*map(floatToGoString, buckets), "+Inf"]

    def family(series: dict[tuple[str, ...], HistogramSeries]) -> Family:
        result = HistogramMetricFamily(name, description, labels=[label.name for label in labels])
        for values, observed in series.items():
            up_to = list(zip(names, accumulate(observed.counts), strict=True))
            result.add_metric(values, up_to, observed.total)
        return result

    return Metric(labels, lambda: HistogramSeries(buckets), family)
