"""Adding, changing and removing lines of the cart."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from uuid import UUID

import msgspec

from gateway.enums import ErrorCode
from gateway.errors import ConcurrentRequest, SessionExpired, UpstreamError, UpstreamRefusal
from gateway.operation.context import Context
from gateway.refusals.user_errors import AnyUserError, AvailabilityError, Path, invalid, key_reused, not_found
from gateway.refusals.warnings import MutationWarning
from gateway.sessions.idempotency import ChangeOutcome, KeyReused, fingerprint
from gateway.upstream.changes import ChangedLine, LineOffer, NewLine
from gateway.upstream.ids import upstream_id
from gateway.upstream.lines import RecurringTerms
from resolvers import cart_edits, sessions, side_effects
from resolvers.cart_offers import no_offer
from resolvers.failures import Refused, logged_error
from resolvers.inputs.cart import (
    AddCartLinesInput,
    CartLineChangeInput,
    NewCartLineInput,
    RecurringTermsInput,
    RemoveCartLinesInput,
    UpdateCartLinesInput,
)
from resolvers.payloads import AddCartLinesPayload, Payload

MOST_LINES = 50

HANDLE_REPLACED = (
    "A sign-in has replaced this session handle. Send the request again with the new cookie or bearer token."
)

LONGEST_TERMS = 4000
"""Maximum number of characters in the recurring terms of a line."""


async def add_cart_lines(ctx: Context, args: AddCartLinesInput) -> AddCartLinesPayload:
    try:
        _check_count(len(args.lines), "lines")
        lines = [_new_line(line, ("input", "lines", str(index))) for index, line in enumerate(args.lines)]
    except Refused as refused:
        return AddCartLinesPayload(errors=refused.errors)
    bearer_token = None
    if await ctx.session() is None:
        if ctx.caller.handle is not None and await ctx.services.sessions.was_replaced(ctx.caller.handle):
            # The cookie of a new guest would overwrite the one that the sign-in has just set.
            raise SessionExpired(HANDLE_REPLACED)
        try:
            _, handle = await sessions.begin(ctx, args.delivery)
        except UpstreamError as failure:
            return AddCartLinesPayload(errors=[logged_error(ctx, failure)])
        bearer_token = sessions.bearer_token(handle)
    try:
        outcome = await _add_once(ctx, args, lines)
    except KeyReused:
        return AddCartLinesPayload(errors=[key_reused()], bearer_token=bearer_token)
    except (UpstreamError, ConcurrentRequest) as failure:
        return AddCartLinesPayload(errors=[logged_error(ctx, failure)], bearer_token=bearer_token)
    return AddCartLinesPayload(errors=outcome.errors, warnings=outcome.warnings, bearer_token=bearer_token)


async def _add_once(ctx: Context, args: AddCartLinesInput, lines: list[NewLine]) -> ChangeOutcome:
    """Add the lines. If requests have the same idempotency key, the lines are added only once."""

    async def add() -> ChangeOutcome:
        payload = await cart_edits.edit(ctx, args.if_revision, lambda: _add_all(ctx, lines, args.idempotency_key))
        return ChangeOutcome(await _with_quantities(ctx, payload.errors, lines), payload.warnings)

    if args.idempotency_key is None:
        return await add()
    input_digest = fingerprint("addCartLines", replace(args, idempotency_key=None))
    session, key = await ctx.own_session(), str(args.idempotency_key)
    return await ctx.services.idempotency.run_once(session, key, input_digest, add)


async def _add_all(ctx: Context, lines: list[NewLine], key: UUID | None) -> Payload:
    """Add the lines with one call for each combination of offer and parent line. Stop at the first failure.

    Each call is recorded under the idempotency key, so a repeated request continues after the calls that were made.
    """
    errors: list[AnyUserError] = []
    warnings: list[MutationWarning] = []
    before = side_effects.known_cart(ctx)
    present = {line.upstream_id: line.quantity for line in before.lines} if before is not None else {}
    for line_offer in dict.fromkeys(line.line_offer for line in lines):
        indexes = [index for index, line in enumerate(lines) if line.line_offer == line_offer]
        is_several = len(indexes) > 1 or line_offer is None
        path: Path = ("input", "lines") if is_several else ("input", "lines", str(indexes[0]))
        add = partial(_add_together, ctx, [lines[index] for index in indexes], line_offer, path, present)
        if key is None or len(indexes) == len(lines):
            outcome = await add()
        else:
            part = (f"{key}:{indexes[0]}", fingerprint("addCartLines", lines))
            outcome = await ctx.services.idempotency.run_once(await ctx.own_session(), *part, add)
        warnings += outcome.warnings
        if errors := outcome.errors:
            break
    return Payload(errors=errors, warnings=warnings)


async def _add_together(
    ctx: Context,
    lines: list[NewLine],
    line_offer: LineOffer | None,
    path: Path,
    present: Mapping[str, int | None],
) -> ChangeOutcome:
    """Add lines with one call. `present`: quantities of the cart before, by line id; empty if they are unknown."""
    added: list[ChangedLine] = []

    async def add() -> None:
        added.extend(await ctx.as_shopper(lambda upstream, token: upstream.cart.add_lines(token, lines, line_offer)))

    payload = await cart_edits.send(ctx, add, path=path)
    return ChangeOutcome(payload.errors, [*payload.warnings, *_reductions(lines, added, present)])


def _reductions(
    lines: list[NewLine], added: list[ChangedLine], present: Mapping[str, int | None]
) -> Iterator[MutationWarning]:
    """Warnings about products of which fewer units were added than the input names."""
    quantities: Counter[str | None] = Counter()
    for line in lines:
        quantities[line.product_id or line.external_reference_id] += line.quantity
    for name, quantity in quantities.items():
        of_product = [line for line in added if name in (line.product.upstream_id, line.product.external_reference_id)]
        before = sum(present.get(line.upstream_id) or 0 for line in of_product)
        yield from side_effects.reduced(of_product, before + quantity)


async def _with_quantities(ctx: Context, errors: list[AnyUserError], lines: list[NewLine]) -> list[AnyUserError]:
    """The errors of adding `lines`. If only one product was added, each error about stock also gets the available and
    the allowed quantities of the product.
    """
    product_id = lines[0].product_id
    if len(lines) > 1 or product_id is None:
        return errors
    return [await _with_quantity(ctx, error, product_id) for error in errors]


async def _with_quantity(ctx: Context, error: AnyUserError, product_id: str) -> AnyUserError:
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
        changes = [_line_change(line, ("input", "lines", str(index))) for index, line in enumerate(args.lines)]
    except Refused as refused:
        return Payload(errors=refused.errors)
    return await cart_edits.edit(ctx, args.if_revision, lambda: _change_lines(ctx, changes))


@dataclass(frozen=True)
class LineChange:
    """A change of a cart line. A field that is None is not changed."""

    line_id: str
    quantity: int | None
    terms: RecurringTerms | None


def _line_change(line: CartLineChangeInput, path: Path) -> LineChange:
    line_id = _line_id(line.line_id, (*path, "lineId"))
    if line.quantity is not None and line.quantity < 0:
        raise Refused(_bad_quantity((*path, "quantity"), "`quantity` must be 0 or more."))
    return LineChange(line_id, line.quantity, _terms(line.recurring_terms, path))


async def _change_lines(ctx: Context, changes: list[LineChange]) -> Payload:
    """Change the lines one after the other. Stop at the first failure."""
    warnings: list[MutationWarning] = []
    for index, change in enumerate(changes):
        if change.quantity is None and change.terms is None:
            continue
        call = partial(_change_line, ctx, change, warnings)
        payload = await cart_edits.send(ctx, call, path=("input", "lines", str(index)))
        if payload.errors:
            return replace(payload, warnings=warnings)
    return Payload(warnings=warnings)


async def _change_line(ctx: Context, change: LineChange, warnings: list[MutationWarning]) -> None:
    if change.quantity == 0:
        await _remove(ctx, [change.line_id])
        return
    changed = await ctx.as_shopper(
        lambda upstream, token: upstream.cart.update_line(token, change.line_id, change.quantity, change.terms)
    )
    if change.quantity is not None:
        lines = [line for line in changed if line.upstream_id == change.line_id]
        warnings += side_effects.reduced(lines, change.quantity)


async def remove_cart_lines(ctx: Context, args: RemoveCartLinesInput) -> Payload:
    path = ("input", "lineIds")
    try:
        _check_count(len(args.line_ids), "lineIds")
        line_ids = [_line_id(line_id, (*path, str(index))) for index, line_id in enumerate(args.line_ids)]
    except Refused as refused:
        return Payload(errors=refused.errors)
    call = partial(_remove, ctx, line_ids)
    return await cart_edits.edit(ctx, args.if_revision, lambda: cart_edits.send(ctx, call, path=path))


async def _remove(ctx: Context, line_ids: list[str]) -> None:
    try:
        await ctx.as_shopper(lambda upstream, token: upstream.cart.remove_lines(token, line_ids))
    except UpstreamRefusal as refusal:
        if refusal.status != 404:
            raise
        # Digital River has removed nothing, because one of the lines is no longer in the cart. Remove the other lines.
        ctx.forget_cart()
        present_ids = {line.upstream_id for line in (await ctx.cart()).lines}
        remaining_ids = [line_id for line_id in line_ids if line_id in present_ids]
        if remaining_ids:
            await ctx.as_shopper(lambda upstream, token: upstream.cart.remove_lines(token, remaining_ids))


# Checks and conversion of the input.


def _new_line(line: NewCartLineInput, path: Path) -> NewLine:
    if line.quantity < 1:
        raise Refused(_bad_quantity((*path, "quantity"), "`quantity` must be 1 or more."))
    by = line.product
    product_id = by.upstream_id if by.id is None else upstream_id("Product", by.id)
    if by.external_reference_id is None and product_id is None:
        raise Refused(not_found((*path, "product"), "There is no product with this id. Read `products`."))
    return NewLine(
        product_id=product_id,
        external_reference_id=by.external_reference_id,
        quantity=line.quantity,
        recurring_terms=_terms(line.recurring_terms, path),
        custom_attributes=[(attribute.name, attribute.value) for attribute in line.custom_attributes or []],
        line_offer=_line_offer(line, path),
    )


def _line_offer(line: NewCartLineInput, path: Path) -> LineOffer | None:
    if line.offer_id is None and line.parent_line_id is None:
        return None
    offer_id = upstream_id("Offer", line.offer_id) if line.offer_id is not None else None
    if line.offer_id is not None and offer_id is None:
        raise Refused(no_offer((*path, "offerId")))
    parent = _line_id(line.parent_line_id, (*path, "parentLineId")) if line.parent_line_id is not None else None
    return LineOffer(offer_id=offer_id, parent_line_id=parent)


def _terms(terms: RecurringTermsInput | None, path: Path) -> RecurringTerms | None:
    if terms is None:
        return None
    if len(terms.terms) > LONGEST_TERMS:
        message = f"`terms` may have at most {LONGEST_TERMS} characters."
        raise Refused(invalid((*path, "recurringTerms", "terms"), message))
    return RecurringTerms(auto_renewal=terms.is_auto_renewing, free_trial=terms.has_free_trial, terms=terms.terms)


def _line_id(global_id: str, path: Path) -> str:
    line_id = upstream_id("CartLine", global_id)
    if line_id is None:
        raise Refused(not_found(path, "The cart has no line with this id. Read `cart.lines`."))
    return line_id


def _check_count(count: int, name: str) -> None:
    if not 1 <= count <= MOST_LINES:
        raise Refused(invalid(("input", name), f"`{name}` must have 1 to {MOST_LINES} items."))


def _bad_quantity(path: Path, message: str) -> AvailabilityError:
    return AvailabilityError(code=ErrorCode.QUANTITY_OUT_OF_RANGE, message=message, path=path, minimum_quantity=1)
