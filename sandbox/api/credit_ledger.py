"""`/_ledger`: the merchant's own book of store credit, which is no part of Digital River.

One call, `GET /_ledger/balance?reference=…`, answers what stands to the credit of the shopper with this
external reference: `{"reference", "balance": {"currency", "value"}}`, or a 404 where it has no account. It
takes the merchant's own key as Bearer. Holding and debiting credit is the merchant's business, and done on
the order; here a control sets a balance.
"""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.api.requests import bearer_of, world_of
from sandbox.wire.money import money


async def balance(request: Request) -> Response:
    """`GET /_ledger/balance`."""
    world = world_of(request)
    if bearer_of(request) != world.keys.ledger_key:
        return JSONResponse({"error": "The key of the ledger is missing or wrong."}, 401)
    reference = request.query_params.get("reference", "")
    account = world.ledger.get(reference)
    if account is None:
        return JSONResponse({"error": "There is no such account."}, 404)
    return JSONResponse({"reference": reference, "balance": money(account.amount, account.currency)})
