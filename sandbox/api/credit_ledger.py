"""`/_ledger`: the merchant's own ledger of store credit, which is not part of Digital River.

`GET /_ledger/balance?reference=…` returns the balance of the shopper with this external reference, in the format
`{"reference", "balance": {"currency", "value"}}`. Without such a shopper, the answer is a 404. The caller sends the
ledger's key as a bearer token.

A real ledger also subtracts the store credit that an order spends. In the sandbox, only `POST /_sandbox/credit` changes
a balance.
"""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.api.requests import bearer_of, world_of
from sandbox.wire.money import money


async def balance(request: Request) -> Response:
    """`GET /_ledger/balance`: the store credit of a shopper."""
    world = world_of(request)
    if bearer_of(request) != world.keys.ledger_key:
        return JSONResponse({"error": "The key of the ledger is missing or wrong."}, 401)
    reference = request.query_params.get("reference", "")
    account_balance = world.ledger.get(reference)
    if account_balance is None:
        return JSONResponse({"error": "There is no such account."}, 404)
    amount = money(account_balance.amount, account_balance.currency)
    return JSONResponse({"reference": reference, "balance": amount})
