"""The services of the gateway, assembled once at start."""

from dataclasses import dataclass

from gateway.catalog.catalog import Catalog
from gateway.orders.attempt_keys import OrderKeys
from gateway.orders.attempts import Attempts
from gateway.orders.submission_lock import SubmissionLock
from gateway.payments.method_list import MethodLists
from gateway.sessions.cart_change_lock import CartChangeLock
from gateway.sessions.idempotency import IdempotencyRecords
from gateway.sessions.merchant_assertions import MerchantAssertions
from gateway.sessions.session_hash import SessionHashes
from gateway.sessions.sessions import Sessions
from gateway.sessions.token_renewal import TokenRenewal
from gateway.settings.settings import Settings
from gateway.shopper_messages.catalogue import ShopperMessages
from gateway.store.client_calls import ClientCalls
from gateway.store.clock import SharedClock
from gateway.store.heartbeat import Replica
from gateway.store.interface import Store
from gateway.store.points import Points
from gateway.store.rate_limits import RateLimits
from gateway.upstream.client import Upstream


@dataclass(frozen=True)
class Services:
    """The objects that all operations of the process share."""

    settings: Settings
    upstream: Upstream
    store: Store
    sessions: Sessions
    session_hashes: SessionHashes
    token_renewal: TokenRenewal
    catalog: Catalog
    method_lists: MethodLists
    idempotency: IdempotencyRecords
    attempts: Attempts
    order_keys: OrderKeys
    submission_lock: SubmissionLock
    replica: Replica
    cart_change_lock: CartChangeLock
    rate_limits: RateLimits
    client_calls: ClientCalls
    points: Points
    cursor_secret: bytes
    """Secret of the keys that sign cursors. All replicas have the same."""
    merchant_assertions: MerchantAssertions
    shopper_messages: ShopperMessages
    now: SharedClock
