"""Writes carts as JSON in the format of the Commerce API. Some functions here also write parts of orders."""

from decimal import Decimal

from sandbox.demo_shop import product_offers, products
from sandbox.demo_shop.order_offers import COUPONS, order_offer, pack_offer
from sandbox.demo_shop.shipping import option_cost, option_name
from sandbox.model.cart import Cart
from sandbox.model.postal_address import ADDRESS_FIELDS, Side
from sandbox.model.totals import Line, LinePrice
from sandbox.wire.expand import Expand
from sandbox.wire.money import ZERO, formatted, money, rounded
from sandbox.wire.values import Json, boolean


def cart_uri(base: str) -> str:
    return f"{base}/v1/shoppers/me/carts/active"


def cart_wire(cart: Cart, base: str, expand: Expand, *, strict: bool, shows_amounts: bool) -> Json:
    """JSON of the cart. `shows_amounts` adds the contributed and the remaining amount to the payment session."""
    uri = cart_uri(base)
    wire: Json = {
        "uri": uri,
        "paymentMethods": {"uri": f"{uri}/payment-methods"},
        "applyPaymentMethod": {"uri": f"{uri}/apply-payment-method"},
        "submitCart": {"uri": f"{uri}/submit-cart"},
        "webCheckout": {"uri": f"{uri}/web-checkout"},
        "id": cart.id,
        "lineItems": {"uri": f"{uri}/line-items"},
        "totalItemsInCart": cart.quantity,
        "businessEntityCode": cart.seller,
        "billingAddress": _address_part(cart, "billing", base, expand),
        "shippingAddress": _address_part(cart, "shipping", base, expand),
    }
    if cart.lines:
        wire["lineItems"]["lineItem"] = line_wires(cart, base, expand.below("lineItems"))
    wire |= payment_wire(cart, strict=strict)
    wire |= {
        "payment": {},
        "paymentSession": session_wire(cart, strict=strict, shows_amounts=shows_amounts),
        "shippingMethod": shipping_method_wire(cart),
        "shippingOptions": shipping_options_wire(cart, base, is_listed=expand.has("shippingOptions"), is_full=True),
        "taxInclusive": boolean(cart.is_tax_inclusive),
        "landedCostState": "NOT_ELIGIBLE",
        "pricing": pricing_wire(cart, is_full=expand.has("pricing")),
        "termsOfSalesAcceptance": terms_accepted_wire(cart),
        "chargeType": cart.charge_type,
        "customerType": cart.customer_type,
    }
    wire |= registrations_wire(cart)
    if cart.organization_id is not None:
        wire["organizationId"] = cart.organization_id
    if expand.has("customAttributes") and cart.attributes:
        attributes = [{"name": name, "type": "string", "value": value} for name, value in cart.attributes.items()]
        wire["customAttributes"] = {"attribute": attributes}
    if warnings := _warnings(cart):
        wire["Warnings"] = warnings
    return wire


def _warnings(cart: Cart) -> list[Json]:
    subtotal = cart.totals().subtotal
    return [
        {"Code": "couponcode_not_eligible", "description": f"The coupon {code} is not earned yet."}
        for code in cart.codes
        if not COUPONS[code].is_earned(subtotal, cart.currency)
    ]


def terms_accepted_wire(cart: Cart) -> str | None:
    return None if cart.terms_accepted is None else boolean(cart.terms_accepted)


def registrations_wire(cart: Cart) -> Json:
    """JSON with the field `taxRegistrations`; empty if the cart has no tax registrations."""
    if not cart.registrations:
        return {}
    return {"taxRegistrations": [{"key": key, "value": value} for key, value in cart.registrations.items()]}


# JSON of the payment of a cart.


def payment_wire(cart: Cart, *, strict: bool) -> Json:
    """JSON of the attached payment sources: the primary source and the store credit."""
    amounts = cart.contributions(strict=strict)
    credit = cart.credit.cart_wire(amounts.credit, cart.currency) if cart.credit is not None else None
    if cart.source is None:
        return {"paymentMethod": credit} if credit is not None else {}
    wire = cart.source.cart_wire(amounts.primary, cart.currency)
    if credit is not None:
        wire["supplementaryPaymentMethods"] = [credit]
    return {"paymentMethod": wire}


