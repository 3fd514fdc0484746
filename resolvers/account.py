"""The account of a signed-in shopper: who it is, the address book, and the saved means of payment."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import TypeVar

import pycountry
from msgspec import UNSET

from gateway.enums import ErrorCode, SessionLevel
from gateway.errors import SignInRequired, UpstreamError, UpstreamInvalidResponse, UpstreamRefusal
from gateway.operation.context import Context
from gateway.refusals.user_errors import AccessError, AnyUserError, Path, PaymentError, cause_of, invalid, not_found
from gateway.sessions.sessions import Session
from gateway.upstream.addresses import Address
from gateway.upstream.cart import Cart
from gateway.upstream.client import Upstream
from gateway.upstream.ids import global_id, upstream_id
from gateway.upstream.shopper import Label, PaymentOption, Profile, SavedAddress, Shopper
from resolvers import sessions
from resolvers.cart_edits import Refused
from resolvers.inputs.account import (
    AddressInput,
    DeleteAddressInput,
    DeletePaymentOptionInput,
    SaveAddressInput,
    SavePaymentOptionInput,
    UpdateShopperInput,
)
from resolvers.payloads import DeletedPayload, Payload, SaveAddressPayload, SavePaymentOptionPayload

T = TypeVar("T")
E = TypeVar("E", SavedAddress, PaymentOption)


@dataclass(frozen=True)
class Member:
    """The signed-in shopper, by the identifier alone: a page of their orders need not read who they are."""

    upstream_id: str

    @property
    def id(self) -> str:
        return global_id("Shopper", self.upstream_id)

    @property
    def typename(self) -> str:
        return "Shopper"


async def shopper(ctx: Context) -> Member | Shopper | None:
    """The signed-in shopper; None for a guest, without a call."""
    session = await ctx.session()
    if session is None or session.level is not SessionLevel.REGISTERED:
        return None
    known = session.record.shopper_id
    return await ctx.shopper() if known is None else Member(known)


async def upstream_id_of(ctx: Context) -> str:
    """The signed-in shopper's upstream id, for a member that needs one."""
    known = (await ctx.own_session()).record.shopper_id
    return (await ctx.shopper()).upstream_id if known is None else known


async def shopper_of(parent: Session | Cart | Payload, ctx: Context) -> Member | Shopper | None:
    return await shopper(ctx)


async def external_reference_id(parent: Member | Shopper, ctx: Context) -> str | None:
    return (await _profile(parent, ctx)).external_reference_id


async def first_name(parent: Member | Shopper, ctx: Context) -> str | None:
    return (await _profile(parent, ctx)).first_name


async def last_name(parent: Member | Shopper, ctx: Context) -> str | None:
    return (await _profile(parent, ctx)).last_name


async def email(parent: Member | Shopper, ctx: Context) -> str | None:
    return (await _profile(parent, ctx)).email


async def _profile(parent: Member | Shopper, ctx: Context) -> Shopper:
    return parent if isinstance(parent, Shopper) else await ctx.shopper()


async def addresses(parent: Member | Shopper, ctx: Context) -> list[SavedAddress]:
    return await ctx.addresses()


async def payment_options(parent: Member | Shopper, ctx: Context) -> list[PaymentOption]:
    return await ctx.payment_options()


def is_expired(parent: PaymentOption, ctx: Context) -> bool:
    """Whether the card's last month is over."""
    year, month, now = parent.source.expiry_year, parent.source.expiry_month, ctx.services.now()
    return year is not None and month is not None and (year, month) < (now.year, now.month)


async def update_shopper(ctx: Context, args: UpdateShopperInput) -> Payload:
    profile = Profile(first_name=args.first_name or UNSET, last_name=args.last_name or UNSET, email=args.email or UNSET)
    empty = [
        invalid(("input", name), "This cannot be empty; leave it out to keep it.")
        for name, value in (("firstName", args.first_name), ("lastName", args.last_name))
        if value is not None and not value.strip()
    ]
    if empty:
        return Payload(errors=list(empty))
    if not profile.wire():
        return Payload()

    async def update(upstream: Upstream, token: str) -> None:
        await upstream.account.update_shopper(token, profile, tells_subscriptions=args.apply_email_to_contracts)

    try:
        await _change(ctx, update, ("input",))
    except Refused as refused:
        return Payload(errors=refused.errors)
    return Payload()


