"""What DigitalRiver.js reads before it makes a source: banks, stores, schemas of a country, and sessions of wallets."""

import json
import secrets
from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.api.payment_service import cart_of_session, check_public_key, payment_body, read_code, required
from sandbox.api.requests import base_of, world_of
from sandbox.demo_shop.banks_and_stores import BANKS, STORES, amazon_region
from sandbox.demo_shop.country_specs import address_schemas, identifier_schemas
from sandbox.demo_shop.image_paths import method_image
from sandbox.demo_shop.products import SHOP
from sandbox.demo_shop.selling_entities import selling_entity
from sandbox.model.source_details import is_web_address
from sandbox.wire.body import Body
from sandbox.wire.refusal import bad_parameter, missing_parameter
from sandbox.wire.values import Json

WALLET_SESSION_LIFE = timedelta(minutes=5)


async def banks(request: Request) -> Response:
    """`GET /payments/online-banking/banks`: banks of a country and currency; an empty list if there are none."""
    check_public_key(request)
    query = request.query_params
    country, currency = read_code(query, "country", 2), read_code(query, "currency", 3)
    for name, value in (("country", country), ("currency", currency)):
        if value is None:
            raise missing_parameter(name)
    listed = BANKS.get((country or "", currency or ""), {})
    return JSONResponse([{"bankCode": code, "bankName": name} for code, name in listed.items()])


async def stores(request: Request) -> Response:
    """`GET /payments/konbini/stores`: the stores in which a shopper can pay."""
    check_public_key(request)
    logo = f"{base_of(request)}{method_image('konbini')}"
    return JSONResponse(
        [
            {"storeId": store, "storeName": name, "localizedStoreName": localized, "storeLogoUrl": logo}
            for store, (name, localized) in STORES.items()
        ]
    )


async def country_specs(request: Request) -> Response:
    """`GET /country-specs`: JSON schemas of addresses and tax identifiers. Digital River sends them as strings."""
    check_public_key(request)
    country, entity = read_code(request.query_params, "country", 2), request.query_params.get("sellingEntity")
    if country is None:
        raise missing_parameter("country")
    if not entity:
        raise missing_parameter("sellingEntity")
    addresses, identifiers = address_schemas(country), identifier_schemas(country)
    if entity != selling_entity(country) or not (addresses or any(identifiers.values())):
        return JSONResponse({"data": []})
    spec: Json = {"country": country, "sellingEntity": entity}
    spec |= {name: _written(schema) for name, schema in addresses.items()}
    spec |= {name: [_written(schema) for schema in schemas] for name, schemas in identifiers.items()}
    return JSONResponse({"data": [spec | {"liveMode": False}]})


def _written(schema: Json) -> str:
    return json.dumps(schema, separators=(",", ":"))


async def apple_pay_session(request: Request) -> Response:
    """`POST /payments/apple-pay/session`: the merchant session without which Apple shows no payment sheet.

    Digital River asks Apple at `validationUrl`. The sandbox does not ask Apple, whose part it plays.
    """
    check_public_key(request)
    sent = await payment_body(request)
    if not is_web_address(required(sent, "validationUrl")):
        raise bad_parameter("invalid_parameter", "validationUrl", "The validationUrl is invalid.")
    now = world_of(request).now()
    return JSONResponse(
        {
            "epochTimestamp": _milliseconds(now.timestamp()),
            "expiresAt": _milliseconds((now + WALLET_SESSION_LIFE).timestamp()),
            "merchantSessionIdentifier": f"SSH{secrets.token_hex(16).upper()}",
            "nonce": secrets.token_hex(4),
            "merchantIdentifier": secrets.token_hex(32).upper(),
            "domainName": required(sent, "domain"),
            "displayName": sent.string("displayName") or SHOP,
            "signature": secrets.token_hex(64),
        }
    )


async def google_pay_session(request: Request) -> Response:
    """`POST /payments/google-pay/session`: what Google's payment sheet is told about the merchant and its provider."""
    check_public_key(request)
    market = _market(request, await payment_body(request))
    return JSONResponse(
        {
            "environment": "TEST",
            "merchantInfo": {"merchantName": SHOP, "merchantId": "12345678901234567890"},
            "transactionInfo": {"countryCode": market["country"], "currencyCode": market["currency"]},
            "allowedPaymentMethods": [
                {
                    "type": "CARD",
                    "parameters": {
                        "allowedAuthMethods": ["PAN_ONLY", "CRYPTOGRAM_3DS"],
                        "allowedCardNetworks": ["AMEX", "DISCOVER", "JCB", "MASTERCARD", "VISA"],
                        "billingAddressRequired": True,
                        "billingAddressParameters": {"format": "FULL", "phoneNumberRequired": True},
                    },
                    "tokenizationSpecification": {
                        "type": "PAYMENT_GATEWAY",
                        "parameters": {"gateway": "digitalriver", "gatewayMerchantId": "riverdemo"},
                    },
                }
            ],
        }
    )


async def amazon_pay_session(request: Request) -> Response:
    """`POST /payments/amazon-pay/session`: region of Amazon Pay, which decides the button."""
    check_public_key(request)
    market = _market(request, await payment_body(request))
    region, currency = amazon_region(market["country"], market["currency"])
    return JSONResponse({"amazonPay": {"region": region, "ledgerCurrency": currency}})


def _market(request: Request, sent: Body) -> dict[str, str]:
    """Country and currency of the payment session, or else those in the body."""
    session_id = sent.string("sessionId")
    if session_id:
        cart = cart_of_session(world_of(request), session_id)
        return {"country": cart.payment_country, "currency": cart.currency}
    fields: dict[str, Any] = {name: required(sent, name) for name in ("country", "currency")}
    return {name: read_code(fields, name, length) or "" for name, length in (("country", 2), ("currency", 3))}


def _milliseconds(seconds: float) -> int:
    return int(seconds * 1000)
