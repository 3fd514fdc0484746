"""Where the shared store is: one server, or the primary that Sentinels name."""

from typing import Any

from redis.asyncio import ConnectionPool
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel, SentinelConnectionPool
from redis.backoff import NoBackoff

from gateway.settings.values import SentinelUrl, sentinel_url
from gateway.store.shared_connection import CONNECT_TIMEOUT_S


def pool_for(url: str, ca: str) -> ConnectionPool:
    """Makes connections to the server of the URL. Each connection to a primary asks the Sentinels for its address
    first, so that the gateway follows when they name another primary."""
    options: dict[str, Any] = {
        "socket_timeout": CONNECT_TIMEOUT_S,
        "socket_connect_timeout": CONNECT_TIMEOUT_S,
        "retry": Retry(NoBackoff(), 0),
        "driver_info": None,  # Otherwise, each connection sends commands that its user may be denied.
    }
    authorities = {"ssl_ca_certs": ca} if ca else {}
    sentinels = sentinel_url(url)
    if sentinels is not None:
        return _pool_of_primary(sentinels, options, authorities)
    return ConnectionPool.from_url(url, **options, **authorities)


def _pool_of_primary(url: SentinelUrl, options: dict[str, Any], authorities: dict[str, str]) -> ConnectionPool:
    encryption = {"ssl": True, **authorities} if url.is_encrypted else {}
    # redis-py has no types for these two.
    sentinel = Sentinel(url.sentinels, sentinel_kwargs={**options, **encryption})  # type: ignore[no-untyped-call]
    pool: ConnectionPool = SentinelConnectionPool(  # type: ignore[no-untyped-call]
        url.primary,
        sentinel,
        db=url.database,
        username=url.user,
        password=url.password,
        check_connection=False,
        **options,
        **encryption,
    )
    return pool


async def end_connections_to_sentinels(pool: ConnectionPool) -> None:
    """The pool does not end them, although it opens them."""
    if isinstance(pool, SentinelConnectionPool):
        for sentinel in pool.sentinel_manager.sentinels:
            await sentinel.aclose()
