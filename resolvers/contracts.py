"""Subscription contracts of the shopper.

The gateway uses the merchant's key, which gives access to the contracts of all shoppers. Before it returns or changes a
contract, the gateway therefore checks that the contract belongs to the shopper of the session.
"""

import logging

from gateway.errors import NotConfigured, UpstreamRefusal
from gateway.operation.context import Context
from gateway.upstream.contracts import PendingContractChange, SubscriptionContract
from gateway.upstream.endpoints.contracts import ContractEndpoints
from gateway.upstream.ids import upstream_id
from gateway.upstream.order import Order
from gateway.upstream.shopper import Shopper
from resolvers.orders import LARGEST_PAGE
from resolvers.pagination import Connection, Page, Window, connection, key_of
from resolvers.payloads import ContractPayload
from resolvers.shopper import RegisteredShopper, own_shopper_id

log = logging.getLogger(__name__)


async def contract(ctx: Context, global_id: str) -> SubscriptionContract | None:
    """A contract of the shopper; None for the contract of another shopper."""
    contract_id = upstream_id("SubscriptionContract", global_id)
    return await own_contract(ctx, contract_id) if contract_id else None


async def contract_after(parent: ContractPayload, ctx: Context) -> SubscriptionContract | None:
    """The contract after a change. It is read only if the operation selects this field of the payload."""
    return await own_contract(ctx, parent.contract_id) if parent.contract_id else None


async def contracts_of_shopper(
    parent: RegisteredShopper | Shopper,
    ctx: Context,
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
) -> Connection[SubscriptionContract]:
    key = key_of(ctx.services.cursor_secret, "contracts")
    window = Window.of(first, after, last, before, key=key, largest=LARGEST_PAGE)
    contracts = await _own_contracts(ctx)

    async def read(number: int, size: int, _past_cache: bool) -> Page[SubscriptionContract]:
        # Digital River sends this list as a whole, without pages.
        return Page(contracts[(number - 1) * size : number * size], len(contracts))

    return await connection(read, window, at_once=True)


async def pending_changes(parent: SubscriptionContract, ctx: Context) -> list[PendingContractChange]:
    return await endpoints(ctx).pending_changes(parent.upstream_id)


async def orders(
    parent: SubscriptionContract,
    ctx: Context,
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
) -> Connection[Order]:
    async def read(number: int, size: int, _past_cache: bool) -> Page[Order]:
        page = await endpoints(ctx).orders(parent.upstream_id, number, size)
        return Page(page.orders, page.total_count)

    key = key_of(ctx.services.cursor_secret, "orders of contract", parent.upstream_id)
    window = Window.of(first, after, last, before, key=key, largest=LARGEST_PAGE)
    return await connection(read, window, at_once=True)


async def own_contract(ctx: Context, contract_id: str) -> SubscriptionContract | None:
    """A contract by Digital River's id; None for the contract of another shopper."""
    shopper_id = await own_shopper_id(ctx)
    contract = await _read(ctx, contract_id)
    if contract is not None and contract.owner_id == shopper_id:
        return contract
    # If the answer does not name the owner, the contract must be in the shopper's list. The list is also read if the
    # contract does not exist or belongs to another shopper. The number of calls then does not reveal whether it exists.
    return next((listed for listed in await _own_contracts(ctx) if listed.upstream_id == contract_id), None)


async def _read(ctx: Context, contract_id: str) -> SubscriptionContract | None:
    try:
        return await endpoints(ctx).contract(contract_id)
    except UpstreamRefusal as refusal:
        if refusal.status == 404:
            return None
        raise


async def _own_contracts(ctx: Context) -> list[SubscriptionContract]:
    shopper_id = await own_shopper_id(ctx)
    contracts = await endpoints(ctx).of_shopper(shopper_id)
    owners = {contract.owner_id for contract in contracts}
    if owners <= {None, shopper_id}:
        return contracts
    # Digital River has not selected the contracts of this shopper. Those without an owner may be anybody's.
    log.error("contracts of other shoppers listed")
    return [contract for contract in contracts if contract.owner_id == shopper_id]


def endpoints(ctx: Context) -> ContractEndpoints:
    """The calls to Digital River for contracts. Raises `NotConfigured` without the merchant's key."""
    if not ctx.settings.merchant_key.get_secret_value():
        raise NotConfigured("Subscription contracts are off: RIVERFRONT_MERCHANT_KEY is not set.")
    return ctx.upstream.contracts
