"""Client for all endpoints of Digital River. `gateway.upstream.endpoints` has a file for each group of endpoints."""

from dataclasses import replace

from gateway.store.interface import Lease
from gateway.upstream.call_budget import CallBudget
from gateway.upstream.catalog import Market
from gateway.upstream.endpoints.account import AccountEndpoints
from gateway.upstream.endpoints.cart import CartEndpoints
from gateway.upstream.endpoints.catalog import CatalogEndpoints
from gateway.upstream.endpoints.contracts import ContractEndpoints
from gateway.upstream.endpoints.orders import OrderEndpoints
from gateway.upstream.endpoints.payments import PaymentEndpoints
from gateway.upstream.endpoints.tokens import TokenEndpoints
from gateway.upstream.exchange import Reserve
from gateway.upstream.retrying_calls import Calls


def _changed(calls: Calls, **changes: object) -> Calls:
    """Like `dataclasses.replace`, which takes more than twice as long. Every operation has a copy of its own."""
    copy = object.__new__(Calls)
    vars(copy).update(vars(calls), **changes)
    return copy


class Upstream:
    """Client of Digital River. All errors that its endpoints raise are of the class `UpstreamError`."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    # Each operation has a client of its own, and uses few of the endpoints.

    @property
    def tokens(self) -> TokenEndpoints:
        return TokenEndpoints(self._calls)

    @property
    def account(self) -> AccountEndpoints:
        return AccountEndpoints(self._calls)

    @property
    def cart(self) -> CartEndpoints:
        return CartEndpoints(self._calls)

    @property
    def payments(self) -> PaymentEndpoints:
        return PaymentEndpoints(self._calls)

    @property
    def orders(self) -> OrderEndpoints:
        return OrderEndpoints(self._calls)

    @property
    def contracts(self) -> ContractEndpoints:
        return ContractEndpoints(self._calls)

    def catalog(self, token: str, market: Market) -> CatalogEndpoints:
        return CatalogEndpoints(self._calls, token, market)

    def until(self, deadline_at: float, budget: CallBudget | None = None) -> "Upstream":
        """Client whose calls end by `deadline_at`, a time of `elapsed_s` in seconds, and whose reads are limited
        by the budget."""
        return Upstream(_changed(self._calls, deadline_at=deadline_at, budget=budget))

    def holding(self, lease: Lease) -> "Upstream":
        """Client that sends changes only while the lease of the cart's lock is held."""
        return Upstream(replace(self._calls, leases=(*self._calls.leases, lease)))

    def reserving(self, reserve: Reserve) -> "Upstream":
        """Client whose calls use reserved connections."""
        return Upstream(replace(self._calls, reserve=reserve))
