"""Two replicas behind a balancer are restarted one after the other, and no shopper notices."""

import pytest

from bench.rolling_restart import restarted


@pytest.mark.slow
@pytest.mark.exhaustive
@pytest.mark.timeout(600)
async def test_rolling_restart_loses_no_request_and_no_order() -> None:
    result = await restarted(times=1)
    assert result.failures == []
    assert result.orders == result.placed > 0
