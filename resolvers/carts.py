"""The open cart and its lines."""

from dataclasses import dataclass, replace
from functools import partial
from uuid import UUID

import msgspec

from gateway.enums import ErrorCode
from gateway.errors import ConcurrentRequest, UpstreamError, UpstreamRefusal
from gateway.operation.context import Context
from gateway.refusals.user_errors import AnyUserError, AvailabilityError, Path, invalid, key_reused, not_found
from gateway.refusals.warnings import MutationWarning
from gateway.sessions.idempotency import ChangeOutcome, KeyReused, fingerprint
from gateway.sessions.record import SessionRecord
from gateway.upstream.cart import Cart
from gateway.upstream.changes import NewLine, Through
from gateway.upstream.ids import upstream_id
from gateway.upstream.lines import RecurringTerms
from gateway.upstream.tax import TaxIdentifierRequirement
from resolvers import sessions
from resolvers.cart_edits import Refused, change, in_turn, present, warnings_of, write
from resolvers.inputs.cart import (
    AddCartLinesInput,
    CartLineChangeInput,
    NewCartLineInput,
    RecurringTermsInput,
    RemoveCartLinesInput,
    UpdateCartLinesInput,
)
from resolvers.inputs.session import UpdateSessionInput
from resolvers.offers import no_offer
from resolvers.payloads import AddCartLinesPayload, Payload

MOST_LINES = 50

LONGEST_TERMS = 4000
"""Characters of the recurring terms of a line."""


async def cart(ctx: Context) -> Cart | None:
    return await ctx.cart() if await ctx.session() else None


async def cart_after(parent: Payload, ctx: Context) -> Cart | None:
    """The cart as it is now; read only when somebody looks."""
    return await cart(ctx)


async def tax_identifier_requirements(parent: Cart, ctx: Context) -> list[TaxIdentifierRequirement]:
    return await ctx.tax_requirements()


def warnings(parent: Cart, ctx: Context) -> list[MutationWarning]:
    return warnings_of(parent)


async def add_cart_lines(ctx: Context, args: AddCartLinesInput) -> AddCartLinesPayload:
    try:
        _check_count(len(args.lines), "lines")
        lines = [_new_line(line, ("input", "lines", str(place))) for place, line in enumerate(args.lines)]
    except Refused as refused:
        return AddCartLinesPayload(errors=refused.errors)
    handle = None
    if await ctx.session() is None:
        try:
            _, handle = await sessions.begin(ctx, args.delivery)
        except UpstreamError as failure:
            return AddCartLinesPayload(errors=[sessions.upstream_error(ctx, failure, ())])
    bearer_token = sessions.told(handle) if handle else None

    async def add() -> ChangeOutcome:
        done = await in_turn(ctx, args.if_revision, lambda: _add_all(ctx, lines, args.idempotency_key))
        return ChangeOutcome(await _with_stock(ctx, done.errors, lines), done.warnings)

    if args.idempotency_key is None:
        done = await add()
    else:
        records, key = ctx.services.idempotency, str(args.idempotency_key)
        unkeyed = replace(args, idempotency_key=None)
        try:
            done = await records.run_once(await ctx.own_session(), key, fingerprint("addCartLines", unkeyed), add)
        except KeyReused:
            return AddCartLinesPayload(errors=[key_reused()], bearer_token=bearer_token)
        except (UpstreamError, ConcurrentRequest) as failure:
            errors = [sessions.upstream_error(ctx, failure, ())]
            return AddCartLinesPayload(errors=errors, bearer_token=bearer_token)
    return AddCartLinesPayload(errors=done.errors, warnings=done.warnings, bearer_token=bearer_token)


