"""The details that payment providers give to a source, in the field that is named after its type."""

import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sandbox.demo_shop import card_numbers
from sandbox.demo_shop.banks_and_stores import STORES, amazon_region
from sandbox.demo_shop.document_paths import payment_slip
from sandbox.demo_shop.image_paths import method_image
from sandbox.demo_shop.payment_methods import Method
from sandbox.demo_shop.products import SHOP
from sandbox.model.owner import Owner
from sandbox.model.source_details import card_details
from sandbox.wire.body import Body
from sandbox.wire.values import Json

WALLET_CARD_YEARS = 3
"""Years until the card in a played wallet expires."""

_IDENTIFYING = secrets.token_bytes(32)
"""Key of the hashes that identify cards. The same card has the same hash until the sandbox stops."""


@dataclass(frozen=True)
class NewDetails:
    """What decides the details of a new source."""

    method: Method
    sent: Body
    """Details that the client sent."""
    owner: Owner | None
    shipping: Json | None
    """Address to which the cart of the payment session is shipped, with the recipient's name, phone and email."""
    currency: str | None
    now: datetime
    base: str
    """Base URL of documents and pictures."""

    def reported(self) -> Json:
        """Details that the source reports."""
        match self.method.type:
            case "creditCard":
                return self._card()
            case "googlePay":
                return self._wallet_card()
            case "payPal" | "payPalCredit" | "payPalBilling":
                prefix = "BA" if self.method.type == "payPalBilling" else "EC"
                return self._with_shipping() | {"token": f"{prefix}-{secrets.token_hex(9)[:17].upper()}"}
            case "msts" | "klarnaCredit":
                return self._with_shipping() | {"token": digits(32)}
            case "klarnaCreditRecurring":
                return self._return_addresses() | {"token": digits(32)}
            case "afterPay" | "clearPay":
                return self._return_addresses() | self._with_shipping()
            case "onlineBanking":
                return {"bankCode": self.sent.string("bankCode")}
            case "amazonPay":
                return self._amazon_checkout()
            case "wireTransfer":
                return bank_account(self.currency)
            case "konbini":
                return self._payment_slip()
            case "boletoBancario":
                code = digits(36)
                return {"documentCode": f"23790001246{code}", "document": f"{self.base}{payment_slip(code)}"}
            case _:
                return {}

    def _card(self) -> Json:
        number = (self.sent.string("number") or "").replace(" ", "")
        card = card_details(self.sent, number, self.now)
        return card | {"fundingSource": "credit", "paymentIdentifier": payment_identifier(number)}

    def _wallet_card(self) -> Json:
        """Card in the wallet, as the wallet's token describes it; a Visa card if the client sent no token."""
        info = self.sent.object("token").object("paymentMethodData").object("info")
        network = (info.string("cardNetwork") or "VISA").upper()
        last_digits = info.string("cardDetails") or "1111"
        return {
            "brand": card_numbers.BRANDS_OF_WALLETS.get(network, network.title()),
            "lastFourDigits": last_digits[-4:],
            "expirationMonth": 12,
            "expirationYear": self.now.year + WALLET_CARD_YEARS,
            "paymentIdentifier": payment_identifier(f"{network} {last_digits}"),
        }

    def _with_shipping(self) -> Json:
        """The recipient that the client sent, or else that of the cart."""
        sent = self.sent.object("shipping")
        if sent:
            fields = {name: sent.string(name) for name in sent if name != "address"}
            return {"shipping": fields | {"address": sent.strings("address")}}
        return {"shipping": self.shipping} if self.shipping is not None else {}

    def _return_addresses(self) -> Json:
        return {name: self.sent.string(name) for name in ("returnUrl", "cancelUrl") if self.sent.string(name)}

    def _amazon_checkout(self) -> Json:
        """What Amazon's button needs. The sandbox plays Amazon, and does not check the signature."""
        country = (self.owner.address.get("country") if self.owner is not None else None) or ""
        payload = {
            "merchantMetadata": {"merchantReferenceId": str(uuid4()), "merchantStoreName": SHOP},
            "webCheckoutDetails": {"checkoutReviewReturnUrl": self.sent.string("returnUrl")},
        }
        return {
            "payload": json.dumps(payload, separators=(",", ":")),
            "signature": secrets.token_urlsafe(64),
            "merchantId": "ASANDBOXRIVER",
            "publicKeyId": "SANDBOX-RIVERDEMO",
            "productType": "PayOnly",
            "ledgerCurrency": amazon_region(country, self.currency or "")[1],
        }

    def _payment_slip(self) -> Json:
        store = self.sent.string("storeId") or ""
        name, localized = STORES[store]
        receipt = digits(13)
        return {
            "storeId": store,
            "receiptNumber": receipt,
            "printableInvoiceUrl": f"{self.base}{payment_slip(receipt)}",
            "storeName": name,
            "localizedStoreName": localized,
            "storeLogoUrl": f"{self.base}{method_image('konbini')}",
        }


def bank_account(currency: str | None) -> Json:
    """Bank account that receives a wire transfer."""
    account: Json = {
        "referenceId": digits(12),
        "bankName": "Example Bank N.A.",
        "city": "Ontario",
        "country": "United States",
        "accountHolder": "Riverbank Collections",
        "accountNumber": "0487369908",
    }
    return account | ({"iban": "NL02EXAM0123456789"} if currency == "EUR" else {"swiftCode": "EXAMUS66XXX"})


def details_after_approval(method: Method, details: Json) -> Json:
    """Details of the source once the shopper has approved the payment on the provider's page."""
    match method.type:
        case "ccavenue":
            return {
                "bankReferenceNumber": digits(13),
                "accountToken": digits(32),
                "trackingId": digits(12),
                "subType": "Net Banking",
                "bankName": "AvenueTest",
                "bankCode": "Net Banking",
                "orderStatus": "Success",
            }
        case "afterPay" | "clearPay":
            addresses = {name: value for name, value in details.items() if name != "shipping"}
            return addresses | {"accountToken": digits(32)}
        case "klarnaCredit" | "klarnaCreditRecurring":
            return details | {"paymentType": "pay_later"}
        case _:
            return details


def payment_identifier(number: str) -> str:
    """Hash that identifies a card, in digits. The card number cannot be found from it."""
    digest = hmac.digest(_IDENTIFYING, number.encode(), hashlib.sha256)
    return str(int.from_bytes(digest, "big"))[:32]


def digits(count: int) -> str:
    """Random digits, of which the first is not a zero."""
    smallest = 10 ** (count - 1)
    return str(smallest + secrets.randbelow(9 * smallest))


def new_payment_id() -> str:
    return str(uuid4())
