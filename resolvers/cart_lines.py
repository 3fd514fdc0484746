"""Adding, changing and removing lines of the cart."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from uuid import UUID

from gateway.errors import ConcurrentRequest, RateLimited, SessionExpired, UpstreamError, UpstreamRefusal
from gateway.operation.context import Context
from gateway.refusals.user_errors import AnyUserError, key_reused, rate_limited
from gateway.refusals.warnings import MutationWarning
from gateway.sessions.idempotency import ChangeOutcome, KeyReused, fingerprint
from gateway.upstream.changes import ChangedLine, LineOffer, NewLine
from gateway.upstream.ids import upstream_id
from gateway.upstream.lines import RecurringTerms
from resolvers import cart_edits, sessions, side_effects
from resolvers.failures import logged_error
from resolvers.inputs.cart import (
    AddCartLinesInput,
    CartLineChangeInput,
    NewCartLineInput,
    RecurringTermsInput,
    RemoveCartLinesInput,
    UpdateCartLinesInput,
)
from resolvers.line_errors import at_their_lines, line_path, with_quantities_of
from resolvers.payloads import AddCartLinesPayload, Payload

HANDLE_REPLACED = (
    "A sign-in has replaced this session handle. Send the request again with the new cookie or bearer token."
)


async def add_cart_lines(ctx: Context, args: AddCartLinesInput) -> AddCartLinesPayload:
    lines = [_new_line(line) for line in args.lines]
    bearer_token, warnings = None, []
    if await ctx.session() is None:
        if ctx.caller.handle is not None and await ctx.services.sessions.was_replaced(ctx.caller.handle):
            # The cookie of a new guest would overwrite the one that the sign-in has just set.
            raise SessionExpired(HANDLE_REPLACED)
        warnings = sessions.restart_warnings(ctx)
        try:
            _, handle = await sessions.begin(ctx, args.delivery)
        except RateLimited as limited:
            return AddCartLinesPayload(errors=[rate_limited(limited, (), ctx.services.now())])
        except UpstreamError as failure:
            return AddCartLinesPayload(errors=[logged_error(ctx, failure)])
        bearer_token = sessions.bearer_token(handle)
    try:
        outcome = await _add_once(ctx, args, lines)
    except KeyReused:
        return AddCartLinesPayload(errors=[key_reused()], warnings=warnings, bearer_token=bearer_token)
    except (UpstreamError, ConcurrentRequest) as failure:
        errors = [logged_error(ctx, failure)]
        return AddCartLinesPayload(errors=errors, warnings=warnings, bearer_token=bearer_token)
    warnings = [*warnings, *outcome.warnings]
    return AddCartLinesPayload(errors=outcome.errors, warnings=warnings, bearer_token=bearer_token)


async def _add_once(ctx: Context, args: AddCartLinesInput, lines: list[NewLine]) -> ChangeOutcome:
    """Add the lines. If requests have the same idempotency key, the lines are added only once."""

    async def add() -> ChangeOutcome:
        payload = await cart_edits.edit(ctx, args.if_revision, lambda: _add_all(ctx, lines, args.idempotency_key))
        return ChangeOutcome(payload.errors, payload.warnings)

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
        add = partial(_add_together, ctx, {index: lines[index] for index in indexes}, line_offer, present)
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
    ctx: Context, lines: Mapping[int, NewLine], line_offer: LineOffer | None, present: Mapping[str, int | None]
) -> ChangeOutcome:
    """Add lines with one call. The keys of `lines` are their indexes in the input. `present`: quantities of the cart
    before, by line id; empty if they are unknown.
    """
    added: list[ChangedLine] = []

    async def add() -> None:
        new = list(lines.values())
        added.extend(await ctx.as_shopper(lambda upstream, token: upstream.cart.add_lines(token, new, line_offer)))

    (first, *others) = lines
    payload = await cart_edits.send(ctx, add, path=("input", "lines") if others else line_path(first))
    reductions = _reductions(lines.values(), added, present)
    return ChangeOutcome(await at_their_lines(ctx, payload.errors, lines), [*payload.warnings, *reductions])


def _reductions(
    lines: Iterable[NewLine], added: list[ChangedLine], present: Mapping[str, int | None]
) -> Iterator[MutationWarning]:
    """Warnings about products of which fewer units were added than the input names."""
    quantities: Counter[str | None] = Counter()
    for line in lines:
        quantities[line.product_id or line.external_reference_id] += line.quantity
    for name, quantity in quantities.items():
        of_product = [line for line in added if name in (line.product.upstream_id, line.product.external_reference_id)]
        before = sum(present.get(line.upstream_id) or 0 for line in of_product)
        yield from side_effects.reduced(of_product, before + quantity)


async def update_cart_lines(ctx: Context, args: UpdateCartLinesInput) -> Payload:
    changes = [_line_change(line) for line in args.lines]
    return await cart_edits.edit(ctx, args.if_revision, lambda: _change_lines(ctx, changes))


@dataclass(frozen=True)
class LineChange:
    """A change of a cart line. A field that is None is not changed."""

    line_id: str
    quantity: int | None
    terms: RecurringTerms | None


def _line_change(line: CartLineChangeInput) -> LineChange:
    return LineChange(_line_id(line.line_id), line.quantity, _terms(line.recurring_terms))


async def _change_lines(ctx: Context, changes: list[LineChange]) -> Payload:
    """Change the lines one after the other. Stop at the first failure."""
    warnings: list[MutationWarning] = []
    for index, change in enumerate(changes):
        if change.quantity is None and change.terms is None:
            continue
        call = partial(_change_line, ctx, change, warnings)
        payload = await cart_edits.send(ctx, call, path=line_path(index))
        if payload.errors:
            errors = [await with_quantities_of(ctx, error, change.line_id) for error in payload.errors]
            return Payload(errors=errors, warnings=warnings)
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
    call = partial(_remove, ctx, [_line_id(line_id) for line_id in args.line_ids])
    path = ("input", "lineIds")
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


# Conversion of the input, whose values are checked by now.


def _new_line(line: NewCartLineInput) -> NewLine:
    by = line.product
    return NewLine(
        product_id=by.upstream_id if by.id is None else upstream_id("Product", by.id),
        external_reference_id=by.external_reference_id,
        quantity=line.quantity,
        recurring_terms=_terms(line.recurring_terms),
        custom_attributes=[(attribute.name, attribute.value) for attribute in line.custom_attributes or []],
        line_offer=_line_offer(line),
    )


def _line_offer(line: NewCartLineInput) -> LineOffer | None:
    if line.offer_id is None and line.parent_line_id is None:
        return None
    return LineOffer(
        offer_id=upstream_id("Offer", line.offer_id) if line.offer_id is not None else None,
        parent_line_id=_line_id(line.parent_line_id) if line.parent_line_id is not None else None,
    )


def _terms(terms: RecurringTermsInput | None) -> RecurringTerms | None:
    if terms is None:
        return None
    return RecurringTerms(auto_renewal=terms.is_auto_renewing, free_trial=terms.has_free_trial, terms=terms.terms)


def _line_id(global_id: str) -> str:
    line_id = upstream_id("CartLine", global_id)
    assert line_id is not None  # noqa: S101 - the input is checked
    return line_id
