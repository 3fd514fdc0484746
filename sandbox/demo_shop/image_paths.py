"""Paths at which the sandbox serves the pictures of the demo shop."""

IMAGES_PATH = "/_sandbox/images"


def product_image(slug: str) -> str:
    return f"{IMAGES_PATH}/products/{slug}.svg"


def product_thumbnail(slug: str) -> str:
    return f"{IMAGES_PATH}/products/{slug}-small.svg"


def category_image(slug: str) -> str:
    return f"{IMAGES_PATH}/categories/{slug}.svg"


def offer_image(offer_id: int) -> str:
    return f"{IMAGES_PATH}/offers/{offer_id}.svg"


def method_image(source_type: str) -> str:
    return f"{IMAGES_PATH}/payment-methods/{source_type}.svg"
