"""Recurring purchases. They are read and changed with the merchant's key, which may see those of everybody:
nothing is shown and nothing is done before the contract's shopper has been compared with the session's.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from gateway.enums import ErrorCode
from gateway.errors import NotConfigured, UpstreamError, UpstreamRefusal
from gateway.operation.context import Context
from gateway.refusals.user_errors import ContractError, Path, PaymentError, invalid, not_found
from gateway.upstream import refusal_codes
from gateway.upstream.contracts import PendingContractChange, SubscriptionContract
from gateway.upstream.endpoints.contracts import ContractEndpoints
from gateway.upstream.ids import upstream_id
from gateway.upstream.order import Order
from gateway.upstream.shopper import Shopper
from resolvers import account, sessions
from resolvers.account import Member
from resolvers.cart_edits import Refused
from resolvers.inputs.contracts import (
    CancelSubscriptionContractInput,
    ChangeSubscriptionContractInput,
    SubscriptionContractChange,
)
from resolvers.orders import LARGEST_PAGE
from resolvers.pagination import Connection, Page, Window, connection
from resolvers.payloads import ContractPayload

NOT_ALLOWED = refusal_codes.VALIDATION_ERROR
"""The code with which upstream says that a contract is in no state for the change."""


async def contract(ctx: Context, global_id: str) -> SubscriptionContract | None:
    """A contract of the signed-in shopper. One of somebody else is none."""
    contract_id = upstream_id("SubscriptionContract", global_id)
    return await find(ctx, contract_id) if contract_id else None


async def of_shopper(
    parent: Member | Shopper,
    ctx: Context,
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
) -> Connection[SubscriptionContract]:
    """Upstream tells all of them at once."""
    window = Window.of(first, after, last, before, largest=LARGEST_PAGE)
    own = await _own(ctx)

    async def read(number: int, size: int, _past_cache: bool) -> Page[SubscriptionContract]:
        return Page(own[(number - 1) * size : number * size], len(own))

    return await connection(read, window, at_once=True)


async def pending_changes(parent: SubscriptionContract, ctx: Context) -> list[PendingContractChange]:
    return await _contracts(ctx).pending_changes(parent.upstream_id)


async def orders(
    parent: SubscriptionContract,
    ctx: Context,
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
) -> Connection[Order]:
    async def read(number: int, size: int, _past_cache: bool) -> Page[Order]:
        found = await _contracts(ctx).orders(parent.upstream_id, number, size)
        return Page(found.orders, found.total_count)

    return await connection(read, Window.of(first, after, last, before, largest=LARGEST_PAGE), at_once=True)


async def contract_after(parent: ContractPayload, ctx: Context) -> SubscriptionContract | None:
    """The contract as the call has left it; read only when somebody looks."""
    return await find(ctx, parent.contract_id) if parent.contract_id else None


async def change(ctx: Context, args: ChangeSubscriptionContractInput) -> ContractPayload:
    return await _changed(ctx, args.id, lambda found: _change(ctx, found, args.change))


async def cancel(ctx: Context, args: CancelSubscriptionContractInput) -> ContractPayload:
    """Cancelling what is cancelled is no error: it is as it was to be."""

    async def act(found: SubscriptionContract) -> None:
        if not found.is_over:
            await _send(found, (), _contracts(ctx).cancel(found.upstream_id, silently=args.suppress_notification))

    return await _changed(ctx, args.id, act)


async def _changed(
    ctx: Context, global_id: str, act: Callable[[SubscriptionContract], Awaitable[None]]
) -> ContractPayload:
    _contracts(ctx)
    contract_id = upstream_id("SubscriptionContract", global_id)
    known: str | None = None
    try:
        found = await find(ctx, contract_id) if contract_id else None
        if found is None:
            return ContractPayload(errors=[not_found(("input", "id"), "There is no such recurring purchase.")])
        known = found.upstream_id
        await act(found)
    except Refused as refused:
        return ContractPayload(errors=refused.errors, contract_id=known)
    except Failed as failed:
        error = sessions.upstream_error(ctx, failed.failure, failed.path)
        return ContractPayload(errors=[error], contract_id=known)
    except UpstreamError as failure:
        return ContractPayload(errors=[sessions.upstream_error(ctx, failure, ())], contract_id=known)
    return ContractPayload(contract_id=known)


@dataclass(frozen=True)
class Step:
    """A change that may be sent, and the member of the args it is about."""

    name: str
    send: Callable[[], Awaitable[None]]


async def _change(ctx: Context, found: SubscriptionContract, wanted: SubscriptionContractChange) -> None:
    step = await _step(ctx, found, wanted)
    await _send(found, ("input", "change", step.name), step.send())


async def _step(ctx: Context, found: SubscriptionContract, wanted: SubscriptionContractChange) -> Step:
    """The one change that is asked for. Raises `Refused` for what is known to be impossible."""
    contracts, contract_id = _contracts(ctx), found.upstream_id
    if (renews := wanted.auto_renewal) is not None:
        return Step("autoRenewal", lambda: contracts.set_auto_renewal(contract_id, renews))
    if (units := wanted.renewal_quantity) is not None:
        _check_quantity(units, "renewalQuantity", None)
        return Step("renewalQuantity", lambda: contracts.set_renewal_quantity(contract_id, units))
    if (fewer := wanted.reduced_quantity) is not None:
        _check_quantity(fewer, "reducedQuantity", found.quantity)
        return Step("reducedQuantity", lambda: contracts.reduce(contract_id, found.product.upstream_id, fewer))
    if wanted.payment_option_id is not None:
        option_id = await _own_option(ctx, wanted.payment_option_id)
        return Step("paymentOptionId", lambda: contracts.pay_with_option(contract_id, option_id))
    if (source_id := wanted.source_id) is not None:
        await _check_own_source(ctx, source_id)
        return Step("sourceId", lambda: contracts.pay_with_source(contract_id, source_id))
    assert wanted.shipping_address is not None  # noqa: S101 - the graph takes exactly one of them
    destination = account.full_address(wanted.shipping_address, ("input", "change", "shippingAddress"))
    return Step("shippingAddress", lambda: contracts.ship_to(contract_id, destination))


def _check_quantity(quantity: int, name: str, below: int | None) -> None:
    path = ("input", "change", name)
    if quantity < 1:
        raise Refused(invalid(path, "A quantity is 1 or more."))
    if below is not None and quantity >= below:
        raise Refused(invalid(path, f"There are {below} units now; give fewer."))


async def _own_option(ctx: Context, global_id: str) -> str:
    """The merchant's key would take anybody's: it must be in the shopper's own list."""
    path = ("input", "change", "paymentOptionId")
    option_id = upstream_id("PaymentOption", global_id)
    own = await ctx.payment_options()
    if option_id is None or option_id not in {one.upstream_id for one in own}:
        raise Refused(not_found(path, "There is no such saved means of payment."))
    return option_id