def session_wire(cart: Cart, *, strict: bool, shows_amounts: bool) -> Json:
    if cart.is_submitted:
        return submitted_session_wire(cart) | {"status": cart.session_state(strict=strict)}
    wire: Json = {
        "id": cart.session_id,
        "clientSecret": cart.session_secret,
        "status": cart.session_state(strict=strict),
    }
    if cart.sources and shows_amounts:
        amounts = cart.contributions(strict=strict)
        wire["amountContributed"] = money(amounts.paid, cart.currency)
        wire["amountRemainingToBeContributed"] = money(amounts.remaining, cart.currency)
    return wire


def submitted_session_wire(cart: Cart) -> Json:
    """JSON of a submitted cart's payment session. It has a `redirectUrl` while the shopper must approve the payment."""
    wire: Json = {
        "id": cart.session_id,
        "clientSecret": cart.session_secret,
        "status": cart.session_state_after_submission,
    }
    if cart.session_state_after_submission == "pending_redirect" and cart.source is not None:
        wire["redirectUrl"] = cart.source.redirect["redirectUrl"]
    return wire


# JSON of the lines and amounts of a cart.


def line_wires(cart: Cart, base: str, expand: Expand, *, uri: str | None = None) -> list[Json]:
    """JSON of the lines. `uri` is the URI of the line list. By default it is the line list of the active cart."""
    lines_uri = uri or f"{cart_uri(base)}/line-items"
    totals = cart.totals()
    is_full = expand.has("lineItem")
    product_wire = products.core if is_full else products.brief
    wires = []
    for line, price in zip(cart.lines, totals.lines, strict=True):
        wire = {
            "uri": f"{lines_uri}/{line.id}",
            "id": line.id,
            "quantity": line.quantity,
            "product": product_wire(line.product, base, cart.locale),
            "pricing": _line_pricing(cart, line, price, totals.tax_rate, is_full=is_full),
        }
        if line.parent_id is not None:
            wire["parentLineItemId"] = line.parent_id
        if line.offer is not None:
            offer = {"policyName": line.offer.policy, "type": line.offer.kind}
            wire["groups"] = [{"group": [{"relationType": line.offer.kind, "offer": offer}]}]
        if line.terms:
            wire["subscriptionInfo"] = dict(line.terms)
        if is_full and line.attributes:
            wire["customAttributes"] = line.attributes
        wires.append(wire)
    return wires


def _line_pricing(cart: Cart, line: Line, price: LinePrice, tax_rate: Decimal, *, is_full: bool) -> Json:
    amounts = {
        "listPrice": line.product.price(cart.currency),
        "listPriceWithQuantity": price.listed,
        "salePriceWithQuantity": price.sale,
    }
    if is_full:
        amounts["salePrice"] = rounded(price.sale / line.quantity, cart.currency)
        amounts["totalDiscountWithQuantity"] = price.discount
    wire = _amount_wires(cart, amounts)
    wire |= {
        "productTax": money(price.product_tax, cart.currency),
        "shippingTax": money(price.shipping_tax, cart.currency),
        "feeTax": money(ZERO, cart.currency),
        "taxRate": float(tax_rate) if tax_rate else 0,
    }
    if is_full:
        percent = price.discount * 100 / price.listed if price.listed else ZERO
        wire["discountDescription"] = f"{percent:.0f}%" if percent else "empty"
    return wire | _amount_wires(cart, {"importTax": ZERO, "importDuty": ZERO})


def pricing_wire(cart: Cart, *, is_full: bool) -> Json:
    totals = cart.totals()
    amounts = {
        "subtotal": totals.subtotal,
        "discount": totals.discount,
        "shippingAndHandling": totals.shipping,
        "importTaxAndDuty": ZERO,
        "tax": totals.tax,
        "orderTotal": totals.total,
    }
    if is_full:
        amounts["subtotalWithDiscount"] = totals.subtotal - totals.discount
    return _amount_wires(cart, amounts)


def order_pricing_wire(cart: Cart) -> Json:
    """JSON of the totals of the cart, with the field names of an order."""
    totals = cart.totals()
    amounts = {
        "subtotal": totals.subtotal,
        "subtotalWithDiscount": totals.subtotal - totals.discount,
        "incentive": totals.discount,
        "shipping": totals.shipping,
        "tax": totals.tax,
        "total": totals.total,
    }
    return _amount_wires(cart, amounts)


