"""The registered shopper's profile."""

from dataclasses import dataclass

from msgspec import UNSET

from gateway.enums import SessionLevel
from gateway.operation.context import Context
from gateway.sessions.sessions import Session
from gateway.upstream.cart import Cart
from gateway.upstream.client import Upstream
from gateway.upstream.ids import global_id
from gateway.upstream.shopper import Profile, Shopper
from resolvers import account_edits
from resolvers.failures import Refused
from resolvers.inputs.account import UpdateShopperInput
from resolvers.payloads import Payload


@dataclass(frozen=True)
class RegisteredShopper:
    """A registered shopper of whom only the id is known. The profile is read when the operation selects one of its
    fields.
    """

    upstream_id: str

    @property
    def id(self) -> str:
        return global_id("Shopper", self.upstream_id)

    @property
    def typename(self) -> str:
        return "Shopper"


async def shopper(ctx: Context) -> RegisteredShopper | Shopper | None:
    """The registered shopper of the session. None for a guest, for whom no call is sent."""
    session = await ctx.session()
    if session is None or session.level is not SessionLevel.REGISTERED:
        return None
    shopper_id = session.record.shopper_id
    return await ctx.shopper() if shopper_id is None else RegisteredShopper(shopper_id)


async def shopper_of(parent: Session | Cart | Payload, ctx: Context) -> RegisteredShopper | Shopper | None:
    return await shopper(ctx)


async def own_shopper_id(ctx: Context) -> str:
    """Digital River's id of the registered shopper. The session must be signed in."""
    shopper_id = (await ctx.own_session()).record.shopper_id
    return (await ctx.shopper()).upstream_id if shopper_id is None else shopper_id


async def external_reference_id(parent: RegisteredShopper | Shopper, ctx: Context) -> str | None:
    return (await _profile(parent, ctx)).external_reference_id


async def first_name(parent: RegisteredShopper | Shopper, ctx: Context) -> str | None:
    return (await _profile(parent, ctx)).first_name


async def last_name(parent: RegisteredShopper | Shopper, ctx: Context) -> str | None:
    return (await _profile(parent, ctx)).last_name


async def email(parent: RegisteredShopper | Shopper, ctx: Context) -> str | None:
    return (await _profile(parent, ctx)).email


async def _profile(parent: RegisteredShopper | Shopper, ctx: Context) -> Shopper:
    return parent if isinstance(parent, Shopper) else await ctx.shopper()


async def update_shopper(ctx: Context, args: UpdateShopperInput) -> Payload:
    profile = Profile(first_name=args.first_name or UNSET, last_name=args.last_name or UNSET, email=args.email or UNSET)
    if profile.is_empty:
        return Payload()

    async def update(upstream: Upstream, token: str) -> None:
        await upstream.account.update_shopper(token, profile, updates_subscriptions=args.apply_email_to_contracts)

    try:
        await account_edits.change(ctx, update, ("input",))
    except Refused as refused:
        return Payload(errors=refused.errors)
    return Payload()