async def _check_own_source(ctx: Context, source_id: str) -> None:
    """A source that can be charged again belongs to an account; only of the shopper's own is that known."""
    own = await ctx.payment_options()
    if source_id not in {one.source.source_id for one in own}:
        message = "The source cannot be charged again, or is not this shopper's. Save it with savePaymentOption first."
        path = ("input", "change", "sourceId")
        raise Refused(PaymentError(code=ErrorCode.SOURCE_NOT_REUSABLE, message=message, path=path))


class Failed(Exception):
    """A change that upstream did not take. `path` is the member of the args it was about."""

    def __init__(self, failure: UpstreamError, path: Path) -> None:
        super().__init__()
        self.failure = failure
        self.path = path


async def _send(found: SubscriptionContract, path: Path, sending: Awaitable[None]) -> None:
    try:
        await sending
    except UpstreamRefusal as refusal:
        if refusal.reason == NOT_ALLOWED:
            raise Refused(_not_allowed(found, path)) from refusal
        raise Failed(refusal, path) from refusal
    except UpstreamError as failure:
        raise Failed(failure, path) from failure


def _not_allowed(found: SubscriptionContract, path: Path) -> ContractError:
    return ContractError(
        code=ErrorCode.CONTRACT_CHANGE_NOT_ALLOWED,
        message="The recurring purchase is in no state for this change. Read its state and its pendingChanges.",
        path=path,
        state=found.state,
    )


# Whose it is.


async def find(ctx: Context, contract_id: str) -> SubscriptionContract | None:
    """A contract by its upstream id, if it is the signed-in shopper's."""
    contracts = _contracts(ctx)
    own_id = await account.upstream_id_of(ctx)
    found = await _read(contracts, contract_id)
    if found is not None and found.owner_id == own_id:
        return found
    # The answer may not tell: then it must be among those that are told by the shopper's id. These are read for what
    # is somebody else's or not there as well, so that each costs as many calls as the others.
    return next((one for one in await _own(ctx) if one.upstream_id == contract_id), None)


async def _read(contracts: ContractEndpoints, contract_id: str) -> SubscriptionContract | None:
    try:
        return await contracts.contract(contract_id)
    except UpstreamRefusal as refusal:
        if refusal.status == 404:
            return None
        raise


async def _own(ctx: Context) -> list[SubscriptionContract]:
    shopper_id = await account.upstream_id_of(ctx)
    found = await _contracts(ctx).of_shopper(shopper_id)
    return [one for one in found if one.owner_id in (None, shopper_id)]


def _contracts(ctx: Context) -> ContractEndpoints:
    if not ctx.settings.merchant_key.get_secret_value():
        raise NotConfigured("This deployment has no recurring purchases.")
    return ctx.upstream.contracts
