"""Labels have values from closed sets only, so that no client can add a series."""

import pkgutil
import random
from importlib import import_module

from gateway import metrics
from gateway.metrics.declaring import ALL, MOST_VALUES, OTHER, REGISTRY, Label
from tests.support.metrics_page import family_of

NAMES = 10_000

for module in pkgutil.iter_modules(metrics.__path__, "gateway.metrics."):
    import_module(module.name)


def series() -> int:
    return sum(len(metric.samples) for metric in REGISTRY.collect())


def test_every_metric_of_the_registry_is_declared_with_closed_labels() -> None:
    declared = {family_of(metric).name for metric in ALL}
    assert declared == {family.name for family in REGISTRY.collect() if not family.name.startswith("process_")}
    assert all(name.startswith("riverfront_") for name in declared)


def test_random_label_values_add_no_series() -> None:
    for metric in ALL:
        metric.labels(*(OTHER for _ in metric.label_names))
    before = series()
    values = random.Random(7)  # noqa: S311 - no secret
    for metric in ALL:
        for _ in range(NAMES):
            metric.labels(*(f"{values.getrandbits(64):x}" for _ in metric.label_names))
    assert series() == before


def test_values_beyond_the_maximum_become_other() -> None:
    label = Label("name", [f"name-{number}" for number in range(MOST_VALUES + 5)])
    assert label.closed(f"name-{MOST_VALUES - 1}") == f"name-{MOST_VALUES - 1}"
    assert label.closed(f"name-{MOST_VALUES}") == OTHER
    assert len(label.values) == MOST_VALUES + 1
