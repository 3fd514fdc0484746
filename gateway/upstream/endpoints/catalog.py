"""Endpoints of the catalog: products, categories, offers and stock."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from gateway.enums import ProductSort
from gateway.upstream.catalog import (
    Categories,
    Category,
    InventoryStatus,
    Market,
    Product,
    ProductPage,
    VolumePriceTier,
    VolumePricing,
)
from gateway.upstream.decoding import OneOrMany, decode, many, required
from gateway.upstream.endpoints.paths import ME
from gateway.upstream.ids import path_part
from gateway.upstream.offers import Offer, OfferedProduct, Offers, ProductOffers
from gateway.upstream.retrying_calls import Calls

SORT_VALUES = {
    ProductSort.NAME_ASCENDING: "name-asc",
    ProductSort.NAME_DESCENDING: "name-desc",
    ProductSort.LIST_PRICE_ASCENDING: "listPrice-asc",
    ProductSort.LIST_PRICE_DESCENDING: "listPrice-desc",
}
"""Values of the query parameter `sort`, as in the sort menus of Digital River's own storefronts."""


@dataclass(frozen=True)
class PageOfProducts:
    """A page of a list of products. Page numbers begin at 1. Without `sort`, Digital River chooses the order."""

    number: int
    size: int
    sort: ProductSort | None = None

    def wire(self) -> dict[str, str]:
        page = {"pageNumber": str(self.number), "pageSize": str(max(self.size, 1))}
        return page if self.sort is None else page | {"sort": SORT_VALUES[self.sort]}


class Answer(msgspec.Struct, frozen=True, rename="camel"):
    """Answer to any call in this file. Each answer has one of these fields."""

    product: Product | None = None
    products: ProductPage | None = None
    variations: ProductPage | None = None
    volume_pricing: VolumePricing | None = None
    category: Category | None = None
    categories: Categories | None = None
    offer: Offer | None = None
    offers: Offers | None = None
    product_offers: ProductOffers | None = None


class StockList(msgspec.Struct, frozen=True, rename="camel"):
    inventory_status: OneOrMany[InventoryStatus] = []


class StockAnswer(msgspec.Struct, frozen=True):
    products: StockList


@dataclass(frozen=True)
class CatalogEndpoints:
    """Calls for the catalog of a market. Page numbers begin at 1. Answers contain linked objects in full."""

    calls: Calls
    token: str
    market: Market

    # Calls for products.

    async def product(self, product_id: str) -> Product:
        return required((await self._read(f"{ME}/products/{path_part(product_id)}")).product)

    async def products_by_id(self, product_ids: Sequence[str]) -> list[Product]:
        page = PageOfProducts(1, len(product_ids))
        return (await self._products(f"{ME}/products", page, productId=_joined(product_ids))).products

    async def products_by_reference(self, references: Sequence[str]) -> list[Product]:
        params = {"externalReferenceId": ",".join(references)}
        return (await self._products(f"{ME}/products", PageOfProducts(1, len(references)), **params)).products

    async def product_page(self, page: PageOfProducts) -> ProductPage:
        """One page of all products of the site."""
        return await self._products(f"{ME}/products", page)

    async def search_page(self, keyword: str, page: PageOfProducts) -> ProductPage:
        return await self._products(f"{ME}/product-search", page, keyword=keyword)

    async def category_page(self, category_id: str, page: PageOfProducts) -> ProductPage:
        return await self._products(f"{ME}/categories/{path_part(category_id)}/products", page)

    async def _products(self, path: str, page: PageOfProducts, **params: str) -> ProductPage:
        return required((await self._read(path, **page.wire(), **params)).products)

    async def variations(self, product_id: str) -> list[Product]:
        answer = await self._read(f"{ME}/products/{path_part(product_id)}/variations")
        return required(answer.variations).products

    async def volume_pricing(self, product_id: str) -> list[VolumePriceTier]:
        answer = await self._read(f"{ME}/products/{path_part(product_id)}/pricing/volume-pricing")
        return many(required(answer.volume_pricing).tier)

    async def inventory(self, product_ids: Sequence[str]) -> dict[str, InventoryStatus]:
        """Stock of each product, by product id. Unknown products are not included."""
        params = {"expand": "all", "productId": _joined(product_ids)}
        body = await self.calls.read(f"{ME}/products/inventory-status", self.token, params)
        statuses = many(decode(body, StockAnswer).products.inventory_status)
        return {product_id: status for status in statuses for product_id in status.product_ids}

    # Calls for categories.

    async def categories(self) -> list[Category]:
        """Categories at the top level, each with its children."""
        answer = await self._read(f"{ME}/categories", expand="all,category.categories.category")
        return many(required(answer.categories).category)

    async def category(self, category_id: str) -> Category:
        answer = await self._read(f"{ME}/categories/{path_part(category_id)}", expand="all,categories.category")
        return required(answer.category)

    async def categories_of_product(self, product_id: str) -> list[Category]:
        answer = await self._read(f"{ME}/products/{path_part(product_id)}/categories")
        return many(required(answer.categories).category)

    # Calls for offers.

    async def offers_of_point_of_promotion(self, point_of_promotion: str) -> list[Offer]:
        return await self._offers(f"{ME}/point-of-promotions/{path_part(point_of_promotion)}/offers")

    async def offers_of_product(self, product_id: str, point_of_promotion: str | None) -> list[Offer]:
        """Offers on a product. If `point_of_promotion` is set, only offers of that point of promotion are returned."""
        if point_of_promotion is None:
            return await self._offers(f"{ME}/products/{path_part(product_id)}/offers")
        return await self._offers(
            f"{ME}/products/{path_part(product_id)}/point-of-promotions/{path_part(point_of_promotion)}/offers"
        )

    async def _offers(self, path: str) -> list[Offer]:
        return many(required((await self._read(path)).offers).offer)

    async def offer(self, offer_id: str) -> Offer:
        return required((await self._read(f"{ME}/offers/{path_part(offer_id)}")).offer)

    async def offered_products(self, offer_id: str) -> list[OfferedProduct]:
        answer = await self._read(f"{ME}/offers/{path_part(offer_id)}/product-offers")
        return many(required(answer.product_offers).product_offer)

    async def _read(self, path: str, **params: str) -> Answer:
        return decode(
            await self.calls.read(path, self.token, {"expand": "all", **self.market.wire(), **params}), Answer
        )


def _joined(product_ids: Sequence[str]) -> str:
    return ",".join(path_part(product_id) for product_id in product_ids)
