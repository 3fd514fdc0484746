"""Fixture of a client that is signed in to an account of the demo shop."""

import pytest

from tests.support.commerce_client import Client


@pytest.fixture
async def alex(client: Client) -> Client:
    """A client that is signed in as Alex, who has two saved addresses and two saved cards."""
    await client.sign_in()
    return client
