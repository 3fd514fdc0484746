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
from gateway.upstream.retrying_calls import Calls
from gateway.upstream.transport import Reserve


class Upstream:
    """Client of Digital River. All errors that its endpoints raise are of the class `UpstreamError`."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self.tokens = TokenEndpoints(calls)
        self.account = AccountEndpoints(calls)
        self.cart = CartEndpoints(calls)
        self.payments = PaymentEndpoints(calls)
        self.orders = OrderEndpoints(calls)
        self.contracts = ContractEndpoints(calls)

    def catalog(self, token: str, market: Market) -> CatalogEndpoints:
        return CatalogEndpoints(self._calls, token, market)

    def until(self, deadline_at: float) -> "Upstream":
        """Client whose calls have to end by `deadline_at`, a time of `elapsed_s` in seconds."""
        return Upstream(replace(self._calls, deadline_at=deadline_at))

    def spending(self, budget: CallBudget) -> "Upstream":
        """Client whose reads are limited by the budget."""
        return Upstream(replace(self._calls, budget=budget))

    def holding(self, lease: Lease) -> "Upstream":
        """Client that sends changes only while the lease of the cart's lock is held."""
        return Upstream(replace(self._calls, leases=(*self._calls.leases, lease)))

    def reserving(self, reserve: Reserve) -> "Upstream":
        """Client whose calls use reserved connections."""
        return Upstream(replace(self._calls, reserve=reserve))