# The address book.


async def save_address(ctx: Context, args: SaveAddressInput) -> SaveAddressPayload:
    try:
        return SaveAddressPayload(saved_address=await _save_address(ctx, args))
    except Refused as refused:
        return SaveAddressPayload(errors=refused.errors)


async def _save_address(ctx: Context, args: SaveAddressInput) -> SavedAddress:
    """Upstream replaces by nickname; here one is replaced by its id alone, and a nickname in use is refused."""
    wanted = full_address(args.address, ("input", "address"))
    replaced_id = None if args.id is None else own_id("SavedAddress", args.id, ("input", "id"))
    book = await _read(ctx, ctx.addresses)
    replaced = None if replaced_id is None else _entry(book, replaced_id, ("input", "id"))
    namesake = next((one for one in book if one.nickname == args.nickname), None)
    if namesake is not None and namesake is not replaced:
        if replaced is None and namesake.address == wanted and namesake.is_default == args.is_default:
            return namesake  # The call came before, and its answer was lost.
        raise Refused(invalid(("input", "nickname"), "Another entry has this label. Choose another one."))
    label = Label(nickname=args.nickname, is_default=args.is_default)

    async def save(upstream: Upstream, token: str) -> None:
        if replaced is None or replaced.nickname == args.nickname:
            await upstream.account.save_address(token, label, wanted)
        else:
            await upstream.account.change_address(token, replaced.upstream_id, label, wanted)

    await _change(ctx, save, ("input", "address"))
    book = await _read(ctx, ctx.addresses)
    if replaced is not None:
        return _entry(book, replaced.upstream_id, ("input", "id"))
    return _saved(ctx, (one for one in book if one.nickname == args.nickname))


async def delete_address(ctx: Context, args: DeleteAddressInput) -> DeletedPayload:
    return await _delete(
        ctx, "SavedAddress", args.id, lambda upstream, token, entry_id: upstream.account.delete_address(token, entry_id)
    )


def full_address(given: AddressInput, path: Path) -> Address:
    """An address as a client gives it. Raises `Refused` for a country that there is not."""
    if pycountry.countries.get(alpha_2=given.country_code) is None:
        raise Refused(invalid((*path, "countryCode"), "This is not an ISO 3166-1 alpha-2 country code."))
    return Address(**vars(given))


async def book_address(ctx: Context, given: str, path: Path) -> Address:
    """An address of the signed-in shopper's book. Raises `Refused`."""
    address_id = own_id("SavedAddress", given, path)
    found = await _read(
        ctx, lambda: ctx.as_shopper(lambda upstream, token: upstream.account.saved_address(token, address_id)), path
    )
    return found.address


# Saved means of payment.


async def save_payment_option(ctx: Context, args: SavePaymentOptionInput) -> SavePaymentOptionPayload:
    try:
        return SavePaymentOptionPayload(payment_option=await _save_option(ctx, args))
    except Refused as refused:
        return SavePaymentOptionPayload(errors=refused.errors)


async def _save_option(ctx: Context, args: SavePaymentOptionInput) -> PaymentOption:
    """A source that is saved already is changed, so that a repeated call comes to the same."""
    target = args.target
    option_id = None
    if target.payment_option_id is not None:
        option_id = own_id("PaymentOption", target.payment_option_id, ("input", "target", "paymentOptionId"))
    options = await _read(ctx, ctx.payment_options)
    present = next((one for one in options if one.source.source_id == target.source_id), None)
    if option_id is not None:
        present = _entry(options, option_id, ("input", "target", "paymentOptionId"))
    if any(one.nickname == args.nickname for one in options if one is not present):
        raise Refused(invalid(("input", "nickname"), "Another option has this label. Choose another one."))
    if present is None:
        await _save_source(ctx, target.source_id or "", args, options)
        saved = await _read(ctx, ctx.payment_options)
        return _saved(ctx, (one for one in saved if one.source.source_id == target.source_id))
    if args.nickname in (None, present.nickname) and args.is_default in (None, present.is_default):
        return present
    label = Label(nickname=args.nickname or present.nickname, is_default=args.is_default)
    await _change(
        ctx,
        lambda upstream, token: upstream.account.change_payment_option(token, present.upstream_id, label),
        ("input", "target"),
    )
    return _entry(await _read(ctx, ctx.payment_options), present.upstream_id, ("input", "target"))


