"""Products, categories, offers and stock, read with the gateway's own guest token and cached for all shoppers."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from gateway.catalog.guest_reader import GuestReader, Read, T
from gateway.catalog.stock_loader import PendingReads
from gateway.errors import BadUserInput, UpstreamRefusal, UpstreamUnavailable
from gateway.settings.settings import Settings
from gateway.store.answer_cache import AnswerCache, Lifetime, UsedAnswers, hashed_key
from gateway.upstream import refusal_codes
from gateway.upstream.call_budget import CallBudget
from gateway.upstream.catalog import Category, InventoryStatus, Market, Product, ProductPage, VolumePriceTier
from gateway.upstream.client import Upstream
from gateway.upstream.decoding import decode, encode
from gateway.upstream.endpoints.catalog import CatalogEndpoints, PageOfProducts
from gateway.upstream.ids import PATTERN
from gateway.upstream.offers import Offer, OfferedProduct

# Each `fresh` duration suits the field that changes most often. A stale entry is returned without prices.
PRODUCT = Lifetime(fresh=timedelta(seconds=60), stale_if_error=timedelta(days=1))
PAGE = Lifetime(fresh=timedelta(seconds=60), stale_if_error=timedelta(hours=1))
CATEGORY = Lifetime(fresh=timedelta(minutes=15), stale_if_error=timedelta(days=1))
OFFER = Lifetime(fresh=timedelta(minutes=2), stale_if_error=timedelta(hours=1))
PRICE = Lifetime(fresh=timedelta(seconds=60), stale_if_error=timedelta(0))
STOCK = Lifetime(fresh=timedelta(seconds=15), stale_if_error=timedelta(0))

NOT_FOUND = frozenset(
    {
        refusal_codes.OPERATION_FAILED,
        refusal_codes.INVALID_CATEGORY_KEY,
        refusal_codes.INVALID_PRODUCT_ID,
        refusal_codes.INVALID_OFFER_ID,
    }
)
"""Error codes that a catalog read treats as not found."""

MARKET_NOT_OFFERED = frozenset({refusal_codes.INVALID_LOCALE, refusal_codes.VALID_CURRENCY_CODE})


@dataclass(frozen=True)
class PageRead:
    """The page to read. `needs_current` refuses a page that is too old to have prices and stock."""

    page: PageOfProducts
    past_cache: bool = False
    needs_current: bool = False


@dataclass(frozen=True)
class Catalog:
    """The catalog of one market. An unknown id gives None, or is left out of a list.

    `reads` counts the reads of one operation that are in progress, so that the stock loader can wait for them. `used`
    has the age of the answers that the operation has used, and `budget` the calls that it may still cause.
    """

    reader: GuestReader
    cache: AnswerCache
    market: Market
    reads: PendingReads = field(default_factory=PendingReads)
    used: UsedAnswers = field(default_factory=UsedAnswers)
    budget: CallBudget | None = None

    @classmethod
    def of_home_market(
        cls, upstream: Upstream, cache: AnswerCache, settings: Settings, now: Callable[[], datetime]
    ) -> "Catalog":
        """The catalog of the first market in the settings."""
        return cls(GuestReader(upstream, settings, now), cache, Market(*settings.locales[0]))

    def for_operation(
        self, market: Market | None, reads: PendingReads, used: UsedAnswers, budget: CallBudget | None
    ) -> "Catalog":
        """The catalog for one operation. If `market` is None, the market of this catalog is used."""
        return replace(self, market=market or self.market, reads=reads, used=used, budget=budget)

    # Reads of products.

    async def product(self, product_id: str) -> Product | None:
        return await self._find("product", [product_id], Product, lambda shop: shop.product(product_id), PRODUCT)

    async def product_by_reference(self, reference: str) -> Product | None:
        """The product with the merchant's external reference id."""
        if "," in reference:
            return None  # Digital River reads a comma as the separator of two references.

        async def read(shop: CatalogEndpoints) -> Product | None:
            products = await shop.products_by_reference([reference])
            return products[0] if products else None

        return await self._find("product-reference", [reference], Product, read, PRODUCT)

    async def products(self, product_ids: Iterable[str]) -> Mapping[str, Product]:
        """Products by upstream id, read in one call. Unknown ids are left out."""
        ids = _well_formed(product_ids)
        if not ids:
            return {}
        products = await self._list("products", ids, Product, lambda shop: shop.products_by_id(ids), PRODUCT)
        return {product.upstream_id: product for product in products}

    async def page(self, page_read: PageRead) -> ProductPage:
        """Page of all products."""
        return await self._page([], page_read, lambda shop: shop.product_page(page_read.page))

    async def search(self, keyword: str, page_read: PageRead) -> ProductPage:
        """Page of the products that contain every word of `keyword`."""
        return await self._page(["keyword", keyword], page_read, lambda shop: shop.search_page(keyword, page_read.page))

    async def in_category(self, category_id: str, page_read: PageRead) -> ProductPage:
        async def read(shop: CatalogEndpoints) -> ProductPage:
            return await shop.category_page(category_id, page_read.page)

        return await self._page(["category", category_id], page_read, read)

    async def variations(self, product_id: str) -> list[Product]:
        return await self._list("variations", [product_id], Product, lambda shop: shop.variations(product_id), PRODUCT)

    async def volume_pricing(self, product_id: str) -> list[VolumePriceTier]:
        async def read(shop: CatalogEndpoints) -> list[VolumePriceTier]:
            return await shop.volume_pricing(product_id)

        return await self._list("volume-pricing", [product_id], VolumePriceTier, read, PRICE)

    async def stock(self, product_ids: Iterable[str], *, past_cache: bool = False) -> Mapping[str, InventoryStatus]:
        """Stock by upstream product id, read in one call. Unknown ids are left out."""
        ids = _well_formed(product_ids)
        if not ids:
            return {}
        return await self._load(
            "stock", ids, dict[str, InventoryStatus], lambda shop: shop.inventory(ids), STOCK, past_cache=past_cache
        )

    # Reads of categories.

    async def categories(self) -> list[Category]:
        """Categories at the top level."""
        return await self._list("categories", [], Category, lambda shop: shop.categories(), CATEGORY)

    async def category(self, category_id: str) -> Category | None:
        return await self._find("category", [category_id], Category, lambda shop: shop.category(category_id), CATEGORY)

    async def categories_of(self, product_id: str) -> list[Category]:
        async def read(shop: CatalogEndpoints) -> list[Category]:
            return await shop.categories_of_product(product_id)

        return await self._list("categories-of", [product_id], Category, read, CATEGORY)

    # Reads of offers.

    async def offers_of_point_of_promotion(self, point_of_promotion: str) -> list[Offer]:
        async def read(shop: CatalogEndpoints) -> list[Offer]:
            return await shop.offers_of_point_of_promotion(point_of_promotion)

        return await self._list("offers-of-point-of-promotion", [point_of_promotion], Offer, read, OFFER)

    async def offers_of_product(self, product_id: str, point_of_promotion: str | None) -> list[Offer]:
        """Offers on a product. `point_of_promotion` limits them to the offers of that point of promotion."""

        async def read(shop: CatalogEndpoints) -> list[Offer]:
            return await shop.offers_of_product(product_id, point_of_promotion)

        return await self._list("offers-of-product", [product_id, point_of_promotion], Offer, read, OFFER)

    async def offer(self, offer_id: str) -> Offer | None:
        return await self._find("offer", [offer_id], Offer, lambda shop: shop.offer(offer_id), OFFER)

    async def offered_products(self, offer_id: str) -> list[OfferedProduct]:
        async def read(shop: CatalogEndpoints) -> list[OfferedProduct]:
            return await shop.offered_products(offer_id)

        return await self._list("offered-products", [offer_id], OfferedProduct, read, PRICE)

    # Reads through the cache. The cache key consists of `scope`, the market and `parts`.

    async def _find(
        self, scope: str, parts: list[str], kind: type[T], read: Read[T | None], lifetime: Lifetime
    ) -> T | None:
        async def read_or_default(shop: CatalogEndpoints) -> T | None:
            return await _or_default(read(shop), None)

        return await self._load(scope, parts, kind | None, read_or_default, lifetime)  # type: ignore[arg-type]  # a union is no class

    async def _list(
        self, scope: str, parts: list[str] | list[str | None], kind: type[T], read: Read[list[T]], lifetime: Lifetime
    ) -> list[T]:
        async def read_or_default(shop: CatalogEndpoints) -> list[T]:
            return await _or_default(read(shop), [])

        return await self._load(scope, parts, list[kind], read_or_default, lifetime)  # type: ignore[valid-type]  # made at run time

    async def _page(self, parts: list[str], page_read: PageRead, read: Read[ProductPage]) -> ProductPage:
        async def read_or_default(shop: CatalogEndpoints) -> ProductPage:
            return await _or_default(read(shop), ProductPage())

        return await self._load(
            "product-page",
            [*parts, *page_read.page.wire().values()],
            ProductPage,
            read_or_default,
            PAGE,
            past_cache=page_read.past_cache,
            allows_stale=not page_read.needs_current,
        )

    async def _load(
        self,
        scope: str,
        parts: list[str] | list[str | None],
        kind: type[T],
        read: Read[T],
        lifetime: Lifetime,
        *,
        past_cache: bool = False,
        allows_stale: bool = True,
    ) -> T:
        async def load() -> bytes:
            return encode(await self.reader.read(self.market, read))

        def before_load() -> None:
            if self.budget is not None:
                self.budget.spend_publicly()

        key = hashed_key(scope, *self.market, *parts)
        with self.reads:
            try:
                answer = await self.cache.get_or_load(
                    key, load, lifetime, past_cache=past_cache, before_load=before_load
                )
            except UpstreamRefusal as refusal:
                if refusal.reason in MARKET_NOT_OFFERED:
                    raise BadUserInput("Digital River does not sell in this locale and currency.") from refusal
                raise
        if answer.is_stale and not allows_stale:
            raise UpstreamUnavailable(detail="stale page of products")
        self.used.add(answer)
        value = answer.decoded(lambda value: decode(value, kind))
        return _without_prices(value) if answer.is_stale else value


async def _or_default(read: Awaitable[T], default: T) -> T:
    try:
        return await read
    except UpstreamRefusal as refusal:
        if refusal.status == 404 or refusal.reason in NOT_FOUND:
            return default
        raise


def _well_formed(ids: Iterable[str]) -> list[str]:
    """Sorted ids without duplicates. Malformed ids are left out, because one of them would make the whole call fail."""
    return sorted(product_id for product_id in set(ids) if PATTERN.fullmatch(product_id))


def _without_prices(value: Any) -> Any:
    if isinstance(value, Product | ProductPage | Offer):
        return value.without_prices()
    if isinstance(value, list):
        return [_without_prices(item) for item in value]
    return value
