"""Every documented error code of Digital River becomes a typed user error with a message written by the gateway.

The test has its own list of codes, and fails for a listed code that the gateway does not know.
"""

from typing import NamedTuple

import httpx
import pytest

from gateway.enums import ErrorCode, WarningCode
from gateway.upstream import transport
from gateway.upstream.client import Upstream
from gateway.upstream.retrying_calls import Calls
from resolvers import cart_edits
from sandbox.model.world import World
from tests.support.json_answers import json_answer
from tests.support.shop import CART, PACK, Shopper, settings_for

DESCRIPTION = "Ada Lovelace of Minnetonka may not"

LINES = """mutation { addCartLines(input: {lines: [{product: {upstreamId: "5401230100"}}]}) {
  errors { __typename code message path retry ... on UpstreamError { upstreamCode } } } }"""
OFFER = """mutation { applyOffer(input: {offer: {couponCode: "TRAIL10"}}) {
  errors { __typename code message path retry ... on UpstreamError { upstreamCode } } } }"""
PREPARE = """mutation { prepareCheckout(input: {termsOfSaleAccepted: true}) {
  errors { __typename code message path retry ... on UpstreamError { upstreamCode } } } }"""
SHIP = """mutation { selectShippingOption(input: {shippingOptionId: "167400"}) {
  errors { __typename code message path retry ... on UpstreamError { upstreamCode } } } }"""
TAX = """mutation { setTaxIdentifiers(input: {customerType: BUSINESS, taxIdentifiers: []}) {
  errors { __typename code message path retry ... on UpstreamError { upstreamCode } } } }"""
PAY = """mutation { attachSource(input: {source: {sourceId: "0b7c9a52-54d6-4a0f-9c0e-3f2d6f1b7e21"}}) {
  errors { __typename code message path retry ... on UpstreamError { upstreamCode } } } }"""

CALLS = {
    LINES: ("POST", f"{CART}/line-items"),
    OFFER: ("POST", CART),
    PREPARE: ("POST", CART),
    SHIP: ("POST", f"{CART}/apply-shipping-option"),
    TAX: ("POST", f"{CART}/tax-registrations"),
    PAY: ("POST", f"{CART}/apply-payment-method"),
}
"""Method and path of the Digital River call that each mutation makes."""


class Case(NamedTuple):
    change: str
    status: int
    code: str
    expected: str
    subcode: str | None = None
    description: str = DESCRIPTION
    envelope: str = "A"

    def __str__(self) -> str:
        return f"{self.status}-{self.code}-{self.subcode or self.description[:12]}"


TYPES = {
    "InputError": "INVALID_INPUT MISSING_INPUT SENSITIVE_DATA_DETECTED",
    "NotFoundError": "NOT_FOUND",
    "CartConflictError": "CART_BUSY",
    "AvailabilityError": "PRODUCT_NOT_PURCHASABLE INSUFFICIENT_STOCK QUANTITY_OUT_OF_RANGE",
    "OfferError": "COUPON_INVALID COUPON_USED_UP OFFER_NOT_APPLICABLE",
    "DestinationError": "ADDRESS_INVALID COUNTRY_NOT_SERVED SHIPPING_OPTION_UNAVAILABLE TAX_IDENTIFIER_INVALID",
    "PaymentError": "SOURCE_NOT_FOUND SOURCE_NOT_CHARGEABLE SOURCE_NOT_REUSABLE PAYMENT_METHOD_UNAVAILABLE",
    "StoreCreditError": "STORE_CREDIT_INSUFFICIENT",
    "AccessError": "SESSION_REQUIRED SIGN_IN_REQUIRED",
    "RateLimitError": "RATE_LIMITED",
    "UpstreamError": "UPSTREAM_REJECTED UPSTREAM_UNAVAILABLE",
}
TYPE_OF = {code: name for name, codes in TYPES.items() for code in codes.split()}

