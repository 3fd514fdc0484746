"""Changing and cancelling a subscription contract."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from gateway.enums import ErrorCode
from gateway.errors import UpstreamError, UpstreamRefusal
from gateway.operation.context import Context
from gateway.refusals.user_errors import ContractError, Path, PaymentError, invalid, not_found
from gateway.upstream import refusal_codes
from gateway.upstream.contracts import SubscriptionContract
from gateway.upstream.ids import upstream_id
from resolvers.address_book import full_address
from resolvers.contracts import endpoints, own_contract
from resolvers.failures import Refused, logged_error
from resolvers.inputs.contracts import (
    CancelSubscriptionContractInput,
    ChangeSubscriptionContractInput,
    SubscriptionContractChange,
)
from resolvers.payloads import ContractPayload

CHANGE = ("input", "change")


async def change_contract(ctx: Context, args: ChangeSubscriptionContractInput) -> ContractPayload:
    async def change(contract: SubscriptionContract) -> None:
        call = await _call_for(ctx, contract, args.change)
        await _send(ctx, contract, (*CHANGE, call.field), call.send())

    return await _with_own_contract(ctx, args.id, change)


async def cancel_contract(ctx: Context, args: CancelSubscriptionContractInput) -> ContractPayload:
    """Cancel a subscription contract. If it is already cancelled, only reads are sent and the payload has no errors."""

    async def cancel(contract: SubscriptionContract) -> None:
        if not contract.is_over:
            call = endpoints(ctx).cancel(contract.upstream_id, silently=args.suppress_notification)
            await _send(ctx, contract, (), call)

    return await _with_own_contract(ctx, args.id, cancel)


async def _with_own_contract(
    ctx: Context, global_id: str, change: Callable[[SubscriptionContract], Awaitable[None]]
) -> ContractPayload:
    endpoints(ctx)
    contract_id = upstream_id("SubscriptionContract", global_id)
    own_id: str | None = None
    try:
        contract = await own_contract(ctx, contract_id) if contract_id else None
        if contract is None:
            error = not_found(
                ("input", "id"), "There is no subscription contract with this id. Read `shopper.subscriptionContracts`."
            )
            return ContractPayload(errors=[error])
        own_id = contract.upstream_id
        await change(contract)
    except Refused as refused:
        return ContractPayload(errors=refused.errors, contract_id=own_id)
    except UpstreamError as failure:
        return ContractPayload(errors=[logged_error(ctx, failure)], contract_id=own_id)
    return ContractPayload(contract_id=own_id)


class Call(NamedTuple):
    """A call that makes a change, and the name of the input field that requests the change."""

    field: str
    send: Callable[[], Awaitable[None]]


async def _call_for(ctx: Context, contract: SubscriptionContract, change: SubscriptionContractChange) -> Call:
    """The call for the change in the input. Raises `Refused` if the new value is invalid."""
    calls, contract_id = endpoints(ctx), contract.upstream_id
    if (is_renewing := change.auto_renewal) is not None:
        return Call("autoRenewal", lambda: calls.set_auto_renewal(contract_id, is_renewing))
    if (quantity := change.renewal_quantity) is not None:
        return Call("renewalQuantity", lambda: calls.set_renewal_quantity(contract_id, quantity))
    if (reduced := change.reduced_quantity) is not None:
        _check_below(reduced, contract.quantity)
        return Call("reducedQuantity", lambda: calls.reduce(contract_id, contract.product.upstream_id, reduced))
    if change.payment_option_id is not None:
        option_id = await _own_option_id(ctx, change.payment_option_id)
        return Call("paymentOptionId", lambda: calls.pay_with_option(contract_id, option_id))
    if (source_id := change.source_id) is not None:
        await _check_own_source(ctx, source_id)
        return Call("sourceId", lambda: calls.pay_with_source(contract_id, source_id))
    assert change.shipping_address is not None  # noqa: S101 - the input is `@oneOf`
    address = full_address(change.shipping_address)
    return Call("shippingAddress", lambda: calls.ship_to(contract_id, address))


def _check_below(reduced: int, current: int | None) -> None:
    if current is not None and reduced >= current:
        message = f"`reducedQuantity` must be below the current {current} units."
        raise Refused(invalid((*CHANGE, "reducedQuantity"), message))


async def _own_option_id(ctx: Context, global_id: str) -> str:
    """Digital River's id of a payment option of this shopper.

    Raises `Refused` for any other payment option. With the merchant's key, Digital River would accept the option of
    another shopper.
    """
    option_id = upstream_id("PaymentOption", global_id)
    options = await ctx.payment_options()
    if option_id is None or option_id not in {option.upstream_id for option in options}:
        message = "There is no saved payment option with this id. Read `shopper.paymentOptions`."
        raise Refused(not_found((*CHANGE, "paymentOptionId"), message))
    return option_id


async def _check_own_source(ctx: Context, source_id: str) -> None:
    """Raise `Refused` unless the source is saved to the shopper's account. The gateway does not know the owner of an
    unsaved source.
    """
    options = await ctx.payment_options()
    if source_id not in {option.source.source_id for option in options}:
        message = "The source cannot be charged again, or belongs to another shopper. Call `savePaymentOption` first."
        path = (*CHANGE, "sourceId")
        raise Refused(PaymentError(code=ErrorCode.SOURCE_NOT_REUSABLE, message=message, path=path))


async def _send(ctx: Context, contract: SubscriptionContract, path: Path, call: Awaitable[None]) -> None:
    """Send a call that changes the contract. If the call fails, raises `Refused` with an error at `path`."""
    try:
        await call
    except UpstreamError as failure:
        if isinstance(failure, UpstreamRefusal) and failure.reason == refusal_codes.VALIDATION_ERROR:
            raise Refused(_not_allowed(contract, path)) from failure
        raise Refused(logged_error(ctx, failure, path)) from failure


def _not_allowed(contract: SubscriptionContract, path: Path) -> ContractError:
    return ContractError(
        code=ErrorCode.CONTRACT_CHANGE_NOT_ALLOWED,
        message="The state of the subscription contract does not allow this change. "
        "Read its `state` and `pendingChanges`.",
        path=path,
        state=contract.state,
    )