async def _add_all(ctx: Context, lines: list[NewLine], key: UUID | None) -> Payload:
    """In one call for each offer and parent line that the lines name, up to the first that fails. A repeat with
    the key goes on behind those that were made.
    """
    errors: list[AnyUserError] = []
    for through in dict.fromkeys(line.through for line in lines):
        places = [place for place, line in enumerate(lines) if line.through == through]
        path: Path = ("input", "lines") if len(places) > 1 or through is None else ("input", "lines", str(places[0]))
        add = partial(_add_some, ctx, [lines[place] for place in places], through, path)
        if key is None or len(places) == len(lines):
            done = await add()
        else:
            part = (f"{key}:{places[0]}", fingerprint("addCartLines", lines))
            done = await ctx.services.idempotency.run_once(await ctx.own_session(), *part, add)
        if errors := done.errors:
            break
    return Payload(errors=errors)


async def _add_some(ctx: Context, lines: list[NewLine], through: Through | None, path: Path) -> ChangeOutcome:
    async def add() -> None:
        await ctx.as_shopper(lambda upstream, token: upstream.cart.add_lines(token, lines, through))

    return ChangeOutcome((await write(ctx, add, path=path)).errors)


async def _with_stock(ctx: Context, errors: list[AnyUserError], lines: list[NewLine]) -> list[AnyUserError]:
    """Tell how many there are, where one product was asked for and stock was the reason."""
    product_id = lines[0].product_id
    if len(lines) > 1 or product_id is None:
        return errors
    return [await _with_facts(ctx, error, product_id) for error in errors]


async def _with_facts(ctx: Context, error: AnyUserError, product_id: str) -> AnyUserError:
    if not isinstance(error, AvailabilityError):
        return error
    try:
        stock = (await ctx.in_time(ctx.services.catalog.stock([product_id], past_cache=True))).get(product_id)
        product = await ctx.in_time(ctx.services.catalog.product(product_id))
    except UpstreamError:
        return error
    return msgspec.structs.replace(
        error,
        available_quantity=stock.available_quantity if stock else None,
        minimum_quantity=product.minimum_quantity if product else None,
        maximum_quantity=product.maximum_quantity if product else None,
    )


async def update_cart_lines(ctx: Context, args: UpdateCartLinesInput) -> Payload:
    try:
        _check_count(len(args.lines), "lines")
        wanted = [_line_change(line, ("input", "lines", str(place))) for place, line in enumerate(args.lines)]
    except Refused as refused:
        return Payload(errors=refused.errors)
    return await in_turn(ctx, args.if_revision, lambda: _change_lines(ctx, wanted))


@dataclass(frozen=True)
class LineChange:
    """What becomes of a line; None stays as it is."""

    line_id: str
    quantity: int | None
    terms: RecurringTerms | None


def _line_change(line: CartLineChangeInput, path: Path) -> LineChange:
    line_id = _line_id(line.line_id, (*path, "lineId"))
    if line.quantity is not None and line.quantity < 0:
        raise Refused(_bad_quantity((*path, "quantity"), "A quantity is 0 or more."))
    return LineChange(line_id, line.quantity, _terms(line.recurring_terms, path))


async def _change_lines(ctx: Context, wanted: list[LineChange]) -> Payload:
    """Line by line, up to the first that fails."""
    for place, line in enumerate(wanted):
        if line.quantity is None and line.terms is None:
            continue
        done = await write(ctx, partial(_change_line, ctx, line), path=("input", "lines", str(place)))
        if done.errors:
            return done
    return Payload()


async def _change_line(ctx: Context, line: LineChange) -> None:
    if line.quantity == 0:
        await _remove(ctx, [line.line_id])
    else:
        await ctx.as_shopper(
            lambda upstream, token: upstream.cart.update_line(token, line.line_id, line.quantity, line.terms)
        )


async def remove_cart_lines(ctx: Context, args: RemoveCartLinesInput) -> Payload:
    try:
        _check_count(len(args.line_ids), "lineIds")
        ids = [_line_id(line_id, ("input", "lineIds", str(place))) for place, line_id in enumerate(args.line_ids)]
    except Refused as refused:
        return Payload(errors=refused.errors)
    return await change(ctx, args.if_revision, lambda: _remove(ctx, ids), path=("input", "lineIds"))