RETRY = {
    "DO_NOT_RETRY": "NOT_FOUND PRODUCT_NOT_PURCHASABLE COUPON_USED_UP UPSTREAM_REJECTED",
    "RETRY": "CART_BUSY RATE_LIMITED",
    "READ_STATE_FIRST": "UPSTREAM_UNAVAILABLE",
}
RETRY_OF = {code: advice for advice, codes in RETRY.items() for code in codes.split()}


def cases(change: str, status: int, codes: str, expected: str, **more: str) -> list[Case]:
    return [Case(change, status, code, expected, **more) for code in codes.split()]


CASES = [
    # Status 400.
    *cases(LINES, 400, "invalid-request invalid-keyword-expression", "INVALID_INPUT"),
    Case(LINES, 400, "invalid-request", "SENSITIVE_DATA_DETECTED", "sensitive-data-detected"),
    Case(LINES, 400, "invalid-request", "INVALID_INPUT", "required-data-missing"),
    Case(LINES, 400, "invalid-request", "INVALID_INPUT", "invalid-length"),
    *cases(
        LINES,
        400,
        "validation-error dr_limited_token_invalid INVALID_RETURN_REASON LINE_ITEM_CANNOT_BE_RESOLVED"
        " LINE_ITEM_EXPIRATION_DATE_EXCEEDS LINE_ITEM_HAS_LINE_LEVEL_SATISFACTION_REFUND"
        " LINE_ITEM_IS_LINKED_TO_SUBSCRIPTION LINE_ITEM_IS_NOT_PHYSICAL LINE_ITEM_QTY_IDS_ARE_INVALID"
        " LINE_ITEM_QTY_IDS_MISSING_FOR_PARTIAL_RETURN LINE_ITEM_QTY_IDS_NOT_ELIGIBLE_FOR_RETURN"
        " LINE_ITEM_QUANTITY_TO_RETURN_IS_MORE_THAN_ALLOWED NO_LINE_ITEM_PRESENT_IN_REQUISITION"
        " NO_RETURN_REASON_CONFIGURED NULL_RETURN_REQUEST ORDERID_CAN_NOT_BE_RESOLVED"
        " PARTIAL_PRODUCT_COMBINATION_RETURN REQUISITION_HAS_ORDER_LEVEL_SATISFACTION_REFUND"
        " REQUISITION_NOT_ELIGIBLE_FOR_RETURN RETURN_PROCESSING_ERROR RETURN_QUANTITY_CAN_NOT_LESS_THAN_ONE"
        " SITE_DOESNOT_ACCEPT_RETURN UNABLE_TO_RESOLVE_SITE",
        "UPSTREAM_REJECTED",
    ),
    # Status 401, 403 and 405. Rejected access tokens are tested in test_sessions.py.
    *cases(LINES, 403, "forbidden", "UPSTREAM_REJECTED"),
    *cases(LINES, 405, "method-not-allowed", "UPSTREAM_REJECTED"),
    # Status 404.
    *cases(LINES, 404, "resource-not-found offer-not-found invalid-offer-id", "NOT_FOUND"),
    *cases(LINES, 404, "no-offer-identifier no-product-identifier", "MISSING_INPUT"),
    *cases(LINES, 404, "duplicate_offer_identifier duplicate_product_identifier", "UPSTREAM_REJECTED"),
    # Status 409 about the cart, line items and the catalog.
    *cases(LINES, 409, "invalid-product-id invalid-offer-id", "NOT_FOUND"),
    *cases(LINES, 409, "invalid-request field-too-long external-reference-ID-conflict", "INVALID_INPUT"),
    *cases(LINES, 409, "lineItem-already-exists nickname-already-exists", "INVALID_INPUT"),
    *cases(LINES, 409, "add-base-product-cart-error line-item-creation-failure", "PRODUCT_NOT_PURCHASABLE"),
    *cases(LINES, 409, "inventory-unavailable-error inventory-status-failure", "INSUFFICIENT_STOCK"),
    *(
        Case(LINES, 409, "inventory-unavailable-error", "INSUFFICIENT_STOCK", subcode)
        for subcode in (
            "inventory-unavailable-to-add-tight-bundle-child-line-item",
            "inventory-unavailable-to-add-semi-tight-bundle-child-line-item",
        )
    ),
    *cases(
        LINES,
        409,
        "over-private-store-shopper-restriction under-private-store-line-item-restriction"
        " private-store-remaining-quantity-under-line-item-restriction",
        "QUANTITY_OUT_OF_RANGE",
    ),
    *cases(LINES, 409, "line-item-update-failure cart-failure operation-failed", "UPSTREAM_REJECTED"),
    Case(LINES, 409, "operation-failed", "QUANTITY_OUT_OF_RANGE", description="The quantity is above the allowed 3."),
    *cases(LINES, 409, "concurrent-cart-modification-failure", "CART_BUSY"),
    *cases(LINES, 409, "rate-limit-quota-exceeded", "RATE_LIMITED"),
    *cases(LINES, 429, "rate-limit-quota-exceeded too_many_requests", "RATE_LIMITED"),
    *cases(LINES, 409, "invalid-token", "SESSION_REQUIRED"),
    # Status 409 about offers and coupons.
    *cases(OFFER, 409, "invalid-coupon offer-not-active offer-not-deployed", "COUPON_INVALID"),
    *cases(
        OFFER,
        409,
        "coupon-code-already-used offer-already-used offer-usage-limit-exceeded shopper-usage-limit-exceeded",
        "COUPON_USED_UP",
    ),
    *cases(OFFER, 409, "offer-not-applicable offer-unavailable", "OFFER_NOT_APPLICABLE"),
    *cases(OFFER, 409, "precondition-failure", "INVALID_INPUT"),
    *cases(OFFER, 412, "invalid-discount invalid-discount-type no-discount-or-type", "INVALID_INPUT"),
    *cases(OFFER, 412, "invalid-product-id", "NOT_FOUND"),
    *cases(OFFER, 413, "custom_descriptions_exceeds_limitation", "UPSTREAM_REJECTED"),
    Case(OFFER, 409, "operation-failed", "COUPON_INVALID", description="The coupon could not be used."),
    # Status 409 about the shopper, addresses, tax and the locale.
    *cases(PREPARE, 409, "invalid-postal-code invalid-state-code", "ADDRESS_INVALID"),
    Case(PREPARE, 409, "operation-failed", "ADDRESS_INVALID", description="TAX_000001: not verified"),
    *cases(
        PREPARE,
        409,
        "invalid-bill-to-country restricted-bill-to-country invalid-ship-to-country restricted-ship-to-country"
        " ip-address-restriction-error",
        "COUNTRY_NOT_SERVED",
    ),
    Case(PREPARE, 409, "Billing Address country for request is invalid", "COUNTRY_NOT_SERVED"),
    *cases(PREPARE, 409, "invalid-ip-address invalid-locale valid-currency-code invalid_currency", "INVALID_INPUT"),
    *cases(PREPARE, 409, "apply-shopper-failure", "UPSTREAM_REJECTED"),
    Case(SHIP, 409, "operation-failed", "SHIPPING_OPTION_UNAVAILABLE", description="The shipping method is wrong."),
    *cases(TAX, 409, "vat-exemption-failure invalid-tax-registrations", "TAX_IDENTIFIER_INVALID", envelope="B"),
    Case(TAX, 409, "vat-exemption-failure", "TAX_IDENTIFIER_INVALID", "vat-exemption-unavailable", envelope="B"),
    # Status 409 about the payment.
    Case(PAY, 409, "apply-payment-failure", "SOURCE_NOT_FOUND", description="The source with id [x] was not found."),
    *(
        Case(PAY, 409, "apply-payment-failure", "PAYMENT_METHOD_UNAVAILABLE", description=text)
        for text in (
            "Insufficient credit balance available.",
            "The shopper must have an approved line of credit account.",
            "The line of credit account is not available.",
            "Purchase amount does not meet minimum requirements.",
        )
    ),
    *cases(PAY, 409, "invalid-payment-method invalid-payment-failure", "PAYMENT_METHOD_UNAVAILABLE"),
    *cases(
        PAY,
        409,
        "source_status_invalid_for_session source_not_chargeable session_update_not_allowed source_in_use",
        "SOURCE_NOT_CHARGEABLE",
    ),
    *cases(
        PAY, 409, "source_status_invalid_for_session session_update_not_allowed", "SOURCE_NOT_CHARGEABLE", envelope="C"
    ),
    *cases(PAY, 409, "nonreusable_source", "SOURCE_NOT_REUSABLE"),
    *cases(PAY, 404, "source_not_found", "SOURCE_NOT_FOUND", envelope="C"),
    *cases(PAY, 409, "session_source_amount_too_large", "STORE_CREDIT_INSUFFICIENT", envelope="C"),
    *cases(PAY, 409, "session_source_amount_too_large", "STORE_CREDIT_INSUFFICIENT"),
    # Declines in answers to other calls than submit-cart. The user error does not reveal the reason of the decline.
    *cases(
        PAY,
        409,
        "cart-payment-failure payment-post-auth-failure payment-unexpected-error cart-charge-failure"
        " cart-fraud-failure order-fraud-failure credit-card-declined credit-card-expired credit-floor-exceeded"
        " invalid-credit-card-number invalid-credit-card-expiration-date paypal-failure paypal-lookup-failure"
        " decline_do_not_retry card_expired insufficient_funds fraud_block do_not_honor",
        "PAYMENT_METHOD_UNAVAILABLE",
    ),
    *(
        Case(PAY, 409, "declined", "PAYMENT_METHOD_UNAVAILABLE", subcode)
        for subcode in [
            "account_frozen",
            "account_closed",
            "authentication_required",
            "blacklisted_card",
            "card_limit_exceeded",
            "card_not_active",
            "card_type_block",
            "card_velocity_exceeded",
            "declined",
            "declined_can_retry",
            "do_not_honor",
            "duplicate_transaction",
            "fraud",
            "fraud_block",
            "illegal_action",
            "insufficient_funds",
            "invalid_amount",
            "invalid_currency",
            "invalid_field_data",
            "invalid_merchant",
            "invalid_payment_method",
            "invalid_security_field",
            "invalid_transaction_type",
            "issuer_unavailable",
            "limit_exceeded",
            "lost_stolen_card",
            "mid_limit_exceeded",
            "new_card_issued",
            "no_response",
            "pin_try_exceeded",
            "restricted_card",
            "sca_not_completed",
            "stop_recurring",
            "suspected_fraud",
            "unidentified_error",
            "a_reason_of_next_year",
        ]
    ),
    Case(PAY, 409, "declined - contact bank", "PAYMENT_METHOD_UNAVAILABLE", "voice_authorization_required"),
    Case(PAY, 409, "invalid", "PAYMENT_METHOD_UNAVAILABLE", "issuer_invalid_card"),
    *(
        Case(PAY, 409, "invalid card", "PAYMENT_METHOD_UNAVAILABLE", subcode)
        for subcode in [
            "card_expired",
            "invalid_address",
            "invalid_card_number",
            "invalid_card_bin",
            "invalid_expiration_date",
            "invalid_pin",
            "invalid_security_code",
            "issuer_not_found",
        ]
    ),
    # Codes that have a meaning only in answers to submit-cart and resume-cart.
    *cases(
        PAY,
        409,
        "submit-cart-failed additional-payment-action-required auth-error resume-cart-failure",
        "UPSTREAM_REJECTED",
    ),
    # Status 5xx, and unknown codes.
    *cases(LINES, 500, "system-error internal-payment-error", "UPSTREAM_UNAVAILABLE"),
    *cases(LINES, 503, "x", "UPSTREAM_UNAVAILABLE"),
    *cases(LINES, 409, "a-code-of-next-year", "UPSTREAM_REJECTED"),
    *cases(PAY, 400, "a_code_of_next_year", "UPSTREAM_REJECTED", envelope="C"),
]


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=str)
async def test_each_refusal_code_becomes_its_typed_user_error(shopper: Shopper, case: Case) -> None:
    await (shopper.fill_cart() if case.change is SHIP else shopper.storefront.add(PACK))
    method, path = CALLS[case.change]
    refusal = {"status": case.status, "code": case.code, "subcode": case.subcode, "envelope": case.envelope}
    await shopper.fault("status", path, method=method, description=case.description, **refusal)

    answer = await shopper.storefront.ask(case.change)
    (payload,) = answer.data.values()
    (error,) = payload["errors"]
    assert error["code"] == case.expected
    assert error["__typename"] == TYPE_OF[case.expected]
    assert error["retry"] == RETRY_OF.get(case.expected, "FIX_THEN_RETRY")
    assert case.description not in str(answer.body)
    if case.expected == "UPSTREAM_REJECTED":
        assert error["upstreamCode"] == case.code.lower()
    if case.subcode is not None:
        assert case.subcode not in str(answer.body)


