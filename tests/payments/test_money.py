"""Amounts have the decimal places of their currency in ISO 4217."""

from decimal import Decimal

import pytest

from gateway.money import Money, has_digits_of_its_currency

ISO_4217 = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF",
    2: "AED AFN ALL AUD BRL CAD CHF COP CZK DKK EUR GBP HKD HUF IDR INR IRR KPW LAK LBP MGA MMK MXN NOK PKR PLN RSD "
    "SEK SGD SOS SYP THB TRY TWD USD YER ZAR",
    3: "BHD IQD JOD KWD LYD OMR TND",
}
DIGITS = [(code, digits) for digits, codes in ISO_4217.items() for code in codes.split()]


@pytest.mark.parametrize(("currency", "digits"), DIGITS, ids=[code for code, _ in DIGITS])
def test_amount_has_the_decimal_places_of_its_currency(currency: str, digits: int) -> None:
    smallest = Decimal(1).scaleb(-digits)
    assert Money(Decimal(9), currency).padded_amount.as_tuple().exponent == -digits
    assert has_digits_of_its_currency(Money(smallest, currency))
    assert not has_digits_of_its_currency(Money(smallest / 10, currency))
