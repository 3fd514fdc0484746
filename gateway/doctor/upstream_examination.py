"""Examines Digital River: that it is reached, accepts the keys, and serves the markets of the settings.

All calls only read, except that a guest token begins an anonymous shopper at Digital River.
"""

from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass

from gateway.doctor.finding import Finding, failed, ok, warning
from gateway.errors import QuotaRefusal, UpstreamError, UpstreamKeyRefused, UpstreamNotReached, UpstreamRefusal
from gateway.settings.settings import Settings
from gateway.upstream import transport
from gateway.upstream.catalog import Market
from gateway.upstream.client import Upstream
from gateway.upstream.retrying_calls import Calls

UNKNOWN_ID = "0"
"""An id that no object has. Digital River answers 404 if it accepts the key, and 401 if it does not."""


async def examine_upstream(settings: Settings) -> AsyncIterator[Finding]:
    sender = transport.sender_over(transport.Network(options=transport.connection_options(settings)))
    try:
        upstream = Upstream(Calls(sender, settings))
        site = await _examine_site(upstream, settings)
        yield site.finding
        if site.token is None:
            return
        yield await _examine_markets(upstream, settings)
        yield await _examine_catalog(upstream, settings, site.token)
        yield await _examine_payment_service(upstream, settings)
        yield await _examine_payment_key(upstream, settings)
        yield await _examine_merchant_key(upstream, settings)
        yield await _examine_ledger(upstream, settings)
    finally:
        await sender.aclose()


@dataclass(frozen=True)
class Site:
    finding: Finding
    token: str | None
    """A guest token. None if there is none."""


async def _examine_site(upstream: Upstream, settings: Settings) -> Site:
    try:
        tokens = await upstream.tokens.guest_token(*settings.locales[0])
    except UpstreamKeyRefused:
        advice = (
            "Check RIVERFRONT_API_KEY and RIVERFRONT_API_SECRET. Both belong to one site, for test or for live orders."
        )
        return Site(failed("Digital River", "the API key is refused", advice), None)
    except UpstreamNotReached as failure:
        advice = (
            "Check RIVERFRONT_UPSTREAM_URL, RIVERFRONT_UPSTREAM_PROXY, RIVERFRONT_UPSTREAM_CA, the network and DNS."
        )
        return Site(failed("Digital River", f"not reached: {failure.detail}", advice), None)
    except UpstreamError as failure:
        return Site(failed("Digital River", f"no guest token: {failure.detail}", _advice(failure)), None)
    if tokens.refresh_token is None:
        advice = (
            "Guests lose their cart when the token ends. Set RIVERFRONT_GUEST_GRANT to password if the site allows it."
        )
        finding = warning("Digital River", "the API key is accepted, but guest tokens cannot be renewed", advice)
    else:
        finding = ok("Digital River", f"the API key is accepted; a guest token lasts {tokens.expires_in_s:.0f} s")
    return Site(finding, tokens.access_token)


async def _examine_markets(upstream: Upstream, settings: Settings) -> Finding:
    refused = []
    for locale, currency in settings.locales[1:]:
        try:
            await upstream.tokens.guest_token(locale, currency)
        except UpstreamRefusal:
            refused.append(f"{locale}:{currency}")
        except UpstreamError as failure:
            return failed("markets", f"{locale}:{currency} not examined: {failure.detail}", _advice(failure))
    if refused:
        advice = "Remove them from RIVERFRONT_LOCALES, or let Digital River add them to the site."
        return failed("markets", f"the site refuses {', '.join(refused)}", advice)
    return ok("markets", ", ".join(f"{locale}:{currency}" for locale, currency in settings.locales))


async def _examine_catalog(upstream: Upstream, settings: Settings, token: str) -> Finding:
    try:
        categories = await upstream.catalog(token, Market(*settings.locales[0])).categories()
    except UpstreamError as failure:
        return failed("catalog", f"not readable: {failure.detail}", _advice(failure))
    if not categories:
        return warning("catalog", "no categories", "Assign products to categories of the site, if pages list them.")
    return ok("catalog", f"{len(categories)} categories")


async def _examine_payment_service(upstream: Upstream, settings: Settings) -> Finding:
    part, advice = "payment service", "Check RIVERFRONT_PUBLISHABLE_KEY and RIVERFRONT_PAYMENTS_URL."
    return await _examine_key(part, upstream.payments.check_publishable_key(settings.locales[0][0]), advice)


async def _examine_payment_key(upstream: Upstream, settings: Settings) -> Finding:
    if not settings.payment_key.get_secret_value():
        return ok("payment key", "not set: store credit is off")
    return await _examine_key(
        "payment key", upstream.payments.check_payment_key(UNKNOWN_ID), "Check RIVERFRONT_PAYMENT_KEY."
    )


async def _examine_merchant_key(upstream: Upstream, settings: Settings) -> Finding:
    if not settings.merchant_key.get_secret_value():
        return ok("merchant key", "not set: subscription contracts are off")
    return await _examine_key("merchant key", upstream.contracts.contract(UNKNOWN_ID), "Check RIVERFRONT_MERCHANT_KEY.")


async def _examine_ledger(upstream: Upstream, settings: Settings) -> Finding:
    if not settings.ledger_url:
        return ok("ledger", "not set: store credit is off")
    advice = "Check RIVERFRONT_LEDGER_URL and RIVERFRONT_LEDGER_KEY."
    return await _examine_key("ledger", upstream.payments.credit_balance(UNKNOWN_ID), advice)


async def _examine_key(part: str, call: Awaitable[object], advice: str) -> Finding:
    """Await a call with the key. Any answer but the refusal of the key shows that the key is accepted."""
    try:
        await call
    except UpstreamKeyRefused:
        return failed(part, "the key is refused", advice)
    except UpstreamRefusal as refusal:
        if isinstance(refusal, QuotaRefusal):
            return warning(part, "not examined: Digital River's quota is exhausted", "Run it again later.")
        return ok(part, "the key is accepted")
    except UpstreamError as failure:
        return failed(part, f"not reached: {failure.detail}", advice)
    return ok(part, "the key is accepted")


def _advice(failure: UpstreamError) -> str:
    if isinstance(failure, UpstreamRefusal):
        return "Digital River refuses the call. Look its code up in docs/codes.md, or ask Digital River."
    return "Run it again. If it stays, check the status of Digital River."
