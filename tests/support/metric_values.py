"""Reads the metrics of this process. Other tests have counted before, so only differences are compared."""

from gateway.metrics.declaring import REGISTRY

Values = dict[tuple[str, frozenset[tuple[str, str]]], float]


OF_THE_TESTS = "process_"
"""Metrics of this process, which depend on the tests that ran before."""


def values() -> Values:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in REGISTRY.collect()
        for sample in family.samples
        if not sample.name.startswith(OF_THE_TESTS)
    }


class Counted:
    """What was counted since the object was made."""

    def __init__(self) -> None:
        self._before = values()

    def __call__(self, name: str, **labels: str) -> float:
        """The sum over all series of this name that have these labels."""
        chosen = labels.items()
        return sum(
            value - self._before.get((series, present), 0)
            for (series, present), value in values().items()
            if series == name and chosen <= set(present)
        )

    @staticmethod
    def series() -> int:
        return len(values())


def current(name: str, **labels: str) -> float:
    return values()[name, frozenset(labels.items())]
