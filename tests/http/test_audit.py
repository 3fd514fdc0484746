"""Audit by graphql-http, the reference implementation of the GraphQL over HTTP specification."""

import json

import pytest

from sandbox.model.world import World
from tests.support.external_programs import node
from tests.support.shop import InMemoryTransport, app_for, listening, settings_for


@pytest.mark.slow
async def test_gateway_passes_all_checks_of_the_http_audit(world: World, network: InMemoryTransport) -> None:
    async with listening(app_for(settings_for(world), network)) as url:
        results = [json.loads(line) for line in (await node("audit.mjs", f"{url}/graphql")).splitlines()]
    assert len(results) == 61
    assert [result for result in results if result["status"] != "ok"] == []
