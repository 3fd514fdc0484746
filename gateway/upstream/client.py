"""The one door to Digital River. Its endpoints stand in `gateway.upstream.endpoints`, a file for each domain."""

from dataclasses import replace

from gateway.upstream.catalog import Market
from gateway.upstream.endpoints.account import AccountEndpoints
from gateway.upstream.endpoints.cart import CartEndpoints
from gateway.upstream.endpoints.catalog import CatalogEndpoints
from gateway.upstream.endpoints.contracts import ContractEndpoints
from gateway.upstream.endpoints.orders import OrderEndpoints
from gateway.upstream.endpoints.payments import PaymentEndpoints
from gateway.upstream.endpoints.tokens import TokenEndpoints
from gateway.upstream.retrying_calls import Calls


class Upstream:
    """Digital River. Every endpoint raises only `UpstreamError`."""

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
        """The same client; its calls end at the deadline, in seconds of `time.monotonic`."""
        return Upstream(replace(self._calls, deadline_at=deadline_at))
