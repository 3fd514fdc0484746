"""The address book of a registered shopper."""

from gateway.operation.context import Context
from gateway.refusals.user_errors import Path, invalid
from gateway.upstream.addresses import Address
from gateway.upstream.client import Upstream
from gateway.upstream.shopper import Label, SavedAddress, Shopper
from resolvers import account_edits
from resolvers.failures import Refused
from resolvers.inputs.account import AddressInput, DeleteAddressInput, SaveAddressInput
from resolvers.payloads import DeletedPayload, SaveAddressPayload
from resolvers.shopper import RegisteredShopper


async def addresses(parent: RegisteredShopper | Shopper, ctx: Context) -> list[SavedAddress]:
    return await ctx.addresses()


async def save_address(ctx: Context, args: SaveAddressInput) -> SaveAddressPayload:
    try:
        return SaveAddressPayload(saved_address=await _save(ctx, args))
    except Refused as refused:
        return SaveAddressPayload(errors=refused.errors)


async def _save(ctx: Context, args: SaveAddressInput) -> SavedAddress:
    """Add an address, or replace the saved address whose id is in the input.

    Raises `Refused` if a different saved address already has this nickname. Digital River would overwrite that address.
    """
    address = full_address(args.address)
    id_path = ("input", "id")
    replaced_id = None if args.id is None else account_edits.decoded_id("SavedAddress", args.id, id_path)
    book = await account_edits.read(ctx, ctx.addresses)
    replaced = None if replaced_id is None else account_edits.entry(book, replaced_id, id_path)
    namesake = next((entry for entry in book if entry.nickname == args.nickname), None)
    if namesake is not None and namesake is not replaced:
        if replaced is None and namesake.address == address and namesake.is_default == args.is_default:
            return namesake  # An earlier request saved this address, but its response was lost.
        raise Refused(invalid(("input", "nickname"), "Another address has this `nickname`. Choose another nickname."))
    label = Label(nickname=args.nickname, is_default=args.is_default)

    async def save(upstream: Upstream, token: str) -> None:
        if replaced is None or replaced.nickname == args.nickname:
            await upstream.account.save_address(token, label, address)
        else:
            await upstream.account.change_address(token, replaced.upstream_id, label, address)

    await account_edits.change(ctx, save, ("input", "address"))
    book = await account_edits.read(ctx, ctx.addresses)
    if replaced is not None:
        return account_edits.entry(book, replaced.upstream_id, id_path)
    return account_edits.first_or_invalid_response(ctx, (entry for entry in book if entry.nickname == args.nickname))


async def delete_address(ctx: Context, args: DeleteAddressInput) -> DeletedPayload:
    return await account_edits.delete(
        ctx,
        "SavedAddress",
        args.id,
        lambda upstream, token, address_id: upstream.account.delete_address(token, address_id),
    )


def full_address(address: AddressInput) -> Address:
    return Address(**vars(address))


async def address_from_book(ctx: Context, global_id: str, path: Path) -> Address:
    """An address of the shopper's address book, by its global id. Raises `Refused` if the address cannot be read."""
    address_id = account_edits.decoded_id("SavedAddress", global_id, path)
    saved = await account_edits.read(
        ctx, lambda: ctx.as_shopper(lambda upstream, token: upstream.account.saved_address(token, address_id)), path
    )
    return saved.address
