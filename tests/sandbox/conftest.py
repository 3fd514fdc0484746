"""A client that is signed in to an account of the demo shop."""

import pytest

from tests.support.commerce_client import Client


@pytest.fixture
async def alex(client: Client) -> Client:
    """Alex has two addresses and two saved cards."""
    await client.sign_in()
    return client