def test_every_user_error_code_is_caused_by_refusal_or_gateway() -> None:
    caused_by_the_gateway = {
        "CART_REVISION_MISMATCH",
        "CART_LOCKED",
        "PRIMARY_SOURCE_PRESENT",
        "STORE_CREDIT_NOT_ALLOWED",
        "PAYMENT_SESSION_MISSING",
        "NOT_RESUMABLE",
        "IDEMPOTENCY_KEY_REUSED",
        "SIGN_IN_FAILED",
        "REGISTRATION_FAILED",
        "PASSWORD_POLICY",
        "SIGN_IN_REQUIRED",
        "CONTRACT_CHANGE_NOT_ALLOWED",
        "STORE_UNAVAILABLE",
    }
    assert {case.expected for case in CASES} | caused_by_the_gateway == {code.name for code in ErrorCode}


# Warning codes.

WARNINGS = {
    "couponcode_not_eligible": WarningCode.COUPON_NOT_YET_ELIGIBLE,
    "couponcode_not_elegible": WarningCode.COUPON_NOT_YET_ELIGIBLE,
    "tax_service_invalid_hsCode_warning": WarningCode.LANDED_COST_INCOMPLETE,
    "a_warning_of_next_year": WarningCode.OTHER,
}


@pytest.mark.parametrize("inside", [True, False], ids=["in the cart", "beside the cart"])
@pytest.mark.parametrize(
    ("collection", "code_field"), [("Warnings", "Code"), ("warnings", "code"), ("warnings", "Code")]
)
@pytest.mark.parametrize("warning_code", WARNINGS)
async def test_warning_in_cart_object_or_at_top_level_is_read(
    shopper: Shopper, world: World, warning_code: str, collection: str, code_field: str, inside: bool
) -> None:
    await shopper.storefront.add(PACK)
    token = next(token for token, known in world.tokens.items() if known.shopper.cart)
    wire = (await shopper.sandbox.get(f"{CART}?expand=all", headers={"Authorization": f"Bearer {token}"})).json()
    (wire["cart"] if inside else wire)[collection] = [{code_field: warning_code, "description": DESCRIPTION}]

    async with transport.client(httpx.MockTransport(lambda request: json_answer(request, wire))) as http:
        cart = await Upstream(Calls(http, settings_for(world))).cart.active_cart(token)
    (warning,) = cart_edits.warnings_of(cart)
    assert warning.code is WARNINGS[warning_code]
    assert DESCRIPTION not in warning.message