async def _remove(ctx: Context, line_ids: list[str]) -> None:
    try:
        await ctx.as_shopper(lambda upstream, token: upstream.cart.remove_lines(token, line_ids))
    except UpstreamRefusal as refusal:
        if refusal.status != 404:
            raise
        # One that is gone already fails the call for all: take out what is still there.
        ctx.forget_cart()
        present = {line.upstream_id for line in (await ctx.cart()).lines}
        left = [line_id for line_id in line_ids if line_id in present]
        if left:
            await ctx.as_shopper(lambda upstream, token: upstream.cart.remove_lines(token, left))


async def update_session(ctx: Context, args: UpdateSessionInput) -> Payload:
    """Locale and currency, of the visit and of its cart: upstream refuses it while a source does not fit."""
    problem = sessions.not_offered(ctx, args)
    if problem is not None:
        return Payload(errors=[problem])
    session = await ctx.own_session()
    offered = dict(ctx.settings.locales)
    locale = args.locale or session.locale
    currency_code = args.currency_code or (offered[locale] if args.locale else session.currency_code)
    path = ("input", "currencyCode" if args.currency_code else "locale")

    async def set_market() -> Payload:
        # Upstream refuses it with any source, and may have changed half of it by then.
        if currency_code != session.currency_code and (await present(ctx)).secondary_source is not None:
            message = "Store credit is attached, which is in one currency. Take it off first."
            return Payload(errors=[invalid(path, message)])
        act = partial(ctx.as_shopper, lambda upstream, token: upstream.tokens.set_market(token, locale, currency_code))
        done = await write(ctx, act, path=path)
        if not done.errors:
            await ctx.services.sessions.change(session, note)
        return done

    def note(record: SessionRecord) -> None:
        record.locale, record.currency_code = locale, currency_code

    return await in_turn(ctx, None, set_market)


# What a change is about.


def _new_line(line: NewCartLineInput, path: Path) -> NewLine:
    if line.quantity < 1:
        raise Refused(_bad_quantity((*path, "quantity"), "A quantity is 1 or more."))
    by = line.product
    product_id = by.upstream_id if by.id is None else upstream_id("Product", by.id)
    if by.external_reference_id is None and product_id is None:
        raise Refused(not_found((*path, "product"), "There is no such product."))
    return NewLine(
        product_id=product_id,
        external_reference_id=by.external_reference_id,
        quantity=line.quantity,
        recurring_terms=_terms(line.recurring_terms, path),
        custom_attributes=[(attribute.name, attribute.value) for attribute in line.custom_attributes or []],
        through=_through(line, path),
    )


def _through(line: NewCartLineInput, path: Path) -> Through | None:
    if line.offer_id is None and line.parent_line_id is None:
        return None
    offer_id = upstream_id("Offer", line.offer_id) if line.offer_id is not None else None
    if line.offer_id is not None and offer_id is None:
        raise Refused(no_offer((*path, "offerId")))
    parent = _line_id(line.parent_line_id, (*path, "parentLineId")) if line.parent_line_id is not None else None
    return Through(offer_id=offer_id, parent_line_id=parent)


def _terms(given: RecurringTermsInput | None, path: Path) -> RecurringTerms | None:
    if given is None:
        return None
    if len(given.terms) > LONGEST_TERMS:
        message = f"Terms have at most {LONGEST_TERMS} characters."
        raise Refused(invalid((*path, "recurringTerms", "terms"), message))
    return RecurringTerms(auto_renewal=given.is_auto_renewing, free_trial=given.has_free_trial, terms=given.terms)


def _line_id(line_id: str, path: Path) -> str:
    found = upstream_id("CartLine", line_id)
    if found is None:
        raise Refused(not_found(path, "The cart has no such line."))
    return found


def _check_count(count: int, name: str) -> None:
    if not 1 <= count <= MOST_LINES:
        raise Refused(invalid(("input", name), f"Give 1 to {MOST_LINES}."))


def _bad_quantity(path: Path, message: str) -> AvailabilityError:
    return AvailabilityError(code=ErrorCode.QUANTITY_OUT_OF_RANGE, message=message, path=path, minimum_quantity=1)
