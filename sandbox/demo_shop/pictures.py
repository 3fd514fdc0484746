"""The pictures of the demo shop, as SVG: products, categories, offers and the badges of payment methods.

`drawings/` holds one drawing for each product, 400 by 400 without a background. A variation without a drawing has that
of its base product in other colors. The badges show names, not the logos of the companies.
"""

import html
import re
from pathlib import Path

from sandbox.demo_shop.categories import Category
from sandbox.demo_shop.payment_methods import METHODS, Flow, Method
from sandbox.demo_shop.product_offers import ProductOffer
from sandbox.demo_shop.products import PRODUCTS, Product

DRAWINGS = Path(__file__).parent / "drawings"

RECOLORED = {
    "cascade-gps-graphite": {"#1f7a86": "#4b565c", "#14545e": "#2b3438", "#2f95a2": "#76838a", "#59aab4": "#9fb0b8"},
    "cascade-gps-glacier": {"#1f7a86": "#dcecf3", "#14545e": "#a7cbd9", "#2f95a2": "#f4fafc", "#59aab4": "#6fa6bb"},
}
"""Colors of the drawing of a base product, and those of its variation, by the variation's slug."""

TINTS = [
    ("#dcefe8", "#c5e2d6"),
    ("#f8e9d6", "#f1d9b9"),
    ("#dcecf5", "#c4dfee"),
    ("#fbe3da", "#f5cfc0"),
    ("#e8e6f4", "#d6d2ea"),
]
"""Colors of a background and of the hills on it."""

BADGE_COLORS: dict[Flow, tuple[str, ...]] = {
    "standard": ("#17495c", "#24333a"),
    "redirect": ("#1f6f7a", "#2f5d8a", "#3c6b4f", "#6b4a7e", "#8a4a38", "#4a5a86"),
    "receiver": ("#7a5a1e", "#5b5a2a"),
}

BANNER_PRODUCTS = [5401230100, 5401231100, 5401231200]
"""Products on the picture of an offer that names none."""

PERCENT_SIGN = (
    '<circle cx="726" cy="78" r="50" fill="#e4694a"/><g transform="translate(726 78)" fill="none" stroke="#fff"'
    ' stroke-width="8" stroke-linecap="round"><path d="M19-21l-38 42"/><circle cx="-17" cy="-15" r="9.5"/>'
    '<circle cx="17" cy="15" r="9.5"/></g>'
)

LINE_LENGTH = 8
"""Letters after which a badge begins a new line."""


def product_picture(product: Product) -> str:
    """Picture with hills behind the product, for a page of the product."""
    tint, hill = _tint(product.id)
    scenery = (
        f'<path fill="{tint}" d="M0 0h400v400H0z"/><circle cx="306" cy="104" r="62" fill="#fff" fill-opacity=".45"/>'
        f'<path fill="{hill}" d="M0 286c66-64 118-18 186-54s132-66 214-34v202H0z"/>'
        '<ellipse cx="200" cy="335" rx="122" ry="11" fill="#24333a" fill-opacity=".13"/>'
    )
    return _svg((400, 400), product.name, scenery + _drawing(product))


def product_thumbnail(product: Product) -> str:
    """Picture with a plain background, which shows the product larger, for lists."""
    tint, _ = _tint(product.id)
    background = f'<path fill="{tint}" d="M0 0h400v400H0z"/>'
    return _svg((400, 400), product.name, background + _moved(_drawing(product), -32, -32, 1.16))


def category_picture(category: Category) -> str:
    """Picture of the first products of a category."""
    tint, hill = _tint(sum(map(int, str(category.id))) * 100)
    background = (
        f'<path fill="{tint}" d="M0 0h400v400H0z"/>'
        f'<path fill="{hill}" d="M0 262c80-40 140 4 210-16s120-30 190-8v162H0z"/>'
    )
    shown = [_drawing(product) for product in category.products[:2]]
    return _svg((400, 400), category.name, background + _in_a_row(shown, 400))


