"""Steps that all changes of a registered shopper's account share."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TypeVar

from gateway.errors import UpstreamError, UpstreamInvalidResponse
from gateway.operation.context import Context
from gateway.refusals.user_errors import Path, not_found
from gateway.upstream.client import Upstream
from gateway.upstream.ids import upstream_id
from gateway.upstream.shopper import PaymentOption, SavedAddress
from resolvers.failures import Refused, logged_error
from resolvers.payloads import DeletedPayload

T = TypeVar("T")
E = TypeVar("E", SavedAddress, PaymentOption)


async def change(ctx: Context, call: Callable[[Upstream, str], Awaitable[None]], path: Path) -> None:
    """Change the account, and clear the account data that this operation has cached. Raises `Refused` if the call
    fails.
    """
    try:
        await ctx.as_shopper(call)
    except UpstreamError as failure:
        raise Refused(logged_error(ctx, failure, path)) from failure
    finally:
        ctx.forget_account()


async def read(ctx: Context, call: Callable[[], Awaitable[T]], path: Path = ()) -> T:
    """Read data of the account. Raises `Refused` with an error at `path` if the read fails."""
    try:
        return await call()
    except UpstreamError as failure:
        raise Refused(logged_error(ctx, failure, path)) from failure


async def delete(
    ctx: Context, type_name: str, global_id: str, call: Callable[[Upstream, str, str], Awaitable[None]]
) -> DeletedPayload:
    """Delete an entry of the account by its global id. `call` sends the deletion. Its arguments are the client for
    Digital River, the access token and Digital River's id of the entry.
    """
    path = ("input", "id")
    try:
        entry_id = decoded_id(type_name, global_id, path)
        await change(ctx, lambda upstream, token: call(upstream, token, entry_id), path)
    except Refused as refused:
        return DeletedPayload(errors=refused.errors)
    return DeletedPayload(deleted_id=global_id)


def decoded_id(type_name: str, global_id: str, path: Path) -> str:
    """Digital River's id in a global id. Raises `Refused` if the global id is not of the type `type_name`."""
    entry_id = upstream_id(type_name, global_id)
    if entry_id is None:
        raise Refused(not_found(path))
    return entry_id


def entry(entries: Sequence[E], entry_id: str, path: Path) -> E:
    """The entry whose Digital River id is `entry_id`. Raises `Refused` if there is no such entry."""
    match = next((candidate for candidate in entries if candidate.upstream_id == entry_id), None)
    if match is None:
        raise Refused(not_found(path))
    return match


def first_or_invalid_response(ctx: Context, candidates: Iterable[E]) -> E:
    """The entry that was just saved: the first of `candidates`. Raises `Refused` if `candidates` is empty, because
    Digital River then does not list the saved entry.
    """
    saved = next(iter(candidates), None)
    if saved is None:
        raise Refused(logged_error(ctx, UpstreamInvalidResponse(detail="saved entry is not listed")))
    return saved
