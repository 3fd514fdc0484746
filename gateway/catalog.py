"""What is for sale, read with the gateway's own guest token: a public value never depends on a shopper."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from gateway.cache import Cache, Lifetime, key_of
from gateway.errors import UpstreamRefusal, UpstreamTokenInvalid
from gateway.session import FRESH_FOR_CHECKOUT
from gateway.settings import Settings
from gateway.upstream.catalog import InventoryStatus, Product, ProductPage
from gateway.upstream.client import Upstream
from gateway.upstream.wire import decode, encode

T = TypeVar("T")

PRODUCT = Lifetime(fresh=timedelta(seconds=60), stale_if_error=timedelta(days=1))
"""As fresh as the price; only texts are shown after that."""

NO_SUCH = frozenset({"operation-failed", "invalid_category_key", "invalid-product-id", "invalid-offer-id"})
"""Codes of a 409 on a read of the catalogue that mean 404. Any other says nothing about what was asked for."""

PAGE = Lifetime(fresh=timedelta(seconds=60), stale_if_error=timedelta(hours=1))


@dataclass(frozen=True)
class GuestToken:
    text: str
    ends_at: datetime

    def __repr__(self) -> str:
        return "GuestToken(***)"


class Catalog:
    """Products of one locale and currency: those the storefront begins with."""

    def __init__(self, upstream: Upstream, cache: Cache, settings: Settings, now: Callable[[], datetime]) -> None:
        self._upstream = upstream
        self._cache = cache
        self._locale, self._currency_code = settings.locales[0]
        self._within_s = settings.operation_deadline_s
        self._now = now
        self._token: asyncio.Task[GuestToken] | None = None

    async def product(self, product_id: str) -> Product | None:
        """One product by its upstream id; None when there is none."""
        return await self._remembered(
            "product", product_id, lambda upstream, token: upstream.product(token, product_id)
        )

    async def product_by_reference(self, reference: str) -> Product | None:
        """One product by the merchant's own identifier."""

        async def load(upstream: Upstream, token: str) -> Product | None:
            found = await upstream.products_by_reference(token, [reference])
            return found[0] if found else None

        return await self._remembered("product-reference", reference, load)

    async def products(self, product_ids: Iterable[str]) -> Mapping[str, Product]:
        """Several products by upstream id, in one call; ids without a product are left out."""
        ids = sorted(set(product_ids))
        answer = await self._load(
            key_of("products", self._locale, self._currency_code, *ids),
            list[Product],
            lambda upstream, token: upstream.products_by_id(token, ids),
            PRODUCT,
        )
        return {product.upstream_id: product for product in answer}

    async def page(self, number: int, size: int, *, past_cache: bool = False) -> ProductPage:
        """A page of all products; numbers begin at 1."""
        return await self._load(
            key_of("product-page", self._locale, self._currency_code, str(number), str(size)),
            ProductPage,
            lambda upstream, token: upstream.product_page(token, number, size),
            PAGE,
            past_cache=past_cache,
        )

    async def inventory(self, product_ids: Iterable[str]) -> Mapping[str, InventoryStatus]:
        """Stock by upstream product id, in one call, never from a cache."""
        ids = sorted(set(product_ids))
        found = await self._as_guest(lambda upstream, token: upstream.inventory(token, ids))
        return dict(found)

    async def _remembered(
        self, scope: str, product_id: str, load: Callable[[Upstream, str], Awaitable[Product | None]]
    ) -> Product | None:
        async def found(upstream: Upstream, token: str) -> Product | None:
            try:
                return await load(upstream, token)
            except UpstreamRefusal as refusal:
                if refusal.status == 404 or refusal.reason in NO_SUCH:
                    return None
                raise

        key = key_of(scope, self._locale, self._currency_code, product_id)
        return await self._load(key, Product | None, found, PRODUCT)  # type: ignore[arg-type]  # a union is no class

    async def _load(
        self,
        key: str,
        kind: type[T],
        load: Callable[[Upstream, str], Awaitable[T]],
        lifetime: Lifetime,
        *,
        past_cache: bool = False,
    ) -> T:
        async def answer() -> bytes:
            return encode(await self._as_guest(load))

        kept = await self._cache.get_or_load(key, answer, lifetime, past_cache=past_cache)
        value = decode(kept.value, kind)
        if kept.is_stale:
            value = _without_prices(value)
        return value

    async def _as_guest(self, call: Callable[[Upstream, str], Awaitable[T]]) -> T:
        upstream = self._upstream.until(time.monotonic() + self._within_s)
        token = await self._guest_token()
        try:
            return await call(upstream, token)
        except UpstreamTokenInvalid:
            self._token = None
            return await call(upstream, await self._guest_token())

    async def _guest_token(self) -> str:
        """The gateway's own token, asked for once by however many need it."""
        task = self._token
        if task is None or (task.done() and not self._is_good(task)):
            task = self._token = asyncio.create_task(self._new_token())
        return (await asyncio.shield(task)).text

    def _is_good(self, task: asyncio.Task[GuestToken]) -> bool:
        if task.cancelled() or task.exception() is not None:
            return False
        return task.result().ends_at - self._now() > FRESH_FOR_CHECKOUT

    async def _new_token(self) -> GuestToken:
        upstream = self._upstream.until(time.monotonic() + self._within_s)
        tokens = await upstream.guest_token(self._locale, self._currency_code)
        return GuestToken(tokens.access_token, self._now() + timedelta(seconds=tokens.expires_in_s))


def _without_prices(value: Any) -> Any:
    """Texts may be shown when they are old; a price may not."""
    if isinstance(value, Product | ProductPage):
        return value.without_prices()
    if isinstance(value, list):
        return [_without_prices(item) for item in value]
    return value
