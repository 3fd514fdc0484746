"""Customer type and tax identifiers of the cart."""

from gateway.checkout import tax_identifiers as rules
from gateway.enums import ErrorCode
from gateway.errors import UpstreamError
from gateway.operation.context import Context
from gateway.refusals.user_errors import DestinationError, Path
from resolvers import cart_edits, side_effects
from resolvers.inputs.checkout import CheckoutTaxInput, SetTaxIdentifiersInput
from resolvers.payloads import Payload


async def set_tax_identifiers(ctx: Context, args: SetTaxIdentifiersInput) -> Payload:
    async def change() -> Payload:
        return await side_effects.reported(ctx, side_effects.known_cart(ctx), lambda: replace(ctx, args, ("input",)))

    return await cart_edits.edit(ctx, args.if_revision, change)


async def replace(ctx: Context, tax: CheckoutTaxInput, path: Path) -> Payload:
    """Replace all tax identifiers of the cart. The caller must hold the lock of the cart."""
    identifiers = [(identifier.key, identifier.value) for identifier in tax.tax_identifiers]
    list_path = (*path, "taxIdentifiers")
    if problems := await _problems(ctx, tax, identifiers, list_path):
        return Payload(errors=[*problems])

    async def put() -> None:
        if not identifiers:
            await ctx.as_shopper(lambda upstream, token: upstream.cart.remove_tax_identifiers(token))
        await ctx.as_shopper(
            lambda upstream, token: upstream.cart.set_tax_identifiers(token, tax.customer_type, dict(identifiers))
        )

    return await cart_edits.send(ctx, put, path=list_path)


async def _problems(
    ctx: Context, tax: CheckoutTaxInput, identifiers: list[tuple[str, str]], path: Path
) -> list[DestinationError]:
    """The problems of the tax identifiers.

    None are found if the requirements cannot be read. Digital River then checks the identifiers alone.
    """
    if not identifiers:
        return []
    try:
        requirements = await ctx.tax_requirements()
    except UpstreamError:
        return []
    code = ErrorCode.TAX_IDENTIFIER_INVALID
    return [
        DestinationError(code=code, message=problem.message, path=(*path, *problem.path))
        for problem in rules.problems(requirements, tax.customer_type, identifiers)
    ]