def _amount_wires(cart: Cart, amounts: dict[str, Decimal]) -> Json:
    """JSON with two fields for each amount, such as `total` with a number and `formattedTotal` with a string."""
    wire: Json = {name: money(amount, cart.currency) for name, amount in amounts.items()}
    for name, amount in amounts.items():
        wire[f"formatted{name[0].upper()}{name[1:]}"] = formatted(amount, cart.currency, cart.locale)
    return wire


def offer_wires(cart: Cart, base: str) -> list[Json]:
    """JSON of the offers that apply to the cart: those on backpacks, those that added a line, and the order offer."""
    wires = [pack_offer(base, cart.locale)] if any(line.product.percent_off for line in cart.lines) else []
    line_offers = dict.fromkeys(line.offer for line in cart.lines if line.offer is not None)
    wires += [product_offers.brief(offer, base, cart.locale) for offer in line_offers]
    offer = cart.totals().order_offer
    return [*wires, order_offer(offer, base, cart.locale)] if offer else wires


# JSON of the addresses and shipping options of a cart.


def _address_part(cart: Cart, side: Side, base: str, expand: Expand) -> Json:
    if expand.has(f"{side}Address"):
        return address_resource_wire(cart, side, base)
    return {"uri": f"{cart_uri(base)}/{side}-address"}


def address_resource_wire(cart: Cart, side: Side, base: str) -> Json:
    """JSON of an address of the cart, with its URI and its suggested corrections."""
    wire: Json = {"uri": f"{cart_uri(base)}/{side}-address"} | address_wire(cart, side)
    return wire | ({"suggestions": suggestions_wire(cart, side, base)} if cart.suggestions(side) else {})


def address_wire(cart: Cart, side: Side) -> Json:
    """JSON of an address of the cart. Fields that the client did not send are null."""
    address = cart.address(side) or {}
    wire: Json = {"id": f"{side}Address"} | {name: address.get(name) for name in ADDRESS_FIELDS}
    return wire | {"title": None} if side == "billing" else wire


def suggestions_wire(cart: Cart, side: Side, base: str) -> Json:
    wire: Json = {"uri": f"{cart_uri(base)}/{side}-address/suggestions"}
    if suggestions := cart.suggestions(side):
        wire["address"] = [suggestion_wire(side, base, *suggestion) for suggestion in suggestions.items()]
    return wire


def suggestion_wire(side: Side, base: str, suggestion_id: str, address: Json) -> Json:
    """JSON of a suggested correction. A field without a value is the string "null", as at Digital River."""
    uri = cart_uri(base)
    wire: Json = {
        "uri": f"{uri}/{side}-address/suggestions/{suggestion_id}",
        "applyAddress": {"uri": f"{uri}/apply-{side}-address?suggestionid={suggestion_id}"},
        "id": int(suggestion_id),
    }
    return wire | {name: "null" if address.get(name) is None else address[name] for name in ADDRESS_FIELDS}


def shipping_method_wire(cart: Cart) -> Json:
    if cart.shipping_option is None or not cart.is_physical:
        return {}
    return {"code": cart.shipping_option, "description": option_name(cart.shipping_option)}


def shipping_options_wire(cart: Cart, base: str, *, is_listed: bool, is_full: bool) -> Json:
    """JSON of the cart's `shippingOptions`, with a URI. `is_listed` adds the options, `is_full` also ids and costs."""
    wire: Json = {"uri": f"{cart_uri(base)}/shipping-options"}
    options = cart.shipping_options()
    if is_listed and options:
        wire["shippingOption"] = [_shipping_option_wire(cart, option, base, is_full=is_full) for option in options]
    return wire


def _shipping_option_wire(cart: Cart, option: int, base: str, *, is_full: bool) -> Json:
    uri = cart_uri(base)
    cost = option_cost(option, cart.currency)
    formatted_cost = formatted(cost, cart.currency, cart.locale)
    wire: Json = {
        "uri": f"{uri}/shipping-options/{option}",
        "description": option_name(option),
        "formattedCost": formatted_cost,
        "applyShippingOptionToCart": {"uri": f"{uri}/apply-shipping-option?shippingOptionId={option}"},
    }
    if is_full:
        amount = money(cost, cart.currency)
        wire |= {"id": option, "cost": amount, "costWithDiscount": amount, "formattedCostWithDiscount": formatted_cost}
    return wire
