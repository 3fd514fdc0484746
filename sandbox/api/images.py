"""`/_sandbox/images/`: the pictures of the demo shop, which the sandbox draws itself."""

from functools import cache
from hashlib import sha256

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.demo_shop import image_paths, pictures
from sandbox.demo_shop.categories import CATEGORIES
from sandbox.demo_shop.payment_methods import METHODS
from sandbox.demo_shop.product_offers import PRODUCT_OFFERS
from sandbox.demo_shop.products import PRODUCTS

HEADERS = {
    "Cache-Control": "public, max-age=3600",
    # A page that is isolated from other origins may show the pictures too.
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Content-Security-Policy": "default-src 'none'",
    "X-Content-Type-Options": "nosniff",
}


async def show_image(request: Request) -> Response:
    image = images().get(request.url.path)
    if image is None:
        raise HTTPException(404)
    tag = f'"{sha256(image).hexdigest()[:16]}"'
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=HEADERS | {"ETag": tag})
    return Response(image, media_type="image/svg+xml", headers=HEADERS | {"ETag": tag})


@cache
def images() -> dict[str, bytes]:
    """All pictures by path."""
    drawn = {}
    for product in PRODUCTS.values():
        drawn[image_paths.product_image(product.slug)] = pictures.product_picture(product)
        drawn[image_paths.product_thumbnail(product.slug)] = pictures.product_thumbnail(product)
    for category in CATEGORIES.values():
        drawn[image_paths.category_image(category.slug)] = pictures.category_picture(category)
    for offer in PRODUCT_OFFERS.values():
        drawn[image_paths.offer_image(offer.id)] = pictures.offer_picture(offer)
    for method in METHODS.values():
        drawn[image_paths.method_image(method.type)] = pictures.method_badge(method)
    return {path: image.encode() for path, image in drawn.items()}


ROUTES = [Route(f"{image_paths.IMAGES_PATH}/{{folder}}/{{name}}", show_image, methods=["GET"])]
