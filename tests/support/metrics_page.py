"""`python -m tests.support.metrics_page` prints the tables of `docs/operating/metrics.md`."""

import pkgutil
import sys
from collections.abc import Iterator
from importlib import import_module

from prometheus_client import Metric as Family

from gateway import metrics
from gateway.metrics.declaring import OTHER, Counter, Gauge, Histogram, Label, Metric

MOST_VALUES = 16
"""Maximum number of values of a label that are listed."""

KNOWN_LATER = {
    "operation": "names of the manifest",
    "call": "names such as `GET /v1/shoppers/me/orders/{id}`",
    "code": "[codes](../codes.md)",
    "version": "the version",
}
"""What the values of long and late sets are."""


AnyMetric = Counter | Gauge | Histogram


def declared() -> dict[str, list[AnyMetric]]:
    """All declared metrics, by the name of their module."""
    modules = [import_module(module.name) for module in pkgutil.iter_modules(metrics.__path__, "gateway.metrics.")]
    return {
        module.__name__.rpartition(".")[2]: [value for value in vars(module).values() if isinstance(value, Metric)]
        for module in modules
    }


def all_metrics() -> list[AnyMetric]:
    return [metric for listed in declared().values() for metric in listed]


def family_of(metric: AnyMetric) -> Family:
    (family,) = metric.describe()
    return family


def tables() -> str:
    return "\n".join(line for name, listed in declared().items() if listed for line in _table(name, listed))


def _table(name: str, listed: list[AnyMetric]) -> Iterator[str]:
    yield from (f"## {name.capitalize()}", "", "| metric | kind | counts | labels |", "|---|---|---|---|")
    for metric in listed:
        family = family_of(metric)
        full_name = f"{family.name}_total" if family.type == "counter" else family.name
        labels = "; ".join(map(_label, metric.label_list)) or "–"
        yield f"| `{full_name}` | {family.type} | {family.documentation} | {labels} |"
    yield ""


def _label(label: Label) -> str:
    if label.name in KNOWN_LATER:
        return f"`{label.name}`: {KNOWN_LATER[label.name]}"
    values = [value for value in label.values if value != OTHER]
    return f"`{label.name}`: " + ", ".join(f"`{value}`" for value in values[:MOST_VALUES])


if __name__ == "__main__":
    sys.stdout.write(tables())
