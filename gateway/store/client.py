"""The client whose request runs, as far as it can be told apart from other clients."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from ipaddress import ip_address

from gateway.store.rate_limits import address_key

_client: ContextVar[str | None] = ContextVar("client", default=None)


def client_key(address: str | None) -> str | None:
    """Key of the client with this nearest address; None if the address may be that of many clients.

    Clients behind a proxy on this machine that is not a trusted proxy cannot be told apart.
    """
    return address_key(address) if address is not None and _is_of_one_client(address) else None


def _is_of_one_client(address: str) -> bool:
    try:
        return not ip_address(address).is_loopback
    except ValueError:
        return False


@contextmanager
def request_of(address: str | None) -> Iterator[None]:
    """During the `with` block, and in tasks that begin there, the request of the client with this nearest address
    runs."""
    token = _client.set(client_key(address))
    try:
        yield
    finally:
        _client.reset(token)


def client_of_request() -> str | None:
    """Key of the client whose request runs; None for background work and for clients that cannot be told apart."""
    return _client.get()
