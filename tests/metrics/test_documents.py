"""The pages, the dashboard and the rules name metrics that exist."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from gateway.metrics.declaring import OTHER, REGISTRY
from tests.support.metrics_page import AnyMetric, all_metrics, family_of, tables

ROOT = Path(__file__).parents[2]
RULES = ROOT / "deploy" / "prometheus" / "alerts.yml"
DASHBOARD = ROOT / "deploy" / "grafana" / "riverfront.json"
ALARMS = ROOT / "docs" / "operating" / "alarms.md"
METRICS = ROOT / "docs" / "operating" / "metrics.md"

SELECTOR = re.compile(r"\b((?:riverfront|process|up)\w*)(?:\{([^}]*)\})?")


def known_series() -> dict[str, dict[str, list[str]]]:
    """Names of all series, and the values of their labels. A label without listed values may have any."""
    series: dict[str, dict[str, list[str]]] = {"up": {}}  # Prometheus itself makes it.
    for family in REGISTRY.collect():
        if family.name.startswith("process_"):
            series |= {sample.name: {} for sample in family.samples}
    for metric in all_metrics():
        family = family_of(metric)
        labels = {label.name: label.values if label.is_complete else [] for label in metric.label_list}
        for suffix in {"counter": ["_total"], "gauge": [""], "histogram": ["_bucket", "_sum", "_count"]}[family.type]:
            series[family.name + suffix] = labels | ({"le": bounds_of(metric)} if suffix == "_bucket" else {})
    return {name: {"job": [], "instance": [], **labels} for name, labels in series.items()}


def bounds_of(metric: AnyMetric) -> list[str]:
    metric.labels(*[OTHER] * len(metric.label_list))
    return [sample.labels["le"] for family in metric.collect() for sample in family.samples if "le" in sample.labels]


def problems_of(expression: str) -> Iterator[str]:
    """Series, labels and values of an expression that do not exist."""
    known = known_series()
    for name, matchers in SELECTOR.findall(expression):
        if name not in known:
            yield f"{name} does not exist"
            continue
        for label, operator, value in re.findall(r'(\w+)(=~|!=|=)"([^"]*)"', matchers):
            if label not in known[name]:
                yield f"{name} has no label {label}"
            elif known[name][label] and not all(
                any(re.fullmatch(part, present) for present in known[name][label])
                for part in (value.split("|") if operator == "=~" else [re.escape(value)])
            ):
                yield f"{name} has no {label} {value}"


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load(RULES.read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def expressions() -> list[str]:
    panels = json.loads(DASHBOARD.read_text())["panels"]
    return [target["expr"] for panel in panels for target in panel.get("targets", [])]


def test_rules_use_series_labels_and_values_that_exist() -> None:
    assert [problem for rule in rules() for problem in problems_of(rule["expr"])] == []


def test_dashboard_uses_series_labels_and_values_that_exist() -> None:
    assert len(expressions()) > 20
    assert [problem for expression in expressions() for problem in problems_of(expression)] == []


def test_every_metric_is_on_the_dashboard() -> None:
    used = {name for expression in expressions() for name, _ in SELECTOR.findall(expression)}
    used = {re.sub("_(bucket|sum|count|total)$", "", name) for name in used}
    families = {family_of(metric).name for metric in all_metrics()}
    assert families - used == set()


def test_panels_do_not_overlap_and_have_own_ids() -> None:
    panels = json.loads(DASHBOARD.read_text())["panels"]
    places = [
        (x, y)
        for place in (panel["gridPos"] for panel in panels)
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(places) == len(set(places))
    assert len({panel["id"] for panel in panels}) == len(panels)


def test_every_alarm_has_severity_summary_and_a_complete_section() -> None:
    sections = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", ALARMS.read_text(), re.MULTILINE | re.DOTALL))
    names = [rule["alert"].removeprefix("Riverfront") for rule in rules()]
    assert names == list(sections)
    for rule, name in zip(rules(), names, strict=True):
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert rule["annotations"]["summary"]
        assert rule["annotations"]["runbook"] == f"docs/operating/alarms.md#{name.lower()}"
        assert re.findall(r"\*\*(.+?):\*\* \S", sections[name]) == ["Means", "Look at", "Do"]
        assert f"| [{name}](#{name.lower()}) | {rule['labels']['severity']} | {rule['annotations']['summary']} |" in (
            ALARMS.read_text()
        )


def test_page_lists_all_metrics() -> None:
    page = re.search(r"<!-- metrics -->\n(.*?)<!-- /metrics -->", METRICS.read_text(), re.DOTALL)
    assert page is not None
    assert page[1] == tables()


PROMTOOL = shutil.which("promtool")


@pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed")
def test_promtool_accepts_the_rules() -> None:
    command = [PROMTOOL or "", "check", "rules", str(RULES)]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("page", sorted((ROOT / "docs").rglob("*.md")), ids=lambda page: page.name)
def test_every_metric_that_a_page_names_exists(page: Path) -> None:
    series = {sample for family in REGISTRY.collect() for sample in _series_of(family.name)}
    assert (
        set(re.findall(r"\briverfront_[a-z_]+_(?:total|seconds(?:_bucket|_count|_sum)?)\b", page.read_text())) <= series
    )


def _series_of(name: str) -> set[str]:
    return {name, *(f"{name}_{ending}" for ending in ("total", "bucket", "count", "sum"))}
