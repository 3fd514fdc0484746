"""The client whose request runs, as far as it can be told apart from other clients."""

from contextvars import ContextVar
from functools import lru_cache
from ipaddress import ip_address

from gateway.store.rate_limits import address_key

_client: ContextVar[str | None] = ContextVar("client", default=None)


@lru_cache(maxsize=1024)
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


class request_of:  # noqa: N801 - a context manager; every request enters it, and a class costs a third
    """During the `with` block, and in tasks that begin there, the request of the client with this nearest address
    runs."""

    __slots__ = ("_key", "_token")

    def __init__(self, address: str | None) -> None:
        self._key = client_key(address)

    def __enter__(self) -> None:
        self._token = _client.set(self._key)

    def __exit__(self, *_: object) -> None:
        _client.reset(self._token)


def client_of_request() -> str | None:
    """Key of the client whose request runs; None for background work and for clients that cannot be told apart."""
    return _client.get()
