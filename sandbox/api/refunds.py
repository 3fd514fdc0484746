"""`/payments/refunds`: where the shopper of a delayed payment wants a refund. DigitalRiver.js makes these calls."""

import re

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.api.payment_service import check_public_key, payment_body
from sandbox.api.requests import world_of
from sandbox.demo_shop import ibans
from sandbox.model.refund import Refund
from sandbox.wire.refusal import bad_parameter, missing_parameter, payment_not_found


async def show(request: Request) -> Response:
    """`GET /payments/refunds/{token}`: the fields of the bank account."""
    check_public_key(request)
    return JSONResponse({"fields": _refund(request).fields})


async def name_account(request: Request) -> Response:
    """`POST /payments/refunds/{token}`: the bank account. Of its number, only the last four characters are kept."""
    check_public_key(request)
    refund, sent = _refund(request), await payment_body(request)
    for field in refund.fields:
        name, value = field["name"], sent.string(field["name"]) or ""
        if not value and field["mandatory"]:
            raise missing_parameter(name)
        if value and not re.search(field.get("pattern", ""), value):
            raise bad_parameter("invalid_parameter", name, f"The {name} is invalid.")
    iban = sent.string("iban")
    if iban is not None and not ibans.is_valid(iban):
        raise bad_parameter("invalid_iban", "iban", "The IBAN is invalid.")
    refund.account_digits = (iban or sent.string("accountNumber") or "").replace(" ", "")[-4:]
    return JSONResponse({"state": "complete"}, 201)


def _refund(request: Request) -> Refund:
    """Refund of the token in the path. A token is used up as soon as the shopper has named an account."""
    refund = world_of(request).refunds.get(request.path_params["token"])
    if refund is None or refund.account_digits is not None:
        raise payment_not_found("not_found", "refundToken", "The refund could not be found.")
    return refund
