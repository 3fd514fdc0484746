"""Each of the documented ways to pay, at the limits of its record."""

from decimal import Decimal

import pytest

from sandbox.demo_shop.payment_methods import TABLE, Limit, Method, Purchase, fits

CENT = Decimal("0.01")
NOWHERE = "AQ"


def facts(method: Method, limit: Limit, amount: Decimal, country: str | None = None) -> Purchase:
    """A purchase in which only the limit decides."""
    countries = limit.countries or method.countries
    return Purchase(
        currency=limit.currency,
        country=country or min(countries or {"US"}),
        amount=amount,
        is_recurring=method.only_recurring,
        has_free_trial=False,
        has_organization=True,
        has_tax_registrations=True,
    )


def within(limit: Limit) -> Decimal:
    return limit.min or min(limit.max or CENT, CENT)


@pytest.mark.parametrize("method", TABLE, ids=lambda method: method.name)
def test_a_method_fits_within_its_limits_and_nowhere_else(method: Method) -> None:
    for limit in method.limits:
        assert fits(method, facts(method, limit, within(limit)))
        if limit.max is not None:
            assert fits(method, facts(method, limit, limit.max))
            assert not fits(method, facts(method, limit, limit.max + CENT))
        if limit.min is not None:
            assert not fits(method, facts(method, limit, limit.min - CENT))
        if limit.countries or method.countries:
            assert not fits(method, facts(method, limit, within(limit), NOWHERE))
    unknown = Purchase(currency="XXX", country="US", amount=CENT, is_recurring=method.only_recurring)
    assert fits(method, unknown) == (not method.limits)


@pytest.mark.parametrize("method", [one for one in TABLE if one.limits], ids=lambda method: method.name)
def test_a_method_is_for_what_recurs_only_where_it_says_so(method: Method) -> None:
    limit = method.limits[0]
    country = min(limit.countries or method.countries or {"US"})
    recurring = Purchase(limit.currency, country, within(limit), True, False, True, True)
    assert fits(method, recurring) == method.supports_recurring
    free = Purchase(limit.currency, country, within(limit), True, True, True, True)
    assert fits(method, free) == (method.supports_recurring and method.supports_free_trial)


def test_some_methods_need_to_know_the_buyer() -> None:
    for needs, lacking in (("organization", "has_organization"), ("taxRegistrations", "has_tax_registrations")):
        (method,) = (one for one in TABLE if one.needs == needs)
        limit = method.limits[0]
        known = facts(method, limit, within(limit))
        assert fits(method, known)
        assert not fits(method, Purchase(**vars(known) | {lacking: False}))