def offer_picture(offer: ProductOffer) -> str:
    """Wide picture of the offered products."""
    tint, hill = _tint(offer.id // 10_000)
    background = (
        f'<path fill="{tint}" d="M0 0h800v400H0z"/>'
        f'<path fill="{hill}" d="M0 290c150-90 260-10 420-60s260-70 380-20v190H0z"/>'
    )
    shown_ids = [product_id for product_id, _ in offer.products[:3]] or BANNER_PRODUCTS
    shown = [_drawing(PRODUCTS[product_id]) for product_id in shown_ids]
    sign = PERCENT_SIGN if offer.products else ""
    return _svg((800, 400), offer.name, background + _in_a_row(shown, 800) + sign)


def method_badge(method: Method) -> str:
    """Badge with the name of a payment method."""
    colors = BADGE_COLORS[method.flow]
    color = colors[sum(method.type.encode()) % len(colors)]
    lines = _lines(_short_name(method))
    size = min(25, int(160 / max(len(line) for line in lines)), 46 // len(lines))
    top = 34 - (len(lines) - 1) * size * 0.58 + size * 0.35
    rows = "".join(
        f'<text x="60" y="{top + row * size * 1.16:.1f}">{html.escape(line)}</text>' for row, line in enumerate(lines)
    )
    return _svg(
        (120, 76),
        method.name,
        f'<rect width="120" height="76" rx="10" fill="{color}"/>'
        f'<path d="M0 66h120a10 10 0 0 1-10 10H10A10 10 0 0 1 0 66z" fill="#fff" fill-opacity=".22"/>'
        f'<g fill="#fff" font-family="system-ui,-apple-system,Segoe UI,Roboto,Arial,sans-serif" font-size="{size}"'
        f' font-weight="700" text-anchor="middle">{rows}</g>',
    )


def _short_name(method: Method) -> str:
    """Name without the words in brackets, if no other method is then called the same."""
    short = [name.partition(" (")[0] for name in (other.name for other in METHODS.values())]
    name = method.name.partition(" (")[0]
    return name if short.count(name) == 1 else method.name.replace("(", "").replace(")", "")


def _lines(name: str) -> list[str]:
    """The words of a name, on several lines if they are long."""
    lines = [""]
    for word in name.split():
        if lines[-1] and len(f"{lines[-1]} {word}") > LINE_LENGTH:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _in_a_row(drawings: list[str], width: int) -> str:
    scale = min(0.9, width / 400 / len(drawings) * 1.25)
    step = width / len(drawings) * 0.92
    middles = [width / 2 + (number - (len(drawings) - 1) / 2) * step for number in range(len(drawings))]
    top = 200 - 190 * scale + 60 * (0.9 - scale)
    return "".join(
        _moved(drawing, middle - 200 * scale, top, scale) for drawing, middle in zip(drawings, middles, strict=True)
    )


def _moved(drawing: str, x: float, y: float, scale: float) -> str:
    return f'<g transform="translate({x:.0f} {y:.0f}) scale({scale:.3g})">{drawing}</g>'


def _drawing(product: Product) -> str:
    """The shapes of a product's drawing. A variation without a drawing has that of its base product."""
    file = DRAWINGS / f"{product.slug}.svg"
    if not file.exists() and product.parent_id is not None:
        file = DRAWINGS / f"{PRODUCTS[product.parent_id].slug}.svg"
    shapes = re.sub(r"</?svg[^>]*>", "", file.read_text(encoding="utf-8")).replace("\n", "")
    for color, other in RECOLORED.get(product.slug, {}).items():
        shapes = shapes.replace(color, other)
    return shapes


def _tint(number: int) -> tuple[str, str]:
    return TINTS[number // 100 % len(TINTS)]


def _svg(size: tuple[int, int], title: str, shapes: str) -> str:
    width, height = size
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img"><title>{html.escape(title)}</title>{shapes}</svg>'
    )