async def saved_source_id(ctx: Context, given: str, path: Path) -> str:
    """The source behind a saved means of payment of the signed-in shopper. Raises `Refused`."""
    option_id = own_id("PaymentOption", given, path)
    found = await _read(
        ctx, lambda: ctx.as_shopper(lambda upstream, token: upstream.account.payment_option(token, option_id)), path
    )
    return found.source.source_id


async def _save_source(
    ctx: Context, source_id: str, args: SavePaymentOptionInput, options: list[PaymentOption]
) -> None:
    label = Label(nickname=args.nickname or _free_label(options), is_default=args.is_default)

    async def save(upstream: Upstream, token: str) -> None:
        await upstream.account.save_payment_option(token, source_id, label, ctx.caller.address)

    path = ("input", "target", "sourceId")
    try:
        await _change(ctx, save, path)
    except Refused as refused:
        refusal = refused.__cause__
        # Whatever upstream has against saving a source, it is the source.
        if isinstance(refusal, UpstreamRefusal) and cause_of(refusal) is ErrorCode.UPSTREAM_REJECTED:
            raise Refused(_not_savable(path)) from refusal
        raise


def _not_savable(path: Path) -> PaymentError:
    message = "The source cannot be saved. Only a chargeable source of a method that renews can be."
    return PaymentError(code=ErrorCode.SOURCE_NOT_REUSABLE, message=message, path=path)


def _free_label(options: list[PaymentOption]) -> str:
    taken = {one.nickname for one in options}
    return next(label for number in count(1) if (label := f"Payment option {number}") not in taken)


async def delete_payment_option(ctx: Context, args: DeletePaymentOptionInput) -> DeletedPayload:
    return await _delete(
        ctx,
        "PaymentOption",
        args.id,
        lambda upstream, token, entry_id: upstream.account.delete_payment_option(token, entry_id),
    )


# Reading and changing.


async def _delete(
    ctx: Context, type_name: str, given: str, delete: Callable[[Upstream, str, str], Awaitable[None]]
) -> DeletedPayload:
    path = ("input", "id")
    try:
        entry_id = own_id(type_name, given, path)
        await _change(ctx, lambda upstream, token: delete(upstream, token, entry_id), path)
    except Refused as refused:
        return DeletedPayload(errors=refused.errors)
    return DeletedPayload(deleted_id=given)


async def _change(ctx: Context, act: Callable[[Upstream, str], Awaitable[None]], path: Path) -> None:
    """Change the account; what was read of it before is forgotten. Raises `Refused`."""
    try:
        await ctx.as_shopper(act)
    except UpstreamError as failure:
        raise Refused(sessions.upstream_error(ctx, failure, path)) from failure
    finally:
        ctx.forget_account()


async def _read(ctx: Context, read: Callable[[], Awaitable[T]], path: Path = ()) -> T:
    """What the change depends on, or has made. Raises `Refused`."""
    try:
        return await read()
    except UpstreamError as failure:
        raise Refused(sessions.upstream_error(ctx, failure, path)) from failure


async def lack(ctx: Context, *paths: Path) -> list[AnyUserError]:
    """For arguments that only a signed-in shopper can use, by their paths. Makes no call."""
    if await ctx.reaches(SessionLevel.REGISTERED):
        return []
    code, level = ErrorCode.SIGN_IN_REQUIRED, SessionLevel.REGISTERED
    return [AccessError(code=code, message=SignInRequired.message, path=path, required_level=level) for path in paths]


def own_id(type_name: str, given: str, path: Path) -> str:
    """The upstream id in a global one. Raises `Refused` for another type or form."""
    found = upstream_id(type_name, given)
    if found is None:
        raise Refused(not_found(path))
    return found


def _entry(entries: Sequence[E], entry_id: str, path: Path) -> E:
    found = next((one for one in entries if one.upstream_id == entry_id), None)
    if found is None:
        raise Refused(not_found(path))
    return found


def _saved(ctx: Context, found: Iterator[E]) -> E:
    """The entry that a change has made."""
    entry = next(found, None)
    if entry is None:
        failure = UpstreamInvalidResponse(detail="saved, and not shown")
        raise Refused(sessions.upstream_error(ctx, failure, ()))
    return entry
