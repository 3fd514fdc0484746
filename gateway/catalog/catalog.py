"""What is for sale, read with the gateway's own guest token: a public value never depends on a shopper."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from gateway.catalog.guest_token import Guest, Read, T
from gateway.catalog.stock_loader import Reads
from gateway.errors import BadUserInput, UpstreamRefusal
from gateway.settings import Settings
from gateway.store.answer_cache import AnswerCache, Lifetime, hashed_key
from gateway.upstream import refusal_codes
from gateway.upstream.catalog import (
    Category,
    InventoryStatus,
    Market,
    Offer,
    OfferedProduct,
    Product,
    ProductPage,
    VolumePriceTier,
)
from gateway.upstream.client import Upstream
from gateway.upstream.decoding import decode, encode
from gateway.upstream.endpoints.catalog import CatalogEndpoints
from gateway.upstream.ids import PATTERN

# An entry is as fresh as the shortest-lived member it holds; past that, texts may be shown and prices not.
PRODUCT = Lifetime(fresh=timedelta(seconds=60), stale_if_error=timedelta(days=1))
PAGE = Lifetime(fresh=timedelta(seconds=60), stale_if_error=timedelta(hours=1))
CATEGORY = Lifetime(fresh=timedelta(minutes=15), stale_if_error=timedelta(days=1))
OFFER = Lifetime(fresh=timedelta(minutes=2), stale_if_error=timedelta(hours=1))
PRICE = Lifetime(fresh=timedelta(seconds=60), stale_if_error=timedelta(0))
STOCK = Lifetime(fresh=timedelta(seconds=15), stale_if_error=timedelta(0))

NO_SUCH = frozenset(
    {
        refusal_codes.OPERATION_FAILED,
        refusal_codes.INVALID_CATEGORY_KEY,
        refusal_codes.INVALID_PRODUCT_ID,
        refusal_codes.INVALID_OFFER_ID,
    }
)
"""Codes of a 409 on a read of the catalogue that mean 404. Any other says nothing about what was asked for."""

NO_SUCH_MARKET = frozenset({refusal_codes.INVALID_LOCALE, refusal_codes.VALID_CURRENCY_CODE})


@dataclass(frozen=True)
class Catalog:
    """The catalogue in one market. Whatever does not exist is None, or a list without it.

    `reads` counts what an operation has under way, for the stock that is to be asked for at the end.
    """

    guest: Guest
    cache: AnswerCache
    market: Market
    reads: Reads = field(default_factory=Reads)

    @classmethod
    def opened(
        cls, upstream: Upstream, cache: AnswerCache, settings: Settings, now: Callable[[], datetime]
    ) -> "Catalog":
        """The catalogue of the market the storefront begins with."""
        return cls(Guest(upstream, settings, now), cache, Market(*settings.locales[0]))

    def within(self, market: Market | None, reads: Reads) -> "Catalog":
        """The same catalogue for one operation, in the market it chose or in this one."""
        return replace(self, market=market or self.market, reads=reads)

    # Products.

    async def product(self, product_id: str) -> Product | None:
        return await self._find("product", [product_id], Product, lambda shop: shop.product(product_id), PRODUCT)

    async def product_by_reference(self, reference: str) -> Product | None:
        """One product by the merchant's own identifier."""
        if "," in reference:
            return None  # Upstream would read several.

        async def read(shop: CatalogEndpoints) -> Product | None:
            found = await shop.products_by_reference([reference])
            return found[0] if found else None

        return await self._find("product-reference", [reference], Product, read, PRODUCT)

    async def products(self, product_ids: Iterable[str]) -> Mapping[str, Product]:
        """Several products by upstream id, in one call; ids without a product are left out."""
        ids = _well_formed(product_ids)
        if not ids:
            return {}
        found = await self._list("products", ids, Product, lambda shop: shop.products_by_id(ids), PRODUCT)
        return {product.upstream_id: product for product in found}

    async def page(self, number: int, size: int, *, past_cache: bool = False) -> ProductPage:
        """A page of all products; numbers begin at 1."""
        return await self._page([], number, size, lambda shop: shop.product_page(number, size), past_cache)

    async def search(self, keyword: str, number: int, size: int, *, past_cache: bool = False) -> ProductPage:
        """A page of the products that have every word of the keyword."""

        async def read(shop: CatalogEndpoints) -> ProductPage:
            return await shop.search_page(keyword, number, size)

        return await self._page(["keyword", keyword], number, size, read, past_cache)

    async def in_category(self, category_id: str, number: int, size: int, *, past_cache: bool = False) -> ProductPage:
        async def read(shop: CatalogEndpoints) -> ProductPage:
            return await shop.category_page(category_id, number, size)

        return await self._page(["category", category_id], number, size, read, past_cache)

    async def variations(self, product_id: str) -> list[Product]:
        return await self._list("variations", [product_id], Product, lambda shop: shop.variations(product_id), PRODUCT)

    async def volume_pricing(self, product_id: str) -> list[VolumePriceTier]:
        async def read(shop: CatalogEndpoints) -> list[VolumePriceTier]:
            return await shop.volume_pricing(product_id)

        return await self._list("volume-pricing", [product_id], VolumePriceTier, read, PRICE)

    async def inventory(self, product_ids: Iterable[str]) -> Mapping[str, InventoryStatus]:
        """Stock by upstream product id, in one call, never from a cache."""
        return await self.stock(product_ids, past_cache=True)

    async def stock(self, product_ids: Iterable[str], *, past_cache: bool = False) -> Mapping[str, InventoryStatus]:
        """Stock by upstream product id, in one call; ids without a product are left out."""
        ids = _well_formed(product_ids)
        if not ids:
            return {}
        return await self._load(
            "stock", ids, dict[str, InventoryStatus], lambda shop: shop.inventory(ids), STOCK, past_cache=past_cache
        )

    # Categories.

    async def categories(self) -> list[Category]:
        """The top of the tree."""
        return await self._list("categories", [], Category, lambda shop: shop.categories(), CATEGORY)

    async def category(self, category_id: str) -> Category | None:
        return await self._find("category", [category_id], Category, lambda shop: shop.category(category_id), CATEGORY)

    async def categories_of(self, product_id: str) -> list[Category]:
        async def read(shop: CatalogEndpoints) -> list[Category]:
            return await shop.categories_of_product(product_id)

        return await self._list("categories-of", [product_id], Category, read, CATEGORY)

    # Offers.

    async def offers_of_place(self, place: str) -> list[Offer]:
        """Offers of a point of promotion."""
        return await self._list(
            "offers-of-place", [place], Offer, lambda shop: shop.offers_of_point_of_promotion(place), OFFER
        )

    async def offers_of_product(self, product_id: str, place: str | None) -> list[Offer]:
        async def read(shop: CatalogEndpoints) -> list[Offer]:
            return await shop.offers_of_product(product_id, place)

        return await self._list("offers-of-product", [product_id, place], Offer, read, OFFER)

    async def offer(self, offer_id: str) -> Offer | None:
        return await self._find("offer", [offer_id], Offer, lambda shop: shop.offer(offer_id), OFFER)

    async def offered_products(self, offer_id: str) -> list[OfferedProduct]:
        async def read(shop: CatalogEndpoints) -> list[OfferedProduct]:
            return await shop.offered_products(offer_id)

        return await self._list("offered-products", [offer_id], OfferedProduct, read, PRICE)

    # How a read is made.

    async def _find(
        self, scope: str, named: list[str], kind: type[T], read: Read[T | None], lifetime: Lifetime
    ) -> T | None:
        async def found(shop: CatalogEndpoints) -> T | None:
            return await _unless_missing(read(shop), None)

        return await self._load(scope, named, kind | None, found, lifetime)  # type: ignore[arg-type]  # a union is no class

    async def _list(
        self, scope: str, named: list[str] | list[str | None], kind: type[T], read: Read[list[T]], lifetime: Lifetime
    ) -> list[T]:
        async def found(shop: CatalogEndpoints) -> list[T]:
            return await _unless_missing(read(shop), [])

        return await self._load(scope, named, list[kind], found, lifetime)  # type: ignore[valid-type]  # made at run time

    async def _page(
        self, named: list[str], number: int, size: int, read: Read[ProductPage], past_cache: bool
    ) -> ProductPage:
        async def found(shop: CatalogEndpoints) -> ProductPage:
            return await _unless_missing(read(shop), ProductPage())

        parts = [*named, str(number), str(size)]
        return await self._load("product-page", parts, ProductPage, found, PAGE, past_cache=past_cache)

    async def _load(
        self,
        scope: str,
        named: list[str] | list[str | None],
        kind: type[T],
        read: Read[T],
        lifetime: Lifetime,
        *,
        past_cache: bool = False,
    ) -> T:
        async def load() -> bytes:
            return encode(await self.guest.read(self.market, read))

        key = hashed_key(scope, *self.market, *named)
        with self.reads.one():
            try:
                kept = await self.cache.get_or_load(key, load, lifetime, past_cache=past_cache)
            except UpstreamRefusal as refusal:
                if refusal.reason in NO_SUCH_MARKET:
                    raise BadUserInput("The shop does not sell in this locale and currency.") from refusal
                raise
        value = decode(kept.value, kind)
        return _without_prices(value) if kept.is_stale else value


async def _unless_missing(read: Awaitable[T], nothing: T) -> T:
    try:
        return await read
    except UpstreamRefusal as refusal:
        if refusal.status == 404 or refusal.reason in NO_SUCH:
            return nothing
        raise


def _well_formed(ids: Iterable[str]) -> list[str]:
    """In one order, without those that could not be asked for and would fail the call for all."""
    return sorted(one for one in set(ids) if PATTERN.fullmatch(one))


def _without_prices(value: Any) -> Any:
    """Texts may be shown when they are old; a price may not."""
    if isinstance(value, Product | ProductPage | Offer):
        return value.without_prices()
    if isinstance(value, list):
        return [_without_prices(item) for item in value]
    return value
