"""The gateway without metrics: `python -m bench.harness.without_metrics serve`. Counting does nothing in this process.

The gateway always counts, so that no setting changes what is tested. Only a measurement of the cost leaves it out.
"""

from gateway.metrics import declaring


class Nothing:
    """Replaces the series of all metrics."""

    value = 0.0

    def inc(self, _amount: float = 1) -> None: ...

    def dec(self, _amount: float = 1) -> None: ...

    def set(self, _value: float) -> None: ...

    def observe(self, _value: float) -> None: ...


NOTHING = Nothing()


def leave_out() -> None:
    # Before any other module of the gateway is loaded, as these keep the series of their metrics.
    declaring.Metric.labels = lambda _metric, *_values: NOTHING  # type: ignore[method-assign,assignment]  # on purpose


if __name__ == "__main__":
    leave_out()
    from gateway.__main__ import app

    app()
