"""An upgrade and a rollback of replicas under load fail no request and lose no order."""

import asyncio
import sys

import pytest

from tests.support.external_programs import needs_haproxy


@pytest.mark.slow
@pytest.mark.exhaustive
@pytest.mark.timeout(600)
async def test_upgrade_and_rollback_under_load_fail_no_request() -> None:
    needs_haproxy()
    bench = await asyncio.create_subprocess_exec(sys.executable, "-m", "bench.upgrade", stdout=asyncio.subprocess.PIPE)
    output, _ = await bench.communicate()
    assert bench.returncode == 0, output.decode()
